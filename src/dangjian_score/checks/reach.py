"""What rules, caps and items can come to: asked of the trees, for any unit."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain

from dangjian_score.checks.bands import exclusive, shown
from dangjian_score.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.algebra import Grouped
from dangjian_score.engine.bounds import NOTHING, Known, bounds, verdict
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.intervals import Span
from dangjian_score.engine.lookups import Judged, Tiers
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.phrases import ForEach, Steps
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.trees import figures
from dangjian_score.points import plain
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import starts_at


def known(names: Catalogue) -> Known:
    """Give the bounds of every measure, and of the columns of registers."""
    columns = chain.from_iterable(one.values() for one in names.registers.values())
    spans = {one.name: Span(one.least, one.most) for one in (*columns, *names.measures.values())}
    return spans | {"数量": Span(Fraction(0), None)}  # the reader takes no other


def check(loaded: Loaded, program: Program, names: Catalogue) -> Iterator[Diagnostic]:
    """Find rules and caps that never do anything, and items whose points their rules miss or overrun."""
    measures = known(names)
    for node in program.nodes:
        moved = [bounds(rule.points, _judged(rule, measures)) for rule in node.rules]
        for at, (rule, points) in enumerate(zip(node.rules, moved, strict=True)):
            path = (*node.path, "rules", at)
            yield from _idle(loaded, rule, points, (names, measures), path)
            yield from _cap(loaded, rule, _judged(rule, measures), path)
        if node.kind == "base" and node.node.is_leaf:
            yield from _against_max(
                loaded, node, {rule.name: span for rule, span in zip(node.rules, moved, strict=True)}
            )
        yield from _ceiling(loaded, node, moved)


def _judged(rule: RuleTree, measures: Known) -> Known:
    """Add what an assessor may give here."""
    if not isinstance(rule.basis, Judged):
        return measures
    return {**measures, rule.basis.measure: Span(rule.basis.least, rule.basis.most)}


def _idle(
    loaded: Loaded, rule: RuleTree, points: Span, asked: tuple[Catalogue, Known], path: Path
) -> Iterator[Diagnostic]:
    """Find rules that move nothing whatever is entered, and entries of tables that no figure reaches."""
    names, measures = asked
    if points == NOTHING and (rule.forfeits is None or verdict(rule.forfeits, measures) is False):
        yield loaded.document.diagnostic(Code.RULE_IDLE, path, what="idle rule", key="")
    elif isinstance(rule.basis, Tiers):
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
    for grouped in figures(rule.basis.expr) if isinstance(rule.basis, ForEach | Steps) else ():
        if isinstance(grouped, Grouped) and grouped.cap is not None and grouped.name.endswith(" each"):
            inside = _largest(bounds(grouped.each, measures))
            if inside is not None and grouped.cap > inside > 0:
                yield _cap_idle(loaded, (*path, "cap_each"), grouped.cap, inside)


def _largest(span: Span) -> Fraction | None:
    """Give the most that is moved either way."""
    return None if span.least is None or span.most is None else max(-span.least, span.most)


def _cap_idle(loaded: Loaded, path: Path, cap: Fraction, most: Fraction) -> Diagnostic:
    return loaded.document.diagnostic(Code.CAP_IDLE, path, cap=plain(cap), most=plain(most))


def _ceiling(loaded: Loaded, node: NodeTree, moved: list[Span]) -> Iterator[Diagnostic]:
    """Find a cap of a node that its own rules and items never come up to; base items are held against their max."""
    for key in ("ceiling", "max"):
        cap = getattr(node.node, key)
        if not isinstance(cap, Fraction) or (key == "max" and node.kind == "base"):
            continue
        most = most_of(node, moved)
        if most is not None and cap > most > 0:
            yield _cap_idle(loaded, (*node.path, key), cap, most)


def most_of(node: NodeTree, moved: list[Span]) -> Fraction | None:
    """Give the most a node can come to before its cap; None where nothing is known."""
    given = [span.most for span in moved]
    below = [one.ceiling for one in node.nodes]
    if None in given or None in below:
        return None
    return sum((end for end in (*given, *below) if end is not None), node.start)


def _against_max(loaded: Loaded, node: NodeTree, moved: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Hold what the rules of a base item can take and give against what it carries."""
    if node.max is None or starts_at(node.node, node.kind) is None:
        return
    groups = [[moved[rule.name] for rule in group] for group in exclusive(node.rules)]
    taken = _together([span.least for span in group] for group in groups)
    given = _together([span.most for span in group] for group in groups)
    most = None if given is None else node.start + given
    if most is not None and most < node.max:
        yield _points(loaded, Code.MAX_UNREACHED, node, most=plain(most))
    if taken and most is not None and node.floor is not None and most + taken < node.floor:
        yield _points(loaded, Code.TAKES_TOO_MUCH, node, what="taken", sum=plain(-taken))
    if most is not None and node.ceiling is not None and most > node.ceiling:
        yield _points(loaded, Code.TAKES_TOO_MUCH, node, what="given", sum=plain(most))


def _together(groups: Iterable[list[Fraction | None]]) -> Fraction | None:
    """Add up the farthest end of every group; None where one has none."""
    total = Fraction(0)
    for ends in groups:
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        total += max(known, key=abs)
    return total


def _points(loaded: Loaded, code: Code, node: NodeTree, **told: str) -> Diagnostic:
    start = None if node.start in (0, node.max) else node.start
    limits = {"max": node.max, "start": start, "floor": node.floor or None}
    shown = {key: "" if value is None else plain(value) for key, value in limits.items()}
    return loaded.document.diagnostic(code, node.path, **told, **shown)
