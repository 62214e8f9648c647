"""Workbooks become grids, cell by cell as people see them."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.draft.documents.blocks import Grid
from tests.draft.documents_made import areas, blocks, covered_soundly, grid, refused, shown
from tests.workbooks import row, workbook


def saved(book: Workbook) -> bytes:
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def new_book() -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "细则"
    return book, sheet


def test_a_sheet_is_a_grid_with_its_title_and_merged_cells() -> None:
    book, sheet = new_book()
    sheet["B2"] = "党支部考核细则"
    sheet.merge_cells("B2:D2")
    for texts in (["组织", "换届", 5], [None, "增补", 2.5], [None, "书记", None]):
        sheet.append([None, *texts])
    sheet.merge_cells("B3:B5")
    sheet.merge_cells("F9:G10")  # beyond all that holds something
    found = grid(saved(book), "细则.xlsx")
    assert (found.number, found.name) == (1, "细则")
    assert shown(found) == [
        ["党支部考核细则"] * 3,
        ["组织", "换届", "5"],
        ["组织", "增补", "2.5"],
        ["组织", "书记", ""],
    ]
    assert areas(found) >= {("党支部考核细则", 2, 2, 1, 3), ("组织", 3, 2, 3, 1), ("", 5, 4, 1, 1)}
    assert covered_soundly(found.rows, top=2, left=2)


def test_figures_are_as_the_sheet_shows_them() -> None:
    book, sheet = new_book()
    sheet.append([5.0, 0.5, 0.8, date(2024, 3, 1), "二行\n三", True, "=1+1"])
    sheet["C1"].number_format = "0%"
    sheet["E1"].font = Font(bold=True)
    assert shown(grid(saved(book), "a.xlsx"))[0][:6] == ["5", "0.5", "80%", "2024-03-01", "二行\n三", "TRUE"]


def test_nothing_is_left_out_that_is_hidden() -> None:
    book, sheet = new_book()
    for text in ("甲", "乙", "丙"):
        sheet.append([text, "一"])
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.create_sheet("空")
    other = book.create_sheet("藏")
    other["A1"] = "丁"
    other.sheet_state = "hidden"
    found = [block for block in blocks(saved(book), "a.xlsx") if isinstance(block, Grid)]
    assert [(one.number, one.name, shown(one)) for one in found] == [
        (1, "细则", [["甲", "一"], ["乙", "一"], ["丙", "一"]]),
        (3, "藏", [["丁"]]),
    ]


def test_a_merge_that_reaches_beyond_what_is_used_is_cut_and_one_over_values_hides_them() -> None:
    book, sheet = new_book()
    sheet["A1"], sheet["A3"], sheet["B3"] = "题", "甲", "乙"
    sheet.merge_cells("A1:XFD1")
    found = grid(saved(book), "a.xlsx")
    assert areas(found) == {
        ("题", 1, 1, 1, 2),
        ("", 2, 1, 1, 1),
        ("", 2, 2, 1, 1),
        ("甲", 3, 1, 1, 1),
        ("乙", 3, 2, 1, 1),
    }


@pytest.mark.parametrize(
    ("far", "reason"), [("ALN1", "document columns"), ("A500002", "document cells"), ("XFD1048576", "document columns")]
)
def test_a_cell_far_away_makes_a_sheet_too_large(far: str, reason: str) -> None:
    book, sheet = new_book()
    sheet["A2"], sheet[far] = "甲", "乙"
    assert refused(saved(book), "a.xlsx") == reason


def test_merges_that_overlap_cover_no_more_than_a_sheet_may_hold() -> None:
    merges = "".join(f'<mergeCell ref="A{top}:A399999"/>' for top in (2, 3))
    rows = row("甲", number=1) + row("乙", number=400_000)
    assert refused(workbook(rows, after=f"<mergeCells>{merges}</mergeCells>"), "a.xlsx") == "document cells"


def test_an_empty_workbook_has_no_text() -> None:
    assert refused(saved(Workbook()), "a.xlsx") == "document blank"
