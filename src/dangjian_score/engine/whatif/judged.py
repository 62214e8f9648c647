"""Figures of assessors: how far each may move, which one alone decides, how stable ranks are."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import ceil
from typing import Final

from msgspec import Struct

from dangjian_score.core.algebra import Ref, reads
from dangjian_score.core.facts import UnitFacts
from dangjian_score.engine import exact
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.totals import Pass, best_grades
from dangjian_score.engine.whatif.near import Near, Threshold
from dangjian_score.engine.whatif.rescoring import (
    Contest,
    EnteredValue,
    Measures,
    State,
    States,
    entries,
    with_figures,
    with_value,
)
from dangjian_score.rubric.kinds.judge import Judged

USUAL_STEP: Final = Fraction(1, 2)
"""The step of a figure whose range is at least 1 point, where lines show decimals."""


def step_of(least: Fraction, most: Fraction, places: int) -> Fraction:
    """Return the step of a figure: half a point, else the last decimal of lines."""
    return USUAL_STEP if most - least >= 1 and places else Fraction(1, 10**places)


class Opinion(Struct, frozen=True):
    """One figure of an assessor: round, measure, value, range and step.

    `assessors` are those who gave it: one, several who must agree, or none where it is in a table of units. `favours`
    is 1 where a higher figure means more points, else −1; with `plainly` nothing else depends on it.
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
        """Return the figure moved by steps, limited to its range."""
        return min(max(self.value + steps * self.step, self.least), self.most)

    def room(self, direction: int) -> int:
        """Return the number of steps to the end of its range; the last may be shorter."""
        left = self.most - self.value if direction > 0 else self.value - self.least
        return ceil(left / self.step)


class Judging(Struct, frozen=True, dict=True):
    """The judged rules of a program; `step` is the step of every figure, where the user gives one."""

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
        """Whether any rule or condition depends on the points of other items."""
        return any(isinstance(part, Ref) for part in self.program.parts())

    @cached_property
    def _plain(self) -> frozenset[str]:
        """The measures that change points in one direction only: rules of one verb read them, and nothing else does."""
        return frozenset(measure for measure in self.rules if self._is_plain(measure))

    def _is_plain(self, measure: str) -> bool:
        own = [rule for _, rule in self.rules[measure]]
        guards = (rule.guard for rule in own if rule.guard is not None)
        others = (tree for rule in self.program.rules if rule not in own for tree in rule.trees)
        elsewhere = reads(*guards, *others, *self.program.outside.values())
        return not self._late and measure not in elsewhere and len({rule.verb for rule in own}) == 1

    def opinions(self, state: State) -> Iterator[Opinion]:
        """Visit the figures of a unit that count: those of rules that apply."""
        ranges = dict[tuple[str | None, str], tuple[Fraction, Fraction, bool]]()
        for part in self.program.passes:
            for measure, found in self._ranges(part, state).items():
                ranges.setdefault((part.round, measure), found)
        given = {(entry.round, entry.measure): entry for entry in self._entered(state.unit)}
        for (round_, measure), (least, most, combined) in ranges.items():
            unit = state.unit if round_ is None else state.unit.rounds[round_]
            step = self.step or step_of(least, most, self.program.rubric.shown_places)
            favours = 1 if self.rules[measure][0][1].verb == "award" else -1
            for who, value in self._values(unit, measure, given.get((round_, measure)), combined=combined):
                yield Opinion(round_, measure, who, value, least, most, step, favours, measure in self._plain)

    def _entered(self, unit: UnitFacts) -> Iterator[EnteredValue]:
        return entries(unit, {name: self.measures[name] for name in self.rules})

    def _ranges(self, part: Pass, state: State) -> dict[str, tuple[Fraction, Fraction, bool]]:
        """Return by measure the range common to the rules that apply, and whether figures are combined."""
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
        """Return the unit with another figure of an assessor."""
        if opinion.assessors:
            return with_figures(unit, opinion.round, opinion.measure, dict.fromkeys(opinion.assessors, value))
        entry = next(
            entry for entry in self._entered(unit) if (entry.round, entry.measure) == (opinion.round, opinion.measure)
        )
        return with_value(unit, entry, value, self.measures)


class DecidingFigure(Struct, frozen=True):
    """A figure that decides alone, and its nearest value that does."""

    opinion: Opinion
    to: Fraction


class Deciding:
    """Searches the figures that decide about one unit."""

    def __init__(self, contest: Contest, judging: Judging, at: int) -> None:
        self._contest, self._judging, self._at = contest, judging, at
        self._unit, self._opinions = contest.rescorer.units[at], tuple(judging.opinions(contest.states[at]))
        self._tried: dict[tuple[Opinion, Fraction], States | None] = {}

    def deciders(self, near: Near) -> tuple[DecidingFigure, ...]:
        """Return the figures that decide about a threshold, the smallest change first."""
        found = (DecidingFigure(opinion, to) for opinion in self._opinions for to in self._least(opinion, near))
        return tuple(sorted(found, key=lambda decider: abs(decider.to - decider.opinion.value)))

    def _least(self, opinion: Opinion, near: Near) -> Iterator[Fraction]:
        """Find the nearest value that carries the unit across the threshold."""

        def carries(steps: int) -> bool:
            states = self._states(opinion, opinion.moved(steps))
            return states is not None and self._holds(near.mark, states) != near.held

        if opinion.plainly and not self._is_prize(near.mark):
            upwards = near.held == self._is_criticism(near.mark)
            direction = opinion.favours if upwards else -opinion.favours
            steps = opinion.room(direction)
            if steps and carries(direction * steps):
                first = bisect_left(range(1, steps), True, key=lambda n: carries(direction * n))
                yield opinion.moved(direction * (first + 1))
            return
        tries = ((d * n, opinion.moved(d * n)) for d in (1, -1) for n in range(1, opinion.room(d) + 1))
        nearest_first = sorted(tries, key=lambda trial: abs(trial[1] - opinion.value))
        yield from islice((value for steps, value in nearest_first if carries(steps)), 1)

    def _is_criticism(self, mark: Threshold) -> bool:
        """Return whether a threshold is that of a criticism, which fewer points lead to."""
        return mark.at is not None and not self._contest.program.rubric.selections[mark.at].honours

    def _is_prize(self, mark: Threshold) -> bool:
        """Return whether a threshold is that of a prize, which more points may lose by winning a better one."""
        return mark.at is not None and self._contest.program.rubric.selections[mark.at].places is not None

    def _states(self, opinion: Opinion, value: Fraction) -> States | None:
        key = opinion, value
        if key not in self._tried:
            unit = self._judging.changed(self._unit, opinion, value)
            self._tried[key] = self._contest.rescorer.after({self._at: unit})
        return self._tried[key]

    def _holds(self, mark: Threshold, states: States) -> bool:
        """Return whether the unit has the grade or selection after a change; of prizes a better one counts too."""
        state = states.get(self._at, self._contest.rescorer.now[self._at])
        if state is None:
            return False
        rubric = self._contest.program.rubric
        if mark.at is None:
            ordered, grade = best_grades(rubric.grades), self._contest.grade(self._at, states)
            return grade is not None and ordered.index(grade) <= ordered.index(mark.title)
        selections, own = rubric.selections, rubric.selections[mark.at]
        serving = {mark.at}
        if own.places is not None:
            serving |= {
                number
                for number, selection in enumerate(selections[: mark.at])
                if selection.places is not None and (selection.within, selection.honours) == (own.within, own.honours)
            }
        return not serving.isdisjoint(self._contest.selected(self._at, states))


class Ranks(Struct, frozen=True):
    """The ranks of a unit: now, at best and at worst."""

    now: int
    best: int
    worst: int

    @property
    def firm(self) -> bool:
        """Whether the rank never changes."""
        return self.best == self.now == self.worst


class _Moves(Struct, frozen=True):
    """The units with all figures moved by a step, towards more and towards fewer points."""

    more: Mapping[int, UnitFacts]
    fewer: Mapping[int, UnitFacts]


def stability(contest: Contest, judging: Judging) -> Mapping[int, Ranks]:
    """Return the ranks of every unit when figures move by a step; empty where there are no figures."""
    moves = _Moves(_moved(contest, judging, 1), _moved(contest, judging, -1))
    if not moves.more:
        return {}
    compared = contest.rescorer.compares(judging.rules)
    found = _together(contest, moves) if compared else _apart(contest, moves)
    return {at: Ranks(contest.rank(at, {}), best, worst) for at, best, worst in found}


def _moved(contest: Contest, judging: Judging, towards: int) -> dict[int, UnitFacts]:
    """Return the units with every figure moved by a step."""
    moved = {}
    for at in contest.numbers:
        unit = contest.rescorer.units[at]
        for opinion in judging.opinions(contest.states[at]):
            unit = judging.changed(unit, opinion, opinion.moved(towards * opinion.favours))
            moved[at] = unit
    return moved


def _apart(contest: Contest, moves: _Moves) -> Iterator[tuple[int, int, int]]:
    """Find the ranks by scoring each unit alone, where no points depend on the figures of other units."""
    more, fewer = (
        {
            at: contest.merit(at, contest.rescorer.after({at: units[at]}) or {} if at in units else {})
            for at in contest.numbers
        }
        for units in (moves.more, moves.fewer)
    )
    upper, lower = sorted(more.values()), sorted(fewer.values())
    count = len(upper)
    for at in contest.numbers:
        above = count - bisect_right(lower, more[at]) - (fewer[at] > more[at])
        below = count - bisect_right(upper, fewer[at]) - (more[at] > fewer[at])
        yield at, 1 + above, 1 + below


def _together(contest: Contest, moves: _Moves) -> Iterator[tuple[int, int, int]]:
    """Find the ranks by scoring all units for each of them."""
    for at in contest.numbers:
        best = _rank(contest, at, {**moves.fewer, **_own(moves.more, at)})
        yield at, best, _rank(contest, at, {**moves.more, **_own(moves.fewer, at)})


def _own(units: Mapping[int, UnitFacts], at: int) -> dict[int, UnitFacts]:
    return {at: units[at]} if at in units else {}


def _rank(contest: Contest, at: int, units: Mapping[int, UnitFacts]) -> int:
    states = contest.rescorer.after(units)
    return contest.rank(at, states or {})
