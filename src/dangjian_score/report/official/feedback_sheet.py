"""The findings of all letters as one sheet, to be edited and handed back (`--feedback-text`)."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from dangjian_score.core.watching import Watch
from dangjian_score.report.document import Document, DocumentColumn, Row, Table
from dangjian_score.report.formatting import FigureFormat
from dangjian_score.report.official.imprint import Imprint, ItemKey
from dangjian_score.report.official.shortcomings import Shortcoming, shortcomings
from dangjian_score.report.sheets import document_xlsx
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import day_text

ColumnKey = Literal["unit", "round", "id", "item", "clause", "required", "found", "explained", "lost", "demand", "by"]
COLUMNS: Final[Mapping[ColumnKey, str]] = {
    "unit": "sheet unit",
    "round": "round",
    "id": "sheet id",
    "item": "item",
    "clause": "clause",
    "required": "feedback required",
    "found": "feedback found",
    "explained": "explanation",
    "lost": "feedback lost",
    "demand": "feedback demand",
    "by": "sheet by",
}
"""The columns of the sheet, with the keys of their heads."""


def told(view: ResultView, imprint: Imprint, watch: Watch) -> Iterator[tuple[ItemKey, Shortcoming]]:
    """Visit what every unit lost, by unit, round and item."""
    for unit in watch(view.result.units, "writing"):
        for each in shortcomings(unit, unit.trace(), view, imprint):
            yield each.key(unit.unit), each


def feedback_xlsx(view: ResultView, watch: Watch, imprint: Imprint) -> bytes:
    """Write the sheet: one row an item that a unit lost points at."""
    words = view.words
    figures = FigureFormat(view.places)
    columns = [DocumentColumn(words.text(head), figures if key == "lost" else None) for key, head in COLUMNS.items()]
    by = "" if imprint.mend_by is None else day_text(imprint.mend_by, words)
    rows = [_row(key, each, by) for key, each in told(view, imprint, watch)]
    table = Table(words.text("feedback losses"), columns, rows, notes=[words.text("feedback sheet note")])
    return document_xlsx(Document(words.text("feedback of all", title=view.rubric.title), [table]))


def _row(key: ItemKey, each: Shortcoming, by: str) -> Row:
    unit, round_, item = key
    found = "；".join(each.found)
    deadline = each.by or (by if each.demand else "")
    return (
        unit,
        round_ or None,
        item,
        each.node.title,
        each.clause or None,
        each.required,
        found,
        each.explained or None,
        each.lost,
        each.demand,
        deadline,
    )
