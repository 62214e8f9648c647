"""Score evidence once, then again with some of it changed; rank and select with changed units."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.algebra import reads, refs
from dangjian_score.core.facts import Event, Evidence, Fact, UnitFacts, Value, replaced
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine import exact
from dangjian_score.engine.aggregates import over_rounds
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.demands import Needless, RuleDemands
from dangjian_score.engine.evaluate import Scorer
from dangjian_score.engine.grading import GradedUnits, as_fixed, final_grades, grade_all
from dangjian_score.engine.prepare import Ready, excluded_by, prepare, unranked_by
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Chosen, Merit, Standing, fits, merit, select, stand

Measures = Mapping[str, Measure]


class EnteredValue(Struct, frozen=True):
    """A value that was entered for a measure, in a round (None: for all rounds)."""

    round: str | None
    measure: str
    fact: Fact


def entries(unit: UnitFacts, measures: Measures) -> Iterator[EnteredValue]:
    """Visit the values that were entered for measures; values derived from rounds are left out."""
    for round_, part in unit.rounds.items():
        yield from (EnteredValue(round_, name, fact) for name, fact in part.facts.items() if name in measures)
    for name, fact in unit.facts.items():
        if name in measures and not _is_derived(unit, name, measures):
            yield EnteredValue(None, name, fact)


def _is_derived(unit: UnitFacts, name: str, measures: Measures) -> bool:
    """Return whether a value over all rounds is derived from those of rounds and has no cells of its own."""
    given = [part.facts[name] for part in unit.rounds.values() if name in part.facts]
    return bool(given) and over_rounds(given, measures[name].kind) == unit.facts[name]


def with_value(unit: UnitFacts, entry: EnteredValue, value: Value, measures: Measures) -> UnitFacts:
    """Return the unit with another value entered."""
    name, fact = entry.measure, Fact(value, entry.fact.cell)
    changed = _in_slice(unit, entry.round, lambda part: replace(part, facts=replaced(part.facts, name, fact)))
    if entry.round is None or name not in unit.facts or not _is_derived(unit, name, measures):
        return changed
    given = [part.facts[name] for part in changed.rounds.values() if name in part.facts]
    whole = over_rounds(given, measures[name].kind)
    return changed if whole is None else replace(changed, facts=replaced(changed.facts, name, whole))


def with_figures(unit: UnitFacts, round_: str | None, measure: str, given: Mapping[str, Fraction]) -> UnitFacts:
    """Return the unit with other figures of assessors."""

    def assessed(part: UnitFacts) -> UnitFacts:
        by = part.assessed[measure]
        figures = {name: Fact(given.get(name, fact.value), fact.cell) for name, fact in by.items()}
        return replace(part, assessed={**part.assessed, measure: figures})

    return _in_slice(unit, round_, assessed)


def without_event(unit: UnitFacts, event: Event) -> UnitFacts:
    """Return the unit without an event, also in its round."""

    def less(part: UnitFacts) -> UnitFacts:
        return replace(part, events=tuple(other for other in part.events if other is not event))

    return replace(less(unit), rounds={name: less(part) for name, part in unit.rounds.items()})


def _in_slice(unit: UnitFacts, round_: str | None, change: Callable[[UnitFacts], UnitFacts]) -> UnitFacts:
    if round_ is None:
        return change(unit)
    return replace(unit, rounds={**unit.rounds, round_: change(unit.rounds[round_])})


Passes = Mapping[str, Ready]
"""A unit ready for each pass, by the keys of passes."""


class State(Struct, frozen=True):
    """A unit as scored: its facts, its inputs in each pass, its standing."""

    unit: UnitFacts
    ready: Passes
    standing: Standing


States = Mapping[int, State | None]
"""Changed units by their place in the evidence; None where the unit no longer takes part or is no longer ranked."""


class Rescorer:
    """Scores evidence, then again with some units changed. Units without a rank have no state."""

    def __init__(self, program: Program, evidence: Evidence, watch: Watch = unwatched) -> None:
        cohort = prepare(program, evidence)
        self.program, self.units = program, evidence.units
        self._scorer, self._preparers = Scorer(cohort, 10**program.rubric.shown_places), cohort.preparers
        self._demands = {
            part.key: [RuleDemands.by(rule) for node in part.nodes for rule in node.rules] for part in program.passes
        }
        self._looked_at = refs(*(step.expr for step in program.verdict))
        self._alone = [self._prepared(unit) for unit in evidence.units]
        self._together = self._beside(self._alone)
        self.countable = cohort.countable()
        ranked = [at for at in cohort.taking_part if evidence.units[at].unit not in cohort.unranked]
        now = {at: self._state(evidence.units[at], self._together[at]) for at in watch(ranked, "units")}
        self.now: Sequence[State | None] = [now.get(at) for at in range(len(evidence.units))]

    def compares(self, names: Collection[str]) -> bool:
        """Return whether measures are read by a comparison of units."""
        found = (pair for preparer in self._preparers.values() for pair in preparer.comparisons)
        trees = (tree for figure, population in found for tree in (figure.of, population) if tree is not None)
        return not set(reads(*trees)).isdisjoint(names)

    def after(self, changed: Mapping[int, UnitFacts]) -> States | None:
        """Return the changed states after some units changed; None where the evidence cannot be scored."""
        try:
            return dict(self._after(changed))
        except (_UnmetError, ZeroDivisionError):
            return None

    def _after(self, changed: Mapping[int, UnitFacts]) -> Iterator[tuple[int, State | None]]:
        alone = {at: self._prepared(unit) for at, unit in changed.items()}
        if self._compares_anew(alone):
            ready = dict(enumerate(self._beside([alone.get(at, passes) for at, passes in enumerate(self._alone)])))
        else:
            ready = {at: self._as_compared(at, passes) for at, passes in alone.items()}
        for at, beside in ready.items():
            if (was := self.now[at]) is not None:
                out = at in alone and (self._is_out(alone[at]) or bool(unranked_by(self.program, alone[at].values())))
                state = None if out else self._again(was, changed.get(at, was.unit), beside)
                if state is not was:
                    yield at, state

    def _prepared(self, unit: UnitFacts) -> Passes:
        return {key: preparer.alone(unit) for key, preparer in self._preparers.items()}

    def _is_out(self, alone: Passes) -> bool:
        return bool(excluded_by(self.program, alone.values()))

    def _beside(self, everybody: Sequence[Passes]) -> list[Passes]:
        """Return all units with the figures of comparisons."""
        excluded = {ready.unit.unit for passes in everybody if self._is_out(passes) for ready in passes.values()}
        compared = {
            key: preparer.compared([passes[key] for passes in everybody], excluded)
            for key, preparer in self._preparers.items()
        }
        return [
            {key: ready.beside(compared[key][at]) for key, ready in passes.items()}
            for at, passes in enumerate(everybody)
        ]

    def _as_compared(self, at: int, alone: Passes) -> Passes:
        """Return a unit with the figures of comparisons before the change."""
        found = {}
        for key, ready in alone.items():
            before, comparisons = self._together[at][key].known, self._preparers[key].comparisons
            names = (figure.name for figure, _ in comparisons if figure.name in before)
            found[key] = ready.beside({name: before[name] for name in names})
        return found

    def _compares_anew(self, changed: Mapping[int, Passes]) -> bool:
        """Return whether a changed unit has another amount in a comparison."""
        if not any(preparer.comparisons for preparer in self._preparers.values()):
            return False
        return any(self._puts_in(at, passes) != self._puts_in(at, self._alone[at]) for at, passes in changed.items())

    def _puts_in(self, at: int, alone: Passes) -> object:
        if self._is_out(alone):
            return None
        beside = self._as_compared(at, alone)
        return tuple(preparer.put_in(beside[key]) for key, preparer in self._preparers.items())

    def _state(self, unit: UnitFacts, ready: Passes) -> State:
        return State(unit, ready, stand(self.program, unit, self._scorer.again(unit, ready)))

    def elsewhere(self, state: State, figures: Mapping[str, Fraction]) -> Standing:
        """Return the standing of a unit with other figures for steps that vetoes and grades read."""
        done = state.standing.done
        known = {**{name: done[name] for name in self._looked_at if name in done}, **figures}
        return stand(self.program, state.unit, {**done, **exact.run(self.program.verdict, {}, known)})

    def _again(self, was: State, unit: UnitFacts, ready: Passes) -> State:
        """Return the state of a unit scored again; the same state where nothing changed.

        Raises `_UnmetError` where the changes leave a demand of a rule unmet; needless figures are allowed.
        """
        changes = {key: _changes(was.ready[key], now) for key, now in ready.items()}
        if not any(measures or figures for measures, figures in changes.values()):
            return was
        for key, (measures, figures) in changes.items():
            for rule in self._demands[key]:
                touched = not (measures.isdisjoint(rule.measures) and figures.isdisjoint(rule.figures))
                if touched and any(not isinstance(demand, Needless) for demand in rule.unmet(ready[key])):
                    raise _UnmetError
        return self._state(unit, ready)


class _UnmetError(Exception):
    """Changed evidence does not meet the demands of a rule."""


def _changes(was: Ready, now: Ready) -> tuple[frozenset[str], frozenset[str]]:
    """Return the measures, and the figures known beforehand, that changed in a pass."""
    measures = (
        name for name, value in now.values.items() if value is not was.values[name] and value != was.values[name]
    )
    figures = (name for name, figure in now.known.items() if figure != was.known.get(name))
    return frozenset(measures), frozenset(figures)


class Outlook(Struct, frozen=True):
    """The outcome of a unit; `selections` are titles, in the order of the rubric."""

    total: Fraction
    grade: str | None
    rank: int
    selections: tuple[str, ...]


class Contest:
    """The units that are ranked, with their ranks, grades and selections."""

    def __init__(self, rescorer: Rescorer) -> None:
        self.rescorer, self.program = rescorer, rescorer.program
        taking_part = [(at, state) for at, state in enumerate(rescorer.now) if state is not None]
        best_first = sorted(taking_part, key=lambda pair: merit(self.program, pair[1].standing), reverse=True)
        self.states = dict(best_first)
        self.standings = {at: state.standing for at, state in best_first}
        self.by_name = {standing.unit: standing for standing in self.standings.values()}
        self.merits = {at: merit(self.program, standing) for at, standing in self.standings.items()}
        self._ascending = sorted(self.merits.values())
        self._known: dict[object, frozenset[int]] = {}
        self.chosen = self.select({})
        self.graded = self._grade_all({})
        self.quotas = as_fixed(self.program, self.graded, rescorer.units)

    @property
    def least_step(self) -> Fraction:
        """The smallest difference between figures of the result."""
        return Fraction(1, 10**self.program.rubric.shown_places)

    @property
    def numbers(self) -> Sequence[int]:
        """The places of the units in the evidence, best unit first."""
        return tuple(self.standings)

    def now(self, at: int) -> Outlook:
        """Return the outcome of a unit without changes."""
        return self._outlook(at, self.standings[at], {})

    def outlook(self, at: int, states: States) -> Outlook | None:
        """Return the outcome of a unit after changes; None where it no longer takes part."""
        standing = self._standing(at, states)
        return None if standing is None else self._outlook(at, standing, states)

    def _outlook(self, at: int, standing: Standing, states: States) -> Outlook:
        titles = (self.program.rubric.selections[number].title for number in sorted(self.selected(at, states)))
        return Outlook(standing.total, self.grade(at, states), self.rank(at, states), tuple(titles))

    def grade(self, at: int, states: States) -> str | None:
        """Return the grade of a unit that takes part: as a committee fixed it, else under the quotas."""
        unit = self.rescorer.units[at]
        if unit.grade_ruling is not None and self.program.rubric.grades:
            return unit.grade_ruling.grade
        limited = any(grade.is_limited for grade in self.program.rubric.grades.values())
        if not limited or not states:
            standing = self._standing(at, states)
            return standing.grade if standing is not None and not limited else self.graded.units[unit.unit].grade
        return self._grade_all(states).units[unit.unit].grade

    def _grade_all(self, states: States) -> GradedUnits:
        standings = (self._standing(at, states) for at in self.standings)
        return grade_all(self.program, [each for each in standings if each is not None], self.rescorer.countable)

    def rank(self, at: int, states: States) -> int:
        """Return the rank of a unit that takes part; equal units share a rank."""
        own = self.merit(at, states)
        better = len(self._ascending) - bisect_right(self._ascending, own)
        for other, state in states.items():
            rises = other != at and state is not None and merit(self.program, state.standing) > own
            better += rises - (self.merits[other] > own)
        return 1 + better

    def merit(self, at: int, states: States) -> Merit:
        """Return the sort key of a unit; that before the changes where it no longer takes part."""
        state = states.get(at)
        return self.merits[at] if state is None else merit(self.program, state.standing)

    def selected(self, at: int, states: States) -> frozenset[int]:
        """Return the numbers of the selections of a unit.

        For one changed unit they are cached by its merit and conditions, unless the grades of others may follow.
        """
        now = self._standing(at, states)
        key: object = None
        if now is not None and states.keys() == {at} and not self._grades_matter:
            selections = range(len(self.program.rubric.selections))
            key = (
                at,
                merit(self.program, now),
                now.barred,
                *(fits(self.program, number, now, (self.grade(at, states),)) for number in selections),
            )
        if key is None:
            return self._selected(at, states)
        if key not in self._known:
            self._known[key] = self._selected(at, states)
        return self._known[key]

    def _selected(self, at: int, states: States) -> frozenset[int]:
        chosen = self.select(states) if states else self.chosen
        unit = self.rescorer.units[at].unit
        return frozenset(number for number, choice in enumerate(chosen) if unit in choice.units)

    def select(self, states: States) -> tuple[Chosen, ...]:
        """Make all selections."""
        standings = (self._standing(at, states) for at in self.standings)
        known = [standing for standing in standings if standing is not None]
        return self._select(known)

    def _select(self, standings: Sequence[Standing]) -> tuple[Chosen, ...]:
        graded = grade_all(self.program, standings, self.rescorer.countable)
        return select(self.program, standings, final_grades(graded, self.rescorer.units), self.rescorer.countable)

    @cached_property
    def _grades_matter(self) -> bool:
        """Whether selections depend on grades that have quotas."""
        rubric = self.program.rubric
        return any(one.asks_grade for one in rubric.selections) and any(
            grade.is_limited for grade in rubric.grades.values()
        )

    def _standing(self, at: int, states: States) -> Standing | None:
        state = states.get(at, self.rescorer.now[at])
        return None if state is None else state.standing

    def hypothetical(self, at: int, standing: Standing) -> tuple[Chosen, ...]:
        """Make all selections with another standing of a unit."""
        return self._select(tuple({**self.standings, at: standing}.values()))
