"""Lines of units that columns scored: their rows are read again by the exact engine, some thousand units at a time.

What depends on other units is what columns came to for all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Final

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.again import SecondReading, Source
from dangjian_score.columnar.amounts import Amount
from dangjian_score.columnar.classes import CLASS, GROUP_RANK, RANK, UNRANKED
from dangjian_score.columnar.comparisons import known_of
from dangjian_score.columnar.outcome import beside_places
from dangjian_score.columnar.score import ScoredColumns
from dangjian_score.columnar.tables import FILE, ROW, UNIT
from dangjian_score.engine import step_names as s
from dangjian_score.engine.evaluate import Scorer
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.result import Detail, UnitChoice
from dangjian_score.engine.score import Detailer, standing_of
from dangjian_score.engine.standing import Standing

BATCH: Final = 4_000
"""Units that are read at a time."""
TOTAL: Final = "·total"
_FIGURE: Final = "·over all {}"


class PreparedUnits(Struct, frozen=True):
    """Some units, read again and prepared; `standings` by their places."""

    scorer: Scorer
    standings: Mapping[int, Standing]


class ChosenUnits:
    """Chosen units of those that were scored, with what is known of each, in a .parquet file.

    The file is in the order of the tables. Memory is that of a batch.
    """

    def __init__(self, source: Source, scored: ScoredColumns, choice: UnitChoice, folder: Path) -> None:
        self.source, self._scored, self._choice, self._folder = source, scored, choice, folder
        self._again = SecondReading(source)

    @property
    def _total(self) -> Amount:
        return self._scored.plan.done[s.FINAL]

    def facts(self, chosen: pl.Expr) -> pl.LazyFrame:
        """Return what is known of some units that take part."""
        attributes = self.source.program.rubric.attributes
        figures = [self._total.column.expr.cast(pl.Int64).alias(TOTAL)]
        figures += [
            amount.column.expr.cast(pl.Int64).alias(_FIGURE.format(at))
            for at, amount in enumerate(self._scored.compared.values())
        ]
        there = self._scored.places.frame.columns
        found = [(name, pl.col(name) if name in there else pl.lit(None)) for name in (RANK, GROUP_RANK, CLASS)]
        places = [place.cast(pl.Int64).alias(name) for name, place in found]
        placed = beside_places(self._scored.units, self._scored.places).whole
        return placed.select(UNIT, FILE, ROW, *attributes, *figures, *places, UNRANKED).filter(chosen)

    @cached_property
    def _file(self) -> Path:
        file = self._folder / "chosen.parquet"
        self.facts(_test(self._choice, self._total)).sink_parquet(file, maintain_order=True)
        return file

    @property
    def held(self) -> pl.LazyFrame:
        """The chosen units."""
        return pl.scan_parquet(self._file)

    def details(self) -> Iterator[tuple[str, Detail]]:
        """Visit the chosen units in the order of the tables, each with its lines."""
        count = int(self.held.select(pl.len()).collect().item())
        for start in range(0, count, BATCH):
            rows = self.held.slice(start, BATCH).collect()
            batch = self.batch(rows)
            detailer, places = Detailer(batch.scorer), {each.unit: at for at, each in batch.standings.items()}
            for name in rows[UNIT]:
                yield name, detailer.detail(places[name], batch.standings[places[name]])

    def batch(self, rows: pl.DataFrame, excluded: Sequence[str] = ()) -> PreparedUnits:
        """Read units again, by what is known of them, and beside them some that do not take part."""
        names = rows[UNIT].to_list()
        evidence = self._again.evidence([*names, *excluded])
        program, compared = self.source.program, self._scored.compared
        figures = rows.select(UNIT, *(_FIGURE.format(at) for at, _ in enumerate(compared)))
        cohort = prepare(program, evidence, known_of(program, compared, figures.iter_rows()))
        if {cohort.units[at].unit for at in cohort.taking_part} != {*names}:
            raise AssertionError("the exact engine finds other units than columns do")
        scorer = Scorer(cohort)
        standings = {at: standing_of(scorer, at) for at in cohort.taking_part}
        totals = dict(zip(names, rows[TOTAL].to_list(), strict=True))
        for standing in standings.values():
            if standing.total != Fraction(totals[standing.unit], self._total.over):
                raise AssertionError(f"columns come to another total than the exact engine: {standing.unit}")
        return PreparedUnits(scorer, standings)


def _test(choice: UnitChoice, total: Amount) -> pl.Expr:
    """Return the test of the units that are asked about."""
    if choice.is_all:
        return pl.lit(value=True)
    named = pl.col(UNIT).is_in(list(choice.names))
    if choice.below is None:
        return named
    bound = min(max(ceil(choice.below * total.over), total.least), total.most + 1)
    return named | (pl.col(TOTAL) < bound)
