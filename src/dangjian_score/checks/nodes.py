"""What is wrong with the tree: ids, what nodes may say in their kind of section, sums, limits, decimals."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.points import decimals, plain
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import Node, admits, carried, carries, combinations, starts_at


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    first: dict[str, NodeTree] = {}
    for node in program.nodes:
        if (known := first.setdefault(node.id, node)) is not node:
            spot = loaded.document.values[known.path]
            path = (*node.path, "id") if node.node.id else node.path
            yield loaded.document.diagnostic(Code.DUPLICATE_ID, path, id=node.id, line=str(spot.line))
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
    if node.kind != "base" or node.node.is_leaf or node.node.max is None:
        return
    wrong = differing_sum(node.node.items, node.node.max)
    if wrong is not None:
        yield loaded.document.diagnostic(Code.SUM_DIFFERS, (*node.path, "max"), at_key=False, **wrong)


def differing_sum(nodes: Sequence[Node], said: Fraction) -> dict[str, str] | None:
    """Add up what base nodes carry; None where that is what is said, or where one does not say what it carries.

    Where nodes are for some units only, the units they favour most must come to what is said.
    """
    having = max(combinations(nodes), key=lambda having: carried(nodes, having))
    terms = [carries(node, "base") for node in nodes if admits(node.only, having)]
    known = [term for term in terms if term is not None]
    added = sum(known, Fraction(0))
    if added == said or any(carries(node, "base") is None for node in nodes):
        return None
    return {
        "said": plain(said),
        "terms": " + ".join(map(plain, known)),
        "added": plain(added) if len(known) > 1 else "",
    }


def _figures(loaded: Loaded, node: NodeTree) -> Iterator[Diagnostic]:
    """Hold a node's own figures against each other and against the decimals of the rubric."""
    places = loaded.rubric.rounding.places
    for key in ("max", "start", "floor", "ceiling"):
        value = getattr(node.node, key)
        if isinstance(value, Fraction) and ((needed := decimals(value)) is None or needed > places):
            yield loaded.document.diagnostic(
                Code.TOO_MANY_PLACES, (*node.path, key), value=plain(value), places=str(places)
            )
    floor, ceiling = node.floor, node.ceiling
    if floor is not None and ceiling is not None and floor > ceiling:
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, node.path, floor=plain(floor), ceiling=plain(ceiling))
