"""`votes: NAME`: the mean of a table over levels, weighted by the votes cast."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from dangjian_score.core.algebra import Const, Expr, Product, Quotient, Read, Sum
from dangjian_score.core.facts import ballot
from dangjian_score.rubric.fields import FROZEN, Amount, Text
from dangjian_score.rubric.kinds.base import RuleBase, RuleSetting, Terms, either
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase


class Ballot(PlainPhrase, frozen=True):
    """好、较好、一般、差票: the mean of the entries, weighted by the votes cast."""

    measure: str
    entries: tuple[tuple[str, Fraction], ...]

    def votes(self, level: str) -> Expr:
        """Return the votes of a level."""
        return Read(ballot(self.measure, level), "count")

    @property
    def cast(self) -> Expr:
        """The number of votes."""
        return Sum(tuple(self.votes(level) for level, _ in self.entries))

    @property
    def expr(self) -> Expr:
        """Σ entry × votes ÷ Σ votes."""
        weighted = tuple(Product(Const(entry), self.votes(level)) for level, entry in self.entries)
        return Quotient(Sum(weighted), self.cast)

    @property
    def figures(self) -> Figures:
        """The number of votes."""
        return {"of": self.cast}

    def line(self, writer: LineWriter) -> str:
        """“群众测评：好 30，较好 8”."""
        votes = (f"{level} {writer.reading(ballot(self.measure, level))}" for level, _ in self.entries)
        return f"{self.measure}{writer.say('colon')}{writer.say('comma').join(votes)}"

    def clause(self, writer: ClauseWriter) -> str:
        """“群众测评按票数加权：好得 10 分，较好得 8 分”."""
        rows = (writer.say("row", level=level, act=writer.act(points)) for level, points in self.entries)
        return writer.say("ballot", name=self.measure, rows=writer.say("comma list").join(rows))


class Votes(RuleBase):
    """`votes: NAME`: the mean of a table over levels, weighted by the votes cast."""

    BASES = ("votes",)

    votes: Text
    deduct: Annotated[Mapping[Text, Amount], Field(min_length=1), FROZEN] | None = None
    award: Annotated[Mapping[Text, Amount], Field(min_length=1), FROZEN] | None = None

    @property
    def terms(self) -> Terms:
        """The ballot."""
        return Terms(single=(("votes", self.votes),))

    def phrase(self, setting: RuleSetting) -> Ballot:  # noqa: ARG002
        """Return the mean by votes."""
        return Ballot(self.votes, tuple(either(self.deduct, self.award).items()))
