"""Which columns of a wide table are printed together."""

from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from typing import Final

SCALE: Final = 80
"""Per cent at which tables that are wider than the paper are printed."""
_PAPER: Final = 1010
"""Pixels that fit between the margins of A4 landscape at full size."""
_SQUEEZED: Final = 1.25
"""How much wider than a page a table may be and still be made as narrow as the paper."""
_UNDER, _OVER = 0.6, 1.25
"""How far a page may fall short of its fair share, or go beyond it, to end where a section or item ends."""

Heads = Sequence[Sequence[str]]


def parted(widths: Sequence[float], heads: Heads, kept: int) -> tuple[range, ...]:
    """Part columns into pages by their widths in half-width characters; the first `kept` stand on each page again.

    A page ends where the `heads` above a column change, the upper ones first. One page is made as narrow as the paper.
    """
    pixels = [8 * width + 5 for width in widths]
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
