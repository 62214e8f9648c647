"""Where everything stands: a row for each unit in each pass, a column for each thing.

The same row of the three sheets of evidence, reduced figures and points belongs to the same unit and pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from dangjian_score.core.algebra import Expr, Ref, Step, refs
from dangjian_score.core.columns import TURNOUT
from dangjian_score.core.facts import Cell, ballot
from dangjian_score.engine import step_names
from dangjian_score.engine.catalogue import Catalogue, Measure, catalogue
from dangjian_score.engine.evaluate import Evaluated
from dangjian_score.engine.formulas import Formulas
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Result
from dangjian_score.engine.totals import Pass, best_grades
from dangjian_score.report.view import until_text
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.measures import MeasureKind
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words

FIRST: Final = 6
"""The first row of data, counted from 0, on every sheet that has one."""
_SHEETS: Final = ("guide", "facts", "figures", "points", "totals", "rounds", "check", "origins")
RANK, GROUP_RANK, NAMED, FIXED = ":rank", ":group rank", ":grade named", ":grade fixed"
RANKED, GROUP, TIE = ":ranked", ":group", ":tie "
"""Columns of the totals that are no steps: ranks, grades by the rubric and by committees, what they are found by."""
PLACES, COMES, CONTENDS, MOVES = ":places ", ":comes ", ":contends ", ":moves "
"""Columns of each grade under quotas: its places; how much of a unit comes down to it, contends for it, moves on.

Of units that tie across the end of the places each contends for the next grade with an equal part.
"""


class CellPlace(Struct, frozen=True):
    """A cell of the workbook, row and column counted from 0."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        """Name it within its sheet."""
        return Cell("", None, self.row + 1, self.column + 1).address

    @property
    def letters(self) -> str:
        """Name its column."""
        return Cell("", None, 1, self.column + 1).letters

    def seen_from(self, sheet: str) -> str:
        """Name it as a formula on some sheet does."""
        return self.cell if sheet == self.sheet else f"'{self.sheet}'!{self.cell}"


class UnitRow(Struct, frozen=True):
    """A row: one unit in one pass."""

    at: int
    part: Pass
    row: int
    unit: Evaluated


Columns = Mapping[str, int]


class AuditStage(Struct, frozen=True, dict=True):
    """A round, or a span of rounds, as a result of its own: its units, best first, in rows from `first` on."""

    name: str
    program: Program
    result: Result
    units: tuple[Evaluated, ...]
    first: int

    @cached_property
    def asked(self) -> tuple[Step, ...]:
        """The conditions of vetoes and grades on all of its evidence."""
        asks = self.program.asks[self.program.passes[-1].key]
        selections = {step_names.asked(("selections", at)) for at in range(len(self.program.rubric.selections))}
        return tuple(step for step in asks if step.name not in selections)

    @cached_property
    def own(self) -> frozenset[str]:
        """The steps with a column of their own; all others are steps of rounds."""
        return frozenset(step.name for step in (*self.asked, *self.program.closing, *self.program.verdict))


class AuditLayout(Struct, frozen=True, dict=True):
    """All columns of a workbook and all its rows; `measures` are all that evidence may hold, due or not."""

    program: Program
    units: tuple[Evaluated, ...]
    words: Words
    measures: Mapping[str, Measure]
    stages: tuple[AuditStage, ...]

    @cached_property
    def known(self) -> Catalogue:
        """What is due of the evidence."""
        return catalogue(self.program)

    def kind(self, name: str) -> MeasureKind | None:
        """Return the kind of a measure; None for what is no measure."""
        return self.measures[name].kind if name in self.measures else None

    @cached_property
    def state(self) -> str:
        """How far an interim result goes (“阶段性结果，截至2024年6月30日”); empty for the whole period."""
        until = until_text(self.program.interim, self.words)
        return self.words.text("interim state", until=until) if until else ""

    def sheet(self, key: str) -> str:
        """Name a sheet."""
        return self._sheet_names[key]

    @cached_property
    def _sheet_names(self) -> Mapping[str, str]:
        return {key: self.words.text(f"audit {key}") for key in _SHEETS}

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Give the sheets there are: without figures that are reduced beforehand, or rounds, there is none of them."""
        there = {"figures": bool(self.figures), "rounds": bool(self.stages)}
        return tuple(key for key in _SHEETS if there.get(key, True))

    # Rows

    @cached_property
    def slots(self) -> tuple[UnitRow, ...]:
        """Every row of the evidence, a unit's passes together."""
        pairs = ((at, unit, part) for at, unit in enumerate(self.units) for part in self.program.passes)
        return tuple(UnitRow(at, part, FIRST + number, unit) for number, (at, unit, part) in enumerate(pairs))

    def slot(self, at: int, part: Pass) -> UnitRow:
        """Find the row of a unit in a pass."""
        return self.slots[at * len(self.program.passes) + self.program.passes.index(part)]

    def rows(self, key: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Name the unit of every row of a sheet, and its round where there are any."""
        if key == "totals":
            yield from ((FIRST + at, (unit.unit.unit,)) for at, unit in enumerate(self.units))
            return
        if key == "rounds":
            for stage in self.stages:
                yield from ((row, (unit.unit.unit, stage.name)) for row, unit in enumerate(stage.units, stage.first))
            return
        for slot in self.slots:
            names = (slot.unit.unit.unit, slot.part.round or self.words.text("audit all rounds"))
            yield slot.row, names[: self.lead(key)]

    # Columns

    def lead(self, key: str) -> int:
        """Columns before the first figure: the unit, and the round where there are any."""
        return 2 if key == "rounds" or (key != "totals" and len(self.program.passes) > 1) else 1

    def _numbered(self, names: Iterator[str] | Sequence[str], first: int) -> Columns:
        return {name: at for at, name in enumerate(dict.fromkeys(names), start=first)}

    @cached_property
    def facts(self) -> Columns:
        """What is entered: attributes, measures, votes."""
        given = {name for unit in self.units for ready in unit.ready.values() for name in ready.facts}
        votes = [ballot(measure, level) for measure, levels in self.known.ballots.items() for level in levels]
        turnout = (ballot(measure, name) for measure in self.known.ballots for name in TURNOUT)
        votes += (name for name in turnout if name in given)
        entered = (name for name in self.known.measures if name not in self.combined)
        return self._numbered((*self.known.attributes, *entered, *votes), self.lead("facts"))

    @cached_property
    def combined(self) -> tuple[str, ...]:
        """Figures made of several assessors', which are combined beforehand."""
        given = {measure for unit in self.units for ready in unit.ready.values() for measure in ready.unit.assessed}
        given |= {name for name, basis in self.panels.items() if isinstance(basis, Graded)}
        return tuple(name for name in self.known.measures if name in given)

    @cached_property
    def panels(self) -> Mapping[str, Assessed]:
        """What assessors give, and how it is combined, by measure."""
        bases = (rule.basis for rule in self.program.rules)
        return {basis.measure: basis for basis in bases if isinstance(basis, Assessed)}

    @cached_property
    def figures(self) -> Columns:
        """What is reduced beforehand: all that formulas look up but neither evidence nor steps hold."""
        looked_up: list[str] = []

        def noted(name: str) -> str:
            looked_up.append(name)
            return ""

        writer = Formulas(lambda _: "", noted, lambda name: noted(name) if step_names.is_given(name) else "")
        for part in self.program.passes:
            for step in (*part.steps, *self.program.asks[part.key]):
                writer.number(step.expr)
        return self._numbered((*self.combined, *looked_up), self.lead("figures"))

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Steps between that only repeat another one, by the one they repeat."""
        steps = (step for part in self.program.passes for step in part.steps)
        return {
            step.name: step.expr.step for step in steps if isinstance(step.expr, Ref) and step_names.is_limit(step.name)
        }

    @cached_property
    def points(self) -> Columns:
        """Steps of nodes, behind them sums of passes and what is asked of them."""
        names = [step.name for part in self.program.passes for step in self.steps(part)]
        return self._numbered(sorted(names, key=lambda name: name.startswith(":")), self.lead("points"))

    def steps(self, part: Pass) -> tuple[Step, ...]:
        """Give the steps of a pass that have a cell: those that repeat one, and caps that are none, have not."""
        uncapped = {step_names.before_cap(rule.name) for node in part.nodes for rule in node.rules if rule.cap is None}
        left_out = self.aliases.keys() | uncapped
        shown = tuple(step for step in part.steps if step.name not in left_out)
        return (*shown, *self.program.asks[part.key])

    @cached_property
    def closing(self) -> tuple[Step, ...]:
        """Steps over all passes."""
        return (*self.program.closing, *self.program.verdict)

    @cached_property
    def totals(self) -> Columns:
        """Steps over all passes, the grade's name, what breaks ties, the rank."""
        return self._numbered([*(step.name for step in self.closing), *beside(self.program, ruled=self.is_ruled)], 1)

    @cached_property
    def is_ruled(self) -> bool:
        """Whether a committee fixed the grade of a unit."""
        return bool(self.program.rubric.grades) and any(unit.unit.grade_ruling for unit in self.units)

    @cached_property
    def rounds(self) -> Columns:
        """The same of rounds as results of their own, before them what is asked of their evidence as a whole."""
        programs = [stage.program for stage in self.stages]
        names = [step.name for stage in self.stages for step in stage.asked]
        names += [step.name for program in programs for step in program.closing]
        names += [step.name for program in programs for step in program.verdict]
        names += [name for program in programs for name in beside(program, ruled=False)]
        return self._numbered(names, self.lead("rounds"))

    # Cells

    def fact(self, slot: UnitRow, measure: str) -> CellPlace:
        """Find what was entered, or was combined of what was."""
        if measure in self.combined:
            return self.figure(slot, measure)
        return CellPlace(self.sheet("facts"), slot.row, self.facts[measure])

    def figure(self, slot: UnitRow, name: str) -> CellPlace:
        """Find a figure that is reduced beforehand."""
        return CellPlace(self.sheet("figures"), slot.row, self.figures[name])

    def step(self, slot: UnitRow, name: str) -> CellPlace:
        """Find a step of a pass, or what is reduced for it."""
        while name in self.aliases:
            name = self.aliases[name]
        if name in self._own[slot.part.key]:
            return CellPlace(self.sheet("points"), slot.row, self.points[name])
        return self.figure(slot, name)

    @cached_property
    def _own(self) -> Mapping[str, frozenset[str]]:
        return {part.key: frozenset(step.name for step in self.steps(part)) for part in self.program.passes}

    def closed(self, at: int, name: str) -> CellPlace:
        """Find a step by the name that tells passes apart."""
        if name in self.totals:
            return CellPlace(self.sheet("totals"), FIRST + at, self.totals[name])
        part, own = self._of_pass[name]
        return self.step(self.slot(at, part), own)

    def in_rounds(self, row: int, name: str) -> CellPlace:
        """Find a step of a round as a result of its own."""
        return CellPlace(self.sheet("rounds"), row, self.rounds[name])

    def shared(self, stage: AuditStage, unit: Evaluated, name: str) -> CellPlace | None:
        """Find the step of a round that a result of its own has in common with the whole; None where there is none.

        Units that take part in one of them only, and figures compared with other units, may have none.
        """
        at = self.at.get(unit.unit.unit)
        whole = self._asks_of_stages[stage.name].get(name, "") if step_names.is_asked(name) else name
        if at is None or whole not in self._of_pass or self._of_pass[whole][0].round is None:
            return None
        return self.closed(at, whole) if self.units[at].closed[whole] == unit.closed[name] else None

    @cached_property
    def at(self) -> Mapping[str, int]:
        """The places of units by name."""
        return {unit.unit.unit: at for at, unit in enumerate(self.units)}

    @cached_property
    def _asks_of_stages(self) -> Mapping[str, Mapping[str, str]]:
        """The conditions of rounds that the whole asks, too, by stage: their names, which count what can be decided."""
        asked = {
            (part.key, step.expr): part.at(step.name)
            for part in self.program.passes
            for step in self.program.asks[part.key]
            if self._of_pass.keys() >= set(refs(step.expr)) and part.round is not None
        }
        return {stage.name: dict(_same(stage.program, asked)) for stage in self.stages}

    @cached_property
    def _of_pass(self) -> Mapping[str, tuple[Pass, str]]:
        found = (
            (part, step.name) for part in self.program.passes for step in (*part.steps, *self.program.asks[part.key])
        )
        return {part.at(name): (part, name) for part, name in found}


def beside(program: Program, *, ruled: bool) -> tuple[str, ...]:
    """Name what stands with totals and is no step; `ruled` where a committee fixed a grade."""
    rubric = program.rubric
    names = [*([RANKED] if rubric.unranked else []), *([GROUP] if rubric.groups else [])]
    names += [f"{TIE}{at}" for at in range(len(rubric.tie_break))]
    for at, grade in enumerate(limited(rubric)):
        quota = rubric.grades[grade].is_limited
        names += [*([f"{COMES}{grade}"] if at else []), f"{CONTENDS}{grade}"]
        names += [f"{PLACES}{grade}", f"{MOVES}{grade}"] if quota else []
    names += [*([NAMED] if rubric.grades else []), *([FIXED] if ruled else [])]
    return (*names, *([GROUP_RANK] if rubric.groups else []), RANK)


def limited(rubric: Rubric) -> list[str]:
    """Return the grades that units contend for under quotas, best first: all grades where one of them has a quota."""
    return best_grades(rubric.grades) if any(grade.is_limited for grade in rubric.grades.values()) else []


def _same(program: Program, asked: Mapping[tuple[str, Expr], str]) -> Iterator[tuple[str, str]]:
    """Pair the conditions of the rounds of a program with those that ask the same."""
    for part in program.passes:
        for step in program.asks[part.key]:
            if (part.key, step.expr) in asked:
                yield part.at(step.name), asked[part.key, step.expr]
