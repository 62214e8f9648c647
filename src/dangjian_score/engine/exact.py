"""The exact carrier: the value of a tree for one unit, in rationals. Figures of many are looked up by name."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor
from typing import assert_never

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Value
from dangjian_score.core.points import rounded

Values = Mapping[str, Value]
Done = Mapping[str, Fraction]


def run(steps: Iterable[a.Step], values: Values, known: Done) -> dict[str, Fraction]:
    """Evaluate steps for one unit; `values` has each measure that is read, `known` the figures known beforehand."""
    done = dict(known)
    for step in steps:
        done[step.name] = number(step.expr, values, done)
    return done


def number(expr: a.Expr, values: Values, done: Done) -> Fraction:
    """Evaluate an expression."""

    def of(inner: a.Expr) -> Fraction:
        return number(inner, values, done)

    match expr:
        case a.Const(value):
            return value
        case a.Read(measure):
            return figure(values[measure])
        case a.Ref(step):
            return done[step]
        case a.Sum(terms):
            return sum(map(of, terms), Fraction(0))
        case a.Product(left, right):
            return of(left) * of(right)
        case a.Quotient(part, whole):
            return of(part) / of(whole)
        case a.Most(left, right):
            return max(of(left), of(right))
        case a.Least(left, right):
            return min(of(left), of(right))
        case a.Choice(test, then, otherwise):
            return of(then if holds(test, values, done) else otherwise)
        case a.Whole(inner):
            return Fraction(floor(of(inner)))
        case a.Rounded(inner, places, mode):
            return rounded(of(inner), places, mode)
        case a.Named(of=inner):
            return of(inner)
        case a.Tally(name) | a.Grouped(name) | a.Statistic(name) | a.Placing(name):
            return done[name]
        case _:
            assert_never(expr)


def holds(test: a.Test, values: Values, done: Done) -> bool:
    """Return whether a test holds."""
    match test:
        case a.Yes(measure):
            return values[measure] is True
        case a.Is(measure, level):
            return values[measure] == level
        case a.Entered(measure):
            return measure in values
        case a.Compare(left, how, right):
            return a.stands(number(left, values, done), how, number(right, values, done))
        case a.AllHold(tests):
            return all(holds(inner, values, done) for inner in tests)
        case a.AnyHolds(tests):
            return any(holds(inner, values, done) for inner in tests)
        case a.Not(inner):
            return not holds(inner, values, done)
        case _:
            assert_never(test)


def deciding(test: a.Test, values: Values, done: Done) -> a.Test:
    """Return a test with those of its parts that decide about it.

    Of alternatives that hold these are the ones that do, of conditions that must all hold, where some do not, those.
    """

    def kept(tests: tuple[a.Test, ...], *, deciders: bool) -> tuple[a.Test, ...]:
        alone = tuple(inner for inner in tests if holds(inner, values, done) is deciders)
        return tuple(deciding(inner, values, done) for inner in alone or tests)

    match test:
        case a.AllHold(tests):
            left = kept(tests, deciders=False)
            return left[0] if len(left) == 1 else a.AllHold(left)
        case a.AnyHolds(tests):
            left = kept(tests, deciders=True)
            return left[0] if len(left) == 1 else a.AnyHolds(left)
        case a.Not(inner):
            return a.Not(deciding(inner, values, done))
        case a.Compare(counted, "at_least", least) if tests := a.tests_counted(counted):
            return a.Compare(a.count_of(kept(tests, deciders=holds(test, values, done))), "at_least", least)
        case _:
            return test


def figure(value: Value) -> Fraction:
    """Return a value as a figure. Raises TypeError for others: readers give each measure its type."""
    if not isinstance(value, Fraction):
        raise TypeError(value)
    return value
