"""`dangjian compare` as a user calls it: two years, evidence and results, changed rubrics, files and screens."""

import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from openpyxl import load_workbook
from rich.cells import cell_len

from tests.carriers.office import soffice
from tests.support import ROOT, Ran, run
from tests.terminal import in_terminal

RUBRIC = """dangjian: 1
rubric: test-1
title: 试行细则
subject: 党支部
total: 10
sections:
  - {id: A, title: 组织, max: 6, items: [
      {id: A1, title: 会议, max: 4, rules: [{deduct: 1, per: 缺席次数}]},
      {id: A2, title: 计划, max: 2, rules: [{award: 2, if: 有计划}]}]}
  - {id: B, title: 学习, max: 4, rules: [{award: 4, ratio: 学时, of: 40}]}
grades: {优秀: 9, 合格: 5, 差: 0}
"""
LATER = RUBRIC.replace("会议, max: 4", "会议出席, max: 4").replace("B, title: 学习", "C, title: 学习")
BEFORE = "党支部,缺席次数,有计划,学时\n一支部,0,是,40\n二支部,1,是,30\n三支部,3,否,10\n四支部,0,是,0\n"
AFTER = "党支部,缺席次数,有计划,学时\n一支部,2,是,40\n二支部,1,否,35\n三支部,0,否,10\n五支部,0,是,40\n"
"""Totals before 10, 3+2+3=8, 1+0+1=2, 6; after 2+2+4=8, 3+0+3.5=6.5, 4+0+1=5, 10."""
VALIDATOR = Draft7Validator(json.loads((ROOT / "tests" / "schemas" / "comparison-1.json").read_text("utf-8")))

AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
"""Comma, quotes, UTF-8, figures as they are shown."""

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with two years of evidence, to stand in."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("later.yaml").write_text(LATER, "utf-8")
    Path("去年.csv").write_text(BEFORE, "utf-8")
    Path("今年.csv").write_text(AFTER, "utf-8")
    return tmp_path


def document(ran: Ran) -> Any:
    found = json.loads(ran.out)
    VALIDATOR.validate(found)
    return found


def test_two_years_by_hand(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    told = document(ran)
    assert [(one["unit"], one["a"], one["b"], one["difference"]) for one in told["units"]] == [
        ("三支部", standing(4, "2.00", "差"), standing(4, "5.00", "合格"), "3.00"),
        ("一支部", standing(1, "10.00", "优秀"), standing(2, "8.00", "合格"), "-2.00"),
        ("二支部", standing(2, "8.00", "合格"), standing(3, "6.50", "合格"), "-1.50"),
    ]
    assert [(one["unit"], one["id"], one["a"], one["b"], one["difference"]) for one in told["items"]] == [
        ("三支部", "A1", "1.00", "4.00", "3.00"),
        ("一支部", "A1", "4.00", "2.00", "-2.00"),
        ("二支部", "A2", "2.00", "0.00", "-2.00"),
        ("二支部", "B", "3.00", "3.50", "0.50"),
    ]
    assert (told["only_a"], told["only_b"]) == ([{"unit": "四支部", "why": None}], [{"unit": "五支部", "why": None}])
    assert told["rubric"] == {"other": False, "edited": False, "items": [], "rounds": {"gone": [], "new": []}}


def standing(rank: int, total: str, grade: str) -> dict[str, object]:
    return {"rank": rank, "total": total, "grade": grade}


def test_a_result_file_stands_for_its_evidence(desk: Path, capfd: Capture) -> None:
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    run(capfd, "score", "r.yaml", "今年.csv", "-o", "今年.json")
    by_evidence = document(run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--format", "json"))
    for sides in (("去年.json", "今年.csv"), ("去年.csv", "今年.json"), ("去年.json", "今年.json")):
        told = document(run(capfd, "compare", "r.yaml", *sides, "--format", "json"))
        assert (told["a"]["name"], told["b"]["name"]) == sides
        assert {**told, "a": 0, "b": 0} == {**by_evidence, "a": 0, "b": 0}


def test_the_whole_document_in_a_changed_rubric(desk: Path, capfd: Capture) -> None:
    """The golden file was read line by line against the two rubrics and tables above."""
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    ran = run(capfd, "compare", "later.yaml", "去年.json", "今年.csv", "--format", "json")
    assert document(ran)["rubric"]["edited"]
    golden = ROOT / "tests" / "golden" / "comparison.json"
    assert re.sub(r'"version": "[^"]*"', '"version": "…"', ran.out) == golden.read_text("utf-8")


def test_a_changed_rubric_is_said_first(desk: Path, capfd: Capture) -> None:
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    ran = run(capfd, "compare", "later.yaml", "去年.json", "今年.csv")
    assert ran.code == 0
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[:3] == ["甲 去年.json", "乙 今年.csv", "细则有变化"]
    rows = ["A1 会议出席 改名 会议 会议出席", "C 学习 新增 4", "B 学习 没有了 4"]
    assert [lines.index(row) for row in rows] == [6, 7, 8]
    assert "三支部 4 差→合格 2.00 5.00 +3.00" in lines
    assert lines[-2:] == ["只有甲有：四支部", "只有乙有：五支部"]


def test_thirds_are_rounded_where_they_are_shown(desk: Path, capfd: Capture) -> None:
    """40, 20 and 30 hours of 60: 8/3, 4/3 and 2 points."""
    Path("r.yaml").write_text(RUBRIC.replace("of: 40", "of: 60"), "utf-8")
    for name, hours in (("去年.csv", "20"), ("今年.csv", "30")):
        Path(name).write_text(f"党支部,缺席次数,有计划,学时\n一支部,0,是,40\n二支部,0,是,{hours}\n", "utf-8")
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--format", "json")
    figures = {"a": "1.33", "a_exact": "4/3", "b": "2.00", "difference": "0.67", "difference_exact": "2/3"}
    item = {"unit": "二支部", "round": None, "id": "B", "title": "学习", "max": "4", "own": False}
    assert document(ran)["items"] == [item | figures]


def test_a_rubric_that_was_only_edited(desk: Path, capfd: Capture) -> None:
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    Path("r.yaml").write_text(RUBRIC.replace("deduct: 1", "deduct: 2"), "utf-8")
    ran = run(capfd, "compare", "r.yaml", "去年.json", "去年.csv")
    assert "计分规则可能变了" in ran.out.splitlines()[2]


def test_a_period_a_title_and_comments_are_no_rules(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(f"# 去年\n{RUBRIC}period: 2023\n", "utf-8")
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    Path("r.yaml").write_text(f"{RUBRIC.replace('试行', '正式')}period: 2024\n", "utf-8")
    ran = run(capfd, "compare", "r.yaml", "去年.json", "今年.csv")
    assert (ran.code, "细则" in ran.out) == (0, False)
    told = document(run(capfd, "compare", "r.yaml", "去年.json", "今年.csv", "--format", "json"))
    assert told["rubric"] == {"other": False, "edited": False, "items": [], "rounds": {"gone": [], "new": []}}
    assert told["a"]["rubric"]["sha256"] != told["b"]["rubric"]["sha256"]


def test_evidence_of_another_year_is_scored_by_the_rubric_of_that_year(desk: Path, capfd: Capture) -> None:
    Path("去年.csv").write_text("党支部,缺席次数\n一支部,0\n", "utf-8")
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines()[-3:] == [
        "有错误，没有计分，也没有写结果",
        "“去年.csv”如果是照另一份细则（如上一年度的）填的，请先用那份细则计分，再用写出的 .json 对比：",
        "dangjian score 那份细则.yaml 去年.csv -o 去年.json",
    ]
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "去年.csv")
    assert ran.err.splitlines()[-1] == "有错误，没有计分，也没有写结果"  # both are of this year, or of neither


def test_units_that_were_renamed(desk: Path, capfd: Capture) -> None:
    """四支部 is called 五支部 this year: 6 points last year, 10 this year."""
    hint = "只有一边有的单位，如果是改了名称，在名册的“别名”里写上原来的名称，加上 --units 名册.csv 再对比\n"
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    ran = run(capfd, "compare", "r.yaml", "去年.json", "今年.csv")
    assert ran.err == hint
    roster = "党支部,别名\n一支部,\n二支部,\n三支部,\n五支部,四支部\n"
    Path("名册.csv").write_text(roster, "utf-8")
    for first in ("去年.json", "去年.csv"):
        ran = run(capfd, "compare", "r.yaml", first, "今年.csv", "--units", "名册.csv", "--format", "json")
        told = document(ran)
        assert (told["only_a"], told["only_b"]) == ([], [])
        totals = {one["unit"]: (one["a"]["total"], one["b"]["total"]) for one in told["units"]}
        assert totals["五支部"] == ("6.00", "10.00")


def test_a_result_of_another_rubric_is_said_loudly(desk: Path, capfd: Capture) -> None:
    Path("other.yaml").write_text(RUBRIC.replace("test-1", "test-2").replace("试行", "别的"), "utf-8")
    run(capfd, "score", "other.yaml", "去年.csv", "-o", "去年.json")
    ran = run(capfd, "compare", "r.yaml", "去年.json", "今年.csv")
    assert ran.code == 0
    assert "不是同一份细则。甲：别的细则（test-2）；乙：试行细则（test-1）" in ran.out.splitlines()[2]
    assert "去年.json: W020 警告" in ran.err
    assert "三支部" in ran.out


def test_nothing_differs_from_itself(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "去年.csv")
    assert ran.code == 0
    assert "各项没有差别" in ran.out
    assert not re.search(r"[+-]\d", ran.out)


def test_units_that_were_not_scored(desk: Path, capfd: Capture) -> None:
    Path("缺.csv").write_text(AFTER.replace("二支部,1", "二支部,"), "utf-8")
    assert run(capfd, "score", "r.yaml", "缺.csv", "--partial", "-o", "今年.json").code == 1
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.json")
    assert ran.out.splitlines()[2] == "乙有 1 个单位未评，名次暂定"
    assert ran.out.splitlines()[-2:] == ["只有甲有：二支部（对方未评）、四支部", "只有乙有：五支部"]


def test_nobody_in_common_and_a_file_that_is_not_there(desk: Path, capfd: Capture) -> None:
    Path("今年.csv").write_text(AFTER.replace("支部,", "总支,").replace("党总支", "党支部"), "utf-8")
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv")
    assert (ran.code, ran.out.splitlines()[2:]) == (
        0,
        ["", "只有甲有：一支部、二支部、四支部、三支部", "只有乙有：五总支、一总支、二总支、三总支"],
    )
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "没有.json")
    assert (ran.code, "没有.json: E001" in ran.err) == (3, True)


def test_standard_input(desk: Path) -> None:
    command = [sys.executable, "-m", "dangjian_score"]
    made = subprocess.run(
        [*command, "score", "r.yaml", "去年.csv", "--format", "json"], capture_output=True, check=True
    )
    done = subprocess.run(
        [*command, "compare", "r.yaml", "-", "今年.csv"], input=made.stdout, capture_output=True, check=True
    )
    assert "甲  <stdin>" in done.stdout.decode()


def test_folders_and_files_of_one_name(desk: Path, capfd: Capture) -> None:
    for year, text in (("2023", BEFORE), ("2024", AFTER)):
        Path(year).mkdir()
        first, *rows = text.splitlines(keepends=True)
        Path(year, "a.csv").write_text(first + "".join(rows[:2]), "utf-8")
        Path(year, "b.csv").write_text(first + "".join(rows[2:]), "utf-8")
    told = document(run(capfd, "compare", "r.yaml", "2023", "2024", "--format", "json"))
    assert (told["a"]["name"], told["b"]["name"], len(told["units"])) == ("2023", "2024", 3)
    told = document(run(capfd, "compare", "r.yaml", "2023/a.csv", "2024/a.csv", "--format", "json"))
    assert (told["a"]["name"], told["b"]["name"]) == ("2023/a.csv", "2024/a.csv")
    Path("2024/b.csv").write_text(first, "utf-8")
    Path("2024/a.csv").write_text("党支部,缺席次数,有计划,学时\n一支部,,是,40\n", "utf-8")
    assert "2024/a.csv!B2: E021" in run(capfd, "compare", "r.yaml", "2023/a.csv", "2024/a.csv").err


def test_what_is_wrong_on_both_sides_comes_in_one_run(desk: Path, capfd: Capture) -> None:
    Path("a.csv").write_text(BEFORE.replace("0,是,40", "-1,是,40"), "utf-8")
    Path("b.json").write_text("{", "utf-8")
    ran = run(capfd, "compare", "r.yaml", "a.csv", "b.json", "--format", "json", "-o", "x.json")
    assert ran.code == 3
    assert "a.csv!B2: E027" in ran.err
    assert "b.json:1:2: E080" in ran.err
    told = document(ran)
    assert (told["a"], told["units"], [one["code"] for one in told["diagnostics"]]) == (None, [], ["E027", "E080"])
    assert not Path("x.json").exists()


def test_a_roster_serves_both(desk: Path, capfd: Capture) -> None:
    Path("名册.csv").write_text("党支部,别名\n一支部,壹支部\n二支部,\n三支部,\n四支部,\n五支部,\n", "utf-8")
    Path("今年.csv").write_text(AFTER.replace("一支部", "壹支部") + "四支部,0,是,0\n", "utf-8")
    Path("去年.csv").write_text(BEFORE + "五支部,0,是,0\n", "utf-8")
    told = document(run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--units", "名册.csv", "--format", "json"))
    assert {one["unit"] for one in told["units"]} == {"一支部", "二支部", "三支部", "四支部", "五支部"}


def test_a_screen_shows_the_largest_a_file_all(desk: Path, capfd: Capture) -> None:
    for name, hours in (("去年.csv", "40"), ("今年.csv", "10")):
        rows = (f"支部{at:03},{'0' if hours == '40' else at % 3},是,{hours}\n" for at in range(150))
        Path(name).write_text("党支部,缺席次数,有计划,学时\n" + "".join(rows), "utf-8")
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "-o", "x.json")
    assert "各项共 250 处差别，这里列出最大的 200 处" in ran.out  # 150 in B, 100 in A1
    assert len(json.loads(Path("x.json").read_text("utf-8"))["items"]) == 250
    assert sum("A1 会议" in line for line in ran.out.splitlines()) == 50


def test_one_unit(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--unit", "二支部")
    assert ran.code == 0
    assert ran.out.count("二支部") == 3
    assert "一支部" not in ran.out
    ran = run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--unit", "二支")
    assert (ran.code, "“二支部”" in ran.err) == (2, True)


FORM = """单位,{unit},,
指标,自评值,{counts},说明
缺席次数,0,{absent},
有计划,是,{plan},
学时,40,40,
"""


def test_self_assessment_beside_assessment_in_one_folder(desk: Path, capfd: Capture) -> None:
    """一支部 says 10 and has 2 + 2 + 4 = 8; 二支部 says 10 and has 4 + 0 + 4 = 8."""
    Path("自查").mkdir()
    Path("自查/1.csv").write_text(FORM.format(unit="一支部", counts="考评值", absent="2", plan="是"), "utf-8")
    Path("自查/2.csv").write_text(FORM.format(unit="二支部", counts="填报值", absent="0", plan="否"), "utf-8")
    ran = run(capfd, "compare", "r.yaml", "自查", "-o", "x.xlsx", "--format", "json")
    assert ran.code == 0, ran.err
    told = document(ran)
    assert [told[side]["self_assessed"] for side in "ab"] == [True, False]
    assert [(one["unit"], one["a"]["total"], one["b"]["total"]) for one in told["units"]] == [
        ("一支部", "10.00", "8.00"),
        ("二支部", "10.00", "8.00"),
    ]
    assert [(one["unit"], one["id"], one["difference"]) for one in told["items"]] == [
        ("一支部", "A1", "-2.00"),
        ("二支部", "A2", "-2.00"),
    ]
    lines = [" ".join(line.split()) for line in run(capfd, "compare", "r.yaml", "自查").out.splitlines()]
    assert lines[:2] == ["自评 自查", "考评 自查"]
    assert lines[3] == "党支部 名次 等次 自评 考评 差"
    assert load_workbook("x.xlsx")["总分"]["A1"].value == "自评与考评：自查"


def test_what_was_filled_in_is_the_self_assessment_beside_what_was_found(desk: Path, capfd: Capture) -> None:
    text = FORM.format(unit="一支部", counts="考评值", absent="1", plan="是").replace("自评值", "填报值")
    Path("a.csv").write_text(text, "utf-8")
    told = document(run(capfd, "compare", "r.yaml", "a.csv", "--format", "json"))
    assert [(one["id"], one["difference"]) for one in told["items"]] == [("A1", "-1.00")]


def test_attributes_are_nobody_s_assessment(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("total: 10", "total: 10\nattributes: [类型]"), "utf-8")
    text = FORM.format(unit="一支部", counts="填报值", absent="1", plan="是") + "类型,,村,\n"
    Path("a.csv").write_text(text, "utf-8")
    ran = run(capfd, "compare", "r.yaml", "a.csv", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [one["id"] for one in document(ran)["items"]] == ["A1"]


def test_one_evidence_without_self_assessment(desk: Path, capfd: Capture) -> None:
    form = FORM.format(unit="一支部", counts="填报值", absent="1", plan="是")
    Path("a.csv").write_text("\n".join(line.replace("自评值", "备注") for line in form.splitlines()), "utf-8")
    for name, place in (("去年.csv", "去年.csv"), ("a.csv", "a.csv!A2")):
        ran = run(capfd, "compare", "r.yaml", name, "--format", "json")
        assert (ran.code, [one["code"] for one in document(ran)["diagnostics"] if one["severity"] == "error"]) == (
            3,
            ["E083"],
        )
        assert ran.err.startswith(f"{place}: E083 错误: 没有自评的一列")


def test_a_blank_in_the_self_assessment_is_no_answer(desk: Path, capfd: Capture) -> None:
    form = FORM.format(unit="一支部", counts="填报值", absent="1", plan="是")
    Path("a.csv").write_text(form.replace("缺席次数,0", "缺席次数,"), "utf-8")
    ran = run(capfd, "compare", "r.yaml", "a.csv")
    assert (ran.code, "a.csv!B3: E021" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["r.yaml", "去年.json"], "再给一份"),
        (["r.yaml", "去年.csv", "今年.csv", "--format", "csv"], "--format"),
        (["r.yaml", "去年.csv", "今年.csv", "-o", "x.csv"], "*.xlsx"),
        (["r.yaml"], "缺少 A"),
    ],
)
def test_usage(desk: Path, capfd: Capture, arguments: list[str], said: str) -> None:
    ran = run(capfd, "compare", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_never_over_an_input(desk: Path, capfd: Capture) -> None:
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    before = Path("去年.json").read_bytes()
    ran = run(capfd, "compare", "r.yaml", "去年.json", "今年.csv", "-o", "x.xlsx", "-o", "去年.json")
    assert (ran.code, Path("去年.json").read_bytes(), Path("x.xlsx").exists()) == (3, before, False)


def test_a_rubric_with_errors(desk: Path, capfd: Capture) -> None:
    Path("bad.yaml").write_text(RUBRIC + "x: 1\n", "utf-8")
    ran = run(capfd, "compare", "bad.yaml", "去年.csv", "今年.csv", "--format", "json")
    assert ran.code == 3
    assert [one["code"] for one in document(ran)["diagnostics"]] == ["E008"]


def test_the_workbook(desk: Path, capfd: Capture) -> None:
    run(capfd, "score", "r.yaml", "去年.csv", "-o", "去年.json")
    for name in ("x.xlsx", "y.xlsx"):
        ran = run(capfd, "compare", "later.yaml", "去年.json", "今年.csv", "-o", name, "--format", "json")
        assert ran.code == 0
    assert Path("x.xlsx").read_bytes() == Path("y.xlsx").read_bytes()
    told, book = document(ran), load_workbook(BytesIO(Path("x.xlsx").read_bytes()))
    assert book.sheetnames == ["总分", "项目", "细则变化"]
    rows = [list(row) for row in book["总分"].iter_rows(values_only=True)]
    assert [row[0] for row in rows[:4]] == [
        "对比：去年.json 与 今年.csv",
        "细则有变化",
        "只有甲有：四支部",
        "只有乙有：五支部",
    ]
    assert rows[4] == ["党支部", "名次（甲）", "名次（乙）", "等次（甲）", "等次（乙）", "甲", "乙", "差"]
    assert rows[5] == ["三支部", 4, 4, "差", "合格", 2, 5, 3]
    items = [list(row) for row in book["项目"].iter_rows(min_row=2, values_only=True)]
    assert items[0] == ["党支部", "编号", "指标", "满分", "甲", "乙", "差"]
    assert [(row[0], row[1], row[-1]) for row in items[1:]] == [
        (one["unit"], one["id"], float(one["difference"])) for one in told["items"]
    ]
    assert [row[1] for row in book["细则变化"].iter_rows(min_row=3, values_only=True)] == ["改名", "新增", "没有了"]


@pytest.mark.office
def test_an_office_program_opens_the_workbook(desk: Path, capfd: Capture) -> None:
    run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "-o", "x.xlsx")
    profile = f"-env:UserInstallation={(desk / 'profile').as_uri()}"
    command = [soffice(), profile, "--headless", "--norestore", "--convert-to", AS_SHOWN, "x.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = Path("x.csv").read_text("utf-8").splitlines()
    assert "三支部,4,4,差,合格,2.00,5.00,+3.00" in rows


def test_on_a_narrow_screen(desk: Path) -> None:
    long = {"一支部": "中国共产党某某县某某镇机关第一党支部", "二支部": "自然资源和规划局不动产登记中心党支部"}
    pattern = re.compile("|".join(long))
    for name, text in (("去年.csv", BEFORE), ("今年.csv", AFTER)):
        Path(name).write_text(pattern.sub(lambda short: long[short[0]], text), "utf-8")
    sides = [desk / name for name in ("r.yaml", "去年.csv", "今年.csv")]
    for language in ("zh", "en"):
        shown = in_terminal("compare", *sides, "--lang", language, columns=60)
        assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= 60
        assert "…" not in shown
        found = re.findall(r"[+-]\d\.\d\d", shown)
        assert found == ["+3.00", "-2.00", "-1.50", "+3.00", "-2.00", "-2.00", "+0.50"]


def test_the_order_of_rows_changes_nothing(desk: Path, capfd: Capture) -> None:
    told = document(run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--format", "json"))
    head, *rows = AFTER.splitlines()
    Path("今年.csv").write_text("\n".join([head, *rows[::-1]]), "utf-8")
    assert document(run(capfd, "compare", "r.yaml", "去年.csv", "今年.csv", "--format", "json")) == told
