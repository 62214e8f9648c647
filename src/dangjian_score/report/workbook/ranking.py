"""总表: a row a unit, in order of rank, with its points by section, total, grade and honours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dangjian_score.report.book import Book, Filled, figure
from dangjian_score.report.sheets import Column, Drawn, Row, Table, add_sheet, decimals_format
from dangjian_score.report.view import ResultView, UnitView
from dangjian_score.report.workbook.titles import points_width, rank_column, titled
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

_BEST, _WORST = "#E2EFDA", "#F8E3DC"
"""Grounds of the best and the lowest grade."""
_BAR: Final = "#A9C1E0"


@dataclass(frozen=True, slots=True)
class Totals:
    """Where units and their totals stand, for charts."""

    sheet: Any
    rows: tuple[int, int]
    unit: int
    total: int


def add_ranking(book: Book, told: ResultView, said: Words, watch: Watch) -> Totals:
    """Add the sheet."""
    columns, total = _columns(told, said), 2 + len(told.rubric.attributes) + len(told.columns)
    table = Table(
        notes=list(_notes(told, said)),
        columns=columns,
        rows=[_row(unit, told) for unit in told.units],
        after=list(_absent(told, said)),
        kept=2,
    )
    drawn = add_sheet(book, said.label("sheet ranking"), table, watch)
    _bars(drawn, drawn.columns[total])
    return Totals(drawn.sheet, (drawn.first, drawn.last), drawn.columns[1], drawn.columns[total])


def _notes(told: ResultView, said: Words) -> Iterator[str]:
    first, last = told.rubric.period or ("", "")
    counts = {"units": told.units, "excluded": told.excluded, "unscored": told.unscored}
    shown = {name: str(len(units)) if units else "" for name, units in counts.items()}
    yield titled(told, said.label("outcome of", title=told.rubric.title), said)
    yield said.label("counted units", subject=told.rubric.subject, first=first, last=last, **shown)
    if told.is_provisional:
        yield said.label("provisional note", count=str(len(told.unscored)))


def _columns(told: ResultView, said: Words) -> list[Column]:
    rubric = told.rubric
    points, total = decimals_format(rubric.places), decimals_format(rubric.total_places)
    sections = [said.label("over max", title=one.title, max=one.max or "") for one in told.columns]
    return [
        rank_column(told, said),
        Column(rubric.subject),
        *(Column(name, short=True) for name in rubric.attributes),
        *(Column(title, points, width=points_width(rubric.places)) for title in sections),
        Column(said.label("total"), total, width=13),
        Column(said.label("grade"), short=True),
        Column(said.label("veto")),
        Column(said.label("selections")),
    ]


def _row(unit: UnitView, told: ResultView) -> Row:
    return (
        unit.rank,
        unit.unit,
        *(unit.attributes.get(name) for name in told.rubric.attributes),
        *(figure(column.points) for column in unit.columns),
        figure(unit.total),
        _grade(unit, told),
        "、".join(unit.vetoes) or None,
        "、".join(unit.selections) or None,
    )


def _grade(unit: UnitView, told: ResultView) -> str | Filled | None:
    """Colour the best and the lowest grade."""
    names = [grade.name for grade in told.rubric.grades]
    if unit.grade is None or unit.grade not in (names[0], names[-1]):
        return unit.grade
    return Filled(unit.grade, _BEST if unit.grade == names[0] else _WORST)


def _bars(drawn: Drawn, column: int) -> None:
    """Show totals as bars from 0, unless one is below."""
    look = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": _BAR, "min_type": "num"}
    drawn.sheet.conditional_format(drawn.first, column, max(drawn.last, drawn.first), column, look)


def _absent(told: ResultView, said: Words) -> Iterator[str]:
    """Name who does not take part or was not scored, and why."""
    for key, units in (("excluded", told.excluded), ("unscored", told.unscored)):
        for one in units:
            why = said.label("passed over", unit=one.unit, why=said.label("comma").join(one.why))
            yield said.label("absent", what=said.label(key), unit=why if one.why else one.unit)
