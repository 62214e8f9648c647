"""Which columns of a wide table are printed together."""

from dataclasses import replace
from itertools import accumulate
from math import ceil

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.evidence.template.plan import Grid

SCALE = 80
"""Per cent at which tables that are wider than the paper are printed."""
_PAPER = 1010.0
"""Pixels that fit between the margins of A4 landscape at full size."""
_COMFORTABLE = 110
"""Half-width characters that a table may well be wide."""
_MOST = 10
"""Of them that a column is widened by at most."""
_SQUEEZED = 1.25
"""How much wider than a page a table may be and still be made as narrow as the paper."""
_UNDER, _OVER = 0.6, 1.25
"""How far a page may fall short of its fair share, or go beyond it, to end where a section or item ends."""


def roomy(grid: Grid) -> Grid:
    """Widen the columns of a table that would be lost on the paper."""
    free = [column for column in grid.columns if column.open]
    spare = _COMFORTABLE - sum(column.width for column in grid.columns)
    if spare <= 0 or not free:
        return grid
    more = min(spare // len(free), _MOST)
    columns = (replace(column, width=column.width + more) if column.open else column for column in grid.columns)
    return replace(grid, columns=tuple(columns))


def pages(grid: Grid) -> tuple[range, ...]:
    """Part the columns, counted from 1, into pages; those in view on the left stand on each.

    Tables without heads are not parted: they are made as narrow as the paper.
    """
    room = _PAPER * 100 / SCALE - sum(_pixels(column.width) for column in grid.columns[: grid.kept])
    rest = sum(_pixels(column.width) for column in grid.columns[grid.kept :])
    if not grid.heads or rest <= room * _SQUEEZED:
        return (range(1, len(grid.columns) + 1),)
    found, start = list[range](), grid.kept
    while start < len(grid.columns):
        rest = sum(_pixels(column.width) for column in grid.columns[start:])
        stop = _stop(grid, start, rest / ceil(rest / room), room)
        found.append(range(start + 1 if found else 1, stop + 1))
        start = stop
    return tuple(found)


def _pixels(width: float) -> float:
    return 8 * width + 5


def _stop(grid: Grid, start: int, fair: float, room: float) -> int:
    """Find where a page ends that begins with a column, near its fair share of what is left.

    It ends before a section where it can, else before an item, else where it is full.
    """
    widths = list(accumulate(_pixels(column.width) for column in grid.columns[start:]))
    fitting = max(1, sum(1 for width in widths if width <= min(room, fair * _OVER)))
    if start + fitting >= len(grid.columns):
        return len(grid.columns)
    least = max(1, sum(1 for width in widths if width <= fair * _UNDER))
    for level in range(1, len(grid.heads) + 1):
        for count in range(fitting, least - 1, -1):
            left, right = grid.columns[start + count - 1], grid.columns[start + count]
            if left.heads[:level] != right.heads[:level]:
                return start + count
    return start + fitting


def print_in_pages(sheet: Worksheet, grid: Grid, parts: tuple[range, ...]) -> None:
    """Set the breaks, and what is repeated on the left, where there is more than one page beside another."""
    if len(parts) == 1:
        return
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = None
    sheet.page_setup.scale = SCALE
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.print_title_cols = f"A:{get_column_letter(grid.kept)}"
    for part in parts[:-1]:
        sheet.col_breaks.append(Break(id=part.stop - 1))
