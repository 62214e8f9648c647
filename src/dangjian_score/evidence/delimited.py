"""Comma-separated files → one sheet of raw cells. UTF-8, UTF-16, UTF-32 or GB18030; commas, semicolons or tabs."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import compress, count, islice, pairwise
from typing import Final

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.sheets import FilledRow, Memo, RawCell, Sheet, SheetRow, is_sparse, written

_SEPARATORS: Final = (",", ";", "\t")
_WIDE_SEPARATOR: Final = "，"
_MARK: Final = "\ufeff"
_LATER_MARK: Final = re.compile(rf"(?<![^\r\n]){_MARK}+")
"""A mark at the start of a line, where two files were joined."""
_MARKS: Final[Mapping[bytes, tuple[str, ...]]] = {
    BOM_UTF8: ("utf-8", "gb18030"),
    BOM_UTF32_LE: ("utf-32-le",),  # before UTF-16, whose mark it begins with
    BOM_UTF32_BE: ("utf-32-be",),
    BOM_UTF16_LE: ("utf-16-le",),
    BOM_UTF16_BE: ("utf-16-be",),
}
_AS_TEXT: Final = re.compile(r'="(.*)"', re.DOTALL)
_FIRST_LINES: Final = 20
"""Lines with something in them that tell what parts columns; titles may stand above the header."""
_HEAD: Final = 200_000
"""Letters that are looked at for that."""
_NAMED: Final = re.compile(r'"?sep=([^\w\s"]|\t)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
"""The line by which a file tells Excel what parts its columns."""


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read a .csv; a finding where it is none."""
    if not data.strip():
        return at_file(Code.FILE_UNUSABLE, file, reason="empty file")
    if data.startswith(b"PK\x03\x04"):
        return at_file(Code.FILE_UNUSABLE, file, reason="workbook named csv")
    text = _decoded(data)
    if text is None or "\0" in text:
        return at_file(Code.FILE_UNUSABLE, file, reason="encoding")
    named = _NAMED.match(text)
    text = text if named is None else text[named.end() :]
    if not text.strip():
        return at_file(Code.FILE_UNUSABLE, file, reason="empty file")
    separator = _separator(text) if named is None else named[1]
    if separator is None:
        return at_file(Code.FILE_UNUSABLE, file, reason="separator")
    rows, held, cells = dict[int, SheetRow](), 0, Memo(cell_of)
    try:
        for at, record in enumerate(_records(text, separator), start=1):
            if any(record) and (row := _row(record, cells)):
                rows[at] = row
                held += len(row)
            if held > limits.MAX_CELLS or cells.made > limits.MAX_UNLIKE_CELLS:
                return at_file(Code.FILE_UNUSABLE, file, reason="too many cells")
    except csv.Error as error:
        reason = "long cell" if str(error).startswith("field larger") else "quotes"
        return at_file(Code.FILE_UNUSABLE, file, reason=reason)
    return (Sheet(file, None, hidden=False, rows=rows),)


def titles(start: bytes) -> tuple[str, ...] | None:
    """Return the cells of the first line, where commas part columns and the text may be UTF-8; else None.

    `start` is the start of a file, which may be cut anywhere.
    """
    text = start.removeprefix(BOM_UTF8).decode("utf-8", "ignore")
    if text.startswith(_MARK) or _NAMED.match(text) or _separator(text) != _SEPARATORS[0]:
        return None
    try:
        first = next(_records(text, _SEPARATORS[0]), [])
    except csv.Error:
        return None
    cells = [cell_of(title) for title in first]
    return tuple(written(cell) if cell is not None else "" for cell in cells)


def _decoded(data: bytes) -> str | None:
    """Read text in whatever it is written in, without the marks at its start, however many, or where files meet."""
    encodings = _unmarked(data)
    while mark := next((mark for mark in _MARKS if data.startswith(mark)), None):
        encodings = _MARKS[mark]
        data = data.removeprefix(mark)
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _LATER_MARK.sub("", text) if _MARK in text else text
    return None


def _unmarked(data: bytes) -> tuple[str, ...]:
    """Say what a file without a mark may be written in: where the zeros of UTF-16 stand settles it."""
    if b"\0" in data:
        return ("utf-16-le",) if data[1::2].count(0) > data[::2].count(0) else ("utf-16-be",)
    return ("utf-8", "gb18030")


def _separator(text: str) -> str | None:
    """Tell what parts columns from the header, outside quotes; None where that is not clear.

    The header is taken to be the first line that something parts as it does the next one; data may hold other marks.
    """
    lines = [*islice(_counts(text[:_HEAD]), _FIRST_LINES)]
    if not any(line[each] for line in lines for each in _SEPARATORS):
        return _wide_separator(text)
    starts = {each: start for each in _SEPARATORS if (start := _start(lines, each)) is not None}
    if not starts:  # one line alone, or each line in a way of its own
        starts = {each: at for each in _SEPARATORS for at, line in reversed([*enumerate(lines)]) if line[each]}
    first = min(starts.values())
    counts = {each: lines[first][each] for each, start in starts.items() if start == first}
    most = [each for each, count in counts.items() if count == max(counts.values())]
    return most[0] if len(most) == 1 else None


def _start(lines: Sequence[Mapping[str, int]], separator: str) -> int | None:
    """Find the first line that has a separator as the next one has."""
    return next((at for at, (line, below) in enumerate(pairwise(lines)) if line[separator] and below[separator]), None)


def _wide_separator(text: str) -> str | None:
    """Read one column, or columns that full-width commas part into the same number of cells in every line."""
    if _WIDE_SEPARATOR not in text.lstrip().partition("\n")[0]:
        return _SEPARATORS[0]
    try:
        widths = {len(record) for record in _records(text, _WIDE_SEPARATOR) if any(record)}
    except csv.Error:
        return None
    return _WIDE_SEPARATOR if len(widths) == 1 else None


def _counts(text: str) -> Iterator[Mapping[str, int]]:
    """Count the separators of each line that holds something, outside quotes."""
    line, blank = dict.fromkeys(_SEPARATORS, 0), True
    quoted, opening = False, True
    for letter in f"{text}\n":
        if letter == '"' and (quoted or opening):
            quoted = not quoted
            opening = not quoted  # two of them inside quotes are one that is meant
            blank = False
        elif quoted:
            continue
        elif letter in "\r\n":
            if not blank:
                yield line
            line, blank, opening = dict.fromkeys(_SEPARATORS, 0), True, True
        else:
            opening = letter in line
            blank = blank and (opening or letter.isspace())
            if opening:
                line[letter] += 1


def _records(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)


def _row(record: list[str], cells: Memo) -> SheetRow:
    """Make the cells of a line; what only separators stand for takes no longer than they took to read."""
    columns = [*compress(count(1), record)]
    if is_sparse(len(record), len(columns)):
        return {column: cell for column in columns if (cell := cells[record[column - 1]])}
    row = (None, *map(cells.__getitem__, record))
    return FilledRow(row, sum(map(bool, row)))


def cell_of(text: str) -> RawCell | None:
    """Make the cell of a text between separators; None where it is blank."""
    bared = _bared(text.strip())
    return RawCell(bared) if bared else None


def _bared(text: str) -> str:
    """Take off what keeps a spreadsheet from reading a text as a number: `="001"`, `'001`."""
    if found := _AS_TEXT.fullmatch(text):
        return found[1].replace('""', '"').strip()
    return text[1:] if text.startswith("'") and "'" not in text[1:] else text
