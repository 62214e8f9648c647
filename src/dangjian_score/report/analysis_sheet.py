"""分析: charts a spreadsheet draws itself, over figures that stand in cells; one page of A4."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, Literal

from msgspec import Struct

from dangjian_score.core.points import rounded
from dangjian_score.core.sheet_style import FONT, NOTE_SIZE
from dangjian_score.report.book import GENERAL, Book, BookSheet, Entry, Style, decimals_format, figure
from dangjian_score.report.overview import Losses, grade_counts
from dangjian_score.report.view import ResultView

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
_TEXT: Final = {"name": FONT, "size": NOTE_SIZE}
_HEADS: Final = ("section", "max", "mean points", "mean lost", "lost share")


class RankedTotals(Struct, frozen=True):
    """Where the totals stand in the ranking: sheet, first row, columns of units and of totals."""

    sheet: BookSheet
    first: int
    unit: int
    total: int


class _Bars(Struct, frozen=True):
    """A chart of bars: title, the cells that name its bars and those that hold their figures, and how it looks.

    `known` are what stands in these cells, where XlsxWriter does not write them.
    """

    title: str
    names: list[Any]
    figures: list[Any]
    shown: str
    size: tuple[int, int]
    colour: str = _BAR
    known: tuple[list[str], list[Entry]] | None = None


def add_analysis(book: Book, view: ResultView, totals: RankedTotals, losses: Losses) -> None:
    """Add the sheet."""
    words, whole = view.words, len(_WIDTHS) - 1
    sheet = book.add(words.text("sheet analysis"))
    _lay_out(sheet)
    sheet.span((0, 0, 0, whole), view.titled(view.part("analysis of")), "title")
    sheet.span((1, 0, 1, whole), words.text("analysis note"), "note")
    sections, grades = _sections(losses, view), _grades(view)
    points = decimals_format(view.places)
    _table(sheet, 0, [words.text(key) for key in _HEADS], sections, (GENERAL, points, points, points, "0.0%"))
    heads = [words.text(key) for key in ("grade", "count", "share")]
    _table(sheet, _GRADES, heads, grades, (GENERAL, "0", "0.0%"))
    row = _TOP + max(len(sections), len(grades)) + 2
    row = _beside(sheet, row, (len(sections), len(grades)), view)
    _totals(sheet, row, view, totals)


def _lay_out(sheet: BookSheet) -> None:
    sheet.widen(_WIDTHS)
    sheet.set_paper(0.5)
    sheet.raw.set_row(0, 36)
    sheet.raw.set_row(1, 20)
    sheet.raw.set_portrait()
    sheet.raw.center_horizontally()
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.freeze_panes(_TOP + 1, 1)
    sheet.raw.hide_gridlines(2)


def _sections(losses: Losses, view: ResultView) -> list[Sequence[Entry]]:
    def points(figure: Fraction | None) -> Fraction | None:
        return None if figure is None else rounded(figure, view.places)

    return [
        (f"{part.id} {part.title}", points(part.most), points(part.mean), points(part.lost), _share(part.share))
        for part in losses.sections
    ]


def _share(share: Fraction | None) -> Fraction | None:
    """Keep as much of a share, which may have no end, as is shown."""
    return None if share is None else rounded(share, _SHARE)


def _grades(view: ResultView) -> list[Sequence[Entry]]:
    units = len(view.result.units)
    return [(name, count, _share(Fraction(count, units))) for name, count in grade_counts(view)]


def _table(sheet: BookSheet, left: int, heads: list[str], rows: list[Sequence[Entry]], formats: Sequence[str]) -> None:
    """Write a table of the sheet, unless it is empty."""
    for at, head in enumerate(heads if rows else (), start=left):
        sheet.put(_TOP, at, head, "header")
    for number, row in enumerate(rows, start=_TOP + 1):
        sheet.raw.set_row(number, _TABLE_ROW)
        for at, (entry, shown) in enumerate(zip(row, formats, strict=True), start=left):
            if entry is None or isinstance(entry, str):
                sheet.put(number, at, entry, "text" if at == 0 else "middle")
            else:
                style: Style = "middle" if shown == GENERAL else "figure"
                sheet.put(number, at, entry, style, shown)


def _beside(sheet: BookSheet, row: int, counts: tuple[int, int], view: ResultView) -> int:
    """Put the charts of sections and grades, of so many bars, beside each other; give the row below."""
    words, (sections, grades) = view.words, counts
    height = max(_BESIDE if grades else 0, 80 + 22 * sections)
    if sections:
        names, figures = _cells(sheet, 0, sections), _cells(sheet, 3, sections)
        size = (_LEFT if grades else _WHOLE, height)
        bars = _Bars(words.text("loss chart"), names, figures, decimals_format(view.places), size)
        sheet.raw.insert_chart(row, 0, _drawn(sheet, "bar", bars))
    if grades:
        names, figures = _cells(sheet, _GRADES, grades), _cells(sheet, _GRADES + 1, grades)
        bars = _Bars(words.text("grade chart"), names, figures, "0", (_RIGHT, height))
        sheet.raw.insert_chart(row, _GRADES, _drawn(sheet, "column", bars))
    return row + height // _ROW + 2 if sections or grades else row


def _cells(sheet: BookSheet, column: int, count: int, first: int = _TOP + 1) -> list[Any]:
    return [sheet.raw.get_name(), first, column, first + count - 1, column]


def _totals(sheet: BookSheet, row: int, view: ResultView, totals: RankedTotals) -> None:
    """Put the chart of totals below the others: the first units where there are many."""
    units, places = view.result.units, view.rubric.total_places
    count = min(len(units), _SHOWN)
    if not count:
        return
    known = [unit.unit for unit in units[:count]], [figure(unit.total, places) for unit in units[:count]]
    title = view.words.text("totals chart", count=str(count) if count < len(units) else "")
    names, figures = (_cells(totals.sheet, column, count, totals.first) for column in (totals.unit, totals.total))
    size = (_WHOLE, 70 + 22 * count)
    bars = _Bars(title, names, figures, decimals_format(places), size, _BAR_TOTALS, known)
    sheet.raw.insert_chart(row, 0, _drawn(sheet, "bar", bars))


def _drawn(sheet: BookSheet, kind: Literal["bar", "column"], bars: _Bars) -> Any:
    """Draw lying bars, the first on top, or standing ones."""
    drawn = sheet.book.raw.add_chart({"type": kind})
    names, figures = bars.known or (None, None)
    drawn.add_series(
        {
            "name": bars.title,
            "categories": bars.names,
            "values": bars.figures,
            "categories_data": names,
            "values_data": figures,
            "data_labels": {"value": True, "font": _TEXT, "num_format": bars.shown},
            "gap": 50,
            "fill": {"color": bars.colour},
            "border": {"color": "#404040", "width": 0.5},
        }
    )
    drawn.set_title({"name": bars.title, "name_font": {**_TEXT, "size": 12}, "overlay": False})
    drawn.set_legend({"none": True})
    drawn.set_size({"width": bars.size[0], "height": bars.size[1]})
    along = {"num_font": _TEXT, "major_tick_mark": "none"}
    unseen = {"visible": False, "major_gridlines": {"visible": False}}
    if kind == "bar":
        # at the low end, names stay clear of bars that go below zero
        drawn.set_y_axis({**along, "reverse": True, "interval_unit": 1, "label_position": "low"})
        drawn.set_x_axis(unseen)
    else:
        drawn.set_x_axis(along)
        drawn.set_y_axis(unseen)
    return drawn
