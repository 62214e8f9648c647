"""What Spark costs: the regulation of `benchmarks.forty_items` by plans of Polars on workers, beside Spark SQL by hand.

Run as `python -m benchmarks.spark --units 1000000`. One warm session on two cores (local[2]); wall and CPU (this
process, the JVM and its workers) are medians. All must come to the same totals and ranks.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.forty_items import ITEMS, KINDS, NAMES, rubric, write_units
from benchmarks.tables import digest
from dangjian_score import load_rubric, score_on_cluster, score_on_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SETTINGS = "--master local[2] --driver-memory 4g --conf spark.ui.enabled=false"


def by_sql(source: "DataFrame", target: Path) -> None:
    """Score with Spark SQL, as somebody would who writes it for this one regulation: in hundredths of a point."""
    points = []
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                made = f"greatest(250 - 50 * `缺{at}`, 0)"
            case 1:
                tiers = f"when `率{at}` >= 0.9 then 200 when `率{at}` >= 0.8 then 150 when `率{at}` >= 0.6 then 100"
                made = f"case {tiers} else 0 end"
            case 2:
                made = f"case when `有{at}` then 200 else 0 end"
            case 3:
                made = f"(400 * least(`完成{at}`, `任务{at}`) + `任务{at}`) div (2 * `任务{at}`)"
            case _:
                made = f"greatest(250 - 100 * greatest(4 - `次{at}`, 0), 0)"
        points.append(f"{made} as I{at}")
    totals = source.selectExpr("`党支部` as unit", *points).selectExpr("*", f"{' + '.join(NAMES)} as total")
    ranked = totals.selectExpr("*", "rank() over (order by total desc) as rank")
    grade = "case when total >= 8000 then '优秀' when total >= 6000 then '良好' else '一般' end as grade"
    ranked.selectExpr("unit", "rank", "total", grade, *NAMES).write.mode("overwrite").parquet(f"file://{target}")


def _ways(session: "SparkSession", folder: Path, source: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    regulation = load_rubric(str(folder / "r.yaml"))

    def frame() -> "DataFrame":
        return session.read.parquet(f"file://{source}")

    def spread(work: Any, tasks: Any) -> Any:
        return session.sparkContext.parallelize(tasks, len(tasks)).map(work).collect()

    yield "plans on files", lambda target: score_on_cluster(regulation, source, target, spread)
    yield "plans on a DataFrame", lambda target: score_on_spark(regulation, {"units": frame()}, target)
    yield "Spark SQL", lambda target: by_sql(frame(), target)


def _cpu() -> float:
    """Return the CPU seconds of this process, of its descendants, and of those of them that have ended."""
    times: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        times[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"))
    ours = {os.getpid()}
    while more := {pid for pid, (parent, _) in times.items() if parent in ours} - ours:
        ours |= more
    return sum(times[pid][1] for pid in ours)


def main() -> None:
    """Measure, and print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    folder = Path(tempfile.gettempdir()) / "dangjian-spark"
    folder.mkdir(exist_ok=True)
    (folder / "r.yaml").write_text(rubric(), "utf-8")
    source = folder / f"u{asked.units}.parquet"
    if not source.exists():
        write_units(source, asked.units)
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "PYSPARK_SUBMIT_ARGS": f"{_SETTINGS} pyspark-shell"}
    from pyspark.sql import SparkSession  # noqa: PLC0415  it looks at the environment

    session = SparkSession.builder.getOrCreate()
    ways = dict(_ways(session, folder, source))
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    digests = set()
    for run in range(asked.runs + 1):
        for name, way in ways.items():
            target = folder / f"{name}.parquet"
            shutil.rmtree(target, ignore_errors=True)
            cpu, wall = _cpu(), time.perf_counter()
            way(target)
            cost = time.perf_counter() - wall, _cpu() - cpu
            digests.add(digest(f"{target}/*.parquet"))
            if run:  # the first is cold
                costs[name].append(cost)
    session.stop()
    if len(digests) > 1:
        raise SystemExit("not the same totals and ranks")
    print(f"{asked.units} units × {ITEMS} items, digest {digests.pop()}")
    for name, taken in costs.items():
        wall, cpu = (median(each) for each in zip(*taken, strict=True))
        print(f"{name:22} wall {wall:7.2f} s  CPU {cpu:7.2f} s")


if __name__ == "__main__":
    main()
