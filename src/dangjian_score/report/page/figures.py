"""What a page tells of all units together: exact figures, and their texts."""

from fractions import Fraction
from itertools import count
from typing import Final, NamedTuple

from dangjian_score.engine.cohort import mean as average
from dangjian_score.points import plain
from dangjian_score.report.figures import Losses, grade_counts
from dangjian_score.report.formatting import shown
from dangjian_score.report.view import ResultView

_MOST_BINS: Final = 12


class ChartBar(NamedTuple):
    """A part of something that is drawn: its name, how much it is, and that as text."""

    name: str
    value: Fraction
    text: str


def mean(view: ResultView) -> str:
    """Average the totals, with the places of a total."""
    return view.total(average([unit.total for unit in view.result.units]))


def totals(view: ResultView) -> tuple[ChartBar, ...]:
    """Give each unit's total."""
    return tuple(ChartBar(unit.unit, unit.total, view.total(unit.total)) for unit in view.result.units)


def bins(view: ResultView) -> tuple[ChartBar, ...]:
    """Count the units by their totals in a dozen classes of one round width, the best first."""
    totals = [unit.total for unit in view.result.units]
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


def grades(view: ResultView, none: str) -> tuple[ChartBar, ...]:
    """Count the units by grade, the best first; those barred from any come last, as `none`."""
    return tuple(_counted(name or none, number) for name, number in grade_counts(view))


def _counted(name: str, number: int) -> ChartBar:
    return ChartBar(name, Fraction(number), str(number))


def lost_shares(losses: Losses) -> tuple[ChartBar, ...]:
    """Say which share of what it carries each base section lost."""
    rates = ((one.title, max(one.share, Fraction(0))) for one in losses.sections if one.share is not None)
    return tuple(ChartBar(title, rate, f"{shown(rate * 100, 1)}%") for title, rate in rates)
