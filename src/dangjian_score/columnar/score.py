"""Score all units at once: tables → figures of all steps as columns → ranks, grades and selections.

What columns cannot hold is for the exact engine (UnfitError), and so are rows that need a closer look (OddRowsError).
"""

from functools import reduce
from pathlib import Path

from msgspec.structs import replace

from dangjian_score.columnar.amounts import Layers, UnfitError
from dangjian_score.columnar.choices import Answer, joined, opposite
from dangjian_score.columnar.comparisons import compared
from dangjian_score.columnar.layout import laid_out
from dangjian_score.columnar.lowering import Lowering
from dangjian_score.columnar.odd import lacking, odd_names, refuse_units
from dangjian_score.columnar.outcome import outcome, with_places
from dangjian_score.columnar.panels import doubts
from dangjian_score.columnar.parts import Here, Runner
from dangjian_score.columnar.plan import planned
from dangjian_score.columnar.registers import UnitRows
from dangjian_score.columnar.standing import TAKING_PART, UNRANKED, placed
from dangjian_score.columnar.tables import ODD, Tables
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import UNITS_MARK
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.program import Program


def fits(program: Program) -> bool:
    """Return whether columns may score a program: the whole of it, and without results of other rubrics."""
    of_a_part = program.interim is not None or any(node.horizon is not None for node in program.nodes)
    return not (program.rubric.from_results or of_a_part)


def score(program: Program, known: Catalogue, tables: Tables, path: Path, runner: Runner = Here()) -> int:  # noqa: B008
    """Score the units of tables and write them as .parquet; return how many there are.

    Raises UnfitError or OddRowsError where the exact engine has to do it.
    """
    if not fits(program):
        raise UnfitError
    layers = Layers()
    rows, scopes = laid_out(program, known, tables, runner, layers)
    first = [Lowering(scope, layers) for scope in scopes.values()]
    taking_part = opposite(joined((_clauses(program, each, "excluded") for each in first), every=False))
    unranked = joined((_clauses(program, each, "unranked") for each in first), every=False)
    scopes = {
        part.key: compared(program, part, UnitRows(rows, scopes[part.key]), taking_part, layers).scope
        for part in program.passes
    }
    plan = planned(program, scopes, _wanted(program), layers)
    lowerings = {key: Lowering(replace(scope, done=plan.done, suffix=key), layers) for key, scope in scopes.items()}
    columns = [*outcome(program, plan, lowerings)]
    odd = [lacking(program, part, lowerings[part.key]) | doubts(part, lowerings[part.key]) for part in program.passes]
    flags = [
        taking_part.expr.fill_null(value=True).alias(TAKING_PART),
        unranked.expr.fill_null(value=False).alias(UNRANKED),
        reduce(lambda one, two: one | two, odd).alias(ODD),
    ]
    if layers.doubts:
        raise UnfitError
    units = rows.each(lambda frame: layers.applied(frame).with_columns(flags))
    places = placed(program, plan, units)
    names = odd_names(rows, tables.heads)
    if places.odd or names.height:
        refuse_units(units, names, tables.units)
    made = with_places(program, units, columns, places)
    runner.write(made.frames, path, {UNITS_MARK: program.rubric.rubric})
    return places.count


def _wanted(program: Program) -> list[str]:
    """Name the steps that results show, and that ranks, grades and selections depend on."""
    nodes = [part.at(node.id) for part in program.passes for node in part.nodes]
    asked = [part.at(step.name) for part in program.passes for step in program.asks[part.key]]
    over_all = [step.name for step in (*program.closing, *program.verdict)]
    return [*dict.fromkeys((*nodes, *asked, *over_all))]


def _clauses(program: Program, lowering: Lowering, key: str) -> Answer:
    """Return whether any condition of a kind holds for a unit that has entered what it reads."""
    tests = [clause.test for clause in program.clauses if clause.path[0] == key]
    met = (a.AllHold((*map(a.Entered, a.reads(test)), test)) for test in tests)
    return joined(map(lowering.answer, met), every=False)
