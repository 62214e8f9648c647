"""Conditions outside the sections where there are rounds: points of one round or of all, in any or in every."""

from collections.abc import Sequence

import pytest

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.engine.formulas import Formulas
from dangjian_score.engine.program import compile_rubric
from dangjian_score.rubric.load import Loaded
from tests.engine.test_whatif_oracle import compare, read
from tests.scenes import Unit, of_unit, outcome
from tests.support import errors, rubric

MONTHS = ("1月", "2月", "3月")
RULES = """
rounding: {places: 2}
rounds: {names: [1月, 2月, 3月], combine: mean}
sections:
  - {id: A, title: 全部, max: 100, rules: [{deduct: 1, per: 问题数}]}
"""
GRADES = "grades: {优秀: 85, 良好: 70, 合格: 60, 不合格: 0}\n"
VETO = "vetoes: [{title: 有月份不合格, if: {月度分: {below: 60}}, grade_at_most: 良好}]\n"


def unit(*problems: int) -> Unit:
    """Give a unit its problems of every month."""
    return {"rounds": {month: {"问题数": str(count)} for month, count in zip(MONTHS, problems, strict=True)}}


def monthly(text: str) -> Loaded:
    """Load the rubric with what is said besides, and the measures that this names."""
    points = {"月度分": "{points: A}", "平均分": "{points: A, over: all}"}
    named = (f"{name}: {spec}" for name, spec in points.items() if name in text)
    return rubric(f"{RULES}measures: {{{', '.join(named)}}}\n{text}")


def graded(text: str, *problems: int) -> str | None:
    loaded = monthly(text)
    assert errors(checks.check(Study(loaded))) == []
    return of_unit(outcome(loaded, {"甲": unit(*problems)}), "甲").grade


@pytest.mark.parametrize(
    ("problems", "grade"),
    [
        ((0, 41, 0), "良好"),  # 59 in one month; 86.33 on average would do
        ((0, 40, 0), "优秀"),  # 60 is not below 60
        ((41, 50, 20), "合格"),  # 63, which is no better than what the veto leaves
        ((41, 0, 0), "良好"),
        ((0, 0, 41), "良好"),
    ],
)
def test_a_veto_holds_where_some_round_meets_it(problems: Sequence[int], grade: str) -> None:
    assert graded(VETO + GRADES, *problems) == grade


@pytest.mark.parametrize(
    ("asked", "problems", "grade"),
    [
        # `if` in every round, `unless` in none.
        ("if: {月度分: {at_least: 70}}", (30, 0, 0), "优"),
        ("if: {月度分: {at_least: 70}}", (31, 0, 0), "中"),
        ("unless: {月度分: {below: 70}}", (30, 30, 0), "优"),
        ("unless: {月度分: {below: 70}}", (0, 31, 0), "中"),
        ("unless: {月度分: {at_least: 70}}", (31, 31, 0), "中"),  # 100 in the third month
        # What all rounds come to: 80 on average, with 40 in one of them.
        ("if: {平均分: {at_least: 80}}", (60, 0, 0), "优"),
        ("if: {平均分: {at_least: 80}}", (61, 0, 0), "中"),
        ("unless: {平均分: {below: 80}}", (60, 0, 0), "优"),
        # Counts of all rounds add up, beside points of each.
        ("if: {all: [{月度分: {at_least: 70}}, {问题数: {at_most: 40}}]}", (20, 20, 0), "优"),
        ("if: {all: [{月度分: {at_least: 70}}, {问题数: {at_most: 40}}]}", (20, 20, 1), "中"),
        ("if: {all: [{月度分: {at_least: 70}}, {问题数: {at_most: 40}}]}", (0, 31, 0), "中"),
    ],
)
def test_a_grade_asks_for_every_round(asked: str, problems: Sequence[int], grade: str) -> None:
    assert graded(f"grades: {{优: {{at_least: 50, {asked}}}, 中: 0}}\n", *problems) == grade


def test_a_selection_asks_for_every_round() -> None:
    loaded = monthly("selections: [{title: 先进, if: {月度分: {at_least: 90}}}]\n")
    result = outcome(loaded, {"甲": unit(10, 10, 10), "乙": unit(0, 0, 11)})
    assert {unit.unit: unit.selections for unit in result.units} == {"甲": ("先进",), "乙": ()}


def test_a_veto_on_points_of_all_rounds() -> None:
    text = VETO.replace("月度分", "平均分") + GRADES
    assert graded(text, 0, 41, 0) == "优秀"
    assert graded(text, 50, 50, 21) == "不合格"


SCORED_ONCE = """
rounding: {places: 2}
rounds: {平时: 40%, 年终: 60%}
measures: {两项: {points: [A, B]}, 加分: {points: C}}
sections:
  - {id: A, title: 平, max: 60, rules: [{deduct: 1, per: 问题数}]}
  - {id: B, title: 终, max: 40, round: 年终, rules: [{deduct: 1, per: 缺项数}]}
  - {id: C, title: 加, kind: bonus, rules: [{award: 1, per: 表彰数}]}
vetoes:
  - {title: 两项太低, if: {两项: {below: 70}}, grade: 差}
  - {title: 没有表彰, if: {加分: {below: 1}}, grade_at_most: 中}
grades: {好: 80, 中: 50, 差: 0}
"""


@pytest.mark.parametrize(
    ("usual", "last", "missing", "praised", "vetoes"),
    [
        (0, 0, 0, 1, ()),
        (30, 0, 0, 1, ()),  # 30 + 40 in the first round
        (31, 0, 0, 1, ("两项太低",)),
        (0, 15, 15, 1, ()),  # 45 + 25
        (0, 15, 16, 1, ("两项太低",)),
        (0, 0, 31, 1, ("两项太低",)),  # what is scored once counts in every round: 60 + 9
        (0, 0, 0, 0, ("没有表彰",)),
    ],
)
def test_what_is_scored_once_is_the_same_in_every_round(
    usual: int, last: int, missing: int, praised: int, vetoes: tuple[str, ...]
) -> None:
    given = {"平时": {"问题数": str(usual)}, "年终": {"问题数": str(last), "缺项数": str(missing)}}
    result = outcome(rubric(SCORED_ONCE), {"甲": {"facts": {"表彰数": str(praised)}, "rounds": given}})
    assert result.units[0].vetoes == vetoes


def test_the_look_ahead_asks_the_same() -> None:
    text = VETO + "grades: {优秀: {at_least: 85, unless: {月度分: {below: 62}}}, 良好: 70, 不合格: 0}\n"
    loaded = monthly(text)
    compare(loaded, read(loaded, {"甲": unit(0, 41, 0), "乙": unit(0, 40, 0), "丙": unit(38, 0, 9)}))


def test_formulas_look_at_the_points_of_a_round() -> None:
    program = compile_rubric(monthly(VETO + GRADES).rubric)
    writer = Formulas(str, str, lambda name: f"<{name}>")
    asked = {key: [writer.number(step.expr) for step in steps] for key, steps in program.asks.items()}
    assert asked["@2月"] == ["IF((ROUND((<A@2月>)-(60),9)<0),(1),(0))"]
    assert all(f"<A@{month}>" in asked[""][0] for month in MONTHS)
