"""What charts show: what sections cost on average, and how many units earned each grade; exact until it is rounded."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dangjian_score.points import rounded
from dangjian_score.report.view import NodeView, ResultView, UnitView

_SHARE: Final = 4
"""Decimals of shares, which have no end."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A section: what it carries, what units have of it and what they lack, on average over those it applies to.

    `most` and `share` (of what it carries) are None where it carries nothing: sections that take points.
    """

    title: str
    most: Fraction | None
    mean: Fraction
    lost: Fraction
    share: Fraction | None


def losses(told: ResultView) -> list[Loss]:
    """Work out what each section costs, over all rounds alike; figures are rounded to the places of points."""
    sections: dict[str, list[NodeView]] = {}
    for unit in told.units:
        for node in _sections(unit):
            if node.applies and node.kind != "bonus":
                sections.setdefault(node.id, []).append(node)
    return [_loss(nodes, told.rubric.places) for nodes in sections.values()]


def _sections(unit: UnitView) -> Iterator[NodeView]:
    for one in unit.rounds.values():
        yield from one.nodes
    yield from unit.nodes


def _loss(nodes: list[NodeView], places: int) -> Loss:
    count, first = len(nodes), nodes[0]
    carried = first.kind == "base"
    most = sum((Fraction(node.due or 0) for node in nodes if carried), Fraction(0)) / count
    mean = sum((Fraction(node.points) for node in nodes), Fraction(0)) / count
    return Loss(
        title=f"{first.id} {first.title}",
        most=rounded(most, places) if carried else None,
        mean=rounded(mean, places),
        lost=rounded(most - mean, places),
        share=rounded((most - mean) / most, _SHARE) if most else None,
    )


def grade_counts(told: ResultView) -> list[tuple[str | None, int, Fraction]]:
    """Count the units of each grade, best first, and their share of all; None stands for those without one."""
    if not told.units:
        return []
    counts = Counter(unit.grade for unit in told.units)
    names: list[str | None] = [grade.name for grade in told.rubric.grades]
    return [
        (name, counts[name], rounded(Fraction(counts[name], len(told.units)), _SHARE))
        for name in [*names, *([None] if names and counts[None] else [])]
    ]
