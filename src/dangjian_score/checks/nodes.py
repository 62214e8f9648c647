"""What is wrong with the tree: ids, what nodes may say in their kind of section, sums, limits, decimals."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.points import decimals, plain
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.measures import MeasureSpec
from dangjian_score.rubric.model import Attributes, Node, admits, carried, carries, combinations, starts_at


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    first: dict[str, NodeTree] = {}
    for node in program.nodes:
        if (known := first.setdefault(node.id, node)) is not node:
            spot = loaded.document.values[known.path]
            path = (*node.path, "id") if node.node.id else node.path
            found = loaded.document.diagnostic(Code.DUPLICATE_ID, path, id=node.id, line=str(spot.line))
            yield loaded.document.beside(found, [(*known.path, "id") if known.node.id else known.path])
        for key, what in _misplaced(node):
            yield loaded.document.diagnostic(Code.NODE_COMBINATION, (*node.path, *key), what=what)
        yield from _sum(loaded, node)
        yield from _figures(loaded, node)


def _misplaced(node: NodeTree) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Name what does not go together in a node, and the key to look at."""
    said = node.node
    if node.kind == "base" and said.is_leaf and said.max is None:
        yield (), "no max"
    if node.kind == "penalty":
        if said.max is not None:
            yield ("max",), "max in penalty"
        for at, rule in enumerate(node.rules):
            what = "forfeit" if rule.forfeits is not None else rule.verb
            if what != "deduct":
                yield ("rules", at, rule.verb), f"{what} in penalty"
    if said.start == "max" and said.max is None:
        yield ("start",), "start without max"
    if said.is_leaf and said.max is not None and starts_at(said, node.kind) is None:
        yield (), "start open"


def _sum(loaded: Loaded, node: NodeTree) -> Iterator[Diagnostic]:
    """Hold what a base group carries against its items."""
    if node.kind == "base" and not node.node.is_leaf and node.node.max is not None:
        items = {(*node.path, "items", at): item for at, item in enumerate(node.node.items)}
        yield from sums(loaded, items, node.node.max, (*node.path, "max"))


def sums(loaded: Loaded, nodes: Mapping[Path, Node], said: Fraction, path: Path) -> Iterator[Diagnostic]:
    """Hold what base nodes carry together against what is said, for every combination of attributes.

    Where nodes are for some units only, those they favour most must come to what is said; others may have less, which
    is worth a note. Where a node does not say what it carries, nothing is known.
    """
    if any(carries(node, "base") is None for node in nodes.values()):
        return
    carried_by = [(having, carried(nodes.values(), having)) for having in combinations(nodes.values())]
    having, added = max(carried_by, key=lambda one: one[1])
    terms = {where: carries(node, "base") or 0 for where, node in nodes.items() if admits(node.only, having)}
    if added != said:
        shown = {"terms": " + ".join(plain(Fraction(term)) for term in terms.values())}
        shown |= {"said": plain(said), "added": plain(added) if len(terms) > 1 else ""}
        found = loaded.document.diagnostic(Code.SUM_DIFFERS, path, **shown)
        yield loaded.document.beside(found, ((*where, "max") for where in terms))
        return
    less = [f"{_shown(one)} → {plain(sum_)}" for one, sum_ in carried_by if sum_ < said and _occurs(loaded, one)]
    if less:
        told = {"said": plain(said), "sums": "；".join(less[:_COMBINATIONS_SHOWN])}
        yield loaded.document.diagnostic(Code.SUM_PARTIAL, path, **told)


_COMBINATIONS_SHOWN: Final = 6


def _shown(having: Attributes) -> str:
    return "，".join(f"{name}={value or '*'}" for name, value in having.items())


def _occurs(loaded: Loaded, having: Attributes) -> bool:
    """Tell whether units may have these attributes: where `measures` lists the values of one, no other may."""
    return all(value or not spec.levels for name, value in having.items() if (spec := _spec(loaded, name)) is not None)


def _spec(loaded: Loaded, name: str) -> MeasureSpec | None:
    return loaded.rubric.measures.get(name)


def _figures(loaded: Loaded, node: NodeTree) -> Iterator[Diagnostic]:
    """Hold a node's own figures against each other and against the decimals of the rubric."""
    places = loaded.rubric.rounding.places
    for key in ("max", "start", "floor", "ceiling"):
        value = getattr(node.node, key)
        if isinstance(value, Fraction) and places is not None and _needs_more(value, places):
            yield loaded.document.diagnostic(
                Code.TOO_MANY_PLACES, (*node.path, key), value=plain(value), places=str(places)
            )
    floor, ceiling = node.floor, node.ceiling
    if floor is not None and ceiling is not None and floor > ceiling:
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, node.path, floor=plain(floor), ceiling=plain(ceiling))


def _needs_more(value: Fraction, places: int) -> bool:
    needed = decimals(value)
    return needed is None or needed > places
