"""Reduce the rows of registers to figures of units: tallies, and sums over groups of periods and columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from math import lcm, prod
from typing import Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.amounts import LARGEST, Amount, Column, Layers, UnfitError, constant, fitting, product
from dangjian_score.columnar.cases import WORTH, highest, scopes_of, sums_of_cases
from dangjian_score.columnar.choices import further
from dangjian_score.columnar.lowering import ColumnLowering, Scope
from dangjian_score.columnar.parts import Here, Parts
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT
from dangjian_score.columnar.values import Form, Values, flag, values_of
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT, DAY, EVENT
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.registers import CaseScope, Plan
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.rubric.standing import Span

_KEY: Final = "·key {}"
_MOST_DIVISOR: Final = 16
"""How many units may share an event, say."""
_COUNTED, _KNOWN, _DUE, _ALL = "·counted", "·known", "·due", "·all"


class UnitFigure(Struct, frozen=True):
    """A figure of units from their events, in a frame by unit: what it is over, nothing for units without events.

    Groups that are due without an event count `empty` each; how many of these a unit has stands in the column
    `empties`, and it is `all_empty` for units that are not in the frame.
    """

    name: str
    frame: pl.DataFrame
    over: int
    empty: Amount | None = None
    all_empty: int = 0

    @property
    def empties(self) -> str:
        """The name of the column with the number of groups that are due without an event."""
        return f"{self.name}·empty"


class UnitRows(Struct, frozen=True):
    """Units with their figures as columns, and what steps may read of them."""

    rows: Parts
    scope: Scope


class RegisterRows(Struct, frozen=True):
    """The rows of one register, the key of the unit of each, and their columns in their final form.

    Rows that need a closer look have a `·odd`. `columns` are all that the files have for it, the unit aside.
    """

    frame: pl.LazyFrame
    scope: Scope
    columns: tuple[str, ...]


def unit_key(units: Parts) -> pl.Expr:
    """Return what rows are grouped by unit with: hashes of names, or the names where two have the same hash.

    Numbers are grouped several times faster. Of rows whose unit is known the hash tells which it is.
    """
    hashes = units.each(lambda frame: frame.select(pl.col(UNIT).hash())).collect()[UNIT]
    return pl.col(UNIT).hash() if hashes.n_unique() == len(hashes) else pl.col(UNIT)


def register_rows(
    rows: pl.LazyFrame, register: str, known: Catalogue, period: Span | None, forms: Mapping[str, Form]
) -> RegisterRows:
    """Take the rows of a register. Raises UnfitError."""
    if register in known.rolling:
        raise UnfitError("outside ignored", register)  # rows outside the period are noted one by one
    frame = rows.filter(pl.col(EVENT) == register)
    there = frame.collect_schema().names()
    pricing = (name for name in known.registers[register] if known.prices_none(name, register))
    values = values_of(Parts((frame,), Here()), known.registers[register], pricing, forms)
    doubts = []
    if AMOUNT in values:
        doubts.append(values[AMOUNT].expr <= 0)
    if DAY in values and period is not None:
        doubts.append(~values[DAY].expr.is_between(period.from_.toordinal(), period.to.toordinal()))
    form = in_final_form(values, doubts)
    return RegisterRows(
        form.taken(frame), form.scope, tuple(name for name in there if name not in (UNIT, FILE, ROW, ODD))
    )


class FinalForm(Struct, frozen=True):
    """Columns in their final form, one of which tells odd rows, and what steps may read of them."""

    columns: tuple[pl.Expr, ...]
    odd: pl.Expr
    scope: Scope

    def taken(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Put the columns of a frame into this form."""
        return frame.with_columns(self.odd.alias(ODD)).with_columns(self.columns)


def in_final_form(values: Mapping[str, Values], doubts: Iterable[pl.Expr] = ()) -> FinalForm:
    """Put columns into their final form; rows are odd where a value is, or where a doubt holds."""
    odd = [pl.col(ODD), *doubts, *(each.odd for each in values.values() if each.odd is not None)]
    doubt = reduce(lambda one, two: one | two, odd).fill_null(value=False)
    figures = {
        name: replace(each.amount, column=Column(pl.col(name)))
        for name, each in values.items()
        if each.amount is not None
    }
    names = {name: name for name in values}
    flags = {flag(name): each.waived for name, each in values.items() if each.waived is not None}
    answers = names | {name: name for name in flags}
    scope = Scope(figures, answers, {name: name for name, each in values.items() if each.gaps}, {}, {})
    columns = (each.expr.alias(name) for name, each in values.items())
    return FinalForm((*columns, *(test.alias(name) for name, test in flags.items())), doubt, scope)


class Reducer:
    """Reduces registers, each read once; `key` makes of the names of units what their rows have."""

    def __init__(
        self, rows: Mapping[str, RegisterRows], units: UnitRows, key: pl.Expr, calendar: Calendar | None
    ) -> None:
        self._rows, self._units, self._unit_key, self._calendar = rows, units, key, calendar

    def figures(self, plan: Plan) -> list[UnitFigure]:
        """Return the figures of a plan. Raises UnfitError."""
        scopes = scopes_of(plan)
        scoped = {tally for tallies in scopes.values() for tally in tallies}
        alone = (tally for tally in plan.tallies if tally not in scoped)
        of_cases = (figure for scope, tallies in scopes.items() for figure in self._of_cases(scope, tallies))
        return [*map(self._tally, alone), *of_cases, *map(self._grouped, plan.grouped)]

    def _tally(self, tally: a.Tally) -> UnitFigure:
        frame, over = self._kept(tally, ())
        summed = frame.group_by(UNIT).agg(pl.col(WORTH).sum()).collect()
        return UnitFigure(tally.name, summed.rename({WORTH: tally.name}), over)

    def _of_cases(self, scope: CaseScope, tallies: Sequence[a.Tally]) -> Iterator[UnitFigure]:
        """Sum the events of tallies of which only one of each case counts."""
        read = [self._passing(tally, [UNIT, DAY], scope.columns) for tally in tallies]
        over = lcm(*(over for _, over in read))
        rows = [_times(frame, over // own) for frame, own in read]
        if any(frame.collect_schema()[column] != pl.String for frame in rows for column in scope.columns):
            raise UnfitError("groups of events", "、".join(scope.columns))
        sums = sums_of_cases(rows, scope.columns)
        for at, tally in enumerate(tallies):
            yield UnitFigure(tally.name, sums.select(UNIT, pl.col(str(at)).alias(tally.name)), over)

    def _kept(self, tally: a.Tally, keys: Sequence[str]) -> tuple[pl.LazyFrame, int]:
        """Return the worths of the events that a tally keeps, with their units and keys, and what they are over."""
        kept, over = self._passing(tally, [UNIT, *(_KEY.format(key) for key in keys)], tally.highest_per, keys)
        if not tally.highest_per:
            return kept, over
        if keys:
            raise UnfitError("groups of events", "、".join(keys))  # a tie decides in which group the event stays
        return highest(kept, tally.highest_per), over

    def _passing(
        self, tally: a.Tally, names: Sequence[str], cases: Sequence[str], keys: Sequence[str] = ()
    ) -> tuple[pl.LazyFrame, int]:
        """Return the worths of the events that a tally takes, with other columns, and what they are over."""
        parts = [self._priced(tally, self._rows[name], keys) for name in tally.registers if name in self._rows]
        over = lcm(*(amount.over for _, amount in parts))
        columns = dict.fromkeys((*names, *cases))
        frames = []
        for frame, amount in parts:
            worth = (pl.col(WORTH) * (over // amount.over)).alias(WORTH)
            there = frame.collect_schema()
            chosen = (name if name in there else pl.lit(None, _type(name)).alias(name) for name in columns)
            frames.append(frame.select(*chosen, worth))
            if amount.reach * (over // amount.over) * _rows_of(frame) > LARGEST:
                raise UnfitError("beyond 63 bits", "、".join(tally.registers))
        if not frames:
            return pl.LazyFrame(schema={**{name: _type(name) for name in columns}, WORTH: pl.Int64}), 1
        return pl.concat(frames, how="diagonal_relaxed"), over

    def _priced(self, tally: a.Tally, rows: RegisterRows, keys: Sequence[str]) -> tuple[pl.LazyFrame, Amount]:
        layers = Layers()
        lowering = ColumnLowering(rows.scope, layers)
        worth = _over_all(lowering.amount(tally.worth))
        if not worth.is_plain or layers.doubts:
            raise UnfitError("never rounded", "、".join(tally.registers))
        passing = lowering.answer(tally.where or a.AllHold(()))
        frame = layers.applied(rows.frame)
        parts = [self._key(key, rows).alias(_KEY.format(key)) for key in keys]
        return frame.filter(passing.expr).with_columns(worth.column.expr.cast(pl.Int64).alias(WORTH), *parts), worth

    def _key(self, key: str, rows: RegisterRows) -> pl.Expr:
        """Return the piece of a period, or the value of a column."""
        column = DAY if is_period(key) else key
        if column not in rows.columns:
            raise UnfitError("column missing", column)
        if not is_period(key):
            return pl.col(key).cast(pl.String)
        if self._calendar is None:
            raise UnfitError("groups of events", key)
        ends = rows.frame.select(pl.col(DAY).min(), pl.col(DAY).max().alias("last")).collect().row(0)
        first, last = (0, -1) if None in ends else ends
        pieces = map(self._calendar.piece(key), range(first, last + 1))
        return pl.lit(pl.Series(pieces, dtype=pl.Int64)).gather(pl.col(DAY) - first)

    def _grouped(self, grouped: a.Grouped) -> UnitFigure:
        """Sum an expression over the groups of each unit: those with events, and those that are due without any."""
        inner = [figure for figure in a.figures(grouped.each) if isinstance(figure, a.Tally)]
        keys, overs, parts = [_KEY.format(key) for key in grouped.keys], dict[str, int](), list[pl.LazyFrame]()
        for tally in dict.fromkeys((*inner, *grouped.over)):
            frame, overs[tally.name] = self._kept(tally, grouped.keys)
            counted = pl.lit(tally in grouped.over).alias(_COUNTED)
            parts.append(frame.select(UNIT, *keys, counted, pl.col(WORTH).alias(tally.name)))
        sums = [pl.col(name).sum() for name in overs]
        groups = pl.concat(parts, how="diagonal_relaxed").group_by(UNIT, *keys).agg(pl.col(_COUNTED).any(), *sums)
        there, counts = self._due(grouped, groups.collect())
        known = {tally.name: overs[tally.name] for tally in inner}
        return self._summed(grouped, there, counts, known)

    def _due(self, grouped: a.Grouped, groups: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | int]:
        """Keep the groups that have an amount and tell which are due; count those that are, with or without events.

        They are as many for all units, unless there is one for each value of a column.
        """
        pieces = {
            _KEY.format(key): [*self._calendar.due(key)]
            for key in grouped.keys
            if is_period(key) and self._calendar is not None
        }
        count = prod(map(len, pieces.values()))
        columns = [name for key in grouped.keys if (name := _KEY.format(key)) not in pieces]
        parts = [pl.col(key).is_in(due) for key, due in pieces.items()]
        counts: pl.DataFrame | int = count
        if columns:
            known = groups.filter(pl.col(_COUNTED)).select(UNIT, *columns).unique()
            groups = groups.join(
                known.with_columns(pl.lit(value=True).alias(_KNOWN)), on=[UNIT, *columns], how="left", nulls_equal=True
            )
            parts.append(pl.col(_KNOWN).fill_null(value=False))
            counts = known.group_by(UNIT).agg((pl.len().cast(pl.Int64) * count).alias(_ALL))
        groups = groups.with_columns(reduce(lambda one, two: one & two, parts, pl.lit(value=True)).alias(_DUE))
        kept = pl.col(_DUE) if grouped.shortfall else pl.col(_DUE) | pl.col(_COUNTED)
        return groups.filter(kept), counts

    def _summed(
        self, grouped: a.Grouped, groups: pl.DataFrame, counts: pl.DataFrame | int, overs: Mapping[str, int]
    ) -> UnitFigure:
        read = dict.fromkeys(self._units.scope.answers.get(name, name) for name in a.reads(grouped.each))
        joined = groups.lazy()
        if read:
            joined = joined.join(self._units.rows.whole.select(self._unit_key, *read), on=UNIT)
        known = {name: ranged(groups, name, 0, over) for name, over in overs.items()}
        layers, nothing = Layers(), Layers()
        amount = self._amount(grouped, known, layers)
        empty = self._amount(grouped, dict.fromkeys(overs, constant(0)), nothing)
        if amount.reach * max(groups.height, 1) > LARGEST or nothing.layers:
            raise UnfitError("beyond 63 bits")
        frame = layers.applied(joined).with_columns(amount.column.expr.cast(pl.Int64).alias(grouped.name))
        summed = frame.group_by(UNIT).agg(pl.col(grouped.name).sum(), pl.col(_DUE).sum().cast(pl.Int64)).collect()
        if isinstance(counts, int):
            summed, all_empty = summed.with_columns(pl.lit(counts, pl.Int64).alias(_ALL)), counts
        else:
            summed, all_empty = summed.join(counts, on=UNIT, how="full", coalesce=True), 0
        figure = UnitFigure(grouped.name, summed, amount.over, empty, all_empty)
        empties = (pl.col(_ALL).fill_null(0) - pl.col(_DUE).fill_null(0)).alias(figure.empties)
        return replace(figure, frame=summed.select(UNIT, pl.col(grouped.name).fill_null(0), empties))

    def _amount(self, grouped: a.Grouped, known: Mapping[str, Amount], layers: Layers) -> Amount:
        """Lower the expression of a group over the sums of its tallies, with its cap."""
        amount = ColumnLowering(replace(self._units.scope, known=known), layers).amount(grouped.each)
        if grouped.cap is not None:
            amount = further(amount, constant(grouped.cap), layers, largest=False)
        if not amount.is_plain:
            raise UnfitError("never rounded")
        return amount


def _times(frame: pl.LazyFrame, factor: int) -> pl.LazyFrame:
    """Multiply worths. Raises UnfitError where their sum might not fit."""
    if factor == 1:
        return frame
    fitting(int(frame.select(pl.col(WORTH).abs().sum()).collect().item()) * factor)
    return frame.with_columns(pl.col(WORTH) * factor)


def _over_all(amount: Amount) -> Amount:
    """Return the worth of events over one denominator, also where each has a small divisor of its own."""
    divisor = amount.divisor
    if divisor is None:
        return amount
    if divisor.most > _MOST_DIVISOR:
        raise UnfitError("divisor of events")
    over = lcm(*range(divisor.least, divisor.most + 1))
    expr = pl.lit(over, pl.Int64) // divisor.column.expr
    parts = Amount(replace(divisor.column, expr=expr), over // divisor.most, over // divisor.least, over)
    return product(replace(amount, divisor=None), parts)


def _type(column: str) -> type[pl.DataType]:
    """Return the type of a column that a register does not have."""
    return pl.Int64 if column == DAY else pl.String


def _rows_of(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def ranged(frame: pl.DataFrame, name: str, otherwise: int, over: int) -> Amount:
    """Take a column as an amount; units that are not in the frame have the same value."""
    ends: tuple[int | None, ...] = frame.select(pl.col(name).min(), pl.col(name).max().alias("most")).row(0)
    known = [otherwise, *(end for end in ends if end is not None)]
    return Amount(Column(pl.col(name)), min(known), max(known), over)
