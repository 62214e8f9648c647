"""What holds of all units together: what sections cost on average, how many units earned each grade; exact."""

from collections import Counter
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.engine.result import Detail, NodeResult
from dangjian_score.report.view import ResultView

_NOTHING: Final = Fraction(0)


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
