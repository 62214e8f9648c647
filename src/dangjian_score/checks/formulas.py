"""Measures that are worked out: what they lead back to, and where the points of other items may be used."""

from collections.abc import Iterator, Mapping

from dangjian_score.diagnostics import Code, Diagnostic
from dangjian_score.engine.algebra import Expr, Grouped, Named, Placing, Quotient, Ref, Statistic, Test
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.trees import walk
from dangjian_score.rubric.conditions import OfAll
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.measures import MeasureSpec


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    nodes = {node.id: node for node in program.nodes}
    for name, spec in loaded.rubric.measures.items():
        if chain := _circle(loaded.rubric.measures, name):
            shown = " → ".join(chain)
            yield loaded.document.at_key(Code.CIRCLE, ("measures", name), name=name, chain=shown)
        for other in spec.points or ():
            if other not in nodes:
                path, known = ("measures", name, "points"), "、".join(nodes)
                yield loaded.document.diagnostic(Code.UNKNOWN_NAME, path, name=other, what="node", known=known)
    if not any(spec.points for spec in loaded.rubric.measures.values()):
        return
    for node in program.nodes:
        for at, rule in enumerate(node.rules):
            for tree in rule.trees:
                if any(isinstance(part, Ref) for part in walk(tree)):
                    yield from _points(loaded, program, node, at, tree)
                    yield from _divisors(loaded, node, at, tree)


def _circle(measures: Mapping[str, MeasureSpec], name: str) -> tuple[str, ...]:
    """Follow a formula through others; give the way back to itself, where there is one."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for inner in _terms(measures.get(way[-1])):
            if inner == name:
                return (*way, inner)
            if inner not in seen:
                seen.add(inner)
                ways.append((*way, inner))
    return ()


def _terms(spec: MeasureSpec | None) -> Iterator[str]:
    if spec is None or spec.formula is None:
        return
    parts = (spec.percent, spec.ratio, spec.of, spec.difference, spec.change, spec.from_)
    for term in (term for part in parts if part for term in part):
        if isinstance(term, str):
            yield term
        elif isinstance(term, OfAll):
            yield term.measure


def _points(loaded: Loaded, program: Program, node: NodeTree, at: int, tree: Expr | Test) -> Iterator[Diagnostic]:
    """Report points of other items that cannot be had here: of one's own, of another round, compared or grouped."""
    path, known = (*node.path, "rules", at), {one.id for one in program.nodes}
    beside = {one.id for one in _scored_beside(program, node)}
    for part, among in _named(tree):
        for step in (one.step for one in walk(part) if isinstance(one, Ref)):
            far = among or ("other round" if step in known and step not in beside else None)
            if far is not None:
                yield loaded.document.diagnostic(Code.POINTS_ELSEWHERE, path, name=part.name, node=step, what=far)
            elif _leads_back(program, step, node):
                chain = f"{node.id} → {part.name} → {step}"
                yield loaded.document.diagnostic(Code.CIRCLE, path, name=node.id, chain=chain)


def _divisors(loaded: Loaded, node: NodeTree, at: int, tree: Expr | Test) -> Iterator[Diagnostic]:
    """Report points of other items that something is divided by: they may be 0, which evidence cannot tell."""
    for whole in (part.whole for part in walk(tree) if isinstance(part, Quotient)):
        for step in (part.step for part in walk(whole) if isinstance(part, Ref)):
            told = {"name": node.id, "node": step, "what": "divisor"}
            yield loaded.document.diagnostic(Code.POINTS_ELSEWHERE, (*node.path, "rules", at), **told)


def _named(tree: Expr | Test) -> Iterator[tuple[Named, str | None]]:
    """Find worked-out measures, and whether they stand in something that is worked out before points are."""
    compared = {
        id(part): "compared" for top in walk(tree) if isinstance(top, Statistic | Placing) for part in walk(top)
    }
    grouped = {id(part): "in events" for top in walk(tree) if isinstance(top, Grouped) for part in walk(top)}
    for part in walk(tree):
        if isinstance(part, Named):
            yield part, compared.get(id(part)) or grouped.get(id(part))


def _scored_beside(program: Program, node: NodeTree) -> Iterator[NodeTree]:
    for part in program.passes:
        if any(section.path == node.path[:2] for section in part.sections):
            yield from (one for section in part.sections for one in section.below())


def _leads_back(program: Program, step: str, node: NodeTree) -> bool:
    """Tell whether the points of an item rest on a node's own."""
    above = {one.id for one in program.nodes if node.path[: len(one.path)] == one.path}
    seen, todo = set[str](), [step]
    while todo:
        name = todo.pop()
        if name in above:
            return True
        if name not in seen:
            seen.add(name)
            todo += [ref for one in program.nodes if one.id == name for ref in _rests_on(one)]
    return False


def _rests_on(node: NodeTree) -> Iterator[str]:
    for one in node.below():
        trees = (tree for rule in one.rules for tree in rule.trees)
        yield from (part.step for tree in trees for part in walk(tree) if isinstance(part, Ref))
