"""总表: a row a unit, in order of rank, with its points by section, total, grade and honours."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from dangjian_score.engine.result import UnitResult
from dangjian_score.report.book import Book, ColouredCell, FigureCells, whole_figure
from dangjian_score.report.sheets import Drawn, Row, SheetColumn, SheetDrawing, add_sheet, decimals_format
from dangjian_score.report.view import ResultView


def titled(view: ResultView, title: str) -> str:
    """Say in a title that what stands below is not final."""
    state = view.words.text("provisional") if view.is_provisional else ""
    return view.words.text("titled", title=title, state=state)


def rank_column(view: ResultView) -> SheetColumn:
    """Give the column of ranks, whose head says where they are provisional."""
    if view.is_provisional:
        return SheetColumn(view.words.text("provisional rank"), short=True)
    return SheetColumn(view.words.text("rank"), short=True, width=7)


def points_width(places: int) -> float:
    """Give a column of points its width: three digits, a sign and the decimals, under a head of some lines."""
    return max(10, 7 + places)


_BEST, _WORST = "#E2EFDA", "#F8E3DC"
"""Grounds of the best and the lowest grade."""
_BAR: Final = "#A9C1E0"


class Totals(Struct, frozen=True):
    """Where units and their totals stand, for charts."""

    sheet: Any
    rows: tuple[int, int]
    unit: int
    total: int


def add_ranking(book: Book, view: ResultView, *, is_rounded: bool) -> Totals:
    """Add the sheet; it says where figures of the workbook are rounded."""
    columns, total = _columns(view), 2 + len(view.rubric.attributes) + len(view.result.columns)
    points, totals = FigureCells(view.places), FigureCells(view.rubric.total_places)
    table = SheetDrawing(
        notes=[*_notes(view), *([view.rounding_note] if is_rounded else [])],
        columns=columns,
        rows=[_row(unit, view, points, totals) for unit in view.result.units],
        after=list(_absent(view)),
        kept=2,
    )
    drawn = add_sheet(book, view.words.text("sheet ranking"), table)
    _bars(drawn, drawn.columns[total])
    return Totals(drawn.sheet, (drawn.first, drawn.last), drawn.columns[1], drawn.columns[total])


def _notes(view: ResultView) -> Iterator[str]:
    words, period, result = view.words, view.rubric.period, view.result
    first, last = (str(period.from_), str(period.to)) if period else ("", "")
    counts = {"units": result.units, "excluded": result.excluded, "unscored": result.unscored}
    shown = {name: str(len(units)) if units else "" for name, units in counts.items()}
    yield titled(view, words.text("outcome of", title=view.rubric.title))
    yield words.text("counted units", subject=view.rubric.subject, first=first, last=last, **shown)
    if view.is_provisional:
        yield words.text("provisional note", count=str(len(result.unscored)))


def _columns(view: ResultView) -> list[SheetColumn]:
    rubric, words = view.rubric, view.words
    points, total = decimals_format(view.places, more=True), decimals_format(rubric.total_places)
    sections = [words.text("over max", title=one.title, max=view.brief(one.max)) for one in view.result.columns]
    return [
        rank_column(view),
        SheetColumn(rubric.subject),
        *(SheetColumn(name, short=True) for name in rubric.attributes),
        *(SheetColumn(title, points, width=points_width(view.places)) for title in sections),
        SheetColumn(words.text("total"), total, width=13),
        SheetColumn(words.text("grade"), short=True, grounds=(_BEST, _WORST)),
        SheetColumn(words.text("veto")),
        SheetColumn(words.text("selections")),
    ]


def _row(unit: UnitResult, view: ResultView, points: FigureCells, totals: FigureCells) -> Row:
    return (
        unit.rank,
        unit.unit,
        *(unit.attributes.get(name) for name in view.rubric.attributes),
        *(
            whole_figure(value, view.places) if column.id in unit.precise else points.of(value)
            for column, value in zip(view.result.columns, unit.columns, strict=True)
        ),
        totals.of(unit.total),
        _grade(unit, view),
        "、".join(unit.vetoes) or None,
        "、".join(unit.selections) or None,
    )


def _grade(unit: UnitResult, view: ResultView) -> str | ColouredCell | None:
    """Colour the best and the lowest grade."""
    names = view.grades
    if unit.grade is None or unit.grade not in (names[0], names[-1]):
        return unit.grade
    return ColouredCell(unit.grade, _BEST if unit.grade == names[0] else _WORST)


def _bars(drawn: Drawn, column: int) -> None:
    """Show totals as bars from 0, unless one is below."""
    look = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": _BAR, "min_type": "num"}
    drawn.sheet.conditional_format(drawn.first, column, max(drawn.last, drawn.first), column, look)


def _absent(view: ResultView) -> Iterator[str]:
    """Name who does not take part or was not scored, and why."""
    words = view.words
    for key, units in (("excluded", view.result.excluded), ("unscored", view.result.unscored)):
        for one in units:
            why = words.text("passed over", unit=one.unit, why=words.text("comma").join(one.why))
            yield words.text("absent", what=words.text(key), unit=why if one.why else one.unit)
