"""What decided grades and selections, as values: which conditions, what they rest on, and what is left out."""

from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from dangjian_score.core.algebra import Entered, Not, Test, Yes
from dangjian_score.core.facts import Evidence, GradeRuling
from dangjian_score.engine.decisions import Decision, FullGrade, Listed, MissedGrade, NotChosen, OpenGrade, StruckVeto
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.words.decisions import DecisionWriter, cells_under
from dangjian_score.words.say import load_words
from tests.engine.test_points_of_rounds import GRADES as PLAIN
from tests.engine.test_points_of_rounds import monthly, unit
from tests.engine.test_selections import BASE, result_of, run
from tests.scenes import outcome
from tests.support import facts, rubric

F = Fraction
GRADES = """
grades:
  优秀: {at_least: 90, if: 有特色, unless: 受处分, sections: {A: 55, B: 90%}, source: {clauses: 第六条}}
  良好: {at_least: 80, if: {参学率: {at_least: 80%}}}
  一般: 60
  较差: 0
"""
FINE: dict[str, Any] = {"有特色": True, "受处分": False, "参学率": F(1)}


def decided(more: str, lost: tuple[int, int], **facts: Any) -> tuple[Decision, ...]:
    return result_of(run(more, 甲=(*lost, FINE | facts)), "甲").decisions


def against(missed: MissedGrade) -> list[tuple[str | None, tuple[Test, ...]]]:
    return [(held.round, held.tests) for held in missed.against]


def said(result: Result, decision: Decision) -> str:
    return DecisionWriter(result.rubric, load_words("zh")).sentence(decision)


def test_nothing_is_decided_where_the_points_decide() -> None:
    assert decided(GRADES, (0, 0)) == ()
    assert decided(GRADES, (11, 0)) == ()  # 89 points do not reach 优秀


def test_the_conditions_that_do_not_hold_and_no_others() -> None:
    (missed,) = decided(GRADES, (6, 0), 受处分=True)
    assert isinstance(missed, MissedGrade)
    assert (missed.grade, missed.clause, against(missed)) == ("优秀", "第六条", [(None, (Yes("受处分"),))])
    (minimum,) = missed.minima
    assert (minimum.title, minimum.points, minimum.least, minimum.share) == ("甲", 54, 55, None)
    (missed,) = decided(GRADES, (0, 5), 有特色=False)
    assert isinstance(missed, MissedGrade)
    assert (against(missed), [one.share for one in missed.minima]) == ([(None, (Not(Yes("有特色")),))], [F(9, 10)])
    assert missed.against[0].readings == {"有特色": False}


def test_every_better_grade_that_is_missed_is_named() -> None:
    first, second = decided(GRADES, (1, 0), 有特色=False, 参学率=F(1, 2))
    assert isinstance(first, MissedGrade)
    assert isinstance(second, MissedGrade)
    assert (first.grade, second.grade, second.against[0].readings) == ("优秀", "良好", {"参学率": F(1, 2)})
    assert len(cells_under(second)) == 1


def test_where_a_veto_lowers_a_grade_it_alone_is_named() -> None:
    vetoes = "vetoes: [{title: 事故, if: 出事, grade: 较差}]\n"
    (struck,) = decided(vetoes + GRADES, (1, 0), 有特色=False, 出事=True)
    assert isinstance(struck, StruckVeto)
    assert (struck.denied, struck.bars, len(struck.grounds.cells)) == ((), False, 1)
    limited = vetoes.replace("grade: 较差", "grade_at_most: 一般")
    (struck,) = decided(limited + GRADES, (1, 0), 出事=True)
    assert isinstance(struck, StruckVeto)
    assert struck.denied == ("优秀", "良好")


def test_conditions_on_base_points_and_above_a_bound() -> None:
    grades = "grades_on: base\ngrades: {优秀: {above: 90, if: 有特色}, 一般: 0}\n"
    (missed,) = decided(grades, (9, 0), 有特色=False)
    assert isinstance(missed, MissedGrade)
    assert decided(grades, (10, 0), 有特色=False) == ()  # 90 points are not above 90


def test_a_condition_on_every_round_names_the_rounds_that_do_not_meet_it() -> None:
    grades = PLAIN.replace("优秀: 85", "优秀: {at_least: 85, unless: {月度分: {below: 80}}}")
    result = outcome(monthly(grades), {"甲": unit(21, 0, 0)})
    (missed,) = result.units[0].decisions
    assert isinstance(missed, MissedGrade)
    assert said(result, missed) == "得分达到优秀，但1月月度分 79 分，低于 80 分，不得确定为优秀等次"


def test_of_several_conditions_the_parts_that_hold_are_named() -> None:
    asks = "{all: [有特色, {not: {all: [受处分, 受通报]}}, {any: [获表彰, {参学率: {at_least: 80%}}]}]}"
    grades = f"grades: {{优秀: {{at_least: 90, if: {asks}, unless: {{any: [有信访, 有案件]}}}}, 一般: 0}}\n"
    no = dict.fromkeys(("受处分", "受通报", "获表彰", "有信访", "有案件"), False)
    result = run(grades, 甲=(0, 0, FINE | no | {"有案件": True, "受处分": True}))
    (missed,) = result.units[0].decisions
    assert isinstance(missed, MissedGrade)
    assert against(missed) == [(None, (Yes("有案件"),))]
    assert len(missed.grounds.cells) == 1
    no_all = grades.replace("{not: {all: [受处分, 受通报]}}", "受通报, 受处分").replace("unless: {any", "unless: {all")
    result = run(no_all, 甲=(0, 0, FINE | no | {"受处分": True, "有案件": True, "有信访": True}))
    (missed,) = result.units[0].decisions
    assert isinstance(missed, MissedGrade)
    assert against(missed) == [(None, (Not(Yes("受通报")), Yes("有信访"), Yes("有案件")))]
    lists = "grades: {优秀: {at_least: 90, if: {not: {any: [{not: {all: [有特色, 获表彰]}}, 有案件]}}}, 一般: 0}\n"
    result = run(lists, 甲=(0, 0, FINE | no))
    (missed,) = result.units[0].decisions
    assert isinstance(missed, MissedGrade)
    assert against(missed) == [(None, (Not(Yes("获表彰")),))]  # 有特色 holds


VETOES = """
vetoes:
  - title: 触碰红线
    if: {any: [弄虚作假, {all: [受处分, {处分人数: {at_least: 2}}]}]}
    grade: 较差
    source: {clause: 五}
  - {title: 党建不达标, if: {points: A, below: 40}, grade: 较差}
"""


def test_a_veto_says_what_happened_by_the_parts_that_hold() -> None:
    more = VETOES + "grades: {优秀: 90, 较差: 0}\n"
    calm: dict[str, Any] = {"弄虚作假": False, "受处分": False, "处分人数": F(0)}
    result = run(
        more,
        甲=(25, 0, calm),
        乙=(0, 0, calm | {"弄虚作假": True}),
        丙=(0, 0, calm | {"受处分": True, "处分人数": F(2)}),
    )
    by_points, by_lie, by_sanctions = (result_of(result, name).decisions[0] for name in "甲乙丙")
    assert said(result, by_points) == "因党建不达标（甲得分 35 分，低于 40 分），实行“一票否决”，考核确定为较差等次"
    assert said(result, by_lie) == "因触碰红线（弄虚作假），依据第五条，实行“一票否决”，考核确定为较差等次"
    expected = "因触碰红线（受处分、处分人数 2，达到 2），依据第五条，实行“一票否决”，考核确定为较差等次"
    assert said(result, by_sanctions) == expected
    assert [len(cells_under(each)) for each in (by_points, by_lie, by_sanctions)] == [0, 1, 2]


def test_a_veto_of_one_round_names_it_and_rests_on_its_cells_alone() -> None:
    vetoes = "vetoes: [{title: 有月份不合格, if: {any: [{月度分: {below: 60}}, 停产]}, grade_at_most: 良好}]\n"
    months = unit(0, 41, 0)
    for month, stopped in (("1月", "否"), ("2月", "否"), ("3月", "是")):
        months["rounds"][month]["停产"] = stopped
    result = outcome(monthly(vetoes + PLAIN), {"甲": months})
    (struck,) = result.units[0].decisions
    assert isinstance(struck, StruckVeto)
    expected = "因有月份不合格（2月月度分 59 分，低于 60 分、3月停产），实行“一票否决”，不得确定为优秀等次"
    assert said(result, struck) == expected
    assert len(struck.grounds.cells) == 1


def test_a_list_says_why_it_names_a_unit() -> None:
    more = """
grades: {优秀: 90, 一般: 60, 较差: 0}
selections:
  - {title: 批评, below: 60, if: 有问题, source: {clause: 四}}
  - {title: 约谈, grade_at_most: 较差}
  - {title: 后进, lowest_first: true, places: 1, source: {clause: 六}}
"""
    result = run(more, 甲=(0, 0, {"有问题": True}), 乙=(45, 0, {"有问题": True}), 丙=(42, 0, {"有问题": False}))
    found = [each for each in result_of(result, "乙").decisions if isinstance(each, Listed)]
    assert [said(result, each) for each in found] == [
        "总分 55 分，不到 60 分，有问题，依据第四条，列入批评",
        "等次为较差，列入约谈",
        "总分 55 分，名次在最后，依据第六条，列入后进",
    ]
    assert [len(each.grounds.cells) for each in found] == [1, 0, 0]
    missed, listed = sorted(result_of(result, "丙").decisions, key=lambda each: isinstance(each, Listed))
    assert said(result, missed) == "未列入“批评”（第四条）：没有问题"
    assert said(result, listed) == "等次为较差，列入约谈"


def test_a_committee_decides_the_grade_that_a_list_goes_by() -> None:
    more = "grades: {优秀: 90, 较差: 0}\nselections: [{title: 约谈, grade_at_most: 较差}]\n"
    program = compile_rubric(rubric(more + BASE).rubric)
    ruling = GradeRuling("较差", "党组会", 738000, "", "", facts("会", {}).cell)
    one = replace(facts("甲", {"缺": F(0), "错": F(0)}), grade_ruling=ruling)
    listed = score(program, Evidence((), (one,), {})).units[0].decisions[-1]
    assert isinstance(listed, Listed)
    assert listed.grade == "较差"


def test_quotas_ties_and_selections_that_are_full() -> None:
    grades = "grades: {优秀: {at_least: 90, places: 1}, 良好: {at_least: 85, quota: 50%}, 一般: 0}\n"
    more = grades + "selections: [{title: 先进, at_least: 50, places: 1}]\n"
    result = run(more, 甲=(0, 0, {}), 乙=(1, 0, {}), 丙=(1, 0, {}), 丁=(2, 0, {}))
    second, last = result_of(result, "乙"), result_of(result, "丁")
    full, chosen = second.decisions
    assert isinstance(full, FullGrade)
    assert (full.quota.grade, full.quota.places, full.becomes, isinstance(chosen, NotChosen)) == (
        "优秀",
        1,
        "良好",
        True,
    )
    assert [one.becomes for one in last.decisions if isinstance(one, FullGrade)] == [None, "一般"]
    tied = run(grades, 甲=(0, 0, {}), 乙=(0, 0, {})).units[0].decisions
    assert tied == (OpenGrade(("优秀", "良好")),)


def test_a_measure_that_was_not_entered_is_what_is_against_a_grade() -> None:
    text = "grades: {优秀: {at_least: 90, if: {参学率: {at_least: 80%}}}, 一般: 0}\n"
    (missed,) = run(text, 甲=(0, 0, {})).units[0].decisions
    assert isinstance(missed, MissedGrade)
    assert (against(missed), missed.against[0].readings) == ([(None, (Not(Entered("参学率")),))], {})
