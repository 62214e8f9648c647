"""Comma-separated files → columns in their final form, kept in files of Arrow beside each other, some rows in each.

What this cannot read as the exact engine does is for that engine (UnfitError), as rows that are longer than the header.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.amounts import LARGEST, UnfitError
from dangjian_score.columnar.csv_layout import Layout
from dangjian_score.columnar.csv_scan import NotWholeError, batches, scanned, whole_columns
from dangjian_score.columnar.figures import FIGURES, READ_HERE, ColumnReader, FigureBatch
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, StoredTable, Tables
from dangjian_score.columnar.values import Form, flag
from dangjian_score.core.columns import BALLOT, ROUND
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.delimited import cell_of
from dangjian_score.evidence.facts.assessors import is_reason
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.cells import is_inapplicable
from dangjian_score.evidence.tables.columns import Expected

_NOTED: Final = 100
"""Rows of a file with cells that were read generously which are looked at for what there is to say of them."""
_UNCLEAN: Final = r"^[\s\x00-\x1f'=]|[\s\x00-\x1f]$|^$"
"""What a text begins or ends with of which something is taken off, or all."""
_VOTES: Final = Measure("", "count", None, None, None, ())


class ArrowPart(Struct, frozen=True):
    """Rows of a file as Arrow. By column of figures, which are whole numbers there: decimal places, and how large.

    `aside` are the columns with a word for no figure in any row.
    """

    path: Path
    places: Mapping[str, int]
    reach: Mapping[str, int]
    aside: frozenset[str]


class DelimitedTable(StoredTable, frozen=True):
    """A .csv that was read: its parts, the decimal places of its figures by column, which per cents are signed.

    `aside` are the columns in which a word for no figure stands somewhere; a column beside each tells where.
    """

    parts: tuple[ArrowPart, ...] = ()
    places: Mapping[str, int] = {}
    signed: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()

    def frame(self, at: int) -> pl.LazyFrame:
        """Return its rows with columns that are understood, their places, and whether they need a closer look."""
        return pl.concat([self._rows_of(part, at) for part in self.parts])

    def _rows_of(self, part: ArrowPart, at: int) -> pl.LazyFrame:
        there = part.aside
        flags = [flag(name) if name in there else pl.lit(value=False).alias(flag(name)) for name in sorted(self.aside)]
        columns = (self._column(name, part) for name in self.titles)
        file = pl.lit(at, pl.Int64).alias(FILE)
        return pl.scan_ipc(part.path, glob=False).select(file, ROW, ODD, *columns, *flags)

    def _column(self, name: str, part: ArrowPart) -> pl.Expr:
        column = pl.col(name)
        if name not in part.places:
            return column
        factor = 10 ** (self.places[name] - part.places[name])
        if part.reach[name] * factor > LARGEST:
            raise UnfitError("beyond 63 bits", name)
        return column.cast(pl.Int64) * factor if factor > 1 else column.cast(pl.Int64)

    def scan(self) -> pl.LazyFrame:
        """Scan its rows as texts."""
        return super().scan() if self.layout is None else scanned(self.path, self.layout)

    def rows(self, numbers: Collection[int]) -> pl.DataFrame:
        """Return some rows with all columns of the file."""
        found = super().rows(numbers)
        return found.with_columns(_cleaned(found[title]) for title in self.header)

    def rows_about(self, units: Collection[str], numbers: Collection[int] = ()) -> pl.DataFrame:
        """Return the rows about some units, and others by their numbers, with all columns of the file."""
        about = self.frame(0).filter(pl.col(UNIT).is_in(list(units))).select(ROW).collect()
        return self.rows({*about[ROW], *numbers})

    def cell(self, value: Any) -> RawCell | None:
        """Return the cell of a text; None where it is blank."""
        return None if value is None else RawCell(value)

    def first_rows(self, count: int) -> list[int]:
        """Return the numbers of the rows that are looked at in any case, the first ones among them."""
        first = self.frame(0).head(count).select(ROW).collect()[ROW].to_list()
        return sorted({*first, *self.noted})

    def form(self, name: str) -> Form:
        """Return in which form the figures of a column are stored."""
        over = 10 ** self.places.get(name, 0)
        return Form(over, "signed") if name in self.signed else Form(over, "titled" if name in self.titled else "plain")


def with_delimited(tables: Tables, known: Catalogue, expected: Expected, folder: Path) -> Tables:
    """Read the .csv files among tables into a folder. Raises UnfitError."""
    made = {table.name: table for table in tables.all}
    for at, table in enumerate(tables.all):
        if table.layout is not None:
            made[table.name] = _read(
                table, table.layout, _measures(table, known), expected.unit_names, folder / str(at)
            )
    read = (tables.units, tables.registers, tables.ballots, tables.assessors)
    kinds = ([made[table.name] for table in each] for each in read)
    return Tables(tables.heads, *(tuple(_alike(each)) for each in kinds))


def _alike(tables: Sequence[StoredTable]) -> Iterable[StoredTable]:
    """Give figures of a column the same places in all files, and words for no figure the same columns beside it."""
    read = [table for table in tables if isinstance(table, DelimitedTable)]
    most, aside = dict[str, int](), frozenset[str]().union(*(table.aside for table in read))
    for each in read:
        for name, places in each.places.items():
            most[name] = max(places, most.get(name, 0))
    for table in tables:
        yield replace(table, places=most, aside=aside) if isinstance(table, DelimitedTable) else table


def _measures(table: StoredTable, known: Catalogue) -> Mapping[str, Measure]:
    """Return what the columns of a table hold. Raises UnfitError where that depends on the row."""
    if table.kind in ("matrix", "assessors"):
        return known.measures
    if table.kind == "ballots":
        return {name: _VOTES for name in table.titles if name not in (UNIT, BALLOT, ROUND)}
    found: dict[str, Measure] = {}
    for columns in known.registers.values():
        for name, measure in columns.items():
            kind = found.setdefault(name, measure).kind
            if name in table.titles and kind != measure.kind and {kind, measure.kind} & {*READ_HERE}:
                raise UnfitError("column type", name)
    return found


def _read(
    table: StoredTable, layout: Layout, measures: Mapping[str, Measure], heads: Sequence[str], folder: Path
) -> DelimitedTable:
    """Read a file into parts in a folder; columns of figures, answers and days get their values, others their texts.

    Columns that begin with whole numbers are read as such, and if that is not what they are, all anew.
    """
    folder.mkdir()
    titles = [*table.titles.values()]
    figures = {title for name, title in table.titles.items() if name in measures and measures[name].kind in FIGURES}
    for whole in (whole_columns(table.path, layout, sorted(figures)), ()):
        reader = _Reader(table, measures, heads, folder)
        with suppress(NotWholeError, pl.exceptions.PolarsError):
            for rows in batches(table.path, layout, titles, whole):
                reader.take(rows)
            return reader.table()
    raise UnfitError("layout of csv", table.name)


class _Reader:
    """Reads a file batch by batch. No unit is called as one of `heads`, the titles of columns of units."""

    def __init__(self, table: StoredTable, measures: Mapping[str, Measure], heads: Sequence[str], folder: Path) -> None:
        self._table, self._heads, self._folder = table, list(heads), folder
        held = {name: measures[name] for name in table.titles if name in measures}
        read = {name: each for name, each in held.items() if each.kind in READ_HERE}
        self._readers = {name: ColumnReader(each, _aside(table, each)) for name, each in read.items()}
        self._parts: list[ArrowPart] = []
        self._noted: list[int] = []

    def take(self, rows: pl.DataFrame) -> None:
        """Read some rows, and write those that hold anything."""
        read = {name: self._column(name, rows[title]) for name, title in self._table.titles.items()}
        units = read[UNIT].values
        odd = [units.is_in(self._heads).fill_null(value=False), *_flags(each.odd for each in read.values())]
        values = [each.values.shrink_dtype().alias(name) for name, each in read.items()]
        aside = {name: each.aside for name, each in read.items() if each.aside is not None}
        flags = [each.alias(flag(name)) for name, each in aside.items()]
        frame = pl.DataFrame([rows[ROW].cast(pl.Int64), _any(odd).alias(ODD), *values, *flags])
        if noted := _flags(each.noted for each in read.values()):
            self._noted += frame[ROW].filter(_any(noted)).to_list()
        if units.null_count():
            told = pl.any_horizontal(pl.col(*read).is_not_null(), *map(pl.col, map(flag, aside)))
            frame = frame.filter(told | pl.col(ODD))
        path = self._folder / f"{len(self._parts)}.arrow"
        frame.write_ipc(path)
        figures = {name: each for name, each in read.items() if each.values.dtype.is_integer()}
        reach = {name: _reach(each.values) for name, each in figures.items()}
        self._parts.append(
            ArrowPart(path, {name: each.places for name, each in figures.items()}, reach, frozenset(aside))
        )

    def _column(self, name: str, texts: pl.Series) -> FigureBatch:
        return self._readers[name].read(texts) if name in self._readers else FigureBatch(_cleaned(texts))

    def table(self) -> DelimitedTable:
        """Return the table that was read. Raises UnfitError where there is nothing."""
        if not self._parts:
            raise UnfitError("layout of csv")
        table, places = self._table, dict[str, int]()
        for part in self._parts:
            for name, own in part.places.items():
                places[name] = max(own, places.get(name, 0))
        if table.kind == "ballots" and any(places.values()):
            raise UnfitError("column type", table.name)
        signed = frozenset(name for name, reader in self._readers.items() if reader.signed)
        aside = frozenset[str]().union(*(part.aside for part in self._parts))
        about = (table.name, table.path, table.kind, table.titles, table.header, table.titled, table.layout)
        return DelimitedTable(*about, tuple(self._noted[:_NOTED]), tuple(self._parts), places, signed, aside)


def _aside(table: StoredTable, measure: Measure) -> Callable[[RawCell], bool]:
    """Return the test of words that stand for no figure in a table, and are no error there."""
    if table.kind == "assessors":
        return is_reason
    return is_inapplicable if table.kind == "matrix" and not measure.describes else lambda _: False


def _flags(found: Iterable[pl.Series | None]) -> list[pl.Series]:
    return [flags for flags in found if flags is not None]


def _any(flags: Sequence[pl.Series]) -> pl.Series:
    found = flags[0]
    for other in flags[1:]:
        found |= other
    return found


def _reach(numbers: pl.Series) -> int:
    ends = (numbers.min(), numbers.max())
    return max((abs(end) for end in ends if isinstance(end, int)), default=0)


def _cleaned(column: pl.Series) -> pl.Series:
    """Return texts without what surrounds them; blank ones are null."""
    unclean = column.str.contains(_UNCLEAN).fill_null(value=False)
    if not unclean.any():
        return column
    cells = {text: cell_of(text) for text in column.filter(unclean).unique()}
    clean = {text: None if cell is None else cell.content for text, cell in cells.items()}
    others = column.replace_strict([*clean], [*clean.values()], default=None, return_dtype=pl.String)
    return pl.select(pl.when(unclean).then(others).otherwise(column)).to_series().alias(column.name)
