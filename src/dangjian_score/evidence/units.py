"""A unit's slots → its facts: those of each round alone, and those of all evidence together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, field

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.rounds import added
from dangjian_score.evidence.assessors import Given, answer_text, given
from dangjian_score.evidence.gather import Agreed, Gathering, UnitSlot
from dangjian_score.evidence.rounds import spoken_of, together
from dangjian_score.facts import Cell, Fact, RowFacts, UnitFacts


class Unit(Struct):
    """What has been gathered of one unit so far, by round; `entered` unless only a roster names it."""

    cell: Cell
    slots: dict[str | None, UnitSlot] = field(default_factory=lambda: defaultdict(UnitSlot))
    since: int | None = None
    until: int | None = None
    entered: bool = True


class UnitWriter(Struct, frozen=True):
    """Writes units; what is wrong with them goes to `found`."""

    rounds: tuple[str, ...]
    known: Catalogue
    gathering: Gathering
    found: list[Diagnostic]

    def write(self, name: str, unit: Unit) -> UnitFacts:
        """Write a unit with its rounds."""
        describing = self._described(name, unit)
        missing = [*self._missing(name, unit)]
        slots = {round_: unit.slots.get(round_, UnitSlot()) for round_ in self.rounds if round_ not in missing}
        rounds = {round_: self._facts(name, unit, slot, describing) for round_, slot in slots.items()}
        spoken = spoken_of(rounds)
        whole = self._facts(name, unit, unit.slots.get(None, UnitSlot()), describing, spoken)
        return together(whole, rounds, spoken, self.known.measures) if self.rounds else whole

    def _described(self, name: str, unit: Unit) -> Agreed:
        """Bring together what describes a unit, in whatever round; it may well be said twice."""
        quiet: list[Diagnostic] = []
        parts = [part for slot in unit.slots.values() for part in slot.describes]
        described = self.gathering.agreed(name, parts, quiet)
        self.found.extend(one for one in quiet if one.code is not Code.SAME_VALUE_TWICE)
        return described

    def _facts(
        self, name: str, unit: Unit, slot: UnitSlot, describing: Agreed, elsewhere: frozenset[str] = frozenset()
    ) -> UnitFacts:
        own = self.gathering.agreed(name, slot.measured, self.found, elsewhere)
        asked = dict.fromkeys((*slot.assessed, *slot.absences))
        judged = {measure: self._given(name, measure, slot, own) for measure in asked}
        faults = frozenset(measure for measure, one in judged.items() if one.faulty)
        declined = {measure: one.declined for measure, one in judged.items() if one.declined is not None}
        inapplicable = {**own.inapplicable, **declined, **describing.inapplicable}
        votes = {level: added(cast) for level, cast in slot.votes.items() if level not in slot.faults}
        return UnitFacts(
            unit=name,
            cell=unit.cell,
            facts=joined(without(own.facts, faults), {**votes, **describing.facts}),
            blanks={**own.blanks, **describing.blanks},
            faults=own.faults | describing.faults | faults | slot.faults,
            inapplicable={measure: cell for measure, cell in inapplicable.items() if measure not in faults},
            assessed={measure: one.figures for measure, one in judged.items() if one.figures},
            absences={measure: one.absences for measure, one in judged.items() if one.absences},
            attributes={attribute: self._shown(attribute, fact) for attribute, fact in describing.facts.items()},
            events=tuple(slot.events),
            rulings=tuple(slot.rulings),
            since=unit.since,
            until=unit.until,
            entered=unit.entered,
        )

    def _shown(self, attribute: str, fact: Fact) -> str:
        match self.known.measures[attribute].kind, fact.value:
            case "date", Fraction() as day:
                return date.fromordinal(day.numerator).isoformat()
            case _:
                return answer_text(fact)

    def _given(self, unit: str, name: str, slot: UnitSlot, own: Agreed) -> Given:
        entered = own.facts.get(name) or own.inapplicable.get(name)
        return given(unit, self.known.measures[name], slot, entered, self.found)

    def _missing(self, name: str, unit: Unit) -> Iterator[str]:
        """Name and report rounds without a row, where anything is entered in rows."""
        if not self.rounds or set(self.known.measures) <= set(self.known.attributes):
            return
        for round_ in self.rounds:
            if round_ not in unit.slots or not unit.slots[round_].rows:
                told = {"unit": name, "round": round_, "table": "", "rounds": "、".join(self.rounds)}
                self.found.append(at_cell(Code.ROUND_MISSING, unit.cell, **told))
                yield round_


def without(facts: Mapping[str, Fact], faults: frozenset[str]) -> Mapping[str, Fact]:
    """Leave some facts out."""
    return {name: fact for name, fact in facts.items() if name not in faults} if faults else facts


def joined(facts: Mapping[str, Fact], others: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """Add facts of other names."""
    return facts.joined(others) if isinstance(facts, RowFacts) else {**facts, **others}
