"""What decided about a unit beside its points: vetoes, grades with conditions or quotas, committees, selections."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct, field

from dangjian_score.core.algebra import Expr, Test
from dangjian_score.core.facts import Cell, Event, GradeRuling, Value
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.standing import Displaced
from dangjian_score.engine.totals import Clause
from dangjian_score.rubric.standing import Exclusion, Selection, Unranked, Veto


class Grounds(Struct, frozen=True):
    """What a condition rests on for a unit: the events, and all cells of measures and events that it reads."""

    events: tuple[Event, ...] = ()
    cells: tuple[Cell, ...] = ()


class HeldClause(Struct, frozen=True):
    """A clause that holds for a unit, by which it does not take part or has no rank, and what it rests on."""

    clause: Exclusion | Unranked
    grounds: Grounds


class StruckVeto(Struct, frozen=True):
    """A veto that holds for a unit; where it is not public which one it is, there is no `veto`.

    `denied` are the grades above the best that it leaves; it may bar from honours (`bars`).
    """

    veto: Veto | None
    denied: tuple[str, ...] = ()
    bars: bool = False
    grounds: Grounds = Grounds()


class MissedMinimum(Struct, frozen=True):
    """A section or item with fewer points than a grade asks for; `share` is that of its maximum, if it asks for one."""

    title: str
    points: Fraction
    least: Fraction
    share: Fraction | None


class MissedGrade(Struct, frozen=True):
    """A better grade that the points of a unit reach, but whose other conditions it does not meet.

    `against` are the tests that hold instead of these conditions, with the values of their measures (`readings`) and of
    other figures; of a condition on each round `by_round` is the whole. `minima` are those of sections and items.
    """

    grade: str
    clause: str | None
    against: tuple[Test, ...] = ()
    by_round: Clause | None = None
    readings: Mapping[str, Value] = field(default_factory=dict)
    figures: Mapping[Expr, Fraction] = field(default_factory=dict)
    minima: tuple[MissedMinimum, ...] = ()
    grounds: Grounds = Grounds()


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
    """A selection whose conditions a unit meets, that did not choose it."""

    selection: Selection
    displaced: Displaced


GradeDecision = StruckVeto | MissedGrade | FullGrade | OpenGrade | FixedGrade | NoGrade
"""What makes a grade other than the points alone would; a veto also where it has another effect."""
Decision = GradeDecision | NotChosen
