"""Merged cells: what the first cell holds is shown across all, so none of the others is merely blank."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Row, packed, written
from dangjian_score.evidence.xlsx.archive import UnreadableError

MAX_COVERED: Final = 1_000_000
"""Cells of one sheet that merges may cover, counted in rows and columns that are used."""
LAST_ROW: Final = MOST_ROWS
LAST_COLUMN: Final = MOST_COLUMNS

_CORNERS: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")


class MergedArea(NamedTuple):
    """A rectangle of cells, its corners included."""

    top: int
    left: int
    bottom: int
    right: int


def area(reference: str) -> MergedArea:
    """Read `A1:C3`. Raises UnreadableError."""
    corners = _CORNERS.fullmatch(reference)
    if corners is None:
        raise UnreadableError("damaged")
    left, top, right, bottom = corners.groups()
    found = MergedArea(int(top), column_of(left), int(bottom or top), column_of(right or left))
    if found.bottom > LAST_ROW or found.right > LAST_COLUMN:
        raise UnreadableError("damaged")
    return found


def column_of(letters: str) -> int:
    """Count the column that letters from A to Z name."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


class Covered(NamedTuple):
    """Rows of which merges cover cells; of each merge that covers values, where the first stands and how many."""

    rows: Mapping[int, Row]
    beneath: tuple[tuple[int, int, int], ...] = ()


def covered(rows: Mapping[int, Row], areas: Iterable[MergedArea]) -> Covered:
    """Put what merges show into the cells they cover, as far as rows and columns are used; nothing else is there."""
    found, touched = dict(rows), dict[int, dict[int, RawCell]]()
    numbers = sorted(rows)
    columns = sorted({column for row in rows.values() for column in row})
    room = MAX_COVERED
    beneath: list[tuple[int, int, int]] = []
    for one in areas:
        below = numbers[bisect_left(numbers, one.top) : bisect_right(numbers, one.bottom)]
        beside = columns[bisect_left(columns, one.left) : bisect_right(columns, one.right)]
        room -= len(below) * len(beside)
        if room < 0:
            raise UnreadableError("too large")
        first = found.get(one.top, {}).get(one.left)
        hidden: list[tuple[int, int]] = []
        shown = "" if first is None else written(first)
        for number in below:
            if number not in touched:
                found[number] = touched[number] = dict(rows[number])
            others = beside[1:] if number == one.top and one.left in beside[:1] else beside
            hidden += [(number, column) for column in _cover(shown, touched[number], others)]
        beneath += [(*place, len(hidden)) for place in hidden[:1]]
    again = {number: packed(row) for number, row in touched.items() if row}
    return Covered(found | again, tuple(beneath))


def _cover(shown: str, row: dict[int, RawCell], columns: Iterable[int]) -> Iterator[int]:
    """Cover cells of a row; yield the columns of those that hold something else than what is shown."""
    for column in columns:
        own = row.get(column)
        if own is not None and written(own) != shown:
            row[column] = RawCell(BrokenCell("beneath", written(own), shown), typed=True)
            yield column
        elif shown:
            row[column] = RawCell(BrokenCell("merged", shown), typed=True)
