"""The rules: one class a kind, told apart by the basis each names."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from dangjian_score.diagnostics import Code
from dangjian_score.rubric.conditions import TAG, Condition, Model, Operand
from dangjian_score.rubric.fields import All, Amount, AnyQuantity, DeductTable, Flag, Table, Text, problem

Verb = Literal["deduct", "award", "forfeit"]
VERBS: Final[tuple[Verb, ...]] = ("deduct", "award", "forfeit")


class RuleBase(Model):
    """What every rule may say: guards, a cap, a remark."""

    if_: Condition | None = Field(None, alias="if")
    unless: Condition | None = None
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


class Priced(RuleBase):
    """A rule whose amount is one number, counted as often as its basis says."""

    deduct: Amount | None = None
    award: Amount | None = None


class Forfeit(RuleBase):
    """`forfeit: true`: the node comes to nothing where the guards hold."""

    forfeit: Flag

    @model_validator(mode="after")
    def _means_it(self) -> "Forfeit":
        if not self.forfeit or self.up_to is not None:
            if self.forfeit:
                raise problem(Code.RULE_COMBINATION, key="up_to", basis="forfeit", at="up_to")
            raise problem(Code.NOT_A_CHOICE, found="false", choices="true", at="forfeit")
        return self


class Flat(Priced):
    """No basis: the amount once, where the guards hold."""


class Counted(Priced):
    """A rule that counts; `every: k` counts whole steps of k, `steps` says what a step begun is worth."""

    every: AnyQuantity | None = None
    steps: Literal["whole", "started", "prorata"] | None = None

    @model_validator(mode="after")
    def _steps_need_every(self) -> "Counted":
        if self.steps and self.every is None:
            raise problem(Code.KEY_MISSING, key="every", at="steps")
        if self.every is not None and self.every.value <= 0:
            raise problem(Code.UNREADABLE_VALUE, found=str(self.every.value), expected="positive", at="every")
        return self


class Per(Counted):
    """`per: N`: N times."""

    per: Operand


class PerMissing(Counted):
    """`per_missing: N, of: M`: for each one short of M."""

    per_missing: Operand
    of: Operand


class PerOver(Counted):
    """`per_over: N, of: M`: for each one beyond M."""

    per_over: Operand
    of: Operand


class Each(Counted):
    """`each: [c1, c2]`: for each condition that holds."""

    each: tuple[Condition, ...] = Field(min_length=1)


class EachMissing(Counted):
    """`each_missing: [c1, c2]`: for each condition that does not hold."""

    each_missing: tuple[Condition, ...] = Field(min_length=1)


Sense = Literal["at_least", "above", "at_most", "below"]


class Tiers(RuleBase):
    """A table read at a figure: `at_least`, `above`, `at_most` or `below`."""

    SENSES: ClassVar[tuple[Sense, ...]] = ("at_least", "above", "at_most", "below")

    deduct: Annotated[DeductTable, Field(min_length=1)] | None = None
    award: Annotated[Table, Field(min_length=1)] | None = None
    at_least: Operand | None = None
    above: Operand | None = None
    at_most: Operand | None = None
    below: Operand | None = None
    else_: Amount | None = Field(None, alias="else")

    @property
    def sense(self) -> Sense:
        """How the table is read."""
        return next(key for key in self.SENSES if getattr(self, key) is not None)

    @property
    def entries(self) -> Mapping[Any, Fraction | All]:
        """The table, in the order it is written."""
        table: Mapping[Any, Fraction | All] = self.price
        return table


class Ratio(Priced):
    """`ratio: N, of: M`: the amount × N ÷ M, from 0 to the amount; `beyond: true` lifts the upper end."""

    ratio: Operand
    of: Operand
    beyond: Flag = False


class Range(Model):
    """`{from: 1, to: 3}` (酌情扣 1–3 分)."""

    from_: Amount = Field(alias="from")
    to: Amount

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.from_ > self.to:
            raise problem(Code.UNREADABLE_VALUE, found=f"{self.from_}–{self.to}", expected="range")
        return self


def _price(raw: object) -> str:
    return TAG.format("range" if isinstance(raw, dict) else "amount")


JudgedPrice = Annotated[Annotated[Range, Tag("<range>")] | Annotated[Amount, Tag("<amount>")], Discriminator(_price)]


class Judge(RuleBase):
    """`judge: NAME`: the assessor's figure, from 0 (or a range's lower end) to the amount."""

    judge: Text
    deduct: JudgedPrice | None = None
    award: JudgedPrice | None = None

    @property
    def range(self) -> tuple[Fraction, Fraction]:
        """Least and most the assessor may give."""
        price: Range | Fraction = self.price
        return (price.from_, price.to) if isinstance(price, Range) else (Fraction(0), price)


BASES: Final = {
    "per": Per,
    "per_missing": PerMissing,
    "per_over": PerOver,
    "each": Each,
    "each_missing": EachMissing,
    "at_least": Tiers,
    "above": Tiers,
    "at_most": Tiers,
    "below": Tiers,
    "ratio": Ratio,
    "judge": Judge,
}

NOT_YET: Final = frozenset(
    {
        "only",
        "rank",
        "lowest_first",
        "by",
        "votes",
        "combine",
        "where",
        "plus",
        "times",
        "divided_by",
        "highest_per",
        "for_each",
        "cap_each",
    }
)
"""Keys of the language that a rule of this version cannot carry yet."""


def _consistent(raw: object) -> object:
    """Refuse what no kind of rule can be, before a kind is chosen."""
    if not isinstance(raw, dict):
        raise problem(Code.WRONG_SHAPE, expected="rule")
    for key in raw:
        if key in NOT_YET:
            raise problem(Code.NOT_SUPPORTED, key=key, at=key)
    verbs = [key for key in raw if key in VERBS]
    bases = [key for key in raw if key in BASES]
    if len(verbs) != 1:
        raise problem(Code.RULE_VERB, found="、".join(verbs))
    if len(bases) > 1:
        raise problem(Code.RULE_BASIS, found="、".join(bases), at=bases[1])
    if bases and "forfeit" in verbs:
        raise problem(Code.RULE_COMBINATION, key=bases[0], basis="forfeit", at=bases[0])
    return raw


def _kind(raw: dict[str, Any]) -> str:
    basis = next((key for key in raw if key in BASES), "forfeit" if "forfeit" in raw else "flat")
    return TAG.format(BASES[basis].__name__ if basis in BASES else basis)


Rule = Annotated[
    Annotated[Flat, Tag("<flat>")]
    | Annotated[Forfeit, Tag("<forfeit>")]
    | Annotated[Per, Tag("<Per>")]
    | Annotated[PerMissing, Tag("<PerMissing>")]
    | Annotated[PerOver, Tag("<PerOver>")]
    | Annotated[Each, Tag("<Each>")]
    | Annotated[EachMissing, Tag("<EachMissing>")]
    | Annotated[Tiers, Tag("<Tiers>")]
    | Annotated[Ratio, Tag("<Ratio>")]
    | Annotated[Judge, Tag("<Judge>")],
    Discriminator(_kind),
    BeforeValidator(_consistent),
]

AnyRule = Flat | Forfeit | Per | PerMissing | PerOver | Each | EachMissing | Tiers | Ratio | Judge
