"""The guide drawn: headings, sentences, tables to be read."""

from collections.abc import Sequence
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score import books
from dangjian_score.evidence.template.plan import Guide, Part
from dangjian_score.evidence.template.style import LEFT, MIDDLE, height


def draw(sheet: Worksheet, guide: Guide) -> None:
    """Draw it on an empty sheet."""
    books.widen(sheet, guide.widths)
    _across(sheet, 1, guide, guide.title).alignment = MIDDLE
    sheet.row_dimensions[1].height = 34
    row = 2
    for part in guide.parts:
        row = _part(sheet, row, guide, part) + 1
    books.page(sheet, 1)
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
    rows: Sequence[Sequence[str]] = [part.header, *part.rows] if part.header else []
    for entries in rows:
        for at, text in enumerate(entries, start=1):
            books.put(sheet, row, at, text or None, style="header" if entries is part.header else "cell")
        sheet.row_dimensions[row].height = height(zip(entries, guide.widths, strict=False))
        row += 1
    return row
