"""Figures of many: places, means and medians over units, and what the facts of several rounds come to."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, assert_never

from dangjian_score.core.algebra import Placing, Statistic
from dangjian_score.core.facts import Fact, Value
from dangjian_score.rubric.measures import MeasureKind


def compare(figure: Statistic | Placing, amounts: Sequence[Fraction]) -> list[Fraction]:
    """Give the figure for each unit, in the order of their amounts."""
    match figure:
        case Placing(lowest_first=lowest_first):
            return places(amounts, lowest_first=lowest_first)
        case Statistic(which=which):
            return [_statistic(which, amounts)] * len(amounts) if amounts else []
        case _:
            assert_never(figure)


def places(amounts: Sequence[Fraction], *, lowest_first: bool = False) -> list[Fraction]:
    """Place amounts, highest first unless said otherwise; equal ones share the better place (1, 2, 2, 4)."""
    first: dict[Fraction, Fraction] = {}
    for place, amount in enumerate(sorted(amounts, reverse=not lowest_first), start=1):
        first.setdefault(amount, Fraction(place))
    return [first[amount] for amount in amounts]


def _statistic(which: str, amounts: Sequence[Fraction]) -> Fraction:
    match which:
        case "mean":
            return mean(amounts)
        case "median":
            return median(amounts)
        case _:
            return max(amounts)


def mean(amounts: Sequence[Fraction]) -> Fraction:
    """Σ ÷ n, exactly."""
    return sum(amounts, Fraction(0)) / len(amounts)


def median(amounts: Sequence[Fraction]) -> Fraction:
    """The middle one, or the mean of the middle two."""
    ordered, half = sorted(amounts), len(amounts) // 2
    return ordered[half] if len(amounts) % 2 else (ordered[half - 1] + ordered[half]) / 2


FEWEST: Final = 3
"""Amounts that a trimmed mean needs; evidence with fewer is refused."""


def trimmed_mean(amounts: Sequence[Fraction]) -> Fraction:
    """The mean without one highest and one lowest, where there are enough."""
    return mean(sorted(amounts)[1:-1] if len(amounts) >= FEWEST else amounts)


def combined(how: str, amounts: Sequence[Fraction]) -> Fraction:
    """Make one figure of several assessors'."""
    match how:
        case "mean":
            return mean(amounts)
        case "median":
            return median(amounts)
        case _:
            return trimmed_mean(amounts)


_ADDED: Final = (None, "count", "number", "score")


def over_rounds(given: Sequence[Fact], kind: MeasureKind | None) -> Fact | None:
    """Add counts up (votes, of no kind, are counts too); a yes in any is a yes; else the rounds must say the same."""
    if not come_together([fact.value for fact in given], kind):
        return None
    if kind in _ADDED:
        return added(given)
    if kind == "yes_no":
        yes = next((fact for fact in given if fact.value is True), given[0])
        return Fact(yes.value, yes.cell, tuple(given))
    return given[0]


def come_together(given: Sequence[Value], kind: MeasureKind | None) -> bool:
    """Tell whether what rounds say comes to something over all evidence."""
    if kind in _ADDED or kind == "yes_no":
        return bool(given)
    return bool(given) and all(value is given[0] or value == given[0] for value in given)


def added(given: Sequence[Fact]) -> Fact:
    """Add figures up."""
    if len(given) == 1:
        return given[0]
    values = (fact.value for fact in given)
    total = sum((value for value in values if isinstance(value, Fraction)), Fraction(0))
    return Fact(total, given[0].cell, tuple(given))
