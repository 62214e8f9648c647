"""Tables of points and lists of conditions: values without an answer or with two, entries out of order, gaps."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from dangjian_score.checks.bands import Band, is_whole, shown
from dangjian_score.checks.reach import known
from dangjian_score.core.algebra import Expr, reads
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.bounds import Known, verdict
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.by import By
from dangjian_score.rubric.kinds.tiers import TierEntry
from dangjian_score.rubric.load import Loaded


def check(loaded: Loaded, program: Program, names: Catalogue) -> Iterator[Diagnostic]:
    """Find all of it."""
    measures = known(names)
    for node in program.nodes:
        for at, (rule, said) in enumerate(zip(node.rules, node.node.rules, strict=True)):
            path = (*node.path, "rules", at)
            if isinstance(rule.basis, TierEntry):
                yield from _disorder(loaded, rule, rule.basis, path)
                yield from _open(loaded, rule, rule.basis, (names, measures), path)
            if isinstance(said, By):
                yield from _unequal(loaded, said, path)
        yield from _bands(loaded, node, names)


def _disorder(loaded: Loaded, rule: RuleTree, table: TierEntry, path: Path) -> Iterator[Diagnostic]:
    """Find entries that go up and down."""
    if not _monotone(entry for _, entry in table.entries if entry is not None):
        yield loaded.document.diagnostic(Code.TIERS_DISORDER, (*path, rule.verb))


def _open(
    loaded: Loaded, rule: RuleTree, table: TierEntry, asked: tuple[Catalogue, Known], path: Path
) -> Iterator[Diagnostic]:
    """Find figures that a table of awards has no answer for."""
    names, measures = asked
    last = table.entries[-1][0]
    always = verdict(table.reached[last], measures)
    if rule.verb == "award" and always is not True and (*path, "else") not in loaded.document.values:
        told = {"sense": table.sense, "key": shown(last, table.value, names)}
        yield loaded.document.diagnostic(Code.TABLE_OPEN, (*path, rule.verb), **told)


def _monotone(values: Iterable[Fraction]) -> bool:
    steps = [right - left for left, right in pairwise(values)]
    return all(step >= 0 for step in steps) or all(step <= 0 for step in steps)


def _unequal(loaded: Loaded, rule: By, path: Path) -> Iterator[Diagnostic]:
    """Find tables in a table that do not list the same levels, with nothing said for the rest."""
    inner = {level: tuple(table) for level, table in rule.table.items() if isinstance(table, Mapping)}
    everything = dict.fromkeys(level for levels in inner.values() for level in levels)
    for outer, levels in inner.items():
        missing = [level for level in everything if level not in levels]
        if missing and rule.else_ is None:
            told = {"level": outer, "missing": "、".join(missing)}
            yield loaded.document.at_key(Code.LISTS_UNEQUAL, (*path, rule.verb, outer), **told)


def _bands(loaded: Loaded, node: NodeTree, names: Catalogue) -> Iterator[Diagnostic]:
    """Find figures between the flat rules of an item that share a measure: reached by none of them, or by two."""
    bands: dict[tuple[Expr, str], list[tuple[int, Band]]] = {}
    for at, rule in enumerate(node.rules):
        if (found := Band.of(rule)) is not None:
            bands.setdefault((found.figure, rule.verb), []).append((at, found))
    for alike in bands.values():
        alike.sort(key=lambda one: one[1].interval.start)
        for (first, lower), (second, upper) in pairwise(alike):
            for meeting in _meeting(loaded, (*node.path, "rules", second), lower, upper, names):
                yield loaded.document.beside(meeting, [(*node.path, "rules", first)])


def _meeting(loaded: Loaded, path: Path, lower: Band, upper: Band, names: Catalogue) -> Iterator[Diagnostic]:
    """Look at the place where one rule ends and the next begins; a rule without that end is meant to go on."""
    end, start = lower.interval.span.most, upper.interval.span.least
    if end is None or start is None:
        return
    figure, both = lower.figure, lower.interval.within(upper.interval)
    measure = "、".join(reads(figure))
    if not both.is_empty:
        value = start if not both.open_below else (start + (both.span.most or end)) / 2
        told = {"measure": measure, "value": shown(value, figure, names)}
        yield loaded.document.diagnostic(Code.TIERS_OVERLAP, path, **told)
    elif (value_ := lower.between(upper, whole=is_whole(figure, names))) is not None:
        told = {"measure": measure, "from": shown(end, figure, names), "to": shown(start, figure, names)}
        yield loaded.document.diagnostic(Code.TIERS_HOLE, path, value=shown(value_, figure, names), **told)
