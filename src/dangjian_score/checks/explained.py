"""Judged figures that take points without a word of why (扣分原因)."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.columns import REMARK, explanation_of
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Evidence, MissingReason, UnitFacts
from dangjian_score.engine import exact
from dangjian_score.engine.panel import worth
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import innermost
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.per_judged import JudgedEvents


class Unexplained(Struct, frozen=True):
    """A figure that takes points, its unit and the column for its reason, with what stands there and says nothing."""

    cell: Cell
    unit: str
    measure: str
    column: str
    found: str


def check(program: Program, evidence: Evidence) -> Iterator[Diagnostic]:
    """Report, once for each measure, the figures that examiners took points by and did not explain."""
    bases = [innermost(rule.basis) for rule in program.rules if rule.verb == "deduct"]
    found: dict[str, dict[Unexplained, None]] = defaultdict(dict)
    for unit in evidence.units:
        for part in (*unit.rounds.values(), unit if unit.apart is None else unit.apart):
            for basis in bases:
                if isinstance(basis, Assessed):
                    found[basis.measure] |= dict.fromkeys(_figures(basis, part))
                elif isinstance(basis, JudgedEvents):
                    found[basis.measure] |= dict.fromkeys(_events(basis, part))
    for measure, lacking in found.items():
        if lacking:
            first, *others = sorted(lacking, key=lambda each: each.cell)
            count = str(len(lacking)) if others else ""
            args = {"measure": measure, "unit": first.unit, "count": count, "column": first.column}
            args["found"] = first.found
            related = tuple(at_cell(Code.UNEXPLAINED, other.cell).place for other in others)
            yield replace(at_cell(Code.UNEXPLAINED, first.cell, **args), related=related)


def _figures(basis: Assessed, part: UnitFacts) -> Iterator[Unexplained]:
    """Find the figure of a unit that takes points, where nobody wrote why."""
    measure = basis.measure
    own = [part.facts[measure]] if measure in part.facts else []
    given = [*part.assessed.get(measure, {}).values()] or own
    taking = [fact.cell for fact in given if worth(basis, fact.value) > 0]
    if taking and measure not in part.explanations:
        cell, places = min(taking), part.unexplained.get(measure, ())
        beside = (place for place in places if place.cell.row == cell.row and place.cell.file == cell.file)
        place = next(beside, next(iter(places), MissingReason(cell, explanation_of(measure), "")))
        yield Unexplained(cell, part.unit, measure, place.column, place.found)


def _events(basis: JudgedEvents, part: UnitFacts) -> Iterator[Unexplained]:
    """Find the events of a unit that take points by a figure in their row, where nobody wrote why."""
    tally = basis.events
    events = (event for event in part.events if event.register in tally.registers and event.explanation is None)
    for event in events:
        fact = event.columns.get(basis.measure)
        if fact is None or exact.figure(fact.value) <= 0:
            continue
        if tally.where is None or exact.holds(tally.where, event.values, {}):
            place = event.unexplained or MissingReason(fact.cell, REMARK, "")
            yield Unexplained(fact.cell, part.unit, basis.measure, place.column, place.found)
