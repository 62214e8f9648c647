"""What tables say of each unit, by round, and what only all files together settle: per cents and spellings of keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct, field

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import (
    Absence,
    Cell,
    Event,
    Explanation,
    Fact,
    Fate,
    GradeRuling,
    MissingReason,
    Ruling,
    Value,
)
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.account import Claim
from dangjian_score.evidence.tables.cells import (
    BarePercent,
    Good,
    KeyText,
    NoKey,
    Reading,
    TypedCell,
    read_typed,
    settled,
)
from dangjian_score.evidence.tables.remarks import no_key
from dangjian_score.evidence.tables.table import EvidenceTable, Placed, TableRow, TypedColumn, TypedColumns


class MergeLog(Struct):
    """What is found while tables are merged.

    `claims` tell what became of cells; `misspelt` are the names that misspelt ones most likely mean.
    """

    found: list[Diagnostic] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    misspelt: set[str] = field(default_factory=set)

    def report(self, code: Code, cell: Cell, **args: str) -> None:
        """Record a finding about a cell."""
        self.found.append(at_cell(code, cell, **args))

    def claim(self, row: TableRow, fate: Fate) -> None:
        """Record what became of the cells of a row."""
        self.claims += row.claims(fate)


class MatrixRow(Struct, frozen=True):
    """A row of a table with typed columns, by its position."""

    columns: TypedColumns
    at: int


class LooseCell(Struct, frozen=True):
    """A cell that was taken by itself, as those of forms; of a blank one only where it is."""

    name: str
    cell: TypedCell | Cell


Parts = list[MatrixRow | LooseCell]
"""What speaks of a unit, in the order of the evidence."""


class UnitSlot(Struct):
    """What was handed in of a unit for one round, or without one: what was `measured`, and what `describes` it.

    `assessed` is what assessors entered, by measure and assessor, `absences` what they left blank, `categories` what
    categories they are of, each table for itself; `explanations` are what examiners wrote about judged measures,
    `unexplained` the places where they wrote nothing.
    """

    rows: int = 0
    measured: Parts = field(default_factory=list)
    describes: Parts = field(default_factory=list)
    assessed: dict[str, dict[str, list[TypedCell]]] = field(default_factory=lambda: defaultdict(dict))
    absences: dict[str, dict[str, list[Absence]]] = field(default_factory=lambda: defaultdict(dict))
    categories: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    votes: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    explanations: dict[str, list[Explanation]] = field(default_factory=lambda: defaultdict(list))
    unexplained: dict[str, list[MissingReason]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    grade_rulings: list[GradeRuling] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)


class Spellings:
    """The spelling that each key was first written in, by column; another spelling of the same key is a note."""

    def __init__(self, log: MergeLog) -> None:
        self._log = log
        self._first: dict[tuple[str, str], str] = {}
        self._noted: set[tuple[str, str]] = set()

    def of(self, column: str, key: KeyText, cell: Cell, known: Iterable[str] = ()) -> str:
        """Give the spelling that stands for a key, the rubric's where it is `known`; note where this one differs."""
        first = self._first.get((column, key.folded))
        if first is None:
            first = next((name for name in known if fold(name) == key.folded), key.text)
            self._first[column, key.folded] = first
        if first != key.text and (column, key.text) not in self._noted:
            self._noted.add((column, key.text))
            self._log.report(Code.SPELLINGS_ALIKE, cell, measure=column, found=key.text, first=first)
        return first


Scales = Mapping[str, int | None]
"""What bare numbers mean in the columns of per cents, by measure."""


def percent_scale(numbers: Collection[Fraction], *, titled: bool = False) -> int | None:
    """Tell whether a column's bare numbers are fractions (1) or per cents (100); None where they may be either.

    Under a title that says per cents (`titled`) they are, unless they are so small that fractions may be meant.
    """
    if titled:
        return None if any(0 < abs(number) <= 1 for number in numbers) else 100
    fractions = any(0 < abs(number) < 1 for number in numbers)
    percents = any(abs(number) > 1 for number in numbers)
    if fractions != percents:
        whole = any(abs(number) == 1 for number in numbers)
        return 1 if fractions else None if whole else 100
    return None if fractions or any(numbers) else 1


class SettledColumns:
    """Typed columns with their per cents and keys settled.

    `figures` are the values of each row; None where a cell needs a closer look, whose columns `odd` names by row.
    """

    def __init__(self, typed: TypedColumns, spelled: Mapping[str, Mapping[int, Good]], scales: Scales) -> None:
        self._typed, self._spelled = typed, spelled
        self.odd: dict[int, list[str]] = {}
        self._values_of: dict[tuple[int, int | None], dict[int, Value | None]] = defaultdict(dict)
        by_column = [self._values(name, column, scales.get(name)) for name, column in typed.columns.items()]
        self.figures: list[tuple[Value | None, ...]] = [*zip(*by_column, strict=True)]

    def _values(self, name: str, column: TypedColumn, scale: int | None) -> list[Value | None]:
        readings = {**column.readings, **self._spelled.get(name, {})} if column.measure.is_key else column.readings
        keys, held = [*map(id, column.cells)], {*map(id, column.cells)}
        alike = (id(column.readings), scale)  # columns of one kind share their readings
        values = self._values_of[alike]
        values |= {key: _plain(readings.get(key), column.measure, scale) for key in held - values.keys()}
        odd = {key for key in held if values[key] is None}
        for at, key in enumerate(keys) if odd else ():
            if key in odd:
                self.odd.setdefault(at, []).append(name)
        return [*map(values.__getitem__, keys)]

    def cells(self, at: int, names: Collection[str]) -> Iterator[tuple[str, TypedCell | Cell]]:
        """Give the cells of some columns of a row, and those that need a closer look; keys of no use were reported."""
        odd = self.odd.get(at, ())
        for name in self._typed.columns if names else odd:
            if name not in names and name not in odd:
                continue
            column = self._typed.columns[name]
            raw, cell = column.cells[at], self._typed.place(column, at)
            reading = self._spelled.get(name, {}).get(id(raw)) or column.readings.get(id(raw))
            if raw is None or reading is None:
                yield name, cell
            elif not isinstance(reading, NoKey):
                yield name, TypedCell(raw, cell, reading)


def _plain(reading: Reading | None, measure: Measure, scale: int | None) -> Value | None:
    """Give the value of a cell of which nothing is to be said; None where something is."""
    if reading is None:
        return measure.blank
    match settled(reading, measure, scale):
        case Good(value, lenient=False):
            return value
        case _:
            return None


class Settled(Struct, frozen=True):
    """What all files together settle."""

    scales: Scales
    columns: Mapping[TypedColumns, SettledColumns]


class SlotFiller:
    """Puts the cells of rows into slots; `settled` then tells what their per cents and keys mean."""

    def __init__(self, known: Catalogue, spellings: Spellings, log: MergeLog) -> None:
        self._known, self._spellings, self._log = known, spellings, log
        self._rows: dict[TypedColumns, list[int]] = defaultdict(list)
        self._spelled: dict[TypedColumns, dict[str, dict[int, Good]]] = defaultdict(lambda: defaultdict(dict))
        self._bare: dict[str, set[Fraction]] = defaultdict(set)
        self._pricing_none = {use.measure for use in known.uses if use.level == "无" and use.register is None}

    def cells(self, slot: UnitSlot, cells: Iterable[tuple[str, Placed]]) -> None:
        """Take cells one by one, as those of forms and rosters."""
        for name, (raw, cell) in cells:
            if (measure := self._known.measures.get(name)) is None:
                continue
            parts = slot.describes if name in self._known.attributes else slot.measured
            reading = None if raw is None else read_typed(raw, measure, none_is_priced=name in self._pricing_none)
            if isinstance(reading, BarePercent):
                self._bare[name].add(reading.number)
            if raw is not None and isinstance(reading, NoKey):
                self._no_key(slot, name, raw, cell, reading)
            elif raw is None or reading is None:
                parts.append(LooseCell(name, cell))
            else:
                meant = self._spelling(measure, reading, cell) if isinstance(reading, KeyText) else reading
                parts.append(LooseCell(name, TypedCell(raw, cell, meant)))

    def row(self, slot: UnitSlot, table: EvidenceTable, at: int) -> None:
        """Take the row of a matrix at a position."""
        for typed, parts in ((table.measured, slot.measured), (table.describing, slot.describes)):
            if typed.columns:
                for column in typed.keys:
                    self._key(slot, typed, column, at)
                parts.append(MatrixRow(typed, at))
                self._rows[typed].append(at)

    def _key(self, slot: UnitSlot, typed: TypedColumns, column: TypedColumn, at: int) -> None:
        """Spell a key, each once for its column; one that is no use is reported wherever it stands."""
        name, raw = column.measure.name, column.cells[at]
        spelled, reading = self._spelled[typed][name], column.readings.get(id(raw))
        if isinstance(reading, KeyText) and id(raw) not in spelled:
            spelled[id(raw)] = self._spelling(column.measure, reading, typed.place(column, at))
        elif isinstance(reading, NoKey) and raw is not None:
            self._no_key(slot, name, raw, typed.place(column, at), reading)

    def _spelling(self, measure: Measure, key: KeyText, cell: Cell) -> Good:
        return Good(self._spellings.of(measure.name, key, cell, measure.levels))

    def _no_key(self, slot: UnitSlot, name: str, raw: RawCell, cell: Cell, reading: NoKey) -> None:
        self._log.found += no_key(reading, raw, cell, name)
        slot.faults.add(name)

    def settled(self, titled: Collection[str]) -> Settled:
        """Judge bare numbers over whole columns of all files, `titled` those that say per cents, and settle columns."""
        bare: dict[str, set[Fraction]] = defaultdict(set, {name: {*numbers} for name, numbers in self._bare.items()})
        for typed, rows in self._rows.items():
            for name, column in typed.columns.items():
                if column.measure.kind == "percent":
                    readings = (column.readings.get(key) for key in {id(column.cells[at]) for at in rows})
                    bare[name].update(reading.number for reading in readings if isinstance(reading, BarePercent))
        scales = {name: percent_scale(numbers, titled=name in titled) for name, numbers in bare.items()}
        columns = {typed: SettledColumns(typed, self._spelled.get(typed, {}), scales) for typed in self._rows}
        return Settled(scales, columns)
