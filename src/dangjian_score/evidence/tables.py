"""Sheets → tables: the header row found, what kind of table it makes, its rows told apart."""

from dataclasses import dataclass

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.columns import ROUND, Expected, Kind
from dangjian_score.evidence.entries import Entry, entries
from dangjian_score.evidence.forms import form_entries
from dangjian_score.evidence.headers import check_columns, find_header
from dangjian_score.evidence.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that is understood. In a form `columns` are what it asks."""

    kind: Kind
    sheet: Sheet
    columns: frozenset[str]
    entries: tuple[Entry, ...]


def find_table(sheet: Sheet, expected: Expected) -> tuple[Table | None, tuple[Diagnostic, ...]]:
    """Understand a sheet; a finding where it is none of the tables there are."""
    if not sheet.rows:
        return None, ()
    if sheet.hidden or "说明" in (sheet.name or ""):
        why = "hidden" if sheet.hidden else "instructions"
        return None, (at_file(Code.SHEET_PASSED_OVER, sheet.file, sheet.name, why=why),)
    header = find_header(sheet, expected)
    if header is None:
        return None, (at_file(Code.NO_TABLE, sheet.file, sheet.name, unit=expected.unit_names[0]),)
    if header.kind == "form":
        read = [*form_entries(sheet, header, expected)]
    else:
        read = [*entries(sheet, header, header.unit or 1)]
    found = (*check_columns(sheet, header, expected), *(one for one in read if isinstance(one, Diagnostic)))
    rows = tuple(one for one in read if isinstance(one, Entry))
    columns = frozenset(header.columns.values())
    if header.kind == "form":
        columns = columns & {ROUND} | {name for entry in rows for name in entry.cells}
    return Table(header.kind, sheet, columns, rows), (*found, *_hidden(sheet, rows))


def _hidden(sheet: Sheet, rows: tuple[Entry, ...]) -> tuple[Diagnostic, ...]:
    """Say that rows count although nobody sees them."""
    hidden = sorted({entry.cell.row for entry in rows} & sheet.hidden_rows)
    if not hidden:
        return ()
    more = " …" if len(hidden) > _ROWS_SHOWN else ""
    told = {"count": str(len(hidden)), "rows": "、".join(map(str, hidden[:_ROWS_SHOWN])) + more}
    return (at_file(Code.ROWS_HIDDEN, sheet.file, sheet.name, **told),)


_ROWS_SHOWN = 10
