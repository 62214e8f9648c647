"""Events of registers → figures of units beside their own, those of each round from its rows alone."""

from collections.abc import Mapping, Sequence

import polars as pl
from msgspec.structs import replace

from dangjian_score.checks.events import TallyDemands
from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import Amount, Layers, UnfitError
from dangjian_score.columnar.lowering import Scope
from dangjian_score.columnar.odd import refuse, refuse_events
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import (
    Reducer,
    RegisterRows,
    UnitFigure,
    UnitRows,
    ranged,
    register_rows,
    unit_key,
)
from dangjian_score.columnar.tables import FILE, ROW, UNIT, Tables, forms
from dangjian_score.core.columns import DAY, EVENT, ROUND
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of, spans_of_rounds


def with_events(
    program: Program, known: Catalogue, tables: Tables, rows: Parts, scopes: Mapping[str, Scope], layers: Layers
) -> tuple[Parts, Mapping[str, Scope]]:
    """Join the figures of events to units, those of each pass with what it may read.

    Raises UnfitError, and OddRowsError for rows that need a closer look.
    """
    plans = {part.key: program.plan(part) for part in program.passes}
    registers = dict.fromkeys(name for plan in plans.values() for tally in plan.tallies for name in tally.registers)
    if not registers:
        return rows, scopes
    if not tables.registers:
        raise UnfitError("table missing", "、".join(registers))
    handed_in = pl.concat([table.frame(at) for at, table in enumerate(tables.registers)], how="diagonal_relaxed")
    if program.rubric.rounds is not None:
        handed_in, odd = _in_rounds(handed_in, program.rubric, known)
        refuse(odd, tables.registers)
    period, stored, key = program.rubric.period, forms(tables.registers), unit_key(rows)
    keyed = handed_in.with_columns(key)
    read = {name: register_rows(keyed, name, known, period, stored) for name in registers}
    demands = {each.tally: each for plan in plans.values() for each in TallyDemands.of(plan, known.required)}
    refuse_events(handed_in, read, tuple(demands.values()), known, rows.whole, tables.registers)
    if program.rubric.rounds is not None:
        read = {name: replace(own, frame=own.frame.collect().lazy()) for name, own in read.items()}
    found = dict(scopes)
    for part in program.passes:
        units = UnitRows(rows, scopes[part.key])
        reducer = Reducer(_of_pass(read, part), units, key, _calendar(program.rubric, part))
        units = _joined(units, key, reducer.figures(plans[part.key]), part, layers)
        rows, found[part.key] = units.rows, units.scope
    return rows, found


def _of_pass(read: Mapping[str, RegisterRows], part: Pass) -> Mapping[str, RegisterRows]:
    """Return the rows that a pass reads: those of its round, or all."""
    if part.round is None:
        return read
    return {name: replace(own, frame=own.frame.filter(pl.col(ROUND) == part.round)) for name, own in read.items()}


def _calendar(rubric: Rubric, part: Pass) -> Calendar | None:
    """Return the days of the round of a pass, else of the period."""
    spans = {} if part.round is None else spans_of_rounds(rubric.rounds, rubric.period)
    span = rubric.period if part.round is None else spans.get(part.round, rubric.period)
    return None if span is None else Calendar.of(span)


def _joined(units: UnitRows, key: pl.Expr, reduced: Sequence[UnitFigure], part: Pass, layers: Layers) -> UnitRows:
    """Join the figures of events to units, by their places; those of rounds are columns of their own."""
    if not reduced:
        return units
    places, known = units.rows.each(lambda frame: frame.select(FILE, ROW, key)).collect(), dict[str, Amount]()
    for figure in reduced:
        name, empties = part.at(figure.name), part.at(figure.empties)
        frame = figure.frame.rename({figure.name: name})
        absent: tuple[pl.Expr, ...] = ()
        if figure.empty is not None:
            frame = frame.rename({figure.empties: empties})
            absent = (pl.col(empties).fill_null(figure.all_empty),)
        places = places.join(frame, on=UNIT, how="left").with_columns(pl.col(name).fill_null(0), *absent)
        amount = ranged(frame, name, 0, figure.over)
        if figure.empty is not None:
            count = ranged(frame, empties, figure.all_empty, 1)
            amount = m.held(m.added([amount, m.product(figure.empty, count)], layers), layers)
        known[figure.name] = amount
    return UnitRows(units.rows.looked_up(places.drop(UNIT), [FILE, ROW]), replace(units.scope, known=known))


def _in_rounds(rows: pl.LazyFrame, rubric: Rubric, known: Catalogue) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Return rows of registers with the round that each names or its day falls into, and the places of odd ones.

    Odd are those of no round where rules count by rounds, of one that there is not, and of a day of another round.
    Raises UnfitError.
    """
    schema, rounds = rows.collect_schema(), list(rounds_of(rubric.rounds))
    named = pl.col(ROUND) if ROUND in schema else pl.lit(None, pl.String)
    if schema.get(ROUND, pl.String()) != pl.String or (DAY in schema and schema[DAY] != pl.Date):
        raise UnfitError("column type", DAY)
    by_day: pl.Expr = pl.lit(None, pl.String)
    for name, span in spans_of_rounds(rubric.rounds, rubric.period).items() if DAY in schema else ():
        by_day = by_day.fill_null(pl.when(pl.col(DAY).is_between(span.from_, span.to)).then(pl.lit(name)))
    own = pl.coalesce(named, by_day)
    doubts = [
        ~named.is_in(rounds).fill_null(value=True),
        (named != by_day).fill_null(value=False),
        own.is_null() & pl.col(EVENT).is_in(list(known.in_rounds)).fill_null(value=False),
    ]
    odd = rows.filter(pl.any_horizontal(doubts)).select(FILE, ROW).collect()
    return rows.with_columns(own.alias(ROUND)), odd
