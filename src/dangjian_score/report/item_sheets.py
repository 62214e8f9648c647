"""明细, a row a unit and a column an item; 加减分明细, a row a line of points."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine.result import Detail, NodeResult, UnitResult
from dangjian_score.report.book import Book, ColouredCell, Entry, FigureCells, decimals_format, figure, whole_figure
from dangjian_score.report.lines import LineRow, LineRows
from dangjian_score.report.sheets import Row, SheetColumn, SheetDrawing, add_sheet, points_width, rank_column
from dangjian_score.report.view import ResultView

_LOST: Final = "#FBE3B5"
_INAPPLICABLE: Final = "—"
_NOTHING: Final = Fraction(0)
_BEFORE: Final = 2
"""Columns before those of items."""


class _Slot(Struct, frozen=True):
    """A node, and the heads above its column."""

    node: NodeResult
    above: tuple[str, ...]
    head: str


class MatrixSheet:
    """Collects the rows unit by unit."""

    def __init__(self, view: ResultView) -> None:
        self._view, self.figures, self._totals = view, FigureCells(view.places), FigureCells(view.rubric.total_places)
        self._lost: BoundedCache[Entry, ColouredCell] = BoundedCache()
        self._slots: list[_Slot] = []
        self._order: list[tuple[int, bool]] = []
        self._rows: list[Row] = []
        self._repeating: set[int] = set()

    def add(self, unit: UnitResult, detail: Detail) -> None:
        """Take in a unit's items."""
        nodes = [node for _, node in detail.all_nodes()]
        if not self._slots:
            self._begin(detail, nodes)
        places = self._order
        self._repeating = {at for at in self._repeating if _repeats(nodes[places[at][0]])}
        points = [self._points(unit, nodes[at], is_base=is_base) for at, is_base in places]
        self._rows.append(
            (self._view.rank(None) if unit.rank is None else unit.rank, unit.unit, *points, self._totals.of(unit.total))
        )

    def _begin(self, detail: Detail, nodes: list[NodeResult]) -> None:
        """Take the columns from the first unit; the nodes of all stand in the same order."""
        self._slots = [*self._of(detail)]
        place = {id(node): at for at, node in enumerate(nodes)}
        self._order = [(place[id(slot.node)], slot.node.kind == "base") for slot in self._slots]
        self._repeating = {at for at, slot in enumerate(self._slots) if len(slot.node.nodes) == 1}

    def _of(self, detail: Detail) -> Iterator[_Slot]:
        label = self._view.words.text
        once = (label("once"),) if detail.rounds else ()
        for name, section in detail.sections():
            yield from self._of_section(section, once if name is None else (label("a round", name=name),))

    def _of_section(self, section: NodeResult, above: tuple[str, ...]) -> Iterator[_Slot]:
        """Visit a section's items, each before the group it belongs to, which is a sum."""
        label, title = self._view.words.text, f"{section.id} {section.title}"
        heads = (*above, label("over max", title=title, max=self._view.brief(section.max)))
        for node in _upwards(section):
            name = () if node is section else (f"{node.id} {node.title}",)
            total = (label("subtotal"),) if node.nodes else ()
            yield _Slot(node, heads, " ".join((*name, *total)) or label("scored"))

    def _points(self, unit: UnitResult, node: NodeResult, *, is_base: bool) -> Entry | ColouredCell:
        """Give a node's points, coloured where they are less than a base node carries, or were taken off."""
        if not node.applies:
            waits = any(line.verb == "not due" for line in node.lines)
            return self._view.instead(node) if waits else _INAPPLICABLE
        have, due = node.points, node.due if is_base else _NOTHING
        points = whole_figure(have, self._view.places) if node.id in unit.precise else self.figures.of(have)
        if due is None or have is due or not _is_less(have, due):
            return points
        if self._view.needs_all_digits(unit, node.id, have, due):
            points = whole_figure(have, self._view.places)
        return self._lost.get(points) or self._lost.keep(points, ColouredCell(points, _LOST))

    def draw(self, book: Book) -> None:
        """Add the sheet. A sum of one item that is never other than the item is left out."""
        label = self._view.words.text
        title = self._view.titled(self._view.part("matrix of"))
        table = SheetDrawing(
            notes=[title, label("matrix note")],
            columns=self._columns(),
            rows=self._rows,
            kept=2,
            without=frozenset(at + _BEFORE for at in self._repeating),
        )
        add_sheet(book, label("sheet matrix"), table)

    def _columns(self) -> list[SheetColumn]:
        view, label = self._view, self._view.words.text
        points, wide = decimals_format(view.places, more=True), points_width(view.places)
        return [
            rank_column(view.rank_head, is_provisional=view.is_provisional),
            SheetColumn(view.rubric.subject, below=(label("clause"), label("max"))),
            *(
                SheetColumn(
                    slot.head,
                    points,
                    slot.above,
                    (slot.node.clause, None if slot.node.max is None else figure(slot.node.max, view.places)),
                    wide,
                    short=True,
                    grounds=(_LOST,),
                )
                for slot in self._slots
            ),
            SheetColumn(label("total"), decimals_format(view.rubric.total_places), width=wide),
        ]


def _upwards(node: NodeResult) -> Iterator[NodeResult]:
    for lower in node.nodes:
        yield from _upwards(lower)
    yield node


def _repeats(node: NodeResult) -> bool:
    return node.points == node.nodes[0].points


def _is_less(points: Fraction, due: Fraction) -> bool:
    """Compare as `<` does, in a third of the time."""
    (numerator, denominator), (most, parts) = points.as_integer_ratio(), due.as_integer_ratio()
    return numerator * parts < most * denominator


_ROUND, _CLAUSE, _ITEM, _WHY, _LIMIT, _CELLS = 12, 10, 24, 46, 11, 30
"""Widths of the columns: with the others they fill A4 landscape."""
_LIMIT_AT: Final = 8
"""Where the limit stands in a row."""


class Ledger:
    """Collects the rows unit by unit."""

    def __init__(self, view: ResultView) -> None:
        self._view, self.figures = view, FigureCells(view.places)
        self._lines, self._rows = LineRows(view, self._entries), list[Row]()

    def add(self, unit: UnitResult, detail: Detail) -> None:
        """Take in a unit's lines."""
        self._rows += ((unit.unit, *row, cells) for row, cells in self._lines.of(detail))

    def _entries(self, row: LineRow) -> Row:
        """Give what stands between the unit and the cells."""
        item = row.title if row.item is None else f"{row.item} {row.title}"
        before = None if row.before is None else self.figures.of(row.before)
        moved = whole_figure(row.points, self._view.places) if row.whole else self.figures.of(row.points)
        missing = None if row.missing is None else self.figures.of(row.missing)
        return (row.round, row.clause, item, row.text, before, moved, missing, row.limit)

    def draw(self, book: Book) -> None:
        """Add the sheet."""
        label = self._view.words.text
        limits = [label("limits note")] if any(row[_LIMIT_AT] is not None for row in self._rows) else []
        table = SheetDrawing(
            notes=[self._view.titled(self._view.part("lines of")), label("lines note"), *limits],
            columns=self._columns(),
            rows=self._rows,
            filtered=True,
        )
        add_sheet(book, label("sheet lines"), table)

    def _columns(self) -> list[SheetColumn]:
        label, places = self._view.words.text, self._view.places
        points, wide = decimals_format(places, signed=True, more=True), points_width(places)
        return [
            SheetColumn(self._view.rubric.subject),
            SheetColumn(label("round"), width=_ROUND, short=True),
            SheetColumn(label("clause"), width=_CLAUSE, short=True),
            SheetColumn(label("item"), width=_ITEM),
            SheetColumn(label("arithmetic"), width=_WHY),
            SheetColumn(label("before limit"), points, width=wide),
            SheetColumn(label("points"), points, width=wide),
            SheetColumn(label("missing"), points, width=wide),
            SheetColumn(label("limit"), width=_LIMIT, short=True),
            SheetColumn(label("cell"), width=_CELLS),
        ]
