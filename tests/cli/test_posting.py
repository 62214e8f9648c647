"""The posting of those selected (公示): who, for how long, who takes objections; no points, no ranks, no criticism."""

from pathlib import Path

import pytest
from docx import Document

from dangjian_score.report.official.wording import heading
from dangjian_score.words.say import load_words
from tests.papers import texts
from tests.support import run

Capture = pytest.CaptureFixture[str]
RUBRIC = """dangjian: 1
rubric: test-1
title: 支部工作考核办法
subject: 党支部
period: 2024
sections: [{id: A, title: 会议, max: 10, rules: [{deduct: 1, per_missing: 党课次数, of: 4}]}]
selections:
  - {title: 先进党支部, places: 2}
  - {title: 创新奖, if: 有创新成果}
  - {title: 通报批评, below: 8}
"""
EVIDENCE = "党支部,党课次数,有创新成果\n甲支部,4,否\n乙支部,3,否\n丙支部,1,否\n"
POSTED = ("-o", "公示.docx", "--posting", "--quiet")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e.csv").write_text(EVIDENCE, "utf-8")


def posted(capfd: Capture, *more: str) -> list[str]:
    ran = run(capfd, "score", "r.yaml", "e.csv", *POSTED, *more)
    assert (ran.code, ran.err) == (0, "")
    return texts(Path("公示.docx").read_bytes())


def test_a_posting_whole(capfd: Capture) -> None:
    days = ("--date", "2024-12-31", "--posting-until", "2025-01-08")
    assert posted(capfd, *days, "--issuer", "县委组织部", "--department", "干部监督科", "--phone", "0123-4567") == [
        "关于2024年支部工作考核评优名单的公示",
        "",
        "根据《支部工作考核办法》，经考核，拟对下列党支部予以评优，现将名单公示如下。",
        "一、先进党支部（2个党支部）",
        "甲支部、乙支部。",
        "二、创新奖",
        "无。",
        "公示期：2024年12月31日至2025年1月8日。",
        "公示期内，对公示名单有异议的，请以书面、电话或来访等方式向受理部门反映。以单位名义反映的，应加盖公章；"
        "以个人名义反映的，应署真实姓名并提供联系方式。",
        "受理部门：干部监督科",
        "联系电话：0123-4567",
        "",
        "县委组织部",
        "2024年12月31日",
    ]


def test_what_is_not_given_is_blank_and_the_issuer_takes_objections(capfd: Capture) -> None:
    blank = posted(capfd)
    assert "公示期：____年__月__日至____年__月__日。" in blank
    assert "受理部门：________________" in blank
    assert "联系电话：________________" in blank
    assert "受理部门：县委组织部" in posted(capfd, "--issuer", "县委组织部")


def test_a_tie_makes_a_draft(capfd: Capture) -> None:
    Path("e.csv").write_text(EVIDENCE.replace("丙支部,1", "丙支部,3"), "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", *POSTED)
    assert ran.code == 0
    lines = texts(Path("公示.docx").read_bytes())
    assert lines[1] == "（送审稿）"
    assert "甲支部；得分相同，名额不足，提请研究确定：丙支部、乙支部。" in lines


def test_in_an_offices_own_paper(capfd: Capture) -> None:
    paper = Document()
    for text in ("{{标题}}", "{{通报}}", "{{附件}}"):
        paper.add_paragraph(text)
    paper.save("t.docx")
    lines = posted(capfd, "--notice-template", "t.docx")
    assert lines[0] == "关于2024年支部工作考核评优名单的公示"
    assert "{" not in "".join(lines)
    assert not any("分项得分" in line for line in lines)


def test_in_english(capfd: Capture) -> None:
    lines = posted(capfd, "--lang", "en", "--phone", "1")
    assert lines[0] == "Posting of Those Selected: “支部工作考核办法”, 2024"
    assert "1. 先进党支部 (党支部: 2)" in lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--posting", "-o", "x.xlsx"], "--posting 要和 -o *.docx 同用"),
        (["-o", "x.docx", "--phone", "1"], "--phone 要和 --posting 同用"),
        (["-o", "x.docx", "--posting-until", "2025-01-08"], "--posting-until 要和 --posting 同用"),
        (["-o", "x.docx", "--posting", "--posting-until", "8日"], "--posting-until 的值“8日”不对，应为：YYYY-MM-DD"),
        (
            ["-o", "x.docx", "--posting", "--posting-until", "2024-12-30", "--date", "2024-12-31"],
            "--posting-until 的值“2024-12-30”不对，应为：≥ 2024-12-31",
        ),
        (["-o", "x.docx", "--posting", "--through", "2024-06-30"], "--posting 和 --through 只能用一个"),
    ],
)
def test_slips(capfd: Capture, arguments: list[str], said: str) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", *arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert not Path("x.docx").exists()


def test_without_awards_there_is_nothing_to_post(capfd: Capture) -> None:
    without = "".join(line for line in RUBRIC.splitlines(keepends=True) if "places" not in line and "创新" not in line)
    Path("r.yaml").write_text(without, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", *POSTED)
    assert (ran.code, "细则 test-1 没有评优（selections），没有要公示的名单" in ran.err) == (2, True)


@pytest.mark.parametrize(("at", "number"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三")])
def test_headings_are_numbered(at: int, number: str) -> None:
    assert heading(at, "甲", load_words("zh")).text == f"{number}、甲"
