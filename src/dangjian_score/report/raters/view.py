"""One view of assessors for every format: the only place where these figures become text.

Means and distances have no end as decimals; they are rounded here, and nowhere else.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dangjian_score.engine.raters import Disagreement, ItemSpread, Rater, Raters
from dangjian_score.points import fixed, plain, rounded
from dangjian_score.words.say import Words

PLACES: Final = 4
"""Decimals of means and distances where scripts read them."""
_SHOWN_SHARE, _SHOWN_POINTS = 1, 2
"""Decimals of per cents and of mean points where people read them."""


@dataclass(frozen=True, slots=True)
class RaterRow:
    """An assessor, in text."""

    name: str
    figures: str
    mean: str
    spread: str
    difference: str
    full: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item, in text."""

    name: str
    max: str
    figures: str
    mean: str
    least: str
    most: str
    spread: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """An item of a unit that was judged differently, in text."""

    unit: str
    item: str
    max: str
    given: str
    gap: str


@dataclass(frozen=True, slots=True)
class RatersView:
    """Everything, in text; `remarks` point out who never gave anything but full marks."""

    remarks: tuple[str, ...]
    raters: tuple[RaterRow, ...]
    items: tuple[ItemRow, ...]
    gaps: tuple[GapRow, ...]


def view(found: Raters, said: Words) -> RatersView:
    """Write everything out."""
    return RatersView(
        tuple(_remark(one, said) for one in found.raters if one.always_full),
        tuple(_rater(one, said) for one in found.raters),
        tuple(_item(one, said) for one in found.items),
        tuple(_gap(one) for one in found.disagreements),
    )


def exactly(value: Fraction | None) -> str | None:
    """Write a mean or distance for scripts."""
    return None if value is None else fixed(rounded(value, PLACES), PLACES)


def _remark(one: Rater, said: Words) -> str:
    return said.label("always full", name=one.name, count=str(one.figures))


def _rater(one: Rater, said: Words) -> RaterRow:
    return RaterRow(
        name=one.name,
        figures=str(one.figures),
        mean=_percent(one.mean),
        spread=_percent(one.spread),
        difference="–" if one.difference is None else _percent(one.difference, signed=True),
        full=said.label("of max", points=str(one.full), max=str(one.figures)),
    )


def _item(one: ItemSpread, said: Words) -> ItemRow:
    return ItemRow(
        name=said.label("taken off", name=one.item.measure) if one.item.verb == "deduct" else one.item.measure,
        max=plain(one.item.most),
        figures=str(one.figures),
        mean=_points(one.mean),
        least=plain(one.least),
        most=plain(one.most),
        spread="–" if one.spread is None else _points(one.spread),
    )


def _gap(one: Disagreement) -> GapRow:
    given = "、".join(f"{name} {plain(points)}" for name, points in one.given)
    item = one.item.measure if one.round is None else f"{one.round}  {one.item.measure}"
    return GapRow(one.unit, item, plain(one.item.most), given, plain(one.gap))


def _percent(share: Fraction, *, signed: bool = False) -> str:
    points = rounded(share * 100, _SHOWN_SHARE)
    return f"{'+' if signed and points > 0 else ''}{fixed(points, _SHOWN_SHARE)}%"


def _points(points: Fraction) -> str:
    return fixed(rounded(points, _SHOWN_POINTS), _SHOWN_POINTS)
