"""共性问题: what many units lost points by, in the workbook, on the page, in the notice and in Markdown.

Of six units, 丙丁戊 had too few lectures (3 of 6, 50 %), 甲乙 no summary (a third) and 乙 no plan either (one alone is
no problem of many); 甲乙 were punished; 丙丁 got fewer marks from the assessors.
"""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.papers import texts
from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
RUBRIC = (
    HEAD.replace("title: 试", "title: 2024年支部考核办法")
    + """sections:
- {id: A, title: 制度, max: 10, source: {clause: 第一条}, rules: [{deduct: 1, each_missing: [有计划, 有总结]}]}
- {id: B, title: 党课, max: 10, source: {clause: 第二条}, rules: [{deduct: 2, per_missing: 党课次数, of: 4}]}
- {id: C, title: 作风, max: 10, source: {clause: 第三条}, rules: [
    {deduct: 1, judge: 作风建设扣分}, {deduct: 5, if: 受到处分}]}
- {id: D, title: 加分, kind: bonus, rules: [{award: 1, per: 创新项目}]}
"""
)
EVIDENCE = """党支部,有计划,有总结,党课次数,作风建设扣分,受到处分,创新项目
甲,是,否,4,0,是,1
乙,否,否,4,0,是,1
丙,是,是,3,1,否,1
丁,是,是,2,0.5,否,1
戊,是,是,0,0,否,1
己,是,是,4,0,否,1
"""
SENTENCE = (
    "扣分较为集中的问题：一是党课次数不足，涉及3个党支部，占50.0%；二是没有总结，涉及2个党支部，占33.3%；"
    "三是作风建设扣分，涉及2个党支部，占33.3%；四是受到处分，涉及2个党支部，占33.3%。"
)
ROWS = [
    ("第二条", "B 党课", "党课次数不足", 3, "50.0%"),
    ("第一条", "A 制度", "没有总结", 2, "33.3%"),
    ("第三条", "C 作风", "作风建设扣分", 2, "33.3%"),
    ("第三条", "C 作风", "受到处分", 2, "33.3%"),
]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e.csv").write_text(EVIDENCE, "utf-8")


def written(capfd: Capture, *more: str) -> str:
    """Write all formats; return the Markdown."""
    outputs = [f"-oa.{form}" for form in ("xlsx", "html", "docx", "md")]
    ran = run(capfd, "score", "r.yaml", "e.csv", *outputs, "--quiet", *more)
    assert ran.code == 0, ran.err
    return Path("a.md").read_text("utf-8")


def test_in_every_format(capfd: Capture) -> None:
    markdown = written(capfd)
    assert SENTENCE in markdown
    assert [line for line in markdown.splitlines() if line.startswith("| 第") and "%" in line] == [
        f"| {clause} | {item} | {what} | {units} | {share} |" for clause, item, what, units, share in ROWS
    ]
    sheet: Any = load_workbook("a.xlsx")["共性问题"]
    _, told, heads, *rows = sheet.iter_rows(values_only=True)
    assert told[0] == SENTENCE
    assert heads == ("条款", "指标", "问题", "涉及单位数", "占比")
    assert [row[:4] for row in rows] == [row[:4] for row in ROWS]
    assert [row[4] for row in rows] == [0.5, *[0.3333333333] * 3]
    assert SENTENCE in texts(Path("a.docx").read_bytes())
    page = Path("a.html").read_text("utf-8")
    assert f"<p>{SENTENCE}</p>" in page
    assert "<td>没有总结</td>" in page


def test_the_public_reads_no_reasons_of_sanctions(capfd: Capture) -> None:
    markdown = written(capfd, "--public")
    assert "三是作风建设扣分，涉及2个党支部，占33.3%。" in markdown
    assert "受到处分" not in markdown


def test_what_one_unit_alone_lost_is_no_problem_of_many(capfd: Capture) -> None:
    Path("e.csv").write_text(
        "党支部,有计划,有总结,党课次数,作风建设扣分,受到处分,创新项目\n甲,否,否,1,1,是,0\n", "utf-8"
    )
    assert "共性问题" not in written(capfd)
    assert "共性问题" not in load_workbook("a.xlsx").sheetnames
    assert "二、共性问题" not in texts(Path("a.docx").read_bytes())


def test_a_unit_counts_once_for_all_rounds_and_groups(capfd: Capture) -> None:
    """甲 lacks lectures in both rounds, 乙 in one, and meetings in two quarters: two units each, of two."""
    Path("r.yaml").write_text(
        HEAD + "period: 2024\nrounds: {上半年: 50%, 下半年: 50%}\nmeasures: {民主生活会: {register: true}}\nsections:\n"
        "- {id: A, title: 党课, max: 10, rules: [{deduct: 1, per_missing: 党课次数, of: 2}]}\n"
        "- {id: B, title: 生活会, rounds: none, max: 10, rules: [\n"
        "    {deduct: 1, per_missing: 民主生活会, of: 1, for_each: quarter, title: 民主生活会不按季召开}]}\n",
        "utf-8",
    )
    Path("e.csv").write_text("党支部,轮次,党课次数\n甲,上半年,1\n甲,下半年,1\n乙,上半年,2\n乙,下半年,1\n", "utf-8")
    Path("t.csv").write_text("党支部,事项,日期\n甲,民主生活会,2024-02-01\n乙,民主生活会,2024-05-01\n", "utf-8")
    told = written(capfd, "t.csv")
    assert "一是党课次数不足，涉及2个党支部，占100.0%；二是民主生活会不按季召开，涉及2个党支部，占100.0%。" in told


@pytest.mark.parametrize(
    ("rule", "column", "what"),
    [
        ("{deduct: 1, per_over: 迟报天数, of: 1}", "迟报天数", "迟报天数超出规定"),
        ("{deduct: 1, per: 缺席次数}", "缺席次数", "“缺席次数”扣分"),
        ("{deduct: {3: 3, 2: 2}, at_least: 差错数}", "差错数", "“差错数”扣分"),
        ("{deduct: 1, each: [迟报, 漏报]}", "迟报,漏报", "迟报"),
    ],
)
def test_a_problem_in_a_few_words(capfd: Capture, rule: str, column: str, what: str) -> None:
    Path("r.yaml").write_text(HEAD + f"sections: [{{id: A, title: 甲, max: 10, rules: [{rule}]}}]\n", "utf-8")
    cells = "是,否" if "," in column else "3"
    Path("e.csv").write_text(f"党支部,{column}\n甲,{cells}\n乙,{cells}\n", "utf-8")
    assert f"：{what}，涉及2个党支部，占100.0%。" in written(capfd)
