"""Rows of tables → entries: whose row it is, and what stands in the columns that are understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.evidence.cells import code_of
from dangjian_score.evidence.columns import REGISTER
from dangjian_score.evidence.guesses import reasons
from dangjian_score.evidence.headers import Header, title_of
from dangjian_score.evidence.sheets import Broken, RawCell, Row, Sheet, shown, written
from dangjian_score.facts import Cell
from dangjian_score.names import fold

SUMMARIES: Final = frozenset(["合计", "小计", "平均", "总计", "平均分", "平均值"])


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


def entries(sheet: Sheet, header: Header, unit: int) -> Iterator[Entry | Diagnostic]:
    """Read the rows below a header whose column `unit` names whose they are; findings stand among them."""
    title = fold(title_of(sheet.rows[header.row][unit]))
    for number, row in sheet.rows.items():
        if number <= header.row:
            continue
        name = row.get(unit)
        if name is None:
            yield from _nameless(sheet, header, number, title)
            continue
        whose = named(name, sheet.cell(number, unit))
        yield from whose.found
        if whose.unit is not None:
            yield _entry(sheet, header, number, title, whose.unit, unit)


@dataclass(frozen=True, slots=True)
class Named:
    """Whose row it is (None: nobody's), and what there is to say of it."""

    unit: str | None
    found: tuple[Diagnostic, ...] = ()


def named(name: RawCell, cell: Cell) -> Named:
    """Read the cell that names a unit; one that a merge covers means the unit above."""
    content = name.content
    if isinstance(content, Broken) and content.why == "beneath":  # reported with its sheet
        return Named(None)
    if isinstance(content, Broken) and content.why != "merged":
        return Named(None, (unusable(name, content, cell),))
    unit = " ".join(written(name).split())
    if fold(unit) in SUMMARIES:
        return Named(None, (at_cell(Code.ROW_PASSED_OVER, cell, row=unit),))
    return Named(unit, (at_cell(Code.UNIT_MERGED, cell, unit=unit),) if isinstance(content, Broken) else ())


def unusable(raw: RawCell, content: Broken, cell: Cell) -> Diagnostic:
    """Report a cell that should name something and has no usable value."""
    told = {"found": shown(raw), "measure": "", "kind": "text", "levels": "", **reasons(content)}
    return at_cell(code_of(content), cell, **told)


def _nameless(sheet: Sheet, header: Header, number: int, title: str) -> Iterator[Diagnostic]:
    row, cell = sheet.rows[number], sheet.cell(number, header.unit or 1)
    first = next((row[column] for column in sorted(header.columns) if column in row), None)
    if first is not None and header.kind == "register" and title in REGISTER:
        yield at_cell(Code.ROW_PASSED_OVER, cell, row=shown(first))  # an event of the branch, not of a member
    elif first is not None:
        yield at_cell(Code.UNIT_MISSING, cell)


def _entry(sheet: Sheet, header: Header, number: int, title: str, unit: str, at: int) -> Entry:
    row, cell = sheet.rows[number], sheet.cell(number, at)
    cells = {name: (row.get(column), sheet.cell(number, column)) for column, name in header.columns.items()}
    if title in REGISTER:  # a register of members: the unit is one of its columns
        cells[title] = (row[at], cell)
    return Entry(unit, cell, cells, _says(sheet.rows[header.row], row, at))


def _says(titles: Row, row: Row, unit: int) -> tuple[str, ...]:
    """Give what a row says, whatever the order of its columns."""
    named = {column: fold(title_of(titles[column])) if column in titles else "" for column in row}
    return tuple(sorted(f"{named[column]}={written(raw)}" for column, raw in row.items() if column != unit))
