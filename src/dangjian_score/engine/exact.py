"""The exact carrier: what a tree comes to for one unit, in rationals. Figures of many are looked up, not worked out."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor
from typing import assert_never

from dangjian_score.core.algebra import (
    AllHold,
    AnyHolds,
    Choice,
    Comparator,
    Compare,
    Const,
    Entered,
    Expr,
    Grouped,
    Is,
    Least,
    Most,
    Named,
    Not,
    Placing,
    Product,
    Quotient,
    Read,
    Ref,
    Rounded,
    Statistic,
    Step,
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)
from dangjian_score.core.facts import Value
from dangjian_score.core.points import rounded

Values = Mapping[str, Value]
Done = Mapping[str, Fraction]


def run(steps: Iterable[Step], values: Values, known: Done) -> dict[str, Fraction]:
    """Evaluate steps for one unit; `values` holds each measure that is due, `known` each figure worked out before."""
    done = dict(known)
    for step in steps:
        done[step.name] = number(step.expr, values, done)
    return done


def number(expr: Expr, values: Values, done: Done) -> Fraction:
    """Evaluate an expression."""

    def of(one: Expr) -> Fraction:
        return number(one, values, done)

    match expr:
        case Const(value):
            return value
        case Read(measure):
            return figure(values[measure])
        case Ref(step):
            return done[step]
        case Sum(terms):
            return sum(map(of, terms), Fraction(0))
        case Product(left, right):
            return of(left) * of(right)
        case Quotient(part, whole):
            return of(part) / of(whole)
        case Most(left, right):
            return max(of(left), of(right))
        case Least(left, right):
            return min(of(left), of(right))
        case Choice(test, then, otherwise):
            return of(then if holds(test, values, done) else otherwise)
        case Whole(one):
            return Fraction(floor(of(one)))
        case Rounded(one, places, mode):
            return rounded(of(one), places, mode)
        case Named(of=one):
            return of(one)
        case Tally(name) | Grouped(name) | Statistic(name) | Placing(name):
            return done[name]
        case _:
            assert_never(expr)


def holds(test: Test, values: Values, done: Done) -> bool:
    """Tell whether a test holds."""
    match test:
        case Yes(measure):
            return values[measure] is True
        case Is(measure, level):
            return values[measure] == level
        case Entered(measure):
            return measure in values
        case Compare(left, how, right):
            return _stands(number(left, values, done), how, number(right, values, done))
        case AllHold(tests):
            return all(holds(one, values, done) for one in tests)
        case AnyHolds(tests):
            return any(holds(one, values, done) for one in tests)
        case Not(one):
            return not holds(one, values, done)
        case _:
            assert_never(test)


def _stands(left: Fraction, how: Comparator, right: Fraction) -> bool:
    match how:
        case "at_least":
            return left >= right
        case "at_most":
            return left <= right
        case "above":
            return left > right
        case "below":
            return left < right
        case "equals":
            return left == right
        case _:
            assert_never(how)


def figure(value: Value) -> Fraction:
    """Take a value for the figure it is; anything else is a defect of ours: readers give each measure its type."""
    if not isinstance(value, Fraction):
        raise TypeError(value)
    return value
