"""The account of cells: what became of each cell of a sheet that holds something, and what was found on the way."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from msgspec import Struct, field

from dangjian_score.core.diagnostics import Code, Diagnostic, Severity, at_cell
from dangjian_score.core.facts import Cell, Fate
from dangjian_score.evidence.sheets import Sheet


class Claim(Struct, frozen=True):
    """What became of the cells in some columns of a row, those that are empty aside."""

    file: str
    sheet: str | None
    row: int
    columns: frozenset[int]
    fate: Fate


def claim(cell: Cell, fate: Fate) -> Claim:
    """Make the claim of one cell."""
    return Claim(cell.file, cell.sheet, cell.row, frozenset((cell.column,)), fate)


class SheetAccount(Struct, frozen=True):
    """Findings about one sheet, and the fates of its cells. Of several fates the last in the order of `Fate` counts."""

    sheet: Sheet
    found: list[Diagnostic] = field(default_factory=list)
    fates: dict[int, list[tuple[frozenset[int], Fate]]] = field(default_factory=dict)

    def report(self, code: Code, cell: Cell, **args: str) -> None:
        """Record a finding about a cell."""
        self.found.append(at_cell(code, cell, **args))

    def mark(self, row: int, columns: Iterable[int], fate: Fate) -> None:
        """Record what became of cells of one row; of empty ones there is nothing to say."""
        self.fates.setdefault(row, []).append((frozenset(columns), fate))

    def mark_rows(self, rows: Iterable[int], fate: Fate) -> None:
        """Record what became of whole rows."""
        for row in rows:
            self.mark(row, self.sheet.rows[row], fate)

    def unclaimed(self) -> Iterator[tuple[int, int]]:
        """Give the rows and columns of cells of which nothing is recorded."""
        for number, row in self.sheet.rows.items():
            claimed = (columns for columns, _ in self.fates.get(number, ()))
            yield from ((number, column) for column in set(row).difference(*claimed))

    def fate(self, row: int, column: int) -> Fate | None:
        """Tell what became of a cell; None where it is empty or nothing is recorded."""
        if column not in self.sheet.rows.get(row, {}):
            return None
        return max((fate for columns, fate in self.fates.get(row, ()) if column in columns), default=None)

    def by_fate(self) -> Iterator[tuple[int, Fate, set[int]]]:
        """Part the cells of each row by what became of them; give row, fate and columns."""
        for number, claims in self.fates.items():
            left = set(self.sheet.rows.get(number, {}))
            for columns, fate in sorted(claims, key=itemgetter(1), reverse=True):
                if hit := left & columns:
                    yield number, fate, hit
                    left -= hit


class CellAccount:
    """The accounts of all sheets that were read."""

    def __init__(self, sheets: Iterable[SheetAccount], claims: Iterable[Claim], found: Iterable[Diagnostic]) -> None:
        """Add to the sheets' own accounts what became of cells later, and the cells that findings are about.

        Errors make a cell faulty; a figure that stands elsewhere as well is superseded.
        """
        self._sheets = {(account.sheet.file, account.sheet.name): account for account in sheets}
        for claim in claims:
            self._sheets[claim.file, claim.sheet].mark(claim.row, claim.columns, claim.fate)
        for diagnostic in found:
            place, (row, column) = diagnostic.place, diagnostic.order
            account = self._sheets.get((place.file, place.sheet))
            if place.cell and account is not None:
                if diagnostic.severity is Severity.ERROR:
                    account.mark(row, (column,), Fate.FAULTY)
                elif diagnostic.code is Code.SAME_VALUE_TWICE:
                    account.mark(row, (column,), Fate.SUPERSEDED)

    def counts(self) -> Mapping[str, Mapping[Fate, int]]:
        """Count the cells of each file by what became of them."""
        found: dict[str, Counter[Fate]] = defaultdict(Counter)
        for account in self._sheets.values():
            for _, fate, columns in account.by_fate():
                found[account.sheet.file][fate] += len(columns)
        return found

    def cells(self, wanted: Fate) -> Iterator[Cell]:
        """Give the cells of one fate."""
        for account in self._sheets.values():
            for row, fate, columns in account.by_fate():
                yield from (account.sheet.cell(row, column) for column in columns if fate is wanted)
