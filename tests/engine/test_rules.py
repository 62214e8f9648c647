"""Each kind of rule against points worked out by hand."""

from fractions import Fraction

import pytest

from dangjian_score.core.facts import Value
from tests.support import points, rubric, scored

F = Fraction
Facts = dict[str, Value]


def item(rules: str, most: str = "10", more: str = "") -> str:
    return f"total: {most}\nsections:\n  - {{id: A, title: 甲, max: {most}, {more}rules: [{rules}]}}\n"


TIERS = "{award: {100%: 25, 90%: 20, 80%: 15, 0%: 10}, at_least: 率}"
ABSENT = "{deduct: {1: 3, 2: 5, 3: all}, at_least: 缺席}"
ABOVE = "{award: {10: 3, 20: 5}, above: 数}"
WITHIN = "{award: {3: 5, 6: 2}, else: 1, at_most: 数}"
BELOW = "{award: {3: 5, 6: 2}, below: 数}"
SHORT = "{deduct: 0.1, per_missing: 率, of: 20%, every: 1%}"
SHARE = "{award: 10, ratio: 到, of: 应}"

TABLE: list[tuple[str, Facts, str]] = [
    # flat, with guards
    ("{deduct: 1.5, if: 坏}", {"坏": True}, "8.5"),
    ("{deduct: 1.5, if: 坏}", {"坏": False}, "10"),
    ("{deduct: 2}", {}, "8"),
    ("{deduct: 2, unless: 好}", {"好": False}, "8"),
    ("{deduct: 2, unless: 好}", {"好": True}, "10"),
    ("{deduct: 2, if: 坏, unless: 好}", {"坏": True, "好": True}, "10"),
    ("{deduct: 2, if: 坏, unless: 好}", {"坏": True, "好": False}, "8"),
    ("{award: 4, if: 好}", {"好": True}, "4"),
    # comparisons in guards
    ("{deduct: 1, if: {数: {at_least: 3}}}", {"数": F(3)}, "9"),
    ("{deduct: 1, if: {数: {above: 3}}}", {"数": F(3)}, "10"),
    ("{deduct: 1, if: {数: {at_most: 3}}}", {"数": F(3)}, "9"),
    ("{deduct: 1, if: {数: {below: 3}}}", {"数": F(3)}, "10"),
    ("{deduct: 1, if: {数: {above: 1, below: 3}}}", {"数": F(2)}, "9"),
    ("{deduct: 1, if: {数: {above: 1, below: 3}}}", {"数": F(3)}, "10"),
    ("{deduct: 1, if: {数: 3}}", {"数": F(3)}, "9"),
    ("{deduct: 1, if: {数: {equals: 2}}}", {"数": F(3)}, "10"),
    ("{deduct: 1, if: {数: {one_of: [2, 3]}}}", {"数": F(3)}, "9"),
    ("{deduct: 1, if: {好: 否}}", {"好": False}, "9"),
    ("{deduct: 1, if: {好: {equals: 是}}}", {"好": False}, "10"),
    ("{deduct: 1, if: {率: {below: 80%}}}", {"率": F(79, 100)}, "9"),
    ("{deduct: 1, if: {级: {one_of: [差, 中]}}}", {"级": "中"}, "9"),
    ("{deduct: 1, if: {级: 差}}", {"级": "中"}, "10"),
    ("{deduct: 1, if: {日: {after: 2024-03-05}}}", {"日": F(738951)}, "9"),  # 2024-03-06
    ("{deduct: 1, if: {日: {after: 2024-03-05}}}", {"日": F(738950)}, "10"),
    ("{deduct: 1, if: {日: {before: 2024-03-05}}}", {"日": F(738949)}, "9"),
    ("{deduct: 1, if: {日: 2024-03-05}}", {"日": F(738950)}, "9"),
    ("{deduct: 1, if: {all: [甲有, 乙有]}}", {"甲有": True, "乙有": False}, "10"),
    ("{deduct: 1, if: {any: [甲有, 乙有]}}", {"甲有": True, "乙有": False}, "9"),
    ("{deduct: 1, if: {not: 甲有}}", {"甲有": True}, "10"),
    # counting
    ("{deduct: 2, per: 次}", {"次": F(3)}, "4"),
    ("{deduct: 2, per: [次, 回]}", {"次": F(1), "回": F(2)}, "4"),
    ("{deduct: 2, per: [次, 1]}", {"次": F(1)}, "6"),
    ("{deduct: 1, per: 次, every: 4}", {"次": F(11)}, "8"),
    ("{deduct: 1, per: 次, every: 4, steps: whole}", {"次": F(12)}, "7"),
    ("{deduct: 1, per: 次, every: 4, steps: started}", {"次": F(9)}, "7"),
    ("{deduct: 1, per: 次, every: 4, steps: started}", {"次": F(8)}, "8"),
    ("{deduct: 1, per: 次, every: 4, steps: prorata}", {"次": F(10)}, "7.5"),
    ("{deduct: 0.5, per_missing: 次, of: 4}", {"次": F(1)}, "8.5"),
    ("{deduct: 0.5, per_missing: 次, of: 4}", {"次": F(5)}, "10"),
    ("{deduct: 0.5, per_missing: 次, of: 应}", {"次": F(1), "应": F(3)}, "9"),
    ("{deduct: 0.5, per_over: 次, of: 2}", {"次": F(5)}, "8.5"),
    ("{deduct: 0.5, per_over: 次, of: 2}", {"次": F(1)}, "10"),
    (SHORT, {"率": F(17, 100)}, "9.7"),
    (SHORT, {"率": F(171, 1000)}, "9.8"),  # 2.9 points short: two whole steps
    (SHORT, {"率": F(1, 4)}, "10"),
    ("{deduct: 2, each: [甲有, 乙有, 丙有]}", {"甲有": True, "乙有": False, "丙有": True}, "6"),
    ("{deduct: 1, each_missing: [甲有, 乙有, 丙有]}", {"甲有": True, "乙有": False, "丙有": False}, "8"),
    ("{deduct: 1, each_missing: [甲有, 乙有, 丙有], every: 2}", {"甲有": False, "乙有": False, "丙有": False}, "9"),
    # tables
    (TIERS, {"率": F(1)}, "25"),
    (TIERS, {"率": F(999, 1000)}, "20"),
    (TIERS, {"率": F(9, 10)}, "20"),
    (TIERS, {"率": F(899, 1000)}, "15"),
    (TIERS, {"率": F(0)}, "10"),
    (ABSENT, {"缺席": F(0)}, "10"),
    (ABSENT, {"缺席": F(1)}, "7"),
    (ABSENT, {"缺席": F(2)}, "5"),
    (ABSENT, {"缺席": F(3)}, "0"),
    (ABSENT, {"缺席": F(9)}, "0"),
    (ABOVE, {"数": F(10)}, "0"),
    (ABOVE, {"数": F(11)}, "3"),
    (ABOVE, {"数": F(21)}, "5"),
    (WITHIN, {"数": F(3)}, "5"),
    (WITHIN, {"数": F(4)}, "2"),
    (WITHIN, {"数": F(7)}, "1"),
    (BELOW, {"数": F(2)}, "5"),
    (BELOW, {"数": F(3)}, "2"),
    (BELOW, {"数": F(6)}, "0"),
    # shares, judges, caps
    (SHARE, {"到": F(18), "应": F(24)}, "7.5"),
    (SHARE, {"到": F(2), "应": F(3)}, "20/3"),
    (SHARE, {"到": F(30), "应": F(24)}, "10"),
    ("{award: 5, ratio: 到, of: 应, beyond: true}", {"到": F(36), "应": F(24)}, "7.5"),
    ("{award: 8, judge: 分}", {"分": F(13, 2)}, "6.5"),
    ("{deduct: {from: 1, to: 3}, if: 坏, judge: 分}", {"坏": True, "分": F(2)}, "8"),
    ("{deduct: {from: 1, to: 3}, if: 坏, judge: 分}", {"坏": False}, "10"),
    ("{deduct: 2, per: 次, up_to: 5}", {"次": F(4)}, "5"),
    ("{deduct: 2, per: 次}, {deduct: 1, if: 坏}", {"次": F(4), "坏": True}, "1"),
    # floors, caps, forfeits
    ("{deduct: 3, per: 次}", {"次": F(4)}, "0"),
    ("{award: 6, per: 次}", {"次": F(2)}, "10"),
    ("{forfeit: true, if: 坏}", {"坏": True}, "0"),
    ("{forfeit: true, if: 坏}", {"坏": False}, "10"),
    ("{deduct: 3, per: 次}, {forfeit: true, if: 坏}", {"次": F(1), "坏": True}, "0"),
    # lines stay exact
    ("{deduct: 1/3, per: 次}", {"次": F(1)}, "29/3"),
    ("{deduct: 0.125, per: 次}", {"次": F(1)}, "9.875"),
]


@pytest.mark.parametrize(("rules", "facts", "expected"), TABLE)
def test_points(rules: str, facts: Facts, expected: str) -> None:
    """The item carries 10 (25 for the attendance table); caps keep it there."""
    most = "25" if rules == TIERS else "10"
    assert points(scored(rubric(item(rules, most)), 一=facts), "一")["A"] == F(expected)


LIMITS: list[tuple[str, Facts, str]] = [
    ("floor: 2, ", {"次": F(9)}, "2"),
    ("floor: none, ", {"次": F(9)}, "-8"),
    ("start: 4, ", {"次": F(1)}, "2"),
    ("start: max, ", {"次": F(1)}, "8"),
    ("start: 12, ceiling: none, ", {"次": F(0)}, "12"),
    ("start: 12, ", {"次": F(0)}, "10"),
    ("start: 12, ceiling: 11, ", {"次": F(0)}, "11"),
]


@pytest.mark.parametrize(("more", "facts", "expected"), LIMITS)
def test_limits(more: str, facts: Facts, expected: str) -> None:
    text = item("{deduct: 2, per: 次}", "10", more)
    assert points(scored(rubric(text), 一=facts), "一")["A"] == F(expected)


def test_a_forfeit_leaves_below_nothing_what_is_there_already() -> None:
    text = item("{deduct: 2, per: 次}, {forfeit: true, if: 坏}", "10", "floor: none, ")
    assert points(scored(rubric(text), 一={"次": F(9), "坏": True}), "一")["A"] == F(-8)


def test_a_group_has_rules_over_its_items() -> None:
    text = """
sections:
  - id: A
    title: 甲
    max: 6
    rules: [{deduct: 2, if: 弄虚作假}, {forfeit: true, if: 瞒报}]
    items:
      - {id: A1, title: 一, max: 4, rules: [{deduct: 1, per: 次}]}
      - {id: A2, title: 二, max: 2, rules: [{deduct: 1, if: 坏}]}
"""
    base: Facts = {"次": F(1), "坏": True, "弄虚作假": False, "瞒报": False}
    loaded = rubric(text)
    result = scored(
        loaded,
        轻=base,
        重={**base, "弄虚作假": True},
        底={**base, "次": F(4), "弄虚作假": True},
        零={**base, "瞒报": True},
    )
    assert [points(result, unit)["A"] for unit in ("轻", "重", "底", "零")] == [4, 2, 0, 0]


KINDS = """
total: 10
ceiling: 13
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 次}]}
  - {id: B, title: 乙, kind: bonus, max: 5, rules: [{award: 2, per: 奖}]}
  - {id: C, title: 丙, kind: penalty, rules: [{deduct: 20, per: 罚}]}
  - {id: D, title: 丁, kind: adjust, rules: [{award: 1, if: 表扬}, {deduct: 1.5, if: 批评}]}
grades: {优秀: 9, 合格: 6, 差: 0}
"""
NOTHING: Facts = {"次": F(0), "奖": F(0), "罚": F(0), "表扬": False, "批评": False}


@pytest.mark.parametrize(
    ("change", "expected", "grade"),
    [
        ({}, {"base": 10, "bonus": 0, "penalty": 0, "adjust": 0, "total": 10}, "优秀"),
        ({"奖": F(3)}, {"B": 5, "bonus": 5, "total": 13}, "优秀"),  # 6 capped to 5; 15 capped to 13
        ({"次": F(2), "批评": True}, {"adjust": F(-3, 2), "total": F(13, 2)}, "合格"),
        ({"次": F(1), "表扬": True, "批评": True}, {"adjust": F(-1, 2), "total": F(17, 2)}, "合格"),
        ({"罚": F(1)}, {"penalty": -20, "total": 0}, "差"),
        ({"次": F(1)}, {"total": 9}, "优秀"),
    ],
)
def test_kinds_and_total(change: Facts, expected: dict[str, Fraction], grade: str) -> None:
    result = scored(rubric(KINDS), 一={**NOTHING, **change})
    found = points(result, "一")
    assert {key: found[key] for key in expected} == expected
    assert result.units[0].grade == grade


def test_the_total_is_rounded_once_more() -> None:
    text = """
rounding: {places: 2, total: 1}
sections:
  - {title: 甲, max: 10, rules: [{deduct: 0.05, per: 次}]}
"""
    result = scored(rubric(text), 一={"次": F(1)}, 二={"次": F(2)})
    assert [unit.total for unit in result.units] == [F(10), F("9.9")]
    assert [line.verb for line in result.units[0].trace().lines] == ["rounding"]
    assert result.units[0].trace().lines[0].points == F("0.05")


def test_ranks_share_and_skip() -> None:
    text = item("{deduct: 1, per: 次}")
    result = scored(rubric(text), 丙={"次": F(1)}, 甲={"次": F(0)}, 乙={"次": F(1)}, 丁={"次": F(2)})
    assert [(unit.rank, unit.unit) for unit in result.units] == [(1, "甲"), (2, "丙"), (2, "乙"), (4, "丁")]


def test_a_total_below_every_grade_has_the_lowest() -> None:
    sections = "sections:\n  - {title: 丙, kind: penalty, rules: [{deduct: 2, per: 次}]}\n"
    text = f"floor: none\n{sections}grades: {{好: 1, 差: 0}}\n"
    assert scored(rubric(text), 一={"次": F(1)}).units[0].grade == "差"


def test_no_grades_no_grade() -> None:
    assert scored(rubric(item("{deduct: 1, per: 次}")), 一={"次": F(0)}).units[0].grade is None
