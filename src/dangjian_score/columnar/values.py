"""Columns as they are stored → integers of one scale, answers and levels; what cannot be told so is odd."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Final

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.amounts import LARGEST, Amount, Column, UnfitError
from dangjian_score.core.facts import Value
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.facts.slots import percent_scale
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.cells import Good, KeyText, read_typed, settled

_DISTINCT: Final = 100_000
"""Different texts of a column that are read one by one."""
_DECIMALS: Final = 6
"""Decimals of floating-point numbers that are taken for what was meant."""
_EPOCH: Final = 719_163
"""The ordinal of 1970-01-01, from which Polars counts days."""
_FIGURES: Final = ("count", "number", "percent", "score", "date")


class Values(Struct, frozen=True):
    """A column in its final form: an expression, its range where it holds figures, whether a value is missing.

    `odd` tells the rows whose cell needs a closer look; None where no row does.
    """

    expr: pl.Expr
    amount: Amount | None
    gaps: bool
    odd: pl.Expr | None


def values_of(name: str, measure: Measure, frame: pl.LazyFrame, *, none_is_priced: bool = False) -> Values:
    """Find the form of a column. Raises UnfitError where the exact engine has to read it."""
    dtype = frame.collect_schema()[name]
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return _texts(name, measure, frame, none_is_priced=none_is_priced)
    if measure.kind == "yes_no" and dtype == pl.Boolean:
        return _filled(pl.col(name), measure, None, frame)
    if measure.kind == "date" and dtype == pl.Date:
        return _figures(pl.col(name).cast(pl.Int32).cast(pl.Int64) + _EPOCH, 1, measure, frame)
    if measure.kind in _FIGURES and measure.kind != "date":
        expr, over = _number(name, dtype, frame)
        if measure.kind == "percent":
            over *= _scale(expr, over, frame)
        return _figures(expr, over, measure, frame)
    raise UnfitError


def _number(name: str, dtype: pl.DataType, frame: pl.LazyFrame) -> tuple[pl.Expr, int]:
    """Return a column of numbers as integers, and what they are over."""
    column = pl.col(name)
    if dtype.is_integer():
        return column.cast(pl.Int64), 1
    if isinstance(dtype, pl.Decimal):
        return column.to_physical().cast(pl.Int64), 10**dtype.scale
    if dtype.is_float():
        scaled = [column.cast(pl.Float64) * 10**places for places in range(_DECIMALS + 1)]
        exact = [(each.round(0) / 10**places == column).all() for places, each in enumerate(scaled)]
        within = (column.abs() < 10**9).all()
        told = (
            frame.select(within.alias("within"), *(each.alias(str(at)) for at, each in enumerate(exact)))
            .collect()
            .row(0)
        )
        places = next((at for at, is_exact in enumerate(told[1:]) if is_exact), None)
        if places is None or not told[0]:
            raise UnfitError
        return scaled[places].round(0).cast(pl.Int64), 10**places
    raise UnfitError


def _scale(expr: pl.Expr, over: int, frame: pl.LazyFrame) -> int:
    """Return what bare numbers of a column of per cents are over: 1 or 100."""
    size = expr.abs()
    tests = {"share": (size > 0) & (size < over), "one": size == over, "more": size > over}
    told = frame.select(test.any().alias(name) for name, test in tests.items()).collect().row(0)
    samples = (Fraction(1, 2), Fraction(1), Fraction(2))
    scale = percent_scale([sample for sample, there in zip(samples, told, strict=True) if there])
    if scale is None:
        raise UnfitError
    return scale


def _figures(expr: pl.Expr, over: int, measure: Measure, frame: pl.LazyFrame) -> Values:
    """Hold figures against the bounds of their measure, and find their range."""
    odd = [expr % over != 0] if measure.kind == "count" and over > 1 else []
    if measure.kind == "date":
        return _filled(expr, measure, over, frame)
    if measure.least is not None:
        odd.append(expr * measure.least.denominator < measure.least.numerator * over)
    if measure.most is not None:
        odd.append(expr * measure.most.denominator > measure.most.numerator * over)
    return _filled(expr, measure, over, frame, *odd)


def _filled(expr: pl.Expr, measure: Measure, over: int | None, frame: pl.LazyFrame, *odd: pl.Expr) -> Values:
    """Fill blanks with what the rubric says of them, and find the range of figures and what is left blank."""
    blank = measure.blank
    if blank is not None and isinstance(blank, Fraction) is (over is not None):
        expr = expr.fill_null(int(blank * (over or 1)) if isinstance(blank, Fraction) else blank)
    ends = [expr.min().alias("least"), expr.max().alias("most")] if over is not None else []
    told = frame.select(expr.null_count().alias("gaps"), *ends).collect().row(0, named=True)
    doubt = _any(odd)
    if over is None:
        return Values(expr, None, told["gaps"] > 0, doubt)
    least, most = told["least"] or 0, told["most"] or 0
    if max(abs(least), abs(most)) > LARGEST // 1000:
        raise UnfitError
    return Values(expr, Amount(Column(expr), least, most, over), told["gaps"] > 0, doubt)


def _any(tests: tuple[pl.Expr, ...]) -> pl.Expr | None:
    if not tests:
        return None
    found = tests[0]
    for test in tests[1:]:
        found |= test
    return found.fill_null(value=False)


def _texts(name: str, measure: Measure, frame: pl.LazyFrame, *, none_is_priced: bool) -> Values:
    """Read each different text once, as the exact engine does."""
    distinct = frame.select(pl.col(name).cast(pl.String).unique()).head(_DISTINCT + 1).collect().to_series()
    if len(distinct) > _DISTINCT:
        raise UnfitError
    if measure.is_key and len({fold(text) for text in distinct if text is not None}) < distinct.count():
        raise UnfitError  # one name in two spellings
    meant: dict[str, Value] = {}
    odd: list[str] = []
    for text in (text for text in distinct if text is not None):
        value = _read(text, measure, none_is_priced=none_is_priced)
        if value is None and text.strip():
            odd.append(text)
        elif value is not None:
            meant[text] = value
    column = pl.col(name).cast(pl.String)
    doubt = column.is_in(odd) if odd else None
    if measure.kind in _FIGURES:
        return _read_figures(column, meant, measure, frame, doubt)
    kind = pl.Boolean if measure.kind == "yes_no" else pl.String
    expr = column.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=kind)
    filled = _filled(expr, measure, None, frame)
    return Values(filled.expr, None, filled.gaps, doubt)


def _read_figures(
    column: pl.Expr, meant: Mapping[str, Value], measure: Measure, frame: pl.LazyFrame, doubt: pl.Expr | None
) -> Values:
    figures = {text: value for text, value in meant.items() if isinstance(value, Fraction)}
    over = lcm(*(value.denominator for value in figures.values()))
    whole = [int(value * over) for value in figures.values()]
    if over > 10**9 or any(abs(number) > LARGEST for number in whole):
        raise UnfitError
    expr = column.replace_strict(list(figures), whole, default=None, return_dtype=pl.Int64)
    filled = _filled(expr, measure, over, frame)
    return Values(filled.expr, filled.amount, filled.gaps, doubt)


def _read(text: str, measure: Measure, *, none_is_priced: bool) -> Value | None:
    """Read a text as the exact engine does; None where it says nothing, or something must be said of it."""
    reading = read_typed(RawCell(text.strip(), typed=True), measure, none_is_priced=none_is_priced)
    match settled(reading, measure, None) if reading is not None else None:
        case Good(lenient=True):
            raise UnfitError  # a number as text, which is noted
        case Good(value):
            return value
        case KeyText(text=spelled):
            return spelled
        case _:
            return None
