"""Where a unit's points went: from what it could have to what it got, row by row, so that the rows add up.

An account is opened for every round, and for what is scored once. What bonus sections give is no part of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.points import fixed, plain
from dangjian_score.report.view import LineView, NodeView, RubricView, UnitView
from dangjian_score.words.say import Words

_TELLING = ("floor", "ruling")
"""Of sections that add or take: lines that belong to what is taken though they give points back."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A row: at which node, what happened, points lost (negative) or given back, the lines it rests on."""

    node: NodeView
    what: str
    points: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What base sections carry for the unit, and all rows with their sum: base points and what was taken are both.

    `round` is None for what is scored once.
    """

    round: str | None
    due: str
    losses: tuple[Loss, ...]
    sum: str

    @property
    def nodes(self) -> tuple[NodeView, ...]:
        """Name the nodes that lost more than was given back, in the order of the text."""
        sums: dict[str, Fraction] = {}
        nodes = {one.node.id: one.node for one in self.losses}
        for one in self.losses:
            sums[one.node.id] = sums.get(one.node.id, Fraction(0)) + Fraction(one.points)
        return tuple(node for id_, node in nodes.items() if sums[id_] < 0)


def accounts(unit: UnitView, rubric: RubricView, said: Words) -> tuple[Account, ...]:
    """Open the accounts of a unit in which something is due or lost."""
    kept = [(None, unit.nodes), *((name, one.nodes) for name, one in unit.rounds.items())]
    opened = [_account(name, nodes, rubric.places, said) for name, nodes in kept[1:] + kept[:1]]
    return tuple(one for one in opened if one.losses or Fraction(one.due))


def due(node: NodeView) -> Fraction:
    """Tell what a base node carries for the unit."""
    return Fraction(node.due or 0)


def lost(node: NodeView, places: int) -> str:
    """Tell what a base section lacks of what it carries for the unit."""
    return fixed(due(node) - Fraction(node.points), places)


def _account(name: str | None, nodes: tuple[NodeView, ...], places: int, said: Words) -> Account:
    base = sum((due(node) for node in nodes if node.kind == "base"), Fraction(0))
    losses = tuple(_losses(nodes, places, said))
    total = sum((Fraction(one.points) for one in losses), Fraction(0))
    return Account(name, plain(base), losses, fixed(total, places))


def _losses(nodes: Iterable[NodeView], places: int, said: Words) -> Iterator[Loss]:
    for node in nodes:
        if node.kind == "base":
            yield from _of_base(node, places, said)
        elif node.kind != "bonus":
            yield from _taken(node, said)


def _of_base(node: NodeView, places: int, said: Words) -> Iterator[Loss]:
    """Give the lines of a leaf that begins full, and of another what it lacks; then those of a group itself."""
    for lower in node.nodes:
        yield from _of_base(lower, places, said)
    if node.nodes or (due(node) and node.start == node.max):
        yield from (Loss(node, line.text, line.points, (line,)) for line in node.lines)
        return
    lacking = Fraction(node.points) - due(node)
    if lacking:
        why = said.label("comma").join(filter(None, (line.text for line in node.lines)))
        what = said.label("lacking", max=plain(due(node)), points=node.points, why=why)
        yield Loss(node, what, fixed(lacking, places), node.lines)


def _taken(node: NodeView, said: Words) -> Iterator[Loss]:
    """Give what a section takes; of one that is made public there is the sum alone."""
    for lower in node.nodes:
        yield from _taken(lower, said)
    if not node.nodes and not node.lines and Fraction(node.points) < 0:
        yield Loss(node, said.label(node.kind), node.points, ())
    for line in node.lines:
        if line.verb in _TELLING or (Fraction(line.points) < 0 and line.verb != "ceiling"):
            yield Loss(node, line.text, line.points, (line,))
