"""Tables and flat rules that hold in a band of a figure: gaps, overlaps, order, and which rules exclude each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from msgspec import Struct

from dangjian_score.checks.study import PlacedRule, Study
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.bounds import EVERYTHING, Interval, interval, verdict
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.base import Verb
from dangjian_score.rubric.kinds.by import By
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.kinds.tiers import TierEntry


def check(study: Study) -> Iterator[Diagnostic]:
    """Check the entries of tables, and the bands of flat rules of each item."""
    for rule in study.rules:
        if isinstance(rule.tree.basis, TierEntry):
            yield from _tiers(study, rule, rule.tree.basis)
        if isinstance(rule.model, By):
            yield from _unequal(study, rule.model, rule.path)
    for node in study.program.nodes:
        yield from _bands(study, node)


def _tiers(study: Study, rule: PlacedRule, table: TierEntry) -> Iterator[Diagnostic]:
    """Report entries that go up and down, and figures that a table of awards has no answer for.

    Beside the base points nothing is awarded unless a table says so.
    """
    verb = rule.tree.verb
    values = [entry for _, entry in table.entries if entry is not None]
    steps = [right - left for left, right in pairwise(values)]
    if min(steps, default=0) < 0 < max(steps, default=0):
        yield study.document.diagnostic(Code.TIERS_DISORDER, (*rule.path, verb))
    last = table.entries[-1][0]
    always = verdict(table.reached[last], study.spans) is True
    awarded = verb == "award" and rule.node.kind == "base"
    if awarded and not always and (*rule.path, "else") not in study.document.values:
        args = {"sense": table.sense, "key": shown(last, table.value, study.catalogue)}
        yield study.document.diagnostic(Code.TABLE_OPEN, (*rule.path, verb), **args)


def _unequal(study: Study, rule: By, path: Path) -> Iterator[Diagnostic]:
    """Report tables within a table that do not list the same levels, where there is no `else`."""
    inner = {level: tuple(table) for level, table in rule.table.items() if isinstance(table, Mapping)}
    everything = dict.fromkeys(level for levels in inner.values() for level in levels)
    for outer, levels in inner.items():
        missing = [level for level in everything if level not in levels]
        if missing and rule.else_ is None:
            args = {"level": outer, "missing": "、".join(missing)}
            yield study.document.at_key(Code.LISTS_UNEQUAL, (*path, rule.verb, outer), **args)


class Band(Struct, frozen=True):
    """The interval of a figure in which a flat rule holds."""

    figure: a.Expr
    interval: Interval

    @classmethod
    def of(cls, rule: RuleTree) -> "Band | None":
        """Return the band of a rule; None where its guard is no comparison of one figure, or can never hold."""
        if not isinstance(rule.basis, Once) or rule.guard is None:
            return None
        tests: tuple[a.Test, ...] = rule.guard.tests if isinstance(rule.guard, a.AllHold) else (rule.guard,)
        figure, lies = None, EVERYTHING
        for test in tests:
            if not (isinstance(test, a.Compare) and isinstance(test.right, a.Const) and figure in (None, test.left)):
                return None
            figure, lies = test.left, lies.within(interval(test.how, test.right.value))
        return None if figure is None or lies.is_empty else cls(figure, lies)

    def between(self, upper: "Band", *, whole: bool) -> Fraction | None:
        """Return a figure (of counts a whole one) between this band and `upper` that is in neither, or None."""
        end, start = self.interval.span.most, upper.interval.span.least
        if end is None or start is None:
            return None
        tried = (floor(end), ceil(end), floor(end) + 1) if whole else ((end + start) / 2,)
        for figure in map(Fraction, tried):
            if end <= figure <= start and not self.interval.holds(figure) and not upper.interval.holds(figure):
                return figure
        return None


def _bands(study: Study, node: NodeTree) -> Iterator[Diagnostic]:
    """Report figures that none or two of an item's flat rules on the same figure reach."""
    bands: dict[tuple[a.Expr, str], list[tuple[Path, Band]]] = {}
    for rule in study.rules_of(node):
        if (band := Band.of(rule.tree)) is not None:
            bands.setdefault((band.figure, rule.tree.verb), []).append((rule.path, band))
    for alike in bands.values():
        alike.sort(key=lambda pair: pair[1].interval.start)
        for (first, lower), (second, upper) in pairwise(alike):
            for found in _meeting(study, second, lower, upper):
                yield study.document.beside(found, [first])


def _meeting(study: Study, path: Path, lower: Band, upper: Band) -> Iterator[Diagnostic]:
    """Report an overlap or a gap between a band and the next; a band without that end is meant to go on."""
    end, start = lower.interval.span.most, upper.interval.span.least
    if end is None or start is None:
        return
    figure, both = lower.figure, lower.interval.within(upper.interval)
    measure = figure.name if isinstance(figure, a.Named) else "、".join(a.reads(figure))
    if not both.is_empty:
        common = start if not both.open_below else (start + (both.span.most or end)) / 2
        args = {"measure": measure, "value": shown(common, figure, study.catalogue)}
        yield study.document.diagnostic(Code.TIERS_OVERLAP, path, **args)
    elif (gap := lower.between(upper, whole=_kinds(figure, study.catalogue) == {"count"})) is not None:
        value, first, last = (shown(number, figure, study.catalogue) for number in (gap, end, start))
        args = {"value": value, "measure": measure, "from": first, "to": last}
        yield study.document.diagnostic(Code.TIERS_HOLE, path, **args)


Rules = tuple[RuleTree, ...]


def alternatives(rules: Iterable[RuleTree]) -> Iterator[tuple[Rules, ...]]:
    """Group rules into alternatives: of each group at most one part (a set of rules) holds for a unit.

    Rules exclude each other by levels of one measure or attribute, bands of one figure, or a condition and its
    opposite. A rule joins the subject that most rules share; one that excludes no other is a group of its own.
    """
    rules = tuple(rules)
    asked = {rule.name: _answers(rule) for rule in rules}
    shared = Counter((rule.verb, subject) for rule in rules for subject in asked[rule.name])
    groups: dict[tuple[Verb, Subject], list[RuleTree]] = {}
    for rule in rules:
        subjects = [(rule.verb, subject) for subject in asked[rule.name]]
        most = max(subjects, key=lambda subject: shared[subject], default=None)
        if most is None or shared[most] == 1:
            yield ((rule,),)
        else:
            groups.setdefault(most, []).append(rule)
    for (_, subject), group in groups.items():
        yield from _by_answer([(asked[rule.name][subject], rule) for rule in group])


Subject = a.Tree | str
"""What a guard tests: a figure, a condition as a whole, or a measure by its levels."""
Answer = Interval | bool | frozenset[str]
"""What a guard requires of its subject: the interval it lies in, whether it holds, one of which levels."""


def _answers(rule: RuleTree) -> Mapping[Subject, Answer]:
    """Return what a rule's guard requires of each subject; empty where the guard is tested for every group anew."""
    wanted: dict[Subject, Answer] = {}
    of_groups = any(isinstance(figure, a.Grouped) for figure in a.figures(rule.basis.expr))
    for subject, answer in () if of_groups else _asked(rule):
        match wanted.get(subject), answer:
            case Interval() as known, Interval():
                wanted[subject] = known.within(answer)
            case frozenset() as known, frozenset():
                wanted[subject] = known & answer
            case _:
                wanted[subject] = answer
    return wanted


def _asked(rule: RuleTree) -> Iterator[tuple[Subject, Answer]]:
    """Yield what a rule's guard requires; the rule holds only where all of it is so."""
    for test in a.joined(rule.guard):
        match a.compared(test):
            case a.Compare(left, how, a.Const(value)):
                yield left, interval(how, value)
            case a.Not(other):
                yield other, False
            case a.Is(measure, level):
                yield measure, frozenset({level})
            case a.AnyHolds(tests) if found := a.levels_of(tests):
                measure, levels = found
                yield measure, frozenset(levels)
            case _:
                pass
        yield test, True


def _by_answer(group: list[tuple[Answer, RuleTree]]) -> Iterator[tuple[Rules, ...]]:
    """Group rules on one subject by what they require of it."""
    by_answer: dict[Answer, list[RuleTree]] = {}
    for answer, rule in group:
        singles: list[Answer] = [answer]
        if isinstance(answer, frozenset):
            singles = [frozenset({level}) for level in answer]
        for single in singles:
            by_answer.setdefault(single, []).append(rule)
    intervals = sorted((answer for answer in by_answer if isinstance(answer, Interval)), key=lambda lies: lies.start)
    if all(lower.within(upper).is_empty for lower, upper in pairwise(intervals)):
        yield tuple(map(tuple, by_answer.values()))
    else:
        yield from ((tuple(rules),) for rules in by_answer.values())


def shown(value: Fraction, figure: a.Expr, catalogue: Catalogue) -> str:
    """Write a number as the figure it is compared with is written."""
    return percent(value) if _kinds(figure, catalogue) == {"percent"} else plain(value)


def _kinds(figure: a.Expr, catalogue: Catalogue) -> set[str]:
    if isinstance(figure, a.Named) and not isinstance(figure.of, a.Tally):
        return {figure.kind}
    return {catalogue.measures[name].kind for name in a.reads(figure) if name in catalogue.measures}
