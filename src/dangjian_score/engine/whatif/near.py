"""Who stands close to a threshold: a grade's, a selection's mark, or where the places of a selection end.

Distances are in points of the figure the threshold is held against: total, base or a section. What bars a unit beyond
all points (a veto, a condition) is said beside them.
"""

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from dangjian_score.engine import exact
from dangjian_score.engine.standing import Standing
from dangjian_score.engine.totals import REPORTED, TOTAL
from dangjian_score.engine.verdict import best_grades, minimum
from dangjian_score.engine.whatif.field import Field
from dangjian_score.engine.whatif.marks import Obstacle, Mark, Near
from dangjian_score.engine.whatif.places import near_selections
from dangjian_score.rubric.standing import Grade


def near(field: Field, at: int, within: Fraction) -> tuple[Near, ...]:
    """Find every threshold that a unit is close to: grades best first, then selections in the order of the rubric."""
    return (*_grades(field, at, within), *near_selections(field, at, within))


def _grades(field: Field, at: int, within: Fraction) -> Iterator[Near]:
    rubric, standing = field.program.rubric, field.standings[at]
    ordered = best_grades(rubric.grades)
    figure = standing.done[REPORTED] if rubric.grades_on == "base" else standing.total
    for name in ordered[:-1]:
        mark = Mark("grade", name, rubric.grades[name].at_least)
        sections = [
            (Mark("section", name, asked, node=node), standing.done[node])
            for node, asked in _minima(field, rubric.grades[name], standing).items()
        ]
        if standing.grade == name:
            found = (Near(one, value, held=True) for one, value in ((mark, figure), *sections))
            yield from (replace(one, becomes=_fallen(field, at, one)) for one in found if one.gap <= within)
        elif standing.grade is None or ordered.index(standing.grade) > ordered.index(name):
            yield from _missed(field, standing, Near(mark, figure, held=False, becomes=name), sections, within)


def _minima(field: Field, grade: Grade, standing: Standing) -> dict[str, Fraction]:
    """Give what a grade asks of single sections."""
    asked = {node: minimum(node, grade, field.program.passes) for node in grade.sections}
    return {node: exact.number(least, {}, standing.done) for node, least in asked.items()}


def _fallen(field: Field, at: int, near_to: Near) -> str | None:
    """Give the grade just behind a threshold."""
    on = REPORTED if field.program.rubric.grades_on == "base" else TOTAL
    step = near_to.mark.node or on
    return field.bench.elsewhere(field.states[at], {step: near_to.mark.bound - field.least_step}).grade


def _missed(
    field: Field, standing: Standing, grade: Near, sections: list[tuple[Mark, Fraction]], within: Fraction
) -> Iterator[Near]:
    """Tell how far a unit is from a grade it does not have: in its total, else in the sections that keep it out."""
    barred = tuple(_barred(field, standing, grade.mark))
    lacking = {mark: value for mark, value in sections if value < mark.bound}
    blocks = {mark: Obstacle("section", (mark.node or "",), mark.bound - value) for mark, value in lacking.items()}
    if grade.figure < grade.mark.bound or not lacking:
        if grade.gap <= within:
            yield replace(grade, blocked=(*barred, *blocks.values()))
        return
    for mark, value in lacking.items():
        others = (block for other, block in blocks.items() if other != mark)
        one = Near(mark, value, held=False, becomes=grade.becomes, blocked=(*barred, *others))
        if one.gap <= within:
            yield one


def _barred(field: Field, standing: Standing, mark: Mark) -> Iterator[Obstacle]:
    """Name what no points help against: vetoes, and the grade's own conditions."""
    rubric = field.program.rubric
    ordered = best_grades(rubric.grades)
    on_total = rubric.grades_on == "total"
    vetoes = []
    for veto in standing.vetoes:
        limit = veto.grade or veto.grade_at_most
        lowered = limit is not None and (limit == "none" or ordered.index(limit) > ordered.index(mark.title))
        if lowered or (on_total and veto.total is not None and veto.total < mark.bound):
            vetoes.append(veto.title)
    if vetoes:
        yield Obstacle("veto", tuple(vetoes))
    asked = field.program.clause("grades", mark.title) is not None
    if asked and not standing.meets("grades", mark.title):
        yield Obstacle("condition")
