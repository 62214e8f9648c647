"""The roster (名册): which units are scored, in which order, their other names, and when they existed."""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.cells import Good, read
from dangjian_score.evidence.columns import ALIASES, SINCE, UNTIL
from dangjian_score.evidence.entry import Entry
from dangjian_score.evidence.keys import Key, read_key
from dangjian_score.evidence.sheets import RawCell, shown, written
from dangjian_score.evidence.tables import SheetTable
from dangjian_score.facts import Cell, Owners, Row
from dangjian_score.names import fold

_BETWEEN = re.compile(r"[、,，;；/|\n]")
"""What stands between aliases."""
_DAY = Measure("", "date", None, None, None, ())


class RosterEntry(Struct, frozen=True):
    """One unit of the roster."""

    unit: str
    cell: Cell
    attributes: Mapping[str, tuple[RawCell | None, Cell]]
    since: int | None
    until: int | None


class Roster(Struct, frozen=True):
    """All units, in order, what each spelling means, and the rows of those that stand there once."""

    units: tuple[RosterEntry, ...]
    spellings: Mapping[str, str]
    rows: Mapping[Row, Owners]


def roster(tables: Iterable[SheetTable]) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """Read the roster's tables."""
    units: list[RosterEntry] = []
    spellings: dict[str, str] = {}
    first: dict[str, Cell] = {}
    rows: dict[Row, Owners] = {}
    found: list[Diagnostic] = []
    for entry in (entry for table in tables for entry in table.entries):
        names = (entry.unit, *_aliases(entry))
        if not any(fold(name) in spellings for name in names):
            rows[entry.cell.file, entry.cell.sheet, entry.cell.row] = ((entry.cell.column, entry.unit),)
        for name in names:
            if fold(name) in spellings:
                found.append(at_cell(Code.UNIT_TWICE, entry.cell, unit=name, first=str(first[fold(name)])))
            spellings.setdefault(fold(name), entry.unit)
            first.setdefault(fold(name), entry.cell)
        days = {title: [*_day(entry, title, found)] for title in (SINCE, UNTIL)}
        attributes = {name: cell for name, cell in entry.cells.items() if name not in (ALIASES, SINCE, UNTIL)}
        since, until = (days[title][0] if days[title] else None for title in (SINCE, UNTIL))
        units.append(RosterEntry(entry.unit, entry.cell, attributes, since, until))
    return Roster(tuple(units), spellings, rows), tuple(found)


def _aliases(entry: Entry) -> Iterator[str]:
    """Give a unit's other names; placeholders are none."""
    raw, _ = entry.cells.get(ALIASES, (None, entry.cell))
    for name in () if raw is None else _BETWEEN.split(written(raw)):
        if isinstance(read_key(RawCell(name)), Key):
            yield " ".join(name.split())


def _day(entry: Entry, title: str, found: list[Diagnostic]) -> Iterator[int]:
    raw, cell = entry.cells.get(title, (None, entry.cell))
    if raw is None:
        return
    match read(raw, _DAY):
        case Good(value) if not isinstance(value, bool | str):
            yield value.numerator
        case _:
            told = {"found": shown(raw), "kind": "date", "levels": ""}
            found.append(at_cell(Code.UNREADABLE_CELL, cell, measure=title, **told))
