"""Tables of a report as sheets of a workbook: title and notes above, figures as figures, fit to be printed."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final

from msgspec import Struct
from xlsxwriter.utility import xl_rowcol_to_cell

from dangjian_score.core.names import breadth, lines_of
from dangjian_score.core.points import decimals
from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS, SCALE, SIZE, TITLE_SIZE, height_of, parted
from dangjian_score.core.watching import unwatched
from dangjian_score.report.book import (
    AIR,
    GENERAL,
    Book,
    BookSheet,
    ColouredCell,
    Entry,
    Pour,
    Style,
    decimals_format,
    rows_xml,
)
from dangjian_score.report.document import Cell, Change, Document, DocumentColumn, Table
from dangjian_score.report.formatting import PLAIN, FigureFormat, written

_WIDEST: Final = 40
_NARROWEST: Final = 6
_MARGIN: Final = 2
_HEADS: Final = 8
"""Rows of heads, at most."""
_TITLE_SCALE: Final = TITLE_SIZE / SIZE
_EVERYWHERE: Final = "A1:XFD1048576"


Row = Sequence[Entry | ColouredCell]


class SheetColumn(Struct, frozen=True):
    """A column: its head, how its figures are shown, and how wide it is where that is not measured.

    `above` are the heads above it, from the top (alike ones side by side become one), `below` what stands under its
    head; a column without them has a head as high as all of theirs. Text stands in the middle where it is `short`.
    `grounds` are the colours that its cells may have.
    """

    head: str
    format: str = GENERAL
    above: tuple[str, ...] = ()
    below: tuple[Entry, ...] = ()
    width: float | None = None
    short: bool = False
    grounds: tuple[str, ...] = ()


class SheetDrawing(Struct, frozen=True):
    """What is to be drawn: `notes` (the first is the title), columns, rows, and lines `after` them.

    `kept` columns stay in view on the left; columns `without` are left out. The rows can be filtered where it is
    `filtered`.
    """

    notes: Sequence[str]
    columns: Sequence[SheetColumn]
    rows: Sequence[Row]
    after: Sequence[str] = ()
    kept: int = 1
    without: frozenset[int] = frozenset()
    filtered: bool = False


class Drawn(Struct, frozen=True):
    """Where a table's rows stand on its sheet, counted from 0, and where its columns (those left out stand nowhere)."""

    sheet: BookSheet
    first: int
    last: int
    columns: dict[int, int]


def rank_column(head: str, *, is_provisional: bool) -> SheetColumn:
    """Give the column of ranks; the longer head of provisional ones says how wide it is."""
    return SheetColumn(head, short=True, width=None if is_provisional else 7)


def points_width(places: int) -> float:
    """Give a column of points its width: three digits, a sign and the decimals, under a head of some lines."""
    return max(10, 7 + places)


def add_sheet(book: Book, name: str, table: SheetDrawing) -> Drawn:
    """Add a sheet, and further ones where the table is larger than a sheet; give the first.

    Columns in which nothing stands are left out.
    """
    kept = [at for at in _used(table) if at not in table.without]
    fixed, free = kept[: table.kept], kept[table.kept :]
    across, high = MOST_COLUMNS - len(fixed), MOST_ROWS - len(table.notes) - len(table.after) - _HEADS
    drawn = [
        _Sheet(book, name, table, (*fixed, *free[left : left + across]), range(top, top + high)).draw()
        for top in range(0, max(len(table.rows), 1), high)
        for left in range(0, max(len(free), 1), across)
    ]
    return drawn[0]


def _used(table: SheetDrawing) -> list[int]:
    """Find the columns in which something stands; all where there are no rows."""
    empty = [*range(len(table.columns))] if table.rows else []
    for row in table.rows:
        if not empty:
            break
        empty = [at for at in empty if row[at] is None]
    return [at for at in range(len(table.columns)) if at not in empty]


class _Sheet:
    """One sheet of a table: those of its columns and rows that stand there."""

    def __init__(self, book: Book, name: str, table: SheetDrawing, places: Sequence[int], part: range) -> None:
        self._book, self._sheet, self._table = book, book.add(name), table
        self._places = places
        self._columns = [table.columns[at] for at in places]
        self._rows = table.rows[part.start : part.stop]
        self._widths = [
            _width(column, (row[at] for row in self._rows)) for at, column in zip(places, self._columns, strict=True)
        ]
        self._pages = parted(self._widths, [column.above for column in self._columns], table.kept)

    def draw(self) -> Drawn:
        self._sheet.widen(self._widths)
        top = self._notes(0, self._table.notes, titled=True)
        first = self._heads(top)
        last = first + len(self._rows) - 1
        self._pour(first, last)
        self._notes(last + 1, self._table.after, titled=False)
        if self._table.filtered and self._rows:
            self._sheet.raw.autofilter(first - 1, 0, last, len(self._columns) - 1)
        kept = min(self._table.kept, len(self._columns))
        self._lay_out((top, first), kept)
        return Drawn(self._sheet, first, last, {at: place for place, at in enumerate(self._places)})

    def _notes(self, row: int, notes: Sequence[str], *, titled: bool) -> int:
        """Write the title and notes over the width of the first page, each as high as it needs; give the row below."""
        page = self._pages[0]
        start = self._table.kept if len(self._pages) > 1 else 0  # what every page repeats is cut off there
        room = sum(self._widths[start : page.stop])
        for at, note in enumerate(notes, start=row):
            style: Style = "title" if titled and at == row else "note"
            self._sheet.span((at, start, at, page.stop - 1), note, style)
            scale, air = (_TITLE_SCALE, 3 * AIR) if style == "title" else (1, AIR)
            self._sheet.raw.set_row(at, height_of(lines_of(note, room / scale - 1) * scale, air))
        return row + len(notes)

    def _heads(self, top: int) -> int:
        """Write the heads, upper ones merged over their columns but no further than a page; give the row below."""
        levels, under = (
            max(map(len, rows), default=0) for rows in zip(*((c.above, c.below) for c in self._columns), strict=True)
        )
        lines = [1] * (levels + 1 + under)
        for level in range(levels):
            for first, last in self._alike(level):
                text = self._columns[first].above[level]
                self._sheet.span((top + level, first, top + level, last), text, "group")
                lines[level] = max(lines[level], lines_of(text, sum(self._widths[first : last + 1]) - 1))
        for at, column in enumerate(self._columns):
            self._head(top, at, levels, under)
            own = (column.head,) if len(column.above) == levels else ()
            for row, entry in enumerate((*own, *column.below), start=levels + 1 - len(own)):
                lines[row] = max(lines[row], lines_of(str(entry), self._widths[at] - 1))
        for at, count in enumerate(lines):
            self._sheet.raw.set_row(top + at, height_of(count, AIR))
        return top + len(lines)

    def _alike(self, level: int) -> Iterator[tuple[int, int]]:
        """Find the columns side by side, on one page, that have the same heads down to a level."""
        for part in self._pages:
            with_heads = (at for at in part if len(self._columns[at].above) > level)
            for _, run in groupby(with_heads, key=lambda at: self._columns[at].above[: level + 1]):
                found = list(run)
                yield found[0], found[-1]

    def _head(self, top: int, at: int, levels: int, under: int) -> None:
        """Write a column's head, and what stands under it."""
        column = self._columns[at]
        last = top + levels + under - len(column.below)
        self._sheet.span((top + len(column.above), at, last, at), column.head, "header")
        for row, entry in enumerate(column.below, start=last + 1):
            self._sheet.put(row, at, entry, "header")

    def _pour(self, first: int, last: int) -> None:
        """Have the rows written when the workbook is packed, so that no cell is kept till then."""
        formats = (
            self._book.formats("middle" if column.short else "text", column.format, column.grounds)
            for column in self._columns
        )
        rows = rows_xml(self._rows, first, self._places, [*zip(formats, self._widths, strict=True)])
        corner = xl_rowcol_to_cell(last + len(self._table.after), len(self._columns) - 1)
        self._book.pour(self._sheet, Pour(rows, last + 2, corner))

    def _lay_out(self, heads: tuple[int, int], kept: int) -> None:
        """Make the sheet as wide as the paper, or part it before the columns where its pages end."""
        self._sheet.lay_out(heads, kept)
        self._sheet.raw.ignore_errors({"number_stored_as_text": _EVERYWHERE})
        if breaks := [part.stop for part in self._pages[:-1]]:
            self._sheet.across(kept, SCALE, breaks)
        else:
            self._sheet.raw.center_horizontally()
            self._sheet.raw.fit_to_pages(1, 0)


def _width(column: SheetColumn, entries: Iterable[Entry | ColouredCell]) -> float:
    if column.width is not None:
        return column.width
    shown = {cell.entry if isinstance(cell, ColouredCell) else cell for cell in entries}
    widest = max(breadth("" if entry is None else str(entry)) for entry in (column.head, *shown))
    return min(max(widest, _NARROWEST), _WIDEST) + _MARGIN


def document_xlsx(document: Document) -> bytes:
    """Write a document out; tables without rows have no sheet but the first, which says of the others why."""
    book = Book(document.title)
    first, *others = (*document.tables, *document.context)
    empty = [table.empty for table in others if table.empty and not table.rows]
    add_sheet(book, first.name, _sheet(first, [document.title, *document.lead, *document.notes], empty))
    for table in others:
        if table.rows:
            heading = [table.heading] if table.heading not in ("", table.name) else []
            add_sheet(book, table.name, _sheet(table, [document.title, *heading]))
    return book.to_bytes(unwatched)


def _sheet(table: Table, above: Sequence[str], below: Sequence[str] = ()) -> SheetDrawing:
    """Lay a table out; its notes stand above it, between `above` and `below`."""
    kept = [at for at, column in enumerate(table.columns) if column.on != "screen"]
    columns = [table.columns[at] for at in kept]
    return SheetDrawing(
        [*above, *table.notes, *below],
        [SheetColumn(column.head, number_format(column.figures or PLAIN)) for column in columns],
        [[_entry(row[at], table.columns[at]) for at in kept] for row in table.rows],
    )


def number_format(form: FigureFormat) -> str:
    """Give the format by which a spreadsheet writes figures as `formatting.written` does."""
    if form.places is None:
        return GENERAL
    return decimals_format(form.places, signed=form.signed, percent=form.percent)


def _entry(cell: Cell, column: DocumentColumn) -> Entry:
    """Give what a cell holds: a figure as such, unless it is to be exact and no decimal is (`1/3`)."""
    match cell:
        case Change():
            raise TypeError(f"a sheet has a column for each side of a change: {column.head}")
        case Fraction() if column.figures == PLAIN and decimals(cell) is None:
            return written(cell, PLAIN)
        case _:
            return cell
