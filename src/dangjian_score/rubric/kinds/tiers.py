"""Tables of points that are read at a figure or at the unit's place."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import ClassVar, Final, Literal, NamedTuple

from msgspec.structs import replace
from pydantic import Field, model_validator

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import Operand, Term
from dangjian_score.rubric.fields import All, Amount, DeductTable, Flag, Quantity, Table, Text, problem
from dangjian_score.rubric.kinds.base import KeptEvents, RuleBase, RuleSetting, Terms, either
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase, Unmet
from dangjian_score.rubric.lexicon import kind_beside

Sense = Literal["at_least", "above", "at_most", "below"]
"""How the figure is compared with a key: the nearest key for which it holds gives the entry."""

_ENDS: Final = 2
"""Keys that an interpolated figure lies between."""


Entries = tuple[tuple[Fraction, Fraction | None], ...]
"""Keys and points of a table; None takes all points."""


class _Best(NamedTuple):
    """The figures with the best entry of a table, within bounds, and the points of that entry."""

    bounds: tuple[tuple[a.Comparator, Fraction], ...]
    points: Fraction


class TierEntry(PlainPhrase, frozen=True):
    """90% 以上 20 分, 80% 以上 15 分: the entry of the nearest key for which the comparison holds.

    `entries` are keys and points, nearest key first; None takes all points (不得分). With `interpolated` a figure
    between two keys has points between their entries, in proportion (插值法).
    """

    value: a.Expr
    sense: Sense
    entries: Entries
    otherwise: Fraction
    interpolated: bool = False

    def _reaches(self, key: Fraction) -> a.Test:
        return a.Compare(self.value, self.sense, a.Const(key))

    @property
    def reached(self) -> Mapping[Fraction, a.Test]:
        """The test of each key that its entry counts; of an interpolated table also on the way to the entry."""
        tests = {key: self._reaches(key) for key, _ in self.entries}
        if self.interpolated:
            beyond: a.Comparator = "above" if self.sense == "at_least" else "below"
            farther = pairwise(key for key, _ in self.entries)
            tests |= {key: a.Compare(self.value, beyond, a.Const(before)) for key, before in farther}
        return tests

    @property
    def expr(self) -> a.Expr:
        """The points of the entry; 0 where the entry takes all points."""
        points: a.Expr = a.Const(self.otherwise)
        for at, (key, _) in reversed([*enumerate(self.entries)]):
            points = a.Choice(self._reaches(key), self._worth(at), points)
        return points

    def _worth(self, at: int) -> a.Expr:
        """Return the points of a figure that reaches a key and no nearer one.

        An interpolated figure lies between the key and the next: how far is limited to their distance, which changes no
        value but gives `bounds` the ends.
        """
        key, entry = self.entries[at]
        points = a.Const(entry or Fraction(0))
        nearer, next_entry = self.entries[max(at - 1, 0)]
        if not self.interpolated or nearer == key or entry is None or next_entry is None:
            return points
        distance = abs(nearer - key)
        ends = (self.value, a.Const(key)) if self.sense == "at_least" else (a.Const(key), self.value)
        into = a.held(a.difference(*ends), Fraction(0), distance)
        return a.Sum((points, a.Product(a.Const((next_entry - entry) / distance), into)))

    @property
    def takes_all(self) -> a.Test | None:
        """The test that the entry takes all points."""
        within: list[a.Test] = []
        nearer: tuple[a.Test, ...] = ()  # a figure that does not reach the key before reaches none of the nearer ones
        for key, entry in self.entries:
            if entry is None:
                within.append(a.AllHold((self._reaches(key), *nearer)))
            nearer = (a.Not(self._reaches(key)),)
        return a.AnyHolds(tuple(within)) if within else None

    @property
    def figures(self) -> Figures:
        """The figure at which the table is read; of an interpolated table also the keys around it, alike at an end."""
        if not self.interpolated:
            return {"have": self.value}
        keys = sorted(key for key, _ in self.entries)
        return {"have": self.value, "from": self._nearest("at_least", keys), "to": self._nearest("at_most", keys[::-1])}

    def _nearest(self, how: a.Comparator, keys: list[Fraction]) -> a.Expr:
        """Return the last of keys for which the comparison of the figure holds; the first where it holds for none."""
        nearest: a.Expr = a.Const(keys[0])
        for key in keys[1:]:
            nearest = a.Choice(a.Compare(self.value, how, a.Const(key)), a.Const(key), nearest)
        return nearest

    def line(self, writer: LineWriter) -> str:
        """“党费收缴率 92%”, with the keys around an interpolated one; of what takes points the key that it reached."""
        figure = writer.figure(self.value)
        if not self.interpolated:
            return figure if writer.is_award else writer.say("then").join((figure, self._band(writer)))
        numbers = writer.numbers(self)
        first, last = numbers["from"], numbers["to"]
        return figure if first == last else writer.say("between", figure=figure, first=first, last=last)

    @property
    def _unmet(self) -> str:
        """The key of the words that a figure does not reach a key of the table."""
        return "unmet place" if isinstance(self.value, a.Placing) else f"unmet {self.sense}"

    def _band(self, writer: LineWriter) -> str:
        """Return the key that the figure reached (“达到 2 次”), or that it did not reach the farthest."""
        reached = (key for key, _ in self.entries if a.stands(writer.value("have"), self.sense, key))
        if (key := next(reached, None)) is not None:
            return self._within(self.sense, key, writer)
        return writer.say(self._unmet, bound=writer.required(self.entries[-1][0], self.value))

    def unmet(self, writer: LineWriter) -> Unmet:
        """“未达到 60%”, “达到 60% 得 5 分”: the nearest entry with more points than the figure has.

        Of what takes points what would have been the least of it: “低于 1 次不扣分”.
        """
        if not writer.is_award:
            return Unmet(earns=self._spared(writer))
        figure, now = writer.value("have"), writer.value("times")
        beyond = [
            (key, points)
            for key, points in self.entries
            if points is not None and points > now and not a.stands(figure, self.sense, key)
        ]
        if not beyond:
            return Unmet()
        key, points = beyond[-1]
        band = writer.before_words(self._within(self.sense, key, writer))
        return Unmet(
            writer.say(self._unmet, bound=writer.required(key, self.value)),
            writer.say("of band", bound=band, act=writer.act(points)),
        )

    def _best(self, *, is_award: bool) -> _Best:
        """Return the figures with the best entry; of those of several entries alike that are side by side."""
        sign, farthest_first = 1 if is_award else -1, self.entries[::-1]
        is_reached = self.sense == "at_least" and self.entries[-1][0] <= 0  # figures below 0 are none to ask for
        worth = [(not is_reached, sign * self.otherwise)]
        worth += [(points is not None, sign * (points or Fraction(0))) for _, points in farthest_first]
        first = last = worth.index(max(worth))
        while last + 1 < len(worth) and worth[last + 1] == worth[first]:
            last += 1
        bounds: list[tuple[a.Comparator, Fraction]] = []
        if first > 0:
            bounds.append((self.sense, farthest_first[first - 1][0]))
        if last < len(farthest_first):
            bounds.append(self._end(farthest_first, last))
        if len({key for _, key in bounds}) < len(bounds):
            bounds = [("equals", bounds[0][1])]
        elif is_reached and first == 1:
            bounds = bounds[1:]
        return _Best(tuple(bounds), sign * worth[first][1])

    def _end(self, farthest_first: Entries, last: int) -> tuple[a.Comparator, Fraction]:
        """Return the bound beyond which a figure has another entry; one between two keys has points between theirs."""
        if self.interpolated and last > 0:
            return "at_most" if self.sense == "at_least" else "at_least", farthest_first[last - 1][0]
        return a.OPPOSITES[self.sense], farthest_first[last][0]

    def _spared(self, writer: LineWriter) -> str:
        """Return the figures with the least deduction, and how much that is; empty where the figure is one of them."""
        bounds, points = self._best(is_award=False)
        if all(a.stands(writer.value("have"), how, key) for how, key in bounds):
            return ""
        words = (self._within(how, key, writer) for how, key in bounds)
        bound = writer.before_words(writer.say("then").join(words))
        return writer.say("of band", bound=bound, act=writer.act(points))

    def _within(self, how: a.Comparator, key: Fraction, writer: LineWriter) -> str:
        """Return that a figure lies within a bound (“达到 2 次”); a place is not behind it, or behind it."""
        bound = writer.required(key, self.value)
        if not isinstance(self.value, a.Placing):
            return writer.say(f"band {how}", bound=writer.after_words(bound))
        return writer.say("band place" if how == self.sense else "unmet place", bound=bound)

    def demand(self, writer: LineWriter) -> str:
        """“参学率达到 90%”, “缺席次数低于 2 次”: the figures with the best entry; nothing for places."""
        if isinstance(self.value, a.Placing):
            return ""
        bounds = self._best(is_award=writer.is_award).bounds
        return writer.wanted(a.AllHold(tuple(a.Compare(self.value, how, a.Const(key)) for how, key in bounds)))

    def _bounds(self, writer: ClauseWriter) -> Iterator[str]:
        """Yield the keys of the table in words: “达到 90% 的”, of places “第 2–3 名”."""
        above = 0
        for key, _ in self.entries:
            if isinstance(self.value, a.Placing):
                yield writer.places(above + 1, floor(key))
                above = floor(key)
            else:
                yield writer.bound(self.sense, key, self.value)

    def clause(self, writer: ClauseWriter) -> str:
        """“党费收缴率：达到 90% 的得 20 分，达到 80% 的得 15 分”, “得分名次：第 1 名得 10 分”."""
        rows = [
            writer.say("row", level=bound, act=writer.entry(entry))
            for bound, (_, entry) in zip(self._bounds(writer), self.entries, strict=True)
        ]
        rows += [writer.say("else", act=writer.act(self.otherwise))] if self.otherwise else []
        listed = writer.say("comma list").join(rows)
        table = writer.say("table", name=writer.name(self.value), rows=listed) + writer.kept(self.value)
        return table + (writer.say("interpolated") if self.interpolated else "")


class Tabled(RuleBase):
    """A rule with a table of figures."""

    deduct: DeductTable | None = None
    award: Table | None = None
    else_: Amount | None = Field(None, alias="else")

    @property
    def keys(self) -> tuple[Quantity, ...]:
        """The keys of the table, in the order of the text."""
        return tuple(self._entries)

    @property
    def _entries(self) -> Mapping[Quantity, Fraction | All]:
        return either(self.deduct, self.award)

    def entry(self, value: a.Expr, sense: Sense) -> TierEntry:
        """Return the entry at a figure."""
        found = ((key.value, None if isinstance(entry, All) else entry) for key, entry in self._entries.items())
        nearest_first = sorted(found, key=lambda entry: entry[0], reverse=sense in ("at_least", "above"))
        return TierEntry(value, sense, tuple(nearest_first), self.else_ or Fraction(0))


class Tiers(Tabled, KeptEvents):
    """A table read at a figure: `at_least`, `above`, `at_most` or `below`."""

    BASES: ClassVar[tuple[Sense, ...]] = ("at_least", "above", "at_most", "below")
    SOME: ClassVar[fields.Some] = (*RuleBase.SOME, BASES)

    at_least: Operand | None = None
    above: Operand | None = None
    at_most: Operand | None = None
    below: Operand | None = None
    interpolate: Flag = False

    @model_validator(mode="after")
    def _can_be_interpolated(self) -> "Tiers":
        if not self.interpolate:
            return self
        sense, _ = self._read_at
        takes_all = any(isinstance(entry, All) for entry in self._entries.values())
        if takes_all or sense in ("above", "below"):
            basis = "all" if takes_all else sense
            raise problem(Code.RULE_COMBINATION, key="interpolate", basis=basis, at="interpolate")
        if len(self.keys) < _ENDS:
            raise problem(Code.WRONG_SHAPE, expected="two entries", at=self.verb)
        return self

    @property
    def _read_at(self) -> tuple[Sense, tuple[Term, ...]]:
        """The comparison and the operand of the basis."""
        senses: tuple[tuple[Sense, tuple[Term, ...] | None], ...] = (
            ("at_least", self.at_least),
            ("above", self.above),
            ("at_most", self.at_most),
            ("below", self.below),
        )
        return next((sense, value) for sense, value in senses if value is not None)

    @property
    def happens(self) -> bool:
        """A number that is reached has happened; a share may still fall."""
        return self._read_at[0] in ("at_least", "above") and not any(key.percent for key in self.keys)

    @property
    def terms(self) -> Terms:
        """The operand, compared with the keys of the table."""
        _, value = self._read_at
        return Terms(value, self.keys)

    def phrase(self, setting: RuleSetting) -> TierEntry:
        """Return the entry at the figure."""
        sense, value = self._read_at
        entry = self.entry(self.added(value, setting, kind_beside((*value, *self.keys))), sense)
        return replace(entry, interpolated=self.interpolate)


class Rank(Tabled):
    """`rank: N`: a table read at the unit's place by N, highest first, or lowest first; `within` an attribute."""

    BASES = ("rank",)

    rank: Operand
    lowest_first: Flag = False
    within: Text | None = None

    @property
    def terms(self) -> Terms:
        """The figure by which units are ranked; it is compared with nothing else."""
        return Terms(against=self.rank)

    def phrase(self, setting: RuleSetting) -> TierEntry:
        """Return the entry at the unit's place."""
        value = setting.lexicon.ranked(self.rank)
        return self.entry(a.Placing(f":{setting.name}", value, self.lowest_first, self.within), "at_most")
