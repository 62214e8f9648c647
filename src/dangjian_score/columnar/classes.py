"""Classes of units: what tells units apart where they are ranked, graded and chosen, and standings of classes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.amounts import Amount
from dangjian_score.core.facts import Cell, UnitFacts
from dangjian_score.engine.compiled.carrier import Compiled
from dangjian_score.engine.evaluate import CompiledFigures
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import AttributeCounts, Standing, stand

TAKING_PART, UNRANKED = "·taking part", "·unranked"
"""Columns that tell whether a unit takes part, and whether it has no rank and no grade."""
RANK, GROUP_RANK, GRADE, SELECTIONS = "rank", "group_rank", "grade", "selections"
"""Columns of what units come to."""
UNITS, MERIT, CLASS = "·units", "·merit", "·class"
"""Columns of classes: how many units, the place of their merit among different ones from 0, a number."""
_NOWHERE: Final = Cell("", None, 0, 0)
_FIGURE: Final = "·standing {}"


class StandingKeys(Struct, frozen=True):
    """What tells units apart: `figures` of steps, the first of which are merits, and attributes that make groups.

    `descending` tells for each merit whether more of it is better.
    """

    figures: Mapping[str, Amount]
    attributes: tuple[str, ...]
    descending: tuple[bool, ...]

    @property
    def columns(self) -> list[pl.Expr]:
        """The columns of figures."""
        columns = (figure.column.expr.cast(pl.Int64) for figure in self.figures.values())
        return [column.alias(_FIGURE.format(at)) for at, column in enumerate(columns)]

    @property
    def expressions(self) -> tuple[pl.Expr, ...]:
        """The columns of all keys."""
        return (pl.col(UNRANKED), *map(pl.col, self.attributes), *self.columns)

    @property
    def _figure_names(self) -> list[str]:
        return [_FIGURE.format(at) for at in range(len(self.figures))]

    @property
    def names(self) -> list[str]:
        """The names of all keys."""
        return [UNRANKED, *self.attributes, *self._figure_names]

    @property
    def merits(self) -> list[str]:
        """The names of merits, the most important first: that of totals, then those that break ties."""
        return self._figure_names[: len(self.descending)]

    @property
    def others(self) -> list[str]:
        """The names of the keys that are no merits."""
        return [name for name in self.names if name not in self.merits]

    def standings(self, program: Program, classes: pl.DataFrame) -> Iterator[Standing]:
        """Visit the standings of classes, each under its number."""
        places = {name: (at, amount.over) for at, (name, amount) in enumerate(self.figures.items())}
        compiled, known = Compiled(lambda _: (), places), dict[tuple[Any, ...], Mapping[str, str]]()
        start = 2 + len(self.attributes)
        for row in classes.select(CLASS, UNITS, *self.attributes, *self._figure_names).iter_rows():
            values = row[2:start]
            if values not in known:
                known[values] = self._described(values)
            facts = UnitFacts(str(row[0]), _NOWHERE, {}, attributes=known[values])
            yield replace(stand(program, facts, CompiledFigures(compiled, row[start:])), count=row[1])

    def attribute_counts(self, classes: pl.DataFrame) -> AttributeCounts:
        """Count the units of classes by their attributes."""
        if not self.attributes:
            return (({}, int(classes[UNITS].sum())),) if classes.height else ()
        counts = classes.group_by(self.attributes, maintain_order=True).agg(pl.col(UNITS).sum())
        return tuple((self._described(row[:-1]), row[-1]) for row in counts.iter_rows())

    def _described(self, values: tuple[Any, ...]) -> Mapping[str, str]:
        pairs = zip(self.attributes, values, strict=True)
        return {name: str(value) for name, value in pairs if value is not None}
