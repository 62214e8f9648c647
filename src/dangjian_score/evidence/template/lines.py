"""The rows of a grid drawn: what is written beforehand, and empty cells of the right format."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.books import put
from dangjian_score.evidence.template.plan import (Check, ListedValues, PlanColumn, Day, Figure, Free, PlanGrid, PlanRow)
from dangjian_score.evidence.template.style import CLOSED, LEFT, MIDDLE, TOP, WRITTEN, height

_SPARE = PlanRow()


def draw_grid(sheet: Worksheet, first: int, grid: PlanGrid) -> None:
    """Draw all rows from the first one on."""
    rows = (*grid.lines, *([_SPARE] * grid.spare))
    for row, line in enumerate(rows, start=first):
        for at, column in enumerate(grid.columns, start=1):
            _cell(sheet, row, at, column, line)
        texts = ((entry, column.width) for column, entry in _entries(grid, line) if not column.merged)
        sheet.row_dimensions[row].height = height(texts)
    merged = [at for at, column in enumerate(grid.columns) if column.merged]
    for count, at in enumerate(merged, start=1):
        _merge_titles(sheet, first, at, [grid.columns[one].title for one in merged[:count]], grid)


def _entries(grid: PlanGrid, line: PlanRow) -> Iterator[tuple[PlanColumn, str]]:
    for column in grid.columns:
        entry = line.cells.get(column.title)
        if isinstance(entry, str):
            yield column, entry


def _cell(sheet: Worksheet, row: int, at: int, column: PlanColumn, line: PlanRow) -> None:
    check = line.checks.get(column.title, column.check)
    cell = put(sheet, row, at, line.cells.get(column.title))
    cell.number_format = _format(check)
    cell.alignment = LEFT if isinstance(check, Free) else MIDDLE
    if column.title in line.closed:
        cell.fill = CLOSED
    elif not column.open and line is not _SPARE:
        cell.fill = WRITTEN


def _merge_titles(sheet: Worksheet, first: int, at: int, titles: Sequence[str], grid: PlanGrid) -> None:
    """Make one cell, as high as its text needs, of entries that lines below each other have alike.

    They are alike where those on the left, in the columns of the other `titles`, are so too.
    """
    row = first
    for entries, alike in groupby(grid.lines, lambda line: [line.cells.get(title) for title in titles]):
        last = row + len([*alike]) - 1
        if last > row:
            sheet.cell(row, at + 1).alignment = TOP
            sheet.merge_cells(start_row=row, start_column=at + 1, end_row=last, end_column=at + 1)
        if isinstance(entry := entries[-1], str):
            needed = height([(entry, grid.columns[at].width)], rows=last - row + 1)
            for each in range(row, last + 1):
                sheet.row_dimensions[each].height = max(needed, sheet.row_dimensions[each].height or 0)
        row = last + 1


def _format(check: Check) -> str:
    match check:
        case Figure("percent"):
            return "0.0#%"
        case Figure("whole"):
            return "0"
        case Day():
            return "yyyy-mm-dd"
        case Free() | ListedValues():
            return "@"
        case _:
            return "General"
