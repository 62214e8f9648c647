"""A closer look: some rows of tables read by the exact engine, so that what is wrong with them is told as ever."""

from collections.abc import Mapping, Sequence

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.checks import evidence as checks
from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.tables import ROW, UNIT, StoredTable, Tables
from dangjian_score.core.columns import BALLOT
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.facts import Evidence, SourceFile
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.program import Program
from dangjian_score.evidence.facts.merge import merge
from dangjian_score.evidence.sheets import RawCell, Sheet, SheetRow
from dangjian_score.evidence.tables.columns import Expected
from dangjian_score.evidence.tables.find import read_tables
from dangjian_score.evidence.tables.table import EvidenceTable
from dangjian_score.rubric.model import Rubric

_OF_WHOLE_COLUMNS = frozenset({Code.PERCENT_AMBIGUOUS, Code.ASSESSORS_UNEQUAL})
"""Findings that rest on all rows of a column."""


class CloserLook(Struct, frozen=True):
    """What there is to say of rows, and the units that they are about."""

    found: tuple[Diagnostic, ...]
    units: frozenset[str]


def looked_at(
    tables: Tables,
    rows: Mapping[str, Sequence[int]],
    rubric: Rubric,
    program: Program,
    known: Catalogue,
    expected: Expected,
) -> CloserLook:
    """Read rows of tables, by file, and all others of the units that they are about."""
    chosen = {table.name: set(rows.get(table.name, ())) for table in tables.all}
    for table in tables.ballots:  # a row of each ballot tells that it is not missing altogether
        firsts = table.frame(0).group_by(BALLOT).agg(pl.col(ROW).min()).collect()
        chosen[table.name] |= {*firsts[ROW]}
    owners = _owners(tables, chosen) | names_in(tables, rows)
    held = {table.name: table.rows_about(owners, chosen[table.name]) for table in tables.all}
    found, evidence = read_again(tables, held, rubric, known, expected)
    found += checks.check(program, evidence)
    said = (finding for finding in found if finding.code not in _OF_WHOLE_COLUMNS)
    return CloserLook(tuple(dict.fromkeys(said)), frozenset(unit.unit for unit in evidence.units))


def read_again(
    tables: Tables, rows: Mapping[str, pl.DataFrame], rubric: Rubric, known: Catalogue, expected: Expected
) -> tuple[list[Diagnostic], Evidence]:
    """Read rows of tables, by file, as the exact engine does; return what there is to say of them, and the evidence."""
    found: list[Diagnostic] = []
    read: list[EvidenceTable] = []
    for table in tables.all:
        held = rows[table.name]
        if not held.height and table.kind not in ("matrix", "assessors"):
            continue
        parts, account = read_tables(_sheet(table, held), expected)
        found += account.found
        read += parts
    merged = merge(read, rubric, known, None)
    files = tuple(SourceFile(table.name, "") for table in tables.all)
    return [*found, *merged.found], replace(merged.evidence, sources=files, has_register=bool(tables.registers))


def names_in(tables: Tables, rows: Mapping[str, Sequence[int]]) -> frozenset[str]:
    """Return the units that rows of tables of units name."""
    names: set[str] = set()
    for table in tables.units:
        numbers = rows.get(table.name, ())
        names |= {str(name) for name in table.rows(numbers)[table.titles[UNIT]].drop_nulls()} if numbers else set()
    return frozenset(names)


def _owners(tables: Tables, chosen: Mapping[str, set[int]]) -> frozenset[str]:
    names: set[str] = set()
    for table in (*tables.assessors, *tables.registers, *tables.ballots):
        if numbers := chosen[table.name]:
            names |= {name for name in table.rows(numbers)[table.titles[UNIT]] if isinstance(name, str)}
    return frozenset(names)


def _sheet(table: StoredTable, held: pl.DataFrame) -> Sheet:
    """Make a sheet of the header and some rows, each at its place."""
    rows: dict[int, SheetRow] = {1: {at: RawCell(title) for at, title in enumerate(table.header, start=1) if title}}
    for row in held.sort(ROW).iter_rows(named=True):
        read = ((at, table.cell(row[title])) for at, title in enumerate(table.header, start=1))
        cells = {at: cell for at, cell in read if cell is not None}
        if cells:
            rows[int(row[ROW])] = cells
    if len(rows) > 1 or not held.height:
        return Sheet(table.name, None, hidden=False, rows=rows)
    raise UnfitError("notes alone", table.name)
