"""Rows of units in parts that are worked on by themselves, and who does the work: this process, or a cluster."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl
from msgspec import Struct

ROW_GROUP: Final = 100_000
"""Rows of a row group of what is written."""
_AT_A_TIME: Final = 20_000
"""Rows that go through a plan together while it is written: with as many columns as there are, memory is theirs."""
_PACKED: Final = 1
"""How hard files are packed: harder takes longer and saves nothing where columns hold few different figures."""

_PLACES: Final = 100_000
"""Places that rows are looked up by at most where plans are sent, each of which holds them all."""
_SPREAD: Final = 2
"""How many times more places than rows there may be where plans are not sent."""
_PLACE: Final = "·place"


class Runner(Protocol):
    """Works out frames, of which each is planned here and read where the work is done."""

    @property
    def rows_of_a_part(self) -> int | None:
        """How many rows a part of the tables of units has at most; None for all of them in one."""

    @property
    def sends_plans(self) -> bool:
        """Whether frames are worked out elsewhere, so that plans should be small."""

    def collect(self, frames: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """Return the rows of each frame."""

    def write(self, frames: Sequence[pl.LazyFrame], target: Path, metadata: Mapping[str, str]) -> None:
        """Write the frames as .parquet to a target."""

    def shared(self, rows: pl.DataFrame) -> pl.LazyFrame:
        """Return rows as a frame that all frames may read."""


class Here:
    """Works out frames in this process, one after the other."""

    rows_of_a_part: Final = None
    sends_plans: bool = False

    @staticmethod
    def collect(frames: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """Return the rows of each frame."""
        return [frame.collect(engine="streaming") for frame in frames]

    @staticmethod
    def write(frames: Sequence[pl.LazyFrame], target: Path, metadata: Mapping[str, str]) -> None:
        """Write the frames to one file."""
        written(pl.concat(frames), target, metadata)

    @staticmethod
    def shared(rows: pl.DataFrame) -> pl.LazyFrame:
        """Return rows as a frame."""
        return rows.lazy()


def written(frame: pl.LazyFrame, path: Path, metadata: Mapping[str, str]) -> None:
    """Write a frame to a .parquet file as it is worked out."""
    with pl.Config(streaming_chunk_size=_AT_A_TIME):
        frame.sink_parquet(path, **as_written(metadata))


def as_written(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return how .parquet files of units are written: what Polars is asked for."""
    return {
        "compression": "zstd",
        "compression_level": _PACKED,
        "maintain_order": True,
        "metadata": dict(metadata),
        "row_group_size": ROW_GROUP,
        "statistics": False,
    }


class Question(Struct, frozen=True):
    """What is asked of the rows of each part, and how the answers make one.

    Sums and ends of all columns are worked out together while rows are read. What is asked `alone` takes its own look
    at its column: beside others it would hold the rows of all in memory.
    """

    expr: pl.Expr
    together: Callable[[Iterable[Any]], Any]
    alone: bool = False


def number(test: pl.Expr) -> Question:
    """Ask for how many a test holds."""
    return Question(test.sum(), sum)


def least(expr: pl.Expr) -> Question:
    """Ask for the least; None where there is nothing."""
    return Question(expr.min(), partial(_furthest, min))


def most(expr: pl.Expr) -> Question:
    """Ask for the most; None where there is nothing."""
    return Question(expr.max(), partial(_furthest, max))


def any_is(test: pl.Expr) -> Question:
    """Ask whether a test holds for any row."""
    return Question(test.cast(pl.Int8).max(), any)


def every_is(test: pl.Expr) -> Question:
    """Ask whether a test holds for every row where it can be made."""
    return Question(test.cast(pl.Int8).min(), lambda parts: all(part != 0 for part in parts))


def different(expr: pl.Expr, limit: int) -> Question:
    """Ask for the different values, more than a limit of them being enough."""
    return Question(expr.unique().head(limit + 1).implode(), lambda parts: set[Any]().union(*parts), alone=True)


def _furthest(pick: Callable[[Iterable[Any]], Any], ends: Iterable[Any]) -> Any:
    there = [end for end in ends if end is not None]
    return pick(there) if there else None


class Parts(Struct, frozen=True):
    """Frames with the same columns, of rows that follow each other, and who works them out."""

    frames: tuple[pl.LazyFrame, ...]
    runner: Runner

    @property
    def schema(self) -> pl.Schema:
        """The columns and their types."""
        return self.frames[0].collect_schema()

    @property
    def whole(self) -> pl.LazyFrame:
        """All rows, for what is worked out in this process."""
        return pl.concat(self.frames)

    def each(self, change: Callable[[pl.LazyFrame], pl.LazyFrame]) -> "Parts":
        """Return the parts with a change that rows go through by themselves."""
        return Parts(tuple(map(change, self.frames)), self.runner)

    def joined(self, rows: pl.DataFrame, on: Sequence[str], *columns: pl.Expr, nulls_equal: bool = False) -> "Parts":
        """Return the parts with what other rows have for the same keys, and columns made of that."""
        other = self.runner.shared(rows)

        def beside(frame: pl.LazyFrame) -> pl.LazyFrame:
            return frame.join(other, on=on, how="left", maintain_order="left", nulls_equal=nulls_equal)

        return self.each(lambda frame: beside(frame).with_columns(columns))

    def looked_up(self, rows: pl.DataFrame, on: Sequence[str]) -> "Parts":
        """Return the parts with what other rows have for the same keys, all of which are among theirs.

        Where keys lie close together the place of a row follows from them: a join would copy all columns.
        """
        most = _PLACES if self.runner.sends_plans else max(_PLACES, _SPREAD * rows.height)
        if (places := _places(rows, on, most)) is None:
            return self.joined(rows, on, nulls_equal=True)
        found = [pl.lit(column).gather(pl.col(_PLACE)).alias(column.name) for column in places]
        place = _place(rows, on).alias(_PLACE)
        return self.each(lambda frame: frame.with_columns(place).with_columns(found).drop(_PLACE))

    def collect(self) -> pl.DataFrame:
        """Return the rows of all parts."""
        return pl.concat(self.runner.collect(self.frames))

    def asked(self, questions: Mapping[str, Question]) -> dict[str, Any]:
        """Return the answers to questions about all rows."""
        alone = [{name: question} for name, question in questions.items() if question.alone]
        together = {name: question for name, question in questions.items() if not question.alone}
        answers = dict[str, Any]()
        for asked in filter(None, (*alone, together)):
            found = self.each(_selecting(asked)).collect()
            answers |= {name: question.together(found[name].to_list()) for name, question in asked.items()}
        return answers


def _places(rows: pl.DataFrame, on: Sequence[str], most: int) -> pl.DataFrame | None:
    """Lay rows out by the places that follow from their keys; None where there are more, or keys are no figures."""
    keys = rows.select(on)
    figures = all(each.dtype.is_integer() or each.dtype == pl.Boolean for each in keys)
    if rows.is_empty() or not figures or any(keys.null_count().row(0)):
        return None
    count = prod(span for _, span in _spans(rows, on))
    if count > most:
        return None
    found = rows.select(_place(rows, on).alias(_PLACE), pl.all().exclude(on))
    all_places = pl.int_range(count, eager=True).alias(_PLACE)
    if not found[_PLACE].equals(all_places):
        found = all_places.to_frame().join(found, on=_PLACE, how="left", maintain_order="left")
    return found.drop(_PLACE)


def _place(rows: pl.DataFrame, on: Sequence[str]) -> pl.Expr:
    """Return the place of a row among all that its keys may be, from 0."""
    place = pl.lit(0, pl.Int64)
    for name, (least, span) in zip(on, _spans(rows, on), strict=True):
        place = place * span + (pl.col(name).cast(pl.Int64) - least)
    return place


def _spans(rows: pl.DataFrame, on: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each key the least value, and how many there are up to the most."""
    keys = pl.col(on).cast(pl.Int64)
    ends = zip(rows.select(keys.min()).row(0), rows.select(keys.max()).row(0), strict=True)
    return [(least, most - least + 1) for least, most in ends]


def _selecting(questions: Mapping[str, Question]) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    exprs = [question.expr.alias(name) for name, question in questions.items()]
    return lambda frame: frame.select(exprs)
