"""`dangjian raters` as a user calls it."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from openpyxl import load_workbook
from rich.cells import cell_len

from tests.support import ROOT, Ran, run
from tests.terminal import in_terminal

RUBRIC = """dangjian: 1
rubric: test-1
title: 试行细则
subject: 党支部
sections:
  - {id: A, title: 述职, max: 10, rules: [{award: 10, judge: 述职分, combine: mean}]}
  - {id: B, title: 会议, max: 5, rules: [{deduct: 1, per: 缺席次数}]}
"""
JUDGES = "党支部,评委,述职分\n一支部,张,10\n一支部,李,6\n二支部,张,10\n二支部,李,7.5\n"
MATRIX = "党支部,缺席次数\n一支部,0\n二支部,1\n"
VALIDATOR = Draft7Validator(json.loads((ROOT / "tests" / "schemas" / "raters-1.json").read_text("utf-8")))
EXAMPLE = ROOT / "examples" / "shuangshu-2024"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a matrix and a table of assessors, to stand in."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("评分表.csv").write_text(JUDGES, "utf-8")
    Path("汇总表.csv").write_text(MATRIX, "utf-8")
    return tmp_path


def document(ran: Ran) -> Any:
    found = json.loads(ran.out)
    VALIDATOR.validate(found)
    return found


def test_the_whole_document(desk: Path, capfd: Capture) -> None:
    """The golden file was worked out by hand: 张 gives 1 and 1, 李 .6 and .75 of the maximum."""
    ran = run(capfd, "raters", "r.yaml", "评分表.csv", "汇总表.csv", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    document(ran)
    golden = ROOT / "tests" / "golden" / "raters.json"
    assert re.sub(r'"(version|sha256)": "[^"]*"', r'"\1": "…"', ran.out) == golden.read_text("utf-8")


def test_who_always_gives_full_marks_is_named(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "raters", "r.yaml", "评分表.csv", "汇总表.csv")
    assert ran.code == 0
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[4:7] == [
        "张 2 100.0% 0.0% +32.5% 2",
        "李 2 67.5% 7.5% -32.5% 0",
        "张给的 2 个分全是满分",
    ]
    assert "述职分 10 4 8.38 6 10 1.63" in lines  # 33.5 ÷ 4; (2 + 1.25) ÷ 2
    assert lines[-2:] == ["一支部 述职分 张 10、李 6 10 4", "二支部 述职分 张 10、李 7.5 10 2.5"]


def test_means_without_an_end(desk: Path, capfd: Capture) -> None:
    """7, 7 and 8 of 10 are 22/3 on average, and 4/9 from it."""
    Path("评分表.csv").write_text("党支部,评委,述职分\n一支部,张,7\n一支部,李,7\n一支部,王,8\n", "utf-8")
    Path("汇总表.csv").write_text("党支部,缺席次数\n一支部,0\n", "utf-8")
    (item,) = document(run(capfd, "raters", "r.yaml", "评分表.csv", "汇总表.csv", "--format", "json"))["items"]
    assert (item["mean"], item["mean_exact"], item["spread"], item["spread_exact"]) == (
        "7.3333",
        "22/3",
        "0.4444",
        "4/9",
    )


def test_without_assessors(desk: Path, capfd: Capture) -> None:
    Path("汇总表.csv").write_text("党支部,缺席次数,述职分\n一支部,0,5\n", "utf-8")
    ran = run(capfd, "raters", "r.yaml", "汇总表.csv", "--format", "json", "-o", "x.json")
    assert ran.code == 3
    assert "E082 错误: 没有评委的评分可以分析：考核数据里没有评分表" in ran.err
    assert ([one["code"] for one in document(ran)["diagnostics"]], Path("x.json").exists()) == (["E082"], False)
    Path("r.yaml").write_text("\n".join(line for line in RUBRIC.splitlines() if "judge" not in line), "utf-8")
    Path("汇总表.csv").write_text(MATRIX, "utf-8")
    assert "没有由评委给分的项" in run(capfd, "raters", "r.yaml", "汇总表.csv").err


def test_errors_of_the_evidence_stop_it(desk: Path, capfd: Capture) -> None:
    Path("评分表.csv").write_text(JUDGES.replace("7.5", "12"), "utf-8")
    ran = run(capfd, "raters", "r.yaml", "评分表.csv", "汇总表.csv", "-o", "x.xlsx")
    assert (ran.code, ran.out, Path("x.xlsx").exists()) == (3, "", False)
    assert "评分表.csv!C5: E027" in ran.err


def test_nobody_disagrees(desk: Path, capfd: Capture) -> None:
    Path("评分表.csv").write_text("党支部,考核组,述职分\n一支部,甲组,5\n二支部,甲组,5\n", "utf-8")
    ran = run(capfd, "raters", "r.yaml", "评分表.csv", "汇总表.csv")
    assert ran.out.splitlines()[-1] == "评委之间没有分歧"


def test_the_workbook(desk: Path, capfd: Capture) -> None:
    for name in ("x.xlsx", "y.xlsx"):
        assert run(capfd, "raters", "r.yaml", "评分表.csv", "汇总表.csv", "-o", name).code == 0
    assert Path("x.xlsx").read_bytes() == Path("y.xlsx").read_bytes()
    book = load_workbook(BytesIO(Path("x.xlsx").read_bytes()))
    assert book.sheetnames == ["评委", "评分项", "分歧"]
    rows = [list(row) for row in book["评委"].iter_rows(values_only=True)]
    assert rows[1][0] == "张给的 2 个分全是满分"
    assert rows[-1] == ["李", 2, 0.675, 0.075, -0.325, 0]
    assert [cell.value for cell in list(book["分歧"])[-1]] == ["二支部", "述职分", "张 10、李 7.5", 10, 2.5]


def test_an_example_fits_the_screen() -> None:
    command = ("raters", "shuangshu-shuangping", EXAMPLE / "证据", "--units", EXAMPLE / "名册.csv")
    shown = in_terminal(*command, columns=80)
    assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= 80
    assert "共 28 处分歧，这里列出最大的 20 处" in shown
    assert "Assessor" in in_terminal(*command, "--lang", "en", columns=80)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["-o", "x.csv"], "*.xlsx"), (["--format", "csv"], "table, json"), (["--unit", "x"], "--unit")],
)
def test_usage(desk: Path, capfd: Capture, arguments: list[str], said: str) -> None:
    ran = run(capfd, "raters", "r.yaml", "评分表.csv", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_rubric_with_errors(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC + "x: 1\n", "utf-8")
    ran = run(capfd, "raters", "r.yaml", "评分表.csv", "--format", "json")
    assert (ran.code, [one["code"] for one in document(ran)["diagnostics"]]) == (3, ["E008"])
