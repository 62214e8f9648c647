"""Sheets 证据, 归集 and 出处: what was entered, what is reduced beforehand, and the cells that all of it is from."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.columns import DAY
from dangjian_score.core.facts import Cell, Fact, UnitFacts, Value
from dangjian_score.engine.formulas import DAYS, INAPPLICABLE, NO, YES
from dangjian_score.report.audit.heads import AuditEntry, AuditSheet, Content
from dangjian_score.report.audit.layout import AuditLayout, UnitRow
from dangjian_score.report.book import Formula
from dangjian_score.report.taken import taken_unit
from dangjian_score.rubric.measures import MeasureKind
from dangjian_score.words.conditions import shown

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
            yield name, _value(layout, name, fact.value), _taken(layout, unit, name), _cells(fact.cells)
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


def _taken(layout: AuditLayout, unit: UnitFacts, name: str) -> str:
    """Name the units of a result of another rubric that a figure is from; nothing for one that was entered."""
    places, taken = layout.program.rubric.shown_places, unit.taken.get(name)
    units = () if taken is None else (taken_unit(each, taken, places, layout.words) for each in taken.units)
    return "；".join(units)


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
