"""The result of scoring: figures with their origin, without sentences."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

from dangjian_score.core.algebra import Named, Placing, Statistic, Test
from dangjian_score.core.facts import (
    AbsenceReason,
    Cell,
    Explanation,
    GradeRuling,
    Ruling,
    SourceFile,
    TakenFigure,
    Value,
)
from dangjian_score.engine.decisions import Decision, HeldClause, NoGrade, StruckVeto
from dangjian_score.engine.grading import GradeQuota, Grading
from dangjian_score.engine.groups import EventGroup
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.panel import CategoryMean
from dangjian_score.engine.registers import PricedEvent
from dangjian_score.engine.standing import Chosen
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.model import Kind, Rubric

LineVerb = Literal[
    "deduct",
    "award",
    "forfeit",
    "floor",
    "ceiling",
    "inapplicable",
    "not due",
    "ruling",
    "weight",
    "best",
    "product",
    "rescale",
    "rounds",
    "report",
    "rounding",
    "veto",
    "beyond",
    "unoffered",
]


NamedFigure = Named | Statistic | Placing
"""A figure with a name for people."""


class Because(Struct, frozen=True):
    """Why a rule moved points: its phrase, guard, price, cap and title, and the values of the evidence.

    `which` are the members of a list that counted, as tests; `readings` the values of measures; `given` the figures or
    levels of several assessors, `categories` the means of their categories; `named` the figures with names, of which
    several may be counts of one register; `events` the events that counted; `groups` the first of the `group_count`
    groups that moved points; `absences` why assessors gave no figure. Where an award gives less than it could,
    `failing` are the conditions of its guard that do not hold, and `lacking` the first of the `lacking_count` groups
    with less than a group can have. `decided` are its guard and members of lists by those of their parts that decide
    about them, where that is not all of them. Lines may share one instance.
    """

    basis: Phrase
    guard: Test | None
    price: Fraction | None
    cap: Fraction | None
    figures: Mapping[str, Fraction]
    which: tuple[Test, ...]
    readings: Mapping[str, Value]
    note: str | None
    title: str | None = None
    given: tuple[Value, ...] = ()
    named: Mapping[NamedFigure, Fraction] = field(default_factory=dict)
    events: tuple[PricedEvent, ...] = ()
    groups: tuple[EventGroup, ...] = ()
    group_count: int = 0
    absences: tuple[AbsenceReason, ...] = ()
    categories: tuple[CategoryMean, ...] = ()
    failing: tuple[Test, ...] = ()
    lacking: tuple[EventGroup, ...] = ()
    lacking_count: int = 0
    decided: Mapping[Test, Test] = field(default_factory=dict)


class PointsLine(Struct, frozen=True):
    """A move of points: by a rule (with a reason), a ruling, a limit or a scale (with its `figures`).

    For rounds, `figures` are their points and `weights` their weights; `titles` are those of rounds or nodes, of the
    best items of a group those that do not count. `cells` are all cells it depends on, of an event the cell with the
    name of the unit, and the one that it is judged by; `explanations` are what examiners wrote about a judged figure.
    A veto has a line even where no points move.

    `missing` are the points that an award could still have given to a base leaf that does not start with all of its
    points. What several awards together offer `beyond` these counts against them (negative), and what none of them
    offers is `unoffered`, with the reason of an award that its guard rules out, so that the `missing` of a leaf are the
    points that it lacks for want of awards.
    """

    rule: str
    verb: LineVerb
    before: Fraction
    points: Fraction
    clause: str | None = None
    because: Because | None = None
    figures: Mapping[str, Fraction] = field(default_factory=dict)
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    ruling: Ruling | None = None
    titles: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    struck: StruckVeto | None = None
    missing: Fraction = Fraction(0)
    explanations: tuple[Explanation, ...] = ()

    @property
    def is_capped(self) -> bool:
        """Whether the cap of the rule reduced it."""
        return self.before is not self.points and self.before != self.points


class NodeResult(Struct, frozen=True):
    """The points of a node: start + lines (+ nodes below) = points; `tree` is common to all units.

    `due` is the part of its `max` that it carries for the unit, less where parts of it are 不适用 or not due yet.
    `counted` are the points that count above it: by its weight, none where other items of its group are better.
    `applies` is false where the node does not apply to the unit, is not due, or its measures are 不适用.
    """

    tree: NodeTree
    due: Fraction | None
    start: Fraction
    points: Fraction
    counted: Fraction
    lines: tuple[PointsLine, ...]
    nodes: tuple["NodeResult", ...]
    applies: bool

    @property
    def id(self) -> str:
        """Its id."""
        return self.tree.id

    @property
    def title(self) -> str:
        """Its title."""
        return self.tree.node.title

    @property
    def kind(self) -> Kind:
        """How it enters the total."""
        return self.tree.kind

    @property
    def clause(self) -> str | None:
        """The clause of the regulation."""
        return self.tree.clause

    @property
    def max(self) -> Fraction | None:
        """Its maximum; None without a cap."""
        return self.tree.max

    @property
    def share(self) -> Fraction:
        """The share of its points that counts above it."""
        return self.tree.node.share

    @property
    def criterion(self) -> str | None:
        """Its criterion."""
        return self.tree.node.criterion

    def below(self) -> list["NodeResult"]:
        """Return this node and all below it, in the order of the text."""
        found = [self]
        for node in self.nodes:
            found += node.below() if node.nodes else (node,)
        return found


class RoundResult(Struct, frozen=True):
    """A unit in one round: its base sections and the `lines` about them add up to `base`, which counts by `weight`."""

    weight: Fraction
    base: Fraction
    lines: tuple[PointsLine, ...]
    nodes: tuple[NodeResult, ...]


class Detail(Struct, frozen=True):
    """The parts of the total of a unit: sections scored once, rounds, and lines of the whole."""

    lines: tuple[PointsLine, ...]
    nodes: tuple[NodeResult, ...]
    rounds: Mapping[str, RoundResult]

    def sections(self) -> Iterator[tuple[str | None, NodeResult]]:
        """Visit every section with its round, in the order of the text."""
        for name, round_ in self.rounds.items():
            yield from ((name, node) for node in round_.nodes)
        yield from ((None, node) for node in self.nodes)

    def all_nodes(self) -> Iterator[tuple[str | None, NodeResult]]:
        """Visit every node with its round."""
        for name, section in self.sections():
            yield from ((name, node) for node in section.below())

    def all_lines(self) -> Iterator[tuple[str | None, NodeResult | None, PointsLine]]:
        """Visit every line with its round and node: lines of nodes, then of rounds, then of the whole."""
        for name, section in self.sections():
            for node in section.below():
                for line in node.lines:
                    yield name, node, line
        for name, round_ in self.rounds.items():
            yield from ((name, None, line) for line in round_.lines)
        yield from ((None, None, line) for line in self.lines)


class UnitResult(Struct, frozen=True):
    """The result of one unit: `kinds` are sums by kind of section; with the last lines of `trace` they give the total.

    `rank` is that among all units, `group_rank` that in its group, where the rubric has groups; a unit without a
    rank has neither. `grading` is its grade by the rubric, which a committee's `ruling` replaces.
    `columns` are its points in the columns of the result. Of an interim result `due` are the most points for what is
    due, and `rate` is the total as a share of that. `precise` are the nodes (`:base` for all base points) that
    must be shown with all digits. `taken` are figures from results of other rubrics, by measure. `decisions` are what
    decided about it beside its points. Each call of `trace` works out the detail again.
    """

    unit: str
    rank: int | None
    total: Fraction
    kinds: Mapping[Kind, Fraction]
    grading: Grading
    columns: tuple[Fraction, ...]
    trace: Callable[[], Detail]
    attributes: Mapping[str, str] = field(default_factory=dict)
    vetoes: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()
    precise: frozenset[str] = frozenset()
    due: Fraction | None = None
    rate: Fraction | None = None
    group_rank: int | None = None
    ruling: GradeRuling | None = None
    taken: Mapping[str, TakenFigure] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()

    @property
    def grade(self) -> str | None:
        """The grade that counts: as a committee fixed it, else by the rubric; None where there is none, or not yet."""
        return self.grading.grade if self.ruling is None else self.ruling.grade

    @property
    def unranked(self) -> tuple[HeldClause, ...]:
        """The clauses by which it has no rank; empty where they are not public."""
        return next((decision.held for decision in self.decisions if isinstance(decision, NoGrade)), ())


class TotalColumn(Struct, frozen=True):
    """A column of the total: a round by its name, or a section scored once with its id, maximum and weight.

    Points and maximum are those that count: of a section with a weight, that share.
    """

    title: str
    max: Fraction | None = None
    id: str | None = None
    weight: Fraction | None = None


class Excluded(Struct, frozen=True):
    """A unit that does not take part (不参评), and its exclusions with what they rest on; empty where not public."""

    unit: str
    attributes: Mapping[str, str]
    held: tuple[HeldClause, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """The titles of its exclusions."""
        return tuple(each.clause.title or "" for each in self.held)


class Unscored(Struct, frozen=True):
    """A unit whose evidence has errors (未评), with the codes of the errors."""

    unit: str
    attributes: Mapping[str, str]
    why: tuple[str, ...]


class Pending(Struct, frozen=True):
    """A part of a rubric that is not due: a round, or a node (`id`); `since` is the day on which it is due."""

    title: str
    id: str | None = None
    since: date | None = None


class Result(Struct, frozen=True):
    """All units in order of rank, with the rubric and the files of evidence; `columns` are rounds, then sections.

    Groups stand one after the other, in the order of the evidence; units without a rank come last. `quotas` are those
    of grades. With `unscored` units, ranks and selections are provisional (暂定). Of an interim result (阶段性结果)
    `interim` is what is scored, and `pending` what is not due. `stages` scores each round that is due, and each span of
    rounds, as a result of its own. `own_files` are the files of evidence that are about one unit alone, by that unit.
    """

    rubric: Rubric
    evidence: tuple[SourceFile, ...]
    columns: tuple[TotalColumn, ...]
    units: tuple[UnitResult, ...]
    excluded: tuple[Excluded, ...] = ()
    selections: tuple[Chosen, ...] = ()
    quotas: tuple[GradeQuota, ...] = ()
    unscored: tuple[Unscored, ...] = ()
    interim: Interim | None = None
    pending: tuple[Pending, ...] = ()
    stages: Callable[[], Mapping[str, "Result"]] = dict
    own_files: Callable[[], Mapping[str, frozenset[str]]] = dict


class UnitChoice(Struct, frozen=True):
    """Which units are asked about: those of these names, and those with a total below so many points; else all."""

    names: tuple[str, ...] = ()
    below: Fraction | None = None

    @property
    def is_all(self) -> bool:
        """Whether all units are asked about."""
        return not self.names and self.below is None

    def among(self, units: Iterable[UnitResult]) -> frozenset[str] | None:
        """Return the names of these units; None where they are all."""
        if self.is_all:
            return None
        low = (unit.unit for unit in units if self.below is not None and unit.total < self.below)
        return frozenset((*self.names, *low))
