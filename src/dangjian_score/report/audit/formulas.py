"""The formulas of a workbook: those of the steps, with the cells that a layout gives, and that of the rank."""

from collections.abc import Callable, Sequence
from functools import partial

from dangjian_score.engine.algebra import Expr, Step
from dangjian_score.engine.formulas import GUARD, Formulas
from dangjian_score.engine.verdict import FINAL, is_asked
from dangjian_score.report.audit.layout import FIRST, TIE, AuditLayout, CellPlace, UnitRow


def row_formula(layout: AuditLayout, slot: UnitRow, step: Step) -> str:
    """Write a step of a pass; conditions look at the points of nodes over all rounds."""
    here = layout.sheet("points")

    def seen(find: Callable[[str], CellPlace]) -> Callable[[str], str]:
        return lambda name: find(name).seen_from(here)

    steps = partial(layout.closed, slot.at) if is_asked(step.name) else partial(layout.step, slot)
    return Formulas(seen(partial(layout.fact, slot)), seen(partial(layout.figure, slot)), seen(steps)).cell(step.expr)


def total_formula(layout: AuditLayout, at: int, expr: Expr) -> str:
    """Write a step over all passes."""

    def step(name: str) -> str:
        return layout.closed(at, name).seen_from(layout.sheet("totals"))

    return Formulas(step, step, step).cell(expr)


def rank_formula(layout: AuditLayout, at: int) -> str:
    """Count those that have more; of equals, those that have more of what breaks ties (1, 2, 2, 4)."""
    keys = [FINAL, *(f"{TIE}{section}" for section in layout.program.rubric.tie_break)]
    terms = [_more(layout, at, keys[:level], keys[level]) for level in range(len(keys))]
    return f"=1+{'+'.join(terms)}"


def _more(layout: AuditLayout, at: int, equal: Sequence[str], more: str) -> str:
    tests = [f"({_gap(layout, at, key)}=0)" for key in equal] + [f"({_gap(layout, at, more)}>0)"]
    return f"SUMPRODUCT({'*'.join(tests)}*1)"


def _gap(layout: AuditLayout, at: int, key: str) -> str:
    """Take a unit's figure from everybody's."""
    mine = layout.closed(at, key)
    last = FIRST + len(layout.units)
    return f"ROUND({mine.letters}${FIRST + 1}:{mine.letters}${last}-{mine.cell},{GUARD})"
