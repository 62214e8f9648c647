"""What is due before the end of the period: small regulations whose figures are worked out by hand."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from dangjian_score.api.assessment import Assessment, assess
from dangjian_score.api.files import FilesRead
from dangjian_score.api.inputs import InputError, RubricFile, evidence_of, gather, load_rubric, rubric_of
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.core.watching import unwatched
from dangjian_score.engine.result import Result, UnitResult
from tests.support import errors

HEAD = "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\nperiod: 2024\n"
JUNE = "2024-06-30"
F = Fraction


def rubric(text: str, until: str | tuple[str, ...]) -> RubricFile:
    """Read a rubric, for what is due by a day or for some rounds."""
    loaded = rubric_of("r.yaml", (HEAD + text).encode())
    return loaded.in_rounds(*until) if isinstance(until, tuple) else loaded.due_by(date.fromisoformat(until))


def read(text: str, until: str | tuple[str, ...], *files: str, roster: str = "") -> Assessment:
    """Score evidence given as the texts of .csv files; it may hold no error."""
    named = {f"{at}.csv": file.replace(" ", "\n").encode() for at, file in enumerate(files)}
    rosters = {"名册.csv": roster.replace(" ", "\n").encode()} if roster else {}
    evidence = evidence_of(rubric(text, until), FilesRead(named), FilesRead(rosters), unwatched)
    assert not errors(evidence.findings), evidence.findings
    return assess(evidence)


def faults(text: str, until: str | tuple[str, ...], file: str) -> list[tuple[str, str | None]]:
    """List the codes and cells of errors in evidence."""
    evidence = evidence_of(
        rubric(text, until), FilesRead({"0.csv": file.replace(" ", "\n").encode()}), FilesRead({}), unwatched
    )
    return [(finding.code.value, finding.place.cell) for finding in errors(evidence.findings)]


def unit(result: Result, name: str = "甲") -> UnitResult:
    return next(each for each in result.units if each.unit == name)


def stands(result: Result, name: str = "甲") -> tuple[Fraction, Fraction | None, Fraction | None]:
    """Give a unit's total, what is due, and the rate."""
    found = unit(result, name)
    return found.total, found.due, found.rate


def carries(result: Result, node: str, name: str = "甲") -> tuple[Fraction, Fraction | None]:
    """Give a unit's points of a node scored once, and what is due of it."""
    nodes = (each for section in unit(result, name).trace().nodes for each in section.below())
    found = next(each for each in nodes if each.id == node)
    return found.points, found.due


def not_due(assessment: Assessment) -> list[dict[str, str]]:
    """List what is noted as not due, units of which nothing is due aside."""
    noted = (dict(finding.args) for finding in assessment.findings if finding.code == "N026")
    return [args for args in noted if args["what"] != "idle"]


QUARTERS = """
rounds: {一季度: 20%, 二季度: 20%, 三季度: 20%, 四季度: 40%}
sections: [{id: A, title: 全部, max: 100, rules: [{deduct: 1, per: 问题数}]}]
"""
TWO_IN = "党支部,轮次,问题数 甲,一季度,10 甲,二季度,0"


@pytest.mark.parametrize("until", [("一季度", "二季度"), JUNE, "2024-09-29"])
def test_two_of_four_weighted_quarters(until: str | tuple[str, ...]) -> None:
    # 90 × 20 % + 100 × 20 % = 38 of 20 + 20 = 40: 95 %.
    result = read(QUARTERS, until, TWO_IN).result
    assert stands(result) == (38, 40, F("0.95"))
    stages = read(QUARTERS, until, TWO_IN).result.stages()
    assert {name: stands(stage) for name, stage in stages.items()} == {
        "一季度": (90, 100, F("0.9")),  # a round alone is on its own scale
        "二季度": (100, 100, 1),
    }


MEAN = """
rounds: {names: [一季度, 二季度, 三季度], combine: mean}
spans: {前两季: [一季度, 二季度]}
sections:
  - {id: A, title: 经常, max: 80, rules: [{deduct: 1, per: 问题数}]}
  - {id: B, title: 一次, max: 20, rounds: none, rules: [{deduct: 5, per: 投诉}]}
  - {id: C, title: 二季度考, max: 10, round: 二季度, rules: [{award: 10, judge: 考试}]}
measures: {投诉: {register: true}}
"""
MEAN_IN = ("党支部,轮次,问题数,考试 甲,一季度,10, 甲,二季度,30,7", "党支部,事项,日期 甲,投诉,2024-05-01")


def test_a_section_scored_once_beside_rounds() -> None:
    # Through June: (70 + 50) / 2 = 60 of 80; one complaint 15 of 20; the test of the second quarter 7 of 10.
    assert stands(read(MEAN, JUNE, *MEAN_IN).result) == (82, 110, F(82, 110))
    # Rounds by name: what is scored once is not due.
    assert stands(read(MEAN, ("一季度", "二季度"), *MEAN_IN).result) == (67, 90, F(67, 90))
    stages = read(MEAN, JUNE, *MEAN_IN).result.stages()
    assert {name: stands(stage)[:2] for name, stage in stages.items()} == {
        "一季度": (70, 80),
        "二季度": (57, 90),
        "前两季": (67, 90),
    }


def test_an_event_counts_by_its_day_though_its_round_is_not_due() -> None:
    # On 20 May the second quarter is not due, nor its test: 70 of 80. The complaint of 1 May is: 15 of 20.
    file = "党支部,轮次,问题数,考试 甲,一季度,10,"
    for event in ("甲,投诉,2024-05-01,", "甲,投诉,2024-05-01,二季度"):
        result = read(MEAN, "2024-05-20", file, f"党支部,事项,日期,轮次 {event}").result
        assert stands(result) == (85, 100, F("0.85"))
        assert stands(result.stages()["一季度"]) == (70, 80, F("0.875"))
    # Without a date it is an event of a round that is not due.
    assessment = read(MEAN, "2024-05-20", file, "党支部,事项,日期,轮次 甲,投诉,,二季度")
    assert stands(assessment.result) == (90, 100, F("0.9"))
    assert [note["round"] for note in not_due(assessment)] == ["二季度"]


MEETINGS = """
measures: {会议: {register: true}}
sections: [{id: A, title: 会议, max: 10, rules: [{deduct: 2, per_missing: 会议, of: 1, for_each: quarter}]}]
"""
ROSTER = "党支部,成立日期,撤销日期 甲,, 乙,,"


def test_quarters_that_have_ended() -> None:
    events = "党支部,事项,日期 甲,会议,2024-01-10 甲,会议,2024-06-30 乙,会议,2024-02-01 乙,会议,2024-07-01"
    assessment = read(MEETINGS, JUNE, events, roster=ROSTER)
    assert stands(assessment.result) == (10, 10, 1)  # both held
    assert stands(assessment.result, "乙") == (8, 10, F("0.8"))  # none in the second: 10 − 2
    assert [note["event"] for note in not_due(assessment)] == ["会议"]  # that of July waits
    # A day before, the second quarter has not ended.
    assert stands(read(MEETINGS, "2024-06-29", events, roster=ROSTER).result, "乙") == (10, 10, 1)


def test_before_the_first_quarter_has_ended_nothing_is_due() -> None:
    with pytest.raises(InputError) as refused:
        rubric(MEETINGS, "2024-03-30")
    assert [(finding.code, dict(finding.args)["nothing"]) for finding in refused.value.findings] == [
        ("E100", "2024-03-30")
    ]


def test_a_unit_owes_the_quarters_that_it_existed_in() -> None:
    roster = "党支部,成立日期,撤销日期 甲,2024-04-01, 乙,,2024-05-31"
    events = "党支部,事项,日期 甲,会议,2024-04-10"
    result = read(MEETINGS, JUNE, events, roster=roster).result
    assert stands(result) == (10, 10, 1)  # the first quarter was over
    assert stands(result, "乙") == (8, 10, F("0.8"))  # the second had not ended, the first lacks one


def test_awards_over_quarters() -> None:
    text = """
measures: {会议: {register: true}}
sections: [{id: A, title: 会议, max: 8, rules: [{award: {1: 2}, at_least: 会议, for_each: quarter}]}]
"""
    events = "党支部,事项,日期 甲,会议,2024-01-10 甲,会议,2024-05-30"
    assert stands(read(text, JUNE, events, roster=ROSTER).result) == (4, 4, 1)
    assert stands(read(text, JUNE, events, roster=ROSTER).result, "乙") == (0, 4, 0)
    assert stands(read(text, "2024-06-29", events, roster=ROSTER).result) == (2, 2, 1)


def test_an_award_over_quarters_is_limited_by_its_cap() -> None:
    text = """
measures: {宣讲: {register: true}}
sections:
  - id: A
    title: 宣讲
    max: 10
    rules: [{award: 1, per: 宣讲, for_each: quarter, up_to: 4}, {award: 6, if: 有总结}]
"""
    # The award for a summary is not due: 4 at most of 10.
    events = "党支部,事项,日期 甲,宣讲,2024-01-10 甲,宣讲,2024-01-11 甲,宣讲,2024-05-30 甲,宣讲,2024-07-30"
    assert stands(read(text, JUNE, events, roster="党支部 甲").result) == (3, 4, F("0.75"))


YEAR_END = """
sections:
  - {id: A, title: 述职, max: 10, rules: [{award: 10, judge: 述职评分}]}
  - {id: B, title: 问题, max: 10, rules: [{deduct: 1, per: 问题数}]}
"""


def test_an_assessment_of_the_year_is_not_due() -> None:
    assessment = read(YEAR_END, JUNE, "党支部,述职评分,问题数 甲,9,2 乙,,")
    assert carries(assessment.result, "A") == (0, 0)
    assert stands(assessment.result) == (8, 10, F("0.8"))
    # Nothing was entered of the deduction either: 0 of 0.
    assert carries(assessment.result, "B", "乙") == (0, 0)
    assert stands(assessment.result, "乙") == (0, 0, 0)
    # The figure that was given is noted.
    assert [(note["measure"], note["cells"]) for note in not_due(assessment)] == [("述职评分", "B2")]


def test_what_is_taken_by_an_assessor_counts_once_it_is_entered() -> None:
    text = "sections: [{id: A, title: 作风, max: 10, rules: [{deduct: {from: 1, to: 3}, if: 落实不力, judge: 扣分}]}]\n"
    result = read(text, JUNE, "党支部,落实不力,扣分 甲,是,2.5 乙,否, 丙,,").result
    assert [stands(result, name) for name in "甲乙丙"] == [(F("7.5"), 10, F("0.75")), (10, 10, 1), (0, 0, 0)]
    assert faults(text, JUNE, "党支部,落实不力,扣分 甲,是, 乙,,2 丙,是,4") == [
        ("E021", "C2"),
        ("E021", "B3"),
        ("E027", "C4"),
    ]


GROUP = """
sections:
  - id: G
    title: 组
    max: 12
    ceiling: 8
    items:
      - {id: G1, title: 一, max: 6, due: 2024-03-31, rules: [{deduct: 1, per: 甲数}]}
      - {id: G2, title: 二, max: 6, due: 2024-06-30, rules: [{deduct: 1, per: 乙数}]}
"""


def test_a_group_is_due_up_to_its_ceiling() -> None:
    # Through May one item, 5 of 6; through June 5 + 6 = 11 of 12, held to 8.
    assert carries(read(GROUP, "2024-05-31", "党支部,甲数,乙数 甲,1,").result, "G") == (5, 6)
    assert stands(read(GROUP, JUNE, "党支部,甲数,乙数 甲,1,0").result) == (8, 8, 1)


RESCALED = """
sections:
  - id: G
    title: 组
    max: 20
    if_na: rescale
    items:
      - {id: G1, title: 一, max: 5, due: 2024-03-31, rules: [{deduct: 1, per: 甲数}]}
      - {id: G2, title: 二, max: 5, due: 2024-03-31, rules: [{deduct: 1, per: 乙数}]}
      - {id: G3, title: 三, max: 10, rules: [{award: 4, if: 有计划, due: 2024-03-31}, {award: 6, if: 有总结}]}
"""


def test_what_does_not_apply_is_scaled_to_what_is_due_with_it() -> None:
    result = read(RESCALED, JUNE, "党支部,甲数,乙数,有计划,有总结 甲,1,不适用,是, 乙,1,0,不适用, 丙,1,0,是,").result
    # 4 of 5, and the plan 4 of 4: 8 of 9, scaled to the 14 that are due with the second item.
    assert stands(result) == (F("12.44"), 14, F("12.44") / 14)
    # 4 + 5 of 10, scaled to 14: of the third item 4 are due.
    assert stands(result, "乙") == (F("12.6"), 14, F("0.9"))
    assert stands(result, "丙") == (13, 14, F(13, 14))


def test_where_all_that_is_due_does_not_apply_a_unit_has_nothing() -> None:
    text = """
sections:
  - {id: A, title: 甲, max: 5, if_na: rescale, due: 2024-03-31, rules: [{deduct: 1, per: 甲数}]}
  - {id: B, title: 乙, max: 5, rules: [{deduct: 1, per: 乙数}]}
"""
    result = read(text, JUNE, "党支部,甲数,乙数 甲,不适用, 乙,1,1").result
    assert stands(result) == (0, 0, 0)
    assert stands(result, "乙") == (8, 10, F("0.8"))


SCHEDULE = """
sections:
  - {id: A, title: 学习, max: 8, rules: [{deduct: 2, per_missing: 学习次数, of: {2024-06-30: 2, 2024-12-31: 4}}]}
  - {id: B, title: 文章, max: 4, rules: [{award: 4, ratio: 文章数, of: {2024-03-31: 1, 2024-06-30: 5, 2024-12-31: 10}}]}
"""


def test_a_schedule_gives_what_is_due_by_a_day() -> None:
    file = "党支部,学习次数,文章数 甲,1,3"
    # By the end of March nothing of the learning, 3 articles of 1: 4 of 4.
    assert stands(read(SCHEDULE, "2024-06-29", file).result) == (4, 4, 1)
    # By the end of June 2 are due, one is missing: 6 of 8; 3 articles of 5: 2.4 of 4.
    assert stands(read(SCHEDULE, JUNE, file).result) == (F("8.4"), 12, F("0.7"))
    # At the end 4 and 10: 8 − 6 = 2, and 1.2.
    assert unit(read(SCHEDULE, "2024-12-31", file).result).total == F("3.2")


def test_a_day_that_the_rubric_gives() -> None:
    text = """
sections:
  - {id: A, title: 计划, max: 5, rules: [{award: 5, if: 有计划, due: 2024-03-31}]}
  - {id: B, title: 总结, max: 5, due: 2024-11-30, rules: [{deduct: 5, if: 无总结}]}
"""
    assert stands(read(text, JUNE, "党支部,有计划,无总结 甲,是, 乙,否,").result) == (5, 5, 1)
    assert faults(text, JUNE, "党支部,有计划,无总结 甲,,") == [("E021", "B2")]
    assert faults(text, "2024-11-30", "党支部,有计划,无总结 甲,是,") == [("E021", "C2")]


EVENTS = """
measures: {投诉: {register: true}}
sections:
  - {id: A, title: 投诉, max: 10, if_na: full, rules: [{deduct: 1, per: 投诉}, {deduct: 3, if: 弄虚作假}]}
"""


def test_events_count_though_a_deduction_beside_them_is_blank() -> None:
    events = "党支部,事项,日期 甲,投诉,2024-01-10 乙,投诉,2024-01-10 丙,投诉,2024-01-10"
    result = read(EVENTS, JUNE, "党支部,弄虚作假 甲, 乙,是 丙,不适用", events).result
    assert [unit(result, name).total for name in "甲乙丙"] == [9, 6, 10]


def test_a_figure_of_an_assessor_is_checked_beside_what_may_not_apply() -> None:
    text = "sections: [{id: A, title: 作风, max: 10, if_na: full, rules: [{deduct: 3, if: 差, judge: 扣分}]}]\n"
    assert stands(read(text, JUNE, "党支部,差,扣分 甲,否,").result) == (10, 10, 1)
    assert faults(text, JUNE, "党支部,差,扣分 甲,是,9 乙,否,2 丙,否,") == [("E027", "C2")]


def test_a_rule_for_other_units_makes_nothing_due() -> None:
    text = """
attributes: [类型]
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 甲数, only: {类型: 村}}, {deduct: 2, if: 差}]}
"""
    result = read(text, JUNE, "党支部,类型,甲数,差 甲,村,3, 乙,社区,3, 丙,社区,,是").result
    assert [stands(result, name)[:2] for name in "甲乙丙"] == [(7, 10), (0, 0), (8, 10)]


RULED = """
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 甲数}]}
  - {id: B, title: 乙, max: 10, rules: [{award: 10, judge: 评分}]}
"""


def test_rulings_on_what_is_not_due_wait() -> None:
    rulings = "党支部,指标,调整分,理由,批准人 甲,A,0.5,复核,会议 乙,A,0.5,复核,会议 甲,B,2,复核,会议"
    assessment = read(RULED, JUNE, "党支部,甲数,评分 甲,1, 乙,,", rulings)
    assert stands(assessment.result) == (F("9.5"), 10, F("0.95"))
    assert stands(assessment.result, "乙") == (0, 0, 0)
    for name in "甲乙":
        lines = [line.verb for _, _, line in unit(assessment.result, name).trace().all_lines()]
        assert "rounding" not in lines
        assert lines.count("ruling") == (name == "甲")
    assert sorted(note["ruling"] for note in not_due(assessment)) == ["A", "B"]


def test_a_ruling_stands_beside_what_does_not_apply() -> None:
    text = "sections: [{id: A, title: 甲, max: 10, if_na: zero, rules: [{deduct: 1, per: 甲数}]}]\n"
    ruling = "党支部,指标,调整分,理由,批准人 甲,A,0.5,复核,会议"
    assert stands(read(text, JUNE, "党支部,甲数 甲,不适用", ruling).result) == (F("0.5"), 10, F("0.05"))


def test_a_round_that_is_not_due_is_left_out() -> None:
    assessment = read(QUARTERS, ("一季度",), f"{TWO_IN} 甲,四季度,90")
    assert stands(assessment.result) == (18, 20, F("0.9"))
    assert {note["round"]: note["count"] for note in not_due(assessment)} == {"二季度": "1", "四季度": "1"}


def test_a_unit_with_rows_of_later_rounds_alone_lacks_what_is_due() -> None:
    assert faults(QUARTERS, ("一季度",), f"{TWO_IN} 乙,二季度,3") == [("E044", "A4")]


def test_before_the_first_round_has_ended_units_stand_with_what_is_scored_once() -> None:
    text = """
floor: none
measures: {投诉: {register: true}}
rounds: {上半年: 50%, 下半年: 50%}
sections:
  - {id: A, title: 甲, max: 100, rules: [{deduct: 1, per: 问题数}]}
  - {id: B, title: 乙, kind: penalty, rules: [{deduct: 2, per: 投诉}]}
"""
    file = "党支部,轮次,问题数 甲,上半年,10"
    assert stands(read(text, "2024-02-29", file, "党支部,事项,日期 甲,投诉,2024-02-01").result) == (-2, 0, 0)


VETO = """
measures: {事故: {register: true}}
rounds: {上半年: 50%, 下半年: 50%}
vetoes: [{title: 事故, if: 事故, total: 10}]
sections: [{id: A, title: 全部, max: 100, rules: [{deduct: 1, per: 问题数}]}]
"""


@pytest.mark.parametrize(("day", "total"), [("2024-06-30", 10), ("2024-07-01", 45)])
def test_a_veto_holds_from_its_day(day: str, total: int) -> None:
    file = "党支部,轮次,问题数 甲,上半年,10"
    assert stands(read(VETO, JUNE, file, f"党支部,事项,日期 甲,事故,{day}").result) == (total, 50, F(total, 50))
    later = read(VETO, "2024-08-31", file, f"党支部,事项,日期 甲,事故,{day}").result
    assert stands(later) == (10, 50, F("0.2"))  # July has passed, though its round is not due


CASES = Path(__file__).parents[1] / "interim"


def case(name: str, *rounds: str) -> tuple[Result, tuple[Diagnostic, ...]]:
    """Score a case of the shipped rubric of village branches."""
    loaded = load_rubric("sanxiang-zhibu")
    evidence = gather(loaded.in_rounds(*rounds) if rounds else loaded, [str(CASES / name)])
    assert not errors(evidence.findings)
    return assess(evidence).result, evidence.findings


def totals(result: Result) -> Mapping[str, tuple[Fraction, str | None]]:
    return {unit.unit: (unit.total, unit.grade) for unit in result.units}


GOOD, LESS = (F(100), "五星"), (F(95), "五星")


def test_a_month_of_village_branches() -> None:
    result, _ = case("sz-jan", "1月")
    assert totals(result) == {"东村": GOOD, "西村": LESS}
    assert {name: totals(stage) for name, stage in result.stages().items()} == {"1月": {"东村": GOOD, "西村": LESS}}


def test_a_quarter_of_village_branches() -> None:
    result, _ = case("sz-q1", "1月", "2月", "3月")
    # (100 + 100 + 95) / 3
    assert totals(result) == {"东村": (F("98.33"), "五星"), "西村": LESS}
    stages = [stage["东村"] for stage in map(totals, result.stages().values())]
    assert stages == [GOOD, GOOD, LESS, (F("98.33"), "五星")]  # three months and the quarter


def test_a_year_of_village_branches() -> None:
    result, _ = case("sz-year")
    # (11 × 100 + 95) / 12
    assert totals(result) == {"东村": (F("99.58"), "五星"), "西村": LESS}
    months = {name: totals(stage)["东村"] for name, stage in result.stages().items() if name.endswith("月")}
    assert months == {f"{month}月": LESS if month == 3 else GOOD for month in range(1, 13)}
    quarters = [totals(stage)["东村"][0] for name, stage in result.stages().items() if name.endswith("季度")]
    assert quarters == [F("98.33"), 100, 100, 100]


def test_months_that_are_missing_name_the_option() -> None:
    missing = errors(gather(load_rubric("sanxiang-zhibu"), [str(CASES / "sz-jan")]).findings)
    assert {finding.code for finding in missing} == {"E044"}
    assert {dict(finding.args)["due"] for finding in missing} == {"1月"}
    assert [dict(finding.args)["round"].count("月") for finding in missing] == [11, 11]


GUARDS = [  # what a deduction asks for, and whether it has happened once that is entered
    ("问题数: {at_least: 3}", True),
    ("缺席率: {at_least: 20%}", False),
    ("学习次数: {below: 4}", False),
    ("not: 有计划", False),
    ("all: [通报, {问题数: {above: 1}}]", True),
    ("any: [通报, {学习次数: {at_most: 2}}]", False),
    ("处分等次: 警告", True),
    ("通报: 是", True),
    ("通报: 否", False),
]
FILLED = "党支部,问题数,缺席率,学习次数,有计划,通报,处分等次,别的 甲,3,20%,1,否,是,警告,0"


@pytest.mark.parametrize(("guard", "happens"), GUARDS)
def test_a_deduction_counts_at_once_where_nothing_can_make_it_good(guard: str, happens: bool) -> None:
    levels = "measures: {处分等次: {levels: [警告, 撤职]}}" if "处分" in guard else ""
    text = f"""
{levels}
sections:
  - {{id: A, title: 甲, max: 10, rules: [{{deduct: 4, if: {{{guard}}}}}]}}
  - {{id: B, title: 乙, max: 5, rules: [{{deduct: 1, per: 别的}}]}}
"""
    named = [name for name in FILLED.split(maxsplit=1)[0].split(",") if name in text or name == "党支部"]
    at = [FILLED.split(maxsplit=1)[0].split(",").index(name) for name in named]
    file = " ".join(",".join(row.split(",")[place] for place in at) for row in FILLED.split())
    assert carries(read(text, JUNE, file).result, "A") == ((6, 10) if happens else (0, 0))


def test_levels_of_a_measure_count_once_they_are_entered() -> None:
    text = "sections: [{id: A, title: 纪律, max: 10, rules: [{deduct: {警告: 2, 撤职: all}, by: 处分}]}]\n"
    result = read(text, JUNE, "党支部,处分 甲,警告 乙,撤职 丙,无 丁,").result
    assert [stands(result, name)[:2] for name in "甲乙丙丁"] == [(8, 10), (0, 10), (10, 10), (0, 0)]


def test_what_depends_on_other_units_or_items_waits() -> None:
    text = """
measures: {A分: {points: A}}
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 问题数}]}
  - {id: B, title: 乙, max: 10, rules: [{deduct: 1, per_over: 差错数, of: {mean: 差错数}}]}
  - {id: C, title: 丙, max: 10, rules: [{deduct: 5, if: {A分: {at_least: 1}}}]}
"""
    result = read(text, JUNE, "党支部,问题数,差错数 甲,2,6 乙,0,2").result
    assert [carries(result, node) for node in "ABC"] == [(8, 10), (0, 0), (0, 0)]


def test_a_condition_on_events_alone_counts_as_they_happen() -> None:
    text = """
measures: {处分: {register: true}}
sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 4, if: 处分}]}]
"""
    result = read(text, JUNE, "党支部 甲 乙", "党支部,事项,日期 甲,处分,2024-05-01 乙,处分,2024-07-01").result
    assert [stands(result, name)[:2] for name in "甲乙"] == [(6, 10), (10, 10)]
