"""Rules that look points up or take them as they are given: tables, ranks, votes, shares, judgements."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.conditions import Operand
from dangjian_score.rubric.counting import KeptEvents, RuleBase
from dangjian_score.rubric.fields import FROZEN, TAG, All, Amount, DeductTable, Flag, Model, Table, Text, problem

Sense = Literal["at_least", "above", "at_most", "below"]


class Tabled(RuleBase):
    """A table over figures."""

    deduct: DeductTable | None = None
    award: Table | None = None
    else_: Amount | None = Field(None, alias="else")

    @property
    def entries(self) -> Mapping[Any, Fraction | All]:
        """The table, in the order it is written."""
        table: Mapping[Any, Fraction | All] = self.price
        return table


class Tiers(Tabled, KeptEvents):
    """A table read at a figure: `at_least`, `above`, `at_most` or `below`."""

    SENSES: ClassVar[tuple[Sense, ...]] = ("at_least", "above", "at_most", "below")
    SOME = (*RuleBase.SOME, SENSES)

    at_least: Operand | None = None
    above: Operand | None = None
    at_most: Operand | None = None
    below: Operand | None = None

    @property
    def sense(self) -> Sense:
        """How the table is read."""
        return next(key for key in self.SENSES if getattr(self, key) is not None)


class Rank(Tabled):
    """`rank: N`: a table read at the unit's place by N, highest first, or lowest first."""

    rank: Operand
    lowest_first: Flag = False


class Votes(RuleBase):
    """`votes: NAME`: the mean of a table over levels, weighted by the votes cast."""

    votes: Text
    deduct: Annotated[Mapping[Text, Amount], Field(min_length=1), FROZEN] | None = None
    award: Annotated[Mapping[Text, Amount], Field(min_length=1), FROZEN] | None = None


class Ratio(KeptEvents):
    """`ratio: N, of: M`: the amount × N ÷ M, from 0 to the amount; `beyond: true` lifts the upper end."""

    ratio: Operand
    of: Operand
    deduct: Amount | None = None
    award: Amount | None = None
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

Combining = Literal["mean", "median", "trimmed_mean"]
"""How the figures of several assessors become one; a trimmed mean leaves out one highest and one lowest."""


class Judge(RuleBase):
    """`judge: NAME`: the assessor's figure, from 0 (or a range's lower end) to the amount."""

    judge: Text
    deduct: JudgedPrice | None = None
    award: JudgedPrice | None = None
    combine: Combining | None = None

    @property
    def range(self) -> tuple[Fraction, Fraction]:
        """Least and most the assessor may give."""
        price: Range | Fraction = self.price
        return (price.from_, price.to) if isinstance(price, Range) else (Fraction(0), price)
