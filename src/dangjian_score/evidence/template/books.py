"""Sheets put together: one workbook for everything, or one a unit and one for those who assess."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from dangjian_score.evidence.columns import CHOICES, GUIDE
from dangjian_score.evidence.template.brief import Brief
from dangjian_score.evidence.template.form import FORM_SHEET, form
from dangjian_score.evidence.template.guide import guide
from dangjian_score.evidence.template.matrix import matrix
from dangjian_score.evidence.template.panel import assessors, ballots
from dangjian_score.evidence.template.plan import WorkbookPlan, PlanGrid
from dangjian_score.evidence.template.register import register
from dangjian_score.fitting import sheet_name
from dangjian_score.names import file_name

PANEL = "评分与测评"
"""The workbook of those who assess, beside those of the units."""


def with_matrix(brief: Brief) -> WorkbookPlan:
    """Plan one workbook with a matrix, and whatever else the rubric needs."""
    return _book(brief, (matrix(brief), register(brief), assessors(brief, brief.alone), ballots(brief)))


def with_forms(brief: Brief) -> WorkbookPlan:
    """Plan one workbook with a form a unit, and whatever else the rubric needs."""
    planned = [form(brief, unit) for unit in brief.units or (None,)]
    others = (register(brief), assessors(brief, brief.figures), ballots(brief))
    taken = [GUIDE, CHOICES, *(grid.name for grid in others if grid is not None)]
    named: list[PlanGrid] = []
    for one in (one for one in planned if one is not None):
        named.append(replace(one, name=_form_name(one.name, (*taken, *(grid.name for grid in named)))))
    return _book(brief, (*named, *others))


def _form_name(wanted: str, taken: Iterable[str]) -> str:
    """Name a form's sheet; one called 说明 would be passed over."""
    return sheet_name(FORM_SHEET if "说明" in wanted or not wanted.strip() else wanted, taken)


def by_unit(brief: Brief) -> Mapping[str, WorkbookPlan]:
    """Plan a workbook a unit, by the names of files, and one for assessors and votes where there are any."""
    found: dict[str, WorkbookPlan] = {}
    for unit in brief.units or (None,):
        own = replace(brief, units=() if unit is None else (unit,))
        sheet = form(own, unit)
        named = None if sheet is None else replace(sheet, name=FORM_SHEET)
        name = file_name(FORM_SHEET if unit is None else unit.name, found, ".xlsx")
        if named is not None or brief.known.registers:
            found[name] = _book(own, (named, register(own)))
    panel = (assessors(brief, brief.figures), ballots(brief))
    if any(panel):
        found[file_name(PANEL, found, ".xlsx")] = _book(brief, panel)
    return found


def _book(brief: Brief, planned: Iterable[PlanGrid | None]) -> WorkbookPlan:
    grids = tuple(grid for grid in planned if grid is not None)
    forms = [grid.name for grid in grids if grid.kind == "form"]
    named = {grid.kind: FORM_SHEET if grid.kind == "form" and len(forms) > 1 else grid.name for grid in grids}
    return WorkbookPlan(brief.program.rubric.title, guide(brief, grids, named), grids)
