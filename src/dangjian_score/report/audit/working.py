"""Sheets 核算 and 总分, every step as a formula, and 核对, which holds them against our own figures."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Final

from msgspec import Struct

from dangjian_score.core.algebra import Expr, Step
from dangjian_score.core.sheet_style import WRONG_COLOUR
from dangjian_score.core.watching import Watch
from dangjian_score.engine.evaluate import weighted
from dangjian_score.engine.formulas import Formulas, fits
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import NodeResult, Result, UnitResult
from dangjian_score.engine.step_names import FINAL, FULL, RATE, is_asked
from dangjian_score.report.audit.heads import AuditEntry, AuditSheet, Content, Head
from dangjian_score.report.audit.layout import FIRST, FIXED, GROUP_RANK, NAMED, RANK, AuditLayout, CellPlace, UnitRow
from dangjian_score.report.audit.standing import grade_name, rank_entry, standing_formulas
from dangjian_score.report.book import Formula
from dangjian_score.words.say import Words


def row_formula(layout: AuditLayout, slot: UnitRow, step: Step) -> str:
    """Write a step of a pass; conditions look at the points of nodes over all rounds."""
    here = layout.sheet("points")

    def seen(find: Callable[[str], CellPlace]) -> Callable[[str], str]:
        return lambda name: find(name).seen_from(here)

    steps = partial(layout.closed, slot.at) if is_asked(step.name) else partial(layout.step, slot)
    return Formulas(seen(partial(layout.fact, slot)), seen(partial(layout.figure, slot)), seen(steps)).cell(step.expr)


def total_formula(layout: AuditLayout, at: int, expr: Expr) -> str:
    """Write a step over all passes."""

    def step(name: str) -> str:
        return layout.closed(at, name).seen_from(layout.sheet("totals"))

    return Formulas(step, step, step).cell(expr)


class HeadedCell(Struct, frozen=True):
    """A cell with its heading: a formula, or a figure where no office program would take the formula."""

    head: Head
    entry: Formula | Fraction


def write_points(sheet: AuditSheet, layout: AuditLayout, heads: list[Head], watch: Watch) -> Iterator[HeadedCell]:
    """Write the steps of passes; hand on what was written."""
    for slot in watch(layout.slots, "writing"):
        steps = {step.name: step for step in layout.steps(slot.part)}
        for (name, column), head in zip(layout.points.items(), heads, strict=True):
            if name not in steps:
                sheet.put(slot.row, column, "")
                continue
            written = HeadedCell(head, held(row_formula(layout, slot, steps[name]), _done(slot, steps[name])))
            sheet.put(slot.row, column, written.entry, head.content)
            yield written


def _done(slot: UnitRow, step: Step) -> Fraction:
    done = slot.unit.done[slot.part.key]
    return done[step.name] if step.name in done else slot.unit.closed[slot.part.at(step.name)]


def write_totals(sheet: AuditSheet, layout: AuditLayout, heads: list[Head], result: Result) -> Iterator[HeadedCell]:
    """Write what follows over all passes; hand on what was written."""
    by_name, rows = dict(zip(layout.totals, heads, strict=True)), range(FIRST, FIRST + len(layout.units))
    formulas = standing_formulas(layout, layout.program, result, layout.units, rows)
    for at, unit in enumerate(layout.units):
        for step in layout.closing:
            entry = held(total_formula(layout, at, step.expr), unit.closed[step.name])
            written = HeadedCell(by_name[step.name], entry)
            sheet.put(FIRST + at, layout.totals[step.name], entry, written.head.content)
            yield written
        places = {name: layout.closed(at, name) for name in layout.totals}
        places |= {tie.name: layout.closed(at, tie.name) for tie in layout.program.ties}
        if (groups := layout.program.rubric.groups) is not None:
            places[groups] = layout.fact(layout.slot(at, layout.program.passes[-1]), groups)
        for name, cell in formulas.of(result.units[at], unit.closed, places):
            sheet.put(FIRST + at, layout.totals[name], cell, by_name[name].content)
            if isinstance(cell, Formula):
                yield HeadedCell(by_name[name], cell)


def held(formula: str, value: Fraction) -> Formula | Fraction:
    """Return a formula with its value; the value alone where no office program would take the formula."""
    return Formula(formula, value) if fits(formula) else value


_WIDTHS: Final = (24, 10, 10, 34, 14, 14, 10)
_HEADS: Final = ("round", "audit id", "audit name", "audit computed", "audit ours", "audit verdict")
_COMPUTED, _OURS, _VERDICT = 4, 5, 6
_WRONG: Final = {"bg_color": f"#{WRONG_COLOUR}", "font_color": "#9C0006"}
_RIGHT: Final = {"bg_color": "#C6EFCE", "font_color": "#006100"}


class Checked(Struct, frozen=True):
    """One figure: whose, of what, where its formula stands, and what we say it is."""

    unit: str
    round: str
    id: str
    title: str
    place: CellPlace
    ours: AuditEntry
    content: Content = "points"


def checked(layout: AuditLayout, units: tuple[UnitResult, ...]) -> Iterator[Checked]:
    """List every figure of the result, in the order of ranks and of the text."""
    label = layout.words.text
    for at, unit in enumerate(units):
        detail = unit.trace()
        for part in layout.program.passes:
            nodes = detail.rounds[part.round or ""].nodes if part in weighted(layout.program) else detail.nodes
            mine = {section.id for section in part.sections}
            slot = layout.slot(at, part)
            for node in (lower for section in nodes if section.id in mine for lower in _below(section)):
                place = layout.step(slot, node.id)
                yield Checked(unit.unit, part.round or "", node.id, node.title, place, node.points)
        for name, (key, ours, content) in _outcome(unit, layout.program, layout.words).items():
            yield Checked(unit.unit, "", "", label(key), layout.closed(at, name), ours, content)
    for stage in layout.stages:
        for row, unit in enumerate(stage.result.units, start=stage.first):
            for name, (key, ours, content) in _outcome(unit, stage.program, layout.words).items():
                yield Checked(unit.unit, stage.name, "", label(key), layout.in_rounds(row, name), ours, content)


def _outcome(unit: UnitResult, program: Program, words: Words) -> dict[str, tuple[str, AuditEntry, Content]]:
    """Give the figures of a unit as a whole by their columns: the key of the words, our figure, how it looks."""
    found: dict[str, tuple[str, AuditEntry, Content]] = {FINAL: ("audit final", unit.total, "points")}
    if unit.due is not None and unit.rate is not None:
        found = {FINAL: ("points so far", unit.total, "points"), FULL: ("due", unit.due, "points")}
        found[RATE] = ("rate", unit.rate, "percent")
    if program.rubric.grades:
        found[NAMED] = ("grade" if unit.ruling is None else "proposed grade", grade_name(unit, words), "answer")
    if unit.ruling is not None:
        found[FIXED] = ("fixed grade", unit.ruling.grade, "answer")
    if program.rubric.groups is not None:
        found[GROUP_RANK] = ("group rank", rank_entry(unit.group_rank, words), "number")
    return {**found, RANK: ("rank", rank_entry(unit.rank, words), "number")}


def _below(node: NodeResult) -> Iterator[NodeResult]:
    yield node
    for lower in node.nodes:
        yield from _below(lower)


def write_check(sheet: AuditSheet, layout: AuditLayout, units: tuple[UnitResult, ...]) -> None:
    """Write the figures, and above them how many differ."""
    label, found, rubric = layout.words.text, [*checked(layout, units)], layout.program.rubric
    same, differs = label("audit same"), label("audit differs")
    last = FIRST + len(found)
    verdicts = f"G{FIRST + 1}:G{last}"
    sheet.table(FIRST - 1, (rubric.unit_column or rubric.subject, *map(label, _HEADS)), _WIDTHS)
    sheet.write(2, 0, label("audit differences"), "header")
    sheet.put(2, 1, Formula(f'=ROWS({verdicts})-COUNTIF({verdicts},"{same}")', Fraction(0)), "number")
    sheet.write(2, 2, label("audit of figures", count=str(len(found))), "plain")
    for row, figure in enumerate(found, start=FIRST):
        for column, text in enumerate((figure.unit, figure.round, figure.id, figure.title)):
            sheet.put(row, column, text)
        computed = Formula(f"={figure.place.seen_from(layout.sheet('check'))}", figure.ours)
        sheet.put(row, _COMPUTED, computed, figure.content)
        sheet.put(row, _OURS, figure.ours, figure.content)
        sheet.put(row, _VERDICT, Formula(_agrees(row + 1, figure.ours, same, differs), same), "answer")
    wrong, right = (sheet.book.raw.add_format(look) for look in (_WRONG, _RIGHT))
    marked = {"type": "cell", "criteria": "==", "value": f'"{differs}"', "format": wrong}
    sheet.raw.conditional_format(FIRST, _VERDICT, last - 1, _VERDICT, marked)
    sheet.raw.conditional_format(2, 1, 2, 1, {"type": "cell", "criteria": "==", "value": 0, "format": right})
    sheet.raw.conditional_format(2, 1, 2, 1, {"type": "cell", "criteria": "!=", "value": 0, "format": wrong})
    sheet.raw.autofilter(FIRST - 1, 0, last - 1, _VERDICT)
    sheet.lay_out(FIRST, 1, sum(_WIDTHS))


def _agrees(row: int, ours: AuditEntry, same: str, differs: str) -> str:
    """Compare; an error, or a text where a figure is due, differs."""
    if isinstance(ours, str):
        return f'=IF(ISTEXT(E{row}),IF(EXACT(E{row},F{row}),"{same}","{differs}"),"{differs}")'
    return f'=IF(ISNUMBER(E{row}),IF(ROUND(E{row}-F{row},9)=0,"{same}","{differs}"),"{differs}")'
