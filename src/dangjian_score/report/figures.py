"""What holds of all units together: what sections cost on average, how many units earned each grade; exact."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.result import Detail, NodeResult
from dangjian_score.report.view import ResultView


@dataclass(slots=True)
class Loss:
    """A section: what it carries and what units have of it, on average over those (and rounds) it applies to."""

    id: str
    title: str
    is_base: bool
    carried: Fraction = Fraction(0)
    points: Fraction = Fraction(0)
    times: int = 0

    def add(self, node: NodeResult) -> None:
        """Take in a unit's section, in one round."""
        self.carried += node.due or 0
        self.points += node.points
        self.times += 1

    @property
    def most(self) -> Fraction | None:
        """What it carries; None where it carries nothing: sections that take points."""
        return self.carried / self.times if self.is_base else None

    @property
    def mean(self) -> Fraction:
        """What units have."""
        return self.points / self.times

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
        self._sections: dict[str, Loss] = {}

    def add(self, detail: Detail) -> None:
        """Take in a unit."""
        for _, node in detail.sections():
            if node.applies and node.kind != "bonus":
                self._sections.setdefault(node.id, Loss(node.id, node.title, node.kind == "base")).add(node)

    @property
    def sections(self) -> list[Loss]:
        """The sections in the order of the text."""
        return [*self._sections.values()]


def grade_counts(view: ResultView) -> list[tuple[str | None, int]]:
    """Count the units of each grade, best first; None stands for those without one, and comes last."""
    counts = Counter(unit.grade for unit in view.result.units)
    names: list[str | None] = [*view.grades]
    rest = [None] if names and counts[None] else []
    return [(name, counts[name]) for name in [*names, *rest] if view.result.units]
