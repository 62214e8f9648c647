"""`per: REGISTER, judge: COLUMN`: each event of a register at the figure that its own row says."""

from fractions import Fraction

from dangjian_score.core import algebra as a
from dangjian_score.core.points import plain
from dangjian_score.rubric.conditions import Operand
from dangjian_score.rubric.fields import Text
from dangjian_score.rubric.kinds.base import RuleSetting, Terms, Weighed
from dangjian_score.rubric.kinds.judge import AtDiscretion
from dangjian_score.rubric.kinds.phrase import ClauseWriter, LineWriter, PlainPhrase


class JudgedEvents(PlainPhrase, frozen=True):
    """每件酌情: the sum of the prices of events, each from `least` to `most` by the column `measure` of its row."""

    events: a.Tally
    measure: str
    least: Fraction
    most: Fraction

    @property
    def expr(self) -> a.Expr:
        """The sum of the prices."""
        return self.events

    def line(self, writer: LineWriter) -> str:
        """Return the register and the events that counted."""
        return writer.registered(self.events) or writer.name(self.events)

    def demand(self, writer: LineWriter) -> str:
        """That it does not happen again, of what takes points."""
        return "" if writer.is_award else writer.say("demand none", name=writer.name(self.events))

    def clause(self, writer: ClauseWriter) -> str:
        """“按台账‘投诉’，每件酌情扣 1–3 分（按‘酌情扣分’）”."""
        args = {"name": writer.name(self.events), "least": plain(self.least), "most": plain(self.most)}
        return writer.say(f"judged events {writer.verb}", **args) + writer.kept(self.events)


class PerJudged(Weighed, AtDiscretion):
    """`per: N, judge: COLUMN`: each event of a register at its own figure."""

    per: Operand
    judge: Text

    @property
    def asks_for_events(self) -> bool:
        """Only events have a figure each."""
        return True

    @property
    def terms(self) -> Terms:
        """The registers."""
        return Terms(self.per)

    def phrase(self, setting: RuleSetting) -> JudgedEvents:
        """Return the sum of the prices of the events."""
        least, most = self.range
        figure = a.Read(self.judge, "score")
        within = (a.Compare(figure, "at_least", a.Const(least)), a.Compare(figure, "at_most", a.Const(most)))
        registers = tuple(term for term in self.per if isinstance(term, str))
        events = self.tally(setting.name, registers, self.worth(figure), a.both(*within, self.known_levels))
        return JudgedEvents(events, self.judge, least, most)
