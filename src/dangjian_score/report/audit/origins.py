"""Sheet 出处: every value that was entered, with the cells it stands in; of several assessors each one's."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from dangjian_score.engine.formulas import DAYS, INAPPLICABLE, NO, YES
from dangjian_score.engine.registers import DAY
from dangjian_score.facts import Cell, Fact, UnitFacts
from dangjian_score.report.audit.book import Entry, AuditSheet, Style
from dangjian_score.report.audit.layout import AuditLayout
from dangjian_score.words.conditions import shown

_WIDTHS: Final = (24, 10, 26, 14, 40, 46)
_HEADS: Final = ("round", "audit what", "audit value", "audit more", "audit cells")

Row = tuple[str, Entry, str, str]
"""What, its value, more about it, its cells."""


def write_origins(sheet: AuditSheet, layout: AuditLayout) -> None:
    """Write them all, unit by unit."""
    label, rubric = layout.said.label, layout.program.rubric
    sheet.widen(_WIDTHS)
    sheet.title(label("audit title", title=rubric.title, sheet=layout.sheet("origins")))
    sheet.heads(1, (rubric.unit_column or rubric.subject, *map(label, _HEADS)), _WIDTHS)
    row = 1
    for unit in layout.units:
        for round_, part in (("", unit.unit), *unit.unit.rounds.items()):
            for what, value, more, cells in _rows(layout, part, whole=not round_):
                row += 1
                for column, entry in enumerate((unit.unit.unit, round_, what, value, more, cells)):
                    sheet.put(row, column, entry, "cell" if isinstance(entry, str) else _style(layout, what))
    sheet.raw.autofilter(1, 0, max(row, 1), len(_WIDTHS) - 1)
    sheet.page(2, 1, sum(_WIDTHS))


def _style(layout: AuditLayout, name: str) -> Style:
    return "date" if _is_date(layout, name) else "number"


def _is_date(layout: AuditLayout, name: str) -> bool:
    return name in layout.known.measures and layout.known.measures[name].kind == "date"


def _rows(layout: AuditLayout, unit: UnitFacts, *, whole: bool) -> Iterator[Row]:
    """List one part of a unit; of all evidence only what no round has of its own."""
    elsewhere = {cell for one in unit.rounds.values() for fact in one.facts.values() for cell in fact.cells}
    for name, fact in unit.facts.items():
        if not elsewhere.issuperset(fact.cells):
            yield name, _value(layout, name, fact), "", _cells(fact.cells)
    for name, cell in unit.inapplicable.items():
        yield name, INAPPLICABLE, "", str(cell)
    for name, given in unit.assessed.items():
        for assessor, fact in given.items():
            yield name, _value(layout, name, fact), assessor, _cells(fact.cells)
    for name, absences in unit.absences.items():
        for assessor, absence in absences.items():
            yield name, layout.said.label(f"absence {absence.reason}"), assessor, str(absence.cell)
    yield from _events(unit, whole=whole)
    for ruling in unit.rulings:
        yield ruling.node, ruling.points, f"{ruling.reason}；{ruling.approver}", str(ruling.cell)


def _events(unit: UnitFacts, *, whole: bool) -> Iterator[Row]:
    """List events with their columns, those of rounds with their round."""
    elsewhere = {event.cell for one in unit.rounds.values() for event in one.events} if whole else set()
    for event in unit.events:
        if event.cell not in elsewhere:
            told = (f"{name} {_said(name, fact)}" for name, fact in event.columns.items())
            yield event.register, "", "；".join(told), str(event.cell)


def _said(name: str, fact: Fact) -> str:
    value = fact.value
    return _answer(value) if isinstance(value, bool) else shown(value, "date" if name == DAY else "number")


def _answer(value: object) -> str:
    return YES if value else NO


def _value(layout: AuditLayout, name: str, fact: Fact) -> Entry:
    match fact.value:
        case bool():
            return _answer(fact.value)
        case Fraction() if _is_date(layout, name):
            return fact.value - DAYS
        case value:
            return value


def _cells(cells: tuple[Cell, ...]) -> str:
    return "；".join(map(str, cells))
