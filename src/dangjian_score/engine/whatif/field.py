"""All units beside each other, as they are and with some of them changed: ranks, and who is chosen."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.standing import Chosen, Merit, Standing, fits, merit, select
from dangjian_score.engine.whatif.bench import Bench, States


class Outlook(Struct, frozen=True):
    """What comes of a unit; `selections` are titles, in the order of the rubric."""

    total: Fraction
    grade: str | None
    rank: int
    selections: tuple[str, ...]


class Field:
    """The units that take part."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.program = bench, bench.program
        taking_part = [(at, state) for at, state in enumerate(bench.now) if state is not None]
        best_first = sorted(taking_part, key=lambda pair: merit(self.program, pair[1].standing), reverse=True)
        self.states = dict(best_first)
        self.standings = {at: state.standing for at, state in best_first}
        self.by_name = {standing.unit: standing for standing in self.standings.values()}
        self.merits = {at: merit(self.program, standing) for at, standing in self.standings.items()}
        self._ascending = sorted(self.merits.values())
        self._roster = [unit.attributes for unit in bench.units]
        self._known: dict[object, frozenset[int]] = {}
        self.chosen = self.select({})

    @property
    def least_step(self) -> Fraction:
        """The least by which figures of the result differ."""
        return Fraction(1, 10**self.program.rubric.shown_places)

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the units, best first."""
        return tuple(self.standings)

    def now(self, at: int) -> Outlook:
        """Say what comes of a unit as it is."""
        return self._outlook(at, self.standings[at], {})

    def outlook(self, at: int, states: States) -> Outlook | None:
        """Say what comes of a unit; None where it no longer takes part."""
        standing = self._standing(at, states)
        return None if standing is None else self._outlook(at, standing, states)

    def _outlook(self, at: int, standing: Standing, states: States) -> Outlook:
        titles = (self.program.rubric.selections[number].title for number in sorted(self.selected(at, states)))
        return Outlook(standing.total, standing.grade, self.rank(at, states), tuple(titles))

    def rank(self, at: int, states: States) -> int:
        """Rank a unit that takes part; those that are equal share a rank."""
        own = self.merit(at, states)
        better = len(self._ascending) - bisect_right(self._ascending, own)
        for other, state in states.items():
            rises = other != at and state is not None and merit(self.program, state.standing) > own
            better += rises - (self.merits[other] > own)
        return 1 + better

    def merit(self, at: int, states: States) -> Merit:
        """Give what a unit is ranked by; what it was where it no longer takes part."""
        state = states.get(at)
        return self.merits[at] if state is None else merit(self.program, state.standing)

    def selected(self, at: int, states: States) -> frozenset[int]:
        """Number the selections a unit is among. Of one changed unit nothing counts but its merit and what it fits."""
        now = self._standing(at, states)
        key: object = None
        if now is not None and states.keys() == {at}:
            selections = range(len(self.program.rubric.selections))
            key = (
                at,
                merit(self.program, now),
                now.barred,
                *(fits(self.program, number, now) for number in selections),
            )
        if key is None:
            return self._selected(at, states)
        if key not in self._known:
            self._known[key] = self._selected(at, states)
        return self._known[key]

    def _selected(self, at: int, states: States) -> frozenset[int]:
        chosen = self.select(states) if states else self.chosen
        unit = self.bench.units[at].unit
        return frozenset(number for number, choice in enumerate(chosen) if unit in choice.units)

    def select(self, states: States) -> tuple[Chosen, ...]:
        """Make all selections."""
        standings = (self._standing(at, states) for at in self.standings)
        return select(self.program, [standing for standing in standings if standing is not None], self._roster)

    def _standing(self, at: int, states: States) -> Standing | None:
        state = states.get(at, self.bench.now[at])
        return None if state is None else state.standing

    def hypothetical(self, at: int, standing: Standing) -> tuple[Chosen, ...]:
        """Make all selections as if a unit stood elsewhere, whatever its evidence says."""
        return select(self.program, [*({**self.standings, at: standing}).values()], self._roster)
