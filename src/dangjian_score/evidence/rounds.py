"""A unit's slots → its facts: those of each round alone, and those of all evidence together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence.cells import Good
from dangjian_score.evidence.gather import Agreed, Slot, agreed, good
from dangjian_score.evidence.sheets import shown
from dangjian_score.facts import Cell, Fact, UnitFacts
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of


@dataclass(frozen=True, slots=True)
class UnitWriter:
    """Writes one unit; what is wrong with it goes to `found`."""

    unit: str
    cell: Cell
    existed: tuple[int | None, int | None]
    rubric: Rubric
    known: Catalogue
    found: list[Diagnostic]

    def write(self, slots: Mapping[str | None, Slot]) -> UnitFacts:
        """Write the unit with its rounds."""
        describing, plain = self._parted(slots)
        names = tuple(rounds_of(self.rubric.rounds))
        missing = [*self._missing(slots, names)]
        rounds = {name: self._facts(plain.get(name, Slot()), describing) for name in names if name not in missing}
        whole = self._facts(plain.get(None, Slot()), describing)
        return self._together(whole, rounds) if names else whole

    def _parted(self, slots: Mapping[str | None, Slot]) -> tuple[Agreed, dict[str | None, Slot]]:
        """Take the attributes out of all slots: they are the unit's, not a round's."""
        attributes, rest = Slot(), dict[str | None, Slot]()
        for name, slot in slots.items():
            rest[name] = left = Slot(
                slot.rows,
                assessed=slot.assessed,
                votes=slot.votes,
                events=slot.events,
                rulings=slot.rulings,
                faults=slot.faults,
            )
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
        assessed, faults = self._assessed(slot, own)
        facts = {name: fact for name, fact in own.facts.items() if name not in faults}
        votes = {name: _sum(cast) for name, cast in slot.votes.items() if name not in slot.faults}
        since, until = self.existed
        return UnitFacts(
            unit=self.unit,
            cell=self.cell,
            facts={**facts, **votes, **describing.facts},
            blanks={**own.blanks, **describing.blanks},
            faults=own.faults | describing.faults | faults | slot.faults,
            inapplicable={**own.inapplicable, **describing.inapplicable},
            assessed=assessed,
            attributes={name: _said(fact) for name, fact in describing.facts.items()},
            events=tuple(slot.events),
            rulings=tuple(slot.rulings),
            since=since,
            until=until,
        )

    def _assessed(self, slot: Slot, own: Agreed) -> tuple[dict[str, tuple[Fact, ...]], frozenset[str]]:
        """Read what assessors gave; beside a figure of the matrix it is one too many."""
        given: dict[str, tuple[Fact, ...]] = {}
        faults: set[str] = set()
        for name, all_seen in slot.assessed.items():
            usable = [seen for seen in all_seen if good(seen, self.known.measures[name], self.found)]
            facts = tuple(Fact(seen.reading.value, seen.cell) for seen in usable if isinstance(seen.reading, Good))
            if name in own.facts:
                other = own.facts[name]
                told = {"unit": self.unit, "measure": name, "first": str(other.cell), "other": str(other.value)}
                self.found.append(at_cell(Code.VALUES_DIFFER, all_seen[0].cell, found=shown(all_seen[0].raw), **told))
            if len(facts) < len(all_seen) or name in own.facts:
                faults.add(name)
            elif facts:
                given[name] = facts
        return given, frozenset(faults)

    def _missing(self, slots: Mapping[str | None, Slot], rounds: tuple[str, ...]) -> Iterator[str]:
        """Name and report rounds without a row, where anything is entered in rows."""
        if set(self.known.measures) <= set(self.known.attributes):
            return
        for name in rounds:
            if name not in slots or not slots[name].rows:
                told = {"unit": self.unit, "round": name, "table": "", "rounds": "、".join(rounds)}
                self.found.append(at_cell(Code.ROUND_MISSING, self.cell, **told))
                yield name

    def _together(self, whole: UnitFacts, rounds: Mapping[str, UnitFacts]) -> UnitFacts:
        """Take for all evidence what is given without a round, else what the rounds come to."""
        parts = (*rounds.values(), whole)
        facts = {**dict(self._combined(rounds)), **whole.facts}
        names = {name for one in parts for name in one.inapplicable}
        inapplicable = {
            name: next(one.inapplicable[name] for one in parts if name in one.inapplicable)
            for name in sorted(names)
            if name not in facts
        }
        blanks = {name: cell for name, cell in whole.blanks.items() if name not in facts and name not in inapplicable}
        return UnitFacts(
            unit=whole.unit,
            cell=whole.cell,
            facts=facts,
            blanks=blanks,
            faults=frozenset(name for one in parts for name in one.faults),
            inapplicable=inapplicable,
            assessed=whole.assessed,
            attributes=whole.attributes,
            events=tuple(event for one in parts for event in one.events),
            rulings=whole.rulings,
            since=whole.since,
            until=whole.until,
            rounds=rounds,
        )

    def _combined(self, rounds: Mapping[str, UnitFacts]) -> Iterator[tuple[str, Fact]]:
        """Add counts up over the rounds; a yes in any is a yes; else they must say the same."""
        for name in dict.fromkeys(name for one in rounds.values() for name in one.facts):
            facts = tuple(one.facts[name] for one in rounds.values() if name in one.facts)
            kind = self.known.measures[name].kind if name in self.known.measures else "count"
            if kind in ("count", "number", "score"):
                yield name, _sum(facts)
            elif kind == "yes_no":
                yes = next((fact for fact in facts if fact.value is True), facts[0])
                yield name, Fact(yes.value, yes.cell, facts)
            elif len({fact.value for fact in facts}) == 1:
                yield name, facts[0]


def _sum(facts: tuple[Fact, ...] | list[Fact]) -> Fact:
    if len(facts) == 1:
        return facts[0]
    values = (fact.value for fact in facts)
    total = sum((value for value in values if isinstance(value, Fraction)), Fraction(0))
    return Fact(total, facts[0].cell, tuple(facts))


def _said(fact: Fact) -> str:
    return {True: "是", False: "否"}[fact.value] if isinstance(fact.value, bool) else str(fact.value)
