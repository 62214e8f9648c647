"""Figures of all units as columns of 64-bit integers over known denominators, with bounds that exclude overflow."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Final, assert_never

import polars as pl
from msgspec import Struct, field

from dangjian_score.core.algebra import Comparator

LARGEST: Final = 2**63 - 1
"""The largest integer of a column."""
_SMALL: Final = 4
"""Nodes of an expression that is rather repeated than made a column of its own."""


class UnfitError(Exception):
    """Raised where columns cannot hold what a program needs, so that the exact engine has to score."""


class Column(Struct, frozen=True):
    """An expression over columns; `layer` is the number of layers that have to be there before, `size` its nodes."""

    expr: pl.Expr
    layer: int = 0
    size: int = 1


class Layers(Struct):
    """The layers of columns that are worked out one after the other, each from those before it."""

    layers: list[list[pl.Expr]] = field(default_factory=list)
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

    A divisor is an amount of whole numbers of at least 1. For units without the figure the column holds anything: no
    step that counts for them reads it.
    """

    column: Column
    least: int
    most: int
    over: int = 1
    divisor: "Amount | None" = None

    @property
    def constant(self) -> Fraction | None:
        """The figure where it is the same for all units."""
        return Fraction(self.least, self.over) if self.least == self.most and self.divisor is None else None

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
    return Amount(scaled.column, scaled.least, scaled.most, amount.over * factor, amount.divisor)


def enlarged(amount: Amount, factor: int) -> Amount:
    """Return an amount with its numerator alone multiplied."""
    least, most = sorted((amount.least * factor, amount.most * factor))
    fitting(least, most)
    if factor == 1:
        return amount
    column = amount.column
    expr = -column.expr if factor == -1 else column.expr * factor
    literal = amount.least == amount.most and column.size == 1
    made = (
        Column(pl.lit(least, pl.Int64))
        if literal and _is_literal(column)
        else Column(expr, column.layer, column.size + 1)
    )
    return Amount(made, least, most, amount.over, amount.divisor)


def _is_literal(column: Column) -> bool:
    return not column.expr.meta.root_names()


def added(amounts: Sequence[Amount], layers: Layers) -> Amount:
    """Return the sum. Amounts without divisors of their own are added first."""
    known = [amount for amount in amounts if amount.divisor is None]
    total = _added(known) if known else None
    for amount in amounts:
        if amount.divisor is not None:
            total = amount if total is None or total.constant == 0 else _crossed(total, amount, layers)
    return constant(0) if total is None else total


def _added(amounts: Sequence[Amount]) -> Amount:
    constants = sum((value for amount in amounts if (value := amount.constant) is not None), Fraction(0))
    moving = [amount for amount in amounts if amount.constant is None]
    if not moving:
        return constant(constants)
    parts, over = over_one([*moving, *([constant(constants)] if constants else [])])
    least, most = sum(part.least for part in parts), sum(part.most for part in parts)
    fitting(sum(part.reach for part in parts))
    first, *others = parts
    expr, layer, size = first.column.expr, first.column.layer, first.column.size
    for part in others:
        expr, layer, size = expr + part.column.expr, max(layer, part.column.layer), size + part.column.size
    return Amount(Column(expr, layer, size), least, most, over)


def _crossed(left: Amount, right: Amount, layers: Layers) -> Amount:
    """Return the sum of two amounts of which one has a divisor of its own."""
    (left, right), over = over_one([left, right])
    if left.divisor is right.divisor:
        return _with(_added([_bare(left), _bare(right)]), over, left.divisor)
    mine, yours = left.divisor, right.divisor
    left_part = _bare(left) if yours is None else product(_bare(left), yours)
    right_part = _bare(right) if mine is None else product(_bare(right), mine)
    divisor = yours if mine is None else mine if yours is None else product(mine, yours)
    return _with(_added([left_part, right_part]), over, None if divisor is None else _named(divisor, layers))


def _bare(amount: Amount) -> Amount:
    """Return the numerator alone."""
    return Amount(amount.column, amount.least, amount.most)


def _with(numerator: Amount, over: int, divisor: Amount | None) -> Amount:
    return Amount(numerator.column, numerator.least, numerator.most, over, divisor)


def _named(amount: Amount, layers: Layers) -> Amount:
    return Amount(layers.named(amount.column), amount.least, amount.most, amount.over, amount.divisor)


def held(amount: Amount, layers: Layers) -> Amount:
    """Return an amount that may be used more than once."""
    divisor = None if amount.divisor is None else _named(amount.divisor, layers)
    return Amount(layers.named(amount.column), amount.least, amount.most, amount.over, divisor)


def product(left: Amount, right: Amount) -> Amount:
    """Return the product."""
    for factor, other in ((left, right), (right, left)):
        if (value := factor.constant) is not None:
            common = gcd(value.numerator, other.over)
            scaled = enlarged(other, value.numerator // common)
            return Amount(
                scaled.column, scaled.least, scaled.most, other.over // common * value.denominator, other.divisor
            )
    ends = [mine * yours for mine in (left.least, left.most) for yours in (right.least, right.most)]
    fitting(min(ends), max(ends))
    divisors = [amount.divisor for amount in (left, right) if amount.divisor is not None]
    column = _joined(lambda one, two: one * two, left.column, right.column)
    divisor = product(*divisors) if len(divisors) == 2 else divisors[0] if divisors else None  # noqa: PLR2004
    return Amount(column, min(ends), max(ends), left.over * right.over, divisor)


def _joined(how: Callable[[pl.Expr, pl.Expr], pl.Expr], left: Column, right: Column) -> Column:
    return Column(how(left.expr, right.expr), max(left.layer, right.layer), left.size + right.size + 1)


def quotient(part: Amount, whole: Amount, layers: Layers) -> Amount:
    """Return part ÷ whole. Where the whole is not above 0 the figure is never looked at."""
    if (value := whole.constant) is not None:
        if value <= 0:
            return constant(0)  # a branch that is never taken
        return product(part, constant(1 / value))
    if whole.divisor is not None:
        raise UnfitError
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
    scaled = enlarged(amount, factor // common)
    return Amount(scaled.column, scaled.least, scaled.most, amount.over // common, amount.divisor)


def _limited(column: Column, least: int) -> Column:
    return Column(column.expr.clip(lower_bound=least), column.layer, column.size + 1)


def further(left: Amount, right: Amount, layers: Layers, *, largest: bool) -> Amount:
    """Return the larger or the smaller of two amounts."""
    if left.divisor is None and right.divisor is None:
        (left, right), over = over_one([left, right])
        sure = _sure(left, right, largest=largest)
        if sure is not None:
            return sure
        pick = max if largest else min
        least, most = pick(left.least, right.least), pick(left.most, right.most)
        choose = pl.max_horizontal if largest else pl.min_horizontal
        column = _joined(choose, left.column, right.column)
        return Amount(column, least, most, over)
    left, right = held(left, layers), held(right, layers)
    return chosen(compared(left, "above" if largest else "below", right), left, right, layers)


def _sure(left: Amount, right: Amount, *, largest: bool) -> Amount | None:
    """Return the amount that is always the further one; None where it depends on the unit."""
    ahead, behind = (left, right) if largest else (right, left)
    if ahead.least >= behind.most:
        return left
    return right if behind.least >= ahead.most else None


class Answer(Struct, frozen=True):
    """Whether a test holds for each unit; `sure` where it is the same for all. Null where a figure is missing."""

    column: Column
    sure: bool | None = None

    @property
    def expr(self) -> pl.Expr:
        """The expression."""
        return self.column.expr


def always(answer: bool) -> Answer:
    """Return the same answer for all units."""
    return Answer(Column(pl.lit(answer)), answer)


_HOW: Final[dict[Comparator, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "at_least": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "above": lambda left, right: left > right,
    "below": lambda left, right: left < right,
    "equals": lambda left, right: left == right,
}


def compared(left: Amount, how: Comparator, right: Amount) -> Answer:
    """Return whether a comparison holds."""
    over = lcm(left.over, right.over)
    mine, yours = enlarged(_bare(left), over // left.over), enlarged(_bare(right), over // right.over)
    if right.divisor is not None:
        mine = product(mine, right.divisor)
    if left.divisor is not None:
        yours = product(yours, left.divisor)
    sure = _decided(mine, how, yours)
    column = _joined(_HOW[how], mine.column, yours.column)
    if sure is not None and all(amount.constant is not None for amount in (left, right)):
        return always(sure)
    return Answer(column)


def _decided(mine: Amount, how: Comparator, yours: Amount) -> bool | None:
    match how:
        case "at_least":
            return True if mine.least >= yours.most else False if mine.most < yours.least else None
        case "above":
            return True if mine.least > yours.most else False if mine.most <= yours.least else None
        case "at_most":
            return _decided(yours, "at_least", mine)
        case "below":
            return _decided(yours, "above", mine)
        case "equals":
            apart = mine.least > yours.most or yours.least > mine.most
            same = mine.least == mine.most == yours.least == yours.most
            return False if apart else True if same else None
        case _:
            assert_never(how)


def chosen(test: Answer, then: Amount, otherwise: Amount, layers: Layers) -> Amount:
    """Return one amount where a test holds, else the other."""
    if test.sure is not None:
        return then if test.sure else otherwise
    (then, otherwise), over = over_one([then, otherwise])
    column = _branches(test, then.column, otherwise.column)
    least, most = min(then.least, otherwise.least), max(then.most, otherwise.most)
    if then.divisor is None and otherwise.divisor is None:
        return Amount(column, least, most, over)
    test = Answer(layers.named(test.column))
    one = constant(1)
    mine, yours = then.divisor or one, otherwise.divisor or one
    divisor = Amount(
        layers.named(_branches(test, mine.column, yours.column)),
        min(mine.least, yours.least),
        max(mine.most, yours.most),
    )
    return Amount(_branches(test, then.column, otherwise.column), least, most, over, divisor)


def _branches(test: Answer, then: Column, otherwise: Column) -> Column:
    expr = pl.when(test.expr).then(then.expr).otherwise(otherwise.expr)
    parts = (test.column, then, otherwise)
    return Column(expr, max(part.layer for part in parts), sum(part.size for part in parts) + 1)


def fitting(*numbers: int) -> None:
    """Raise UnfitError where a number does not fit into a column."""
    if any(abs(number) > LARGEST for number in numbers):
        raise UnfitError


def joined(tests: Iterable[Answer], *, every: bool) -> Answer:
    """Return whether all tests hold, or any of them."""
    open_: list[Answer] = []
    for test in tests:
        if test.sure is None:
            open_.append(test)
        elif test.sure is not every:
            return always(not every)
    if not open_:
        return always(every)
    first, *others = open_
    column = first.column
    for other in others:
        column = _joined(lambda one, two: one & two if every else one | two, column, other.column)
    return Answer(column)


def opposite(test: Answer) -> Answer:
    """Return whether a test does not hold."""
    if test.sure is not None:
        return always(not test.sure)
    return Answer(Column(~test.expr, test.column.layer, test.column.size + 1))
