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
from dangjian_score.engine.standing import Chosen, Standing, group_of
from dangjian_score.engine.totals import Clause, best_grades, better_grades, minimum
from dangjian_score.engine.traced import TreeContents
from dangjian_score.rubric.standing import Exclusion, Unranked


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
    rubric, passes = cohort.program.rubric, [*cohort.alone(at).values()] if held else []
    numbered: list[tuple[Path, Exclusion | Unranked]] = [
        *((("excluded", number), clause) for number, clause in enumerate(rubric.excluded)),
        *((("unranked", number), clause) for number, clause in enumerate(rubric.unranked)),
    ]
    asked = ((clause, cohort.program.clause(*path)) for path, clause in numbered if clause in held)
    known = ((clause, each) for clause, each in asked if each is not None)
    return tuple(HeldClause(clause, _grounds(each, passes, {})) for clause, each in known)


def struck_vetoes(program: Program, done: Done, passes: Sequence[Ready]) -> Iterator[StruckVeto]:
    """Visit the vetoes that hold for a unit, by its steps over all passes."""
    grades = program.rubric.grades
    honours = any(selection.honours for selection in program.rubric.selections)
    for number, veto in enumerate(program.rubric.vetoes):
        clause = program.clause("vetoes", number)
        if clause is not None and done[s.struck(number)] > 0:
            denied = tuple(better_grades(grades, veto.grade_at_most))
            yield StruckVeto(veto, denied, honours and not veto.selections, _grounds(clause, passes, done))


class Decider:
    """Finds the decisions about the units of a cohort."""

    def __init__(self, cohort: Cohort, graded: GradedUnits, chosen: Sequence[Chosen]) -> None:
        self._cohort, self._program, self._graded = cohort, cohort.program, graded
        rubric = self._program.rubric
        self._best_first = best_grades(rubric.grades)
        self._displaced: Mapping[str, list[NotChosen]] = defaultdict(list)
        for choice in chosen:
            for displaced in choice.displaced:
                self._displaced[displaced.unit].append(NotChosen(choice.selection, displaced))

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
            *self._displaced.get(standing.unit, ()),
        )

    def _struck(self, at: int, standing: Standing) -> Iterator[StruckVeto]:
        if standing.vetoes:
            yield from struck_vetoes(self._program, standing.done, [*self._cohort.ready(at).values()])

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
        program, grade = self._program, self._program.rubric.grades[name]
        cited = None if grade.source is None else grade.source.cited
        minima = tuple(self._minima(name, done))
        clause = program.clause("grades", name)
        if clause is None or done[s.asked(clause.path)] > 0:
            return MissedGrade(name, cited, minima=minima)
        passes = self._cohort.ready(at)
        whole = passes[program.passes[-1].key]
        if clause.by_round:
            grounds = rests_on([clause.test], passes.values())
            return MissedGrade(name, cited, by_round=clause, minima=minima, grounds=grounds)
        known = whole.known | {step: done[step] for step in a.refs(clause.test)}
        failing = (test for test in a.joined(clause.test) if not _holds(test, whole, known))
        against = tuple(_opposed(test, whole, known) for test in failing)
        named = {
            part for test in against for part in a.walk(test) if isinstance(part, a.Named | a.Statistic | a.Placing)
        }
        return MissedGrade(
            name,
            cited,
            against,
            readings={measure: whole.values[measure] for measure in a.reads(*against) if measure in whole.values},
            figures={part: exact.number(part, whole.values, known) for part in named},
            minima=minima,
            grounds=rests_on(against, passes.values()),
        )

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


def _grounds(clause: Clause, passes: Sequence[Ready], done: Done) -> Grounds:
    """Return what a clause that holds rests on: the parts that decide, in the passes in which it holds.

    Of one that looks at the points of each round it is all that the clause reads.
    """
    if clause.by_round:
        return rests_on([clause.test], passes)
    points = {step: done[step] for step in a.refs(clause.test)}
    holding = [own for own in passes if _holds(clause.test, own, own.known | points)]
    decisive = (exact.deciding(clause.test, own.values, own.known | points) for own in holding)
    return rests_on(dict.fromkeys(decisive), holding)


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
