"""What evidence lacks, held against the rules: values that are due, figures out of range, empty wholes."""

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from dangjian_score.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.engine.demands import Asked, Demand, Due, Needless, NoWhole, OutOfRange
from dangjian_score.engine.program import Program
from dangjian_score.facts import Evidence, UnitFacts
from dangjian_score.points import plain


def check(program: Program, evidence: Evidence) -> tuple[Diagnostic, ...]:
    """Find all of it; without an error among these (and among the reader's) the evidence may be scored."""
    asked = [Asked.by(rule) for rule in program.rules]
    found: dict[Diagnostic, None] = {}
    for unit in evidence.units:
        values = unit.values
        demands = dict.fromkeys(demand for one in asked for demand in one.unmet(values))
        found |= dict.fromkeys(one for demand in demands for one in _finding(demand, unit, evidence))
    return tuple(found)


def _finding(demand: Demand, unit: UnitFacts, evidence: Evidence) -> Iterator[Diagnostic]:
    match demand:
        case Due(measure) if measure in unit.faults:
            return
        case Due(measure) if measure not in evidence.columns:
            yield at_file(Code.COLUMN_MISSING, evidence.sources[0].name, measure=measure)
        case Due(measure):
            cell = unit.blanks.get(measure, unit.cell)
            yield at_cell(Code.BLANK, cell, unit=unit.unit, measure=measure)
        case OutOfRange(measure, least, most):
            fact = unit.facts[measure]
            figure = plain(fact.value) if isinstance(fact.value, Fraction) else str(fact.value)
            yield at_cell(
                Code.OUT_OF_RANGE,
                fact.cell,
                measure=measure,
                found=figure,
                kind="score",
                least=plain(least),
                most=plain(most),
                levels="",
            )
        case NoWhole(measures):
            cell = unit.facts[measures[0]].cell if measures else unit.cell
            yield at_cell(Code.DIVISION_BY_ZERO, cell, unit=unit.unit, measure=" + ".join(measures))
        case Needless(measure):
            yield at_cell(Code.JUDGED_NEEDLESSLY, unit.facts[measure].cell, unit=unit.unit, measure=measure)
        case _:
            assert_never(demand)
