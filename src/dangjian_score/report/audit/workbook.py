"""The live audit workbook: evidence, and every point as a formula over it, beside our own figures.

Anyone can change a cell and watch the score move, and see without this program that the points are right.
"""

from dangjian_score.engine.evaluate import Evaluated, evaluate, ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.facts import Evidence
from dangjian_score.report.audit.book import Book, Formula, Sheet
from dangjian_score.report.audit.checking import write_check
from dangjian_score.report.audit.entries import Entries, leads, write_figures
from dangjian_score.report.audit.guide import write_guide
from dangjian_score.report.audit.heads import Head, Heads
from dangjian_score.report.audit.layout import FIRST, SHEETS, Layout
from dangjian_score.report.audit.origins import write_origins
from dangjian_score.report.audit.working import write_points, write_totals
from dangjian_score.watching import Watch, unwatched
from dangjian_score.words.say import Words


def audit_xlsx(evidence: Evidence, result: Result, said: Words, watch: Watch = unwatched) -> bytes:
    """Write the workbook of a result and the evidence that it comes of, units in order of rank."""
    program = compile_rubric(result.rubric, ruled(evidence))
    layout = Layout(program, _evaluated(program, evidence, result, watch), said)
    heads = Heads(layout)
    book = Book(result.rubric.title, result.rubric.rounding.places)
    sheets = {key: Sheet(book, layout.sheet(key)) for key in SHEETS}
    for key, shown in (("facts", heads.facts()), ("figures", heads.figures()), ("points", heads.points())):
        _frame(sheets[key], layout, key, [*heads.lead(), *shown])
        for row, texts in leads(layout):
            for column, text in enumerate(texts):
                sheets[key].put(row, column, text)
    _frame(sheets["totals"], layout, "totals", [*heads.lead()[:1], *heads.totals()])
    for at, unit in enumerate(layout.units):
        sheets["totals"].put(FIRST + at, 0, unit.unit.unit)
    Entries(layout).write(sheets["facts"])
    write_figures(sheets["figures"], layout)
    written = [*write_points(sheets["points"], layout, heads.points())]
    written += write_totals(sheets["totals"], layout, heads.totals(), [unit.rank for unit in result.units])
    write_check(book, sheets["check"], layout, result.units)
    write_origins(sheets["origins"], layout)
    unheld = [one.head for one in written if not isinstance(one.entry, Formula)]
    write_guide(sheets["guide"], layout, result, unheld)
    return book.bytes()


def _evaluated(program: Program, evidence: Evidence, result: Result, watch: Watch) -> tuple[Evaluated, ...]:
    prepared = prepare(program, evidence)
    at = {unit.unit: number for number, unit in enumerate(evidence.units)}
    ranked = [evidence.units[at[one.unit]] for one in result.units]
    return tuple(evaluate(program, unit, prepared.of(at[unit.unit])) for unit in watch(ranked, "units"))


def _frame(sheet: Sheet, layout: Layout, key: str, heads: list[Head]) -> None:
    """Write title and header of a sheet."""
    title = layout.said.label("audit title", title=layout.program.rubric.title, sheet=layout.sheet(key))
    widths = [head.width for head in heads]
    sheet.widen(widths, [head.folded for head in heads])
    sheet.put(0, 0, title, "title")
    for row, texts in enumerate(zip(*(head.lines for head in heads), strict=True), start=1):
        sheet.heads(row, texts, widths)
    sheet.page(FIRST, layout.lead if key != "totals" else 1)
