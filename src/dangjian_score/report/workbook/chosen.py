"""评优: who was chosen, and who was passed over and why."""

from collections.abc import Iterator

from dangjian_score.report.book import Book, figure
from dangjian_score.report.sheets import Column, Row, Table, add_sheet, decimals_format
from dangjian_score.report.view import ResultView, SelectionView, UnitView
from dangjian_score.report.workbook.titles import titled
from dangjian_score.words.say import Words


def add_chosen(book: Book, told: ResultView, said: Words) -> None:
    """Add the sheet."""
    units = {unit.unit: unit for unit in told.units}
    heads = said.label("provisional selection" if told.is_provisional else "selection"), told.rubric.subject
    table = Table(
        notes=[titled(told, said.label("selections of", title=told.rubric.title), said)],
        columns=[
            *map(Column, heads),
            Column(said.label("outcome"), short=True),
            Column(said.label("rank"), short=True),
            Column(said.label("total"), decimals_format(told.rubric.total_places), width=10),
            Column(said.label("grade"), short=True),
            Column(said.label("why"), width=44),
        ],
        rows=[row for selection in told.selections for row in _rows(selection, units, said)],
    )
    add_sheet(book, said.label("sheet selections"), table)


def _rows(selection: SelectionView, units: dict[str, UnitView], said: Words) -> Iterator[Row]:
    chosen = said.label("is chosen" if selection.honours else "is listed")
    if not selection.units:
        yield (selection.title, said.label("nobody"), chosen, None, None, None, None)
    for name in selection.units:
        yield (selection.title, name, chosen, *_standing(units.get(name)), None)
    for name, why in selection.displaced:
        yield (selection.title, name, said.label("displaced"), *_standing(units.get(name)), why)


def _standing(unit: UnitView | None) -> Row:
    return (None, None, None) if unit is None else (unit.rank, figure(unit.total), unit.grade)
