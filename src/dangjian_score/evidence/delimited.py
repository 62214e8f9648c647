"""Comma-separated files → one sheet of raw cells. UTF-8, UTF-16 or GB18030; commas, semicolons or tabs."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Final

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.sheets import MAX_CELLS, RawCell, Row, Sheet

_SEPARATORS: Final = (",", ";", "\t")


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read a .csv; a finding where it is none."""
    if not data.strip():
        return at_file(Code.FILE_UNUSABLE, file, reason="empty file")
    if data.startswith(b"PK\x03\x04"):
        return at_file(Code.FILE_UNUSABLE, file, reason="workbook named csv")
    text = _decoded(data)
    if text is None or "\0" in text:
        return at_file(Code.FILE_UNUSABLE, file, reason="encoding")
    rows, held = dict[int, Row](), 0
    try:
        for at, record in enumerate(_records(text, _separator(text), strict=True), start=1):
            if cells := _row(record):
                rows[at] = cells
                held += len(cells)
            if held > MAX_CELLS:
                return at_file(Code.FILE_UNUSABLE, file, reason="too many cells")
    except csv.Error:
        return at_file(Code.FILE_UNUSABLE, file, reason="quotes")
    return (Sheet(file, None, hidden=False, rows=rows),)


def _decoded(data: bytes) -> str | None:
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    """Say what a file may be written in: a mark settles it, and so does where the zeros of UTF-16 stand."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    if b"\0" in data:
        return ("utf-16-le",) if data[1::2].count(0) > data[::2].count(0) else ("utf-16-be",)
    return ("utf-8-sig", "gb18030")


def _separator(text: str) -> str:
    """Take what parts the first rows into most cells; the comma where two part them alike."""
    return max(_SEPARATORS, key=lambda one: sum(map(len, islice(_records(text, one, strict=False), 10))))


def _records(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, strict=strict)


def _row(record: list[str]) -> dict[int, RawCell]:
    return {at: RawCell(text.strip()) for at, text in enumerate(record, start=1) if text.strip()}
