"""The assessors' figures of a unit, and the steps each may move by within its range."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Final

from msgspec import Struct

from dangjian_score.engine import exact
from dangjian_score.engine.algebra import Ref
from dangjian_score.engine.lookups import Judged
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.totals import Pass
from dangjian_score.engine.trees import reads
from dangjian_score.engine.whatif.bench import State
from dangjian_score.engine.whatif.edits import EnteredValue, Measures, entries, with_figures, with_value
from dangjian_score.facts import UnitFacts

USUAL_STEP: Final = Fraction(1, 2)
"""What an assessor's figure moves by, where its range is a point or more and lines show halves."""


def step_of(least: Fraction, most: Fraction, places: int) -> Fraction:
    """Give the step of a figure: half a point, else the least decimal that lines are rounded to."""
    return USUAL_STEP if most - least >= 1 and places else Fraction(1, 10**places)


class Opinion(Struct, frozen=True):
    """One figure of an assessor: where it stands, its value, range and step.

    `assessors` are those who gave it: one; several who may not differ; nobody where it stands in a table of units.
    `favours` is 1 where more of it means more points, −1 where less does; `plainly` where nothing else rests on it.
    """

    round: str | None
    measure: str
    assessors: tuple[str, ...]
    value: Fraction
    least: Fraction
    most: Fraction
    step: Fraction
    favours: int
    plainly: bool

    def moved(self, steps: int) -> Fraction:
        """Give the figure so many steps on, held within its range."""
        return min(max(self.value + steps * self.step, self.least), self.most)

    def room(self, direction: int) -> int:
        """Count the steps to the end of its range; the last may be a short one."""
        left = self.most - self.value if direction > 0 else self.value - self.least
        return ceil(left / self.step)


class Judging(Struct, frozen=True, dict=True):
    """What assessors judge in a program; `step` is the step of every figure, where the user says one."""

    program: Program
    measures: Measures
    step: Fraction | None

    @cached_property
    def rules(self) -> Mapping[str, tuple[tuple[Judged, RuleTree], ...]]:
        """The judged rules, by measure."""
        found: dict[str, tuple[tuple[Judged, RuleTree], ...]] = {}
        for rule in self.program.rules:
            if isinstance(rule.basis, Judged):
                found[rule.basis.measure] = (*found.get(rule.basis.measure, ()), (rule.basis, rule))
        return found

    @cached_property
    def _late(self) -> bool:
        """Whether anything rests on points of other items."""
        return any(isinstance(part, Ref) for part in self.program.parts())

    @cached_property
    def _plain(self) -> frozenset[str]:
        """The measures of which more is more points, or less is, for certain: one kind of rule reads them alone."""
        return frozenset(measure for measure in self.rules if self._is_plain(measure))

    def _is_plain(self, measure: str) -> bool:
        own = [rule for _, rule in self.rules[measure]]
        guards = (rule.guard for rule in own if rule.guard is not None)
        others = (tree for rule in self.program.rules if rule not in own for tree in rule.trees)
        elsewhere = reads(*guards, *others, *(clause.test for clause in self.program.clauses))
        return not self._late and measure not in elsewhere and len({rule.verb for rule in own}) == 1

    def opinions(self, state: State) -> Iterator[Opinion]:
        """List the figures of a unit that count: those of rules that apply."""
        ranges = dict[tuple[str | None, str], tuple[Fraction, Fraction, bool]]()
        for part in self.program.passes:
            for measure, found in self._ranges(part, state).items():
                ranges.setdefault((part.round, measure), found)
        given = {(one.round, one.measure): one for one in self._entered(state.unit)}
        for (round_, measure), (least, most, combined) in ranges.items():
            unit = state.unit if round_ is None else state.unit.rounds[round_]
            step = self.step or step_of(least, most, self.program.rubric.shown_places)
            favours = 1 if self.rules[measure][0][1].verb == "award" else -1
            for who, value in self._values(unit, measure, given.get((round_, measure)), combined=combined):
                yield Opinion(round_, measure, who, value, least, most, step, favours, measure in self._plain)

    def _entered(self, unit: UnitFacts) -> Iterator[EnteredValue]:
        return entries(unit, {name: self.measures[name] for name in self.rules})

    def _ranges(self, part: Pass, state: State) -> dict[str, tuple[Fraction, Fraction, bool]]:
        """Give the range that rules which apply leave each figure, and whether several are combined."""
        ready, found = state.ready[part.key], dict[str, tuple[Fraction, Fraction, bool]]()
        for rule in (rule for node in part.nodes for rule in node.rules):
            basis = rule.basis
            if isinstance(basis, Judged) and all(
                test is None or ready.holds(test) for test in (rule.applies, rule.guard)
            ):
                least, most, combined = found.get(basis.measure, (basis.least, basis.most, False))
                found[basis.measure] = max(least, basis.least), min(most, basis.most), combined or bool(basis.combine)
        return found

    def _values(
        self, unit: UnitFacts, measure: str, entry: EnteredValue | None, *, combined: bool
    ) -> Iterator[tuple[tuple[str, ...], Fraction]]:
        given = unit.assessed.get(measure, {})
        if not given:
            yield from [] if entry is None else [((), exact.figure(entry.fact.value))]
        elif combined:
            yield from (((name,), exact.figure(fact.value)) for name, fact in given.items())
        else:
            yield tuple(given), exact.figure(next(iter(given.values())).value)

    def changed(self, unit: UnitFacts, opinion: Opinion, value: Fraction) -> UnitFacts:
        """Let an assessor have given another figure."""
        if opinion.assessors:
            return with_figures(unit, opinion.round, opinion.measure, dict.fromkeys(opinion.assessors, value))
        entry = next(one for one in self._entered(unit) if (one.round, one.measure) == (opinion.round, opinion.measure))
        return with_value(unit, entry, value, self.measures)
