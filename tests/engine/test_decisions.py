"""What decided grades and selections, as values: which conditions, what they rest on, and what is left out."""

from fractions import Fraction
from typing import Any

from dangjian_score.core.algebra import Entered, Not, Yes
from dangjian_score.engine.decisions import Decision, FullGrade, MissedGrade, NotChosen, OpenGrade, StruckVeto
from dangjian_score.words.decisions import DecisionWriter, cells_under
from dangjian_score.words.say import load_words
from tests.engine.test_points_of_rounds import GRADES as PLAIN
from tests.engine.test_points_of_rounds import monthly, unit
from tests.engine.test_selections import result_of, run
from tests.scenes import outcome

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


def test_nothing_is_decided_where_the_points_decide() -> None:
    assert decided(GRADES, (0, 0)) == ()
    assert decided(GRADES, (11, 0)) == ()  # 89 points do not reach 优秀


def test_the_conditions_that_do_not_hold_and_no_others() -> None:
    (missed,) = decided(GRADES, (6, 0), 受处分=True)
    assert isinstance(missed, MissedGrade)
    assert (missed.grade, missed.clause, missed.against) == ("优秀", "第六条", (Yes("受处分"),))
    (minimum,) = missed.minima
    assert (minimum.title, minimum.points, minimum.least, minimum.share) == ("甲", 54, 55, None)
    (missed,) = decided(GRADES, (0, 5), 有特色=False)
    assert isinstance(missed, MissedGrade)
    assert (missed.against, [one.share for one in missed.minima]) == ((Not(Yes("有特色")),), [F(9, 10)])
    assert missed.readings == {"有特色": False}


def test_every_better_grade_that_is_missed_is_named() -> None:
    first, second = decided(GRADES, (1, 0), 有特色=False, 参学率=F(1, 2))
    assert isinstance(first, MissedGrade)
    assert isinstance(second, MissedGrade)
    assert (first.grade, second.grade, second.readings) == ("优秀", "良好", {"参学率": F(1, 2)})
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


def test_a_condition_on_every_round_is_named_as_a_whole() -> None:
    grades = PLAIN.replace("优秀: 85", "优秀: {at_least: 85, unless: {月度分: {below: 80}}}")
    result = outcome(monthly(grades), {"甲": unit(21, 0, 0)})
    (missed,) = result.units[0].decisions
    assert isinstance(missed, MissedGrade)
    assert missed.by_round is not None
    said = DecisionWriter(result.rubric, load_words("zh")).sentence(missed)
    assert said == "得分达到优秀，但不符合“每一轮都符合：月度分达到 80 分”，不得确定为优秀等次"


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
    assert (missed.against, missed.readings) == ((Not(Entered("参学率")),), {})
