"""Measures that are worked out: what they lead back to, and where the points of other items may be used."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Clause
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.measures import circles


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    nodes = {node.id: node for node in program.nodes}
    for chain in circles(loaded.rubric.measures):
        for at, name in enumerate(chain[:-1]):
            shown = " → ".join((*chain[at:], *chain[1 : at + 1]))
            yield loaded.document.at_key(Code.CIRCLE, ("measures", name), name=name, chain=shown)
    for name, spec in loaded.rubric.measures.items():
        for other in spec.points or ():
            if other not in nodes:
                path, known = ("measures", name, "points"), "、".join(nodes)
                yield loaded.document.diagnostic(Code.UNKNOWN_NAME, path, name=other, what="node", known=known)
    if any(spec.points for spec in loaded.rubric.measures.values()):
        points = _Points(loaded, program)
        for node in program.nodes:
            for at, rule in enumerate(node.rules):
                for tree in rule.trees:
                    yield from points.used(node, at, tree)
                    yield from _divisors(loaded, (*node.path, "rules", at), node.id, tree)
    for clause in program.clauses:
        yield from _divisors(loaded, clause.path, _first(clause), clause.test)
        if clause.path[0] == "excluded":
            yield from _excluding(loaded, clause)


class _Points:
    """Points of items that rules of others read: where they can be had, and which lead back to themselves."""

    def __init__(self, loaded: Loaded, program: Program) -> None:
        self._document, self._rubric = loaded.document, loaded.rubric
        self._ids = {node.path: node.id for node in program.nodes}
        self._beside: dict[Path, set[str]] = {}
        for part in program.passes:
            ids = {one.id for section in part.sections for one in section.below()}
            for section in part.sections:
                self._beside.setdefault(section.path, set()).update(ids)
        edges: dict[str, dict[str, None]] = {node.id: {} for node in program.nodes}
        for node in program.nodes:
            edges[node.id] |= dict.fromkeys(ref for ref in _rests_on(node) if ref in edges)
        self._knots = _knots(edges)

    def used(self, node: NodeTree, at: int, tree: a.Tree) -> Iterator[Diagnostic]:
        """Report points of other items that cannot be had here: of one's own, of another round, compared or grouped."""
        path, beside = (*node.path, "rules", at), self._beside.get(node.path[:2], set())
        above = {self._knots[self._ids[node.path[:steps]]] for steps in range(2, len(node.path) + 1, 2)}
        for part, among in _named(tree):
            for step in dict.fromkeys(one.step for one in a.walk(part) if isinstance(one, a.Ref)):
                far = among or self._far(part.name, step, beside)
                if far is not None:
                    told = {"name": part.name, "node": step, "what": far}
                    yield self._document.diagnostic(Code.POINTS_ELSEWHERE, path, **told)
                elif self._knots.get(step) in above:
                    chain = f"{node.id} → {part.name} → {step}"
                    yield self._document.diagnostic(Code.CIRCLE, path, name=node.id, chain=chain)

    def _far(self, name: str, step: str, beside: Collection[str]) -> str | None:
        """Tell points of another round, or of all rounds together, from those that are there when a rule is scored."""
        if self._rubric.rounds is not None and self._rubric.measures[name].over == "all":
            return "all rounds"
        return "other round" if step in self._knots and step not in beside else None


def _knots(edges: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    """Give for every name the first of those that rest on each other with it (Kosaraju's components)."""
    entered, finished, todo = set[str](), dict[str, None](), list(edges)
    while todo:
        if todo[-1] in entered:
            finished.setdefault(todo.pop())
        else:
            entered.add(todo[-1])
            todo += [one for one in edges[todo[-1]] if one not in entered]
    back: dict[str, list[str]] = {}
    for name, others in edges.items():
        for one in others:
            back.setdefault(one, []).append(name)
    found: dict[str, str] = {}
    for first in reversed(finished):
        todo = [first]
        while todo:
            if (name := todo.pop()) not in found:
                found[name] = first
                todo += back.get(name, ())
    return found


def _first(clause: Clause) -> str:
    """Name the first measure of a condition that is worked out."""
    return next((part.name for part in a.walk(clause.test) if isinstance(part, a.Named)), "")


def _excluding(loaded: Loaded, clause: Clause) -> Iterator[Diagnostic]:
    """Report exclusions that ask for points, or for what units come to beside each other: both come afterwards."""
    for part in a.walk(clause.test):
        if isinstance(part, a.Ref):
            told = {"name": _first(clause), "node": part.step, "what": "excluding"}
            yield loaded.document.diagnostic(Code.POINTS_ELSEWHERE, clause.path, **told)
        elif isinstance(part, a.Statistic):
            told = {"key": part.which, "basis": "excluded"}
            yield loaded.document.diagnostic(Code.RULE_COMBINATION, clause.path, **told)


def _divisors(loaded: Loaded, path: Path, name: str, tree: a.Tree) -> Iterator[Diagnostic]:
    """Report points of other items that something is divided by: they may be 0, which evidence cannot tell."""
    for whole in (part.whole for part in a.walk(tree) if isinstance(part, a.Quotient)):
        for step in (part.step for part in a.walk(whole) if isinstance(part, a.Ref)):
            told = {"name": name, "node": step, "what": "divisor"}
            yield loaded.document.diagnostic(Code.POINTS_ELSEWHERE, path, **told)


def _named(tree: a.Tree) -> Iterator[tuple[a.Named, str | None]]:
    """Find worked-out measures, and whether they stand in something that is worked out before points are."""
    compared = {
        id(part): "compared" for top in a.walk(tree) if isinstance(top, a.Statistic | a.Placing) for part in a.walk(top)
    }
    grouped = {id(part): "in events" for top in a.walk(tree) if isinstance(top, a.Grouped) for part in a.walk(top)}
    for part in a.walk(tree):
        if isinstance(part, a.Named):
            yield part, compared.get(id(part)) or grouped.get(id(part))


def _rests_on(node: NodeTree) -> Iterator[str]:
    for one in node.below():
        trees = (tree for rule in one.rules for tree in rule.trees)
        yield from (part.step for tree in trees for part in a.walk(tree) if isinstance(part, a.Ref))
