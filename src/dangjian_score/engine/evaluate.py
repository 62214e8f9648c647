"""Evaluate the steps of a program for units: compiled for a cohort, or exactly for one unit."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from msgspec import Struct

from dangjian_score.core.algebra import refs
from dangjian_score.core.facts import Evidence, UnitFacts
from dangjian_score.engine import exact
from dangjian_score.engine.compiled.carrier import Compiled, Decoder, compiled
from dangjian_score.engine.compiled.layout import OddCaseError, Row, RowLayout, columns_of, laid_out
from dangjian_score.engine.exact import Done
from dangjian_score.engine.node_steps import counted
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import Cohort, Ready
from dangjian_score.engine.program import Program
from dangjian_score.engine.step_names import REPORTED, ROUND, TOTAL, asked, of_kind
from dangjian_score.engine.totals import Pass, looked_at
from dangjian_score.rubric.model import KINDS


class Evaluated(Struct, frozen=True):
    """The evaluated steps of a unit: `done` by pass and name, `closed` those over all passes.

    In `closed` the steps of passes are named by `Pass.at`; figures known beforehand are in `done` only.
    """

    unit: UnitFacts
    ready: Mapping[str, Ready]
    done: Mapping[str, Done]
    closed: Done


def evaluate(program: Program, unit: UnitFacts, ready: Mapping[str, Ready]) -> Evaluated:
    """Evaluate each pass on its own evidence, by the keys of passes, then the steps over all passes."""
    done: dict[str, Done] = {}
    known: dict[str, Fraction] = {}
    for part in program.passes:
        mine = ready[part.key]
        done[part.key] = exact.run(part.steps, mine.values, mine.known)
        known |= {part.at(step.name): done[part.key][step.name] for step in part.steps}
    closed = exact.run(program.closing, {}, known)
    met: dict[str, Fraction] = {}
    for part in program.passes:
        if asked := program.asks[part.key]:
            mine = ready[part.key]
            answered = exact.run(asked, mine.values, {**closed, **mine.known})
            met |= {part.at(step.name): answered[step.name] for step in asked}
    return Evaluated(unit, ready, done, exact.run(program.verdict, {}, {**closed, **met}))


class CompiledFigures(Mapping[str, Fraction]):
    """The figures of a compiled function for a unit by the names of steps, decoded on access; KeyError for others."""

    def __init__(self, compiled: Compiled, values: Sequence[int]) -> None:
        self._compiled, self._values = compiled, values

    def __getitem__(self, name: str) -> Fraction:
        return self._compiled.figure(self._values, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._compiled.places)

    def __len__(self) -> int:
        return len(self._compiled.places)


class StepFigures(Mapping[str, Fraction]):
    """The steps of a unit in one pass by name, and the figures known beforehand; `places` index `figures`."""

    def __init__(self, places: Mapping[str, int], figures: Sequence[Fraction], known: Done) -> None:
        self._places, self.figures, self._known = places, figures, known

    def __getitem__(self, name: str) -> Fraction:
        at = self._places.get(name)
        return self._known[name] if at is None else self.figures[at]

    def __iter__(self) -> Iterator[str]:
        yield from self._known
        yield from self._places

    def __len__(self) -> int:
        return len(self._known) + len(self._places)


class Traceable(Struct, frozen=True):
    """A unit in one pass: its facts, its row, its steps by name, and as figures in the places of a decoder."""

    ready: Ready
    row: Row
    done: Done
    figures: Sequence[Fraction]


class Scorer:
    """Evaluates the units of a cohort: compiled, or exactly where the compiled function refuses a unit."""

    def __init__(self, cohort: Cohort, finest: int = 1) -> None:
        """Compile the program for the figures of these units, and for multiples of 1 ÷ `finest`."""
        self.cohort, self.program = cohort, cohort.program
        self.layouts, self._rows = _laid_out(cohort, finest)
        self._totals = compiled(self.program, self.layouts, _outcome(self.program))

    @cached_property
    def _steps(self) -> Compiled:
        return compiled(self.program, self.layouts)

    @cached_property
    def decoders(self) -> Mapping[str, Decoder]:
        """The decoders of passes, by the names of their own steps."""
        return {
            part.key: Decoder({step.name: self._steps.places[part.at(step.name)] for step in part.steps})
            for part in self.program.passes
        }

    def closed(self, at: int) -> Done:
        """Return the steps for totals, grades, ranks and selections of a unit by its place in the evidence."""
        try:
            return CompiledFigures(self._totals, self._totals.run(self._rows[at]))
        except OddCaseError:
            return self._exactly(at).closed

    def again(self, unit: UnitFacts, ready: Mapping[str, Ready]) -> Done:
        """Return the same as `closed` for a unit with changed facts."""
        try:
            laid = ((self.layouts[key], own) for key, own in ready.items())
            rows = [layout.row(layout.columns.raw(own.values, own.known)) for layout, own in laid]
            return CompiledFigures(self._totals, self._totals.run(rows))
        except OddCaseError:
            return evaluate(self.program, unit, ready).closed

    def evaluated(self, at: int) -> Evaluated:
        """Return all steps of a unit by its place in the evidence."""
        try:
            values = self._steps.run(self._rows[at])
        except OddCaseError:
            return self._exactly(at)
        ready = self.cohort.ready(at)
        decoders = self.decoders
        done = {
            key: StepFigures(decoders[key].places, decoders[key].figures(values), made.known)
            for key, made in ready.items()
        }
        return Evaluated(self.cohort.units[at], ready, done, CompiledFigures(self._steps, values))

    def traceable(self, at: int) -> tuple[Mapping[str, Traceable], Done]:
        """Return the inputs of traces by the keys of passes, and the steps over all passes."""
        unit = self.evaluated(at)
        found = {}
        for key, row in zip(self.layouts, self._rows[at], strict=True):
            done = unit.done[key]
            figures = done.figures if isinstance(done, StepFigures) else self.decoders[key].listed(done)
            found[key] = Traceable(unit.ready[key], row, done, figures)
        return found, unit.closed

    def _exactly(self, at: int) -> Evaluated:
        return evaluate(self.program, self.cohort.units[at], self.cohort.ready(at))


def _laid_out(cohort: Cohort, finest: int) -> tuple[Mapping[str, RowLayout], Mapping[int, tuple[Row, ...]]]:
    """Return the layout of each pass, and the rows of each unit."""
    laid = {}
    for part in cohort.program.passes:
        columns = columns_of(cohort.program, part)
        laid[part.key] = laid_out(columns, cohort.raw(part.key, columns), finest)
    rows = zip(*(rows for _, rows in laid.values()), strict=True)
    return {key: layout for key, (layout, _) in laid.items()}, dict(zip(cohort.taking_part, rows, strict=True))


def _outcome(program: Program) -> tuple[str, ...]:
    """Return the steps that results show, and that grades, ranks and selections depend on."""
    rubric = program.rubric
    chosen = {clause.path for clause in program.clauses if clause.path[0] == "selections"}
    return tuple(
        dict.fromkeys(
            (
                *(of_kind(kind) for kind in KINDS),
                *total_steps(program),
                *looked_at(rubric, program.clauses, program.ties),
                TOTAL,
                REPORTED,
                *refs(*(step.expr for step in program.verdict)),
                *(step.name for step in program.verdict),
                *(asked(path) for path in chosen),
                *(tie.name for tie in program.ties),
            )
        )
    )


def total_steps(program: Program) -> tuple[str, ...]:
    """Return the steps that the total is made of: rounds, then sections scored once, in the order of the rubric."""
    rounds = [part.at(ROUND) for part in weighted(program)]
    sections = (part.at(counted(section).step) for part, section in scored_once(program) if section.is_due)
    return (*rounds, *sections)


def weighted(program: Program) -> tuple[Pass, ...]:
    """Return the passes of rounds that have sections to be weighted; none where all sections are scored once."""
    return tuple(part for part in program.passes if part.weight is not None and part.sections)


def scored_once(program: Program) -> tuple[tuple[Pass, NodeTree], ...]:
    """Return the sections that are not weighted by rounds, with their passes, in the order of the rubric."""
    found = [(part, section) for part in program.passes if part.weight is None for section in part.sections]
    return tuple(sorted(found, key=lambda pair: pair[1].path[1]))


def ruled(evidence: Evidence) -> frozenset[str]:
    """Return the nodes that committees corrected, for `Program.with_rulings`."""
    slices = (part for unit in evidence.units for part in (unit, *unit.rounds.values()))
    return frozenset(ruling.node for part in slices for ruling in part.rulings)
