"""What a page tells of all units together: exact figures, made from those of the view."""

from fractions import Fraction
from itertools import count
from typing import Final, NamedTuple

from dangjian_score.points import fixed, plain, rounded
from dangjian_score.report.figures import grade_counts, losses
from dangjian_score.report.view import ResultView

_MOST_BINS: Final = 12


class Share(NamedTuple):
    """A part of something that is drawn: its name, how much it is, and that as text."""

    name: str
    value: Fraction
    text: str


def mean(told: ResultView) -> str:
    """Average the totals, with the places of a total."""
    totals = [Fraction(unit.total) for unit in told.units]
    places = told.rubric.total_places
    return fixed(rounded(sum(totals, Fraction(0)) / len(totals), places), places)


def totals(told: ResultView) -> tuple[Share, ...]:
    """Give each unit's total."""
    return tuple(Share(unit.unit, Fraction(unit.total), unit.total) for unit in told.units)


def bins(told: ResultView) -> tuple[Share, ...]:
    """Count the units by their totals in a dozen classes of one round width, the best first."""
    totals = [Fraction(unit.total) for unit in told.units]
    step = _step(max(totals) - min(totals))
    counts: dict[int, int] = {}
    for total in totals:
        counts[total // step] = counts.get(total // step, 0) + 1
    classes = range(max(counts), min(counts) - 1, -1)
    return tuple(_counted(f"{plain(at * step)}–{plain((at + 1) * step)}", counts.get(at, 0)) for at in classes)


def _step(span: Fraction) -> Fraction:
    """Find the least of 1, 2, 5, 10, 20 … that parts a span into few enough classes."""
    steps = (Fraction(first * 10**zeros) for zeros in count() for first in (1, 2, 5))
    return next(step for step in steps if span < step * (_MOST_BINS - 1))


def grades(told: ResultView, none: str) -> tuple[Share, ...]:
    """Count the units by grade, the best first; those barred from any come last, as `none`."""
    return tuple(_counted(name or none, number) for name, number in grade_counts(told))


def _counted(name: str, number: int) -> Share:
    return Share(name, Fraction(number), str(number))


def lost_shares(told: ResultView) -> tuple[Share, ...]:
    """Say which share of what it carries each base section lost."""
    rates = ((one.title, max(one.share, Fraction(0))) for one in losses(told) if one.share is not None)
    return tuple(Share(title, rate, f"{fixed(rounded(rate * 100, 1), 1)}%") for title, rate in rates)
