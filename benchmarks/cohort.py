"""How comparing units and reducing registers grow: CPU time per unit and per row, beside the smallest size.

Units are ranked and held against means; register rows are filtered, priced, taken at the heaviest of a case, parted by
month. A size ten times as large should take ten times as long, with at most the logarithm of sorting on top.
"""

import argparse
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from random import Random
from statistics import median
from time import process_time

from dangjian_score.core.facts import Cell, Event, Evidence, Fact, UnitFacts
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from dangjian_score.rubric.load import Loaded, load

UNITS = (1_000, 10_000, 100_000)
ROWS = (10_000, 100_000, 1_000_000)
ROWS_OF_A_UNIT = 500

COHORT = """
dangjian: 1
rubric: bench-cohort
title: 名次与平均
sections:
  - {id: A, title: 名次, max: 10, rules: [{award: {100: 10, 1000: 8}, else: 3, rank: 积分}]}
  - {id: B, title: 平均, max: 10, rules: [{deduct: 1, per_missing: 篇数, of: {mean: 篇数}}]}
  - {id: C, title: 中位, max: 10, rules: [{deduct: 1, per_missing: 篇数, of: {median: 篇数}}]}
tie_break: [B]
selections: [{title: 先进, quota: 30%}]
"""
REGISTERS = """
dangjian: 1
rubric: bench-registers
title: 台账
period: 2024
sections:
  - {id: A, title: 会议, max: 12, rules: [{deduct: 1, per_missing: 会议, of: 1, for_each: month}]}
  - id: B
    title: 处分
    kind: penalty
    rules:
      - {deduct: {轻: 1, 重: 5}, by: 处分, highest_per: 案件, times: {主动: 0.5}}
      - {deduct: 0.1, per: 迟到, where: 查实, for_each: [人员, month], cap_each: 0.3}
"""
CELL = Cell("e.csv", None, 2, 1)


def loaded(text: str) -> Loaded:
    """Read a rubric that is right."""
    rubric = load(text.encode(), "bench.yaml")
    assert isinstance(rubric, Loaded), rubric
    return rubric


def compared(units: int) -> Evidence:
    """Make units with two figures each."""
    rng = Random(units)  # noqa: S311
    facts = tuple(
        UnitFacts(
            f"单位{at:06}",
            CELL,
            {"积分": Fact(Fraction(rng.randrange(units)), CELL), "篇数": Fact(Fraction(rng.randrange(30)), CELL)},
        )
        for at in range(units)
    )
    return Evidence((), facts, {})


def registered(rows: int) -> Evidence:
    """Make rows of three kinds, spread over as many units."""
    rng = Random(rows)  # noqa: S311
    first = date(2024, 1, 1).toordinal()
    known = {name: Fact(name, CELL) for name in ("轻", "重", "甲", "乙", "丙", "丁")}
    days = [Fact(Fraction(first + day), CELL) for day in range(366)]
    flags = (Fact(value=False, cell=CELL), Fact(value=True, cell=CELL))

    def event() -> Event:
        kind = rng.choice(("会议", "处分", "迟到"))
        columns = {"日期": rng.choice(days)}
        if kind == "处分":
            columns |= {
                "级别": known[rng.choice("轻重")],
                "案件": known[rng.choice("甲乙丙丁")],
                "主动": rng.choice(flags),
            }
        if kind == "迟到":
            columns |= {"查实": rng.choice(flags), "人员": known[rng.choice("甲乙丙丁")]}
        return Event(kind, CELL, columns)

    units = tuple(
        UnitFacts(f"单位{at:06}", CELL, {}, events=tuple(event() for _ in range(ROWS_OF_A_UNIT)))
        for at in range(rows // ROWS_OF_A_UNIT)
    )
    return Evidence((), units, {}, has_register=True)


def measure(name: str, rubric: Loaded, sizes: tuple[int, ...], make: Callable[[int], Evidence], runs: int) -> None:
    """Time scoring at each size and print it beside the first."""
    print(f"{name:>10}{'s':>10}{'us each':>10}{'ratio':>8}")
    first, program = 0.0, compile_rubric(rubric.rubric)
    for size in sizes:
        evidence = make(size)
        times = []
        for _ in range(runs):
            start = process_time()
            score(program, evidence)
            times.append(process_time() - start)
        each = median(times) / size
        first = first or each
        print(f"{size:>10}{median(times):>10.2f}{each * 1e6:>10.1f}{each / first:>8.2f}")


def main() -> None:
    """Measure both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3, help="runs of each size (default: 3)")
    runs: int = options.parse_args().runs
    measure("units", loaded(COHORT), UNITS, compared, runs)
    measure("rows", loaded(REGISTERS), ROWS, registered, runs)


if __name__ == "__main__":
    main()
