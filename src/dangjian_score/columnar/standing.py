"""Ranks, grades and selections of all units.

Ranks alone are worked out on columns; quotas, groups and selections are what the engine makes of the units' standings.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import polars as pl
from msgspec import Struct

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.plan import Plan
from dangjian_score.columnar.tables import ODD, UNIT
from dangjian_score.core.facts import Cell, UnitFacts
from dangjian_score.core.names import order_key
from dangjian_score.engine import step_names as s
from dangjian_score.engine.compiled.carrier import Compiled
from dangjian_score.engine.evaluate import CompiledFigures
from dangjian_score.engine.grading import GradedUnits, final_grades, grade_all
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Chosen, CountedUnits, Standing, group_ranks, ranks, select, stand

_NOWHERE: Final = Cell("", None, 0, 0)
RANK, GROUP_RANK, GRADE, SELECTIONS = "rank", "group_rank", "grade", "selections"
TAKING_PART, UNRANKED = "·taking part", "·unranked"
"""Columns that tell whether a unit takes part, and whether it has no rank and no grade."""


class Places(Struct, frozen=True):
    """What units come to among each other: columns by the keys that they are joined on.

    `count` are the units that take part, `odd` the rows that need a closer look, which leave places without meaning.
    `graded` are the grades under quotas; None where nothing but ranks depends on other units.
    """

    keys: tuple[pl.Expr, ...]
    frame: pl.DataFrame
    count: int
    odd: int
    graded: GradedUnits | None = None
    chosen: tuple[Chosen, ...] = ()


def compares_alone(program: Program) -> bool:
    """Return whether nothing but ranks depends on other units."""
    rubric = program.rubric
    limited = any(grade.is_limited for grade in rubric.grades.values())
    return not (rubric.selections or rubric.groups or limited)


def placed(program: Program, plan: Plan, units: Parts, *, by_name: bool = False) -> Places:
    """Place the units that hold the columns of a plan; equal ones are listed in the order of tables, or `by_name`."""
    if compares_alone(program):
        return _ranked(program, plan, units)
    return _stood(program, plan, units, by_name=by_name)


def _ranked(program: Program, plan: Plan, units: Parts) -> Places:
    """Rank units by merit, equal ones alike: so many places as there are different merits."""
    figures = [plan.done[s.FINAL]]
    for tie, step in zip(program.rubric.tie_break, program.ties, strict=True):
        figure = plan.done[step.name]
        figures.append(m.product(m.constant(Fraction(-1)), figure) if tie.lowest_first else figure)
    if not all(figure.is_plain for figure in figures):
        raise UnfitError
    keys = tuple(figure.column.expr.alias(f"·merit {at}") for at, figure in enumerate(figures))
    names = [key.meta.output_name() for key in keys]
    ranked = (pl.col(TAKING_PART) & ~pl.col(UNRANKED)).sum().cast(pl.Int64).alias("ranked")
    counts = (ranked, pl.col(TAKING_PART).sum().cast(pl.Int64), pl.col(ODD).sum().cast(pl.Int64))
    read = units.each(lambda frame: frame.select(*keys, TAKING_PART, UNRANKED, ODD).group_by(names).agg(counts))
    classes = read.collect().group_by(names).sum().sort(names, descending=True)
    rank = (pl.col("ranked").cum_sum() - pl.col("ranked") + 1).alias(RANK)
    return Places(keys, classes.select(*names, rank), int(classes[TAKING_PART].sum()), int(classes[ODD].sum()))


def _stood(program: Program, plan: Plan, units: Parts, *, by_name: bool) -> Places:
    """Let the engine grade, choose and rank by the standing of each unit."""
    rubric = program.rubric
    odd = sum(units.each(lambda frame: frame.select(pl.col(ODD).sum())).collect()[ODD])
    if odd:
        return Places((), pl.DataFrame(), 0, odd)
    standings = [*_standings(program, plan, units.each(lambda frame: frame.filter(TAKING_PART)))]
    if by_name:
        standings.sort(key=lambda standing: order_key(standing.unit))
    ranked = tuple(standing.attributes for standing in standings if not standing.unranked)
    others = units.each(lambda frame: frame.filter(~pl.col(TAKING_PART)).select(rubric.attributes)).collect()
    counted = CountedUnits((*ranked, *map(_described, others.iter_rows(named=True))), ranked)
    graded = grade_all(program, standings, counted)
    chosen = select(program, standings, final_grades(graded, ()), counted)
    rank = ranks(program, standings)
    titles: dict[str, list[str]] = {}
    for choice in chosen:
        for unit in choice.units:
            titles.setdefault(unit, []).append(choice.selection.title)
    names = [standing.unit for standing in standings]
    columns: dict[str, Sequence[object]] = {UNIT: names, RANK: [rank.get(name) for name in names]}
    if rubric.groups is not None:
        in_group = group_ranks(program, standings)
        columns[GROUP_RANK] = [in_group.get(name) for name in names]
    if rubric.grades:
        columns[GRADE] = [graded.units[name].grade for name in names]
    if rubric.selections:
        columns[SELECTIONS] = ["、".join(titles.get(name, ())) for name in names]
    types = {UNIT: pl.String, GRADE: pl.String, SELECTIONS: pl.String}
    made = pl.DataFrame(columns, schema_overrides={name: of for name, of in types.items() if name in columns})
    return Places((pl.col(UNIT),), made, len(names), 0, graded, chosen)


def _standings(program: Program, plan: Plan, units: Parts) -> Iterator[Standing]:
    """Read the standing of each unit from the columns of the steps that it rests on."""
    rests_on = needed_for_standing(program)
    needed = {name: amount for name, amount in plan.done.items() if name in rests_on}
    if not all(amount.is_plain for amount in needed.values()):
        raise UnfitError
    attributes = program.rubric.attributes
    columns = [amount.column.expr.cast(pl.Int64).alias(f"·{at}") for at, amount in enumerate(needed.values())]
    read = units.each(lambda frame: frame.select(UNIT, UNRANKED, *attributes, *columns)).collect()
    compiled = Compiled(lambda _: (), {name: (at, amount.over) for at, (name, amount) in enumerate(needed.items())})
    start = 2 + len(attributes)
    for row in read.iter_rows():
        described = _described(dict(zip(attributes, row[2:start], strict=True)))
        facts = UnitFacts(row[0], _NOWHERE, {}, attributes=described)
        unranked = program.rubric.unranked if row[1] else ()
        yield stand(program, facts, CompiledFigures(compiled, row[start:]), unranked)


def _described(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items() if value is not None}


def needed_for_standing(program: Program) -> frozenset[str]:
    """Name the steps that a standing rests on."""
    rubric = program.rubric
    vetoes = (s.struck(at) for at in range(len(rubric.vetoes)))
    asked = (s.asked(("selections", at)) for at in range(len(rubric.selections)))
    ties = (tie.name for tie in program.ties)
    return frozenset((s.FINAL, s.GRADE, *vetoes, *map(s.met, rubric.grades), *asked, *ties))
