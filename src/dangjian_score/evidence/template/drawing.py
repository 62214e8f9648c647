"""A plan → an .xlsx: grids and the guide drawn with openpyxl, checked as far as spreadsheets can check."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score import books
from dangjian_score.evidence.template import leaflet, lines
from dangjian_score.evidence.template.pages import pages, print_in_pages, roomy
from dangjian_score.evidence.template.plan import WorkbookPlan, PlanColumn, PlanGrid
from dangjian_score.evidence.template.style import HINT, LEFT, MIDDLE, SECTION, height, narrow
from dangjian_score.evidence.template.validation import Checker
from dangjian_score.fitting import lines_of

_NOTE_WIDTH, _NOTE_LINE, _NOTE_BREADTH = 340, 18, 54
"""Of a comment's box: its width and the height of a line in points, and half-width characters in a line."""


def write(book: WorkbookPlan) -> bytes:
    """Draw a workbook."""
    workbook, first = books.new_book(book.title, book.guide.name)
    leaflet.draw_guide(first, book.guide)
    checker = Checker(workbook)
    for grid in book.grids:
        _grid(workbook.create_sheet(grid.name), grid, checker)
    checker.finish()
    return books.to_bytes(workbook)


def _grid(sheet: Worksheet, grid: PlanGrid, checker: Checker) -> None:
    grid = roomy(grid)
    books.widen(sheet, (column.width for column in grid.columns))
    parts = pages(grid)
    row = _above(sheet, grid, parts[0])
    for level, label in enumerate(grid.heads):
        _heads(sheet, row + level, level, label, grid, parts)
    header = row + len(grid.heads)
    _header(sheet, header, grid.columns)
    lines.draw_grid(sheet, header + 1, grid)
    if grid.below:
        books.put(sheet, header + 2 + len(grid.lines) + grid.spare, 1, grid.below, style="title").font = books.FONT
    checker.check(sheet, grid, header + 1)
    books.page(sheet, header, grid.kept)
    narrow(sheet)
    sheet.print_title_rows = f"{row}:{header}"
    sheet.print_options.horizontalCentered = len(parts) == 1
    print_in_pages(sheet, grid, parts)


def _above(sheet: Worksheet, grid: PlanGrid, first: range) -> int:
    """Write the title, the hint and what stands beside labels; give the row below."""
    start = 1 if first.stop > len(grid.columns) else grid.kept + 1  # columns that every page repeats say nothing there
    width = sum(column.width for column in grid.columns[start - 1 : first.stop - 1])
    title, hint = (books.put(sheet, row, start, text, style="title") for row, text in ((1, grid.title), (2, grid.hint)))
    title.alignment, hint.alignment, hint.font = MIDDLE, LEFT, HINT
    for row in (1, 2):
        _merge(sheet, row, start, first.stop - 1)
    sheet.row_dimensions[1].height = height([(grid.title, width / 1.6)], air=14)
    sheet.row_dimensions[2].height = height([(grid.hint, width)])
    for at, (label, said) in enumerate(grid.above):
        books.put(sheet, 3 + at, 1, label, style="header")
        books.put(sheet, 3 + at, 2, said or None)
        sheet.row_dimensions[3 + at].height = height([(said, grid.columns[1].width)])
    return 3 + len(grid.above)


def _heads(sheet: Worksheet, row: int, level: int, label: str, grid: PlanGrid, parts: Sequence[range]) -> None:
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
            _merge(sheet, row, span[0], span[-1])
    sheet.row_dimensions[row].height = height(texts)


def _merge(sheet: Worksheet, row: int, first: int, last: int) -> None:
    if last > first:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def _shade(cell: Any, level: int) -> None:
    if level == 0:
        cell.fill = SECTION


def _header(sheet: Worksheet, row: int, columns: Sequence[PlanColumn]) -> None:
    for at, column in enumerate(columns, start=1):
        cell = books.put(sheet, row, at, column.title, style="header")
        if column.note:
            high = (lines_of(column.note, _NOTE_BREADTH - 1) + 1) * _NOTE_LINE
            cell.comment = Comment(books.text_of(column.note), "dangjian-score", high, _NOTE_WIDTH)
    sheet.row_dimensions[row].height = height((column.title, column.width) for column in columns)
