"""Compare assessors: how lenient each is, and where they disagree. All figures are exact.

Figures are compared as the share of the item's maximum that they leave to the unit, so that items of different
maxima, and items where assessors deduct, can be averaged.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Evidence, Fact, UnitFacts
from dangjian_score.core.names import order_key
from dangjian_score.engine import exact
from dangjian_score.engine.aggregates import mean, scaled
from dangjian_score.engine.panel import worth
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.base import Verb
from dangjian_score.rubric.kinds.combine import Assessed

_OFTEN: Final = 2
"""Least number of figures for `always_full`."""


class JudgedItem(Struct, frozen=True):
    """A figure that assessors give: its measure, verb, range, and the nodes it counts in."""

    measure: str
    verb: Verb
    least: Fraction
    most: Fraction
    nodes: tuple[str, ...]

    def left(self, given: Fraction) -> Fraction:
        """Return the share of the maximum that a figure leaves to the unit."""
        return given / self.most if self.verb == "award" else 1 - given / self.most

    def is_full(self, given: Fraction) -> bool:
        """Return whether a figure is the best possible for the unit."""
        return given == (self.most if self.verb == "award" else self.least)


class Judgement(Struct, frozen=True):
    """One figure of an assessor; `left` is the share of the maximum that it leaves to the unit."""

    rater: str
    given: Fraction
    left: Fraction


class JudgedCase(Struct, frozen=True):
    """An item of a unit, in a round, with all figures for it."""

    unit: str
    round: str | None
    item: JudgedItem
    judgements: tuple[Judgement, ...]


class Rater(Struct, frozen=True):
    """One assessor, in shares of the maximum: mean, mean distance from the mean, mean difference from the others.

    `shared` is the number of figures that others gave too; if 0, `difference` is None. `full` is the number of the best
    possible figures.
    """

    name: str
    figures: int
    mean: Fraction
    spread: Fraction
    shared: int
    difference: Fraction | None
    full: int

    @property
    def always_full(self) -> bool:
        """Whether all figures, and more than one, were the best possible."""
        return self.full == self.figures >= _OFTEN


class ItemSpread(Struct, frozen=True):
    """One item over all assessors, in points; `spread` is the mean distance from the mean where several judged."""

    item: JudgedItem
    figures: int
    mean: Fraction
    least: Fraction
    most: Fraction
    spread: Fraction | None


class Disagreement(Struct, frozen=True):
    """An item of a unit with different figures; `given` are assessors with figures, the highest first."""

    unit: str
    round: str | None
    item: JudgedItem
    given: tuple[tuple[str, Fraction], ...]

    @property
    def gap(self) -> Fraction:
        """The highest figure minus the lowest."""
        return self.given[0][1] - self.given[-1][1]


class Raters(Struct, frozen=True):
    """Assessors, the most lenient first; items in the order of the text; disagreements, the largest first."""

    raters: tuple[Rater, ...]
    items: tuple[ItemSpread, ...]
    disagreements: tuple[Disagreement, ...]


def raters(program: Program, evidence: Evidence) -> Raters:
    """Return the comparison of assessors; it is empty without figures."""
    items = _items(program)
    cases = tuple(_cases(program, evidence, items))
    order = {item: at for at, item in enumerate(items)}
    by_item: dict[JudgedItem, list[JudgedCase]] = defaultdict(list)
    for case in cases:
        by_item[case.item].append(case)
    return Raters(
        tuple(
            sorted(
                _raters(cases),
                key=lambda rater: (rater.difference is None, -(rater.difference or 0), order_key(rater.name)),
            )
        ),
        tuple(_spread(item, by_item[item]) for item in items if item in by_item),
        tuple(
            sorted(
                (gap for gap in map(_disagreement, cases) if gap.gap),
                key=lambda gap: (-gap.gap / gap.item.most, order[gap.item]),
            )
        ),
    )


def _items(program: Program) -> dict[JudgedItem, list[RuleTree]]:
    """Return the judged items with their rules; rules on one measure with one range are one item."""
    alike: dict[tuple[str, Verb, Fraction, Fraction], list[tuple[str, RuleTree]]] = defaultdict(list)
    for node in program.nodes:
        for rule in node.rules:
            if isinstance(rule.basis, Assessed) and rule.basis.most:
                basis = rule.basis
                alike[basis.measure, rule.verb, basis.least, basis.most].append((node.id, rule))
    found = {}
    for (measure, verb, least, most), rules in alike.items():
        nodes = tuple(dict.fromkeys(node for node, _ in rules))
        found[JudgedItem(measure, verb, least, most, nodes)] = [rule for _, rule in rules]
    return found


def _cases(
    program: Program, evidence: Evidence, items: Mapping[JudgedItem, Sequence[RuleTree]]
) -> Iterator[JudgedCase]:
    for unit in evidence.units:
        parts: list[tuple[str | None, UnitFacts]] = [*unit.rounds.items(), (None, unit)]
        for round_, part in parts:
            for measure, by in part.assessed.items():
                known = ((item, rules) for item, rules in items.items() if item.measure == measure)
                item = next((item for item, rules in known if _concerns(rules, part, program)), None)
                if item is not None and by:
                    given = ((name, _points(items[item], fact)) for name, fact in by.items())
                    judgements = (Judgement(name, figure, item.left(figure)) for name, figure in given)
                    yield JudgedCase(unit.unit, round_, item, tuple(judgements))


def _points(rules: Sequence[RuleTree], given: Fact) -> Fraction:
    """Return the points of what an assessor gave, which are the same for all rules on one measure."""
    return next(worth(rule.basis, given.value) for rule in rules if isinstance(rule.basis, Assessed))


def _concerns(rules: Iterable[RuleTree], unit: UnitFacts, program: Program) -> bool:
    """Return whether one of the rules applies to the attributes of a unit."""
    described = frozenset(program.rubric.attributes)
    return any(
        all(exact.holds(test, unit.values, {}) for test in _only(rule) if described.issuperset(a.reads(test)))
        for rule in rules
    )


def _only(rule: RuleTree) -> Iterator[a.Test]:
    """Visit the conditions of a rule that may be about attributes: tests of levels only."""
    todo = [test for test in (rule.applies, rule.guard) if test is not None]
    while todo:
        test = todo.pop()
        if isinstance(test, a.AllHold):
            todo += test.tests
        elif all(isinstance(part, a.Is | a.Not | a.AnyHolds) for part in a.walk(test)):
            yield test


def _raters(cases: Iterable[JudgedCase]) -> Iterator[Rater]:
    left: dict[str, list[Fraction]] = defaultdict(list)
    beside: dict[str, list[Fraction]] = defaultdict(list)
    full: dict[str, int] = defaultdict(int)
    for case in cases:
        for judgement, difference in zip(case.judgements, _beside(case.judgements), strict=True):
            left[judgement.rater].append(judgement.left)
            full[judgement.rater] += case.item.is_full(judgement.given)
            if difference is not None:
                beside[judgement.rater].append(difference)
    for name, own in left.items():
        shared = beside[name]
        yield Rater(
            name=name,
            figures=len(own),
            mean=mean(own),
            spread=_distance(own),
            shared=len(shared),
            difference=mean(shared) if shared else None,
            full=full[name],
        )


def _beside(judgements: Sequence[Judgement]) -> list[Fraction | None]:
    """Return how much more of the maximum each judgement leaves than the mean of the others; None for one alone."""
    whole, over = scaled(judgement.left for judgement in judgements)
    total, count = sum(whole), len(whole)
    return [Fraction(left * count - total, over * (count - 1)) if count > 1 else None for left in whole]


def _spread(item: JudgedItem, cases: Sequence[JudgedCase]) -> ItemSpread:
    by_case = [[judgement.given for judgement in case.judgements] for case in cases]
    given = [figure for figures in by_case for figure in figures]
    apart = [_distance(figures) for figures in by_case if len(figures) > 1]
    return ItemSpread(item, len(given), mean(given), min(given), max(given), mean(apart) if apart else None)


def _disagreement(case: JudgedCase) -> Disagreement:
    whole, _ = scaled(judgement.given for judgement in case.judgements)
    pairs = zip(whole, case.judgements, strict=True)
    ordered = sorted(pairs, key=lambda pair: (-pair[0], order_key(pair[1].rater)))
    given = tuple((judgement.rater, judgement.given) for _, judgement in ordered)
    return Disagreement(case.unit, case.round, case.item, given)


def _distance(figures: Sequence[Fraction]) -> Fraction:
    """Return the mean distance from the mean, which is exact, unlike a standard deviation."""
    whole, over = scaled(figures)
    total, count = sum(whole), len(whole)
    return Fraction(sum(abs(figure * count - total) for figure in whole), over * count**2)
