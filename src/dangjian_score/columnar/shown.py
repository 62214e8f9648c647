"""The result of units that columns scored, as the exact engine makes it, with some of them and what all come to."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import gcd

import polars as pl
from msgspec import Struct

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.again import Source
from dangjian_score.columnar.amounts import Amount, Layers
from dangjian_score.columnar.bands import SettledClasses
from dangjian_score.columnar.classes import CLASS, GROUP_RANK, RANK, TAKING_PART, UNRANKED
from dangjian_score.columnar.lines import BATCH, TOTAL, ChosenUnits, PreparedUnits
from dangjian_score.columnar.members import Members, classes_named, groups_in_order, in_order_of_groups
from dangjian_score.columnar.score import ScoredColumns
from dangjian_score.columnar.tables import UNIT
from dangjian_score.core.algebra import Step
from dangjian_score.core.names import order_key
from dangjian_score.engine import step_names as s
from dangjian_score.engine.evaluate import total_steps
from dangjian_score.engine.grading import GradedUnits, grade_all
from dangjian_score.engine.result import Result, UnitResult
from dangjian_score.engine.score import Outcome, excluded_units, total_columns, units_among
from dangjian_score.engine.standing import Chosen, CountedUnits, Standing
from dangjian_score.rubric.model import KINDS
from dangjian_score.rubric.standing import AnyTieBreak

_GROUP = "·group"


class Summary(Struct, frozen=True):
    """A result with some of its units, best first: those that are shown and those that are named beside them.

    `absent` are the units without points or without a rank that it does not hold; `are_rounded` tells whether parts of
    the total of any unit are shown rounded.
    """

    result: Result
    absent: int
    are_rounded: bool


class OrderedUnits:
    """The chosen units in order of rank, and the result that they belong to."""

    def __init__(self, source: Source, scored: ScoredColumns, chosen: ChosenUnits) -> None:
        self._source, self._scored, self._chosen = source, scored, chosen
        self._program = source.program

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of the chosen units, in order of rank."""
        return self._in_order(self._chosen.held)

    @cached_property
    def everybody(self) -> Sequence[str]:
        """The names of all units that take part, in order of rank."""
        return self._in_order(self._chosen.facts(pl.lit(value=True)))

    def _in_order(self, units: pl.LazyFrame) -> Sequence[str]:
        """Sort units by group, then by rank; those without a rank come last, equal ones are in the order of names."""
        within = self._program.rubric.groups
        group = pl.lit(None, pl.String) if within is None else pl.col(within)
        groups = self._groups if within is not None else {None: 0}
        rows = units.select(UNIT, RANK, group.alias(_GROUP)).collect().iter_rows()
        placed = [(rank is None, groups[own], rank or 0, order_key(unit), unit) for unit, rank, own in rows]
        return [unit for *_, unit in sorted(placed)]

    @cached_property
    def _groups(self) -> Mapping[str | None, int]:
        """The groups of units that take part, numbered in the order of the names of their units."""
        return groups_in_order(self._scored.units.whole.filter(pl.col(TAKING_PART)), self._program.rubric.groups)

    def results(self) -> Iterator[UnitResult]:
        """Visit the results of the chosen units in order of rank, a batch at a time."""
        for start in range(0, len(self.names), BATCH):
            yield from self._results(self.names[start : start + BATCH])

    def _results(self, names: Sequence[str]) -> Iterator[UnitResult]:
        rows = self._chosen.held.filter(pl.col(UNIT).is_in(list(names))).collect()
        batch = self._chosen.batch(rows)
        made = {unit.unit: unit for unit in self._made(batch, rows)}
        yield from (made[name] for name in names)

    def _made(self, batch: PreparedUnits, rows: pl.DataFrame) -> Iterator[UnitResult]:
        return units_among(batch.scorer, batch.standings, self._outcome(batch, rows))

    def _outcome(self, batch: PreparedUnits, rows: pl.DataFrame) -> Outcome:
        """Return what all units come to, as far as it is about some of them."""
        standings, settled = [*batch.standings.values()], self._scored.places.settled
        if settled is None:
            graded, chosen = grade_all(self._program, standings, CountedUnits((), ())), tuple[Chosen, ...]()
        else:
            graded, chosen = Members(rows).settled(settled)
        ranks, in_group = (
            {name: rank for name, rank in rows.select(UNIT, column).iter_rows() if rank is not None}
            for column in (RANK, GROUP_RANK)
        )
        totals = rows[TOTAL].unique().to_list()
        return Outcome(graded, chosen, ranks, in_group, tuple(self._equals(totals)))

    def _equals(self, totals: Sequence[int]) -> Iterator[Standing]:
        """Visit a standing for each combination of figures that break ties that goes with one of these totals."""
        if all(tie.points is None for tie in self._program.rubric.tie_break):
            return
        ties = [(tie.points, step.name, self._scored.plan.done[step.name]) for tie, step in self._ties]
        over = self._scored.plan.done[s.FINAL].over
        for total, *values in self._merits.filter(pl.col(TOTAL).is_in(list(totals))).iter_rows():
            figures = [Fraction(value, amount.over) for value, (_, _, amount) in zip(values, ties, strict=True)]
            named = zip(figures, ties, strict=True)
            done = {name: figure for figure, (node, step, _) in named for name in (node, step) if name is not None}
            yield Standing("", {}, Fraction(total, over), None, (), done)

    @property
    def _ties(self) -> Iterator[tuple[AnyTieBreak, Step]]:
        return zip(self._program.rubric.tie_break, self._program.ties, strict=True)

    @cached_property
    def _merits(self) -> pl.DataFrame:
        """The different totals of all units with the figures that break ties."""
        done = self._scored.plan.done
        figures = [done[s.FINAL], *(done[step.name] for step in self._program.ties)]
        names = [TOTAL, *(f"·tie {at}" for at in range(len(figures) - 1))]
        columns = [figure.column.expr.alias(name) for figure, name in zip(figures, names, strict=True)]
        read = self._scored.units.whole.filter(pl.col(TAKING_PART)).select(columns).unique()
        return read.collect(engine="streaming")

    def summary(self, most: int) -> Summary:
        """Return the result with the first of the chosen units, and of those that are named beside them."""
        left = self._scored.units.whole.filter(~pl.col(TAKING_PART)).select(UNIT).collect()
        excluded, named = sorted(left[UNIT], key=order_key), self._named
        unranked = self._in_order(self._chosen.facts(pl.col(UNRANKED)))
        left_out = excluded[:most]
        beside = [*unranked[: most - len(left_out)], *_unmet(named.chosen, most)]
        shown = [*dict.fromkeys((*self.names[:most], *beside))]
        rows = self._chosen.facts(pl.col(UNIT).is_in(shown)).collect()
        batch = self._chosen.batch(rows, left_out)
        made = {unit.unit: unit for unit in self._made(batch, rows)}
        result = Result(
            self._program.rubric,
            (),
            total_columns(self._program),
            tuple(made[name] for name in self._in_order(rows.lazy())),
            excluded_units(batch.scorer.cohort),
            named.chosen,
            named.graded.quotas,
        )
        held = len(result.excluded) + sum(unit.rank is None for unit in result.units)
        return Summary(result, len(excluded) + len(unranked) - held, self._are_rounded())

    @property
    def _named(self) -> SettledClasses:
        """What was settled, by the names of all units that it names."""
        settled = self._scored.places.settled
        if settled is None:
            return SettledClasses(GradedUnits({}, ()), ())
        in_classes = self._chosen.facts(pl.col(CLASS).is_in(list(classes_named(settled))))
        counted = self._scored.units.whole.filter(~(pl.col(TAKING_PART) & pl.col(UNRANKED)))
        named = Members(in_classes.select(UNIT, RANK, CLASS).collect()).named(settled)
        return in_order_of_groups(named, counted, self._program.rubric)

    def _are_rounded(self) -> bool:
        """Return whether parts of the total of any unit are shown rounded."""
        rubric, done = self._program.rubric, self._scored.parts
        layers = Layers(count=self._scored.plan.layers.count)
        parts = [(done[step], rubric.shown_places) for step in total_steps(self._program)]
        parts.append((m.added([done[s.of_kind(kind)] for kind in KINDS], layers), rubric.total_places))
        frame = layers.applied(self._scored.units.whole.filter(pl.col(TAKING_PART)))
        tests = [_has_more_decimals(amount, places).any() for amount, places in parts]
        return bool(frame.select(pl.any_horizontal(tests)).collect(engine="streaming").item())


def _unmet(chosen: Sequence[Chosen], most: int) -> Iterator[str]:
    """Visit the units that do not meet the condition of a selection, which is told beside their names."""
    for choice in chosen:
        yield from (each.unit for each in choice.displaced[:most] if each.why == "condition")


def _has_more_decimals(amount: Amount, places: int) -> pl.Expr:
    """Return the test that so many decimals do not hold a figure, as far as its column tells it."""
    scale = 10**places
    number, over = amount.column.expr.cast(pl.Int128), pl.lit(amount.over // gcd(amount.over, scale), pl.Int128)
    if amount.divisor is not None:
        number, over = number * scale, over * gcd(amount.over, scale) * amount.divisor.column.expr.cast(pl.Int128)
    held: pl.Expr = (number + amount.width) // over * over >= number
    return (~held).fill_null(value=False)
