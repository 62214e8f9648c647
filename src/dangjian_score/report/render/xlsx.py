"""A document as a workbook: one sheet a table, figures as figures."""

from collections.abc import Sequence
from fractions import Fraction

from dangjian_score.points import decimals
from dangjian_score.report import sheets
from dangjian_score.report.book import GENERAL, Book, Entry
from dangjian_score.report.document import Cell, Change, DocumentColumn, Document, Table
from dangjian_score.report.formatting import PLAIN, FigureFormat, written
from dangjian_score.watching import unwatched


def document_xlsx(document: Document) -> bytes:
    """Write a document out; tables without rows have no sheet but the first, which says of the others why."""
    book = Book(document.title)
    first, *others = (*document.tables, *document.context)
    empty = [table.empty for table in others if table.empty and not table.rows]
    sheets.add_sheet(book, first.name, _sheet(first, [document.title, *document.lead, *document.notes], empty))
    for table in others:
        if table.rows:
            heading = [table.heading] if table.heading not in ("", table.name) else []
            sheets.add_sheet(book, table.name, _sheet(table, [document.title, *heading]))
    return book.to_bytes(unwatched)


def _sheet(table: Table, above: Sequence[str], below: Sequence[str] = ()) -> sheets.SheetDrawing:
    """Lay a table out; its notes stand above it, between `above` and `below`."""
    kept = [at for at, column in enumerate(table.columns) if column.on != "screen"]
    columns = [table.columns[at] for at in kept]
    return sheets.SheetDrawing(
        [*above, *table.notes, *below],
        [sheets.SheetColumn(column.head, number_format(column.figures or PLAIN)) for column in columns],
        [[_entry(row[at], table.columns[at]) for at in kept] for row in table.rows],
    )


def number_format(form: FigureFormat) -> str:
    """Give the format by which a spreadsheet writes figures as `formatting.written` does."""
    if form.places is None:
        return GENERAL
    shown = sheets.decimals_format(form.places, signed=form.signed)
    return ";".join(f"{part}%" for part in shown.split(";")) if form.percent else shown


def _entry(cell: Cell, column: DocumentColumn) -> Entry:
    """Give what a cell holds: a figure as such, unless it is to be exact and no decimal is (`1/3`)."""
    match cell:
        case Change():
            raise TypeError(f"a sheet has a column for each side of a change: {column.head}")
        case Fraction() if column.figures == PLAIN and decimals(cell) is None:
            return written(cell, PLAIN)
        case _:
            return cell
