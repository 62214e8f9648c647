"""What a rule comes to: a phrase states in small nodes what the regulation says, once for every carrier.

A phrase also makes its two sentences, with words that the `words` room hands in: of a line of points (what happened to
a unit) and of a clause (what the regulation says).
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, Protocol

from msgspec import Struct

from dangjian_score.core.algebra import Comparator, Expr, Test
from dangjian_score.core.facts import Value

Figures = Mapping[str, Expr]
"""The numbers that a sentence about one unit needs, by name."""

Privacy = Literal["public", "private where it takes", "private"]
"""Whether what happened is itself the reason of a sanction, which a public result does not say."""


class Member(Struct, frozen=True):
    """A member of a list of conditions: the test that it counts, and the condition that a sentence names."""

    counts: Test
    named: Test


class LineWriter(Protocol):
    """Words for what happened to one unit; it knows the unit's figures."""

    def say(self, key: str, **args: str) -> str:
        """Fill the sentence of a key."""

    def name(self, expr: Expr) -> str:
        """Name a figure."""

    def figure(self, expr: Expr) -> str:
        """Name a figure and say what it comes to."""

    def numbers(self, phrase: "Phrase") -> dict[str, str]:
        """Write the `figures` of a phrase, and how often its price is due (`times`)."""

    def written(self, value: Fraction, phrase: "Phrase") -> str:
        """Write a number as the figures of a phrase are written: per cents as such."""

    def reading(self, measure: str) -> Value:
        """Give what stands in the evidence for a measure."""

    def guard(self) -> str:
        """Say the rule's guard."""

    def events(self) -> str:
        """List the events that counted."""

    def counted(self) -> str:
        """List the members, groups or events that counted."""

    def assessed(self, combine: str | None) -> str:
        """List the figures of several assessors, and who is left out."""


class ClauseWriter(Protocol):
    """Words for what a rule says, without a unit; it knows the rule's verb and price, and the step it counts in."""

    @property
    def verb(self) -> str:
        """The rule's verb."""

    @property
    def every(self) -> Fraction | None:
        """The step that is counted in; None where each one counts."""

    def stepping(self, every: Fraction | None) -> "ClauseWriter":
        """Give the same words for another step."""

    def say(self, key: str, **args: str) -> str:
        """Fill the sentence of a key."""

    def name(self, expr: Expr) -> str:
        """Name a figure."""

    def member(self, test: Test) -> str:
        """Say a condition as a member of a list."""

    def act(self, points: Fraction | None = None) -> str:
        """Say the verb with points; without any, with the rule's price."""

    def entry(self, points: Fraction | None) -> str:
        """Say the verb with the points of a table's entry; None takes everything."""

    def step(self, beside: Expr) -> str:
        """Write the step with what it counts."""

    def due(self, number: Fraction, beside: Expr) -> str:
        """Write a number that is due of a figure."""

    def bound(self, how: Comparator, key: Fraction, beside: Expr) -> str:
        """Write the key of a table that is read at a figure (“≥ 90%”)."""

    def periods(self, keys: tuple[str, ...]) -> str:
        """Say that a rule is applied for each group of these keys."""

    def kept(self, expr: Expr) -> str:
        """Say which events of a figure count, and what each is worth where that is not just one."""


class Phrase(Protocol):
    """What a rule's amount depends on; a frozen value."""

    def __hash__(self) -> int:
        """Hash the value."""

    @property
    def expr(self) -> Expr:
        """How often the rule's price is due; of a rule without a price for each, the points themselves."""

    @property
    def figures(self) -> Figures:
        """The numbers that its line needs."""

    @property
    def takes_all(self) -> Test | None:
        """The test that an entry takes everything (不得分); None where no entry does."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The conditions that are counted one by one, where there is a list of them."""

    @property
    def privacy(self) -> Privacy:
        """Whether its line is the reason of a sanction."""

    def line(self, writer: LineWriter) -> str:
        """Say what the amount rested on for a unit."""

    def clause(self, writer: ClauseWriter) -> str:
        """Say what the regulation says."""


class PlainPhrase(Struct, frozen=True):
    """Base of phrases without a list, without a table that can take everything, and with nothing private."""

    @property
    def figures(self) -> Figures:
        """Give no numbers: the sentence needs none."""
        return {}

    @property
    def takes_all(self) -> Test | None:
        """Nothing takes everything."""
        return None

    @property
    def members(self) -> tuple[Member, ...]:
        """There is no list."""
        return ()

    @property
    def privacy(self) -> Privacy:
        """Everybody may read it."""
        return "public"
