"""Sheets put together: one workbook for everything, or one a unit and one for those who assess."""

from collections.abc import Sequence

from dangjian_score.evidence.template import matrix as matrices
from dangjian_score.evidence.template.brief import Brief
from dangjian_score.evidence.template.guide import guide
from dangjian_score.evidence.template.matrix import matrix
from dangjian_score.evidence.template.panel import ASSESSORS, BALLOTS, assessors, ballots
from dangjian_score.evidence.template.plan import Book, Grid
from dangjian_score.evidence.template.register import REGISTER, register

_KINDS = {matrices.NAME: "matrix", REGISTER: "register", ASSESSORS: "assessors", BALLOTS: "ballots"}


def whole(brief: Brief) -> Book:
    """Plan one workbook with a matrix and whatever else the rubric needs."""
    return _book(brief, [matrix(brief), register(brief), assessors(brief, brief.alone), ballots(brief)])


def _book(brief: Brief, planned: Sequence[Grid | None]) -> Book:
    grids = tuple(grid for grid in planned if grid is not None)
    sheets = [(grid.name, _KINDS[grid.name]) for grid in grids]
    return Book(brief.program.rubric.title, guide(brief, grids, sheets), grids)
