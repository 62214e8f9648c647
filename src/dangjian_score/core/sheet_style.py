"""The style of sheets, said once for everything that writes workbooks: limits, font, colours, heights, paper."""

import re
from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from typing import Final

from dangjian_score.core.names import FreeNames, visible, visible_lines

MOST_ROWS: Final = 1_048_576
"""Rows that a sheet has."""
MOST_COLUMNS: Final = 16_384
"""Columns that a sheet has."""
_LONGEST_TEXT: Final = 32_767
"""Characters that a cell holds, in UTF-16."""
_LONGEST_NAME: Final = 31
"""Characters that the name of a sheet may have, in UTF-16."""
_TALLEST: Final = 409
"""Points that a row may be high."""

FONT: Final = "宋体"
SIZE: Final = 10.5
TITLE_SIZE: Final = 16
NOTE_SIZE: Final = 9
GRID_COLOUR: Final = "A6A6A6"
HEADER_COLOUR: Final = "E8EEF7"
GROUP_COLOUR: Final = "D3DFEF"
"""Ground of heads that stand above other heads."""
WRONG_COLOUR: Final = "FFC7CE"
CLOSED_COLOUR: Final = "E4E4E4"
"""Ground of cells of a form in which nothing is to be written."""
FILLED_COLOUR: Final = "F5F7FA"
"""Ground of cells of a form that are filled in already."""
HINT_COLOUR: Final = "595959"

A4: Final = 9
"""The number that spreadsheets give this paper."""
FOOTER: Final = "&L&A&C&P / &N"
"""The sheet's name on the left, page and number of pages in the middle."""
SIDE_MARGIN: Final = 0.4
"""Inches left free on either side of the paper."""
SCALE: Final = 80
"""Per cent at which tables that are wider than the paper are printed."""
_PAPER: Final = 1010
"""Pixels that fit between the margins of A4 landscape at full size."""
PAPER_HEIGHT: Final = 490
"""Points between the narrow margins above and below of A4 landscape at full size, a little left free."""
_SQUEEZED: Final = 1.25
"""How much wider than a page a table may be and still be made as narrow as the paper."""
_UNDER, _OVER = 0.6, 1.25
"""How far a page may fall short of its fair share, or go beyond it, to end where a section or item ends."""

_LINE: Final = 14
"""Points that a line of text is high."""
FORM_LINE: Final = 14.5
"""Points of a line in forms, which are filled in with fonts of all kinds."""


def height_of(lines: float, air: float) -> float:
    """Return the points that a row of so many lines is high, with `air` points above and below its text."""
    return row_height(lines * _LINE + air)


def row_height(needed: float) -> float:
    """Give a row the points that it needs, as far as a spreadsheet allows."""
    return min(needed, _TALLEST)


Heads = Sequence[Sequence[str]]


def scale_of(widths: Sequence[float]) -> int:
    """Return the per cents at which columns of these widths fit the paper, 100 at most; other fonts may be wider."""
    return min(100, int(96 * _PAPER / sum(map(_pixels, widths))))


def parted(widths: Sequence[float], heads: Heads, kept: int) -> tuple[range, ...]:
    """Part columns into pages by their widths in half-width characters; the first `kept` stand on each page again.

    A page ends where the `heads` above a column change, the upper ones first. One page is made as narrow as the paper.
    """
    pixels = [*map(_pixels, widths)]
    room = _PAPER * 100 / SCALE - sum(pixels[:kept])
    if sum(pixels[kept:]) <= room * _SQUEEZED:
        return (range(len(widths)),)
    found, start = list[range](), kept
    while start < len(widths):
        rest = sum(pixels[start:])
        stop = start + _count(pixels[start:], heads[start:], rest / max(ceil(rest / room), 1), room)
        found.append(range(start if found else 0, stop))
        start = stop
    return tuple(found)


def _pixels(width: float) -> float:
    """Return the pixels of a column of so many half-width characters."""
    return 8 * width + 5


def _count(pixels: Sequence[float], heads: Heads, fair: float, room: float) -> int:
    """Count the columns of the first page, near its fair share of them all.

    It ends before a section where it can, else before an item, else where it is full.
    """
    widths = list(accumulate(pixels))
    fitting = max(1, sum(1 for width in widths if width <= min(room, fair * _OVER)))
    if fitting >= len(pixels):
        return len(pixels)
    least = max(1, sum(1 for width in widths if width <= fair * _UNDER))
    for level in range(1, max(map(len, heads)) + 1):
        for count in range(fitting, least - 1, -1):
            if heads[count - 1][:level] != heads[count][:level]:
                return count
    return fitting


_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_OWN_SHEETS: Final = ("history", "历史记录")
"""Names of sheets that Excel keeps for itself."""


def cell_text(text: str) -> str:
    """Make text fit for a cell: what acts unseen is written out, what is too long ends in an ellipsis."""
    shown = visible_lines(text)
    if len(shown) <= _LONGEST_TEXT // 2:
        return shown
    units = shown.encode("utf-16-le")
    return (
        shown if len(units) <= 2 * _LONGEST_TEXT else units[: 2 * _LONGEST_TEXT - 2].decode("utf-16-le", "ignore") + "…"
    )


def unescaping(text: str) -> str:
    """Keep a text from being taken for one of the escapes (`_x000D_`) that spreadsheets undo as they read a cell."""
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def sheet_name(wanted: str, free: FreeNames) -> str:
    """Make a name that a sheet may have and that is free: without the signs of formulas, 31 characters at most."""
    base = _NO_NAME.sub(" ", visible(wanted)).strip(" '") or "表"
    base = f"{base}_" if base.casefold() in _OWN_SHEETS else base
    return free.take(lambda tail: _clipped(base, _LONGEST_NAME - len(tail)) + tail)


def _clipped(text: str, most: int) -> str:
    """Cut a sheet's name; spreadsheets count in halves of UTF-16, and take no apostrophe at the end."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").rstrip(" '")
