"""The live audit workbook: evidence, every point as a formula over it, and how to read it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.columns import DAY
from dangjian_score.core.facts import Cell, Evidence, Fact, UnitFacts, Value
from dangjian_score.core.names import lines_of
from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS, row_height
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine.evaluate import Evaluated, Scorer, ruled
from dangjian_score.engine.formulas import DAYS, INAPPLICABLE, NO, YES
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Result
from dangjian_score.report.audit.heads import (
    AuditEntry,
    AuditSheet,
    Content,
    Head,
    evidence_heads,
    points_heads,
    totals_heads,
    write_frame,
)
from dangjian_score.report.audit.layout import FIRST, AuditLayout, UnitRow
from dangjian_score.report.audit.working import write_check, write_points, write_totals
from dangjian_score.report.book import Book, Formula, Style
from dangjian_score.rubric.measures import MeasureKind
from dangjian_score.rubric.standing import rounds_of
from dangjian_score.words.clauses import rounding_policy
from dangjian_score.words.conditions import shown
from dangjian_score.words.say import Words


def within(layout: AuditLayout) -> bool:
    """Tell whether every sheet holds all of its rows and columns."""
    columns = max((*layout.facts.values(), *layout.figures.values(), *layout.points.values(), *layout.totals.values()))
    figures = sum(len(part.nodes) for part in layout.program.passes) + len(("total", "grade", "rank"))
    origins = sum(_entered(unit) for unit in layout.units)
    rows = FIRST + max(len(layout.slots), figures * len(layout.units), origins)
    return columns < MOST_COLUMNS and rows <= MOST_ROWS


def _entered(unit: Evaluated) -> int:
    """Count the rows of a unit on the sheet of origins, or more."""
    parts = (unit.unit, *unit.unit.rounds.values())
    judged = sum(len(by) for part in parts for by in (*part.assessed.values(), *part.absences.values()))
    listed = ((part.facts, part.inapplicable, part.events, part.rulings) for part in parts)
    return judged + sum(len(entries) for lists in listed for entries in lists)


_WIDTH: Final = 110
_LINE: Final = 16
_READ: Final = frozenset({"facts", "figures", "points", "totals"})
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
    label, rubric = layout.words.text, result.rubric
    names = {key: layout.sheet(key) for key in layout.sheets}
    values = {**names, "subject": rubric.subject, "rounds": "、".join(rounds_of(rubric.rounds))}
    yield label("audit is"), "prose"
    yield label("audit head read"), "heading"
    for key in (key for key in layout.sheets if key in _READ):
        yield label(f"audit read {key}", **values), "prose"
    yield label("audit rounding", policy=rounding_policy(rubric, layout.words), **values), "prose"
    yield label("audit head check"), "heading"
    for action in ("check", "recalculate", "change"):
        yield label(f"audit do {action}", **values), "prose"
    yield label("audit head limits"), "heading"
    if "figures" in layout.sheets:
        yield label("audit fixed", **values), "prose"
    yield label("audit not here"), "prose"


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
    book = Book(result.rubric.title)
    book.raw.set_calc_mode("auto")
    sheets = {key: AuditSheet(book, layout, key) for key in layout.sheets}
    facts, reduced = evidence_heads(layout)
    points, totals = points_heads(layout), totals_heads(layout)
    heads = {"facts": facts, "figures": reduced, "points": points, "totals": totals}
    for key, sheet in sheets.items():
        if key in heads:
            write_frame(sheet, layout, key, heads[key])
    write_facts(sheets["facts"], layout)
    if "figures" in sheets:
        write_figures(sheets["figures"], layout)
    written = [
        *write_points(sheets["points"], layout, points, watch),
        *write_totals(sheets["totals"], layout, totals, [unit.rank for unit in result.units]),
    ]
    write_check(sheets["check"], layout, result.units)
    write_origins(sheets["origins"], layout)
    write_guide(sheets["guide"], layout, result, [cell.head for cell in written if not isinstance(cell.entry, Formula)])
    return book.to_bytes(watch)


def _evaluated(program: Program, evidence: Evidence, result: Result, watch: Watch) -> tuple[Evaluated, ...]:
    scorer = Scorer(prepare(program, evidence))
    at = {unit.unit: number for number, unit in enumerate(evidence.units)}
    return tuple(scorer.evaluated(at[unit.unit]) for unit in watch(result.units, "units"))


_ADDED: Final[Mapping[MeasureKind, Content]] = {"count": "number", "number": "number", "score": "number"}
_CONTENTS: Final[Mapping[MeasureKind, Content]] = {**_ADDED, "percent": "percent", "date": "date"}
_MOST: Final = 250
"""Cells that one function takes."""


def write_facts(sheet: AuditSheet, layout: AuditLayout) -> None:
    """Write what was entered, and offer the answers where these are yes and no."""
    first, last = layout.slots[0].row, layout.slots[-1].row
    answers = {"validate": "list", "source": [YES, NO, INAPPLICABLE]}
    for name, column in layout.facts.items():
        kind = layout.kind(name)
        content: Content = "number" if kind is None else _CONTENTS.get(kind, "answer")
        for slot in layout.slots:
            entry = _entry(layout, slot, name)
            sheet.put(slot.row, column, entry, content, grey=isinstance(entry, Formula))
        if kind == "yes_no":
            sheet.raw.data_validation(first, column, last, column, answers)


def _entry(layout: AuditLayout, slot: UnitRow, name: str) -> AuditEntry | Formula:
    ready = slot.unit.ready[slot.part.key]
    fact = ready.facts.get(name)
    if fact is None:
        return INAPPLICABLE if name in ready.unit.inapplicable else ""
    shown = _value(layout, name, fact.value)
    source = _source(layout, slot, name, fact)
    return shown if source is None else Formula(f"={source}", shown)


def _source(layout: AuditLayout, slot: UnitRow, name: str, fact: Fact) -> str | None:
    """Name the cells that a row has a fact from; None where it was entered for this row."""
    passes = layout.program.passes
    first = slot.at * len(passes)
    before = layout.slots[first : first + passes.index(slot.part)]
    for row in before:
        if row.part.round == slot.part.round or name in layout.known.attributes:
            other = row.unit.ready[row.part.key].facts.get(name)
            if other is not None and other.value == fact.value:
                return layout.fact(row, name).cell
    return _of_rounds(layout, before, name, fact) if slot.part.round is None else None


def _of_rounds(layout: AuditLayout, before: Sequence[UnitRow], name: str, fact: Fact) -> str | None:
    """Write how rounds come together: figures add up, one yes is a yes, else all say the same."""
    rows = {row.part.round: row for row in reversed(before)}
    given = {key: row.unit.ready[row.part.key].facts.get(name) for key, row in rows.items()}
    entered = {cell for other in given.values() if other is not None for cell in other.cells}
    if not entered.issuperset(fact.cells) or len(rows) > _MOST:
        return None
    cells = [layout.fact(row, name).cell for row in reversed(rows.values())]
    kind = layout.kind(name)
    if kind is None or kind in _ADDED:
        return f"SUM({','.join(cells)})"
    if kind == "yes_no":
        tests = ",".join(f'{cell}="{YES}"' for cell in cells)
        return f'IF(OR({tests}),"{YES}","{NO}")'
    return next(layout.fact(rows[key], name).cell for key, other in given.items() if other is not None)


def write_figures(sheet: AuditSheet, layout: AuditLayout) -> None:
    """Write what is reduced beforehand, as figures."""
    for slot in layout.slots:
        ready = slot.unit.ready[slot.part.key]
        for name, column in layout.figures.items():
            fact = ready.facts.get(name)
            figure = ready.known.get(name) if fact is None else fact.value
            if isinstance(figure, Fraction):
                sheet.put(slot.row, column, figure, "number")
            else:
                sheet.put(slot.row, column, INAPPLICABLE if name in ready.unit.inapplicable else "")


_WIDTHS: Final = (24, 10, 26, 14, 40, 46)
_HEADS: Final = ("round", "audit what", "audit value", "audit more", "audit cells")

Row = tuple[str, AuditEntry, str, str]
"""What, its value, more about it, its cells."""


def write_origins(sheet: AuditSheet, layout: AuditLayout) -> None:
    """Write them all, unit by unit."""
    rubric = layout.program.rubric
    sheet.table(1, (rubric.unit_column or rubric.subject, *map(layout.words.text, _HEADS)), _WIDTHS)
    row = 1
    for unit in layout.units:
        for round_, part in (("", unit.unit), *unit.unit.rounds.items()):
            for what, value, more, cells in _rows(layout, part, whole=not round_):
                row += 1
                content: Content = "date" if layout.kind(what) == "date" else "number"
                for column, entry in enumerate((unit.unit.unit, round_, what, value, more, cells)):
                    sheet.put(row, column, entry, "text" if isinstance(entry, str) else content)
    sheet.raw.autofilter(1, 0, max(row, 1), len(_WIDTHS) - 1)
    sheet.lay_out(2, 1, sum(_WIDTHS))


def _rows(layout: AuditLayout, unit: UnitFacts, *, whole: bool) -> Iterator[Row]:
    """List one part of a unit; of all evidence only what no round has of its own."""
    elsewhere = {cell for part in unit.rounds.values() for fact in part.facts.values() for cell in fact.cells}
    for name, fact in unit.facts.items():
        if not elsewhere.issuperset(fact.cells):
            yield name, _value(layout, name, fact.value), "", _cells(fact.cells)
    for name, cell in unit.inapplicable.items():
        yield name, INAPPLICABLE, "", str(cell)
    for name, given in unit.assessed.items():
        for assessor, fact in given.items():
            yield name, _value(layout, name, fact.value), assessor, _cells(fact.cells)
    for name, absences in unit.absences.items():
        for assessor, absence in absences.items():
            yield name, layout.words.text(f"absence {absence.reason}"), assessor, str(absence.cell)
    yield from _events(unit, whole=whole)
    for ruling in unit.rulings:
        yield ruling.node, ruling.points, f"{ruling.reason}；{ruling.approver}", str(ruling.cell)


def _events(unit: UnitFacts, *, whole: bool) -> Iterator[Row]:
    """List events with their columns, those of rounds with their round."""
    elsewhere = {event.cell for part in unit.rounds.values() for event in part.events} if whole else set()
    for event in unit.events:
        if event.cell not in elsewhere:
            texts = (f"{name} {_column_text(name, fact.value)}" for name, fact in event.columns.items())
            yield event.register, "", "；".join(texts), str(event.cell)


def _column_text(name: str, value: Value) -> str:
    return _answer(value) if isinstance(value, bool) else shown(value, "date" if name == DAY else "number")


def _answer(value: bool) -> str:
    return YES if value else NO


def _value(layout: AuditLayout, name: str, value: Value) -> AuditEntry:
    """Give a value as its cell holds it: yes or no in words, a day as a spreadsheet counts them."""
    match value:
        case bool():
            return _answer(value)
        case Fraction() if layout.kind(name) == "date":
            return value - DAYS
        case _:
            return value


def _cells(cells: tuple[Cell, ...]) -> str:
    return "；".join(map(str, cells))
