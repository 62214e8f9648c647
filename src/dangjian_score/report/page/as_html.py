"""The result as one HTML file: nothing is asked of a network, and nothing runs but the page's own script."""

from collections.abc import Mapping
from typing import Final

from dangjian_score.core.watching import Watch
from dangjian_score.report.overview import Losses, ranking_columns
from dangjian_score.report.page import notices, units
from dangjian_score.report.page.elements import Element, Pool, e
from dangjian_score.report.page.frame import GENERATOR, STYLE, asset, marking, page_html
from dangjian_score.report.page.units import Drawer
from dangjian_score.report.problems import Problems, SharedProblem
from dangjian_score.report.view import ResultView

MOST_WRITTEN: Final = 20_000
"""Items and lines up to which units are written as HTML, readable without script; more are data for the script."""

_UPRIGHT: Final = 11
"""Columns of the ranking that fit on upright paper; with more it is printed across."""

_ACROSS: Final = 20
"""Columns that fit across; with more the ranking is set in small type."""


def is_output(start: bytes) -> bool:
    """Return whether a file starts as such a page."""
    return f'<meta name="generator" content="{GENERATOR}'.encode() in start


def result_html(view: ResultView, watch: Watch, most: int = MOST_WRITTEN) -> bytes:
    """Write a result out as a page; units with more than `most` items and lines are data that the script draws."""
    marked = marking(view.words)
    drawer, losses, problems, drawn = Drawer(view), Losses(), Problems(), _Drawn(most)
    rows: list[Element] = []
    is_rounded = view.is_rounded
    for at, unit in enumerate(watch(view.result.units, "writing"), 1):
        detail = unit.trace()
        rows.append(units.row(unit, at, view))
        losses.add(detail)
        problems.add(detail)
        is_rounded = is_rounded or view.rounds(detail)
        drawn.add(marked(drawer.unit(unit, detail, at)), sum(1 + len(node.lines) for _, node in detail.all_nodes()))
    links = {unit.unit: f"#u{at}" for at, unit in enumerate(view.result.units, 1)}
    body = e(
        "body",
        notices.head(view, is_rounded=is_rounded),
        e("main", _overview(view, losses, problems.shared(view), rows, links), _units(drawn, view)),
        notices.foot(view),
        drawn.data(),
        class_=_paper(len(ranking_columns(view))),
    )
    return page_html(view.titled(view.outcome), body, view.words, asset(STYLE), asset("page.js"))


def _paper(columns: int) -> str | None:
    """Say how the ranking is printed: upright, across, or across in small type."""
    if columns > _ACROSS:
        return "wide crowded"
    return "wide" if columns > _UPRIGHT else None


class _Drawn:
    """What there is to say of each unit: elements, or places in a pool once there are more than `most` parts."""

    def __init__(self, most: int) -> None:
        self._most, self._pool = most, Pool()
        self.units: list[Element] = []
        self._places: list[int] = []

    @property
    def is_data(self) -> bool:
        """Whether the script has to draw the units."""
        return self._most < 0

    def add(self, unit: Element, parts: int) -> None:
        """Take in a unit and of how many parts it is."""
        self._most -= parts
        self.units.append(unit)
        if self.is_data:
            self._places += map(self._pool.add, self.units)
            self.units.clear()

    def data(self) -> Element | None:
        """Write the data, if any."""
        if not self.is_data:
            return None
        return e("script", self._pool.data(units=self._places), type="application/json", id="data")


def _overview(
    view: ResultView, losses: Losses, shared: list[SharedProblem], rows: list[Element], links: Mapping[str, str]
) -> Element:
    columns, words = ranking_columns(view, total_first=True), view.words
    shown, more = units.counted(len(rows), words)
    ranked = e(
        "section",
        e("h2", words.text("page ranking")),
        units.controls(columns, view),
        shown,
        units.table(columns, rows, view),
        more,
    )
    chosen = (notices.quotas(view), notices.selections(view, links))
    parts = (ranked, *chosen, notices.problems(shared, view), *notices.absent(view), notices.stages(view))
    return e("div", *notices.overview(view, losses), *parts, id="overview")


def _units(drawn: _Drawn, view: ResultView) -> Element:
    """Give the drill-downs a place, and the script what leads from one to the next."""
    words = view.words
    steps = (("#overview", "back", "page back"), ("#", "before", "page before unit"), ("#", "after", "page after unit"))
    around = (e("a", words.text(key), href=href, id=id_) for href, id_, key in steps)
    note = e("p", words.text("page needs script"), class_="needs") if drawn.is_data else None
    return e("div", e("nav", *around, hidden=True), note, *drawn.units, id="units")
