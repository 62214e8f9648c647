"""What is done where only some of the evidence can be used: --partial, --problems, and saying less with --quiet."""

import json
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from dangjian_score.cli import screen
from dangjian_score.core.books import WRONG_FILL
from tests.support import run
from tests.terminal import in_terminal

RUBRIC = """dangjian: 1
rubric: test-1
title: 试
subject: 党支部
attributes: [类型]
sections:
- {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}, {deduct: 2, per: 迟到}]}
- {id: B, title: 乙, max: 5, rules: [{deduct: 5, unless: 有计划}]}
measures: {迟到: {register: true}}
selections: [{title: 先进, quota: 40%}, {title: 片区先进, quota: 50%, within: 类型}]
"""
RANKED = RUBRIC.replace("{deduct: 5, unless: 有计划}", "{award: {1: 5}, else: 2, rank: 缺}")
HEAD = "党支部,类型,缺,有计划\n"
ROWS = ["一支部,机关,0,是", "二支部,机关,1,是", "三支部,企业,2,是", "四支部,企业,x,是", "五支部,企业,,否"]
REGISTER = "党支部,事项,数量\n一支部,迟到,\n"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a rubric, a matrix whose last two units have errors, and a register."""
    (tmp_path / "r.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "e.csv").write_text(HEAD + "\n".join(ROWS) + "\n", "utf-8")
    (tmp_path / "t.csv").write_text(REGISTER, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_units_without_errors_are_scored_alone(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--partial", "--format", "json")
    assert ran.code == 1
    result = json.loads(ran.out)
    totals = {one["unit"]: one["total"] for one in result["units"]}
    assert totals == {"二支部": "14.00", "一支部": "13.00", "三支部": "13.00"}
    assert result["unscored"] == [
        {"unit": "四支部", "attributes": {"类型": "企业"}, "problems": ["E022"]},
        {"unit": "五支部", "attributes": {"类型": "企业"}, "problems": ["E021"]},
    ]
    assert {one["code"] for one in result["diagnostics"] if one["severity"] == "error"} == {"E021", "E022"}
    # Two fifths of five units, one half of three 企业: those that are not scored count as well.
    assert {one["title"]: one["units"] for one in result["selections"]} == {
        "先进": ["二支部"],
        "片区先进": ["二支部", "三支部"],
    }
    assert "E022" in ran.err


def test_what_is_provisional_says_so(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--partial", "-o", "r.csv")
    assert "名次（暂定）" in ran.out
    assert "项目（暂定）" in ran.out
    assert "未评：四支部（有错误 E022）" in ran.out
    table = (desk / "r.csv").read_text("utf-8-sig")
    assert table.startswith("名次（暂定）,党支部")
    assert ",四支部,企业,,,,未评: E022" in table
    english = run(capfd, "--lang", "en", "score", "r.yaml", "e.csv", "t.csv", "--partial")
    assert "not scored: 四支部 (errors E022)" in english.out


def test_without_errors_nothing_is_provisional(desk: Path, capfd: Capture) -> None:
    (desk / "e.csv").write_text(HEAD + "\n".join(ROWS[:3]) + "\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--partial")
    assert ran.code == 0
    assert "暂定" not in ran.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"r.yaml": RANKED}, "有按名次、平均分计分的规则"),
        ({"e.csv": HEAD.replace("缺", "缺席") + "\n".join(ROWS) + "\n"}, "个错误不属于某一个单位（e.csv"),
        ({"t.csv": REGISTER + "六支部,迟到,\n"}, "1 个错误不属于某一个单位（t.csv!A3"),
        ({"x.csv": ""}, "1 个错误不属于某一个单位（x.csv"),
        ({"e.csv": HEAD + "\n".join(ROWS[3:]) + "\n", "t.csv": "党支部,事项\n"}, "每个单位都有错误"),
    ],
)
def test_where_nothing_can_be_scored(change: dict[str, str], said: str, desk: Path, capfd: Capture) -> None:
    for name, text in change.items():
        (desk / name).write_text(text, "utf-8")
    ran = run(capfd, "score", "r.yaml", *sorted(desk.glob("*.csv")), "--partial", "-o", "r.json")
    assert ran.code == 3
    assert said in ran.err
    assert not (desk / "r.json").exists()


def test_an_error_in_an_event_or_a_form_leaves_its_unit_out(desk: Path, capfd: Capture) -> None:
    (desk / "e.csv").write_text(HEAD + "\n".join(ROWS[:3]) + "\n", "utf-8")
    (desk / "t.csv").write_text(REGISTER + "二支部,迟到,-1\n", "utf-8")
    (desk / "f.csv").write_text("单位,六支部\n指标,填报值\n类型,机关\n缺,1\n有计划吗,是\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "f.csv", "--partial", "--format", "json")
    assert {one["unit"]: one["problems"] for one in json.loads(ran.out)["unscored"]} == {
        "二支部": ["E027"],
        "六支部": ["E024"],
    }


def test_names_that_may_mean_one_unit_leave_both_out(desk: Path, capfd: Capture) -> None:
    (desk / "e.csv").write_text(HEAD + "一支部,机关,0,是\n(一)支部,机关,0,是\n二支部,机关,1,是\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--partial", "--format", "json")
    assert [one["unit"] for one in json.loads(ran.out)["unscored"]] == ["一支部", "(一)支部"]


def test_a_roster_names_those_nobody_heard_of(desk: Path, capfd: Capture) -> None:
    (desk / "u.csv").write_text("党支部,别名\n一支部,\n二支部,\n三支部,\n四支部,\n五支部,\n七支部,\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--units", "u.csv", "--partial", "--format", "json")
    assert [one["unit"] for one in json.loads(ran.out)["unscored"]] == ["四支部", "五支部", "七支部"]
    (desk / "u.csv").write_text("党支部,别名\n一支部,\n二支部,一支部\n三支部,\n四支部,\n五支部,\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--units", "u.csv", "--partial", "--format", "json")
    assert ran.code == 3  # nobody knows whose rows those of 一支部 are


def marked(data: bytes) -> dict[str, list[tuple[str, str]]]:
    """Give of each sheet the cells marked as wrong, with what stands beside them."""
    book = openpyxl.load_workbook(BytesIO(data))
    return {
        sheet.title: [
            (str(cell.value or ""), str(row[1].value))
            for row in sheet.iter_rows()
            for cell in row
            if cell.fill.fgColor.rgb == WRONG_FILL.fgColor.rgb
        ]
        for sheet in book.worksheets
    }


def test_the_workbook_to_mail_back(desk: Path, capfd: Capture) -> None:
    (desk / "坏.xlsx").write_bytes(b"PK\x03\x04")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "坏.xlsx", "--problems", "back.xlsx")
    assert ran.code == 3
    assert "已写入 back.xlsx" in ran.err
    data = (desk / "back.xlsx").read_bytes()
    assert marked(data) == {
        "e": [
            ("x", "C5：“缺”里的“x”读不懂，应填次数（不小于 0 的整数）（E022）"),
            ("", "C6：“五支部”缺“缺”的值；请填上，没有发生也要填 0、“否”或“无”（E021）"),
        ],
        "坏": [],
    }
    sheet = openpyxl.load_workbook(BytesIO(data))["坏"]
    assert "E028" in str(sheet["A3"].value)
    again = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "坏.xlsx", "--problems", "again.xlsx")
    assert again.code == 3
    assert (desk / "again.xlsx").read_bytes() == data


def test_the_roster_is_never_mailed_back(desk: Path, capfd: Capture) -> None:
    (desk / "u.csv").write_text("党支部\n一支部\n二支部\n三支部\n四支部\n五支部\n七支部\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--units", "u.csv", "--problems", "back.xlsx")
    assert ran.code == 3
    book = openpyxl.load_workbook(BytesIO((desk / "back.xlsx").read_bytes()))
    assert book.sheetnames == ["e"]  # no sheet of the roster, and none of its rows
    lines = [str(row[0].value) for row in book["e"].iter_rows()]
    (missing,) = [line for line in lines if "七支部" in line]
    assert missing.startswith("e.csv：")
    assert missing.endswith("（E095）")


def test_nothing_to_mail_back(desk: Path, capfd: Capture) -> None:
    (desk / "e.csv").write_text(HEAD + "\n".join(ROWS[:3]) + "\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "--problems", "back.xlsx")
    assert ran.code == 0
    assert "没有要退回修改的" in ran.err
    assert not (desk / "back.xlsx").exists()


def test_problems_are_never_written_over_evidence(desk: Path, capfd: Capture) -> None:
    (desk / "e.xlsx").write_bytes(b"PK")
    assert "E041" in run(capfd, "score", "r.yaml", "e.xlsx", "--problems", "e.xlsx").err
    assert (desk / "e.xlsx").read_bytes() == b"PK"
    assert run(capfd, "score", "r.yaml", "e.csv", "--problems", "back.csv").code == 2


def test_quiet_says_only_what_must_be_said(desk: Path, capfd: Capture) -> None:
    (desk / "e.csv").write_text("序号," + HEAD + "1," + "\n2,".join(ROWS[:3]) + "\n", "utf-8")
    loud = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "-o", "r.json")
    assert "N003" in loud.err
    assert "2 个文件，3 个单位，25 个有内容的格（计分 14，标题 7，跳过或不计 4），1 个提示" in loud.err
    quiet = run(capfd, "score", "r.yaml", "e.csv", "t.csv", "-o", "r.json", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, loud.out, "")


def test_patterns_are_understood_where_the_shell_leaves_them(desk: Path, capfd: Capture) -> None:
    (desk / "e.csv").write_text(HEAD + "\n".join(ROWS[:3]) + "\n", "utf-8")
    (desk / "~$e.csv").write_text("", "utf-8")
    ran = run(capfd, "score", "r.yaml", "*.csv", "--format", "json")
    assert [one["name"] for one in json.loads(ran.out)["evidence"]] == ["e.csv", "t.csv"]
    assert "里面没有" in run(capfd, "score", "r.yaml", "*.xlsx").err


def test_a_bar_shows_on_a_terminal_only_and_only_after_a_while(
    desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "e.csv").write_text(HEAD + "\n".join(ROWS[:3]) + "\n", "utf-8")
    plain = in_terminal("score", desk / "r.yaml", desk / "e.csv", desk / "t.csv", columns=80, escapes=True)
    assert "读考核数据" not in plain
    monkeypatch.setattr(screen, "DELAY", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    capfd.readouterr()
    from dangjian_score.words.say import load_words

    watched = screen.bars(load_words("zh"), quiet=False)(["a"] * 3, "files")
    assert list(watched) == ["a"] * 3
    assert "读考核数据" in capfd.readouterr().err
    assert list(screen.bars(load_words("zh"), quiet=True)(["a"], "files")) == ["a"]
    assert capfd.readouterr().err == ""
