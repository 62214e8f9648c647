"""`votes: NAME`: the mean of a table over levels, weighted by the votes cast."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from dangjian_score.core.algebra import ZERO, Const, Expr, Most, Product, Quotient, Read, Sum, difference
from dangjian_score.core.columns import ISSUED, RETURNED
from dangjian_score.core.facts import ballot
from dangjian_score.core.points import equals, plain
from dangjian_score.rubric.fields import FROZEN, Amount, Text
from dangjian_score.rubric.kinds.base import RuleBase, RuleSetting, Terms, either
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase


class Ballot(PlainPhrase, frozen=True):
    """好、较好、一般、差票: the mean of the entries, weighted by the votes cast.

    Counted over all ballots that were issued or returned (`over`, a column), those without a vote count 0 points.
    """

    measure: str
    entries: tuple[tuple[str, Fraction], ...]
    over: str | None = None

    def votes(self, level: str) -> Expr:
        """Return the votes of a level."""
        return Read(ballot(self.measure, level), "count")

    @property
    def cast(self) -> Expr:
        """The number of votes."""
        return Sum(tuple(self.votes(level) for level, _ in self.entries))

    @property
    def expr(self) -> Quotient:
        """Σ entry × votes ÷ Σ votes; over the ballots issued or returned, with an entry of 0 for the rest of them."""
        weighed = [(entry, self.votes(level)) for level, entry in self.entries]
        if self.over is not None:
            rest = Most(ZERO, difference(Read(ballot(self.measure, self.over), "count"), self.cast))
            weighed.append((Fraction(0), rest))
        points = Sum(tuple(Product(Const(entry), votes) for entry, votes in weighed))
        return Quotient(points, Sum(tuple(votes for _, votes in weighed)))

    @property
    def figures(self) -> Figures:
        """The number of votes, and of those that their mean is taken over."""
        return {"of": self.cast, "over": self.expr.whole}

    @property
    def mentions(self) -> tuple[str, ...]:
        """How many ballots were issued and returned."""
        return tuple(ballot(self.measure, name) for name in (ISSUED, RETURNED))

    def line(self, writer: LineWriter) -> str:
        """“群众测评：好 3、较好 1（（3 × 10 + 1 × 8）÷ 4 = 9.5 分）（收回 5 张、有效 4 张）”."""
        votes = (f"{level} {writer.reading(ballot(self.measure, level))}" for level, _ in self.entries)
        text = f"{self.measure}{writer.say('colon')}{writer.say('comma').join(votes)}{self._working(writer)}"
        entered = [writer.reading(name) for name in self.mentions]
        if entered == [None, None]:
            return text
        issued, returned = ("" if count is None else str(count) for count in entered)
        return text + writer.say("turnout", issued=issued, returned=returned, valid=writer.numbers(self)["of"])

    def _working(self, writer: LineWriter) -> str:
        """Return how the votes come to points; empty where none of them has any."""
        counted = ((writer.reading(ballot(self.measure, level)), entry) for level, entry in self.entries)
        terms = [f"{count} × {plain(entry)}" for count, entry in counted if count and entry]
        key = "weighed votes" if len(terms) > 1 else "weighed vote"
        over, points = plain(writer.value("over")), writer.value("times")
        return writer.say(key, votes=" + ".join(terms), over=over, points=equals(points)) if terms else ""

    def clause(self, writer: ClauseWriter) -> str:
        """“群众测评按票数加权：好得 10 分，较好得 8 分”."""
        rows = (writer.say("row", level=level, act=writer.act(points)) for level, points in self.entries)
        text = writer.say("ballot", name=self.measure, rows=writer.say("comma list").join(rows))
        return text if self.over is None else text + writer.say("of returned" if self.over == RETURNED else "of issued")


class Votes(RuleBase):
    """`votes: NAME`: the mean of a table over levels, weighted by the votes cast; with `of` over more ballots."""

    BASES = ("votes",)

    votes: Text
    of: Literal["issued", "returned"] | None = None
    deduct: Annotated[Mapping[Text, Amount], Field(min_length=1), FROZEN] | None = None
    award: Annotated[Mapping[Text, Amount], Field(min_length=1), FROZEN] | None = None

    @property
    def terms(self) -> Terms:
        """The ballot."""
        return Terms(single=(("votes", self.votes),))

    def phrase(self, setting: RuleSetting) -> Ballot:  # noqa: ARG002
        """Return the mean by votes."""
        over = None if self.of is None else RETURNED if self.of == "returned" else ISSUED
        return Ballot(self.votes, tuple(either(self.deduct, self.award).items()), over)
