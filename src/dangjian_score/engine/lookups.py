"""Phrases that look points up, or take them as they are given: `expr` are the points themselves."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from dangjian_score.core.facts import ballot
from dangjian_score.engine.algebra import (
    ZERO,
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Expr,
    Is,
    Least,
    Most,
    Not,
    Product,
    Quotient,
    Read,
    Sum,
    Tally,
    Test,
)
from dangjian_score.engine.counting import Figures
from dangjian_score.rubric.lookups import Combining, Sense


class TierEntry(Struct, frozen=True):
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
    def reached(self) -> Mapping[Fraction, Test]:
        """Give for every key the test that it is reached."""
        return {key: self._reaches(key) for key, _ in self.entries}

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
        nearer: tuple[Test, ...] = ()  # who does not reach the next one reaches none before it
        for key, entry in self.entries:
            if entry is None:
                within.append(AllHold((self._reaches(key), *nearer)))
            nearer = (Not(self._reaches(key)),)
        return AnyHolds(tuple(within)) if within else None

    @property
    def figures(self) -> Figures:
        """What is looked up."""
        return {"have": self.value}


class ShareOf(Struct, frozen=True):
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


class Judged(Struct, frozen=True):
    """酌情: the assessor's figure, from `least` to `most`."""

    measure: str
    least: Fraction
    most: Fraction
    combine: Combining | None = None

    @property
    def expr(self) -> Expr:
        """Read the assessor's figure."""
        return Read(self.measure, "score")

    @property
    def figures(self) -> Figures:
        """The figure and its range."""
        return {"have": self.expr, "least": Const(self.least), "most": Const(self.most)}


class Leveled(Struct, frozen=True):
    """警告扣 5, 撤职扣 10: the entry of the level; 无 costs nothing; an entry of None takes everything.

    Each row is a test, what it stands for, and its entry. `otherwise` is for levels the table does not list; None
    where there should be none.
    """

    measures: tuple[str, ...]
    entries: tuple[tuple[Test, Fraction | None], ...]
    otherwise: Fraction | None

    @property
    def none(self) -> Test:
        """Tell whether there is nothing to look up."""
        return AnyHolds(tuple(Is(measure, "无") for measure in self.measures))

    @property
    def listed(self) -> Test | None:
        """Tell whether the table has an answer; None where it always has."""
        tests = tuple(test for test, _ in self.entries)
        return AnyHolds((*tests, self.none)) if self.otherwise is None else None

    @property
    def expr(self) -> Expr:
        """Look the points up."""
        points: Expr = Choice(self.none, ZERO, Const(self.otherwise)) if self.otherwise else ZERO
        for test, entry in reversed(self.entries):
            points = Choice(test, Const(entry or Fraction(0)), points)
        return points

    @property
    def takes_all(self) -> Test | None:
        """Tell whether the level's entry takes everything; None where no entry does."""
        within = tuple(test for test, entry in self.entries if entry is None)
        return AnyHolds(within) if within else None

    @property
    def figures(self) -> Figures:
        """Give none: the level says it all."""
        return {}


class Priced(Struct, frozen=True):
    """每起按级别: the prices of a register's events, added up; `taking` counts those whose entry takes everything."""

    events: Tally
    levels: Leveled
    taking: Tally | None

    @property
    def expr(self) -> Expr:
        """Add the prices up."""
        return self.events

    @property
    def figures(self) -> Figures:
        """Give none: each event has its own."""
        return {}


class Ballot(Struct, frozen=True):
    """好、较好、一般、差票: the mean of the entries, weighted by the votes cast."""

    measure: str
    entries: tuple[tuple[str, Fraction], ...]

    def votes(self, level: str) -> Expr:
        """Read the votes of a level."""
        return Read(ballot(self.measure, level), "count")

    @property
    def cast(self) -> Expr:
        """Count all votes."""
        return Sum(tuple(self.votes(level) for level, _ in self.entries))

    @property
    def expr(self) -> Expr:
        """Σ entry × votes ÷ Σ votes."""
        weighted = tuple(Product(Const(entry), self.votes(level)) for level, entry in self.entries)
        return Quotient(Sum(weighted), self.cast)

    @property
    def figures(self) -> Figures:
        """How many voted."""
        return {"of": self.cast}
