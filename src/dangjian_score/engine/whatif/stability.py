"""How firm ranks are: the best and the worst of a unit if every assessor's figure moved by one step.

Best: its own figures in the direction of more points, all others' in that of fewer; worst: the reverse. A unit whose
evidence could not be scored so stays where it is.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

from msgspec import Struct

from dangjian_score.engine.whatif.field import Field
from dangjian_score.engine.whatif.judged import Judging
from dangjian_score.facts import UnitFacts


class Ranks(Struct, frozen=True):
    """The ranks of a unit: as it is, and at best and worst."""

    now: int
    best: int
    worst: int

    @property
    def firm(self) -> bool:
        """Whether no step changes it."""
        return self.best == self.now == self.worst


class _Moves(Struct, frozen=True):
    """The units whose figures move, each in the direction of more points, and of fewer."""

    more: Mapping[int, UnitFacts]
    fewer: Mapping[int, UnitFacts]


def stability(field: Field, judging: Judging) -> Mapping[int, Ranks]:
    """Find it for every unit that takes part; where nobody judged anything, for none."""
    moves = _Moves(_moved(field, judging, 1), _moved(field, judging, -1))
    if not moves.more:
        return {}
    compared = field.bench.compares(judging.rules)
    found = _together(field, moves) if compared else _apart(field, moves)
    return {at: Ranks(field.rank(at, {}), best, worst) for at, best, worst in found}


def _moved(field: Field, judging: Judging, towards: int) -> dict[int, UnitFacts]:
    """Move every figure of every unit by a step."""
    moved = {}
    for at in field.numbers:
        unit = field.bench.units[at]
        for opinion in judging.opinions(field.states[at]):
            unit = judging.changed(unit, opinion, opinion.moved(towards * opinion.favours))
            moved[at] = unit
    return moved


def _apart(field: Field, moves: _Moves) -> Iterator[tuple[int, int, int]]:
    """Score every unit by itself: no points depend on another's figures."""
    more, fewer = (
        {at: field.merit(at, field.bench.after({at: units[at]}) or {} if at in units else {}) for at in field.numbers}
        for units in (moves.more, moves.fewer)
    )
    upper, lower = sorted(more.values()), sorted(fewer.values())
    count = len(upper)
    for at in field.numbers:
        above = count - bisect_right(lower, more[at]) - (fewer[at] > more[at])
        below = count - bisect_right(upper, fewer[at]) - (more[at] > fewer[at])
        yield at, 1 + above, 1 + below


def _together(field: Field, moves: _Moves) -> Iterator[tuple[int, int, int]]:
    """Score all units for each of them."""
    for at in field.numbers:
        best = _rank(field, at, {**moves.fewer, **_own(moves.more, at)})
        yield at, best, _rank(field, at, {**moves.more, **_own(moves.fewer, at)})


def _own(units: Mapping[int, UnitFacts], at: int) -> dict[int, UnitFacts]:
    return {at: units[at]} if at in units else {}


def _rank(field: Field, at: int, units: Mapping[int, UnitFacts]) -> int:
    states = field.bench.after(units)
    return field.rank(at, states or {})
