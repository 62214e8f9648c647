"""What formats say of all units together: the ranking's columns and rows, what sections cost, units of each grade."""

from collections import Counter
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.engine.result import Detail, NodeResult, UnitResult
from dangjian_score.report.view import ResultView

_NOTHING: Final = Fraction(0)

RankingKey = Literal["rank", "unit", "attribute", "part", "total", "grade", "veto", "selections"]


class RankingColumn(Struct, frozen=True):
    """A column of the ranking: what it holds, its head, and the most that can be had (None: no limit, no points)."""

    key: RankingKey
    head: str
    max: Fraction | None = None


def ranking_columns(view: ResultView, *, total_first: bool = False) -> list[RankingColumn]:
    """List the columns of the ranking; grades, vetoes and selections only where the regulation has them.

    The total stands behind its parts, or before them.
    """
    rubric, words = view.rubric, view.words
    ends: tuple[tuple[RankingKey, bool], ...] = (
        ("grade", bool(rubric.grades)),
        ("veto", bool(rubric.vetoes)),
        ("selections", bool(rubric.selections)),
    )
    parts = [RankingColumn("part", column.title, column.max) for column in view.result.columns]
    total = RankingColumn("total", words.text("total"))
    return [
        RankingColumn("rank", view.rank_head),
        RankingColumn("unit", rubric.subject),
        *(RankingColumn("attribute", name) for name in rubric.attributes),
        *((total, *parts) if total_first else (*parts, total)),
        *(RankingColumn(key, words.text(key)) for key, there in ends if there),
    ]


def ranking_row(unit: UnitResult, view: ResultView, *, total_first: bool = False) -> list[str]:
    """Write a unit's cells of the ranking, in the order of its columns."""
    rubric = view.rubric
    ends = (
        (rubric.grades, unit.grade or ""),
        (rubric.vetoes, "、".join(unit.vetoes)),
        (rubric.selections, "、".join(unit.selections)),
    )
    attributes = (unit.attributes.get(name, "") for name in rubric.attributes)
    parts, total = view.columns(unit), view.total(unit.total)
    points = (total, *parts) if total_first else (*parts, total)
    return [str(unit.rank), unit.unit, *attributes, *points, *(text for there, text in ends if there)]


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

    `most` is None where it carries nothing: sections that take points.
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
                most.add(node.due or _NOTHING)
                points.add(node.points)

    @property
    def sections(self) -> list[SectionAverage]:
        """The sections in the order of the text."""
        return [
            SectionAverage(node.id, node.title, most.value() if node.kind == "base" else None, points.value())
            for node, most, points in self._sections.values()
        ]


def grade_counts(view: ResultView) -> list[tuple[str | None, int]]:
    """Count the units of each grade, best first; None stands for those without one, and comes last."""
    counts = Counter(unit.grade for unit in view.result.units)
    names: list[str | None] = [*view.grades]
    rest = [None] if names and counts[None] else []
    return [(name, counts[name]) for name in [*names, *rest] if view.result.units]
