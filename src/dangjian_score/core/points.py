"""Exact points: read from text, rounded in one place, written as text.

Figures are `Fraction` from reading to printing; floats are never used.
"""

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, Literal, assert_never

from dangjian_score.core import limits

MAX_DIGITS: Final = 30
"""Longest figure in characters; arithmetic on millions of digits would not end."""

DECIMAL: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
"""The pattern of a plain decimal."""
FRACTION: Final = r"-?(?:0|[1-9][0-9]*)/[1-9][0-9]*"
"""The pattern of a fraction."""

_NUMBER: Final = re.compile(f"{DECIMAL}|{FRACTION}")


def read_number(text: str) -> Fraction | None:
    """Read a plain decimal (`0.5`) or a fraction (`1/3`); None for anything else (`012`, `1_000`, `1e3`)."""
    if len(text) <= MAX_DIGITS and _NUMBER.fullmatch(text):
        return Fraction(text)
    return None


def read_percent(text: str) -> Fraction | None:
    """Read `80%` as 4/5; None where the text is not a per cent."""
    if not text.endswith("%"):
        return None
    number = read_number(text[:-1])
    return None if number is None else number / 100


_CUT: Final = 4
"""Decimals of a figure that has no finite decimal form, or too long a one."""
_DIGITS: Final = Context(prec=28)
"""Digits of decimals; the context of a program that calls this one may hold fewer."""


def to_decimal(value: Fraction) -> Decimal:
    """Return a figure as a decimal of 28 digits at most."""
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


Mode = Literal["half_up", "half_even", "up", "down"]
"""Rounding modes: 四舍五入, 四舍六入五成双, 进一, 去尾; by magnitude, whatever the sign."""


def rounded(value: Fraction, places: int, mode: Mode = "half_up") -> Fraction:
    """Round to `places` decimals: 0.125 → 0.13 (half_up, up) or 0.12 (half_even, down), -0.125 → the same below 0."""
    scale = 10**places
    numerator, denominator = abs(value.numerator) * scale, value.denominator
    match mode:
        case "half_up":
            units = (2 * numerator + denominator) // (2 * denominator)
        case "half_even":
            units = round(Fraction(numerator, denominator))
        case "up":
            units = -(-numerator // denominator)
        case "down":
            units = numerator // denominator
        case _:
            assert_never(mode)
    return Fraction(units if value >= 0 else -units, scale)


def decimals(value: Fraction) -> int | None:
    """Return the number of decimals that write the value exactly; None where there is none (1/3)."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def is_long(value: Fraction) -> bool:
    """Return whether a figure is too long to be written exactly: means of hundreds of ratios can be."""
    above, below = value.numerator.bit_length(), value.denominator.bit_length()
    if max(above, below) > limits.MAX_EXACT_BITS:
        return True
    return below > limits.MAX_DECIMALS and decimals(value) is not None


def fixed(value: Fraction, places: int) -> str:
    """Write with at least `places` decimals (`17.00`), and as many as the value needs; 1/3 stays `1/3`.

    What would be too long is cut: `0.3333…`.
    """
    if is_long(value):
        return f"{fixed(rounded(value, _CUT, 'down'), 0)}…"
    needed = decimals(value)
    if needed is None:
        return str(value)
    shown = max(places, needed)
    units = abs(value.numerator) * 10**shown // value.denominator
    whole, part = divmod(units, 10**shown)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part:0{shown}d}" if shown else f"{sign}{whole}"


def plain(value: Fraction) -> str:
    """Write exactly and as short as possible: `0.5`, `4`, `1/3`."""
    return fixed(value, 0)


def readable(value: Fraction) -> str:
    """Write as `plain`; a figure without a finite decimal form is cut: `7.3333…`."""
    return plain(value) if decimals(value) is not None else f"{plain(rounded(value, _CUT, 'down'))}…"


_POINT_PLACES: Final = 2
"""Decimals of points that have to be rounded."""


def approximate(value: Fraction) -> str:
    """Write points as `plain`; without a finite decimal form they are rounded, with a sign that they are: `≈17.67`."""
    return plain(value) if decimals(value) is not None else f"≈{fixed(rounded(value, _POINT_PLACES), _POINT_PLACES)}"


def equals(value: Fraction) -> str:
    """Write what a calculation comes to: `= 0.5`, and rounded `≈ 0.33`."""
    text = approximate(value)
    return f"≈ {text[1:]}" if text.startswith("≈") else f"= {text}"


_PERCENT_PLACES: Final = 2
"""Decimals of a per cent that has to be rounded."""


def percent(value: Fraction) -> str:
    """Write 4/5 as `80%`; a share without a finite decimal form is rounded, with a sign that it is: `≈66.67%`."""
    hundredths = value * 100
    if decimals(hundredths) is not None:
        return f"{plain(hundredths)}%"
    return f"≈{fixed(rounded(hundredths, _PERCENT_PLACES), _PERCENT_PLACES)}%"
