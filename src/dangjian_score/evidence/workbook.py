"""Workbooks (.xlsx, .xlsm) → sheets of raw cells, by openpyxl.

Formulas are told from their stored values by a second reading, made only where there are formulas.
"""

import warnings
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from typing import Any, Final, Literal
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.sheets import Broken, Content, RawCell, Sheet

MAX_UNPACKED: Final = 200_000_000
"""Bytes that a workbook's parts may unpack to."""
MAX_CELLS: Final = 2_000_000
"""Cells of the rectangle that a sheet claims to use."""

Reason = Literal["xls", "encrypted", "html", "plain text", "empty file", "damaged", "not a workbook", "too large"]
"""Why a file is no usable workbook; `words` has the way out for each."""


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read all worksheets of a workbook, hidden ones too; a finding where the file cannot be read."""
    if reason := refusal(data):
        return at_file(Code.FILE_UNUSABLE, file, reason=reason)
    try:
        book = _open(data, stored=False)
        for sheet in book.worksheets:
            if sheet.max_row * sheet.max_column > MAX_CELLS:
                return at_file(Code.FILE_UNUSABLE, file, sheet.title, reason="too large")
        stored = _open(data, stored=True) if any(map(_has_formulas, book.worksheets)) else book
    except Exception:  # noqa: BLE001  openpyxl promises no set of errors for a damaged file; all mean the same here
        return at_file(Code.FILE_UNUSABLE, file, reason="damaged")
    if not book.worksheets:  # their parts are missing: openpyxl passes over that in silence
        return at_file(Code.FILE_UNUSABLE, file, reason="damaged")
    return tuple(_sheet(sheet, stored[sheet.title], file) for sheet in book.worksheets)


def refusal(data: bytes) -> Reason | None:
    """Tell from its first bytes and its table of contents why a file is no workbook; None where it may be one."""
    if not data:
        return "empty file"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "xls"
    if not data.startswith(b"PK"):
        head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return "html" if head.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml")) else "plain text"
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except BadZipFile:
        return "damaged"
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        return "not a workbook"
    return "too large" if sum(part.file_size for part in parts) > MAX_UNPACKED else None


def _open(data: bytes, *, stored: bool) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions it drops; none of them holds values
        return load_workbook(BytesIO(data), data_only=stored, keep_links=False)


def _cells(sheet: Worksheet) -> Iterable[Any]:
    return (cell for row in sheet.iter_rows() for cell in row)


def _has_formulas(sheet: Worksheet) -> bool:
    return any(cell.data_type == "f" for cell in _cells(sheet))


def _sheet(sheet: Worksheet, stored: Worksheet, file: str) -> Sheet:
    rows: dict[int, dict[int, RawCell]] = {}
    for cell in _cells(sheet):
        if (raw := _raw(cell, sheet, stored)) is not None:
            rows.setdefault(cell.row, {})[cell.column] = raw
    hidden = frozenset(number for number, row in sheet.row_dimensions.items() if row.hidden)
    return Sheet(file, sheet.title, sheet.sheet_state != "visible", rows, hidden)


def _raw(cell: Any, sheet: Worksheet, stored: Worksheet) -> RawCell | None:
    if isinstance(cell, MergedCell):
        return _covered(cell, sheet)
    value, kind = cell.value, cell.data_type
    if kind == "f":
        kept = stored.cell(cell.row, cell.column)
        value, kind = kept.value, kept.data_type
        if value is None:
            return RawCell(Broken("formula", str(cell.value)[:30]))
    content = Broken("error", str(value)) if kind == "e" else _content(value)
    return None if content is None else RawCell(content, percent="%" in cell.number_format, typed=True)


def _covered(cell: MergedCell, sheet: Worksheet) -> RawCell | None:
    """A cell under a merge shows what stands in the merge's first cell, where anything does."""
    area = next(one for one in sheet.merged_cells.ranges if cell.coordinate in one)
    content = _content(sheet.cell(area.min_row, area.min_col).value)
    return None if content is None else RawCell(Broken("merged", str(content)), typed=True)


def _content(value: Any) -> Content | None:
    match value:
        case None:
            return None
        case bool():
            return value
        case int():
            return Fraction(value)
        case float():
            return Fraction(format(value, ".15g"))  # Excel shows a double's first 15 digits; so do we
        case datetime():
            whole_day = value.time() == datetime.min.time()
            return value.date() if whole_day else Broken("time", str(value))
        case date():
            return value
        case str():
            return value.strip() or None
        case _:
            return Broken("time", str(value))
