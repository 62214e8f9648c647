"""What the trace of a pass reads: where the steps of nodes stand, and what tests and reasons of rules depend on."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from operator import itemgetter

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine import step_names as s
from dangjian_score.engine.compiled.layout import Atom, Row, columns_read
from dangjian_score.engine.dues import is_scaled
from dangjian_score.engine.node_steps import counted
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.result import NamedFigure
from dangjian_score.engine.rules import RuleTree, groups_of, judged_column, most_of_group
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.flat import Once

Atoms = Atom | tuple[Atom, ...]
"""Values of slots of a row: of one slot an atom, of several a tuple."""
Pick = Callable[[Row], Atoms]


class TracedTest(Struct, frozen=True):
    """A test with its answers so far.

    `pick` takes from a row the values that the test depends on; None where it depends on steps.
    """

    test: a.Test
    pick: Pick | None
    answers: BoundedCache[Atoms, bool]


class TreeContents(Struct, frozen=True):
    """What a tree contains: measures, named figures (with the figures of many they need), tallies, groups."""

    reads: tuple[str, ...]
    named: tuple[tuple[NamedFigure, tuple[str, ...]], ...]
    tallies: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, tree: a.Tree) -> "TreeContents":
        """Collect the contents of a tree."""
        found, nodes = a.figures(tree), a.walk(tree)
        named = (node for node in nodes if isinstance(node, a.Named | a.Statistic | a.Placing))
        return cls(
            a.reads(tree),
            tuple((node, tuple(figure.name for figure in a.figures(node))) for node in named),
            tuple(figure.name for figure in found if isinstance(figure, a.Tally)),
            tuple(figure.name for figure in found if isinstance(figure, a.Grouped)),
        )


class TracedRule(Struct, frozen=True):
    """A rule with its tests, the contents of its trees and the figures of its reason.

    `pick` takes from a row the values that the reason depends on; None where it depends on events, other units or
    other items, or on levels, of which a row holds the points. `judged` is the column with the figure of each event,
    where events are judged one by one. `counts` is the test that it counts for the unit; `most_each` are the most
    points of one of its groups, None without end or groups.
    """

    rule: RuleTree
    forfeits: TracedTest | None
    members: tuple[tuple[TracedTest, TreeContents], ...]
    guard: tuple[TreeContents, ...]
    own: tuple[TreeContents, ...]
    figures: Mapping[str, a.Expr]
    pick: Pick | None
    judged: str | None
    counts: TracedTest | None
    most_each: Fraction | None


class TracedNode(Struct, frozen=True):
    """A node with the places of its steps; `due` is None where the node carries its maximum for all units.

    `chosen` is the place of whether it is among the best of its group, and `scale` those of what its items carry, of
    what it carries itself, and of its points scaled to that; None where there is no such step. `rules` are rules with
    the places of their points before and after their own caps.
    """

    tree: NodeTree
    due: int | None
    chosen: int | None
    counted: int
    points: int
    raw: int
    scale: tuple[int, int, int] | None
    held: int
    kept: int
    scored: TracedTest | None
    applies: TracedTest | None
    present: TracedTest | None
    rules: tuple[tuple[TracedRule, int, int], ...]
    forfeits: tuple[tuple[TracedRule, TracedTest], ...]
    nodes: tuple["TracedNode", ...]


class Slots(Struct, frozen=True):
    """The places of steps among figures, and the slots of names in rows."""

    places: Mapping[str, int]
    slots: Mapping[str, int]

    def node(self, tree: NodeTree) -> TracedNode:
        """Find what the trace of a node and of those below it reads."""
        places, rules = self.places, tuple(map(self._rule, tree.rules))
        return TracedNode(
            tree=tree,
            due=places.get(s.due(tree.id)),
            chosen=places.get(s.chosen(tree.id)),
            counted=places[counted(tree).step],
            points=places[tree.id],
            raw=places[s.raw(tree.id)],
            scale=self._scale(tree.id) if is_scaled(tree) else None,
            held=places[s.held(tree.id)],
            kept=places[s.kept(tree.id)],
            scored=self._test(tree.scored),
            applies=self._test(tree.applies),
            present=self._test(tree.present),
            rules=tuple((traced, places[s.before_cap(traced.rule.name)], places[traced.rule.name]) for traced in rules),
            forfeits=tuple((rule, rule.forfeits) for rule in rules if rule.forfeits is not None),
            nodes=tuple(map(self.node, tree.nodes)),
        )

    def _scale(self, node: str) -> tuple[int, int, int]:
        within, whole, scaled = (self.places[of(node)] for of in (s.within, s.whole, s.scaled))
        return within, whole, scaled

    def _rule(self, rule: RuleTree) -> TracedRule:
        expr = rule.basis.expr
        members = ((self._test(member.counts), TreeContents.of(member.counts)) for member in rule.basis.members)
        # of a rule without a basis the guard alone decides
        taking = () if rule.forfeits is None or isinstance(rule.basis, Once) else (rule.forfeits,)
        told = (*a.reads(*rule.trees, expr), *rule.basis.mentions)
        return TracedRule(
            rule=rule,
            forfeits=self._test(rule.forfeits),
            members=tuple((test, contents) for test, contents in members if test is not None),
            guard=() if rule.guard is None else (TreeContents.of(rule.guard),),
            own=tuple(map(TreeContents.of, (expr, *taking))),
            figures={**rule.basis.figures, "times": expr},
            pick=self._picker(told) if self._is_of_unit_alone(rule) else None,
            judged=judged_column(rule.basis),
            counts=self._test(rule.counts),
            most_each=None if (groups := groups_of(rule.basis)) is None else most_of_group(groups, {}),
        )

    def _test(self, test: a.Test | None) -> TracedTest | None:
        if test is None:
            return None
        read = columns_read((test,))
        return TracedTest(test, self._picker((*read.measures, *read.known)), BoundedCache())

    def _is_of_unit_alone(self, rule: RuleTree) -> bool:
        others = a.Tally | a.Grouped | a.Statistic | a.Placing | a.Ref
        trees = (*rule.trees, rule.basis.expr)
        shared = any(isinstance(node, others) for tree in trees for node in a.walk(tree))
        return not (shared or isinstance(rule.basis, Graded))

    def _picker(self, names: Iterable[str]) -> Pick | None:
        """Return the function that takes the values of these names from a row; None where a row lacks one of them."""
        places = [self.slots.get(name, -1) for name in names]
        if -1 in places:
            return None
        return itemgetter(*places) if places else lambda _row: ()
