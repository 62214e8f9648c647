"""How fast columns are: 40 items of Parquet to Parquet, beside hand-written Polars, DuckDB SQL and the exact engine.

Run as `python -m benchmarks.columns --units 1000000`. Each engine is a process of its own, in turns; CPU (user and
system) and memory are medians. All must come to the same totals and ranks. DuckDB is measured where it is installed.
"""

import argparse
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.processes import Command, medians, run

ITEMS: Final = 40
KINDS: Final = 5
EXACT_UNITS: Final = 20_000
"""Units of which the exact engine is measured; it grows with them."""


def rubric() -> str:
    """Write the regulation: five kinds of rules in turn."""
    rules = (
        "deduct: 0.5, per: 缺{}",
        "award: {{90%: 2, 80%: 1.5, 60%: 1}}, else: 0, at_least: 率{}",
        "award: 2, if: 有{}",
        "award: 2, ratio: 完成{0}, of: 任务{0}",
        "deduct: 1, per_missing: 次{}, of: 4",
    )
    items = [
        f"  - {{id: I{at}, title: 第{at}项, max: 2.5, rules: [{{{rules[at % KINDS].format(at)}}}]}}"
        for at in range(ITEMS)
    ]
    head = "dangjian: 1\nrubric: columns\ntitle: 测\nsubject: 党支部\nrounding: {places: 2, total: 2, mode: half_up}\n"
    return "\n".join([head + "sections:", *items, "grades: {优秀: 80, 良好: 60, 一般: 0}", ""])


def write_units(path: Path, units: int) -> None:
    """Write units with figures that follow from their number alone."""
    number = pl.int_range(units, dtype=pl.Int64)

    def drawn(at: int, below: int) -> pl.Expr:
        return ((number + at * 7919) * 2_654_435_761 % 4_294_967_291 // 64 % below).cast(pl.Int64)

    columns = [(pl.lit("第") + number.cast(pl.String) + pl.lit("支部")).alias("党支部")]
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                columns.append(drawn(at, 6).alias(f"缺{at}"))
            case 1:
                share = (drawn(at, 7001) + 3000).cast(pl.Decimal(18, 4)) / pl.lit(10_000).cast(pl.Decimal(18, 0))
                columns.append(share.cast(pl.Decimal(10, 4)).alias(f"率{at}"))
            case 2:
                columns.append((drawn(at, 10) < 9).alias(f"有{at}"))
            case 3:
                columns += [(drawn(at, 19) + 1).alias(f"任务{at}"), drawn(at + 100, 20).alias(f"完成{at}")]
            case _:
                columns.append(drawn(at, 6).alias(f"次{at}"))
    pl.select(columns).lazy().sink_parquet(path)


def by_hand(source: Path, target: Path) -> None:
    """Score with Polars, as somebody would who writes it for this one regulation: in hundredths of a point."""
    points = []
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                made = (250 - 50 * pl.col(f"缺{at}")).clip(lower_bound=0)
            case 1:
                rate = pl.col(f"率{at}").to_physical().cast(pl.Int64)
                tiers = ((9000, 200), (8000, 150), (6000, 100))
                made = pl.lit(0, pl.Int64)
                for least, gives in reversed(tiers):
                    made = pl.when(rate >= least).then(pl.lit(gives, pl.Int64)).otherwise(made)
            case 2:
                made = pl.col(f"有{at}").cast(pl.Int64) * 200
            case 3:
                task = pl.col(f"任务{at}")
                made = (400 * pl.min_horizontal(f"完成{at}", f"任务{at}") + task) // (2 * task)
            case _:
                made = (250 - 100 * (4 - pl.col(f"次{at}")).clip(lower_bound=0)).clip(lower_bound=0)
        points.append(made.alias(f"I{at}"))
    names = [f"I{at}" for at in range(ITEMS)]
    total = pl.sum_horizontal(names).alias("total")
    grade = pl.when(pl.col("total") >= 8000).then(pl.lit("优秀")).when(pl.col("total") >= 6000).then(pl.lit("良好"))
    frame = pl.scan_parquet(source).select(pl.col("党支部").alias("unit"), *points).with_columns(total)
    ranked = frame.with_columns(
        pl.col("total").rank("min", descending=True).cast(pl.Int64).alias("rank"),
        grade.otherwise(pl.lit("一般")).alias("grade"),
    )
    ranked.select("unit", "rank", "total", "grade", *names).sink_parquet(target)


def by_sql(source: Path, target: Path) -> None:
    """Score with DuckDB, likewise."""
    import duckdb  # noqa: PLC0415

    points = []
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                made = f"greatest(250 - 50 * 缺{at}, 0)"
            case 1:
                tiers = f"when 率{at} >= 0.9 then 200 when 率{at} >= 0.8 then 150 when 率{at} >= 0.6 then 100"
                made = f"case {tiers} else 0 end"
            case 2:
                made = f"case when 有{at} then 200 else 0 end"
            case 3:
                made = f"(400 * least(完成{at}, 任务{at}) + 任务{at}) // (2 * 任务{at})"
            case _:
                made = f"greatest(250 - 100 * greatest(4 - 次{at}, 0), 0)"
        points.append(f"{made} as I{at}")
    added = " + ".join(f"I{at}" for at in range(ITEMS))
    names = ", ".join(f"I{at}" for at in range(ITEMS))
    grade = "case when total >= 8000 then '优秀' when total >= 6000 then '良好' else '一般' end"
    items = f"select 党支部 as unit, {', '.join(points)} from '{source}'"  # noqa: S608  names of this module
    totals = f"select *, {added} as total from ({items})"  # noqa: S608
    query = f"select unit, rank() over (order by total desc) as rank, total, {grade} as grade, {names} from ({totals})"  # noqa: S608
    duckdb.sql("set threads = 2")
    duckdb.sql(f"copy ({query}) to '{target}' (format parquet)")


def digest(path: Path) -> str:
    """Return what totals and ranks come to, whatever they are stored as, in a file or a folder of them."""
    files = path / "part-*.parquet" if path.is_dir() else path
    frame = pl.read_parquet(files, columns=["unit", "rank", "total"]).sort("unit")
    total = frame["total"]
    hundredths = total.to_physical() if total.dtype.is_decimal() else total
    lines = frame.select("unit", pl.col("rank").cast(pl.Int64), hundredths.cast(pl.Int64).alias("total"))
    return sha256(lines.write_csv().encode()).hexdigest()[:12]


def main() -> None:
    """Measure, and print a row for each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", choices=("hand", "sql"), help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.engine is not None:
        {"hand": by_hand, "sql": by_sql}[asked.engine](*map(Path, asked.files))
        return
    folder = Path(tempfile.gettempdir()) / "dangjian-columns"
    folder.mkdir(exist_ok=True)
    (folder / "r.yaml").write_text(rubric(), "utf-8")
    source = folder / f"u{asked.units}.parquet"
    if not source.exists():
        write_units(source, asked.units)
    me, ours = (sys.executable, "-m", "benchmarks.columns"), (sys.executable, "-m", "dangjian_score", "score", "-q")
    score = (*ours, str(folder / "r.yaml"), str(source), "-o")
    commands: dict[str, Command] = {"columns": (*score, str(folder / "columns.parquet"), "--engine", "columns")}
    commands["polars by hand"] = (*me, "--engine", "hand", str(source), str(folder / "polars by hand.parquet"))
    if find_spec("duckdb") is not None:
        commands["duckdb sql"] = (*me, "--engine", "sql", str(source), str(folder / "duckdb sql.parquet"))
    if asked.units <= EXACT_UNITS:
        commands["exact"] = (*score, str(folder / "exact.parquet"), "--engine", "exact")
    costs = medians(commands.values(), asked.runs, lambda command: run(command)[0])
    digests = {digest(folder / f"{name}.parquet") for name in commands}
    if len(digests) > 1:
        raise SystemExit("not the same totals and ranks")
    print(f"{asked.units} units × {ITEMS} items, digest {digests.pop()}")
    for name, command in commands.items():
        cost, ours_ = costs[command], costs[commands["columns"]]
        print(f"{name:15} CPU {cost.cpu:7.2f} s  {cost.peak:6.0f} MB  columns take {ours_.cpu / cost.cpu:.2f} of it")


if __name__ == "__main__":
    main()
