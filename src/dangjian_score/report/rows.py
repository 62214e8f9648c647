"""Rows of a table as the XML of a sheet, in UTF-8; a cell is written once for each column and value."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from html import escape
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from dangjian_score.fitting import lines_of, row_height, unescaping
from dangjian_score.kept import BoundedCache
from dangjian_score.report.book import Entry, ColouredCell, written
from dangjian_score.report.pouring import Formats

AIR: Final = 6
"""Points above and below text."""
_LINE: Final = 14
"""Points that a line of text is high."""


def height(lines: float, air: float = AIR) -> float:
    """Say how many points a row of so many lines is high."""
    return row_height(lines * _LINE + air)


def lines_in(entry: Entry | ColouredCell, width: float) -> int:
    """Count the lines that an entry takes in a column of a width."""
    return lines_of(entry, width - 1) if isinstance(entry, str) and 2 * len(entry) >= width else 1


class Pieces(BoundedCache[Entry | ColouredCell, tuple[bytes, int]]):
    """Cells of one column by what they hold: XML from behind the cell's address to that of the next, and its lines."""

    def __init__(self, formats: Formats, width: float, after: str) -> None:
        super().__init__()
        self._heads = {look: f'" s="{number}"' for look, number in formats.items()}
        self._width, self._after = width, after

    def __missing__(self, filled: Entry | ColouredCell) -> tuple[bytes, int]:
        """Write a cell."""
        entry, colour = (filled.entry, filled.colour) if isinstance(filled, ColouredCell) else (filled, "")
        is_figure = entry is not None and not isinstance(entry, str)
        piece = f"{self._heads[is_figure, colour]}{_content(entry)}{self._after}"
        return self.keep(filled, (piece.encode(), lines_in(filled, self._width)))


def _content(entry: Entry) -> str:
    if entry is None:
        return "/>"
    if isinstance(entry, str):
        text = escape(unescaping(written(entry)), quote=False)
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'
    value = Decimal(entry.numerator) / entry.denominator if isinstance(entry, Fraction) else entry
    return f"><v>{value:.16G}</v></c>"


def rows_xml(
    rows: Iterable[Sequence[Entry | ColouredCell]], first: int, places: Sequence[int], looks: Sequence[tuple[Formats, float]]
) -> Iterator[bytes]:
    """Write rows from the one at `first` (counted from 0): of each the entries at `places`.

    `looks` are the formats and widths of their columns.
    """
    letters = [*map(xl_col_to_name, range(len(places)))]
    after = [*(f'<c r="{letter}' for letter in letters[1:]), "</row>"]
    cells = [
        (place, Pieces(formats, width, end)) for place, (formats, width), end in zip(places, looks, after, strict=True)
    ]
    start = f'<c r="{letters[0]}'.encode()
    for number, row in enumerate(rows, start=first + 1):
        found = [kept[row[place]] for place, kept in cells]
        at, high = b"%d" % number, max([lines for _, lines in found])
        pieces = at.join([start, *[piece for piece, _ in found]])
        yield b'<row r="%b" ht="%b" customHeight="1">%b' % (at, _height(high), pieces)


@cache
def _height(lines: int) -> bytes:
    """Write a row's height as a spreadsheet keeps it: whole pixels, in points."""
    return f"{int(height(lines) * 4 / 3 + 0.5) * 0.75:g}".encode()
