"""Workbooks to be handed out: what is put into cells, how a table looks and prints, the same bytes each time."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from math import ceil
from typing import Any, Final, Literal
from unicodedata import east_asian_width
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

Entry = str | int | Decimal | Fraction | date | None
"""What a cell may hold: text, a figure with a finite decimal, a day."""
Style = Literal["cell", "header", "title", "note"]

FONT: Final = Font(name="宋体", size=10.5)
TITLE: Final = Font(name="宋体", size=16, bold=True)
HEADER: Final = Font(name="宋体", size=10.5, bold=True)
_FONTS: Final = {"cell": FONT, "header": HEADER, "title": TITLE, "note": FONT}
_THIN: Final = Side(style="thin", color="FFA6A6A6")
GRID: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
HEADER_FILL: Final = PatternFill("solid", fgColor="FFE8EEF7")
WRONG_FILL: Final = PatternFill("solid", fgColor="FFFFC7CE")

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST: Final = 32_767
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LENGTH: Final = 31
_NO_FILE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FILE_LENGTH: Final = 60
"""Characters of a file's name; of Chinese ones some systems take 85."""
_LINE: Final = 14
"""Points that a line of text is high."""


def new_book(title: str, first: str) -> tuple[Workbook, Worksheet]:
    """Begin a workbook with one sheet; its usual font, which widths of columns are counted by, is that of tables."""
    book = Workbook()
    book.properties.title = title
    book._named_styles["Normal"].font = FONT  # type: ignore[attr-defined]  # noqa: SLF001  there is no other way
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  a new workbook has one
    sheet.title = first
    return book, sheet


def put(sheet: Worksheet, row: int, column: int, entry: Entry, *, style: Style = "cell") -> Any:
    """Put text or a figure into a cell of a table, of its header or above it, and give the cell.

    Text stays text, also where it looks like a formula; characters that XML cannot hold are left out.
    """
    cell = sheet.cell(row, column)
    if isinstance(entry, str):
        cell.value = cell_text(entry)
        cell.data_type = "s"
    elif isinstance(entry, Fraction):
        cell.value = Decimal(entry.numerator) / Decimal(entry.denominator)
    else:
        cell.value = entry
    cell.font = _FONTS[style]
    if style not in ("title", "note"):
        middle = style == "header" or not isinstance(entry, str)
        cell.alignment = Alignment(horizontal="center" if middle else None, vertical="center", wrap_text=True)
        cell.border = GRID
    if style == "header":
        cell.fill = HEADER_FILL
    return cell


def cell_text(text: str) -> str:
    """Make a text that a cell can hold."""
    return _ILLEGAL.sub("", text)[:_LONGEST]


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
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.freeze_panes = f"{get_column_letter(columns + 1)}{header_row + 1}"


def widen(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the columns from the left, in half-width characters."""
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width


def heighten(sheet: Worksheet, row: int) -> None:
    """Make a row of a table as high as its texts need, once the columns have their widths."""
    lines = 1
    for cell in sheet[row]:
        if cell.alignment.wrap_text and isinstance(cell.value, str):
            room = sheet.column_dimensions[cell.column_letter].width - 1
            lines = max(lines, lines_of(cell.value, room))
    sheet.row_dimensions[row].height = _LINE * lines + 4


def lines_of(text: str, room: float) -> int:
    """Count the lines that a text takes where a line has room for so many half-width characters."""
    return sum(max(ceil(breadth(line) / room), 1) for line in text.split("\n"))


def breadth(text: str) -> int:
    """Measure a text's longest line in half-width characters."""
    return max((sum(2 if east_asian_width(one) in "WF" else 1 for one in line) for line in text.split("\n")), default=0)


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """Make a name that a sheet may have: without the signs of formulas, 31 characters at most, unlike those taken."""
    base = _NO_NAME.sub(" ", wanted).strip(" '") or "表"
    return _first_free(taken, lambda tail: base[: _NAME_LENGTH - len(tail)] + tail)


def file_name(wanted: str, taken: Iterable[str]) -> str:
    """Make a name for a workbook that a file may have on any system, unlike those taken."""
    base = _NO_FILE.sub("_", wanted).strip(" .")[:_FILE_LENGTH].rstrip(" .") or "表"
    base = f"_{base}" if _RESERVED.fullmatch(base) else base
    return _first_free(taken, lambda tail: f"{base}{tail}.xlsx")


def _first_free(taken: Iterable[str], named: Callable[[str], str]) -> str:
    """Number a name until it is unlike those taken, large and small letters alike."""
    used = {name.casefold() for name in taken}
    tails = ("", *(f" ({at})" for at in range(2, len(used) + 2)))
    return next(name for name in map(named, tails) if name.casefold() not in used)


def to_bytes(book: Workbook) -> bytes:
    """Write a workbook; without clock and host in it, the same content gives the same bytes."""
    written = BytesIO()
    book.save(written)
    still = datetime(*_EPOCH)
    properties = DocumentProperties(
        creator="dangjian-score", title=book.properties.title, created=still, modified=still
    )
    packed = BytesIO()
    with ZipFile(written) as source, ZipFile(packed, "w") as target:
        for part in source.namelist():
            stamped = ZipInfo(part, _EPOCH)
            stamped.create_system = 0  # else it tells Windows from Linux
            data = tostring(properties.to_tree()) if part == "docProps/core.xml" else source.read(part)
            target.writestr(stamped, data, ZIP_DEFLATED)
    return packed.getvalue()
