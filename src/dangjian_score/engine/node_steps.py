"""The steps of nodes: from rules to the points of a node, and to the points that count above it."""

from collections.abc import Iterable, Iterator

from dangjian_score.core import algebra as a
from dangjian_score.engine import step_names as s
from dangjian_score.engine.dues import is_partial, is_scaled, weighed, where_due
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.rubric.model import Rounding


def steps(node: NodeTree, ruled: frozenset[str], rounding: Rounding) -> Iterator[a.Step]:
    """Visit the steps of a node, those of nodes below it first; `ruled` are the nodes with rulings."""
    for lower in node.nodes:
        yield from steps(lower, ruled, rounding)
    for rule in node.rules:
        yield a.Step(s.before_cap(rule.name), rule.before)
        yield a.Step(rule.name, rule.points)
    yield from _choosing(node)
    terms = (*_items(node), *(a.Ref(rule.name) for rule in node.rules))
    raw, held, kept = (of(node.id) for of in (s.raw, s.held, s.kept))
    yield a.Step(raw, a.Sum((a.Const(node.start), *terms)))
    if is_scaled(node):
        yield a.Step(s.scaled(node.id), _scaled(node, rounding))
        raw = s.scaled(node.id)
    yield a.Step(held, a.held(a.Ref(raw), node.floor, node.ceiling))
    yield a.Step(kept, _where_it_applies(node, _after_forfeits(node, a.Ref(held))))
    ruled_on: a.Expr = a.Ref(kept)
    if node.id in ruled:
        ruled_on = a.Sum((a.Ref(kept), a.Ref(s.ruling(node.id))))
    yield a.Step(node.id, a.to_places(ruled_on, rounding.sections if node.is_section else None, rounding.mode))
    if node.node.weight is not None:
        points = weighed(node, a.Ref(node.id))
        yield a.Step(s.counted(node.id), a.to_places(points, rounding.places, rounding.mode))


def counted(node: NodeTree) -> a.Ref:
    """Return the points of a node as they count above it."""
    return a.Ref(node.id if node.node.weight is None else s.counted(node.id))


def _items(group: NodeTree) -> Iterator[a.Expr]:
    """Visit the points that a group adds up: those of its items, or of the best of them."""
    for item in group.nodes:
        points = counted(item)
        yield points if group.node.best is None else a.Product(a.Ref(s.chosen(item.id)), points)


def _choosing(group: NodeTree) -> Iterator[a.Step]:
    """Visit the steps of which items are among the best of a group; those that carry nothing are not."""
    if group.node.best is None:
        return
    there = [(a.Compare(a.Ref(s.due(item.id)), "above", a.ZERO),) if is_partial(group) else () for item in group.nodes]
    tests = a.among_largest([counted(item) for item in group.nodes], group.node.best, there)
    for item, test in zip(group.nodes, tests, strict=True):
        yield a.Step(s.chosen(item.id), a.Choice(test, a.ONE, a.ZERO))


def _scaled(group: NodeTree, rounding: Rounding) -> a.Expr:
    """Scale the points of a group up: points ÷ what its items carry × its maximum; 0 where nothing applies."""
    points, within, whole = (a.Ref(of(group.id)) for of in (s.raw, s.within, s.whole))
    scaled = a.to_places(a.Quotient(a.Product(points, whole), within), rounding.places, rounding.mode)
    applying = a.Choice(a.Compare(within, "above", a.ZERO), scaled, a.ZERO)
    return a.Choice(a.Compare(within, "equals", whole), points, applying)


def _after_forfeits(node: NodeTree, held: a.Expr) -> a.Expr:
    forfeits = tuple(rule.forfeits for rule in node.rules if rule.forfeits is not None)
    return a.Choice(a.AnyHolds(forfeits), a.Least(a.ZERO, held), held) if forfeits else held


def _where_it_applies(node: NodeTree, kept: a.Expr) -> a.Expr:
    """Return 0 where the node does not apply, the points of `if_na` where its measures are 不适用, else `kept`."""
    kept = where_due(node, kept)
    if node.present is not None:
        instead = a.Const(node.max) if node.if_na == "full" and node.max is not None else a.ZERO
        kept = a.Choice(node.present, kept, instead)
    return kept if node.applies is None else a.Choice(node.applies, kept, a.ZERO)


def in_order(steps: Iterable[a.Step]) -> tuple[a.Step, ...]:
    """Return steps sorted after those they refer to, else in their order; circles are left, and checks report them."""
    known = {step.name: step for step in steps}
    ordered: dict[str, a.Step] = {}
    visiting: set[str] = set()
    todo = list(reversed(known.values()))
    while todo:
        step = todo[-1]
        if step.name in visiting:
            ordered.setdefault(step.name, todo.pop())
        else:
            visiting.add(step.name)
            refs = [part.step for part in a.walk(step.expr) if isinstance(part, a.Ref)]
            todo += (known[name] for name in reversed(refs) if name in known and name not in visiting)
    return tuple(ordered.values())
