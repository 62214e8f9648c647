"""Charts as inline SVG: labelled bars, drawn without script, so that they print and need nothing."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final
from unicodedata import east_asian_width

from dangjian_score.report.page.elements import Element, e
from dangjian_score.report.page.figures import ChartBar

_WIDTH: Final = 400
_LABELS: Final = 130
_FIGURES: Final = 56
_ROW: Final = 24
_BAR: Final = 14
_LETTER: Final = Fraction(13, 2)
"""What half a Chinese character takes, in the size of the labels."""


def bars(title: str, shares: Sequence[ChartBar]) -> Element:
    """Draw a bar for each share from the line of zero; names that are too long are cut and told in full."""
    values = [Fraction(0), *(one.value for one in shares)]
    low, high = min(values), max(values)
    scale = Fraction(_WIDTH - _LABELS - _FIGURES) / (high - low or 1)
    rows = (_row(one, at, low, scale) for at, one in enumerate(shares))
    size = {"viewBox": f"0 0 {_WIDTH} {_ROW * len(shares)}"}
    return e("figure", e("figcaption", title), e("svg", *rows, role="img", aria_label=title, **size))


def _row(share: ChartBar, at: int, low: Fraction, scale: Fraction) -> Element:
    zero = _LABELS - low * scale
    end = zero + share.value * scale
    top = at * _ROW + (_ROW - _BAR) // 2
    base = str(top + _BAR - 3)
    bar = {"x": _pixels(min(zero, end)), "y": str(top), "width": _pixels(abs(end - zero)), "height": str(_BAR)}
    return e(
        "g",
        e("title", f"{share.name} {share.text}"),
        e("text", _cut(share.name), class_="name", x=str(_LABELS - 8), y=base),
        e("rect", **bar),
        e("text", share.text, class_="figure", x=_pixels(max(zero, end) + 6), y=base),
    )


def _cut(name: str) -> str:
    """Keep as much of a name as there is room for."""
    room = (_LABELS - 10) // _LETTER
    widths = [2 if east_asian_width(char) in "WF" else 1 for char in name]
    if sum(widths) <= room:
        return name
    kept = 0
    while sum(widths[: kept + 1]) <= room - 2:
        kept += 1
    return f"{name[:kept]}…"


def _pixels(length: Fraction) -> str:
    """Write a length to a tenth of a pixel, which is finer than a screen."""
    tenths = round(length * 10)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
