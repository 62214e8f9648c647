"""Columns as they are stored → integers of one scale, answers and levels; what cannot be told so is odd."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any, Final, Literal

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.amounts import LARGEST, Amount, Column, UnfitError
from dangjian_score.columnar.parts import Parts, Question, any_is, different, every_is, least, most, number
from dangjian_score.core.facts import Value
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.facts.slots import percent_scale
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.cells import AS_WRITTEN, Good, KeyText, is_inapplicable, read_typed, settled

_DISTINCT: Final = 100_000
"""Different texts of a column that are read one by one."""
_FEW: Final = 16
"""Different texts of a column of levels, say."""
_DECIMALS: Final = 6
"""Decimals of floating-point numbers that are taken for what was meant."""
_DIGITS: Final = 18
"""Digits that 64 bits hold, whatever they are."""
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

    `odd` tells the rows whose cell needs a closer look, `waived` those with 不适用; None where no row does.
    """

    expr: pl.Expr
    amount: Amount | None
    gaps: bool
    odd: pl.Expr | None
    waived: pl.Expr | None = None


def flag(measure: str) -> str:
    """Name the column, and the answer of a scope, that tells whether a measure is 不适用."""
    return f"{measure}·waived"


class _Stored(Struct, frozen=True):
    """How a column is stored: a simple form of it, what has to be known of that, and its values once it is."""

    simple: pl.Expr
    questions: Mapping[str, Question]
    read: "Callable[[Mapping[str, Any]], _Read]"


class _Read(Struct, frozen=True):
    """Values of a column as they are stored: over a denominator with their ends (None: no figures), and what is odd.

    `samples` stand for the bare numbers of a column of per cents, of which the scale has to be found; it is `titled` if
    its title says that it holds per cents. `waived` is the test of 不适用.
    """

    expr: pl.Expr
    over: int | None = None
    ends: tuple[int, ...] = ()
    odd: tuple[pl.Expr, ...] = ()
    samples: tuple[Fraction, ...] | None = None
    titled: bool = False
    waived: pl.Expr | None = None


class _Allowed(Struct, frozen=True):
    """What texts may mean: 无 where a rule prices it, 不适用 where that is no error, numbers beside words."""

    none_is_priced: bool
    may_be_waived: bool
    beside_words: bool


def values_of(
    rows: Parts,
    measures: Mapping[str, Measure],
    pricing_none: Iterable[str],
    forms: Mapping[str, Form],
    waivable: Iterable[str] = (),
) -> dict[str, Values]:
    """Find the final form of columns, with one look at all of them. Raises UnfitError.

    They are read in the order of the file, in any other Polars holds all its rows at once.
    `pricing_none` are the measures of which 无 is a level, `forms` tell how figures are stored, `waivable` are the
    measures that may be 不适用.
    """
    schema, priced, may_be_waived = rows.schema, frozenset(pricing_none), frozenset(waivable)
    stored = {
        name: _stored(
            pl.col(name),
            measure,
            schema[name],
            forms.get(name, _PLAIN),
            _Allowed(name in priced, name in may_be_waived, beside_words=flag(name) in schema),
        )
        for name in schema
        if (measure := measures.get(name)) is not None
    }
    asked = {f"{name}·{key}": ask for name, one in stored.items() for key, ask in one.questions.items()}
    told = rows.each(lambda frame: frame.select(one.simple.alias(name) for name, one in stored.items())).asked(asked)
    found = {name: one.read({key: told[f"{name}·{key}"] for key in one.questions}) for name, one in stored.items()}
    told_apart = {
        name: replace(each, waived=pl.col(flag(name))) for name, each in found.items() if flag(name) in schema
    }
    return {
        name: _settled(each, measures[name], gaps=told[f"{name}·gaps"] > 0)
        for name, each in {**found, **told_apart}.items()
    }


def _stored(column: pl.Expr, measure: Measure, dtype: pl.DataType, form: Form, allowed: _Allowed) -> _Stored:
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return _texts(column, measure, allowed)
    if measure.kind == "yes_no" and dtype == pl.Boolean:
        return _Stored(column, {"gaps": number(column.is_null())}, lambda _: _Read(column))
    if measure.kind == "date" and dtype == pl.Date:
        return _whole(column, column.cast(pl.Int32).cast(pl.Int64) + _EPOCH, 1, measure)
    if measure.kind not in _FIGURES or measure.kind == "date":
        raise UnfitError("column type", _root(column))
    if dtype.is_integer():
        return _whole(column, _within(column, dtype), form.over, measure, form)
    if isinstance(dtype, pl.Decimal):
        return _whole(column, _within(column.to_physical(), dtype), 10**dtype.scale, measure, form)
    if dtype.is_float():
        return _floating(column, measure, form)
    raise UnfitError("column type", _root(column))


def _within(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Read integers as 64 bits; larger ones become the largest, which no figure may be."""
    if dtype == pl.UInt64:
        column = column.clip(upper_bound=LARGEST)
    elif isinstance(dtype, pl.Decimal) and dtype.precision > _DIGITS:
        column = column.clip(-LARGEST, LARGEST)
    return column.cast(pl.Int64, wrap_numerical=True)  # all fit; testing each again takes as long as reading them


def _whole(column: pl.Expr, simple: pl.Expr, over: int, measure: Measure, form: Form = _PLAIN) -> _Stored:
    """Read integers over a denominator."""
    questions = _questions(column, over, measure)

    def read(told: Mapping[str, Any]) -> _Read:
        samples = None if form.percents == "signed" else _samples(told, measure)
        return _Read(simple, over, _ends(told), samples=samples, titled=form.percents == "titled")

    return _Stored(simple, questions, read)


def _floating(column: pl.Expr, measure: Measure, form: Form) -> _Stored:
    """Read floating-point numbers that are decimals of few places.

    They are divided by a column: Polars multiplies by the reciprocal of a plain number, which gives another 0.35.
    """
    scales = [column * 0 + 10**places for places in range(_DECIMALS + 1)]
    exact = {
        f"to {places}": every_is((column * 10**places).round(0) / scale == column)
        for places, scale in enumerate(scales)
    }
    within = {"within": every_is(column.abs() < _FINEST)}

    def read(told: Mapping[str, Any]) -> _Read:
        places = next((at for at in range(_DECIMALS + 1) if told[f"to {at}"]), None)
        if places is None or not told["within"]:
            raise UnfitError("column type", _root(column))
        ends = tuple(round(end * 10**places) for end in _ends(told))
        whole = (column.cast(pl.Float64) * 10**places).round(0).cast(pl.Int64)
        samples, titled = _samples(told, measure), form.percents == "titled"
        return _Read(whole, 10**places, ends, samples=samples, titled=titled)

    return _Stored(column.cast(pl.Float64), {**_questions(column, 1, measure), **exact, **within}, read)


def _questions(column: pl.Expr, one: int, measure: Measure) -> dict[str, Question]:
    """Ask how many figures are missing, for their ends, and for what decides the scale of per cents."""
    asked = {"gaps": number(column.is_null()), "least": least(column), "most": most(column)}
    if measure.kind == "percent":
        size = column.abs()
        tests = {"share": (size > 0) & (size < one), "one": size == one, "more": size > one}
        asked |= {key: any_is(test) for key, test in tests.items()}
    return asked


def _ends(told: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(end for end in (told["least"], told["most"]) if end is not None)


def _samples(told: Mapping[str, Any], measure: Measure) -> tuple[Fraction, ...] | None:
    return tuple(sample for key, sample in _SAMPLES.items() if told[key]) if measure.kind == "percent" else None


def _settled(read: _Read, measure: Measure, *, gaps: bool) -> Values:
    """Find the scale of figures and what is odd of them, and fill blanks with what the rubric says of them."""
    expr, over, ends, odd = read.expr, read.over, read.ends, read.odd
    if over is not None:
        if measure.kind == "count" and over > 1:
            odd = (*odd, expr % over != 0)
        if read.samples is not None:
            scale = percent_scale(read.samples, titled=read.titled)
            if scale is None:
                raise UnfitError("column type", _root(expr))
            over *= scale
        odd = (*odd, *_outside(measure, expr, over, ends))
    blank = measure.blank
    if gaps and blank is not None and isinstance(blank, Fraction) is (over is not None):
        stands = int(blank * (over or 1)) if isinstance(blank, Fraction) else blank
        expr, gaps = expr.fill_null(stands), False
        ends = (*ends, stands) if isinstance(stands, int) else ends
    if read.waived is not None:
        expr, gaps = pl.when(~read.waived).then(expr), True
    doubt = reduce(lambda one, two: one | two, odd).fill_null(value=False) if odd else None
    if over is None:
        return Values(expr, None, gaps, doubt, read.waived)
    least, most = (min(ends), max(ends)) if ends else (0, 0)
    if max(abs(least), abs(most)) > LARGEST // 1000:
        raise UnfitError("beyond 63 bits", _root(expr))
    return Values(expr, Amount(Column(expr), least, most, over), gaps, doubt, read.waived)


def _root(expr: pl.Expr) -> str:
    """Name the column that an expression reads."""
    return next(iter(expr.meta.root_names()), "")


def _outside(measure: Measure, expr: pl.Expr, over: int, ends: tuple[int, ...]) -> Iterator[pl.Expr]:
    """Visit the tests that a figure is outside the bounds of its measure, as far as the ends of its column are."""
    low, high = measure.least, measure.most
    if low is not None and any(end < low * over for end in ends):
        yield expr * low.denominator < low.numerator * over
    if high is not None and any(end > high * over for end in ends):
        yield expr * high.denominator > high.numerator * over


def _texts(column: pl.Expr, measure: Measure, allowed: _Allowed) -> _Stored:
    """Read each different text once, as the exact engine does."""
    text = column.cast(pl.String)
    questions = {"gaps": number(column.is_null()), "texts": different(column, _DISTINCT)}

    def read(told: Mapping[str, Any]) -> _Read:
        texts = sorted(each for each in told["texts"] if each is not None)
        if len(texts) > _DISTINCT:
            raise UnfitError("column type", _root(column))
        if measure.is_key and len({*map(fold, texts)}) < len(texts):
            raise UnfitError("spelled twice", _root(column))  # one name in two spellings
        waived = [each for each in texts if allowed.may_be_waived and is_inapplicable(_cell(each))]
        beside_words = allowed.beside_words or bool(waived)
        values = {each: _value(each, measure, allowed, beside_words=beside_words) for each in texts}
        meant = {each: value for each, value in values.items() if value is not None}
        unread = [each for each, value in values.items() if value is None and each.strip() and each not in waived]
        odd = (text.is_in(unread),) if unread else ()
        is_waived = text.is_in(waived).fill_null(value=False) if waived else None
        if measure.kind in _FIGURES:
            figures = {each: value for each, value in meant.items() if isinstance(value, Fraction)}
            return replace(_figures(text, figures, odd), waived=is_waived)
        if measure.kind == "yes_no":
            return _Read(_replaced(text, meant, pl.Boolean), odd=odd, waived=is_waived)
        return _Read(_respelled(text, values), odd=odd, waived=is_waived)

    return _Stored(text, questions, read)


def _figures(column: pl.Expr, figures: Mapping[str, Fraction], odd: tuple[pl.Expr, ...]) -> _Read:
    over = lcm(*(value.denominator for value in figures.values()))
    whole = {text: int(value * over) for text, value in figures.items()}
    if over > _FINEST or any(abs(number) > LARGEST for number in whole.values()):
        raise UnfitError("beyond 63 bits", _root(column))
    ends = (min(whole.values()), max(whole.values())) if whole else ()
    return _Read(_replaced(column, whole, pl.Int64), over, ends, odd)


def _replaced(column: pl.Expr, meant: Mapping[str, Any], kind: Any) -> pl.Expr:
    """Put what they mean in place of texts: of a few one after the other, which Polars does row by row."""
    if 0 < len(meant) <= _FEW:
        return pl.coalesce(*(pl.when(column == text).then(pl.lit(value, kind)) for text, value in meant.items()))
    return column.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=kind)


def _respelled(column: pl.Expr, meant: Mapping[str, Any]) -> pl.Expr:
    """Put names in place of the texts that are spelled otherwise; None says nothing."""
    changed = {text: value for text, value in meant.items() if value != text}
    if len(changed) > _FEW:
        return _replaced(column, {text: value for text, value in meant.items() if value is not None}, pl.String)
    other = {text: value for text, value in changed.items() if value is not None}
    spelled = pl.coalesce(*(pl.when(column == text).then(pl.lit(value)) for text, value in other.items()), column)
    silent = [*changed.keys() - other.keys()]
    return pl.when(~column.is_in(silent)).then(spelled) if silent else spelled


def _cell(text: str) -> RawCell:
    return RawCell(text.strip(), typed=True)


def _value(text: str, measure: Measure, allowed: _Allowed, *, beside_words: bool) -> Value | None:
    """Read a text as the exact engine does; None where it says nothing, or something must be said of it.

    Numbers are texts where words stand beside them in their column; else that is noted.
    """
    reading = read_typed(_cell(text), measure, none_is_priced=allowed.none_is_priced)
    match None if reading is None else settled(reading, measure, None):
        case Good(value, lenient) if not lenient or (beside_words and set(text) <= AS_WRITTEN):
            return value
        case Good():
            raise UnfitError("read generously", text)  # which is noted
        case KeyText(text=spelled):
            return spelled
        case _:
            return None
