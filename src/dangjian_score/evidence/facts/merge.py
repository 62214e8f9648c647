"""Tables of all files → one evidence: rows gathered by unit and round, settled, and put together."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.columns import AMOUNT, ASSESSOR, BALLOT, DAY, FIXED_GRADE, ROUND, explanation_of
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.facts import Cell, Event, Evidence, Fate, Owners, Row
from dangjian_score.core.names import fold, nearest, order_key, twins
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.stages import NOTHING_DEFERRED, Deferred
from dangjian_score.evidence.facts.agree import Agreement
from dangjian_score.evidence.facts.assessors import AssessorReader
from dangjian_score.evidence.facts.events import EventReader, Outside, round_by_day, scales
from dangjian_score.evidence.facts.postponed import Postponed
from dangjian_score.evidence.facts.slots import MergeLog, SlotFiller, Spellings, UnitSlot
from dangjian_score.evidence.facts.units import Roster, Unit, UnitWriter
from dangjian_score.evidence.tables.account import Claim
from dangjian_score.evidence.tables.cells import KeyText, read_key
from dangjian_score.evidence.tables.columns import TableKind
from dangjian_score.evidence.tables.table import EvidenceTable, TableRow
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of, spans_of_rounds

Details = tuple[str, ...]


class Merged(Struct, frozen=True):
    """The evidence, its sources aside; what is wrong with it, and what became of cells on the way."""

    evidence: Evidence
    found: tuple[Diagnostic, ...]
    claims: tuple[Claim, ...]


def merge(
    tables: Iterable[EvidenceTable],
    rubric: Rubric,
    known: Catalogue,
    roster: Roster | None,
    deferred: Deferred = NOTHING_DEFERRED,
) -> Merged:
    """Bring together what tables say; what is faulty is a finding and left out, what is `deferred` is noted so."""
    merging = _Merging(rubric, known, roster, deferred)
    late: list[EvidenceTable] = []  # what only adds to units waits until all units are known
    for table in tables:
        merging.open(table)
        match table.kind:
            case "matrix" | "form" | "assessors":
                merging.take(table)
            case "register" | "ballots" | "rulings" | "grade rulings":  # `_LATE`
                late.append(table)
            case "roster":
                raise AssertionError(table)  # rosters are read before, by themselves
    merging.report_same_names()
    merging.take_late(late)
    return merging.merged()


class _Repetitions:
    """Remembers what rows mean, and reports those that mean the same as one before them."""

    def __init__(self, log: MergeLog) -> None:
        self._log = log
        self._first: dict[Hashable, tuple[Callable[[], Details], Cell]] = {}
        self._others: dict[Hashable, dict[Details, Cell]] = {}

    def repeats(
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
        first_details, first = self._first[meaning]
        before = self._others.get(meaning) or self._others.setdefault(meaning, {first_details(): first})
        own = details()
        same = before.get(own)
        if same is not None and (within_a_file or same.file != cell.file):
            self._log.report(Code.EVENT_TWICE, cell, first=str(same), measure=about)
            return True
        if within_a_file:
            self._log.report(Code.PERHAPS_TWICE, cell, first=str(first), measure=about)
        before.setdefault(own, cell)
        return False


_UNKNOWN = 50
"""Unknown units for which a name that may be meant is looked for."""
_LOOKS = str.maketrans("0〇-ーㄧ㇐囗ロエニハカタト", "oo一一一一口口工二八力夕卜", '()"')
"""What stands for what else in the look of a unit's name; brackets and quotation marks are none of it."""


_LATE: Final = ("register", "ballots", "rulings", "grade rulings")
"""Tables that only add to units that are known."""
BETWEEN_UNITS: Final = re.compile("[、﹑､]")
"""What stands between the units of an event in one cell: what has the normal form 、."""
_PARTED: Final = re.compile(r"[，,；;/／\s]+|和|及")
"""What somebody may write between units instead."""


class _Address(Struct, frozen=True):
    """The unit and the round that a row is about."""

    unit: str
    round: str | None


_Addresses = tuple[_Address, ...]


class _Merging:
    """What has been gathered so far."""

    def __init__(self, rubric: Rubric, known: Catalogue, roster: Roster | None, deferred: Deferred) -> None:
        self._rubric, self._known, self._roster = rubric, known, roster
        self._postponed = Postponed(deferred)
        self._rounds = rounds_of(rubric.rounds)
        self._spans = spans_of_rounds(rubric.rounds, rubric.period)
        self._round_names = {fold(name): name for name in self._rounds}
        self._log = MergeLog()
        self._spellings = Spellings(self._log)
        self._repetitions = _Repetitions(self._log)
        self._filler = SlotFiller(known, self._spellings, self._log)
        self._assessors = AssessorReader(known, self._spellings, self._log)
        self._units: dict[str, Unit] = {}
        self._columns: dict[str, Cell] = {}
        self._has_register = False
        self._percents: set[str] = set()
        self._near: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._sharing = set[tuple[str, str | None]]()
        self._owners: dict[Row, Owners] = dict(roster.rows) if roster else {}
        for listed in roster.units if roster else ():
            unit = Unit(listed.cell, since=listed.since, until=listed.until, entered=False)
            unit = self._units.setdefault(listed.unit, unit)
            self._columns |= {name: cell for name, (_, cell) in listed.attributes.items()}
            self._filler.cells(unit.slots[None], listed.attributes.items())

    def open(self, table: EvidenceTable) -> None:
        """Take in what a table says by its columns alone."""
        self._has_register |= table.kind == "register"
        self._log.misspelt |= table.mistaken
        self._percents |= table.percents

    def take(self, table: EvidenceTable) -> None:
        """Take a matrix, a form or assessors' figures in."""
        titles = {name: cell for name, cell in table.titles.items() if name in self._known.measures}
        self._columns = {**titles, **self._columns}
        if table.kind == "form" and len({row.cell for row in table.rows}) == 1:
            self._belongs(self._unit_named(table.rows[0].unit, "form"), (table.sheet.file, table.sheet.name, 0), 0)
        explaining = {name: title for name in self._known.judged if (title := explanation_of(name)) in table.titles}
        first: dict[tuple[_Address, str], Cell] = {}
        for at, row in enumerate(table.rows):
            address = next(iter(self._addresses(row, table.kind)), None)
            if address is None:
                continue
            unit = self._unit_at(address.unit, row.cell)
            if self._postponed.takes_round(address.round, row, self._log):
                continue
            assessor = fold(row.text(ASSESSOR)) if table.kind == "assessors" else ""
            before = first.setdefault((address, assessor), row.cell)
            if table.kind != "form" and before != row.cell:
                self._log.report(Code.UNIT_TWICE, row.cell, unit=row.unit, first=str(before))
                self._log.claim(row, Fate.FAULTY)
                continue
            slot = unit.slots[address.round]
            slot.rows += 1
            for measure, title in explaining.items():
                if (explanation := row.explanation(title)) is not None:
                    by = row.text(ASSESSOR) or None
                    slot.explanations[measure].append(replace(explanation, assessor=by))
                elif row.has(title):
                    slot.unexplained[measure].append(row.unexplained(title))
            match table.kind:
                case "assessors":
                    self._assessors.take(slot, row)
                case "matrix":
                    self._filler.row(slot, table, at)
                case _:
                    self._filler.cells(slot, row.cells())

    def _unit_at(self, name: str, cell: Cell) -> Unit:
        """Find a unit by its name; where evidence names it first is where its problems are to be mended."""
        unit = self._units.setdefault(name, Unit(cell))
        if not unit.entered:
            unit.cell, unit.entered = cell, True
        return unit

    def _addresses(self, row: TableRow, kind: TableKind) -> _Addresses:
        """Find which units and which round a row is about; empty where it names any that is not known."""
        units = self._units_of(row, kind)
        for number in {row.cell.row, *row.numbers}:
            for unit in units:
                self._belongs(unit, (row.cell.file, row.cell.sheet, number), row.cell.column)
        round_, raw, is_clear = None, row.raw(ROUND), None not in units
        if raw is not None and (key := read_key(raw)) is not None:
            round_ = self._round_names.get(key.folded) if isinstance(key, KeyText) else None
            if isinstance(key, KeyText) and round_ is not None:
                self._spellings.of(ROUND, key, row.place(ROUND), (round_,))
            else:
                self._no_round(row.place(ROUND), row.text(ROUND), kind)
                is_clear = False
        if not is_clear:
            self._log.claim(row, Fate.FAULTY)
            return ()
        return tuple(_Address(unit, round_) for unit in units if unit is not None)

    def _units_of(self, row: TableRow, kind: TableKind) -> tuple[str | None, ...]:
        """Return the units that a row is about, several of an event; None for each name that is reported."""
        if (known := self._unit_named(row.unit, kind)) is not None:
            self._same(row.unit, known, row.cell)
            return (known,)
        names = self._names_in(row.unit) if kind == "register" else (row.unit,)
        units: list[str | None] = []
        for name in names:
            unit = self._unit_named(name, kind)
            if unit is None:
                self._unknown(name, row.cell, kind)
            elif unit in units:
                self._log.report(Code.UNIT_TWICE_IN_CELL, row.cell, unit=name)
                unit = None
            else:
                self._same(name, unit, row.cell)
            units.append(unit)
        if len(units) > 1 and None not in units and (row.cell.file, row.cell.sheet) not in self._sharing:
            self._sharing.add((row.cell.file, row.cell.sheet))
            self._log.report(Code.UNITS_SHARE, row.cell, found=row.unit)
        return tuple(units)

    def _names_in(self, text: str) -> tuple[str, ...]:
        """Return the names of units in a cell, or its text as one name that is misspelt."""
        names = tuple(name.strip() for name in BETWEEN_UNITS.split(text))
        several = any(self._unit_named(name, "register") for name in names) or not self._nearest(text)
        return names if several and all(names) else (text,)

    def _unit_named(self, name: str, kind: TableKind) -> str | None:
        """Return the unit that a name stands for; None where it is not known, in `_LATE` tables not yet."""
        if self._roster is not None:
            unit = self._roster.spellings.get(fold(name))
        else:
            unit = name if kind not in _LATE or name in self._units else self._by_form().get(fold(name))
        return None if kind in _LATE and unit not in self._units else unit

    def _by_form(self) -> Mapping[str, str]:
        """Return the units by the normal forms of their names; late tables add none."""
        if not self._forms:
            self._forms = {fold(unit): unit for unit in self._units}
        return self._forms

    def _same(self, name: str, unit: str, cell: Cell) -> None:
        """Note where a name is that of a unit but for its spelling; an alias is another name."""
        if name != unit and fold(name) == fold(unit):
            self._spellings.of(self._rubric.subject, KeyText(name, fold(name)), cell, (unit,))

    def _unknown(self, name: str, cell: Cell, kind: TableKind) -> None:
        """Report a name that is no unit."""
        several = self._listed(name) if kind == "register" else ()
        near = "、".join(several) or self._nearest(name)
        self._log.misspelt.update(several or (near,))
        args = {"unit": name, "near": near, "table": "" if self._roster else kind, "measure": name}
        self._log.report(Code.UNIT_UNKNOWN, cell, **args)

    def _nearest(self, unknown: str) -> str:
        """Find the unit that is most likely meant, for as many as somebody will look at."""
        if unknown not in self._near and len(self._near) < _UNKNOWN:
            self._near[unknown] = nearest(unknown, self._units)
        return self._near.get(unknown, "")

    def _listed(self, text: str) -> tuple[str, ...]:
        """Return the units of a cell that are parted by other marks than 、; none where any name is unknown."""
        names = tuple(name for name in _PARTED.split(text) if name)
        return names if len(names) > 1 and all(name in self._units for name in names) else ()

    def _belongs(self, unit: str | None, row: Row, column: int) -> None:
        """Remember whose row it is from a column on."""
        if unit is None:
            return
        owners = self._owners.setdefault(row, ((column, unit),))
        if (column, unit) not in owners:
            self._owners[row] = tuple(sorted((*owners, (column, unit))))

    def _no_round(self, cell: Cell, text: str, kind: TableKind) -> None:
        """Report a row that names no round of the rubric."""
        args = {"measure": ROUND, "found": text, "table": kind, "rounds": "、".join(self._rounds)}
        self._log.report(Code.ROUND_UNKNOWN, cell, **args)

    def report_same_names(self) -> None:
        """Report names that differ only by spaces, width, brackets or characters that look alike: likely one unit."""
        first: dict[str, str] = {}
        for name, unit in self._units.items():
            known = first.setdefault(fold(name).translate(_LOOKS), name)
            if known != name:
                args = {"unit": name, "other": known, "first": str(self._units[known].cell)}
                self._log.report(Code.UNIT_NEAR_MISS, unit.cell, **args, letters=twins(name, known))

    def take_late(self, tables: Iterable[EvidenceTable]) -> None:
        """Take registers, ballots and rulings in."""
        tables = tuple(tables)
        rows = (row for table in tables if table.kind == "register" for row in table.rows)
        reader = EventReader(self._known, self._rubric.period, scales(rows, self._known), self._spellings, self._log)
        taking: dict[TableKind, Callable[[_Addresses, TableRow, EventReader], bool]] = {
            "register": self._take_event,
            "ballots": self._take_ballot,
            "rulings": self._take_ruling,
            "grade rulings": self._take_grade_ruling,
        }
        for table in tables:
            by_day = table.kind == "register" and bool(self._postponed.deferred.by_day)
            for row in table.rows:
                addresses = self._addresses(row, table.kind)
                if not addresses or (not by_day and self._postponed.takes_round(addresses[0].round, row, self._log)):
                    continue
                if not taking[table.kind](addresses, row, reader):
                    self._log.claim(row, Fate.FAULTY)

    def _take_event(self, addresses: _Addresses, row: TableRow, reader: EventReader) -> bool:
        event = reader.event(row)
        if not isinstance(event, Event):
            return isinstance(event, Outside)
        by_day = round_by_day(event, self._spans)
        round_ = addresses[0].round or by_day
        if by_day not in (None, round_):
            args = {"found": row.text(DAY), "round": round_ or "", "other": by_day or ""}
            self._log.report(Code.ROUND_AND_DAY, row.place(ROUND), **args)
            return False
        if round_ is None and event.register in self._known.in_rounds:
            if DAY not in event.faults:
                self._no_round(row.cell, "", "register")
            return False
        if self._postponed.takes_event(event, round_, row, self._log):
            return True
        values = frozenset({AMOUNT: Fraction(1), **event.values}.items())
        for address in addresses:
            meaning = ("register", address.unit, event.register, round_, values)
            if not event.faults and self._repetitions.repeats(meaning, row.details, row.cell, event.register):
                return False
        for address in addresses:
            self._units[address.unit].slots[round_].events.append(event)
        return True

    def _take_ballot(self, addresses: _Addresses, row: TableRow, reader: EventReader) -> bool:
        (address,) = addresses
        votes = reader.votes(row)
        cast = frozenset((level, fact.value) for level, fact in votes.items() if fact is not None)
        meaning = ("ballots", address, fold(row.text(BALLOT)), cast)
        if self._repetitions.repeats(meaning, tuple, row.cell, row.text(BALLOT), within_a_file=False):
            return False
        slot = self._slot(address)
        for level, fact in votes.items():
            self._columns.setdefault(level, row.cell)
            if fact is None:
                slot.faults.add(level)
            else:
                slot.votes[level].append(fact)
        return bool(votes)

    def _take_ruling(self, addresses: _Addresses, row: TableRow, reader: EventReader) -> bool:
        (address,) = addresses
        ruling = reader.ruling(row)
        if ruling is None:
            return False
        meaning = ("rulings", address, ruling.node, ruling.points, reader.day(row))
        details = fold(ruling.reason), fold(ruling.approver)
        if self._repetitions.repeats(meaning, lambda: details, row.cell, ruling.node):
            return False
        self._slot(address).rulings.append(ruling)
        return True

    def _take_grade_ruling(self, addresses: _Addresses, row: TableRow, reader: EventReader) -> bool:
        (address,) = addresses
        ruling = reader.grade_ruling(row)
        if ruling is None:
            return False
        held = self._slot(address).grade_rulings
        if not held:
            held.append(ruling)
            return True
        args = {"unit": address.unit, "measure": FIXED_GRADE, "first": str(held[0].cell)}
        is_same = held[0].grade == ruling.grade
        code = Code.SAME_VALUE_TWICE if is_same else Code.VALUES_DIFFER
        self._log.report(code, ruling.cell, **args, other=held[0].grade, found=ruling.grade)
        return is_same

    def _slot(self, address: _Address) -> UnitSlot:
        return self._units[address.unit].slots[address.round]

    def merged(self) -> Merged:
        """Settle what only all tables together tell, and write the units."""
        log, known = self._log, self._known
        agreement = Agreement(known.measures, self._filler.settled(self._percents))
        due = tuple(name for name in self._rounds if name not in self._postponed.deferred.rounds)
        complete = tuple(round_ for round_ in due if all(unit.has_rows(round_) for unit in self._units.values()))
        is_interim = self._postponed.deferred != NOTHING_DEFERRED
        writer = UnitWriter(due, complete, is_interim, known, agreement, log)
        existing = {name: unit for name, unit in self._units.items() if not self._postponed.takes_unit(name, unit)}
        names = existing if self._roster else sorted(existing, key=order_key)
        units = tuple(writer.write(name, existing[name]) for name in names)
        self._postponed.measures(units, log)
        self._postponed.report(log)
        misspelt = frozenset(log.misspelt - {""})
        evidence = Evidence((), units, self._columns, self._has_register, self._owners, misspelt)
        return Merged(evidence, tuple(dict.fromkeys(log.found)), tuple(log.claims))
