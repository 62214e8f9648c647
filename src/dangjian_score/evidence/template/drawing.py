"""A plan → an .xlsx: grids and the guide drawn with openpyxl, checked as far as spreadsheets can check."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil
from typing import Any, Final

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score import books
from dangjian_score.evidence.template.pages import pages, print_in_pages
from dangjian_score.evidence.template.plan import Book, Check, Choice, Column, Day, Figure, Free, Grid, Guide
from dangjian_score.evidence.template.validation import Checker

_SECTION: Final = PatternFill("solid", fgColor="FFD3DFEF")
_CLOSED: Final = PatternFill("solid", fgColor="FFE4E4E4")
_WRITTEN: Final = PatternFill("solid", fgColor="FFF5F7FA")
_HINT: Final = Font(name="宋体", size=9, color="FF595959")
_LEFT: Final = Alignment(vertical="center", wrap_text=True)
_MIDDLE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LINE: Final = 14.5
"""Height of a line of text, in points."""
_ROW: Final = 21.0
_NOTE_WIDTH, _NOTE_LINE = 340, 18
"""Of a comment's box, in points and points a line."""


def write(book: Book) -> bytes:
    """Draw a workbook."""
    workbook, first = books.new_book(book.title, book.guide.name)
    _guide(first, book.guide)
    checker = Checker(workbook)
    for grid in book.grids:
        _grid(workbook.create_sheet(grid.name), grid, checker)
    checker.finish()
    return books.to_bytes(workbook)


def _grid(sheet: Worksheet, grid: Grid, checker: Checker) -> None:
    books.widen(sheet, (column.width for column in grid.columns))
    parts = pages(grid)
    row = _above(sheet, grid, parts[0])
    for level, label in enumerate(grid.heads):
        _heads(sheet, row + level, level, label, grid, parts)
    header = row + len(grid.heads)
    _header(sheet, header, grid.columns)
    _lines(sheet, header + 1, grid)
    checker.check(sheet, grid, header + 1)
    books.page(sheet, header, grid.kept)
    sheet.print_title_rows = f"{row}:{header}"
    print_in_pages(sheet, grid, parts)


def _above(sheet: Worksheet, grid: Grid, first: range) -> int:
    """Write the title, the hint and what stands beside labels; give the row below."""
    start = 1 if first.stop > len(grid.columns) else grid.kept + 1  # columns that every page repeats say nothing there
    last = first.stop - 1
    books.put(sheet, 1, start, grid.title, style="title").alignment = _MIDDLE
    sheet.merge_cells(start_row=1, start_column=start, end_row=1, end_column=last)
    sheet.row_dimensions[1].height = 30
    hint = books.put(sheet, 2, start, grid.hint, style="title")
    hint.font, hint.alignment = _HINT, _LEFT
    sheet.merge_cells(start_row=2, start_column=start, end_row=2, end_column=last)
    sheet.row_dimensions[2].height = _height([(grid.hint, sum(one.width for one in grid.columns[start - 1 : last]))])
    for at, (label, said) in enumerate(grid.above):
        books.put(sheet, 3 + at, 1, label, style="header")
        books.put(sheet, 3 + at, 2, said or None)
        sheet.row_dimensions[3 + at].height = _ROW
    return 3 + len(grid.above)


def _heads(sheet: Worksheet, row: int, level: int, label: str, grid: Grid, parts: Sequence[range]) -> None:
    """Write what columns belong to above them, merged as far as it goes on one page."""
    texts = []
    for at in range(1, len(grid.columns) + 1):
        _shade(books.put(sheet, row, at, None, style="header"), level)
    _shade(books.put(sheet, row, 1, label, style="header"), level)
    for part in parts:
        for heads, columns in groupby(part, lambda at: grid.columns[at - 1].heads[: level + 1]):
            span = list(columns)
            if not heads:
                continue
            _shade(books.put(sheet, row, span[0], heads[level], style="header"), level)
            texts.append((heads[level], sum(grid.columns[at - 1].width for at in span)))
            if len(span) > 1:
                sheet.merge_cells(start_row=row, start_column=span[0], end_row=row, end_column=span[-1])
    sheet.row_dimensions[row].height = _height(texts)


def _shade(cell: Any, level: int) -> None:
    if level == 0:
        cell.fill = _SECTION


def _height(texts: Sequence[tuple[str, float]]) -> float:
    """Give a row the height that its fullest cell needs."""
    lines = (sum(max(1, ceil(books.breadth(one) / (width - 1))) for one in text.split("\n")) for text, width in texts)
    return max(max(lines, default=1) * _LINE + 5, _ROW)


def _header(sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns, start=1):
        cell = books.put(sheet, row, at, column.title, style="header")
        if column.note:
            lines = sum(max(1, ceil(books.breadth(line) * 6.3 / _NOTE_WIDTH)) for line in column.note.split("\n"))
            cell.comment = Comment(column.note, "dangjian", (lines + 1) * _NOTE_LINE, _NOTE_WIDTH)
    sheet.row_dimensions[row].height = _height([(column.title, column.width) for column in columns])


def _lines(sheet: Worksheet, first: int, grid: Grid) -> None:
    """Draw the rows to be filled in, with what is written beforehand."""
    for at in range(len(grid.lines) + grid.spare):
        line = grid.lines[at] if at < len(grid.lines) else None
        texts: list[tuple[str, float]] = []
        for number, column in enumerate(grid.columns, start=1):
            entry = line.cells.get(column.title) if line else None
            check = line.checks.get(column.title, column.check) if line else column.check
            cell = books.put(sheet, first + at, number, entry)
            cell.number_format = _format(check)
            cell.alignment = _LEFT if isinstance(check, Free) else _MIDDLE
            if line and column.title in line.closed:
                cell.fill = _CLOSED
            elif not column.open and entry is not None:
                cell.fill = _WRITTEN
            if isinstance(entry, str):
                texts.append((entry, column.width))
        sheet.row_dimensions[first + at].height = _height(texts)


def _format(check: Check) -> str:
    match check:
        case Figure("percent"):
            return "0.0#%"
        case Figure("whole"):
            return "0"
        case Day():
            return "yyyy-mm-dd"
        case Free() | Choice():
            return "@"
        case _:
            return "General"


def _guide(sheet: Worksheet, guide: Guide) -> None:
    books.widen(sheet, guide.widths)
    columns = len(guide.widths)
    books.put(sheet, 1, 1, guide.title, style="title").alignment = _MIDDLE
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    sheet.row_dimensions[1].height = 34
    row = 2
    for part in guide.parts:
        for text, style in ((part.heading, books.HEADER), *((one, books.FONT) for one in part.sentences)):
            cell = books.put(sheet, row, 1, text, style="title")
            cell.font, cell.alignment = style, _LEFT
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
            sheet.row_dimensions[row].height = _height([(text, sum(guide.widths))])
            row += 1
        row = _table(sheet, row, guide, part.header, part.rows) + 1
    books.page(sheet, 1)
    sheet.freeze_panes = None


def _table(sheet: Worksheet, row: int, guide: Guide, header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    for entries in [header, *rows] if header else rows:
        for at, text in enumerate(entries, start=1):
            books.put(sheet, row, at, text or None, style="header" if entries is header else "cell")
        sheet.row_dimensions[row].height = _height(list(zip(entries, guide.widths, strict=False)))
        row += 1
    return row
