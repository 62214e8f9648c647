"""What reading a workbook of 5,000 units × 60 columns takes, from bytes to sheets, beside openpyxl.

Readers take turns on the same file, made here: text and repeated figures, and days. Only CPU counts, and of several
turns the median. openpyxl's read-only mode gives values and number formats but knows neither merges nor formulas
beside their values; its ordinary mode had to be run twice for that, and was, before this reader.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from random import Random
from statistics import median
from typing import Any, Final

from openpyxl import Workbook, load_workbook

from dangjian_score.diagnostics import Diagnostic
from dangjian_score.evidence.workbook import sheets

COLUMNS: Final = 60


def made(units: int) -> bytes:
    """Make the file."""
    chance, book = Random(1), Workbook()  # noqa: S311
    sheet = book.worksheets[0]
    sheet.append(["党支部", *(f"项目{at}" for at in range(1, COLUMNS))])
    for at in range(units):
        sheet.append([f"第{at}党支部", *(_entry(column, chance) for column in range(1, COLUMNS))])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _entry(column: int, chance: Random) -> str | float | date:
    match column % 5:
        case 0 | 1:
            return chance.randrange(30)
        case 2:
            return chance.choice(("是", "否"))
        case 3:
            return chance.randrange(10_000) / 100
        case _:
            return date(2024, 1, 1) + timedelta(chance.randrange(366))


def ours(data: bytes) -> None:
    assert not isinstance(sheets(data, "e.xlsx"), Diagnostic)


def read_only(data: bytes) -> None:
    _iterate(load_workbook(BytesIO(data), read_only=True))


def twice(data: bytes) -> None:
    """Read formulas, then values, as was done before."""
    _iterate(load_workbook(BytesIO(data)))
    _iterate(load_workbook(BytesIO(data), data_only=True))


def _iterate(book: Any) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                _ = cell.value, cell.number_format


def seconds(read: Callable[[bytes], None], data: bytes) -> float:
    start = time.process_time()
    read(data)
    return time.process_time() - start


def main() -> None:
    """Measure in turn and print medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=5_000, help="rows (default: 5000)")
    options.add_argument("--runs", type=int, default=5, help="turns (default: 5)")
    given = options.parse_args()
    data = made(given.units)
    readers = {"ours": ours, "openpyxl, read-only": read_only, "openpyxl, twice": twice}
    taken: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(given.runs):
        for name, read in readers.items():
            taken[name].append(seconds(read, data))
    print(f"{given.units:,} × {COLUMNS} cells, {len(data) / 1e6:.1f} MB")
    for name, times in taken.items():
        shares = median(one / other for one, other in zip(taken["ours"], times, strict=True))
        print(f"{name:<22}{median(times):>7.2f} s   ours is {shares:.2f} of it")


if __name__ == "__main__":
    main()
