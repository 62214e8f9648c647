"""加减分明细 as .parquet: a row for each line of points, written piece by piece however many there are."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from dangjian_score.core.columns import UNITS_MARK
from dangjian_score.engine.result import Detail
from dangjian_score.report.as_parquet import to_decimal
from dangjian_score.report.lines import LineRow, LineRows
from dangjian_score.report.view import ResultView

_PIECE: Final = 100_000
"""Rows that are held at a time."""

_Entries = tuple[str | Decimal | None, ...]


def write_lines(view: ResultView, units: Iterable[tuple[str, Detail]], target: Path) -> None:
    """Write the lines of units to a file, in the order in which they are given."""
    rows, schema = _rows(view, units), _schema(view)
    with TemporaryDirectory(dir=target.parent) as folder:
        pieces = list[Path]()
        while piece := [*islice(rows, _PIECE)]:
            pieces.append(Path(folder) / f"{len(pieces):09}.parquet")
            pl.DataFrame(piece, schema=schema, orient="row").write_parquet(pieces[-1])
        whole = pl.scan_parquet(pieces) if pieces else pl.LazyFrame(schema=schema)
        whole.sink_parquet(target, maintain_order=True, metadata={UNITS_MARK: view.rubric.rubric})


def _rows(view: ResultView, units: Iterable[tuple[str, Detail]]) -> Iterable[_Entries]:
    places = view.places

    def points(value: Fraction | None) -> Decimal | None:
        return None if value is None else to_decimal(value, places)

    def shaped(row: LineRow) -> _Entries:
        before, moved, missing = map(points, (row.before, row.points, row.missing))
        return (row.round, row.clause, row.item, row.title, row.text, before, moved, missing, row.limit)

    lines = LineRows(view, shaped)
    return chain.from_iterable(((unit, *row, cells) for row, cells in lines.of(detail)) for unit, detail in units)


def _schema(view: ResultView) -> dict[str, Any]:
    points = pl.Decimal(18, view.places)
    texts = dict.fromkeys(("unit", "round", "clause", "item", "title", "text"), pl.String)
    figures = dict.fromkeys(("before_limit", "points", "missing"), points)
    return {**texts, **figures, "limit": pl.String, "cells": pl.String}
