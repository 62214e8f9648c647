"""Nodes of expressions and tests, functions that build trees of them, and functions that search trees."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, Literal, assert_never

from msgspec import Struct

from dangjian_score.core.points import Mode

ReadingKind = Literal["count", "number", "percent", "score", "grades", "date"]
"""The kind as which a figure is read: `count` by default, `number` beside a number that is not whole.

A `score` is the figure of assessors; `grades` are the points of the levels that they give.
"""

Comparator = Literal["at_least", "at_most", "above", "below", "equals"]


class Const(Struct, frozen=True):
    """A number of the regulation."""

    value: Fraction


class Read(Struct, frozen=True, repr_omit_defaults=True):
    """A measure's figure for the unit; `counter` is the word that it counts in (次, 篇)."""

    measure: str
    kind: ReadingKind
    counter: str = ""


class Ref(Struct, frozen=True):
    """The value of an earlier step of the program."""

    step: str


class Sum(Struct, frozen=True):
    """The sum of the terms; 0 without terms."""

    terms: tuple["Expr", ...]


class Product(Struct, frozen=True):
    """The product left × right."""

    left: "Expr"
    right: "Expr"


class Quotient(Struct, frozen=True):
    """Return part ÷ whole; only evaluated where the whole is above 0, which checks of the evidence ensure."""

    part: "Expr"
    whole: "Expr"


class Most(Struct, frozen=True):
    """The larger of two values."""

    left: "Expr"
    right: "Expr"


class Least(Struct, frozen=True):
    """The smaller of two values."""

    left: "Expr"
    right: "Expr"


class Choice(Struct, frozen=True):
    """`then` where the test holds, else `otherwise`; the other branch is not evaluated."""

    test: "Test"
    then: "Expr"
    otherwise: "Expr"


class Whole(Struct, frozen=True):
    """The value rounded down to a whole number."""

    of: "Expr"


class Rounded(Struct, frozen=True):
    """The value rounded to `places` decimals."""

    of: "Expr"
    places: int
    mode: Mode = "half_up"


class Named(Struct, frozen=True, repr_omit_defaults=True):
    """A figure with a name for people: a measure that is worked out, the events of a register; and its `counter`."""

    name: str
    kind: ReadingKind
    of: "Expr"
    counter: str = ""


# Figures of many: worked out from events, or from all units, before units are scored; carriers look them up by name.


class Tally(Struct, frozen=True):
    """The sum of `worth` over events of registers for which `where` holds; the trees read columns of the events.

    Of the events with the same values in the columns `highest_per` only that of the highest worth counts. `listed`
    must hold for every event that `where` lets pass; else the table has no entry for its level, or its figure is out of
    range.
    """

    name: str
    registers: tuple[str, ...]
    where: "Test | None"
    worth: "Expr"
    highest_per: tuple[str, ...] = ()
    listed: "Test | None" = None


class Grouped(Struct, frozen=True):
    """The sum of `each` over the groups of the events `over`, each group at most `cap`.

    `keys` are columns or periods. With `shortfall`, only periods that are due are groups, whatever events there are.
    """

    name: str
    keys: tuple[str, ...]
    over: tuple[Tally, ...]
    each: "Expr"
    cap: Fraction | None
    shortfall: bool


class Statistic(Struct, frozen=True):
    """A statistic of the figure `of` over all units that are compared; `measure` is its name for people."""

    name: str
    which: Literal["mean", "median", "best"]
    of: "Expr"
    measure: str
    kind: ReadingKind


class Placing(Struct, frozen=True):
    """The place of the unit by a figure among all units that are compared; equal figures share the better place.

    With `within`, an attribute, units are compared with those of the same value.
    """

    name: str
    of: "Expr"
    lowest_first: bool
    within: str | None = None


Figure = Tally | Grouped | Statistic | Placing
Expr = Const | Read | Ref | Sum | Product | Quotient | Most | Least | Choice | Whole | Rounded | Named | Figure


class Yes(Struct, frozen=True):
    """The value of a yes/no measure is yes."""

    measure: str


class Is(Struct, frozen=True):
    """The value of a measure is this level."""

    measure: str
    level: str


class Entered(Struct, frozen=True):
    """The measure (or column) has a value; it is neither blank nor 不适用."""

    measure: str


class Compare(Struct, frozen=True):
    """The comparison of left with right holds."""

    left: "Expr"
    how: Comparator
    right: "Expr"


class AllHold(Struct, frozen=True):
    """Every test holds."""

    tests: tuple["Test", ...]


class AnyHolds(Struct, frozen=True):
    """At least one test holds; false without tests."""

    tests: tuple["Test", ...]


class Not(Struct, frozen=True):
    """The test does not hold."""

    test: "Test"


Test = Yes | Is | Entered | Compare | AllHold | AnyHolds | Not

ZERO = Const(Fraction(0))
ONE = Const(Fraction(1))


class Step(Struct, frozen=True):
    """A named value of a program."""

    name: str
    expr: Expr


def difference(left: Expr, right: Expr) -> Expr:
    """Return left − right."""
    return Sum((left, Product(Const(Fraction(-1)), right)))


def held(value: Expr, floor: Fraction | None, ceiling: Fraction | None) -> Expr:
    """Return the value limited to a floor and a ceiling, where they are given."""
    if ceiling is not None:
        value = Least(value, Const(ceiling))
    return value if floor is None else Most(value, Const(floor))


def to_places(value: Expr, places: int | None, mode: Mode) -> Expr:
    """Return the value rounded to a number of decimals, where one is given."""
    return value if places is None else Rounded(value, places, mode)


def among_largest(values: Sequence[Expr], most: int, there: Sequence[tuple["Test", ...]]) -> Iterator["Test"]:
    """Visit for each value the test that it is one of the `most` largest; of equal values the first are.

    `there` are tests by value that it takes part at all.
    """
    for at, value in enumerate(values):
        ahead = (
            AllHold((*there[before], Compare(other, "at_least" if before < at else "above", value)))
            for before, other in enumerate(values)
            if before != at
        )
        yield AllHold((*there[at], Compare(count_of([*ahead]), "below", Const(Fraction(most)))))


Tree = Expr | Test

_CHILDREN: Final[Mapping[type, Callable[[Any], tuple[Tree, ...]]]] = {
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
"""The children of a node by its class; a table, since a `match` would slow down every walk."""


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return the nodes directly below a node."""
    return _CHILDREN[type(tree)](tree)


def walk(tree: Tree) -> Iterator[Tree]:
    """Visit the nodes of a tree, each before the nodes below it."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))


def both(*tests: Test | None) -> Test | None:
    """Return the test that all given tests hold; None without tests."""
    joined = tuple(test for test in tests if test is not None)
    return AllHold(joined) if len(joined) > 1 else joined[0] if joined else None


def levels_of(tests: Sequence[Test]) -> tuple[str, tuple[str, ...]] | None:
    """Return the measure and levels of alternatives that are all levels of one measure; None for others."""
    levels = [test for test in tests if isinstance(test, Is)]
    measures = {test.measure for test in levels}
    if len(measures) != 1 or len(levels) < len(tests):
        return None
    return measures.pop(), tuple(test.level for test in levels)


def stands(left: Fraction, how: Comparator, right: Fraction) -> bool:
    """Return whether a comparison of two numbers holds."""
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


def tests_counted(expr: Expr) -> tuple[Test, ...]:
    """Return the tests of which a sum counts those that hold; none for other expressions."""
    terms = expr.terms if isinstance(expr, Sum) else ()
    choices = [term for term in terms if isinstance(term, Choice) and (term.then, term.otherwise) == (ONE, ZERO)]
    return tuple(choice.test for choice in choices) if len(choices) == len(terms) else ()


def count_of(tests: Sequence[Test]) -> Expr:
    """Return how many of the tests hold."""
    return Sum(tuple(Choice(test, ONE, ZERO) for test in tests))


def compared(test: Test) -> Test:
    """Replace a negated comparison by the opposite comparison; return any other test as it is."""
    match test:
        case Not(Compare(left, how, right)) if how in OPPOSITES:
            return Compare(left, OPPOSITES[how], right)
        case _:
            return test


OPPOSITES: Final[Mapping[Comparator, Comparator]] = {
    "at_least": "below",
    "below": "at_least",
    "at_most": "above",
    "above": "at_most",
}
"""The comparison that holds where another does not; two of them make up for one that is not equal."""


def joined(test: Test | None) -> tuple[Test, ...]:
    """Return the tests that must all hold for a test to hold."""
    match test:
        case None:
            return ()
        case AllHold(tests):
            return tuple(inner for part in tests for inner in joined(part))
        case _:
            return (test,)


def figures(*trees: Tree) -> tuple[Figure, ...]:
    """Return the figures of many in trees, inner figures first."""
    nodes = [node for tree in trees for node in walk(tree)]
    found = (node for node in reversed(nodes) if isinstance(node, Tally | Grouped | Statistic | Placing))
    return tuple(dict.fromkeys(found))


def reads(*trees: Tree) -> tuple[str, ...]:
    """Return the measures that trees read, each once, in the order of the text."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.measure for node in nodes if isinstance(node, Read | Yes | Is)))


def refs(*trees: Tree) -> tuple[str, ...]:
    """Return the steps that trees refer to, each once."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.step for node in nodes if isinstance(node, Ref)))
