"""Interim results at the command line: `--through`, `--rounds`, `--by-round`, in every format and command.

By 30 June, 甲 held both meetings and both lectures, was absent once and learnt twice: 10 + 4 + 3 + 8 = 25 points of
10 + 4 + 4 + 8 = 26. 乙 missed the second meeting and both lectures and learnt once; nothing is entered of its absences:
8 + 0 + 7 = 15 of 22. The mark of the year is not due, nor what happened in July.
"""

import csv
import json
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

import dangjian_score as ds
from tests.support import ROOT, run

Capture = pytest.CaptureFixture[str]
RUBRIC = """
dangjian: 1
rubric: ban-nian
title: 工作考核细则
subject: 党支部
period: 2024
total: 40
sections:
  - {id: A, title: 党员大会, max: 10, rules: [{deduct: 2, per_missing: 党员大会, of: 1, for_each: quarter}]}
  - {id: B, title: 党课, max: 8, rules: [{award: {1: 2}, at_least: 党课, for_each: quarter}]}
  - {id: C, title: 年度评价, max: 10, rules: [{award: 10, judge: 年度评分}]}
  - {id: D, title: 纪律, max: 4, rules: [{deduct: 1, per: 缺席次数}]}
  - {id: E, title: 学习, max: 8, rules: [{deduct: 1, per_missing: 学习次数, of: {2024-06-30: 2, 2024-12-31: 4}}]}
vetoes: [{title: 弄虚作假, if: 弄虚作假, total: 0}]
grades: {优秀: 36, 良好: 0}
selections: [{title: 先进, places: 1}]
"""
MATRIX = "党支部,年度评分,缺席次数,学习次数,弄虚作假\n甲,,1,2,否\n乙,9,,1,否\n"
LEDGER = """党支部,事项,日期
甲,党员大会,2024-02-01
甲,党员大会,2024-05-01
甲,党课,2024-02-01
甲,党课,2024-05-01
乙,党员大会,2024-02-01
乙,党员大会,2024-08-01
"""
QUARTERS = """
dangjian: 1
rubric: ji-du
title: 季度考核细则
subject: 党支部
period: 2024
rounds: {一季度: 20%, 二季度: 20%, 三季度: 20%, 四季度: 40%}
spans: {上半年: [一季度, 二季度]}
sections: [{id: X, title: 全部, max: 100, rules: [{deduct: 1, per: 问题数}]}]
"""
FILES = ("r.yaml", "汇总.csv", "台账.csv")
JUNE = ("--through", "2024-06-30")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"r.yaml": RUBRIC, "汇总.csv": MATRIX, "台账.csv": LEDGER, "q.yaml": QUARTERS}.items():
        Path(name).write_text(text, "utf-8")
    Path("季度.csv").write_text("党支部,轮次,问题数\n甲,一季度,10\n甲,二季度,0\n", "utf-8")


def document(capfd: Capture, *arguments: str) -> Any:
    ran = run(capfd, "score", *arguments, "--format", "json", "--quiet")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_the_screen_says_what_it_is(capfd: Capture) -> None:
    ran = run(capfd, "score", *FILES, *JUNE)
    assert ran.code == 0
    assert ran.out.startswith("阶段性结果（截至2024年6月30日）：只计到期的内容，不作为确定年度等次的依据")
    assert "未到考核时点，暂不计分：C 年度评价（2024年12月31日）。" in ran.out
    rows = [line.split() for line in ran.out.splitlines() if "甲" in line or "乙" in line]
    assert [row[:5] for row in rows] == [["1", "甲", "25.00", "26", "96.15%"], ["2", "乙", "15.00", "22", "68.18%"]]
    assert not {"优秀", "良好", "先进"} & {*ran.out.split()}
    assert "汇总.csv!B3: N026" in ran.err
    assert "台账.csv!A7: N026" in ran.err
    assert "“党员大会”有 1 行的日期在 2024-06-30 以后（A7）" in ran.err


def test_json(capfd: Capture) -> None:
    said = document(capfd, *FILES, *JUNE)
    assert said["through"] == "2024-06-30"
    assert said["pending"] == [{"id": "C", "title": "年度评价", "due": "2024-12-31"}]
    first, second = said["units"]
    assert [first[key] for key in ("unit", "rank", "total", "due", "rate", "grade")] == [
        *("甲", 1, "25.00", "26.00", "96.15%"),
        None,
    ]
    assert {node["id"]: (node["points"], node["due"]) for node in second["nodes"]} == {
        "A": ("8.00", "10.00"),
        "B": ("0.00", "4.00"),
        "C": ("0.00", "0.00"),
        "D": ("0.00", "0.00"),
        "E": ("7.00", "8.00"),
    }
    lines = {node["id"]: [line["text"] for line in node["lines"]] for node in second["nodes"]}
    assert lines["C"] == lines["D"] == ["未到考核时点，暂不计分"]
    assert said["selections"] == []


def test_the_last_day_of_the_period_gives_the_whole_of_it(capfd: Capture) -> None:
    Path("汇总.csv").write_text(MATRIX.replace("甲,,1,2", "甲,8,1,4").replace("乙,9,,1", "乙,9,0,4"), "utf-8")
    assert document(capfd, *FILES, "--through", "2024-12-31") == document(capfd, *FILES)


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_files_say_what_they_are(capfd: Capture) -> None:
    outputs = [f"-oa.{form}" for form in ("xlsx", "html", "docx", "md", "csv")]
    assert run(capfd, "score", *FILES, *JUNE, *outputs, "--feedback", "f.docx", "--quiet").code == 0
    ranking = [[cell.value for cell in row] for row in load_workbook("a.xlsx")["总表"].iter_rows()]
    assert ranking[0][0] == "2024年上半年工作考核情况（送审稿；阶段性结果，截至2024年6月30日）"
    heads = next(row for row in ranking if "应考核分值" in row)
    unit = dict(zip(heads, next(row for row in ranking if row[1] == "乙"), strict=True))
    assert (unit["得分"], unit["应考核分值"], unit["得分率"]) == (15, 22, 0.6818181818)
    for name in ("a.docx", "f.docx"):
        paragraphs = [paragraph.text for paragraph in Document(name).paragraphs]
        assert "（送审稿；阶段性结果，截至2024年6月30日）" in paragraphs
        assert any("不作为确定年度等次的依据" in text for text in paragraphs)
    for name in ("a.html", "a.md"):
        text = Path(name).read_text("utf-8")
        assert "不作为确定年度等次的依据" in text
        assert "96.15%" in text
    rows = list(csv.reader(StringIO(Path("a.csv").read_text("utf-8-sig"))))
    assert rows[0][-4:] == ["得分", "应考核分值（截至2024年6月30日）", "得分率", "说明"]
    again = run(capfd, "score", "r.yaml", *FILES[1:], *JUNE, "-oa.csv", "-oa.md", "--quiet")
    assert again.code == 0, "our own outputs may be written over"


def test_a_result_and_a_pack_are_verified_as_far_as_they_go(capfd: Capture) -> None:
    assert run(capfd, "score", *FILES, *JUNE, "-o", "a.json", "-o", "a.zip", "--quiet").code == 0
    assert run(capfd, "verify", "a.json", *FILES).code == 0
    assert run(capfd, "verify", "a.zip").code == 0
    result = json.loads(Path("a.json").read_text("utf-8"))
    Path("a.json").write_text(json.dumps({**result, "through": "2024-03-31"}), "utf-8")
    assert run(capfd, "verify", "a.json", *FILES).code == 1
    Path("a.json").write_text(json.dumps({**result, "through": "2024-02-31"}), "utf-8")
    ran = run(capfd, "verify", "a.json", *FILES)
    assert (ran.code, "E081" in ran.err) == (3, True)


def test_two_interim_results_are_compared_and_others_with_a_warning(capfd: Capture) -> None:
    for day in ("2024-03-31", "2024-06-30"):
        assert run(capfd, "score", *FILES, "--through", day, "-o", f"{day}.json", "--quiet").code == 0
    same = run(capfd, "compare", "r.yaml", "2024-06-30.json", "2024-06-30.json", "--format", "json")
    assert (same.code, "W022" in same.err) == (0, False)
    moved = run(capfd, "compare", "r.yaml", "2024-03-31.json", "2024-06-30.json", "--format", "json")
    differences = {unit["unit"]: unit["difference"] for unit in json.loads(moved.out)["units"]}
    # 甲 by 31 March: 10 + 2 + 3, learning is not due; 乙: 10 + 0
    assert differences == {"甲": "10.00", "乙": "5.00"}
    assert "W022" in moved.err
    assert "截至2024年3月31日" in moved.err
    Path("证据").mkdir()
    for name in FILES[1:]:
        Path(name).rename(Path("证据", name))
    beside = run(capfd, "compare", "r.yaml", "2024-06-30.json", "证据", *JUNE)
    assert (beside.code, "W022" in beside.err) == (0, False)


def test_rounds_by_name(capfd: Capture) -> None:
    said = document(capfd, "q.yaml", "季度.csv", "--rounds", "一季度、二季度")
    assert said["rounds"] == ["一季度", "二季度"]
    assert [part["title"] for part in said["pending"]] == ["三季度", "四季度"]
    (unit,) = said["units"]
    assert (unit["total"], unit["due"], unit["rate"]) == ("38.00", "40.00", "95.00%")
    stages = {**unit["rounds"], **unit["spans"]}
    assert {name: (stage["total"], stage["due"], stage["rank"]) for name, stage in stages.items()} == {
        "一季度": ("90.00", "100.00", 1),
        "二季度": ("100.00", "100.00", 1),
        "上半年": ("38.00", "40.00", 1),
    }


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_every_round_is_shown(capfd: Capture) -> None:
    ran = run(capfd, "score", "q.yaml", "季度.csv", "--through", "2024-09-29", "--by-round", "-o", "q.xlsx", "-oq.html")
    assert ran.code == 0
    shown = [line.split() for line in ran.out.splitlines() if line.split()[1:2] == ["甲"]]
    assert shown[1:] == [
        ["一季度", "甲", "90.00", "90.00", "100", "90.00%", "1"],
        ["二季度", "甲", "100.00", "100.00", "100", "100.00%", "1"],
        ["上半年", "甲", "38.00", "38.00", "40", "95.00%", "1"],
    ]
    rows = load_workbook("q.xlsx")["各轮"].iter_rows(min_row=2, values_only=True)
    assert [row[0] for row in rows] == ["轮次", "一季度", "二季度", "上半年"]
    assert "各轮得分" in Path("q.html").read_text("utf-8")


def test_a_missing_round_names_the_option(capfd: Capture) -> None:
    ran = run(capfd, "score", "q.yaml", "季度.csv")
    assert (ran.code, ran.err.count("E044")) == (3, 1)
    assert "“甲”缺少轮次“三季度、四季度”" in ran.err
    assert "，用 --rounds 指定，如 --rounds 一季度,二季度" in ran.err
    asked = run(capfd, "score", "q.yaml", "季度.csv", "--rounds", "三季度")
    assert (asked.code, "用 --rounds 指定" in asked.err) == (3, False)


def test_what_is_handed_in_of_later_rounds_is_noted(capfd: Capture) -> None:
    ran = run(capfd, "score", "q.yaml", "季度.csv", "--rounds", "一季度", "--format", "csv")
    assert ran.code == 0
    assert "季度.csv!A3: N026 提示: 未到考核时点，暂不计分：轮次“二季度”有 1 行（A3）" in ran.err


def test_a_unit_that_is_founded_later_is_left_out(capfd: Capture) -> None:
    Path("名册.csv").write_text("党支部,成立日期\n甲,\n乙,\n丙,2024-08-01\n", "utf-8")
    ran = run(capfd, "score", *FILES, "--units", "名册.csv", *JUNE, "--format", "csv")
    assert ran.code == 0
    assert [line.split(",")[1] for line in ran.out.splitlines()[1:]] == ["甲", "乙"]
    assert "名册.csv!A4: N026 提示: 未到考核时点，暂不计分：“丙”在 2024-06-30 以后成立" in ran.err
    ran = run(capfd, "score", *FILES, "--units", "名册.csv", "--through", "2024-08-31")
    assert (ran.code, "“丙”没有数据" in ran.err or "E095" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("rubric", "options", "says"),
    [
        ("q.yaml", ["--rounds", "五季度"], "没有轮次“五季度”；轮次只能是：一季度、二季度、三季度、四季度"),
        ("r.yaml", ["--rounds", "1月"], "细则没有轮次，不能用 --rounds 1月；用 --through 指定日期"),
        ("r.yaml", ["--through", "2025-06-30"], "2025-06-30 不在考核期（2024-01-01 至 2024-12-31）里"),
        ("q.yaml", ["--through", "2024-02-01"], "到 2024-02-01 还没有应考核的内容"),
        ("zuzhi-mubiao", ["--through", "2024-02-01"], "细则没有写考核期（period）"),
        ("n.yaml", ["--through", "2024-02-01"], "轮次“平时、年终”没有起止日期"),
    ],
)
def test_what_cannot_be_scored_in_between(rubric: str, options: list[str], says: str, capfd: Capture) -> None:
    Path("n.yaml").write_text(
        QUARTERS.replace("{一季度: 20%, 二季度: 20%, 三季度: 20%, 四季度: 40%}", "{平时: 50%, 年终: 50%}").replace(
            "spans: {上半年: [一季度, 二季度]}\n", ""
        ),
        "utf-8",
    )
    for command in (["score", rubric, "季度.csv"], ["template", rubric]):
        ran = run(capfd, *command, *options)
        assert (ran.code, "E100" in ran.err) == (3, True)
        assert says in ran.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--rounds", "一季度", *JUNE], "--through 和 --rounds 只能用一个"),
        (["--through", "2024-06-31"], "2024-06-31"),
        (["--through", "6月"], "6月"),
        (["--rounds", "，"], "，"),
    ],
)
def test_options_that_cannot_be_read(options: list[str], says: str, capfd: Capture) -> None:
    ran = run(capfd, "score", "q.yaml", "季度.csv", *options)
    assert (ran.code, says in ran.err) == (2, True)


def test_a_template_of_what_is_due(capfd: Capture) -> None:
    ran = run(capfd, "template", "r.yaml", *JUNE, "-o", "t.xlsx")
    assert ran.err.splitlines()[1] == "填好以后：dangjian score r.yaml t.xlsx --through 2024-06-30"
    heads = [cell.value for row in load_workbook("t.xlsx")["汇总表"].iter_rows(max_row=8) for cell in row]
    assert {"缺席次数", "学习次数", "弄虚作假"} <= {*heads}
    assert "年度评分" not in heads
    assert run(capfd, "template", "q.yaml", "--rounds", "三季度", "-o", "q.xlsx").code == 0
    text = json.dumps([[cell.value for cell in row] for sheet in load_workbook("q.xlsx") for row in sheet.iter_rows()])
    assert json.dumps("三季度")[1:-1] in text
    assert json.dumps("二季度")[1:-1] not in text


def test_explain_says_when(capfd: Capture) -> None:
    dated = RUBRIC.replace("award: 10, judge: 年度评分", "award: 10, judge: 年度评分, due: 2024-11-30")
    Path("r.yaml").write_text(dated, "utf-8")
    out = run(capfd, "explain", "r.yaml", "--format", "md").out
    assert "“学习次数”应在2024年6月30日前累计 2、2024年12月31日前累计 4，每少 1，扣 1 分" in out
    assert "（2024年11月30日考核）" in out


def test_the_story_of_a_unit_goes_as_far(capfd: Capture) -> None:
    ran = run(capfd, "explain", *FILES, "--unit", "甲", *JUNE)
    assert ran.code == 0
    assert "甲（阶段性结果，截至2024年6月30日）  25.00 / 26" in ran.out


def test_evidence_is_scored_as_far_as_it_was_read() -> None:
    rubric = ds.load_rubric("q.yaml")
    evidence = ds.read_evidence(rubric.in_rounds("上半年"), "季度.csv")
    with pytest.raises(ValueError, match="another part of the period"):
        ds.score(rubric, evidence)


def test_from_python() -> None:
    rubric = ds.load_rubric("q.yaml")
    with pytest.raises(ValueError, match="no round"):
        rubric.in_rounds()
    so_far = rubric.in_rounds("一 季度", "二季度")
    (row,) = ds.score(so_far, ds.read_evidence(so_far, "季度.csv")).rows()
    assert (row["total"], row["due"], row["rate"]) == (38, 40, Fraction(19, 20))
    with pytest.raises(ds.InputError, match="E100"):
        rubric.in_rounds("五季度")


YUEDU = ROOT / "tests" / "interim" / "yuedu"


@pytest.mark.parametrize(
    ("file", "rounds", "totals"),
    [
        # 1 月: 0 + 20 + 3 + 10 + 10 and 5 × 80 %; 21 + 15 + 0 + 20 + 10 and 5 + 5 × 50 %
        ("一月", "1月", {"第1支部": "47.00", "第2支部": "73.50"}),
        ("三行", "1月", {"第1支部": "47.00"}),
        # 2 月: 100 each
        ("两月", "1月,2月", {"第1支部": "73.50", "第2支部": "86.75"}),
        ("全年", "1月", {"第1支部": "47.00", "第2支部": "73.50"}),
        ("全年", "1月,2月,3月", {"第1支部": "82.33", "第2支部": "91.17"}),
        ("缺一", "1月", {"第1支部": "47.00", "第2支部": "73.50"}),
    ],
)
def test_months_of_a_monthly_regulation(file: str, rounds: str, totals: dict[str, str], capfd: Capture) -> None:
    said = document(capfd, "yuedu-guiding", str(YUEDU / f"{file}.csv"), "--rounds", rounds)
    found = {unit["unit"]: unit for unit in said["units"]}
    assert {name: found[name]["total"] for name in totals} == totals
    assert {unit["due"] for unit in found.values()} == {"100.00"}


@pytest.mark.parametrize("file", ["三行", "两月", "缺一"])
def test_months_that_are_missing_are_errors_that_name_the_option(file: str, capfd: Capture) -> None:
    ran = run(capfd, "score", "yuedu-guiding", YUEDU / f"{file}.csv")
    assert (ran.code, "E044" in ran.err, "用 --rounds 指定" in ran.err) == (3, True, True)


def test_a_year_of_a_monthly_regulation(capfd: Capture) -> None:
    said = document(capfd, "yuedu-guiding", str(YUEDU / "全年.csv"))
    january = {unit["unit"]: unit["rounds"]["1月"] for unit in said["units"]}
    assert [january["第2支部"][key] for key in ("base", "bonus", "total")] == ["66.00", "7.50", "73.50"]
    # 1173.5 ÷ 12 each, rounded once
    tied = document(capfd, "yuedu-guiding", str(YUEDU / "舍入.csv"))
    assert {unit["unit"]: (unit["total"], unit["rank"]) for unit in tied["units"]} == {
        "甲": ("97.79", 1),
        "乙": ("97.79", 1),
    }
