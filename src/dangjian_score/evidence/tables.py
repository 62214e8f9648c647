"""Sheets → tables: the header row found, its columns understood, its rows told apart."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from dangjian_score.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.evidence.sheets import Broken, RawCell, Row, Sheet, shown
from dangjian_score.facts import Cell
from dangjian_score.names import fold

HEADER_ROWS: Final = 10
"""How far down a header row is looked for; titles and notes may stand above it."""

_SUMMARIES: Final = frozenset(["合计", "小计", "平均", "总计", "平均分", "平均值"])


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a matrix: a unit, the cell its name stands in, and what stands under each measure (None: blank)."""

    unit: str
    cell: Cell
    cells: Mapping[str, tuple[RawCell | None, Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix (汇总表): one row a unit."""

    sheet: Sheet
    measures: frozenset[str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    unit: int
    columns: Mapping[int, str]


def find_table(
    sheet: Sheet, unit_names: Collection[str], measures: Collection[str]
) -> tuple[Table | None, tuple[Diagnostic, ...]]:
    """Understand a sheet as a matrix. `unit_names` are what the unit column may be called, best first."""
    if not sheet.rows:
        return None, ()
    if sheet.hidden or "说明" in (sheet.name or ""):
        return None, (
            at_file(Code.SHEET_PASSED_OVER, sheet.file, sheet.name, why="hidden" if sheet.hidden else "instructions"),
        )
    header = _header(sheet, unit_names, measures)
    if header is None:
        return None, (at_file(Code.NO_TABLE, sheet.file, sheet.name, unit=next(iter(unit_names))),)
    found = [*_columns(sheet, header, measures)]
    entries: list[Entry] = []
    for number, row in sheet.rows.items():
        if number > header.row:
            entry = _entry(sheet, header, number, row)
            if isinstance(entry, Diagnostic):
                found.append(entry)
            elif entry is not None:
                entries.append(entry)
    return Table(sheet, frozenset(header.columns.values()), tuple(entries)), tuple(found)


def _header(sheet: Sheet, unit_names: Collection[str], measures: Collection[str]) -> _Header | None:
    """Take the row that names most measures beside a unit column; the first one of equals."""
    known = {fold(name): name for name in measures}
    best: _Header | None = None
    for number in range(1, HEADER_ROWS + 1):
        titles = {column: fold(_title(cell)) for column, cell in sheet.rows.get(number, {}).items()}
        unit = next((c for name in unit_names for c, title in titles.items() if title == fold(name)), None)
        columns = {c: known[title] for c, title in titles.items() if title in known and c != unit}
        if unit is not None and columns and (best is None or len(columns) > len(best.columns)):
            best = _Header(number, unit, columns)
    return best


def _title(cell: RawCell) -> str:
    return cell.content.shown if isinstance(cell.content, Broken) else str(cell.content)


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    return Cell(sheet.file, sheet.name, row, column)


def _columns(sheet: Sheet, header: _Header, measures: Collection[str]) -> Iterator[Diagnostic]:
    """Report columns that stand twice, or that are no measure's; closely misspelt ones as errors."""
    seen: dict[str, Cell] = {}
    absent = sorted(set(measures) - set(header.columns.values()))
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
    if name is None:
        filled = any(column in row for column in header.columns)
        return at_cell(Code.UNIT_MISSING, cell) if filled else None
    if isinstance(name.content, Broken):
        code = Code.MERGED_CELLS if name.content.why == "merged" else Code.CELL_ERROR
        return at_cell(code, cell, found=shown(name), measure="")
    unit = " ".join(shown(name).split()) if not isinstance(name.content, str) else " ".join(name.content.split())
    if fold(unit) in _SUMMARIES:
        return at_cell(Code.ROW_PASSED_OVER, cell, row=unit)
    cells = {measure: (row.get(column), _cell(sheet, number, column)) for column, measure in header.columns.items()}
    return Entry(unit, cell, cells)
