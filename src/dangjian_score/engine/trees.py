"""Making trees of the nodes, and asking trees what they hold."""

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from dangjian_score.engine.algebra import (
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Entered,
    Expr,
    Figure,
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
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)


def difference(left: Expr, right: Expr) -> Expr:
    """Left − right."""
    return Sum((left, Product(Const(Fraction(-1)), right)))


def held(value: Expr, floor: Fraction | None, ceiling: Fraction | None) -> Expr:
    """Keep the value between a floor and a ceiling, where there are any."""
    if ceiling is not None:
        value = Least(value, Const(ceiling))
    return value if floor is None else Most(value, Const(floor))


def parts(tree: Expr | Test) -> tuple["Expr | Test", ...]:
    """Give the nodes directly below one."""
    match tree:
        case Const() | Read() | Ref() | Yes() | Is() | Entered() | Tally():
            return ()
        case Sum(terms):
            return terms
        case Product(left, right) | Quotient(left, right) | Most(left, right) | Least(left, right):
            return (left, right)
        case Choice(test, then, otherwise):
            return (test, then, otherwise)
        case Whole(of) | Rounded(of) | Named(of=of) | Statistic(of=of) | Placing(of=of):
            return (of,)
        case Grouped(over=over, each=each):
            return (*over, each)
        case Compare(left, _, right):
            return (left, right)
        case AllHold(tests) | AnyHolds(tests):
            return tests
        case Not(test):
            return (test,)
        case _:
            assert_never(tree)


def walk(tree: Expr | Test) -> Iterator[Expr | Test]:
    """Visit a tree's nodes, each before the ones below it."""
    yield tree
    for part in parts(tree):
        yield from walk(part)


def both(*tests: Test | None) -> Test | None:
    """Join tests that are there; None where none is."""
    joined = tuple(test for test in tests if test is not None)
    return AllHold(joined) if len(joined) > 1 else joined[0] if joined else None


def figures(*trees: Expr | Test) -> tuple[Figure, ...]:
    """Name the figures of many that trees look up, inner ones first."""
    nodes = [node for tree in trees for node in walk(tree)]
    found = (node for node in reversed(nodes) if isinstance(node, Tally | Grouped | Statistic | Placing))
    return tuple(dict.fromkeys(found))


def reads(*trees: Expr | Test) -> tuple[str, ...]:
    """Name the measures that trees read, each once, in the order of the text."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.measure for node in nodes if isinstance(node, Read | Yes | Is)))
