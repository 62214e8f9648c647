"""Rows of registers → events; rows of rulings → rulings."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.cells import Good, read
from dangjian_score.evidence.gather import Seen, good
from dangjian_score.evidence.sheets import shown
from dangjian_score.evidence.tables import APPROVER, EVENT, ITEM, POINTS, REASON, Entry
from dangjian_score.facts import Event, Fact, Ruling
from dangjian_score.names import fold
from dangjian_score.rubric.standing import Span

_POINTS = Measure(POINTS, "number", None, None, None, ())


def event(entry: Entry, known: Catalogue, period: Span | None, found: list[Diagnostic]) -> Event | None:
    """Read one row of a register with the columns that its rules look at; None where it names no register."""
    register = named(entry, EVENT, known.registers, found)
    if register is None:
        return None
    columns: dict[str, Fact] = {}
    faults: set[str] = set()
    for name, measure in known.registers[register].items():
        raw, cell = entry.cells.get(name, (None, entry.cell))
        if raw is None:
            if measure.blank is not None and name in entry.cells:
                columns[name] = Fact(measure.blank, cell)
            continue
        seen = Seen(raw, cell, read(raw, measure))
        if good(seen, measure, found) and isinstance(seen.reading, Good):
            columns[name] = Fact(seen.reading.value, cell)
        else:
            faults.add(name)
    for name, wrong in _wrong(entry, columns, period):
        found.append(wrong)
        faults.add(name)
    return Event(register, entry.cell, columns, frozenset(faults))


def _wrong(entry: Entry, columns: Mapping[str, Fact], period: Span | None) -> Iterator[tuple[str, Diagnostic]]:
    """Report a day outside the period, and a number that is none."""
    day, number = columns.get("日期"), columns.get("数量")
    if day is not None and period is not None and not within(day, period):
        bounds = {"from": period.from_.isoformat(), "to": period.to.isoformat()}
        yield (
            "日期",
            at_cell(Code.DATE_OUTSIDE, day.cell, unit=entry.unit, measure="日期", found=entry.text("日期"), **bounds),
        )
    if number is not None and isinstance(number.value, Fraction) and number.value <= 0:
        told = {"measure": "数量", "found": entry.text("数量"), "kind": "count", "most": "", "levels": ""}
        yield "数量", at_cell(Code.OUT_OF_RANGE, number.cell, least="1", **told)


def within(day: Fact, span: Span) -> bool:
    """Tell whether a day lies in a span."""
    return isinstance(day.value, Fraction) and span.from_.toordinal() <= day.value <= span.to.toordinal()


def named(entry: Entry, column: str, known: Mapping[str, object], found: list[Diagnostic]) -> str | None:
    """Find which of the known things a row is about."""
    said = entry.text(column)
    names = {fold(name): name for name in known}
    if (name := names.get(fold(said))) is not None:
        return name
    near = next(iter(get_close_matches(said, list(known), n=1, cutoff=0.5)), "")
    _, cell = entry.cells.get(column, (None, entry.cell))
    found.append(at_cell(Code.EVENT_UNKNOWN, cell, found=said, near=near, known="、".join(known)))
    return None


def ruling(entry: Entry, known: Catalogue, found: list[Diagnostic]) -> Ruling | None:
    """Read a committee's correction; None where something it needs is missing or wrong."""
    missing = [name for name in (ITEM, POINTS, REASON, APPROVER) if not entry.text(name)]
    if missing:
        found.append(at_cell(Code.RULING_INCOMPLETE, entry.cell, missing="、".join(missing)))
        return None
    node = entry.text(ITEM)
    if node not in known.nodes:
        near = next(iter(get_close_matches(node, known.nodes, n=1)), "")
        found.append(at_cell(Code.RULING_UNKNOWN, entry.cells[ITEM][1], node=node, near=near))
        return None
    raw, cell = entry.cells[POINTS]
    if raw is None:
        return None
    match read(raw, _POINTS):
        case Good(Fraction() as points):
            return Ruling(node, points, entry.text(REASON), entry.text(APPROVER), cell)
        case _:
            told = {"measure": POINTS, "found": shown(raw), "kind": "number", "levels": ""}
            found.append(at_cell(Code.UNREADABLE_CELL, cell, **told))
            return None


def votes(name: str) -> Measure:
    """Say what a cell of a ballot holds."""
    return Measure(name, "count", Fraction(0), None, None, ())
