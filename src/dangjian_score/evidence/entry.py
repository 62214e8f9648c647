"""One row of a table: whose it is, and what stands in the columns that are understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from dangjian_score.evidence.account import CellAccount
from dangjian_score.evidence.columns import DETAILS
from dangjian_score.evidence.sheets import RawCell, Row, Sheet, written
from dangjian_score.facts import Cell, Fate
from dangjian_score.names import fold

Placed = tuple[RawCell | None, Cell]
"""What stands somewhere, None where it is blank, and where."""


@dataclass(frozen=True, slots=True, eq=False)
class RowCells(Mapping[str, Placed]):
    """What stands in the known columns of a row, and `apart` what another row says of it; cells are made when asked."""

    sheet: Sheet
    number: int
    row: Row
    columns: Mapping[str, int]
    apart: Mapping[str, Placed] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Placed:
        if name in self.apart:
            return self.apart[name]
        column = self.columns[name]
        return self.row.get(column), self.sheet.cell(self.number, column)

    def __contains__(self, name: object) -> bool:
        return name in self.columns or name in self.apart

    def __iter__(self) -> Iterator[str]:
        yield from self.columns
        yield from self.apart

    def __len__(self) -> int:
        return len(self.columns) + len(self.apart)

    def raw(self, name: str) -> RawCell | None:
        """Give what stands in a column; None where it is blank or not there."""
        if name in self.apart:
            return self.apart[name][0]
        return self.row.get(self.columns[name]) if name in self.columns else None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The rows that these are the cells of."""
        if not self.apart:
            return (self.number,)
        return tuple(dict.fromkeys((self.number, *(cell.row for _, cell in self.apart.values()))))


class Entry(Struct, frozen=True):
    """One row: a unit, the cell its name stands in, and what stands in the columns that are understood; None: blank."""

    unit: str
    cell: Cell
    cells: RowCells

    def text(self, column: str) -> str:
        """Give what stands in a column as text; nothing where it is blank or not there."""
        raw = self.cells.raw(column)
        return "" if raw is None else " ".join(written(raw).split())

    def mark(self, account: CellAccount, fate: Fate) -> None:
        """Say what became of the row's cells: that of its unit, and those of its columns."""
        cells = self.cells
        account.mark_all((cells.sheet.file, cells.sheet.name), cells.number, cells.columns.values(), fate)
        for cell in (self.cell, *(cell for _, cell in cells.apart.values())):
            account.mark(cell, fate)

    def details(self) -> tuple[str, ...]:
        """Give what the row says beside the columns that rules look at."""
        return tuple(fold(self.text(column)) for column in DETAILS)
