"""`highest_per`: of the events of a unit with the same values in columns only the one of most worth counts."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.tables import UNIT
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import DAY
from dangjian_score.engine.registers import CaseScope, Plan

WORTH: Final = "·worth"
"""The column with the worth of an event."""
_TALLY, _TIED = "·tally", "·tied"


def highest(rows: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Keep the highest worth of the events of a unit with the same values in columns; keep every blank."""
    blank = _is_blank(columns)
    cases = rows.filter(~blank).group_by(UNIT, *columns).agg(pl.col(WORTH).max())
    return pl.concat([each.select(UNIT, WORTH) for each in (rows.filter(blank), cases)])


def scopes_of(plan: Plan) -> Mapping[CaseScope, tuple[a.Tally, ...]]:
    """Return the scopes of several tallies that decide, with these.

    A scope within one of fewer columns decides nothing, and neither do the columns of a tally. Raises UnfitError where
    the event that stays for one scope matters to another, or to groups.
    """
    found: dict[CaseScope, tuple[a.Tally, ...]] = {}
    for at, scope in enumerate(plan.scopes):
        if not any(_is_within(scope, other) for other in plan.scopes[at + 1 :]):
            found[scope] = tuple(tally for tally in plan.tallies if tally.name in scope.tallies)
    scoped = [(scope, tally) for scope, tallies in found.items() for tally in tallies]
    grouped = {figure for each in plan.grouped for figure in a.figures(*each.over, each.each)}
    finer = all(not tally.highest_per or {*scope.columns} <= {*tally.highest_per} for scope, tally in scoped)
    apart = len({tally.name for _, tally in scoped}) == len(scoped) and grouped.isdisjoint(tally for _, tally in scoped)
    if not (finer and apart):
        registers = dict.fromkeys(name for _, tally in scoped for name in tally.registers)
        raise UnfitError("cases at one time", "、".join(registers))
    return found


def _is_within(scope: CaseScope, other: CaseScope) -> bool:
    return {*scope.tallies} <= {*other.tallies} and {*other.columns} <= {*scope.columns}


def sums_of_cases(rows: Sequence[pl.LazyFrame], columns: Sequence[str]) -> pl.DataFrame:
    """Return what is left by unit of each of several lists of events, as columns by their position.

    Of equal worths the first day counts. Raises UnfitError where events of two lists have the same day, too.
    """
    read = [UNIT, WORTH, DAY, *columns]
    together = pl.concat([each.select(*read, pl.lit(at).alias(_TALLY)) for at, each in enumerate(rows)])
    blank, is_best = _is_blank(columns), pl.col(WORTH) == pl.col(WORTH).max()
    is_first = is_best & pl.col(DAY).eq_missing(pl.col(DAY).filter(is_best).min())
    first = pl.col(_TALLY).filter(is_first)
    tied = (first.n_unique() > 1) & (pl.col(WORTH).max() != 0)
    cases = together.filter(~blank).group_by(UNIT, *columns).agg(pl.col(WORTH).max(), first.first(), tied.alias(_TIED))
    found = cases.collect()
    if found[_TIED].any():
        raise UnfitError("cases at one time", "、".join(columns))
    kept = pl.concat([each.select(UNIT, WORTH, _TALLY) for each in (found.lazy(), together.filter(blank))])
    sums = (pl.col(WORTH).filter(pl.col(_TALLY) == at).sum().alias(str(at)) for at in range(len(rows)))
    return kept.group_by(UNIT).agg(sums).collect()


def _is_blank(columns: Sequence[str]) -> pl.Expr:
    return reduce(lambda one, two: one | two, (pl.col(column).is_null() for column in columns))
