"""Base classes of the kinds of rules: verb, guards, cap, groups, steps, events of registers."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal, TypeVar

from msgspec import Struct
from pydantic import Discriminator, Field, Tag, model_validator

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import Condition, Only, Target, Term
from dangjian_score.rubric.fields import (
    FROZEN,
    TAG,
    Amount,
    AnyQuantity,
    Day,
    Flag,
    Model,
    Multiplier,
    Prose,
    Text,
    Texts,
    problem,
)
from dangjian_score.rubric.kinds.phrase import Phrase, Schedule
from dangjian_score.rubric.lexicon import COLUMNS, QUANTITY, Lexicon, condition
from dangjian_score.rubric.standing import ClauseSource

Verb = Literal["deduct", "award", "forfeit"]
VERBS: Final[tuple[Verb, ...]] = ("deduct", "award", "forfeit")

EVENT_KEYS: Final = ("where", "highest_per", "plus", "times", "divided_by", "for_each", "cap_each")
"""Keys that only rules on registers have."""

T = TypeVar("T")


def either(deduct: T | None, award: T | None) -> T:
    """Return the amount or table behind the verb of a rule; exactly one of the two is given."""
    given = award if deduct is None else deduct
    assert given is not None  # noqa: S101  rules without a verb are refused before
    return given


class Terms(Struct, frozen=True):
    """The names and numbers of a rule's basis.

    `counted` is what the rule counts, prices or looks up, which may be registers; `against` what that is compared
    with. `single` are pairs of a key and a name that must be one value of the unit, not a register.
    """

    counted: tuple[Term, ...] = ()
    against: tuple[Term, ...] = ()
    single: tuple[tuple[str, str], ...] = ()


class RuleSetting(Struct, frozen=True):
    """Where a rule stands: its name, the lexicon of its node, and whether 不适用 may be entered (`optional`).

    `through` is the last day that is scored; None for the whole period.
    """

    name: str
    lexicon: Lexicon
    optional: bool
    through: date | None = None


class RuleBase(Model):
    """The keys of every rule: guards, a cap, a remark, and a title and clause of its own."""

    SOME: ClassVar[fields.Some] = (VERBS,)
    BASES: ClassVar[tuple[str, ...]] = ()
    """The keys of which each marks a rule of this kind; empty for kinds without a basis of their own."""

    title: Text | None = None
    if_: Condition | None = Field(None, alias="if")
    unless: Condition | None = None
    only: Only | None = None
    up_to: Amount | None = None
    due: Day | None = None
    note: Prose | None = None
    assumed: Flag = False
    source: ClauseSource | None = None

    @property
    def clause(self) -> str | None:
        """The clause of the regulation that the rule alone is from."""
        return self.source.cited if self.source else None

    @property
    def verb(self) -> Verb:
        """The verb of the rule: 扣, 得, 不得分."""
        return next(verb for verb in VERBS if verb in self.model_fields_set)

    @property
    def asks_for_events(self) -> bool:
        """Whether the rule has a key that only rules on registers have."""
        return not self.model_fields_set.isdisjoint(EVENT_KEYS)

    @property
    def happens(self) -> bool:
        """Whether what it deducts for has happened when it is entered, and no later work can make it good."""
        return False

    @property
    @abstractmethod
    def terms(self) -> Terms:
        """The names and numbers of its basis."""

    @abstractmethod
    def phrase(self, setting: RuleSetting) -> Phrase:
        """Return the phrase that its amount depends on, without groups and steps."""

    def unit_price(self, lexicon: Lexicon) -> Fraction | None:  # noqa: ARG002  `Per` looks its terms up
        """Return the points for each time that the phrase counts; None where the phrase is the points themselves."""
        return None


class Grouping(RuleBase):
    """`for_each`: the rule applied to every period, or to every value of a column, and added up."""

    NEEDS: ClassVar[fields.Needs] = {"cap_each": ("for_each",)}
    COUNTS_SHORTFALL: ClassVar[bool] = False
    """Whether the rule counts what is missing: then only periods that are due are looked at."""

    for_each: Texts | None = None
    cap_each: Amount | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Grouping":
        self.check_needs()
        return self


class Counted(Grouping):
    """A rule that counts; `every: k` counts steps of k, `steps` says how a step that is not full counts."""

    NEEDS: ClassVar[fields.Needs] = {**Grouping.NEEDS, "steps": ("every",)}

    deduct: Amount | None = None
    award: Amount | None = None
    every: AnyQuantity | None = None
    steps: Literal["whole", "started", "prorata"] | None = None

    @model_validator(mode="after")
    def _steps_forward(self) -> "Counted":
        if self.every is not None and self.every.value <= 0:
            raise problem(Code.UNREADABLE_VALUE, found=str(self.every.value), expected="positive", at="every")
        return self

    @property
    def price(self) -> Fraction:
        """Points for each time."""
        return either(self.deduct, self.award)

    @property
    def step(self) -> tuple[Term, ...]:
        """`every` as a tuple of terms; empty where it is not given."""
        return () if self.every is None else (self.every,)

    def unit_price(self, lexicon: Lexicon) -> Fraction | None:  # noqa: ARG002
        """Return the points for each time."""
        return self.price


class KeptEvents(Grouping):
    """`where` and `highest_per`: which events of a register count."""

    where: Condition | None = None
    highest_per: Texts = ()

    def added(self, terms: tuple[Term, ...], setting: RuleSetting, kind: a.ReadingKind) -> a.Expr:
        """Return the sum of the terms of a basis; registers among them stand for the events that the rule keeps."""
        lexicon = setting.lexicon
        registers = tuple(term for term in terms if isinstance(term, str) and term in lexicon.registers)
        if not registers:
            return lexicon.added(terms, kind)
        counters = {lexicon.counter(register) for register in registers}
        counter = counters.pop() if len(counters) == 1 else ""
        kept = a.Named("、".join(registers), "count", self.events(setting.name, registers), counter)
        others = tuple(term for term in terms if term not in registers)
        return a.Sum((kept, lexicon.added(others, kind))) if others else kept

    def events(self, name: str, registers: tuple[str, ...]) -> a.Expr:
        """Return the number of events that the rule keeps."""
        return self.tally(name, registers, QUANTITY)

    def tally(self, name: str, registers: tuple[str, ...], worth: a.Expr, listed: a.Test | None = None) -> a.Tally:
        """Return the sum of `worth` over the events that the rule keeps; `listed` must hold for each of them."""
        where = None if self.where is None else condition(self.where, COLUMNS)
        return a.Tally(f":{name}", registers, where, worth, self.highest_per, listed)


class Targeted(KeptEvents):
    """A rule that sets a figure against M, `of`, which each kind words in its own way; M may be a schedule."""

    of: Target

    @property
    def schedule(self) -> Schedule:
        """M by day; empty where M is not a schedule."""
        return tuple(self.of.items()) if isinstance(self.of, Mapping) else ()

    @property
    def targets(self) -> tuple[Term, ...]:
        """The terms of M; of a schedule the amounts of all days."""
        return tuple(self.of.values()) if isinstance(self.of, Mapping) else self.of

    def due_by(self, through: date | None) -> tuple[Term, ...]:
        """Return the terms of M by a day (None: the end of the period): of a schedule the last amount until then."""
        if not isinstance(self.of, Mapping):
            return self.of
        passed = (amount for day, amount in self.of.items() if through is None or day <= through)
        return tuple(passed)[-1:] or tuple(self.of.values())[:1]


def _factor(raw: object) -> str:
    return TAG.format("value" if raw == "value" else "levels" if isinstance(raw, dict) else "factor")


Factor = Annotated[
    Annotated[Multiplier, Tag("<factor>")]
    | Annotated[Mapping[Text, Multiplier], Field(min_length=1), FROZEN, Tag("<levels>")]
    | Annotated[Literal["value"], Tag("<value>")],
    Discriminator(_factor),
]
"""What the price of an event is multiplied by: a number where a column says yes, one a level, or the column's value;
numbers may be percentages."""


class Weighed(KeptEvents):
    """What one event costs: (amount + plus) × times ÷ divided_by."""

    plus: Annotated[Mapping[Text, Amount], FROZEN] | None = None
    times: Annotated[Mapping[Text, Factor], FROZEN] | None = None
    divided_by: Text | None = None

    def worth(self, amount: a.Expr) -> a.Expr:
        """Return the price of an event: (amount + Σ plus) × Π times ÷ divided_by × 数量."""
        added = tuple(a.Choice(a.Yes(column), a.Const(more), a.ZERO) for column, more in (self.plus or {}).items())
        worth: a.Expr = a.Sum((amount, *added)) if added else amount
        for column, factor in (self.times or {}).items():
            worth = a.Product(worth, _factor_of(column, factor))
        if self.divided_by is not None:
            worth = a.Quotient(worth, a.Read(self.divided_by, "number"))
        return a.Product(worth, QUANTITY)

    @property
    def known_levels(self) -> a.Test | None:
        """The test that every table of `times` has an entry for the event; None where there is no table."""
        tables = ((column, factor) for column, factor in (self.times or {}).items() if isinstance(factor, Mapping))
        return a.both(*(a.AnyHolds(tuple(a.Is(column, level) for level in table)) for column, table in tables))


def _factor_of(column: str, factor: Fraction | Mapping[str, Fraction] | Literal["value"]) -> a.Expr:
    if isinstance(factor, Fraction):
        return a.Choice(a.Yes(column), a.Const(factor), a.ONE)
    if not isinstance(factor, Mapping):  # `value`: the figure in the column
        return a.Read(column, "number")
    chosen: a.Expr = a.ONE
    for level, by in reversed(list(factor.items())):
        chosen = a.Choice(a.Is(column, level), a.Const(by), chosen)
    return chosen
