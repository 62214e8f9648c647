"""评优: who was chosen, and who was passed over and why."""

from collections.abc import Iterator

from dangjian_score.engine.result import UnitResult
from dangjian_score.engine.selections import Chosen
from dangjian_score.report.book import Book, figure
from dangjian_score.report.sheets import SheetColumn, Row, SheetDrawing, add_sheet, decimals_format
from dangjian_score.report.view import ResultView
from dangjian_score.report.workbook.titles import titled


def add_chosen(book: Book, view: ResultView) -> None:
    """Add the sheet."""
    said = view.words
    units = {unit.unit: unit for unit in view.result.units}
    heads = said.label("provisional selection" if view.is_provisional else "selection"), view.rubric.subject
    table = SheetDrawing(
        notes=[titled(view, said.label("selections of", title=view.rubric.title))],
        columns=[
            *map(SheetColumn, heads),
            SheetColumn(said.label("outcome"), short=True),
            SheetColumn(said.label("rank"), short=True),
            SheetColumn(said.label("total"), decimals_format(view.rubric.total_places), width=10),
            SheetColumn(said.label("grade"), short=True),
            SheetColumn(said.label("why"), width=44),
        ],
        rows=[row for one in view.result.selections for row in _chosen_rows(one, units, view)],
    )
    add_sheet(book, said.label("sheet selections"), table)


def _chosen_rows(one: Chosen, units: dict[str, UnitResult], view: ResultView) -> Iterator[Row]:
    title, said = one.selection.title, view.words
    chosen = said.label("is chosen" if one.selection.honours else "is listed")
    if not one.units:
        yield (title, said.label("nobody"), chosen, None, None, None, None)
    for name in one.units:
        yield (title, name, chosen, *_standing(units.get(name), view), None)
    for each in one.displaced:
        standing = _standing(units.get(each.unit), view)
        yield (title, each.unit, said.label("displaced"), *standing, view.passed_over(each))


def _standing(unit: UnitResult | None, view: ResultView) -> Row:
    if unit is None:
        return (None, None, None)
    return (unit.rank, figure(unit.total, view.rubric.total_places), unit.grade)
