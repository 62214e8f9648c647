"""Registers, assessors, ballots, rulings, rosters and rounds: what is read, and what is wrong with them."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from dangjian_score.checks import evidence as due
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.core.facts import Evidence, UnitFacts
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from tests.support import points, rubric

F = Fraction

REGISTER = """
period: 2024
measures: {处分: {levels: [警告, 撤职]}}
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - id: B
    title: 乙
    kind: penalty
    rules:
      - {deduct: {警告: 2, 撤职: 5}, by: 处分, highest_per: 案件, times: {主动: 0.5}}
      - {deduct: 1, per: 迟到, for_each: [人员, month], cap_each: 2}
"""
VOTED = """
sections:
  - {id: A, title: 甲, max: 10, rules: [{award: {好: 10, 差: 0}, votes: 测评}]}
  - {id: B, title: 乙, max: 10, rules: [{award: 10, judge: 答辩, combine: trimmed_mean}]}
  - {id: C, title: 丙, max: 5, rules: [{deduct: 1, per: 缺}]}
"""
ROUNDS = """
period: 2024
rounds:
  上半年: {weight: 40%, from: 2024-01-01, to: 2024-06-30}
  下半年: {weight: 60%, from: 2024-07-01, to: 2024-12-31}
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}, {deduct: 2, per: 投诉, where: 查实}]}
  - {id: B, title: 乙, kind: bonus, rules: [{award: 1, per: 奖}, {award: 3, if: 典型}]}
  - {id: C, title: 丙, kind: penalty, rules: [{deduct: 0.5, per: 投诉, where: 查实}]}
"""
MATRIX = "党支部,缺\n一支部,1\n二支部,0\n"
HEAD = "党支部,事项,级别,日期,人员,案件,数量,主动\n"

Found = list[tuple[str, str]]


def read(text: str, rosters: Mapping[str, str] | None = None, **files: str) -> tuple[Evidence, Found, Result | None]:
    """Read tables given as text; give the evidence, what is wrong with it (code and place), and what it comes to."""
    loaded = rubric(text)
    program = compile_rubric(loaded.rubric)
    data = {f"{name}.csv": content.encode() for name, content in files.items()}
    listed = None if rosters is None else {f"{name}.csv": content.encode() for name, content in rosters.items()}
    evidence, found = read_evidence(data, loaded.rubric, catalogue(program), listed)
    found = (*found, *due.check(program, evidence))
    wrong = [one for one in found if one.severity == "error"]
    return evidence, [_told(one) for one in found], None if wrong else score(compile_rubric(loaded.rubric), evidence)


def _told(one: Diagnostic) -> tuple[str, str]:
    return str(one.code), one.place.cell or ""


def unit(evidence: Evidence, name: str) -> UnitFacts:
    return next(one for one in evidence.units if one.unit == name)


def test_a_register() -> None:
    rows = HEAD + "一支部,处分,警告,2024-03-01,张,甲案,,是\n一支部,处分,撤职,2024-05-01,李,甲案,,否\n"
    rows += "一支部,迟到,,2024-03-02,张,,5,\n二支部,迟到,,2024-03-09,王,,,\n"
    evidence, found, result = read(REGISTER, m=MATRIX, r=rows)
    assert found == []
    assert result is not None
    (first, second, late) = unit(evidence, "一支部").events
    assert (first.register, first.columns["级别"].value, first.columns["主动"].value) == ("处分", "警告", True)
    assert (second.columns["案件"].value, second.cell.address) == ("甲案", "A3")
    assert (late.columns["数量"].value, "主动" in late.columns) == (5, False)
    assert points(result, "一支部")["B"] == -7  # the dearer sanction of the case, and two of five times late in March
    assert points(result, "二支部")["B"] == -1


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("三支部,迟到,,2024-03-01,张,,,", [("E043", "A2")]),
        ("一支部,迟道,,2024-03-01,张,,,", [("E074", "B2")]),
        ("一支部,迟到,,2023-12-31,张,,,", [("E045", "D2")]),
        ("一支部,迟到,,三月一日,张,,,", [("E022", "D2")]),
        ("一支部,迟到,,,张,,,", [("E066", "A2")]),
        ("一支部,迟到,,2024-03-01,,,,", [("E066", "A2")]),
        ("一支部,迟到,,2024-03-01,张,,0,", [("E027", "G2")]),
        ("一支部,处分,警靠,2024-03-01,张,,,否", [("E022", "C2")]),
        ("一支部,处分,警告,,张,,,", [("E066", "A2")]),
        ("一支部,处分,无,,张,,,否", []),
        (",迟到,,2024-03-01,张,,,", [("E035", "A2")]),
        ("合计,,,,,,3,", [("N002", "A2")]),
    ],
)
def test_rows_of_a_register_that_cannot_be_used(row: str, wrong: Found) -> None:
    assert read(REGISTER, m=MATRIX, r=f"{HEAD}{row}\n")[1] == wrong


def test_a_level_that_no_table_lists() -> None:
    text = REGISTER.replace("measures: {处分: {levels: [警告, 撤职]}}\n", "")
    assert read(text, m=MATRIX, r=HEAD + "一支部,处分,记过,2024-03-01,张,,,否\n")[1] == [("E065", "C2")]


def test_a_register_must_be_handed_in_if_only_its_header() -> None:
    assert read(REGISTER, m=MATRIX)[1] == [("E042", "")]
    # A table that cannot be read may be the register.
    assert read(REGISTER, m=MATRIX, r="部门,事项\n甲,处分\n")[1] == [("E020", "")]
    assert read(REGISTER, m=MATRIX, r=HEAD)[1] == []


def test_the_same_row_twice() -> None:
    row = "一支部,迟到,,2024-03-01,张,,,\n"
    assert read(REGISTER, m=MATRIX, r=HEAD + row + row)[1] == [("E046", "A3")]
    assert read(REGISTER, m=MATRIX, r=HEAD + row, s=HEAD + row + "二支部,迟到,,2024-03-01,张,,,\n")[1] == [
        ("E046", "A2")
    ]
    cases = [row.replace("张,,,\n", f"张,{case},,\n") for case in "甲乙"]
    assert read(REGISTER, m=MATRIX, r=HEAD + "".join(cases))[1] == []


def test_the_order_of_files_and_rows_changes_nothing() -> None:
    rows = [
        "一支部,处分,警告,2024-03-01,张,甲案,,是",
        "一支部,处分,警告,2024-05-01,李,甲案,,是",
        "二支部,迟到,,2024-03-09,王,,,",
    ]
    one = read(REGISTER, m=MATRIX, r=HEAD + "\n".join(rows))[2]
    other = read(REGISTER, z="党支部,缺\n二支部,0\n一支部,1\n", a=HEAD + "\n".join(reversed(rows)))[2]
    assert one is not None
    assert other is not None
    assert [(unit.unit, unit.rank, unit.total) for unit in one.units] == [
        (unit.unit, unit.rank, unit.total) for unit in other.units
    ]


def test_ballots_and_assessors() -> None:
    ballots = "党支部,测评项,好,差,弃权\n一支部,测评,6,2,1\n一支部,测评,3,1,0\n二支部,测评,1,1,0\n"
    judges = "党支部,评委,答辩\n一支部,张,8\n一支部,李,10\n一支部,王,6\n二支部,张,5\n二支部,李,5\n二支部,王,5\n"
    evidence, found, result = read(VOTED, m=MATRIX, b=ballots, j=judges)
    assert found == [("N003", "E1")]  # 弃权 counts for nothing
    assert result is not None
    assert [fact.value for fact in unit(evidence, "一支部").assessed["答辩"].values()] == [8, 10, 6]
    assert (points(result, "一支部")["A"], points(result, "一支部")["B"]) == (F("7.5"), 8)  # 9 of 12 votes
    assert (points(result, "二支部")["A"], points(result, "二支部")["B"]) == (5, 5)


BALLOTS = "党支部,测评项,好,差\n一支部,测评,6,2\n二支部,测评,1,1\n"
JUDGES = (
    "党支部,考核组,答辩\n一支部,甲组,8\n一支部,乙组,10\n一支部,丙组,6\n二支部,甲组,5\n二支部,乙组,6\n二支部,丙组,7\n"
)


@pytest.mark.parametrize(
    ("ballots", "judges", "wrong"),
    [
        (BALLOTS, JUDGES, []),
        (BALLOTS.replace("6,2", ",2"), JUDGES, [("E021", "C2")]),
        (BALLOTS.replace("1,1", "0,0"), JUDGES, [("E031", "C3")]),
        (BALLOTS.replace("1,1", "1,一"), JUDGES, [("E022", "D3")]),
        (BALLOTS.replace("二支部,测评", "二支部,测试"), JUDGES, [("E074", "B3")]),
        (BALLOTS.replace("好,差", "好,坏"), JUDGES, [("N003", "D1"), ("E025", ""), ("E025", "")]),
        (BALLOTS, JUDGES.replace("二支部,丙组,7\n", ""), [("E049", "C5"), ("N020", "C5")]),
        (BALLOTS, JUDGES.replace("丙组,6", "丙组,11"), [("E027", "C4")]),
        (BALLOTS, JUDGES + "二支部,丙组,7\n", [("E023", "A8")]),
        (BALLOTS, JUDGES.replace("甲组,8", "甲组,"), [("E049", "C3"), ("N018", "C2")]),
        (BALLOTS, JUDGES.replace("甲组,8", "甲组,优"), [("E022", "C2")]),
    ],
)
def test_what_is_wrong_with_ballots_and_assessors(ballots: str, judges: str, wrong: Found) -> None:
    found = read(VOTED, m=MATRIX, b=ballots, j=judges)[1]
    assert sorted(set(found)) == sorted(set(wrong))


def test_an_assessors_figure_beside_one_of_the_matrix() -> None:
    found = read(VOTED, m="党支部,缺,答辩\n一支部,1,8\n二支部,0,\n", b=BALLOTS, j=JUDGES)[1]
    assert found == [("E026", "C2")]


def test_ballots_handed_in_twice() -> None:
    assert read(VOTED, m=MATRIX, b=BALLOTS, c=BALLOTS + "\n", j=JUDGES)[1] == [("E046", "A2"), ("E046", "A3")]


def test_figures_that_differ_need_a_way_to_combine() -> None:
    text = "sections: [{id: A, title: 甲, max: 10, rules: [{award: 10, judge: 分}]}]\n"
    judges = "党支部,评委,分\n一支部,张,8\n一支部,李,{}\n"
    assert read(text, j=judges.format(9))[1] == [("E064", "C2")]
    assert read(text, j=judges.format(8))[1] == []


def test_rulings() -> None:
    item = "{id: A1, title: 一, max: 10, rules: [{deduct: 1, per: 缺}]}"
    text = f"sections: [{{id: A, title: 甲, max: 10, items: [{item}]}}]\n"
    rulings = "党支部,指标,调整分,理由,批准人\n一支部,A1,0.5,补交,党委\n一支部,A1,-2,漏报,党委\n二支部,A,3,表彰,党委\n"
    _, found, result = read(text, m=MATRIX, r=rulings)
    assert found == []
    assert result is not None
    assert points(result, "一支部") == {
        **dict.fromkeys(("A1", "A", "total", "base"), F("7.5")),
        **dict.fromkeys(("bonus", "penalty", "adjust"), F(0)),
    }
    assert points(result, "二支部")["A"] == 13  # after the cap
    node = next(one for one in result.units if one.unit == "一支部").trace().nodes[0].nodes[0]
    assert [(line.verb, line.points) for line in node.lines] == [("deduct", -1), ("ruling", F("0.5")), ("ruling", -2)]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("一支部,A1,1,,党委", [("E047", "A2")]),
        ("一支部,A1,1,补交,", [("E047", "A2")]),
        ("一支部,A7,1,补交,党委", [("E048", "B2")]),
        ("一支部,A1,一分,补交,党委", [("E022", "C2")]),
        ("三支部,A1,1,补交,党委", [("E043", "A2")]),
    ],
)
def test_rulings_that_cannot_be_used(row: str, wrong: Found) -> None:
    text = "sections: [{id: A1, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}]\n"
    assert read(text, m=MATRIX, r=f"党支部,指标,调整分,理由,批准人\n{row}\n")[1] == wrong


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("一支部,1.1,,1,补交,党委", [("W018", "B2")]),  # with an item in front of it this will be another
        ("一支部,1.1,会议,1,补交,党委", []),
        ("一支部,1.1,学习,1,补交,党委", [("E099", "C2")]),
        ("一支部,B,乙,1,补交,党委", []),
        ("一支部,B,会议,1,补交,党委", [("E099", "C2")]),
        ("一支部,B,,1,补交,党委", []),
    ],
)
def test_rulings_that_name_an_item_by_its_place_or_by_its_title(row: str, wrong: Found) -> None:
    section = "{title: 甲, max: 9, items: [{title: '会 议', max: 9, rules: [{deduct: 1, per: 缺}]}]}"
    text = f"sections: [{section}, {{id: B, title: 乙, max: 1, rules: [{{deduct: 1, per: 缺}}]}}]\n"
    assert read(text, m=MATRIX, r=f"党支部,指标,指标名称,调整分,理由,批准人\n{row}\n")[1] == wrong


LISTED = """
attributes: [类型]
measures: {类型: {levels: [村, 社区]}}
period: 2024
sections:
  - {id: A, title: 甲, max: 4, rules: [{deduct: 1, per_missing: 大会, of: 1, for_each: quarter}]}
  - {id: B, title: 乙, max: 5, only: {类型: 村}, rules: [{deduct: 1, per: 缺}]}
"""
ROSTER = "党支部,别名,类型,成立日期,撤销日期\n二支部,第二支部、老二支部,村,2024-07-01,\n一支部,,社区,,2024-09-30\n"
NO_EVENTS = "党支部,事项,日期\n"


def test_a_roster_fixes_the_units_their_order_names_and_days() -> None:
    evidence, found, result = read(
        LISTED, {"名册": ROSTER}, m="党支部,缺\n老二支部,2\n一支部,\n", r=NO_EVENTS + "第二支部,大会,2024-08-01\n"
    )
    assert found == []
    assert result is not None
    assert [one.unit for one in evidence.units] == ["二支部", "一支部"]
    assert unit(evidence, "一支部").attributes == {"类型": "社区"}
    # 二支部 was founded in July and met in the third quarter only; 一支部 ended with September and never met.
    assert (points(result, "二支部")["A"], points(result, "二支部")["B"]) == (3, 3)
    assert (points(result, "一支部")["A"], points(result, "一支部")["B"]) == (1, 0)


@pytest.mark.parametrize(
    ("roster", "matrix", "wrong"),
    [
        (ROSTER, "党支部,缺\n二支部,2\n一支部,\n三支部,1\n", [("E043", "A4")]),
        (ROSTER, "党支部,缺\n一支部,\n", [("E095", "")]),
        (
            ROSTER + "第二支部,,村,,\n",
            "党支部,缺\n二支部,2\n第二支部,1\n",
            [("E095", ""), ("E023", "A3"), ("E023", "A4")],
        ),
        (ROSTER.replace("2024-09-30", "九月"), "党支部,缺\n二支部,2\n", [("E022", "E3")]),
        (ROSTER.replace("社区", "街道"), "党支部,缺\n二支部,2\n", [("E086", "C3")]),
        (ROSTER, "党支部,缺,类型\n二支部,2,社区\n", [("E026", "C2")]),
        (ROSTER, "党支部,缺,类型\n二支部,2,村\n一支部,,不适用\n", [("E026", "C3")]),
        ("党支部\n一支部\n", "党支部,缺,类型\n一支部,2,\n", [("E021", "C2")]),
    ],
)
def test_what_is_wrong_with_a_roster(roster: str, matrix: str, wrong: Found) -> None:
    found = read(LISTED, {"名册": roster}, m=matrix, r=NO_EVENTS)[1]
    assert sorted(set(found)) == sorted(wrong)


def test_a_list_of_units_is_enough_where_everything_is_an_event() -> None:
    text = "period: 2024\nsections: [{id: A, title: 甲, max: 4, rules: [{deduct: 1, per: 迟到, where: 查实}]}]\n"
    _, found, result = read(text, m="党支部\n一支部\n二支部\n", r="党支部,事项,查实\n二支部,迟到,是\n")
    assert found == []
    assert result is not None
    assert [(one.unit, one.total) for one in result.units] == [("一支部", 4), ("二支部", 3)]


PARTS = "党支部,轮次,缺,奖,典型\n一支部,上半年,1,1,否\n一支部,下半年,3,2,是\n"
EVENTS = "党支部,事项,日期,轮次,查实\n"


def test_rounds() -> None:
    rows = EVENTS + "一支部,投诉,2024-02-01,,是\n一支部,投诉,,下半年,是\n一支部,投诉,2024-08-01,,否\n"
    evidence, found, result = read(ROUNDS, m=PARTS, r=rows)
    assert found == []
    assert result is not None
    whole = unit(evidence, "一支部")
    assert (whole.facts["奖"].value, whole.facts["典型"].value, whole.facts["缺"].value) == (3, True, 4)
    assert [cell.address for cell in whole.facts["奖"].cells] == ["D2", "D3"]
    assert [len(whole.rounds[name].events) for name in whole.rounds] == [1, 2]
    got = result.units[0]
    assert [(one.weight, one.base) for one in got.trace().rounds.values()] == [(F(2, 5), 7), (F(3, 5), 5)]
    assert got.kinds == {"base": F("5.8"), "bonus": 6, "penalty": -1, "adjust": 0}
    assert got.total == F("10.8")
    (weighed,) = got.trace().lines
    assert (weighed.verb, weighed.points, dict(weighed.figures)) == ("rounds", F("5.8"), {"上半年": 7, "下半年": 5})
    assert (weighed.rule, weighed.titles) == ("base", ("上半年", "下半年"))
    assert dict(weighed.weights) == {"上半年": F(2, 5), "下半年": F(3, 5)}


def test_a_bonus_of_each_round() -> None:
    text = ROUNDS.replace("title: 乙, kind: bonus,", "title: 乙, kind: bonus, rounds: each,")
    _, found, result = read(text, m=PARTS, r=EVENTS)
    assert found == []
    assert result is not None
    (unit,) = result.units
    assert unit.kinds["bonus"] == F("3.4")  # 1 × 40 % + (2 + 3) × 60 %
    assert [(line.rule, line.points) for line in unit.trace().lines] == [("base", F("7.8")), ("bonus", F("3.4"))]


def test_a_figure_without_a_round_is_for_all_of_them_together() -> None:
    more = "党支部,轮次,缺,奖,典型\n一支部,,,5,否\n一支部,上半年,1,,\n一支部,下半年,3,,\n"
    _, found, result = read(ROUNDS, m=more, r=EVENTS)
    assert found == []
    assert result is not None
    assert (result.units[0].kinds["base"], result.units[0].kinds["bonus"]) == (F("7.8"), 5)


@pytest.mark.parametrize(
    ("matrix", "events", "wrong"),
    [
        (PARTS.replace("一支部,下半年,3,2,是\n", ""), EVENTS, [("E044", "A2")]),
        (PARTS.replace("一支部,下半年", "一支部,年底"), EVENTS, [("E044", "A2"), ("E075", "B3")]),
        (PARTS, EVENTS + "一支部,投诉,,,是\n", [("E075", "A2")]),
        (PARTS, EVENTS + "一支部,投诉,,年底,是\n", [("E075", "D2")]),
        (PARTS.replace("上半年,1,1", "上半年,,1"), EVENTS, [("E021", "C2")]),
        (PARTS + "一支部,上半年,1,1,否\n", EVENTS, [("E023", "A4")]),
    ],
)
def test_what_is_wrong_with_rounds(matrix: str, events: str, wrong: Found) -> None:
    assert sorted(set(read(ROUNDS, m=matrix, r=events)[1])) == sorted(wrong)


RULINGS = "党支部,指标,调整分,理由,批准人,轮次\n"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("一支部,A,1,补交,党委,上半年", []),
        ("一支部,B,1,补交,党委,", []),
        ("一支部,A,1,补交,党委,", [("E075", "C2")]),
        ("一支部,B,1,补交,党委,上半年", [("E075", "C2")]),
        ("一支部,A,1,补交,党委,年底", [("E075", "F2")]),
    ],
)
def test_rulings_belong_to_the_round_that_scores_the_item(row: str, wrong: Found) -> None:
    _, found, result = read(ROUNDS, m=PARTS, r=EVENTS, u=f"{RULINGS}{row}\n")
    assert found == wrong
    if (
        result is not None
    ):  # 9 × 40 % + 7 × 60 % = 7.8; a point in the first half counts for 0.4, one of the bonus whole
        assert result.units[0].total == (F("14.2") if ",A," in row else F("14.8"))


def test_members_are_scored_from_the_register_that_serves_branches() -> None:
    rows = "党支部,事项,日期,人员\n一支部,罚分,2024-03-01,张三\n一支部,罚分,2024-04-01,\n二支部,罚分,2024-05-01,李四\n"
    rule = "{deduct: 20, per: 罚分, where: {日期: {after: 2024-01-01}}}"
    branch = f"period: 2024\nsections: [{{id: A, title: 甲, kind: penalty, rules: [{rule}]}}]\n"
    member = "unit_column: 人员\nattributes: [党支部]\n" + branch.replace("deduct: 20", "deduct: 15")
    _, found, result = read(branch, m="党支部\n一支部\n二支部\n", r=rows)
    assert found == []
    assert result is not None
    assert {one.unit: one.kinds["penalty"] for one in result.units} == {"一支部": -40, "二支部": -20}
    _, found, result = read(member, m="人员,党支部\n张三,一支部\n李四,二支部\n", r=rows)
    assert found == [("N003", "A1"), ("N002", "D3")]  # 一支部's own event names nobody
    assert result is not None
    assert {one.unit: one.kinds["penalty"] for one in result.units} == {"张三": -15, "李四": -15}


MEMBERS = "人员,党支部\n张三,一支部\n李四,二支部\n王五,一支部\n"
SHARED = """measures: {{罚分: {{register: true, required: [人员], columns: [{columns}]}}}}
{more}sections: [{{id: A, title: 甲, kind: penalty, rules: [{{deduct: 1, per: 罚分}}]}}]
"""


def test_one_register_serves_branches_and_members_and_their_events_name_somebody() -> None:
    branch = SHARED.format(columns="个人加分", more="")
    member = SHARED.format(columns="党支部, 支部加分", more="unit_column: 人员\nattributes: [党支部]\nignore: [党课]\n")
    rows = "党支部,人员,事项,支部加分,个人加分\n一支部,张三,罚分,2,1\n一支部,,罚分,2,1\n二支部,李四,罚分,,\n"
    _, found, _ = read(branch, m="党支部\n一支部\n二支部\n", r=rows)
    assert found == [("N003", "D1"), ("E066", "A3")]
    _, found, _ = read(branch, m="党支部\n一支部\n二支部\n", r=rows.replace("一支部,,", "一支部,张三、李四,"))
    assert found == [("N003", "D1"), ("E093", "B3")]  # each of them costs the branch
    _, found, _ = read(member, m=MEMBERS, r=rows + "二支部,,党课,,\n")
    assert found == [("N003", "E1"), ("E035", "B3"), ("N002", "C5")]
    _, found, result = read(member, m=MEMBERS, r=rows.replace("一支部,,", "一支部,王五,"))
    assert found == [("N003", "E1")]
    assert result is not None
    assert {one.unit: one.kinds["penalty"] for one in result.units} == {"张三": -1, "李四": -1, "王五": -1}


def test_events_of_another_rubric_are_passed_over() -> None:
    """An event is passed over by its name in normal form, whatever its columns hold; one that nobody knows is not."""
    member = SHARED.format(columns="党支部", more="unit_column: 人员\nattributes: [党支部]\nignore: [党 课]\n")
    rows = "党支部,人员,事项,数量\n一支部,张三,罚分,1\n一支部,外人,党课,许多\n"
    _, found, result = read(member, m=MEMBERS, r=rows)
    assert found == [("N002", "C3")]
    assert result is not None
    assert {one.unit: one.kinds["penalty"] for one in result.units} == {"张三": -1, "李四": 0, "王五": 0}
    _, found, _ = read(member, m=MEMBERS, r=f"{rows}一支部,张三,党客,1\n")
    assert found == [("N002", "C3"), ("E074", "C4")]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [("13,13", []), ("0,0", [("E031", "C2")]), ("14,13", [("E116", "B2")]), ("14,", [("E021", "C2")])],
)
def test_a_part_is_no_more_than_the_whole(row: str, wrong: Found) -> None:
    limits = "measures: {到会人数: {at_most: 应到人数}}\n"
    rules = "sections: [{id: A, title: 甲, max: 10, rules: [{award: 10, ratio: 到会人数, of: 应到人数}]}]\n"
    _, found, _ = read(limits + rules, m=f"党支部,到会人数,应到人数\n一支部,{row}\n")
    assert found == wrong


def test_a_row_of_a_unit_is_read_whatever_stands_before_it() -> None:
    """A day or a word of those who file rows does not make a line to be signed of a row that names a unit."""
    rules = "sections: [{id: A, title: 甲, kind: penalty, rules: [{deduct: 1, per: 罚分}]}]\n"
    head = "period: 2024\nmeasures: {罚分: {register: true}}\n" + rules
    rows = "日期,来源,党支部,事项\n2024.3.5,审核,一支部,罚分\n2024-6-7,考核组,一支部,罚分\n2024-07-08,,二支部,罚分\n"
    _, found, result = read(head, m="党支部\n一支部\n二支部\n", r=rows)
    assert found == [("N003", "B1")]
    assert result is not None
    assert {one.unit: one.kinds["penalty"] for one in result.units} == {"一支部": -2, "二支部": -1}
    matrix = "sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺席}]}]\n"
    _, found, result = read(matrix, m="填报日期,党支部,缺席\n2024-03-05,一支部,2\n")
    assert found == [("N003", "A1")]
    assert result is not None
    assert result.units[0].total == 8


def test_members_by_another_name_of_their_column() -> None:
    member = SHARED.format(columns="党支部", more="unit_column: 人员\nattributes: [党支部]\n")
    rows = "党支部,姓名,事项\n一支部,张三,罚分\n一支部,,党课\n一支部,,罚分\n"
    _, found, _ = read(member, m=MEMBERS, r=rows)
    assert found == [("N002", "B3"), ("E035", "B4")]


def test_a_part_is_held_against_a_whole_of_all_rounds() -> None:
    head = "rounds: {上: 50%, 下: 50%}\nmeasures: {到会: {at_most: 应到}}\nsections:\n"
    rules = "  - {id: A, title: 甲, max: 5, rules: [{award: {1: 5}, at_least: 到会}]}\n"
    rules += "  - {id: B, title: 乙, max: 5, rounds: none, rules: [{award: {1: 5}, at_least: 应到}]}\n"
    _, found, _ = read(head + rules, m="党支部,轮次,到会,应到\n一支部,,,8\n一支部,上,9,\n一支部,下,8,\n")
    assert found == [("E116", "C3")]


def test_a_part_is_held_against_the_whole_of_its_round() -> None:
    head = "rounds: {上: 50%, 下: 50%}\nmeasures: {到会: {at_most: 应到}}\n"
    rules = "sections: [{id: A, title: 甲, max: 10, rules: [{award: 10, ratio: 到会, of: 应到}]}]\n"
    _, found, _ = read(head + rules, m="党支部,轮次,到会,应到\n一支部,上,9,9\n一支部,下,9,8\n")
    assert found == [("E116", "C3")]


SCOPED = """attributes: [类型]
sections:
  - id: A
    title: 甲
    max: 10
    rules:
      - {deduct: 5, each_missing: [三链, 示范群], only: {类型: 村}}
      - {deduct: 4, unless: 大党建, only: {类型: 社区}}
"""


@pytest.mark.parametrize(
    ("rows", "wrong", "totals"),
    [
        ("东村,村,是,否,\n西街,社区,,,否\n", [], {"东村": 5, "西街": 6}),
        ("东村,村,是,是,不适用\n西街,社区,不适用,,是\n", [], {"东村": 10, "西街": 10}),
        ("东村,村,是,,\n西街,社区,,,\n", [("E021", "D2"), ("E021", "E3")], {}),
        ("东村,村,是,不适用,\n西街,社区,,,是\n", [("E039", "D2")], {}),
        ("东村,,是,是,\n西街,社区,,,是\n", [("E021", "B2")], {}),
    ],
)
def test_a_unit_need_not_fill_in_what_rules_for_others_read(rows: str, wrong: Found, totals: dict[str, int]) -> None:
    _, found, result = read(SCOPED, m=f"党支部,类型,三链,示范群,大党建\n{rows}")
    assert found == wrong
    assert ({} if result is None else {one.unit: one.total for one in result.units}) == totals
