"""What formats say of all units together: the ranking's columns and rows, what sections cost, units of each grade."""

from collections import Counter
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.core.points import percent
from dangjian_score.engine.result import Detail, NodeResult, TotalColumn, UnitResult
from dangjian_score.engine.totals import scored_once
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.model import KINDS, Kind, Rubric

_NOTHING: Final = Fraction(0)

RankingKey = Literal[
    "rank", "unit", "attribute", "part", "total", "due", "rate", "group rank", "grade", "decided", "selections"
]

FIGURES: Final[frozenset[RankingKey]] = frozenset({"rank", "part", "total", "due", "rate", "group rank"})
"""Columns that hold figures."""


class RankingColumn(Struct, frozen=True):
    """A column of the ranking: what it holds, its head, and the most that can be had (None: no limit, no points)."""

    key: RankingKey
    head: str
    max: Fraction | None = None


def ranking_columns(view: ResultView, *, total_first: bool = False) -> list[RankingColumn]:
    """List the columns of the ranking; grades, what decided them and selections only where the regulation has them.

    The total stands behind its parts, or before them.
    """
    rubric, words = view.rubric, view.words
    ends = [RankingColumn("group rank", words.text("group rank"))] if rubric.groups else []
    ends += [RankingColumn("grade", head) for head in view.grade_heads]
    ends += [RankingColumn("decided", view.decided_head)] if view.decided_head else []
    ends += [RankingColumn("selections", words.text("selections"))] if rubric.selections else []
    parts = [RankingColumn("part", column_head(column, view), column.max) for column in view.result.columns]
    totals = [RankingColumn("total", view.total_head)]
    if view.until:
        totals += [RankingColumn("due", words.text("due")), RankingColumn("rate", words.text("rate"))]
    return [
        RankingColumn("rank", view.rank_head),
        RankingColumn("unit", rubric.subject),
        *(RankingColumn("attribute", name) for name in rubric.attributes),
        *((*totals, *parts) if total_first else (*parts, *totals)),
        *ends,
    ]


def column_head(column: TotalColumn, view: ResultView) -> str:
    """Return the head of a column of the total; of a section with a weight that, since only that share stands there."""
    weight = "" if column.weight is None else percent(column.weight)
    return view.words.text("column head", title=column.title, weight=weight)


def ranking_row(unit: UnitResult, view: ResultView, *, total_first: bool = False) -> list[str]:
    """Write a unit's cells of the ranking, in the order of its columns."""
    rubric = view.rubric
    ends = [view.rank(unit.group_rank)] if rubric.groups else []
    ends += view.grade_cells(unit)
    ends += [view.words.text("clause.then").join(view.decided(unit))] if view.decided_head else []
    ends += ["、".join(unit.selections)] if rubric.selections else []
    attributes = (unit.attributes.get(name, "") for name in rubric.attributes)
    parts, totals = view.columns(unit), [view.total(unit.total)]
    totals += [view.due(unit.due), view.rate(unit)] if view.until else []
    points = (*totals, *parts) if total_first else (*parts, *totals)
    return [view.rank(unit.rank), unit.unit, *attributes, *points, *ends]


def standing_facts(unit: UnitResult, view: ResultView) -> list[str]:
    """Say a unit's total, and of an interim result what is due and its rate."""
    words = view.words
    facts = [f"{view.total_head} {view.total(unit.total)}"]
    if view.until:
        facts += [f"{words.text('due')} {view.due(unit.due)}", f"{words.text('rate')} {view.rate(unit)}".strip()]
    return facts


class StageRow(Struct, frozen=True):
    """A unit in a round or span of rounds: its result there, and the view of that."""

    stage: str
    view: ResultView
    unit: UnitResult


def stage_rows(view: ResultView) -> list[StageRow]:
    """List the units of every round and span of rounds, best first in each."""
    return [StageRow(name, stage, unit) for name, stage in view.stages.items() for unit in stage.result.units]


def stage_kinds(rubric: Rubric) -> tuple[Kind, ...]:
    """Return the kinds of sections that are scored in rounds."""
    scored = {section.kind for section in rubric.sections if section.round or not scored_once(rubric, section)}
    return tuple(kind for kind in KINDS if kind in scored)


def stage_heads(view: ResultView) -> list[str]:
    """Write the heads of the table of rounds."""
    words = view.words
    grades = ["grade"] if any(stage.rubric.grades for stage in view.stages.values()) else []
    vetoes = ["veto"] if view.rubric.vetoes else []
    groups = ["group rank"] if view.rubric.groups else []
    keys = (*stage_kinds(view.rubric), "total", "due", "rate", "rank", *groups, *grades, *vetoes)
    return [words.text("round"), view.rubric.subject, *map(words.text, keys)]


def stage_texts(view: ResultView) -> int:
    """Return the first column of the table of rounds that holds text behind the figures."""
    return stage_heads(view).index(view.words.text("group rank" if view.rubric.groups else "rank")) + 1


def stage_cells(row: StageRow, view: ResultView) -> list[str]:
    """Write a row of the table of rounds, in the order of its heads."""
    unit, stage = row.unit, row.view
    ends = [stage.rank(unit.group_rank)] if view.rubric.groups else []
    ends += [stage.grade(unit)] if any(other.rubric.grades for other in view.stages.values()) else []
    ends += ["、".join(unit.vetoes)] if view.rubric.vetoes else []
    kinds = (stage.node_points(unit, f":{kind}", unit.kinds[kind]) for kind in stage_kinds(view.rubric))
    standing = (stage.total(unit.total), stage.due(unit.due), stage.rate(unit), stage.rank(unit.rank))
    return [row.stage, unit.unit, *kinds, *standing, *ends]


class Mean:
    """The mean of figures that come one by one; equal ones are counted and added up at the end."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, int]] = Counter()

    def add(self, figure: Fraction) -> None:
        """Take in a figure."""
        self._counts[figure.as_integer_ratio()] += 1

    def value(self) -> Fraction:
        """Work it out, exactly."""
        total = sum((Fraction(*figure) * count for figure, count in self._counts.items()), Fraction(0))
        return total / self._counts.total()


class SectionAverage(Struct, frozen=True):
    """A section: what it carries and what units have of it, on average over those (and rounds) it applies to.

    Both are as they count, by its weight. `most` is None where it carries nothing: sections that take points.
    """

    id: str
    title: str
    most: Fraction | None
    mean: Fraction

    @property
    def lost(self) -> Fraction:
        """What units lack."""
        return (self.most or Fraction(0)) - self.mean

    @property
    def share(self) -> Fraction | None:
        """What units lack as a share of what the section carries, where it carries anything."""
        return self.lost / self.most if self.most else None


class Losses:
    """What each section costs, over all rounds alike; what bonus sections give is no loss."""

    def __init__(self) -> None:
        self._sections: dict[str, tuple[NodeResult, Mean, Mean]] = {}

    def add(self, detail: Detail) -> None:
        """Take in a unit."""
        for _, node in detail.sections():
            if node.applies and node.kind != "bonus":
                if node.id not in self._sections:
                    self._sections[node.id] = (node, Mean(), Mean())
                _, most, points = self._sections[node.id]
                most.add((node.due or _NOTHING) * node.share)
                points.add(node.counted)

    @property
    def sections(self) -> list[SectionAverage]:
        """The sections in the order of the text."""
        return [
            SectionAverage(node.id, node.title, most.value() if node.kind == "base" else None, points.value())
            for node, most, points in self._sections.values()
        ]


def grade_counts(view: ResultView) -> list[tuple[str, int]]:
    """Count the units of each grade, best first, then those whose grade is open, then those without one, if any."""
    if not view.grades or not view.result.units:
        return []
    counts = Counter(unit.grade for unit in view.result.units)
    open_ = sum(unit.grade is None and bool(unit.grading.candidates) for unit in view.result.units)
    others = ((view.words.text("tie"), open_), (view.words.text("not graded"), counts[None] - open_))
    return [*((name, counts[name]) for name in view.grades), *((name, count) for name, count in others if count)]
