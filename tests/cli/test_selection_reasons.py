"""Why a selection passes a unit over or lists it, and what a tie leaves open, in every format.

一庄村 (100) has no brand and 二庄村 (99) was criticised, so that 红旗村 goes to 三庄村 and 四庄村 (97); 七庄村 (80)
does not reach 85 and is named nowhere. 五庄村 (55) is below 60, but was struck by a disaster; 六庄村 (54) was not.
"""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.papers import texts
from tests.support import run

Capture = pytest.CaptureFixture[str]
HEAD = "dangjian: 1\nrubric: ping-you\ntitle: 评优办法\nsubject: 村\ntotal: 100\n"
SECTION = "sections: [{id: A, title: 党建, max: 100, rules: [{deduct: 1, per: 党建问题}]}]\n"
RUBRIC = (
    HEAD
    + SECTION
    + """selections:
  - {title: 红旗村, at_least: 85, if: {all: [有品牌, {not: 受通报}]}, source: {clause: 第三条}}
  - {title: 批评, below: 60, if: {not: 受灾}, source: {clause: 第四条}}
"""
)
MATRIX = """村,党建问题,有品牌,受通报,受灾
一庄村,0,否,否,否
二庄村,1,是,是,否
三庄村,2,是,否,否
四庄村,3,是,否,否
五庄村,45,是,否,是
六庄村,46,是,否,否
七庄村,20,否,否,否
"""
MISSED = "未入选“红旗村”（第三条）：没有品牌（e.csv!C2）"
LISTED = "总分 54 分，不到 60 分，“受灾”为否，依据第四条，列入批评（e.csv!E7）"
TIES = """grades: {优秀: {at_least: 90, places: 1}, 良好: {at_least: 80, places: 2}, 一般: 0}
vetoes: [{title: 信访未办结, if: 信访未办结, source: {clause: 十一}}]
selections: [{title: 一等奖, places: 1}, {title: 先进, places: 1, at_least: 80}]
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e.csv").write_text(MATRIX, "utf-8")


def score(capfd: Capture, *more: str) -> str:
    ran = run(capfd, "score", "r.yaml", "e.csv", "-q", *more, COLUMNS="200")
    assert ran.code == 0, ran
    return ran.out


def letter(capfd: Capture, unit: str, *more: str) -> list[str]:
    score(capfd, "--feedback", "f/", *more)
    return texts(Path(f"f/{unit}.docx").read_bytes())


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_who_misses_the_condition_of_a_selection_is_named_with_it(capfd: Capture) -> None:
    told = score(capfd, "--detail", "-o", "r.md", "-o", "r.html", "-o", "r.xlsx")
    brief = "一庄村（没有品牌）、二庄村（受通报）"
    page, markdown = (Path(name).read_text("utf-8") for name in ("r.html", "r.md"))
    for text in (told, markdown):
        assert brief in text
        assert MISSED in text
        assert "未入选“红旗村”（第三条）：受通报（e.csv!D3）" in text
        assert "五庄村（受灾）" in text
        assert "七庄村（" not in text
    assert MISSED in page
    assert "一庄村（没有品牌）" in page
    rows = [[cell.value for cell in row] for row in load_workbook("r.xlsx")["评优"].iter_rows()]
    assert ["红旗村", "一庄村", "未入选", 1, 100, "没有品牌（e.csv!C2）"] in rows
    assert ["批评", "六庄村", "列入", 7, 54, LISTED] in rows
    document = json.loads(score(capfd, "--format", "json"))
    assert document["selections"][0]["displaced"][0] == {"unit": "一庄村", "reason": "condition", "why": "没有品牌"}
    (decision,) = document["units"][0]["decisions"]
    assert (decision["kind"], decision["about"], decision["clause"], decision["cells"]) == (
        "selection",
        "红旗村",
        "第三条",
        ["e.csv!C2"],
    )


def test_a_list_is_told_with_its_line_and_clause(capfd: Capture) -> None:
    assert LISTED in score(capfd, "--detail")
    document = json.loads(score(capfd, "--format", "json"))
    (listed,) = document["units"][6]["decisions"]
    assert (listed["kind"], listed["clause"], listed["effect"]) == ("list", "第四条", "列入批评")
    assert "总分 54 分，不到 60 分，“受灾”为否，依据第四条，列入批评。" in letter(capfd, "六庄村")
    assert "未入选“红旗村”（第三条）：没有品牌。" in letter(capfd, "一庄村")


def test_the_public_reads_no_condition_of_a_selection(capfd: Capture) -> None:
    document = json.loads(score(capfd, "--format", "json", "--public"))
    assert document["selections"][0]["displaced"][0]["why"] == "不符合其他条件"
    assert document["units"][6]["decisions"][0]["text"] == "总分 54 分，不到 60 分，依据第四条，列入批评"
    assert "受灾" not in json.dumps([unit["decisions"] for unit in document["units"] if "decisions" in unit])


def test_a_tie_names_the_grade_whose_places_do_not_suffice(capfd: Capture) -> None:
    """甲 and 乙 tie for the one place of 优秀; of 良好 there are two places, one for whoever of them is left."""
    Path("r.yaml").write_text(HEAD + SECTION + TIES, "utf-8")
    Path("e.csv").write_text("村,党建问题,信访未办结\n甲,1,否\n乙,1,否\n丙,5,否\n丁,16,否\n", "utf-8")
    told = score(capfd, "--detail")
    assert "得分相同，优秀名额不足" in told
    assert "优秀、良好名额不足" not in told
    assert "得分相同，优秀名额不足，提请研究确定（优秀或良好）" in told
    assert "优秀：名额 1 个，已列 0 个；得分相同，名额不足，提请研究确定：甲、乙；名额以外，列入下一等次：丙" in told
    assert "良好：名额 2 个，已列 1 个；上一等次待定，其余列入本等次：甲、乙；名额以外，列入下一等次：丁" in told


def test_a_letter_says_what_is_open_and_that_it_is_a_draft(capfd: Capture) -> None:
    Path("r.yaml").write_text(HEAD + SECTION + TIES, "utf-8")
    Path("e.csv").write_text("村,党建问题,信访未办结\n甲,1,否\n乙,1,否\n丙,5,否\n", "utf-8")
    tied, third = letter(capfd, "甲"), texts(Path("f/丙.docx").read_bytes())
    assert tied[:2] == ["甲考核结果反馈书", "（送审稿）"]
    assert "总分99.00分，等次待定（优秀或良好）。" in tied
    assert "待定：一等奖、先进。" in tied
    assert not any(text.startswith("未入选") for text in tied)
    for lines in (tied, third):
        assert "以上为初步结果，以审定结果为准。" in lines
    assert "未入选：先进（名额已满（名额 1 个））。" in third


def test_a_veto_that_bars_from_honours_alone_says_so_and_the_public_reads_one_word_once(capfd: Capture) -> None:
    more = "  - {title: 出事, if: 出事}\n"
    vetoes = TIES.replace("vetoes: [{", "vetoes:\n  - {").replace("十一}}]\n", f"十一}}}}\n{more}")
    Path("r.yaml").write_text(HEAD + SECTION + vetoes, "utf-8")
    Path("e.csv").write_text("村,党建问题,信访未办结,出事\n甲,1,是,是\n乙,2,否,否\n", "utf-8")
    first = json.loads(score(capfd, "--format", "json"))["units"][0]
    assert first["grade"] == "优秀"
    assert "一票否决（不得评优）：信访未办结（第十一条）" in score(capfd)
    public = score(capfd, "--public")
    assert "一票否决；一票否决" not in public
    assert "一票否决" in public
    assert letter(capfd, "甲", "--public").count("一票否决。") == 1
