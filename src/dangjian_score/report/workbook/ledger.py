"""扣分清单: a row a line of points, with the clause, the arithmetic, the limit that bit and the cells it rests on."""

from collections.abc import Iterator
from typing import Final

from dangjian_score.report.book import Book, figure
from dangjian_score.report.sheets import Column, Row, Table, add_sheet, decimals_format
from dangjian_score.report.telling import cells_of
from dangjian_score.report.view import LineView, ResultView, Told, UnitView
from dangjian_score.report.workbook.titles import points_width, titled
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

_ROUND, _CLAUSE, _ITEM, _WHY, _LIMIT, _CELLS = 12, 10, 24, 46, 11, 30
"""Widths of the columns: with the others they fill A4 landscape."""
_LIMIT_AT: Final = 7
"""Where the limit stands in a row."""
_LIMITS: Final = {"floor": "limit floor", "ceiling": "limit ceiling"}


def add_ledger(book: Book, told: ResultView, said: Words, watch: Watch) -> None:
    """Add the sheet."""
    rows = [row for unit in told.units for row in _rows(unit, said)]
    limits = [said.label("limits note")] if any(row[_LIMIT_AT] is not None for row in rows) else []
    table = Table(
        notes=[titled(told, said.label("lines of", title=told.rubric.title), said), said.label("lines note"), *limits],
        columns=_columns(told, said),
        rows=rows,
        filtered=True,
    )
    add_sheet(book, said.label("sheet lines"), table, watch)


def _columns(told: ResultView, said: Words) -> list[Column]:
    points, wide = decimals_format(told.rubric.places, signed=True), points_width(told.rubric.places)
    return [
        Column(told.rubric.subject),
        Column(said.label("round"), width=_ROUND, short=True),
        Column(said.label("clause"), width=_CLAUSE, short=True),
        Column(said.label("item"), width=_ITEM),
        Column(said.label("arithmetic"), width=_WHY),
        Column(said.label("before limit"), points, width=wide),
        Column(said.label("points"), points, width=wide),
        Column(said.label("limit"), width=_LIMIT, short=True),
        Column(said.label("cell"), width=_CELLS),
    ]


def _rows(unit: UnitView, said: Words) -> Iterator[Row]:
    for told in unit.all_lines():
        line = told.line
        yield (
            unit.unit,
            told.round,
            line.clause,
            _item(told, said),
            line.text or None,
            figure(line.before) if line.is_capped else None,
            figure(line.points),
            _limit(line, said),
            cells_of(line) or None,
        )


def _item(told: Told, said: Words) -> str:
    return said.label(told.line.rule) if told.node is None else f"{told.node.id} {told.node.title}"


def _limit(line: LineView, said: Words) -> str | None:
    """Name the limit that bit: that of the rule, or the one this line is."""
    if line.verb in _LIMITS:
        return said.label(_LIMITS[line.verb])
    return said.label("limit rule") if line.is_capped else None
