"""Tables → a row for each unit with all that the passes of a program read of it: figures, votes, events, rounds."""

from collections.abc import Mapping, Sequence

import polars as pl
from msgspec.structs import replace

from dangjian_score.checks.events import TallyDemands
from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import Amount, Layers, UnfitError
from dangjian_score.columnar.ballots import odd_votes, with_votes
from dangjian_score.columnar.lowering import Scope
from dangjian_score.columnar.odd import refuse, refuse_events
from dangjian_score.columnar.panels import with_panels
from dangjian_score.columnar.parts import Parts, Runner
from dangjian_score.columnar.registers import Reducer, UnitFigure, UnitRows, in_final_form, ranged, register_rows
from dangjian_score.columnar.rounds import side_by_side
from dangjian_score.columnar.tables import UNIT, Tables
from dangjian_score.columnar.values import values_of
from dangjian_score.core import algebra as a
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program
from dangjian_score.rubric.standing import rounds_of


def laid_out(
    program: Program, known: Catalogue, tables: Tables, runner: Runner, layers: Layers
) -> tuple[Parts, Mapping[str, Scope]]:
    """Lay units out with all that their passes read; return that by the keys of passes.

    Raises UnfitError or OddRowsError.
    """
    units = with_panels(_units(known, tables, runner), tables.assessors, program, known, layers)
    if rounds := tuple(rounds_of(program.rubric.rounds)):
        plans = [program.plan(part) for part in program.passes]
        figures = [a.figures(*program.trees(part)) for part in program.passes]
        if tables.ballots or tables.assessors or any(not plan.is_empty for plan in plans) or any(figures):
            raise UnfitError
        rows, whole, by_round = side_by_side(units, rounds, known)
        return rows, {part.key: whole if part.round is None else by_round[part.round] for part in program.passes}
    units = with_votes(units, tables.ballots, known)
    if (odd_rows := odd_votes(units.rows.whole, tables.ballots, known)) is not None:
        refuse(odd_rows.collect(), tables.ballots)
    laid = _with_events(units, _reduced(program, known, tables, units), layers)
    return laid.rows, {"": laid.scope}


def _units(known: Catalogue, tables: Tables, runner: Runner) -> UnitRows:
    rows = tables.unit_rows(runner)
    if rows.schema[UNIT] != pl.String:
        raise UnfitError
    judged = (title for table in tables.assessors for title in table.titles if title in known.judged)
    if not known.measures.keys() <= {*rows.schema.names(), *judged}:
        raise UnfitError
    values = values_of(rows, known.measures, filter(known.prices_none, known.measures))
    form = in_final_form(values)
    return UnitRows(rows.each(form.taken), form.scope)


def _with_events(units: UnitRows, reduced: Sequence[UnitFigure], layers: Layers) -> UnitRows:
    """Join the figures of events to units."""
    rows, known = units.rows, dict[str, Amount]()
    for figure in reduced:
        empties = () if figure.empty is None else (pl.col(figure.empties).fill_null(figure.all_empty),)
        rows = rows.joined(figure.frame, [UNIT], pl.col(figure.name).fill_null(0), *empties)
        amount = ranged(figure.frame, figure.name, 0, figure.over)
        if figure.empty is not None:
            count = ranged(figure.frame, figure.empties, figure.all_empty, 1)
            amount = m.held(m.added([amount, m.product(figure.empty, count)], layers), layers)
        known[figure.name] = amount
    return UnitRows(rows, replace(units.scope, known=known))


def _reduced(program: Program, known: Catalogue, tables: Tables, units: UnitRows) -> list[UnitFigure]:
    """Reduce the registers to figures of units; rows that need a closer look raise OddRowsError."""
    plan = program.plan(program.passes[-1])
    if plan.is_empty:
        return []
    registers = dict.fromkeys(name for tally in plan.tallies for name in tally.registers)
    if not tables.registers or plan.scopes:
        raise UnfitError
    rows = pl.concat([table.frame(at) for at, table in enumerate(tables.registers)], how="diagonal_relaxed")
    period = program.rubric.period
    read = {name: register_rows(rows, name, known, period) for name in registers}
    demands = TallyDemands.of(plan, known.required)
    refuse_events(rows, read, demands, known, units.rows.whole, tables.registers)
    calendar = None if period is None else Calendar.of(period)
    return Reducer(read, units, calendar).figures(plan)
