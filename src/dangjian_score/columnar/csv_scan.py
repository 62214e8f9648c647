"""Rows of a comma-separated file as texts, or with columns of whole numbers as such, which is faster and proved."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.csv_layout import Layout
from dangjian_score.columnar.figures import letters_of
from dangjian_score.columnar.tables import ROW

_BATCH: Final = 200_000
_SAMPLE: Final = 1_000
_SECOND: Final = 2
"""The row below the header."""
_BLANK: Final = "·blank {}"


class NotWholeError(Exception):
    """Raised where columns are not of whole numbers as short as they can be written."""


def scanned(path: Path, layout: Layout, whole: Iterable[str] = ()) -> pl.LazyFrame:
    """Scan a file with the number of each row: as texts, but for columns of whole numbers."""
    names = (*layout.header, *_untitled(layout))
    types: dict[str, type[pl.DataType]] = {**dict.fromkeys(names, pl.String), **dict.fromkeys(whole, pl.Int64)}
    return pl.scan_csv(path, schema=types, row_index_name=ROW, row_index_offset=_SECOND, glob=False)


def _untitled(layout: Layout) -> list[str]:
    return [_BLANK.format(at) for at in range(layout.untitled)]


def whole_columns(path: Path, layout: Layout, titles: Iterable[str]) -> tuple[str, ...]:
    """Return those of some columns whose first rows are whole numbers; none where rows cannot be read."""
    try:
        first = scanned(path, layout).head(_SAMPLE).collect()
    except pl.exceptions.PolarsError:
        return ()
    numbers = {title: first[title].cast(pl.Int64, strict=False) for title in titles}
    return tuple(title for title, found in numbers.items() if found.null_count() == first[title].null_count())


def batches(path: Path, layout: Layout, titles: Collection[str], whole: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield the rows of some columns, those of whole numbers as such.

    Numbers are read from other texts, too (007, +5). These are longer than they need be, and so is the file: if all
    cells together have as many letters as it has, each is what it seems. NotWholeError tells at the end that they have
    not. Raises UnfitError where a column without a title holds something.
    """
    scan, untitled = scanned(path, layout, whole), _untitled(layout)
    chosen = scan if whole else scan.select(ROW, *dict.fromkeys(titles), *untitled)
    left = layout.letters
    for rows in chosen.collect_batches(chunk_size=_BATCH, maintain_order=True):
        if any(rows[name].null_count() < rows.height for name in untitled):
            raise UnfitError("layout of csv")
        left -= _letters(rows.drop(ROW)) if whole else 0
        yield rows
    if whole and left:
        raise NotWholeError


def _letters(rows: pl.DataFrame) -> int:
    """Return how many letters and commas rows take at least, if none is cut short."""
    counts = [letters_of(column) if column.dtype == pl.Int64 else _bytes(column) for column in rows.iter_columns()]
    if rows[:, -1].null_count():
        raise NotWholeError
    return sum(map(_known, counts)) + rows.height * (rows.width - 1)


def _bytes(texts: pl.Series) -> int:
    return int(texts.str.len_bytes().sum())


def _known(count: int | None) -> int:
    if count is None:
        raise NotWholeError
    return count
