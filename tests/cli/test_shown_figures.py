"""Figures that no number of decimals holds: shown rounded, said once, exact beside it; parts that decide are exact."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.dumped import dump
from tests.support import Ran, run

Capture = pytest.CaptureFixture[str]
NOTE = "总分四舍五入保留一位小数，名次按保留后的总分排列；分项之和与总分可能略有差异。"
RUBRIC = """dangjian: 1
rubric: shown-1
title: 学习考核细则
subject: 单位
period: 2024
rounding: {total: 1}
tie_break: [A]
sections:
  - {id: A, title: 学习, max: 10, rules: [{award: 10, ratio: 学时, of: 60}]}
  - {id: B, title: 会议, max: 10, rules: [{deduct: 1, per: 缺席}]}
"""
EVIDENCE = "单位,学时,缺席\n甲,50,0\n乙,49.986,0\n丙,60,1\n"
"""A: 25/3 and 8.331, both 8.33 and 18.3 in all; 10."""
WHOLE = "单位,学时,缺席\n甲,60,0\n"

Scored = Callable[..., Ran]


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Scored:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")

    def score(*options: str, evidence: str = EVIDENCE) -> Ran:
        Path("e.csv").write_text(evidence, "utf-8")
        ran = run(capfd, "score", "r.yaml", "e.csv", "-q", *options)
        assert ran.code == 0, ran.err
        return ran

    return score


def words_of(path: str) -> str:
    document: Any = Document(path)
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join((*(paragraph.text for paragraph in document.paragraphs), *cells))


def test_what_is_rounded_stands_exactly_beside_it(scored: Scored) -> None:
    units = {unit["unit"]: unit for unit in json.loads(scored("--format", "json").out)["units"]}
    first = units["甲"]
    assert (first["total"], first["base"], first["base_exact"]) == ("18.3", "18.33", "55/3")
    section = first["nodes"][0]
    assert (section["points"], section["exact"]) == ("8.33", "25/3")
    (line,) = section["lines"]
    assert (line["before"], line["before_exact"], line["points"], line["exact"]) == ("8.33", "25/3", "8.33", "25/3")
    assert "exact" not in first["nodes"][1]
    (rounding,) = first["lines"]
    told = (rounding["text"], rounding["points"], rounding["exact"])
    assert told == ("保留小数：18.3333… 记为 18.3", "-0.03", "-1/30")
    assert not [key for key in units["丙"] if key.endswith("_exact")]


def test_every_report_says_once_that_parts_may_not_add_up(scored: Scored) -> None:
    names = ("r.html", "r.md", "r.docx", "r.xlsx")
    shown = scored("--detail", *(part for name in names for part in ("-o", name)), "--feedback", "f/").out
    texts = {"screen": "".join(shown.split()), "html": Path("r.html").read_text("utf-8")}
    texts |= {"md": Path("r.md").read_text("utf-8"), "docx": words_of("r.docx"), "letter": words_of("f/甲.docx")}
    texts["xlsx"] = dump(Path("r.xlsx").read_bytes())
    assert {name: text.count(NOTE) for name, text in texts.items()} == dict.fromkeys(texts, 1)
    assert NOTE not in words_of("f/丙.docx")


def test_reports_without_rounded_parts_do_not_say_so(scored: Scored) -> None:
    shown = scored("--detail", "-o", "r.md", "-o", "r.xlsx", evidence=WHOLE).out
    text = shown + Path("r.md").read_text("utf-8") + dump(Path("r.xlsx").read_bytes())
    assert "分项之和" not in text


def test_what_alone_explains_a_rank_is_shown_to_the_last_digit(scored: Scored) -> None:
    """Of one total, 甲 stands before 乙 by section A, which is 8.33 for both; 丙 needs no more digits."""
    rows = [line.split(",") for line in scored("--format", "csv").out.lstrip("\ufeff").splitlines()]
    assert rows[1:] == [
        ["1", "丙", "10.00", "9.00", "19.0"],
        ["2", "甲", "'25/3", "10.00", "18.3"],
        ["3", "乙", "8.331", "10.00", "18.3"],
    ]
    scored("-o", "r.md", "-o", "r.xlsx", "-o", "r.html")
    assert "| 3 | 乙 | 18.3 | 8.331 | 10.00 |" in Path("r.md").read_text("utf-8")
    assert dump(Path("r.xlsx").read_bytes()).count(" 8.331 ") == 2  # the ranking, and its item
    assert '<td class="part">25/3</td>' in Path("r.html").read_text("utf-8")
