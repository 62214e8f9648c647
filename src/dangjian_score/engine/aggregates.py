"""Aggregates: places, means and medians over units or assessors, and facts over several rounds."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, Literal, assert_never

from dangjian_score.core.algebra import Placing, Statistic
from dangjian_score.core.facts import Fact, Value
from dangjian_score.rubric.measures import MeasureKind


def compare(figure: Statistic | Placing, amounts: Sequence[Fraction]) -> list[Fraction]:
    """Return the figure over all units for each unit, in the order of their amounts."""
    match figure:
        case Placing(lowest_first=lowest_first):
            return places(amounts, lowest_first=lowest_first)
        case Statistic(which=which):
            return [aggregate(which, amounts)] * len(amounts) if amounts else []
        case _:
            assert_never(figure)


def places(amounts: Sequence[Fraction], *, lowest_first: bool = False) -> list[Fraction]:
    """Return the place of each amount, by default highest first; equal amounts share the better place (1, 2, 2, 4)."""
    first: dict[Fraction, Fraction] = {}
    for place, amount in enumerate(sorted(amounts, reverse=not lowest_first), start=1):
        first.setdefault(amount, Fraction(place))
    return [first[amount] for amount in amounts]


def aggregate(how: Literal["mean", "median", "best"], amounts: Sequence[Fraction]) -> Fraction:
    """Return one figure of one or more amounts."""
    match how:
        case "mean":
            return mean(amounts)
        case "median":
            return median(amounts)
        case "best":
            return max(amounts)
        case _:
            assert_never(how)


def mean(amounts: Sequence[Fraction]) -> Fraction:
    """Return Σ ÷ n, exactly."""
    whole, over = scaled(amounts)
    return Fraction(sum(whole), over * len(whole))


def scaled(amounts: Iterable[Fraction]) -> tuple[list[int], int]:
    """Return amounts as numerators of one denominator, which add up in a tenth of the time."""
    pairs = [amount.as_integer_ratio() for amount in amounts]
    over = lcm(*{denominator for _, denominator in pairs})
    return [numerator * (over // denominator) for numerator, denominator in pairs], over


def median(amounts: Sequence[Fraction]) -> Fraction:
    """Return the middle amount, or the mean of the middle two."""
    ordered, half = sorted(amounts), len(amounts) // 2
    return ordered[half] if len(amounts) % 2 else (ordered[half - 1] + ordered[half]) / 2


_ADDED: Final = (None, "count", "number", "score")


def over_rounds(given: Sequence[Fact], kind: MeasureKind | None) -> Fact | None:
    """Return the fact over all rounds: counts and votes (no kind) added, yes if any is, else what all agree on."""
    if not come_together([fact.value for fact in given], kind):
        return None
    if kind in _ADDED:
        return added(given)
    if kind == "yes_no":
        yes = next((fact for fact in given if fact.value is True), given[0])
        return Fact(yes.value, yes.cell, tuple(given))
    return given[0]


def come_together(given: Sequence[Value], kind: MeasureKind | None) -> bool:
    """Return whether the values of rounds make one value over all evidence."""
    if kind in _ADDED or kind == "yes_no":
        return bool(given)
    return bool(given) and all(value is given[0] or value == given[0] for value in given)


def added(given: Sequence[Fact]) -> Fact:
    """Return the sum of figures, with all their cells."""
    if len(given) == 1:
        return given[0]
    values = (fact.value for fact in given)
    total = sum((value for value in values if isinstance(value, Fraction)), Fraction(0))
    return Fact(total, given[0].cell, tuple(given))
