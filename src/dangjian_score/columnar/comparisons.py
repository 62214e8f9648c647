"""Figures over all units: places among the units that are compared, and means, medians and best figures of them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import LARGEST, Amount, Column, Layers, UnfitError
from dangjian_score.columnar.choices import Answer, joined
from dangjian_score.columnar.lowering import Lowering
from dangjian_score.columnar.registers import UnitRows
from dangjian_score.core import algebra as a
from dangjian_score.engine.prepare import Preparer
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass

Compared = Mapping[tuple[str, str], Amount]
"""Figures over all units, by the key of a pass and their name there."""


def known_of(
    program: Program, compared: Compared, rows: Iterable[tuple[Any, ...]]
) -> Mapping[str, Mapping[str, Mapping[str, Fraction]]]:
    """Return by pass and unit what rows hold: a name, and a figure for each comparison; None where there is none."""
    known: dict[str, dict[str, dict[str, Fraction]]] = {part.key: {} for part in program.passes}
    for unit, *figures in rows:
        for value, ((key, name), amount) in zip(figures, compared.items(), strict=True):
            if value is not None:
                known[key].setdefault(unit, {})[name] = Fraction(value, amount.over)
    return known


def compared(program: Program, part: Pass, units: UnitRows, taking_part: Answer, layers: Layers) -> UnitRows:
    """Add what a pass reads over the units that take part; those that lack what is compared have none."""
    preparer = Preparer(program, part)
    for figure, population in preparer.comparisons:
        lowering = Lowering(units.scope, layers)
        amount = lowering.amount(figure.of)
        if not amount.is_plain:
            raise UnfitError
        tests = [taking_part, *([] if population is None else [lowering.answer(population)])]
        among = joined(tests, every=True)
        match figure:
            case a.Placing():
                made = _placed(figure, amount, among, units)
            case a.Statistic():
                made = _aggregated(figure, amount, among, units, layers)
        units = UnitRows(units.rows, replace(units.scope, known={**units.scope.known, figure.name: made}))
    return units


def _placed(figure: a.Placing, amount: Amount, among: Answer, units: UnitRows) -> Amount:
    """Return the place of each unit, equal figures sharing the better one."""
    if len(units.rows.frames) > 1:
        raise UnfitError
    count = int(units.rows.whole.select(pl.len()).collect().item())
    figures = pl.when(among.expr).then(amount.column.expr)
    rank = figures.rank("min", descending=not figure.lowest_first).cast(pl.Int64)
    if figure.within is not None:
        rank = rank.over(figure.within)
    layer = max(amount.column.layer, among.column.layer)
    return Amount(Column(rank, layer, amount.column.size + among.column.size + 5), 1, max(count, 1))


def _aggregated(figure: a.Statistic, amount: Amount, among: Answer, units: UnitRows, layers: Layers) -> Amount:
    """Return the one figure that all units share."""
    frame = layers.applied(units.rows.whole).filter(among.expr.fill_null(value=False))
    column = amount.column.expr.alias("figure")
    if figure.which == "median":
        ordered = frame.select(column.sort()).collect()["figure"]
        half, count = len(ordered) // 2, len(ordered)
        middle = [] if not count else [ordered[half]] if count % 2 else [ordered[half - 1], ordered[half]]
        return m.constant(Fraction(sum(middle), amount.over * len(middle))) if middle else m.constant(0)
    count, total, best = frame.select(pl.len(), column.sum().alias("sum"), column.max().alias("best")).collect().row(0)
    if not count:
        return m.constant(0)
    if amount.reach * count > LARGEST:
        raise UnfitError
    return m.constant(Fraction(best, amount.over) if figure.which == "best" else Fraction(total, amount.over * count))
