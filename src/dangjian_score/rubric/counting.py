"""Rules that count: how often the amount is due, of measures and of the events of a register."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import Condition, Only, Operand
from dangjian_score.rubric.fields import (
    FROZEN,
    LISTED,
    TAG,
    Amount,
    AnyQuantity,
    Entry,
    Flag,
    Model,
    Number,
    Text,
    problem,
)

Verb = Literal["deduct", "award", "forfeit"]
VERBS: Final[tuple[Verb, ...]] = ("deduct", "award", "forfeit")

PERIODS: Final = ("day", "week", "fortnight", "month", "two_months", "quarter", "half_year", "year")
"""Pieces of time that a rule may be applied to one by one."""

Texts = Annotated[tuple[Text, ...], Field(min_length=1), LISTED]


class RuleBase(Model):
    """What every rule may say: guards, a cap, a remark."""

    SOME: ClassVar[fields.Some] = (VERBS,)

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
    def price(self) -> Any:
        """The amount that stands after the verb."""
        return getattr(self, self.verb)


class Grouping(RuleBase):
    """`for_each`: the rule once for every period, or for every value of a column, and then added up."""

    NEEDS: ClassVar[fields.Needs] = {"cap_each": ("for_each",)}

    for_each: Texts | None = None
    cap_each: Amount | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Grouping":
        self.check_needs()
        return self


class KeptEvents(Grouping):
    """`where` and `highest_per`: which events of a register count at all."""

    where: Condition | None = None
    highest_per: Text | None = None


def _factor(raw: object) -> str:
    return TAG.format("value" if raw == "value" else "levels" if isinstance(raw, dict) else "factor")


Factor = Annotated[
    Annotated[Number, Tag("<factor>")]
    | Annotated[Mapping[Text, Number], Field(min_length=1), FROZEN, Tag("<levels>")]
    | Annotated[Literal["value"], Tag("<value>")],
    Discriminator(_factor),
]
"""What a row's price is multiplied by: a number where its column says yes, one a level, or the column's figure."""


class Weighed(KeptEvents):
    """What one event costs: (amount + plus) × times ÷ divided_by."""

    plus: Annotated[Mapping[Text, Amount], FROZEN] | None = None
    times: Annotated[Mapping[Text, Factor], FROZEN] | None = None
    divided_by: Text | None = None


class Forfeit(Grouping):
    """`forfeit: true`: the node comes to nothing where the guards hold."""

    forfeit: Annotated[Flag, Field(json_schema_extra={"not": {"enum": [False, "false"]}})]

    @model_validator(mode="after")
    def _means_it(self) -> "Forfeit":
        if not self.forfeit:
            raise problem(Code.NOT_A_CHOICE, found="false", choices="true", at="forfeit")
        for key in ("up_to", "cap_each"):
            if getattr(self, key) is not None:
                raise problem(Code.RULE_COMBINATION, key=key, basis="forfeit", at=key)
        return self


class Flat(Grouping):
    """No basis: the amount once, where the guards hold."""

    deduct: Amount | None = None
    award: Amount | None = None


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


class Per(Counted, Weighed):
    """`per: N`: N times; of a register, each event at its price."""

    per: Operand


class PerMissing(Counted, KeptEvents):
    """`per_missing: N, of: M`: for each one short of M."""

    per_missing: Operand
    of: Operand


class PerOver(Counted, KeptEvents):
    """`per_over: N, of: M`: for each one beyond M."""

    per_over: Operand
    of: Operand


class Each(Counted):
    """`each: [c1, c2]`: for each condition that holds."""

    each: tuple[Condition, ...] = Field(min_length=1)


class EachMissing(Counted):
    """`each_missing: [c1, c2]`: for each condition that does not hold."""

    each_missing: tuple[Condition, ...] = Field(min_length=1)


def _level_entry(raw: object) -> str:
    return TAG.format("levels" if isinstance(raw, dict) else "entry")


LevelTable = Annotated[
    Mapping[
        Text,
        Annotated[
            Annotated[Entry, Tag("<entry>")]
            | Annotated[Mapping[Text, Entry], Field(min_length=1), FROZEN, Tag("<levels>")],
            Discriminator(_level_entry),
        ],
    ],
    Field(min_length=1),
    FROZEN,
]


class By(Weighed):
    """`by: LEVEL` with a table; `by: [获奖, 等次]` with a table in a table."""

    by: Annotated[tuple[Text, ...], Field(min_length=1, max_length=2), LISTED]
    deduct: LevelTable | None = None
    award: LevelTable | None = None
    else_: Amount | None = Field(None, alias="else")

    @model_validator(mode="after")
    def _as_deep_as_named(self) -> "By":
        nested = [isinstance(entry, Mapping) for entry in self.price.values()]
        if any(nested) if len(self.by) == 1 else not all(nested):
            raise problem(Code.WRONG_SHAPE, expected="level table", at=self.verb)
        return self
