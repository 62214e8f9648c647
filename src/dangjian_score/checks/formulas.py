"""Measures that are worked out: circles of formulas, and where the points of other items may not be used."""

from collections.abc import Iterable, Iterator, Mapping

from dangjian_score.checks.study import PlacedRule, Study, in_columns
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.totals import OutsideCondition
from dangjian_score.rubric.measures import UNSAID, circles


def check(study: Study) -> Iterator[Diagnostic]:
    """Check what formulas lead back to, and every use of the points of other items."""
    yield from _circles(study)
    yield from _results(study)
    yield from _unknown_nodes(study)
    yield from _misplaced(study)
    yield from _of_nothing(study)
    if study.points_asked or any(spec.nodes for spec in study.rubric.measures.values()):
        points = _Points(study)
        for rule in study.rules:
            for tree in rule.tree.trees:
                yield from points.check(rule, tree)
                yield from _divisors(study, rule.path, rule.node.id, tree)
    for clause in study.program.clauses:
        yield from _divisors(study, clause.path, _first_name(clause), clause.test)
        if clause.path[0] in ("excluded", "unranked"):
            yield from _exclusion(study, clause)


def _circles(study: Study) -> Iterator[Diagnostic]:
    """Report every formula of a circle, with the way from it back to itself."""
    for chain in circles(study.rubric.measures):
        for at, name in enumerate(chain[:-1]):
            shown = " → ".join((*chain[at:], *chain[1 : at + 1]))
            yield study.document.at_key(Code.CIRCLE, ("measures", name), name=name, chain=shown)


def _results(study: Study) -> Iterator[Diagnostic]:
    """Report the result of the rubric itself, and results that every round would read."""
    read = study.rubric.from_results
    for name, spec in read.items():
        if spec.result == study.rubric.rubric:
            chain = f"{spec.result} → {name} → {spec.result}"
            yield study.document.diagnostic(Code.CIRCLE, ("measures", name, "result"), name=name, chain=chain)
    rounds = {section.path for part in study.program.passes if part.round is not None for section in part.sections}
    for use in study.catalogue.uses if read else ():
        if use.register is None and use.measure in read and use.path[:2] in rounds:
            yield study.document.diagnostic(Code.RESULT_IN_ROUNDS, use.path, measure=use.measure)


def _unknown_nodes(study: Study) -> Iterator[Diagnostic]:
    nodes = {node.id: node for node in study.program.nodes}
    for path, names in study.points_named:
        for other in names:
            if other not in nodes:
                args = {"name": other, "what": "node", "known": "、".join(nodes)}
                yield study.document.diagnostic(Code.UNKNOWN_NAME, path, **args)


def _misplaced(study: Study) -> Iterator[Diagnostic]:
    """Report conditions on points among the columns of events, and in rules those over all rounds: both come later."""
    for path, asked in study.points_asked:
        of_rule = asked.over == "all" and path[0] == "sections" and study.rubric.rounds is not None
        key, what = ("points", "of events") if in_columns(path) else ("over", "all rounds") if of_rule else ("", "")
        if what:
            name = study.program.lexicon.points_of(asked.points, of_rounds=asked.over is None).name
            args = {"name": name, "node": asked.points[0], "what": what}
            yield study.document.at_key(Code.POINTS_ELSEWHERE, (*path, key), **args)


def _of_nothing(study: Study) -> Iterator[Diagnostic]:
    """Warn of points that must be low to meet a condition, and are 0 where their item is 不适用.

    A condition that also looks at a measure of the item holds only where that is entered.
    """
    nodes = {node.id: node for node in study.program.nodes}
    for path, asked in study.points_asked:
        if asked.below is None and asked.at_most is None:
            continue
        read = set(a.reads(*_condition_around(study, path)))
        leaves = (leaf for name in asked.points if name in nodes for leaf in nodes[name].below())
        waived = [leaf for leaf in leaves if leaf.if_na == "rescale" and leaf.present is not None]
        if lacking := [leaf for leaf in waived if read.isdisjoint(leaf.inputs)]:
            args = {"nodes": "、".join(leaf.id for leaf in lacking), "measure": lacking[0].inputs[0]}
            found = study.document.at_key(Code.POINTS_OF_NOTHING, (*path, "points"), **args)
            yield study.document.beside(found, [leaf.path for leaf in lacking])


def _condition_around(study: Study, path: Path) -> tuple[a.Tree, ...]:
    """Return the trees of the condition outside the sections, or of the rule, that a place is in."""
    for around, tree in study.program.outside.items():
        if path[: len(around)] == around:
            return (tree,)
    return next((rule.tree.trees for rule in study.rules if path[: len(rule.path)] == rule.path), ())


class _Points:
    """The points of items that rules of other items read: which are there when a rule is scored, which form circles."""

    def __init__(self, study: Study) -> None:
        self._document, self._rubric = study.document, study.rubric
        nodes = study.program.nodes
        self._ids = {node.path: node.id for node in nodes}
        self._same_pass: dict[Path, set[str]] = {}
        for part in study.program.passes:
            ids = {node.id for section in part.sections for node in section.below()}
            for section in part.sections:
                self._same_pass.setdefault(section.path, set()).update(ids)
        edges: dict[str, dict[str, None]] = {node.id: {} for node in nodes}
        for node in nodes:
            edges[node.id] |= dict.fromkeys(id_ for id_ in _rests_on(node) if id_ in edges)
        self._components = _components(edges)

    def check(self, rule: PlacedRule, tree: a.Tree) -> Iterator[Diagnostic]:
        """Report points that a rule cannot have: of its own item, of another round, or compared or grouped."""
        path = rule.node.path
        above = {self._components[self._ids[path[:steps]]] for steps in range(2, len(path) + 1, 2)}
        for formula, inside in _formulas(tree):
            for step in a.refs(formula):
                far = inside or self._far(formula.name, step, rule.node)
                if far is not None:
                    args = {"name": formula.name, "node": step, "what": far}
                    yield self._document.diagnostic(Code.POINTS_ELSEWHERE, rule.path, **args)
                elif self._components.get(step) in above:
                    chain = f"{rule.node.id} → {formula.name} → {step}"
                    yield self._document.diagnostic(Code.CIRCLE, rule.path, name=rule.node.id, chain=chain)

    def _far(self, name: str, step: str, node: NodeTree) -> str | None:
        """Name the pass whose points are not there when a node is scored; None for points of its own pass."""
        if self._rubric.rounds is not None and self._rubric.measures.get(name, UNSAID).over == "all":
            return "all rounds"
        near = self._same_pass.get(node.path[:2], set())
        return "other round" if step in self._components and step not in near else None


def _components(edges: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    """Return for every name the first of those that rest on each other with it (Kosaraju's algorithm)."""
    entered, finished, todo = set[str](), dict[str, None](), list(edges)
    while todo:
        if todo[-1] in entered:
            finished.setdefault(todo.pop())
        else:
            entered.add(todo[-1])
            todo += [other for other in edges[todo[-1]] if other not in entered]
    back: dict[str, list[str]] = {}
    for name, others in edges.items():
        for other in others:
            back.setdefault(other, []).append(name)
    found: dict[str, str] = {}
    for first in reversed(finished):
        todo = [first]
        while todo:
            if (name := todo.pop()) not in found:
                found[name] = first
                todo += back.get(name, ())
    return found


def _first_name(clause: OutsideCondition) -> str:
    """Return the name of the first worked-out measure of a condition, or an empty string."""
    return next((part.name for part in a.walk(clause.test) if isinstance(part, a.Named)), "")


def _exclusion(study: Study, clause: OutsideCondition) -> Iterator[Diagnostic]:
    """Report 不参评 and 不定等次 that ask for points or for figures of all units, which are worked out afterwards."""
    for part in a.walk(clause.test):
        if isinstance(part, a.Ref):
            args = {"name": _first_name(clause), "node": part.step, "what": "excluding"}
            yield study.document.diagnostic(Code.POINTS_ELSEWHERE, clause.path, **args)
        elif isinstance(part, a.Statistic):
            args = {"key": part.which, "basis": str(clause.path[0])}
            yield study.document.diagnostic(Code.RULE_COMBINATION, clause.path, **args)


def _divisors(study: Study, path: Path, name: str, tree: a.Tree) -> Iterator[Diagnostic]:
    """Report points of other items that something is divided by: they may be 0, which evidence cannot show."""
    for step in a.refs(*(part.whole for part in a.walk(tree) if isinstance(part, a.Quotient))):
        yield study.document.diagnostic(Code.POINTS_ELSEWHERE, path, name=name, node=step, what="divisor")


def _formulas(tree: a.Tree) -> Iterator[tuple[a.Named, str | None]]:
    """Yield worked-out measures, each with the kind of figure around it that is worked out before points, if any."""
    tops = list(a.walk(tree))
    compared = {id(part) for top in tops if isinstance(top, a.Statistic | a.Placing) for part in a.walk(top)}
    grouped = {id(part) for top in tops if isinstance(top, a.Grouped) for part in a.walk(top)}
    for part in tops:
        if isinstance(part, a.Named):
            yield part, "compared" if id(part) in compared else "in events" if id(part) in grouped else None


def _rests_on(node: NodeTree) -> tuple[str, ...]:
    """Return the ids of the nodes whose points the rules of a node and those below it read."""
    return a.refs(*(tree for lower in node.below() for rule in lower.rules for tree in rule.trees))
