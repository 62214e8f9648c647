"""Ranks, grades and selections of all units.

Units that nothing here tells apart are a class. Classes are counted part by part, ranked on columns, and settled by the
engine (`bands`); what a class comes to is joined to its units.
"""

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.columnar.bands import SettledClasses, settled
from dangjian_score.columnar.classes import (
    CLASS,
    GRADE,
    GROUP_RANK,
    MERIT,
    RANK,
    SELECTIONS,
    TAKING_PART,
    UNITS,
    UNRANKED,
    StandingKeys,
)
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.plan import ColumnPlan
from dangjian_score.columnar.tables import ODD
from dangjian_score.engine import step_names as s
from dangjian_score.engine.program import Program


class Places(Struct, frozen=True):
    """What units come to among each other: columns by the keys that they are joined on, a row for each class.

    `count` are the units that take part, `odd` the rows that need a closer look, which leave places without meaning.
    `settled` are grades under quotas and selections; None where the rubric has neither.
    """

    keys: tuple[pl.Expr, ...]
    frame: pl.DataFrame
    count: int
    odd: int
    settled: SettledClasses | None = None


def is_settled_among_units(program: Program) -> bool:
    """Return whether grades or selections depend on other units."""
    rubric = program.rubric
    return bool(rubric.selections) or any(grade.is_limited for grade in rubric.grades.values())


def placed(program: Program, plan: ColumnPlan, units: Parts) -> Places:
    """Place the units that hold the columns of a plan. Raises UnfitError where a figure is not told by its column."""
    keys = _keys(program, plan)
    counted = _counted(keys, units)
    classes = counted.filter(TAKING_PART).sort(keys.merits, descending=keys.descending)
    count, odd = int(classes[UNITS].sum()), int(counted[ODD].sum())
    if odd:
        return Places((), pl.DataFrame(), count, odd)
    ranked = _ranked(program, keys, classes)
    found = None
    if is_settled_among_units(program):
        absent = counted.filter(~pl.col(TAKING_PART)).select(*keys.attributes, UNITS)
        ranked, found = settled(program, keys, ranked, absent)
    shown = {
        RANK: True,
        GROUP_RANK: True,
        GRADE: program.rubric.grades,
        SELECTIONS: program.rubric.selections,
        CLASS: True,
    }
    columns = [name for name, asked in shown.items() if asked and name in ranked.columns]
    return Places(keys.expressions, ranked.select(*keys.names, *columns), count, 0, found)


def _keys(program: Program, plan: ColumnPlan) -> StandingKeys:
    """Return what tells units apart: the figures that standings rest on, and attributes that make groups."""
    rubric = program.rubric
    merits = (s.FINAL, *(step.name for step in program.ties))
    rests_on, within = needed_for_standing(program), dict[str, None]()
    if rubric.groups is not None:
        within[rubric.groups] = None
    if is_settled_among_units(program):
        within |= {each.within: None for each in rubric.selections if each.within is not None}
    else:
        rests_on = frozenset(merits)
    others = (name for name in plan.done if name in rests_on and name not in merits)
    figures = {name: plan.done[name] for name in (*merits, *others)}
    if unrounded := [name for name, figure in figures.items() if not figure.is_plain]:
        ties = {step.name: tie.points or tie.measure for tie, step in zip(rubric.tie_break, program.ties, strict=True)}
        raise UnfitError("never rounded", "、".join(filter(None, map(ties.get, unrounded))))
    lowest_first = (tie.lowest_first for tie in rubric.tie_break)
    return StandingKeys(figures, tuple(within), (True, *(not lowest for lowest in lowest_first)))


def _counted(keys: StandingKeys, units: Parts) -> pl.DataFrame:
    """Count the units of each class; those that take no part are told apart by attributes alone."""
    by = [TAKING_PART, *keys.names]
    figures = [pl.when(TAKING_PART).then(figure) for figure in keys.columns]
    of_units = pl.col(UNRANKED) & pl.col(TAKING_PART)
    read = units.each(
        lambda frame: (
            frame.select(TAKING_PART, of_units.alias(UNRANKED), *keys.attributes, *figures, ODD)
            .group_by(by)
            .agg(pl.len().cast(pl.Int64).alias(UNITS), pl.col(ODD).sum().cast(pl.Int64))
        )
    )
    return read.collect().group_by(by).sum()


def _ranked(program: Program, keys: StandingKeys, classes: pl.DataFrame) -> pl.DataFrame:
    """Rank classes in order of merit: as many places as units are before, equal units share one."""
    units = pl.when(UNRANKED).then(0).otherwise(UNITS)
    within = {RANK: None, GROUP_RANK: program.rubric.groups}
    before = {RANK: units.cum_sum() - units}
    if (group := program.rubric.groups) is not None:
        before[GROUP_RANK] = units.cum_sum().over(group) - units
    merit = pl.struct(keys.merits).rle_id().alias(MERIT)
    numbered = classes.with_columns(merit, *(count.alias(name) for name, count in before.items()))
    firsts = {name: pl.col(name).first().over(MERIT, *filter(None, (within[name],))) for name in before}
    return numbered.with_columns(pl.when(~pl.col(UNRANKED)).then(at + 1).alias(name) for name, at in firsts.items())


def needed_for_standing(program: Program) -> frozenset[str]:
    """Name the steps that a standing rests on."""
    rubric = program.rubric
    vetoes = (s.struck(at) for at in range(len(rubric.vetoes)))
    asked = (s.asked(("selections", at)) for at in range(len(rubric.selections)))
    ties = (tie.name for tie in program.ties)
    return frozenset((s.FINAL, s.GRADE, *vetoes, *map(s.met, rubric.grades), *asked, *ties))
