"""`per`, `per_missing`, `per_over`: for each one, for each one short of a number, for each one beyond it."""

from fractions import Fraction
from typing import ClassVar, Literal

from dangjian_score.core.algebra import ZERO, Const, Expr, Most, Product, difference
from dangjian_score.rubric.conditions import Operand, Target
from dangjian_score.rubric.kinds.base import Counted, RuleSetting, Targeted, Terms, Weighed
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase, Schedule
from dangjian_score.rubric.lexicon import Lexicon, kind_counted


class Times(PlainPhrase, frozen=True):
    """每次, 每项: N times; 0 times where N is below 0."""

    have: Expr

    @property
    def expr(self) -> Expr:
        """Max(0, N)."""
        return Most(ZERO, self.have)

    @property
    def figures(self) -> Figures:
        """The number counted."""
        return {"have": self.have}

    def line(self, writer: LineWriter) -> str:
        """“会议缺席次数 2”, with the events that counted."""
        return writer.registered(self.have) or writer.figure(self.have)

    def demand(self, writer: LineWriter) -> str:
        """“会议缺席次数为 0”, of a register “不再出现‘违纪违法’”; of an award, more of it."""
        key = "more" if writer.is_award else "none" if writer.registered(self.have) else "zero"
        return writer.say(f"demand {key}", name=writer.name(self.have))

    def clause(self, writer: ClauseWriter) -> str:
        """“会议缺席次数每有 1 次扣 0.5 分”."""
        sentence = writer.valued(self.have)
        if sentence is None:
            args = {"name": writer.name(self.have), "step": writer.step(self.have), "act": writer.act()}
            sentence = writer.say("per", **args)
        return sentence + writer.kept(self.have)


class Gap(PlainPhrase, frozen=True):
    """应有 M, 每少 1; 超过 M 的每 1: how far N is below M, or above it."""

    of: Expr
    have: Expr
    side: Literal["missing", "over"]
    schedule: Schedule = ()

    @property
    def expr(self) -> Expr:
        """Max(0, M − N), or Max(0, N − M)."""
        ends = (self.of, self.have) if self.side == "missing" else (self.have, self.of)
        return Most(ZERO, difference(*ends))

    @property
    def figures(self) -> Figures:
        """M, N and the gap between them."""
        return {"of": self.of, "have": self.have, "gap": self.expr}

    def line(self, writer: LineWriter) -> str:
        """“民主生活会次数：应 2，实 1，少 1”."""
        name = f"{writer.name(self.have)}{writer.say('colon')}"
        return writer.say(self.side, name=name, **writer.numbers(self))

    def demand(self, writer: LineWriter) -> str:
        """“民主生活会次数不少于 2”."""
        key = "missing" if writer.is_award == (self.side == "over") else "over"
        of = writer.required(self.of.value, self.have) if isinstance(self.of, Const) else writer.name(self.of)
        return writer.say(f"demand {key}", name=writer.name(self.have), of=writer.after_words(of))

    def clause(self, writer: ClauseWriter) -> str:
        """“民主生活会次数应有 2 次，每少 1 次扣 2 分”."""
        if self.side == "over":
            of = writer.against(self.of, self.schedule, self.have)
        else:
            of = writer.due(self.of, self.schedule, self.have)
        args = {"name": writer.name(self.have), "of": of, "step": writer.step(self.have), "act": writer.act()}
        return writer.say(f"per {self.side}", **args) + writer.kept(self.have)


class Per(Counted, Weighed):
    """`per: N`: N times; of a register, each event at its price."""

    BASES = ("per",)

    per: Operand

    @property
    def happens(self) -> bool:
        """Each one that is counted has happened."""
        return True

    @property
    def terms(self) -> Terms:
        """N, and the step."""
        return Terms(self.per, self.step)

    def phrase(self, setting: RuleSetting) -> Times:
        """Return the phrase of N times."""
        return Times(self.added(self.per, setting, kind_counted(self.per + self.step)))

    def unit_price(self, lexicon: Lexicon) -> Fraction:
        """Return the points for each time; of a register, for an event without a weight of its own."""
        return self._price_of_event if any(term in lexicon.registers for term in self.per) else self.price

    @property
    def _price_of_event(self) -> Fraction:
        """Points for an event; 1 where the amount is 0 and events cost only what `plus` adds."""
        return self.price or Fraction(1)

    def events(self, name: str, registers: tuple[str, ...]) -> Expr:
        """Return the events counted in prices: an event that costs twice the price counts 2."""
        tally = self.tally(name, registers, self.worth(Const(self.price)), self.known_levels)
        return Product(Const(1 / self._price_of_event), tally)


class PerMissing(Counted, Targeted):
    """`per_missing: N, of: M`: for each one short of M."""

    BASES = ("per_missing",)
    COUNTS_SHORTFALL: ClassVar[bool] = True

    per_missing: Operand
    of: Target

    @property
    def terms(self) -> Terms:
        """N, against M and the step."""
        return Terms(self.per_missing, self.targets + self.step)

    def phrase(self, setting: RuleSetting) -> Gap:
        """Return the gap below M."""
        return _gap(self, self.per_missing, setting, "missing")


class PerOver(Counted, Targeted):
    """`per_over: N, of: M`: for each one beyond M."""

    BASES = ("per_over",)

    per_over: Operand
    of: Target

    @property
    def happens(self) -> bool:
        """Each one beyond M has happened."""
        return True

    @property
    def terms(self) -> Terms:
        """N, against M and the step."""
        return Terms(self.per_over, self.targets + self.step)

    def phrase(self, setting: RuleSetting) -> Gap:
        """Return the gap above M."""
        return _gap(self, self.per_over, setting, "over")


def _gap(rule: PerMissing | PerOver, have: Operand, setting: RuleSetting, side: Literal["missing", "over"]) -> Gap:
    kind = kind_counted(have + rule.targets + rule.step)
    of = setting.lexicon.added(rule.due_by(setting.through), kind)
    return Gap(of, rule.added(have, setting, kind), side, rule.schedule)
