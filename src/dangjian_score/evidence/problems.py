"""Workbooks to mail back: a sheet for each file with its faulty rows, cells marked, what is wrong beside them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import PurePath
from typing import Final

from msgspec import Struct
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.core.archives import OUTPUT
from dangjian_score.core.books import Style, heighten, page, put, to_bytes, widen
from dangjian_score.core.diagnostics import Diagnostic, Severity
from dangjian_score.core.names import FreeNames, breadth
from dangjian_score.core.sheet_style import sheet_name
from dangjian_score.evidence.files import read_sheets
from dangjian_score.evidence.sheets import Sheet, SheetRow, written
from dangjian_score.evidence.tables.blocks import blocks
from dangjian_score.evidence.tables.columns import Expected
from dangjian_score.words.say import Words

_FIRST_COLUMNS: Final = 2
"""Columns before those of the sheet: the row's number, and what is wrong."""
_WIDTHS: Final = (6, 60)
_WIDEST: Final = 24

Findings = Sequence[Diagnostic]


class CellHeads(Struct, frozen=True):
    """What stands above a cell of a table: the table's first row, its titles by column, and the column of units."""

    row: int
    titles: SheetRow
    unit: int | None


def heads_in(sheet: Sheet, expected: Expected) -> Callable[[int, int], CellHeads]:
    """Find the tables of a sheet; what is given tells by row and column under which heads a cell stands."""
    found = sorted(blocks(sheet, expected), key=lambda block: (block.header.top, block.left))

    @cache
    def heads_of(at: int) -> CellHeads:
        header = found[at].header
        titles = {column: sheet.rows[number][column] for column, (_, number) in header.titles.items()}
        return CellHeads(header.top, titles, header.unit)

    def heads(row: int, column: int) -> CellHeads:
        over = bisect_right(found, row, key=lambda block: block.header.top)
        beside = (at for at in reversed(range(over)) if found[at].left <= column)
        return heads_of(next(beside, over - 1)) if over else CellHeads(0, {}, None)

    return heads


def problems_book(
    files: Mapping[str, bytes], rosters: Collection[str], found: Iterable[Diagnostic], expected: Expected, words: Words
) -> bytes | None:
    """Write what has to be put right, file by file; None where there is nothing.

    Rows are shown of the files that units handed in, never of `rosters`: what has no place in the former is listed.
    """
    by_file: dict[str, list[Diagnostic]] = defaultdict(list)
    elsewhere: list[Diagnostic] = []
    for finding in found:
        if finding.severity is not Severity.NOTE:
            (elsewhere if finding.place.file in rosters else by_file[finding.place.file]).append(finding)
    book = Workbook()
    book.properties.category = OUTPUT
    book.remove(book.worksheets[0])
    free = FreeNames()
    for file, wrong in sorted(by_file.items()):
        sheets = read_sheets(files[file], file) if file in files else ()
        title = words.text("to mend", file=file, count=str(len(wrong)))
        sheet = book.create_sheet(sheet_name(PurePath(file).stem or file, free))
        notes = (title, words.text("how to mend"))
        _Page(sheet, expected, words).write(notes, wrong, () if isinstance(sheets, Diagnostic) else sheets)
    if elsewhere:
        sheet = book.create_sheet(sheet_name(words.text("elsewhere"), free))
        notes = (words.text("to mend elsewhere", count=str(len(elsewhere))), words.text("how to mend elsewhere"))
        _Page(sheet, expected, words).write(notes, elsewhere, ())
    return to_bytes(book) if book.worksheets else None


class _Page:
    """One sheet of the workbook, written from the top."""

    def __init__(self, sheet: Worksheet, expected: Expected, words: Words) -> None:
        self._sheet, self._expected, self._words, self._row = sheet, expected, words, 1
        self._widths: dict[int, float] = dict(enumerate(_WIDTHS, start=1))
        self._rows: list[tuple[int, list[str]]] = []

    def write(self, notes: tuple[str, str], wrong: Findings, sheets: Iterable[Sheet]) -> None:
        """Write a title and a note, what is wrong with no cell in particular, then each sheet's tables."""
        self._line(notes[0], style="title")
        self._line(notes[1])
        placed = {sheet.name: (sheet, list[Diagnostic]()) for sheet in sheets}
        for finding in wrong:
            if finding.place.cell and finding.place.sheet in placed:
                placed[finding.place.sheet][1].append(finding)
            else:
                self._line(f"{finding.place}：{self._sentence(finding)}")
        for sheet, inside in placed.values():
            if inside:
                self._tables(sheet, inside)
        widths = [self._widths[at] for at in sorted(self._widths)]
        widen(self._sheet, widths)
        for row, texts in self._rows:
            heighten(self._sheet, row, zip(texts, widths[1:], strict=False))
        page(self._sheet, 1, _FIRST_COLUMNS)

    def _tables(self, sheet: Sheet, wrong: Findings) -> None:
        """Write the tables of a sheet one below the other, each with its own faulty rows."""
        self._row += 1
        if sheet.name:
            self._line(sheet.name)
        heads_of = heads_in(sheet, self._expected)
        tables: dict[tuple[int, int], tuple[CellHeads, list[Diagnostic]]] = {}
        for finding in wrong:
            heads = heads_of(*finding.order)
            tables.setdefault((heads.row, heads.unit or 0), (heads, []))[1].append(finding)
        for at, (heads, inside) in enumerate(tables[key] for key in sorted(tables)):
            self._row += at > 0  # a blank row
            self._table(sheet, heads, inside)

    def _line(self, text: str, *, style: Style = "note") -> None:
        put(self._sheet, self._row, 1, text, style=style)
        self._row += 1

    def _sentence(self, finding: Diagnostic) -> str:
        return f"{self._words.message(finding)}（{finding.code}）"

    def _table(self, sheet: Sheet, heads: CellHeads, wrong: Findings) -> None:
        """Write a table's faulty rows under its own heads: the unit and the columns where something is wrong."""
        by_row: dict[int, list[Diagnostic]] = defaultdict(list)
        for finding in wrong:
            by_row[finding.order[0]].append(finding)
        unit = [] if heads.unit is None else [heads.unit]
        columns = list(dict.fromkeys([*unit, *sorted({finding.order[1] for finding in wrong})]))
        above = [self._words.text("row number"), self._words.text("problem")]
        for at, head in enumerate([*above, *(_text(heads.titles, column) for column in columns)], start=1):
            put(self._sheet, self._row, at, head, style="header")
            self._widths[at] = max(self._widths.get(at, 0), min(max(breadth(head), 8), _WIDEST))
        self._row += 1
        for number in sorted(by_row):
            self._faulty(sheet.rows.get(number, {}), number, columns, by_row[number])

    def _faulty(self, row: SheetRow, number: int, columns: Sequence[int], wrong: Findings) -> None:
        """Write a faulty row: its number, what is wrong, then its cells."""
        problems = "\n".join(f"{finding.place.cell}：{self._sentence(finding)}" for finding in wrong)
        put(self._sheet, self._row, 1, number)
        texts = [put(self._sheet, self._row, 2, problems).value]
        marked = {finding.order[1] for finding in wrong}
        for at, column in enumerate(columns, start=_FIRST_COLUMNS + 1):
            text = _text(row, column)
            texts.append(put(self._sheet, self._row, at, text, style="wrong" if column in marked else "cell").value)
            self._widths[at] = max(self._widths[at], min(breadth(text) + 2, _WIDEST))
        self._rows.append((self._row, texts))
        self._row += 1


def _text(row: SheetRow, column: int) -> str:
    return written(row[column]) if column in row else ""
