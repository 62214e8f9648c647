"""Figures of all units as columns of 64-bit integers over known denominators, with bounds that exclude overflow."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial, reduce
from math import gcd, lcm
from operator import add
from typing import Final, Literal

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

LARGEST: Final = 2**63 - 1
"""The largest integer of a column."""
_SMALL: Final = 4
"""Nodes of an expression that is rather repeated than made a column of its own."""
_LARGEST_DIVISOR: Final = 10**6
"""The largest divisor that sums of quotients are brought to before they go to fixed point."""
_SCALES: Final = (232_792_560_000, 720_720_000, 2_520_000)
"""Scales of fixed point: thousands of what all numbers up to 20, 16 and 10 divide."""
_ROOM: Final = 2**10
"""How many times larger sums of figures in fixed point may be."""


Unfit = Literal[
    "assessors unlike",
    "assessors in rounds",
    "beyond 63 bits",
    "cases at one time",
    "column missing",
    "column type",
    "demands on points",
    "divisor of events",
    "groups of events",
    "layout of csv",
    "limits in rounds",
    "never rounded",
    "notes alone",
    "other results",
    "other tables",
    "outside ignored",
    "parquet alone",
    "read generously",
    "spelled twice",
    "table missing",
    "too near",
    "unlike tables",
]
"""Why columns cannot score."""


class UnfitError(Exception):
    """Raised where columns cannot hold what a program needs, so that the exact engine has to score.

    It is `about` an item, a measure, a register, a column, a file or a cell; "" where that is not known.
    """

    def __init__(self, reason: Unfit, about: str = "") -> None:
        super().__init__(reason, about)
        self.reason, self.about = reason, about


class Column(Struct, frozen=True):
    """An expression over columns; `layer` is the number of layers that have to be there before, `size` its nodes."""

    expr: pl.Expr
    layer: int = 0
    size: int = 1


class Layers(Struct):
    """The layers of columns that are worked out one after the other, each from those before it.

    Units for which a doubt holds have a figure too near to a boundary for fixed point.
    """

    layers: list[list[pl.Expr]] = field(default_factory=list)
    doubts: list[pl.Expr] = field(default_factory=list)
    count: int = 0

    def named(self, column: Column) -> Column:
        """Return a column that may be used more than once: the expression itself if it is small."""
        if column.size <= _SMALL:
            return column
        self.count += 1
        name = f"·{self.count}"
        while len(self.layers) <= column.layer:
            self.layers.append([])
        self.layers[column.layer].append(column.expr.alias(name))
        return Column(pl.col(name), column.layer + 1)

    def applied(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Add all columns to a frame."""
        for layer in self.layers:
            frame = frame.with_columns(layer)
        return frame


class Amount(Struct, frozen=True):
    """A figure of each unit: numerators between `least` and `most` over `over`, and over each unit's own `divisor`.

    A divisor is an amount of whole numbers of at least 1. In fixed point the true numerator may be up to `width` more
    than the column tells. For units without the figure the column holds anything: no step that counts reads it.
    """

    column: Column
    least: int
    most: int
    over: int = 1
    divisor: "Amount | None" = None
    width: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether the column tells the figure itself."""
        return self.divisor is None and not self.width

    @property
    def constant(self) -> Fraction | None:
        """The figure where it is the same for all units."""
        return Fraction(self.least, self.over) if self.least == self.most and self.is_plain else None

    @property
    def reach(self) -> int:
        """The largest magnitude of a numerator."""
        return max(abs(self.least), abs(self.most))


def constant(value: Fraction | int) -> Amount:
    """Return a number of the regulation. Raises UnfitError."""
    value = Fraction(value)
    fitting(value.numerator, value.denominator)
    literal = Column(pl.lit(value.numerator, pl.Int64))
    return Amount(literal, value.numerator, value.numerator, value.denominator)


def over_one(amounts: Sequence[Amount]) -> tuple[list[Amount], int]:
    """Return amounts over their least common denominator, and that."""
    over = lcm(*(amount.over for amount in amounts))
    return [times(amount, over // amount.over) for amount in amounts], over


def times(amount: Amount, factor: int) -> Amount:
    """Return an amount with its numerator and denominator multiplied by a factor above 0."""
    scaled = enlarged(amount, factor)
    return replace(scaled, over=amount.over * factor)


def enlarged(amount: Amount, factor: int) -> Amount:
    """Return an amount with its numerator alone multiplied."""
    least, most = sorted((amount.least * factor, amount.most * factor))
    width = amount.width * abs(factor)
    fitting(least, most)
    if factor == 1:
        return amount
    column = amount.column
    expr = -column.expr if factor == -1 else column.expr * factor
    if factor < 0 and width:
        expr -= width
    literal = amount.least == amount.most and column.size == 1
    made = (
        Column(pl.lit(least, pl.Int64))
        if literal and _is_literal(column)
        else Column(expr, column.layer, column.size + 1)
    )
    return replace(amount, column=made, least=least, most=most, width=width)


def _is_literal(column: Column) -> bool:
    return not column.expr.meta.root_names()


def added(amounts: Sequence[Amount], layers: Layers) -> Amount:
    """Return the sum. Amounts without divisors of their own are added first; those with too many go to fixed point."""
    known = [amount for amount in amounts if amount.divisor is None]
    divided = [amount for amount in amounts if amount.divisor is not None]
    total = _added(known) if known else None
    try:
        for amount in divided:
            total = amount if total is None or total.constant == 0 else _crossed(total, amount, layers)
    except UnfitError:
        return _added([*known, *fixed(divided, layers)])
    return constant(0) if total is None else total


def fixed(amounts: Sequence[Amount], layers: Layers) -> list[Amount]:
    """Return amounts with divisors of their own in fixed point, all of one scale.

    Scales are divisible by many small numbers, so that figures on a boundary are mostly exact. Raises UnfitError.
    """
    reach = max((amount.reach for amount in amounts if amount.divisor is not None), default=0)
    scale = next((scale for scale in _SCALES if reach * scale <= LARGEST // _ROOM), None)
    if scale is None:
        raise UnfitError("beyond 63 bits")
    return [_fixed(amount, scale, layers) for amount in amounts]


def _fixed(amount: Amount, scale: int, layers: Layers) -> Amount:
    if amount.divisor is None:
        return amount
    number, divisor = enlarged(amount, scale), _named(amount.divisor, layers)
    column = combined(lambda one, two: one // two, number.column, divisor.column)
    ends = [end // by for end in (number.least, number.most) for by in (divisor.least, divisor.most)]
    return Amount(layers.named(column), min(ends), max(ends) + 1, amount.over * scale, width=1)


def _added(amounts: Sequence[Amount]) -> Amount:
    """Return the sum of amounts without divisors of their own; those over one denominator are scaled together."""
    constants = sum((value for amount in amounts if (value := amount.constant) is not None), Fraction(0))
    moving = [amount for amount in amounts if amount.constant is None]
    if not moving:
        return constant(constants)
    overs = dict.fromkeys(amount.over for amount in moving)
    sums = [_summed([amount for amount in moving if amount.over == over], over) for over in overs]
    return _summed(*over_one([*sums, *([constant(constants)] if constants else [])]))


def _summed(parts: Sequence[Amount], over: int) -> Amount:
    """Return the sum of amounts over one denominator."""
    fitting(sum(part.reach for part in parts))
    column = reduce(partial(combined, add), (part.column for part in parts))
    least, most = sum(part.least for part in parts), sum(part.most for part in parts)
    return Amount(column, least, most, over, width=sum(part.width for part in parts))


def _crossed(left: Amount, right: Amount, layers: Layers) -> Amount:
    """Return the sum of two amounts of which one has a divisor of its own. Raises UnfitError."""
    if left.width or right.width:
        raise UnfitError("never rounded")
    (left, right), over = over_one([left, right])
    if left.divisor is right.divisor:
        return _with(_added([bare(left), bare(right)]), over, left.divisor)
    mine, yours = left.divisor, right.divisor
    left_part = bare(left) if yours is None else product(bare(left), yours)
    right_part = bare(right) if mine is None else product(bare(right), mine)
    divisor = yours if mine is None else mine if yours is None else product(mine, yours)
    if divisor is not None and divisor.most > _LARGEST_DIVISOR and None not in (mine, yours):
        raise UnfitError("beyond 63 bits")
    return _with(_added([left_part, right_part]), over, None if divisor is None else _named(divisor, layers))


def bare(amount: Amount) -> Amount:
    """Return the numerator alone."""
    return Amount(amount.column, amount.least, amount.most, width=amount.width)


def _with(numerator: Amount, over: int, divisor: Amount | None) -> Amount:
    return Amount(numerator.column, numerator.least, numerator.most, over, divisor)


def _named(amount: Amount, layers: Layers) -> Amount:
    return replace(amount, column=layers.named(amount.column))


def held(amount: Amount, layers: Layers) -> Amount:
    """Return an amount that may be used more than once."""
    divisor = None if amount.divisor is None else _named(amount.divisor, layers)
    return replace(amount, column=layers.named(amount.column), divisor=divisor)


def product(left: Amount, right: Amount) -> Amount:
    """Return the product."""
    for factor, other in ((left, right), (right, left)):
        if (value := factor.constant) is not None:
            common = gcd(value.numerator, other.over)
            scaled = enlarged(other, value.numerator // common)
            return replace(scaled, over=other.over // common * value.denominator)
    if left.width or right.width:
        raise UnfitError("never rounded")
    ends = [mine * yours for mine in (left.least, left.most) for yours in (right.least, right.most)]
    fitting(min(ends), max(ends))
    divisors = [amount.divisor for amount in (left, right) if amount.divisor is not None]
    column = combined(lambda one, two: one * two, left.column, right.column)
    divisor = product(*divisors) if len(divisors) == 2 else divisors[0] if divisors else None  # noqa: PLR2004
    return Amount(column, min(ends), max(ends), left.over * right.over, divisor)


def combined(how: Callable[[pl.Expr, pl.Expr], pl.Expr], left: Column, right: Column) -> Column:
    """Return a column made of two."""
    return Column(how(left.expr, right.expr), max(left.layer, right.layer), left.size + right.size + 1)


def quotient(part: Amount, whole: Amount, layers: Layers) -> Amount:
    """Return part ÷ whole. Where the whole is not above 0 the figure is never looked at."""
    if (value := whole.constant) is not None:
        if value <= 0:
            return constant(0)  # a branch that is never taken
        return product(part, constant(1 / value))
    if not whole.is_plain or part.width:
        raise UnfitError("never rounded")
    least = max(whole.least, 1)
    column = whole.column if whole.least >= 1 else _limited(whole.column, least)
    divisor = Amount(layers.named(column), least, max(whole.most, 1))
    if part.divisor is not None:
        divisor = _named(product(part.divisor, divisor), layers)
    above = times_numerator(part, whole.over)
    return Amount(above.column, above.least, above.most, above.over, divisor)


def times_numerator(amount: Amount, factor: int) -> Amount:
    """Return an amount multiplied by a whole number above 0, reduced by its denominator."""
    common = gcd(factor, amount.over)
    return replace(enlarged(amount, factor // common), over=amount.over // common)


def _limited(column: Column, least: int) -> Column:
    return Column(column.expr.clip(lower_bound=least), column.layer, column.size + 1)


def fitting(*numbers: int) -> None:
    """Raise UnfitError where a number does not fit into a column."""
    if any(abs(number) > LARGEST for number in numbers):
        raise UnfitError("beyond 63 bits")
