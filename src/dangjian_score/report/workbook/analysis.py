"""分析: charts a spreadsheet draws itself, over figures that stand in cells; one page of A4."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from dangjian_score.core.points import rounded
from dangjian_score.report.book import FONT, GENERAL, Book, Entry, Style, figure
from dangjian_score.report.figures import Losses, grade_counts
from dangjian_score.report.sheets import decimals_format
from dangjian_score.report.view import ResultView
from dangjian_score.report.workbook.ranking import Totals, titled

_SHARE: Final = 4
"""Decimals of shares."""
_SHOWN: Final = 30
"""Units whose totals are drawn."""
_WIDTHS: Final = (28, 9, 10, 10, 9, 3, 14, 8, 8)
_GRADES: Final = 6
"""The column where the table of grades begins; that of sections begins in the first."""
_TOP: Final = 2
_ROW: Final = 20
"""Pixels that a row below the tables is high."""
_TABLE_ROW: Final = 20
"""Points that a row of a table is high."""
_LEFT, _RIGHT, _WHOLE = 485, 221, 734
"""Pixels that the table of sections, that of grades and both are wide, and the charts below them."""
_BESIDE: Final = 220
"""Pixels that the chart of grades is high, at least."""
_BAR, _BAR_TOTALS = "#7F98BF", "#5B7DB1"
_TEXT: Final = {"name": FONT, "size": 9}
_HEADS: Final = ("section", "max", "mean points", "mean lost", "lost share")


class _Chart(Struct, frozen=True):
    """A chart: title, the cells that name its bars and those that hold their figures, and how it looks.

    `known` are what stands in these cells, where XlsxWriter does not write them.
    """

    title: str
    names: list[Any]
    figures: list[Any]
    shown: str
    colour: str
    size: tuple[int, int]
    known: tuple[list[str], list[Entry]] | None = None


def add_analysis(book: Book, view: ResultView, totals: Totals, losses: Losses) -> None:
    """Add the sheet."""
    words = view.words
    sheet = book.add(words.text("sheet analysis"))
    _lay_out(sheet)
    book.span(
        sheet, (0, 0, 0, len(_WIDTHS) - 1), titled(view, words.text("analysis of", title=view.rubric.title)), "title"
    )
    book.span(sheet, (1, 0, 1, len(_WIDTHS) - 1), words.text("analysis note"), "note")
    sections, grades = _sections(losses, view), _grades(view)
    _table(book, sheet, 0, [words.text(key) for key in _HEADS], sections, _formats(view))
    _table(
        book, sheet, _GRADES, [words.text(key) for key in ("grade", "count", "share")], grades, (GENERAL, "0", "0.0%")
    )
    row = _TOP + max(len(sections), len(grades)) + 2
    row = _beside(book, sheet, row, (sections, grades), view)
    _totals(book, sheet, row, view, totals)


def _lay_out(sheet: Any) -> None:
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.set_row(0, 36)
    sheet.set_row(1, 20)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&A&C&P / &N")
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(_TOP + 1, 1)
    sheet.hide_gridlines(2)


def _sections(losses: Losses, view: ResultView) -> list[Sequence[Entry]]:
    def points(figure: Fraction | None) -> Fraction | None:
        return None if figure is None else rounded(figure, view.places)

    return [
        (f"{one.id} {one.title}", points(one.most), points(one.mean), points(one.lost), _share(one.share))
        for one in losses.sections
    ]


def _share(share: Fraction | None) -> Fraction | None:
    """Keep as much of a share, which may have no end, as is shown."""
    return None if share is None else rounded(share, _SHARE)


def _formats(view: ResultView) -> tuple[str, ...]:
    points = decimals_format(view.places)
    return (GENERAL, points, points, points, "0.0%")


def _grades(view: ResultView) -> list[Sequence[Entry]]:
    units, none = len(view.result.units), view.words.text("no grade")
    return [(name or none, count, _share(Fraction(count, units))) for name, count in grade_counts(view)]


def _table(
    book: Book, sheet: Any, left: int, heads: list[str], rows: list[Sequence[Entry]], formats: Sequence[str]
) -> None:
    """Write a table of the sheet, unless it is empty."""
    for at, head in enumerate(heads if rows else (), start=left):
        book.put(sheet, _TOP, at, head, ("header", GENERAL))
    for number, row in enumerate(rows, start=_TOP + 1):
        sheet.set_row(number, _TABLE_ROW)
        for at, (entry, shown) in enumerate(zip(row, formats, strict=True), start=left):
            style: Style = "text" if at == 0 else "middle"
            book.put(sheet, number, at, entry, (style, shown))


def _beside(book: Book, sheet: Any, row: int, tables: tuple[Any, Any], view: ResultView) -> int:
    """Put the charts of sections and grades beside each other; give the row below."""
    words, (sections, grades) = view.words, tables
    height = max(_BESIDE if grades else 0, 80 + 22 * len(sections))
    if sections:
        wide = _LEFT if grades else _WHOLE
        names, figures = _cells(sheet, 0, len(sections)), _cells(sheet, 3, len(sections))
        shown = decimals_format(view.places)
        chart = _Chart(words.text("loss chart"), names, figures, shown, _BAR, (wide, height))
        sheet.insert_chart(row, 0, _bars(book, chart))
    if grades:
        names, figures = _cells(sheet, _GRADES, len(grades)), _cells(sheet, _GRADES + 1, len(grades))
        chart = _Chart(words.text("grade chart"), names, figures, "0", _BAR, (_RIGHT, height))
        sheet.insert_chart(row, _GRADES, _columns(book, chart))
    return row + height // _ROW + 2 if sections or grades else row


def _cells(sheet: Any, column: int, count: int) -> list[Any]:
    return [sheet.get_name(), _TOP + 1, column, _TOP + count, column]


def _totals(book: Book, sheet: Any, row: int, view: ResultView, totals: Totals) -> None:
    """Put the chart of totals below the others: the first units where there are many."""
    units, words, places = view.result.units, view.words, view.rubric.total_places
    count = min(len(units), _SHOWN)
    if not count:
        return
    known = [unit.unit for unit in units[:count]], [figure(unit.total, places) for unit in units[:count]]
    title = words.text("totals chart", count=str(count) if count < len(units) else "")
    first, name = totals.rows[0], totals.sheet.get_name()
    names, figures = ([name, first, column, first + count - 1, column] for column in (totals.unit, totals.total))
    size = (_WHOLE, 70 + 22 * count)
    chart = _Chart(title, names, figures, decimals_format(places), _BAR_TOTALS, size, known)
    sheet.insert_chart(row, 0, _bars(book, chart))


def _bars(book: Book, chart: _Chart) -> Any:
    """Draw lying bars, the first on top."""
    drawn = _drawn(book.chart("bar"), chart)
    drawn.set_y_axis({"reverse": True, "num_font": _TEXT, "major_tick_mark": "none", "interval_unit": 1})
    drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    return drawn


def _columns(book: Book, chart: _Chart) -> Any:
    """Draw standing bars."""
    drawn = _drawn(book.chart("column"), chart)
    drawn.set_x_axis({"num_font": _TEXT, "major_tick_mark": "none"})
    drawn.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    return drawn


def _drawn(drawn: Any, chart: _Chart) -> Any:
    labels = {"value": True, "font": _TEXT, "num_format": chart.shown}
    fill = {"fill": {"color": chart.colour}, "border": {"color": "#404040", "width": 0.5}}
    names, figures = chart.known or (None, None)
    drawn.add_series(
        {"categories": chart.names, "values": chart.figures, "data_labels": labels, "gap": 50, "name": chart.title}
        | {"categories_data": names, "values_data": figures}
        | fill
    )
    drawn.set_title({"name": chart.title, "name_font": {**_TEXT, "size": 12}, "overlay": False})
    drawn.set_legend({"none": True})
    drawn.set_size({"width": chart.size[0], "height": chart.size[1]})
    return drawn
