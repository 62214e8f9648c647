"""How much room text takes, and which names sheets and files may have."""

import re
from collections.abc import Callable, Iterable
from math import ceil
from typing import Final
from unicodedata import east_asian_width

_NO_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LENGTH: Final = 31
_NO_FILE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FILE_LENGTH: Final = 60
"""Characters of a file's name; of Chinese ones some systems take 85."""


def lines_of(text: str, room: float) -> int:
    """Count the lines that a text takes where a line has room for so many half-width characters."""
    return sum(max(ceil(breadth(line) / room), 1) for line in text.split("\n"))


def breadth(text: str) -> int:
    """Measure a text's longest line in half-width characters."""
    return max((sum(2 if east_asian_width(one) in "WF" else 1 for one in line) for line in text.split("\n")), default=0)


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """Make a name that a sheet may have: without the signs of formulas, 31 characters at most, unlike those taken."""
    base = _NO_NAME.sub(" ", wanted).strip(" '") or "表"
    return _first_free(taken, lambda tail: base[: _NAME_LENGTH - len(tail)] + tail)


def file_name(wanted: str, taken: Iterable[str]) -> str:
    """Make a name for a workbook that a file may have on any system, unlike those taken."""
    base = _NO_FILE.sub("_", wanted).strip(" .")[:_FILE_LENGTH].rstrip(" .") or "表"
    base = f"_{base}" if _RESERVED.fullmatch(base) else base
    return _first_free(taken, lambda tail: f"{base}{tail}.xlsx")


def _first_free(taken: Iterable[str], named: Callable[[str], str]) -> str:
    """Number a name until it is unlike those taken, large and small letters alike."""
    used = {name.casefold() for name in taken}
    tails = ("", *(f" ({at})" for at in range(2, len(used) + 2)))
    return next(name for name in map(named, tails) if name.casefold() not in used)
