"""What sheer size costs: honest input, large, and twice as large, each run in a process of its own.

Twice the input should take about twice the time beyond the start of the interpreter. CPU and memory are the child's;
of several runs the cheapest counts. `python -m benchmarks.sizes --only NAME` measures the cases whose name holds NAME.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from benchmarks.hostile import Used, run

PLAIN: Final = """dangjian: 1
rubric: sizes
title: 大小
subject: 党支部
period: 2024
total: 100
"""
TEN_ITEMS: Final = PLAIN + "sections:\n  - title: 甲\n    max: 100\n    items:\n" + "".join(
    f"      - {{title: 第{at}项, max: 10, rules: [{{deduct: 1, per: 项{at}}}]}}\n" for at in range(10)
)  # fmt: skip
BASIC: Final = PLAIN + "sections: [{title: 甲, max: 100, rules: [{deduct: 1, per: 项0}]}]\n"
RATED: Final = (
    PLAIN + "sections: [{title: 甲, max: 100, start: 0, rules: [{award: 100, judge: 评分, combine: mean}]}]\n"
)
SELECTED: Final = BASIC + "selections: [{title: 先进, quota: 30%}, {title: 标兵, places: 10}]\n"
COMPARED: Final = PLAIN + (
    "sections: [{title: 甲, max: 100, start: 0, rules: [{award: {10: 100, 1000: 50}, else: 3, rank: 项0}]}]\n"
)


Make = Callable[[Path, int], list[str]]
"""Makes files of a size in a folder, and gives the arguments of the command; `{folder}` stands for the folder."""


class Case(NamedTuple):
    """A case: its smaller size, and what makes it."""

    size: int
    make: Make


def write(path: Path, lines: Iterable[str]) -> str:
    """Write lines into a file and return its name."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return str(path)


def units(count: int, columns: int, odd: str = "") -> Iterator[str]:
    """Make a table of units; `odd` stands in the last column of every third."""
    yield ",".join(["党支部", *(f"项{at}" for at in range(columns))])
    for at in range(count):
        figures = [str((at * 7 + column) % 5) for column in range(columns)]
        yield ",".join([f"第{at}支部", *(figures if not odd or at % 3 else [*figures[:-1], odd])])


def matrix(rubric: str, columns: int, *more: str, command: str = "score", odd: str = "") -> Make:
    """Make a case of a command on a table of so many units."""

    def make(folder: Path, size: int) -> list[str]:
        table = write(folder / "units.csv", units(size, columns, odd))
        return [command, write(folder / "r.yaml", [rubric]), table, *more]

    return make


def register(rule: str, persons: int, *more: str, century: bool = False) -> Make:
    """Make a case of one unit with a register of so many rows; `persons` 0: each row has its own."""
    first, days = (date(1925, 1, 1), 36_525) if century else (date(2024, 1, 1), 366)

    def make(folder: Path, size: int) -> list[str]:
        text = PLAIN.replace("period: 2024", f"period: {{from: {first}, to: 2024-12-31}}")
        text += f"sections: [{{title: 甲, max: 100, rules: [{rule}]}}]\n"
        rows = (
            f"一,投诉,{first + timedelta(days=at % days)},1,人{at % persons if persons else at},案{at // 2},轻,是"
            for at in range(size)
        )
        events = write(folder / "events.csv", ["单位,事项,日期,数量,人员,案件,级别,查实", *rows])
        roster = write(folder / "roster.csv", ["党支部,成立日期,撤销日期", "一,,"])
        return ["score", write(folder / "r.yaml", [text]), events, "--units", roster, *more]

    return make


def blanks(row: str) -> Make:
    """Make a case of a small table with many rows that say nothing."""

    def make(folder: Path, size: int) -> list[str]:
        table = write(folder / "units.csv", chain(units(10, 1), repeat(row, size)))
        return ["score", write(folder / "r.yaml", [BASIC]), table]

    return make


def raters(folder: Path, size: int) -> list[str]:
    """Make a case of so many assessors of 500 units."""
    rows = (f"第{unit}支部,考核人{who},{60 + (unit * who) % 40}" for unit in range(500) for who in range(size))
    return ["raters", write(folder / "r.yaml", [RATED]), write(folder / "units.csv", ["党支部,评委,评分", *rows])]


def graded(*command: str) -> Make:
    """Make a case of a rubric with so many grades, and 50 units."""

    def make(folder: Path, size: int) -> list[str]:
        grades = ", ".join(f"等{at}: {100 - at * 100 / size:.2f}" for at in range(size - 1))
        rubric = write(folder / "r.yaml", [BASIC + f"grades: {{{grades}, 末等: 0}}\n"])
        table = write(folder / "units.csv", units(50, 1)) if command[0] in ("score", "whatif") else ""
        return [command[0], rubric, *filter(None, [table]), *command[1:]]

    return make


def rounds(*command: str) -> Make:
    """Make a case of a rubric with so many rounds, a day each, and 10 units."""

    def make(folder: Path, size: int) -> list[str]:
        days = [date(2024, 1, 1) + timedelta(days=at) for at in range(size)]
        named = ", ".join(f"{day}日: {{from: {day}, to: {day}}}" for day in days)
        text = BASIC.replace("sections:", f"rounds: {{names: {{{named}}}, combine: mean}}\nsections:")
        rows = (f"第{unit}支部,{day}日,{unit % 3}" for unit in range(10) for day in days)
        table = write(folder / "units.csv", ["党支部,轮次,项0", *rows]) if command[0] in ("score", "whatif") else ""
        rubric = write(folder / "r.yaml", [text])
        return [command[0], rubric, *filter(None, [table]), *command[1:]]

    return make


def rostered(folder: Path, size: int) -> list[str]:
    """Make a case of a roster of so many names, and a table of as many units."""
    roster = write(folder / "roster.csv", ["党支部", *(f"第{at}支部" for at in range(size))])
    table = write(folder / "units.csv", units(size, 1))
    return ["score", write(folder / "r.yaml", [BASIC]), table, "--units", roster]


def strangers(folder: Path, size: int) -> list[str]:
    """Make a case of a roster, and a table of as many units of which each second is misspelt."""
    roster = write(folder / "roster.csv", ["党支部", *(f"第{at}支部" for at in range(size))])
    rows = (line.replace("支部,", "支步,") if at % 2 else line for at, line in enumerate(units(size, 1)))
    return ["score", write(folder / "r.yaml", [BASIC]), write(folder / "units.csv", rows), "--units", roster]


def wide(folder: Path, size: int) -> list[str]:
    """Make a case of a table of ten units and so many columns that the rubric does not know."""
    return ["score", write(folder / "r.yaml", [BASIC]), write(folder / "units.csv", units(10, size))]


def files(folder: Path, size: int) -> list[str]:
    """Make a case of so many files, a unit each."""
    (folder / "in").mkdir()
    for at in range(size):
        write(folder / "in" / f"{at}.csv", ["党支部,项0", f"第{at}支部,1"])
    return ["score", write(folder / "r.yaml", [BASIC]), str(folder / "in")]


def named(folder: Path, size: int) -> list[str]:
    """Make a case of two units with names of so many characters."""
    table = write(folder / "units.csv", ["党支部,项0", *(f"{'长' * size}{at},1" for at in range(2))])
    return ["score", write(folder / "r.yaml", [BASIC]), table, "-o", str(folder / "out.xlsx")]


PER: Final = "{deduct: 0.0001, per: 投诉, for_each: [人员, day], cap_each: 1}"
MISSING: Final = "{deduct: 0.0001, per_missing: 投诉, of: 1, for_each: [人员, day]}"
CASES: Final[Mapping[str, Case]] = {
    "register: person and day": Case(5_000, register(PER, 0)),
    "register: person and day missed": Case(5_000, register(MISSING, 0)),
    "register: a hundred years": Case(5_000, register(MISSING, 0, century=True)),
    "register: one person": Case(50_000, register(PER, 1)),
    "register: week": Case(50_000, register(PER.replace("day", "week"), 100)),
    "register: half a year": Case(50_000, register(PER.replace("day", "half_year"), 100)),
    "register: case": Case(50_000, register("{deduct: 0.0001, per: 投诉, highest_per: 案件}", 100)),
    "register: one case": Case(50_000, register("{deduct: 0.0001, per: 投诉, highest_per: 级别}", 100)),
    "register: json": Case(50_000, register(PER, 0, "-o", "{folder}/out.json")),
    "register: xlsx": Case(50_000, register(PER, 0, "-o", "{folder}/out.xlsx")),
    "register: audit": Case(5_000, register(PER, 0, "-o", "{folder}/out.xlsx", "--audit", "{folder}/a.xlsx")),
    "notice": Case(10_000, matrix(SELECTED, 1, "-o", "{folder}/out.docx")),
    "feedback": Case(1_000, matrix(BASIC, 1, "--feedback", "{folder}/out.docx")),
    "feedback: a file each": Case(500, matrix(BASIC, 1, "--feedback", "{folder}/each")),
    "problems": Case(5_000, matrix(TEN_ITEMS, 10, "--problems", "{folder}/out.xlsx", odd="三次")),
    "csv: blank lines": Case(1_000_000, blanks("")),
    "csv: commas": Case(2_000, blanks("," * 2_000)),
    "csv: few commas": Case(500_000, blanks(",,")),
    "units: csv": Case(150_000, matrix(TEN_ITEMS, 10, "-o", "{folder}/out.csv")),
    "units: json": Case(50_000, matrix(TEN_ITEMS, 10, "-o", "{folder}/out.json")),
    "units: xlsx": Case(20_000, matrix(TEN_ITEMS, 10, "-o", "{folder}/out.xlsx")),
    "units: html": Case(10_000, matrix(TEN_ITEMS, 10, "-o", "{folder}/out.html")),
    "units: md": Case(20_000, matrix(TEN_ITEMS, 10, "-o", "{folder}/out.md")),
    "units: zip": Case(20_000, matrix(TEN_ITEMS, 10, "-o", "{folder}/out.zip")),
    "units: selections": Case(50_000, matrix(SELECTED, 1, "-o", "{folder}/out.csv")),
    "units: ranks": Case(50_000, matrix(COMPARED, 1, "-o", "{folder}/out.csv")),
    "units: screen": Case(2_000, matrix(BASIC, 1)),
    "units: whatif": Case(500, matrix(SELECTED, 1, command="whatif")),
    "raters": Case(50, raters),
    "grades: validate": Case(250, graded("validate")),
    "grades: explain": Case(250, graded("explain")),
    "grades: score": Case(250, graded("score")),
    "grades: template": Case(250, graded("template", "-o", "{folder}/t.xlsx")),
    "grades: whatif": Case(250, graded("whatif")),
    "rounds: validate": Case(183, rounds("validate")),
    "rounds: explain": Case(183, rounds("explain")),
    "rounds: score": Case(183, rounds("score")),
    "rounds: xlsx": Case(183, rounds("score", "-o", "{folder}/out.xlsx")),
    "rounds: template": Case(183, rounds("template", "-o", "{folder}/t.xlsx")),
    "rounds: whatif": Case(183, rounds("whatif")),
    "roster": Case(150_000, rostered),
    "roster: strangers": Case(5_000, strangers),
    "columns": Case(5_000, wide),
    "files": Case(500, files),
    "a long name": Case(15_000, named),
}  # fmt: skip


def cheapest(case: Case, size: int, runs: int) -> Used:
    """Make the files of a size and run the command on them; of several runs the cheapest counts."""
    with TemporaryDirectory() as made:
        arguments = [word.format(folder=made) for word in case.make(Path(made), size)]
        return min(run(arguments, Path(made)) for _ in range(runs))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="cases whose name holds this")
    options.add_argument("--runs", type=int, default=1, help="runs of each (default: 1)")
    given = options.parse_args()
    with TemporaryDirectory() as made:
        start = min(run(["--version"], Path(made)) for _ in range(3)).cpu
    print(f"{'':<34}{'size':>9}{'s':>8}{'MB':>7}{'code':>6}{'twice: s':>10}{'MB':>7}{'code':>6}{'ratio':>8}")
    for name, case in CASES.items():
        if given.only not in name:
            continue
        once, twice = (cheapest(case, size, given.runs) for size in (case.size, 2 * case.size))
        ratio = (twice.cpu - start) / (once.cpu - start)
        print(
            f"{name:<34}{case.size:>9}{once.cpu:>8.1f}{once.memory:>7.0f}{once.code:>6}"
            f"{twice.cpu:>10.1f}{twice.memory:>7.0f}{twice.code:>6}{ratio:>8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
