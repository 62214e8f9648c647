"""The rows of one sheet. These callbacks are written for speed: a sheet has hundreds of thousands of cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import lt
from typing import Final
from xml.parsers.expat import XMLParserType

from msgspec import Struct, field

from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS
from dangjian_score.evidence.sheets import BrokenCell, FilledRow, Memo, RawCell, SheetRow, column_of, packed
from dangjian_score.evidence.xlsx.archive import (
    MAIN,
    SEPARATOR,
    Texts,
    UnreadableError,
    XmlAttributes,
    flag,
    for_cell,
    pass_over,
)
from dangjian_score.evidence.xlsx.values import Readings, Run, TextMark, WorkbookCommons, mark_of, rich

_NAMES: Final = {
    f"{space}{SEPARATOR}{local}": local for space in MAIN for local in ("row", "c", "v", "f", "is", "r", "rPr", "t")
}
_TEXTS: Final = frozenset(["v", "t", "f"])
_HOLDERS: Final = frozenset(["is", "r"])
RowShape = tuple[Sequence[str], Sequence[str | None], Sequence[str | None]]
"""The columns (in letters), styles and kinds of a row's cells, as they are named; most rows are alike in these."""
_RUN: Final = 2
"""Holders around a text that is a run."""
_SHOWN: Final = 30
"""Letters of a formula that are kept."""


class FilledRows(Struct):
    """The rows that hold something, and those among them that are hidden."""

    rows: dict[int, SheetRow] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


class Cells:
    """What the cells of a workbook hold: their stored values, and what formulas came to where that is believed."""

    def __init__(self, book: WorkbookCommons, *, believed: bool) -> None:
        self.values, self.results, self.believed = Readings(book), Readings(book, formula=True), believed

    def result(self, kind: str | None, style: str | None, value: str | None, formula: str) -> RawCell | None:
        """Read what a formula came to; none where it came to an empty text."""
        raw = self.results[kind, style][value or ""]
        if self.believed and (raw is not None or (value is not None and kind == "str")):
            return raw
        return RawCell(BrokenCell("formula", f"={formula or '…'}"[:_SHOWN]), typed=True, formula=True)


class _Columns(dict[str, int]):
    """Columns by their letters, each worked out once."""

    def __missing__(self, letters: str) -> int:
        column = column_of(letters) if letters.isascii() and letters.isalpha() and letters.isupper() else 0
        if not 0 < column <= MOST_COLUMNS:
            raise UnreadableError("damaged")
        self[letters] = column
        return column


class SheetRowReader:
    """Takes a parser's callbacks over until the rows end. Elements where none should be are passed over."""

    def __init__(self, parser: XMLParserType, texts: Texts, cells: Cells, hold: Callable[[int, int], None]) -> None:
        """Begin; `hold` is called with the number of cells of each row, `found` fills while the parser runs."""
        self.found = FilledRows()
        self._parser, self._cells, self._readings, self._hold = parser, cells, cells.values, hold
        self._outer = parser.StartElementHandler, parser.EndElementHandler
        self._columns, self._texts = _Columns(), texts
        self._row: dict[int, RawCell] | None = None
        self._row_attributes: Mapping[str, str] | None = None
        self._cell: Mapping[str, str] | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._pieces: list[Run] = []
        self._marks: list[TextMark] = []
        self._collecting = False
        self._number = self._at = self._held = self._runs = 0
        self._row_text = ""
        self._shape: RowShape = ([], [], [])
        self._places: list[int] = []
        self._memos: list[Memo] = []
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end

    @property
    def waits(self) -> bool:
        """Whether the next thing may be a row."""
        return self._row_attributes is None and self._parser.StartElementHandler == self._start

    def pass_by(self, number: int) -> None:
        """Go past an empty row."""
        self._number = number

    def take(self, number_text: str, shape: RowShape, values: Iterable[str | None]) -> bool:
        """Take a row whose cells were parted otherwise; none of its values is None but where a cell is blank.

        Tell whether it was taken; what is wrong with it, or out of order, the parser will find.
        """
        number = int(number_text)
        if not 0 < number <= MOST_ROWS or number_text != str(number) or number in self.found.rows:
            return False
        try:
            if shape != self._shape:
                self._places = [*map(self._columns.__getitem__, shape[0])]
                self._memos = [*map(self._readings.__getitem__, zip(shape[2], shape[1], strict=True))]
                self._shape = shape
            pairs = zip(self._memos, values, strict=True)
            cells = [None if value is None else memo[value] for memo, value in pairs]
        except UnreadableError:
            return False
        columns, held = self._places, sum(map(bool, cells))
        if not all(map(lt, columns, columns[1:])):
            return False
        self._number = number
        if held:
            self._hold(held, 1)
            if columns[-1] == len(columns):
                self.found.rows[number] = FilledRow((None, *cells), held)
            else:
                placed = zip(columns, cells, strict=True)
                self.found.rows[number] = packed({column: cell for column, cell in placed if cell is not None})
        return True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        what = _NAMES.get(name)
        if what == "c" and self._cell is None and self._row_attributes is not None:
            self._cell = attributes
        elif what in _TEXTS and self._cell is not None and not self._collecting:
            self._collecting = True
            self._texts.clear()
            self._parser.CharacterDataHandler = self._texts.append
        elif what in _HOLDERS and self._cell is not None and self._runs < len(_HOLDERS) and not self._collecting:
            self._runs += 1
        elif what == "row" and self._row_attributes is None:
            number = attributes.get("r")
            self._number = self._number + 1 if number is None else int(number)
            self._row_attributes = attributes
        else:
            pass_over(self._parser, self._note_mark if what == "rPr" and self._runs == _RUN else None)

    def _note_mark(self, name: str, attributes: XmlAttributes) -> None:
        self._marks.extend(mark_of(name, attributes))

    def _end(self, name: str) -> None:
        what = _NAMES.get(name)
        if what == "c":
            self._close_cell()
            self._cell = self._value = self._formula = None
        elif what in _TEXTS:
            self._collecting = False
            self._parser.CharacterDataHandler = None
            text = self._texts.whole()
            if what == "f":
                self._formula = text
            else:
                self._value = text if self._value is None else for_cell(self._value + text)
                if self._runs == _RUN:
                    self._pieces.append((text, self._marks[0] if self._marks else None))
        elif what == "row":
            self._close_row()
        elif what in _HOLDERS:
            self._runs -= 1
            self._marks.clear()
        else:  # sheetData itself
            self._close(name)

    def _open_row(self, attributes: Mapping[str, str]) -> dict[int, RawCell]:
        """Begin a row at its first cell; most rows of an overgrown sheet have none."""
        self._row_text = attributes.get("r", str(self._number))
        if not 0 < self._number <= MOST_ROWS or self._row_text != str(self._number):
            raise UnreadableError("damaged")
        row = self._row = dict(self.found.rows.get(self._number, {}))
        self._held = len(row)
        return row

    def _close_row(self) -> None:
        row, attributes = self._row, self._row_attributes
        if row and attributes is not None:
            self._hold(len(row) - self._held, 1)
            self.found.rows[self._number] = packed(row)
            if flag(attributes.get("hidden")):
                self.found.hidden.add(self._number)
        self._row = self._row_attributes = None
        self._at = 0

    def _close_cell(self) -> None:
        cell, attributes, value, formula = self._cell, self._row_attributes, self._value, self._formula
        assert cell is not None and attributes is not None  # noqa: S101, PT018  no end without a start
        row = self._open_row(attributes) if self._row is None else self._row
        reference = cell.get("r")
        column = self._at + 1 if reference is None else self._columns[reference.removesuffix(self._row_text)]
        self._at = column
        if value is None and formula is None:
            return
        kind = cell.get("t")
        try:
            if formula is None:
                raw = self._readings[kind, cell.get("s")][value or ""]
            else:
                raw = self._cells.result(kind, cell.get("s"), value, formula)
        except UnreadableError as refused:
            refused.spot = (self._number, column)
            raise
        if self._pieces:
            raw = rich(self._pieces) if any(mark for _, mark in self._pieces) else raw
            self._pieces.clear()
        if raw is not None:
            if column in row:
                raise UnreadableError("cell twice", spot=(self._number, column))
            row[column] = raw

    def _close(self, name: str) -> None:
        self.found.rows = dict(sorted(self.found.rows.items()))
        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end = self._outer
        assert start is not None and end is not None  # noqa: S101, PT018  who walks here has both
        end(name)


def position(text: str | None, otherwise: int, last: int) -> int:
    """Read the number of a row or column. Raises UnreadableError."""
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= len(str(last))):
        raise UnreadableError("damaged")
    place = otherwise if text is None else int(text)
    if not 0 < place <= last:
        raise UnreadableError("damaged")
    return place
