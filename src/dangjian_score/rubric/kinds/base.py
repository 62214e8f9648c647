"""What kinds of rules have in common: verb, guards, cap, groups, steps; and what each has to say of itself."""

from abc import abstractmethod
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal, TypeVar

from msgspec import Struct
from pydantic import Field, model_validator

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import Condition, Only, Term
from dangjian_score.rubric.fields import LISTED, Amount, AnyQuantity, Flag, Model, Text, problem
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.lexicon import Lexicon

Verb = Literal["deduct", "award", "forfeit"]
VERBS: Final[tuple[Verb, ...]] = ("deduct", "award", "forfeit")

Texts = Annotated[tuple[Text, ...], Field(min_length=1), LISTED]

EVENT_KEYS: Final = ("where", "highest_per", "plus", "times", "divided_by", "for_each", "cap_each")
"""Keys that only rules on registers have."""

T = TypeVar("T")


def either(deduct: T | None, award: T | None) -> T:
    """Give what stands behind the verb of a rule that takes or gives; a rule has one verb."""
    given = award if deduct is None else deduct
    assert given is not None  # noqa: S101  rules without a verb are refused before
    return given


class Terms(Struct, frozen=True):
    """The names and numbers of a rule's basis.

    `counted` is what it counts, prices or looks up, which may be registers; `against` what that is held against;
    `single` are names, each behind its key, that must be one value of the unit.
    """

    counted: tuple[Term, ...] = ()
    against: tuple[Term, ...] = ()
    single: tuple[tuple[str, str], ...] = ()


class RuleSetting(Struct, frozen=True):
    """Where a rule stands: its name, what names mean there, and whether 不适用 may be entered (`optional`)."""

    name: str
    names: Lexicon
    optional: bool


class RuleBase(Model):
    """What every rule may say: guards, a cap, a remark."""

    SOME: ClassVar[fields.Some] = (VERBS,)
    BASES: ClassVar[tuple[str, ...]] = ()
    """The keys of which one tells the kind; none of the kind that has the verb alone."""

    if_: Condition | None = Field(None, alias="if")
    unless: Condition | None = None
    only: Only | None = None
    up_to: Amount | None = None
    note: Text | None = None
    assumed: Flag = False

    @property
    def verb(self) -> Verb:
        """What the rule does: 扣, 得, 不得分."""
        return next(verb for verb in VERBS if verb in self.model_fields_set)

    @property
    def asks_for_events(self) -> bool:
        """Whether it uses a key that only rules on registers have."""
        return not self.model_fields_set.isdisjoint(EVENT_KEYS)

    @property
    @abstractmethod
    def terms(self) -> Terms:
        """The names and numbers of its basis."""

    @abstractmethod
    def phrase(self, setting: RuleSetting) -> Phrase:
        """Say in nodes what its amount depends on, groups and steps aside."""

    def unit_price(self, names: Lexicon) -> Fraction | None:  # noqa: ARG002  what is counted may tell it
        """Points for each time that the phrase counts; None where the phrase gives the points themselves."""
        return None


class Grouping(RuleBase):
    """`for_each`: the rule once for every period, or for every value of a column, and then added up."""

    NEEDS: ClassVar[fields.Needs] = {"cap_each": ("for_each",)}
    COUNTS_SHORTFALL: ClassVar[bool] = False
    """Whether it counts what is missing, which only periods that are due can lack."""

    for_each: Texts | None = None
    cap_each: Amount | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Grouping":
        self.check_needs()
        return self


class Counted(Grouping):
    """A rule that counts; `every: k` counts whole steps of k, `steps` says what a step begun is worth."""

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
        """The step as a term beside others."""
        return () if self.every is None else (self.every,)

    def unit_price(self, names: Lexicon) -> Fraction | None:  # noqa: ARG002
        """Points for each time."""
        return self.price
