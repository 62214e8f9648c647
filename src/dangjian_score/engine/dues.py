"""What nodes carry for a unit: their maxima, less where parts do not apply or are not due.

A node carries points on its own scale; what is above it adds up these points × its weight (`counted`). A group that is
closed, with a scale of its own, carries its whole maximum as long as anything in it applies.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from dangjian_score.core import algebra as a
from dangjian_score.engine import step_names as s
from dangjian_score.engine.interim import first_due
from dangjian_score.engine.nodes import NodeTree


def carries_all(node: NodeTree) -> bool:
    """Return whether a node carries its maximum for every unit, the nodes below it aside."""
    return node.horizon is None and node.applies is None and (node.present is None or node.if_na != "rescale")


def is_partial(node: NodeTree) -> bool:
    """Return whether the items of a base group may carry less than their maxima for some units."""
    return node.kind == "base" and not all(carries_all(lower) for item in node.nodes for lower in item.below())


def is_scaled(node: NodeTree) -> bool:
    """Return whether the points of a group are scaled within it."""
    return node.is_closed and is_partial(node)


def weighed(node: NodeTree, points: a.Expr) -> a.Expr:
    """Return points of a node as they count above it."""
    return points if node.node.weight is None else a.Product(a.Const(node.node.weight), points)


def dues(node: NodeTree) -> Iterator[a.Step]:
    """Visit the steps of what a base node carries for the unit, those of nodes below it first."""
    for lower in node.nodes:
        yield from dues(lower)
    if not node.nodes:
        yield a.Step(s.due(node.id), _due_of_leaf(node))
        return
    below = _together(node, [due(lower) for lower in node.nodes])
    if node.is_closed or node.node.best is not None:
        within, whole = a.Ref(s.within(node.id)), a.Ref(s.whole(node.id))
        yield a.Step(within.step, below)
        yield a.Step(whole.step, _whole(node))
        below = a.Choice(a.Compare(within, "above", a.ZERO), whole, a.ZERO) if node.is_closed else within
    cuts = node.horizon is not None and node.ceiling is not None and node.ceiling < (node.max or node.ceiling)
    yield a.Step(s.due(node.id), a.Least(below, a.Const(node.ceiling)) if cuts and node.ceiling else below)


def due(node: NodeTree) -> a.Expr:
    """Return what a node carries for the unit as it counts above it."""
    return weighed(node, a.Ref(s.due(node.id)))


def _together(group: NodeTree, values: list[a.Expr]) -> a.Expr:
    """Return what values of the items of a group come to: their sum, or that of the best that count."""
    if group.node.best is None:
        return a.Sum(tuple(values))
    tests = a.among_largest(values, group.node.best, [()] * len(values))
    return a.Sum(tuple(a.Choice(test, value, a.ZERO) for test, value in zip(tests, values, strict=True)))


def _due_of_leaf(leaf: NodeTree) -> a.Expr:
    most = where_due(leaf, _most_due(leaf))
    if leaf.present is not None:
        waived = a.ZERO if leaf.if_na == "rescale" else a.Const(leaf.max or Fraction(0))
        most = most if waived == most else a.Choice(leaf.present, most, waived)
    return _for_its_units(leaf, most)


def where_due(node: NodeTree, points: a.Expr) -> a.Expr:
    """Return points where the node is due for the unit, else 0."""
    return points if node.taken_up is None else a.Choice(node.taken_up, points, a.ZERO)


def _most_due(leaf: NodeTree) -> a.Expr:
    """Return the most points of a base leaf for what is due: its maximum, or less while some awards are not due."""
    most, awards = a.Const(leaf.max or Fraction(0)), [rule for rule in leaf.written if rule.verb == "award"]
    if all(rule.timing in ("whole", "entered") for rule in awards):
        return most
    terms = [rule.most for rule in awards if rule.timing != "pending"]
    known = tuple(term for term in terms if term is not None)
    if len(known) < len(terms):
        return most
    return a.Least(a.Most(a.Const(leaf.floor or Fraction(0)), a.Sum((a.Const(leaf.start), *known))), most)


def _for_its_units(leaf: NodeTree, points: a.Expr) -> a.Expr:
    return points if leaf.applies is None else a.Choice(leaf.applies, points, a.ZERO)


def _whole(group: NodeTree) -> a.Expr:
    """Return what a group carries if nothing in it is 不适用; a closed group its maximum, for all attributes of units.

    While a part is not due it is what its items carry, with what they lack for 不适用.
    """
    if group.horizon is not None:
        return _together(group, [a.Sum((due(lower), *_waived(lower))) for lower in group.nodes])
    if group.is_closed:
        return a.Const(group.max or Fraction(0))
    return _together(group, [*map(carried, group.nodes)])


def waived(nodes: Iterable[NodeTree]) -> tuple[a.Expr, ...]:
    """Return the terms of what nodes lack for 不适用."""
    return tuple(term for node in nodes for term in _waived(node))


def _waived(node: NodeTree) -> Iterator[a.Expr]:
    below = waived(node.nodes)
    if not node.nodes:
        if node.if_na == "rescale" and node.present:
            missing = a.Choice(node.present, a.ZERO, _most_due(node))
            yield weighed(node, _for_its_units(node, missing))
    elif node.is_closed and below:
        empty = a.Compare(a.Ref(s.within(node.id)), "equals", a.ZERO)
        yield weighed(node, a.Choice(empty, a.Ref(s.whole(node.id)), a.ZERO))
    elif node.node.best is not None and below:
        yield weighed(node, a.difference(a.Ref(s.whole(node.id)), a.Ref(s.within(node.id))))
    else:
        yield from (weighed(node, term) for term in below)


def carried(node: NodeTree) -> a.Expr:
    """Return the maximum of a base node for the attributes of the unit, 不适用 or not, as it counts above it."""
    whole = a.Const(node.max or Fraction(0))
    if not node.nodes:
        return weighed(node, _for_its_units(node, whole))
    if not node.is_closed:
        if node.node.best is None:
            return weighed(node, a.Sum(tuple(map(carried, node.nodes))))
        return weighed(node, a.Ref(s.whole(node.id)) if is_partial(node) else whole)
    leaves = [lower.applies for lower in node.below() if not lower.nodes]
    tests = tuple(test for test in leaves if test is not None)
    return weighed(node, whole if len(tests) < len(leaves) else a.Choice(a.AnyHolds(tests), whole, a.ZERO))


def due_from(node: NodeTree) -> date | None:
    """Return the first day on which a rule in a node that is not due will be due; None where that has no day."""
    days = (first_due(rule.model, inner.horizon) for inner in node.below() if inner.horizon for rule in inner.written)
    return min(days, default=None)
