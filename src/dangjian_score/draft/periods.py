"""How often something is asked for: per period of a known year, or in the whole of it."""

import re
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.draft.grammar.phrases import ClausePhrase


class DueCount(Struct, frozen=True):
    """So many are due in each period (`for_each`), or `of` in all; `yearly` in a year."""

    of: Fraction
    for_each: str | None
    yearly: Fraction


_PERIODS: Final = (
    (re.compile(r"[2两]个?月|双月"), "two_months", 6),
    (re.compile(r"两周|2周|半个?月"), "fortnight", 24),
    (re.compile(r"周"), "week", 52),
    (re.compile(r"半年"), "half_year", 2),
    (re.compile(r"季"), "quarter", 4),
    (re.compile(r"月"), "month", 12),
    (re.compile(r"天|日"), "day", 365),
)
UNCERTAIN: Final = frozenset({"day", "week", "fortnight"})
"""Periods of which a year has no fixed number."""


def due_of(asked: ClausePhrase, *, dated: bool) -> DueCount | None:
    """Return how many a requirement asks for; None where that depends on a year nobody has said.

    With the year known (`dated`) every period is looked at by itself; without it the year's number counts.
    """
    count = asked.count
    if count is None:
        return None
    if "学期" in asked.period:
        return DueCount(2 * count, None, 2 * count)
    for pattern, for_each, times in _PERIODS:
        if pattern.search(asked.period):
            if dated:
                return DueCount(count, for_each, count * times)
            return None if for_each in UNCERTAIN else DueCount(count * times, None, count * times)
    return DueCount(count, None, count)
