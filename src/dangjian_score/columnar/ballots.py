"""Votes of units: the rows of ballots added up, one figure for each level, and for the ballots issued or returned."""

from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar.amounts import Amount, UnfitError
from dangjian_score.columnar.lowering import Scope
from dangjian_score.columnar.odd import of_no_unit
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import ranged
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, StoredTable
from dangjian_score.core import columns as col
from dangjian_score.core.facts import ballot
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass


def with_votes(
    rows: Parts, scopes: Mapping[str, Scope], tables: Sequence[StoredTable], program: Program, known: Catalogue
) -> tuple[Parts, Mapping[str, Scope]]:
    """Join the votes of ballots to units, those of each round to what it may read; the whole reads all if need be.

    Units without a row of a ballot have none.
    """
    if not known.ballots:
        return rows, scopes
    if not tables:
        raise UnfitError("table missing", "、".join(known.ballots))
    cast, votes = _rows(tables), dict[str, dict[str, Amount]]()
    levels = {level for own in known.ballots.values() for level in own}
    if not levels <= {*cast.collect_schema()}:
        raise UnfitError("column missing", "、".join(sorted(levels - {*cast.collect_schema()})))
    for part in program.passes:
        own = pl.col(col.ROUND).is_null() if part.round is None else pl.col(col.ROUND) == part.round
        rows, votes[part.key] = _joined(rows, cast.filter(own), part, known)
    *others, whole = program.passes
    if others:
        rounds = tuple({part.round: part for part in others}.values())
        rows, votes[whole.key] = _over_rounds(rows, votes, rounds, whole)
    return rows, {part.key: _with_figures(scopes[part.key], votes[part.key], part) for part in program.passes}


def _with_figures(scope: Scope, votes: Mapping[str, Amount], part: Pass) -> Scope:
    entered = {name: part.at(name) for name in votes}
    return replace(scope, figures={**scope.figures, **votes}, entered={**scope.entered, **entered})


def _joined(rows: Parts, cast: pl.LazyFrame, part: Pass, known: Catalogue) -> tuple[Parts, dict[str, Amount]]:
    """Join the votes that were cast in a pass; return the figures by their names."""
    figures: dict[str, Amount] = {}
    for name, levels in known.ballots.items():
        counted = (*levels, *(column for of, column in sorted(known.turnout) if of == name))
        sums = [pl.col(column).sum().alias(part.at(ballot(name, column))) for column in counted]
        votes = cast.filter(pl.col(col.BALLOT) == name).group_by(UNIT).agg(sums).collect()
        figures |= {ballot(name, column): ranged(votes, part.at(ballot(name, column)), 0, 1) for column in counted}
        rows = rows.joined(votes, [UNIT])
    return rows, figures


def _over_rounds(
    rows: Parts, votes: Mapping[str, Mapping[str, Amount]], rounds: Sequence[Pass], whole: Pass
) -> tuple[Parts, dict[str, Amount]]:
    """Let the whole read the votes that were cast without a round, else those of all rounds."""
    columns, figures = list[pl.Expr](), dict[str, Amount]()
    for name, own in votes[whole.key].items():
        cast = [part.at(name) for part in rounds]
        added = pl.when(pl.any_horizontal(pl.col(cast).is_not_null())).then(pl.sum_horizontal(cast))
        columns.append(pl.coalesce(pl.col(whole.at(name)), added).alias(whole.at(name)))
        figures[name] = replace(own, most=max(own.most, sum(votes[part.key][name].most for part in rounds)))
    return rows.each(lambda frame: frame.with_columns(columns)), figures


def odd_votes(
    units: pl.LazyFrame, tables: Sequence[StoredTable], rounds: Sequence[str], known: Catalogue
) -> pl.LazyFrame | None:
    """Return the places of rows of ballots that need a closer look; None without ballots."""
    if not tables:
        return None
    rows, places = _rows(tables), [FILE, ROW]
    found = [
        rows.filter(pl.col(ODD)),
        rows.filter(~pl.col(col.BALLOT).is_in(list(known.ballots)).fill_null(value=False)),
        rows.filter(~pl.col(col.ROUND).is_in(list(rounds)).fill_null(value=True)),
    ]
    found += of_no_unit(rows, units)
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


def _rows(tables: Sequence[StoredTable]) -> pl.LazyFrame:
    """Return the rows of all ballots; columns that no table has are blank. Raises UnfitError for what is no number."""
    rows = pl.concat([table.frame(at) for at, table in enumerate(tables)], how="diagonal_relaxed")
    schema = rows.collect_schema()
    counts = [name for name in schema.names() if name not in (FILE, ROW, ODD, UNIT, col.BALLOT, col.ROUND)]
    if not all(schema[name].is_integer() and schema[name] != pl.UInt64 for name in counts):
        raise UnfitError("column type", tables[0].name)
    absent = [pl.lit(None, pl.Int64).alias(name) for name in col.TURNOUT if name not in counts]
    if col.ROUND not in schema:
        absent.append(pl.lit(None, pl.String).alias(col.ROUND))
    return rows.with_columns(*(pl.col(name).cast(pl.Int64) for name in counts), *absent)
