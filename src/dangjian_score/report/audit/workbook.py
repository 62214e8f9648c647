"""The live audit workbook: evidence, every point as a formula over it, and how to read it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from dangjian_score.core.facts import Evidence
from dangjian_score.core.names import lines_of, row_height
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine.evaluate import Evaluated, Scorer, ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Result
from dangjian_score.report.audit.book import AuditBook, AuditSheet, Formula, Style
from dangjian_score.report.audit.entries import Entries, write_figures, write_origins
from dangjian_score.report.audit.heads import ColumnHeads, Head
from dangjian_score.report.audit.layout import FIRST, AuditLayout
from dangjian_score.report.audit.working import write_check, write_points, write_totals
from dangjian_score.rubric.standing import rounds_of
from dangjian_score.words.clauses import rounding_policy
from dangjian_score.words.say import Words

MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576


def within(layout: AuditLayout) -> bool:
    """Tell whether every sheet holds all of its rows and columns."""
    columns = max((*layout.facts.values(), *layout.figures.values(), *layout.points.values(), *layout.totals.values()))
    figures = sum(len(part.nodes) for part in layout.program.passes) + len(("total", "grade", "rank"))
    origins = sum(_entered(unit) for unit in layout.units)
    rows = FIRST + max(len(layout.slots), figures * len(layout.units), origins)
    return columns < MOST_COLUMNS and rows <= MOST_ROWS


def _entered(unit: Evaluated) -> int:
    """Count what is told of a unit on the sheet of origins, or more."""
    parts = (unit.unit, *unit.unit.rounds.values())
    given = sum(len(by) for one in parts for by in (*one.assessed.values(), *one.absences.values()))
    return given + sum(len(one.facts) + len(one.inapplicable) + len(one.events) + len(one.rulings) for one in parts)


_WIDTH: Final = 110
_LINE: Final = 16
_READ: Final = frozenset({"facts", "figures", "points", "totals"})
_NAMED: Final = 20
"""Units and headings that are named; of more the first ones."""


def write_guide(sheet: AuditSheet, layout: AuditLayout, result: Result, unheld: Sequence[Head]) -> None:
    """Write it out; `unheld` are headings of cells whose formula no office program would take."""
    sheet.widen([_WIDTH])
    title = layout.words.text("audit title", title=result.rubric.title, sheet=layout.sheet("guide"))
    texts: list[tuple[str, Style]] = [(title, "title"), *_texts(layout, result), *_limits(layout, result, unheld)]
    for row, (text, style) in enumerate(texts):
        sheet.put(row, 0, text, style)
        if style == "note":
            sheet.raw.set_row(row, row_height(_LINE * lines_of(text, _WIDTH - 2) + 4))
    sheet.page(1, 0, _WIDTH)


def _texts(layout: AuditLayout, result: Result) -> Iterator[tuple[str, Style]]:
    label, rubric = layout.words.text, result.rubric
    names = {key: layout.sheet(key) for key in layout.sheets}
    told = {**names, "subject": rubric.subject, "rounds": "、".join(rounds_of(rubric.rounds))}
    yield label("audit is"), "note"
    yield label("audit head read"), "head"
    for key in (key for key in layout.sheets if key in _READ):
        yield label(f"audit read {key}", **told), "note"
    yield label("audit rounding", policy=rounding_policy(rubric, layout.words), **told), "note"
    yield label("audit head check"), "head"
    for action in ("check", "recalculate", "change"):
        yield label(f"audit do {action}", **told), "note"
    yield label("audit head limits"), "head"
    if "figures" in layout.sheets:
        yield label("audit fixed", **told), "note"
    yield label("audit not here"), "note"


def _limits(layout: AuditLayout, result: Result, unheld: Sequence[Head]) -> Iterator[tuple[str, Style]]:
    label, rubric = layout.words.text, result.rubric
    for key, units in (("excluded", result.excluded), ("unscored", result.unscored)):
        if units:
            yield label(f"audit {key}", units=_some([one.unit for one in units])), "note"
    if unheld:
        named = Counter(f"{head.id} {head.what}".strip() for head in unheld)
        yield label("audit too long", count=str(len(unheld)), names=_some([*named])), "note"
    yield label("audit from", title=rubric.title, id=rubric.rubric), "note"
    for source in result.evidence:
        yield label("audit evidence", name=source.name, sha256=source.sha256), "note"


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")


_LAID_OUT: Final[Mapping[str, Callable[[ColumnHeads], list[Head]]]] = {
    "facts": ColumnHeads.facts,
    "figures": ColumnHeads.figures,
    "points": ColumnHeads.points,
    "totals": ColumnHeads.totals,
}
"""The sheets with a row for each unit, and the heads of their columns."""


def audit_xlsx(
    program: Program, evidence: Evidence, result: Result, words: Words, watch: Watch = unwatched
) -> bytes | None:
    """Write the workbook of a result, the program and the evidence that it comes of, units in order of rank.

    None where that is more than a sheet can hold.
    """
    program = program.with_rulings(ruled(evidence))
    layout = AuditLayout(program, _evaluated(program, evidence, result, watch), words)
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
        0, 0, layout.words.text("audit title", title=layout.program.rubric.title, sheet=layout.sheet(key)), "title"
    )
    for row, texts in enumerate(zip(*(head.lines for head in shown), strict=True), start=1):
        sheet.heads(row, texts, widths)
    for row, names in layout.rows(key):
        for column, name in enumerate(names):
            sheet.put(row, column, name)
    sheet.page(FIRST, layout.lead(key), sum(head.width for head in shown if not head.folded))
