"""Workbooks to mail back: a sheet for each file with its faulty rows, cells marked, what is wrong beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.books import WRONG_FILL, Style, heighten, page, put, to_bytes, widen
from dangjian_score.diagnostics import Diagnostic, Severity
from dangjian_score.evidence.blocks import blocks
from dangjian_score.evidence.columns import Expected
from dangjian_score.evidence.headers import Header
from dangjian_score.evidence.read import read_sheets
from dangjian_score.evidence.sheets import Row, Sheet, written
from dangjian_score.fitting import breadth, sheet_name
from dangjian_score.words.say import Words

_FIRST_COLUMNS: Final = 2
"""Columns before those of the sheet: the row's number, and what is wrong."""
_WIDTHS: Final = (6, 60)
_WIDEST: Final = 24

Found = Sequence[Diagnostic]


def problems_book(
    files: Mapping[str, bytes], found: Iterable[Diagnostic], expected: Expected, said: Words
) -> bytes | None:
    """Write what has to be put right, file by file; None where there is nothing."""
    by_file: dict[str, list[Diagnostic]] = defaultdict(list)
    for one in found:
        if one.severity is not Severity.NOTE:
            by_file[one.place.file].append(one)
    book = Workbook()
    book.remove(book.worksheets[0])
    for file, wrong in sorted(by_file.items()):
        name = sheet_name(file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or file, book.sheetnames)
        sheets = read_sheets(files[file], file) if file in files else ()
        _Page(book.create_sheet(name), said).write(
            file, wrong, () if isinstance(sheets, Diagnostic) else sheets, expected
        )
    return to_bytes(book) if by_file else None


class _Page:
    """One sheet of the workbook, written from the top."""

    def __init__(self, sheet: Worksheet, said: Words) -> None:
        self._sheet, self._said, self._row = sheet, said, 1
        self._widths: dict[int, float] = dict(enumerate(_WIDTHS, start=1))
        self._rows: list[int] = []

    def write(self, file: str, wrong: Found, sheets: Iterable[Sheet], expected: Expected) -> None:
        self._line(self._said.label("to mend", file=file, count=str(len(wrong))), style="title")
        self._line(self._said.label("how to mend"))
        placed = {id(sheet): [one for one in wrong if one.place.sheet == sheet.name] for sheet in sheets}
        shown = {id(one) for all_of in placed.values() for one in all_of if one.place.cell}
        for one in wrong:
            if id(one) not in shown:
                self._line(f"{one.place}：{self._sentence(one)}")
        for sheet in sheets:
            rows: dict[int, list[Diagnostic]] = defaultdict(list)
            for one in placed[id(sheet)]:
                if one.place.cell:
                    rows[one.order[0]].append(one)
            if rows:
                self._table(sheet, rows, next((block.header for block in blocks(sheet, expected)), None))
        widen(self._sheet, [self._widths[at] for at in sorted(self._widths)])
        for row in self._rows:
            heighten(self._sheet, row)
        page(self._sheet, 1, _FIRST_COLUMNS)

    def _line(self, text: str, *, style: Style = "note") -> None:
        put(self._sheet, self._row, 1, text, style=style)
        self._row += 1

    def _sentence(self, one: Diagnostic) -> str:
        return f"{self._said.message(one)}（{one.code}）"

    def _table(self, sheet: Sheet, rows: Mapping[int, Found], header: Header | None) -> None:
        """Write a sheet's faulty rows under its own header: the unit and the columns where something is wrong."""
        self._row += 1
        columns = sorted({one.order[1] for wrong in rows.values() for one in wrong})
        columns = list(dict.fromkeys([*([header.unit] if header and header.unit else []), *columns]))
        titles = {} if header is None else sheet.rows[header.bottom]
        heads = [
            self._said.label("row number"),
            self._said.label("problem"),
            *(_text(titles, column) for column in columns),
        ]
        if sheet.name:
            self._line(sheet.name)
        for at, head in enumerate(heads, start=1):
            put(self._sheet, self._row, at, head, style="header")
            self._widths.setdefault(at, min(max(breadth(head), 8), _WIDEST))
        self._row += 1
        for number in sorted(rows):
            self._faulty(sheet.rows.get(number, {}), number, columns, rows[number])

    def _faulty(self, row: Row, number: int, columns: Sequence[int], wrong: Found) -> None:
        put(self._sheet, self._row, 1, number)
        told = "\n".join(f"{one.place.cell}：{self._sentence(one)}" for one in wrong)
        put(self._sheet, self._row, 2, told)
        marked = {one.order[1] for one in wrong}
        self._rows.append(self._row)
        for at, column in enumerate(columns, start=_FIRST_COLUMNS + 1):
            cell = put(self._sheet, self._row, at, text := _text(row, column))
            self._widths[at] = max(self._widths[at], min(breadth(text) + 2, _WIDEST))
            if column in marked:
                cell.fill = WRONG_FILL
        self._row += 1


def _text(row: Row, column: int) -> str:
    return written(row[column]) if column in row else ""
