"""What readers of files hand over: sheets of raw cells, before anybody knows what a column means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from dangjian_score.facts import Cell

MAX_FILE: Final = 64_000_000
"""Bytes that a file may have."""
MAX_CELLS: Final = 4_000_000
"""Cells that a .csv or .parquet file may hold, each some 250 bytes in memory; workbooks have a limit of their own."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a usable value: why, what is seen of it, and what else explains it.

    A `formula` was never computed; an `error` is an error value; a `time` is no day; `merged` is covered by a merge,
    which shows something else; `beneath` is covered as well and holds a value of its own that nobody sees (`detail`
    is what the merge shows); `scaled` is shown as another number by its format (`detail`); of `rich` text a part is
    struck out, raised or lowered.
    """

    why: Literal["formula", "error", "time", "merged", "beneath", "scaled", "rich"]
    shown: str
    detail: str = ""


Content = str | Fraction | bool | date | Broken


@dataclass(frozen=True, slots=True)
class RawCell:
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


Row = Mapping[int, RawCell]
"""Cells by column, counted from 1; empty cells are left out."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows by number, counted from 1, empty rows left out; `name` is None in a .csv.

    `hidden_rows` are rows that hold something and are not shown, `hidden_columns` all columns that are not; `beneath`
    tells of every merge that covers values where the first of them stands, and how many there are.
    """

    file: str
    name: str | None
    hidden: bool
    rows: Mapping[int, Row]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    beneath: tuple[tuple[int, int, int], ...] = ()

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
        case Broken(_, text):
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
