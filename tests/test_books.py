"""Workbooks that are handed out, read again by openpyxl."""

from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from dangjian_score.core.books import page, put, to_bytes, widen
from dangjian_score.core.names import FreeNames, breadth
from dangjian_score.core.sheet_style import sheet_name


def written() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    put(sheet, 1, 1, "年度考核", style="title")
    put(sheet, 2, 1, "党支部", style="header")
    put(sheet, 3, 1, "=1+1")
    put(sheet, 3, 2, "第\x00一")
    put(sheet, 3, 3, Fraction("0.125"))
    put(sheet, 3, 4, "第_x000D_一\n二")
    page(sheet, header_row=2, columns=1)
    widen(sheet, [20, 8])
    return to_bytes(book)


def test_text_stays_text_and_figures_stay_exact() -> None:
    sheet = load_workbook(BytesIO(written())).worksheets[0]
    assert (sheet["A3"].data_type, sheet["A3"].value) == ("s", "=1+1")
    assert sheet["B3"].value == "第[U+0000]一"
    assert sheet["D3"].value == "第_x005F_x000D_一\n二"  # which Excel shows as 第_x000D_一
    assert sheet["C3"].value == 0.125
    assert b"<v>0.125</v>" in ZipFile(BytesIO(written())).read("xl/worksheets/sheet1.xml")


def test_a_sheet_is_laid_out_for_paper() -> None:
    sheet = load_workbook(BytesIO(written())).worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$2", "B3")
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center.text == "&P / &N"


def test_the_same_content_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = written()
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setattr("zipfile.time.localtime", lambda *_: (2030, 5, 6, 7, 8, 9, 0, 0, 0))
    assert written() == first
    assert {part.date_time for part in ZipFile(BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("第一党支部", (), "第一党支部"),
        ("一/二:三", (), "一 二 三"),
        ("ABC", ("abc", "ABC (2)"), "ABC (3)"),
        ("长" * 40, ("长" * 31,), "长" * 27 + " (2)"),
        ("'[]'", (), "表"),
        ("history", (), "history_"),
        ("第\u202e一\x9b", (), "第 U+202E 一 U+009B"),
        ("\U00020000" * 20, (), "\U00020000" * 15),  # spreadsheets count such a character twice
        ("长" * 30 + "'长", (), "长" * 30),
    ],
)
def test_sheets_have_names_that_spreadsheets_allow(wanted: str, taken: tuple[str, ...], name: str) -> None:
    assert sheet_name(wanted, FreeNames(taken)) == name


def test_chinese_characters_are_twice_as_broad() -> None:
    assert breadth("党支部a\n长长长长") == 8
    assert breadth("") == 0


def test_free_names_are_numbered_however_many_are_alike() -> None:
    free, calls = FreeNames(["ABC"]), list[str]()

    def named(tail: str) -> str:
        calls.append(tail)
        return f"abc{tail}"

    names = [free.take(named) for _ in range(500)]
    assert names == [f"abc ({at})" for at in range(2, 502)]
    assert len(calls) == 2 * 500  # each looks at its own number alone, after the name itself
    assert free.take(lambda tail: f"ABC (501){tail}") == "ABC (501) (2)"
