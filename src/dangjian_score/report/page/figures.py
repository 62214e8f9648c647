"""What a page tells of all units together: exact figures, made from those of the view."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import count
from typing import Final, NamedTuple

from dangjian_score.points import fixed, plain, rounded
from dangjian_score.report.view import NodeView, ResultView, UnitView

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
    given = [unit.grade for unit in told.units]
    named = tuple(_counted(grade.name, given.count(grade.name)) for grade in told.rubric.grades)
    return (*named, _counted(none, given.count(None))) if named and None in given else named


def _counted(name: str, number: int) -> Share:
    return Share(name, Fraction(number), str(number))


def losses(told: ResultView) -> tuple[Share, ...]:
    """Say which share of its full marks each base section lost, over all units and rounds that it is for."""
    alike = Counter((node.id, node.points, tuple(_marks(node))) for node in _sections(told.units))
    titles = {node.id: node.title for node in _sections(told.units)}
    sums = {id_: (Fraction(0), Fraction(0)) for id_ in titles}
    for (id_, points, marks), number in alike.items():
        most = sum(map(Fraction, marks), Fraction(0))
        lost, of = sums[id_]
        sums[id_] = lost + number * (most - Fraction(points)), of + number * most
    rates = ((titles[id_], max(lost / of, Fraction(0))) for id_, (lost, of) in sums.items() if of)
    return tuple(Share(title, rate, f"{fixed(rounded(rate * 100, 1), 1)}%") for title, rate in rates)


def _sections(units: Iterable[UnitView]) -> Iterator[NodeView]:
    for unit in units:
        nodes = (*(node for one in unit.rounds.values() for node in one.nodes), *unit.nodes)
        yield from (node for node in nodes if node.kind == "base" and node.applies)


def _marks(node: NodeView) -> list[str]:
    """List the full marks of the items of a section that are for the unit."""
    if node.nodes:
        return [most for one in node.nodes if one.applies for most in _marks(one)]
    return [node.max] if node.applies and node.max is not None else []
