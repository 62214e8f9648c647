"""A rubric as a program: named steps in order, each an expression over measures and earlier steps.

Lines, nodes and totals are all steps, so whatever carries expressions carries the whole regulation.
"""

from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.algebra import ZERO, AnyHolds, Choice, Const, Expr, Least, Ref, Rounded, Sum, held
from dangjian_score.engine.rules import RuleTree, build
from dangjian_score.rubric.model import KINDS, Kind, Node, Rubric, carries, limit, starts_at

TOTAL, TOTAL_RAW, TOTAL_HELD = ":total", ":total raw", ":total held"
"""Names of the total's steps; no node's id holds a colon."""


@dataclass(frozen=True, slots=True)
class Step:
    """A named value."""

    name: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class NodeTree:
    """A node with its limits settled and its rules as trees; `path` is its place in the YAML."""

    node: Node
    id: str
    path: tuple[str | int, ...]
    kind: Kind
    max: Fraction | None
    start: Fraction
    floor: Fraction | None
    ceiling: Fraction | None
    rules: tuple[RuleTree, ...]
    nodes: tuple["NodeTree", ...]

    @property
    def raw(self) -> str:
        """Name the step before floor and ceiling."""
        return f"{self.id}:raw"

    @property
    def held(self) -> str:
        """Name the step after floor and ceiling, before a forfeit."""
        return f"{self.id}:held"

    @property
    def clause(self) -> str | None:
        """The clause of the regulation it stands for."""
        return self.node.source.clause if self.node.source else None


@dataclass(frozen=True, slots=True)
class Program:
    """All steps in order of evaluation, and the tree that gives them sense."""

    rubric: Rubric
    sections: tuple[NodeTree, ...]
    steps: tuple[Step, ...]

    @property
    def nodes(self) -> tuple[NodeTree, ...]:
        """Every node, each before the ones below it."""
        return tuple(node for section in self.sections for node in _below(section))

    @property
    def rules(self) -> tuple[RuleTree, ...]:
        """Every rule, in the order of the text."""
        return tuple(rule for node in self.nodes for rule in node.rules)


def of_kind(kind: Kind) -> str:
    """Name the step that adds up the sections of one kind."""
    return f":{kind}"


def before_cap(rule: RuleTree) -> str:
    """Name the step of what a rule moves before its own cap."""
    return f"{rule.name}:before"


def compile_rubric(rubric: Rubric) -> Program:
    """Turn a rubric into its program."""
    sections = tuple(
        _node(section, section.kind, ("sections", at), str(at + 1), rubric.rounding.places)
        for at, section in enumerate(rubric.sections)
    )
    steps = [step for section in sections for step in _steps(section)]
    return Program(rubric, sections, (*steps, *_totals(rubric, sections)))


def _below(node: NodeTree) -> tuple[NodeTree, ...]:
    return (node, *(lower for one in node.nodes for lower in _below(one)))


def _node(node: Node, kind: Kind, path: tuple[str | int, ...], position: str, places: int) -> NodeTree:
    name = node.id or position
    most = carries(node, kind)
    start = (starts_at(node, kind) or Fraction(0)) if node.is_leaf else Fraction(0)
    bottomless = kind in ("penalty", "adjust")
    return NodeTree(
        node=node,
        id=name,
        path=path,
        kind=kind,
        max=most,
        start=start,
        floor=limit(node.floor, None if bottomless else Fraction(0)),
        ceiling=limit(node.ceiling, most),
        rules=tuple(build(rule, f"{name}/{at + 1}", places) for at, rule in enumerate(node.rules)),
        nodes=tuple(
            _node(item, kind, (*path, "items", at), f"{position}.{at + 1}", places)
            for at, item in enumerate(node.items)
        ),
    )


def _steps(node: NodeTree) -> tuple[Step, ...]:
    lower = [step for one in node.nodes for step in _steps(one)]
    lines = [
        line for rule in node.rules for line in (Step(before_cap(rule), rule.before), Step(rule.name, rule.points))
    ]
    terms = (*(Ref(one.id) for one in node.nodes), *(Ref(rule.name) for rule in node.rules))
    kept: Expr = Ref(node.held)
    if forfeits := tuple(rule.forfeits for rule in node.rules if rule.forfeits is not None):
        kept = Choice(AnyHolds(forfeits), Least(ZERO, kept), kept)
    return (
        *lower,
        *lines,
        Step(node.raw, Sum((Const(node.start), *terms))),
        Step(node.held, held(Ref(node.raw), node.floor, node.ceiling)),
        Step(node.id, kept),
    )


def _totals(rubric: Rubric, sections: tuple[NodeTree, ...]) -> tuple[Step, ...]:
    kinds = tuple(Step(of_kind(kind), Sum(tuple(Ref(s.id) for s in sections if s.kind == kind))) for kind in KINDS)
    total = held(Ref(TOTAL_RAW), limit(rubric.floor, None), limit(rubric.ceiling, None))
    return (
        *kinds,
        Step(TOTAL_RAW, Sum(tuple(Ref(step.name) for step in kinds))),
        Step(TOTAL_HELD, total),
        Step(TOTAL, Rounded(Ref(TOTAL_HELD), rubric.total_places)),
    )
