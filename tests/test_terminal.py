"""What people see: Chinese columns that line up, no figure ever cut, the examples' own runs."""

import re
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support import ROOT
from tests.terminal import in_terminal

EXAMPLE = ("score", "zhibu-xize-2", "examples/zhibu-2024/证据.xlsx")
FIGURE = re.compile(r"-?\d+\.\d\d")


@cache
def example(columns: int) -> str:
    """Show the example once for all tests that look at it."""
    return in_terminal(*EXAMPLE, columns=columns)


def tables(text: str) -> list[list[str]]:
    """Split what is shown into tables: the rows below each rule."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("──"):
            found.append([])
        elif not line.strip():
            continue
        elif found and line.lstrip()[0].isdigit():
            found[-1].append(line)
    return found


def figures(text: str) -> dict[str, list[str]]:
    """Collect each unit's figures over all tables."""
    found: dict[str, list[str]] = {}
    for table in tables(text):
        for row in table:
            found.setdefault(row.split()[1], []).extend(FIGURE.findall(row))
    return found


@pytest.mark.parametrize("columns", [80, 100, 160])
def test_no_line_is_wider_than_the_screen_and_no_figure_is_cut(columns: int) -> None:
    shown = example(columns)
    assert max(cell_len(line) for line in shown.splitlines()) <= columns
    assert "…" not in shown
    units = figures(shown)
    assert len(units) == 12
    assert all(len(found) == 12 for found in units.values())  # the total and eleven sections
    assert units["综合行政执法大队党支部"][0] == "25.00"
    for found in units.values():
        total, *sections = (round(100 * float(text)) for text in found)
        assert sum(sections) == total


@pytest.mark.parametrize("columns", [80, 160])
def test_columns_line_up(columns: int) -> None:
    for table in tables(example(columns)):
        ends = [[cell_len(row[: found.end()]) for found in FIGURE.finditer(row)] for row in table]
        assert all(row == ends[0] for row in ends)


def test_one_table_at_160_columns() -> None:
    assert len(tables(example(160))) == 1


def test_details_fit_too() -> None:
    shown = in_terminal(*EXAMPLE, "--detail", columns=80)
    assert max(cell_len(line) for line in shown.splitlines()) <= 80


def test_english() -> None:
    shown = in_terminal(*EXAMPLE, columns=80, DANGJIAN_LANG="en")
    assert shown.split()[0] != "名次"
    assert "Rank" in shown
    assert "Total" in shown


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b[" in in_terminal(*EXAMPLE, columns=80, escapes=True)
    assert "\x1b[" not in in_terminal(*EXAMPLE, columns=80, escapes=True, NO_COLOR="1", TERM="dumb")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", [(), ("score",), ("template",)])
def test_help_folds_beside_its_labels(command: tuple[str, ...], language: str) -> None:
    lines = in_terminal(*command, "--help", columns=80, DANGJIAN_LANG=language).splitlines()
    assert max(map(cell_len, lines)) <= 80
    labelled = [found for line in lines if (found := re.match(r"  (?=\S)(.+?)  +(?=\S)", line))]
    (column,) = {found.end() for found in labelled}
    assert any(line.startswith(" " * column) for line in lines)
    assert all(line[column] != " " for line in lines if line.startswith("  "))


@pytest.mark.parametrize("columns", ["²", "٣", "-1", "0", "1", "9" * 20])
def test_a_width_that_is_none(columns: str) -> None:
    """What is no width is asked of the terminal; the narrowest shows little, and nothing breaks."""
    shown = in_terminal("codes", "E001", columns=80, COLUMNS=columns, LINES="²", TERM="junk")
    assert max(cell_len(line) for line in shown.splitlines()) <= (10 if columns == "1" else 80)


PRINTED = sorted((ROOT / "examples").glob("*/printed.txt"))


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.parent.name)
def test_the_examples_print_what_they_show(path: Path) -> None:
    """The points in them are held against figures worked out by hand in `test_examples`; this holds the form."""
    runs = re.split(r"^\$ dangjian (.*)\n", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert runs
    for command, shown in zip(runs[::2], runs[1::2], strict=True):
        printed = in_terminal(*command.split(), columns=80)
        assert [line.rstrip() for line in printed.splitlines()] == shown.rstrip("\n").splitlines(), command
