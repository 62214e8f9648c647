"""Workbooks written with openpyxl, to be filled in or corrected: cells, styles, printed pages."""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from dangjian_score.core import sheet_style
from dangjian_score.core.archives import AUTHOR, EPOCH, stamped
from dangjian_score.core.names import lines_of, visible
from dangjian_score.core.points import to_decimal
from dangjian_score.core.sheet_style import SIDE_MARGIN, cell_text, height_of, unescaping

Entry = str | int | Decimal | Fraction | date | None
"""What a cell may hold: text, a figure with a finite decimal, a day."""
Style = Literal["cell", "wrong", "header", "title", "note"]

FONT: Final = Font(name=sheet_style.FONT, size=sheet_style.SIZE)
TITLE: Final = Font(name=sheet_style.FONT, size=sheet_style.TITLE_SIZE, bold=True)
HEADER: Final = Font(name=sheet_style.FONT, size=sheet_style.SIZE, bold=True)
_FONTS: Final = {"cell": FONT, "wrong": FONT, "header": HEADER, "title": TITLE, "note": FONT}
_THIN: Final = Side(style="thin", color=f"FF{sheet_style.GRID_COLOUR}")
GRID: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
HEADER_FILL: Final = PatternFill("solid", fgColor=f"FF{sheet_style.HEADER_COLOUR}")
WRONG_FILL: Final = PatternFill("solid", fgColor=f"FF{sheet_style.WRONG_COLOUR}")
_FILLS: Final = {"header": HEADER_FILL, "wrong": WRONG_FILL}


def new_book(title: str, first: str) -> tuple[Workbook, Worksheet]:
    """Begin a workbook with one sheet; its usual font, which widths of columns are counted by, is that of tables."""
    book = Workbook()
    book.properties.title = visible(title)
    book._named_styles["Normal"].font = FONT  # type: ignore[attr-defined]  # noqa: SLF001  there is no other way
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  a new workbook has one
    sheet.title = first
    return book, sheet


def put(sheet: Worksheet, row: int, column: int, entry: Entry, *, style: Style = "cell") -> Any:
    """Put text or a figure into a cell of a table, of its header or above it, and give the cell.

    Text stays text, also where it looks like a formula or an escape; what acts unseen in its lines is written out.
    """
    cell = sheet.cell(row, column)
    if isinstance(entry, str):
        cell.value = text_of(entry)
        cell.data_type = "s"
    elif isinstance(entry, Fraction):
        cell.value = to_decimal(entry)
    else:
        cell.value = entry
    _dress(cell, style, middle=style == "header" or not isinstance(entry, str))
    return cell


_DRESSED: Final[WeakKeyDictionary[Workbook, dict[tuple[Style, bool], StyleArray]]] = WeakKeyDictionary()
"""What the library made of the styles of each workbook; it compares all of a style for every cell that is given one."""


def _dress(cell: Any, style: Style, *, middle: bool) -> None:
    """Give a cell its style."""
    known = _DRESSED.setdefault(cell.parent.parent, {})
    if (made := known.get((style, middle))) is not None:
        cell._style = copy(made)  # noqa: SLF001  there is no other way
        return
    cell.font = _FONTS[style]
    if style not in ("title", "note"):
        cell.alignment = Alignment(horizontal="center" if middle else None, vertical="center", wrap_text=True)
        cell.border = GRID
    if style in _FILLS:
        cell.fill = _FILLS[style]
    known[style, middle] = copy(cell._style)  # noqa: SLF001  there is no other way


def text_of(entry: str) -> str:
    """Write a text as a cell can hold and show it."""
    return unescaping(cell_text(entry))


def page(sheet: Worksheet, header_row: int, columns: int = 0) -> None:
    """Lay a sheet out for A4 landscape, as wide as the paper, the rows down to the header on every page and in view.

    `columns` stay in view on the left.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{header_row}"
    footer = sheet.oddFooter = HeaderFooterItem()
    footer.left.text, footer.center.text = "&A", "&P / &N"
    sheet.page_margins.left = sheet.page_margins.right = SIDE_MARGIN
    sheet.freeze_panes = f"{get_column_letter(columns + 1)}{header_row + 1}"


def widen(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the columns from the left, in half-width characters."""
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width


def heighten(sheet: Worksheet, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Make a row of a table as high as its texts need, each in a column of a width."""
    lines = max((lines_of(text, width - 1) for text, width in texts), default=1)
    sheet.row_dimensions[row].height = height_of(lines, air=4)


def to_bytes(book: Workbook) -> bytes:
    """Write a workbook; without clock and host in it, the same content gives the same bytes."""
    written = BytesIO()
    book.save(written)
    still = datetime(*EPOCH)
    named = book.properties
    properties = DocumentProperties(
        creator=AUTHOR, title=named.title, category=named.category, created=still, modified=still
    )
    core = tostring(properties.to_tree())
    return stamped(written, {"docProps/core.xml": core})
