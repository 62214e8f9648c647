"""How the time to score grows with the number of units, through the pure functions alone: no file, no screen."""

import argparse
import csv
from io import StringIO
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

import yaml

from dangjian_score.checks.evidence import check
from dangjian_score.diagnostics import has_errors
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded, load

RUBRICS: Final = Path(__file__).parents[1] / "rubrics"
NAME: Final = "zhibu-xize-2"
SIZES: Final = (100, 1_000, 5_000)
STAGES: Final = ("compile", "read", "check", "score")


def evidence_of(units: int) -> bytes:
    """Write a table of units that each lose a little, not all of them the same."""
    cases = (RUBRICS / f"{NAME}.cases.yaml").read_text(encoding="utf-8")
    full: dict[str, object] = yaml.safe_load(cases)["full"]
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["党支部", *full])
    for n in range(units):
        differs = {"支委会次数": 12 - n % 7, "会议缺席次数": n % 5, "学习笔记不统一": "是否"[n % 2]}
        writer.writerow([f"第{n + 1}党支部", *({**full, **differs}.values())])
    return text.getvalue().encode()


def stages(regulation: bytes, table: bytes, units: int) -> tuple[float, ...]:
    """Go from bytes to points once and give the CPU seconds of each stage."""
    clock = [process_time()]
    loaded = load(regulation, NAME)
    assert isinstance(loaded, Loaded)
    program = compile_rubric(loaded.rubric)
    clock.append(process_time())
    evidence, noted = read_evidence({"evidence.csv": table}, loaded.rubric, catalogue(program))
    clock.append(process_time())
    due = check(program, evidence)
    clock.append(process_time())
    result = score(loaded.rubric, evidence)
    clock.append(process_time())
    assert not has_errors((*noted, *due))
    assert len(result.units) == units
    return tuple(after - before for before, after in pairwise(clock))


def main() -> None:
    """Measure and print, the sizes in turn so that a busy moment hits all of them alike."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3, help="runs of each size (default: 3)")
    runs: int = options.parse_args().runs
    regulation = (RUBRICS / f"{NAME}.yaml").read_bytes()
    tables = {units: evidence_of(units) for units in SIZES}
    stages(regulation, tables[SIZES[0]], SIZES[0])  # what is done but once in a process
    taken: dict[int, list[tuple[float, ...]]] = {units: [] for units in SIZES}
    for _ in range(runs):
        for units, table in tables.items():
            taken[units].append(stages(regulation, table, units))

    print(f"{'units':>6}" + "".join(f"{f'{stage} s':>11}" for stage in STAGES) + f"{'ms a unit':>11}{'ratio':>8}")
    first = 0.0
    for units, times in taken.items():
        middle = [median(column) for column in zip(*times, strict=True)]
        each = sum(middle[1:]) / units  # compiling does not depend on the units
        first = first or each
        print(f"{units:>6}" + "".join(f"{s:>11.3f}" for s in middle) + f"{each * 1000:>11.3f}{each / first:>8.2f}")


if __name__ == "__main__":
    main()
