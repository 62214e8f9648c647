"""The ranking: one row a unit, and what the script sorts, filters and searches it by."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dangjian_score.engine.result import UnitResult
from dangjian_score.names import order_key
from dangjian_score.report.page.elements import Element, cell, e
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Words


class RankingColumn(NamedTuple):
    """A column: its head, how it is sorted (`figure`, `text`, `listed`), and what is to be chosen from, if anything."""

    head: str
    sort: str
    class_: str
    note: str | None = None
    options: Sequence[str] = ()


def columns(view: ResultView) -> list[RankingColumn]:
    """List the columns; `row` fills them in the same order."""
    rubric, said = view.rubric, view.words
    rank = said.label("provisional rank" if view.is_provisional else "rank")
    attributes = (RankingColumn(name, "text", "attribute", None, _values(view, name)) for name in rubric.attributes)
    parts = (
        RankingColumn(one.title, "figure", "part", None if one.max is None else view.brief(one.max))
        for one in view.result.columns
    )
    titles = [one.selection.title for one in view.result.selections]
    ends = (
        (rubric.grades, RankingColumn(said.label("grade"), "listed", "grade", None, view.grades)),
        (rubric.vetoes, RankingColumn(said.label("veto"), "text", "veto", None, _vetoes(view))),
        (rubric.selections, RankingColumn(said.label("selections"), "listed", "chosen", None, titles)),
    )
    return [
        RankingColumn(rank, "figure", "rank"),
        RankingColumn(rubric.subject, "text", "name"),
        *attributes,
        RankingColumn(said.label("total"), "figure", "total"),
        *parts,
        *(column for there, column in ends if there),
    ]


def _values(view: ResultView, attribute: str) -> list[str]:
    return sorted({unit.attributes.get(attribute, "") for unit in view.result.units} - {""}, key=order_key)


def _vetoes(view: ResultView) -> list[str]:
    return sorted({title for unit in view.result.units for title in unit.vetoes}, key=order_key)


def row(unit: UnitResult, at: int, view: ResultView) -> Element:
    """Draw a unit's row; `at` is its number on the page."""
    rubric = view.rubric
    return e(
        "tr",
        cell("rank", str(unit.rank)),
        e("th", e("a", unit.unit, href=f"#u{at}"), class_="name", scope="row"),
        *(cell("attribute", unit.attributes.get(name, "")) for name in rubric.attributes),
        cell("total", view.total(unit.total)),
        *(cell("part", points) for points in view.columns(unit)),
        e("td", *_tags([unit.grade] if unit.grade else []), class_="grade") if rubric.grades else None,
        e("td", *_tags(unit.vetoes), class_="veto") if rubric.vetoes else None,
        e("td", *_tags(unit.selections), class_="chosen") if rubric.selections else None,
    )


def _tags(names: Iterable[str]) -> Iterable[Element]:
    return (e("span", name) for name in names)


def table(listed: Sequence[RankingColumn], rows: Iterable[Element], said: Words) -> Element:
    """Draw the table; its heads become buttons by the script."""
    heads = (
        e(
            "th",
            one.head,
            e("small", one.note) if one.note else None,
            class_=one.class_,
            scope="col",
            data_sort=one.sort,
        )
        for one in listed
    )
    body = e("table", e("thead", e("tr", *heads)), e("tbody", *rows), id="ranked")
    return e("div", body, class_="scroll", role="region", aria_label=said.label("page ranking"), tabindex="0")


def controls(listed: Sequence[RankingColumn], said: Words) -> Element:
    """Draw search, filters and printing; hidden until the script is there to answer."""
    every = said.label("page all")
    search = e("input", type="search", id="search", autocomplete="off", placeholder=said.label("page search hint"))
    filters = (
        e("label", column.head, _select(at, column, every)) for at, column in enumerate(listed) if column.options
    )
    printed = e("label", e("input", type="checkbox", id="whole"), said.label("page print units"), class_="check")
    button = e("button", said.label("page print"), type="button", id="print")
    return e(
        "form",
        e("label", said.label("page search"), search),
        *filters,
        e("span", printed, button, class_="printing"),
        id="controls",
        role="search",
        hidden=True,
    )


def _select(at: int, column: RankingColumn, every: str) -> Element:
    options = (e("option", name) for name in column.options)
    return e("select", e("option", every, value=""), *options, data_column=str(at), aria_label=column.head)


def counted(number: int, said: Words) -> tuple[Element, Element]:
    """Draw how many units are shown, and the button for more; the script fills both in."""
    template = said.label("page shown", shown="{shown}", all="{all}")
    shown = e(
        "p", said.label("page shown", shown=str(number), all=str(number)), id="shown", role="status", data_text=template
    )
    return shown, e("button", said.label("page more"), type="button", id="more", hidden=True)
