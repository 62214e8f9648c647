"""Units with a figure too near to a boundary for fixed point: the exact engine works out their figures."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import polars as pl

from dangjian_score.columnar.again import SecondReading, Source
from dangjian_score.columnar.amounts import Amount, Column, Layers, UnfitError
from dangjian_score.columnar.comparisons import Compared, known_of
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.plan import ColumnPlan
from dangjian_score.columnar.rounding import rounded
from dangjian_score.columnar.standing import needed_for_standing
from dangjian_score.columnar.tables import UNIT
from dangjian_score.core.points import rounded as rounded_exactly
from dangjian_score.engine.evaluate import evaluate
from dangjian_score.engine.prepare import prepare

_MOST: Final = 50_000
"""Units that the exact engine scores again; more would take it longer than anyone waits."""
_NEAR: Final = "·near"
_FIGURE, _EXACT, _OVER_ALL = "·figure {}", "·exact {}", "·compared {}"


def with_near_units(source: Source, plan: ColumnPlan, rows: Parts, compared: Compared) -> tuple[Parts, ColumnPlan, int]:
    """Return units with the figures of steps as columns, these, and how many units were in doubt and are exact.

    Points of nodes that are not rounded are taken as they are shown. `compared` are the figures over all units. Raises
    UnfitError where a step that standings rest on is in fixed point, or where there are too many units in doubt.
    """
    program, layers = source.program, plan.layers
    nodes = {part.at(node.id) for part in program.passes for node in part.nodes}
    places = program.rubric.shown_places
    done = {
        name: rounded(amount, places, "half_up", layers) if name in nodes and not amount.is_plain else amount
        for name, amount in plan.done.items()
        if name in nodes or amount.is_plain
    }
    if not needed_for_standing(program) & plan.done.keys() <= done.keys():
        raise UnfitError("never rounded")
    figures = [amount.column.expr.cast(pl.Int64).alias(_FIGURE.format(at)) for at, amount in enumerate(done.values())]
    over_all = [amount.column.expr.alias(_OVER_ALL.format(at)) for at, amount in enumerate(compared.values())]
    near = pl.any_horizontal(layers.doubts).fill_null(value=False).alias(_NEAR)
    units = rows.each(lambda frame: layers.applied(frame).with_columns(near, *figures, *over_all))
    found = units.each(lambda frame: frame.filter(_NEAR).select(UNIT, *(each.meta.output_name() for each in over_all)))
    near_units = found.collect()
    exact = _exact(source, near_units, done, compared)
    chosen = [pl.coalesce(_EXACT.format(at), _FIGURE.format(at)).alias(_FIGURE.format(at)) for at, _ in enumerate(done)]
    settled = {
        name: Amount(Column(pl.col(_FIGURE.format(at))), amount.least - 1, amount.most + 1, amount.over)
        for at, (name, amount) in enumerate(done.items())
    }
    return units.joined(exact, [UNIT], *chosen), ColumnPlan(Layers(count=layers.count), settled), near_units.height


def _exact(source: Source, found: pl.DataFrame, done: Mapping[str, Amount], compared: Compared) -> pl.DataFrame:
    """Work out the figures of units in doubt, each over the denominator of its column."""
    if found.height > _MOST:
        raise UnfitError("too near")
    program = source.program
    evidence = SecondReading(source).evidence(found[UNIT].to_list())
    cohort = prepare(program, evidence, known_of(program, compared, found.iter_rows()))
    columns: dict[str, list[object]] = {UNIT: []}
    columns |= {_EXACT.format(at): [] for at, _ in enumerate(done)}
    for at in cohort.taking_part:
        ready = cohort.ready(at)
        closed = evaluate(program, cohort.units[at], ready).closed
        columns[UNIT].append(cohort.units[at].unit)
        for place, (name, amount) in enumerate(done.items()):
            columns[_EXACT.format(place)].append(_numerator(closed[name], amount.over))
    return pl.DataFrame(columns, schema={name: pl.String if name == UNIT else pl.Int64 for name in columns})


def _numerator(figure: Fraction, over: int) -> int:
    """Return a figure over a denominator; what it does not hold is rounded as points are shown."""
    scaled = figure * over
    return int(scaled) if scaled.denominator == 1 else int(rounded_exactly(scaled, 0))
