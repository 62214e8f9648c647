"""Points that must be shown to the last digit: rounded they would not explain a rank, a grade or a condition."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from dangjian_score.engine import exact
from dangjian_score.engine.algebra import Compare
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Standing, merit
from dangjian_score.engine.totals import REPORTED
from dangjian_score.engine.trees import reads, refs, walk
from dangjian_score.points import rounded


def precise(program: Program, standings: Sequence[Standing]) -> Mapping[str, frozenset[str]]:
    """Name by unit the steps (nodes by their ids) whose figures differ, or pass a bound, only in digits not shown."""
    found: dict[str, set[str]] = {}
    for unit, step in (*_ties(program, standings), *_bounds(program, standings)):
        found.setdefault(unit, set()).add(step)
    return {unit: frozenset(steps) for unit, steps in found.items()}


def _ties(program: Program, standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
    """Find units of one total that a section parts which shows the same for them."""
    rubric = program.rubric
    ordered = sorted(standings, key=lambda one: merit(program, one)) if rubric.tie_break else ()
    for _, equals in groupby(ordered, key=lambda one: one.total):
        together = list(equals)
        for node in rubric.tie_break:
            shown: dict[object, set[object]] = {}
            for one in together:
                shown.setdefault(rounded(one.done[node], rubric.shown_places), set()).add(one.done[node])
            for one in together:
                if len(shown[rounded(one.done[node], rubric.shown_places)]) > 1:
                    yield one.unit, node


def _bounds(program: Program, standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
    """Find figures that stand on one side of a bound, and on the other as they are shown."""
    places, points = program.rubric.shown_places, {REPORTED, *(node.id for node in program.nodes)}
    steps = (*program.verdict, *(step for asked in program.asks.values() for step in asked))
    parts = dict.fromkeys(part for step in steps for part in walk(step.expr) if isinstance(part, Compare))
    asked = [(part, names) for part in parts if (names := refs(part.left)) and points.issuperset(names)]
    asked = [(part, names) for part, names in asked if not reads(part)]
    for one in standings if asked else ():
        for part, names in asked:
            value, bound = (exact.number(side, {}, one.done) for side in (part.left, part.right))
            shown = rounded(value, places)
            if (value >= bound) != (shown >= bound) or (value > bound) != (shown > bound):
                yield from ((one.unit, name) for name in names)
