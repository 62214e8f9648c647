"""All steps of a program for units: compiled for a whole cohort, or exactly for one unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from dangjian_score.engine import exact
from dangjian_score.engine.compiled import At, Compiled, Layout, OddCaseError, Row, compiled, laid_out, names_of
from dangjian_score.engine.exact import Done
from dangjian_score.engine.prepare import Cohort, Ready
from dangjian_score.engine.program import Program
from dangjian_score.facts import Evidence, UnitFacts
from dangjian_score.rubric.model import KINDS


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A unit's steps: `done` of each pass by their own names, `closed` of what follows over all passes.

    In `closed` steps of passes have the names that tell passes apart; figures worked out beforehand are in `done` only.
    """

    unit: UnitFacts
    ready: Mapping[str, Ready]
    done: Mapping[str, Done]
    closed: Done


def evaluate(program: Program, unit: UnitFacts, ready: Mapping[str, Ready]) -> Evaluated:
    """Evaluate each pass on its own evidence, given by the pass's key, then what follows over all of them."""
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


@dataclass(frozen=True, slots=True)
class Figures(Mapping[str, Fraction]):
    """What a compiled function gave for a unit, as figures by the names of steps; of one pass by `suffix`, with `known`."""

    compiled: Compiled
    values: tuple[int, ...]
    suffix: str
    known: Done

    def __getitem__(self, name: str) -> Fraction:
        """Give what a step came to. Raises KeyError."""
        place = self.compiled.places.get(f"{name}{self.suffix}" if self.suffix else name)
        if place is None:
            return self.known[name]
        at, over = place
        return _fraction(self.values[at], self.values[over.at] if isinstance(over, At) else over)

    def __iter__(self) -> Iterator[str]:
        """Name the figures."""
        names = (name.removesuffix(self.suffix) for name in self.compiled.places if name.endswith(self.suffix))
        yield from (*names, *self.known)

    def __len__(self) -> int:
        """Count the figures."""
        return sum(1 for _ in self)


_fraction = lru_cache(maxsize=1 << 16)(Fraction)
"""The same few thousand figures come again and again."""


class Scorer:
    """Evaluates the units of a cohort; those that the compiled functions do not answer for, exactly."""

    def __init__(self, cohort: Cohort) -> None:
        """Compile the program for the figures that these units have."""
        self.cohort, self.program = cohort, cohort.program
        self._layouts, self._rows = _laid_out(cohort)
        self._totals = compiled(self.program, self._layouts, _outcome(self.program))

    @cached_property
    def _steps(self) -> Compiled:
        return compiled(self.program, self._layouts)

    def closed(self, at: int) -> Done:
        """Give what totals, grades, ranks and selections rest on, for a unit by its place in the evidence."""
        try:
            return Figures(self._totals, self._totals.run(self._rows[at]), "", {})
        except OddCaseError:
            return self._exactly(at).closed

    def evaluated(self, at: int) -> Evaluated:
        """Give all steps of a unit, by its place in the evidence."""
        try:
            values = self._steps.run(self._rows[at])
        except OddCaseError:
            return self._exactly(at)
        ready = self.cohort.ready(at)
        done = {key: Figures(self._steps, values, key, one.known) for key, one in ready.items()}
        return Evaluated(self.cohort.units[at], ready, done, Figures(self._steps, values, "", {}))

    def _exactly(self, at: int) -> Evaluated:
        return evaluate(self.program, self.cohort.units[at], self.cohort.ready(at))
