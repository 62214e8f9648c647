"""The result as one HTML file: nothing is asked of a network, and nothing runs but the page's own script."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from typing import Final

from dangjian_score import __version__
from dangjian_score.report.page import notices, ranking
from dangjian_score.report.page.elements import Element, Pool, e, html
from dangjian_score.report.page.unit import Drawer
from dangjian_score.report.view import ResultView
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

MOST_WRITTEN: Final = 20_000
"""Items and lines up to which units are written as HTML, readable without script; more are data for the script."""

_UPRIGHT: Final = 11
"""Columns of the ranking that fit on upright paper; with more it is printed across."""

_LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}


def result_html(told: ResultView, said: Words, watch: Watch) -> bytes:
    """Write a result out as a page."""
    return page(told, said, watch, as_data=_is_large(told))


def _is_large(told: ResultView) -> bool:
    parts = (part for unit in told.units for _, node in unit.all_nodes() for part in (node, *node.lines))
    return next(islice(parts, MOST_WRITTEN, None), None) is not None


def page(told: ResultView, said: Words, watch: Watch, *, as_data: bool) -> bytes:
    """Write the page, with what there is to say of each unit as HTML, or as data that the script draws when asked."""
    drawer, pool = Drawer(told, said), Pool()
    rows: list[Element] = []
    units: list[Element] = []
    places: list[int] = []
    links: dict[str, str] = {}
    for at, unit in enumerate(watch(told.units, "writing"), 1):
        links[unit.unit] = f"#u{at}"
        rows.append(ranking.row(unit, at, told))
        drawn = drawer.unit(unit, at)
        if as_data:
            places.append(pool.add(drawn))
        else:
            units.append(drawn)
    data = e("script", pool.data(units=places), type="application/json", id="data") if as_data else None
    script = _asset("page.js")
    body = e(
        "body",
        notices.head(told, said),
        e("main", _overview(told, said, rows, links), _units(units, said, as_data=as_data)),
        notices.foot(told, said),
        data,
        class_="wide" if len(ranking.columns(told, said)) > _UPRIGHT else None,
    )
    document = e("html", _head(told, script), body, lang=_LANGUAGES[said.language])
    return f"<!DOCTYPE html>\n{html(document)}\n".encode()


def _overview(told: ResultView, said: Words, rows: list[Element], links: Mapping[str, str]) -> Element:
    listed = ranking.columns(told, said)
    shown, more = ranking.counted(len(rows), said)
    ranked = e(
        "section",
        e("h2", said.label("page ranking")),
        ranking.controls(listed, said),
        shown,
        ranking.table(listed, rows, said),
        more,
    )
    parts = (ranked, notices.selections(told, said, links), *notices.absent(told, said))
    return e("div", *notices.overview(told, said), *parts, id="overview")


def _units(units: list[Element], said: Words, *, as_data: bool) -> Element:
    """Give the drill-downs a place, and the script what leads from one to the next."""
    steps = (("#overview", "back", "page back"), ("#", "before", "page before unit"), ("#", "after", "page after unit"))
    around = (e("a", said.label(key), href=href, id=id_) for href, id_, key in steps)
    note = e("p", said.label("page needs script"), class_="needs") if as_data else None
    return e("div", e("nav", *around, hidden=True), note, *units, id="units")


def _head(told: ResultView, script: str) -> Element:
    style = _asset("page.css")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return e(
        "head",
        e("meta", charset="utf-8"),
        Element("meta", (("http-equiv", "Content-Security-Policy"), ("content", policy)), ()),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="color-scheme", content="light dark"),
        e("meta", name="generator", content=f"dangjian-score {__version__}"),
        e("title", told.rubric.title),
        e("style", style),
        e("script", script),
    )


def _asset(name: str) -> str:
    """Read a file of the package, with the line ends that a browser hashes."""
    return (files(__package__) / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
