"""What several cells, rows, assessors and rounds come to together, and what must never be passed over in silence."""

from fractions import Fraction

import pytest

from dangjian_score.core.diagnostics import Code
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.facts.merge import merge
from dangjian_score.evidence.files import read_sheets
from dangjian_score.evidence.read import expectations
from dangjian_score.evidence.tables.find import read_tables
from dangjian_score.evidence.tables.table import EvidenceTable
from tests.evidence.test_tables import (
    BALLOTS,
    EVENTS,
    HEAD,
    JUDGES,
    LISTED,
    MATRIX,
    NO_EVENTS,
    PARTS,
    REGISTER,
    ROUNDS,
    VOTED,
    Found,
    read,
    unit,
)
from tests.support import points, rubric

F = Fraction

SHARES = """
period: 2024
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, kind: penalty, rules: [{deduct: 1, per: 迟到, where: {比例: {below: 80%}}}]}
"""
SHARED = "党支部,事项,日期,比例\n一支部,迟到,2024-03-01,{}\n"


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("50", "90", []),
        ("0.5", "0.9", []),
        ("50%", "0.9", []),
        ("50", "0.9", [("E034", "D2"), ("E034", "D2")]),
        ("50", "101", [("E027", "D2")]),
        ("5000%", "90", [("E027", "D2")]),
    ],
)
def test_per_cents_of_a_register_are_judged_over_all_files(first: str, second: str, wrong: Found) -> None:
    _, found, result = read(SHARES, m=MATRIX, r=SHARED.format(first), s=SHARED.format(second))
    assert found == wrong
    if result is not None:
        assert points(result, "一支部")["B"] == -1  # the one of 50 %


@pytest.mark.parametrize(
    ("matrix", "ballots", "judges", "wrong"),
    [
        (MATRIX, BALLOTS.replace("6,2", "6,不适用"), JUDGES, [("E039", "D2")]),
        (MATRIX, BALLOTS, JUDGES.replace("甲组,8", "甲组,不适用"), [("E026", "C3")]),
        ("党支部,缺,答辩\n一支部,1,不适用\n二支部,0,\n", BALLOTS, JUDGES, [("E026", "C2")]),
    ],
)
def test_inapplicable_where_a_figure_is_due(matrix: str, ballots: str, judges: str, wrong: Found) -> None:
    assert read(VOTED, m=matrix, b=ballots, j=judges)[1] == wrong


@pytest.mark.parametrize(
    "node", ["kind: bonus", "kind: penalty", "kind: adjust", "max: 5, if_na: full", "max: 5, if_na: zero"]
)
@pytest.mark.parametrize("rule", ["{deduct: 2, if: 有计划}", "{award: 2, judge: 有计划}", "{deduct: 1, per: 有计划}"])
def test_a_blank_is_never_taken_for_what_does_not_apply(node: str, rule: str) -> None:
    if "kind: bonus" in node:
        rule = rule.replace("deduct", "award")
    if "kind: penalty" in node:
        rule = rule.replace("award", "deduct")
    text = (
        f"sections: [{{title: 甲, max: 5, rules: [{{deduct: 1, per: 缺}}]}}, {{title: 乙, {node}, rules: [{rule}]}}]\n"
    )
    matrix = "党支部,缺,有计划\n一支部,1,{}\n"
    assert read(text, m=matrix.format(""))[1] == [("E021", "C2")]
    assert read(text, m=matrix.format("不适用"))[1] == []
    assert read(text, m="党支部,缺\n一支部,1\n")[1] == [("E025", "")]


@pytest.mark.parametrize(("column", "cell"), [("张,,,是", "E2"), (",不适用,,是", "F2"), (",,,不适用", "H2")])
def test_inapplicable_in_a_register(column: str, cell: str) -> None:
    row = f"一支部,处分,警告,2024-03-01,{column}\n".replace("张", "不适用" if cell == "E2" else "张")
    wrong = [("E039", cell)]
    assert read(REGISTER, m=MATRIX, r=HEAD + row)[1] == wrong


def test_inapplicable_by_all_assessors() -> None:
    text = VOTED.replace("{id: B, title: 乙, max: 10,", "{id: B, title: 乙, max: 10, if_na: full,")
    judges = JUDGES
    for group, figure in (("甲组", 8), ("乙组", 10), ("丙组", 6)):
        judges = judges.replace(f"一支部,{group},{figure}", f"一支部,{group},不适用")
    for matrix in (MATRIX, "党支部,缺,答辩\n一支部,1,不适用\n二支部,0,\n"):
        evidence, found, result = read(text, m=matrix, b=BALLOTS, j=judges)
        assert found == []
        assert result is not None
        assert unit(evidence, "一支部").inapplicable["答辩"].address == "C2"
        assert points(result, "一支部")["B"] == 10


def test_an_assessor_counts_once_whatever_the_number_of_files() -> None:
    again = "党支部,考核组,答辩\n一支部,甲组,{}\n"
    evidence, found, _ = read(VOTED, m=MATRIX, b=BALLOTS, j=JUDGES, k=again.format(8))
    assert found == [("N004", "C2")]
    assert [fact.value for fact in unit(evidence, "一支部").assessed["答辩"].values()] == [8, 10, 6]
    assert read(VOTED, m=MATRIX, b=BALLOTS, j=JUDGES, k=again.format(9))[1] == [("E026", "C2")]


def test_an_assessor_may_give_measures_in_several_tables() -> None:
    text = "sections: [{id: A, title: 甲, max: 20, rules: [{award: 10, judge: 甲分}, {award: 10, judge: 乙分}]}]\n"
    _, found, result = read(text, j="党支部,评委,甲分\n一支部,张,8\n", k="党支部,评委,乙分\n一支部,张,7\n")
    assert found == []
    assert result is not None
    assert points(result, "一支部")["A"] == 15


def test_the_same_row_with_its_columns_in_another_order() -> None:
    one = "党支部,事项,日期,人员,备注\n一支部,迟到,2024-03-01,张,甲\n"
    other = "人员,备注,党支部,日期,事项,案件\n张,{},一支部,2024-03-01,迟到,\n"
    assert read(REGISTER, m=MATRIX, r=one, s=other.format("甲"))[1] == [("E046", "C2")]
    assert read(REGISTER, m=MATRIX, r=one, s=other.format("乙"))[1] == [("W014", "C2")]


def test_rows_that_differ_only_far_into_a_long_text() -> None:
    head = "党支部,事项,日期,人员,说明\n"
    row = "一支部,迟到,2024-03-01,张,{}{}\n"
    rows = [row.format("在某次会议上没有按时到会而且没有事先请假也没有在事后补办手续", end) for end in "甲乙"]
    evidence, found, _ = read(REGISTER, m=MATRIX, r=head + "".join(rows))
    assert found == [("W014", "A3")]
    assert len(unit(evidence, "一支部").events) == 2


def test_many_aliases_are_all_read() -> None:
    roster = f"党支部,别名,类型\n一支部,{'、'.join(f'原第{at}生产小组党支部' for at in range(9))},村\n"
    _, found, result = read(LISTED, {"名册": roster}, m="党支部,缺\n原第8生产小组党支部,2\n", r=NO_EVENTS)
    assert found == []
    assert result is not None
    assert points(result, "一支部")["B"] == 3


def test_a_column_of_one_table_is_none_of_another() -> None:
    text = REGISTER.replace("per: 缺}", "per: 缺}, {deduct: 1, per: 级别}")
    assert read(text, m=MATRIX, r=HEAD + "一支部,处分,无,,张,,,否\n")[1] == [("E025", "")]
    text = VOTED.replace("per: 缺}", "per: 缺}, {deduct: 1, per: 好}")
    assert set(read(text, m=MATRIX, b=BALLOTS, j=JUDGES)[1]) == {("E025", "")}


def test_a_title_close_to_a_column_that_nobody_reads() -> None:
    assert read(REGISTER, m=MATRIX, r="党支部,事项,说明书\n")[1] == [("N003", "C1")]
    assert read(REGISTER, m=MATRIX, r="党支部,事项,案件名\n")[1] == [("E024", "C1")]


def test_attributes_as_text() -> None:
    text = """
attributes: [编号, 成立, 试点]
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺, if: 试点}]}
  - id: B
    title: 乙
    kind: bonus
    rules: [{award: 1, if: {成立: {before: 2020-01-01}}}]
"""
    matrix = "党支部,缺,编号,成立,试点\n一支部,2,012,2019.3.5,√\n"
    evidence, found, result = read(text, m=matrix)
    assert found == []
    assert result is not None
    assert unit(evidence, "一支部").attributes == {"编号": "012", "成立": "2019-03-05", "试点": "是"}
    assert (points(result, "一支部")["A"], points(result, "一支部")["B"]) == (8, 1)


def test_a_blank_of_the_whole_does_not_hide_the_rounds() -> None:
    text = ROUNDS + "measures: {奖: {blank: 0}}\n"
    matrix = "党支部,轮次,缺,奖,典型\n一支部,,,,否\n一支部,上半年,1,{},\n一支部,下半年,3,{},\n"
    for first, second, prizes in (("1", "2", 3), ("", "2", 2), ("", "", 0)):
        _, found, result = read(text, m=matrix.format(first, second), r=EVENTS)
        assert found == []
        assert result is not None
        assert result.units[0].kinds["bonus"] == prizes


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("1", "", [("E021", "D3")]),
        ("不适用", "", [("E021", "D3")]),
        ("不适用", "2", []),
        ("不适用", "不适用", [("E038", "D2")]),  # 典型, of the same item, has a value
    ],
)
def test_blank_and_inapplicable_in_one_round(first: str, second: str, wrong: Found) -> None:
    matrix = PARTS.replace("上半年,1,1", f"上半年,1,{first}").replace("下半年,3,2", f"下半年,3,{second}")
    _, found, result = read(ROUNDS, m=matrix, r=EVENTS)
    assert found == wrong
    if result is not None:
        assert result.units[0].kinds["bonus"] == 5  # two prizes, and a model unit


def test_rounds_that_cannot_be_brought_together() -> None:
    text = ROUNDS.replace("{award: 3, if: 典型}", "{award: 3, if: {占比: {at_least: 50%}}}").replace("典型", "占比")
    matrix = "党支部,轮次,缺,奖,占比\n一支部,上半年,1,1,{}\n一支部,下半年,3,2,60%\n"
    _, found, result = read(text, m=matrix.format("60%"), r=EVENTS)
    assert found == []
    assert result is not None
    assert result.units[0].kinds["bonus"] == 6
    assert read(text, m=matrix.format("40%"), r=EVENTS)[1] == [("E021", "E2")]


def test_votes_of_rounds_add_up() -> None:
    text = """
rounds: {一轮: 50%, 二轮: 50%}
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, kind: bonus, rules: [{award: {好: 4, 差: 0}, votes: 测评}]}
"""
    matrix = "党支部,轮次,缺\n一支部,一轮,0\n一支部,二轮,0\n"
    ballots = "党支部,轮次,测评项,好,差\n一支部,一轮,测评,1,3\n一支部,二轮,测评,5,1\n"
    evidence, found, result = read(text, m=matrix, b=ballots)
    assert found == []
    assert result is not None
    assert result.units[0].kinds["bonus"] == F("2.4")  # 4 × 6 of 10 votes
    whole = unit(evidence, "一支部")
    assert [one.facts["测评·好"].value for one in (whole, *whole.rounds.values())] == [6, 1, 5]


def test_equal_ballots_of_one_file_add_up() -> None:
    ballots = BALLOTS + "一支部,测评,6,2\n一支部,测评,1,7\n"
    evidence, found, result = read(VOTED, m=MATRIX, b=ballots, j=JUDGES)
    assert found == []
    assert result is not None
    good = unit(evidence, "一支部").facts["测评·好"]
    assert (good.value, [cell.address for cell in good.cells]) == (13, ["C2", "C4", "C5"])
    assert points(result, "一支部")["A"] == F("65/12")  # 10 × 13 of 24 votes


def test_a_blank_of_a_register_that_stands_for_something() -> None:
    text = REGISTER.replace("measures: {", "measures: {主动: {blank: 否}, ")
    evidence, found, result = read(text, m=MATRIX, r=HEAD + "一支部,处分,警告,2024-03-01,张,,,\n")
    assert found == []
    assert result is not None
    (event,) = unit(evidence, "一支部").events
    assert (event.columns["主动"].value, event.columns["主动"].cell.address) == (False, "H2")
    assert points(result, "一支部")["B"] == -2


def test_the_order_of_files_and_rows_changes_no_fact() -> None:
    def turned(table: str) -> str:
        head, *rows = table.splitlines()
        return "\n".join([head, *reversed(rows)])

    one = read(VOTED, a=MATRIX, b=BALLOTS, c=JUDGES)[2]
    other = read(VOTED, a=turned(JUDGES), b=turned(BALLOTS), c=turned(MATRIX))[2]
    assert one is not None
    assert other is not None
    assert [(each.unit, each.rank, each.total) for each in one.units] == [
        (each.unit, each.rank, each.total) for each in other.units
    ]
    rows = EVENTS + "一支部,投诉,2024-02-01,,是\n一支部,投诉,,下半年,是\n"
    one, other = read(ROUNDS, m=PARTS, r=rows)[2], read(ROUNDS, a=turned(rows), b=turned(PARTS))[2]
    assert one is not None
    assert other is not None
    assert (one.units[0].total, one.units[0].kinds) == (other.units[0].total, other.units[0].kinds)


def test_tables_are_merged_as_often_as_asked() -> None:
    loaded = rubric(ROUNDS)
    known = catalogue(compile_rubric(loaded.rubric))
    rows = EVENTS + "一支部,投诉,2024-02-01,冬季,是\n一支部,投诉,,下半年,是\n一支部,投诉,,下半年,是\n五支部,投诉,,,是\n"
    tables: list[EvidenceTable] = []
    for name, text in (("m.csv", PARTS), ("r.csv", rows)):
        sheets = read_sheets(text.encode(), name)
        assert isinstance(sheets, tuple)
        tables += read_tables(sheets[0], expectations(loaded.rubric, known))[0]
    first = merge(tables, loaded.rubric, known, None)
    again = merge(tables, loaded.rubric, known, None)
    assert [finding.code for finding in first.found] == [Code.ROUND_UNKNOWN, Code.EVENT_TWICE, Code.UNIT_UNKNOWN]
    assert again == first
