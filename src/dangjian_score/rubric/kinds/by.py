"""`by: LEVEL`: a table over levels, of a measure or of each event of a register."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import Discriminator, Field, Tag, model_validator

from dangjian_score.core import algebra as a
from dangjian_score.core.columns import LEVEL
from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.fields import FROZEN, LISTED, TAG, All, Amount, Entry, Text, problem
from dangjian_score.rubric.kinds.base import EVENT_KEYS, RuleSetting, Terms, Weighed, either
from dangjian_score.rubric.kinds.combine import Assessed, Assessing
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, PlainPhrase, Privacy, Unmet


class Leveled(PlainPhrase, frozen=True):
    """警告扣 5, 撤职扣 10: the entry of a level; 无 is 0 points.

    `entries` are pairs of a test of the level and its points, None for all points. `otherwise` are the points of levels
    that are not listed; None where such levels are an error.
    """

    measures: tuple[str, ...]
    entries: tuple[tuple[a.Test, Fraction | None], ...]
    otherwise: Fraction | None

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that the table lists, those of two measures side by side."""
        return tuple(
            " ".join(part.level for part in a.walk(test) if isinstance(part, a.Is)) for test, _ in self.entries
        )

    @property
    def none(self) -> a.Test:
        """The test that a level is 无."""
        return a.AnyHolds(tuple(a.Is(measure, "无") for measure in self.measures))

    @property
    def listed(self) -> a.Test | None:
        """The test that the table has an entry; None where `otherwise` covers all levels."""
        tests = tuple(test for test, _ in self.entries)
        return a.AnyHolds((*tests, self.none)) if self.otherwise is None else None

    @property
    def expr(self) -> a.Expr:
        """The points of the entry."""
        points: a.Expr = a.Choice(self.none, a.ZERO, a.Const(self.otherwise)) if self.otherwise else a.ZERO
        for test, entry in reversed(self.entries):
            points = a.Choice(test, a.Const(entry or Fraction(0)), points)
        return points

    @property
    def takes_all(self) -> a.Test | None:
        """The test that the entry takes all points."""
        within = tuple(test for test, entry in self.entries if entry is None)
        return a.AnyHolds(within) if within else None

    @property
    def privacy(self) -> Privacy:
        """Private: a level of punishment or honour is the reason."""
        return "private"

    def line(self, writer: LineWriter) -> str:
        """“处分等次：警告”."""
        found = (f"{measure}{writer.say('colon')}{writer.reading(measure)}" for measure in self.measures)
        return writer.say("comma").join(found)

    def unmet(self, writer: LineWriter) -> Unmet:
        """“优得 10 分”: the levels with more points."""
        if not writer.is_award:
            return Unmet()
        now = writer.value("times")
        better = (
            writer.say("level earns", level=level, act=writer.act(points))
            for level, (_, points) in zip(self.levels, self.entries, strict=True)
            if points is not None and points > now
        )
        return Unmet(earns=writer.say("comma").join(better))

    def demand(self, writer: LineWriter) -> str:
        """That it does not happen again, of what takes points."""
        return "" if writer.is_award else writer.say("demand none", name=self.line(writer))

    def clause(self, writer: ClauseWriter) -> str:
        """“处分等次：警告扣 5 分，撤职扣 10 分”."""
        return writer.say("table", name=writer.say("comma").join(self.measures), rows=self.rows(writer))

    def rows(self, writer: ClauseWriter) -> str:
        """Return the levels with their points."""
        rows = [
            writer.say("row", level=level, act=writer.entry(entry))
            for level, (_, entry) in zip(self.levels, self.entries, strict=True)
        ]
        rows += [writer.say("else", act=writer.act(self.otherwise))] if self.otherwise else []
        return writer.say("comma list").join(rows)


class Graded(Assessed, frozen=True):
    """各评委评等次: the points of the levels that assessors give, by a table of one level, combined."""

    table: Leveled

    @property
    def worth(self) -> a.Expr:
        """The points of the level."""
        return self.table.expr

    @property
    def expr(self) -> a.Expr:
        """The combined points, which stand in the place of the levels once units are prepared."""
        return a.Read(self.measure, "grades")

    @property
    def figures(self) -> Figures:
        """The combined points."""
        return {"have": self.expr}

    @property
    def privacy(self) -> Privacy:
        """As the table."""
        return self.table.privacy

    def line(self, writer: LineWriter) -> str:
        """“等次评价 9.2（优 3 人、良 2 人）”."""
        return writer.figure(self.expr) + writer.assessed()

    def clause(self, writer: ClauseWriter) -> str:
        """“由各评委评“等次评价”：优得 10 分，良得 8 分，几位评委取平均”."""
        return writer.say("graded", name=self.measure, rows=self.table.rows(writer)) + self.combined(writer)


class Priced(PlainPhrase, frozen=True):
    """每起按级别: the sum of the prices of events; `taking` counts the events whose entry takes all points."""

    events: a.Tally
    levels: Leveled
    taking: a.Tally | None

    @property
    def expr(self) -> a.Expr:
        """The sum of the prices."""
        return self.events

    @property
    def takes_all(self) -> a.Test | None:
        """The test that the entry of some event takes all points."""
        return None if self.taking is None else a.Compare(self.taking, "above", a.ZERO)

    @property
    def privacy(self) -> Privacy:
        """As the table of levels."""
        return self.levels.privacy

    def line(self, writer: LineWriter) -> str:
        """Return the register and the events that counted."""
        return writer.registered(self.events) or writer.name(self.events)

    def demand(self, writer: LineWriter) -> str:
        """That it does not happen again, of what takes points."""
        return "" if writer.is_award else writer.say("demand none", name=writer.name(self.events))

    def clause(self, writer: ClauseWriter) -> str:
        """“‘信访台账’每起按级别：县级扣 1 分，省级扣 3 分”."""
        rows = self.levels.rows(writer)
        return writer.say("events", name=writer.name(self.events), rows=rows) + writer.kept(self.events)


def _level_entry(raw: object) -> str:
    return TAG.format("levels" if isinstance(raw, dict) else "entry")


LevelTable = Annotated[
    Mapping[
        Text,
        Annotated[
            Annotated[Entry, Tag("<entry>")]
            | Annotated[Mapping[Text, Entry], Field(min_length=1), FROZEN, Tag("<levels>")],
            Discriminator(_level_entry),
        ],
    ],
    Field(min_length=1),
    FROZEN,
]


class By(Weighed, Assessing):
    """`by: LEVEL` with a table; `by: [获奖, 等次]` with a table in a table; with `combine` a level of each assessor."""

    BASES = ("by",)

    by: Annotated[tuple[Text, ...], Field(min_length=1, max_length=2), LISTED]
    deduct: LevelTable | None = None
    award: LevelTable | None = None
    else_: Amount | None = Field(None, alias="else")

    @model_validator(mode="after")
    def _as_deep_as_named(self) -> "By":
        nested = [isinstance(entry, Mapping) for entry in self.table.values()]
        if any(nested) if len(self.by) == 1 else not all(nested):
            raise problem(Code.WRONG_SHAPE, expected="level table", at=self.verb)
        return self

    @model_validator(mode="after")
    def _of_each_assessor_one(self) -> "By":
        if self.combine is None:
            return self
        written = (
            *((key, key in self.model_fields_set) for key in EVENT_KEYS),
            ("all", any(isinstance(entry, All) for entry in self.table.values())),
            ("by: […, …]", len(self.by) > 1),
        )
        if basis := next((key for key, there in written if there), None):
            raise problem(Code.RULE_COMBINATION, key="combine", basis=basis, at="combine")
        return self

    @property
    def table(self) -> Mapping[str, Fraction | All | Mapping[str, Fraction | All]]:
        """The table as it is written."""
        return either(self.deduct, self.award)

    @property
    def happens(self) -> bool:
        """A level that is entered has happened."""
        return True

    @property
    def terms(self) -> Terms:
        """The measure or register whose levels are looked up; a second name is a measure or column.

        What assessors give is no register.
        """
        if self.combine is not None:
            return Terms(single=(("combine", self.by[0]),))
        return Terms(self.by[:1], single=tuple(("by", name) for name in self.by[1:]))

    def phrase(self, setting: RuleSetting) -> Leveled | Priced | Graded:
        """Return the entry of the level; of a register the sum over its events, of assessors what they combine to."""
        if self.combine is not None:
            return self._graded()
        if self.by[0] not in setting.lexicon.registers:
            return self._leveled(self.by)
        name, levels = setting.name, self._leveled((LEVEL, *self.by[1:]))
        worth = self.worth(levels.expr)
        events = self.tally(name, self.by[:1], worth, a.both(levels.listed, self.known_levels))
        if levels.takes_all is None:
            return Priced(events, levels, None)
        taking = self.tally(f"{name} all", self.by[:1], a.Choice(levels.takes_all, a.ONE, a.ZERO))
        return Priced(events, levels, taking)

    def _graded(self) -> Graded:
        """Return the table with the least and the most that a level is worth; 无 is worth 0."""
        table = self._leveled(self.by)
        worth = [Fraction(0), self.else_ or Fraction(0), *(entry for _, entry in table.entries if entry is not None)]
        return Graded(self.by[0], min(worth), max(worth), self.combining, table)

    def _leveled(self, measures: tuple[str, ...]) -> Leveled:
        """Return the table at the levels of measures, or of columns of a register."""
        return Leveled(measures, tuple(self._rows(measures)), self.else_)

    def _rows(self, measures: tuple[str, ...]) -> Iterator[tuple[a.Test, Fraction | None]]:
        for level, entry in self.table.items():
            first = a.Is(measures[0], level)
            if isinstance(entry, Mapping):
                for second, points in entry.items():
                    yield a.AllHold((first, a.Is(measures[1], second))), _points(points)
            else:
                yield first, _points(entry)


def _points(entry: Fraction | All) -> Fraction | None:
    """Return the points of an entry; None for `all`."""
    return None if isinstance(entry, All) else entry
