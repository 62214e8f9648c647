"""Rows that only add to a unit: of registers → events, of ballots → votes, of rulings → rulings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core import columns as col
from dangjian_score.core.diagnostics import Code, at_cell
from dangjian_score.core.facts import Cell, Event, Fact, FactLayout, Fate, GradeRuling, RowFacts, Ruling, Value, ballot
from dangjian_score.core.names import fold
from dangjian_score.core.points import plain
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.evidence.facts.agree import value_of
from dangjian_score.evidence.facts.slots import MergeLog, Spellings, percent_scale
from dangjian_score.evidence.sheets import RawCell, picked, shown
from dangjian_score.evidence.tables.account import claim
from dangjian_score.evidence.tables.cells import (
    BarePercent,
    Good,
    KeyText,
    NoKey,
    TypedCell,
    Unusable,
    read,
    read_typed,
    settled,
)
from dangjian_score.evidence.tables.remarks import no_key, remarks
from dangjian_score.evidence.tables.table import TableRow
from dangjian_score.rubric.standing import Span

_POINTS = Measure(col.POINTS, "number", None, None, None, ())
_OF_GRADE_RULING = (col.FIXED_GRADE, col.MEETING, col.DAY, col.REASON, col.APPROVER)
_DAY = Measure(col.DAY, "date", None, None, None, ())

_TURNOUT = {"issued": col.ISSUED, "returned": col.RETURNED, "invalid": col.INVALID}

RegisterScales = Mapping[tuple[str, str], int | None]
"""What bare numbers mean in the columns of per cents, by register and column."""


class Outside(Struct, frozen=True):
    """A row of a rolling register that is dated outside the period, and does not count."""


class RegisterColumn(Struct, frozen=True):
    """A column of a register: where it stands, and the values of cells of which nothing is to be said, by identity.

    `none_is_priced` where 无 is one of its levels.
    """

    measure: Measure
    at: int
    none_is_priced: bool
    values: dict[int, Value | None]


class RegisterLayout(Struct, frozen=True):
    """How rows of a table tell events of a register: `absent` are columns that the table lacks, `idle` stray ones."""

    columns: tuple[RegisterColumn, ...]
    places: tuple[int, ...]
    layout: FactLayout
    absent: frozenset[str]
    idle: tuple[str, ...]


class EventReader(Struct, frozen=True):
    """Reads rows of registers, ballots and rulings; `scales` tell what bare numbers in columns of per cents mean."""

    known: Catalogue
    period: Span | None
    scales: RegisterScales
    spellings: Spellings
    log: MergeLog
    _values: dict[tuple[str, str], dict[int, Value | None]] = field(default_factory=lambda: defaultdict(dict))
    _layouts: dict[tuple[str, int], RegisterLayout] = field(default_factory=dict)
    _names: dict[tuple[str, int], str] = field(default_factory=dict)

    def event(self, row: TableRow) -> Event | Outside | None:
        """Read one row of a register with the columns that its rules look at; None where it cannot be read."""
        register = self._named(row, col.EVENT, self.known.registers)
        if register is None:
            return None
        if register in self.known.rolling and (day := self._day_outside(register, row)) is not None:
            args = {"unit": row.unit, "register": register, "found": row.text(col.DAY), **_bounds(day)}
            self.log.report(Code.EVENT_OUTSIDE, row.place(col.DAY), **args)
            self.log.claim(row, Fate.SUPERSEDED)
            return Outside()
        layout = self._layout(register, row)
        faults = self.log.misspelt & layout.absent
        figures = tuple(
            [
                column.values[id(raw)] if id(raw) in column.values else self._read(register, column, raw, row, faults)
                for column, raw in zip(layout.columns, picked(row.row, layout.places), strict=True)
            ]
        )
        for name in layout.idle:
            self._idle(register, name, row)
        facts = RowFacts(layout.layout, (row.number,), figures, {})
        if register not in self.known.judged_events:
            return Event(register, row.cell, facts, frozenset(faults))
        explanation = row.explanation(*col.EXPLAINING)
        unexplained = row.unexplained(*col.EXPLAINING) if explanation is None else None
        return Event(register, row.cell, facts, frozenset(faults), explanation, unexplained)

    def _layout(self, register: str, row: TableRow) -> RegisterLayout:
        """Find how the rows of a table tell events of a register; all of them share their columns."""
        key = register, id(row.columns)
        if key not in self._layouts:
            measures, sheet = self.known.registers[register], row.sheet
            columns = tuple(
                RegisterColumn(
                    measure,
                    row.columns[name],
                    name == col.LEVEL or (measure.is_key and self.known.prices_none(name, register)),
                    self._values[register, name],
                )
                for name, measure in measures.items()
                if name in row.columns
            )
            beside = self.known.beside.get(register, ())
            looked_at = {col.EVENT, col.ROUND, col.DAY, *col.DETAILS, *measures, *beside}
            self._layouts[key] = RegisterLayout(
                columns,
                tuple(column.at for column in columns),
                FactLayout(
                    {column.measure.name: at for at, column in enumerate(columns)},
                    tuple((sheet.file, sheet.name, 0, column.at) for column in columns),
                ),
                frozenset(measures.keys() - row.columns.keys()),
                tuple(name for name in row.columns if name not in looked_at),
            )
        return self._layouts[key]

    def _read(
        self, register: str, column: RegisterColumn, raw: RawCell | None, row: TableRow, faults: set[str]
    ) -> Value | None:
        """Read a cell that is met for the first time, or of which something is to be said."""
        name, reported = column.measure.name, len(self.log.found)
        cell = row.sheet.cell(row.number, column.at)
        value = None if raw is None else self._value(register, column, raw, cell)
        if isinstance(value, Unusable):
            faults.add(name)
            return None
        value = column.measure.blank if value is None else value
        if self._is_wrong(name, value, cell, row):
            faults.add(name)
        if len(self.log.found) == reported:
            column.values[id(raw)] = value
        return value

    def _value(self, register: str, column: RegisterColumn, raw: RawCell, cell: Cell) -> Value | Unusable | None:
        """Read what a cell holds; None where that is a blank. What is wrong with it is reported."""
        measure = column.measure
        match read_typed(raw, measure, none_is_priced=column.none_is_priced):
            case None:
                return None
            case NoKey() as reading:
                self.log.found += no_key(reading, raw, cell, measure.name)
                return Unusable(Code.KEY_UNUSABLE)
            case KeyText() as key:
                return self.spellings.of(measure.name, key, cell, measure.levels)
            case reading:
                meant = settled(reading, measure, self.scales.get((register, measure.name)))
                value = value_of(TypedCell(raw, cell, meant), measure, self.log)
                return Unusable(Code.UNREADABLE_CELL) if value is None else value

    def _is_wrong(self, name: str, value: Value | None, cell: Cell, row: TableRow) -> bool:
        """Report a day outside the period, and a number that is none."""
        if name == col.DAY and value is not None and self.period is not None and not _within(value, self.period):
            args = {"unit": row.unit, "measure": col.DAY, "found": row.text(col.DAY), **_bounds(self.period)}
            self.log.report(Code.DATE_OUTSIDE, cell, **args)
            return True
        if name == col.AMOUNT and isinstance(value, Fraction) and value <= 0:
            args = {"measure": col.AMOUNT, "found": row.text(col.AMOUNT), "kind": "count", "most": "", "levels": ""}
            self.log.report(Code.OUT_OF_RANGE, cell, least="", over="0", **args)
            return True
        return False

    def _idle(self, register: str, name: str, row: TableRow) -> None:
        """Name the column of another register that a row fills in: nobody looks at it here."""
        raw, cell = row.placed(name)
        if raw is not None and cell != row.cell:
            self.log.claims.append(claim(cell, Fate.SUPERSEDED))
            self.log.report(Code.IDLE_CELL, cell, register=register, column=name)

    def day(self, row: TableRow) -> Value | str:
        """Give the day of a row, as text where it is none."""
        raw = row.raw(col.DAY)
        reading = None if raw is None else read(raw, _DAY)
        return reading.value if isinstance(reading, Good) else row.text(col.DAY)

    def _day_outside(self, register: str, row: TableRow) -> Span | None:
        """Give the period where a row of a rolling register (滚动台账) is dated outside it."""
        raw = row.raw(col.DAY)
        day = None if raw is None else read(raw, self.known.registers[register][col.DAY])
        outside = isinstance(day, Good) and self.period is not None and not _within(day.value, self.period)
        return self.period if outside else None

    def votes(self, row: TableRow) -> Mapping[str, Fact | None]:
        """Read one row of a ballot: its levels, and how many were issued, returned and invalid where that is entered.

        None for a cell that is no use.
        """
        name = self._named(row, col.BALLOT, self.known.ballots)
        if name is None:
            return {}
        levels = tuple(level for level in self.known.ballots[name] if row.has(level))
        due = {*levels, *(column for ballot_, column in self.known.turnout if ballot_ == name)}
        columns = (column for column in (*levels, *col.TURNOUT) if row.has(column))
        asked = [column for column in columns if column in due or row.raw(column) is not None]
        votes = {column: self._votes(row, name, column) for column in asked}
        known = {column: exact.figure(fact.value) for column, fact in votes.items() if fact is not None}
        if levels == self.known.ballots[name] and known.keys() == votes.keys():
            self._count(row, name, known)
        return {ballot(name, column): fact for column, fact in votes.items()}

    def _votes(self, row: TableRow, name: str, column: str) -> Fact | None:
        raw, cell = row.placed(column)
        count = Measure(ballot(name, column), "count", Fraction(0), None, None, ())
        if raw is None:
            self.log.report(Code.BLANK, cell, unit=row.unit, measure=count.name)
            return None
        value = value_of(TypedCell(raw, cell, read(raw, count)), count, self.log)
        return None if value is None else Fact(value, cell)

    def _count(self, row: TableRow, name: str, votes: Mapping[str, Fraction]) -> None:
        """Report ballots that do not add up: votes must be those returned less the invalid ones, of no more issued."""
        issued, returned = votes.get(col.ISSUED), votes.get(col.RETURNED)
        valid = sum((number for column, number in votes.items() if column not in col.TURNOUT), Fraction(0))
        cast = valid + votes.get(col.INVALID, 0)
        held = cast if returned is None else returned
        if held == cast and (issued is None or issued >= held):
            return
        counts = {key: plain(votes[column]) if column in votes else "" for key, column in _TURNOUT.items()}
        cells = [row.place(column) for column in (col.RETURNED, col.ISSUED, col.INVALID) if column in votes]
        first, *others = (at_cell(Code.BALLOTS_DIFFER, cell) for cell in cells)
        args = {"unit": row.unit, "ballot": name, **counts, "valid": plain(valid)}
        self.log.found.append(replace(first, args=tuple(args.items()), related=tuple(other.place for other in others)))

    def ruling(self, row: TableRow) -> Ruling | None:
        """Read a committee's correction; None where something it needs is missing or wrong."""
        missing = [name for name in (col.ITEM, col.POINTS, col.REASON, col.APPROVER) if not row.text(name)]
        if missing:
            self.log.report(Code.RULING_INCOMPLETE, row.cell, missing="、".join(missing))
            return None
        node = row.text(col.ITEM)
        if node not in self.known.nodes:
            near = next(iter(get_close_matches(node, list(self.known.nodes), n=1)), "")
            self.log.report(Code.RULING_UNKNOWN, row.place(col.ITEM), node=node, near=near)
            return None
        self._doubt(row, self.known.nodes[node])
        raw, cell = row.placed(col.POINTS)
        if raw is None:
            return None
        match read(raw, _POINTS):
            case Good(Fraction() as points):
                return Ruling(node, points, row.text(col.REASON), row.text(col.APPROVER), cell)
            case reading:
                args = {"measure": col.POINTS, "found": shown(raw), "kind": "figure", "levels": ""}
                code = reading.code if isinstance(reading, Unusable) else Code.UNREADABLE_CELL
                self.log.report(code, cell, **args, **remarks(raw, _POINTS))
                return None

    def grade_ruling(self, row: TableRow) -> GradeRuling | None:
        """Read the grade that a committee fixed; None where something it needs is missing or wrong."""
        missing = [name for name in _OF_GRADE_RULING if not row.text(name)]
        if missing:
            self.log.report(Code.GRADE_RULING_INCOMPLETE, row.cell, missing="、".join(missing), column="")
            return None
        grades = Measure(col.FIXED_GRADE, "level", None, None, None, self.known.grades)
        day, grade = self._settled(row, _DAY), self._settled(row, grades)
        if not (isinstance(day, Fraction) and isinstance(grade, str)):
            return None
        why = (row.text(col.MEETING), int(day), row.text(col.REASON), row.text(col.APPROVER))
        return GradeRuling(grade, *why, row.place(col.FIXED_GRADE))

    def _settled(self, row: TableRow, measure: Measure) -> Value | None:
        """Read the cell of a column, and report what is wrong with it."""
        raw, cell = row.placed(measure.name)
        return None if raw is None else value_of(TypedCell(raw, cell, read(raw, measure)), measure, self.log)

    def _doubt(self, row: TableRow, node: NodeTree) -> None:
        """Report a ruling that names two items, or one whose id is only its place and may have been another's."""
        args = {"node": node.id, "title": node.node.title}
        title = row.text(col.ITEM_TITLE)
        if title and fold(title) != fold(node.node.title):
            self.log.report(Code.RULING_DISAGREES, row.place(col.ITEM_TITLE), found=title, **args)
        elif node.by_place and not title:
            self.log.report(Code.ID_BY_PLACE, row.place(col.ITEM), column=col.ITEM_TITLE, **args)

    def _named(self, row: TableRow, column: str, known: Mapping[str, object]) -> str | None:
        """Find which of the known things a row is about."""
        key = column, id(row.raw(column))
        if key in self._names:
            return self._names[key]
        text, cell = row.text(column), row.place(column)
        name = _known_as(text, known)
        if name is None:
            near = next(iter(get_close_matches(text, list(known), n=1, cutoff=0.5)), "")
            self.log.misspelt.add(near)
            self.log.report(Code.EVENT_UNKNOWN, cell, found=text, near=near, known="、".join(known))
            return None
        if text != name:
            self.spellings.of(column, KeyText(text, fold(text)), cell, (name,))
        self._names[key] = name
        return name


def _known_as(text: str, known: Iterable[str]) -> str | None:
    folded = fold(text)
    return next((name for name in known if fold(name) == folded), None)


def scales(rows: Iterable[TableRow], known: Catalogue) -> RegisterScales:
    """Judge the bare numbers of registers over whole columns of all files."""
    bare: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    percents = {
        register: [measure for measure in columns.values() if measure.kind == "percent"]
        for register, columns in known.registers.items()
    }
    for row in rows if any(percents.values()) else ():
        register = _known_as(row.text(col.EVENT), known.registers)
        if register is None:
            continue
        for measure in percents[register]:
            raw = row.raw(measure.name)
            if raw is not None and isinstance(reading := read(raw, measure), BarePercent):
                bare[register, measure.name].append(reading.number)
    return {column: percent_scale(numbers) for column, numbers in bare.items()}


def round_by_day(event: Event, spans: Mapping[str, Span]) -> str | None:
    """Find the round whose days an event falls into."""
    day = event.values.get(col.DAY) if spans else None
    if day is None:
        return None
    return next((name for name, span in spans.items() if _within(day, span)), None)


def _within(day: Value, span: Span) -> bool:
    return isinstance(day, Fraction) and span.from_.toordinal() <= day <= span.to.toordinal()


def _bounds(span: Span) -> dict[str, str]:
    return {"from": span.from_.isoformat(), "to": span.to.isoformat()}
