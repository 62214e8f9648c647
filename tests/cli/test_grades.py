"""Quotas of grades, groups, units without grade and grades that a committee fixed, at the command line.

Of five units of 机关 30 % are 1.5, so one place: 甲 (99). 乙 and 丙 (98) come next; 良好 is for 40 %, two places, which
they take, so that 丁 (97) is 合格. 戊 was there for three months only. 己, the one unit of 企业, has 0.3 of a place.
"""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from rich.cells import cell_len

from tests.support import run
from tests.terminal import in_terminal

Capture = pytest.CaptureFixture[str]
RUBRIC = """
dangjian: 1
rubric: deng-ci
title: 等次考核细则
subject: 单位
period: 2024
attributes: [类别]
groups: 类别
unranked: {title: 参加考核不满半年, if: {月数: {below: 6}}}
sections: [{id: A, title: 全部, max: 100, rules: [{deduct: 1, per: 问题数}]}]
grades:
  优秀: {at_least: 90, quota: 30%, quota_of: taking_part}
  良好: {above: 80, quota: 40%}
  合格: 60
  不合格: 0
"""
MATRIX = """单位,类别,问题数,月数
甲,机关,1,12
乙,机关,2,12
丙,机关,2,12
丁,机关,3,12
戊,机关,0,3
庚,机关,50,12
己,企业,5,12
"""
FIXED = "单位,审定等次,会议,日期,理由,批准人\n丁,优秀,局党委会,2024-12-20,抗洪有功,王某\n"


FULL = (
    "符合优秀的条件，因名额所限没有列入（参加考核 5 个，按不超过 30% 折算为 1.5 个，舍去小数，名额 1 个）",
    "符合良好的条件，因名额所限没有列入（全部单位 5 个，按不超过 40% 折算为 2 个，名额 2 个），列为合格",
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("r.yaml", RUBRIC), ("汇总.csv", MATRIX), ("审定.csv", FIXED)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def scored(capfd: Capture, *more: str) -> dict[str, Any]:
    ran = run(capfd, "score", "r.yaml", "汇总.csv", *more, "-o", "out.json")
    assert ran.code == 0, ran
    return dict(json.loads(Path("out.json").read_text("utf-8")))


def test_a_quota_is_told_with_its_arithmetic(here: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "汇总.csv", COLUMNS="100")
    told = "".join(ran.out.split())
    assert (
        "优秀（机关）：参加考核5个，按不超过30%折算为1.5个，舍去小数，名额1个，已列1个；名额以外，列入下一等次：丙、乙、丁"
        in told
    )
    assert (
        "优秀（企业）：参加考核1个，按不超过30%折算为0.3个，舍去小数，不足1个，不单列名额；名额以外，列入下一等次：己"
        in told
    )
    assert "良好（机关）：全部单位5个，按不超过40%折算为2个，名额2个，已列2个；名额以外，列入下一等次：丁" in told
    assert "只考核不定等次：戊（参加考核不满半年、汇总.csv!D6）" in told
    assert "不排名" in told


def test_grades_groups_and_ranks_in_the_result(here: Path, capfd: Capture) -> None:
    units = {unit["unit"]: unit for unit in scored(capfd)["units"]}
    assert {name: (unit["group_rank"], unit["rank"], unit["grade"]) for name, unit in units.items()} == {
        "甲": (1, 1, "优秀"),
        "乙": (2, 2, "良好"),
        "丙": (2, 2, "良好"),
        "丁": (4, 4, "合格"),
        "庚": (5, 6, "不合格"),
        "己": (1, 5, "合格"),
        "戊": (None, None, None),
    }
    assert units["丁"]["grade_passed_over"] == ["优秀", "良好"]
    assert units["戊"]["unranked"] == ["参加考核不满半年"]


def test_a_grade_that_was_fixed_stands_beside_that_of_the_rubric(here: Path, capfd: Capture) -> None:
    result = scored(capfd, "审定.csv")
    units = {unit["unit"]: unit for unit in result["units"]}
    fixed = units["丁"]
    assert (fixed["proposed_grade"], fixed["grade"]) == ("合格", "优秀")
    assert fixed["grade_ruling"] == {
        "meeting": "局党委会",
        "day": "2024-12-20",
        "reason": "抗洪有功",
        "approver": "王某",
        "cell": "审定.csv!B2",
    }
    assert [units[name]["grade"] for name in "甲乙丙"] == ["优秀", "良好", "良好"]  # nobody else is moved
    assert [finding["code"] for finding in result["diagnostics"]] == ["W024"]


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_every_format_shows_both_grades(here: Path, capfd: Capture) -> None:
    outs = ("out.xlsx", "out.html", "out.md", "out.csv", "out.docx")
    made = run(capfd, "score", "r.yaml", "汇总.csv", "审定.csv", *(part for out in outs for part in ("-o", out)))
    assert made.code == 0, made
    rows = list(csv.reader(StringIO(Path("out.csv").read_text("utf-8-sig"))))
    assert rows[0] == ["名次", "单位", "类别", "全部", "总分", "组内名次", "建议等次", "审定等次", "等次说明"]
    decided = "优秀名额 1 个已满；良好名额 2 个已满；局党委会审定"
    assert rows[4] == ["4", "丁", "机关", "97.00", "97.00", "4", "合格", "优秀", decided]
    none = "只考核不定等次：参加考核不满半年"
    assert rows[-1] == ["不排名", "戊", "机关", "100.00", "100.00", "不排名", "不定等次", "不定等次", none]
    told = "建议等次合格，2024年12月20日局党委会审定为优秀（理由：抗洪有功；批准：王某）（审定.csv!B2）"
    assert told in Path("out.html").read_text("utf-8")
    assert told in Path("out.md").read_text("utf-8")
    sheet = load_workbook("out.xlsx")["评优"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert f"{FULL[0]}；{FULL[1]}；{told}" in texts
    assert "优秀（机关）" in texts
    paper = [[cell.text for cell in row.cells] for row in Document("out.docx").tables[0].rows]
    assert paper[0] == ["名次", "单位", "总分", "类别", "组内名次", "建议等次", "审定等次", "等次说明"]
    assert paper[4] == ["4", "丁", "97.00", "机关", "4", "合格", "优秀", decided]


def test_feedback_counts_the_units_that_are_ranked(here: Path, capfd: Capture) -> None:
    made = run(capfd, "score", "r.yaml", "汇总.csv", "--feedback", "out.docx", "--with-rank")
    assert made.code == 0, made
    text = "".join(part.text for part in Document("out.docx").paragraphs)
    assert "总分97.00分，在参评的6个单位中列第4名，在机关中列第4名" in text.replace(" ", "")
    assert "总分100.00分。只考核，不排名次、不定等次（参加考核不满半年）。" in text.replace(" ", "")


def test_what_is_public_says_nothing_of_reasons(here: Path, capfd: Capture) -> None:
    made = run(capfd, "score", "r.yaml", "汇总.csv", "审定.csv", "--public", "-o", "out.html", "-o", "out.json")
    assert made.code == 0, made
    for name in ("out.html", "out.json"):
        text = Path(name).read_text("utf-8")
        assert "抗洪有功" not in text
        assert "王某" not in text
        assert "参加考核不满半年" not in text


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ("丁,优秀,局党委会,2024-12-20,,王某", "E114", "审定.csv!A2"),
        ("丁,优,局党委会,2024-12-20,抗洪有功,王某", "E022", "审定.csv!B2"),
        ("丁,优秀,局党委会,年底,抗洪有功,王某", "E022", "审定.csv!D2"),
        ("辛,优秀,局党委会,2024-12-20,抗洪有功,王某", "E043", "审定.csv!A2"),
        ("戊,优秀,局党委会,2024-12-20,抗洪有功,王某", "E115", "审定.csv!B2"),
        ("丁,优秀,局党委会,2024-12-20,抗洪有功,王某\n丁,良好,局党委会,2024-12-21,复议,王某", "E026", "审定.csv!B3"),
    ],
)
def test_a_ruling_that_cannot_stand_is_an_error(here: Path, capfd: Capture, row: str, code: str, cell: str) -> None:
    (here / "审定.csv").write_text(FIXED.splitlines()[0] + "\n" + row + "\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "汇总.csv", "审定.csv")
    assert ran.code == 3
    assert f"{cell}: {code}" in ran.err


def test_a_verified_result_holds_what_was_fixed(here: Path, capfd: Capture) -> None:
    scored(capfd, "审定.csv")
    files = ("r.yaml", "汇总.csv", "审定.csv")
    right = run(capfd, "verify", "out.json", *files)
    assert right.code == 0, right
    text = Path("out.json").read_text("utf-8").replace('"grade": "优秀"', '"grade": "良好"', 1)
    Path("out.json").write_text(text, "utf-8")
    assert run(capfd, "verify", "out.json", *files).code == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("汇总.csv", MATRIX.replace("月数", "月数,审定等次", 1).replace("3,12", "3,12,优秀", 1), "汇总.csv!E1: E114"),
        ("审定.csv", "单位,核定等次\n丁,优秀\n", "审定.csv!A2: E114"),
        ("审定.csv", "单位,类别,审定等次\n丁,机关,优秀\n", "审定.csv!A2: E114"),
    ],
)
def test_a_grade_is_not_fixed_without_all_that_is_asked(
    here: Path, capfd: Capture, name: str, text: str, told: str
) -> None:
    (here / name).write_text(text, "utf-8")
    ran = run(capfd, "score", "r.yaml", *dict.fromkeys(("汇总.csv", name)))
    assert ran.code == 3
    assert told in ran.err
    assert "1 个错误" in ran.err


def test_a_unit_whose_group_is_not_known_makes_no_group_of_its_own(here: Path, capfd: Capture) -> None:
    (here / "汇总.csv").write_text(MATRIX.replace("己,企业", "己,"), "utf-8")
    ran = run(capfd, "score", "r.yaml", "汇总.csv", "--partial", "-o", "out.json")
    assert ran.code == 1, ran
    result = json.loads(Path("out.json").read_text("utf-8"))
    assert [(quota["grade"], quota["group"]) for quota in result["quotas"]] == [("优秀", "机关"), ("良好", "机关")]


def test_long_grades_and_groups_fold_and_cut_no_figure(here: Path) -> None:
    """甲 and 乙 are tied for one place; with the grade that was fixed there are two columns of long texts."""
    long = "区直机关和直属事业单位党组织"
    (here / "汇总.csv").write_text(MATRIX.replace("乙,机关,2", "乙,机关,1").replace("机关", long), "utf-8")
    files = [here / name for name in ("r.yaml", "汇总.csv", "审定.csv")]
    ranking, *_ = in_terminal("score", *files, columns=80).split("\n\n")
    assert max(map(cell_len, ranking.splitlines())) <= 80
    assert "…" not in ranking
    assert ranking.count("99.00") == 4  # total and section of both


def test_a_comparison_names_the_grades_that_are_open(here: Path, capfd: Capture) -> None:
    (here / "汇总.csv").write_text(MATRIX.replace("乙,机关,2", "乙,机关,1"), "utf-8")
    scored(capfd)
    (here / "审定.csv").write_text(FIXED.replace("丁", "甲"), "utf-8")
    compared = run(capfd, "compare", "r.yaml", "out.json", ".", COLUMNS="100")
    assert compared.code == 0, compared
    assert "并列待定（优秀、良好）→优秀" in compared.out  # 甲, now fixed
    assert compared.out.count("并列待定（优秀、良好）") == 2  # and 乙, as before


def test_what_if_a_unit_were_not_graded(here: Path, capfd: Capture) -> None:
    """With one month less 丁 has no grade. What 乙 would need in a section that is not for it is not asked."""
    (here / "r.yaml").write_text(
        RUBRIC.replace("quota_of: taking_part}", "quota_of: taking_part, sections: {B: 90%}}").replace(
            "sections: [", "sections: [{id: B, title: 另, max: 50, if_na: rescale, rules: [{deduct: 1, per: 错}]}, ", 1
        ),
        "utf-8",
    )
    (here / "汇总.csv").write_text("单位,类别,问题数,月数,错\n乙,机关,2,12,不适用\n丁,机关,30,6,6\n", "utf-8")
    ran = run(capfd, "whatif", "r.yaml", "汇总.csv", "--within", "50")
    assert ran.code == 0, ran
    assert re.search("月数 6→5 +不再参评，或不再排名、定等次", ran.out)
    assert "优秀要求“B 另”有 45 分，差 1 分" in ran.out
    assert "有 0 分" not in ran.out


def test_what_made_a_grade_is_explained(here: Path, capfd: Capture) -> None:
    told = run(capfd, "explain", "r.yaml", "汇总.csv", "审定.csv", "--unit", "丁").out
    assert f"{FULL[0]}\n{FULL[1]}\n建议等次合格，2024年12月20日局党委会审定为优秀" in told
    told = run(capfd, "explain", "r.yaml", "汇总.csv", "--unit", "戊", "--format", "md").out
    assert "- 只考核，不排名次、不定等次（参加考核不满半年）（汇总.csv!D6）" in told


def test_the_notice_says_whom_a_tie_leaves_open_and_whom_not(here: Path, capfd: Capture) -> None:
    """己 is certain in its group; 甲 and 乙 are tied in theirs."""
    (here / "r.yaml").write_text(RUBRIC + "selections: [{title: 头名, places: 1}]\n", "utf-8")
    (here / "汇总.csv").write_text(MATRIX.replace("乙,机关,2", "乙,机关,1"), "utf-8")
    made = run(capfd, "score", "r.yaml", "汇总.csv", "-o", "out.docx")
    assert made.code == 0, made
    rows = [[cell.text for cell in row.cells] for table in Document("out.docx").tables for row in table.rows]
    assert ["头名", "1", "己；得分相同，名额不足，提请研究确定：甲、乙"] in rows


def test_nothing_is_pending_once_a_committee_has_fixed_the_tied(
    tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """40 % of five are two places: 甲 has one, 乙 and 丙 tie for the other until 乙 is fixed as 优秀, 丙 as 合格."""
    monkeypatch.chdir(tmp_path)
    sections = "sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺席}]}]\n"
    grades = "grades: {优秀: {at_least: 8, quota: 40%}, 合格: 0}\n"
    Path("r.yaml").write_text(f"dangjian: 1\nrubric: test-1\ntitle: 试\n{sections}{grades}", "utf-8")
    Path("m.csv").write_text("单位,缺席\n甲,0\n乙,1\n丙,1\n丁,3\n戊,4\n", "utf-8")
    head = "单位,审定等次,会议,日期,理由,批准人\n"
    rows = (f"{unit},{grade},局党委会,2024-12-20,抗洪有功,王某\n" for unit, grade in (("乙", "优秀"), ("丙", "合格")))
    Path("g.csv").write_text(head + "".join(rows), "utf-8")
    places = "优秀：全部单位 5 个，按不超过 40% 折算为 2 个，名额 2 个，已列"
    before, after = run(capfd, "score", "r.yaml", "m.csv"), run(capfd, "score", "r.yaml", "m.csv", "g.csv")
    assert f"{places} 1 个；得分相同，名额不足，提请研究确定：丙、乙\n" in before.out
    assert f"{places} 2 个\n" in after.out
    assert "W002" in before.err
    assert "W002" not in after.err
    assert "待定" in run(capfd, "whatif", "r.yaml", "m.csv").out
    assert "待定" not in run(capfd, "whatif", "r.yaml", "m.csv", "g.csv").out
    told = json.loads(run(capfd, "whatif", "r.yaml", "m.csv", "g.csv", "--format", "json").out)
    assert [(border["last"]["unit"], border["tied"]) for border in told["borders"]] == [("乙", [])]


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_a_share_that_makes_no_place_says_so(tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 % of three units are 0.9: nobody is 先进, though no place is taken."""
    monkeypatch.chdir(tmp_path)
    sections = "sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺席}]}]\n"
    limits = "selections: [{title: 先进, at_least: 8, quota: 30%}]\n"
    limits += "grades: {优秀: {at_least: 9, quota: 30%}, 合格: 0}\n"
    Path("r.yaml").write_text(f"dangjian: 1\nrubric: test-1\ntitle: 试\n{sections}{limits}", "utf-8")
    Path("m.csv").write_text("单位,缺席\n甲,0\n乙,2\n丙,5\n", "utf-8")
    none = "3 × 30% = 0.9，舍去小数，无名额"
    ran = run(capfd, "score", "r.yaml", "m.csv", "--format", "json", "-o", "o.xlsx")
    (chosen,) = json.loads(ran.out)["selections"]
    assert chosen["displaced"] == [{"unit": unit, "reason": "none", "why": none} for unit in "甲乙"]
    assert "名额已满" not in run(capfd, "score", "r.yaml", "m.csv").out
    texts = [cell.value for sheet in load_workbook("o.xlsx") for row in sheet.iter_rows() for cell in row]
    assert (texts.count(none), "名额已满" in texts) == (3, False)
