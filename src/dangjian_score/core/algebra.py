"""The expression nodes that rules come down to; making trees of them, and asking trees what they hold."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, Literal

from msgspec import Struct

from dangjian_score.core.points import Mode

ReadingKind = Literal["count", "number", "percent", "score", "date"]
"""What a figure is taken for where it is read; `count` is the default, `number` where it meets a broken number."""

Comparator = Literal["at_least", "at_most", "above", "below", "equals"]


class Const(Struct, frozen=True):
    """A number of the regulation."""

    value: Fraction


class Read(Struct, frozen=True):
    """A measure's figure for the unit."""

    measure: str
    kind: ReadingKind


class Ref(Struct, frozen=True):
    """The value of an earlier step of the program."""

    step: str


class Sum(Struct, frozen=True):
    """All terms added; nothing is 0."""

    terms: tuple["Expr", ...]


class Product(Struct, frozen=True):
    """Left × right."""

    left: "Expr"
    right: "Expr"


class Quotient(Struct, frozen=True):
    """Tree ÷ whole; evaluated only where the whole is above 0, which is checked of the evidence beforehand."""

    part: "Expr"
    whole: "Expr"


class Most(Struct, frozen=True):
    """The larger one."""

    left: "Expr"
    right: "Expr"


class Least(Struct, frozen=True):
    """The smaller one."""

    left: "Expr"
    right: "Expr"


class Choice(Struct, frozen=True):
    """One of two; the other is not looked at."""

    test: "Test"
    then: "Expr"
    otherwise: "Expr"


class Whole(Struct, frozen=True):
    """The greatest whole number that is not above."""

    of: "Expr"


class Rounded(Struct, frozen=True):
    """To `places` decimals."""

    of: "Expr"
    places: int
    mode: Mode = "half_up"


class Named(Struct, frozen=True):
    """A figure that people know by a name: a measure worked out from others, the events of a register."""

    name: str
    kind: ReadingKind
    of: "Expr"


# Figures of many: worked out of events, or of all units, before a unit is scored. Carriers look them up by `name`.


class Tally(Struct, frozen=True):
    """Events of registers: what those that are kept are worth, added up; `where`, `worth`, `listed` read columns.

    Of the events with one value in the column `highest_per` only the dearest is kept. `listed` must hold of each
    event that `where` lets pass, or the table does not know its level.
    """

    name: str
    registers: tuple[str, ...]
    where: "Test | None"
    worth: "Expr"
    highest_per: str | None = None
    listed: "Test | None" = None


class Grouped(Struct, frozen=True):
    """`each` evaluated for every group that the events `over` fall into, held to `cap`, added up.

    `keys` are columns or periods. Where `shortfall`, periods that are not due are left out though they hold events.
    """

    name: str
    keys: tuple[str, ...]
    over: tuple[Tally, ...]
    each: "Expr"
    cap: Fraction | None
    shortfall: bool


class Statistic(Struct, frozen=True):
    """What a measure comes to over all units that are compared; `of` is the figure, `measure` what people call it."""

    name: str
    which: Literal["mean", "median", "best"]
    of: "Expr"
    measure: str
    kind: ReadingKind


class Placing(Struct, frozen=True):
    """The unit's place by a figure among all units that are compared; equal figures share the better place."""

    name: str
    of: "Expr"
    lowest_first: bool


Figure = Tally | Grouped | Statistic | Placing
Expr = Const | Read | Ref | Sum | Product | Quotient | Most | Least | Choice | Whole | Rounded | Named | Figure


class Yes(Struct, frozen=True):
    """A yes/no measure says yes."""

    measure: str


class Is(Struct, frozen=True):
    """A measure stands at this level."""

    measure: str
    level: str


class Entered(Struct, frozen=True):
    """The measure (or column) has a value: it is neither blank nor 不适用."""

    measure: str


class Compare(Struct, frozen=True):
    """Left stands so to right."""

    left: "Expr"
    how: Comparator
    right: "Expr"


class AllHold(Struct, frozen=True):
    """Every test holds."""

    tests: tuple["Test", ...]


class AnyHolds(Struct, frozen=True):
    """Some test holds; of none, none does."""

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
    """Left − right."""
    return Sum((left, Product(Const(Fraction(-1)), right)))


def held(value: Expr, floor: Fraction | None, ceiling: Fraction | None) -> Expr:
    """Keep the value between a floor and a ceiling, where there are any."""
    if ceiling is not None:
        value = Least(value, Const(ceiling))
    return value if floor is None else Most(value, Const(floor))


def to_places(value: Expr, places: int | None, mode: Mode) -> Expr:
    """Round to a number of decimals, where the regulation says one."""
    return value if places is None else Rounded(value, places, mode)


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
"""What lies below a node, by its class: asked so often that a `match` would be felt."""


def children(tree: Tree) -> tuple[Tree, ...]:
    """Give the nodes directly below one."""
    return _CHILDREN[type(tree)](tree)


def walk(tree: Tree) -> Iterator[Tree]:
    """Visit a tree's nodes, each before the ones below it."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))


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
            return tuple(inner for part in tests for inner in joined(part))
        case _:
            return (test,)


def figures(*trees: Tree) -> tuple[Figure, ...]:
    """Name the figures of many that trees look up, inner ones first."""
    nodes = [node for tree in trees for node in walk(tree)]
    found = (node for node in reversed(nodes) if isinstance(node, Tally | Grouped | Statistic | Placing))
    return tuple(dict.fromkeys(found))


def reads(*trees: Tree) -> tuple[str, ...]:
    """Name the measures that trees read, each once, in the order of the text."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.measure for node in nodes if isinstance(node, Read | Yes | Is)))


def refs(*trees: Tree) -> tuple[str, ...]:
    """Name the steps that trees refer to, each once."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.step for node in nodes if isinstance(node, Ref)))
