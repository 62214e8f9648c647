"""Which points explain a rank or a grade only in digits that are not shown."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from tests.support import rubric, scored

SECTION = "sections: [{id: A, title: 学习, max: 100, rules: [{award: 100, ratio: 得, of: 应}]}]\n"
TWO = """
sections:
  - {id: A, title: 学习, max: 50, rules: [{award: 50, ratio: 得, of: 应}]}
  - {id: B, title: 活动, max: 50, rules: [{award: 50, ratio: 开, of: 应}]}
"""


def precise(text: str, **units: Mapping[str, int]) -> dict[str, tuple[str | None, frozenset[str]]]:
    """Give by unit its grade and what has to be shown to the last digit."""
    values = {unit: {name: Fraction(number) for name, number in given.items()} for unit, given in units.items()}
    return {unit.unit: (unit.grade, unit.precise) for unit in scored(rubric(text), **values).units}


def of(got: int) -> dict[str, int]:
    return {"得": got, "应": 100_000}


def test_points_that_seem_to_reach_what_a_grade_asks_of_a_section() -> None:
    asked = "grades: {好: {at_least: 50, sections: {A: 60}}, 差: 0}\n"
    found = precise(SECTION + asked, 甲=of(59_996), 乙=of(60_000), 丙=of(59_990), 丁=of(60_004))
    assert found["甲"] == ("差", frozenset({"A"}))  # 59.996, which reads 60.00
    assert found["乙"] == ("好", frozenset())
    assert found["丙"] == ("差", frozenset())
    assert found["丁"] == ("好", frozenset({"A"}))  # 60.004 is above 60, 60.00 is not


def test_a_base_that_seems_to_reach_a_grade() -> None:
    found = precise(SECTION + "grades_on: base\ngrades: {好: 90, 差: 0}\n", 甲=of(89_996), 乙=of(90_000))
    assert found == {"甲": ("差", frozenset({":base"})), "乙": ("好", frozenset())}


@pytest.mark.parametrize(("got", "shown"), [(40_004, True), (40_000, False), (39_000, False)])
def test_a_tie_that_is_broken_by_what_is_not_shown(got: int, *, shown: bool) -> None:
    unit = {"得": 40_000, "开": 30_000, "应": 50_000}
    other = {"得": got, "开": 70_000 - got, "应": 50_000}
    found = precise(TWO + "tie_break: [A]\n", 甲=unit, 乙=other)
    assert found == dict.fromkeys(found, (None, frozenset({"A"} if shown else ())))


def test_points_beside_numbers_of_events() -> None:
    text = """period: 2025
measures: {会议: {register: true}}
sections: [{id: A, title: 学习, max: 100, rules: [{award: 100, ratio: 得, of: 应}]}]
grades: {好: {at_least: 50, if: {any: [{points: A, at_least: 60}, {会议: {at_least: 2}}], at_least: 1}}, 差: 0}
"""
    assert precise(text, 甲=of(59_996), 乙=of(60_000)) == {"甲": ("差", frozenset({"A"})), "乙": ("好", frozenset())}
