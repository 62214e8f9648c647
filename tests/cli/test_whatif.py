"""`dangjian whatif` as a user calls it."""

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
from tests.words.sentences import is_english

RUBRIC = """dangjian: 1
rubric: test-1
title: 试行细则
subject: 党支部
total: 100
measures: {处分: {register: true}}
tie_break: [A]
vetoes: [{title: 造假, if: 弄虚作假, grade_at_most: 一般}]
grades: {优秀: {at_least: 90, sections: {B: 75%}}, 良好: 80, 一般: 0}
selections: [{title: 先进, at_least: 85, quota: 50%}, {title: 通报, below: 80}]
sections:
  - {id: A, title: 会议, max: 60, rules: [{deduct: 1, per: 缺席次数}, {deduct: {警告: 0.5}, by: 处分}]}
  - {id: B, title: 述职, max: 40, rules: [{award: 40, judge: 述职分, combine: mean}]}
"""
MATRIX = "党支部,缺席次数,弄虚作假\n一支部,4,否\n二支部,0,否\n三支部,1,否\n四支部,20,否\n五支部,0,是\n六支部,1,否\n"
JUDGES = """党支部,评委,述职分
一支部,张,34
一支部,李,35
二支部,张,32
三支部,张,29.5
四支部,张,40
五支部,张,29
六支部,张,28.5
"""
REGISTER = "党支部,事项,级别,日期\n一支部,处分,警告,2024-03-05\n一支部,处分,警告,\n"
FILES = ("汇总表.csv", "评分表.csv", "台账.csv")
VALIDATOR = Draft7Validator(json.loads((ROOT / "tests" / "schemas" / "whatif-1.json").read_text("utf-8")))
EXAMPLE = ROOT / "examples" / "zuzhi-2024" / "证据"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a rubric and evidence, to stand in."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    for name, text in zip(FILES, (MATRIX, JUDGES, REGISTER), strict=True):
        Path(name).write_text(text, "utf-8")
    return tmp_path


def document(ran: Ran) -> Any:
    found = json.loads(ran.out)
    VALIDATOR.validate(found)
    return found


def lines(ran: Ran) -> list[str]:
    return [" ".join(line.split()) for line in ran.out.splitlines()]


def test_the_whole_print(desk: Path) -> None:
    """The golden file was worked out by hand.

    一支部 has 60 − 4 − 1 + 34.5 = 89.5, 二支部 92, 三支部 88.5, 四支部 80, 五支部 89 and a veto, 六支部 87.5; of
    six units three are 先进.
    """
    shown = in_terminal("whatif", desk / "r.yaml", *(desk / name for name in FILES), columns=80)
    golden = ROOT / "tests" / "golden" / "whatif.txt"
    assert "\n".join(line.rstrip() for line in shown.splitlines()) + "\n" == golden.read_text("utf-8")


def test_the_document(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "whatif", "r.yaml", *FILES, "--format", "json", "--within", "0.5", "--step", "1")
    assert ran.code == 0
    found = document(ran)
    assert (found["within"], found["step"]) == ("0.5", "1")
    first = next(one for one in found["units"] if one["unit"] == "一支部")
    assert (first["rank"], first["total"], first["grade"], first["selections"]) == (2, "89.50", "良好", ["先进"])
    assert [(one["threshold"]["kind"], one["gap"], one["held"]) for one in first["near"]] == [("grade", "0.5", False)]
    assert [one["to"] for one in first["near"][0]["decided_by"]] == ["35", "36"]
    assert first["items"][0]["after"]["grade"] == "优秀"
    assert [one["event"] for one in first["items"] if one["event"]] == ["台账.csv!A2", "台账.csv!A3"]
    assert found["borders"] == [
        {
            "selection": "先进",
            "group": None,
            "last": {"unit": "三支部", "total": "88.50"},
            "first": {"unit": "六支部", "total": "87.50"},
            "gap": "1",
            "tied": [],
        }
    ]
    assert all(one["near"] == [] == one["items"] for one in found["units"] if one["unit"] == "二支部")


def test_only_some_units(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "whatif", "r.yaml", *FILES, "--unit", "二支部")
    assert lines(ran)[1:3] == ["这些单位离等次、评优的线都不在 1 分以内", ""]
    assert lines(ran)[-1] == "1 个单位名次都稳定"
    assert run(capfd, "whatif", "r.yaml", *FILES, "--unit", "九支部").code == 2


def test_nobody_judged_and_nobody_close(desk: Path, capfd: Capture) -> None:
    rules = re.sub(r"judge: 述职分, combine: mean", "if: 已述职", RUBRIC)
    Path("r.yaml").write_text(rules, "utf-8")
    Path("汇总表.csv").write_text("党支部,缺席次数,弄虚作假,已述职\n一支部,4,否,否\n二支部,5,否,是\n", "utf-8")
    ran = run(capfd, "whatif", "r.yaml", "汇总表.csv", "台账.csv")
    assert (ran.code, lines(ran)[1]) == (0, "没有单位离等次、评优的线在 1 分以内（共 2 个）")
    assert lines(ran)[-1] == "没有由评委给的分，名次不会因评委的分变动"
    ran = run(capfd, "whatif", "r.yaml", "汇总表.csv", "台账.csv", "--within", "5", "-o", "x.xlsx")
    assert "二支部 95.00 只比优秀线高 5 分，再低是良好" in lines(ran)
    assert load_workbook("x.xlsx").sheetnames == ["差多少", "名额线", "增减一件"]


def test_the_workbook(desk: Path, capfd: Capture) -> None:
    for name in ("x.xlsx", "y.xlsx"):
        assert run(capfd, "whatif", "r.yaml", *FILES, "-o", name).code == 0
    assert Path("x.xlsx").read_bytes() == Path("y.xlsx").read_bytes()
    book = load_workbook(BytesIO(Path("x.xlsx").read_bytes()))
    assert book.sheetnames == ["差多少", "名额线", "增减一件", "名次"]
    rows = [list(row) for row in book["差多少"].iter_rows(values_only=True)]
    assert rows[4] == ["一支部", 2, 89.5, "良好", 0.5, "差 0.5 分到优秀", "述职分（张） 34→35\n述职分（李） 35→36"]
    rows = [list(row) for row in book["增减一件"].iter_rows(values_only=True)]
    assert ["一支部", "缺席次数 4→3", 1, 90.5, "等次 良好→优秀"] in rows
    assert ["一支部", "少一件“处分”（警告、2024-03-05）", 0.5, 90, "等次 良好→优秀"] in rows
    assert list(book["名次"].iter_rows(values_only=True))[-1][0] == "四支部"


def test_everything_can_be_said(desk: Path, capfd: Capture) -> None:
    """A unit of each kind; Chinese names aside, an English print has English words only."""
    Path("评分表.csv").write_text(JUDGES.replace("六支部,张,28.5", "六支部,张,29.5"), "utf-8")
    zh = run(capfd, "whatif", "r.yaml", *FILES, "--within", "4")
    for said in (
        "“先进”与六支部并列，跨在名额线上；待定",
        "差 1.5 分到优秀；但“B 述职”还差 0.5 分",
        "差 1 分到优秀；但被一票否决（造假），加分也没有用；但“B 述职”还差 1 分",
        "正好在良好线上，再低是一般",
        "正好在“通报”的 80 分线上，再低就列入",
        "论分“先进”能入选",
    ):
        assert said in zh.out.replace("\n", ""), said
    en = run(capfd, "whatif", "r.yaml", *FILES, "--within", "4", "--lang", "en")
    names = (
        "[一二三四五六]支部|党支部|述职分|述职|缺席次数|弄虚作假|处分|警告|优秀|良好|一般|先进|通报|造假|试行细则|张|李"
    )
    assert is_english(re.sub(f"{names}|张|李", "", en.out))
    assert en.code == 0


def test_errors_of_the_evidence_stop_it(desk: Path, capfd: Capture) -> None:
    Path("评分表.csv").write_text(JUDGES.replace("29.5", "41"), "utf-8")
    ran = run(capfd, "whatif", "r.yaml", *FILES, "-o", "x.xlsx", "--format", "json")
    assert (ran.code, Path("x.xlsx").exists()) == (3, False)
    assert "评分表.csv!C5: E027" in ran.err
    assert [one["code"] for one in document(ran)["diagnostics"] if one["severity"] == "error"] == ["E027"]


def test_a_rubric_with_errors(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC + "x: 1\n", "utf-8")
    ran = run(capfd, "whatif", "r.yaml", *FILES)
    assert (ran.code, ran.out) == (3, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "x.csv"], "*.xlsx"),
        (["--format", "csv"], "table, json"),
        (["--within", "-1"], "--within"),
        (["--step", "0"], "--step"),
        (["--step", "半"], "--step"),
    ],
)
def test_usage(desk: Path, capfd: Capture, arguments: list[str], said: str) -> None:
    ran = run(capfd, "whatif", "r.yaml", *FILES, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_an_example_fits_the_screen() -> None:
    shown = in_terminal("whatif", "zuzhi-mubiao", EXAMPLE, columns=80)
    assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= 80
    assert "差 0.01 分" in shown.replace("\n", "")
