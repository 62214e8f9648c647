"""`ratio: N, of: M`: a share of the amount."""

from fractions import Fraction

from pydantic import model_validator

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import plain
from dangjian_score.rubric.conditions import Operand, Target
from dangjian_score.rubric.fields import Amount, Flag, Quantity, problem
from dangjian_score.rubric.kinds.base import RuleSetting, Targeted, Terms, either
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase, Schedule, Unmet
from dangjian_score.rubric.lexicon import kind_beside


class ShareOf(PlainPhrase, frozen=True):
    """按比例得分: amount × N ÷ M, from 0 to the amount; `beyond` removes the upper end."""

    amount: Fraction
    part: a.Expr
    whole: a.Expr
    beyond: bool
    schedule: Schedule = ()

    @property
    def expr(self) -> a.Expr:
        """The share. The part is capped by the whole, which is the same as capping the quotient."""
        part = a.Most(a.ZERO, self.part)
        return a.Quotient(
            a.Product(a.Const(self.amount), part if self.beyond else a.Least(part, self.whole)), self.whole
        )

    @property
    def figures(self) -> Figures:
        """N and M."""
        return {"have": self.part, "of": self.whole}

    def line(self, writer: LineWriter) -> str:
        """“到会人数 45 ÷ 应到人数 50 × 3”."""
        match self.whole:
            case a.Const(value):
                whole = writer.required(value, self.part)
            case _:
                whole = writer.figure(self.whole)
        return writer.say("share", part=writer.figure(self.part), whole=whole, amount=plain(self.amount))

    def unmet(self, writer: LineWriter) -> Unmet:
        """“达到应到人数得 3 分”."""
        if not writer.is_award:
            return Unmet()
        act = writer.act(self.amount)
        if isinstance(self.whole, a.Const):
            bound = writer.after_words(writer.required(self.whole.value, self.part))
            band = writer.say("band at_least", bound=bound)
            return Unmet(earns=writer.say("of band", bound=writer.before_words(band), act=act))
        return Unmet(earns=writer.say("share earns", whole=writer.name(self.whole), act=act))

    def demand(self, writer: LineWriter) -> str:
        """“到会人数达到应到人数”; nothing where a share takes points."""
        if not writer.is_award:
            return writer.say("demand zero", name=writer.name(self.part))
        return writer.say("demand share", part=writer.name(self.part), whole=writer.name(self.whole))

    def clause(self, writer: ClauseWriter) -> str:
        """“按到会人数占应到人数的比例计算，最多得 3 分”."""
        whole = writer.against(self.whole, self.schedule, self.part)
        args = {"part": writer.name(self.part), "whole": whole, "act": writer.act(self.amount)}
        return writer.say("share beyond" if self.beyond else "share", **args)


class Ratio(Targeted):
    """`ratio: N, of: M`: the amount × N ÷ M, from 0 to the amount; `beyond: true` removes the upper end."""

    BASES = ("ratio",)

    ratio: Operand
    of: Target
    deduct: Amount | None = None
    award: Amount | None = None
    beyond: Flag = False

    @model_validator(mode="after")
    def _divides_by_more_than_nothing(self) -> "Ratio":
        numbers = [term.value for term in self.targets if isinstance(term, Quantity)]
        if len(numbers) == len(self.targets):
            least = min(numbers) if self.schedule else sum(numbers, Fraction(0))
            if least <= 0:
                raise problem(Code.UNREADABLE_VALUE, found=plain(least), expected="positive", at="of")
        return self

    @property
    def terms(self) -> Terms:
        """N against M."""
        return Terms(self.ratio, self.targets)

    def phrase(self, setting: RuleSetting) -> ShareOf:
        """Return the share of the amount."""
        kind = kind_beside(self.ratio + self.targets)
        part = self.added(self.ratio, setting, kind)
        whole = setting.lexicon.added(self.due_by(setting.through), kind)
        return ShareOf(either(self.deduct, self.award), part, whole, self.beyond, self.schedule)
