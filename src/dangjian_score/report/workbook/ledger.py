"""扣分清单: a row a line of points, with the clause, the arithmetic, the limit that bit and the cells it rests on."""

from typing import Final

from dangjian_score.engine.result import Detail, Line, NodeResult, UnitResult
from dangjian_score.report.book import Book, Figures
from dangjian_score.report.sheets import Column, Row, Table, add_sheet, decimals_format
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.report.workbook.titles import points_width, titled

_ROUND, _CLAUSE, _ITEM, _WHY, _LIMIT, _CELLS = 12, 10, 24, 46, 11, 30
"""Widths of the columns: with the others they fill A4 landscape."""
_LIMITS: Final = {"floor": "limit floor", "ceiling": "limit ceiling"}


class Ledger:
    """Collects the rows unit by unit."""

    def __init__(self, view: ResultView) -> None:
        self._view, self.figures = view, Figures(view.places)
        self._rows: list[Row] = []
        self._is_limited = False

    def add(self, unit: UnitResult, detail: Detail) -> None:
        """Take in a unit's lines."""
        for round_, node, line in detail.all_lines():
            limit = self._limit(line)
            self._is_limited = self._is_limited or limit is not None
            self._rows.append(
                (
                    unit.unit,
                    round_,
                    line.clause,
                    self._item(node, line),
                    self._view.text(line) or None,
                    self.figures.of(line.before) if line.is_capped else None,
                    self.figures.of(line.points),
                    limit,
                    cells_of(line) or None,
                )
            )

    def _item(self, node: NodeResult | None, line: Line) -> str:
        return self._view.words.label(line.rule) if node is None else f"{node.id} {node.title}"

    def _limit(self, line: Line) -> str | None:
        """Name the limit that bit: that of the rule, or the one this line is."""
        if line.verb in _LIMITS:
            return self._view.words.label(_LIMITS[line.verb])
        return self._view.words.label("limit rule") if line.is_capped else None

    def draw(self, book: Book) -> None:
        """Add the sheet."""
        label, title = self._view.words.label, self._view.rubric.title
        limits = [label("limits note")] if self._is_limited else []
        table = Table(
            notes=[titled(self._view, label("lines of", title=title)), label("lines note"), *limits],
            columns=self._columns(),
            rows=self._rows,
            filtered=True,
            poured=True,
        )
        add_sheet(book, label("sheet lines"), table)

    def _columns(self) -> list[Column]:
        label, places = self._view.words.label, self._view.places
        points, wide = decimals_format(places, signed=True), points_width(places)
        return [
            Column(self._view.rubric.subject),
            Column(label("round"), width=_ROUND, short=True),
            Column(label("clause"), width=_CLAUSE, short=True),
            Column(label("item"), width=_ITEM),
            Column(label("arithmetic"), width=_WHY),
            Column(label("before limit"), points, width=wide),
            Column(label("points"), points, width=wide),
            Column(label("limit"), width=_LIMIT, short=True),
            Column(label("cell"), width=_CELLS),
        ]
