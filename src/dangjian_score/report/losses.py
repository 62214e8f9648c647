"""Where a unit's points went: from what it could have to what it got, row by row, so that the rows add up.

An account is opened for every round, and for what is scored once. What bonus sections give is no part of it.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.result import Detail, PointsLine, NodeResult
from dangjian_score.report.view import ResultView

_TELLING = ("floor", "ruling")
"""Of sections that add or take: lines that belong to what is taken though they give points back."""


class LossRow(Struct, frozen=True):
    """A row: at which node, what happened, points lost (negative) or given back, the lines it rests on."""

    node: NodeResult
    what: str
    points: Fraction
    lines: tuple[PointsLine, ...]


class SectionLosses(Struct, frozen=True):
    """What base sections carry for the unit, and all rows with their sum: base points and what was taken are both.

    `round` is None for what is scored once.
    """

    round: str | None
    due: Fraction
    losses: tuple[LossRow, ...]

    @property
    def sum(self) -> Fraction:
        """What was lost in all (negative)."""
        return sum((one.points for one in self.losses), Fraction(0))

    @property
    def nodes(self) -> tuple[NodeResult, ...]:
        """Name the nodes that lost more than was given back, in the order of the text."""
        sums: dict[str, Fraction] = {}
        nodes = {one.node.id: one.node for one in self.losses}
        for one in self.losses:
            sums[one.node.id] = sums.get(one.node.id, Fraction(0)) + one.points
        return tuple(node for id_, node in nodes.items() if sums[id_] < 0)


def accounts(detail: Detail, view: ResultView) -> tuple[SectionLosses, ...]:
    """Open the accounts of a unit in which something is due or lost."""
    kept = [*((name, one.nodes) for name, one in detail.rounds.items()), (None, detail.nodes)]
    opened = [SectionLosses(name, _due(nodes), tuple(_loss_rows(nodes, view))) for name, nodes in kept]
    return tuple(one for one in opened if one.losses or one.due)


def _due(nodes: Iterable[NodeResult]) -> Fraction:
    return sum((node.due or Fraction(0) for node in nodes if node.kind == "base"), Fraction(0))


def _loss_rows(nodes: Iterable[NodeResult], view: ResultView) -> Iterator[LossRow]:
    for node in nodes:
        if node.kind == "base":
            yield from _of_base(node, view)
        elif node.kind != "bonus":
            yield from _taken(node, view)


def _of_base(node: NodeResult, view: ResultView) -> Iterator[LossRow]:
    """Give the lines of a leaf that begins full, and of another what it lacks; then those of a group itself."""
    for lower in node.nodes:
        yield from _of_base(lower, view)
    due = node.due or Fraction(0)
    if node.nodes or (due and node.start == node.max):
        yield from (LossRow(node, view.text(line), line.points, (line,)) for line in node.lines)
    elif lacking := node.points - due:
        why = view.words.label("comma").join(filter(None, map(view.text, node.lines)))
        points = view.points_of(node.points, due)
        yield LossRow(node, view.words.label("lacking", max=view.brief(due), points=points, why=why), lacking, node.lines)


def _taken(node: NodeResult, view: ResultView) -> Iterator[LossRow]:
    """Give what a section takes; of one that is made public there is the sum alone."""
    for lower in node.nodes:
        yield from _taken(lower, view)
    if not node.nodes and not node.lines and node.points < 0:
        yield LossRow(node, view.words.label(node.kind), node.points, ())
    for line in node.lines:
        if line.verb in _TELLING or (line.points < 0 and line.verb != "ceiling"):
            yield LossRow(node, view.text(line), line.points, (line,))
