"""One sheet of a workbook: usual rows read without a parser, all others by it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from xml.parsers.expat import XMLParserType

from dangjian_score.core import limits
from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS
from dangjian_score.evidence.sheets import MAX_KEPT, BrokenCell, RawCell, Sheet, SheetRow, column_of, packed, written
from dangjian_score.evidence.xlsx.archive import ElementRule, Package, Texts, UnreadableError, XmlAttributes, flag, walk
from dangjian_score.evidence.xlsx.rows import Cells, FilledRows, SheetRowReader, position

_BEGIN: Final = b"<sheetData>"
_END: Final = b"</row>"
_LONGEST: Final = 1 << 18
"""Bytes of a row that are waited for."""
_PREFIX: Final = "x14ac"
"""What Excel names the namespace of `dyDescent` on rows; a prefix that nobody declared is damage."""

_WHOLE: Final = rb'="[0-9]{1,9}"'
_FLAG: Final = rb'="(?:0|1|true|false)"'
_DECIMAL: Final = rb'="[0-9]{1,9}(?:\.[0-9]{1,20})?"'


def _optional(*attributes: tuple[bytes, bytes]) -> bytes:
    return b"".join(b"(?: " + name + value + b")?" for name, value in attributes)


_STYLED: Final = ((b"spans", rb'="[0-9: ]{0,99}"'), (b"s", _WHOLE), (b"customFormat", _FLAG), (b"ht", _DECIMAL))
_HIDDEN: Final = (b"hidden", _FLAG)
_OUTLINED: Final = (
    *((b"customHeight", _FLAG), (b"outlineLevel", _WHOLE), (b"collapsed", _FLAG)),
    *((b"thickTop", _FLAG), (b"thickBot", _FLAG), (b"ph", _FLAG)),
)
_EXCEL: Final = (b"x14ac:dyDescent", _DECIMAL)


def _patterns(*more: tuple[bytes, bytes]) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Compile a run of empty rows, and the start of a row that is shown, with what Excel may say of them besides."""
    start = rb'<row r="([0-9]{1,7})"'
    empty = rb"(?:" + start + _optional(*_STYLED, _HIDDEN, *_OUTLINED, *more) + rb"/>)++"
    return re.compile(empty), re.compile(start + _optional(*_STYLED, *_OUTLINED, *more) + rb">")


_PLAIN: Final = _patterns()
_WITH_PREFIX: Final = _patterns(_EXCEL)
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]+)"(?: s="([0-9]{1,9})")?(?: t="(n|s|str|b|inlineStr)")?'
    r"(?:/>|>(?:(<is><t>)|<v>)((?:[^<>&\x00-\x1f\x7f]++|&\#[0-9]{1,7};)*+)(?(5)</t></is>|</v>)</c>)"
)
"""A cell: column, row, style, kind, a mark of inline text, and the text; none where it is blank."""
_GROUPS: Final = 7
"""What splitting by cells gives for each: what stands before it, and its groups."""
_REFERENCE: Final = re.compile("&#([0-9]+);")
_CHARACTER: Final = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML knows as a character."""


class _Texts(dict[str, str]):
    """Texts by how they are written with references to characters."""

    def __missing__(self, written: str) -> str:
        text = _REFERENCE.sub(_letter, written)
        if len(self) < MAX_KEPT:
            self[written] = text
        return text


def _letter(reference: re.Match[str]) -> str:
    letter = chr(int(reference[1]))
    if not _CHARACTER.fullmatch(letter):
        raise UnreadableError("damaged")
    return letter


class StrictRows:
    """Cuts rows out of a sheet before the parser sees them; `reader` is set once the parser has come to the rows."""

    def __init__(self, parser: XMLParserType) -> None:
        self.reader: SheetRowReader | None = None
        self._parser = parser
        self._prefixes: list[str | None] = []
        self._empty, self._start = _PLAIN
        self._texts = _Texts()
        self._rest = b""
        self._fed = 0
        self._begun = self._over = False
        parser.StartNamespaceDeclHandler = lambda prefix, _: self._prefixes.append(prefix)
        parser.EndNamespaceDeclHandler = self._prefixes.remove

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Give what of a chunk, and of what is left of the last one, is for the parser, which must read it at once."""
        data, self._rest = self._rest + chunk, b""
        self._over = self._over or not chunk or b"<!" in data
        at = 0
        if not self._begun and not self._over:
            begin = data.find(_BEGIN)
            at = max(len(data) - len(_BEGIN), 0) if begin < 0 else begin + len(_BEGIN)
            yield self._feeding(data[:at])
            self._begun = begin >= 0
            self._over = self._begun and not self._waits()
            self._empty, self._start = _WITH_PREFIX if _PREFIX in self._prefixes else _PLAIN
        while self._begun and not self._over:
            at = self._cut(data, at)
            end = data.find(_END, at) + len(_END)
            if end < len(_END):
                break
            yield self._feeding(data[at:end])
            at = end
            self._over = not self._waits()
        self._over = self._over or len(data) - at > _LONGEST
        if self._over:
            yield data[at:]
        else:
            self._rest = data[at:]

    def _feeding(self, piece: bytes) -> bytes:
        self._fed += len(piece)
        return piece

    def _waits(self) -> bool:
        """Tell whether the parser has read all that it was given and is between rows."""
        return self.reader is not None and self.reader.waits and self._parser.CurrentByteIndex == self._fed

    def _cut(self, data: bytes, at: int) -> int:
        """Read rows from a place on; give the place of the first that is not as it should be."""
        assert self.reader is not None  # noqa: S101  who waits has one
        while True:
            if empty := self._empty.match(data, at):
                self.reader.pass_by(int(empty[1]))
                at = empty.end()
                continue
            start = self._start.match(data, at)
            end = -1 if start is None else data.find(_END, start.end())
            if start is None or end < 0 or not self._take(self.reader, start[1].decode(), data[start.end() : end]):
                return at
            at = end + len(_END)

    def _take(self, reader: SheetRowReader, number: str, cells: bytes) -> bool:
        """Read a row's cells; tell whether all of them are as they should be."""
        parts: list[str] = _CELL.split(cells.decode()) if cells.isascii() else [number]
        numbers = parts[2::_GROUPS]
        if any(parts[::_GROUPS]) or numbers.count(number) != len(numbers):
            return False
        values = parts[6::_GROUPS]
        if len(cells) > limits.MAX_CELL_TEXT and any(len(value or "") > limits.MAX_CELL_TEXT for value in values):
            return False
        texts = map(self._text, values) if b"&" in cells else values
        return reader.take(number, (parts[1::_GROUPS], parts[3::_GROUPS], parts[4::_GROUPS]), texts)

    def _text(self, written: str | None) -> str | None:
        return self._texts[written] if written is not None and "&" in written else written


_CORNERS: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")


class MergedArea(NamedTuple):
    """A rectangle of cells, its corners included."""

    top: int
    left: int
    bottom: int
    right: int


def area_of(reference: str) -> MergedArea:
    """Read `A1:C3`. Raises UnreadableError."""
    corners = _CORNERS.fullmatch(reference)
    if corners is None:
        raise UnreadableError("damaged")
    left, top, right, bottom = corners.groups()
    found = MergedArea(int(top), column_of(left), int(bottom or top), column_of(right or left))
    if found.bottom > MOST_ROWS or found.right > MOST_COLUMNS:
        raise UnreadableError("damaged")
    return found


def covered(
    rows: Mapping[int, SheetRow], areas: Iterable[MergedArea]
) -> tuple[dict[int, SheetRow], tuple[tuple[int, int, int], ...]]:
    """Put what merges show into the cells that they cover, as far as rows and columns are used.

    Also tells of each merge that covers values where the first of them stands, and how many there are.
    """
    found, touched = dict(rows), dict[int, dict[int, RawCell]]()
    numbers = sorted(rows)
    columns = sorted({column for row in rows.values() for column in row})
    room = limits.MAX_MERGED_CELLS
    beneath: list[tuple[int, int, int]] = []
    for area in areas:
        below = numbers[bisect_left(numbers, area.top) : bisect_right(numbers, area.bottom)]
        beside = columns[bisect_left(columns, area.left) : bisect_right(columns, area.right)]
        room -= len(below) * len(beside)
        if room < 0:
            raise UnreadableError("too large")
        first = found.get(area.top, {}).get(area.left)
        hidden: list[tuple[int, int]] = []
        shown = "" if first is None else written(first)
        for number in below:
            if number not in touched:
                found[number] = touched[number] = dict(rows[number])
            others = beside[1:] if number == area.top and area.left in beside[:1] else beside
            hidden += [(number, column) for column in _cover(shown, touched[number], others)]
        beneath += [(*place, len(hidden)) for place in hidden[:1]]
    return found | {number: packed(row) for number, row in touched.items() if row}, tuple(beneath)


def _cover(shown: str, row: dict[int, RawCell], columns: Iterable[int]) -> Iterator[int]:
    """Cover cells of a row; yield the columns of those that hold something else than what is shown."""
    for column in columns:
        own = row.get(column)
        if own is not None and written(own) != shown:
            row[column] = RawCell(BrokenCell("beneath", written(own), shown), typed=True)
            yield column
        elif shown:
            row[column] = RawCell(BrokenCell("merged", shown), typed=True)


class _SheetParts:
    """Rows, merges and hidden columns of a sheet, filled while it is parsed."""

    def __init__(self) -> None:
        self.filled = FilledRows()
        self.areas: list[MergedArea] = []
        self.hidden_columns = bytearray()

    def hide(self, attributes: XmlAttributes) -> None:
        """Note columns that are hidden."""
        if flag(attributes.get("hidden")):
            first, last = (position(attributes.get(key), 0, MOST_COLUMNS) for key in ("min", "max"))
            if last < first:
                raise UnreadableError("damaged")
            self.hidden_columns = self.hidden_columns or bytearray(MOST_COLUMNS + 1)
            self.hidden_columns[first : last + 1] = b"\1" * (last + 1 - first)

    def merge(self, attributes: XmlAttributes) -> None:
        """Note cells that are merged."""
        self.areas.append(area_of(attributes.get("ref", "")))
        if len(self.areas) > limits.MAX_MERGED_AREAS:
            raise UnreadableError("too large")


def worksheet(package: Package, part: str, cells: Cells, file: str, name: str, *, hidden: bool) -> Sheet:
    """Read a sheet. Its `dimension` is never believed, so nothing depends on it. Raises UnreadableError."""
    found = _SheetParts()

    def prepare(parser: XMLParserType, texts: Texts) -> StrictRows:
        strict = StrictRows(parser)

        def rows(_: XmlAttributes) -> None:
            strict.reader = SheetRowReader(parser, texts, cells, package.hold)
            found.filled = strict.reader.found

        below = {
            "cols": ElementRule(below={"col": ElementRule(found.hide)}),
            "sheetData": ElementRule(rows),
            "mergeCells": ElementRule(below={"mergeCell": ElementRule(found.merge)}),
        }
        walk(parser, texts, {"worksheet": ElementRule(below=below)})
        return strict

    package.parse(part, prepare)
    filled = found.filled
    rows, beneath = covered(filled.rows, found.areas) if found.areas else (filled.rows, ())
    columns = frozenset(column for column, is_hidden in enumerate(found.hidden_columns) if is_hidden)
    return Sheet(file, name, hidden, rows, frozenset(filled.hidden), columns, beneath)
