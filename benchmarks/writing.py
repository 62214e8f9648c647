"""What writing the scored workbook of 5,000 units × 60 items takes, beside the same styled cells through openpyxl.

Each writer runs in a process of its own, in turn; only the CPU of writing counts, and of several turns the median of
the paired shares. openpyxl is handed the cells of our own workbook, all sheets, with shared fonts, borders, fills and
alignments, but no charts and no bars; memory is how much the process grew meanwhile (Linux).
"""

import argparse
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from copy import copy
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from openpyxl import Workbook, load_workbook

from dangjian_score.report.as_xlsx import result_xlsx
from dangjian_score.report.view import GradeView, LineView, NodeView, ResultView, RubricView, SourceView, UnitView
from dangjian_score.watching import unwatched
from dangjian_score.words.say import words

SECTIONS, ITEMS = 10, 6
"""Sections, and items in each."""
_STYLES: Final = ("font", "border", "fill", "alignment", "number_format")


def told(units: int) -> ResultView:
    """Make a result: of six items one lost something, with a line that says why."""
    chance = Random(1)  # noqa: S311
    rubric = RubricView(
        id="b-1",
        title="党支部工作考核细则",
        subject="党支部",
        sha256="0" * 64,
        attributes=("类型",),
        period=("2024-01-01", "2024-12-31"),
        grades=(GradeView("优秀", "280"), GradeView("良好", "270"), GradeView("一般", "0")),
        has_vetoes=False,
        has_selections=False,
        places=2,
        total_places=2,
    )
    made = tuple(_unit(rank, chance) for rank in range(1, units + 1))
    return ResultView(rubric, (SourceView("证据.xlsx", "0" * 64),), made, (), (), (), (), public=False)


def _unit(rank: int, chance: Random) -> UnitView:
    sections = tuple(_section(at, rank, chance) for at in range(SECTIONS))
    total = sum(float(section.points) for section in sections)
    kinds = {"base": f"{total:.2f}", "bonus": "0.00", "penalty": "0.00", "adjust": "0.00"}
    grade = chance.choice(("优秀", "良好", "一般"))
    return UnitView(
        f"第{rank}党支部", rank, f"{total:.2f}", kinds, grade, (), sections, {"类型": "村"}, (), (), rounds={}
    )


def _section(at: int, rank: int, chance: Random) -> NodeView:
    items = tuple(_item(f"{chr(65 + at)}{item + 1}", rank, chance) for item in range(ITEMS))
    points = sum(float(item.points) for item in items)
    return NodeView(
        chr(65 + at),
        "组织建设",
        "base",
        None,
        "30",
        "30",
        "0",
        f"{points:.2f}",
        (),
        items,
        applies=True,
        criterion=None,
    )


def _item(name: str, rank: int, chance: Random) -> NodeView:
    lost = chance.randrange(1, 500) if chance.random() < 1 / ITEMS else 0
    points = f"-{lost / 100:.2f}"
    text = f"专题研究次数：应 4，实 {lost % 4}，少 {4 - lost % 4}，{4 - lost % 4} × 0.5"
    cells = (f"证据.xlsx!汇总表!AB{rank + 3}",)
    line = LineView(f"{name}/1", "deduct", points, points, "一、2", text, {}, (), cells)
    lines = (line,) if lost else ()
    return NodeView(
        name,
        "党建工作保障",
        "base",
        "一、2",
        "5",
        "5",
        "5",
        f"{5 - lost / 100:.2f}",
        lines,
        (),
        applies=True,
        criterion=None,
    )


def ours(_: Path, units: int) -> Callable[[], bytes]:
    view, said = told(units), words("zh")
    return lambda: result_xlsx(view, said, unwatched)


def theirs(cells: Path, _: int) -> Callable[[], bytes]:
    sheets = pickle.loads(cells.read_bytes())  # noqa: S301  made by this script
    return lambda: _write(sheets)


def _write(sheets: Any) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, widths, heights, merged, rows, styles in sheets:
        sheet = book.create_sheet(name)
        for letter, width in widths.items():
            sheet.column_dimensions[letter].width = width
        for number, height in heights.items():
            sheet.row_dimensions[number].height = height
        for number, row in enumerate(rows, start=1):
            for at, (value, style) in enumerate(row, start=1):
                if style:
                    cell = sheet.cell(number, at, value)
                    cell.font, cell.border, cell.fill, cell.alignment, cell.number_format = styles[style]
        for block in merged:
            sheet.merge_cells(block)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _cells(data: bytes) -> list[Any]:
    """Read our own workbook: of each sheet what it holds and how it looks, each style once."""
    return [_sheet(sheet) for sheet in load_workbook(BytesIO(data)).worksheets]


def _sheet(sheet: Any) -> Any:
    styles: dict[int, Any] = {}
    rows = []
    for row in sheet.iter_rows():
        for cell in row:
            if cell.style_id not in styles:
                styles[cell.style_id] = tuple(copy(getattr(cell, name)) for name in _STYLES)
        rows.append([(getattr(cell, "value", None), cell.style_id) for cell in row])
    widths = {letter: column.width for letter, column in sheet.column_dimensions.items()}
    heights = {number: row.height for number, row in sheet.row_dimensions.items() if row.height}
    return sheet.title, widths, heights, [str(block) for block in sheet.merged_cells.ranges], rows, styles


def _turn(writer: str, cells: Path, units: int) -> tuple[float, float]:
    """Let a writer work in a process of its own: CPU seconds, and megabytes it grew by."""
    command = [sys.executable, __file__, "--writer", writer, "--cells", str(cells), "--units", str(units)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    taken, grown = done.stdout.split()
    return float(taken), float(grown)


def _work(writer: str, cells: Path, units: int) -> None:
    write = {"ours": ours, "openpyxl": theirs}[writer](cells, units)
    before, start = _peak(), time.process_time()
    write()
    print(time.process_time() - start, _peak() - before)


def _peak() -> float:
    """Give the most memory this process has held, in megabytes; what it was forked from does not count."""
    held = next(line for line in Path("/proc/self/status").read_text("utf-8").splitlines() if line.startswith("VmHWM"))
    return int(held.split()[1]) / 1024


def main() -> None:
    """Measure in turn and print medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=5_000, help="units (default: 5000)")
    options.add_argument("--runs", type=int, default=5, help="turns (default: 5)")
    options.add_argument("--writer", help=argparse.SUPPRESS)
    options.add_argument("--cells", type=Path, default=Path(), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.writer:
        _work(given.writer, given.cells, given.units)
        return
    with tempfile.TemporaryDirectory() as folder:
        cells = Path(folder, "cells")
        data = ours(cells, given.units)()
        sheets = _cells(data)
        cells.write_bytes(pickle.dumps(sheets))
        count = sum(len(row) for sheet in sheets for row in sheet[4])
        print(f"{given.units:,} × {SECTIONS * ITEMS}: {count:,} cells, {len(data) / 1e6:.1f} MB")
        turns = [[_turn(writer, cells, given.units) for writer in ("ours", "openpyxl")] for _ in range(given.runs)]
    for at, name in enumerate(("ours", "openpyxl")):
        taken, grown = (median(turn[at][what] for turn in turns) for what in (0, 1))
        print(f"{name:<10}{taken:>8.2f} s {grown:>8.0f} MB")
    print(f"ours is {median(a[0] / b[0] for a, b in turns):.2f} of it")


if __name__ == "__main__":
    main()
