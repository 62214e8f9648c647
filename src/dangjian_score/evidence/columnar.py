"""Parquet files → one sheet of raw cells: names of columns as the header in row 1, records below it."""

import math
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.sheets import MAX_CELLS, BrokenCell, Content, RawCell, Sheet


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read a .parquet file; a finding where it is none, or where pyarrow (the extra `parquet`) is missing."""
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        return at_file(Code.FILE_UNUSABLE, file, reason="parquet extra")
    if not data:
        return at_file(Code.FILE_UNUSABLE, file, reason="empty file")
    try:
        held = parquet.ParquetFile(BytesIO(data))
        if held.metadata.num_rows * held.metadata.num_columns > MAX_CELLS:
            return at_file(Code.FILE_UNUSABLE, file, reason="too many cells")
        table = held.read()
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError):  # what pyarrow says of broken files
        return at_file(Code.FILE_UNUSABLE, file, reason="not parquet")
    rows = {1: {at: RawCell(name) for at, name in enumerate(table.column_names, start=1) if name}}
    for number, record in enumerate(zip(*columns, strict=True), start=2):
        contents = ((at, _content(value)) for at, value in enumerate(record, start=1))
        cells = {at: RawCell(content, typed=True) for at, content in contents if content is not None}
        if cells:
            rows[number] = cells
    return (Sheet(file, None, hidden=False, rows=rows),)


def _content(value: Any) -> Content | None:
    match value:
        case None | bool():
            return value
        case int():
            return Fraction(value)
        case float() if math.isfinite(value):
            return Fraction(format(value, ".15g"))
        case Decimal() if value.is_finite():
            return Fraction(value)
        case datetime() if value.time() != datetime.min.time():
            return BrokenCell("time", str(value))
        case datetime():
            return value.date()
        case date():
            return value
        case str():
            return value.strip() or None
        case _:
            return BrokenCell("error", str(value)[:30])
