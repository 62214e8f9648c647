"""Files → tables of units and registers, their columns named as the rubric names them. Nothing is read yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import ceil
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.csv_layout import Layout, layout
from dangjian_score.columnar.parts import Parts, Runner
from dangjian_score.columnar.values import Form
from dangjian_score.core import columns as col
from dangjian_score.core.names import fold
from dangjian_score.evidence.files import ARROW, content_of, suffix_of
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.columns import Expected, titles_of

FILE, ROW = "·file", "·row"
"""Columns with the place of a table among the files of its kind, and with the row as spreadsheets count it."""
UNIT: Final = "·unit"
ODD: Final = "·odd"
"""A column that tells rows whose cells need a closer look."""
_FIRST_ROW: Final = 2
"""The row below the header."""
_OTHERS: Final = (col.FIXED_GRADE, col.POINTS)
"""Columns of tables that the exact engine reads alone."""
Kind = Literal["matrix", "register", "assessors", "ballots"]


class StoredTable(Struct, frozen=True):
    """A file: what it is called, where it lies, its kind, and the titles of its columns by what they mean.

    `titled` are columns of per cents whose titles say so; a .csv has a `layout`, and is read before it is scanned;
    `noted` are the first of its rows with cells that were read generously.
    """

    name: str
    path: Path
    kind: Kind
    titles: Mapping[str, str]
    header: tuple[str, ...]
    titled: frozenset[str] = frozenset()
    layout: Layout | None = None
    noted: tuple[int, ...] = ()

    def frame(self, at: int) -> pl.LazyFrame:
        """Return its rows with columns that are understood, their places, and whether they need a closer look."""
        chosen = [pl.col(title).alias(name) for name, title in self.titles.items()]
        places = pl.lit(at, pl.Int64).alias(FILE), pl.col(ROW).cast(pl.Int64), pl.lit(value=False).alias(ODD)
        return self.scan().select(*places, *chosen)

    def scan(self) -> pl.LazyFrame:
        """Scan its rows as they are stored."""
        scan = pl.scan_ipc if suffix_of(self.name) in ARROW else pl.scan_parquet
        return scan(self.path, row_index_name=ROW, row_index_offset=_FIRST_ROW, glob=False)

    def rows(self, numbers: Collection[int]) -> pl.DataFrame:
        """Return some rows with all columns of the file; it is read as far as the last of them."""
        read = self.scan().head(max(numbers, default=_FIRST_ROW - 1) - _FIRST_ROW + 1)
        return read.filter(pl.col(ROW).is_in(list(numbers))).collect()

    def rows_about(self, units: Collection[str], numbers: Collection[int] = ()) -> pl.DataFrame:
        """Return the rows about some units, and others by their numbers, with all columns of the file."""
        about = self.scan().filter(pl.col(self.titles[UNIT]).is_in(list(units))).collect()
        others = {*numbers} - {*about[ROW]}
        return pl.concat([about, self.rows(others)]) if others else about

    def cell(self, value: Any) -> RawCell | None:
        """Return the cell of a value that is stored; None where it is blank."""
        content = content_of(value)
        return None if content is None else RawCell(content, typed=True)

    def first_rows(self, count: int) -> list[int]:
        """Return the numbers of the rows that are looked at in any case, the first ones among them."""
        return list(range(_FIRST_ROW, _FIRST_ROW + min(count, self.count())))

    def count(self) -> int:
        """Return how many rows there are; of a .csv how many lines below the header."""
        return rows_in(self.path) if self.layout is None else max(self.layout.lines - 1, 0)

    def form(self, name: str) -> Form:
        """Return in which form the figures of a column are stored."""
        return Form(percents="titled") if name in self.titled else Form()


class Tables(Struct, frozen=True):
    """The tables of units, registers, ballots and assessors; `heads` are titles of columns of units, in normal form."""

    heads: frozenset[str]
    units: tuple[StoredTable, ...]
    registers: tuple[StoredTable, ...]
    ballots: tuple[StoredTable, ...]
    assessors: tuple[StoredTable, ...]

    def unit_rows(self, runner: Runner, *, in_one: bool) -> Parts:
        """Return the rows of units, in parts if they are spread over several workers and need not be `in_one`.

        Raises UnfitError where files differ in what their columns hold.
        """
        frames = [table.frame(at) for at, table in enumerate(self.units)]
        if any(frame.collect_schema() != frames[0].collect_schema() for frame in frames):
            raise UnfitError("unlike tables", "、".join(table.name for table in self.units[:2]))
        most = None if in_one else runner.rows_of_a_part
        heights = [] if most is None else [table.count() for table in self.units]
        if most is None or not any(heights):
            return Parts((pl.concat(frames),), runner)
        parts = ceil(sum(heights) / most)
        return Parts(tuple(_cut(frames, heights, ceil(sum(heights) / parts))), runner)

    @property
    def all(self) -> tuple[StoredTable, ...]:
        """All tables, those of units first."""
        return (*self.units, *self.assessors, *self.registers, *self.ballots)


def _cut(frames: Iterable[pl.LazyFrame], heights: Iterable[int], most: int) -> Iterator[pl.LazyFrame]:
    """Cut frames into parts of so many rows, small frames being put together."""
    part, room = list[pl.LazyFrame](), most
    for frame, height in zip(frames, heights, strict=True):
        start = 0
        while start < height:
            taken = min(room, height - start)
            part.append(frame.slice(start, taken))
            start, room = start + taken, room - taken
            if not room:
                yield pl.concat(part)
                part, room = [], most
    if part:
        yield pl.concat(part)


def forms(tables: Iterable[StoredTable]) -> Mapping[str, Form]:
    """Return the forms in which figures of columns are stored. Raises UnfitError where tables differ."""
    found: dict[str, Form] = {}
    for table in tables:
        for name in table.titles:
            if found.setdefault(name, form := table.form(name)) != form:
                raise UnfitError("unlike tables", table.name)
    return found


def rows_in(path: Path) -> int:
    """Return how many rows a file of columns has; none where it is not one."""
    scan = pl.scan_ipc if path.suffix.lower() in ARROW else pl.scan_parquet
    try:
        return int(scan(path, glob=False).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError):
        return 0


def opened(paths: Mapping[str, Path], expected: Expected) -> Tables:
    """Open files by their names. Raises UnfitError where one is of a kind that the exact engine reads alone."""
    tables = [_table(name, path, expected) for name, path in sorted(paths.items())]
    units = tuple(table for table in tables if table.kind == "matrix")
    if not units or any(table.titles.keys() != units[0].titles.keys() for table in units):
        raise UnfitError("unlike tables" if units else "table missing")
    others: dict[Kind, tuple[StoredTable, ...]] = {
        kind: tuple(table for table in tables if table.kind == kind) for kind in ("register", "ballots", "assessors")
    }
    heads = frozenset(map(fold, expected.unit_names))
    return Tables(heads, units, others["register"], others["ballots"], others["assessors"])


def _table(name: str, path: Path, expected: Expected) -> StoredTable:
    laid_out = layout(path) if suffix_of(name) == ".csv" else None
    types = _schema(name, path) if laid_out is None else dict.fromkeys(laid_out.header, pl.String())
    header = tuple(types)
    known = {fold(unit) for unit in expected.unit_names}
    kind = _kind(header, expected)
    if any(_meant((other,), header) for other in _OTHERS) or (not expected.rounds and _meant((col.ROUND,), header)):
        raise UnfitError("other tables", name)
    names, titles, units = expected.titles(kind), dict[str, str](), list[str]()
    for title in header:
        if fold(title) in known:
            units.append(title)
        elif (meaning := names.meaning(title)) is not None:
            if meaning in titles:
                raise UnfitError("unlike tables", name)
            titles[meaning] = title
    if len(units) != 1:
        raise UnfitError("table missing", name)
    if kind == "register" and expected.unit_names[0] in col.REGISTER:
        titles[expected.unit_names[0]] = units[0]  # units are persons, which rules on events may read
    for title in (units[0], titles.get(col.EVENT, units[0])):
        if types[title] != pl.String:
            raise UnfitError("column type", title)
    titled = frozenset(meaning for meaning, title in titles.items() if "%" in fold(title))
    return StoredTable(name, path, kind, {UNIT: units[0], **titles}, header, titled, laid_out)


def _schema(name: str, path: Path) -> Mapping[str, pl.DataType]:
    return pl.read_ipc_schema(path) if suffix_of(name) in ARROW else pl.read_parquet_schema(path)


def why_unreadable(path: Path) -> Literal["not parquet", "not arrow", "lists in cells"] | None:
    """Return why a file is not read, as the exact engine tells it: it has no columns, or such as PyArrow cannot read.

    Of Parquet it reads columns of structs, of Arrow it does not.
    """
    of_arrow = suffix_of(path.name) in ARROW
    try:
        types = [*_schema(path.name, path).values()]
    except (pl.exceptions.PolarsError, OSError):
        types = []
    parts = [part for of in types for part in _parts(of)]
    if not types or any(part in (pl.Int128, pl.UInt128) for part in parts):
        return "not arrow" if of_arrow else "not parquet"
    nested = (pl.List, pl.Array, pl.Struct) if of_arrow else (pl.List, pl.Array)
    return "lists in cells" if any(isinstance(part, nested) for part in parts) else None


def _parts(of: pl.DataType) -> Iterator[pl.DataType]:
    """Visit a type and those in it."""
    yield of
    inner = [field.dtype for field in of.fields] if isinstance(of, pl.Struct) else []
    inner += [of.inner] if isinstance(of, pl.List | pl.Array) else []
    for each in inner:
        yield from _parts(each if isinstance(each, pl.DataType) else each())


def _kind(header: Iterable[str], expected: Expected) -> Kind:
    """Tell a kind of table by the column that marks it, where the rubric asks for such tables."""
    known = expected.known
    others = [title for title in header if title not in known.measures]
    if known.registers and _meant((col.EVENT,), header):
        return "register"
    if known.judged and _meant((col.ASSESSOR,), others):
        return "assessors"
    return "ballots" if known.ballots and _meant((col.BALLOT,), header) else "matrix"


def _meant(names: tuple[str, ...], header: Iterable[str]) -> bool:
    return any(titles_of(names).meaning(title) is not None for title in header)
