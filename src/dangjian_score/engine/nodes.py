"""Nodes (sections, items, parts) with their limits resolved and their rules as trees."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.engine import step_names as s
from dangjian_score.engine.interim import Horizon
from dangjian_score.engine.registers import CaseScope
from dangjian_score.engine.rules import NodeSetting, RuleTree, build
from dangjian_score.rubric.kinds.base import Weighed
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.lexicon import Lexicon, only
from dangjian_score.rubric.model import IfNa, Kind, Node, Rubric, carries, limit, starts_at


class NodeTree(Struct, frozen=True, dict=True):
    """A node with its limits resolved and its rules as trees; `path` is its place in the YAML.

    `applies` is the test of a unit's attributes, with those of the nodes above. `written` are its rules in the order of
    the text, with those that are not due. A base group that `is_closed` has a scale of its own, within which its items
    are rescaled. Without a `horizon` all of it is due.
    """

    node: Node
    id: str
    path: tuple[str | int, ...]
    kind: Kind
    max: Fraction | None
    start: Fraction
    floor: Fraction | None
    ceiling: Fraction | None
    if_na: IfNa
    applies: a.Test | None
    attributes: tuple[str, ...]
    written: tuple[RuleTree, ...]
    nodes: tuple["NodeTree", ...]
    is_closed: bool = False
    horizon: Horizon | None = None

    @property
    def is_section(self) -> bool:
        """Whether it is a node of the first level."""
        return len(self.path) == len(("sections", 0))

    @property
    def by_place(self) -> bool:
        """Whether its id is only its position, which changes when an item is inserted before it."""
        return self.node.id is None

    @cached_property
    def rules(self) -> tuple[RuleTree, ...]:
        """The rules that are due."""
        return tuple(rule for rule in self.written if rule.timing != "pending")

    @property
    def is_due(self) -> bool:
        """Whether anything in it is due."""
        return any(node.rules for node in self.below())

    @property
    def asks_entries(self) -> bool:
        """Whether it is a leaf that is due only for units that have entered something for one of its rules."""
        return self.node.is_leaf and all(rule.timing == "entered" for rule in self.rules)

    @property
    def takes_blanks(self) -> bool:
        """Whether it is a leaf with a rule that is due only for units that have entered something for it."""
        return self.node.is_leaf and any(rule.timing == "entered" for rule in self.rules)

    @cached_property
    def taken_up(self) -> a.Test | None:
        """The test that it is due for the unit; None where it is due for all units."""
        return a.AnyHolds(tuple(rule.entered for rule in self.rules if rule.entered)) if self.asks_entries else None

    @cached_property
    def begun(self) -> a.Test | None:
        """The test that anything in it is due for the unit; None where something is due for all units."""
        below = [node.begun for node in self.nodes if node.is_due]
        if self.node.is_leaf or None in below or any(rule.timing != "entered" for rule in self.rules):
            return self.taken_up
        own = (rule.entered for rule in self.rules)
        return a.AnyHolds(tuple(test for test in (*own, *below) if test is not None))

    @cached_property
    def clause(self) -> str | None:
        """The clause of the regulation."""
        return self.node.source.cited if self.node.source else None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The measures that a leaf is scored from."""
        return self._asked[0]

    @property
    def always(self) -> tuple[str, ...]:
        """The measures of a leaf that are due from every unit it applies to."""
        return self._asked[1]

    @cached_property
    def _asked(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return inputs(self.rules, self.attributes) if self.node.is_leaf else ((), ())

    @property
    def present(self) -> a.Test | None:
        """The test that not all of its measures are 不适用; None where there are none or 不适用 is an error."""
        if self.if_na == "error":
            return None
        return _not_waived(self.id) if self.takes_blanks else _present(self.always)

    @cached_property
    def scored(self) -> a.Test | None:
        """The test that its rules are evaluated: it applies, is due, and not all of its measures are 不适用."""
        return a.both(self.applies, self.present, self.taken_up)

    def below(self) -> Iterator["NodeTree"]:
        """Visit this node and all below it, each before the nodes below it."""
        yield self
        for node in self.nodes:
            yield from node.below()


class _Above(Struct, frozen=True):
    """What a node inherits from the nodes above."""

    kind: Kind
    applies: a.Test | None
    if_na: IfNa
    horizon: Horizon | None


def section_tree(rubric: Rubric, lexicon: Lexicon, at: int, through: date | None = None) -> NodeTree:
    """Return the tree of a section by its position; `through` is the last day that is scored, None for all."""
    section = rubric.sections[at]
    horizon = None
    if through is not None and rubric.period is not None:
        horizon = Horizon(rubric.period, through, is_base=section.kind == "base")
    above = _Above(section.kind, None, "error" if section.kind == "base" else "zero", horizon)
    return _Builder(lexicon, rubric).node(section, above, ("sections", at), str(at + 1))


class _Builder:
    """Builds the nodes of one section."""

    def __init__(self, lexicon: Lexicon, rubric: Rubric) -> None:
        self._lexicon, self._rubric = lexicon, rubric

    def node(self, node: Node, above: _Above, path: tuple[str | int, ...], position: str) -> NodeTree:
        name, kind = node.id or position, above.kind
        horizon = above.horizon
        if horizon is not None and node.due is not None:
            horizon = replace(horizon, due=node.due)
        here = _Above(kind, a.both(above.applies, only(node.only)), node.if_na or above.if_na, horizon)
        most, bottomless = carries(node, kind), kind in ("penalty", "adjust")
        rules = self._rules(node, name, here)
        if here.if_na != "error" and node.is_leaf:
            due = tuple(rule for rule in rules if rule.timing != "pending")
            takes_blanks = any(rule.timing == "entered" for rule in due)
            _, always = inputs(due, self._rubric.attributes)
            rules = self._rules(node, name, here, _not_waived(name) if takes_blanks else _present(always))
        return NodeTree(
            node=node,
            id=name,
            path=path,
            kind=kind,
            max=most,
            start=(starts_at(node, kind) or Fraction(0)) if node.is_leaf else Fraction(0),
            floor=limit(node.floor, None if bottomless else Fraction(0)),
            ceiling=limit(node.ceiling, most),
            if_na=here.if_na,
            applies=here.applies,
            attributes=self._rubric.attributes,
            written=rules,
            nodes=tuple(
                self.node(item, here, (*path, "items", at), f"{position}.{at + 1}")
                for at, item in enumerate(node.items)
            ),
            is_closed=kind == "base" and bool(node.items) and self._has_own_scale(node, path),
            horizon=horizon,
        )

    def _has_own_scale(self, node: Node, path: tuple[str | int, ...]) -> bool:
        """Return whether a group has a weight, says so, or is a factor of the total."""
        is_factor = self._rubric.product is not None and len(path) == len(("sections", 0))
        return node.weight is not None or node.rescale_in is not None or is_factor

    def _rules(self, node: Node, name: str, here: _Above, present: a.Test | None = None) -> tuple[RuleTree, ...]:
        rubric = self._rubric
        lexicon = self._lexicon.among(name)
        setting = NodeSetting(lexicon, rubric.rounding, rubric.attributes, here.applies, present, here.horizon)
        return tuple(build(rule, f"{name}/{at + 1}", setting) for at, rule in enumerate(node.rules))


def inputs(rules: Iterable[RuleTree], attributes: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the measures that a leaf reads (without attributes and events), and those of them that are always due.

    The figure of an assessor is due only where its rule applies.
    """
    entered, always = dict[str, None](), dict[str, None]()
    for rule in rules:
        conditional = isinstance(rule.basis, Assessed) and rule.guard is not None
        read = [measure for measure in a.reads(*rule.trees) if measure not in attributes]
        guarding = () if rule.guard is None else a.reads(rule.guard)
        entered |= dict.fromkeys(read)
        always |= dict.fromkeys(measure for measure in read if not conditional or measure in guarding)
    return tuple(entered), tuple(always)


def _present(always: Collection[str]) -> a.Test | None:
    """Return the test that one of the measures was entered; None without measures."""
    return a.AnyHolds(tuple(a.Entered(measure) for measure in always)) if always else None


def _not_waived(node: str) -> a.Test:
    """Return the test that a unit has not entered 不适用 for a leaf, where blanks may also mean that it is not due."""
    return a.Compare(a.Ref(s.waived(node)), "equals", a.ZERO)


def scopes(node: NodeTree) -> Iterator[CaseScope]:
    """Visit the scopes of the nodes with `highest_per`, inner nodes first."""
    for lower in node.nodes:
        yield from scopes(lower)
    if node.node.highest_per:
        pricing = (rule for inner in node.below() for rule in inner.rules if isinstance(rule.model, Weighed))
        tallies = (figure for rule in pricing for figure in a.figures(rule.basis.expr) if isinstance(figure, a.Tally))
        yield CaseScope(node.node.highest_per, tuple(dict.fromkeys(tally.name for tally in tallies)))
