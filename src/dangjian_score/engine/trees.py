"""Making trees of the nodes, and asking trees what they hold."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

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
from dangjian_score.rubric.model import Rounding


def difference(left: Expr, right: Expr) -> Expr:
    """Left − right."""
    return Sum((left, Product(Const(Fraction(-1)), right)))


def held(value: Expr, floor: Fraction | None, ceiling: Fraction | None) -> Expr:
    """Keep the value between a floor and a ceiling, where there are any."""
    if ceiling is not None:
        value = Least(value, Const(ceiling))
    return value if floor is None else Most(value, Const(floor))


def to_places(value: Expr, places: int | None, rounding: Rounding) -> Expr:
    """Round to a number of decimals, where the regulation says one."""
    return value if places is None else Rounded(value, places, rounding.mode)


Part = Expr | Test

_PARTS: Final[Mapping[type, Callable[[Any], tuple[Part, ...]]]] = {
    **dict.fromkeys((Const, Read, Ref, Yes, Is, Entered, Tally), lambda _: ()),
    **dict.fromkeys((Product, Most, Least, Compare), lambda tree: (tree.left, tree.right)),
    **dict.fromkeys((Whole, Rounded, Named, Statistic, Placing), lambda tree: (tree.of,)),
    **dict.fromkeys((AllHold, AnyHolds), lambda tree: tree.tests),
    Sum: lambda tree: tree.terms,
    Quotient: lambda tree: (tree.part, tree.whole),
    Choice: lambda tree: (tree.test, tree.then, tree.otherwise),
    Grouped: lambda tree: (*tree.over, tree.each),
    Not: lambda tree: (tree.test,),
}
"""What lies below a node, by its class: asked so often that a `match` would be felt."""


def parts(tree: Part) -> tuple[Part, ...]:
    """Give the nodes directly below one."""
    return _PARTS[type(tree)](tree)


def walk(tree: Expr | Test) -> Iterator[Expr | Test]:
    """Visit a tree's nodes, each before the ones below it."""
    todo = [tree]
    while todo:
        one = todo.pop()
        yield one
        todo.extend(reversed(parts(one)))


def both(*tests: Test | None) -> Test | None:
    """Join tests that are there; None where none is."""
    joined = tuple(test for test in tests if test is not None)
    return AllHold(joined) if len(joined) > 1 else joined[0] if joined else None


def joined(test: Test | None) -> tuple[Test, ...]:
    """Give the tests of which each must hold for one to hold."""
    match test:
        case None:
            return ()
        case AllHold(tests):
            return tuple(inner for one in tests for inner in joined(one))
        case _:
            return (test,)


def figures(*trees: Expr | Test) -> tuple[Figure, ...]:
    """Name the figures of many that trees look up, inner ones first."""
    nodes = [node for tree in trees for node in walk(tree)]
    found = (node for node in reversed(nodes) if isinstance(node, Tally | Grouped | Statistic | Placing))
    return tuple(dict.fromkeys(found))


def reads(*trees: Expr | Test) -> tuple[str, ...]:
    """Name the measures that trees read, each once, in the order of the text."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.measure for node in nodes if isinstance(node, Read | Yes | Is)))


def refs(*trees: Expr | Test) -> tuple[str, ...]:
    """Name the steps that trees refer to, each once."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.step for node in nodes if isinstance(node, Ref)))
