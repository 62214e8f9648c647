"""What a number format makes of a stored number: a figure, a per cent, a day or a time of day."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Literal

from dangjian_score.evidence.sheets import Broken, RawCell, written

Format = Literal["figure", "percent", "date", "time"]

BUILT_IN: Final[Mapping[int, Format]] = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "time"),
}
"""Formats named by number alone, as Chinese Excel shows them (ECMA-376 part 1, 18.8.30); others are figures."""

_LITERAL: Final = re.compile(r'"[^"]*"?|[\\_*].?|\[(?!(?:h+|m+|s+)\])[^\]]*\]?|general|g/通用格式', re.IGNORECASE)
_CLOCK: Final = re.compile(r"[hs]|\[m+\]|am/pm|a/p|上午/下午")
_DAY: Final = re.compile(r"[yd]|aaa|g|e(?![+-])")

_DAY_LONG: Final = 86_400_000
"""Milliseconds."""
_LAST: Final = date(9999, 12, 31)
_NO_DAY: Final = 60
"""29 February 1900, which Excel believes in."""


def format_of(code: str) -> Format:
    """Tell what a format code shows: quoted and escaped letters, colours, conditions and locales say nothing."""
    bare = _LITERAL.sub(" ", code).lower()
    clock = bool(_CLOCK.search(bare))
    if _DAY.search(bare) or ("m" in bare and not clock):
        return "date"
    if clock:
        return "time"
    return "percent" if "%" in bare else "figure"


def day(serial: Fraction, *, from_1904: bool) -> date | Broken:
    """Tell the day that a stored number stands for; with a time of day it is none. To the millisecond, as Excel."""
    days, rest = divmod(round(serial * _DAY_LONG), _DAY_LONG)
    if from_1904:
        first = date(1904, 1, 1)
    elif days == _NO_DAY:
        return Broken("time", "1900-02-29")
    else:
        first = date(1899, 12, 31) if days < _NO_DAY else date(1899, 12, 30)
    if days < 0 or days > (_LAST - first).days:
        return Broken("time", written(RawCell(serial)))
    if not days and not from_1904:
        return Broken("time", _clock(rest) if rest else "1900-01-00")
    found = first + timedelta(days)
    return Broken("time", f"{found} {_clock(rest)}") if rest else found


def hours(serial: Fraction) -> Broken:
    """Show a number as the time that its format makes of it."""
    return Broken("time", _clock(round(serial * _DAY_LONG)))


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(abs(milliseconds) // 1000, 60)
    sign = "-" if milliseconds < 0 else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
