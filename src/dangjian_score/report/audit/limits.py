"""What a sheet can hold: a workbook that is cut off would look as if all were well."""

from typing import Final

from dangjian_score.engine.evaluate import Evaluated
from dangjian_score.report.audit.layout import FIRST, AuditLayout

MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576


def within(layout: AuditLayout) -> bool:
    """Tell whether every sheet holds all of its rows and columns."""
    columns = max((*layout.facts.values(), *layout.figures.values(), *layout.points.values(), *layout.totals.values()))
    figures = sum(len(part.nodes) for part in layout.program.passes) + len(("total", "grade", "rank"))
    origins = sum(_entered(unit) for unit in layout.units)
    rows = FIRST + max(len(layout.slots), figures * len(layout.units), origins)
    return columns < MOST_COLUMNS and rows <= MOST_ROWS


def _entered(unit: Evaluated) -> int:
    """Count what is told of a unit on the sheet of origins, or more."""
    parts = (unit.unit, *unit.unit.rounds.values())
    given = sum(len(by) for one in parts for by in (*one.assessed.values(), *one.absences.values()))
    return given + sum(len(one.facts) + len(one.inapplicable) + len(one.events) + len(one.rulings) for one in parts)
