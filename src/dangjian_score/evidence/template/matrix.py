"""The matrix (汇总表): one row a unit and round, one column a measure."""

from collections.abc import Iterator

from dangjian_score.evidence.columns import ROUND
from dangjian_score.evidence.template.brief import Brief
from dangjian_score.evidence.template.notes import heads
from dangjian_score.evidence.template.plan import Filled, PlanGrid, PlanRow
from dangjian_score.evidence.template.units import ListedUnit

MATRIX_SHEET = "汇总表"
MATRIX_SPARE, MATRIX_BEYOND = 40, 460
"""Rows that are drawn where nobody knows the units, and rows below them that are only checked."""


def matrix(brief: Brief) -> PlanGrid | None:
    """Plan it; None where nothing stands in its columns, but other tables name the units."""
    said, attributes = brief.said, brief.known.attributes
    names = tuple(name for name in brief.known.measures if name not in brief.alone)
    if not names and brief.known.measures:
        return None
    rounds = [brief.round_column(filled=bool(brief.units))] if brief.rounds else []
    describing = [brief.column(name, (said.sheet("attributes"), "")) for name in attributes]
    scored = [brief.column(name, _heads(brief, name)) for name in names if name not in attributes]
    return PlanGrid(
        kind="matrix",
        name=MATRIX_SHEET,
        title=said.sheet("matrix title", title=brief.program.rubric.title),
        hint=said.sheet("matrix hint", rounds=ROUND if brief.rounds else ""),
        columns=(brief.unit_column(filled=True), *rounds, *describing, *scored),
        lines=tuple(line for unit in brief.units for line in _matrix_lines(brief, unit, names)),
        heads=(said.sheet("head section"), said.sheet("head item")),
        kept=1 + len(rounds),
        spare=0 if brief.units else MATRIX_SPARE,
        beyond=0 if brief.units else MATRIX_BEYOND,
    )


def _heads(brief: Brief, name: str) -> tuple[str, ...]:
    return heads(brief.purposes.inputs[name][0], brief.program.rubric, brief.said)


def _matrix_lines(brief: Brief, unit: ListedUnit, names: tuple[str, ...]) -> Iterator[PlanRow]:
    """Write a unit's rows; what is not asked of it, or not in this round, stays empty."""
    entered = [name for name in names if name not in brief.known.attributes]
    for round_ in brief.rounds_for(entered, every=bool(set(brief.known.measures) - set(brief.known.attributes))):
        cells: dict[str, Filled] = {brief.unit: unit.name, **unit.attributes}
        if round_ is not None:
            cells[ROUND] = round_
        idle = {name for name in entered if not brief.asked_in(round_, name)}
        others = {name for name in entered if not brief.purposes.asked(name, unit.described)}
        described = {ROUND} if brief.rounds and round_ is None else set[str]()
        yield PlanRow(cells, frozenset(idle | others | described))
