"""The account of a file's cells: what became of each cell that holds something."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from dangjian_score.diagnostics import Code, Diagnostic, Severity
from dangjian_score.evidence.sheets import Row, Sheet
from dangjian_score.facts import Cell, Fate

SheetKey = tuple[str, str | None]
"""The file and the name of a sheet."""
Claim = tuple[frozenset[int], Fate]
"""Columns of a row, and what became of their cells, those that are empty aside."""


class CellAccount:
    """Keeps the fates of cells, row by row. Of several that are named the weightiest counts, in the order of `Fate`."""

    def __init__(self) -> None:
        self._sheets: dict[SheetKey, Sheet] = {}
        self._claims: dict[SheetKey, dict[int, list[Claim]]] = {}

    def open(self, sheet: Sheet) -> None:
        """Begin the account of a sheet."""
        self._sheets[sheet.file, sheet.name] = sheet
        self._claims.setdefault((sheet.file, sheet.name), {})

    def mark(self, cell: Cell, fate: Fate) -> None:
        """Say what became of a cell; of an empty one there is nothing to say."""
        self.mark_all((cell.file, cell.sheet), cell.row, (cell.column,), fate)

    def mark_all(self, key: SheetKey, row: int, columns: Iterable[int], fate: Fate) -> None:
        """Say what became of cells of one row."""
        self._claims[key].setdefault(row, []).append((frozenset(columns), fate))

    def mark_rows(self, sheet: Sheet, rows: Iterable[int], fate: Fate) -> None:
        """Say what became of whole rows."""
        columns = frozenset(column for row in sheet.rows.values() for column in row)
        for row in rows:
            self.mark_all((sheet.file, sheet.name), row, columns, fate)

    def open_cells(self, sheet: Sheet) -> Iterator[tuple[int, int]]:
        """Give the rows and columns of cells that nobody has claimed."""
        claims = self._claims[sheet.file, sheet.name]
        for number, row in sheet.rows.items():
            claimed = (columns for columns, _ in claims.get(number, ()))
            yield from ((number, column) for column in set(row).difference(*claimed))

    def take_in(self, found: Iterable[Diagnostic]) -> None:
        """Account for cells that findings are about: errors, and figures that stand elsewhere as well."""
        for diagnostic in found:
            place, (row, column) = diagnostic.place, diagnostic.order
            key = (place.file, place.sheet)
            if place.cell and key in self._sheets:
                if diagnostic.severity is Severity.ERROR:
                    self.mark_all(key, row, (column,), Fate.FAULTY)
                elif diagnostic.code is Code.SAME_VALUE_TWICE:
                    self.mark_all(key, row, (column,), Fate.SUPERSEDED)

    def fate(self, cell: Cell) -> Fate | None:
        """Tell what became of a cell; None where it holds nothing."""
        key = (cell.file, cell.sheet)
        if key not in self._sheets or cell.column not in self._sheets[key].rows.get(cell.row, {}):
            return None
        claims = self._claims[key].get(cell.row, ())
        return max((fate for columns, fate in claims if cell.column in columns), default=None)

    def counts(self) -> Mapping[str, Mapping[Fate, int]]:
        """Count the cells of each file by what became of them."""
        found: dict[str, Counter[Fate]] = defaultdict(Counter)
        for (file, _), _, fate, columns in self._parted():
            found[file][fate] += len(columns)
        return found

    def cells(self, fate: Fate) -> Iterator[Cell]:
        """Give the cells of one fate."""
        for (file, name), row, one, columns in self._parted():
            yield from (Cell(file, name, row, column) for column in columns if one is fate)

    def _parted(self) -> Iterator[tuple[SheetKey, int, Fate, set[int]]]:
        """Part the cells of each row by what became of them."""
        for key, sheet in self._sheets.items():
            for row, claims in self._claims[key].items():
                for fate, columns in _weighed(claims, sheet.rows.get(row, {})):
                    yield key, row, fate, columns


def _weighed(claims: Iterable[Claim], row: Row) -> Iterator[tuple[Fate, set[int]]]:
    left = set(row)
    for columns, fate in sorted(claims, key=itemgetter(1), reverse=True):
        if hit := left & columns:
            yield fate, hit
            left -= hit
