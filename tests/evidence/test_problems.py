"""The workbook to mail back, where a sheet holds several tables: each with its own heads and its own faulty rows."""

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest

from dangjian_score.core.books import WRONG_FILL
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import Cell
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence import delimited, problems
from dangjian_score.evidence.problems import problems_book
from dangjian_score.evidence.read import expectations
from dangjian_score.evidence.sheets import Sheet
from dangjian_score.evidence.tables.blocks import blocks
from dangjian_score.evidence.tables.columns import Expected
from dangjian_score.words.say import load_words
from tests.support import rubric

TEXT = "sections: [{title: 甲, max: 9, rules: [{deduct: 1, per: 缺}, {deduct: 1, per: 迟}]}]\n"
TABLES = "党支部,缺,,单位,迟\n一支部,x,,三支部,z\n二支部,0,,四支部,1\n,,,,\n党支部,迟,,,\n一支部,y,,,\n"
"""Two tables side by side, and a third below them."""


def expected() -> Expected:
    loaded = rubric(TEXT).rubric
    return expectations(loaded, catalogue(compile_rubric(loaded)))


def unreadable(row: int, column: int, found: str, measure: str) -> Diagnostic:
    return at_cell(Code.UNREADABLE_CELL, Cell("e.csv", None, row, column), measure=measure, found=found, kind="count")


def rows(data: bytes | None, sheet: str) -> list[list[object]]:
    assert data is not None
    book = openpyxl.load_workbook(BytesIO(data))
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def heads_in(sheet: Sheet, _: Expected) -> Callable[[int, int], problems.CellHeads]:
    """Tell the three tables of the sheet above."""
    titles, below = sheet.rows[1], sheet.rows[5]
    left, right, third = (
        problems.CellHeads(row, heads, unit) for row, heads, unit in ((1, titles, 1), (1, titles, 4), (5, below, 1))
    )
    return lambda row, column: third if row >= 5 else right if column >= 4 else left


def test_each_table_of_a_sheet_has_its_own_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "heads_in", heads_in)
    found = [unreadable(2, 2, "x", "缺"), unreadable(2, 5, "z", "迟"), unreadable(6, 2, "y", "迟")]
    shown = rows(problems_book({"e.csv": TABLES.encode()}, [], found, expected(), load_words("zh")), "e")
    tables = [row for row in shown[2:] if any(row)]
    assert [[cell for at, cell in enumerate(row) if at != 1] for row in tables] == [
        ["行", "党支部", "缺"],
        [2, "一支部", "x"],
        ["行", "单位", "迟"],
        [2, "三支部", "z"],
        ["行", "党支部", "迟"],
        [6, "一支部", "y"],
    ]
    assert [at for at, row in enumerate(shown) if not any(row)] == [2, 5, 8]  # a blank row before each


def test_what_has_no_cell_is_said_above_the_tables_and_rosters_are_listed() -> None:
    found = [
        at_file(Code.COLUMN_MISSING, "e.csv", measure="迟"),
        unreadable(2, 2, "x", "缺"),
        at_cell(Code.BLANK, Cell("u.csv", None, 3, 1), unit="七支部", measure="缺"),
    ]
    files = {"e.csv": "党支部,缺\n一支部,x\n".encode(), "u.csv": "党支部\n一支部\n七支部\n".encode()}
    data = problems_book(files, {"u.csv"}, found, expected(), load_words("zh"))
    shown = rows(data, "e")
    assert "E025" in str(shown[2][0])
    assert shown[5][2:] == ["一支部", "x"]
    others = rows(data, "其他")
    assert str(others[2][0]).startswith("u.csv!A3：")
    assert len(others) == 3


def test_a_cell_stands_under_the_nearest_heads() -> None:
    """Held against the choice among all tables: above the cell and not right of it, the lowest, of those the last."""
    found = delimited.sheets(TABLES.encode(), "e.csv")
    assert not isinstance(found, Diagnostic)
    (sheet,) = found
    tables = blocks(sheet, expected())
    heads = problems.heads_in(sheet, expected())
    for row in range(8):
        for column in range(7):
            over = [table for table in tables if table.header.top <= row]
            beside = [table for table in over if table.left <= column] or over
            nearest = max(beside, key=lambda table: (table.header.top, table.left), default=None)
            chosen = heads(row, column)
            assert (chosen.row, chosen.unit) == (
                (0, None) if nearest is None else (nearest.header.top, nearest.header.unit)
            )


def test_a_table_in_which_each_row_has_a_fault_of_its_own() -> None:
    text = "党支部,缺\n" + "".join(f"第{at}支部,x\n" for at in range(40))
    found = [unreadable(at, 2, "x" if at % 2 else "很长的话" * 20, "缺") for at in range(2, 42)]
    data = problems_book({"e.csv": text.encode()}, [], found, expected(), load_words("zh"))
    assert data is not None
    sheet = openpyxl.load_workbook(BytesIO(data))["e"]
    marked = [(at, cell) for at, row in enumerate(sheet.iter_rows(), 1) for cell in row if cell.fill == WRONG_FILL]
    assert [cell.value for _, cell in marked] == ["x"] * 40
    heights = [sheet.row_dimensions[at].height or 0 for at, _ in marked]
    assert set(heights[1::2]) == {18}
    assert min(heights[::2]) > 18
