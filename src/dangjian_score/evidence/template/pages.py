"""Which columns of a wide table are printed together."""

from msgspec.structs import replace
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.evidence.template.plan import PlanGrid
from dangjian_score.paging import SCALE, parted

_COMFORTABLE = 110
"""Half-width characters that a table may well be wide."""
_MOST = 10
"""Of them that a column is widened by at most."""


def roomy(grid: PlanGrid) -> PlanGrid:
    """Widen the columns of a table that would be lost on the paper."""
    free = [column for column in grid.columns if column.open]
    spare = _COMFORTABLE - sum(column.width for column in grid.columns)
    if spare <= 0 or not free:
        return grid
    more = min(spare // len(free), _MOST)
    columns = (replace(column, width=column.width + more) if column.open else column for column in grid.columns)
    return replace(grid, columns=tuple(columns))


def pages(grid: PlanGrid) -> tuple[range, ...]:
    """Part the columns, counted from 1, into pages; those in view on the left stand on each.

    Tables without heads are not parted: they are made as narrow as the paper.
    """
    widths = [column.width for column in grid.columns]
    if not grid.heads:
        return (range(1, len(widths) + 1),)
    heads = [column.heads[: len(grid.heads)] for column in grid.columns]
    return tuple(range(part.start + 1, part.stop + 1) for part in parted(widths, heads, grid.kept))


def print_in_pages(sheet: Worksheet, grid: PlanGrid, parts: tuple[range, ...]) -> None:
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
