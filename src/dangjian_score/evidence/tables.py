"""Sheets → tables: the header row found, what kind of table it makes, its columns understood, its rows told apart."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from dangjian_score.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence.sheets import Broken, RawCell, Row, Sheet, shown, written
from dangjian_score.facts import Cell
from dangjian_score.names import fold

HEADER_ROWS: Final = 10
"""How far down a header row is looked for; titles and notes may stand above it."""

EVENT, ROUND, ASSESSOR, BALLOT, ITEM = "事项", "轮次", "评委", "测评项", "指标"
POINTS, REASON, APPROVER = "调整分", "理由", "批准人"
GUIDE, CHOICES = "填表说明", "填表选项"
"""Sheets of our own templates that hold nothing to be scored: they are passed over without a word."""
ALIASES, SINCE, UNTIL = "别名", "成立日期", "撤销日期"

Kind = Literal["matrix", "register", "assessors", "ballots", "rulings", "roster"]

_MARKS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "register": (EVENT,),
    "assessors": (ASSESSOR,),
    "ballots": (BALLOT,),
    "rulings": (ITEM, POINTS),
}
"""The columns that tell a table from a matrix, beside the unit's."""
_OTHER_NAMES: Final = {"考核组": ASSESSOR}
_REGISTER: Final = ("数量", "级别", "日期", "人员", "案件", "说明")
_SUMMARIES: Final = frozenset(["合计", "小计", "平均", "总计", "平均分", "平均值"])


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a unit, the cell its name stands in, and what stands in the columns (None: blank).

    `cells` are the columns that are understood, `says` what stands in all columns but the unit's.
    """

    unit: str
    cell: Cell
    cells: Mapping[str, tuple[RawCell | None, Cell]]
    says: tuple[str, ...]

    def text(self, column: str) -> str:
        """Give what stands in a column as text; nothing where it is blank or not there."""
        raw, _ = self.cells.get(column, (None, self.cell))
        return "" if raw is None else " ".join(written(raw).split())


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that is understood."""

    kind: Kind
    sheet: Sheet
    columns: frozenset[str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    kind: Kind
    row: int
    unit: int
    columns: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """What tables may hold: names of the unit column, best first, and columns by kind of table."""

    unit_names: tuple[str, ...]
    known: Catalogue
    rounds: bool
    roster: bool = False

    def columns(self, kind: Kind) -> tuple[str, ...]:
        """Name the columns that are looked at, with those that are always understood."""
        known = self.known
        rounds = (ROUND,) if self.rounds else ()
        match kind:
            case "matrix":
                return (*rounds, *known.measures)
            case "register":
                own = (column for columns in known.registers.values() for column in columns)
                return (EVENT, *rounds, *dict.fromkeys((*own, *_REGISTER)))
            case "assessors":
                return (ASSESSOR, *rounds, *sorted(known.judged))
            case "ballots":
                levels = (level for levels in known.ballots.values() for level in levels)
                return (BALLOT, *rounds, *dict.fromkeys(levels))
            case "rulings":
                return (ITEM, POINTS, REASON, APPROVER, "日期", *rounds)
            case "roster":
                return (ALIASES, SINCE, UNTIL, *known.attributes)

    def looked_at(self, kind: Kind) -> frozenset[str]:
        """Name the columns that somebody reads: one close to these must not be passed over."""
        idle = set(_REGISTER).difference(*self.known.registers.values()) if kind == "register" else set()
        return frozenset(self.columns(kind)) - idle


def find_table(sheet: Sheet, expected: Expected) -> tuple[Table | None, tuple[Diagnostic, ...]]:
    """Understand a sheet; a finding where it is none of the tables there are."""
    if not sheet.rows or sheet.name == GUIDE or (sheet.name == CHOICES and sheet.hidden):
        return None, ()
    if sheet.hidden or "说明" in (sheet.name or ""):
        why = "hidden" if sheet.hidden else "instructions"
        return None, (at_file(Code.SHEET_PASSED_OVER, sheet.file, sheet.name, why=why),)
    header = _header(sheet, expected)
    if header is None:
        return None, (at_file(Code.NO_TABLE, sheet.file, sheet.name, unit=expected.unit_names[0]),)
    found = [*_columns(sheet, header, expected)]
    entries: list[Entry] = []
    for number, row in sheet.rows.items():
        if number > header.row:
            entry = _entry(sheet, header, number, row)
            if isinstance(entry, Diagnostic):
                found.append(entry)
            elif entry is not None:
                entries.append(entry)
    return Table(header.kind, sheet, frozenset(header.columns.values()), tuple(entries)), tuple(found)


def _header(sheet: Sheet, expected: Expected) -> _Header | None:
    """Take the row that names most columns beside a unit column; the first one of equals."""
    best: _Header | None = None
    for number in range(1, HEADER_ROWS + 1):
        titles = {column: fold(_title(cell)) for column, cell in sheet.rows.get(number, {}).items()}
        titles = {column: _OTHER_NAMES.get(title, title) for column, title in titles.items()}
        unit = next((c for name in expected.unit_names for c, title in titles.items() if title == fold(name)), None)
        if unit is None:
            continue
        kind = _kind(titles.values(), expected)
        known = {fold(name): name for name in expected.columns(kind)}
        columns = {c: known[title] for c, title in titles.items() if title in known and c != unit}
        listing = kind == "roster" or not expected.known.measures  # of such rubrics a list of units is a matrix
        enough = listing or set(columns.values()) - {ROUND}
        if enough and (best is None or len(columns) > len(best.columns)):
            best = _Header(kind, number, unit, columns)
    return best


def _kind(titles: Collection[str], expected: Expected) -> Kind:
    if expected.roster:
        return "roster"
    return next((kind for kind, marks in _MARKS.items() if all(mark in titles for mark in marks)), "matrix")


def _title(cell: RawCell) -> str:
    return cell.content.shown if isinstance(cell.content, Broken) else str(cell.content)


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    return Cell(sheet.file, sheet.name, row, column)


def _columns(sheet: Sheet, header: _Header, expected: Expected) -> Iterator[Diagnostic]:
    """Report columns that stand twice, or that nobody knows; closely misspelt ones as errors."""
    seen: dict[str, Cell] = {}
    absent = sorted(expected.looked_at(header.kind) - set(header.columns.values()))
    for column, raw in sorted(sheet.rows[header.row].items()):
        cell = _cell(sheet, header.row, column)
        name = header.columns.get(column)
        if name is not None:
            if name in seen:
                yield at_cell(Code.COLUMN_TWICE, cell, measure=name, first=str(seen[name]))
            seen.setdefault(name, cell)
        elif column != header.unit:
            near = get_close_matches(fold(_title(raw)), absent, n=1, cutoff=0.75)
            code = Code.COLUMN_NEAR_MISS if near else Code.COLUMN_PASSED_OVER
            yield at_cell(code, cell, column=shown(raw), **({"near": near[0]} if near else {}))


def _entry(sheet: Sheet, header: _Header, number: int, row: Row) -> Entry | Diagnostic | None:
    name, cell = row.get(header.unit), _cell(sheet, number, header.unit)
    title = fold(_title(sheet.rows[header.row][header.unit]))
    if name is None:
        first = next((row[column] for column in sorted(header.columns) if column in row), None)
        if first is not None and header.kind == "register" and title in _REGISTER:
            return at_cell(Code.ROW_PASSED_OVER, cell, row=shown(first))  # an event of the branch, not of a member
        return None if first is None else at_cell(Code.UNIT_MISSING, cell)
    if isinstance(name.content, Broken):
        code = Code.MERGED_CELLS if name.content.why == "merged" else Code.CELL_ERROR
        return at_cell(code, cell, found=shown(name), measure="")
    unit = " ".join((name.content if isinstance(name.content, str) else written(name)).split())
    if fold(unit) in _SUMMARIES:
        return at_cell(Code.ROW_PASSED_OVER, cell, row=unit)
    cells = {title: (row.get(column), _cell(sheet, number, column)) for column, title in header.columns.items()}
    if title in _REGISTER:  # a register of members: the unit is one of its columns
        cells[title] = (name, cell)
    return Entry(unit, cell, cells, _says(sheet.rows[header.row], row, header.unit))


def _says(titles: Row, row: Row, unit: int) -> tuple[str, ...]:
    """Give what a row says, whatever the order of its columns."""
    named = {column: fold(_title(titles[column])) if column in titles else "" for column in row}
    return tuple(sorted(f"{named[column]}={written(raw)}" for column, raw in row.items() if column != unit))
