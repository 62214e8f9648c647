"""Units: the roster (名册), and a unit's slots → its facts in each round and over all evidence."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.columns import ALIASES, SINCE, UNTIL
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Fact, Owners, Row, UnitFacts, joined
from dangjian_score.core.names import fold
from dangjian_score.engine.aggregates import added
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.stages import held_in, together
from dangjian_score.evidence.facts.agree import Agreed, Agreement
from dangjian_score.evidence.facts.assessors import Given, answer_text, categories, given
from dangjian_score.evidence.facts.slots import MergeLog, UnitSlot
from dangjian_score.evidence.sheets import RawCell, shown, written
from dangjian_score.evidence.tables.cells import Good, KeyText, read, read_key
from dangjian_score.evidence.tables.table import EvidenceTable, Placed, TableRow

_BETWEEN = re.compile(r"[、,，;；/|\n]")
"""What stands between aliases."""
_DAY = Measure("", "date", None, None, None, ())


class RosterEntry(Struct, frozen=True):
    """One unit of the roster."""

    unit: str
    cell: Cell
    attributes: Mapping[str, Placed]
    since: int | None
    until: int | None


class Roster(Struct, frozen=True):
    """All units, in order, what each spelling means, and the rows of those that stand there once."""

    units: tuple[RosterEntry, ...]
    spellings: Mapping[str, str]
    rows: Mapping[Row, Owners]


def roster(tables: Iterable[EvidenceTable]) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """Read the roster's tables."""
    units: list[RosterEntry] = []
    spellings: dict[str, str] = {}
    first: dict[str, Cell] = {}
    rows: dict[Row, Owners] = {}
    found: list[Diagnostic] = []
    for row in (row for table in tables for row in table.rows):
        names = (row.unit, *_aliases(row))
        if not any(fold(name) in spellings for name in names):
            rows[row.cell.file, row.cell.sheet, row.cell.row] = ((row.cell.column, row.unit),)
        for name in names:
            if fold(name) in spellings:
                found.append(at_cell(Code.UNIT_TWICE, row.cell, unit=name, first=str(first[fold(name)])))
            spellings.setdefault(fold(name), row.unit)
            first.setdefault(fold(name), row.cell)
        attributes = {name: row.placed(name) for name in row.names if name not in (ALIASES, SINCE, UNTIL)}
        since, until = (_day(row, title, found) for title in (SINCE, UNTIL))
        units.append(RosterEntry(row.unit, row.cell, attributes, since, until))
    return Roster(tuple(units), spellings, rows), tuple(found)


def _aliases(row: TableRow) -> Iterator[str]:
    """Give a unit's other names; placeholders are none."""
    raw = row.raw(ALIASES)
    for name in () if raw is None else _BETWEEN.split(written(raw)):
        if isinstance(read_key(RawCell(name)), KeyText):
            yield " ".join(name.split())


def _day(row: TableRow, title: str, found: list[Diagnostic]) -> int | None:
    """Read a day of the roster, as its ordinal; None where it is blank or unreadable, which is reported."""
    raw = row.raw(title)
    if raw is None:
        return None
    match read(raw, _DAY):
        case Good(Fraction() as day):
            return day.numerator
        case _:
            args = {"found": shown(raw), "kind": "date", "levels": ""}
            found.append(at_cell(Code.UNREADABLE_CELL, row.place(title), measure=title, **args))
            return None


class Unit(Struct):
    """What has been gathered of one unit so far, by round; `entered` unless only a roster names it."""

    cell: Cell
    slots: dict[str | None, UnitSlot] = field(default_factory=lambda: defaultdict(UnitSlot))
    since: int | None = None
    until: int | None = None
    entered: bool = True

    def has_rows(self, round_: str) -> bool:
        """Return whether rows were handed in for a round."""
        return round_ in self.slots and self.slots[round_].rows > 0


class UnitWriter(Struct, frozen=True):
    """Writes the facts of units from what has been gathered of them.

    `rounds` are those that are due, all of them unless `is_interim`; `complete` are those with rows of all units.
    """

    rounds: tuple[str, ...]
    complete: tuple[str, ...]
    is_interim: bool
    known: Catalogue
    agreement: Agreement
    log: MergeLog

    def write(self, name: str, unit: Unit) -> UnitFacts:
        """Write a unit with its rounds."""
        describing = self._described(name, unit)
        missing = self._missing(name, unit)
        slots = {round_: unit.slots.get(round_, UnitSlot()) for round_ in self.rounds if round_ not in missing}
        rounds = {round_: self._facts(name, unit, slot, describing) for round_, slot in slots.items()}
        whole = self._facts(name, unit, unit.slots.get(None, UnitSlot()), describing, held_in(rounds))
        written = together(whole, rounds, self.known.measures) if self.rounds else whole
        later = (slot for round_, slot in unit.slots.items() if round_ is not None and round_ not in self.rounds)
        events = tuple(event for slot in later for event in slot.events)
        return replace(written, events=(*written.events, *events)) if events else written

    def _described(self, name: str, unit: Unit) -> Agreed:
        """Bring together what describes a unit, in whatever round; it may well be said twice."""
        log = MergeLog()
        described = self.agreement.of(name, [part for slot in unit.slots.values() for part in slot.describes], log)
        self.log.found += (finding for finding in log.found if finding.code is not Code.SAME_VALUE_TWICE)
        return described

    def _facts(
        self, name: str, unit: Unit, slot: UnitSlot, describing: Agreed, elsewhere: frozenset[str] = frozenset()
    ) -> UnitFacts:
        own = self.agreement.of(name, slot.measured, self.log, elsewhere)
        of_assessors = categories(name, slot, self.known, self.log)
        judged = {measure: self._given(name, measure, slot, own) for measure in {**slot.assessed, **slot.absences}}
        faults = frozenset(measure for measure, answers in judged.items() if answers.faulty)
        declined = {measure: answers.declined for measure, answers in judged.items() if answers.declined is not None}
        inapplicable = {**own.inapplicable, **declined, **describing.inapplicable}
        votes = {level: added(cast) for level, cast in slot.votes.items() if level not in slot.faults}
        facts = {name: fact for name, fact in own.facts.items() if name not in faults} if faults else own.facts
        others = {**votes, **describing.facts}
        return UnitFacts(
            unit=name,
            cell=unit.cell,
            facts=joined(facts, others),
            blanks={**own.blanks, **describing.blanks},
            faults=own.faults | describing.faults | faults | slot.faults,
            inapplicable={measure: cell for measure, cell in inapplicable.items() if measure not in faults},
            assessed={measure: answers.figures for measure, answers in judged.items() if answers.figures},
            absences={measure: answers.absences for measure, answers in judged.items() if answers.absences},
            categories=of_assessors,
            explanations={measure: tuple(given) for measure, given in slot.explanations.items()},
            unexplained={measure: tuple(given) for measure, given in slot.unexplained.items()},
            attributes={attribute: self._shown(attribute, fact) for attribute, fact in describing.facts.items()},
            events=tuple(slot.events),
            rulings=tuple(slot.rulings),
            grade_ruling=next(iter(slot.grade_rulings), None),
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
        return given(unit, self.known.measures[name], slot, entered, self.log)

    def _missing(self, name: str, unit: Unit) -> tuple[str, ...]:
        """Return and report the rounds without a row, where anything is entered in rows."""
        if not self.rounds or set(self.known.entered.measures) <= set(self.known.attributes):
            return ()
        missing = tuple(round_ for round_ in self.rounds if not unit.has_rows(round_))
        if missing:
            rounds, all_rounds = "、".join(missing), "、".join(self.rounds)
            args = {"unit": name, "round": rounds, "rounds": all_rounds}
            hint = {"all": "", "due": ""} if self.is_interim else {"all": "all", "due": ",".join(self.complete)}
            self.log.report(Code.ROUND_MISSING, unit.cell, **args, **hint)
        return missing
