"""What is pending makes a draft: ties, units that are not scored, a period that is not over; titles carry the year."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from dangjian_score.engine.interim import Interim
from dangjian_score.words.assessments import assessment, period
from dangjian_score.words.say import load_words
from tests.papers import texts
from tests.support import rubric, run

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
RUBRIC = """dangjian: 1
rubric: test-1
title: 支部工作考核办法（试行）
subject: 党支部
period: 2024
sections: [{id: A, title: 会议, max: 10, rules: [{deduct: 1, per_missing: 党课次数, of: 4}]}]
selections: [{title: 先进党支部, places: 1}]
"""
ENDED = "党支部,党课次数\n甲,4\n乙,3\n丙,2\n"
TIED = "党支部,党课次数\n甲,4\n乙,4\n丙,2\n"
FAULTY = "党支部,党课次数\n甲,4\n乙,3\n丙,x\n"
TITLE = "2024年支部工作考核结果"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")


def written(capfd: Capture, evidence: str, *more: str) -> tuple[list[str], str, str]:
    """Return the paragraphs of the notice, the title of the workbook and the page."""
    Path("e.csv").write_text(evidence, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "-on.docx", "-ob.xlsx", "-op.html", "--quiet", *more)
    assert ran.code == ("--partial" in more), ran.err
    book: Any = load_workbook("b.xlsx")
    return texts(Path("n.docx").read_bytes()), book["总表"]["A1"].value, Path("p.html").read_text("utf-8")


def test_what_is_decided_is_notified(capfd: Capture) -> None:
    notice, book, page = written(capfd, ENDED)
    assert notice[0] == f"关于{TITLE}的通报"
    assert "特此通报。" in notice
    assert "送审稿" not in "".join(notice) + book + page
    assert book == TITLE
    assert f"<h1>{TITLE}</h1>" in page
    assert "依据《支部工作考核办法（试行）》，考核期 2024-01-01 至 2024-12-31" in page


@pytest.mark.parametrize(
    ("evidence", "more", "says"),
    [
        (TIED, [], "得分相同，名额不足，提请研究确定：甲、乙"),
        (FAULTY, ["--partial"], "另有1个党支部未评，名次、评优为初步结果。"),
    ],
)
def test_what_is_pending_makes_a_draft(capfd: Capture, evidence: str, more: list[str], says: str) -> None:
    notice, book, page = written(capfd, evidence, *more)
    assert notice[:2] == [f"关于{TITLE}的通报", "（送审稿）"]
    assert "特此通报。" not in notice
    assert "以上为初步结果，以审定结果为准。" in notice
    assert says in notice
    assert book == f"{TITLE}（送审稿）"
    assert f"<h1>{TITLE}（送审稿）</h1>" in page


def test_every_sheet_of_a_draft_says_so(capfd: Capture) -> None:
    written(capfd, TIED)
    titles = {sheet.title: str(sheet["A1"].value) for sheet in load_workbook("b.xlsx")}
    assert titles.pop("说明") == "说明"
    assert titles["加减分明细"] == "2024年支部工作考核　加减分明细（送审稿）"
    assert all(title.endswith("（送审稿）") for title in titles.values())


def test_the_title_of_an_offices_own_paper(capfd: Capture) -> None:
    paper = Document()
    paper.add_paragraph("{{标题}}")
    paper.save("t.docx")
    notice, _, _ = written(capfd, TIED, "--notice-template", "t.docx")
    assert notice[0] == f"关于{TITLE}的通报（送审稿）"


@pytest.mark.parametrize(
    ("year", "interim", "span"),
    [
        ("2024", None, "2024年"),
        ("2024", ("2024-06-30",), "2024年上半年"),
        ("2024", ("2024-03-31",), "2024年第一季度"),
        ("2024", ("2024-08-15",), "2024年1月1日至2024年8月15日"),
        ("2024", ("1月", "2月"), "2024年1月、2月"),
        ("{from: 2024-09-01, to: 2025-08-31}", ("上学期",), "上学期"),
        ("{from: 2024-09-01, to: 2025-08-31}", ("2025-01-31",), "2024年9月1日至2025年1月31日"),
    ],
)
def test_the_span_of_an_interim_result(year: str, interim: tuple[str, ...] | None, span: str) -> None:
    """A day ends the span; rounds are named in the year of the period, where it has one year."""
    loaded = rubric("", RUBRIC.replace("period: 2024", f"period: {year}")).rubric
    far = None
    if interim is not None:
        by_day = interim[0].startswith("20")
        far = Interim((), date.fromisoformat(interim[0])) if by_day else Interim(interim)
    assert period(loaded, far, load_words("zh")) == span
    assert assessment(loaded, far, load_words("zh")) == f"{span}支部工作考核"


def ending(name: str = "b.xlsx") -> list[str]:
    """Return the lines below the table of the ranking."""
    column = [str(cell.value) for cell in load_workbook(name)["总表"]["A"] if cell.value is not None]
    return column[column.index("3") + 1 :]


SUMMED = RUBRIC.replace(
    "sections: [",
    "rounding: {total: 1}\nsections: [{id: B, title: 创新, kind: bonus, rules: [{award: 0.25, per: 创新项目}]},"
    " {id: C, title: 扣分项, kind: penalty, rules: [{deduct: 2, per: 信访件数}]}, ",
)


def test_the_workbook_tells_how_the_total_is_made_up(capfd: Capture) -> None:
    """甲: 10 + 0.25 − 2 = 8.25, kept as 8.3; the notice says nothing of it."""
    Path("r.yaml").write_text(SUMMED, "utf-8")
    notice, _, _ = written(capfd, "党支部,党课次数,创新项目,信访件数\n甲,4,1,1\n乙,3,0,1\n丙,2,0,1\n")
    formula, worked, _ = ending()
    assert formula.startswith("总分 = 基本分（各类得分之和） + 加分 − 扣分；")
    assert "总分四舍五入保留一位小数" in formula
    assert worked == "如甲：10.00 + 0.25 − 2.00 = 8.25，记为 8.3"
    assert not [text for text in notice if "制表" in text or " = " in text]


def test_who_signs(capfd: Capture) -> None:
    blank, seal = "　" * 4, "（盖章）　　　　年　　月　　日"
    written(capfd, ENDED)
    assert ending()[-1] == f"制表：{blank}　　复核：{blank}　　审核：{blank}　　审定：{blank}　　{seal}"
    written(capfd, ENDED, "--signed", "制表=张三", "--signed", "制表 ＝ 李四", "--signed", "审定=王五")
    assert ending()[-1] == f"制表：张三、李四　　复核：{blank}　　审核：{blank}　　审定：王五　　{seal}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "b.xlsx", "--signed", "张三"], "--signed 的值“张三”不对，应为：制表=…, 复核=…, 审核=…, 审定=…"),
        (["-o", "b.xlsx", "--signed", "制表="], "--signed 的值“制表=”不对"),
        (["-o", "b.md", "--signed", "制表=张三"], "--signed 要和 -o *.xlsx 同用"),
    ],
)
def test_slips(capfd: Capture, arguments: list[str], said: str) -> None:
    Path("e.csv").write_text(ENDED, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", *arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err
