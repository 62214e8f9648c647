"""Columns as they are stored → integers of one scale, answers and levels; what cannot be told so is odd."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any, Final, Literal

import polars as pl
from msgspec import Struct, field

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
_FINEST: Final = 10**9
_EPOCH: Final = 719_163
"""The ordinal of 1970-01-01, from which Polars counts days."""
_FIGURES: Final = ("count", "number", "percent", "score", "date")
_SAMPLES: Final = {"share": Fraction(1, 2), "one": Fraction(1), "more": Fraction(2)}
"""Numbers that stand for those below, at and above 1 of a column of per cents."""


class Form(Struct, frozen=True):
    """How figures of a column are stored: over what, where they are whole numbers, and what is known of per cents.

    Those that are `signed` are shares; under a title that says per cents (`titled`) plain numbers are.
    """

    over: int = 1
    percents: Literal["plain", "titled", "signed"] = "plain"


_PLAIN: Final = Form()


class Values(Struct, frozen=True):
    """A column in its final form: an expression, its range where it holds figures, whether a value is missing.

    `odd` tells the rows whose cell needs a closer look; None where no row does.
    """

    expr: pl.Expr
    amount: Amount | None
    gaps: bool
    odd: pl.Expr | None


class _Read(Struct, frozen=True):
    """A column that is read: its values over a denominator (None: no figures), what is odd, and what to ask of it."""

    measure: Measure
    expr: pl.Expr
    over: int | None
    odd: tuple[pl.Expr, ...] = ()
    asks: Mapping[str, pl.Expr] = field(default_factory=dict)
    titled: bool = False


def values_of(
    frame: pl.LazyFrame, measures: Mapping[str, Measure], pricing_none: Iterable[str], forms: Mapping[str, Form]
) -> dict[str, Values]:
    """Find the final form of columns, with one look at all of them. Raises UnfitError.

    `pricing_none` are the measures of which 无 is a level, `forms` tell how figures are stored.
    """
    schema, priced = frame.collect_schema(), frozenset(pricing_none)
    read = {
        name: _read(name, measure, schema[name], frame, forms.get(name, _PLAIN), none_is_priced=name in priced)
        for name, measure in measures.items()
        if name in schema
    }
    asked = [ask.alias(f"{name}·{key}") for name, one in read.items() for key, ask in _asks(one).items()]
    told = frame.select(asked).collect(engine="streaming").row(0, named=True) if asked else {}
    return {name: _settled(one, {key: told[f"{name}·{key}"] for key in _asks(one)}) for name, one in read.items()}


def _read(
    name: str, measure: Measure, dtype: pl.DataType, frame: pl.LazyFrame, form: Form, *, none_is_priced: bool
) -> _Read:
    column = pl.col(name)
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return _texts(column.cast(pl.String), measure, frame, none_is_priced=none_is_priced)
    if measure.kind == "yes_no" and dtype == pl.Boolean:
        return _Read(measure, column, None)
    if measure.kind == "date" and dtype == pl.Date:
        return _Read(measure, column.cast(pl.Int32).cast(pl.Int64) + _EPOCH, 1)
    if measure.kind not in _FIGURES or measure.kind == "date":
        raise UnfitError
    expr, over = _number(column, dtype, frame) if form.over == 1 else (column, form.over)
    whole = (expr % over != 0,) if measure.kind == "count" and over > 1 else ()
    if measure.kind != "percent" or form.percents == "signed":
        return _Read(measure, expr, over, (*whole, *_outside(measure, expr, over)))
    size = expr.abs()
    tests = {"share": (size > 0) & (size < over), "one": size == over, "more": size > over}
    asks = {key: test.any() for key, test in tests.items()}
    return _Read(measure, expr, over, asks=asks, titled=form.percents == "titled")


def _outside(measure: Measure, expr: pl.Expr, over: int) -> tuple[pl.Expr, ...]:
    """Return the tests that a figure is outside the bounds of its measure."""
    low, high = measure.least, measure.most
    below = () if low is None else (expr * low.denominator < low.numerator * over,)
    above = () if high is None else (expr * high.denominator > high.numerator * over,)
    return (*below, *above)


def _number(column: pl.Expr, dtype: pl.DataType, frame: pl.LazyFrame) -> tuple[pl.Expr, int]:
    """Return a column of numbers as integers, and what they are over."""
    if dtype.is_integer():
        return column.cast(pl.Int64), 1
    if isinstance(dtype, pl.Decimal):
        return column.to_physical().cast(pl.Int64), 10**dtype.scale
    if not dtype.is_float():
        raise UnfitError
    scaled = [column.cast(pl.Float64) * 10**places for places in range(_DECIMALS + 1)]
    exact = [(each.round(0) / 10**places == column).all().alias(str(places)) for places, each in enumerate(scaled)]
    within, *told = (
        frame.select((column.abs() < _FINEST).all().alias("within"), *exact).collect(engine="streaming").row(0)
    )
    places = next((at for at, is_exact in enumerate(told) if is_exact), None)
    if places is None or not within:
        raise UnfitError
    return scaled[places].round(0).cast(pl.Int64), 10**places


def _asks(read: _Read) -> dict[str, pl.Expr]:
    """Say what has to be known of a column: how many blanks it has, the ends of its figures."""
    ends = {} if read.over is None else {"least": read.expr.min(), "most": read.expr.max()}
    return {"gaps": read.expr.null_count(), **ends, **read.asks}


def _settled(read: _Read, told: Mapping[str, Any]) -> Values:
    """Fill blanks with what the rubric says of them, and take the range of figures."""
    measure, expr, over, odd = read.measure, read.expr, read.over, read.odd
    if read.asks and over is not None:
        scale = percent_scale([sample for key, sample in _SAMPLES.items() if told[key]], titled=read.titled)
        if scale is None:
            raise UnfitError
        over *= scale
        odd = (*odd, *_outside(measure, expr, over))
    gaps, blank, ends = told["gaps"] > 0, measure.blank, [told.get("least"), told.get("most")]
    if gaps and blank is not None and isinstance(blank, Fraction) is (over is not None):
        stands = int(blank * (over or 1)) if isinstance(blank, Fraction) else blank
        expr, gaps, ends = expr.fill_null(stands), False, [*ends, stands]
    doubt = _any(odd)
    if over is None:
        return Values(expr, None, gaps, doubt)
    known = [end for end in ends if end is not None] or [0]
    if max(map(abs, known)) > LARGEST // 1000:
        raise UnfitError
    return Values(expr, Amount(Column(expr), min(known), max(known), over), gaps, doubt)


def _any(tests: tuple[pl.Expr, ...]) -> pl.Expr | None:
    if not tests:
        return None
    found = tests[0]
    for test in tests[1:]:
        found |= test
    return found.fill_null(value=False)


def _texts(column: pl.Expr, measure: Measure, frame: pl.LazyFrame, *, none_is_priced: bool) -> _Read:
    """Read each different text once, as the exact engine does."""
    distinct = frame.select(column.unique()).head(_DISTINCT + 1).collect().to_series()
    if len(distinct) > _DISTINCT:
        raise UnfitError
    if measure.is_key and len({fold(text) for text in distinct if text is not None}) < distinct.count():
        raise UnfitError  # one name in two spellings
    meant: dict[str, Value] = {}
    odd: list[str] = []
    for text in (text for text in distinct if text is not None):
        value = _value(text, measure, none_is_priced=none_is_priced)
        if value is not None:
            meant[text] = value
        elif text.strip():
            odd.append(text)
    doubt = (column.is_in(odd),) if odd else ()
    if measure.kind not in _FIGURES:
        kind = pl.Boolean if measure.kind == "yes_no" else pl.String
        return _Read(measure, _replaced(column, meant, kind), None, doubt)
    figures = {text: value for text, value in meant.items() if isinstance(value, Fraction)}
    over = lcm(*(value.denominator for value in figures.values()))
    whole = {text: int(value * over) for text, value in figures.items()}
    if over > _FINEST or any(abs(number) > LARGEST for number in whole.values()):
        raise UnfitError
    return _Read(measure, _replaced(column, whole, pl.Int64), over, doubt)


def _replaced(column: pl.Expr, meant: Mapping[str, Any], kind: Any) -> pl.Expr:
    return column.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=kind)


def _value(text: str, measure: Measure, *, none_is_priced: bool) -> Value | None:
    """Read a text as the exact engine does; None where it says nothing, or something must be said of it."""
    reading = read_typed(RawCell(text.strip(), typed=True), measure, none_is_priced=none_is_priced)
    match None if reading is None else settled(reading, measure, None):
        case Good(lenient=True):
            raise UnfitError  # a number as text, which is noted
        case Good(value):
            return value
        case KeyText(text=spelled):
            return spelled
        case _:
            return None
