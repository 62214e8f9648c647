"""Rules without a basis: an amount once, or all points, where the guards hold."""

from fractions import Fraction
from typing import Annotated

from pydantic import Field, model_validator

from dangjian_score.core.algebra import ONE, Expr
from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.conditions import has_happened
from dangjian_score.rubric.fields import Amount, Flag, problem
from dangjian_score.rubric.kinds.base import Grouping, RuleSetting, Terms, either
from dangjian_score.rubric.kinds.phrase import ClauseWriter, LineWriter, PlainPhrase, Privacy
from dangjian_score.rubric.lexicon import Lexicon


class Once(PlainPhrase, frozen=True):
    """One time, where the guard holds."""

    @property
    def expr(self) -> Expr:
        """1."""
        return ONE

    @property
    def privacy(self) -> Privacy:
        """Private where it deducts: the guard is the reason of a sanction (受到处分的扣 5 分)."""
        return "private where it takes"

    def line(self, writer: LineWriter) -> str:
        """“年度计划：否”."""
        return writer.guard()

    def demand(self, writer: LineWriter) -> str:
        """What the guard asks for, or that it does not hold again."""
        return writer.guarded()

    def clause(self, writer: ClauseWriter) -> str:
        """“扣 2 分”."""
        return writer.act()


class Flat(Grouping):
    """No basis: the amount once, where the guards hold."""

    deduct: Amount | None = None
    award: Amount | None = None

    @property
    def happens(self) -> bool:
        """What the guard asks for has happened."""
        return self.if_ is not None and has_happened(self.if_)

    @property
    def terms(self) -> Terms:
        """There is no basis."""
        return Terms()

    def phrase(self, setting: RuleSetting) -> Once:  # noqa: ARG002
        """Once."""
        return Once()

    def unit_price(self, lexicon: Lexicon) -> Fraction:  # noqa: ARG002
        """Return its points."""
        return either(self.deduct, self.award)


class Forfeit(Grouping):
    """`forfeit: true`: the node gets no points where the guards hold."""

    forfeit: Annotated[Flag, Field(json_schema_extra={"not": {"enum": [False, "false"]}})]

    @model_validator(mode="after")
    def _means_it(self) -> "Forfeit":
        if not self.forfeit:
            raise problem(Code.NOT_A_CHOICE, found="false", choices="true", at="forfeit")
        for key in ("up_to", "cap_each"):
            if key in self.model_fields_set:
                raise problem(Code.RULE_COMBINATION, key=key, basis="forfeit", at=key)
        return self

    @property
    def happens(self) -> bool:
        """What the guard asks for has happened."""
        return self.if_ is not None and has_happened(self.if_)

    @property
    def terms(self) -> Terms:
        """There is no basis."""
        return Terms()

    def phrase(self, setting: RuleSetting) -> Once:  # noqa: ARG002
        """Once."""
        return Once()
