"""Parquet files → tables of units and registers, their columns named as the rubric names them. Nothing is read yet."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.parts import Parts, Runner
from dangjian_score.core import columns as col
from dangjian_score.core.names import fold
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


class Table(Struct, frozen=True):
    """A file: what it is called, where it lies, its kind, and the titles of its columns by what they mean."""

    name: str
    path: Path
    kind: Kind
    titles: Mapping[str, str]
    header: tuple[str, ...]

    def frame(self, at: int) -> pl.LazyFrame:
        """Return its rows with columns that are understood, and their places."""
        chosen = [pl.col(title).alias(name) for name, title in self.titles.items()]
        read = pl.scan_parquet(self.path, row_index_name=ROW, row_index_offset=_FIRST_ROW)
        return read.select(pl.lit(at, pl.Int64).alias(FILE), pl.col(ROW).cast(pl.Int64), *chosen)

    def rows(self, numbers: Iterable[int]) -> pl.DataFrame:
        """Return some rows with all columns of the file."""
        read = pl.scan_parquet(self.path, row_index_name=ROW, row_index_offset=_FIRST_ROW)
        return read.filter(pl.col(ROW).is_in(list(numbers))).collect()

    def first_rows(self, count: int) -> list[int]:
        """Return the numbers of the first rows."""
        held = pl.scan_parquet(self.path).select(pl.len()).collect().item()
        return list(range(_FIRST_ROW, _FIRST_ROW + min(count, held)))


class Tables(Struct, frozen=True):
    """The tables of units, registers, ballots and assessors; `heads` are titles of columns of units, in normal form."""

    heads: frozenset[str]
    units: tuple[Table, ...]
    registers: tuple[Table, ...]
    ballots: tuple[Table, ...]
    assessors: tuple[Table, ...]

    def unit_rows(self, runner: Runner) -> Parts:
        """Return the rows of units, in parts if they are spread over several workers."""
        frames = [table.frame(at) for at, table in enumerate(self.units)]
        return Parts((pl.concat(frames, how="vertical"),), runner)

    @property
    def all(self) -> tuple[Table, ...]:
        """All tables, those of units first."""
        return (*self.units, *self.assessors, *self.registers, *self.ballots)


def opened(paths: Mapping[str, Path], expected: Expected) -> Tables:
    """Open files by their names. Raises UnfitError where one is of a kind that the exact engine reads alone."""
    tables = [_table(name, path, expected) for name, path in sorted(paths.items())]
    units = tuple(table for table in tables if table.kind == "matrix")
    if not units or any(table.titles.keys() != units[0].titles.keys() for table in units):
        raise UnfitError
    others: dict[Kind, tuple[Table, ...]] = {
        kind: tuple(table for table in tables if table.kind == kind) for kind in ("register", "ballots", "assessors")
    }
    heads = frozenset(map(fold, expected.unit_names))
    return Tables(heads, units, others["register"], others["ballots"], others["assessors"])


def _table(name: str, path: Path, expected: Expected) -> Table:
    header = tuple(pl.read_parquet_schema(path))
    known = {fold(unit) for unit in expected.unit_names}
    kind = _kind(header, expected)
    if any(_meant((other,), header) for other in _OTHERS) or (not expected.rounds and _meant((col.ROUND,), header)):
        raise UnfitError
    names, titles, units = expected.titles(kind), dict[str, str](), list[str]()
    for title in header:
        if fold(title) in known:
            units.append(title)
        elif (meaning := names.meaning(title)) is not None:
            if meaning in titles:
                raise UnfitError
            titles[meaning] = title
    if len(units) != 1:
        raise UnfitError
    if kind == "register" and expected.unit_names[0] in col.REGISTER:
        titles[expected.unit_names[0]] = units[0]  # units are persons, which rules on events may read
    return Table(name, path, kind, {UNIT: units[0], **titles}, header)


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
