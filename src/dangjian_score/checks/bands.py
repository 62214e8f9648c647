"""Flat rules that hold where a figure lies in a stretch, or a measure stands at a level: which exclude each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.bounds import EVERYTHING, Interval, interval
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.base import Verb
from dangjian_score.rubric.kinds.flat import Once


class Band(Struct, frozen=True):
    """The stretch of a figure in which a flat rule holds."""

    figure: a.Expr
    interval: Interval

    @classmethod
    def of(cls, rule: RuleTree) -> "Band | None":
        """Find it; None where the rule asks for anything else, or for nothing that can be."""
        if not isinstance(rule.basis, Once) or rule.guard is None:
            return None
        parts: tuple[a.Test, ...] = rule.guard.tests if isinstance(rule.guard, a.AllHold) else (rule.guard,)
        figure, lies = None, EVERYTHING
        for one in parts:
            if not (isinstance(one, a.Compare) and isinstance(one.right, a.Const) and figure in (None, one.left)):
                return None
            figure, lies = one.left, lies.within(interval(one.how, one.right.value))
        return None if figure is None or lies.is_empty else cls(figure, lies)

    def between(self, upper: "Band", *, whole: bool) -> Fraction | None:
        """Find a figure that lies between two bands and in neither; of things that are counted a whole one."""
        end, start = self.interval.span.most, upper.interval.span.least
        if end is None or start is None:
            return None
        tried = (floor(end), ceil(end), floor(end) + 1) if whole else ((end + start) / 2,)
        for one in map(Fraction, tried):
            if end <= one <= start and not self.interval.holds(one) and not upper.interval.holds(one):
                return one
        return None


Rules = tuple[RuleTree, ...]


def alternatives(rules: Iterable[RuleTree]) -> Iterator[tuple[Rules, ...]]:
    """Part rules into groups, each into what holds together; of one group's parts one at most holds for a unit.

    Rules exclude each other by levels of one measure or attribute, stretches of one figure, or a condition and its
    opposite. A rule is put with those it shares most with; one that excludes no other stands alone.
    """
    rules = tuple(rules)
    asked = {rule.name: _answers(rule) for rule in rules}
    shared = Counter((rule.verb, subject) for rule in rules for subject in asked[rule.name])
    groups: dict[tuple[Verb, Subject], list[RuleTree]] = {}
    for rule in rules:
        subjects = [(rule.verb, subject) for subject in asked[rule.name]]
        most = max(subjects, key=lambda one: shared[one], default=None)
        if most is None or shared[most] == 1:
            yield ((rule,),)
        else:
            groups.setdefault(most, []).append(rule)
    for (_, subject), group in groups.items():
        yield from _parted([(asked[rule.name][subject], rule) for rule in group])


Subject = a.Tree | str
"""What a guard asks about: a figure, a condition as a whole, or a measure by its levels."""
Answer = Interval | bool | frozenset[str]
"""What the guard wants of it: where it lies, whether it holds, one of which levels."""


def _answers(rule: RuleTree) -> Mapping[Subject, Answer]:
    """Give what a rule's guard wants of each thing; nothing where the guard is asked of every group anew."""
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
    """List what a rule's guard asks for; all of it must be so for the rule to hold."""
    for test in a.joined(rule.guard):
        match compared(test):
            case a.Compare(left, how, a.Const(value)):
                yield left, interval(how, value)
            case a.Not(other):
                yield other, False
            case a.Is(measure, level):
                yield measure, frozenset({level})
            case a.AnyHolds(tests) if levels := _levels(tests):
                yield levels
            case _:
                pass
        yield test, True


def compared(test: a.Test) -> a.Test:
    """Write a comparison that must not hold as its opposite; any other test is left as it is."""
    match test:
        case a.Not(a.Compare(left, how, right)) if how in _OPPOSITES:
            return a.Compare(left, _OPPOSITES[how], right)
        case _:
            return test


_OPPOSITES: Final[Mapping[a.Comparator, a.Comparator]] = {
    "at_least": "below",
    "below": "at_least",
    "at_most": "above",
    "above": "at_most",
}


def _levels(tests: Iterable[a.Test]) -> tuple[str, frozenset[str]] | None:
    """Read a test for one of several levels of one measure; None for any other."""
    levels = [test for test in tests if isinstance(test, a.Is)]
    measures = {test.measure for test in levels}
    if len(measures) != 1 or len(levels) < len(tuple(tests)):
        return None
    return measures.pop(), frozenset(test.level for test in levels)


def _parted(group: list[tuple[Answer, RuleTree]]) -> Iterator[tuple[Rules, ...]]:
    """Part rules that ask about one thing by what they want of it."""
    by_answer: dict[Answer, list[RuleTree]] = {}
    for answer, rule in group:
        for single in map(_one_level, answer) if isinstance(answer, frozenset) else (answer,):
            by_answer.setdefault(single, []).append(rule)
    stretches = sorted((one for one in by_answer if isinstance(one, Interval)), key=lambda one: one.start)
    if all(lower.within(upper).is_empty for lower, upper in pairwise(stretches)):
        yield tuple(map(tuple, by_answer.values()))
    else:
        yield from ((tuple(rules),) for rules in by_answer.values())


def _one_level(level: str) -> Answer:
    return frozenset({level})


def is_whole(figure: a.Expr, names: Catalogue) -> bool:
    """Tell whether a figure is a count."""
    return _kinds(figure, names) == {"count"}


def shown(value: Fraction, figure: a.Expr, names: Catalogue) -> str:
    """Write a number as the figure it is compared with is written."""
    return percent(value) if _kinds(figure, names) == {"percent"} else plain(value)


def _kinds(figure: a.Expr, names: Catalogue) -> set[str]:
    return {names.measures[name].kind for name in a.reads(figure) if name in names.measures}
