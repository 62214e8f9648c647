"""Score all units at once: tables → figures of all steps as columns → ranks, grades and selections.

What columns cannot hold is for the exact engine (UnfitError), and so are rows that need a closer look (OddRowsError).
"""

from collections.abc import Mapping
from functools import reduce
from pathlib import Path

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.again import Source
from dangjian_score.columnar.amounts import Amount, Layers, UnfitError
from dangjian_score.columnar.choices import Answer, joined, opposite
from dangjian_score.columnar.classes import TAKING_PART, UNRANKED
from dangjian_score.columnar.comparisons import Compared, compared
from dangjian_score.columnar.layout import laid_out
from dangjian_score.columnar.lowering import ColumnLowering, Scope
from dangjian_score.columnar.near import with_near_units
from dangjian_score.columnar.odd import lacking, odd_names, refuse_units
from dangjian_score.columnar.outcome import outcome, with_places
from dangjian_score.columnar.panels import doubts
from dangjian_score.columnar.parts import Here, Parts, Runner
from dangjian_score.columnar.plan import ColumnPlan, planned
from dangjian_score.columnar.registers import UnitRows
from dangjian_score.columnar.standing import Places, placed
from dangjian_score.columnar.tables import FILE, ODD, ROW
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import UNITS_MARK
from dangjian_score.engine import step_names as s
from dangjian_score.engine.evaluate import total_steps
from dangjian_score.engine.program import Program
from dangjian_score.rubric.model import KINDS


def fits(program: Program) -> bool:
    """Return whether columns may score a program: the whole of it, and without results of other rubrics."""
    of_a_part = program.interim is not None or any(node.horizon is not None for node in program.nodes)
    return not (program.rubric.from_results or of_a_part)


class ScoredColumns(Struct, frozen=True):
    """Units that were scored: their figures, to be worked out, and what they come to among each other.

    `parts` are the figures that totals are made of, before they are rounded to be shown; `compared` are those over all
    units. `near` is the number of units that the exact engine scored since a figure is too near to a boundary.
    """

    units: Parts
    plan: ColumnPlan
    places: Places
    parts: Mapping[str, Amount]
    compared: Compared
    near: int


def score(source: Source, path: Path, runner: Runner = Here(), *, told: bool = False) -> ScoredColumns:  # noqa: B008
    """Score the units of tables and write them as .parquet; return them, with what it takes to have them `told` of.

    Raises UnfitError or OddRowsError where the exact engine has to do it.
    """
    program, tables = source.program, source.tables
    if not fits(program):
        raise UnfitError("other results")
    layers = Layers()
    rows, alone = laid_out(program, source.known, tables, runner, layers)
    first = [ColumnLowering(scope, layers) for scope in alone.values()]
    taking_part = opposite(joined((_clauses(program, each, "excluded") for each in first), every=False))
    unranked = joined((_clauses(program, each, "unranked") for each in first), every=False)
    rows, scopes, over_all = _compared(program, rows, alone, taking_part, layers)
    if layers.doubts:
        raise UnfitError("too near")  # who takes part, or what is compared, is in doubt
    plan = planned(program, scopes, _wanted(program, told=told), layers)
    lowerings = _lowerings(scopes, plan)
    parts = {name: plan.done[name] for name in (_parts(program) if told else ())}
    names, near = odd_names(rows, tables.heads), 0
    if layers.doubts or any(amount.width for amount in plan.done.values()):
        odd = _odd(source, lowerings)
        refuse_units(rows.each(lambda frame: layers.applied(frame).with_columns(odd)), names, tables.units)
        rows, plan, near = with_near_units(source, plan, rows, over_all)
        lowerings = _lowerings(scopes, plan)
    columns = [*outcome(program, plan, lowerings)]
    flags = [
        taking_part.expr.fill_null(value=True).alias(TAKING_PART),
        unranked.expr.fill_null(value=False).alias(UNRANKED),
        _odd(source, lowerings),
    ]
    if plan.layers.doubts:
        raise UnfitError("too near")
    units = rows.each(lambda frame: plan.layers.applied(frame).with_columns(flags))
    places = placed(program, plan, units)
    if places.odd or names.height:
        refuse_units(units, names, tables.units)
    made = with_places(program, units, columns, places)
    runner.write(made.frames, path, {UNITS_MARK: program.rubric.rubric})
    return ScoredColumns(units, plan, places, parts, over_all, near)


def _compared(
    program: Program, rows: Parts, alone: Mapping[str, Scope], taking_part: Answer, layers: Layers
) -> tuple[Parts, Mapping[str, Scope], Compared]:
    """Add what passes read over all units to what they read of each; return that by itself, too."""
    scopes, over_all = dict[str, Scope](), dict[tuple[str, str], Amount]()
    for part in program.passes:
        own = alone[part.key]
        beside = compared(program, part, UnitRows(rows, own), taking_part, layers)
        rows, scopes[part.key] = beside.rows, beside.scope
        over_all |= {(part.key, name): made for name, made in beside.scope.known.items() if name not in own.known}
    return rows, scopes, over_all


def _lowerings(scopes: Mapping[str, Scope], plan: ColumnPlan) -> dict[str, ColumnLowering]:
    """Return by pass what lowers trees that read the steps of a plan."""
    return {
        key: ColumnLowering(replace(scope, done=plan.done, suffix=key), plan.layers) for key, scope in scopes.items()
    }


def _odd(source: Source, lowerings: Mapping[str, ColumnLowering]) -> pl.Expr:
    """Return the test that a row of a unit needs a closer look; what was accepted may still hold cells that do."""
    program, tables = source.program, source.tables.units
    odd = [lacking(program, part, lowerings[part.key]) | doubts(part, lowerings[part.key]) for part in program.passes]
    files = ((pl.col(FILE) == at, source.accepted.get(table.name, ())) for at, table in enumerate(tables))
    looked_at = (own & pl.col(ROW).is_in([*rows]) for own, rows in files if rows)
    accepted = pl.any_horizontal(pl.lit(value=False), *looked_at)
    doubted = reduce(lambda one, two: one | two, odd) & ~accepted
    return (pl.col(ODD) | doubted).alias(ODD)


def _wanted(program: Program, *, told: bool) -> list[str]:
    """Name the steps that results show, and that ranks, grades and selections depend on.

    Where units are `told` of, parts of totals are shown, too.
    """
    nodes = [part.at(node.id) for part in program.passes for node in part.nodes]
    asked = [part.at(step.name) for part in program.passes for step in program.asks[part.key]]
    over_all = [step.name for step in (*program.closing, *program.verdict)]
    return [*dict.fromkeys((*nodes, *asked, *over_all, *(_parts(program) if told else ())))]


def _parts(program: Program) -> tuple[str, ...]:
    """Name the steps that totals are made of."""
    return (*total_steps(program), *map(s.of_kind, KINDS))


def _clauses(program: Program, lowering: ColumnLowering, key: str) -> Answer:
    """Return whether any condition of a kind holds for a unit that has entered what it reads."""
    tests = [clause.test for clause in program.clauses if clause.path[0] == key]
    met = (a.AllHold((*map(a.Entered, a.reads(test)), test)) for test in tests)
    return joined(map(lowering.answer, met), every=False)
