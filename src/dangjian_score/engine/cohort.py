"""Units beside each other → figures: places, means, medians, bests."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, assert_never

from dangjian_score.engine.algebra import Placing, Statistic


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
