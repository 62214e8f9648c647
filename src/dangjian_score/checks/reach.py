"""What rules, caps and items can come to for any unit, worked out from the trees and the bounds of measures."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from dangjian_score.checks.bands import alternatives, shown
from dangjian_score.checks.study import PlacedRule, Study
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.points import plain
from dangjian_score.engine.bounds import NOTHING, FigureSpan, Known, bounds, points_of, verdict
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.rules import ForEach, RuleTree, WholeSteps, innermost
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.per import Times
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.kinds.tiers import TierEntry
from dangjian_score.rubric.model import admits, combinations, starts_at


def check(study: Study) -> Iterator[Diagnostic]:
    """Check for rules and caps without effect, and for items whose points their rules miss or exceed."""
    program = study.program
    moved = {rule.name: bounds(rule.points, _known(study, rule)) for rule in program.rules}
    ends = {node.path: _ends(node, moved) for node in program.nodes if node.node.is_leaf}
    yield from _cut(study, ends)
    for node in program.nodes:
        if node.kind == "base" and node.node.is_leaf:
            yield from _against_max(study, node, ends[node.path])
        yield from _node_caps(study, node, [moved[rule.name] for rule in node.rules])
    points = {points_of(node.id): FigureSpan(node.floor, node.ceiling) for node in program.nodes}
    known = {**study.spans, **points}
    for rule in study.rules:
        yield from _negative(study, rule, known)
        yield from _idle(study, rule, moved[rule.tree.name])
        yield from _rule_caps(study, rule)


def _known(study: Study, rule: RuleTree) -> Known:
    """Return the bounds of all measures, with those of the figure that is judged for a rule, or for each event."""
    judged = innermost(rule.basis)
    if not isinstance(judged, Assessed | JudgedEvents):
        return study.spans
    return {**study.spans, judged.measure: FigureSpan(judged.least, judged.most)}


def _negative(study: Study, rule: PlacedRule, known: Known) -> Iterator[Diagnostic]:
    """Report a rule that counts what may be below 0, which scoring takes for 0. `known` has the points of nodes too."""
    counted = innermost(rule.tree.basis)
    if not isinstance(counted, Times) or not study.spans.keys() >= set(a.reads(counted.have)):
        return
    guarding = (_same_figure(counted.have, test) for test in a.joined(rule.tree.guard))
    below = a.Compare(counted.have, "below", a.ZERO)
    if verdict(a.AllHold((*guarding, below)), known) is not False:
        terms = "、".join(term for term in rule.model.terms.counted if isinstance(term, str))
        yield study.document.diagnostic(Code.MAY_BE_NEGATIVE, (*rule.path, "per"), measure=terms)


def _same_figure(counted: a.Expr, test: a.Test) -> a.Test:
    """Write a comparison of the counted measure as one of the counted figure, whatever kind the test reads it as."""
    match counted, a.compared(test):
        case a.Read(measure), a.Compare(a.Read(other), how, right) if measure == other:
            return a.Compare(counted, how, right)
        case _, plain_test:
            return plain_test


def _idle(study: Study, rule: PlacedRule, moved: FigureSpan) -> Iterator[Diagnostic]:
    """Report a rule that moves no points whatever is entered, and entries of tables that no figure reaches."""
    basis, forfeits = rule.tree.basis, rule.tree.forfeits
    if moved == NOTHING and (forfeits is None or verdict(forfeits, study.spans) is False):
        yield study.document.diagnostic(Code.RULE_IDLE, rule.path, what="idle rule", key="")
    elif isinstance(basis, TierEntry):
        for key, test in basis.reached.items():
            if verdict(test, study.spans) is False:
                args = {"what": "idle entry", "key": shown(key, basis.value, study.catalogue)}
                yield study.document.diagnostic(Code.RULE_IDLE, rule.path, **args)


def _rule_caps(study: Study, rule: PlacedRule) -> Iterator[Diagnostic]:
    """Report caps of a rule, and of its groups, above what they cap."""
    tree, known = rule.tree, _known(study, rule.tree)
    if tree.cap is not None:
        yield from _cap(study, (*rule.path, "up_to"), tree.cap, _largest(bounds(tree.before, known)))
    for grouped in a.figures(tree.basis.expr) if isinstance(tree.basis, ForEach | WholeSteps) else ():
        if isinstance(grouped, a.Grouped) and grouped.cap is not None and grouped.name.endswith(" each"):
            yield from _cap(study, (*rule.path, "cap_each"), grouped.cap, _largest(bounds(grouped.each, known)))


def _largest(span: FigureSpan) -> Fraction | None:
    """Return the most that is moved either way."""
    return None if span.least is None or span.most is None else max(-span.least, span.most)


def _cap(study: Study, path: Path, cap: Fraction, most: Fraction | None) -> Iterator[Diagnostic]:
    """Report a cap above the most that it caps; nothing where that is unknown or not above 0."""
    if most is not None and cap > most > 0:
        yield study.document.diagnostic(Code.CAP_IDLE, path, cap=plain(cap), most=plain(most))


def _node_caps(study: Study, node: NodeTree, moved: list[FigureSpan]) -> Iterator[Diagnostic]:
    """Report a cap of a node above all that its rules and items add up to; `_against_max` checks base items."""
    caps = {"ceiling": node.node.ceiling, "max": None if node.kind == "base" else node.node.max}
    most = [span.most for span in moved]
    if node.nodes:
        most.append(_of_items(node, [(lower, lower.ceiling) for lower in node.nodes]))
    for key, cap in caps.items():
        if isinstance(cap, Fraction):
            yield from _cap(study, (*node.path, key), cap, _added(most, node.start))


def _against_max(study: Study, node: NodeTree, ends: FigureSpan) -> Iterator[Diagnostic]:
    """Compare what the rules of a base item can take and give with what the item carries."""
    if node.max is None or ends.most is None or starts_at(node.node, node.kind) is None:
        return
    taken, most = ends.least, node.start + ends.most
    if most < node.max:
        yield _points(study, Code.MAX_UNREACHED, node, most=plain(most))
    if taken and node.floor is not None and most + taken < node.floor:
        yield _points(study, Code.TAKES_TOO_MUCH, node, what="taken", sum=plain(-taken))
    if node.ceiling is not None and most > node.ceiling:
        yield _points(study, Code.TAKES_TOO_MUCH, node, what="given", sum=plain(most))


def _points(study: Study, code: Code, node: NodeTree, **args: str) -> Diagnostic:
    start = None if node.start in (0, node.max) else node.start
    limits = {"max": node.max, "start": start, "floor": node.floor or None}
    shown_limits = {key: "" if value is None else plain(value) for key, value in limits.items()}
    return study.document.diagnostic(code, node.path, **args, **shown_limits)


def _cut(study: Study, ends: Mapping[Path, FigureSpan]) -> Iterator[Diagnostic]:
    """Report base groups without a written ceiling that cut off what their items may earn beyond their max."""
    most: dict[Path, Fraction | None] = {}
    for node in reversed(study.program.nodes):
        together = ends[node.path].most if node.node.is_leaf else _most_below(node, most)
        top = None if together is None else node.start + together
        most[node.path] = min((end for end in (top, node.ceiling) if end is not None), default=None)
        if node.kind != "base" or node.node.is_leaf or node.node.ceiling is not None or node.ceiling is None:
            continue
        beyond = [lower.id for lower in node.nodes if _exceeds(most[lower.path], lower.max)]
        if beyond and _exceeds(top, node.ceiling):
            args = {"node": node.node.title, "cap": plain(node.ceiling), "items": "、".join(beyond)}
            args["most"] = "" if top is None else plain(top)
            yield study.document.diagnostic(Code.GROUP_CUTS, node.path, **args)


def _exceeds(most: Fraction | None, limit: Fraction | None) -> bool:
    """Return whether what may be earned exceeds a limit; `most` None is without end."""
    return limit is not None and (most is None or most > limit)


def _most_below(node: NodeTree, most: Mapping[Path, Fraction | None]) -> Fraction | None:
    """Return the most that the items of a node add up to, for the units with the largest sum."""
    sums = [
        _of_items(node, [(lower, most[lower.path]) for lower in node.nodes if admits(lower.node.only, having)])
        for having in combinations(node.node.items)
    ]
    known = [total for total in sums if total is not None]
    return None if len(known) < len(sums) else max(known, default=Fraction(0))


def _of_items(group: NodeTree, most: list[tuple[NodeTree, Fraction | None]]) -> Fraction | None:
    """Return the most that items of a group come to, by the most of each; None where one has no end."""
    ends = [end * item.node.share for item, end in most if end is not None]
    return None if len(ends) < len(most) else sum(sorted(ends, reverse=True)[: group.node.best], Fraction(0))


def _ends(node: NodeTree, moved: Mapping[str, FigureSpan]) -> FigureSpan:
    """Return the least and the most that a node's own rules can add up to for one unit."""
    groups = [[[moved[rule.name] for rule in part] for part in group] for group in alternatives(node.rules)]
    return FigureSpan(_farthest(groups, lambda span: span.least), _farthest(groups, lambda span: span.most))


def _farthest(
    groups: Iterable[list[list[FigureSpan]]], end: Callable[[FigureSpan], Fraction | None]
) -> Fraction | None:
    """Add up the end farthest from 0 of each group's alternatives; None where a rule has no end."""
    total = Fraction(0)
    for group in groups:
        sums = [_added(map(end, part)) for part in group]
        known = [part_sum for part_sum in sums if part_sum is not None]
        if len(known) < len(sums):
            return None
        total += max(known, key=abs)
    return total


def _added(ends: Iterable[Fraction | None], start: Fraction = Fraction(0)) -> Fraction | None:
    """Add ends to `start`; None where one has no end."""
    ends = list(ends)
    known = [end for end in ends if end is not None]
    return None if len(known) < len(ends) else sum(known, start)
