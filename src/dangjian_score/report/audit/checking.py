"""Sheet 核对: every item, section, total, grade and rank by formula, beside our own figure, and whether they agree."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.engine.result import NodeResult, UnitResult
from dangjian_score.engine.verdict import FINAL
from dangjian_score.report.audit.book import AuditBook, Entry, Formula, AuditSheet, Style
from dangjian_score.report.audit.layout import FIRST, NAMED, RANK, AuditLayout, CellPlace

_WIDTHS: Final = (24, 10, 10, 34, 14, 14, 10)
_HEADS: Final = ("round", "audit id", "audit name", "audit computed", "audit ours", "audit verdict")
_COMPUTED, _OURS, _VERDICT = 4, 5, 6


class Checked(Struct, frozen=True):
    """One figure: whose, of what, where its formula stands, and what we say it is."""

    unit: str
    round: str
    id: str
    title: str
    place: CellPlace
    ours: Entry
    style: Style = "points"


def checked(layout: AuditLayout, units: tuple[UnitResult, ...]) -> Iterator[Checked]:
    """List every figure of the result, in the order of ranks and of the text."""
    label = layout.said.label
    for at, unit in enumerate(units):
        detail = unit.trace()
        for part in layout.program.passes:
            in_round = part.round is not None and part.weight is not None
            nodes = detail.rounds[part.round or ""].nodes if in_round else detail.nodes
            mine = {section.id for section in part.sections}
            slot = layout.slot(at, part)
            for node in (lower for section in nodes if section.id in mine for lower in _below(section)):
                place = layout.step(slot, node.id)
                yield Checked(unit.unit, part.round or "", node.id, node.title, place, node.points)
        for key, name, ours in _outcome(unit, label("audit no grade")):
            if name in layout.totals:
                style: Style = "points" if name == FINAL else "answer" if isinstance(ours, str) else "number"
                yield Checked(unit.unit, "", "", label(key), layout.closed(at, name), ours, style)


def _outcome(unit: UnitResult, none: str) -> tuple[tuple[str, str, Entry], ...]:
    return (
        ("audit final", FINAL, unit.total),
        ("grade", NAMED, unit.grade or none),
        ("rank", RANK, Fraction(unit.rank)),
    )


def _below(node: NodeResult) -> Iterator[NodeResult]:
    yield node
    for lower in node.nodes:
        yield from _below(lower)


def write_check(book: AuditBook, sheet: AuditSheet, layout: AuditLayout, units: tuple[UnitResult, ...]) -> None:
    """Write the figures, and above them how many differ."""
    label, found = layout.said.label, [*checked(layout, units)]
    same, differs = label("audit same"), label("audit differs")
    last = FIRST + len(found)
    rubric = layout.program.rubric
    sheet.widen(_WIDTHS)
    sheet.title(label("audit title", title=rubric.title, sheet=layout.sheet("check")))
    verdicts = f"G{FIRST + 1}:G{last}"
    sheet.put(2, 0, label("audit differences"), "header")
    sheet.put(2, 1, Formula(f'=ROWS({verdicts})-COUNTIF({verdicts},"{same}")', Fraction(0)), "number")
    sheet.put(2, 2, label("audit of figures", count=str(len(found))), "plain")
    heads = (rubric.unit_column or rubric.subject, *map(label, _HEADS))
    sheet.heads(FIRST - 1, heads, _WIDTHS)
    for row, one in enumerate(found, start=FIRST):
        for column, text in enumerate((one.unit, one.round, one.id, one.title)):
            sheet.put(row, column, text)
        sheet.put(row, _COMPUTED, Formula(f"={one.place.seen_from(layout.sheet('check'))}", one.ours), one.style)
        sheet.put(row, _OURS, one.ours, one.style)
        sheet.put(row, _VERDICT, Formula(_agrees(row + 1, one.ours, same, differs), same), "answer")
    wrong, right = book.style("wrong"), book.style("right")
    told = {"type": "cell", "criteria": "==", "value": f'"{differs}"', "format": wrong}
    sheet.raw.conditional_format(FIRST, _VERDICT, last - 1, _VERDICT, told)
    sheet.raw.conditional_format(2, 1, 2, 1, {"type": "cell", "criteria": "==", "value": 0, "format": right})
    sheet.raw.conditional_format(2, 1, 2, 1, {"type": "cell", "criteria": "!=", "value": 0, "format": wrong})
    sheet.raw.autofilter(FIRST - 1, 0, last - 1, _VERDICT)
    sheet.page(FIRST, 1, sum(_WIDTHS))


def _agrees(row: int, ours: Entry, same: str, differs: str) -> str:
    """Compare; an error, or a text where a figure is due, differs."""
    if isinstance(ours, str):
        return f'=IF(ISTEXT(E{row}),IF(EXACT(E{row},F{row}),"{same}","{differs}"),"{differs}")'
    return f'=IF(ISNUMBER(E{row}),IF(ROUND(E{row}-F{row},9)=0,"{same}","{differs}"),"{differs}")'
