"""What is written of units: attributes, standing, and the points of nodes as they are shown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import Amount, Layers, UnfitError
from dangjian_score.columnar.classes import GRADE, GROUP_RANK, RANK, SELECTIONS, TAKING_PART, UNRANKED
from dangjian_score.columnar.lowering import ColumnLowering
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.plan import ColumnPlan
from dangjian_score.columnar.rounding import rounded
from dangjian_score.columnar.standing import Places
from dangjian_score.columnar.tables import UNIT
from dangjian_score.core.columns import POINTS_DIGITS
from dangjian_score.engine import step_names as s
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass, best_grades

_STANDING: Final = (RANK, GROUP_RANK, "total", GRADE, "vetoes", SELECTIONS)
"""Columns between what units are and the points of nodes."""


def outcome(program: Program, plan: ColumnPlan, lowerings: Mapping[str, ColumnLowering]) -> Iterator[pl.Expr]:
    """Give the columns of results: attributes, total, grade, vetoes, and the points of nodes as they are shown."""
    rubric, layers = program.rubric, plan.layers
    yield pl.col(UNIT).alias("unit")
    yield from (pl.col(name) for name in rubric.attributes)
    yield _shown(plan.done[s.FINAL], rubric.total_places, layers).alias("total")
    if rubric.grades:
        best_first = best_grades(rubric.grades)
        place = rounded(plan.done[s.GRADE], 0, "half_up", layers)
        names = (pl.when(place.column.expr == at).then(pl.lit(name)) for at, name in enumerate(best_first, start=1))
        yield pl.coalesce(*names).alias("grade")
    if rubric.vetoes:
        struck = [
            pl.when(plan.done[s.struck(at)].column.expr > 0).then(pl.lit(veto.title))
            for at, veto in enumerate(rubric.vetoes)
        ]
        yield pl.concat_str(struck, separator="、", ignore_nulls=True).alias("vetoes")
    for part in program.passes:
        for node in part.nodes:
            points = _points(node, plan.done[part.at(node.id)], lowerings[part.key], rubric.shown_places)
            yield points.alias(_node_name(part, node))


def with_places(program: Program, units: Parts, columns: Sequence[pl.Expr], places: Places) -> Parts:
    """Return the columns of units that take part, with their places, in the order of the tables."""
    keys = _keys(places)
    found = {column.meta.output_name(): column for column in columns}
    found |= {name: pl.col(name) for name in places.frame.columns if name not in keys}
    if GRADE in found:
        found[GRADE] = pl.when(~pl.col(UNRANKED)).then(found[GRADE]).alias(GRADE)
    nodes = (_node_name(part, node) for part in program.passes for node in part.nodes)
    names = ("unit", *program.rubric.attributes, *_STANDING, *nodes)
    shown = [found[name] for name in names if name in found]
    return beside_places(units, places).each(lambda frame: frame.select(shown))


def beside_places(units: Parts, places: Places) -> Parts:
    """Return the units that take part with their places, in the order of the tables."""
    taking_part = units.each(lambda frame: frame.filter(pl.col(TAKING_PART)).with_columns(places.keys))
    return taking_part.looked_up(places.frame, _keys(places))


def _keys(places: Places) -> list[str]:
    return [key.meta.output_name() for key in places.keys]


def _node_name(part: Pass, node: NodeTree) -> str:
    """Name the column of a node: of one that every round scores with the round before its id."""
    return node.id if part.weight is None else f"{part.round} {node.id}"


def _points(node: NodeTree, points: Amount, lowering: ColumnLowering, places: int) -> pl.Expr:
    """Give the points of a node; none where it is not scored for the unit and counts nothing."""
    shown = _shown(points, places, lowering.layers)
    if node.scored is None:
        return shown
    is_scored = lowering.answer(node.scored).expr | (points.column.expr != 0)
    return pl.when(is_scored).then(shown)


def _shown(amount: Amount, places: int, layers: Layers) -> pl.Expr:
    """Round an amount as it is shown, to a decimal column."""
    shown = rounded(amount, places, "half_up", layers)
    whole = m.times(shown, 10**places // shown.over)
    digits = next((digits for digits in POINTS_DIGITS if whole.reach < 10**digits), None)
    if digits is None:
        raise UnfitError("beyond 63 bits")
    return layers.named(whole.column).expr.cast(pl.Int128).reinterpret(dtype=pl.Decimal(digits, places))
