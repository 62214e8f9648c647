"""What tracing looks at, found out once for all units of a pass: where steps stand, what tests and reasons rest on."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.algebra import reads
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine.compiled.layout import Row, RowLayout, named
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.rules import RuleTree

Atoms = Any
"""What a unit's row holds in some places: one of them, or a tuple."""


class TestAnswers(Struct, frozen=True):
    """A test, and the answers that it had; `pick` takes from a row all it rests on, None where it rests on steps."""

    test: a.Test
    pick: Callable[[Row], Atoms] | None
    answers: BoundedCache[Atoms, bool]


class Glance(Struct, frozen=True):
    """What a tree holds: measures, figures with names (and those of many that they rest on), tallies, groups."""

    reads: tuple[str, ...]
    named: tuple[tuple[a.Named | a.Statistic | a.Placing, tuple[str, ...]], ...]
    tallies: tuple[str, ...]
    groups: tuple[str, ...]


class RuleTrack(Struct, frozen=True):
    """A rule: its tests, and what its reason is made of.

    `pick` takes from a row all that its reason rests on; None where that is events, other units or other items.
    """

    rule: RuleTree
    forfeits: TestAnswers | None
    members: tuple[tuple[TestAnswers, Glance], ...]
    guard: tuple[Glance, ...]
    own: tuple[Glance, ...]
    counted: Mapping[str, a.Expr]
    pick: Callable[[Row], Atoms] | None


class NodeTrack(Struct, frozen=True):
    """A node, and where its steps stand; `due` is None where all units are due its maximum.

    `rules` stand with the places of what they move before and after their own caps.
    """

    tree: NodeTree
    due: int | None
    points: int
    raw: int
    held: int
    kept: int
    scored: TestAnswers | None
    applies: TestAnswers | None
    rules: tuple[tuple[RuleTrack, int, int], ...]
    forfeits: tuple[tuple[RuleTrack, TestAnswers], ...]
    nodes: tuple["NodeTrack", ...]


class Tracks:
    """Finds out what to look at, where `places` tells where steps stand and `layout` what rows hold."""

    def __init__(self, places: Mapping[str, int], layout: RowLayout) -> None:
        self._places = places
        self._slots = {name: at for at, name in enumerate((*layout.names.measures, *layout.names.known))}

    def node(self, tree: NodeTree) -> NodeTrack:
        """Look through a node and all below it."""
        places, rules = self._places, tuple(map(self._rule, tree.rules))
        return NodeTrack(
            tree=tree,
            due=places.get(tree.due),
            points=places[tree.id],
            raw=places[tree.raw],
            held=places[tree.held],
            kept=places[tree.kept],
            scored=self._asked(tree.scored),
            applies=self._asked(tree.applies),
            rules=tuple((track, places[track.rule.before_cap], places[track.rule.name]) for track in rules),
            forfeits=tuple((rule, rule.forfeits) for rule in rules if rule.forfeits is not None),
            nodes=tuple(map(self.node, tree.nodes)),
        )

    def _rule(self, rule: RuleTree) -> RuleTrack:
        basis = rule.basis
        expr, forfeits = basis.expr, self._asked(rule.forfeits)
        members = ((self._asked(member.counts), _glance(member.counts)) for member in basis.members)
        return RuleTrack(
            rule=rule,
            forfeits=forfeits,
            members=tuple((asked, glance) for asked, glance in members if asked is not None),
            guard=() if rule.guard is None else (_glance(rule.guard),),
            own=(_glance(expr), *(() if rule.forfeits is None else (_glance(rule.forfeits),))),
            counted={**basis.figures, "times": expr},
            pick=self._alone((*rule.trees, expr)),
        )

    def _asked(self, test: a.Test | None) -> TestAnswers | None:
        if test is None:
            return None
        names = named((test,))
        return TestAnswers(test, self._picker((*names.measures, *names.known)), BoundedCache())

    def _alone(self, trees: tuple[a.Expr | a.Test, ...]) -> Callable[[Row], Atoms] | None:
        others = a.Tally | a.Grouped | a.Statistic | a.Placing | a.Ref
        if any(isinstance(part, others) for tree in trees for part in a.walk(tree)):
            return None
        return self._picker(reads(*trees))

    def _picker(self, names: Iterable[str]) -> Callable[[Row], Atoms] | None:
        """Take what has these names from a row; None where a row does not hold all of them."""
        places = [self._slots.get(name, -1) for name in names]
        if -1 in places:
            return None
        return itemgetter(*places) if places else _nothing


def _nothing(_row: Row) -> Atoms:
    return ()


def _glance(tree: a.Expr | a.Test) -> Glance:
    found, parts = (
        a.figures(tree),
        (part for part in a.walk(tree) if isinstance(part, a.Named | a.Statistic | a.Placing)),
    )
    return Glance(
        reads(tree),
        tuple((part, tuple(figure.name for figure in a.figures(part))) for part in parts),
        tuple(figure.name for figure in found if isinstance(figure, a.Tally)),
        tuple(figure.name for figure in found if isinstance(figure, a.Grouped)),
    )
