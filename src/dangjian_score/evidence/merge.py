"""Tables of all files → one evidence: cells read, per cents settled by column, a unit's values brought together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence.cells import BarePercent, read
from dangjian_score.evidence.columns import ASSESSOR, ROUND, Kind
from dangjian_score.evidence.entries import Entry
from dangjian_score.evidence.events import RowReader, round_by_day, scales
from dangjian_score.evidence.gather import Seen, Slot, percent_scale, settled
from dangjian_score.evidence.rosters import Roster
from dangjian_score.evidence.tables import Table
from dangjian_score.evidence.units import UnitWriter
from dangjian_score.facts import Cell, Evidence, Row, Source, UnitFacts
from dangjian_score.names import fold, order_key
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of

_UNKNOWN = 50
_BRACKETS = str.maketrans("", "", "()[]{}【】〔〕〈〉《》「」")


@dataclass(slots=True)
class Unit:
    """What has been gathered of one unit so far, by round."""

    cell: Cell
    slots: dict[str | None, Slot] = field(default_factory=lambda: defaultdict(Slot))
    since: int | None = None
    until: int | None = None


class Merger:
    """Gathers tables; `evidence` then gives what they say together, with all that is wrong with them."""

    def __init__(self, rubric: Rubric, known: Catalogue, roster: Roster | None) -> None:
        self._rubric, self._known, self._roster = rubric, known, roster
        self._rounds = rounds_of(rubric.rounds)
        self._units: dict[str, Unit] = {}
        self._columns: set[str] = set()
        self._said: dict[tuple[object, ...], Cell] = {}
        self._found: list[Diagnostic] = []
        self._late: list[Table] = []
        self._assessors: dict[str, str] = {}
        self._has_register = False
        self._near: dict[str, str] = {}
        self._rows: dict[Row, str] = dict(roster.rows) if roster else {}
        for listed in roster.units if roster else ():
            unit = self._units.setdefault(listed.unit, Unit(listed.cell, since=listed.since, until=listed.until))
            self._columns |= set(listed.attributes)
            self._take_cells(unit.slots[None], Entry(listed.unit, listed.cell, listed.attributes, ()))

    def add(self, table: Table) -> None:
        """Take one table in; what only adds to units waits until all units are known."""
        self._has_register |= table.kind == "register"
        if table.kind not in ("matrix", "form", "assessors"):
            self._late.append(table)
            return
        self._columns |= table.columns & self._known.measures.keys()
        if table.kind == "form" and len({entry.cell for entry in table.entries}) == 1:
            self._belongs(self._name_of(table.entries[0]), (table.sheet.file, table.sheet.name, 0))
        rows: dict[tuple[str | None, ...], Cell] = {}
        for entry in table.entries:
            round_ = self._round(entry, table.kind)
            name = self._name(entry, table.kind, known_only=False)
            if name is None or isinstance(round_, Diagnostic):
                continue
            told = entry.text(ASSESSOR) if table.kind == "assessors" else ""
            first = rows.setdefault((name, round_, told), entry.cell)
            if table.kind != "form" and first != entry.cell:
                self._found.append(at_cell(Code.UNIT_TWICE, entry.cell, unit=entry.unit, first=str(first)))
                continue
            slot = self._units.setdefault(name, Unit(entry.cell)).slots[round_]
            slot.rows += 1
            self._take_assessor(slot, entry) if table.kind == "assessors" else self._take_cells(slot, entry)

    def _name(self, entry: Entry, kind: Kind, *, known_only: bool) -> str | None:
        """Find whose row it is; a unit that nobody expects is a finding."""
        name = self._name_of(entry)
        if name is not None and (name in self._units or not known_only):
            for cell in (entry.cell, *(cell for _, cell in entry.cells.values())):
                self._belongs(name, (cell.file, cell.sheet, cell.row))
            return name
        told = {"unit": entry.unit, "near": self._nearest(entry.unit), "table": "" if self._roster else kind}
        self._found.append(at_cell(Code.UNIT_UNKNOWN, entry.cell, **told))
        return None

    def _nearest(self, unknown: str) -> str:
        """Find the unit that is most likely meant, for as many as somebody will look at."""
        if unknown not in self._near and len(self._near) < _UNKNOWN:
            self._near[unknown] = next(iter(get_close_matches(unknown, list(self._units), n=1, cutoff=0.6)), "")
        return self._near.get(unknown, "")

    def _name_of(self, entry: Entry) -> str | None:
        return entry.unit if self._roster is None else self._roster.spellings.get(fold(entry.unit))

    def _belongs(self, unit: str | None, row: Row) -> None:
        """Remember whose row it is."""
        if unit is not None:
            self._rows[row] = unit

    def _round(self, entry: Entry, kind: Kind) -> str | Diagnostic | None:
        """Find which round a row is of; None where it says none."""
        said = entry.text(ROUND)
        if not said:
            return None
        names = {fold(name): name for name in self._rounds}
        if (name := names.get(fold(said))) is not None:
            return name
        wrong = self._no_round(entry.cells[ROUND][1], said, kind)
        self._found.append(wrong)
        return wrong

    def _no_round(self, cell: Cell, said: str, kind: Kind) -> Diagnostic:
        told = {"measure": ROUND, "found": said, "table": kind, "rounds": "、".join(self._rounds)}
        return at_cell(Code.ROUND_UNKNOWN, cell, **told)

    def _take_cells(self, slot: Slot, entry: Entry) -> None:
        for name, (raw, cell) in entry.cells.items():
            if name in self._known.measures:
                measure = self._known.measures[name]
                if raw is None:
                    slot.blanks.setdefault(name, cell)
                else:
                    slot.seen[name].append(Seen(raw, cell, read(raw, measure)))

    def _take_assessor(self, slot: Slot, entry: Entry) -> None:
        for name in self._known.judged & entry.cells.keys():
            raw, cell = entry.cells[name]
            if raw is not None:
                seen = Seen(raw, cell, read(raw, self._known.measures[name]))
                who = entry.text(ASSESSOR)
                who = self._assessors.setdefault(fold(who), who)
                slot.assessed[name].setdefault(who, []).append(seen)

    def evidence(self, sources: Iterable[Source]) -> tuple[Evidence, tuple[Diagnostic, ...]]:
        """Bring everything together; faulty cells are findings and leave the fact out."""
        self._same_names()
        rows = (entry for table in self._late if table.kind == "register" for entry in table.entries)
        reader = RowReader(self._known, self._rubric.period, scales(rows, self._known), self._found)
        for table in self._late:
            for entry in table.entries:
                self._take_late(table, entry, reader)
        self._settle_percents()
        names = self._units if self._roster else sorted(self._units, key=order_key)
        units = tuple(self._unit(name) for name in names)
        found = tuple(self._found)
        return Evidence(tuple(sources), units, frozenset(self._columns), self._has_register, self._rows), found

    def _unit(self, name: str) -> UnitFacts:
        unit = self._units[name]
        writer = UnitWriter(name, unit.cell, (unit.since, unit.until), self._rubric, self._known, self._found)
        return writer.write(unit.slots)

    def _same_names(self) -> None:
        """Report names that differ only by spaces, width or brackets: most likely one unit."""
        first: dict[str, str] = {}
        for name, unit in self._units.items():
            known = first.setdefault(fold(name).translate(_BRACKETS), name)
            if known != name:
                other = str(self._units[known].cell)
                self._found.append(at_cell(Code.UNIT_NEAR_MISS, unit.cell, unit=name, other=known, first=other))

    def _take_late(self, table: Table, entry: Entry, reader: RowReader) -> None:
        """Take a row that only adds to a unit."""
        name, round_ = self._name(entry, table.kind, known_only=True), self._round(entry, table.kind)
        if name is None or isinstance(round_, Diagnostic) or self._said_before(name, table.kind, entry):
            return
        unit = self._units[name]
        if table.kind == "register":
            self._take_event(unit, entry, round_, reader)
        elif table.kind == "ballots":
            self._take_ballot(unit.slots[round_], entry, reader)
        elif (ruling := reader.ruling(entry)) is not None:
            unit.slots[round_].rulings.append(ruling)

    def _said_before(self, name: str, kind: Kind, entry: Entry) -> bool:
        """Report a row that says just what another says: one event, unless its case or number differs."""
        first = self._said.setdefault((kind, name, entry.says), entry.cell)
        if first == entry.cell:
            return False
        if kind == "ballots" and first.file == entry.cell.file:
            return False
        self._found.append(at_cell(Code.EVENT_TWICE, entry.cell, first=str(first), measure=""))
        return True

    def _take_event(self, unit: Unit, entry: Entry, round_: str | None, reader: RowReader) -> None:
        event = reader.event(entry)
        if event is None:
            return
        round_ = round_ or round_by_day(event, self._rounds)
        if round_ is None and event.register in self._known.in_rounds:
            self._found.append(self._no_round(entry.cell, "", "register"))
        else:
            unit.slots[round_].events.append(event)

    def _take_ballot(self, slot: Slot, entry: Entry, reader: RowReader) -> None:
        for name, fact in reader.votes(entry):
            self._columns.add(name)
            if fact is None:
                slot.faults.add(name)
            else:
                slot.votes[name].append(fact)

    def _settle_percents(self) -> None:
        """Judge bare numbers over the whole column of all files."""
        bare: dict[str, list[Fraction]] = defaultdict(list)
        slots = [slot for unit in self._units.values() for slot in unit.slots.values()]
        for slot in slots:
            for name, all_seen in slot.seen.items():
                bare[name] += [seen.reading.number for seen in all_seen if isinstance(seen.reading, BarePercent)]
        for slot in slots:
            for name, all_seen in slot.seen.items():
                scale, measure = percent_scale(bare[name]), self._known.measures[name]
                slot.seen[name] = [settled(seen, measure, scale) for seen in all_seen]
