"""`each` and `each_missing`: for each condition of a list that holds, or that does not."""

from fractions import Fraction

from pydantic import Field, model_validator

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import percent, plain
from dangjian_score.rubric.conditions import Condition, has_happened
from dangjian_score.rubric.fields import problem
from dangjian_score.rubric.kinds.base import Counted, RuleSetting, Terms
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, Member, PlainPhrase, Privacy, Unmet
from dangjian_score.rubric.lexicon import condition


class _ConditionList(PlainPhrase, frozen=True):
    """A list of conditions; a member that is 不适用 does not count where that is allowed (`optional`)."""

    tests: tuple[a.Test, ...]
    optional: bool = False

    def _counts(self, test: a.Test, member: a.Test) -> a.Test:
        entered = tuple(a.Entered(measure) for measure in a.reads(member)) if self.optional else ()
        return a.AllHold((*entered, test)) if entered else test

    @property
    def expr(self) -> a.Expr:
        """The number of members that count."""
        return a.Sum(tuple(a.Choice(member.counts, a.ONE, a.ZERO) for member in self.members))

    @property
    def figures(self) -> Figures:
        """The number of members."""
        return {"of": a.Const(Fraction(len(self.tests)))}

    def _clause(self, writer: ClauseWriter, key: str, step: str) -> str:
        which = writer.say("comma").join(map(writer.member, self.tests))
        return writer.say(key, which=which, step=step, act=writer.act())


class Holding(_ConditionList, frozen=True):
    """有一项: for each condition that holds."""

    @property
    def members(self) -> tuple[Member, ...]:
        """Each counts where it holds."""
        counted = (self._counts(test, test) for test in self.tests)
        return tuple(Member(test, test) for test in counted)

    @property
    def privacy(self) -> Privacy:
        """Private where it deducts: the condition is the reason of a sanction."""
        return "private where it takes"

    def line(self, writer: LineWriter) -> str:
        """Return the conditions that hold."""
        return writer.say("holding", which=writer.counted())

    def unmet(self, writer: LineWriter) -> Unmet:
        """“缺党员活动室、学习园地”."""
        return Unmet(writer.say("lacking", which=writer.after_words(writer.uncounted())))

    def demand(self, writer: LineWriter) -> str:
        """“具备党员活动室、学习园地”; of what takes points, that it does not happen again."""
        if writer.is_award:
            return writer.say("demand all", which=writer.lacked())
        return writer.say("demand none", name=writer.counted())

    def clause(self, writer: ClauseWriter) -> str:
        """“有下列情形之一的，每项扣 1 分”."""
        return self._clause(writer, "each", "" if writer.every is None else plain(writer.every))


class Lacking(_ConditionList, frozen=True):
    """缺一项: for each condition that does not hold."""

    @property
    def members(self) -> tuple[Member, ...]:
        """Each counts where it does not hold."""
        return tuple(Member(self._counts(a.Not(test), test), test) for test in self.tests)

    def line(self, writer: LineWriter) -> str:
        """Return the conditions that do not hold."""
        return writer.say("lacking", which=writer.after_words(writer.counted()))

    def demand(self, writer: LineWriter) -> str:
        """“具备党员活动室、学习园地”."""
        return writer.say("demand all", which=writer.lacked())

    def clause(self, writer: ClauseWriter) -> str:
        """“应有下列各项，每缺 1 项扣 1 分”."""
        return self._clause(writer, "each missing", plain(writer.every or Fraction(1)))


class _OfMembers(Counted):
    """A rule that counts members of a list; a step of them is a number, not a per cent."""

    @model_validator(mode="after")
    def _counts_whole_members(self) -> "_OfMembers":
        if self.every is not None and self.every.percent:
            raise problem(Code.UNREADABLE_VALUE, found=percent(self.every.value), expected="number", at="every")
        return self

    @property
    def terms(self) -> Terms:
        """Conditions set nothing against each other."""
        return Terms()


class Each(_OfMembers):
    """`each: [c1, c2]`: for each condition that holds."""

    BASES = ("each",)

    each: tuple[Condition, ...] = Field(min_length=1)

    @property
    def happens(self) -> bool:
        """Each condition that holds has happened."""
        return all(map(has_happened, self.each))

    def phrase(self, setting: RuleSetting) -> Holding:
        """Return the phrase of the conditions that hold."""
        return Holding(tuple(condition(member, setting.lexicon) for member in self.each), setting.optional)


class EachMissing(_OfMembers):
    """`each_missing: [c1, c2]`: for each condition that does not hold."""

    BASES = ("each_missing",)

    each_missing: tuple[Condition, ...] = Field(min_length=1)

    def phrase(self, setting: RuleSetting) -> Lacking:
        """Return the phrase of the conditions that do not hold."""
        return Lacking(tuple(condition(member, setting.lexicon) for member in self.each_missing), setting.optional)
