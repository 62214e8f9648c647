"""`judge: NAME`: an assessor's figure."""

from fractions import Fraction
from typing import Annotated

from pydantic import Discriminator, Field, Tag, model_validator

from dangjian_score.core.algebra import Const, Expr, Read
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import plain
from dangjian_score.rubric.fields import TAG, Amount, Model, Text, problem
from dangjian_score.rubric.kinds.base import RuleBase, RuleSetting, Terms
from dangjian_score.rubric.kinds.combine import Assessed, Assessing
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter


class Judged(Assessed, frozen=True):
    """酌情: the assessor's figure, from `least` to `most`."""

    @property
    def worth(self) -> Expr:
        """The figure."""
        return Read(self.measure, "score")

    @property
    def expr(self) -> Expr:
        """The figure of the assessor, or what those of several are combined to."""
        return self.worth

    @property
    def figures(self) -> Figures:
        """The figure and its range."""
        return {"have": self.expr, "least": Const(self.least), "most": Const(self.most)}

    def line(self, writer: LineWriter) -> str:
        """“总结质量扣分 2（0–3）”, with the figures of several assessors."""
        return writer.say("judged", name=self.measure, **writer.numbers(self)) + writer.assessed()

    def clause(self, writer: ClauseWriter) -> str:
        """“‘总结质量扣分’由考核人酌情扣 0–3 分”."""
        args = {"name": self.measure, "least": plain(self.least), "most": plain(self.most)}
        return writer.say(f"judged {writer.verb}", **args) + self.combined(writer)


class Range(Model):
    """`{from: 1, to: 3}` (酌情扣 1–3 分)."""

    from_: Amount = Field(alias="from")
    to: Amount

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.from_ > self.to:
            raise problem(Code.UNREADABLE_VALUE, found=f"{self.from_}–{self.to}", expected="range", form="")
        return self


def _price(raw: object) -> str:
    return TAG.format("range" if isinstance(raw, dict) else "amount")


JudgedPrice = Annotated[Annotated[Range, Tag("<range>")] | Annotated[Amount, Tag("<amount>")], Discriminator(_price)]


class AtDiscretion(RuleBase):
    """酌情: points from 0, or a range's lower end, to the amount."""

    deduct: JudgedPrice | None = None
    award: JudgedPrice | None = None

    @property
    def range(self) -> tuple[Fraction, Fraction]:
        """The least and the most that may be given."""
        price = self.award if self.deduct is None else self.deduct
        return (price.from_, price.to) if isinstance(price, Range) else (Fraction(0), price or Fraction(0))


class Judge(AtDiscretion, Assessing):
    """`judge: NAME`: the assessor's figure."""

    BASES = ("judge",)

    judge: Text

    @property
    def happens(self) -> bool:
        """Points that an assessor takes are for what has happened."""
        return True

    @property
    def terms(self) -> Terms:
        """The assessor's figure."""
        return Terms(single=(("judge", self.judge),))

    def phrase(self, setting: RuleSetting) -> Judged:  # noqa: ARG002
        """Return the assessor's figure with its range."""
        return Judged(self.judge, *self.range, self.combining)
