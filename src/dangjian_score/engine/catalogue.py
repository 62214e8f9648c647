"""The measures of a rubric: what its trees read, what each is taken for, and what the rubric adds to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dangjian_score.engine.algebra import Is, Read, Yes, walk
from dangjian_score.engine.program import NodeTree, Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.facts import Value
from dangjian_score.rubric.model import MeasureKind, MeasureSpec

Use = Literal["yes_no", "level", "count", "number", "percent", "score", "date"]
"""What a rule takes a measure for."""

_ACCEPTS: Mapping[MeasureKind, frozenset[Use]] = {
    "yes_no": frozenset({"yes_no"}),
    "level": frozenset({"level"}),
    "date": frozenset({"date"}),
    "percent": frozenset({"percent"}),
    "count": frozenset({"count", "number"}),
    "number": frozenset({"count", "number", "score"}),
    "score": frozenset({"count", "number", "score"}),
}
_INFERRED: tuple[MeasureKind, ...] = ("yes_no", "level", "date", "percent", "count")
"""The kinds that a use alone can mean; a broken number makes `number`, an assessor's figure `score`."""

_BLANKS: Mapping[str, Value] = {"0": Fraction(0), "是": True, "否": False, "无": "无"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the evidence: its kind, its bounds, what a blank stands for (None: it is an error)."""

    name: str
    kind: MeasureKind
    least: Fraction | None
    most: Fraction | None
    blank: Value | None
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsedAs:
    """A measure read by a rule, and what that rule takes it for."""

    measure: str
    use: Use
    node: NodeTree
    rule_at: int


def uses(program: Program) -> tuple[UsedAs, ...]:
    """List every reading of every rule, in the order of the text."""
    return tuple(
        UsedAs(measure, use, node, at)
        for node in program.nodes
        for at, rule in enumerate(node.rules)
        for measure, use in _readings(rule)
    )


def _readings(rule: RuleTree) -> dict[tuple[str, Use], None]:
    found: dict[tuple[str, Use], None] = {}
    for tree in rule.trees:
        for part in walk(tree):
            match part:
                case Read(measure, kind):
                    found[measure, kind] = None
                case Yes(measure):
                    found[measure, "yes_no"] = None
                case Is(measure):
                    found[measure, "level"] = None
                case _:
                    pass
    return found


def kind_of(used: frozenset[Use], declared: MeasureKind | None) -> MeasureKind | None:
    """Settle one kind that serves every use; None where there is none."""
    if declared is not None:
        return declared if used <= _ACCEPTS[declared] else None
    if "score" in used:
        return "score" if used <= _ACCEPTS["score"] else None
    if used == {"number"}:
        return "number"
    return next((kind for kind in _INFERRED if used <= _ACCEPTS[kind]), None)


def catalogue(program: Program) -> dict[str, Measure]:
    """Settle every measure that has one kind; those that do not are for `checks` to report."""
    used: dict[str, set[Use]] = {}
    for one in uses(program):
        used.setdefault(one.measure, set()).add(one.use)
    specs = program.rubric.measures
    kinds = {name: kind_of(frozenset(of), specs[name].type if name in specs else None) for name, of in used.items()}
    return {name: _measure(name, kind, specs.get(name, MeasureSpec())) for name, kind in kinds.items() if kind}


def _measure(name: str, kind: MeasureKind, spec: MeasureSpec) -> Measure:
    least = None if kind == "number" else Fraction(0)
    most = Fraction(1) if kind == "percent" else None
    return Measure(
        name=name,
        kind=kind,
        least=least if spec.min is None else spec.min.value,
        most=most if spec.max is None else spec.max.value,
        blank=None if spec.blank == "error" else _BLANKS[spec.blank],
        levels=spec.levels,
    )
