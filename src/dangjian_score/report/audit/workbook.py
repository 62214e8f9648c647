"""The live audit workbook: evidence, every point as a formula over it, and how to read it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from dangjian_score.core.facts import Evidence
from dangjian_score.core.names import lines_of
from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS, row_height
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.evaluate import Evaluated, Scorer, ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Result
from dangjian_score.engine.stages import Stage
from dangjian_score.report.audit.evidence import write_facts, write_figures
from dangjian_score.report.audit.heads import (
    AuditSheet,
    Head,
    evidence_heads,
    points_heads,
    rounds_heads,
    totals_heads,
    write_frame,
)
from dangjian_score.report.audit.layout import FIRST, AuditLayout, AuditStage
from dangjian_score.report.audit.origins import origins, write_origins
from dangjian_score.report.audit.rounds import write_rounds
from dangjian_score.report.audit.working import write_check, write_points, write_totals
from dangjian_score.report.book import Book, Formula, Style
from dangjian_score.report.view import pending_text, until_text
from dangjian_score.rubric.standing import rounds_of
from dangjian_score.words.clauses import rounding_policy
from dangjian_score.words.say import Words

_OUTCOMES: Final = len(("total", "due", "rate", "grade", "rank"))
"""Figures of a unit as a whole, at most."""


class Scored(Struct, frozen=True):
    """A result with all that it comes of: the program, the evidence, its rounds as results of their own (`stages`).

    `measures` are all that evidence may hold, due or not.
    """

    program: Program
    evidence: Evidence
    result: Result
    measures: Mapping[str, Measure]
    stages: Mapping[str, Stage]


def within(layout: AuditLayout) -> bool:
    """Tell whether every sheet holds all of its rows and columns."""
    sheets = (layout.facts, layout.figures, layout.points, layout.totals, layout.rounds)
    columns = max(column for sheet in sheets for column in sheet.values())
    figures = sum(len(part.nodes) for part in layout.program.passes)
    staged = sum(len(stage.units) for stage in layout.stages)
    checked = figures * len(layout.units) + _OUTCOMES * (len(layout.units) + staged)
    origins = sum(_entered(unit) for unit in layout.units)
    rows = FIRST + max(len(layout.slots), staged, checked, origins)
    return columns < MOST_COLUMNS and rows <= MOST_ROWS


def _entered(unit: Evaluated) -> int:
    """Count the rows of a unit on the sheet of origins, or more."""
    parts = (unit.unit, *unit.unit.rounds.values())
    judged = sum(len(by) for part in parts for by in (*part.assessed.values(), *part.absences.values()))
    listed = ((part.facts, part.inapplicable, part.events, part.rulings) for part in parts)
    return judged + sum(len(entries) for lists in listed for entries in lists)


_WIDTH: Final = 110
_LINE: Final = 16
_READ: Final = frozenset({"facts", "figures", "points", "totals", "rounds"})
_NAMED: Final = 20
"""Units and headings that are named; of more the first ones."""


def write_guide(sheet: AuditSheet, layout: AuditLayout, result: Result, unheld: Sequence[Head]) -> None:
    """Write it out; `unheld` are headings of cells whose formula no office program would take."""
    sheet.widen([_WIDTH], [False])
    sheet.title(tall=False)
    texts = (*_texts(layout, result), *_limits(layout, result, unheld))
    for row, (text, style) in enumerate(texts, start=1):
        sheet.write(row, 0, text, style)
        if style == "prose":
            sheet.raw.set_row(row, row_height(_LINE * lines_of(text, _WIDTH - 2) + 4))
    sheet.lay_out(1, 0, _WIDTH)


def _texts(layout: AuditLayout, result: Result) -> Iterator[tuple[str, Style]]:
    label, rubric, interim = layout.words.text, result.rubric, result.interim is not None
    names = {key: layout.sheet(key) for key in layout.sheets}
    values = {**names, "subject": rubric.subject, "rounds": _rounds(result), "rounds_sheet": layout.sheet("rounds")}
    values["more"] = label("audit figures of interim") if interim else ""
    values["panels"] = layout.sheet("origins") if layout.combined else ""
    yield label("audit is"), "prose"
    yield from ((text, "prose") for text in _how_far(layout, result))
    yield label("audit head read"), "heading"
    for key in (key for key in layout.sheets if key in _READ):
        yield label(f"audit read {key}", **values), "prose"
    policy = rounding_policy(rubric, layout.words, by_rate=interim)
    yield label("audit rounding", policy=policy, **values), "prose"
    yield label("audit head check"), "heading"
    for action in ("check", "recalculate", "change"):
        yield label(f"audit do {action}", **values), "prose"
    yield label("audit head limits"), "heading"
    if "figures" in layout.sheets:
        yield label("audit fixed", **values), "prose"
    yield label("audit not here"), "prose"
    if interim:
        yield label("audit not due", **values), "prose"


def _rounds(result: Result) -> str:
    """Name the rounds that are scored."""
    return "、".join(rounds_of(result.rubric.rounds) if result.interim is None else result.interim.rounds)


def _how_far(layout: AuditLayout, result: Result) -> Iterator[str]:
    """Say how far an interim result goes, and what is not due."""
    if until := until_text(result.interim, layout.words):
        yield layout.words.text("interim note", until=until)
    if pending := pending_text(result.pending, layout.words):
        yield pending


def _limits(layout: AuditLayout, result: Result, unheld: Sequence[Head]) -> Iterator[tuple[str, Style]]:
    label, rubric = layout.words.text, result.rubric
    for key, units in (("excluded", result.excluded), ("unscored", result.unscored)):
        if units:
            yield label(f"audit {key}", units=_some([unit.unit for unit in units])), "prose"
    if unheld:
        named = Counter(f"{head.id} {head.what}".strip() for head in unheld)
        yield label("audit too long", count=str(len(unheld)), names=_some([*named])), "prose"
    yield label("audit from", title=rubric.title, id=rubric.rubric), "prose"
    for source in result.evidence:
        yield label("audit evidence", name=source.name, sha256=source.sha256), "prose"


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")


def audit_xlsx(scored: Scored, words: Words, watch: Watch = unwatched) -> bytes | None:
    """Write the workbook of a result, units in order of rank. None where that is more than a sheet can hold."""
    program = scored.program.with_rulings(ruled(scored.evidence))
    units = _evaluated(program, scored.evidence, scored.result, watch)
    layout = AuditLayout(program, units, words, scored.measures, tuple(_stages(scored, watch)))
    return _written(layout, scored.result, watch) if within(layout) else None


def _stages(scored: Scored, watch: Watch) -> Iterator[AuditStage]:
    """Evaluate the rounds, and give each the rows behind those of the one before."""
    results, first = scored.result.stages(), FIRST
    for name, stage in scored.stages.items():
        program, result = stage.program.with_rulings(ruled(stage.evidence)), results[name]
        yield AuditStage(name, program, result, _evaluated(program, stage.evidence, result, watch), first)
        first += len(result.units)


def _written(layout: AuditLayout, result: Result, watch: Watch) -> bytes:
    book = Book(result.rubric.title)
    book.raw.set_calc_mode("auto")
    sheets = {key: AuditSheet(book, layout, key) for key in layout.sheets}
    facts, reduced = evidence_heads(layout)
    points, totals = points_heads(layout), totals_heads(layout)
    rounds = rounds_heads(layout)
    heads = {"facts": facts, "figures": reduced, "points": points, "totals": totals, "rounds": rounds}
    for key, sheet in sheets.items():
        if key in heads:
            write_frame(sheet, layout, key, heads[key])
    write_facts(sheets["facts"], layout)
    entered = origins(layout)
    if "figures" in sheets:
        write_figures(sheets["figures"], layout, entered)
    written = [
        *write_points(sheets["points"], layout, points, watch),
        *write_totals(sheets["totals"], layout, totals, result),
        *(write_rounds(sheets["rounds"], layout, rounds) if layout.stages else ()),
    ]
    write_check(sheets["check"], layout, result.units)
    write_origins(sheets["origins"], layout, entered)
    write_guide(sheets["guide"], layout, result, [cell.head for cell in written if not isinstance(cell.entry, Formula)])
    return book.to_bytes(watch)


def _evaluated(program: Program, evidence: Evidence, result: Result, watch: Watch) -> tuple[Evaluated, ...]:
    scorer = Scorer(prepare(program, evidence))
    at = {unit.unit: number for number, unit in enumerate(evidence.units)}
    return tuple(scorer.evaluated(at[unit.unit]) for unit in watch(result.units, "units"))
