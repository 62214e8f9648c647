"""Panels of assessors: what they gave for each unit, combined to one figure of a measure beside those of the unit."""

from collections.abc import Iterator, Sequence
from typing import assert_never

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import Amount, Column, Layers, UnfitError
from dangjian_score.columnar.lowering import ColumnLowering, Scope
from dangjian_score.columnar.marks import (
    NOBODY,
    TWICE,
    Marks,
    bases_of,
    doubt,
    excused,
    fits_its_table,
    mark,
    marks_of,
    odd_places,
)
from dangjian_score.columnar.odd import refuse, refuse_spellings
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import UnitRows, ranged
from dangjian_score.columnar.tables import ODD, UNIT, StoredTable
from dangjian_score.columnar.values import flag
from dangjian_score.columnar.waived import is_flagged
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import CATEGORY
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed

_NUMBER, _COUNT, _DOUBT, _EXCUSED = "{}·number", "{}·count", "{}·doubted", "{}·excused"


def with_panels(
    units: UnitRows, tables: Sequence[StoredTable], program: Program, known: Catalogue, layers: Layers
) -> UnitRows:
    """Return units with what assessors gave combined, and levels of one assessor as points.

    Raises UnfitError, and OddRowsError for rows that need a closer look.
    """
    units = _of_one(units, program)
    if not tables:
        return units
    marks = marks_of(tables, program, known)
    combined = [expr for basis in marks.bases.values() for expr in _combined(basis)]
    combined += [excused(name, marks.scope).any().alias(_EXCUSED.format(name)) for name in marks.bases]
    _refuse_groups(program, marks)
    frame = marks.frame.group_by(UNIT).agg(pl.col(ODD).any(), marks.twice, *combined).collect()
    _refuse_odd(frame, marks, units, tables)
    for name, basis in marks.bases.items():
        if isinstance(basis.combine, ByCategory):
            units = _by_category(units, name, basis.combine, marks.amounts[name], frame, layers)
        else:
            units = _together(units, name, marks.amounts[name], frame, layers)
    return units


def _refuse_groups(program: Program, marks: Marks) -> None:
    """Raise UnfitError where groups of events read what categories of assessors come to."""
    groups = (grouped for part in program.passes for grouped in program.plan(part).grouped)
    read = (marks.bases.get(name) for grouped in groups for name in a.reads(grouped.each))
    if any(basis is not None and isinstance(basis.combine, ByCategory) for basis in read):
        raise UnfitError("assessors unlike")


def doubts(part: Pass, lowering: ColumnLowering) -> pl.Expr:
    """Return the test that what assessors gave needs a closer look, and that a rule which reads it is for the unit."""
    found: list[a.Test] = []
    for rule in (rule for node in part.nodes for rule in node.rules):
        if isinstance(rule.basis, Assessed) and (name := doubt(rule.basis.measure)) in lowering.scope.answers:
            guard = None if RuleDemands.by(rule).always else rule.guard
            asked = (test for test in (rule.scope, rule.entered, guard) if test is not None)
            found.append(a.AllHold((a.Yes(name), *asked)))
    return lowering.answer(a.AnyHolds(tuple(found))).expr.fill_null(value=False)


def _of_one(units: UnitRows, program: Program) -> UnitRows:
    """Return units with the levels that their own table has for judged measures as points, as of one assessor.

    A figure of one is in doubt where there have to be several. Raises UnfitError.
    """
    scope, layers, columns = units.scope, Layers(), list[pl.Expr]()
    lowering, figures, answers = ColumnLowering(scope, layers), dict(scope.figures), dict(scope.answers)
    for name, basis in _special(program, scope).items():
        there, wrong = pl.col(name).is_not_null(), pl.lit(_needs_several(basis))
        if isinstance(basis, Graded):
            worth = lowering.amount(basis.worth)
            wrong |= ~lowering.answer(fits_its_table(basis)).expr.fill_null(value=False)
            columns.append(pl.when(there).then(worth.column.expr.cast(pl.Int64)).alias(name))
            figures[name] = replace(worth, column=Column(pl.col(name)))
        columns.append((there & wrong).alias(doubt(name)))
        answers[doubt(name)] = doubt(name)
    if not columns:
        return units
    if program.rubric.rounds is not None or layers.doubts:
        raise UnfitError("assessors in rounds" if program.rubric.rounds is not None else "too near")
    rows = units.rows.each(lambda frame: layers.applied(frame).with_columns(columns))
    return UnitRows(rows, replace(scope, figures=figures, answers=answers))


def _special(program: Program, scope: Scope) -> dict[str, Assessed]:
    """Return the judged measures of a table of units that are more than figures as they stand."""
    judged: list[Assessed] = [rule.basis for rule in program.rules if isinstance(rule.basis, Assessed)]
    if not any(isinstance(basis, Graded) or _needs_several(basis) for basis in judged):
        return {}
    special = ((name, basis) for name, basis in bases_of(program).items() if name in scope.answers)
    return {name: basis for name, basis in special if isinstance(basis, Graded) or _needs_several(basis)}


def _needs_several(basis: Assessed) -> bool:
    """Return whether a figure of one assessor is an error."""
    how = basis.combine
    return isinstance(how, ByCategory) or (isinstance(how, Trimmed) and how.at_least is None)


def _combined(basis: Assessed) -> Iterator[pl.Expr]:
    """Give what the marks of a unit come to: a numerator and, of means, a count; null where there are none."""
    name, how = basis.measure, basis.combine
    points, doubted = pl.col(mark(name)), pl.col(doubt(name)).any()
    count = points.count().cast(pl.Int64)
    number, divisor, wrong = points.sum(), count, pl.lit(value=False)
    match how:
        case None:
            number, divisor, wrong = points.max(), pl.lit(1, pl.Int64), points.drop_nulls().n_unique() > 1
        case "mean":
            pass
        case "median":
            ordered = points.drop_nulls().sort()
            middle = [ordered.get(at, null_on_oob=True) for at in ((count - 1) // 2, count // 2)]
            number, divisor = middle[0] + middle[1], pl.lit(2, pl.Int64)
        case Trimmed(ends, at_least):
            are_enough = count >= (at_least or how.fewest)
            number -= pl.when(are_enough).then(points.top_k(ends).sum() + points.bottom_k(ends).sum()).otherwise(0)
            divisor -= pl.when(are_enough).then(2 * ends).otherwise(0)
            wrong = pl.lit(at_least is None) & (count < how.fewest) & (count > 0)
        case ByCategory():
            parts = [(category, points.filter(pl.col(CATEGORY) == category)) for category in how.categories]
            yield from (part.sum().alias(_NUMBER.format(f"{name}·{category}")) for category, part in parts)
            counts = [(category, part.count().cast(pl.Int64)) for category, part in parts]
            yield from (own.alias(_COUNT.format(f"{name}·{category}")) for category, own in counts)
            wrong = pl.any_horizontal(own == 0 for _, own in counts) & (count > 0)
        case _:
            assert_never(how)
    yield pl.when(count > 0).then(number).alias(_NUMBER.format(name))
    yield pl.when(count > 0).then(divisor).alias(_COUNT.format(name))
    yield (doubted | wrong).alias(_DOUBT.format(name))


def _refuse_odd(frame: pl.DataFrame, marks: Marks, units: UnitRows, tables: Sequence[StoredTable]) -> None:
    """Raise OddRowsError for rows of unknown units, of assessors who have several, and those that cannot be read."""
    unknown = frame.lazy().join(units.rows.whole.select(UNIT), on=UNIT, how="anti", nulls_equal=False).collect()
    refuse_spellings(unknown[UNIT])
    odd = [frame.filter(pl.col(ODD) | pl.col(TWICE)), unknown.with_columns(pl.lit(value=True).alias(TWICE))]
    about = pl.concat([each.select(UNIT, TWICE) for each in odd]).group_by(UNIT).agg(pl.col(TWICE).any())
    if about.height:
        refuse(odd_places(marks, about), tables)


def _together(units: UnitRows, name: str, marks: Amount, frame: pl.DataFrame, layers: Layers) -> UnitRows:
    """Join the figures of a measure to units; a figure of the unit's own table counts where assessors gave none."""
    number, divisor = _NUMBER.format(name), _COUNT.format(name)
    found, count = ranged(frame, number, 0, marks.over), _divisor(frame, divisor)
    m.fitting(marks.reach * count.most)
    column, own, amount = pl.col(number), units.scope.figures.get(name), found
    if own is not None:
        (mine, amount), over = m.over_one([replace(own, column=Column(pl.col(name))), found])
        column = pl.coalesce(amount.column.expr, mine.column.expr)
        amount = Amount(Column(column), min(mine.least, amount.least), max(mine.most, amount.most), over)
        count = replace(count, least=1)
    columns = (column.alias(name), pl.col(divisor).fill_null(1), *_questioned(units, name))
    rows = units.rows.joined(frame.select(_columns(name, number)), [UNIT], *columns)
    amount = m.quotient(replace(amount, column=Column(pl.col(name))), count, layers)
    return _with_figure(units, rows, name, amount)


def _columns(name: str, *others: str) -> list[str]:
    return [UNIT, *(text.format(name) for text in (_COUNT, _DOUBT, _EXCUSED)), *others]


def _questioned(units: UnitRows, name: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the tests that a figure is in doubt, and that a row of units is odd, having one beside the assessors'.

    Beside what the unit's own table has, blanks of assessors mean nothing, but neither figures nor words may stand.
    """
    doubted, known, own = pl.col(_DOUBT.format(name)).fill_null(value=False), NOBODY, NOBODY
    if doubt(name) in units.scope.answers:
        known = pl.col(doubt(name))
    if name in units.scope.answers:
        waived = pl.col(flag(name)) if is_flagged(units.scope, name) else NOBODY
        own = pl.col(name).is_not_null() | waived
    told = pl.col(_COUNT.format(name)).is_not_null() | pl.col(_EXCUSED.format(name)).fill_null(value=False)
    return ((~own & doubted) | known).alias(doubt(name)), (pl.col(ODD) | (own & told)).alias(ODD)


def _divisor(frame: pl.DataFrame, name: str) -> Amount:
    """Take a column of counts as an amount that is divided by."""
    ends: tuple[int | None, ...] = frame.select(pl.col(name).min(), pl.col(name).max().alias("most")).row(0)
    return Amount(Column(pl.col(name)), max(ends[0] or 1, 1), max(ends[1] or 1, 1))


def _by_category(
    units: UnitRows, name: str, how: ByCategory, marks: Amount, frame: pl.DataFrame, layers: Layers
) -> UnitRows:
    """Join the means of categories to units, and add them up by their weights."""
    columns, parts = _columns(name), list[Amount]()
    for category, weight in how.weights:
        number, divisor = (text.format(f"{name}·{category}") for text in (_NUMBER, _COUNT))
        found, count = ranged(frame, number, 0, marks.over), _divisor(frame, divisor)
        m.fitting(marks.reach * count.most)
        parts.append(m.product(m.constant(weight), m.quotient(found, count, layers)))
        columns += [number, divisor]
    changed = (pl.col(_COUNT.format(name)).alias(name), *_questioned(units, name))
    rows = units.rows.joined(frame.select(columns), [UNIT], *changed)
    return _with_figure(units, rows, name, m.held(m.added(parts, layers), layers))


def _with_figure(units: UnitRows, rows: Parts, name: str, amount: Amount) -> UnitRows:
    scope = units.scope
    answers = {**scope.answers, doubt(name): doubt(name)}
    figures, entered = {**scope.figures, name: amount}, {**scope.entered, name: name}
    return UnitRows(rows, replace(scope, figures=figures, answers=answers, entered=entered))
