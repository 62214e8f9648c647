"""Compare assessors: how lenient each is, and where they disagree. All figures are exact.

Figures are compared as the share of the item's maximum that they leave to the unit, so that items of different
maxima, and items where assessors deduct, can be averaged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final, TypeVar

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Evidence, UnitFacts
from dangjian_score.core.names import order_key
from dangjian_score.engine import exact
from dangjian_score.engine.aggregates import mean
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.base import Verb
from dangjian_score.rubric.kinds.judge import Judged

_OFTEN: Final = 2
"""Least number of figures for `always_full`."""

_Key = TypeVar("_Key")
_Of = TypeVar("_Of")


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
    """One figure of an assessor for an item of a unit, in a round."""

    unit: str
    round: str | None
    item: JudgedItem
    rater: str
    given: Fraction

    @property
    def left(self) -> Fraction:
        """The share of the maximum that it leaves to the unit."""
        return self.item.left(self.given)

    @property
    def case(self) -> tuple[str, str | None, JudgedItem]:
        """The key of all judgements of the same item of the unit."""
        return self.unit, self.round, self.item


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
    given = tuple(_judgements(program, evidence))
    cases = _grouped(given, lambda judgement: judgement.case)
    order = {item: at for at, item in enumerate(_items(program))}
    by_rater = _grouped(given, lambda judgement: judgement.rater).items()
    by_item = sorted(_grouped(given, lambda group: group.item).items(), key=lambda group: order[group[0]])
    people = (_rater(name, own, cases) for name, own in by_rater)
    apart = (_disagreement(case) for case in cases.values())
    return Raters(
        tuple(
            sorted(
                people, key=lambda rater: (rater.difference is None, -(rater.difference or 0), order_key(rater.name))
            )
        ),
        tuple(_spread(item, own, cases) for item, own in by_item),
        tuple(
            sorted(
                (gap for gap in apart if gap.gap),
                key=lambda gap: (-gap.gap / gap.item.most, order[gap.item]),
            )
        ),
    )


def _items(program: Program) -> dict[JudgedItem, list[RuleTree]]:
    """Return the judged items with their rules; rules on one measure with one range are one item."""
    alike: dict[tuple[str, Verb, Fraction, Fraction], list[tuple[str, RuleTree]]] = defaultdict(list)
    for node in program.nodes:
        for rule in node.rules:
            if isinstance(rule.basis, Judged) and rule.basis.most:
                basis = rule.basis
                alike[basis.measure, rule.verb, basis.least, basis.most].append((node.id, rule))
    found = {}
    for (measure, verb, least, most), rules in alike.items():
        nodes = tuple(dict.fromkeys(node for node, _ in rules))
        found[JudgedItem(measure, verb, least, most, nodes)] = [rule for _, rule in rules]
    return found


def _judgements(program: Program, evidence: Evidence) -> Iterator[Judgement]:
    items = _items(program)
    for unit in evidence.units:
        parts: list[tuple[str | None, UnitFacts]] = [*unit.rounds.items(), (None, unit)]
        for round_, part in parts:
            for measure, by in part.assessed.items():
                known = {item: rules for item, rules in items.items() if item.measure == measure}
                item = next((item for item, rules in known.items() if _concerns(rules, part, program)), None)
                if item is not None:
                    for name, fact in by.items():
                        yield Judgement(unit.unit, round_, item, name, exact.figure(fact.value))


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


def _grouped(given: Iterable[_Of], key: Callable[[_Of], _Key]) -> dict[_Key, list[_Of]]:
    groups: dict[_Key, list[_Of]] = {}
    for member in given:
        groups.setdefault(key(member), []).append(member)
    return groups


_Cases = dict[tuple[str, str | None, JudgedItem], list[Judgement]]


def _rater(name: str, own: Sequence[Judgement], cases: _Cases) -> Rater:
    beside = [
        judgement.left - mean([other.left for other in cases[judgement.case] if other is not judgement])
        for judgement in own
        if len(cases[judgement.case]) > 1
    ]
    left = [judgement.left for judgement in own]
    return Rater(
        name=name,
        figures=len(own),
        mean=mean(left),
        spread=_distance(left),
        shared=len(beside),
        difference=mean(beside) if beside else None,
        full=sum(judgement.item.is_full(judgement.given) for judgement in own),
    )


def _spread(item: JudgedItem, own: Sequence[Judgement], cases: _Cases) -> ItemSpread:
    given = [judgement.given for judgement in own]
    together = [
        case for judgement in dict.fromkeys(judgement.case for judgement in own) if len(case := cases[judgement]) > 1
    ]
    apart = [_distance([judgement.given for judgement in case]) for case in together]
    return ItemSpread(item, len(own), mean(given), min(given), max(given), mean(apart) if apart else None)


def _disagreement(case: Sequence[Judgement]) -> Disagreement:
    first = case[0]
    given = sorted(
        ((judgement.rater, judgement.given) for judgement in case), key=lambda pair: (-pair[1], order_key(pair[0]))
    )
    return Disagreement(first.unit, first.round, first.item, tuple(given))


def _distance(figures: Sequence[Fraction]) -> Fraction:
    """Return the mean distance from the mean, which is exact, unlike a standard deviation."""
    middle = mean(figures)
    return mean([abs(figure - middle) for figure in figures])
