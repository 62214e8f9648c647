"""What clerks and programs put into cells, scored at the command line: read right, or refused with a way out."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.support import run
from tests.workbooks import formats, packed, parts, row, workbook

RUBRIC = """dangjian: 1
rubric: ceshi
title: 测试细则
subject: 党支部
period: 2024
total: 100
rounding: {places: 2, total: 2, mode: half_up}
sections:
  - {id: A, title: 学习, max: 40, rules: [{deduct: 2, per: 缺席次数}]}
  - {id: B, title: 计划, max: 20, rules: [{award: 20, if: 有计划}]}
  - {id: C, title: 出勤, max: 40, rules: [{award: 40, ratio: 到会率, of: 100%}]}
grades: {优秀: 90, 良好: 80, 一般: 0}
"""
REGISTER = """dangjian: 1
rubric: taizhang
title: 台账细则
subject: 党支部
period: 2024
total: 100
measures:
  迟到: {register: true}
  处分: {register: true}
sections:
  - {id: A, title: 处分, max: 60, rules: [{deduct: {警告: 2, 记过: 3, 撤职: 8}, by: 处分, highest_per: 案件}]}
  - {id: B, title: 纪律, max: 40, rules: [{deduct: 1, per: 迟到, for_each: 人员, cap_each: 2}]}
"""
HEAD = ("党支部", "缺席次数", "有计划", "到会率")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(RUBRIC, "utf-8")
    return tmp_path


def exported() -> bytes:
    """Write formulas with XlsxWriter, which computes nothing and stores 0 in place of each result."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet("汇总表")
        for column, title in enumerate(HEAD):
            sheet.write(0, column, title)
        sheet.write_row(1, 0, ["一支部", None, "是", None])
        sheet.write_formula("B2", "=2+3")
        sheet.write_formula("D2", "=19/20", book.add_format({"num_format": "0%"}))
    return data.getvalue()


def test_formulas_that_a_library_wrote(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "e.xlsx").write_bytes(exported())
    ran = run(capfd, "score", "r.yaml", "e.xlsx")
    assert (ran.code, ran.out) == (3, "")
    assert "e.xlsx!汇总表!B2: E032 错误: “缺席次数”的“=2+3”没有可用的值" in ran.err
    assert "“到会率”的“=19/20”" in ran.err
    assert "重算（F9）、保存后再试" in ran.err


def test_a_sign_of_per_cents_in_quotes(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The sheet shows 0.50% and 0.80%: 40 − 2 × 3 = 34, 20, and 40 × 0.5 % = 0.2 or 40 × 0.8 % = 0.32."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (HEAD, ("一支部", 3, "是", 0.5), ("二支部", 3, "是", 0.8)):
        sheet.append(line)
    for cell in ("D2", "D3"):
        sheet[cell].number_format = '0.00"%"'
    book.save(folder / "e.xlsx")
    ran = run(capfd, "score", "r.yaml", "e.xlsx")
    assert ran.code == 0
    assert ran.err.strip() == "1 个文件，2 个单位，12 个有内容的格（计分 8，标题 4，跳过或不计 0），0 个提示"
    assert "二支部  54.32" in ran.out
    assert "一支部  54.20" in ran.out


def test_two_numbers_in_one_cell(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "e.csv").write_text('党支部,缺席次数,有计划,到会率\n一支部,"3\n5",是,95%\n', "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv")
    assert ran.code == 3
    assert "e.csv!B2: E022 错误: “缺席次数”里的“3 5”读不懂" in ran.err
    assert "格子里分了行，只能填一个值" in ran.err


def test_figures_of_which_a_part_is_raised_or_struck_out(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    strings = (
        '<si><r><t>3</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si>'
        "<si><r><t>8</t></r><r><rPr><strike/></rPr><t>5</t></r></si>"
    )
    one, two = ('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>')
    rows = row(*HEAD) + row("一支部", one, "是", "95%") + row("二支部", two, "是", "95%")
    (folder / "e.xlsx").write_bytes(workbook(rows, strings=strings))
    ran = run(capfd, "score", "r.yaml", "e.xlsx", "--lang", "en")
    assert ran.code == 3
    assert "“3^1” in “缺席次数” cannot be read" in ran.err
    assert "part of it is struck out, raised or lowered" in ran.err


def test_a_register_of_which_remarks_hold_semicolons(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """张三 was late nine times, of which 2 count: 40 − 2 = 38."""
    remark = '"参会：甲;乙;丙;丁;戊;己;庚;辛;{}"'
    rows = "".join(f"一支部,迟到,,,张三,{remark.format(at)}\n" for at in range(9))
    (folder / "t.yaml").write_text(REGISTER, "utf-8")
    (folder / "e.csv").write_text(f"党支部,事项,级别,案件,人员,说明\n{rows}", "utf-8")
    (folder / "u.csv").write_text("党支部\n一支部\n二支部\n", "utf-8")
    ran = run(capfd, "score", "t.yaml", "e.csv", "--units", "u.csv")
    assert ran.code == 0
    assert "一支部   98.00" in ran.out
    assert "二支部  100.00" in ran.out


def test_two_marks_at_the_start(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """40 − 2 × 5 = 30, 20, 40 × 95 % = 38."""
    (folder / "e.csv").write_bytes(b"\xef\xbb\xbf" * 2 + "党支部,缺席次数,有计划,到会率\n一支部,5,是,95%\n".encode())
    ran = run(capfd, "score", "r.yaml", "e.csv")
    assert ran.code == 0
    assert "一支部  88.00" in ran.out


def test_a_format_in_ten_thousands(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cell = '<c s="1"><v>20000</v></c>'
    made = parts(row(*HEAD) + row("一支部", cell, "是", "95%"), styles=formats(0, '0!.0,"万"'))
    (folder / "e.xlsx").write_bytes(packed(made))
    ran = run(capfd, "score", "r.yaml", "e.xlsx")
    assert ran.code == 3
    assert "“20000”读不懂" in ran.err
    assert '数字格式“0!.0,"万"”显示的不是格子里存的数' in ran.err


def test_what_a_person_would_guess(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "e.csv").write_text(
        "党支部,缺席次数,有计划,到会率\n一支部,没有,没有,95%\n二支部,两次,是,95%\n三支部,l,是,95%\n", "utf-8"
    )
    ran = run(capfd, "score", "r.yaml", "e.csv")
    assert ran.code == 3
    assert [ran.err.count(f"是不是“{guess}”？") for guess in ("0", "2", "1", "否")] == [1, 1, 1, 1]


def test_a_row_that_is_struck_out(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    for line in (HEAD, ("一支部", 3, "是", "95%"), ("二支部", 3, "是", "95%")):
        book.worksheets[0].append(line)
    for cell in book.worksheets[0][3]:
        cell.font = openpyxl.styles.Font(strike=True)
    book.save(folder / "e.xlsx")
    ran = run(capfd, "score", "r.yaml", "e.xlsx")
    assert ran.code == 3
    assert "e.xlsx!Sheet!A3: E094 错误: “二支部”的这一行有删除线（A3、B3、C3、D3，“二支部”）" in ran.err


def test_a_value_beneath_a_merge(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = row(*HEAD) + row("一支部", 3, "是", "95%") + row("二支部", 8, "是", "95%")
    merged = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    (folder / "e.xlsx").write_bytes(workbook(rows, after=merged))
    ran = run(capfd, "score", "r.yaml", "e.xlsx")
    assert ran.code == 3
    assert "e.xlsx!汇总表!B3: E033 错误: 合并单元格（显示“3”）盖住了数据“8”" in ran.err
