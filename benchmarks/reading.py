"""What reading evidence of 5,000 units × 64 measures takes, from bytes to facts, beside openpyxl with the same cells.

The matrix is made here, as openpyxl, XlsxWriter and csv write it: counts, answers, figures with cents, days; a third
workbook leaves a tenth of the cells out. Readers take turns on the same file; only CPU counts, and of several turns
the median of the paired ratios. openpyxl's read-only mode only gives values; a .csv is held against the csv module.
"""

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from random import Random
from statistics import median
from typing import Final

from openpyxl import Workbook, load_workbook
from xlsxwriter import Workbook as Writer

from dangjian_score.diagnostics import has_errors
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded, load

COLUMNS: Final = 64
Entry = str | float | date | None
Rows = list[list[Entry]]
_KINDS: Final = ("count", "count", "yes_no", "number", "date")


def regulation() -> Loaded:
    """Make a rubric with an item for each column; days count from a day in the fourth."""
    kinds = [f"  项目{at}: {{type: {_KINDS[at % 5]}}}" for at in range(1, COLUMNS + 1)]
    days = [f"  天数{at}: {{difference: [项目{at}, 项目{4 if at > 4 else 9}]}}" for at in range(4, COLUMNS + 1, 5)]
    items = [f"  - {{id: S{at}, title: 项{at}, max: 10, rules: [{{{_rule(at)}}}]}}" for at in range(1, COLUMNS + 1)]
    head = "dangjian: 1\nrubric: b-1\ntitle: 试\nsubject: 党支部\n"
    text = head + "\n".join(("measures:", *kinds, *days, "sections:", *items))
    loaded = load(text.encode(), "b.yaml")
    assert isinstance(loaded, Loaded)
    return loaded


def _rule(at: int) -> str:
    match _KINDS[at % 5]:
        case "yes_no":
            return f"award: 10, if: 项目{at}"
        case "date":
            return f"deduct: 0.1, per: 天数{at}"
        case _:
            return f"deduct: 0.1, per: 项目{at}"


def rows(units: int, blanks: float = 0) -> Rows:
    """Make the cells, a share of them blank."""
    chance = Random(1)  # noqa: S311
    columns = range(1, COLUMNS + 1)
    made: Rows = [["党支部", *(f"项目{at}" for at in columns)]]
    for unit in range(units):
        entries = (None if blanks and chance.random() < blanks else _entry(at, chance) for at in columns)
        made.append([f"第{unit}党支部", *entries])
    return made


def _entry(column: int, chance: Random) -> Entry:
    match _KINDS[column % 5]:
        case "count":
            return chance.randrange(30)
        case "yes_no":
            return chance.choice(("是", "否"))
        case "number":
            return chance.randrange(10_000) / 100
        case _:
            return date(2024, 1, 1) + timedelta(chance.randrange(366))


def by_openpyxl(made: Rows) -> bytes:
    book = Workbook()
    for row in made:
        book.worksheets[0].append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def by_xlsxwriter(made: Rows) -> bytes:
    data = BytesIO()
    with Writer(data, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(made):
            for column, entry in enumerate(row):
                day = datetime(entry.year, entry.month, entry.day) if isinstance(entry, date) else None
                sheet.write(at, column, day or entry)
    return data.getvalue()


def by_csv(made: Rows) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(made)
    return text.getvalue().encode()


def plainly(name: str, data: bytes) -> Iterator[object]:
    """Go through the cells as a script would."""
    if name.endswith(".csv"):
        yield from csv.reader(StringIO(data.decode()))
    else:
        yield from load_workbook(BytesIO(data), read_only=True).worksheets[0].iter_rows(values_only=True)


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measure in turn and print medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=5_000, help="rows (default: 5000)")
    options.add_argument("--runs", type=int, default=5, help="turns (default: 5)")
    given = options.parse_args()
    loaded = regulation()
    known = catalogue(compile_rubric(loaded.rubric))
    whole = rows(given.units)
    files = {
        "openpyxl.xlsx": by_openpyxl(whole),
        "xlsxwriter.xlsx": by_xlsxwriter(whole),
        "blanks.xlsx": by_xlsxwriter(rows(given.units, 0.1)),
        "plain.csv": by_csv(whole),
    }

    def ours(name: str) -> None:
        evidence, found = read_evidence({name: files[name]}, loaded.rubric, known)
        assert not has_errors(found)
        assert len(evidence.units) == given.units

    print(f"{given.units:,} × {COLUMNS} cells, CPU seconds")
    for name, data in files.items():
        times = [(seconds(lambda: ours(name)), seconds(lambda: [*plainly(name, data)])) for _ in range(given.runs)]  # noqa: B023
        mine, others = (median(column) for column in zip(*times, strict=True))
        ratio = median(one / other for one, other in times)
        print(f"{name:<18}{mine:>6.2f} to facts{others:>8.2f} plainly{ratio:>8.2f}")


if __name__ == "__main__":
    main()
