"""The guide drawn: headings, sentences, tables to be read."""

from itertools import groupby
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score import books
from dangjian_score.evidence.template.plan import Guide, Part
from dangjian_score.evidence.template.style import LEFT, MIDDLE, TOP, height, narrow


def draw_guide(sheet: Worksheet, guide: Guide) -> None:
    """Draw it on an empty sheet."""
    books.widen(sheet, guide.widths)
    _across(sheet, 1, guide, guide.title).alignment = MIDDLE
    sheet.row_dimensions[1].height = 34
    row, headers = 2, dict[int, int]()
    for part in guide.parts:
        row = _part(sheet, row, guide, part) + 1
        headers[row - len(part.rows) - 2] = len(part.rows)
    books.page(sheet, 1)
    longest = max(headers, key=lambda one: headers[one], default=1)
    sheet.print_title_rows = f"{longest}:{longest}"  # pages that its table goes on to begin with its header
    narrow(sheet)
    sheet.freeze_panes = None


def _across(sheet: Worksheet, row: int, guide: Guide, text: str) -> Any:
    """Write a text over all columns."""
    cell = books.put(sheet, row, 1, text, style="title")
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(guide.widths))
    return cell


def _part(sheet: Worksheet, row: int, guide: Guide, part: Part) -> int:
    for text, font in ((part.heading, books.HEADER), *((one, books.FONT) for one in part.sentences)):
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
    _join(sheet, row - len(part.rows), guide, part)
    return row


def _join(sheet: Worksheet, row: int, guide: Guide, part: Part) -> None:
    """Make one cell of what rows below each other have alike."""
    if part.alike is None:
        return
    for entries, rows in groupby(part.rows, lambda one: one[part.alike :]):
        last = row + len([*rows]) - 1
        needed = height(zip(entries, guide.widths[part.alike :], strict=False), rows=last - row + 1)
        for each in range(row, last + 1):
            sheet.row_dimensions[each].height = max(needed, sheet.row_dimensions[each].height or 0)
        for at in range(part.alike + 1, part.alike + 1 + len(entries)):
            if last > row:
                sheet.cell(row, at).alignment = TOP
                sheet.merge_cells(start_row=row, start_column=at, end_row=last, end_column=at)
        row = last + 1
