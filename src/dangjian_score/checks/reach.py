"""What rules, caps and items can come to: asked of the trees, for any unit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain

from dangjian_score.checks.bands import alternatives, compared, shown
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.points import plain
from dangjian_score.engine.bounds import NOTHING, FigureSpan, Known, bounds, points_of, verdict
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import ForEach, RuleTree, WholeSteps, innermost
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.kinds.per import Times
from dangjian_score.rubric.kinds.tiers import TierEntry
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import admits, combinations, starts_at


def known(names: Catalogue) -> Known:
    """Give the bounds of every measure, and of the columns of registers."""
    columns = chain.from_iterable(one.values() for one in names.registers.values())
    spans = {one.name: FigureSpan(one.least, one.most) for one in (*columns, *names.measures.values())}
    return spans | {AMOUNT: FigureSpan(Fraction(0), None)}  # the reader takes no other


def check(loaded: Loaded, program: Program, names: Catalogue) -> Iterator[Diagnostic]:
    """Find rules and caps that never do anything, and items whose points their rules miss or overrun."""
    measures = known(names)
    moved = {rule.name: bounds(rule.points, _judged(rule, measures)) for rule in program.rules}
    yield from _negative(loaded, program, measures)
    ends = {node.path: _ends(node, moved) for node in program.nodes if node.node.is_leaf}
    yield from _cut(loaded, program, ends)
    for node in program.nodes:
        for at, rule in enumerate(node.rules):
            path = (*node.path, "rules", at)
            yield from _idle(loaded, rule, moved[rule.name], (names, measures), path)
            yield from _cap(loaded, rule, _judged(rule, measures), path)
        if node.kind == "base" and node.node.is_leaf:
            yield from _against_max(loaded, node, ends[node.path])
        yield from _ceiling(loaded, node, [moved[rule.name] for rule in node.rules])


def _judged(rule: RuleTree, measures: Known) -> Known:
    """Add what an assessor may give here."""
    if not isinstance(rule.basis, Judged):
        return measures
    return {**measures, rule.basis.measure: FigureSpan(rule.basis.least, rule.basis.most)}


def _negative(loaded: Loaded, program: Program, measures: Known) -> Iterator[Diagnostic]:
    """Find rules that count what may come to less than nothing, which would be taken for nothing in silence."""
    points = {points_of(node.id): FigureSpan(node.floor, node.ceiling) for node in program.nodes}
    for node in program.nodes:
        for at, (rule, said) in enumerate(zip(node.rules, node.node.rules, strict=True)):
            if isinstance(counted := innermost(rule.basis), Times):
                below = a.Compare(counted.have, "below", a.ZERO)
                guarding = (_of(counted.have, test) for test in a.joined(rule.guard))
                are_known = measures.keys() >= set(a.reads(counted.have))
                if are_known and verdict(a.AllHold((*guarding, below)), {**measures, **points}) is not False:
                    terms = [term for term in said.terms.counted if isinstance(term, str)]
                    told = {"measure": "、".join(terms)}
                    yield loaded.document.diagnostic(Code.MAY_BE_NEGATIVE, (*node.path, "rules", at, "per"), **told)


def _of(counted: a.Expr, test: a.Test) -> a.Test:
    """Let a comparison of what is counted be one of the same figure, whatever it is taken for there."""
    match counted, compared(test):
        case a.Read(measure), a.Compare(a.Read(other), how, right) if measure == other:
            return a.Compare(counted, how, right)
        case _, plain_test:
            return plain_test


def _idle(
    loaded: Loaded, rule: RuleTree, points: FigureSpan, asked: tuple[Catalogue, Known], path: Path
) -> Iterator[Diagnostic]:
    """Find rules that move nothing whatever is entered, and entries of tables that no figure reaches."""
    names, measures = asked
    if points == NOTHING and (rule.forfeits is None or verdict(rule.forfeits, measures) is False):
        yield loaded.document.diagnostic(Code.RULE_IDLE, path, what="idle rule", key="")
    elif isinstance(rule.basis, TierEntry):
        for key, test in rule.basis.reached.items():
            if verdict(test, measures) is False:
                told = {"what": "idle entry", "key": shown(key, rule.basis.value, names)}
                yield loaded.document.diagnostic(Code.RULE_IDLE, path, **told)


def _cap(loaded: Loaded, rule: RuleTree, measures: Known, path: Path) -> Iterator[Diagnostic]:
    """Find caps of rules, and of their groups, that are larger than what they cap."""
    if rule.cap is not None:
        most = _largest(bounds(rule.before, measures))
        if most is not None and rule.cap > most > 0:
            yield _cap_idle(loaded, (*path, "up_to"), rule.cap, most)
    for grouped in a.figures(rule.basis.expr) if isinstance(rule.basis, ForEach | WholeSteps) else ():
        if isinstance(grouped, a.Grouped) and grouped.cap is not None and grouped.name.endswith(" each"):
            inside = _largest(bounds(grouped.each, measures))
            if inside is not None and grouped.cap > inside > 0:
                yield _cap_idle(loaded, (*path, "cap_each"), grouped.cap, inside)


def _largest(span: FigureSpan) -> Fraction | None:
    """Give the most that is moved either way."""
    return None if span.least is None or span.most is None else max(-span.least, span.most)


def _cap_idle(loaded: Loaded, path: Path, cap: Fraction, most: Fraction) -> Diagnostic:
    return loaded.document.diagnostic(Code.CAP_IDLE, path, cap=plain(cap), most=plain(most))


def _ceiling(loaded: Loaded, node: NodeTree, moved: list[FigureSpan]) -> Iterator[Diagnostic]:
    """Find a cap of a node that its own rules and items never come up to; base items are held against their max."""
    for key in ("ceiling", "max"):
        cap = getattr(node.node, key)
        if not isinstance(cap, Fraction) or (key == "max" and node.kind == "base"):
            continue
        most = most_of(node, moved)
        if most is not None and cap > most > 0:
            yield _cap_idle(loaded, (*node.path, key), cap, most)


def most_of(node: NodeTree, moved: list[FigureSpan]) -> Fraction | None:
    """Give the most a node can come to before its cap; None where nothing is known."""
    given = [span.most for span in moved]
    below = [one.ceiling for one in node.nodes]
    if None in given or None in below:
        return None
    return sum((end for end in (*given, *below) if end is not None), node.start)


def _against_max(loaded: Loaded, node: NodeTree, ends: FigureSpan) -> Iterator[Diagnostic]:
    """Hold what the rules of a base item can take and give against what it carries."""
    if node.max is None or starts_at(node.node, node.kind) is None:
        return
    taken = ends.least
    most = None if ends.most is None else node.start + ends.most
    if most is not None and most < node.max:
        yield _points(loaded, Code.MAX_UNREACHED, node, most=plain(most))
    if taken and most is not None and node.floor is not None and most + taken < node.floor:
        yield _points(loaded, Code.TAKES_TOO_MUCH, node, what="taken", sum=plain(-taken))
    if most is not None and node.ceiling is not None and most > node.ceiling:
        yield _points(loaded, Code.TAKES_TOO_MUCH, node, what="given", sum=plain(most))


def _cut(loaded: Loaded, program: Program, ends: Mapping[Path, FigureSpan]) -> Iterator[Diagnostic]:
    """Find base groups that say no ceiling and yet cut off what their items may earn beyond their max."""
    most: dict[Path, Fraction | None] = {}
    for node in reversed(program.nodes):
        together = ends[node.path].most if node.node.is_leaf else _most_below(node, most)
        top = None if together is None else node.start + together
        limits = [end for end in (top, node.ceiling) if end is not None]
        most[node.path] = min(limits, default=None)
        if node.kind != "base" or node.node.is_leaf or node.node.ceiling is not None or node.ceiling is None:
            continue
        beyond = [one.id for one in node.nodes if _beyond(most[one.path], one.max)]
        if beyond and _beyond(top, node.ceiling):
            told = {"node": node.node.title, "cap": plain(node.ceiling), "items": "、".join(beyond)}
            most_ = "" if top is None else plain(top)
            yield loaded.document.diagnostic(Code.GROUP_CUTS, node.path, **told, most=most_)


def _beyond(most: Fraction | None, limit: Fraction | None) -> bool:
    """Tell whether what may be earned goes beyond a limit; None has no end."""
    return limit is not None and (most is None or most > limit)


def _most_below(node: NodeTree, most: Mapping[Path, Fraction | None]) -> Fraction | None:
    """Add up the most that items can come to, for the units that they favour most."""
    sums = (
        _added(most[lower.path] for lower in node.nodes if admits(lower.node.only, having))
        for having in combinations(node.node.items)
    )
    found = list(sums)
    return None if None in found else max((sum_ for sum_ in found if sum_ is not None), default=Fraction(0))


def _ends(node: NodeTree, moved: Mapping[str, FigureSpan]) -> FigureSpan:
    """Give the least and the most that a node's own rules can add up to for one unit."""
    groups = [[[moved[rule.name] for rule in part] for part in group] for group in alternatives(node.rules)]
    return FigureSpan(_farthest(groups, lambda span: span.least), _farthest(groups, lambda span: span.most))


def _farthest(
    groups: Iterable[list[list[FigureSpan]]], end: Callable[[FigureSpan], Fraction | None]
) -> Fraction | None:
    """Add up the farthest ends of what may hold together; None where a rule has no end."""
    total = Fraction(0)
    for group in groups:
        sums = [_added(map(end, part)) for part in group]
        known = [sum_ for sum_ in sums if sum_ is not None]
        if len(known) < len(sums):
            return None
        total += max(known, key=abs)
    return total


def _added(ends: Iterable[Fraction | None]) -> Fraction | None:
    known = list(ends)
    return None if None in known else sum((end for end in known if end is not None), Fraction(0))


def _points(loaded: Loaded, code: Code, node: NodeTree, **told: str) -> Diagnostic:
    start = None if node.start in (0, node.max) else node.start
    limits = {"max": node.max, "start": start, "floor": node.floor or None}
    shown = {key: "" if value is None else plain(value) for key, value in limits.items()}
    return loaded.document.diagnostic(code, node.path, **told, **shown)
