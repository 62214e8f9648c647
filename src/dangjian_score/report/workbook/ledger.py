"""扣分清单: a row a line of points, with the clause, the arithmetic, the limit that bit and the cells it rests on."""

from typing import Final

from dangjian_score.engine.result import Because, Detail, PointsLine, NodeResult, UnitResult
from dangjian_score.kept import BoundedCache
from dangjian_score.report.book import Book, FigureCells, whole_figure
from dangjian_score.report.sheets import SheetColumn, Row, SheetDrawing, add_sheet, decimals_format
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.report.workbook.titles import points_width, titled

_ROUND, _CLAUSE, _ITEM, _WHY, _LIMIT, _CELLS = 12, 10, 24, 46, 11, 30
"""Widths of the columns: with the others they fill A4 landscape."""
_LIMIT_AT: Final = 7
"""Where the limit stands in a row."""
_LIMITS: Final = {"floor": "limit floor", "ceiling": "limit ceiling"}


class Ledger:
    """Collects the rows unit by unit."""

    def __init__(self, view: ResultView) -> None:
        self._view, self.figures = view, FigureCells(view.places)
        self._rows: list[Row] = []
        self._known: BoundedCache[tuple[int, str, tuple[int, int], tuple[int, int]], tuple[Because, Row]] = BoundedCache()

    def add(self, unit: UnitResult, detail: Detail) -> None:
        """Take in a unit's lines."""
        name = unit.unit
        for round_, node, line in detail.all_lines():
            self._rows.append((name, *self._told(round_, node, line), cells_of(line) or None))

    def _told(self, round_: str | None, node: NodeResult | None, line: PointsLine) -> Row:
        """Give what stands between the unit and the cells; lines that share a reason and move the same say the same."""
        because = line.because
        if because is None or because.slips or because.groups:
            return self._entries(round_, node, line)
        key = (id(because), line.verb, line.before.as_integer_ratio(), line.points.as_integer_ratio())
        known = self._known.get(key) or self._known.keep(key, (because, self._entries(round_, node, line)))
        return known[1]

    def _entries(self, round_: str | None, node: NodeResult | None, line: PointsLine) -> Row:
        before = self.figures.of(line.before) if line.is_capped else None
        item, text = self._item(node, line), self._view.text(line) or None
        moved = (
            whole_figure(line.points, self._view.places) if line.verb == "rounding" else self.figures.of(line.points)
        )
        return (round_, line.clause, item, text, before, moved, self._limit(line))

    def _item(self, node: NodeResult | None, line: PointsLine) -> str:
        return self._view.words.label(line.rule) if node is None else f"{node.id} {node.title}"

    def _limit(self, line: PointsLine) -> str | None:
        """Name the limit that bit: that of the rule, or the one this line is."""
        limit = _LIMITS.get(line.verb, "limit rule" if line.is_capped else None)
        return None if limit is None else self._view.words.label(limit)

    def draw(self, book: Book) -> None:
        """Add the sheet."""
        label, title = self._view.words.label, self._view.rubric.title
        limits = [label("limits note")] if any(row[_LIMIT_AT] is not None for row in self._rows) else []
        table = SheetDrawing(
            notes=[titled(self._view, label("lines of", title=title)), label("lines note"), *limits],
            columns=self._columns(),
            rows=self._rows,
            filtered=True,
        )
        add_sheet(book, label("sheet lines"), table)

    def _columns(self) -> list[SheetColumn]:
        label, places = self._view.words.label, self._view.places
        points, wide = decimals_format(places, signed=True, more=True), points_width(places)
        return [
            SheetColumn(self._view.rubric.subject),
            SheetColumn(label("round"), width=_ROUND, short=True),
            SheetColumn(label("clause"), width=_CLAUSE, short=True),
            SheetColumn(label("item"), width=_ITEM),
            SheetColumn(label("arithmetic"), width=_WHY),
            SheetColumn(label("before limit"), points, width=wide),
            SheetColumn(label("points"), points, width=wide),
            SheetColumn(label("limit"), width=_LIMIT, short=True),
            SheetColumn(label("cell"), width=_CELLS),
        ]
