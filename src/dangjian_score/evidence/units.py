"""Units: the roster (名册), and a unit's slots → its facts in each round and over all evidence."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Fact, MadeFacts, Owners, Row, RowFacts, UnitFacts
from dangjian_score.core.names import fold
from dangjian_score.engine.aggregates import added, come_together, over_rounds
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.assessors import Given, answer_text, given
from dangjian_score.evidence.cells import Good, read
from dangjian_score.evidence.columns import ALIASES, SINCE, UNTIL
from dangjian_score.evidence.entries import Entry
from dangjian_score.evidence.gather import Agreed, Gathering, UnitSlot
from dangjian_score.evidence.keys import Key, read_key
from dangjian_score.evidence.sheets import RawCell, shown, written
from dangjian_score.evidence.tables import SheetTable
from dangjian_score.rubric.measures import MeasureKind

_BETWEEN = re.compile(r"[、,，;；/|\n]")
"""What stands between aliases."""
_DAY = Measure("", "date", None, None, None, ())


class RosterEntry(Struct, frozen=True):
    """One unit of the roster."""

    unit: str
    cell: Cell
    attributes: Mapping[str, tuple[RawCell | None, Cell]]
    since: int | None
    until: int | None


class Roster(Struct, frozen=True):
    """All units, in order, what each spelling means, and the rows of those that stand there once."""

    units: tuple[RosterEntry, ...]
    spellings: Mapping[str, str]
    rows: Mapping[Row, Owners]


def roster(tables: Iterable[SheetTable]) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """Read the roster's tables."""
    units: list[RosterEntry] = []
    spellings: dict[str, str] = {}
    first: dict[str, Cell] = {}
    rows: dict[Row, Owners] = {}
    found: list[Diagnostic] = []
    for entry in (entry for table in tables for entry in table.entries):
        names = (entry.unit, *_aliases(entry))
        if not any(fold(name) in spellings for name in names):
            rows[entry.cell.file, entry.cell.sheet, entry.cell.row] = ((entry.cell.column, entry.unit),)
        for name in names:
            if fold(name) in spellings:
                found.append(at_cell(Code.UNIT_TWICE, entry.cell, unit=name, first=str(first[fold(name)])))
            spellings.setdefault(fold(name), entry.unit)
            first.setdefault(fold(name), entry.cell)
        days = {title: [*_day(entry, title, found)] for title in (SINCE, UNTIL)}
        attributes = {name: cell for name, cell in entry.cells.items() if name not in (ALIASES, SINCE, UNTIL)}
        since, until = (days[title][0] if days[title] else None for title in (SINCE, UNTIL))
        units.append(RosterEntry(entry.unit, entry.cell, attributes, since, until))
    return Roster(tuple(units), spellings, rows), tuple(found)


def _aliases(entry: Entry) -> Iterator[str]:
    """Give a unit's other names; placeholders are none."""
    raw, _ = entry.cells.get(ALIASES, (None, entry.cell))
    for name in () if raw is None else _BETWEEN.split(written(raw)):
        if isinstance(read_key(RawCell(name)), Key):
            yield " ".join(name.split())


def _day(entry: Entry, title: str, found: list[Diagnostic]) -> Iterator[int]:
    raw, cell = entry.cells.get(title, (None, entry.cell))
    if raw is None:
        return
    match read(raw, _DAY):
        case Good(value) if not isinstance(value, bool | str):
            yield value.numerator
        case _:
            told = {"found": shown(raw), "kind": "date", "levels": ""}
            found.append(at_cell(Code.UNREADABLE_CELL, cell, measure=title, **told))


Rounds = Mapping[str, UnitFacts]


def together(whole: UnitFacts, rounds: Rounds, spoken_of: frozenset[str], measures: Mapping[str, Measure]) -> UnitFacts:
    """Take for all evidence what is given without a round, else what the rounds come to of what they speak of.

    A blank in one of them, or figures that cannot be brought together, leave a blank.
    """
    parts, own = (*rounds.values(), whole), whole.facts
    faults = frozenset(name for one in parts for name in one.faults)
    values = [one.values for one in rounds.values()]
    kinds: dict[str, MeasureKind | None] = {}
    blanks, inapplicable = dict(whole.blanks), dict(whole.inapplicable)
    for name in sorted(spoken_of - own.keys() - inapplicable.keys() - faults):
        kind = measures[name].kind if name in measures else None
        given = [one[name] for one in values if name in one]
        empty = [one.blanks[name] for one in rounds.values() if name in one.blanks]
        if not empty and come_together(given, kind):
            kinds[name] = kind
        elif empty or given:
            blanks[name] = next(iter(empty), None) or next(iter(_facts(name, rounds))).cell
        else:
            inapplicable[name] = next(one.inapplicable[name] for one in rounds.values() if name in one.inapplicable)

    def made(name: str) -> Fact:
        fact = over_rounds(_facts(name, rounds), kinds[name]) if name in kinds else own[name]
        assert fact is not None  # noqa: S101  they come together
        return fact

    facts = MadeFacts(dict.fromkeys((*own, *kinds)), made)
    events = tuple(event for one in parts for event in one.events)
    said = replace(whole, facts=facts, blanks=blanks, inapplicable=inapplicable, faults=faults)
    return replace(said, events=events, rounds=rounds)


def _facts(name: str, rounds: Rounds) -> list[Fact]:
    return [one.facts[name] for one in rounds.values() if name in one.facts]


def spoken_of(rounds: Rounds) -> frozenset[str]:
    """Name what rounds speak of: a blank without a round is none then, nor what a blank means otherwise."""
    return frozenset().union(
        *(names for one in rounds.values() for names in (one.values, one.blanks, one.inapplicable))
    )


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
