"""Rows of some units, read again by the exact engine."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.closer import read_again
from dangjian_score.columnar.tables import UNIT, StoredTable, Tables
from dangjian_score.core.columns import EVENT
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.program import Program
from dangjian_score.evidence.tables.columns import Expected


class Source(Struct, frozen=True):
    """What units were scored by and from.

    `accepted` are rows of units by their files: the exact engine looked at them, and they may be scored as they are.
    """

    program: Program
    known: Catalogue
    expected: Expected
    tables: Tables
    accepted: Mapping[str, Sequence[int]] = {}


class SecondReading:
    """Reads the rows of units that columns scored once more, as the exact engine does."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def evidence(self, names: Sequence[str]) -> Evidence:
        """Read the rows of units as the exact engine does."""
        source, tables = self._source, self._source.tables
        asked = [*dict.fromkeys((*names, *self._witnesses))]
        held = {table.name: table.rows_about(asked) for table in tables.all}
        rubric = source.program.rubric
        found, evidence = read_again(tables, held, rubric, source.known, source.expected)
        if has_errors(tuple(found)):
            raise AssertionError(f"the exact engine refuses rows that columns scored: {found[0]}")
        wanted = frozenset(names)
        return replace(evidence, units=tuple(unit for unit in evidence.units if unit.unit in wanted))

    @cached_property
    def _witnesses(self) -> tuple[str, ...]:
        """Units whose fractions tell that bare numbers of a column of per cents are fractions, as a 1 does not."""
        known, tables = self._source.known, self._source.tables
        asked = [(table, table.frame(0), known.measures) for table in tables.units]
        for table in tables.registers:
            rows = ((name, table.frame(0).filter(pl.col(EVENT) == name)) for name in known.registers)
            asked += [(table, frame, known.registers[name]) for name, frame in rows]
        return tuple(dict.fromkeys(unit for each in asked for unit in _with_fractions(*each)))


def _with_fractions(table: StoredTable, rows: pl.LazyFrame, measures: Mapping[str, Measure]) -> Iterator[str]:
    """Visit a unit for each column of per cents of a table that holds fractions in some rows."""
    schema = rows.collect_schema()
    for name, measure in measures.items():
        if measure.kind == "percent" and name in schema and schema[name].is_numeric():
            size = pl.col(name).abs()
            within = (size > 0) & (size < table.form(name).over)
            yield from rows.filter(within).select(UNIT).head(1).collect()[UNIT].drop_nulls()
