"""What readers of files give: sheets of raw cells, each at its row and column."""

from collections.abc import Callable, Collection, ItemsView, Iterator, Mapping, ValuesView
from datetime import date
from fractions import Fraction
from itertools import compress, count
from typing import Final, Literal, TypeVar

from msgspec import Struct

from dangjian_score.core.facts import Cell

Answer = TypeVar("Answer")
MAX_KEPT: Final = 20_000
"""Values of one kind that are remembered; most sheets hold few, again and again."""


class BrokenCell(Struct, frozen=True):
    """A cell without a usable value: why, what is seen of it, and what else explains it.

    A `formula` was never computed; an `error` is an error value; a `time` is no day; `merged` is covered by a merge,
    which shows something else; `beneath` is covered as well and holds a value of its own that nobody sees (`detail`
    is what the merge shows); `scaled` is shown as another number by its format (`detail`); of `rich` text a part is
    struck out, raised or lowered.
    """

    why: Literal["formula", "error", "time", "merged", "beneath", "scaled", "rich"]
    shown: str
    detail: str = ""


Content = str | Fraction | bool | date | BrokenCell


class RawCell(Struct, frozen=True):
    """One cell that holds something.

    `percent`: its number format shows per cents; `typed`: the file tells numbers from text; `struck`: all of it is
    struck out; `formula`: it is what a formula came to; `dressed`: its format shows more or less than the digits.
    """

    content: Content
    percent: bool = False
    typed: bool = False
    struck: bool = False
    formula: bool = False
    dressed: bool = False


class Memo(dict[str, RawCell | None]):
    """Cells by their stored value, those alike are one and the same; None is a blank. `made` counts those made."""

    def __init__(self, make: Callable[[str], RawCell | None]) -> None:
        super().__init__()
        self._make, self.made = make, 0

    def __missing__(self, value: str) -> RawCell | None:
        cell = self._make(value)
        self.made += 1
        if len(self) < MAX_KEPT:
            self[value] = cell
        return cell


class OfCells(dict[int, Answer]):
    """Answers about cells, each worked out once: kept by identity, so the cells have to be kept alive."""

    def __init__(self, work_out: Callable[[RawCell], Answer]) -> None:
        super().__init__()
        self._work_out = work_out

    def of(self, cell: RawCell) -> Answer:
        """Give the answer about a cell."""
        key = id(cell)
        if key not in self:
            self[key] = self._work_out(cell)
        return self[key]


def column_of(letters: str) -> int:
    """Count the column that letters from A to Z name."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


SheetRow = Mapping[int, RawCell]
"""Cells by column, counted from 1 and in their order; empty cells are left out."""

_SPARSE: Final = 8
"""Columns per cell from which on a row takes less room as a dict."""


class FilledRow(Mapping[int, RawCell]):
    """A row as a tuple, each cell at its column (at 0 is none), None where a cell is empty; `held` cells are not."""

    __slots__ = ("_held", "cells")

    def __init__(self, cells: tuple[RawCell | None, ...], held: int) -> None:
        self.cells, self._held = cells, held

    def __getitem__(self, column: int) -> RawCell:
        cell = self.cells[column] if column < len(self.cells) else None
        if cell is None:
            raise KeyError(column)
        return cell

    def __contains__(self, column: object) -> bool:
        return isinstance(column, int) and column < len(self.cells) and self.cells[column] is not None

    def __iter__(self) -> Iterator[int]:
        return compress(count(), self.cells)

    def __len__(self) -> int:
        return self._held

    def items(self) -> ItemsView[int, RawCell]:
        """Give columns with their cells, without looking each up."""
        return _Items(self)

    def values(self) -> ValuesView[RawCell]:
        """Give cells, without looking each up."""
        return _Values(self)


class _Items(ItemsView[int, RawCell]):
    _mapping: FilledRow

    def __iter__(self) -> Iterator[tuple[int, RawCell]]:
        return zip(self._mapping, filter(None, self._mapping.cells), strict=True)


class _Values(ValuesView[RawCell]):
    _mapping: FilledRow

    def __iter__(self) -> Iterator[RawCell]:
        return filter(None, self._mapping.cells)


def is_sparse(columns: int, held: int) -> bool:
    """Tell whether a row takes less room as a dict: so many columns, of which so few hold something."""
    return columns > _SPARSE * held


def packed(row: SheetRow) -> SheetRow:
    """Keep a row, put in order, in the form that takes less room."""
    last = max(row)
    if is_sparse(last, len(row)):
        return dict(sorted(row.items()))
    return FilledRow((None, *map(row.get, range(1, last + 1))), len(row))


def picked(row: SheetRow, columns: Collection[int]) -> tuple[RawCell | None, ...]:
    """Give the cells of some columns."""
    if not isinstance(row, FilledRow):
        return tuple(map(row.get, columns))
    cells = row.cells
    if len(cells) <= (last := max(columns, default=0)):
        cells += (None,) * (last + 1 - len(cells))
    return tuple([cells[column] for column in columns])


class Sheet(Struct, frozen=True):
    """One sheet: rows by number, counted from 1, empty rows left out; `name` is None in a .csv.

    `hidden_rows` are rows that hold something and are not shown, `hidden_columns` all columns that are not; `beneath`
    tells of every merge that covers values where the first of them stands, and how many there are.
    """

    file: str
    name: str | None
    hidden: bool
    rows: Mapping[int, SheetRow]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    beneath: tuple[tuple[int, int, int], ...] = ()

    @property
    def distinct(self) -> Collection[RawCell]:
        """All cells, those that rows share but once."""
        found: dict[int, RawCell] = {}
        for row in self.rows.values():
            cells = [*row.values()]
            found.update(zip(map(id, cells), cells, strict=True))
        return found.values()

    def cell(self, row: int, column: int) -> Cell:
        """Say where a cell stands."""
        return Cell(self.file, self.name, row, column)


def shown(cell: RawCell) -> str:
    """Show what stands in a cell, short enough for a message."""
    text = written(cell)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def written(cell: RawCell) -> str:
    """Give what stands in a cell as text, whole."""
    match cell.content:
        case BrokenCell(_, text):
            return text
        case bool() as flag:
            return "TRUE" if flag else "FALSE"
        case Fraction() as number if cell.percent:
            return f"{_figure(number * 100)}%"
        case Fraction() as number:
            return _figure(number)
        case content:
            return str(content)


def _figure(number: Fraction) -> str:
    return str(number) if number.denominator == 1 else format(number.numerator / number.denominator, ".15g")


_LONGEST: Final = 30
