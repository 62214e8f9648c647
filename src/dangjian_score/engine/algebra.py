"""The expression nodes that rules come down to. A carrier is one `match` over these and nothing else.

Numbers are exact rationals; tests are true or false. Nodes are values: equal trees are equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, assert_never

ReadingKind = Literal["count", "number", "percent", "score", "date"]
"""What a figure is taken for where it is read; `count` is the default, `number` where it meets a broken number."""

Comparator = Literal["at_least", "at_most", "above", "below", "equals"]


@dataclass(frozen=True, slots=True)
class Const:
    """A number of the regulation."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Read:
    """A measure's figure for the unit."""

    measure: str
    kind: ReadingKind


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of an earlier step of the program."""

    step: str


@dataclass(frozen=True, slots=True)
class Sum:
    """All terms added; nothing is 0."""

    terms: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Left × right."""

    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Quotient:
    """Part ÷ whole; evaluated only where the whole is above 0, which is checked of the evidence beforehand."""

    part: "Expr"
    whole: "Expr"


@dataclass(frozen=True, slots=True)
class Most:
    """The larger one."""

    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Least:
    """The smaller one."""

    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two; the other is not looked at."""

    test: "Test"
    then: "Expr"
    otherwise: "Expr"


@dataclass(frozen=True, slots=True)
class Whole:
    """The greatest whole number that is not above."""

    of: "Expr"


@dataclass(frozen=True, slots=True)
class Rounded:
    """To `places` decimals, half away from zero."""

    of: "Expr"
    places: int


Expr = Const | Read | Ref | Sum | Product | Quotient | Most | Least | Choice | Whole | Rounded


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes/no measure says yes."""

    measure: str


@dataclass(frozen=True, slots=True)
class Is:
    """A measure stands at this level."""

    measure: str
    level: str


@dataclass(frozen=True, slots=True)
class Compare:
    """Left stands so to right."""

    left: "Expr"
    how: Comparator
    right: "Expr"


@dataclass(frozen=True, slots=True)
class AllHold:
    """Every test holds."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class AnyHolds:
    """Some test holds; of none, none does."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The test does not hold."""

    test: "Test"


Test = Yes | Is | Compare | AllHold | AnyHolds | Not

ZERO = Const(Fraction(0))
ONE = Const(Fraction(1))


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
        case Const() | Read() | Ref() | Yes() | Is():
            return ()
        case Sum(terms):
            return terms
        case Product(left, right) | Quotient(left, right) | Most(left, right) | Least(left, right):
            return (left, right)
        case Choice(test, then, otherwise):
            return (test, then, otherwise)
        case Whole(of) | Rounded(of):
            return (of,)
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


def reads(*trees: Expr | Test) -> tuple[str, ...]:
    """Name the measures that trees read, each once, in the order of the text."""
    nodes = (node for tree in trees for node in walk(tree))
    return tuple(dict.fromkeys(node.measure for node in nodes if isinstance(node, Read | Yes | Is)))
