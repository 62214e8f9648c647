"""The units of a result as .parquet: a row for each, with its standing and the points of every node as shown."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import polars as pl

from dangjian_score.core.columns import POINTS_DIGITS, UNITS_MARK
from dangjian_score.core.points import rounded
from dangjian_score.core.watching import Watch
from dangjian_score.engine.result import UnitResult
from dangjian_score.report.view import ResultView


def result_parquet(view: ResultView, watch: Watch) -> bytes:
    """Write the units, those of the best rank first; those without points have no row."""
    rows = [dict(_row(unit, view)) for unit in watch(view.result.units, "writing")]
    names = dict.fromkeys(name for row in rows for name in row)
    types = {name: _type(name, [row.get(name) for row in rows], view) for name in names}
    data = BytesIO()
    frame = pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=types)
    frame.write_parquet(data, metadata={UNITS_MARK: view.rubric.rubric})
    return data.getvalue()


def _row(unit: UnitResult, view: ResultView) -> Iterator[tuple[str, Any]]:
    rubric, places = view.rubric, view.places
    yield "unit", unit.unit
    yield from ((name, unit.attributes.get(name)) for name in rubric.attributes)
    yield "rank", unit.rank
    if rubric.groups is not None:
        yield "group_rank", unit.group_rank
    yield "total", to_decimal(unit.total, rubric.total_places)
    if unit.due is not None:
        yield "due", to_decimal(unit.due, places)
    if rubric.grades:
        yield "grade", unit.grade
    if rubric.vetoes:
        yield "vetoes", "、".join(unit.vetoes)
    if rubric.selections:
        yield "selections", "、".join(unit.selections)
    for round_, node in unit.trace().all_nodes():
        points = to_decimal(node.points, places) if node.applies or node.points else None
        yield node.id if round_ is None else f"{round_} {node.id}", points


def to_decimal(value: Fraction, places: int) -> Decimal:
    """Return points as they are shown."""
    return Decimal((rounded(value, places) * 10**places).numerator).scaleb(-places)


def _type(name: str, values: Iterable[Any], view: ResultView) -> pl.DataType | type[pl.DataType]:
    texts = {"unit", "grade", "vetoes", "selections", *view.rubric.attributes}
    if name in texts:
        return pl.String
    if name in ("rank", "group_rank"):
        return pl.Int64
    places = view.rubric.total_places if name == "total" else view.places
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    digits = next(digits for digits in POINTS_DIGITS if largest.scaleb(places) < 10**digits)
    return pl.Decimal(digits, places)
