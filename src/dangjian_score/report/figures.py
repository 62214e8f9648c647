"""What holds of all units together: what sections cost on average, how many units earned each grade; exact."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.cohort import mean
from dangjian_score.report.view import NodeView, ResultView, UnitView


@dataclass(frozen=True, slots=True)
class Loss:
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


def losses(told: ResultView) -> list[Loss]:
    """Work out what each section costs, over all rounds alike; what bonus sections give is no loss."""
    sections: dict[str, list[NodeView]] = {}
    for unit in told.units:
        for node in _sections(unit):
            if node.applies and node.kind != "bonus":
                sections.setdefault(node.id, []).append(node)
    return [_loss(nodes) for nodes in sections.values()]


def _sections(unit: UnitView) -> Iterator[NodeView]:
    for one in unit.rounds.values():
        yield from one.nodes
    yield from unit.nodes


def _loss(nodes: list[NodeView]) -> Loss:
    first = nodes[0]
    most = mean([Fraction(node.due or 0) for node in nodes]) if first.kind == "base" else None
    return Loss(first.id, first.title, most, mean([Fraction(node.points) for node in nodes]))


def grade_counts(told: ResultView) -> list[tuple[str | None, int]]:
    """Count the units of each grade, best first; None stands for those without one, and comes last."""
    counts = Counter(unit.grade for unit in told.units)
    names: list[str | None] = [grade.name for grade in told.rubric.grades]
    return [(name, counts[name]) for name in [*names, *([None] if names and counts[None] else [])] if told.units]
