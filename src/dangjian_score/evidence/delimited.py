"""Comma-separated files → one sheet of raw cells. UTF-8 with or without a byte order mark, or GB18030."""

import csv
from io import StringIO

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.sheets import RawCell, Sheet


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read a .csv; a finding where it is none."""
    if not data.strip():
        return at_file(Code.FILE_UNUSABLE, file, reason="empty file")
    if data.startswith(b"PK\x03\x04"):
        return at_file(Code.FILE_UNUSABLE, file, reason="workbook named csv")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return at_file(Code.FILE_UNUSABLE, file, reason="utf-16")
    text = _decoded(data)
    if text is None or "\0" in text:
        return at_file(Code.FILE_UNUSABLE, file, reason="encoding")
    try:
        records = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error:
        return at_file(Code.FILE_UNUSABLE, file, reason="quotes")
    rows = {at: cells for at, record in enumerate(records, start=1) if (cells := _row(record))}
    return (Sheet(file, None, hidden=False, rows=rows),)


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _row(record: list[str]) -> dict[int, RawCell]:
    return {at: RawCell(text.strip()) for at, text in enumerate(record, start=1) if text.strip()}
