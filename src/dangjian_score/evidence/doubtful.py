"""Cells that nobody can be sure about: rows struck out, values beneath a merge, unreadable names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.evidence.columns import APPROVER, ITEM, REASON, Expected
from dangjian_score.evidence.entry import Entry
from dangjian_score.evidence.headers import Header
from dangjian_score.evidence.keys import Unusable, unusable
from dangjian_score.evidence.sheets import BrokenCell, Sheet, shown
from dangjian_score.facts import Cell


def struck_out(sheet: Sheet, header: Header, entries: Iterable[Entry], expected: Expected) -> Iterator[Diagnostic]:
    """Ask about rows of which a cell that somebody reads is struck out: once a row, however many cells."""
    if not any(cell.struck for cell in sheet.distinct):
        return
    looked_at = expected.looked_at(header.kind)
    rows: dict[int, dict[Cell, str]] = defaultdict(dict)
    for entry in entries:
        read = [entry.cell, *(cell for name, (_, cell) in entry.cells.items() if _read(name, header, looked_at))]
        if header.kind == "form" and (item := header.column(ITEM)) is not None:
            read += [sheet.cell(cell.row, item) for cell in read[1:]]
        for cell in read:
            raw = sheet.rows.get(cell.row, {}).get(cell.column)
            if raw is not None and raw.struck:
                rows[cell.row][cell] = entry.unit
    for cells in rows.values():
        first = min(cells)
        told = {"unit": cells[first], "found": shown(sheet.rows[first.row][first.column])}
        yield at_cell(Code.STRUCK_OUT, first, **told, cells="、".join(cell.address for cell in sorted(cells)))


def _read(name: str, header: Header, looked_at: frozenset[str]) -> bool:
    return header.kind == "form" or name in looked_at


def beneath_merges(sheet: Sheet) -> Iterator[Diagnostic]:
    """Report values that a merge covers: nobody sees them, and nobody knows whether they count."""
    for row, column, cells in sheet.beneath:
        content = sheet.rows[row][column].content
        covers = content.detail if isinstance(content, BrokenCell) else ""
        told = {"beneath": shown(sheet.rows[row][column]), "covers": covers, "more": str(cells) if cells > 1 else ""}
        yield at_cell(Code.MERGED_CELLS, sheet.cell(row, column), **told)


def unreadable_names(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Report names of persons and reasons without a usable value; what a rubric names is compared with it anyway."""
    for entry in entries:
        for column in (REASON, APPROVER):
            raw = entry.cells.raw(column)
            if raw is not None and isinstance(raw.content, BrokenCell) and raw.content.why != "merged":
                yield from unusable(Unusable("error"), raw, entry.cells[column][1], column)
