"""Grades under quotas and selections of classes of units: the engine settles bands of merit.

All that a quota asks of merits is who comes before whom, up to the line that its places draw. So the units of a band
may be taken as equal in merit as long as no line falls into it; a band that one falls into is divided.
"""

from collections.abc import Iterator
from math import ceil
from typing import Final

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.classes import CLASS, GRADE, MERIT, SELECTIONS, UNITS, UNRANKED, StandingKeys
from dangjian_score.engine import step_names as s
from dangjian_score.engine.grading import GradedUnits, final_grades, grade_all
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Chosen, CountedUnits, select

PIECES: Final = 16
"""Bands that a band is divided into, by the different merits in it."""
_ARENA, _BAND, _KIND = "·arena", "·band", "·kind"
"""Columns: a number for units that compete, the merit at which a band begins, a number for all that is no merit."""
_OF_BAND: Final = (_ARENA, _BAND)


class SettledClasses(Struct, frozen=True):
    """Grades under quotas, and selections, of classes by their numbers."""

    graded: GradedUnits
    chosen: tuple[Chosen, ...]


def settled(
    program: Program, keys: StandingKeys, ranked: pl.DataFrame, absent: pl.DataFrame
) -> tuple[pl.DataFrame, SettledClasses]:
    """Grade and select classes, in order of merit; return them with what they come to, and how.

    `absent` are those of units that do not take part, which quotas may count.
    """
    contest = _ClassContest(program, keys, ranked, absent)
    rows = _with_numbers(keys, ranked, contest.arena)
    arenas = rows.select(_ARENA).unique()
    edges = _beginning(arenas, [0, *contest.bounds(rows)])
    edges = pl.concat([edges, _pieces(_banded(rows, edges))]).unique()
    while True:
        banded = _banded(rows, edges)
        classes = contest.classes(banded)
        found = contest.settled(classes)
        asked = [_divided(banded, classes, found), _beginning(arenas, _behind_the_last(classes, found))]
        more = pl.concat(asked).unique().join(edges, on=_OF_BAND, how="anti")
        if not more.height:
            return _answered(banded, classes, found), found
        edges = pl.concat([edges, more])


class _ClassContest:
    """Has the engine grade and select the classes of a program."""

    def __init__(self, program: Program, keys: StandingKeys, ranked: pl.DataFrame, absent: pl.DataFrame) -> None:
        self._program, self._keys = program, keys
        taking_part = keys.attribute_counts(ranked.filter(~pl.col(UNRANKED)))
        self._counted = CountedUnits((*taking_part, *keys.attribute_counts(absent)), taking_part)

    @property
    def arena(self) -> str | None:
        """The attribute within whose groups all quotas and selections are settled; None where there is not one."""
        rubric = self._program.rubric
        within = {selection.within or rubric.groups for selection in rubric.selections}
        if any(grade.is_limited for grade in rubric.grades.values()):
            within.add(rubric.groups)
        return within.pop() if len(within) == 1 else None

    def bounds(self, rows: pl.DataFrame) -> Iterator[int]:
        """Visit the merits at which totals begin to be below a bound of a selection."""
        total, amount = self._keys.merits[0], self._keys.figures[s.FINAL]
        for selection in self._program.rubric.selections:
            for bound in (selection.at_least, selection.below):
                if bound is not None:
                    least = min(max(ceil(bound * amount.over), amount.least), amount.most + 1)
                    below = rows.filter(pl.col(total) < least)
                    yield from below[MERIT].head(1)

    def classes(self, banded: pl.DataFrame) -> pl.DataFrame:
        """Return the classes of bands, numbered in order of merit; each has the merit at which its band begins."""
        others = [pl.col(name).first() for name in self._keys.others]
        classes = banded.group_by(_ARENA, _BAND, _KIND, maintain_order=True).agg(*others, pl.col(UNITS).sum())
        begins = banded.unique(MERIT).select(pl.col(MERIT).alias(_BAND), *self._keys.merits)
        return classes.join(begins, on=_BAND, how="left", maintain_order="left").with_row_index(CLASS)

    def settled(self, classes: pl.DataFrame) -> SettledClasses:
        """Return what the engine makes of classes."""
        program = self._program
        standings = [*self._keys.standings(program, classes.filter(~pl.col(UNRANKED)))]
        graded = grade_all(program, standings, self._counted)
        return SettledClasses(graded, select(program, standings, final_grades(graded, ()), self._counted))


def _with_numbers(keys: StandingKeys, ranked: pl.DataFrame, within: str | None) -> pl.DataFrame:
    """Number what is no merit, and who competes with each other: the units of a group, or all."""
    kinds = ranked.select(keys.others).unique(maintain_order=True).with_row_index(_KIND)
    arena = pl.lit(0) if within is None else pl.col(within).cast(pl.String).rank("dense").fill_null(0)
    numbered = kinds.with_columns(arena.cast(pl.UInt32).alias(_ARENA))
    return ranked.join(numbered, on=keys.others, how="left", nulls_equal=True, maintain_order="left")


def _beginning(arenas: pl.DataFrame, merits: Iterator[int] | list[int]) -> pl.DataFrame:
    """Let bands begin at merits, in all arenas."""
    return arenas.join(pl.DataFrame({_BAND: [*merits]}, schema={_BAND: pl.UInt32}), how="cross")


def _banded(rows: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Put rows in order of merit into bands, by what begins each."""
    begins = edges.sort(_BAND).with_columns(pl.col(_BAND).alias(MERIT))
    return rows.join_asof(begins, on=MERIT, by=_ARENA, check_sortedness=False)


def _pieces(banded: pl.DataFrame) -> pl.DataFrame:
    """Return where the pieces of bands begin: as many different merits in each."""
    merits = banded.select(_ARENA, _BAND, MERIT).unique().sort(MERIT)
    place, size = pl.int_range(pl.len()).over(_OF_BAND), (pl.len() + PIECES - 1) // PIECES
    begins = merits.filter(place % size.over(_OF_BAND) == 0)
    return begins.select(_ARENA, pl.col(MERIT).alias(_BAND))


def _divided(banded: pl.DataFrame, classes: pl.DataFrame, found: SettledClasses) -> pl.DataFrame:
    """Return where the pieces begin of bands into which a line falls, and which have more than one merit."""
    numbers = pl.Series([*map(int, _on_lines(found))], dtype=pl.UInt32)
    lines = classes.filter(pl.col(CLASS).is_in(numbers.implode())).select(_OF_BAND).unique()
    asked = banded.join(lines, on=_OF_BAND, how="semi", maintain_order="left")
    return _pieces(asked.filter((pl.col(MERIT) != pl.col(_BAND)).any().over(_OF_BAND)))


def _on_lines(found: SettledClasses) -> Iterator[str]:
    """Visit the classes that tie for the last places, and those that have the last."""
    for quota in found.graded.quotas:
        yield from quota.cut.tied
    for choice in found.chosen:
        yield from (each.unit for each in choice.displaced if each.why == "tie")
        chosen = (choice.units, *(cut.units for cut in choice.cuts))
        yield from (unit for units in chosen for unit in units[-1:])


def _behind_the_last(classes: pl.DataFrame, found: SettledClasses) -> Iterator[int]:
    """Visit the merits behind those of the last that are chosen: better ones are told that a veto bars them."""
    for choice in found.chosen:
        if choice.selection.honours and choice.units:
            yield int(classes[_BAND][int(choice.units[-1])]) + 1


def _answered(banded: pl.DataFrame, classes: pl.DataFrame, found: SettledClasses) -> pl.DataFrame:
    """Return rows with what their classes come to."""
    titles: dict[str, list[str]] = {}
    for choice in found.chosen:
        for unit in choice.units:
            titles.setdefault(unit, []).append(choice.selection.title)
    names = [str(number) for number in classes[CLASS]]
    graded = found.graded.units
    grades = [graded[name].grade if name in graded else None for name in names]
    answers = classes.select(_ARENA, _BAND, _KIND, CLASS).with_columns(
        pl.Series(GRADE, grades, pl.String),
        pl.Series(SELECTIONS, ["、".join(titles.get(name, ())) for name in names], pl.String),
    )
    return banded.join(answers, on=[_ARENA, _BAND, _KIND], how="left", maintain_order="left")
