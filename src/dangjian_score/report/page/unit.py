"""The drill-down of a unit: how its total came about, section by section, item by item, line by line."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from dangjian_score.points import fixed
from dangjian_score.report.page.elements import Element, e
from dangjian_score.report.telling import cells_of
from dangjian_score.report.view import LineView, NodeView, ResultView, RoundView, UnitView
from dangjian_score.words.say import Words

_TOTAL = "total"


class Drawer:
    """Draws units; an item that lost and won nothing is drawn once for all units that share it."""

    def __init__(self, told: ResultView, said: Words) -> None:
        self._told = told
        self._said = said
        self._even: dict[tuple[str, str, str, bool, int], Element] = {}
        keys = ("points", "max", "clause", "cell", "page start", "page inapplicable", "comma")
        self._words = {key: said.label(key) for key in keys}
        ends = () if told.public else (e("th", self._words["cell"], class_="cells", scope="col"),)
        heads = (("item", "what"), ("clause", "clause"), ("points", "points"), ("max", "max"))
        columns = (e("th", said.label(key), class_=class_, scope="col") for key, class_ in heads)
        self._head = e("thead", e("tr", *columns, *ends))

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
            *((title, "chosen") for title in unit.selections),
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
            yield from (self._step(node.title, node.points, "part") for node in nodes)
            yield from (self._step(line.text, line.points, "line") for line in lines)
            yield self._step(self._said.label(kind), unit.kinds[kind], "kind")

    def _step(self, text: str, points: str, class_: str) -> Element:
        return e("tr", e("th", text, scope="row"), e("td", points, class_="points"), class_=class_)

    def _round(self, name: str, one: RoundView) -> Element:
        told = self._said.label("page round", weight=one.weight, base=one.base)
        lines = [self._step(line.text, line.points, "line") for line in one.lines]
        table = e("table", e("tbody", *lines)) if lines else None
        return e("section", e("h3", name, e("small", told)), *self._sections(one.nodes), table, class_="round")

    def _sections(self, nodes: Iterable[NodeView]) -> Iterator[Element]:
        for node in nodes:
            rows = [*(row for one in node.nodes for row in self._rows(one, 0)), *self._lines(node, 0)]
            heading = (
                e("span", f"{node.id} {node.title}", class_="what"),
                e("span", node.clause, class_="clause") if node.clause else None,
                e("span", node.points, class_="points"),
                e("span", f"/ {node.max}", class_="max") if node.max is not None else None,
            )
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
        key = (node.id, node.points, node.max or "", node.applies, depth)
        drawn = self._even.get(key)
        if drawn is None:
            points = node.points if node.applies else self._words["page inapplicable"]
            name = e("th", f"{node.id} {node.title}", class_="what", scope="row")
            drawn = self._even[key] = self._row(name, node.clause or "", points, node.max or "", (), f"item deep{depth}")
        return drawn

    def _lines(self, node: NodeView, depth: int) -> Iterator[Element]:
        """Draw what adds up to the points of a node, its start first."""
        class_ = f"line deep{depth}"
        if node.lines and node.applies and node.start != "0":
            start = fixed(Fraction(node.start), self._told.rubric.places)
            yield self._row(e("td", self._words["page start"], class_="what"), "", start, "", (), class_)
        for line in node.lines:
            clause = line.clause if line.clause and line.clause != node.clause else ""
            yield self._row(self._why(line), clause, line.points, "", self._cells(line), class_)

    def _row(self, what: Element, clause: str, points: str, most: str, cells: tuple[Element | str, ...], class_: str) -> Element:
        end = None if self._told.public else e("td", *cells, class_="cells")
        marked = (e("td", clause, class_="clause"), e("td", points, class_="points"), e("td", most, class_="max"))
        return e("tr", what, *marked, end, class_=class_)

    def _why(self, line: LineView) -> Element:
        """Say what a line did; what a limit left out is told beside it."""
        text = line.text or self._said.label(f"page {line.verb}")
        before = e("small", self._said.label("page before", points=line.before)) if line.is_capped else None
        return e("td", text, before, class_="what")

    def _cells(self, line: LineView) -> tuple[Element | str, ...]:
        return (cells_of(line),) if line.cells else ()
