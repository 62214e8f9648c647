"""Phrases that count: `expr` is how often a rule's price is due, `figures` the numbers that a sentence needs."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.algebra import (
    ONE,
    ZERO,
    AllHold,
    Choice,
    Const,
    Entered,
    Expr,
    Most,
    Not,
    Sum,
    Test,
    difference,
    reads,
)

Figures = Mapping[str, Expr]


class Once(Struct, frozen=True):
    """A flat rule: once."""

    @property
    def expr(self) -> Expr:
        """One time."""
        return ONE

    @property
    def figures(self) -> Figures:
        """Give no figures: the guard says it all."""
        return {}


class Times(Struct, frozen=True):
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


class Missing(Struct, frozen=True):
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


class Over(Struct, frozen=True):
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


class _Members(Struct, frozen=True):
    """A list of conditions; where members may be 不适用 (`optional`), such a one drops out."""

    tests: tuple[Test, ...]
    optional: bool = False

    def _counts(self, test: Test, member: Test) -> Test:
        entered = tuple(Entered(measure) for measure in reads(member)) if self.optional else ()
        return AllHold((*entered, test)) if entered else test

    @property
    def counted(self) -> tuple[Test, ...]:
        """Give the tests that cost or earn where they hold, one a member."""
        return tuple(self._counts(test, test) for test in self.tests)

    @property
    def expr(self) -> Expr:
        """Count those that do."""
        return Sum(tuple(Choice(test, ONE, ZERO) for test in self.counted))

    @property
    def figures(self) -> Figures:
        """How many are looked at."""
        return {"of": Const(Fraction(len(self.tests)))}


class Holding(_Members, frozen=True):
    """有一项: for each condition that holds."""


class Lacking(_Members, frozen=True):
    """缺一项: for each condition that does not hold."""

    @property
    def counted(self) -> tuple[Test, ...]:
        """Give the tests that cost or earn where they hold, one a member."""
        return tuple(self._counts(Not(test), test) for test in self.tests)


Counting = Times | Missing | Over | Holding | Lacking
