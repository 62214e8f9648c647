"""How fast it is: commands beside a plain script, parts beside what does as little, unusual evidence beside clean.

Run as `python -m benchmarks.speed`. All commands take turns; CPU (user and system) and memory are medians. Evidence is
written once and kept in the system's folder for temporary files.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from benchmarks import regulation
from benchmarks.processes import Command, Cost, medians, run

PYTHON: Final = sys.executable
HERE: Final = Path(__file__).parent
OURS: Final = (PYTHON, "-m", "dangjian_score")
INSIDE: Final = (PYTHON, "-m", "benchmarks.inside")
LIBRARIES: Final = (PYTHON, "-c", "import typer, pydantic, yaml")
WHATIF_UNITS: Final = 200
_SHORT: Final = 0.01
"""Seconds below which costs are shown in microseconds."""


class Measure(Struct, frozen=True):
    """A command, what it is held against, and the most that it may take: of that, by itself, of memory."""

    name: str
    ours: Command
    theirs: Command | None
    goal: str = ""


class Files:
    """Commands on files in a folder; evidence is called VARIANT-UNITS and written by `write`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rubric(self, variant: str = "clean") -> str:
        return str(self._folder / f"{variant}.yaml")

    def evidence(self, units: int, variant: str = "clean") -> str:
        return str(self._folder / f"{variant}-{units}{'' if variant == 'forms' else '.xlsx'}")

    def output(self, whose: str, units: int, form: str) -> str:
        return str(self._folder / f"by_{whose}-{units}.{form}")

    def score(self, units: int, form: str, variant: str = "clean") -> Command:
        partial = ("--partial",) if variant == "errors" else ()
        files = self.rubric(variant), self.evidence(units, variant)
        return (*OURS, "score", *files, *partial, "--quiet", "-o", self.output(variant, units, form))

    def plain(self, units: int, form: str) -> Command:
        return (PYTHON, str(HERE / "plain.py"), self.evidence(units), self.output("plain", units, form))

    def part(self, name: str, units: int, variant: str = "clean") -> Command:
        return (*INSIDE, name, self.rubric(variant), self.evidence(units, variant))

    def write(self, commands: Iterable[Command]) -> None:
        """Write rubrics and the evidence that commands read, where it is not there yet."""
        self._folder.mkdir(exist_ok=True)
        for variant in regulation.VARIANTS:
            Path(self.rubric(variant)).write_text(regulation.rubric(variant), encoding="utf-8")
        for path in sorted({Path(word) for command in commands for word in command if str(self._folder) in word}):
            variant, _, units = path.stem.partition("-")
            if variant in regulation.VARIANTS and units and not path.exists():
                unfinished = path.with_name(f"new_{path.name}")
                run((PYTHON, "-m", "benchmarks.regulation", variant, units, str(unfinished)))  # a child starts as large
                unfinished.rename(path)


def measures(files: Files, n: int) -> tuple[Measure, ...]:
    """List what is measured for so many units."""
    few, many, judged = n // 10, n * 10, WHATIF_UNITS
    score, plain, part = files.score, files.plain, files.part
    register = regulation.REGISTER_ROWS * n
    return (
        Measure(f"csv {n:,} / plain .xlsx", score(n, "csv"), plain(n, "xlsx"), "0.25, 150 MB"),
        Measure(f"csv {n:,} / plain .csv", score(n, "csv"), plain(n, "csv")),
        Measure(f"csv {few:,} / plain .xlsx", score(few, "csv"), plain(few, "xlsx"), "0.5"),
        Measure(f"csv {many:,} / csv {n:,}", score(many, "csv"), score(n, "csv"), "10, 800 MB"),
        Measure(f"xlsx {n:,} / plain .xlsx", score(n, "xlsx"), plain(n, "xlsx"), "0.7, 250 MB"),
        Measure(f"xlsx {few:,} / plain .xlsx", score(few, "xlsx"), plain(few, "xlsx")),
        Measure("validate 40 items / imports", (*OURS, "validate", files.rubric()), LIBRARIES, "2.0"),
        Measure(f"read {n:,} to facts / openpyxl", part("read", n), part("openpyxl", n), "1.2"),
        Measure("totals of a unit / zen-engine", part("totals", n), part("zen", n), "0.025, 5 µs"),
        Measure("prepare and totals of a unit", part("prepared", n), None, "20 µs"),
        Measure(f"the same, {register:,} events", part("prepared", n, "register"), None, "20 µs"),
        Measure("line traced and worded", part("lines", few), None, "15 µs"),
        Measure(f"whatif {judged} / score", part("whatif", judged), part("score", judged), "20"),
        *(
            Measure(f"{variant} {units:,} / clean", score(units, "csv", variant), score(units, "csv"))
            for variant, units in (
                ("blanks", n),
                ("errors", n),
                ("forms", few),
                ("rounds", few),
                ("register", n),
                ("assessors", few),
            )
        ),
    )


def cost(command: Command) -> Cost:
    """Run a command; one inside a process says itself which seconds count."""
    taken, printed = run(command)
    return replace(taken, cpu=float(printed)) if command[: len(INSIDE)] == INSIDE else taken


def rows(path: Path) -> dict[str, tuple[str, Fraction, str]]:
    """Read rank, total and grade of every unit."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["党支部"]: (row["名次"], Fraction(row["总分"]), row["等次"]) for row in csv.DictReader(file)}


def compare(files: Files, units: int) -> None:
    """Hold ranks, totals and grades of all units against those of the plain script."""
    ours, plain = (rows(Path(files.output(whose, units, "csv"))) for whose in ("clean", "plain"))
    if differing := [unit for unit in {*ours, *plain} if ours.get(unit) != plain.get(unit)]:
        raise SystemExit(f"{len(differing)} units differ from the plain script: {sorted(differing)[:5]}")
    print(f"rank, total and grade of {len(ours):,} units: equal to the plain script's")


def shown(taken: Cost | None) -> str:
    if taken is None:
        return f"{'–':>20}"
    seconds = f"{taken.cpu:.2f} s " if taken.cpu >= _SHORT else f"{taken.cpu * 1e6:.1f} µs"
    return f"{seconds:>12}{taken.peak:>5.0f} MB"


def tell(measure: Measure, costs: Mapping[Command, Cost]) -> None:
    ours, theirs = costs.get(measure.ours), costs.get(measure.theirs) if measure.theirs else None
    ratio = f"{ours.cpu / theirs.cpu:.3f}" if ours and theirs else "–"
    print(f"{measure.name:<36}{shown(ours)}{shown(theirs)}{ratio:>9}   {measure.goal}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--only", action="append", metavar="NAME", help="measures whose names hold this; may be repeated"
    )
    options.add_argument("--units", type=int, default=5_000, help="also a tenth and ten times as many (default: 5000)")
    options.add_argument("--runs", type=int, default=3, help="runs of each command (default: 3)")
    given = options.parse_args()
    version = sha256((HERE / "regulation.py").read_bytes()).hexdigest()[:12]
    files = Files(Path(tempfile.gettempdir(), f"dangjian-speed-{version}"))
    chosen = [one for one in measures(files, given.units) if any(name in one.name for name in given.only or [""])]
    commands = dict.fromkeys(command for one in chosen for command in (one.ours, one.theirs) if command)
    if find_spec("zen") is None:
        print("SKIPPED: zen-engine is not installed (pip install zen-engine)", file=sys.stderr)
        commands = {command: None for command in commands if "zen" not in command}
    files.write(commands)
    costs = medians(commands, given.runs, cost)
    print(f"{'measure / held against':<36}{'ours':>20}{'other':>20}{'ratio':>9}   at most")
    for one in chosen:
        tell(one, costs)
    if {files.score(given.units, "csv"), files.plain(given.units, "csv")} <= costs.keys():
        compare(files, given.units)


if __name__ == "__main__":
    main()
