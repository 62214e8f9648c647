"""Tables of a report as sheets of a workbook: title and notes above, figures as figures, fit to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment

from dangjian_score.books import Entry, breadth, lines_of, page, put, sheet_name, widen

_WIDEST: Final = 40
_NARROWEST: Final = 6
_MARGIN: Final = 2
_LINE_HEIGHT: Final = 15
_TITLE_HEIGHT: Final = 30
_GENERAL: Final = "General"

Row = Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and how its figures are shown."""

    head: str
    format: str = _GENERAL


def decimals_format(places: int, *, signed: bool = False) -> str:
    """Show figures with so many decimals; with `signed` also a plus."""
    shown = "0." + "0" * places if places else "0"
    return f"+{shown};-{shown};{shown}" if signed else shown


def add_sheet(book: Workbook, name: str, notes: Sequence[str], columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Add a sheet; the first of `notes` is its title. Columns in which nothing stands are left out."""
    sheet = book.create_sheet(sheet_name(name, book.sheetnames))
    kept = [at for at in range(len(columns)) if not rows or any(row[at] is not None for row in rows)]
    columns, rows = [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]
    widths = [_width([column.head, *(row[at] for row in rows)]) for at, column in enumerate(columns)]
    widen(sheet, widths)
    for at, note in enumerate(notes, start=1):
        _across(sheet, at, note, len(columns), sum(widths))
    top = len(notes) + 1
    for at, column in enumerate(columns, start=1):
        put(sheet, top, at, column.head, style="header")
    for number, row in enumerate(rows, start=top + 1):
        for at, (entry, column) in enumerate(zip(row, columns, strict=True), start=1):
            cell = put(sheet, number, at, entry)
            if column.format != _GENERAL and not isinstance(entry, str):
                cell.number_format = column.format
                cell.alignment = Alignment(horizontal="right", vertical="center")
        lines = max((_lines(entry, width) for entry, width in zip(row, widths, strict=True)), default=1)
        if lines > 1:
            sheet.row_dimensions[number].height = lines * _LINE_HEIGHT
    page(sheet, top, 1)
    sheet.print_options.horizontalCentered = True


def _across(sheet: Any, row: int, text: str, columns: int, room: float) -> None:
    """Write the title or a note over the whole width, folded where it is longer."""
    title = row == 1
    cell = put(sheet, row, 1, text, style="title" if title else "note")
    cell.alignment = Alignment(horizontal="center" if title else None, vertical="center", wrap_text=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    scale = cell.font.size / 10 if cell.font.size else 1
    lines = lines_of(text, room / scale - 1)
    sheet.row_dimensions[row].height = lines * (_TITLE_HEIGHT if title else _LINE_HEIGHT)


def _lines(entry: Entry, width: float) -> int:
    return lines_of(entry, width - 1) if isinstance(entry, str) else 1


def _width(entries: Sequence[Entry]) -> float:
    widest = max(breadth("" if entry is None else str(entry)) for entry in entries)
    return min(max(widest, _NARROWEST), _WIDEST) + _MARGIN
