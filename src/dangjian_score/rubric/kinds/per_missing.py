"""`per_missing` and `per_over`: for each one short of a number, or beyond it."""

from typing import ClassVar, Literal

from dangjian_score.core.algebra import ZERO, Const, Expr, Most, difference
from dangjian_score.rubric.conditions import Operand
from dangjian_score.rubric.kinds.base import Counted, RuleSetting, Terms
from dangjian_score.rubric.kinds.events import KeptEvents
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase
from dangjian_score.rubric.lexicon import kind_counted


class Gap(PlainPhrase, frozen=True):
    """应有 M, 每少 1; 超过 M 的每 1: how far N is from M, to one side."""

    of: Expr
    have: Expr
    side: Literal["missing", "over"]

    @property
    def expr(self) -> Expr:
        """Max(0, M − N), or Max(0, N − M)."""
        ends = (self.of, self.have) if self.side == "missing" else (self.have, self.of)
        return Most(ZERO, difference(*ends))

    @property
    def figures(self) -> Figures:
        """What is due or allowed, what there is, the gap."""
        return {"of": self.of, "have": self.have, "gap": self.expr}

    def line(self, writer: LineWriter) -> str:
        """“民主生活会次数：应 2，实 1，少 1”."""
        name = f"{writer.name(self.have)}{writer.say('colon')}"
        return writer.say(self.side, name=name, **writer.numbers(self))

    def clause(self, writer: ClauseWriter) -> str:
        """“民主生活会次数应 2 次，每少 1 次扣 2 分”."""
        due = writer.due(self.of.value, self.have) if isinstance(self.of, Const) else writer.name(self.of)
        args = {"name": writer.name(self.have), "of": due, "step": writer.step(self.have), "act": writer.act()}
        return writer.say(f"per {self.side}", **args) + writer.kept(self.have)


class PerMissing(Counted, KeptEvents):
    """`per_missing: N, of: M`: for each one short of M."""

    BASES = ("per_missing",)
    COUNTS_SHORTFALL: ClassVar[bool] = True

    per_missing: Operand
    of: Operand

    @property
    def terms(self) -> Terms:
        """N, against M and the step."""
        return Terms(self.per_missing, self.of + self.step)

    def phrase(self, setting: RuleSetting) -> Gap:
        """For each one short."""
        kind = kind_counted(self.per_missing + self.of + self.step)
        return Gap(setting.names.added(self.of, kind), self.added(self.per_missing, setting, kind), "missing")


class PerOver(Counted, KeptEvents):
    """`per_over: N, of: M`: for each one beyond M."""

    BASES = ("per_over",)

    per_over: Operand
    of: Operand

    @property
    def terms(self) -> Terms:
        """N, against M and the step."""
        return Terms(self.per_over, self.of + self.step)

    def phrase(self, setting: RuleSetting) -> Gap:
        """For each one beyond."""
        kind = kind_counted(self.per_over + self.of + self.step)
        return Gap(setting.names.added(self.of, kind), self.added(self.per_over, setting, kind), "over")
