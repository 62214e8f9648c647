"""All steps of a program, evaluated exactly for one unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine import exact
from dangjian_score.engine.exact import Done
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import Program
from dangjian_score.facts import Evidence, UnitFacts


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


def ruled(evidence: Evidence) -> frozenset[str]:
    """Name the nodes that committees corrected: `compile_rubric` asks for them."""
    slices = (one for unit in evidence.units for one in (unit, *unit.rounds.values()))
    return frozenset(ruling.node for one in slices for ruling in one.rulings)
