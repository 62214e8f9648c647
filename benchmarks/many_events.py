"""A regulation on a register, rows for it, and the same in Polars by hand.

`python -m benchmarks.many_events UNITS.parquet ROWS.parquet OUTPUT.parquet` scores by hand. Of each unit there are ten
rows: six meetings, due once a quarter; two complaints, of which those that are verified count; two punishments of one
case, of which the heavier counts.
"""

import sys
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.forty_items import in_points

ROWS_OF_A_UNIT: Final = 10
RUBRIC: Final = """dangjian: 1
rubric: events
title: 台账
subject: 党支部
period: 2024
rounding: {places: 2, total: 2, mode: half_up}
sections:
  - {id: A, title: 会议, max: 80, rules: [{deduct: 20, per_missing: 会议, of: 1, for_each: quarter}]}
  - {id: B, title: 缺席, max: 20, rules: [{deduct: 1, per: 缺席}]}
  - {id: C, title: 投诉, kind: penalty, rules: [{deduct: 0.5, per: 投诉, where: 查实, up_to: 1}]}
  - {id: D, title: 处分, kind: penalty, rules: [{deduct: {警告: 2, 记过: 3, 撤职: 8}, by: 处分, highest_per: 案件}]}
"""
PRICES: Final = {"警告": 200, "记过": 300, "撤职": 800}


def write_units(path: Path, units: int) -> None:
    """Write units with one figure."""
    number = pl.int_range(units, dtype=pl.Int64)
    absences = (number * 2_654_435_761 % 4_294_967_291 // 64 % 9).alias("缺席")
    pl.select(_name(number).alias("党支部"), absences).lazy().sink_parquet(path)


def _name(number: pl.Expr) -> pl.Expr:
    return pl.lit("第") + number.cast(pl.String) + pl.lit("支部")


def write_rows(path: Path, units: int) -> None:
    """Write the register; the order of its rows is that of their units, mixed."""
    row = pl.int_range(units * ROWS_OF_A_UNIT, dtype=pl.Int64)
    place, unit = row // units, row * 7919 % units
    drawn = (row * 2_654_435_761 % 4_294_967_291) // 64
    kind = pl.when(place < 6).then(pl.lit("会议")).when(place < 8).then(pl.lit("投诉")).otherwise(pl.lit("处分"))
    day = pl.lit(19723) + (place * 40 + drawn % 31).clip(upper_bound=365)  # days since 1970 of 2024-01-01
    level = pl.when(place >= 8).then(pl.lit(list(PRICES)).list.get(drawn % 3))
    pl.select(
        _name(unit).alias("党支部"),
        kind.alias("事项"),
        day.cast(pl.Int32).cast(pl.Date).alias("日期"),
        pl.when(kind == "投诉").then(drawn % 4 != 0).alias("查实"),
        level.alias("级别"),
        pl.when(place >= 8).then(pl.lit("甲案")).alias("案件"),
    ).lazy().sink_parquet(path)


def by_hand(units: Path, rows: Path, target: Path) -> None:
    """Score with Polars, in hundredths of a point; nothing is checked."""
    events = pl.scan_parquet(rows)
    quarter = pl.col("日期").dt.quarter()
    meetings = events.filter(pl.col("事项") == "会议").group_by("党支部").agg(quarter.n_unique().alias("held"))
    complaints = (
        events.filter((pl.col("事项") == "投诉") & pl.col("查实")).group_by("党支部").agg(pl.len().alias("told"))
    )
    price = pl.col("级别").replace_strict(PRICES, return_dtype=pl.Int64)
    cases = events.filter(pl.col("事项") == "处分").group_by("党支部", "案件").agg(price.max().alias("worth"))
    punished = cases.group_by("党支部").agg(pl.col("worth").sum())
    frame = pl.scan_parquet(units)
    for part in (meetings, complaints, punished):
        frame = frame.join(part, on="党支部", how="left", maintain_order="left")
    points = frame.select(
        pl.col("党支部").alias("unit"),
        (pl.col("held").fill_null(0).cast(pl.Int64) * 2000).alias("A"),
        (2000 - 100 * pl.col("缺席")).clip(lower_bound=0).alias("B"),
        -(pl.col("told").fill_null(0).cast(pl.Int64) * 50).clip(upper_bound=100).alias("C"),
        -pl.col("worth").fill_null(0).alias("D"),
    )
    total = pl.sum_horizontal("A", "B", "C", "D").clip(lower_bound=0).alias("total")
    ranked = points.with_columns(total).with_columns(
        pl.col("total").rank("min", descending=True).cast(pl.Int64).alias("rank")
    )
    names = ("total", "A", "B", "C", "D")
    ranked.with_columns(map(in_points, names)).select("unit", "rank", *names).sink_parquet(target)


if __name__ == "__main__":
    by_hand(*map(Path, sys.argv[1:4]))
