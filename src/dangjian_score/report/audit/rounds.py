"""Sheet 各轮: each round, and each span of rounds, as a result of its own, by formulas over the points of rounds."""

from collections.abc import Iterator
from fractions import Fraction

from dangjian_score.core.algebra import Const, Entered, Is, Read, Step, Yes, figures, walk
from dangjian_score.core.facts import Fact
from dangjian_score.engine.evaluate import Evaluated
from dangjian_score.engine.formulas import Formulas
from dangjian_score.report.audit.evidence import over_rounds
from dangjian_score.report.audit.heads import AuditSheet, Head
from dangjian_score.report.audit.layout import AuditLayout, AuditStage, UnitRow
from dangjian_score.report.audit.standing import StandingFormulas, standing_formulas
from dangjian_score.report.audit.working import HeadedCell, held
from dangjian_score.report.book import Formula


def write_rounds(sheet: AuditSheet, layout: AuditLayout, heads: list[Head]) -> Iterator[HeadedCell]:
    """Write the steps over the rounds of each stage, its grades and ranks; hand on what was written."""
    for stage in layout.stages:
        rows = range(stage.first, stage.first + len(stage.units))
        standing = standing_formulas(layout, stage.program, stage.result, stage.units, rows)
        for at, unit in enumerate(stage.units):
            own: dict[str, Formula | Fraction | str] = {**dict(_entries(layout, stage, stage.first + at, unit))}
            own |= _standing(layout, stage, standing, at)
            for (name, column), head in zip(layout.rounds.items(), heads, strict=True):
                entry = own.get(name, "")
                sheet.put(stage.first + at, column, entry, head.content, grey=isinstance(entry, Fraction))
                if isinstance(entry, Formula | Fraction):
                    yield HeadedCell(head, entry)


def _entries(
    layout: AuditLayout, stage: AuditStage, row: int, unit: Evaluated
) -> Iterator[tuple[str, Formula | Fraction]]:
    """Work out the row of a unit by columns."""
    for step in stage.asked:
        yield step.name, _asked(layout, stage, unit, row, step)
    formulas = _formulas(layout, stage, unit, row, {})
    for step in (*stage.program.closing, *stage.program.verdict):
        yield step.name, held(formulas.cell(step.expr), unit.closed[step.name])


def _standing(
    layout: AuditLayout, stage: AuditStage, standing: StandingFormulas, at: int
) -> Iterator[tuple[str, Formula | str]]:
    """Work out the columns beside the totals of a unit, by its place in the stage."""
    row, unit = stage.first + at, stage.units[at]
    places = {name: layout.in_rounds(row, name) for name in layout.rounds}
    if (groups := stage.program.rubric.groups) is not None and unit.unit.unit in layout.at:
        places[groups] = layout.fact(layout.slot(layout.at[unit.unit.unit], layout.program.passes[-1]), groups)
    return standing.of(stage.result.units[at], unit.closed, places)


def _formulas(layout: AuditLayout, stage: AuditStage, unit: Evaluated, row: int, facts: dict[str, str]) -> Formulas:
    """Write steps of the stage and of its rounds as cells; what the workbook has no cell of, as a figure."""

    def figure(name: str) -> str:
        return writer.number(Const(unit.closed[name]))

    def step(name: str) -> str:
        if name in stage.own:
            return layout.in_rounds(row, name).cell
        place = layout.shared(stage, unit, name)
        return figure(name) if place is None else place.seen_from(layout.sheet("rounds"))

    writer = Formulas(facts.__getitem__, figure, step)
    return writer


def _asked(layout: AuditLayout, stage: AuditStage, unit: Evaluated, row: int, step: Step) -> Formula | Fraction:
    """Write a condition on the evidence of all rounds; as a figure where some of that has no cells to be named."""
    parts = [*walk(step.expr)]
    names = dict.fromkeys(part.measure for part in parts if isinstance(part, Read | Yes | Is | Entered))
    facts = {name: _fact(layout, stage, unit, name) for name in names}
    given = {name: text for name, text in facts.items() if text is not None}
    value = unit.closed[step.name]
    if figures(step.expr) or len(given) < len(facts):
        return value
    return held(_formulas(layout, stage, unit, row, given).cell(step.expr), value)


def _fact(layout: AuditLayout, stage: AuditStage, unit: Evaluated, name: str) -> str | None:
    """Write what the rounds of a stage come to in a measure; None where the evidence of the workbook does not say."""
    at, here = layout.at.get(unit.unit.unit), layout.sheet("rounds")
    if at is None or name not in layout.facts:
        return None
    fact = unit.ready[stage.program.passes[-1].key].facts.get(name)
    slots = [layout.slot(at, part) for part in layout.program.passes]
    rounds = [*{slot.part.round: slot for slot in slots[::-1] if slot.part.round in unit.unit.rounds}.values()][::-1]
    if len(rounds) == 1 and _same(rounds[0], name, fact):
        return layout.fact(rounds[0], name).seen_from(here)
    if fact is None:
        return None
    if _same(slots[-1], name, fact):
        return layout.fact(slots[-1], name).seen_from(here)
    return over_rounds(layout, rounds, name, fact, here)


def _same(slot: UnitRow, name: str, fact: Fact | None) -> bool:
    """Return whether a row has a fact of the same cells."""
    other = slot.unit.ready[slot.part.key].facts.get(name)
    return other is fact or (other is not None and fact is not None and other.cells == fact.cells)
