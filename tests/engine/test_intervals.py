"""Stretches of figures: a figure lies in one just where the comparison holds of it."""

from fractions import Fraction

import pytest

from dangjian_score.core.algebra import Comparator
from dangjian_score.engine.bounds import EVERYTHING, FigureSpan, Interval, interval

PASSING: list[tuple[Comparator, list[int]]] = [
    ("at_least", [3, 4]),
    ("above", [4]),
    ("at_most", [2, 3]),
    ("below", [2]),
    ("equals", [3]),
]


@pytest.mark.parametrize(("how", "passing"), PASSING)
def test_what_a_comparison_lets_pass(how: Comparator, passing: list[int]) -> None:
    stretch = interval(how, Fraction(3))
    assert [figure for figure in (2, 3, 4) if stretch.holds(Fraction(figure))] == passing
    assert EVERYTHING.within(stretch) == stretch


@pytest.mark.parametrize(
    ("first", "second", "empty"),
    [("equals", "equals", False), ("above", "below", True), ("at_least", "at_most", False), ("above", "equals", True)],
)
def test_what_lies_in_both_of_two_that_meet(first: Comparator, second: Comparator, empty: bool) -> None:
    assert interval(first, Fraction(0)).within(interval(second, Fraction(0))).is_empty is empty


def test_the_end_that_is_open_wins() -> None:
    above, at_least = interval("above", Fraction(0)), interval("at_least", Fraction(0))
    assert above.within(at_least) == at_least.within(above) == above
    below, at_most = interval("below", Fraction(0)), interval("at_most", Fraction(0))
    assert below.within(at_most) == at_most.within(below) == below
    assert above.within(interval("below", Fraction(2))) == Interval(FigureSpan(Fraction(0), Fraction(2)), True, True)
