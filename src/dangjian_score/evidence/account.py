"""The account of a file's cells: what became of each cell that holds something."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from dangjian_score.diagnostics import Code, Diagnostic, Severity
from dangjian_score.evidence.sheets import RawCell, Sheet
from dangjian_score.facts import Cell, Fate

SheetKey = tuple[str, str | None]
"""The file and the name of a sheet."""


class Account:
    """Keeps one fate for each cell. Of several that are named the weightiest stays, in the order of `Fate`."""

    def __init__(self) -> None:
        self._sheets: dict[SheetKey, Sheet] = {}
        self._fates: dict[SheetKey, dict[tuple[int, int], Fate]] = {}

    def open(self, sheet: Sheet) -> None:
        """Begin the account of a sheet."""
        self._sheets[sheet.file, sheet.name] = sheet
        self._fates.setdefault((sheet.file, sheet.name), {})

    def mark(self, cell: Cell, fate: Fate) -> None:
        """Say what became of a cell; of an empty one there is nothing to say."""
        self.mark_all((cell.file, cell.sheet), cell.row, (cell.column,), fate)

    def mark_all(self, key: SheetKey, row: int, columns: Iterable[int], fate: Fate) -> None:
        """Say what became of cells of one row."""
        fates, held = self._fates[key], self._sheets[key].rows.get(row, {})
        for column in columns:
            if column in held and fates.get((row, column), Fate.HEADING) <= fate:
                fates[row, column] = fate

    def mark_entry(self, cell: Cell, cells: Mapping[str, tuple[RawCell | None, Cell]], fate: Fate) -> None:
        """Say what became of a row's cells: that of its unit, and those of its columns."""
        for each in (cell, *(place for _, place in cells.values())):
            self.mark(each, fate)

    def mark_rows(self, sheet: Sheet, rows: Iterable[int], fate: Fate) -> None:
        """Say what became of whole rows."""
        for row in rows:
            self.mark_all((sheet.file, sheet.name), row, sheet.rows.get(row, ()), fate)

    def open_cells(self, sheet: Sheet) -> Iterator[tuple[int, int]]:
        """Give the rows and columns of cells that nobody has claimed."""
        fates = self._fates[sheet.file, sheet.name]
        for number, row in sheet.rows.items():
            yield from ((number, column) for column in row if (number, column) not in fates)

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
        return self._fates.get((cell.file, cell.sheet), {}).get((cell.row, cell.column))

    def counts(self) -> Mapping[str, Mapping[Fate, int]]:
        """Count the cells of each file by what became of them."""
        found: dict[str, Counter[Fate]] = defaultdict(Counter)
        for (file, _), fates in self._fates.items():
            found[file].update(fates.values())
        return found

    def cells(self, fate: Fate) -> Iterator[Cell]:
        """Give the cells of one fate."""
        for (file, name), fates in self._fates.items():
            yield from (Cell(file, name, row, column) for (row, column), one in fates.items() if one is fate)
