"""`per: N`: as many times as there are; of a register, each event at its price."""

from fractions import Fraction

from dangjian_score.core.algebra import ZERO, Const, Expr, Most, Product
from dangjian_score.rubric.conditions import Operand
from dangjian_score.rubric.kinds.base import Counted, RuleSetting, Terms
from dangjian_score.rubric.kinds.events import Weighed
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase
from dangjian_score.rubric.lexicon import Lexicon, kind_counted


class Times(PlainPhrase, frozen=True):
    """每次, 每项: as many times as there are; fewer than none count as none."""

    have: Expr

    @property
    def expr(self) -> Expr:
        """Max(0, N)."""
        return Most(ZERO, self.have)

    @property
    def figures(self) -> Figures:
        """What there is."""
        return {"have": self.have}

    def line(self, writer: LineWriter) -> str:
        """“会议缺席次数 2”, with the events that counted."""
        return writer.figure(self.have) + writer.events()

    def clause(self, writer: ClauseWriter) -> str:
        """“会议缺席次数每 1 次扣 0.5 分”."""
        sentence = writer.say("per", name=writer.name(self.have), step=writer.step(self.have), act=writer.act())
        return sentence + writer.kept(self.have)


class Per(Counted, Weighed):
    """`per: N`: N times; of a register, each event at its price."""

    BASES = ("per",)

    per: Operand

    @property
    def terms(self) -> Terms:
        """What it counts, and the step."""
        return Terms(self.per, self.step)

    def phrase(self, setting: RuleSetting) -> Times:
        """As many times as there are."""
        return Times(self.added(self.per, setting, kind_counted(self.per + self.step)))

    def unit_price(self, names: Lexicon) -> Fraction:
        """Points for each time; of events, for one that has no weight of its own."""
        return self._price_of_event if any(term in names.registers for term in self.per) else self.price

    @property
    def _price_of_event(self) -> Fraction:
        """Points for an event; where events cost nothing but what is added, one."""
        return self.price or Fraction(1)

    def events(self, name: str, registers: tuple[str, ...]) -> Expr:
        """Count events in whole prices: one that costs twice the price is two."""
        tally = self.tally(name, registers, self.worth(Const(self.price)), self.known_levels)
        return Product(Const(1 / self._price_of_event), tally)
