"""Tables: rows about units, and columns typed by what their measures hold. Every cell keeps its place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.columns import DETAILS
from dangjian_score.core.facts import Cell, Explanation, Fate, MissingReason
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Sheet, SheetRow, picked, written
from dangjian_score.evidence.tables.account import Claim, claim
from dangjian_score.evidence.tables.cells import NoKey, Reading, read_key, read_typed
from dangjian_score.evidence.tables.columns import TableKind

Placed = tuple[RawCell | None, Cell]
"""What stands somewhere, None where it is blank, and where."""


class TableRow(Struct, frozen=True):
    """One row of a table: a unit, the cell its name stands in, and what stands in the columns that are understood.

    `columns` tell where each column stands in `row`, which is row `number` of the sheet; `apart` is what stands
    elsewhere and holds for this row, as the round above a form. `titles` are what columns are called in the sheet.
    """

    unit: str
    cell: Cell
    sheet: Sheet
    number: int
    row: SheetRow
    columns: Mapping[str, int]
    apart: Mapping[str, Placed] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are understood."""
        return (*self.columns, *self.apart)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The rows of the sheet that it is made of."""
        return (self.number, *(cell.row for _, cell in self.apart.values()))

    def has(self, name: str) -> bool:
        """Tell whether the table has a column."""
        return name in self.columns or name in self.apart

    def placed(self, name: str) -> Placed:
        """Give what stands in a column, and where; without such a column the cell of the unit answers for the row."""
        column = self.columns.get(name)
        if column is not None:
            return self.row.get(column), self.sheet.cell(self.number, column)
        return self.apart.get(name, (None, self.cell))

    def raw(self, name: str) -> RawCell | None:
        """Give what stands in a column; None where it is blank or not there."""
        column = self.columns.get(name)
        return self.apart.get(name, (None,))[0] if column is None else self.row.get(column)

    def place(self, name: str) -> Cell:
        """Say where the cell of a column stands."""
        return self.placed(name)[1]

    def cells(self) -> Iterator[tuple[str, Placed]]:
        """Give all columns with what stands in them."""
        return ((name, self.placed(name)) for name in self.names)

    def text(self, name: str) -> str:
        """Give what stands in a column as text; nothing where it is blank or not there."""
        raw = self.raw(name)
        return "" if raw is None else " ".join(written(raw).split())

    def explanation(self, *names: str) -> Explanation | None:
        """Return what the first of some columns that holds any text says of a figure; placeholders say nothing."""
        told = ((name, text) for name in names if (text := self._told(name)))
        return next((Explanation(text, self.place(name)) for name, text in told), None)

    def unexplained(self, *names: str) -> MissingReason:
        """Say where a reason is missing: in the first of some columns that the table has, else in one to be added."""
        name = next((name for name in names if self.has(name)), names[-1])
        return MissingReason(self.place(name), self.titles.get(name, name), self.text(name))

    def _told(self, name: str) -> str:
        raw = self.raw(name)
        if raw is not None and isinstance(raw.content, BrokenCell):
            return raw.content.shown if raw.content.why == "merged" else ""
        match read_key(raw):
            case None | NoKey(why="ditto" | "error"):
                return ""
            case _:
                return self.text(name)

    def details(self) -> tuple[str, ...]:
        """Give what the row says beside the columns that rules look at."""
        return tuple(fold(self.text(name)) for name in DETAILS)

    def claims(self, fate: Fate) -> Iterator[Claim]:
        """Claim the row's cells: that of its unit, and those of its columns."""
        yield Claim(self.sheet.file, self.sheet.name, self.number, frozenset(self.columns.values()), fate)
        yield from (claim(cell, fate) for cell in (self.cell, *(cell for _, cell in self.apart.values())))


class TypedColumn(Struct, frozen=True):
    """A column: the measure that it holds, where it stands, its cells row by row, and what they mean.

    `readings` go by the identity of cells; those of blanks and of placeholders among keys are None or missing.
    """

    measure: Measure
    at: int
    cells: tuple[RawCell | None, ...]
    readings: Mapping[int, Reading | None]


class TypedColumns(Struct, frozen=True, eq=False):
    """Columns of one table by measure, and the numbers of its rows."""

    sheet: Sheet
    numbers: tuple[int, ...]
    columns: Mapping[str, TypedColumn]
    keys: tuple[TypedColumn, ...]

    def place(self, column: TypedColumn, at: int) -> Cell:
        """Say where the cell of a column stands in the row at a position."""
        return self.sheet.cell(self.numbers[at], column.at)


class EvidenceTable(Struct, frozen=True):
    """A block of a sheet that is understood: its rows, and their columns.

    `titles` tells where the title of each column stands, of a form where each answer does; `mistaken` are columns that
    a misspelt title may mean; `percents` those titled as per cents. Of a matrix, whose rows share their columns, those
    that are `measured` and those `describing` units are typed; cells of other tables are read row by row.
    """

    kind: TableKind
    sheet: Sheet
    rows: tuple[TableRow, ...]
    titles: Mapping[str, Cell]
    mistaken: frozenset[str]
    percents: frozenset[str]
    measured: TypedColumns
    describing: TypedColumns


def typed_columns(sheet: Sheet, rows: Sequence[TableRow], names: Iterable[str], known: Catalogue) -> TypedColumns:
    """Read columns of a table whose rows share them. Columns of one kind share their readings; those of keys do not."""
    places = rows[0].columns if rows else {}
    measures = {name: known.measures[name] for name in names if name in places}
    ats = [places[name] for name in measures]
    by_column = zip(*(picked(row.row, ats) for row in rows), strict=True)
    shared: dict[Measure, dict[int, Reading | None]] = defaultdict(dict)
    columns: dict[str, TypedColumn] = {}
    for (name, measure), at, cells in zip(measures.items(), ats, by_column, strict=False):
        readings = shared[measure if measure.is_key else replace(measure, name="")]
        held = dict(zip(map(id, cells), cells, strict=True))
        none_is_priced = measure.is_key and known.prices_none(name)
        for key in held.keys() - readings.keys():
            if (raw := held[key]) is not None:
                readings[key] = read_typed(raw, measure, none_is_priced=none_is_priced)
        columns[name] = TypedColumn(measure, at, cells, readings)
    keys = tuple(column for column in columns.values() if column.measure.is_key)
    return TypedColumns(sheet, tuple(row.number for row in rows), columns, keys)
