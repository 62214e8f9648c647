"""A unit's slots → its facts: those of each round alone, and those of all evidence together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.rounds import added
from dangjian_score.evidence.assessors import Given, answer_text, given
from dangjian_score.evidence.gather import Agreed, Slot, agreed
from dangjian_score.evidence.rounds import together, unsaid
from dangjian_score.facts import Cell, Fact, UnitFacts
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of


@dataclass(frozen=True, slots=True)
class UnitWriter:
    """Writes one unit; what is wrong with it goes to `found`."""

    unit: str
    cell: Cell
    existed: tuple[int | None, int | None]
    entered: bool
    rubric: Rubric
    known: Catalogue
    found: list[Diagnostic]

    def write(self, slots: Mapping[str | None, Slot]) -> UnitFacts:
        """Write the unit with its rounds."""
        describing, rest = self._parted(slots)
        names = tuple(rounds_of(self.rubric.rounds))
        missing = [*self._missing(slots, names)]
        rounds = {name: self._facts(rest.get(name, Slot()), describing) for name in names if name not in missing}
        whole = self._facts(unsaid(rest.get(None, Slot()), rounds), describing)
        return together(whole, rounds, self.known.measures) if names else whole

    def _parted(self, slots: Mapping[str | None, Slot]) -> tuple[Agreed, dict[str | None, Slot]]:
        """Take the attributes out of all slots: they are the unit's, not a round's."""
        attributes, rest = Slot(), dict[str | None, Slot]()
        for name, slot in slots.items():
            rest[name] = left = replace(slot, seen=defaultdict(list), blanks={})
            for measure, all_seen in slot.seen.items():
                (attributes if measure in self.known.attributes else left).seen[measure] += all_seen
            for measure, cell in slot.blanks.items():
                (attributes if measure in self.known.attributes else left).blanks.setdefault(measure, cell)
        quiet: list[Diagnostic] = []
        described = agreed(self.unit, attributes, self.known.measures, quiet)
        self.found.extend(one for one in quiet if one.code is not Code.SAME_VALUE_TWICE)
        return described, rest

    def _facts(self, slot: Slot, describing: Agreed) -> UnitFacts:
        own = agreed(self.unit, slot, self.known.measures, self.found)
        judged = {name: self._given(name, slot, own) for name in dict.fromkeys((*slot.assessed, *slot.absences))}
        faults = {name for name, one in judged.items() if one.faulty}
        facts = {name: fact for name, fact in own.facts.items() if name not in faults}
        declined = {name: one.declined for name, one in judged.items() if one.declined is not None}
        inapplicable = {**own.inapplicable, **declined, **describing.inapplicable}
        votes = {name: added(cast) for name, cast in slot.votes.items() if name not in slot.faults}
        since, until = self.existed
        return UnitFacts(
            unit=self.unit,
            cell=self.cell,
            facts={**facts, **votes, **describing.facts},
            blanks={**own.blanks, **describing.blanks},
            faults=own.faults | describing.faults | faults | slot.faults,
            inapplicable={name: cell for name, cell in inapplicable.items() if name not in faults},
            assessed={name: one.figures for name, one in judged.items() if one.figures},
            absences={name: one.absences for name, one in judged.items() if one.absences},
            attributes={name: self._shown(name, fact) for name, fact in describing.facts.items()},
            events=tuple(slot.events),
            rulings=tuple(slot.rulings),
            since=since,
            until=until,
            entered=self.entered,
        )

    def _shown(self, attribute: str, fact: Fact) -> str:
        match self.known.measures[attribute].kind, fact.value:
            case "date", Fraction() as day:
                return date.fromordinal(day.numerator).isoformat()
            case _:
                return answer_text(fact)

    def _given(self, name: str, slot: Slot, own: Agreed) -> Given:
        entered = own.facts.get(name) or own.inapplicable.get(name)
        return given(self.unit, self.known.measures[name], slot, entered, self.found)

    def _missing(self, slots: Mapping[str | None, Slot], rounds: tuple[str, ...]) -> Iterator[str]:
        """Name and report rounds without a row, where anything is entered in rows."""
        if set(self.known.measures) <= set(self.known.attributes):
            return
        for name in rounds:
            if name not in slots or not slots[name].rows:
                told = {"unit": self.unit, "round": name, "table": "", "rounds": "、".join(rounds)}
                self.found.append(at_cell(Code.ROUND_MISSING, self.cell, **told))
                yield name
