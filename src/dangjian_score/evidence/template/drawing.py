"""A plan → an .xlsx: grids and the guide drawn with openpyxl."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec.structs import replace
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.core import books, sheet_style
from dangjian_score.core.books import put
from dangjian_score.core.names import lines_of
from dangjian_score.core.sheet_style import FORM_LINE, SCALE, parted, row_height
from dangjian_score.evidence.template.checks import Checker
from dangjian_score.evidence.template.plan import (
    Check,
    Day,
    FigureWithin,
    Free,
    Guide,
    ListedValues,
    Part,
    PlanColumn,
    PlanGrid,
    PlanRow,
    WorkbookPlan,
)

SECTION: Final = PatternFill("solid", fgColor=f"FF{sheet_style.GROUP_COLOUR}")
CLOSED: Final = PatternFill("solid", fgColor=f"FF{sheet_style.CLOSED_COLOUR}")
WRITTEN: Final = PatternFill("solid", fgColor=f"FF{sheet_style.FILLED_COLOUR}")
HINT: Final = Font(name=sheet_style.FONT, size=sheet_style.NOTE_SIZE, color=f"FF{sheet_style.HINT_COLOUR}")
LEFT: Final = Alignment(vertical="center", wrap_text=True)
TOP: Final = Alignment(vertical="top", wrap_text=True)
"""Of cells that may go over several pages: their text must not stand where one is cut off."""
MIDDLE_TOP: Final = Alignment(horizontal="center", vertical="top", wrap_text=True)
MIDDLE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)

_ROW: Final = 21.0


def height(texts: Iterable[tuple[str, float]], *, rows: int = 1, air: float = 5) -> float:
    """Give a row the height, in points, that the fullest of its cells needs: texts with their columns' widths.

    Cells may go over several rows, of which this is the height of each; `air` are the points above and below a text.
    """
    needed = max(_ROW, *(FORM_LINE * lines_of(text, width - 1) + air for text, width in texts), 0)
    return row_height(needed / rows)


def narrow(sheet: Worksheet) -> None:
    """Leave narrow margins above and below."""
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7


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


def draw_guide(sheet: Worksheet, guide: Guide) -> None:
    """Draw it on an empty sheet."""
    books.widen(sheet, guide.widths)
    _across(sheet, 1, guide, guide.title).alignment = MIDDLE
    sheet.row_dimensions[1].height = 34
    row, headers = 2, dict[tuple[str, ...], int]()
    for part in guide.parts:
        end = _part(sheet, row, guide, part)
        if part.header:
            headers.setdefault(part.header, end - len(part.rows) - 1)
        row = end + 1
    books.page(sheet, 1)
    last = [*headers.values()][-1]
    sheet.print_title_rows = f"{last}:{last}"  # pages that a table goes on to begin with its header
    narrow(sheet)
    sheet.freeze_panes = None


def _across(sheet: Worksheet, row: int, guide: Guide, text: str) -> Any:
    """Write a text over all columns."""
    cell = books.put(sheet, row, 1, text, style="title")
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(guide.widths))
    return cell


def _part(sheet: Worksheet, row: int, guide: Guide, part: Part) -> int:
    for text, font in ((part.heading, books.HEADER), *((sentence, books.FONT) for sentence in part.sentences)):
        cell = _across(sheet, row, guide, text)
        cell.font, cell.alignment = font, LEFT
        sheet.row_dimensions[row].height = height([(text, sum(guide.widths))])
        row += 1
    return _table(sheet, row, guide, part)


def _table(sheet: Worksheet, row: int, guide: Guide, part: Part) -> int:
    if not part.header:
        return row
    for entries in (part.header, *part.rows):
        for at, text in enumerate(entries, start=1):
            books.put(sheet, row, at, text or None, style="header" if entries is part.header else "cell")
        sheet.row_dimensions[row].height = height(zip(entries[: part.alike], guide.widths, strict=False))
        row += 1
    _join_alike(sheet, row - len(part.rows), guide, part)
    return row


def _join_alike(sheet: Worksheet, row: int, guide: Guide, part: Part) -> None:
    """Make one cell of what rows below each other have alike."""
    if part.alike is None:
        return
    for texts, rows in groupby(part.rows, lambda entries: entries[part.alike :]):
        last = row + len([*rows]) - 1
        for at, text in enumerate(texts, start=part.alike):
            _join(sheet, row, last, at + 1, text, guide.widths[at])
        row = last + 1


def _join(sheet: Worksheet, first: int, last: int, column: int, text: str, width: float) -> None:
    """Make one cell of several rows of a column, which become as high as its text needs."""
    if last > first:
        cell = sheet.cell(first, column)
        cell.alignment = MIDDLE_TOP if cell.alignment.horizontal == "center" else TOP
        sheet.merge_cells(start_row=first, start_column=column, end_row=last, end_column=column)
    needed = height([(text, width)], rows=last - first + 1)
    for row in range(first, last + 1):
        sheet.row_dimensions[row].height = max(needed, sheet.row_dimensions[row].height or 0)


_SPARE = PlanRow()


def draw_grid(sheet: Worksheet, first: int, grid: PlanGrid) -> None:
    """Draw all rows from the first one on."""
    rows = (*grid.lines, *([_SPARE] * grid.spare))
    for row, line in enumerate(rows, start=first):
        for at, column in enumerate(grid.columns, start=1):
            _cell(sheet, row, at, column, line)
        texts = ((entry, column.width) for column, entry in _entries(grid, line) if not column.merged)
        sheet.row_dimensions[row].height = height(texts)
        if line.joined is not None:
            first_, last = ([column.title for column in grid.columns].index(title) + 1 for title in line.joined)
            _merge(sheet, row, first_, last)
    merged = [at for at, column in enumerate(grid.columns) if column.merged]
    for count, at in enumerate(merged, start=1):
        _merge_titles(sheet, first, at, [grid.columns[left].title for left in merged[:count]], grid)


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
        _join(sheet, row, last, at + 1, str(entries[-1] or ""), grid.columns[at].width)
        row = last + 1


def _format(check: Check) -> str:
    match check:
        case FigureWithin("percent"):
            return "0.0#%"
        case FigureWithin("whole"):
            return "0"
        case Day():
            return "yyyy-mm-dd"
        case Free() | ListedValues():
            return "@"
        case _:
            return "General"


_NOTE_WIDTH, _NOTE_LINE, _NOTE_BREADTH = 340, 18, 54
"""Of a comment's box: its width and the height of a line in points, and half-width characters in a line."""


def write(book: WorkbookPlan) -> bytes:
    """Draw a workbook."""
    workbook, first = books.new_book(book.title, book.guide.name)
    draw_guide(first, book.guide)
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
    draw_grid(sheet, header + 1, grid)
    _below(sheet, header + 2 + len(grid.lines) + grid.spare, grid)
    checker.check(sheet, grid, header + 1)
    books.page(sheet, header, grid.kept)
    narrow(sheet)
    sheet.print_title_rows = f"{row}:{header}"
    sheet.print_options.horizontalCentered = len(parts) == 1
    print_in_pages(sheet, grid, parts)
    if grid.whole:
        _keep_whole(sheet, header, grid)


def _keep_whole(sheet: Worksheet, header: int, grid: PlanGrid) -> None:
    """Begin a page before lines that would be parted; spreadsheets that fit a page to its width take no such breaks."""
    scale = sheet_style.scale_of([column.width for column in grid.columns])
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = None
    sheet.page_setup.scale = scale
    heights = [sheet.row_dimensions[row].height or _ROW for row in range(1, header + 1)]
    room, used, row = sheet_style.PAPER_HEIGHT * 100 / scale, sum(heights), header + 1
    titles = [column.title for column in grid.columns[: grid.whole]]
    for _, alike in groupby(grid.lines, lambda line: [line.cells.get(title) for title in titles]):
        count = len([*alike])
        needed = sum(sheet.row_dimensions[at].height or _ROW for at in range(row, row + count))
        if used + needed > room and needed + heights[-1] <= room:
            sheet.row_breaks.append(Break(id=row - 1))
            used = heights[-1]
        used, row = (used + needed) % room, row + count


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
    for row, (label, text) in enumerate(grid.above, start=3):
        books.put(sheet, row, 1, label, style="header")
        books.put(sheet, row, 2, text or None)
        sheet.row_dimensions[row].height = height([(text, grid.columns[1].width)])
    return 3 + len(grid.above)


def _below(sheet: Worksheet, first: int, grid: PlanGrid) -> None:
    """Write what stands under a table: notes over all its columns, and a line to be signed."""
    width = sum(column.width for column in grid.columns)
    for row, text in enumerate(grid.notes, start=first):
        cell = books.put(sheet, row, 1, text, style="title")
        cell.font, cell.alignment = books.FONT, LEFT
        _merge(sheet, row, 1, len(grid.columns))
        sheet.row_dimensions[row].height = height([(text, width)])
    if grid.below:
        row = first + len(grid.notes) + bool(grid.notes)
        books.put(sheet, row, 1, grid.below, style="title").font = books.FONT


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
