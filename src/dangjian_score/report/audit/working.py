"""Sheet 核算: every step of every pass as a formula; and sheet 总分: from the sections to total, grade and rank."""

from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.algebra import Step
from dangjian_score.engine.formulas import fits, quoted
from dangjian_score.engine.standing import named_grade
from dangjian_score.engine.verdict import GRADE, best_grades
from dangjian_score.report.audit.book import Formula, AuditSheet
from dangjian_score.report.audit.formulas import rank_formula, row_formula, total_formula
from dangjian_score.report.audit.heads import Head
from dangjian_score.report.audit.layout import FIRST, NAMED, RANK, TIE, AuditLayout, UnitRow
from dangjian_score.watching import Watch


class HeadedCell(Struct, frozen=True):
    """A cell with its heading: a formula, or a figure where no office program would take the formula."""

    head: Head
    entry: Formula | Fraction


def write_points(sheet: AuditSheet, layout: AuditLayout, heads: list[Head], watch: Watch) -> Iterator[HeadedCell]:
    """Write the steps of passes; hand on what was written."""
    for slot in watch(layout.slots, "writing"):
        steps = {step.name: step for step in layout.steps(slot.part)}
        for (name, column), head in zip(layout.points.items(), heads, strict=True):
            if name not in steps:
                sheet.put(slot.row, column, "", "cell")
                continue
            written = HeadedCell(head, _held(row_formula(layout, slot, steps[name]), _done(slot, steps[name])))
            sheet.put(slot.row, column, written.entry, head.style)
            yield written


def _done(slot: UnitRow, step: Step) -> Fraction:
    done = slot.unit.done[slot.part.key]
    return done[step.name] if step.name in done else slot.unit.closed[slot.part.at(step.name)]


def write_totals(sheet: AuditSheet, layout: AuditLayout, heads: list[Head], ranks: list[int]) -> Iterator[HeadedCell]:
    """Write what follows over all passes; hand on what was written."""
    by_name = dict(zip(layout.totals, heads, strict=True))
    for at, unit in enumerate(layout.units):
        for step in layout.closing:
            entry = _held(total_formula(layout, at, step.expr), unit.closed[step.name])
            written = HeadedCell(by_name[step.name], entry)
            sheet.put(FIRST + at, layout.totals[step.name], entry, written.head.style)
            yield written
        for name, formula in _beside(layout, at, ranks[at]):
            sheet.put(FIRST + at, layout.totals[name], formula, by_name[name].style)
            yield HeadedCell(by_name[name], formula)


def _beside(layout: AuditLayout, at: int, rank: int) -> Iterator[tuple[str, Formula]]:
    """Write what is no step: the grade's name, what breaks ties, the rank."""
    unit, here = layout.units[at], layout.sheet("totals")
    if NAMED in layout.totals:
        none = layout.said.label("audit no grade")
        names = [*best_grades(layout.program.rubric.grades), none]
        chosen = f"=CHOOSE({layout.closed(at, GRADE).cell},{','.join(map(quoted, names))})"
        yield NAMED, Formula(chosen, named_grade(layout.program, unit.closed[GRADE]) or none)
    for section in layout.program.rubric.tie_break:
        place = layout.closed(at, section).seen_from(here)
        yield f"{TIE}{section}", Formula(f"=ROUND({place},9)", unit.closed[section])
    yield RANK, Formula(rank_formula(layout, at), Fraction(rank))


def _held(formula: str, value: Fraction) -> Formula | Fraction:
    return Formula(formula, value) if fits(formula) else value
