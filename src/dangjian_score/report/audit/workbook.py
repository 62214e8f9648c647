"""The live audit workbook: evidence, and every point as a formula over it, beside our own figures.

Anyone can change a cell and watch the score move, and see without this program that the points are right.
"""

from collections.abc import Callable, Mapping
from typing import Final

from dangjian_score.engine.evaluate import Evaluated, Scorer, ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.facts import Evidence
from dangjian_score.report.audit.book import AuditBook, Formula, AuditSheet
from dangjian_score.report.audit.checking import write_check
from dangjian_score.report.audit.entries import Entries, write_figures
from dangjian_score.report.audit.guide import write_guide
from dangjian_score.report.audit.heads import Head, ColumnHeads
from dangjian_score.report.audit.layout import FIRST, AuditLayout
from dangjian_score.report.audit.limits import within
from dangjian_score.report.audit.origins import write_origins
from dangjian_score.report.audit.working import write_points, write_totals
from dangjian_score.watching import Watch, unwatched
from dangjian_score.words.say import Words

_LAID_OUT: Final[Mapping[str, Callable[[ColumnHeads], list[Head]]]] = {
    "facts": ColumnHeads.facts,
    "figures": ColumnHeads.figures,
    "points": ColumnHeads.points,
    "totals": ColumnHeads.totals,
}
"""The sheets with a row for each unit, and the heads of their columns."""


def audit_xlsx(evidence: Evidence, result: Result, said: Words, watch: Watch = unwatched) -> bytes | None:
    """Write the workbook of a result and the evidence that it comes of, units in order of rank.

    None where that is more than a sheet can hold.
    """
    program = compile_rubric(result.rubric, ruled(evidence))
    layout = AuditLayout(program, _evaluated(program, evidence, result, watch), said)
    return _written(layout, result, watch) if within(layout) else None


def _written(layout: AuditLayout, result: Result, watch: Watch) -> bytes:
    heads, ranks = ColumnHeads(layout), [unit.rank for unit in result.units]
    book = AuditBook(result.rubric.title, result.rubric.shown_places)
    sheets = {key: AuditSheet(book, layout.sheet(key)) for key in layout.sheets}
    for key, sheet in sheets.items():
        if key in _LAID_OUT:
            _frame(sheet, layout, key, heads)
    Entries(layout).write(sheets["facts"])
    if "figures" in sheets:
        write_figures(sheets["figures"], layout)
    written = [
        *write_points(sheets["points"], layout, heads.points(), watch),
        *write_totals(sheets["totals"], layout, heads.totals(), ranks),
    ]
    write_check(book, sheets["check"], layout, result.units)
    write_origins(sheets["origins"], layout)
    unheld = [one.head for one in written if not isinstance(one.entry, Formula)]
    write_guide(sheets["guide"], layout, result, unheld)
    return book.bytes(watch)


def _evaluated(program: Program, evidence: Evidence, result: Result, watch: Watch) -> tuple[Evaluated, ...]:
    scorer = Scorer(prepare(program, evidence))
    at = {unit.unit: number for number, unit in enumerate(evidence.units)}
    return tuple(scorer.evaluated(at[one.unit]) for one in watch(result.units, "units"))


def _frame(sheet: AuditSheet, layout: AuditLayout, key: str, heads: ColumnHeads) -> None:
    """Write title and header of a sheet, and name its rows."""
    shown = [*heads.lead(key), *_LAID_OUT[key](heads)]
    widths = [head.width for head in shown]
    sheet.widen(widths, [head.folded for head in shown])
    sheet.put(
        0, 0, layout.said.label("audit title", title=layout.program.rubric.title, sheet=layout.sheet(key)), "title"
    )
    for row, texts in enumerate(zip(*(head.lines for head in shown), strict=True), start=1):
        sheet.heads(row, texts, widths)
    for row, names in layout.rows(key):
        for column, name in enumerate(names):
            sheet.put(row, column, name)
    sheet.page(FIRST, layout.lead(key), sum(head.width for head in shown if not head.folded))
