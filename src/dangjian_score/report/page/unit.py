"""The drill-down of a unit: how its total came about, section by section, item by item, line by line."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.points import fixed
from dangjian_score.report.page.elements import Element, cell, e
from dangjian_score.report.telling import cells_of
from dangjian_score.report.view import LineView, NodeView, ResultView, RoundView, UnitView
from dangjian_score.words.say import Words

_TOTAL: Final = "total"
_CELLS: Final = ("clause", "cells", "points", "max")
"""What stands beside an item or line, by class; the public sees no cells."""


class Drawer:
    """Draws units; an item that lost and won nothing is drawn once for all units that share it."""

    def __init__(self, told: ResultView, said: Words) -> None:
        self._told = told
        self._said = said
        self._honours = {one.title: one.honours for one in told.selections}
        self._even: dict[tuple[str, str, str | None, bool, int], Element] = {}
        self._start, self._inapplicable = said.label("page start"), said.label("page inapplicable")
        self._shown = frozenset(_CELLS) - ({"cells"} if told.public else set())
        labels = {"clause": "clause", "cells": "cell", "points": "points", "max": "max"}
        heads = {"what": "item", **{name: key for name, key in labels.items() if name in self._shown}}
        self._head = e(
            "thead", e("tr", *(e("th", said.label(key), class_=name, scope="col") for name, key in heads.items()))
        )

    def unit(self, unit: UnitView, at: int) -> Element:
        """Draw everything there is to say of a unit; `at` is its number on the page."""
        rounds = (self._round(name, one) for name, one in unit.rounds.items())
        return e(
            "section",
            e("h2", unit.unit, tabindex="-1"),
            self._standing(unit),
            self._sum(unit),
            *rounds,
            *self._sections(unit.nodes),
            class_="unit",
            id=f"u{at}",
        )

    def _standing(self, unit: UnitView) -> Element:
        """Say where the unit stands: rank, total, grade, what it is, what it was chosen for, what vetoes it."""
        rank = self._said.label("ranked", rank=str(unit.rank))
        facts = (
            (self._said.label("page standing provisional", rank=rank) if self._told.is_provisional else rank, "rank"),
            (f"{self._said.label('total')} {unit.total}", "total"),
            *([(unit.grade, "grade")] if unit.grade else []),
            *((f"{name} {value}", "attribute") for name, value in unit.attributes.items() if value),
            *((title, "chosen" if self._honours[title] else "veto") for title in unit.selections),
            *((title, "veto") for title in unit.vetoes),
        )
        return e("ul", *(e("li", text, class_=class_) for text, class_ in facts), class_="standing")

    def _sum(self, unit: UnitView) -> Element:
        """Add the total up: sections and lines of each kind, then what is done to the whole."""
        rows = [row for kind in unit.kinds for row in self._kind(unit, kind)]
        rows += (self._step(line.text, line.points, "line") for line in unit.lines if line.rule == _TOTAL)
        caption = e("caption", self._said.label("page sum"))
        return e("table", caption, e("tbody", *rows, self._step(self._said.label("total"), unit.total, "sum")))

    def _kind(self, unit: UnitView, kind: str) -> Iterator[Element]:
        nodes = [node for node in unit.nodes if node.kind == kind]
        lines = [line for line in unit.lines if line.rule == kind]
        if nodes or lines:
            alone = len(nodes) == 1 and not lines
            yield from (self._step(node.title, node.points, "part") for node in nodes if not alone)
            yield from (self._step(line.text, line.points, "line") for line in lines)
            yield self._step(self._said.label(kind), unit.kinds[kind], "kind")

    def _step(self, text: str, points: str, class_: str) -> Element:
        return e("tr", e("th", text, scope="row"), e("td", points, class_="points"), class_=class_)

    def _round(self, name: str, one: RoundView) -> Element:
        told = self._said.label("page round", base=one.base)
        lines = [self._step(line.text, line.points, "line") for line in one.lines]
        table = e("table", e("tbody", *lines)) if lines else None
        return e("section", e("h3", name, e("small", told)), *self._sections(one.nodes), table, class_="round")

    def _sections(self, nodes: Iterable[NodeView]) -> Iterator[Element]:
        for node in nodes:
            rows = [*(row for one in node.nodes for row in self._rows(one, 0)), *self._lines(node, 0)]
            most = "" if node.max is None else f"/ {node.max}"
            texts = {"what": f"{node.id} {node.title}", "clause": node.clause or "", "points": node.points, "max": most}
            heading = [cell(class_, text, "span") for class_, text in texts.items()]
            if rows:
                moved = any(one.lines for one in node.below())
                table = e("table", self._head, e("tbody", *rows))
                yield e("details", e("summary", *heading), table, open=moved)
            else:
                yield e("p", *heading, class_="section")

    def _rows(self, node: NodeView, depth: int) -> Iterator[Element]:
        yield self._item(node, depth)
        yield from (row for one in node.nodes for row in self._rows(one, depth + 1))
        yield from self._lines(node, depth + 1)

    def _item(self, node: NodeView, depth: int) -> Element:
        key = (node.id, node.points, node.max, node.applies, depth)
        drawn = self._even.get(key)
        if drawn is None:
            points = node.points if node.applies else self._inapplicable
            name = Element("th", (("class", "what"), ("scope", "row")), (f"{node.id} {node.title}",))
            texts = (node.clause or "", "", points, node.max or "")
            drawn = self._even[key] = self._row(f"item deep{depth}", name, texts)
        return drawn

    def _lines(self, node: NodeView, depth: int) -> Iterator[Element]:
        """Draw what adds up to the points of a node, its start first."""
        class_ = f"line deep{depth}"
        if node.lines and node.applies and node.start != "0":
            start = fixed(Fraction(node.start), self._told.rubric.places)
            yield self._row(class_, cell("what", self._start), ("", "", start, ""))
        for line in node.lines:
            clause = line.clause if line.clause and line.clause != node.clause else ""
            yield self._row(class_, self._why(line), (clause, cells_of(line), line.points, ""))

    def _row(self, class_: str, what: Element, texts: Sequence[str]) -> Element:
        cells = (cell(name, text) for name, text in zip(_CELLS, texts, strict=True) if name in self._shown)
        return Element("tr", (("class", class_),), (what, *cells))

    def _why(self, line: LineView) -> Element:
        """Say what a line did; what a limit left out is told beside it."""
        if not line.is_capped:
            return cell("what", line.text)
        before = e("small", self._said.label("page before", points=line.before))
        return e("td", line.text, before, class_="what")
