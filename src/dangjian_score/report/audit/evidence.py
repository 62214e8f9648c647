"""Sheets 证据 and 归集: what was entered, and what is reduced beforehand."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.facts import Fact
from dangjian_score.engine.formulas import INAPPLICABLE, NO, YES
from dangjian_score.report.audit.heads import AuditEntry, AuditSheet, Content
from dangjian_score.report.audit.layout import AuditLayout, UnitRow
from dangjian_score.report.audit.origins import Origins, entry_of
from dangjian_score.report.audit.working import held
from dangjian_score.report.book import Formula
from dangjian_score.rubric.measures import MeasureKind

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
    shown = entry_of(layout, name, fact.value)
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
    rows = tuple({row.part.round: row for row in reversed(before)}.values())[::-1]
    return over_rounds(layout, rows, name, fact, layout.sheet("facts"))


def over_rounds(layout: AuditLayout, rows: Sequence[UnitRow], name: str, fact: Fact, sheet: str) -> str | None:
    """Write on a sheet how rounds come together: figures add up, one yes is a yes, else all say the same.

    None where the fact comes of other cells than those of the rounds.
    """
    given = [row.unit.ready[row.part.key].facts.get(name) for row in rows]
    entered = {cell for other in given if other is not None for cell in other.cells}
    if not entered.issuperset(fact.cells) or len(rows) > _MOST:
        return None
    cells = [layout.fact(row, name).seen_from(sheet) for row in rows]
    kind = layout.kind(name)
    if kind is None or kind in _ADDED:
        return f"SUM({','.join(cells)})"
    if kind == "yes_no":
        tests = ",".join(f'{cell}="{YES}"' for cell in cells)
        return f'IF(OR({tests}),"{YES}","{NO}")'
    return next(cell for cell, other in zip(cells, given, strict=True) if other is not None)


def write_figures(sheet: AuditSheet, layout: AuditLayout, origins: Origins) -> None:
    """Write what is reduced beforehand: as figures, but what assessors gave as formulas over its origins."""
    for slot in layout.slots:
        ready = slot.unit.ready[slot.part.key]
        for name, column in layout.figures.items():
            fact = ready.facts.get(name)
            figure = ready.known.get(name) if fact is None else fact.value
            if isinstance(figure, Fraction):
                formula = origins.formula(layout, slot, name)
                sheet.put(slot.row, column, figure if formula is None else held(formula, figure), "number")
            else:
                sheet.put(slot.row, column, INAPPLICABLE if name in ready.unit.inapplicable else "")
