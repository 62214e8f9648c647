"""What decided about a unit beside its points: vetoes, grades with conditions or quotas, committees, selections."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct, field

from dangjian_score.core.algebra import Expr, Test
from dangjian_score.core.facts import Cell, Event, GradeRuling, Value
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.standing import Displaced
from dangjian_score.rubric.standing import Exclusion, Selection, Unranked, Veto


class Grounds(Struct, frozen=True):
    """What a condition rests on for a unit: the events, and all cells of measures and events that it reads."""

    events: tuple[Event, ...] = ()
    cells: tuple[Cell, ...] = ()

    def beside(self, others: "Grounds") -> "Grounds":
        """Return both together, each event and cell once."""
        return Grounds(
            tuple({event.cell: event for event in (*self.events, *others.events)}.values()),
            tuple(dict.fromkeys((*self.cells, *others.cells))),
        )


class HeldTests(Struct, frozen=True):
    """Tests that hold for a unit, in a `round` (None: over all), with the values of measures and of other figures.

    One that stands `alone` is a whole condition, and not a part of one.
    """

    tests: tuple[Test, ...]
    round: str | None = None
    readings: Mapping[str, Value] = field(default_factory=dict)
    figures: Mapping[Expr, Fraction] = field(default_factory=dict)
    alone: bool = False


class HeldClause(Struct, frozen=True):
    """A clause that holds for a unit, by which it does not take part or has no rank, and what it rests on."""

    clause: Exclusion | Unranked
    grounds: Grounds


class StruckVeto(Struct, frozen=True):
    """A veto that holds for a unit; where it is not public which one it is, there is no `veto`.

    `denied` are the grades above the best that it leaves; it may bar from honours (`bars`). `held` are the parts of its
    condition that hold, where each does.
    """

    veto: Veto | None
    denied: tuple[str, ...] = ()
    bars: bool = False
    held: tuple[HeldTests, ...] = ()
    grounds: Grounds = Grounds()


class MissedMinimum(Struct, frozen=True):
    """A section or item with fewer points than a grade asks for; `share` is that of its maximum, if it asks for one."""

    title: str
    points: Fraction
    least: Fraction
    share: Fraction | None


class MissedGrade(Struct, frozen=True):
    """A better grade that the points of a unit reach, but whose other conditions it does not meet.

    `against` are the tests that hold instead of these conditions; `minima` are those of sections and items.
    """

    grade: str
    clause: str | None
    against: tuple[HeldTests, ...] = ()
    grounds: Grounds = Grounds()
    minima: tuple[MissedMinimum, ...] = ()


class FullGrade(Struct, frozen=True):
    """A better grade whose conditions a unit meets, whose places went to others; after the last, what it `becomes`."""

    quota: GradeQuota
    clause: str | None
    becomes: str | None = None


class OpenGrade(Struct, frozen=True):
    """Grades that a tie leaves open, best first."""

    candidates: tuple[str, ...]


class FixedGrade(Struct, frozen=True):
    """A grade that a committee fixed."""

    ruling: GradeRuling


class NoGrade(Struct, frozen=True):
    """That a unit has no rank and no grade, and the clauses by which it has none; empty where they are not public."""

    held: tuple[HeldClause, ...]


class NotChosen(Struct, frozen=True):
    """A selection that did not choose a unit; `against` are the tests that hold instead of its condition."""

    selection: Selection
    displaced: Displaced
    against: tuple[HeldTests, ...] = ()
    grounds: Grounds = Grounds()


class Listed(Struct, frozen=True):
    """A criticism that lists a unit, with its total and grade; `held` are the parts of its condition."""

    selection: Selection
    total: Fraction
    grade: str | None
    held: tuple[HeldTests, ...] = ()
    grounds: Grounds = Grounds()


GradeDecision = StruckVeto | MissedGrade | FullGrade | OpenGrade | FixedGrade | NoGrade
"""What makes a grade other than the points alone would; a veto also where it has another effect."""
SelectionDecision = NotChosen | Listed
"""What a selection decided about a unit that it did not simply honour."""
Decision = GradeDecision | SelectionDecision
