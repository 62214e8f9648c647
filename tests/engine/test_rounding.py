"""Rounding, where a regulation says so: the total once, every line, what sections come to; in four ways."""

from fractions import Fraction

import pytest

from dangjian_score.core.points import Mode, rounded
from dangjian_score.engine.result import Result
from tests.scenes import Unit, outcome
from tests.support import outcomes, points, rubric, scored

F = Fraction


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # 2.675, 2.685, 2.671, 2.679; the same below 0
        ("half_up", ["2.68", "2.69", "2.67", "2.68"]),
        ("half_even", ["2.68", "2.68", "2.67", "2.68"]),
        ("up", ["2.68", "2.69", "2.68", "2.68"]),
        ("down", ["2.67", "2.68", "2.67", "2.67"]),
    ],
)
def test_every_mode_goes_by_magnitude(mode: Mode, expected: list[str]) -> None:
    figures = [F("2.675"), F("2.685"), F("2.671"), F("2.679")]
    assert [rounded(figure, 2, mode) for figure in figures] == [F(figure) for figure in expected]
    assert [rounded(-figure, 2, mode) for figure in figures] == [-F(figure) for figure in expected]
    assert rounded(F("2.67"), 2, mode) == F("2.67")


LINES = """
floor: none
sections:
  - {id: A, title: 甲, max: 10, rules: [{award: 1, per: 得, every: 8, steps: prorata}]}
  - {id: B, title: 乙, kind: penalty, rules: [{deduct: 1, per: 失, every: 8, steps: prorata}]}
"""


@pytest.mark.parametrize(
    ("mode", "award", "deduct"),
    [
        # 3 ÷ 8 = 0.375 and 1 ÷ 8 = 0.125
        ("half_up", "0.38", "-0.13"),
        ("half_even", "0.38", "-0.12"),
        ("up", "0.38", "-0.13"),
        ("down", "0.37", "-0.12"),
    ],
)
def test_lines_are_rounded_by_magnitude_where_places_are_stated(mode: str, award: str, deduct: str) -> None:
    result = scored(rubric(f"rounding: {{places: 2, mode: {mode}}}\n{LINES}"), 一={"得": F(3), "失": F(1)})
    found = points(result, "一")
    assert (found["A"], found["B"], found["total"]) == (F(award), F(deduct), F(award) + F(deduct))


def test_lines_add_up_where_rulings_have_more_decimals_than_are_kept() -> None:
    loaded = rubric("rounding: {places: 2}\nsections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 失}]}]\n")
    ruling = {"指标": "A", "调整分": "-0.333", "理由": "复核", "批准人": "主任"}
    (unit,) = outcome(loaded, {"一": {"facts": {"失": "0"}, "rulings": [ruling]}}).units
    (node,) = unit.trace().nodes
    assert (node.points, [(line.verb, line.points) for line in node.lines]) == (
        F("9.67"),
        [("ruling", F("-0.333")), ("rounding", F("0.003"))],
    )


def test_lines_stay_exact_where_nothing_is_stated() -> None:
    found = points(scored(rubric(LINES), 一={"得": F(3), "失": F(1)}), "一")
    assert (found["A"], found["B"], found["total"]) == (F(3, 8), F(-1, 8), F("0.25"))


@pytest.mark.parametrize(
    ("mode", "totals"),
    [
        # 12.3455 to three, two, one and no decimals
        ("half_up", ["12.346", "12.35", "12.3", "12"]),
        ("half_even", ["12.346", "12.35", "12.3", "12"]),
        ("up", ["12.346", "12.35", "12.4", "13"]),
        ("down", ["12.345", "12.34", "12.3", "12"]),
    ],
)
def test_the_total_keeps_what_is_said(mode: str, totals: list[str]) -> None:
    text = "sections: [{id: A, title: 甲, max: 20, rules: [{award: 20, judge: 分}]}]\n"
    for places, expected in zip((3, 2, 1, 0), totals, strict=True):
        result = scored(rubric(f"rounding: {{total: {places}, mode: {mode}}}\n{text}"), 一={"分": F("12.3455")})
        assert points(result, "一") == {"A": F("12.3455"), "total": F(expected), **KINDS, "base": F("12.3455")}


KINDS = dict.fromkeys(("bonus", "penalty", "adjust"), F(0))

THREE = """
sections:
  - id: A
    title: 甲
    max: 30
    items:
      - {id: A1, title: 一, max: 10, rules: [{award: 10, ratio: 甲, of: 全}]}
      - {id: A2, title: 二, max: 10, rules: [{award: 10, ratio: 乙, of: 全}]}
      - {id: A3, title: 三, max: 10, rules: [{award: 10, ratio: 丙, of: 全}]}
grades: {好: 24, 差: 0}
"""


@pytest.mark.parametrize(
    ("rounding", "total", "grade"),
    [
        # 26/3 + 26/3 + 20/3 = 24; line by line 8.67 + 8.67 + 6.67 = 24.01, cut off 8.66 + 8.66 + 6.66 = 23.98
        ("{total: 2}", "24", "好"),
        ("{places: 2}", "24.01", "好"),
        ("{places: 2, mode: down}", "23.98", "差"),
        ("{places: 2, total: 1, mode: down}", "23.9", "差"),
        ("{places: 0, mode: half_up}", "25", "好"),
        ("{sections: 0, mode: down}", "24", "好"),
    ],
)
def test_a_grade_may_turn_on_it(rounding: str, total: str, grade: str) -> None:
    counts = {"甲": F(26), "乙": F(26), "丙": F(20), "全": F(30)}
    (unit,) = scored(rubric(f"rounding: {rounding}\n{THREE}"), 一=counts).units
    assert (unit.total, unit.grade) == (F(total), grade)


SECTIONS = """
total: 20
rounding: {sections: 1, total: 2}
sections:
  - {id: A, title: 甲, max: 10, rules: [{award: 10, ratio: 甲, of: 全}]}
  - {id: B, title: 乙, max: 10, rules: [{award: 10, ratio: 乙, of: 全}]}
"""


def test_sections_are_rounded_and_what_is_in_them_is_not() -> None:
    """10 × 2 ÷ 3 = 6.67 is 6.7, and 10 × 1 ÷ 3 = 3.33 is 3.3."""
    (unit,) = scored(rubric(SECTIONS), 一={"甲": F(2), "乙": F(1), "全": F(3)}).units
    first, second = unit.trace().nodes
    assert [(node.points, node.lines[0].points) for node in (first, second)] == [
        (F("6.7"), F(20, 3)),
        (F("3.3"), F(10, 3)),
    ]
    assert [(line.verb, line.points, line.figures) for line in first.lines[1:]] == [
        ("rounding", F(1, 30), {"have": F(20, 3), "kept": F("6.7")})
    ]
    assert unit.total == 10


def test_a_section_is_rounded_with_what_a_committee_corrected() -> None:
    """6.666… and a ruling of 0.04 are 6.7066…, that is 6.7; with 0.09 they are 6.7566…, that is 6.8."""
    for ruling, expected in (("0.04", "6.7"), ("0.09", "6.8")):
        unit: Unit = {
            "facts": {"甲": "2", "乙": "3", "全": "3"},
            "rulings": [{"指标": "A", "调整分": ruling, "理由": "复核", "批准人": "主任"}],
        }
        result = outcome(rubric(SECTIONS), {"一": unit})
        assert points(result, "一")["A"] == F(expected)


def test_sections_of_each_round_are_rounded_and_their_mean_is_not() -> None:
    """Rounds of 6.7 + 3.3 and 3.3 + 3.3: their mean is 8.3; exactly it were 10 and 6.666…, 8.333…."""
    text = SECTIONS.replace("rounding: {sections: 1, total: 2}", "rounds: {names: [上, 下], combine: mean}\n{0}")
    rounds = {"上": {"甲": "2", "乙": "1", "全": "3"}, "下": {"甲": "1", "乙": "1", "全": "3"}}
    for rounding, total in (("rounding: {sections: 1}", "8.3"), ("rounding: {total: 2}", "8.33")):
        result = outcome(rubric(text.replace("{0}", rounding)), {"一": {"facts": {}, "rounds": rounds}})
        assert points(result, "一")["total"] == F(total)


def test_what_is_scaled_up_is_rounded_as_sections_are() -> None:
    """A does not apply: 3.3 of 10 are 6.6 of 20; exactly 3.333… are 6.666…."""
    text = SECTIONS.replace("乙, of: 全", "乙, of: 总").replace(
        "title: 甲, max: 10,", "title: 甲, max: 10, if_na: rescale,"
    )
    unit: Unit = {"facts": {"甲": "不适用", "全": "不适用", "乙": "1", "总": "3"}}
    assert points(outcome(rubric(text), {"一": unit}), "一")["base"] == F("6.6")
    exact = outcome(rubric(text.replace("sections: 1, ", "")), {"一": unit})
    assert (points(exact, "一")["base"], points(exact, "一")["total"]) == (F(20, 3), F("6.67"))


TIED = """
rounding: {total: 1}
sections:
  - {id: A, title: 甲, max: 10, rules: [{award: 10, judge: 甲分}]}
  - {id: B, title: 乙, max: 10, rules: [{award: 10, judge: 乙分}]}
selections: [{title: 先进, places: 1}]
grades: {好: 12.3, 差: 0}
"""


def tied(more: str = "") -> Result:
    """甲 has 8 + 4.26 = 12.26, 乙 8.02 + 4.28 = 12.3, 丙 8 + 4.24 = 12.24: 12.3, 12.3 and 12.2."""
    figures = {"甲": ("8", "4.26"), "乙": ("8.02", "4.28"), "丙": ("8", "4.24")}
    return scored(
        rubric(TIED + more),
        **{unit: {"甲分": F(first), "乙分": F(second)} for unit, (first, second) in figures.items()},
    )


def test_equal_rounded_totals_tie() -> None:
    """Rank, grade and places go by the total as it is kept: a place for one of two that are equal is for neither."""
    result = tied()
    assert [(unit.unit, unit.rank, unit.total, unit.grade) for unit in result.units] == [
        ("甲", 1, F("12.3"), "好"),
        ("乙", 1, F("12.3"), "好"),
        ("丙", 3, F("12.2"), "差"),
    ]
    assert [unit.selections for unit in result.units] == [(), (), ()]
    assert [displaced.unit for displaced in result.selections[0].displaced] == ["甲", "乙"]


def test_ties_are_broken_by_exact_points() -> None:
    """8.02 is above 8 in 甲, though both are 8.0 with the total's one decimal."""
    result = tied("tie_break: [A]\n")
    assert [(unit.unit, unit.selections) for unit in result.units if unit.selections] == [("乙", ("先进",))]


def test_the_order_of_units_changes_no_figure() -> None:
    loaded = rubric(THREE)
    units = {f"单位{at}": {"甲": F(at), "乙": F(26), "丙": F(20), "全": F(30)} for at in range(6)}
    first, second = scored(loaded, **units), scored(loaded, **dict(reversed(units.items())))
    assert outcomes(first) == outcomes(second)
