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
from struct import unpack_from
from typing import Any, Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec import Struct
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from dangjian_score.core import sheet_style
from dangjian_score.core.archives import AUTHOR, EPOCH, OUTPUT
from dangjian_score.core.names import FreeNames, lines_of, visible
from dangjian_score.core.points import decimals, fixed, rounded, to_decimal
from dangjian_score.core.sheet_style import cell_text, height_of, sheet_name, unescaping
from dangjian_score.core.watching import BoundedCache, Watch
from dangjian_score.report.formatting import fits, shown

GENERAL: Final = "General"
"""The number format that shows a figure as it is."""
GREY: Final = "#F5F7FA"
"""Ground of what need not be looked at, and of sums."""

Entry = str | int | Decimal | Fraction | None
"""What a cell may hold: text, a figure with a finite decimal."""
Style = Literal[
    "text", "middle", "figure", "sum", "day", "header", "group", "title", "note", "left title", "heading", "plain",
    "prose",
]  # fmt: skip
"""How a cell looks: those of a table have a grid, the rest have none."""

_BASE: Final = {
    "font_name": sheet_style.FONT,
    "font_size": sheet_style.SIZE,
    "font_charset": 134,
    "font_family": 0,
    "font_scheme": "none",
}
_CELL: Final = {"border": 1, "border_color": f"#{sheet_style.GRID_COLOUR}", "valign": "vcenter"}
_GRID: Final = {**_CELL, "text_wrap": True}
_HEAD: Final = {**_GRID, "bold": True, "align": "center"}
_TITLE: Final = {"font_size": sheet_style.TITLE_SIZE, "bold": True, "valign": "vcenter"}
_STYLES: Final[dict[Style, dict[str, object]]] = {
    "text": _GRID,
    "middle": {**_GRID, "align": "center"},
    "figure": {**_CELL, "align": "right"},
    "sum": {**_CELL, "align": "right", "bold": True, "bg_color": GREY},
    "day": {**_CELL, "align": "center"},
    "header": {**_HEAD, "bg_color": f"#{sheet_style.HEADER_COLOUR}"},
    "group": {**_HEAD, "bg_color": f"#{sheet_style.GROUP_COLOUR}"},
    "title": {**_TITLE, "align": "center", "text_wrap": True},
    "note": {"font_size": sheet_style.NOTE_SIZE, "font_color": "#404040", "valign": "vcenter", "text_wrap": True},
    "left title": _TITLE,
    "heading": {"bold": True, "font_size": 12, "valign": "vcenter"},
    "plain": {"valign": "vcenter"},
    "prose": {"valign": "top", "text_wrap": True},
}
_GREYED: Final = {"font_color": "#7F7F7F", "bg_color": GREY}
_DIGITS: Final = 15
"""Digits that a spreadsheet keeps of a figure."""
_MOST_DECIMALS: Final = 6
"""Decimals that a cell's format shows where they are needed."""
_CHAINED: Final = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
"""What looks like two of Excel's escapes with one underscore for both."""
_INSIDE: Final = re.compile("(?<=_x[0-9A-Fa-f]{4})(?=_)")


class ColouredCell(Struct, frozen=True):
    """An entry on a coloured ground, light enough to be read in black and white."""

    entry: Entry
    colour: str


class Formula(Struct, frozen=True):
    """A formula with what it must come to."""

    text: str
    value: str | Fraction


def decimals_format(places: int, *, signed: bool = False, more: bool = False, percent: bool = False) -> str:
    """Show figures with so many decimals; with `signed` also a plus, with `more` also four more where there are any."""
    shown = "0." + "0" * places if places else "0"
    shown += ("####" if more and places else "") + ("%" if percent else "")
    return f"+{shown};-{shown};{shown}" if signed else shown


def figure(value: Fraction, places: int) -> Entry:
    """Round a figure to so many decimals; one that a spreadsheet would not hold exactly becomes text."""
    kept = rounded(value, places)
    if abs(kept.numerator) * 10**places >= kept.denominator * 10**_DIGITS:
        return shown(kept, places)
    return to_decimal(kept)


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


def _decimal(value: Fraction | Decimal | int) -> Decimal | int:
    return to_decimal(value) if isinstance(value, Fraction) else value


class Book:
    """A workbook that is being written; `raw` is XlsxWriter's."""

    def __init__(self, title: str) -> None:
        self._bytes = BytesIO()
        self.raw: Any = Workbook(self._bytes, {"in_memory": True, "default_format_properties": dict(_BASE)})
        named = {"title": visible(title), "author": AUTHOR, "category": OUTPUT}
        self.raw.set_properties({**named, "created": datetime(*EPOCH)})
        self._formats: dict[tuple[Style, str, str, bool], Any] = {}
        self._pours: dict[str, Pour] = {}
        self._names = FreeNames()

    def add(self, name: str) -> "BookSheet":
        """Add a sheet under this name, or one like it that is free."""
        return BookSheet(self, self.raw.add_worksheet(sheet_name(name, self._names)))

    def style(self, style: Style, shown: str = GENERAL, colour: str = "", *, grey: bool = False) -> Any:
        """Give the format of cells of a style, with a number format and a ground; or in `grey`."""
        key = (style, shown, colour, grey)
        if key not in self._formats:
            ground = {"bg_color": colour} if colour else _GREYED if grey else {}
            self._formats[key] = self.raw.add_format({**_STYLES[style], "num_format": shown, **ground})
        return self._formats[key]

    def formats(self, style: Style, shown: str, colours: Iterable[str]) -> "Formats":
        """Number the formats of a column's cells, of figures and others, on no ground and on each of `colours`."""
        figures: Style = "middle" if shown == GENERAL else "figure"
        looks: tuple[tuple[bool, Style, str], ...] = ((False, style, GENERAL), (True, figures, shown))
        return {
            (is_figure, colour): self.style(look, form, colour)._get_xf_index()  # noqa: SLF001  there is no other way
            for colour in ("", *colours)
            for is_figure, look, form in looks
        }

    def pour(self, sheet: "BookSheet", pour: "Pour") -> None:
        """Have rows written into a sheet when the workbook is packed."""
        self._pours[f"xl/worksheets/sheet{sheet.raw.index + 1}.xml"] = pour

    def to_bytes(self, watch: Watch) -> bytes:
        """Pack the workbook: the same content gives the same bytes, on every system."""
        for close in watch((self.raw.close,), "packing"):
            close()
            packed = self._bytes.getvalue()
            packed = poured(packed, self._pours) if self._pours else packed
        return _of_no_system(packed)


class BookSheet:
    """A sheet of a workbook; rows and columns count from 0. `raw` is XlsxWriter's."""

    def __init__(self, book: Book, raw: Any) -> None:
        self.book, self.raw = book, raw

    def put(
        self, row: int, column: int, entry: Entry | Formula, style: Style, shown: str = GENERAL, *, grey: bool = False
    ) -> None:
        """Write an entry or a formula into a cell; of an empty one only the grid."""
        look = self.book.style(style, shown, grey=grey)
        match entry:
            case None | "":
                self.raw.write_blank(row, column, None, look)
            case str():
                self._put_text(row, column, entry, look)
            case Formula(text, value):
                stored = cell_text(value) if isinstance(value, str) else _decimal(value)
                self.raw.write_formula(row, column, text, look, stored)
            case _:
                self.raw.write_number(row, column, _decimal(entry), look)

    def span(self, cells: tuple[int, int, int, int], text: str, style: Style) -> None:
        """Write text over a block of cells (first row and column, last row and column), which become one."""
        top, left, bottom, right = cells
        look = self.book.style(style)
        if (top, left) != (bottom, right):
            self.raw.merge_range(top, left, bottom, right, "", look)
        self._put_text(top, left, text, look)

    def _put_text(self, row: int, column: int, text: str, look: Any) -> None:
        """Write text that stays text."""
        shown = cell_text(text)
        if shown.startswith("<r>") or _CHAINED.search(shown):
            # XlsxWriter would take the one for XML of its own, and escapes the other wrongly; their parts are neither
            parts = filter(None, (shown[0], *_INSIDE.split(shown[1:])))
            self.raw.write_rich_string(row, column, *(run for part in parts for run in (look, part)), look)
        else:
            self.raw.write_string(row, column, shown, look)

    def widen(self, widths: Iterable[float]) -> None:
        """Set the widths of the columns from the left, in half-width characters."""
        for at, width in enumerate(widths):
            self.raw.set_column(at, at, width)

    def lay_out(self, heads: tuple[int, int], kept: int) -> None:
        """Lay the sheet out for A4 landscape.

        The rows of `heads` (first, and the one below) stand on every page; all down to them and the `kept` columns
        stay in view.
        """
        self.raw.set_landscape()
        self.set_paper(sheet_style.SIDE_MARGIN)
        self.raw.repeat_rows(heads[0], heads[1] - 1)
        self.raw.freeze_panes(heads[1], kept)

    def set_paper(self, side: float) -> None:
        """Print on A4 with so many inches free on either side, and page numbers at the foot."""
        self.raw.set_paper(sheet_style.A4)
        self.raw.set_margins(left=side, right=side, top=0.6, bottom=0.7)
        self.raw.set_footer(sheet_style.FOOTER)

    def across(self, kept: int, scale: int, breaks: Sequence[int] = ()) -> None:
        """Print a wide table over pages side by side, parted before `breaks`; the `kept` columns stand on each."""
        self.raw.set_print_scale(scale)
        self.raw.print_across()
        if breaks:
            self.raw.set_v_pagebreaks(breaks)
        self.raw.repeat_columns(0, max(kept - 1, 0))


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
    yield re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:%s"/>' % pour.corner.encode(), sheet[:at], count=1)
    rows = iter(pour.rows)
    while some := b"".join(islice(rows, _AT_ONCE)):
        yield some
    yield sheet[at:]


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
        text = escape(unescaping(cell_text(entry)), quote=False)
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'
    return f"><v>{_decimal(entry):.16G}</v></c>"


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
    return f"{int(height_of(lines, AIR) * 4 / 3 + 0.5) * 0.75:g}".encode()
