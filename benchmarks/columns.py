"""How fast columns are: 40 items of Parquet to Parquet beside other engines, a register, and .csv files.

Run as `python -m benchmarks.columns` (`pip install -r benchmarks/requirements.txt` for all engines). Each engine is a
process of its own, in turns; seconds and memory are medians. All must come to the same totals and ranks. Others are
measured as long as a size is expected to take them no more than `--seconds` of CPU. One engine does not score at all:
it reads and writes the same columns. `--write` writes the page
docs/benchmarks.md and the chart beside it.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from msgspec import Struct

from benchmarks import forty_items, many_events
from benchmarks.forty_items import UNSCORED
from benchmarks.processes import Command, Cost, medians, run

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 5_250_000)
EVENT_UNITS: Final = 1_000_000
CSV_UNITS: Final = 1_000_000
OURS: Final = (sys.executable, "-m", "dangjian_score", "score", "-q")
TABLES: Final = (sys.executable, "-m", "benchmarks.tables")
READ_CSV: Final = "import sys, polars; polars.scan_csv(sys.argv[1]).collect()"
NEEDS: Final[Mapping[str, str]] = {"duckdb": "duckdb", "zen": "zen"}
"""Modules without which an engine is left out."""


class Run(Struct, frozen=True):
    """What an engine took for so many units, and the bytes that the columns it reads and writes take in memory."""

    units: int
    engine: str
    cost: Cost
    moved: float


class Measured(Struct, frozen=True):
    """All that was measured so many times; memory moves `bandwidth` bytes a second, `load` is that at the start."""

    runs: int
    load: float
    items: tuple[Run, ...]
    events: tuple[Run, ...]
    csv: tuple[Run, ...]
    bandwidth: float


class Bench:
    """Measures in a folder, where tables are kept."""

    def __init__(self, folder: Path, runs: int, seconds: float) -> None:
        self._folder, self._runs, self._seconds = folder, runs, seconds

    def items(self, sizes: Sequence[int]) -> tuple[Run, ...]:
        """Measure 40 items of so many units, with every engine that is there."""
        rubric = self._written("r.yaml", forty_items.rubric())
        engines = ["columns", "exact", *(name for name in forty_items.ENGINES if find_spec(NEEDS.get(name, "polars")))]
        found: list[Run] = []
        for units in sizes:
            source = self._made(f"u{units}.parquet", "write", units)
            commands: dict[str, Command] = {}
            for name in engines:
                target = self._target(name)
                if name in forty_items.ENGINES:
                    commands[name] = (sys.executable, "-m", "benchmarks.forty_items", name, source, target)
                else:
                    commands[name] = (*OURS, rubric, source, "-o", target, "--engine", name)
            made = self._runs_of(units, commands, [source])
            found += made
            larger = min((size for size in sizes if size > units), default=units)
            slow = {each.engine for each in made if each.cost.cpu * larger / units > self._seconds} - {"columns"}
            engines = [name for name in engines if name not in slow]
        return tuple(found)

    def events(self, units: int) -> tuple[Run, ...]:
        """Measure a register of ten rows a unit."""
        rubric = self._written("e.yaml", many_events.RUBRIC)
        names = [str(self._folder / f"{kind}{units}.parquet") for kind in ("eu", "er")]
        if not all(Path(name).exists() for name in names):
            run((*TABLES, "events", *names, str(units)))
        commands = {
            "columns": (*OURS, rubric, *names, "-o", self._target("columns"), "--engine", "columns"),
            "polars": (sys.executable, "-m", "benchmarks.many_events", *names, self._target("polars")),
        }
        return self._runs_of(units, commands, names)

    def csv(self, units: int) -> tuple[Run, ...]:
        """Measure a .csv file, beside Polars that only reads it; nothing where columns do not read .csv."""
        rubric = self._written("r.yaml", forty_items.rubric())
        sources = [self._made(f"u{size}.csv", "write", size) for size in (1_000, units)]
        tried, source = (
            (*OURS, rubric, path, "-o", self._target("columns"), "--engine", "columns") for path in sources
        )
        try:
            run(tried)
        except SystemExit:
            return ()
        commands = {"columns": source, "read": (sys.executable, "-c", READ_CSV, sources[1])}
        costs = medians(commands.values(), self._runs, lambda command: run(command)[0])
        return tuple(Run(units, name, costs[command], 0) for name, command in commands.items())

    def _runs_of(self, units: int, commands: Mapping[str, Command], sources: Sequence[str]) -> tuple[Run, ...]:
        """Run engines in turns. One whose totals or ranks are others ends the benchmark."""
        costs = medians(commands.values(), self._runs, lambda command: run(command)[0])
        digests = {name: self._told("digest", self._target(name)) for name in commands if name != UNSCORED}
        if len(set(digests.values())) > 1:
            raise SystemExit(f"not the same totals and ranks: {digests}")
        read = sum(float(self._told("size", source)) for source in sources)
        made = [
            Run(units, name, costs[command], read + float(self._told("size", self._target(name))))
            for name, command in commands.items()
        ]
        for each in made:
            print(f"{units:>9,} {each.engine:11} {each.cost.cpu:8.2f} s CPU {each.cost.wall:8.2f} s", end="")
            print(f" {each.cost.peak:7.0f} MB  {digests.get(each.engine, '')}", flush=True)
        return tuple(made)

    def _told(self, *asked: str) -> str:
        return run((*TABLES, *asked))[1].strip()

    def _written(self, name: str, text: str) -> str:
        path = self._folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def _made(self, name: str, how: str, units: int) -> str:
        path = self._folder / name
        if not path.exists():
            run((*TABLES, how, str(path), str(units)))
        return str(path)

    def _target(self, engine: str) -> str:
        return str(self._folder / f"by-{engine}.parquet")


def main() -> None:
    """Measure, print a row for each engine, and write the page if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="units of 40 items")
    parser.add_argument("--events", type=int, default=EVENT_UNITS, help="units with ten events each; 0 for none")
    parser.add_argument("--csv", type=int, default=CSV_UNITS, help="units of the .csv file; 0 for none")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--seconds", type=float, default=90, help="the most that a run may be expected to take")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and docs/benchmarks.svg")
    asked = parser.parse_args()
    folder = Path(tempfile.gettempdir()) / "dangjian-columns"
    folder.mkdir(exist_ok=True)
    bench = Bench(folder, asked.runs, asked.seconds)
    load, bandwidth = os.getloadavg()[0], float(run((*TABLES, "copy"))[1])
    items = bench.items(sorted(asked.sizes))
    events = bench.events(asked.events) if asked.events else ()
    csv = bench.csv(asked.csv) if asked.csv else ()
    measured = Measured(asked.runs, load, items, events, csv, bandwidth)

    from benchmarks import columns_page  # noqa: PLC0415  the process that measures stays small

    print(columns_page.page(measured))
    if asked.write:
        columns_page.write(measured)


if __name__ == "__main__":
    main()
