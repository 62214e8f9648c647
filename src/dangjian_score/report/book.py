"""A workbook of a report: one look for its cells, text that stays text, exact figures, rows written straight."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from html import escape
from io import BytesIO
from itertools import islice
from re import sub
from struct import unpack_from
from typing import Any, Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec import Struct
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from dangjian_score.core.archives import AUTHOR, OUTPUT
from dangjian_score.core.names import lines_of, row_height, sheet_name, unescaping, visible
from dangjian_score.core.points import decimals, fixed, rounded
from dangjian_score.core.watching import BoundedCache, Watch
from dangjian_score.report.formatting import fits, shown

Formats = Mapping[tuple[bool, str], int]
"""Numbers of the formats of a column: of figures or others, by ground."""

_LEVEL: Final = 2
"""How hard rows are packed: the usual level takes three times as long and saves a fifth."""
_AT_ONCE: Final = 200
_END: Final = b"</sheetData>"


class Pour(Struct, frozen=True):
    """Rows of a sheet as XML, to stand before the row `before` if it is there; `corner` is the sheet's last cell."""

    rows: Iterable[bytes]
    before: int
    corner: str


def poured(packed: bytes, pours: Mapping[str, Pour]) -> bytes:
    """Pack a workbook anew with rows in its parts."""
    into = BytesIO()
    with ZipFile(BytesIO(packed)) as made, ZipFile(into, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as whole:
        for part in made.infolist():
            with whole.open(part.filename, "w") as out:
                out.writelines(_filled(made.read(part), pours.get(part.filename)))
    return into.getvalue()


def _filled(sheet: bytes, pour: Pour | None) -> Iterator[bytes]:
    if pour is None:
        yield sheet
        return
    at = sheet.find(b'<row r="%d"' % pour.before)
    at = sheet.index(_END) if at < 0 else at
    yield sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:%s"/>' % pour.corner.encode(), sheet[:at], count=1)
    rows = iter(pour.rows)
    while some := b"".join(islice(rows, _AT_ONCE)):
        yield some
    yield sheet[at:]


GENERAL: Final = "General"
FONT: Final = "宋体"
SIZE: Final = 10.5

Entry = str | int | Decimal | Fraction | None
"""What a cell may hold: text, a figure with a finite decimal."""
Style = Literal["text", "middle", "figure", "header", "group", "title", "note"]

_BASE: Final = {"font_name": FONT, "font_size": SIZE, "font_charset": 134, "font_family": 0, "font_scheme": "none"}
_GRID: Final = {"border": 1, "border_color": "#A6A6A6", "valign": "vcenter", "text_wrap": True}
_HEAD: Final = {**_GRID, "bold": True, "align": "center"}
_STYLES: Final[dict[Style, dict[str, object]]] = {
    "text": _GRID,
    "middle": {**_GRID, "align": "center"},
    "figure": {**_GRID, "align": "right", "text_wrap": False},
    "header": {**_HEAD, "bg_color": "#E8EEF7"},
    "group": {**_HEAD, "bg_color": "#D3DFEF"},
    "title": {"font_size": 16, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True},
    "note": {"font_size": 9, "font_color": "#404040", "valign": "vcenter", "text_wrap": True},
}
_LONGEST: Final = 32_767
"""Characters that a cell holds, in UTF-16."""
_DIGITS: Final = 15
"""Digits that a spreadsheet keeps of a figure."""
_MOST_DECIMALS: Final = 6
"""Decimals that a cell's format shows where they are needed."""
_NOTHING: Final[Mapping[str, Pour]] = {}
_EPOCH: Final = datetime(1980, 1, 1)
_CHAINED: Final = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
"""What looks like two of Excel's escapes with one underscore for both."""
_INSIDE: Final = re.compile("(?<=_x[0-9A-Fa-f]{4})(?=_)")


class ColouredCell(Struct, frozen=True):
    """An entry on a coloured ground, light enough to be read in black and white."""

    entry: Entry
    colour: str


def figure(value: Fraction, places: int) -> Entry:
    """Round a figure to so many decimals; one that a spreadsheet would not hold exactly becomes text."""
    kept = rounded(value, places)
    if abs(kept.numerator) * 10**places >= kept.denominator * 10**_DIGITS:
        return shown(kept, places)
    return Decimal(kept.numerator) / kept.denominator


def whole_figure(value: Fraction, places: int) -> Entry:
    """Give a figure to the last digit; one that a spreadsheet would not hold exactly becomes text."""
    needed = decimals(value)
    return fixed(value, places) if needed is None or needed > _MOST_DECIMALS else figure(value, max(needed, places))


class FigureCells:
    """Figures of so many decimals as entries, each worked out once; `are_rounded` where one of them had more."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._made: BoundedCache[tuple[int, int], Entry] = BoundedCache()
        self.are_rounded = False

    def of(self, value: Fraction) -> Entry:
        """Give a figure as an entry."""
        key = value.as_integer_ratio()
        made = self._made.get(key)
        if made is None:
            self.are_rounded = self.are_rounded or not fits(value, self._places)
            made = self._made.keep(key, figure(value, self._places))
        return made


class Book:
    """A workbook that is being written."""

    def __init__(self, title: str) -> None:
        self._bytes = BytesIO()
        self._book = opened(self._bytes, title)
        self._formats: dict[tuple[Style, str, str], Any] = {}
        self._pours: dict[str, Pour] = {}

    def add(self, name: str) -> Any:
        """Add a sheet under this name, or one like it that is free."""
        return self._book.add_worksheet(sheet_name(name, self._book.sheetnames))

    def chart(self, kind: Literal["bar", "column"]) -> Any:
        """Make a chart, to be put on a sheet."""
        return self._book.add_chart({"type": kind})

    def style(self, style: Style, shown: str = GENERAL, colour: str = "") -> Any:
        """Give the format of cells of a style, with a number format and a ground."""
        key = (style, shown, colour)
        if key not in self._formats:
            ground = {"bg_color": colour} if colour else {}
            self._formats[key] = self._book.add_format({**_STYLES[style], "num_format": shown, **ground})
        return self._formats[key]

    def put(self, sheet: Any, row: int, column: int, entry: Entry | ColouredCell, look: tuple[Style, str]) -> None:
        """Write an entry into a cell, counted from 0: figures in the number format, text by the style of `look`."""
        entry, colour = (entry.entry, entry.colour) if isinstance(entry, ColouredCell) else (entry, "")
        form = self._format(entry, colour, look)
        if isinstance(entry, str):
            put_text(sheet, row, column, entry, form)
        elif entry is None:
            sheet.write_blank(row, column, None, form)
        else:
            value = Decimal(entry.numerator) / entry.denominator if isinstance(entry, Fraction) else entry
            sheet.write_number(row, column, value, form)

    def _format(self, entry: Entry, colour: str, look: tuple[Style, str]) -> Any:
        """Find how an entry looks in a column: figures as they are shown there, in the middle or by their decimals."""
        style, shown = look
        if entry is None or isinstance(entry, str):
            return self.style(style, colour=colour)
        if style != "header":
            style = "middle" if shown == GENERAL else "figure"
        return self.style(style, shown, colour)

    def formats(self, look: tuple[Style, str], colours: Iterable[str]) -> Formats:
        """Number the formats of a column's cells, figures and others, on no ground and on each of `colours`."""
        found = {}
        for colour in ("", *colours):
            for entry in ("", 0):
                form = self._format(entry, colour, look)
                found[isinstance(entry, int), colour] = form._get_xf_index()  # noqa: SLF001  there is no other way
        return found

    def pour(self, sheet: Any, pour: Pour) -> None:
        """Have rows written into a sheet when the workbook is packed."""
        self._pours[f"xl/worksheets/sheet{sheet.index + 1}.xml"] = pour

    def span(self, sheet: Any, cells: tuple[int, int, int, int], entry: str, style: Style) -> None:
        """Write text over a block of cells (first row and column, last row and column), which become one."""
        top, left, bottom, right = cells
        if (top, left) != (bottom, right):
            sheet.merge_range(top, left, bottom, right, "", self.style(style))
        put_text(sheet, top, left, entry, self.style(style))

    def to_bytes(self, watch: Watch) -> bytes:
        """Pack the workbook."""
        return closed(self._book, self._bytes, watch, self._pours)


def opened(into: BytesIO, title: str) -> Any:
    """Begin a workbook; its usual font is that of tables."""
    book = Workbook(into, {"in_memory": True, "default_format_properties": dict(_BASE)})
    named = {"title": visible(title), "author": AUTHOR, "category": OUTPUT}
    book.set_properties({**named, "created": _EPOCH})
    return book


def closed(book: Any, into: BytesIO, watch: Watch, pours: Mapping[str, Pour] = _NOTHING) -> bytes:
    """Pack a workbook: the same content gives the same bytes, on every system."""
    for close in watch((book.close,), "packing"):
        close()
        packed = poured(into.getvalue(), pours) if pours else into.getvalue()
    return _of_no_system(packed)


def put_text(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    """Write text that stays text."""
    shown = written(text)
    if shown.startswith("<r>") or _CHAINED.search(shown):
        # XlsxWriter would take the one for XML of its own, and escapes the other wrongly; their parts are neither
        parts = filter(None, (shown[0], *_INSIDE.split(shown[1:])))
        sheet.write_rich_string(row, column, *(it for part in parts for it in (look, part)), look)
    else:
        sheet.write_string(row, column, shown, look)


def written(text: str) -> str:
    """Make text fit for a cell: what acts unseen is written out, what is too long ends in an ellipsis."""
    shown = "\n".join(map(visible, text.split("\n"))) if "\n" in text else visible(text)
    if len(shown) <= _LONGEST // 2:
        return shown
    units = shown.encode("utf-16-le")
    return shown if len(units) <= 2 * _LONGEST else units[: 2 * _LONGEST - 2].decode("utf-16-le", "ignore") + "…"


def _of_no_system(packed: bytes) -> bytes:
    """Take from each entry of the archive's directory on what system it was made."""
    data = bytearray(packed)
    count, _, at = unpack_from("<HII", packed, len(packed) - 12)
    for _ in range(count):
        data[at + 5] = 0
        at += 46 + sum(unpack_from("<HHH", packed, at + 28))
    return bytes(data)


AIR: Final = 6
"""Points above and below text."""
_LINE: Final = 14
"""Points that a line of text is high."""


def height(lines: float, air: float = AIR) -> float:
    """Say how many points a row of so many lines is high."""
    return row_height(lines * _LINE + air)


def lines_in(entry: Entry | ColouredCell, width: float) -> int:
    """Count the lines that an entry takes in a column of a width."""
    return lines_of(entry, width - 1) if isinstance(entry, str) and 2 * len(entry) >= width else 1


class Pieces(BoundedCache[Entry | ColouredCell, tuple[bytes, int]]):
    """Cells of one column by what they hold: XML from behind the cell's address to that of the next, and its lines."""

    def __init__(self, formats: Formats, width: float, after: str) -> None:
        super().__init__()
        self._heads = {look: f'" s="{number}"' for look, number in formats.items()}
        self._width, self._after = width, after

    def __missing__(self, filled: Entry | ColouredCell) -> tuple[bytes, int]:
        """Write a cell."""
        entry, colour = (filled.entry, filled.colour) if isinstance(filled, ColouredCell) else (filled, "")
        is_figure = entry is not None and not isinstance(entry, str)
        piece = f"{self._heads[is_figure, colour]}{_content(entry)}{self._after}"
        return self.keep(filled, (piece.encode(), lines_in(filled, self._width)))


def _content(entry: Entry) -> str:
    if entry is None:
        return "/>"
    if isinstance(entry, str):
        text = escape(unescaping(written(entry)), quote=False)
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'
    value = Decimal(entry.numerator) / entry.denominator if isinstance(entry, Fraction) else entry
    return f"><v>{value:.16G}</v></c>"


def rows_xml(
    rows: Iterable[Sequence[Entry | ColouredCell]],
    first: int,
    places: Sequence[int],
    looks: Sequence[tuple[Formats, float]],
) -> Iterator[bytes]:
    """Write rows from the one at `first` (counted from 0): of each the entries at `places`.

    `looks` are the formats and widths of their columns.
    """
    letters = [*map(xl_col_to_name, range(len(places)))]
    after = [*(f'<c r="{letter}' for letter in letters[1:]), "</row>"]
    cells = [
        (place, Pieces(formats, width, end)) for place, (formats, width), end in zip(places, looks, after, strict=True)
    ]
    start = f'<c r="{letters[0]}'.encode()
    for number, row in enumerate(rows, start=first + 1):
        found = [kept[row[place]] for place, kept in cells]
        at, high = b"%d" % number, max([lines for _, lines in found])
        pieces = at.join([start, *[piece for piece, _ in found]])
        yield b'<row r="%b" ht="%b" customHeight="1">%b' % (at, _height(high), pieces)


@cache
def _height(lines: int) -> bytes:
    """Write a row's height as a spreadsheet keeps it: whole pixels, in points."""
    return f"{int(height(lines) * 4 / 3 + 0.5) * 0.75:g}".encode()
