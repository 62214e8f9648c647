"""The ranking of a page and the drill-down of each unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.names import order_key
from dangjian_score.engine.result import Detail, NodeResult, PointsLine, RoundResult, UnitResult
from dangjian_score.report.overview import RankingColumn, RankingKey, standing_facts
from dangjian_score.report.page.elements import Element, cell, e
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.rubric.model import Kind
from dangjian_score.words.say import Words

_LOOKS: Final[Mapping[RankingKey, tuple[str, str]]] = {
    "rank": ("figure", "rank"),
    "group rank": ("text", "rank"),
    "unit": ("text", "name"),
    "attribute": ("text", "attribute"),
    "total": ("figure", "total"),
    "due": ("figure", "due"),
    "rate": ("figure", "rate"),
    "part": ("figure", "part"),
    "grade": ("listed", "grade"),
    "decided": ("text", "decided"),
    "selections": ("listed", "chosen"),
}
"""How columns of the ranking are sorted, and their class."""


def _options(column: RankingColumn, view: ResultView) -> Sequence[str]:
    """List what may be chosen from in a column, if anything."""
    result = view.result
    match column.key:
        case "attribute":
            return sorted({unit.attributes.get(column.head, "") for unit in result.units} - {""}, key=order_key)
        case "decided":
            return sorted({text for unit in result.units for text in view.struck(unit)}, key=order_key)
        case "grade":
            others = {view.grade(unit) for unit in result.units} - {"", *view.grades}
            return [*view.grades, *sorted(others, key=order_key)]
        case "selections":
            return [chosen.selection.title for chosen in result.selections]
        case "rank" | "unit" | "part" | "total" | "due" | "rate" | "group rank":
            return ()


def row(unit: UnitResult, at: int, view: ResultView) -> Element:
    """Draw a unit's row; `at` is its number on the page."""
    rubric = view.rubric
    return e(
        "tr",
        cell("rank", view.rank(unit.rank)),
        e("th", e("a", unit.unit, href=f"#u{at}"), class_="name", scope="row"),
        *(cell("attribute", unit.attributes.get(name, "")) for name in rubric.attributes),
        cell("total", view.total(unit.total)),
        *([cell("due", view.due(unit.due)), cell("rate", view.rate(unit))] if view.until else []),
        *(cell("part", points) for points in view.columns(unit)),
        cell("rank", view.rank(unit.group_rank)) if rubric.groups else None,
        *(e("td", *_tags([grade] if grade else []), class_="grade") for grade in view.grade_cells(unit)),
        e("td", *_tags(view.decided(unit)), class_="decided") if view.decided_head else None,
        e("td", *_tags(unit.selections), class_="chosen") if rubric.selections else None,
    )


def _tags(names: Iterable[str]) -> Iterable[Element]:
    return (e("span", name) for name in names)


def table(columns: Iterable[RankingColumn], rows: Iterable[Element], view: ResultView) -> Element:
    """Draw the ranking, which `row` fills in the order of the columns; its heads become buttons by the script."""
    heads = (_head(column, *_LOOKS[column.key], view) for column in columns)
    body = e("table", e("thead", e("tr", *heads)), e("tbody", *rows), id="ranked")
    return e("div", body, class_="scroll", role="region", aria_label=view.words.text("page ranking"), tabindex="0")


def _head(column: RankingColumn, sort: str, class_: str, view: ResultView) -> Element:
    most = None if column.max is None else e("small", view.brief(column.max))
    return e("th", column.head, most, class_=class_, scope="col", data_sort=sort)


def controls(columns: Iterable[RankingColumn], view: ResultView) -> Element:
    """Draw search, filters and printing; hidden until the script is there to answer."""
    words = view.words
    search = e("input", type="search", id="search", autocomplete="off", placeholder=words.text("page search hint"))
    choices = ((at, column.head, _options(column, view)) for at, column in enumerate(columns))
    filters = (e("label", head, _select(at, head, names, words)) for at, head, names in choices if names)
    printed = e("label", e("input", type="checkbox", id="whole"), words.text("page print units"), class_="check")
    button = e("button", words.text("page print"), type="button", id="print")
    return e(
        "form",
        e("label", words.text("page search"), search),
        *filters,
        e("span", printed, button, class_="printing"),
        id="controls",
        role="search",
        hidden=True,
    )


def _select(at: int, head: str, names: Sequence[str], words: Words) -> Element:
    options = (e("option", name) for name in names)
    every = e("option", words.text("page all"), value="")
    return e("select", every, *options, data_column=str(at), aria_label=head)


def counted(number: int, words: Words) -> tuple[Element, Element]:
    """Draw how many units are shown, and the button for more; the script fills both in."""
    template = words.text("page shown", shown="{shown}", all="{all}")
    shown = e(
        "p", words.text("page shown", shown=str(number), all=str(number)), id="shown", role="status", data_text=template
    )
    return shown, e("button", words.text("page more"), type="button", id="more", hidden=True)


_TOTAL: Final = "total"
_CELLS: Final = ("clause", "cells", "points", "max")
"""What stands beside an item or line, by class; the public sees no cells."""


class Drawer:
    """Draws units; an item that lost and won nothing is drawn once for all units that share it."""

    def __init__(self, view: ResultView) -> None:
        words = view.words
        self._view, self._words = view, words
        self._honours = {chosen.selection.title: chosen.selection.honours for chosen in view.result.selections}
        self._even: dict[tuple[str, str, str, int], Element] = {}
        self._start = words.text("page start")
        self._shown = frozenset(_CELLS) - ({"cells"} if view.public else set())
        labels = {"clause": "clause", "cells": "cell", "points": "points", "max": "max"}
        heads = {"what": "item", **{name: key for name, key in labels.items() if name in self._shown}}
        self._head = e(
            "thead", e("tr", *(e("th", words.text(key), class_=name, scope="col") for name, key in heads.items()))
        )

    def unit(self, unit: UnitResult, detail: Detail, at: int) -> Element:
        """Draw everything there is to say of a unit; `at` is its number on the page."""
        rounds = (self._round(unit, name, round_) for name, round_ in detail.rounds.items())
        return e(
            "section",
            e("h2", unit.unit, tabindex="-1"),
            self._standing(unit),
            *(e("p", reason, class_="reason") for reason in self._view.reasons(unit)),
            self._sum(unit, detail),
            *(e("p", sentence) for sentence in self._view.taken(unit)),
            *rounds,
            *self._spans(unit),
            e("h3", self._words.text("feedback once")) if detail.rounds and detail.nodes else None,
            *self._sections(unit, detail.nodes),
            class_="unit",
            id=f"u{at}",
        )

    def _standing(self, unit: UnitResult) -> Element:
        """Say where the unit stands: rank, total, grade, what it is, what it was chosen for, what vetoes it."""
        rank = self._view.ranked(unit)
        facts = (
            (self._words.text("page standing provisional", rank=rank) if self._view.is_provisional else rank, "rank"),
            *((fact, "total") for fact in standing_facts(unit, self._view)),
            *([(self._view.grade(unit), "grade")] if self._view.grade(unit) else []),
            *((f"{name} {value}", "attribute") for name, value in unit.attributes.items() if value),
            *((title, "chosen" if self._honours[title] else "veto") for title in unit.selections),
            *((title, "veto") for title in unit.vetoes),
        )
        return e("ul", *(e("li", text, class_=class_) for text, class_ in facts), class_="standing")

    def _sum(self, unit: UnitResult, detail: Detail) -> Element:
        """Add the total up: sections and lines of each kind, then what is done to the whole."""
        rows = [row for kind in unit.kinds for row in self._kind(unit, detail, kind)]
        rows += (self._moved(line) for line in detail.lines if line.rule == _TOTAL)
        caption = e("caption", self._words.text("page sum"))
        total = self._step(self._view.total_head, self._view.total(unit.total), "sum")
        return e("table", caption, e("tbody", *rows, total))

    def _kind(self, unit: UnitResult, detail: Detail, kind: Kind) -> Iterator[Element]:
        nodes = [node for node in detail.nodes if node.kind == kind]
        lines = [line for line in detail.lines if line.rule == kind]
        if nodes or lines:
            alone = len(nodes) == 1 and not lines
            yield from (self._step(node.title, self._points(unit, node), "part") for node in nodes if not alone)
            yield from map(self._moved, lines)
            yield self._step(self._words.text(kind), self._view.node_points(unit, f":{kind}", unit.kinds[kind]), "kind")

    def _step(self, text: str, points: str, class_: str) -> Element:
        return e("tr", e("th", text, scope="row"), e("td", points, class_="points"), class_=class_)

    def _moved(self, line: PointsLine) -> Element:
        return self._step(self._view.located(line), self._view.moved(line), "line")

    def _round(self, unit: UnitResult, name: str, round_: RoundResult) -> Element:
        base = e("small", self._in_round(unit, name, round_.base))
        lines = [*map(self._moved, round_.lines)]
        table = e("table", e("tbody", *lines)) if lines else None
        return e("section", e("h3", name, base), *self._sections(unit, round_.nodes), table, class_="round")

    def _spans(self, unit: UnitResult) -> Iterator[Element]:
        """Draw where the unit stands in spans of rounds."""
        for name in self._view.rubric.spans:
            stage = self._view.stages.get(name)
            if stage is not None and (here := stage.of(unit.unit)) is not None:
                yield e("h3", name, e("small", self._in_round(unit, name, here.kinds["base"])))

    def _in_round(self, unit: UnitResult, name: str, base: Fraction) -> str:
        """Say what the unit has in a round or span of rounds, and where it stands in it."""
        stage = self._view.stages.get(name)
        here = None if stage is None else stage.of(unit.unit)
        standing = {"total": "", "rank": "", "grade": ""}
        if stage is not None and here is not None:
            standing = {"total": stage.total(here.total), "rank": stage.rank(here.rank), "grade": stage.grade(here)}
        return self._words.text("page round", base=self._view.points(base), **standing)

    def _sections(self, unit: UnitResult, nodes: Iterable[NodeResult]) -> Iterator[Element]:
        for node in nodes:
            rows = [*(row for lower in node.nodes for row in self._rows(unit, lower, 0)), *self._lines(node, 0)]
            carried = self._view.carried(node)
            most = "" if carried is None else f"/ {self._view.brief(carried)}"
            points = self._points(unit, node)
            texts = {"what": f"{node.id} {node.title}", "clause": node.clause or "", "points": points, "max": most}
            heading = [cell(class_, text, "span") for class_, text in texts.items()]
            if rows:
                moved = any(lower.lines for lower in node.below())
                table = e("table", self._head, e("tbody", *rows))
                yield e("details", e("summary", *heading), table, open=moved)
            else:
                yield e("p", *heading, class_="section")

    def _rows(self, unit: UnitResult, node: NodeResult, depth: int) -> Iterator[Element]:
        yield self._item(unit, node, depth)
        yield from (row for lower in node.nodes for row in self._rows(unit, lower, depth + 1))
        yield from self._lines(node, depth + 1)

    def _points(self, unit: UnitResult, node: NodeResult) -> str:
        return self._view.node_points(unit, node.id, node.points, node.due)

    def _item(self, unit: UnitResult, node: NodeResult, depth: int) -> Element:
        points = self._points(unit, node) if node.applies else self._view.instead(node)
        most = self._view.brief(self._view.carried(node))
        key = (node.id, points, most, depth)
        drawn = self._even.get(key)
        if drawn is None:
            name = Element("th", (("class", "what"), ("scope", "row")), (f"{node.id} {node.title}",))
            texts = (node.clause or "", "", points, most)
            drawn = self._even[key] = self._row(f"item deep{depth}", name, texts)
        return drawn

    def _lines(self, node: NodeResult, depth: int) -> Iterator[Element]:
        """Draw what adds up to the points of a node, its start first."""
        class_ = f"line deep{depth}"
        if node.lines and node.applies and node.start:
            yield self._row(class_, cell("what", self._start), ("", "", self._view.points(node.start), ""))
        for line in node.lines:
            clause = line.clause if line.clause and line.clause != node.clause else ""
            yield self._row(class_, self._why(line), (clause, cells_of(line), self._view.moved(line), ""))

    def _row(self, class_: str, what: Element, texts: Sequence[str]) -> Element:
        cells = (cell(name, text) for name, text in zip(_CELLS, texts, strict=True) if name in self._shown)
        return Element("tr", (("class", class_),), (what, *cells))

    def _why(self, line: PointsLine) -> Element:
        """Say what a line did; what a limit left out, and what was not earned, stand beside it."""
        text, says = self._view.text(line), self._words.text
        beside = [says("page before", points=self._view.points(line.before))] if line.is_capped else []
        beside += [says("missing points", points=self._view.missed(line))] if line.missing else []
        if not beside:
            return cell("what", text)
        return e("td", text, *(e("small", remark) for remark in beside), class_="what")
