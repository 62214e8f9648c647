"""Rounding of columns: to whole numbers and to decimals, by magnitude whatever the sign."""

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from typing import Final, assert_never

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar.amounts import Amount, Column, Layers, enlarged, fitting, held
from dangjian_score.core.points import Mode


def rounded_down(amount: Amount, layers: Layers) -> Amount:
    """Return the figure rounded down to a whole number."""
    if amount.width:
        return _surely(amount, lambda each: rounded_down(each, layers), layers)
    if amount.divisor is None and amount.over == 1:
        return amount
    return _divided(amount, amount.over, layers, lambda number, over: number // over, _floor)


def _floor(number: int, over: int) -> int:
    return number // over


Division = Callable[[pl.Expr, pl.Expr | int], pl.Expr]


def _divided(amount: Amount, over: int, layers: Layers, how: Division, of_ends: Callable[[int, int], int]) -> Amount:
    """Divide numerators by a denominator, and by the unit's own divisor, to whole numbers."""
    number = layers.named(amount.column)
    if amount.divisor is None:
        least, most = of_ends(amount.least, over), of_ends(amount.most, over)
        return Amount(Column(how(number.expr, over), number.layer, number.size * 3), least, most)
    by = held(enlarged(amount.divisor, over), layers)
    ends = [of_ends(end, limit) for end in (amount.least, amount.most) for limit in (by.least, by.most)]
    column = Column(
        how(number.expr, by.column.expr), max(number.layer, by.column.layer), number.size * 3 + by.column.size
    )
    return Amount(column, min(ends), max(ends))


def rounded(amount: Amount, places: int, mode: Mode, layers: Layers) -> Amount:
    """Return the figure rounded to decimals, by magnitude whatever the sign."""
    if amount.width:
        return _surely(amount, lambda each: rounded(each, places, mode, layers), layers)
    scale = 10**places
    if amount.divisor is None and scale % amount.over == 0:
        return amount
    common = gcd(scale, amount.over)
    amount, over = enlarged(amount, scale // common), amount.over // common
    reach = amount.reach * 2 + over * (1 if amount.divisor is None else amount.divisor.most)
    fitting(reach, 2 * over * (1 if amount.divisor is None else amount.divisor.most))
    signed = amount.least < 0
    made = _divided(amount, over, layers, _rounding(mode, signed=signed), _END[mode])
    return Amount(made.column, made.least, made.most, scale)


def _surely(amount: Amount, how: Callable[[Amount], Amount], layers: Layers) -> Amount:
    """Round a figure in fixed point; units whose figure may be rounded to either side are in doubt."""
    low = replace(held(amount, layers), width=0)
    high = replace(low, column=Column(low.column.expr + amount.width, low.column.layer, low.column.size + 1))
    made, other = (held(how(each), layers) for each in (low, high))
    layers.doubts.append(made.column.expr != other.column.expr)
    return made


def _rounding(mode: Mode, *, signed: bool) -> Division:
    """Return the division of a mode; with `signed` numerators may be below 0."""
    match mode:
        case "half_up" if signed:
            return lambda number, over: (number * 2 + over - (number < 0).cast(pl.Int64)) // (over * 2)
        case "half_up":
            return lambda number, over: (number * 2 + over) // (over * 2)
        case "half_even":
            return _half_even
        case "up" if signed:
            return lambda number, over: pl.when(number >= 0).then(-((-number) // over)).otherwise(number // over)
        case "up":
            return lambda number, over: -((-number) // over)
        case "down" if signed:
            return lambda number, over: pl.when(number >= 0).then(number // over).otherwise(-((-number) // over))
        case "down":
            return lambda number, over: number // over
        case _:
            assert_never(mode)


def _half_even(number: pl.Expr, over: pl.Expr | int) -> pl.Expr:
    near = (number * 2 + over) // (over * 2)
    is_half = near * (over * 2) == number * 2 + over
    return near - pl.when(is_half).then(near % 2).otherwise(0)


def _half_up_end(number: int, over: int) -> int:
    return (number * 2 + over - (number < 0)) // (over * 2)


def _half_even_end(number: int, over: int) -> int:
    return round(Fraction(number, over))


def _up_end(number: int, over: int) -> int:
    return -(-number // over) if number >= 0 else number // over


def _down_end(number: int, over: int) -> int:
    return number // over if number >= 0 else -(-number // over)


_END: Final[dict[Mode, Callable[[int, int], int]]] = {
    "half_up": _half_up_end,
    "half_even": _half_even_end,
    "up": _up_end,
    "down": _down_end,
}
"""What rounding makes of an end of a range, by its mode."""
