"""The header row of a sheet: which one it is, what kind of table it makes, which columns are understood."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.evidence.columns import (
    ASSESSOR,
    BALLOT,
    EVENT,
    FILLED,
    ITEM,
    OWN,
    POINTS,
    REVIEWED,
    ROUND,
    Expected,
    Kind,
)
from dangjian_score.evidence.sheets import Broken, RawCell, Sheet, shown
from dangjian_score.facts import Cell
from dangjian_score.names import fold

HEADER_ROWS: Final = 10
"""How far down a header row is looked for; titles and notes may stand above it."""

_MARKS: Final[Mapping[Kind, tuple[frozenset[str], ...]]] = {
    "register": (frozenset({EVENT}),),
    "assessors": (frozenset({ASSESSOR}),),
    "ballots": (frozenset({BALLOT}),),
    "rulings": (frozenset({ITEM}), frozenset({POINTS})),
    "form": (frozenset({ITEM}), frozenset({FILLED, REVIEWED, OWN})),
}
"""The columns that tell a table from a matrix: one of each set."""
_OTHER_NAMES: Final = {"考核组": ASSESSOR}


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: the column of units (None: a form of one unit, named above it) and those that are understood."""

    kind: Kind
    row: int
    unit: int | None
    columns: Mapping[int, str]

    def column(self, name: str) -> int | None:
        """Find a column by its name."""
        return next((column for column, title in self.columns.items() if title == name), None)


def find_header(sheet: Sheet, expected: Expected) -> Header | None:
    """Take the row that names most columns beside a unit column; the first one of equals."""
    best: Header | None = None
    for number in range(1, HEADER_ROWS + 1):
        header = _as_header(sheet, number, expected)
        if header is not None and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best


def _as_header(sheet: Sheet, number: int, expected: Expected) -> Header | None:
    titles = {column: fold(title_of(cell)) for column, cell in sheet.rows.get(number, {}).items()}
    titles = {column: _OTHER_NAMES.get(title, title) for column, title in titles.items()}
    unit = next((c for name in expected.unit_names for c, title in titles.items() if title == fold(name)), None)
    kind = _kind(titles.values(), expected)
    if unit is None and kind != "form":
        return None
    known = {fold(name): name for name in expected.columns(kind)}
    columns = {c: known[title] for c, title in titles.items() if title in known and c != unit}
    listing = kind == "roster" or not expected.known.measures  # of such rubrics a list of units is a matrix
    return Header(kind, number, unit, columns) if listing or set(columns.values()) - {ROUND} else None


def _kind(titles: Collection[str], expected: Expected) -> Kind:
    if expected.roster:
        return "roster"
    return next(
        (kind for kind, marks in _MARKS.items() if all(not mark.isdisjoint(titles) for mark in marks)), "matrix"
    )


def title_of(cell: RawCell) -> str:
    """Give what a header cell says, also one that a merge covers."""
    return cell.content.shown if isinstance(cell.content, Broken) else str(cell.content)


def check_columns(sheet: Sheet, header: Header, expected: Expected) -> Iterator[Diagnostic]:
    """Report columns that stand twice, or that nobody knows; closely misspelt ones as errors."""
    seen: dict[str, Cell] = {}
    absent = sorted(expected.looked_at(header.kind) - set(header.columns.values()))
    for column, raw in sorted(sheet.rows[header.row].items()):
        cell = sheet.cell(header.row, column)
        name = header.columns.get(column)
        if name is not None:
            if name in seen:
                yield at_cell(Code.COLUMN_TWICE, cell, measure=name, first=str(seen[name]))
            seen.setdefault(name, cell)
        elif column != header.unit:
            near = get_close_matches(fold(title_of(raw)), absent, n=1, cutoff=0.75)
            code = Code.COLUMN_NEAR_MISS if near else Code.COLUMN_PASSED_OVER
            yield at_cell(code, cell, column=shown(raw), **({"near": near[0]} if near else {}))
