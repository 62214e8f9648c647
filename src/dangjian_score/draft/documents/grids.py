"""Grids that are filled row by row from the top, merged cells among them, within limits."""

from collections.abc import Sequence

from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.draft.documents.blocks import Grid, GridCell
from dangjian_score.draft.documents.refusals import DocumentRefusedError


class GridArea(Struct):
    """A cell that is being made: how far it is merged is not known before the grid ends."""

    text: str
    row: int
    column: int
    columns: int = 1
    rows: int = 1
    downwards: bool = False
    """Whether it may go on in the next row."""


class CellBudget:
    """The cells that the grids of one document may still have, all positions counted that a merged cell covers."""

    def __init__(self) -> None:
        self._left = limits.MAX_DRAFT_CELLS

    def take(self, cells: int) -> None:
        """Count cells. Raises DocumentRefusedError where there are too many."""
        self._left -= cells
        if self._left < 0:
            raise DocumentRefusedError("document cells")


class GridBuilder:
    """The rows of a table; each position holds the cell that covers it, None where there is none."""

    def __init__(self, budget: CellBudget) -> None:
        self._budget = budget
        self._rows: list[list[GridArea | None]] = []

    def begin_row(self) -> None:
        """Begin the next row."""
        self._rows.append([])

    def skip(self, columns: int) -> None:
        """Leave columns of the row without a cell."""
        self._extend([None], columns)

    def put(self, text: str, columns: int, *, downwards: bool = False) -> None:
        """Put a cell next in the row; one that goes `downwards` may go on below."""
        area = GridArea(text, len(self._rows), len(self._rows[-1]) + 1, columns, downwards=downwards)
        self._extend([area], columns)

    def widen(self, columns: int) -> bool:
        """Make the last cell of the row broader; tell whether there is one."""
        area = self._rows[-1][-1] if self._rows[-1] else None
        if area is None or area.row != len(self._rows):
            return False
        self._extend([area], columns)
        area.columns += columns
        return True

    def prolong(self, columns: int) -> bool:
        """Let the cell above go on in this row; tell whether there is one that stands and may do so."""
        at = len(self._rows[-1])
        above = self._rows[-2] if len(self._rows) > 1 else []
        area = above[at] if at < len(above) else None
        if area is None or not area.downwards or area.column != at + 1 or area.columns != columns:
            return False
        self._extend([area], columns)
        area.rows += 1
        return True

    def grid(self, number: int) -> Grid | None:
        """Fill up all rows to one length; None where nothing stands in any cell."""
        width = max(map(len, self._rows), default=0)
        self._budget.take(sum(width - len(row) for row in self._rows))
        cells: dict[int, GridCell] = {}
        rows = tuple(
            tuple(_cell(row[at] if at < len(row) else None, cells, (at_row, at + 1)) for at in range(width))
            for at_row, row in enumerate(self._rows, start=1)
        )
        return Grid(number, "", rows) if any(cell.text for row in rows for cell in row) else None

    def _extend(self, cells: Sequence[GridArea | None], columns: int) -> None:
        if len(self._rows[-1]) + columns > limits.MAX_DRAFT_COLUMNS:
            raise DocumentRefusedError("document columns")
        self._budget.take(columns)
        self._rows[-1].extend([*cells] * columns)


def _cell(area: GridArea | None, made: dict[int, GridCell], at: tuple[int, int]) -> GridCell:
    """Make the cell of an area, one for all its positions."""
    if area is None:
        return GridCell("", *at)
    if id(area) not in made:
        made[id(area)] = GridCell(area.text, area.row, area.column, area.rows, area.columns)
    return made[id(area)]
