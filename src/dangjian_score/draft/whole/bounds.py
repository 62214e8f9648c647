"""Bounds in points: from where to where (80分以上不满90分), and whether the upper one counts."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct

_WITH: Final = re.compile(r"（含[^（）]*）")
_WITHOUT: Final = re.compile(r"（不含[^（）]*）|（不包括[^（）]*）")
_BOUND: Final = re.compile(
    r"(?P<less><=?|≤|小于|不满|不足|不到|(?<!不)低于|未满|未达到?|(?<!不)少于)?\s*(?P<figure>\d+(?:\.\d+)?)(?!\d|%|[个名位家人次所元万岁天年月日户])\s*分?含?(?P<under>及?以下|往下)?(?P<with>含)?"
)
_LEAST, _YEARS = 30, 1900
"""Figures between them are points although they do not say so."""


class GradeSpan(Struct, frozen=True):
    """Points of a grade: from `low` up to `top`, which is None where nothing is said, and counts with `with_top`."""

    low: Fraction
    top: Fraction | None = None
    with_top: bool = False


def span_in(text: str) -> GradeSpan | None:
    """Return the bounds that a text gives; 60分以下 begins at 0. None where it has none."""
    plain = _WITH.sub("含", _WITHOUT.sub("", text))
    found = [match for match in _BOUND.finditer(plain) if _is_points(match)]
    if not found:
        return None
    lows = [Fraction(match["figure"]) for match in found if not _is_top(match)]
    tops = [match for match in found if _is_top(match)]
    low = min(lows, default=Fraction(0))
    if not tops:
        return GradeSpan(low, max(lows) if len(lows) > 1 else None, with_top=False)
    return GradeSpan(low, Fraction(tops[0]["figure"]), _counts(tops))


def _is_points(match: re.Match[str]) -> bool:
    return "分" in match[0] or _LEAST <= Fraction(match["figure"]) < _YEARS


def _is_top(match: re.Match[str]) -> bool:
    return bool(match["less"] or match["under"])


def _counts(tops: Sequence[re.Match[str]]) -> bool:
    """Return whether the upper bound counts: 75分以下（含75分）, ≤75分."""
    first = tops[0]
    return first["less"] in ("≤", "<=") or bool(
        first["under"] and (first["with"] or "含" in first[0] or "及" in first[0])
    )
