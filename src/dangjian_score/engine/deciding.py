"""Find what decided about each unit beside its points, with the clauses, events and cells that it rests on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.facts import Cell, Event
from dangjian_score.engine import exact
from dangjian_score.engine import step_names as s
from dangjian_score.engine.decisions import (
    Decision,
    FixedGrade,
    FullGrade,
    Grounds,
    HeldClause,
    HeldTests,
    Listed,
    MissedGrade,
    MissedMinimum,
    NoGrade,
    NotChosen,
    OpenGrade,
    StruckVeto,
)
from dangjian_score.engine.exact import Done
from dangjian_score.engine.grading import GradedUnits, Grading
from dangjian_score.engine.prepare import Cohort, Ready
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Chosen, Displaced, Standing, group_of
from dangjian_score.engine.totals import OutsideCondition, Pass, best_grades, better_grades, minimum
from dangjian_score.engine.traced import TreeContents
from dangjian_score.rubric.standing import Exclusion, Unranked

Unmet = tuple[tuple[HeldTests, ...], Grounds]
"""Tests that hold instead of a condition, and what they rest on."""


def rests_on(tests: Iterable[a.Test], passes: Iterable[Ready]) -> Grounds:
    """Return the events that conditions count in any pass, and the cells of the measures and events that they read."""
    contents, ready = [TreeContents.of(test) for test in tests], [*passes]
    reads = dict.fromkeys(name for inner in contents for name in inner.reads)
    tallies = dict.fromkeys(name for inner in contents for name in inner.tallies)
    facts: dict[Cell, None] = {}
    events: dict[Cell, Event] = {}
    for own in ready:
        facts |= {own.facts[name].cell: None for name in reads if name in own.facts}
        priced = (slip for tally in tallies for slip in own.reduced.events.get(tally, ()))
        events |= {slip.event.cell: slip.event for slip in priced}
    return Grounds(tuple(events.values()), (*facts, *events))


def held_clauses(cohort: Cohort, at: int, held: Sequence[Exclusion | Unranked]) -> tuple[HeldClause, ...]:
    """Return the clauses that hold for a unit, given by its place in the evidence, with what each rests on."""
    program, passes = cohort.program, cohort.alone(at) if held else {}
    numbered: list[tuple[Path, Exclusion | Unranked]] = [
        *((("excluded", number), clause) for number, clause in enumerate(program.rubric.excluded)),
        *((("unranked", number), clause) for number, clause in enumerate(program.rubric.unranked)),
    ]
    asked = ((clause, program.clause(*path)) for path, clause in numbered if clause in held)
    return tuple(HeldClause(clause, _held_parts(each, program.passes, {}, passes)[1]) for clause, each in asked if each)


def struck_vetoes(program: Program, done: Done, passes: Mapping[str, Ready]) -> Iterator[StruckVeto]:
    """Visit the vetoes that hold for a unit, by its steps over all passes, with the parts of them that hold."""
    grades = program.rubric.grades
    honours = any(selection.honours for selection in program.rubric.selections)
    for number, veto in enumerate(program.rubric.vetoes):
        clause = program.clause("vetoes", number)
        if clause is not None and done[s.struck(number)] > 0:
            denied = tuple(better_grades(grades, veto.grade_at_most))
            held, grounds = _held_parts(clause, program.passes, done, passes)
            yield StruckVeto(veto, denied, honours and not veto.selections, held, grounds)


def _held_parts(
    clause: OutsideCondition, parts: Iterable[Pass], done: Done, passes: Mapping[str, Ready]
) -> tuple[tuple[HeldTests, ...], Grounds]:
    """Return what holds of a condition in passes, and its grounds; what holds in a round is not told again over all."""
    found, seen, grounds = list[HeldTests](), set[tuple[str | None, a.Test]](), Grounds()
    for part in parts:
        own, over_all = passes[part.key], part.round is None
        rounds = clause.rounds if clause.by_round else {None: clause.test}
        tests = rounds if over_all else {part.round: clause.rounds.get(part.round or "", clause.test)}
        for name, test in tests.items():
            known = own.known | {step: done[step] for step in a.refs(test)}
            if not _holds(test, own, known):
                continue
            told = {each for round_, each in seen if over_all or round_ == name}
            if new := tuple(each for each in _parts(exact.deciding(test, own.values, known)) if each not in told):
                here = name if not over_all or a.refs(*new) else None
                seen |= {(here, each) for each in new}
                found.append(_with_figures(new, own, known, here, alone=new == (test,)))
                grounds = grounds.beside(rests_on(new, [own]))
    return tuple(found), grounds


def _parts(test: a.Test) -> Iterator[a.Test]:
    """Visit the parts of a test that decide about it, all of which hold."""
    match test:
        case a.AllHold(tests) | a.AnyHolds(tests):
            parts = tests
        case a.Not(a.AllHold(tests) | a.AnyHolds(tests)) if a.levels_of(tests) is None:
            parts = tuple(map(a.Not, tests))
        case _:
            yield test
            return
    for part in parts:
        yield from _parts(part)


def _with_figures(
    tests: tuple[a.Test, ...], ready: Ready, known: Done, round_: str | None, *, alone: bool = False
) -> HeldTests:
    """Return tests that hold for a unit with the values of their measures and of the figures in them."""
    named = {part for test in tests for part in a.walk(test) if isinstance(part, a.Named | a.Statistic | a.Placing)}
    return HeldTests(
        tests,
        round_,
        {measure: ready.values[measure] for measure in a.reads(*tests) if measure in ready.values},
        {part: exact.number(part, ready.values, known) for part in named},
        alone,
    )


class Decider:
    """Finds the decisions about the units of a cohort."""

    def __init__(self, cohort: Cohort, graded: GradedUnits, chosen: Sequence[Chosen]) -> None:
        self._cohort, self._program, self._graded = cohort, cohort.program, graded
        rubric = self._program.rubric
        self._best_first = best_grades(rubric.grades)
        self._displaced: Mapping[str, list[tuple[int, Displaced]]] = defaultdict(list)
        self._listed: Mapping[str, list[int]] = defaultdict(list)
        for number, choice in enumerate(chosen):
            for displaced in choice.displaced:
                self._displaced[displaced.unit].append((number, displaced))
            for name in choice.units if not choice.selection.honours else ():
                self._listed[name].append(number)

    def decisions(self, at: int, standing: Standing) -> tuple[Decision, ...]:
        """Return what decided about a unit, given by its place in the evidence."""
        unit, grading = self._cohort.units[at], self._graded.units[standing.unit]
        held = held_clauses(self._cohort, at, standing.unranked)
        ruling = unit.grade_ruling if self._best_first else None
        return (
            *self._struck(at, standing),
            *(() if standing.unranked else self._missed(at, standing, grading)),
            *self._full(standing, grading),
            *([OpenGrade(grading.candidates)] if grading.candidates else []),
            *([] if ruling is None else [FixedGrade(ruling)]),
            *([NoGrade(held)] if held else []),
            *(self._listing(number, at, standing, grading) for number in self._listed.get(standing.unit, ())),
            *(self._not_chosen(number, at, standing, each) for number, each in self._displaced.get(standing.unit, ())),
        )

    def _struck(self, at: int, standing: Standing) -> Iterator[StruckVeto]:
        if standing.vetoes:
            yield from struck_vetoes(self._program, standing.done, self._cohort.ready(at))

    def _missed(self, at: int, standing: Standing, grading: Grading) -> Iterator[MissedGrade]:
        """Visit the better grades whose other conditions a unit does not meet, unless a veto lowered its grade."""
        grade = grading.candidates[0] if grading.candidates else grading.grade
        done, conditional = standing.done, self._conditional
        if grade is None or not conditional or done[s.EARNED] != done[s.GRADE]:
            return
        figure = done[s.REPORTED if self._program.rubric.grades_on == "base" else s.FINAL]
        for name in self._best_first[: self._best_first.index(grade)]:
            if name not in conditional or name in grading.passed_over:
                continue
            model = self._program.rubric.grades[name]
            if figure >= model.least if model.sense == "at_least" else figure > model.least:
                yield self._conditions(name, at, done)

    @cached_property
    def _conditional(self) -> frozenset[str]:
        """The grades with conditions beside the points of the total."""
        grades = self._program.rubric.grades.items()
        return frozenset(name for name, grade in grades if grade.if_ or grade.unless or grade.sections)

    def _conditions(self, name: str, at: int, done: Done) -> MissedGrade:
        """Return a grade with the conditions that a unit does not meet."""
        grade = self._program.rubric.grades[name]
        cited = None if grade.source is None else grade.source.cited
        minima = tuple(self._minima(name, done))
        return MissedGrade(name, cited, *self._unmet(("grades", name), at, done), minima=minima)

    def _unmet(self, path: Path, at: int, done: Done) -> Unmet:
        """Return the tests that hold instead of a condition, of one on every round by round, and their grounds."""
        program = self._program
        clause = program.clause(*path)
        if clause is None or done[s.asked(path)] > 0:
            return (), Grounds()
        passes = self._cohort.ready(at)
        whole = passes[program.passes[-1].key]
        against, seen = list[HeldTests](), dict[a.Test, None]()
        for name, test in (clause.rounds if clause.by_round else {None: clause.test}).items():
            known = whole.known | {step: done[step] for step in a.refs(test)}
            failing = (each for each in a.joined(test) if not _holds(each, whole, known))
            parts = (part for each in failing for part in _parts(_opposed(each, whole, known)))
            if new := tuple(part for part in parts if part not in seen):
                seen |= dict.fromkeys(new)
                against.append(_with_figures(new, whole, known, name if a.refs(*new) else None))
        return tuple(against), rests_on(seen, passes.values())

    def _not_chosen(self, number: int, at: int, standing: Standing, displaced: Displaced) -> NotChosen:
        unmet = displaced.why == "condition"
        against, grounds = self._unmet(("selections", number), at, standing.done) if unmet else ((), Grounds())
        return NotChosen(self._program.rubric.selections[number], displaced, against, grounds)

    def _listing(self, number: int, at: int, standing: Standing, grading: Grading) -> Listed:
        """Return a criticism that lists a unit, with the parts of its condition that hold."""
        clause, ruling = self._program.clause("selections", number), self._cohort.units[at].grade_ruling
        held, grounds = tuple[HeldTests, ...](), Grounds()
        if clause is not None:
            held, grounds = _held_parts(clause, self._program.passes[-1:], standing.done, self._cohort.ready(at))
        grade = grading.grade if ruling is None else ruling.grade
        return Listed(self._program.rubric.selections[number], standing.total, grade, held, grounds)

    def _minima(self, name: str, done: Done) -> Iterator[MissedMinimum]:
        grade = self._program.rubric.grades[name]
        for node, asked in grade.sections.items():
            least = exact.number(minimum(node, grade, self._program.passes), {}, done)
            if done[node] < least:
                title = next(inner.node.title for inner in self._program.nodes if inner.id == node)
                yield MissedMinimum(title, done[node], least, asked.value if asked.percent else None)

    def _full(self, standing: Standing, grading: Grading) -> Iterator[FullGrade]:
        rubric = self._program.rubric
        group = group_of(rubric.groups, standing.attributes)
        quotas = {(quota.grade, quota.group): quota for quota in self._graded.quotas}
        for name in grading.passed_over:
            source = rubric.grades[name].source
            becomes = grading.grade if name == grading.passed_over[-1] else None
            yield FullGrade(quotas[name, group], None if source is None else source.cited, becomes)


def _holds(test: a.Test, ready: Ready, known: Done) -> bool:
    """Return whether the measures of a condition were entered, and it holds."""
    return all(name in ready.values for name in a.reads(test)) and exact.holds(test, ready.values, known)


def _opposed(test: a.Test, ready: Ready, known: Done) -> a.Test:
    """Return what holds instead of a condition: that a measure of it was not entered, or its opposite.

    Of a list these are the parts that decide about it.
    """
    if (absent := next((name for name in a.reads(test) if name not in ready.values), None)) is not None:
        return a.Not(a.Entered(absent))
    parts = exact.deciding(test, ready.values, known)
    return parts.test if isinstance(parts, a.Not) else a.Not(parts)
