"""Typed columns: the columns of a table, each read as what its measure holds; cells that rows share are read once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.facts import Cell
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.sheets import RawCell, Sheet, picked
from dangjian_score.evidence.tables.cells import Reading, read_typed
from dangjian_score.evidence.tables.rows import TableRow


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
