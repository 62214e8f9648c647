"""Sheets → tables: the header row found, what kind of table it makes, its rows told apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence.columns import CHOICES, GUIDE, ROUND, Expected, Kind
from dangjian_score.evidence.doubtful import beneath_merges, struck_out, unreadable_names
from dangjian_score.evidence.entries import Entry, entries
from dangjian_score.evidence.forms import form_entries
from dangjian_score.evidence.headers import Header, check_columns, find_header
from dangjian_score.evidence.sheets import Sheet
from dangjian_score.facts import Cell


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that is understood. In a form `columns` are what it asks."""

    kind: Kind
    sheet: Sheet
    columns: frozenset[str]
    entries: tuple[Entry, ...]


def find_table(sheet: Sheet, expected: Expected) -> tuple[Table | None, tuple[Diagnostic, ...]]:
    """Understand a sheet; a finding where it is none of the tables there are."""
    header = find_header(sheet, expected)
    if not sheet.rows or (header is None and _is_ours(sheet)):
        return None, ()
    if sheet.hidden or "说明" in (sheet.name or ""):
        why = "hidden" if sheet.hidden else "instructions"
        return None, (at_file(Code.SHEET_PASSED_OVER, sheet.file, sheet.name, why=why),)
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
    doubtful = (*struck_out(sheet, header, rows, expected), *unreadable_names(rows), *beneath_merges(sheet))
    return Table(header.kind, sheet, columns, rows), (*found, *_hidden(sheet, header, rows), *doubtful)


def _is_ours(sheet: Sheet) -> bool:
    """Tell the sheets of our own templates that hold nothing to be scored: of them there is nothing to say."""
    return sheet.name == GUIDE or (sheet.name == CHOICES and sheet.hidden)


def _hidden(sheet: Sheet, header: Header, rows: tuple[Entry, ...]) -> tuple[Diagnostic, ...]:
    """Say that rows and columns count although nobody sees them."""
    numbers = sorted({cell.row for entry in rows for cell in _cells(entry)} & sheet.hidden_rows)
    looked_at = {*header.columns, *([header.unit] if header.unit else [])}
    columns = [sheet.cell(header.row, column).letters for column in sorted(looked_at & sheet.hidden_columns)]
    if not numbers and not columns:
        return ()
    told = {"rows": _listed([str(number) for number in numbers]), "columns": _listed(columns)}
    return (at_file(Code.SHOWN_TO_NOBODY, sheet.file, sheet.name, **told),)


def _cells(entry: Entry) -> Iterator[Cell]:
    yield entry.cell
    yield from (cell for _, cell in entry.cells.values())


def _listed(names: list[str]) -> str:
    return "、".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


_SHOWN = 10
