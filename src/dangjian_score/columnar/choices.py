"""Tests of all units as columns, and what is chosen by them: the larger of two figures, one branch or the other."""

from collections.abc import Callable, Iterable
from math import lcm
from typing import Final, assert_never

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.amounts import (
    Amount,
    Column,
    Layers,
    bare,
    combined,
    constant,
    enlarged,
    fixed,
    held,
    over_one,
    product,
)
from dangjian_score.core.algebra import Comparator


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


def compared(left: Amount, how: Comparator, right: Amount, layers: Layers) -> Answer:
    """Return whether a comparison holds."""
    left, right = _alike(left, right, layers)
    over = lcm(left.over, right.over)
    mine, yours = enlarged(bare(left), over // left.over), enlarged(bare(right), over // right.over)
    if right.divisor is not None:
        mine = product(mine, right.divisor)
    if left.divisor is not None:
        yours = product(yours, left.divisor)
    sure = _decided(mine, how, yours)
    if sure is not None and all(amount.constant is not None for amount in (left, right)):
        return always(sure)
    if mine.width or yours.width:
        mine, yours = held(mine, layers), held(yours, layers)
        layers.doubts.append(_undecided(mine, how, yours))
    return Answer(combined(_HOW[how], mine.column, yours.column))


def _undecided(mine: Amount, how: Comparator, yours: Amount) -> pl.Expr:
    """Return the test that a comparison of figures in fixed point may come to either answer."""
    low, high = mine.column.expr - yours.width, mine.column.expr + mine.width
    if how == "equals":
        return (low <= yours.column.expr) & (high >= yours.column.expr)
    return _HOW[how](low, yours.column.expr) != _HOW[how](high, yours.column.expr)


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
    then, otherwise = _alike(then, otherwise, layers)
    (then, otherwise), over = over_one([then, otherwise])
    column = _branches(test, then.column, otherwise.column)
    least, most = min(then.least, otherwise.least), max(then.most, otherwise.most)
    if then.divisor is None and otherwise.divisor is None:
        return Amount(column, least, most, over, width=max(then.width, otherwise.width))
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
        column = combined(lambda one, two: one & two if every else one | two, column, other.column)
    return Answer(column)


def opposite(test: Answer) -> Answer:
    """Return whether a test does not hold."""
    if test.sure is not None:
        return always(not test.sure)
    return Answer(Column(~test.expr, test.column.layer, test.column.size + 1))


def further(left: Amount, right: Amount, layers: Layers, *, largest: bool) -> Amount:
    """Return the larger or the smaller of two amounts."""
    left, right = _alike(left, right, layers)
    if left.divisor is None and right.divisor is None:
        (left, right), over = over_one([left, right])
        sure = _sure(left, right, largest=largest)
        if sure is not None:
            return sure
        pick = max if largest else min
        least, most = pick(left.least, right.least), pick(left.most, right.most)
        choose = pl.max_horizontal if largest else pl.min_horizontal
        column = combined(choose, left.column, right.column)
        return Amount(column, least, most, over, width=max(left.width, right.width))
    left, right = held(left, layers), held(right, layers)
    return chosen(compared(left, "above" if largest else "below", right, layers), left, right, layers)


def _alike(left: Amount, right: Amount, layers: Layers) -> tuple[Amount, Amount]:
    """Return two amounts, both in fixed point where one is that and the other has a divisor of its own."""
    if (left.width and right.divisor is not None) or (right.width and left.divisor is not None):
        left, right = fixed([left, right], layers)
    return left, right


def _sure(left: Amount, right: Amount, *, largest: bool) -> Amount | None:
    """Return the amount that is always the further one; None where it depends on the unit."""
    ahead, behind = (left, right) if largest else (right, left)
    if ahead.least >= behind.most:
        return left
    return right if behind.least >= ahead.most else None
