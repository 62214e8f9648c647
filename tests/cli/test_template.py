"""`dangjian template`: where it writes, what it never writes over, what it says when it cannot."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support import run

Capture = pytest.CaptureFixture[str]
NAME = "zhibu-xize-2"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("名册.csv").write_text("党支部\n一支部\n二支部\n", "utf-8")
    return tmp_path


def test_it_is_called_after_the_rubric_and_says_what_is_next(capfd: Capture) -> None:
    ran = run(capfd, "template", NAME, "--units", "名册.csv")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "已写入 zhibu-xize-2.xlsx",
        "填好以后：dangjian score zhibu-xize-2 zhibu-xize-2.xlsx --units 名册.csv",
    ]
    assert load_workbook("zhibu-xize-2.xlsx").sheetnames == ["填表说明", "汇总表", "台账"]


def test_it_writes_over_a_file_only_where_that_is_named(capfd: Capture) -> None:
    Path(f"{NAME}.xlsx").write_text("mine")
    ran = run(capfd, "template", NAME)
    assert (ran.code, Path(f"{NAME}.xlsx").read_text()) == (3, "mine")
    assert ran.err.startswith("E040 ")
    assert run(capfd, "template", NAME, "-o", f"{NAME}.xlsx").code == 0
    assert Path(f"{NAME}.xlsx").read_bytes().startswith(b"PK")


def test_a_folder_gets_a_file_a_unit_and_none_is_written_over(capfd: Capture) -> None:
    ran = run(capfd, "template", NAME, "--units", "名册.csv", "--form", "-o", "表/")
    assert ran.code == 0
    assert ran.err.splitlines()[0] == "已写入 表：3 个文件"
    assert sorted(path.name for path in Path("表").iterdir()) == ["一支部.xlsx", "二支部.xlsx", "评分与测评.xlsx"]
    Path("表/一支部.xlsx").unlink()
    again = run(capfd, "template", NAME, "--units", "名册.csv", "--form", "-o", "表")
    assert (again.code, Path("表/一支部.xlsx").exists()) == (3, False)


def test_a_form_for_anybody(capfd: Capture) -> None:
    assert run(capfd, "template", NAME, "--form", "-o", "表/").code == 0
    assert sorted(path.name for path in Path("表").iterdir()) == ["自查表.xlsx", "评分与测评.xlsx"]
    assert load_workbook("表/自查表.xlsx")["自查表"]["B3"].value is None


def test_never_over_an_input(capfd: Capture) -> None:
    assert run(capfd, "template", NAME, "-o", "a.xlsx").code == 0
    before = Path("a.xlsx").read_bytes()
    ran = run(capfd, "template", NAME, "--units", "a.xlsx", "-o", "./a.xlsx")
    assert (ran.code, Path("a.xlsx").read_bytes()) == (3, before)


@pytest.mark.parametrize("output", ["a.csv", "a", "表/", "."])
def test_only_workbooks_and_folders_for_forms(capfd: Capture, output: str) -> None:
    ran = run(capfd, "template", NAME, "-o", output)
    assert (ran.code, ran.out) == (2, "")
    assert "*.xlsx" in ran.err


def test_a_folder_without_a_parent(capfd: Capture) -> None:
    ran = run(capfd, "template", NAME, "--form", "-o", "没有/表/")
    assert (ran.code, Path("没有").exists()) == (3, False)
    assert ran.err.startswith("E040 ")


def test_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from dangjian_score.cli.app import main

    assert main(["template", NAME, "-o", "-"], {}) == 0
    assert load_workbook(BytesIO(capfdbinary.readouterr().out)).sheetnames == ["填表说明", "汇总表", "台账"]


def test_a_faulty_rubric_and_a_faulty_roster(capfd: Capture) -> None:
    Path("r.yaml").write_text("dangjian: 1\n", "utf-8")
    assert run(capfd, "template", "r.yaml").code == 3
    for text, code in (("党支部\n一支部\n一支部\n", "E023"), ("党支部\n", "E036"), ("甲\n乙\n", "E020")):
        Path("名册.csv").write_text(text, "utf-8")
        ran = run(capfd, "template", NAME, "--units", "名册.csv")
        assert ran.code == 3
        assert code in ran.err
    assert run(capfd, "template", NAME, "--units", "没有.csv").code == 3
    assert sorted(path.name for path in Path().iterdir()) == ["r.yaml", "名册.csv"]


def test_in_english_the_headers_stay(capfd: Capture) -> None:
    assert run(capfd, "template", NAME, "-o", "a.xlsx", "--lang", "en").code == 0
    made = load_workbook("a.xlsx")
    assert made["填表说明"]["A2"].value == "The sheets"
    sheet = made["汇总表"]
    assert sheet["A5"].value == "党支部"
    assert sheet["C5"].comment.text.startswith("Enter ")


def test_the_guide_names_the_files_of_the_command(capfd: Capture) -> None:
    """The file is not called as its id; a name of two words is quoted, and folders are left out."""
    Path("细则").mkdir()
    rubric = Path("细则/考核 细则.yaml")
    sections = "sections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 缺席次数}]}]\n"
    rubric.write_text(f"dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\n{sections}", "utf-8")
    assert run(capfd, "template", rubric, "--units", Path.cwd() / "名册.csv", "-o", "t.xlsx").code == 0
    texts = [str(cell.value) for row in load_workbook("t.xlsx")["填表说明"].iter_rows() for cell in row]
    command = "dangjian score '考核 细则.yaml' 文件夹 --units 名册.csv"
    assert [text for text in texts if "dangjian score" in text] == [
        f"填好以后：把各处交来的表放进一个文件夹，运行：{command}"
    ]


def test_a_form_without_the_register_that_others_have_is_warned_of(capfd: Capture) -> None:
    """Both fill in no event; 二支部 deletes the sheet."""
    sections = "sections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 缺席次数}, {deduct: 1, per: 投诉}]}]\n"
    head = "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\nmeasures: {投诉: {register: true}}\n"
    Path("r.yaml").write_text(head + sections, "utf-8")
    assert run(capfd, "template", "r.yaml", "--units", "名册.csv", "--form", "-o", "表/").code == 0
    for name in ("一支部", "二支部"):
        book = load_workbook(f"表/{name}.xlsx")
        places = {cell.value: cell for row in book["自查表"].iter_rows() for cell in row}
        book["自查表"][f"{places['填报值'].coordinate[0]}{places['缺席次数'].row}"] = 0
        book.save(f"表/{name}.xlsx")
    assert "W029" not in run(capfd, "score", "r.yaml", "表").err
    del book["台账"]
    book.save("表/二支部.xlsx")
    ran = run(capfd, "score", "r.yaml", "表")
    assert (ran.code, ran.err.splitlines()[0]) == (
        0,
        "二支部.xlsx: W029 警告: 这份自查表没有台账，别的自查表有（1 份，如 一支部.xlsx）；请核对是不是漏了台账这一张",
    )
