"""Figures as people write them: which texts are one number, one day or one word, and which only look like it.

Only full-width letters and the full-width space are narrowed here. Unicode's compatibility forms (NFKC) would make 5
of ⑤, 2 of ² and 1/2 of ½, and a number of two lines would become one.
"""

import re
from datetime import date
from fractions import Fraction
from typing import Final

from dangjian_score.points import read_number, read_percent

COUNTING: Final = r"(?:次|篇|个|人次|人|条|项|件|名|场|期|份|家|户|天|节|学时|小时|课时|分)"
"""Words that may follow a number."""

_WIDE: Final = {0x3000: " ", **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}}
_GROUP_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))
"""No-break and thin spaces, which part groups of digits."""
_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(?:( |,)[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_COUNTED: Final = re.compile(rf"(-?[0-9][0-9 ,.]*?) ?{COUNTING}")
_DATE: Final = re.compile(
    r"([0-9]{4})(?: ?([-./–]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,2})日?| ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号])"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?)?"
)
"""A day, also with a time of day, which does not matter to it."""


def narrowed(text: str) -> str:
    """Write full-width letters and spaces as narrow ones, and take the space around them away."""
    return text.translate(_WIDE).strip()


def plain_word(text: str) -> str:
    """Reduce a word that is compared with others: narrow, large letters, no spaces; line breaks stay."""
    return narrowed(text).upper().replace(" ", "")


def number_in(text: str) -> Fraction | None:
    """Read a text that is one decimal number: `3`, `1,200.5`, `1 200`."""
    narrow = narrowed(text).translate(_GROUP_SPACES)
    if found := _GROUPED.fullmatch(narrow):
        narrow = narrow.replace(found[1], "")
    return None if "/" in narrow else read_number(narrow)


def counted(text: str) -> Fraction | None:
    """Read a number with a word for what is counted: `3 次`."""
    found = _COUNTED.fullmatch(narrowed(text))
    return None if found is None else number_in(found[1])


def percent_in(text: str) -> Fraction | None:
    """Read a number with the sign of per cents: `95%`, `1/3%`."""
    narrow = narrowed(text)
    number = number_in(narrow[:-1]) if narrow.endswith("%") else None
    return read_percent(narrow) if number is None else number / 100


def day_in(text: str) -> date | None:
    """Read a day: `2024-03-05`, `2024.3.5`, `2024年3月5日`."""
    found = _DATE.fullmatch(narrowed(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.group(1, 3, 4, 5, 6) if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None
