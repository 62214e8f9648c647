"""Flat rules that hold where a figure lies in a stretch, or a measure stands at a level: which exclude each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from dangjian_score.engine.algebra import AllHold, Compare, Const, Expr, Is, Test
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.counting import Once
from dangjian_score.engine.intervals import EVERYTHING, Interval, interval
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.trees import reads
from dangjian_score.points import percent, plain


@dataclass(frozen=True, slots=True)
class Band:
    """The stretch of a figure in which a flat rule holds."""

    figure: Expr
    interval: Interval

    @classmethod
    def of(cls, rule: RuleTree) -> "Band | None":
        """Find it; None where the rule asks for anything else, or for nothing that can be."""
        if not isinstance(rule.basis, Once) or rule.guard is None:
            return None
        parts: tuple[Test, ...] = rule.guard.tests if isinstance(rule.guard, AllHold) else (rule.guard,)
        figure, lies = None, EVERYTHING
        for one in parts:
            if not (isinstance(one, Compare) and isinstance(one.right, Const) and figure in (None, one.left)):
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


def exclusive(rules: Iterable[RuleTree]) -> Iterator[tuple[RuleTree, ...]]:
    """Part rules into groups of which one at most holds for a unit; a rule that excludes no other stands alone."""
    rules = tuple(rules)
    if len(rules) == 1:
        yield rules
        return
    groups: dict[object, list[RuleTree]] = {}
    for rule in rules:
        band = Band.of(rule)
        groups.setdefault(_level(rule) or (band and (band.figure, rule.verb)) or rule.name, []).append(rule)
    for group in groups.values():
        bands = sorted((band.interval for rule in group if (band := Band.of(rule))), key=lambda one: one.start)
        if all(lower.within(upper).is_empty for lower, upper in pairwise(bands)):
            yield tuple(group)
        else:
            yield from ((rule,) for rule in group)


def _level(rule: RuleTree) -> tuple[str, str] | None:
    """Name the measure whose level a flat rule asks for; two of one level are not told apart, which is rare."""
    flat = isinstance(rule.basis, Once)
    return (rule.guard.measure, rule.verb) if flat and isinstance(rule.guard, Is) else None


def is_whole(figure: Expr, names: Catalogue) -> bool:
    """Tell whether a figure is a count."""
    return _kinds(figure, names) == {"count"}


def shown(value: Fraction, figure: Expr, names: Catalogue) -> str:
    """Write a number as the figure it is compared with is written."""
    return percent(value) if _kinds(figure, names) == {"percent"} else plain(value)


def _kinds(figure: Expr, names: Catalogue) -> set[str]:
    return {names.measures[name].kind for name in reads(figure) if name in names.measures}
