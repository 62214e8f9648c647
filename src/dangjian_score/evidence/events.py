"""Rows that only add to a unit: of registers → events, of ballots → votes, of rulings → rulings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.evidence.cells import BarePercent, Good, read
from dangjian_score.evidence.columns import APPROVER, BALLOT, EVENT, ITEM, ITEM_TITLE, POINTS, REASON
from dangjian_score.evidence.entries import Entry
from dangjian_score.evidence.gather import Seen, percent_scale, settled, value_of
from dangjian_score.evidence.sheets import shown
from dangjian_score.facts import Event, Fact, Ruling, ballot
from dangjian_score.names import fold
from dangjian_score.rubric.standing import Round, Span

_POINTS = Measure(POINTS, "number", None, None, None, ())

Scales = Mapping[tuple[str, str], int | None]
"""What bare numbers mean in the columns of per cents, by register and column."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads such rows; what is wrong with them goes to `found`."""

    known: Catalogue
    period: Span | None
    scales: Scales
    found: list[Diagnostic]

    def event(self, entry: Entry) -> Event | None:
        """Read one row of a register with the columns that its rules look at; None where it names no register."""
        register = self._named(entry, EVENT, self.known.registers)
        if register is None:
            return None
        columns: dict[str, Fact] = {}
        faults: set[str] = set()
        for name, measure in self.known.registers[register].items():
            raw, cell = entry.cells.get(name, (None, entry.cell))
            if raw is None:
                if measure.blank is not None and name in entry.cells:
                    columns[name] = Fact(measure.blank, cell)
                continue
            seen = settled(Seen(raw, cell, read(raw, measure)), measure, self.scales.get((register, name)))
            value = value_of(seen, measure, self.found)
            if value is None:
                faults.add(name)
            else:
                columns[name] = Fact(value, cell)
        for name, wrong in _wrong(entry, columns, self.period):
            self.found.append(wrong)
            faults.add(name)
        return Event(register, entry.cell, columns, frozenset(faults))

    def votes(self, entry: Entry) -> Iterator[tuple[str, Fact | None]]:
        """Read one row of a ballot, level by level; None for a cell that is no use."""
        name = self._named(entry, BALLOT, self.known.ballots)
        if name is None:
            return
        for level in (level for level in self.known.ballots[name] if level in entry.cells):
            raw, cell = entry.cells[level]
            count = Measure(ballot(name, level), "count", Fraction(0), None, None, ())
            if raw is None:
                self.found.append(at_cell(Code.BLANK, cell, unit=entry.unit, measure=count.name))
                yield count.name, None
                continue
            value = value_of(Seen(raw, cell, read(raw, count)), count, self.found)
            yield count.name, None if value is None else Fact(value, cell)

    def ruling(self, entry: Entry) -> Ruling | None:
        """Read a committee's correction; None where something it needs is missing or wrong."""
        missing = [name for name in (ITEM, POINTS, REASON, APPROVER) if not entry.text(name)]
        if missing:
            self.found.append(at_cell(Code.RULING_INCOMPLETE, entry.cell, missing="、".join(missing)))
            return None
        node = entry.text(ITEM)
        if node not in self.known.nodes:
            near = next(iter(get_close_matches(node, list(self.known.nodes), n=1)), "")
            self.found.append(at_cell(Code.RULING_UNKNOWN, entry.cells[ITEM][1], node=node, near=near))
            return None
        if (found := _doubt(entry, self.known.nodes[node])) is not None:
            self.found.append(found)
        raw, cell = entry.cells[POINTS]
        if raw is None:
            return None
        match read(raw, _POINTS):
            case Good(Fraction() as points):
                return Ruling(node, points, entry.text(REASON), entry.text(APPROVER), cell)
            case _:
                told = {"measure": POINTS, "found": shown(raw), "kind": "number", "levels": ""}
                self.found.append(at_cell(Code.UNREADABLE_CELL, cell, **told))
                return None

    def _named(self, entry: Entry, column: str, known: Mapping[str, object]) -> str | None:
        """Find which of the known things a row is about."""
        name = _known_as(entry.text(column), known)
        if name is None:
            said = entry.text(column)
            near = next(iter(get_close_matches(said, list(known), n=1, cutoff=0.5)), "")
            _, cell = entry.cells.get(column, (None, entry.cell))
            self.found.append(at_cell(Code.EVENT_UNKNOWN, cell, found=said, near=near, known="、".join(known)))
        return name


def _doubt(entry: Entry, node: NodeTree) -> Diagnostic | None:
    """Report a ruling that names two items, or one whose id is only its place and may have been another's."""
    told = {"node": node.id, "title": node.node.title}
    title = entry.text(ITEM_TITLE)
    if title and fold(title) != fold(node.node.title):
        return at_cell(Code.RULING_DISAGREES, entry.cells[ITEM_TITLE][1], found=title, **told)
    return (
        at_cell(Code.ID_BY_PLACE, entry.cells[ITEM][1], column=ITEM_TITLE, **told)
        if node.by_place and not title
        else None
    )


def _known_as(said: str, known: Mapping[str, object]) -> str | None:
    return next((name for name in known if fold(name) == fold(said)), None)


def scales(entries: Iterable[Entry], known: Catalogue) -> Scales:
    """Judge the bare numbers of registers over whole columns of all files."""
    bare: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for entry in entries:
        register = _known_as(entry.text(EVENT), known.registers)
        if register is None:
            continue
        for name, measure in known.registers[register].items():
            raw, _ = entry.cells.get(name, (None, entry.cell))
            if raw is not None and isinstance(reading := read(raw, measure), BarePercent):
                bare[register, name].append(reading.number)
    return {column: percent_scale(numbers) for column, numbers in bare.items()}


def round_by_day(event: Event, rounds: Mapping[str, Round]) -> str | None:
    """Find the round whose days an event falls into."""
    day = event.columns.get("日期")
    for name, one in rounds.items():
        if day is not None and one.span is not None and _within(day, one.span):
            return name
    return None


def _within(day: Fact, span: Span) -> bool:
    return isinstance(day.value, Fraction) and span.from_.toordinal() <= day.value <= span.to.toordinal()


def _wrong(entry: Entry, columns: Mapping[str, Fact], period: Span | None) -> Iterator[tuple[str, Diagnostic]]:
    """Report a day outside the period, and a number that is none."""
    day, number = columns.get("日期"), columns.get("数量")
    if day is not None and period is not None and not _within(day, period):
        told = {"unit": entry.unit, "measure": "日期", "found": entry.text("日期")}
        bounds = {"from": period.from_.isoformat(), "to": period.to.isoformat()}
        yield "日期", at_cell(Code.DATE_OUTSIDE, day.cell, **told, **bounds)
    if number is not None and isinstance(number.value, Fraction) and number.value <= 0:
        told = {"measure": "数量", "found": entry.text("数量"), "kind": "count", "most": "", "levels": ""}
        yield "数量", at_cell(Code.OUT_OF_RANGE, number.cell, least="", over="0", **told)
