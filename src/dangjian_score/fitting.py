"""How text fits into cells: the room it takes, what is not taken literally, which names sheets may have."""

import re
from collections.abc import Iterable
from functools import cache
from math import ceil
from typing import Final
from unicodedata import east_asian_width

from dangjian_score.names import first_free, visible

_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LENGTH: Final = 31
_OWN_SHEETS: Final = ("history", "历史记录")
"""Names of sheets that Excel keeps for itself."""
_TALLEST: Final = 409
"""Points that a spreadsheet lets a row be high."""


def lines_of(text: str, room: float) -> int:
    """Count the lines that a text takes where a line has room for so many half-width characters."""
    if "\n" in text:
        return sum(lines_of(line, room) for line in text.split("\n"))
    most = (len(text) + len(text.encode(errors="replace"))) // 2  # a wide character has three bytes or more
    return 1 if most <= room else max(ceil(_breadth(text) / room), 1)


def row_height(needed: float) -> float:
    """Give a row the points that it needs, as far as a spreadsheet allows."""
    return min(needed, _TALLEST)


def breadth(text: str) -> int:
    """Measure a text's longest line in half-width characters."""
    return max(map(_breadth, text.split("\n")))


def _breadth(line: str) -> int:
    return len(line) if line.isascii() else sum(map(_breadth_of, line))


@cache
def _breadth_of(char: str) -> int:
    return 2 if east_asian_width(char) in "WF" else 1


def unescaping(text: str) -> str:
    """Keep a text from being taken for one of the escapes (`_x000D_`) that spreadsheets undo as they read a cell."""
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """Make a name that a sheet may have: without the signs of formulas, 31 characters at most, unlike those taken."""
    base = _NO_NAME.sub(" ", visible(wanted)).strip(" '") or "表"
    base = f"{base}_" if base.casefold() in _OWN_SHEETS else base
    return first_free(taken, lambda tail: _clipped(base, _NAME_LENGTH - len(tail)) + tail)


def _clipped(text: str, most: int) -> str:
    """Cut a sheet's name; spreadsheets count in halves of UTF-16, and take no apostrophe at the end."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").rstrip(" '")
