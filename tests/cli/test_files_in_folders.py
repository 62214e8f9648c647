"""Every file of a folder of evidence is read, refused with a way out, or named in a note; our own results are none."""

import json
import os
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.packaging.core import DocumentProperties

from dangjian_score.api.files import is_output
from dangjian_score.core import limits
from dangjian_score.report.formats import SUFFIXES
from tests.support import run

RUBRIC = """dangjian: 1
rubric: test-1
title: 试
subject: 党支部
sections:
- {title: 甲, max: 10, rules: [{deduct: 2, per: 缺}]}
- {title: 乙, max: 10, rules: [{award: 10, judge: 评分, combine: mean}]}
grades: {优秀: 15, 合格: 0}
"""
MATRIX = "党支部,缺\n一支部,1\n二支部,3\n"
FIGURES = "党支部,评委,评分\n一支部,王,9\n一支部,李,8\n二支部,王,7\n二支部,李,7\n"
TOTALS = {"一支部": "16.50", "二支部": "11.00"}  # 8 + (9 + 8) / 2; 4 + 7

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a rubric and a folder of evidence, to stand in."""
    (tmp_path / "r.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "e" / "评委").mkdir(parents=True)
    (tmp_path / "e" / "汇总.csv").write_text(MATRIX, "utf-8")
    (tmp_path / "e" / "评委" / "评分.csv").write_text(FIGURES, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def totals(text: str) -> dict[str, str]:
    return {unit["unit"]: unit["total"] for unit in json.loads(text)["units"]}


def written(*arguments: str, capfd: Capture) -> None:
    ran = run(capfd, *arguments)
    assert ran.code == 0, ran.err


OUTPUTS = {
    **{f"结果.{suffix}": ("score", "r.yaml", "e", "-o") for suffix in SUFFIXES},
    "核算.xlsx": ("score", "r.yaml", "e", "--audit"),
    "反馈.docx": ("score", "r.yaml", "e", "--feedback"),
    "推演.xlsx": ("whatif", "r.yaml", "e", "-o"),
    "推演.json": ("whatif", "r.yaml", "e", "-o"),
    "评委.xlsx": ("raters", "r.yaml", "e", "-o"),
    "评委.json": ("raters", "r.yaml", "e", "-o"),
    "对比.xlsx": ("compare", "r.yaml", "e", "e", "-o"),
    "对比.json": ("compare", "r.yaml", "e", "e", "-o"),
}
"""Everything that is written beside problems, and what writes it when its name follows; results in every format."""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", OUTPUTS)
def test_what_we_wrote_is_passed_over_and_may_be_written_again(
    desk: Path, capfd: Capture, name: str, language: str
) -> None:
    command = ("--lang", language, *OUTPUTS[name], f"e/{name}")
    written(*command, capfd=capfd)
    first = Path("e", name).read_bytes()
    for evidence in (["e"], ["e", f"e/{name}"], ["e/**"]):
        ran = run(capfd, "score", "r.yaml", *evidence, "--format", "json")
        assert (ran.code, totals(ran.out)) == (0, TOTALS)
        assert [one["name"] for one in json.loads(ran.out)["evidence"]] == ["汇总.csv", "评分.csv"]
        assert f"e/{name}: N015 提示: 没有读：是本工具写的结果，不是考核数据" in ran.err
        assert ran.err.count("N015") == 1
        assert "略过 1 个文件" in ran.err
    written(*command, capfd=capfd)
    assert Path("e", name).read_bytes() == first  # whether an older one lies there changes nothing


def test_all_results_in_the_folder_are_one_line(desk: Path, capfd: Capture) -> None:
    for name, command in OUTPUTS.items():
        written(*command, f"e/{name}", capfd=capfd)
    ran = run(capfd, "score", "r.yaml", "e", "--format", "json")
    assert totals(ran.out) == TOTALS
    assert ran.err.count("N015") == 1
    assert f"同类共 {len(OUTPUTS)} 个" in ran.err
    notes = f"{len(OUTPUTS)} 个提示，略过 {len(OUTPUTS)} 个文件"
    assert (
        f"2 个文件，2 个单位，21 个有内容的格（计分 16，标题 5，跳过或不计 0），{notes}" in ran.err
    )  # 2 × 3 and 3 × 5 cells
    assert run(capfd, "score", "r.yaml", "e", "--format", "json", "--quiet").err == ""


def test_provisional_and_public_results_are_told_too(desk: Path, capfd: Capture) -> None:
    Path("e", "汇总.csv").write_text(MATRIX + "三支部,x\n", "utf-8")
    for name in ("暂定.csv", "暂定.md"):
        run(capfd, "score", "r.yaml", "e", "--partial", "-o", f"e/{name}")
        assert is_output(Path("e", name))
    Path("e", "汇总.csv").write_text(MATRIX, "utf-8")
    written("score", "r.yaml", "e", "--public", "-o", "e/脱敏.csv", "-o", "e/脱敏.html", capfd=capfd)
    ran = run(capfd, "score", "r.yaml", "e", "--format", "json")
    assert (totals(ran.out), ran.err.count("N015")) == (TOTALS, 1)
    assert "同类共 4 个" in ran.err


def test_workbooks_to_mail_back(desk: Path, capfd: Capture) -> None:
    Path("e", "汇总.csv").write_text(MATRIX + "三支部,x\n", "utf-8")
    for _ in range(2):
        ran = run(capfd, "score", "r.yaml", "e", "--problems", "e/退回.xlsx")
        assert ran.code == 3
        assert "已写入 e/退回.xlsx" in ran.err
    Path("e", "汇总.csv").write_text(MATRIX, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e", "--format", "json")
    assert (ran.code, totals(ran.out), ran.err.count("N015")) == (0, TOTALS, 1)


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_a_result_that_somebody_saved_again(desk: Path, capfd: Capture) -> None:
    written("score", "r.yaml", "e", "-o", "e/结果.xlsx", capfd=capfd)
    book = openpyxl.load_workbook("e/结果.xlsx")
    book.properties.lastModifiedBy = "张三"
    book.save("e/结果.xlsx")
    assert is_output(Path("e/结果.xlsx"))
    assert totals(run(capfd, "score", "r.yaml", "e", "--format", "json").out) == TOTALS


@pytest.mark.parametrize(
    ("properties", "ours"),
    [
        ({"creator": "dangjian-score"}, True),  # to mail back
        ({"creator": "dangjian-score", "title": "试", "lastModifiedBy": "dangjian-score"}, True),  # a result
        ({"creator": "dangjian-score", "title": "试"}, False),  # a template
        ({"creator": "dangjian-score", "title": "试", "lastModifiedBy": "张三"}, False),  # which was filled in
        ({"creator": "openpyxl"}, False),
        ({"creator": "张三", "category": "考核"}, False),
    ],
)
def test_workbooks_of_versions_that_set_no_category(tmp_path: Path, properties: dict[str, str], ours: bool) -> None:
    book = openpyxl.Workbook()
    book.properties = DocumentProperties(**properties)
    book.save(tmp_path / "a.xlsx")
    assert is_output(tmp_path / "a.xlsx") is ours


@pytest.mark.parametrize("form", [(), ("--form",)])
def test_templates_are_evidence(desk: Path, capfd: Capture, form: tuple[str, ...]) -> None:
    Path("名册.csv").write_text("党支部\n一支部\n二支部\n", "utf-8")
    written("template", "r.yaml", "--units", "名册.csv", *form, "-o", "空表.xlsx", capfd=capfd)
    assert not is_output(Path("空表.xlsx"))
    ran = run(capfd, "score", "r.yaml", "空表.xlsx")
    assert ran.code == 3
    assert "E021" in ran.err  # its blanks are read
    ran = run(capfd, "score", "r.yaml", "e", "-o", "空表.xlsx", "--units", "空表.xlsx")
    assert (ran.code, "E041" in ran.err) == (3, True)


def test_evidence_in_a_folder_is_never_written_over(desk: Path, capfd: Capture) -> None:
    for name in ("e/汇总.csv", "e/评委/评分.csv"):
        before = Path(name).read_bytes()
        ran = run(capfd, "score", "r.yaml", "e", "-o", name)
        assert (ran.code, "E041" in ran.err, Path(name).read_bytes()) == (3, True, before)


def test_a_result_that_is_compared_is_never_written_over(desk: Path, capfd: Capture) -> None:
    written("score", "r.yaml", "e", "-o", "去年.json", capfd=capfd)
    ran = run(capfd, "compare", "r.yaml", "去年.json", "e", "-o", "去年.json")
    assert (ran.code, "E041" in ran.err) == (3, True)


def test_nothing_but_results_is_no_evidence(desk: Path, capfd: Capture) -> None:
    Path("旧").mkdir()
    written("score", "r.yaml", "e", "-o", "旧/结果.xlsx", "-o", "旧/结果.csv", capfd=capfd)
    for named in ("旧", "旧/结果.xlsx", "旧/*.csv"):
        ran = run(capfd, "score", "r.yaml", named)
        assert ran.code == 3
        assert f"{named}: E001 错误" in ran.err
        assert "N015" in ran.err


def test_a_ranking_of_others_is_read(desk: Path, capfd: Capture) -> None:
    written("score", "r.yaml", "e", "-o", "结果.csv", capfd=capfd)
    ours = Path("结果.csv").read_bytes()
    assert is_output(Path("结果.csv"))
    for other in (
        ours.removeprefix(b"\xef\xbb\xbf"),
        ours.replace(b"\r\n", b"\n"),
        ours.replace("名次".encode(), "排名".encode()),
        ours.replace("等次".encode(), "评价".encode()),
        "\ufeff名次,党支部,缺\r\n1,一支部,1\r\n".encode(),
        "\ufeff名次,党支部,总分\r\n三,一支部,1\r\n".encode(),
    ):
        Path("别人.csv").write_bytes(other)
        assert not is_output(Path("别人.csv"))


OTHERS = {
    "照片/1.jpg": "不是表格",
    "照片/2.JPG": "不是表格",
    "说明.docx": "不是表格",
    "说明.wps": "不是表格",
    "说明.pdf": "不是表格",
    "说明.txt": "不是表格",
    "公文.ofd": "不是表格",
    "细则.yaml": "不是表格",
    "别的.json": "不是表格",
    "README": "不是表格",
    "~$汇总.xlsx": "没有存盘的改动读不到",
    ".~lock.汇总.csv#": "没有存盘的改动读不到",
    ".~汇总.xlsx": "没有存盘的改动读不到",
    "~WRL0001.tmp": "没有存盘的改动读不到",
    ".git/HEAD": "隐藏的",
    "__MACOSX/._汇总.csv": "隐藏的",
    "Thumbs.db": "隐藏的",
    "desktop.ini": "隐藏的",
    "._汇总.xlsx": "隐藏的",
    ".结果.xlsx.dangjian-new": "隐藏的",
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_named_in_a_note(desk: Path, capfd: Capture, name: str) -> None:
    path = Path("e", name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(
        b"PK\x03\x04" if path.suffix in (".docx", ".ofd") else b"\xd0\xcf" if path.suffix == ".wps" else b"x"
    )
    ran = run(capfd, "score", "r.yaml", "e", "--format", "json")
    assert (ran.code, totals(ran.out)) == (0, TOTALS)
    (line,) = (line for line in ran.err.splitlines() if "N015" in line)
    hidden = path.parent if path.parent.name in (".git", "__MACOSX") else path
    assert line.startswith(f"{hidden}: N015 提示: 没有读：")
    assert OTHERS[name] in line
    assert "略过 1 个文件" in ran.err
    assert json.loads(ran.out)["diagnostics"] == []


def test_three_hundred_photos_are_one_line(desk: Path, capfd: Capture) -> None:
    Path("e", "照片").mkdir()
    for number in range(300):
        Path("e", "照片", f"{number:03}.jpg").write_bytes(b"\xff\xd8")
    ran = run(capfd, "score", "r.yaml", "e")
    assert ran.code == 0
    assert len(ran.err.splitlines()) == 3
    assert "同类共 300 个：000.jpg 001.jpg" in ran.err
    assert "略过 300 个文件" in ran.err
    english = run(capfd, "--lang", "en", "score", "r.yaml", "e")
    assert "(300 like this: 000.jpg" in english.err
    assert "300 files passed over" in english.err


OLE = b"\xd0\xcf\x11\xe0" + bytes(600)


def archive(*names: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return made.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "己.xls": (OLE, "请在 Excel 或 WPS 里另存为 .xlsx"),
    "己.XLS": (OLE, "请在 Excel 或 WPS 里另存为 .xlsx"),
    "己.et": (OLE, "请在 WPS 里另存为 .xlsx"),
    "己.ods": (archive("mimetype", "content.xml"), "另存为 .xlsx"),
    "己.xlsb": (archive("[Content_Types].xml", "xl/workbook.bin"), "另存为 .xlsx"),
    "己.numbers": (archive("Index/Document.iwa"), "另存（导出）为 .xlsx"),
    "己.tsv": ("党支部\t缺\n三支部\t1\n".encode(), "另存（导出）为 .xlsx"),
    "己.dbf": (b"\x03", "另存（导出）为 .xlsx"),
    "己.html": (b"<html><table></table></html>", ".xlsx"),
    "己.mht": (b"MIME-Version: 1.0\n", ".xlsx"),
    "己.xml": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', ".xlsx"),
    "己.zip": (archive("己.xlsx"), "请先解压"),
    "己.rar": (b"Rar!\x1a\x07", "请先解压"),
    "己.7z": (b"7z\xbc\xaf\x27\x1c", "请先解压"),
    "己.tar.gz": (b"\x1f\x8b", "请先解压"),
    "己": (archive("[Content_Types].xml", "xl/workbook.xml"), "考核数据只收"),
    "己.xlsx.bak": (b"x", "考核数据只收"),
    "己.csv.txt": (b"x", "考核数据只收"),
    "己．xlsx": (b"x", "考核数据只收"),
    "己.xlsx.crdownload": (b"x", "考核数据只收"),
    "己.bak": (OLE, "考核数据只收"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_tables_and_archives_are_refused_with_a_way_out(desk: Path, capfd: Capture, name: str) -> None:
    data, way_out = REFUSED[name]
    Path("e", name).write_bytes(data)
    ran = run(capfd, "score", "r.yaml", "e", "-o", "x.csv")
    assert ran.code == 3
    (line,) = (line for line in ran.err.splitlines() if "E028" in line)
    assert line.startswith(f"{name}: E028 错误: ")
    assert way_out in line
    assert not Path("x.csv").exists()


def test_a_file_that_is_named_is_no_less_an_error(desk: Path, capfd: Capture) -> None:
    Path("1.jpg").write_bytes(b"\xff\xd8")
    ran = run(capfd, "score", "r.yaml", "e", "1.jpg")
    assert (ran.code, "1.jpg: E028" in ran.err) == (3, True)


def test_a_pattern_says_only_what_it_matched(desk: Path, capfd: Capture) -> None:
    Path("e", "1.jpg").write_bytes(b"\xff\xd8")
    Path("e", "2.xls").write_bytes(OLE)
    ran = run(capfd, "score", "r.yaml", "e/*.csv", "e/评*", "--format", "json")
    assert (ran.code, totals(ran.out), "N015" in ran.err) == (0, TOTALS, False)
    ran = run(capfd, "score", "r.yaml", "e/*")
    assert "e/1.jpg: N015" in ran.err
    assert "2.xls: E028" in ran.err


@pytest.mark.parametrize(("limit", "most"), [("MAX_FILES", 1), ("MAX_EVIDENCE", 20)])
def test_too_many_and_too_much(
    desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    (desk / "证据").mkdir(exist_ok=True)
    for name in ("一.csv", "二.csv"):
        (desk / "证据" / name).write_text("a" * 15, "utf-8")
    monkeypatch.setattr(limits, limit, most)
    ran = run(capfd, "score", "r.yaml", "证据")
    assert (ran.code, "二.csv: E001" in ran.err) == (3, True)


def test_folders_behind_links_are_read_once(desk: Path, capfd: Capture) -> None:
    os.renames("e/评委", "别处")
    Path("e", "评委").symlink_to(desk / "别处", target_is_directory=True)
    Path("e", "又").symlink_to(desk / "e", target_is_directory=True)
    ran = run(capfd, "score", "r.yaml", "e", "--format", "json")
    assert (ran.code, totals(ran.out)) == (0, TOTALS)


def test_a_folder_that_cannot_be_opened_is_an_error(
    desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Path.iterdir

    def iterdir(path: Path) -> object:
        if path.name == "评委":
            raise PermissionError(13, "denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    ran = run(capfd, "score", "r.yaml", "e")
    assert ran.code == 3
    assert "e/评委: E001 错误: 读不了这个文件：没有权限" in ran.err


def test_a_link_that_leads_nowhere_is_no_silence(desk: Path, capfd: Capture) -> None:
    Path("e", "走了.xlsx").symlink_to("nowhere.xlsx")
    Path("e", "走了.jpg").symlink_to("nowhere.jpg")
    ran = run(capfd, "score", "r.yaml", "e")
    assert ran.code == 3
    assert "e/走了.xlsx: E001" in ran.err
    assert "e/走了.jpg: N015" in ran.err


def test_a_pack_does_not_hold_what_was_passed_over(desk: Path, capfd: Capture) -> None:
    Path("e", "1.jpg").write_bytes(b"\xff\xd8")
    written("score", "r.yaml", "e", "-o", "e/档.zip", "-o", "e/果.json", capfd=capfd)
    assert sorted(zipfile.ZipFile("e/档.zip").namelist())[:2] == ["evidence/汇总.csv", "evidence/评分.csv"]
    assert run(capfd, "verify", "e/档.zip").code == 0
    assert run(capfd, "verify", "e/果.json", "r.yaml", "e").code == 0


def test_no_archive_is_looked_into_far(tmp_path: Path) -> None:
    for name in ("a.zip", "a.xlsx", "a.docx"):
        Path(tmp_path, name).write_bytes(b"PK\x05\x06" + bytes(8) + b"\xff\xff\xff\x7f" + bytes(6))
        assert not is_output(tmp_path / name)
