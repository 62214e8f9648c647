"""Rows that only add to a unit: of registers → events, of ballots → votes, of rulings → rulings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction

from msgspec import Struct, field

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Event, Fact, FactLayout, Fate, RowFacts, Ruling, Value, ballot
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.evidence.facts.gather import percent_scale, value_of
from dangjian_score.evidence.sheets import CellAccount, RawCell, picked, shown
from dangjian_score.evidence.tables.cells import BarePercent, Fault, Good, Seen, read, settled
from dangjian_score.evidence.tables.columns import (
    AMOUNT,
    APPROVER,
    BALLOT,
    DAY,
    DETAILS,
    EVENT,
    ITEM,
    ITEM_TITLE,
    LEVEL,
    POINTS,
    REASON,
    ROUND,
)
from dangjian_score.evidence.tables.keys import Key, Spellings, remarks
from dangjian_score.evidence.tables.rows import Entry, RowCells
from dangjian_score.rubric.standing import Round, Span

_POINTS = Measure(POINTS, "number", None, None, None, ())
_DAY = Measure(DAY, "date", None, None, None, ())

Scales = Mapping[tuple[str, str], int | None]
"""What bare numbers mean in the columns of per cents, by register and column."""


class Outside(Struct, frozen=True):
    """A row of a rolling register that is dated outside the period, and does not count."""


class RegisterColumn(Struct, frozen=True):
    """A column of a register: where it stands, and the values of cells of which nothing is to be said, by identity."""

    measure: Measure
    at: int
    values: dict[int, Value | None]


class Laid(Struct, frozen=True):
    """How rows of a table tell events of a register: `absent` are columns that the table lacks, `idle` stray ones."""

    columns: tuple[RegisterColumn, ...]
    places: tuple[int, ...]
    layout: FactLayout
    absent: frozenset[str]
    idle: tuple[str, ...]


class EventReader(Struct, frozen=True):
    """Reads such rows. What is wrong goes to `found`, what a misspelt name most likely means to `misspelt`."""

    known: Catalogue
    prices_none: Callable[[str, str], bool]
    period: Span | None
    scales: Scales
    spellings: Spellings
    account: CellAccount
    misspelt: set[str]
    found: list[Diagnostic]
    _values: dict[tuple[str, str], dict[int, Value | None]] = field(default_factory=lambda: defaultdict(dict))
    _laid: dict[tuple[str, int], Laid] = field(default_factory=dict)
    _names: dict[tuple[str, int], str] = field(default_factory=dict)

    def event(self, entry: Entry) -> Event | Outside | None:
        """Read one row of a register with the columns that its rules look at; None where it cannot be read."""
        register = self._named(entry, EVENT, self.known.registers)
        if register is None:
            return None
        if register in self.known.rolling and (day := self._outside(register, entry)) is not None:
            self.found.append(day)
            entry.mark(self.account, Fate.SUPERSEDED)
            return Outside()
        laid, cells = self._laid_out(register, entry.cells), entry.cells
        faults = self.misspelt & laid.absent
        figures = tuple(
            [
                column.values[id(raw)] if id(raw) in column.values else self._read(register, column, raw, entry, faults)
                for column, raw in zip(laid.columns, picked(cells.row, laid.places), strict=True)
            ]
        )
        self._say_idle(register, laid.idle, entry)
        return Event(register, entry.cell, RowFacts(laid.layout, (cells.number,), figures, {}), frozenset(faults))

    def _laid_out(self, register: str, cells: RowCells) -> Laid:
        """Find how the rows of a table tell events of a register; all of them share their columns."""
        key = register, id(cells.columns)
        if key not in self._laid:
            measures, sheet = self.known.registers[register], cells.sheet
            columns = tuple(
                RegisterColumn(measure, cells.columns[name], self._values[register, name])
                for name, measure in measures.items()
                if name in cells.columns
            )
            looked_at = {EVENT, ROUND, DAY, *DETAILS, *measures}
            self._laid[key] = Laid(
                columns,
                tuple(column.at for column in columns),
                FactLayout(
                    {column.measure.name: at for at, column in enumerate(columns)},
                    tuple((sheet.file, sheet.name, 0, column.at) for column in columns),
                ),
                frozenset(measures.keys() - cells.columns.keys()),
                tuple(name for name in cells.columns if name not in looked_at),
            )
        return self._laid[key]

    def _read(
        self, register: str, column: RegisterColumn, raw: RawCell | None, entry: Entry, faults: set[str]
    ) -> Value | None:
        """Read a cell that is met for the first time, or of which something is to be said."""
        name, said = column.measure.name, len(self.found)
        cell = entry.cells.sheet.cell(entry.cells.number, column.at)
        value = None if raw is None else self._value(register, column.measure, raw, cell)
        if isinstance(value, Fault):
            faults.add(name)
            return None
        value = column.measure.blank if value is None else value
        if (wrong := _wrong(name, value, cell, entry, self.period)) is not None:
            self.found.append(wrong)
            faults.add(name)
        if len(self.found) == said:
            column.values[id(raw)] = value
        return value

    def _value(self, register: str, measure: Measure, raw: RawCell, cell: Cell) -> Value | Fault | None:
        """Read what a cell holds; None where that is a blank. What is wrong with it is reported."""
        if measure.is_key:
            priced = measure.name == LEVEL or self.prices_none(measure.name, register)
            reading = self.spellings.read(measure, raw, cell, none_is_priced=priced)
        else:
            reading = read(raw, measure)
        if reading is None or (isinstance(reading, Fault) and reading.code is Code.KEY_UNUSABLE):
            return reading
        reading = settled(reading, measure, self.scales.get((register, measure.name)))
        value = value_of(Seen(raw, cell, reading), measure, self.found)
        return Fault(Code.UNREADABLE_CELL) if value is None else value

    def _say_idle(self, register: str, idle: Iterable[str], entry: Entry) -> None:
        """Name the columns of other registers that a row fills in: nobody looks at them here."""
        for name in idle:
            raw, cell = entry.cells[name]
            if raw is not None and cell != entry.cell:
                self.account.mark(cell, Fate.SUPERSEDED)
                self.found.append(at_cell(Code.IDLE_CELL, cell, register=register, column=name))

    def day(self, entry: Entry) -> Value | str:
        """Give the day of a row, as text where it is none."""
        raw, _ = entry.cells.get(DAY, (None, entry.cell))
        reading = None if raw is None else read(raw, _DAY)
        return reading.value if isinstance(reading, Good) else entry.text(DAY)

    def _outside(self, register: str, entry: Entry) -> Diagnostic | None:
        """Say of a row of a rolling register (滚动台账) that it is dated outside the period."""
        raw, cell = entry.cells.get(DAY, (None, entry.cell))
        day = None if raw is None else read(raw, self.known.registers[register][DAY])
        if not isinstance(day, Good) or self.period is None or _within(day.value, self.period):
            return None
        told = {"unit": entry.unit, "register": register, "found": entry.text(DAY), **_bounds(self.period)}
        return at_cell(Code.EVENT_OUTSIDE, cell, **told)

    def votes(self, entry: Entry) -> Iterator[tuple[str, Fact | None]]:
        """Read one row of a ballot, level by level; None for a cell that is no use."""
        name = self._named(entry, BALLOT, self.known.ballots)
        if name is None:
            return
        for level in (level for level in self.known.ballots[name] if level in entry.cells):
            raw, cell = entry.cells[level]
            count = Measure(ballot(name, level), "count", Fraction(0), None, None, ())
            if raw is None:
                self.found.append(at_cell(Code.BLANK, cell, unit=entry.unit, measure=count.name))
                yield count.name, None
                continue
            value = value_of(Seen(raw, cell, read(raw, count)), count, self.found)
            yield count.name, None if value is None else Fact(value, cell)

    def ruling(self, entry: Entry) -> Ruling | None:
        """Read a committee's correction; None where something it needs is missing or wrong."""
        missing = [name for name in (ITEM, POINTS, REASON, APPROVER) if not entry.text(name)]
        if missing:
            self.found.append(at_cell(Code.RULING_INCOMPLETE, entry.cell, missing="、".join(missing)))
            return None
        node = entry.text(ITEM)
        if node not in self.known.nodes:
            near = next(iter(get_close_matches(node, list(self.known.nodes), n=1)), "")
            self.found.append(at_cell(Code.RULING_UNKNOWN, entry.cells[ITEM][1], node=node, near=near))
            return None
        if (found := _doubt(entry, self.known.nodes[node])) is not None:
            self.found.append(found)
        raw, cell = entry.cells[POINTS]
        if raw is None:
            return None
        match read(raw, _POINTS):
            case Good(Fraction() as points):
                return Ruling(node, points, entry.text(REASON), entry.text(APPROVER), cell)
            case reading:
                told = {"measure": POINTS, "found": shown(raw), "kind": "number", "levels": ""}
                code = reading.code if isinstance(reading, Fault) else Code.UNREADABLE_CELL
                self.found.append(at_cell(code, cell, **told, **remarks(raw, _POINTS)))
                return None

    def _named(self, entry: Entry, column: str, known: Mapping[str, object]) -> str | None:
        """Find which of the known things a row is about."""
        key = column, id(entry.cells.raw(column))
        if key in self._names:
            return self._names[key]
        said = entry.text(column)
        name = _known_as(said, known)
        if name is not None and said != name:
            self.spellings.known(column, name, Key(said, fold(said)), entry.cells[column][1])
        if name is not None:
            self._names[key] = name
        else:
            near = next(iter(get_close_matches(said, list(known), n=1, cutoff=0.5)), "")
            self.misspelt.add(near)
            _, cell = entry.cells.get(column, (None, entry.cell))
            self.found.append(at_cell(Code.EVENT_UNKNOWN, cell, found=said, near=near, known="、".join(known)))
        return name


def _doubt(entry: Entry, node: NodeTree) -> Diagnostic | None:
    """Report a ruling that names two items, or one whose id is only its place and may have been another's."""
    told = {"node": node.id, "title": node.node.title}
    title = entry.text(ITEM_TITLE)
    if title and fold(title) != fold(node.node.title):
        return at_cell(Code.RULING_DISAGREES, entry.cells[ITEM_TITLE][1], found=title, **told)
    return (
        at_cell(Code.ID_BY_PLACE, entry.cells[ITEM][1], column=ITEM_TITLE, **told)
        if node.by_place and not title
        else None
    )


def _known_as(said: str, known: Mapping[str, object]) -> str | None:
    folded = fold(said)
    return next((name for name in known if fold(name) == folded), None)


def scales(entries: Iterable[Entry], known: Catalogue) -> Scales:
    """Judge the bare numbers of registers over whole columns of all files."""
    bare: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    percents = {
        register: [measure for measure in columns.values() if measure.kind == "percent"]
        for register, columns in known.registers.items()
    }
    for entry in entries if any(percents.values()) else ():
        register = _known_as(entry.text(EVENT), known.registers)
        if register is None:
            continue
        for measure in percents[register]:
            raw = entry.cells.raw(measure.name)
            if raw is not None and isinstance(reading := read(raw, measure), BarePercent):
                bare[register, measure.name].append(reading.number)
    return {column: percent_scale(numbers) for column, numbers in bare.items()}


def round_by_day(event: Event, rounds: Mapping[str, Round]) -> str | None:
    """Find the round whose days an event falls into."""
    day = event.values.get(DAY) if rounds else None
    for name, one in rounds.items():
        if day is not None and one.span is not None and _within(day, one.span):
            return name
    return None


def _within(day: Value, span: Span) -> bool:
    return isinstance(day, Fraction) and span.from_.toordinal() <= day <= span.to.toordinal()


def _bounds(span: Span) -> dict[str, str]:
    return {"from": span.from_.isoformat(), "to": span.to.isoformat()}


def _wrong(name: str, value: Value | None, cell: Cell, entry: Entry, period: Span | None) -> Diagnostic | None:
    """Report a day outside the period, and a number that is none."""
    if name == DAY and value is not None and period is not None and not _within(value, period):
        told = {"unit": entry.unit, "measure": DAY, "found": entry.text(DAY)}
        return at_cell(Code.DATE_OUTSIDE, cell, **told, **_bounds(period))
    if name == AMOUNT and isinstance(value, Fraction) and value <= 0:
        told = {"measure": AMOUNT, "found": entry.text(AMOUNT), "kind": "count", "most": "", "levels": ""}
        return at_cell(Code.OUT_OF_RANGE, cell, least="", over="0", **told)
    return None
