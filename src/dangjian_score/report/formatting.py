"""Figures as text: the one place where a format writes points, counts and shares."""

from fractions import Fraction

from dangjian_score.points import fixed, plain, rounded


def shown(value: Fraction, places: int) -> str:
    """Write a figure as it is displayed: with so many decimals, rounded half away from zero."""
    return fixed(rounded(value, places), places)


def brief(value: Fraction, places: int) -> str:
    """Write a figure as it is displayed, without zeros at its end."""
    return plain(rounded(value, places))


def fits(value: Fraction, places: int) -> bool:
    """Whether so many decimals hold a figure."""
    scale: int = 10**places
    return scale % value.denominator == 0


def exact(value: Fraction, places: int) -> str | None:
    """Write a figure exactly (`22/3`) where so many decimals do not hold it; None where they do."""
    return None if fits(value, places) else plain(value)
