"""The interface of phrases: the expression of a rule's amount, and its two sentences.

Every carrier evaluates or prints the same expression. The sentences are the line of points (what happened to a unit)
and the clause (what the regulation says); their words come from the writers that `words` implements.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from dangjian_score.core.algebra import Comparator, Expr, Test
from dangjian_score.core.facts import Value
from dangjian_score.rubric.fields import Quantity

Figures = Mapping[str, Expr]
"""The expressions of the numbers in a line, by name."""

Schedule = tuple[tuple[date, Quantity], ...]
"""What must have been reached by each day, in their order: the amount of the last day that has passed holds."""

Privacy = Literal["public", "private where it takes", "private"]
"""Whether the line is the reason of a sanction, which a public result does not show."""


class Member(Struct, frozen=True):
    """A member of a list of conditions: the test that it counts, and the condition to name in a sentence."""

    counts: Test
    named: Test


class Unmet(NamedTuple):
    """What is missing for more points of an award, and what would have earned them; empty where nothing is to say."""

    lacks: str = ""
    earns: str = ""


class LineWriter(Protocol):
    """Words for the line of one unit, with its figures."""

    @property
    def is_award(self) -> bool:
        """Whether the rule gives points."""

    def wanted(self, test: Test) -> str:
        """Return a condition as what is to be done (“按时换届”, “不再出现造假”, “参学率达到 90%”)."""

    def say(self, key: str, **args: str) -> str:
        """Return the sentence of a key with its arguments."""

    def name(self, expr: Expr) -> str:
        """Return the name of a figure."""

    def figure(self, expr: Expr) -> str:
        """Return the name and value of a figure."""

    def numbers(self, phrase: "Phrase") -> dict[str, str]:
        """Return the `figures` of a phrase and how often its price is due (`times`), as text."""

    def written(self, value: Fraction, phrase: "Phrase") -> str:
        """Return a number written as the figures of a phrase are: as a per cent beside per cents."""

    def after_words(self, text: str) -> str:
        """Return a text that follows words, set apart from them where it begins with a figure."""

    def required(self, value: Fraction, beside: Expr) -> str:
        """Return a number of the regulation that a figure is set against, with its counter (“4 次”, “90%”)."""

    def value(self, name: str) -> Fraction:
        """Return one of the `figures` of the phrase, or how often its price is due (`times`)."""
        ...

    def before_words(self, text: str) -> str:
        """Return a text that words follow, set apart from them where it ends in a figure."""

    def act(self, points: Fraction) -> str:
        """Return the verb of the line with points (“得 5 分”, “不扣分”)."""

    def reading(self, measure: str) -> Value | None:
        """Return the value of a measure in the evidence; None where it has none."""

    def guard(self) -> str:
        """Return the guard of the rule in words."""

    def guarded(self) -> str:
        """Return what is to be done for the guard: that it holds where it gives points, else that it does not."""

    def counted(self) -> str:
        """Return the list of members, groups or events that counted."""

    def lacked(self) -> str:
        """Return the members that a unit lacks, as what is to be there."""

    def periods(self, keys: tuple[str, ...]) -> str:
        """Return the words for doing something in each period among these keys (“按季度”); empty without any."""

    def registered(self, expr: Expr) -> str | None:
        """Return a register with its number of events and each of them with its price; None for other figures."""

    def uncounted(self) -> str:
        """Return the list of members that did not count, or of groups with less than a group can have."""

    def assessed(self) -> str:
        """Return what several assessors gave, and who is left out."""


class ClauseWriter(Protocol):
    """Words for the clause of a rule, with its verb, price and step."""

    @property
    def verb(self) -> str:
        """The rule's verb."""

    @property
    def every(self) -> Fraction | None:
        """The step; None where there is none."""

    def stepping(self, every: Fraction | None) -> "ClauseWriter":
        """Return a writer with another step."""

    def say(self, key: str, **args: str) -> str:
        """Return the sentence of a key with its arguments."""

    def name(self, expr: Expr) -> str:
        """Return the name of a figure."""

    def member(self, test: Test) -> str:
        """Return a condition worded as a member of a list."""

    def act(self, points: Fraction | None = None) -> str:
        """Return the verb with points, by default with the price of the rule."""

    def valued(self, expr: Expr) -> str | None:
        """Return the sentence of events that are worth what a column says; None where they have another price."""
        ...

    def entry(self, points: Fraction | None) -> str:
        """Return the verb with the points of an entry; None takes all points."""

    def step(self, beside: Expr) -> str:
        """Return the step with the unit of a figure."""

    def due(self, amount: Expr, schedule: Schedule, beside: Expr) -> str:
        """Return what a figure must come to (“有 4 次”, “达到 95%”): an amount, or the amounts of a schedule."""

    def against(self, amount: Expr, schedule: Schedule, beside: Expr) -> str:
        """Return what a figure is set against, to stand among words: an amount, or the amounts of a schedule."""

    def bound(self, how: Comparator, key: Fraction, beside: Expr) -> str:
        """Return the key of a table with its comparison (“达到 90% 的”)."""

    def places(self, first: int, last: int) -> str:
        """Return the places from `first` to `last` (“第 2–3 名”)."""

    def periods(self, keys: tuple[str, ...]) -> str:
        """Return the words for applying a rule to each group of these keys."""

    def kept(self, expr: Expr) -> str:
        """Return which events of a figure count, and their worth where it is not 1."""


class Phrase(Protocol):
    """What the amount of a rule depends on; a frozen value."""

    def __hash__(self) -> int:
        """Hash the value."""

    @property
    def expr(self) -> Expr:
        """How often the price is due; without a price, the points themselves."""

    @property
    def figures(self) -> Figures:
        """The numbers in its line."""

    @property
    def takes_all(self) -> Test | None:
        """The test that an entry takes all points (不得分); None where no entry does."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The conditions that are counted one by one."""

    @property
    def mentions(self) -> tuple[str, ...]:
        """The measures that its line tells where they are entered, though the amount does not rest on them."""

    @property
    def privacy(self) -> Privacy:
        """Whether its line is the reason of a sanction."""

    def line(self, writer: LineWriter) -> str:
        """Return the sentence of what the amount rests on for a unit."""

    def unmet(self, writer: LineWriter) -> Unmet:
        """Return what is missing for more points, and what would have earned them."""

    def demand(self, writer: LineWriter) -> str:
        """Return what a unit is to do from now on that lost points, or did not earn them; empty where it is no duty."""

    def clause(self, writer: ClauseWriter) -> str:
        """Return the sentence of the regulation."""


class PlainPhrase(Struct, frozen=True):
    """Default members: no numbers, no entry that takes all points, no list, nothing beside it; public."""

    @property
    def figures(self) -> Figures:
        """No numbers."""
        return {}

    @property
    def takes_all(self) -> Test | None:
        """None."""
        return None

    @property
    def members(self) -> tuple[Member, ...]:
        """No list."""
        return ()

    @property
    def mentions(self) -> tuple[str, ...]:
        """Nothing beside what it rests on."""
        return ()

    @property
    def privacy(self) -> Privacy:
        """Public."""
        return "public"

    def unmet(self, writer: LineWriter) -> Unmet:  # noqa: ARG002  what is missing is said by some kinds alone
        """Nothing beside its line."""
        return Unmet()

    def demand(self, writer: LineWriter) -> str:  # noqa: ARG002  votes and ranks are no duty
        """Nothing."""
        return ""
