"""Tables of all files → one evidence: cells read, per cents settled by column, a unit's rows put together."""

from collections.abc import Callable, Hashable, Iterable
from difflib import get_close_matches
from fractions import Fraction
from functools import cache

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Event, Evidence, Fate, Owners, Row, SourceFile
from dangjian_score.core.names import fold, order_key
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence.facts.assessors import AssessorReader
from dangjian_score.evidence.facts.events import EventReader, Outside, round_by_day, scales
from dangjian_score.evidence.facts.gather import Gathering, UnitSlot
from dangjian_score.evidence.facts.taking import Taker
from dangjian_score.evidence.facts.units import Roster, Unit, UnitWriter
from dangjian_score.evidence.sheets import CellAccount
from dangjian_score.evidence.tables.columns import AMOUNT, ASSESSOR, BALLOT, ROUND, Kind
from dangjian_score.evidence.tables.find import SheetTable
from dangjian_score.evidence.tables.keys import Key, Spellings, Unusable, read_key
from dangjian_score.evidence.tables.rows import Entry
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of

Details = tuple[str, ...]


class Twice:
    """Remembers what rows mean, and reports those that mean the same as one before them."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self._found = found
        self._first: dict[Hashable, tuple[Callable[[], Details], Cell]] = {}
        self._others: dict[Hashable, dict[Details, Cell]] = {}

    def says(
        self, meaning: Hashable, details: Callable[[], Details], cell: Cell, about: str, *, within_a_file: bool = True
    ) -> bool:
        """Tell whether a row says what another one says, which is an error.

        Where only the `details` differ (a subject, a number of a document, a remark) both count, with a warning; they
        are asked for where they matter. `within_a_file` is false for rows that may well be alike in one file, such as
        ballots.
        """
        if meaning not in self._first:
            self._first[meaning] = details, cell
            return False
        said, first = self._first[meaning]
        before = self._others.get(meaning) or self._others.setdefault(meaning, {said(): first})
        own = details()
        same = before.get(own)
        if same is not None and (within_a_file or same.file != cell.file):
            self._found.append(at_cell(Code.EVENT_TWICE, cell, first=str(same), measure=about))
            return True
        if within_a_file:
            self._found.append(at_cell(Code.PERHAPS_TWICE, cell, first=str(first), measure=about))
        before.setdefault(own, cell)
        return False


_UNKNOWN = 50
_BRACKETS = str.maketrans("", "", '()"')


class Merger:
    """Gathers tables; `evidence` then gives what they say together, with all that is wrong with them."""

    def __init__(self, rubric: Rubric, known: Catalogue, roster: Roster | None, account: CellAccount) -> None:
        self._rubric, self._known, self._roster, self._account = rubric, known, roster, account
        self._rounds = rounds_of(rubric.rounds)
        self._units: dict[str, Unit] = {}
        self._columns: dict[str, Cell] = {}
        self._found: list[Diagnostic] = []
        self._spellings = Spellings(self._found)
        self._twice = Twice(self._found)
        self._late: list[SheetTable] = []
        self._assessors = AssessorReader(known, self._spellings, self._found)
        self._taker = Taker(known, self._spellings)
        self._has_register = False
        self._near: dict[str, str] = {}
        self._misspelt: set[str] = set()
        self._percents: set[str] = set()
        self._rows: dict[Row, Owners] = dict(roster.rows) if roster else {}
        for listed in roster.units if roster else ():
            first = Unit(listed.cell, since=listed.since, until=listed.until, entered=False)
            unit = self._units.setdefault(listed.unit, first)
            self._columns |= {name: cell for name, (_, cell) in listed.attributes.items()}
            self._taker.cells(unit.slots[None], listed.attributes)

    def add(self, table: SheetTable) -> None:
        """Take one table in; what only adds to units waits until all units are known."""
        self._has_register |= table.kind == "register"
        self._misspelt |= table.mistaken
        self._percents |= table.percents
        if table.kind not in ("matrix", "form", "assessors"):
            self._late.append(table)
            return
        titles = ((name, cell) for name, cell in table.titles.items() if name in self._known.measures)
        self._columns = {**dict(titles), **self._columns}
        if table.kind == "form" and len({entry.cell for entry in table.entries}) == 1:
            self._belongs(self._name_of(table.entries[0]), (table.sheet.file, table.sheet.name, 0), 0)
        rows: dict[tuple[str | None, ...], Cell] = {}
        take = self._taking(table)
        for entry in table.entries:
            round_ = self._round(entry, table.kind)
            name = self._name(entry, table.kind, known_only=False)
            if name is None or isinstance(round_, Diagnostic):
                self._refuse(entry)
                continue
            assessor = fold(entry.text(ASSESSOR)) if table.kind == "assessors" else ""
            first = rows.setdefault((name, round_, assessor), entry.cell)
            if table.kind != "form" and first != entry.cell:
                self._found.append(at_cell(Code.UNIT_TWICE, entry.cell, unit=entry.unit, first=str(first)))
                self._refuse(entry)
                continue
            slot = self._unit_at(name, entry.cell).slots[round_]
            slot.rows += 1
            take(slot, entry)

    def _taking(self, table: SheetTable) -> Callable[[UnitSlot, Entry], None]:
        """Tell how the rows of a table are taken."""
        match table.kind:
            case "assessors":
                return self._assessors.take
            case "matrix" if table.entries:
                return self._taker.matrix(table.sheet, table.entries[0].cells.columns)
            case _:
                return self._taker.form

    def _unit_at(self, name: str, cell: Cell) -> Unit:
        """Find a unit by its name; where evidence names it first is where its problems are to be mended."""
        unit = self._units.setdefault(name, Unit(cell))
        if not unit.entered:
            unit.cell, unit.entered = cell, True
        return unit

    def _refuse(self, entry: Entry) -> None:
        """Account for a row that is part of an error."""
        entry.mark(self._account, Fate.FAULTY)

    def _name(self, entry: Entry, kind: Kind, *, known_only: bool) -> str | None:
        """Find whose row it is; a unit that nobody expects is a finding."""
        name = self._name_of(entry)
        if name is not None and (name in self._units or not known_only):
            cell = entry.cell
            for row in {cell.row, *entry.cells.numbers}:
                self._belongs(name, (cell.file, cell.sheet, row), cell.column)
            return name
        near = self._nearest(entry.unit)
        self._misspelt.add(near)
        args = {"unit": entry.unit, "near": near, "table": "" if self._roster else kind, "measure": entry.unit}
        self._found.append(at_cell(Code.UNIT_UNKNOWN, entry.cell, **args))
        return None

    def _nearest(self, unknown: str) -> str:
        """Find the unit that is most likely meant, for as many as somebody will look at."""
        if unknown not in self._near and len(self._near) < _UNKNOWN:
            self._near[unknown] = next(iter(get_close_matches(unknown, list(self._units), n=1, cutoff=0.6)), "")
        return self._near.get(unknown, "")

    def _name_of(self, entry: Entry) -> str | None:
        return entry.unit if self._roster is None else self._roster.spellings.get(fold(entry.unit))

    def _belongs(self, unit: str | None, row: Row, column: int) -> None:
        """Remember whose row it is from a column on."""
        if unit is None:
            return
        owners = self._rows.setdefault(row, ((column, unit),))
        if (column, unit) not in owners:
            self._rows[row] = tuple(sorted((*owners, (column, unit))))

    def _round(self, entry: Entry, kind: Kind) -> str | Diagnostic | None:
        """Find which round a row is of; None where it says none."""
        if ROUND not in entry.cells:
            return None
        raw, cell = entry.cells[ROUND]
        match read_key(raw):
            case None:
                return None
            case Key() as key:
                names = {fold(name): name for name in self._rounds}
                if (name := names.get(key.folded)) is not None:
                    return self._spellings.known(ROUND, name, key, cell)
            case Unusable():
                pass
        wrong = self._no_round(cell, entry.text(ROUND), kind)
        self._found.append(wrong)
        return wrong

    def _no_round(self, cell: Cell, said: str, kind: Kind) -> Diagnostic:
        told = {"measure": ROUND, "found": said, "table": kind, "rounds": "、".join(self._rounds)}
        return at_cell(Code.ROUND_UNKNOWN, cell, **told)

    def evidence(self, sources: Iterable[SourceFile]) -> tuple[Evidence, tuple[Diagnostic, ...]]:
        """Bring everything together; faulty cells are findings and leave the fact out."""
        self._same_names()
        rows = (entry for table in self._late if table.kind == "register" for entry in table.entries)
        judged = scales(rows, self._known)
        shared = (self._spellings, self._account, self._misspelt, self._found)
        prices_none = cache(self._known.prices_none)
        reader = EventReader(self._known, prices_none, self._rubric.period, judged, *shared)
        for table in self._late:
            for entry in table.entries:
                if not self._take_late(table, entry, reader):
                    self._refuse(entry)
        slots = (slot for unit in self._units.values() for slot in unit.slots.values())
        gathering = Gathering(self._known.measures, self._taker.scales(slots, self._percents))
        writer = UnitWriter(tuple(self._rounds), self._known, gathering, self._found)
        names = self._units if self._roster else sorted(self._units, key=order_key)
        units = tuple(writer.write(name, self._units[name]) for name in names)
        misspelt = frozenset(self._misspelt - {""})
        evidence = Evidence(tuple(sources), units, self._columns, self._has_register, self._rows, misspelt)
        return evidence, tuple(self._found)

    def _same_names(self) -> None:
        """Report names that differ only by spaces, width or brackets: most likely one unit."""
        first: dict[str, str] = {}
        for name, unit in self._units.items():
            known = first.setdefault(fold(name).translate(_BRACKETS), name)
            if known != name:
                other = str(self._units[known].cell)
                self._found.append(at_cell(Code.UNIT_NEAR_MISS, unit.cell, unit=name, other=known, first=other))

    def _take_late(self, table: SheetTable, entry: Entry, reader: EventReader) -> bool:
        """Take a row that only adds to a unit; tell whether it was taken."""
        name, round_ = self._name(entry, table.kind, known_only=True), self._round(entry, table.kind)
        if name is None or isinstance(round_, Diagnostic):
            return False
        unit = self._units[name]
        match table.kind:
            case "register":
                return self._take_event(name, unit, entry, round_, reader)
            case "ballots":
                return self._take_ballot(name, unit.slots[round_], entry, round_, reader)
            case _:
                return self._take_ruling(name, unit.slots[round_], entry, round_, reader)

    def _take_event(self, name: str, unit: Unit, entry: Entry, round_: str | None, reader: EventReader) -> bool:
        event = reader.event(entry)
        if not isinstance(event, Event):
            return isinstance(event, Outside)
        round_ = round_ or round_by_day(event, self._rounds)
        if round_ is None and event.register in self._known.in_rounds:
            self._found.append(self._no_round(entry.cell, "", "register"))
            return False
        values = {AMOUNT: Fraction(1), **event.values}
        meaning = ("register", name, event.register, round_, frozenset(values.items()))
        if not event.faults and self._twice.says(meaning, entry.details, entry.cell, event.register):
            return False
        unit.slots[round_].events.append(event)
        return True

    def _take_ballot(self, name: str, slot: UnitSlot, entry: Entry, round_: str | None, reader: EventReader) -> bool:
        votes = [*reader.votes(entry)]
        cast = frozenset((level, fact.value) for level, fact in votes if fact is not None)
        meaning = ("ballots", name, fold(entry.text(BALLOT)), round_, cast)
        if self._twice.says(meaning, tuple, entry.cell, entry.text(BALLOT), within_a_file=False):
            return False
        for level, fact in votes:
            self._columns.setdefault(level, entry.cell)
            if fact is None:
                slot.faults.add(level)
            else:
                slot.votes[level].append(fact)
        return bool(votes)

    def _take_ruling(self, name: str, slot: UnitSlot, entry: Entry, round_: str | None, reader: EventReader) -> bool:
        ruling = reader.ruling(entry)
        if ruling is None:
            return False
        meaning = ("rulings", name, ruling.node, round_, ruling.points, reader.day(entry))
        details = fold(ruling.reason), fold(ruling.approver)
        if self._twice.says(meaning, lambda: details, entry.cell, ruling.node):
            return False
        slot.rulings.append(ruling)
        return True
