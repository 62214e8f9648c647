"""The same 40 items scored by a script as a clerk who programs would write it: one table in, one table out.

No trace, no checks, one rubric: what a tool that does all this is measured against. `plain.py EVIDENCE OUTPUT`.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook, load_workbook

Unit = Mapping[str, Any]
Item = Callable[[Unit], Decimal]
D: Final = Decimal
ZERO: Final = D(0)
SECTIONS: Final = "ABCD"
LEVELS: Final = {"好": D(2), "较好": D("1.5"), "一般": D(1), "差": ZERO}
GRADES: Final = {"优秀": D(90), "良好": D(80), "一般": D(70), "较差": ZERO}


def attendance(rate: Decimal) -> Decimal:
    tiers = ("0.95", 4), ("0.9", 3), ("0.8", 2), ("0.7", 1), ("0", 0)
    return next(D(points) for least, points in tiers if rate >= D(least))


def absences(times: Decimal) -> Decimal:
    return ZERO if times >= 3 else D(3) - (D(1) if times >= 2 else D("0.5") if times >= 1 else ZERO)


def section(s: str) -> dict[str, Item]:
    """Give the nine items of a section."""
    half = D("0.5")
    return {
        f"{s}1": lambda u: D(3) - half * max(ZERO, 4 - u["会次" + s]) - min(D(1), D("0.2") * u["迟报" + s]),
        f"{s}2": lambda u: absences(u["缺席" + s]),
        f"{s}3": lambda u: attendance(u["出勤率" + s]),
        f"{s}4": lambda u: D(3) - (u["计划" + s] == "否") - (u["总结" + s] == "否") - half * (u["台账" + s] == "否"),
        f"{s}5": lambda u: LEVELS[u["评议" + s]],
        f"{s}6": lambda u: u["打分" + s] - min(D(1), half * u["差错" + s]),
        f"{s}7": lambda u: ZERO if u["问题" + s] == "是" else D(2) - half * u["投诉" + s],
        f"{s}8": lambda u: D(3) - D("0.1") * (max(ZERO, D("0.9") - u["覆盖率" + s]) * 100 // 1),
        f"{s}9": lambda u: D(2) - min(D("1.5"), half * max(ZERO, u["超期" + s] - 3)) - (u["回复" + s] == "否"),
    }


ITEMS: Final[Mapping[str, Item]] = {
    **{name: item for s in SECTIONS for name, item in section(s).items()},
    "E1": lambda u: min(D(2), u["表彰"]),
    "E2": lambda u: D(2) if u["试点"] == "是" and u["类型"] == "村" else ZERO,
    "F1": lambda u: -u["通报"],
    "F2": lambda u: {"无": ZERO, "警告": D(-1), "撤职": D(-3)}[u["处分"]],
}


def read(evidence: str) -> Iterator[Unit]:
    rows: Iterator[tuple[Any, ...]] = load_workbook(evidence, data_only=True).worksheets[0].iter_rows(values_only=True)
    head = next(rows)
    for row in rows:
        yield {name: value if isinstance(value, str) else D(str(value)) for name, value in zip(head, row, strict=True)}


def score(units: Iterable[Unit]) -> list[list[Any]]:
    """Make the table: rank, unit, items, total, grade; equal totals share a rank."""
    lines: list[list[Any]] = []
    for unit in units:
        points = [item(unit) if name[0] == "F" else max(ZERO, item(unit)) for name, item in ITEMS.items()]
        total = sum(points, ZERO).quantize(D("0.01"))
        grade = "较差" if unit["重大事故"] == "是" else next(name for name, least in GRADES.items() if total >= least)
        lines.append([0, unit["党支部"], *points, total, grade])
    lines.sort(key=lambda line: -line[-2])
    for at, line in enumerate(lines):
        line[0] = lines[at - 1][0] if at and lines[at - 1][-2] == line[-2] else at + 1
    return [["名次", "党支部", *ITEMS, "总分", "等次"], *lines]


def write(table: list[list[Any]], output: str) -> None:
    if output.endswith(".csv"):
        with Path(output).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(table)
    else:
        book: Any = Workbook()
        for line in table:
            book.active.append(line)
        book.save(output)


if __name__ == "__main__":
    write(score(read(sys.argv[1])), sys.argv[2])
