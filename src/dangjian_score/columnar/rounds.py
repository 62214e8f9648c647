"""Rows of rounds → one row a unit, with the figures of each round beside each other and those of the whole.

What is given without a round counts for the whole, else what the rounds come to, as in `engine.stages`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar.amounts import Amount, Column, UnfitError
from dangjian_score.columnar.lowering import Scope
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import UnitRows
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT
from dangjian_score.columnar.values import flag
from dangjian_score.columnar.waived import is_flagged
from dangjian_score.core.columns import ROUND
from dangjian_score.engine.catalogue import Catalogue, Measure

_ADDED = ("count", "number", "score")
"""Kinds of measures that rounds add up."""


def without_blanks(known: Catalogue) -> Catalogue:
    """Return a catalogue in which blanks say nothing, as they do in rows without a round."""
    kept = {
        name: measure if name in known.attributes else replace(measure, blank=None)
        for name, measure in known.measures.items()
    }
    return replace(known, measures=kept)


def side_by_side(rows: UnitRows, rounds: Sequence[str], known: Catalogue) -> tuple[Parts, Scope, Mapping[str, Scope]]:
    """Return a row for each unit, what the whole may read of it, and what each round may. Raises UnfitError.

    Rows are read `without_blanks`; what a blank says is filled in here, in the rows of rounds.
    """
    stands = dict(_stand_ins(rows.scope, known))
    if len(rows.rows.frames) > 1:
        raise UnfitError("unlike tables")  # the rounds of a unit may be in different parts
    handed_in = rows.rows.whole
    if ROUND not in rows.rows.schema:
        handed_in = handed_in.with_columns(pl.lit(None, pl.String).alias(ROUND))
    measured = [name for name in known.measures if name not in known.attributes]
    flags = [flag(name) for name in measured if is_flagged(rows.scope, name)]
    frame = _described(handed_in, rounds, known.attributes)
    for round_ in (*rounds, None):
        own = pl.col(ROUND).is_null() if round_ is None else pl.col(ROUND) == round_
        filled = {} if round_ is None else stands
        firsts = [_first(name, filled, rows.scope).alias(_column(name, round_)) for name in measured]
        firsts += [pl.col(name).first().alias(_column(name, round_)) for name in flags]
        part = handed_in.filter(own).group_by(UNIT).agg(pl.len().alias(_column(ROW, round_)), *firsts)
        frame = frame.join(part, on=UNIT, how="left", maintain_order="left")
    twice = (pl.col(_column(ROW, round_)) != 1 for round_ in rounds)
    missing = (pl.col(_column(ROW, round_)).is_null() for round_ in rounds if measured)
    several = pl.col(_column(ROW, None)) > 1
    frame = frame.with_columns(_any((pl.col(ODD), several, *twice, *missing)).alias(ODD))
    whole = [_together(name, rounds, known.measures[name], rows.scope).alias(name) for name in measured]
    frame = frame.with_columns(*whole, *(_all_waived(name, rounds).alias(name) for name in flags))
    scope = _with_stand_ins(rows.scope, stands)
    scopes = {round_: _scope(scope, known, (*measured, *flags), round_) for round_ in rounds}
    return Parts((frame,), rows.rows.runner), _whole(scope, known, measured, flags, len(rounds)), scopes


def _stand_ins(rows: Scope, known: Catalogue) -> Iterator[tuple[str, int | bool | str]]:
    """Give what blanks stand for, in the form of their columns."""
    for name, measure in known.measures.items():
        amount, blank = rows.figures.get(name), measure.blank
        if name not in known.attributes and blank is not None and isinstance(blank, Fraction) is (amount is not None):
            yield name, int(blank * (amount.over if amount else 1)) if isinstance(blank, Fraction) else blank


def _first(name: str, filled: Mapping[str, int | bool | str], rows: Scope) -> pl.Expr:
    first = pl.col(name).first()
    if name not in filled:
        return first
    told = first.fill_null(filled[name])
    return pl.when(~pl.col(flag(name)).first()).then(told) if is_flagged(rows, name) else told


def _with_stand_ins(rows: Scope, stands: Mapping[str, int | bool | str]) -> Scope:
    """Let figures reach as far as what their blanks stand for."""
    figures = {
        name: replace(
            amount,
            least=min(amount.least, stands.get(name, amount.least)),
            most=max(amount.most, stands.get(name, amount.most)),
        )
        for name, amount in rows.figures.items()
    }
    return replace(rows, figures=figures)


def _column(name: str, round_: str | None) -> str:
    return f"{name}@{round_ or ''}"


def _any(tests: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda one, two: one | two, (test.fill_null(value=False) for test in tests))


def _described(rows: pl.LazyFrame, rounds: Sequence[str], attributes: Sequence[str]) -> pl.LazyFrame:
    """Return the units in the order of the tables, with their attributes, which must be the same in all rows."""
    known = pl.col(ROUND).is_null() | pl.col(ROUND).is_in(list(rounds))
    differ = (pl.col(name).drop_nulls().n_unique() > 1 for name in attributes)
    told = [pl.col(name).drop_nulls().first() for name in attributes]
    odd = _any((pl.col(ODD).any(), (~known).any(), *differ)).alias(ODD)
    return rows.group_by(UNIT, maintain_order=True).agg(pl.col(FILE).first(), pl.col(ROW).first(), odd, *told)


def _together(name: str, rounds: Sequence[str], measure: Measure, rows: Scope) -> pl.Expr:
    """Return the value of the whole: that without a round, else what all rounds come to that are not 不适用."""
    each = [pl.col(_column(name, round_)) for round_ in rounds]
    told, own = [value.is_not_null() for value in each], pl.lit(value=False)
    if is_flagged(rows, name):
        waived = [pl.col(_column(flag(name), round_)) for round_ in rounds]
        told = [value | test for value, test in zip(told, waived, strict=True)]
        own = pl.col(_column(flag(name), None)).fill_null(value=False)
    there, come = pl.all_horizontal(told), pl.coalesce(each)
    if measure.kind in _ADDED:
        there, come = there & come.is_not_null(), pl.sum_horizontal(each)
    elif measure.kind == "yes_no":
        there, come = there & come.is_not_null(), pl.any_horizontal(value.fill_null(value=False) for value in each)
    else:
        there &= pl.all_horizontal((value == come).fill_null(value=True) for value in each)
    return pl.coalesce(pl.col(_column(name, None)), pl.when(there & ~own).then(come))


def _all_waived(name: str, rounds: Sequence[str]) -> pl.Expr:
    """Return the test that the whole is 不适用: without a round, or in all of them."""
    each = (pl.col(_column(name, round_)).fill_null(value=False) for round_ in rounds)
    return pl.col(_column(name, None)).fill_null(value=False) | pl.all_horizontal(each)


def _scope(rows: Scope, known: Catalogue, measured: Sequence[str], round_: str) -> Scope:
    """Say what a round may read: its own figures, any of which may be missing, and attributes."""
    names = {name: _column(name, round_) for name in measured} | {name: name for name in known.attributes}
    figures = {name: _named(amount, names[name]) for name, amount in rows.figures.items() if name in names}
    entered = {name: column for name, column in names.items() if name in known.measures}
    return Scope(figures, names, entered, {}, {})


def _named(amount: Amount, column: str) -> Amount:
    return replace(amount, column=Column(pl.col(column)))


def _whole(rows: Scope, known: Catalogue, measured: Sequence[str], flags: Sequence[str], rounds: int) -> Scope:
    """Say what the whole may read; what is added up may be as many times larger as there are rounds."""
    figures = dict(rows.figures)
    for name in measured:
        if name in figures and known.measures[name].kind in _ADDED:
            amount = figures[name]
            least, most = min(amount.least, amount.least * rounds), max(amount.most, amount.most * rounds)
            figures[name] = replace(amount, least=least, most=most)
    names = {name: name for name in known.measures}
    return Scope(figures, names | {name: name for name in flags}, names, {}, {})
