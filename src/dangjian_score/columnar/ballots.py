"""Votes of units: the rows of ballots added up, one figure for each level, and for the ballots issued or returned."""

from collections.abc import Sequence
from functools import reduce

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.registers import UnitRows, ranged
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, Table
from dangjian_score.core import columns as col
from dangjian_score.core.facts import ballot
from dangjian_score.engine.catalogue import Catalogue


def with_votes(units: UnitRows, tables: Sequence[Table], known: Catalogue) -> UnitRows:
    """Join the votes of ballots to units; units without a row of a ballot have none."""
    if not known.ballots:
        return units
    if not tables:
        raise UnfitError
    cast, rows = _rows(tables), units.rows
    figures, entered = dict(units.scope.figures), dict(units.scope.entered)
    for name, levels in known.ballots.items():
        counted = (*levels, *(column for of, column in sorted(known.turnout) if of == name))
        sums = [pl.col(column).sum().alias(ballot(name, column)) for column in counted]
        votes = cast.filter(pl.col(col.BALLOT) == name).group_by(UNIT).agg(sums).collect()
        for column in counted:
            figure = ballot(name, column)
            figures[figure], entered[figure] = ranged(votes, figure, 0, 1), figure
        rows = rows.joined(votes, [UNIT])
    return UnitRows(rows, replace(units.scope, figures=figures, entered=entered))


def odd_votes(units: pl.LazyFrame, tables: Sequence[Table], known: Catalogue) -> pl.LazyFrame | None:
    """Return the places of rows of ballots that need a closer look; None without ballots."""
    if not tables:
        return None
    rows, places = _rows(tables), [FILE, ROW]
    found = [
        rows.filter(pl.col(ODD)),
        rows.filter(~pl.col(col.BALLOT).is_in(list(known.ballots)).fill_null(value=False)),
    ]
    found.append(rows.join(units.select(UNIT), on=UNIT, how="anti", nulls_equal=False))
    for name, levels in known.ballots.items():
        due = [*levels, *(column for of, column in known.turnout if of == name)]
        lacking = reduce(
            lambda one, two: one | two, (pl.col(column).is_null() | (pl.col(column) < 0) for column in due)
        )
        cast = pl.sum_horizontal(levels) + pl.col(col.INVALID).fill_null(0)
        returned = pl.col(col.RETURNED).fill_null(cast)
        differs = (returned != cast) | (pl.col(col.ISSUED) < returned).fill_null(value=False)
        found.append(rows.filter((pl.col(col.BALLOT) == name) & (lacking | differs)))
    return pl.concat([each.select(places) for each in found]).unique()


def _rows(tables: Sequence[Table]) -> pl.LazyFrame:
    """Return the rows of all ballots; columns that no table has are blank. Raises UnfitError for what is no number."""
    rows = pl.concat([table.frame(at) for at, table in enumerate(tables)], how="diagonal_relaxed")
    schema = rows.collect_schema()
    counts = [name for name in schema.names() if name not in (FILE, ROW, ODD, UNIT, col.BALLOT)]
    if not all(schema[name].is_integer() for name in counts):
        raise UnfitError
    absent = [pl.lit(None, pl.Int64).alias(name) for name in col.TURNOUT if name not in counts]
    return rows.with_columns(*(pl.col(name).cast(pl.Int64) for name in counts), *absent)
