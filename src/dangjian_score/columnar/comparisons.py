"""Figures over all units: places among the units that are compared, and means, medians and best figures of them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import LARGEST, Amount, Column, Layers, UnfitError
from dangjian_score.columnar.choices import Answer, joined
from dangjian_score.columnar.lowering import ColumnLowering
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import UnitRows
from dangjian_score.core import algebra as a
from dangjian_score.engine.prepare import Preparer
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass

Compared = Mapping[tuple[str, str], Amount]
"""Figures over all units, by the key of a pass and their name there."""

_FIGURE: Final = "figure"
_LEN: Final = "len"
_COUNT: Final = pl.len().cast(pl.Int64)
_OWN, _PLACE = "·placed by {} {}", "·place {} {}"


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
        lowering = ColumnLowering(units.scope, layers)
        amount = lowering.amount(figure.of)
        if not amount.is_plain:
            raise UnfitError("never rounded", "、".join(a.reads(figure.of)))
        tests = [taking_part, *([] if population is None else [lowering.answer(population)])]
        among = joined(tests, every=True)
        match figure:
            case a.Placing():
                rows, made = _placed(figure, part.key, amount, among, units.rows, layers)
            case a.Statistic():
                rows, made = units.rows, _aggregated(figure, amount, among, units.rows, layers)
        units = UnitRows(rows, replace(units.scope, known={**units.scope.known, figure.name: made}))
    return units


def _placed(
    figure: a.Placing, part: str, amount: Amount, among: Answer, units: Parts, layers: Layers
) -> tuple[Parts, Amount]:
    """Join the place of each unit, equal figures sharing the better one: as many places as there are figures."""
    own, place, names = _OWN.format(figure.name, part), _PLACE.format(figure.name, part), units.schema.names()
    keys = [own] if figure.within is None else [figure.within, own]
    compared = pl.when(among.expr).then(amount.column.expr).alias(own)
    rows = units.each(lambda frame: layers.applied(frame).select(*names, compared))
    counts = rows.each(lambda frame: frame.filter(pl.col(own).is_not_null()).group_by(keys).agg(_COUNT)).collect()
    classes = counts.group_by(keys).agg(pl.col(_LEN).sum()).sort(own, descending=not figure.lowest_first)
    better = pl.col(_LEN).cum_sum() - pl.col(_LEN)
    better = better if figure.within is None else better.over(figure.within)
    placed = rows.joined(classes.select(*keys, (better + 1).alias(place)), keys)
    return placed, Amount(Column(pl.col(place)), 1, max(int(classes[_LEN].sum()), 1))


def _aggregated(figure: a.Statistic, amount: Amount, among: Answer, units: Parts, layers: Layers) -> Amount:
    """Return the one figure that all units share, made of what it takes from each part of them."""
    column = amount.column.expr.alias(_FIGURE)
    rows = units.each(lambda frame: layers.applied(frame).filter(among.expr.fill_null(value=False)).select(column))
    if figure.which == "median":
        return m.constant(_median(rows) / amount.over)
    sums = (_COUNT, pl.col(_FIGURE).sum().alias("sum"), pl.col(_FIGURE).max())
    found = rows.each(lambda frame: frame.select(sums)).collect()
    count, total = int(found[_LEN].sum()), int(found["sum"].sum())
    if not count:
        return m.constant(0)
    if amount.reach * count > LARGEST:
        raise UnfitError("beyond 63 bits", "、".join(a.reads(figure.of)))
    best = Fraction(max(found[_FIGURE].drop_nulls()), amount.over)
    return m.constant(best if figure.which == "best" else Fraction(total, amount.over * count))


def _median(rows: Parts) -> Fraction:
    """Return the middle figure, or half of the two, by how often each occurs; 0 where there is none."""
    counts = rows.each(lambda frame: frame.group_by(_FIGURE).agg(_COUNT)).collect()
    classes = counts.group_by(_FIGURE).agg(pl.col(_LEN).sum()).sort(_FIGURE)
    ends, count = classes[_LEN].cum_sum(), int(classes[_LEN].sum())
    if not count:
        return Fraction(0)
    middle = (classes[_FIGURE][ends.search_sorted(at + 1)] for at in ((count - 1) // 2, count // 2))
    return Fraction(sum(middle), 2)
