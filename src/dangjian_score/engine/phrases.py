"""What regulations say, each with its meaning in small nodes, stated once.

A phrase is what a rule's amount depends on. `expr` is how often the price counts or, for the phrases that look points
up (`Tiers`, `Share`, `Judged`), the points themselves. `figures` are the numbers that a sentence about one unit needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, assert_never

from dangjian_score.engine.algebra import (
    ONE,
    ZERO,
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Expr,
    Least,
    Most,
    Not,
    Product,
    Quotient,
    Read,
    Sum,
    Test,
    Whole,
    difference,
)

Figures = Mapping[str, Expr]


@dataclass(frozen=True, slots=True)
class Once:
    """A flat rule: once."""

    @property
    def expr(self) -> Expr:
        """One time."""
        return ONE

    @property
    def figures(self) -> Figures:
        """Give no figures: the guard says it all."""
        return {}


@dataclass(frozen=True, slots=True)
class Times:
    """每次, 每项: as many times as there are; fewer than none count as none."""

    have: Expr

    @property
    def expr(self) -> Expr:
        """Max(0, N)."""
        return Most(ZERO, self.have)

    @property
    def figures(self) -> Figures:
        """What there is."""
        return {"have": self.have}


@dataclass(frozen=True, slots=True)
class Missing:
    """应有 M, 每少 1."""

    of: Expr
    have: Expr

    @property
    def expr(self) -> Expr:
        """Max(0, M − N)."""
        return Most(ZERO, difference(self.of, self.have))

    @property
    def figures(self) -> Figures:
        """What is due, what there is, what is missing."""
        return {"of": self.of, "have": self.have, "gap": self.expr}


@dataclass(frozen=True, slots=True)
class Over:
    """超过 M 的每 1."""

    of: Expr
    have: Expr

    @property
    def expr(self) -> Expr:
        """Max(0, N − M)."""
        return Most(ZERO, difference(self.have, self.of))

    @property
    def figures(self) -> Figures:
        """What is allowed, what there is, what is too much."""
        return {"of": self.of, "have": self.have, "gap": self.expr}


def _count(tests: tuple[Test, ...]) -> Expr:
    return Sum(tuple(Choice(test, ONE, ZERO) for test in tests))


@dataclass(frozen=True, slots=True)
class Holding:
    """有一项: for each condition that holds."""

    tests: tuple[Test, ...]

    @property
    def counted(self) -> tuple[Test, ...]:
        """Give the tests that cost or earn where they hold."""
        return self.tests

    @property
    def expr(self) -> Expr:
        """Count those that hold."""
        return _count(self.counted)

    @property
    def figures(self) -> Figures:
        """How many are looked at."""
        return {"of": Const(Fraction(len(self.tests)))}


@dataclass(frozen=True, slots=True)
class Lacking:
    """缺一项: for each condition that does not hold."""

    tests: tuple[Test, ...]

    @property
    def counted(self) -> tuple[Test, ...]:
        """Give the tests that cost or earn where they hold."""
        return tuple(Not(test) for test in self.tests)

    @property
    def expr(self) -> Expr:
        """Count those that do not hold."""
        return _count(self.counted)

    @property
    def figures(self) -> Figures:
        """How many are looked at."""
        return {"of": Const(Fraction(len(self.tests)))}


Counting = Times | Missing | Over | Holding | Lacking


@dataclass(frozen=True, slots=True)
class Steps:
    """每满 k: whole steps of k; `started` counts one begun, `prorata` parts of one."""

    of: Counting
    every: Fraction
    mode: Literal["whole", "started", "prorata"]

    @property
    def expr(self) -> Expr:
        """⌊N ÷ k⌋, −⌊−N ÷ k⌋ or N ÷ k."""
        share = Product(Const(1 / self.every), self.of.expr)
        match self.mode:
            case "prorata":
                return share
            case "whole":
                return Whole(share)
            case "started":
                minus = Const(Fraction(-1))
                return Product(minus, Whole(Product(minus, share)))
            case _:
                assert_never(self.mode)

    @property
    def figures(self) -> Figures:
        """As what is counted, and the step."""
        return {**self.of.figures, "every": Const(self.every)}


Sense = Literal["at_least", "above", "at_most", "below"]


@dataclass(frozen=True, slots=True)
class Tiers:
    """90% 以上 20 分, 80% 以上 15 分: the entry of the nearest key that the figure reaches, or stays within.

    `entries` come nearest key first; an entry of None takes everything (不得分).
    """

    value: Expr
    sense: Sense
    entries: tuple[tuple[Fraction, Fraction | None], ...]
    otherwise: Fraction

    def _reaches(self, key: Fraction) -> Test:
        return Compare(self.value, self.sense, Const(key))

    @property
    def expr(self) -> Expr:
        """Look the points up; where everything is taken, nothing is counted here."""
        points: Expr = Const(self.otherwise)
        for key, entry in reversed(self.entries):
            points = Choice(self._reaches(key), Const(entry or Fraction(0)), points)
        return points

    @property
    def takes_all(self) -> Test | None:
        """Tell whether the figure lies in an entry that takes everything; None where no entry does."""
        within: list[Test] = []
        nearer: list[Test] = []
        for key, entry in self.entries:
            if entry is None:
                within.append(AllHold((self._reaches(key), *(Not(test) for test in nearer))))
            nearer.append(self._reaches(key))
        return AnyHolds(tuple(within)) if within else None

    @property
    def figures(self) -> Figures:
        """What is looked up."""
        return {"have": self.value}


@dataclass(frozen=True, slots=True)
class Share:
    """按比例得分: amount × N ÷ M, from 0 to the amount; `beyond` lifts the upper end."""

    amount: Fraction
    part: Expr
    whole: Expr
    beyond: bool

    @property
    def expr(self) -> Expr:
        """Cap the part by the whole, which is exact, instead of the quotient."""
        part = Most(ZERO, self.part)
        return Quotient(Product(Const(self.amount), part if self.beyond else Least(part, self.whole)), self.whole)

    @property
    def figures(self) -> Figures:
        """Part and whole."""
        return {"have": self.part, "of": self.whole}


@dataclass(frozen=True, slots=True)
class Judged:
    """酌情: the assessor's figure, from `least` to `most`."""

    measure: str
    least: Fraction
    most: Fraction

    @property
    def expr(self) -> Expr:
        """Read the assessor's figure."""
        return Read(self.measure, "score")

    @property
    def figures(self) -> Figures:
        """The figure and its range."""
        return {"have": self.expr, "least": Const(self.least), "most": Const(self.most)}


Phrase = Once | Counting | Steps | Tiers | Share | Judged
