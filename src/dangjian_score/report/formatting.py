"""Figures as text: the one place where a format writes points, counts and shares."""

from fractions import Fraction
from functools import lru_cache
from typing import Final

from msgspec import Struct

from dangjian_score.core.points import decimals, fixed, is_long, plain, readable, rounded


def shown(value: Fraction, places: int) -> str:
    """Write a figure as it is displayed: with so many decimals, rounded half away from zero."""
    return _shown(value.numerator, value.denominator, places)


@lru_cache(maxsize=1 << 14)
def _shown(numerator: int, denominator: int, places: int) -> str:
    """Write the same few thousand figures once; integers are compared faster than fractions."""
    return fixed(rounded(Fraction(numerator, denominator), places), places)


def brief(value: Fraction, places: int) -> str:
    """Write a figure as it is displayed, without zeros at its end."""
    return plain(rounded(value, places))


def fits(value: Fraction, places: int) -> bool:
    """Whether so many decimals hold a figure."""
    scale: int = 10**places
    return scale % value.denominator == 0


def exact(value: Fraction, places: int) -> str | None:
    """Write a figure exactly (`22/3`) where so many decimals do not hold it; None where they do, or it is too long."""
    return None if fits(value, places) or is_long(value) else plain(value)


class FigureFormat(Struct, frozen=True):
    """How a figure is written: rounded to so many decimals, or with as many as it needs (`places` None).

    `signed` ones have a plus as well as a minus; a `percent` is written in hundredths.
    """

    places: int | None = None
    signed: bool = False
    percent: bool = False


PLAIN: Final = FigureFormat()
"""As short as exactness allows: `0.5`, `4`; `0.3333…` where no number of decimals is enough."""
COUNT: Final = FigureFormat(0)


def written(value: int | Fraction, form: FigureFormat) -> str:
    """Write a figure as its format says. A difference in points that would read 0 and is none is written exactly."""
    figure = Fraction(value) * (100 if form.percent else 1)
    near = figure if form.places is None else rounded(figure, form.places)
    if form.signed and not form.percent and not near:
        near = figure
    sign = "+" if form.signed and near > 0 else ""
    text = readable(near) if form.places is None or decimals(near) is None else fixed(near, form.places)
    return f"{sign}{text}{'%' if form.percent else ''}"
