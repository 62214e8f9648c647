"""The examples in the book of codes, as far as they are about evidence, are read and scored.

`before` and `after` are tables as a clerk hands them in. An example of several tables has a line `--- 台账.csv` above
each further one, which names its file; what stands above the first such line is 汇总表.csv. A part named 细则.yaml is
no table: it is added to the rubric.

The rubric is one for all of them, cut to what an example speaks of: a section takes part where the mended tables have
the column that heads it in `SECTIONS`.
"""

import csv
import re
from collections.abc import Mapping
from io import StringIO
from typing import Final

import pytest

from dangjian_score.checks import evidence as due
from dangjian_score.checks import openness
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, has_errors
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.words.say import LANGUAGES, explained, load_words
from tests.support import rubric

SECTIONS: Final = {
    "缺席次数": "{id: A1, title: 会议出席, max: 10, rules: [{deduct: 1, per: 缺席次数}]}",
    "有年度计划": "{id: A2, title: 年度计划, max: 2, rules: [{award: 2, if: 有年度计划}]}",
    "出勤率": "{id: A3, title: 出勤, max: 10, rules: [{award: {90%: 10, 80%: 5}, else: 0, at_least: 出勤率}]}",
    "应到人数": "{id: A4, title: 到会, max: 10, rules: [{award: 10, ratio: 到会人数, of: 应到人数}]}",
    "报告字数": "{id: A7, title: 报告, max: 5, rules: [{award: 5, ratio: 成绩字数, of: 报告字数}]}",
    "发展计划数": """{id: A5, title: 发展党员, max: 10, if_na: rescale,
        rules: [{deduct: 1, per_missing: 发展党员数, of: 发展计划数}]}""",
    "落实不力": """{id: A6, title: 落实, max: 10,
        rules: [{deduct: {from: 1, to: 3}, if: 落实不力, judge: 落实不力扣分}]}""",
    "述职得分": "{id: B1, title: 述职, max: 10, rules: [{award: 10, judge: 述职得分, combine: trimmed_mean}]}",
    "答辩得分": "{id: B3, title: 答辩, max: 10, rules: [{award: 10, judge: 答辩得分, combine: mean}]}",
    "测评得分": "{id: B4, title: 测评, max: 9, rules: [{award: 9, judge: 测评得分, combine: {领导: 60%, 群众: 40%}}]}",
    "收回票数": "{id: B5, title: 群众测评, max: 10, rules: [{award: {好: 10, 一般: 6, 差: 0}, votes: 群众测评}]}",
    "创新得分": "{id: B2, title: 创新, max: 10, rules: [{award: 10, judge: 创新得分}]}",
    "类型": """{id: D, title: 阵地, max: 5, items: [
        {id: D1, title: 村部, max: 5, only: {类型: 村}, rules: [{award: 5, if: 有村部}]},
        {id: D2, title: 中心, max: 5, only: {类型: 社区}, rules: [{award: 5, if: 有村部}]}]}""",
    "事项": """{id: C, title: 台账, max: 10, rules: [
        {deduct: {警告: 2, 撤职: 5}, by: 处分, highest_per: 案件}, {deduct: 1, per: 投诉}, {deduct: 1, per: 信访}]}""",
}
"""A section for each column that heads it: counts, yes and no, per cents, shares, assessors, ballots, registers."""
MEASURES: Final = "measures:\n  投诉: {register: true}\n  信访: {register: true, outside: ignore}\n"
LIMIT: Final = "  成绩字数: {at_most: 报告字数}\n"
ROUNDS: Final = """rounds:
  上半年: {weight: 50%, from: 2024-01-01, to: 2024-06-30}
  下半年: {weight: 50%, from: 2024-07-01, to: 2024-12-31}
"""
"""What the rubric has besides where the mended tables have a column 轮次."""

SHOWN: Final = [code for code in Code if (page := explained(code, "zh")).before and not page.shows_rubric]
"""Codes whose example is tables of evidence."""


def parts(example: str) -> dict[str, str]:
    """Split an example into its files."""
    first, *named = re.split(r"^--- (.+)\n", example, flags=re.MULTILINE)
    return {"汇总表.csv": first, **dict(zip(named[::2], named[1::2], strict=True))}


def headers(example: str) -> set[str]:
    """Give what may be headings: all of the first row, and in a form what begins a row."""
    rows = [[row.split(",") for row in text.splitlines()] for text in tables(example).values()]
    return {title for table in rows for title in (*table[0], *(row[0] for row in table))}


def tables(example: str) -> dict[str, str]:
    return {name: text for name, text in parts(example).items() if name.endswith(".csv")}


def found_in(example: str, columns: set[str]) -> tuple[Diagnostic, ...]:
    """Hand an example in, against the rubric for these columns; give all that is found, ties of its outcome too."""
    sections = "".join(f"  - {section}\n" for column, section in SECTIONS.items() if column in columns)
    more = parts(example).get("细则.yaml", "") + (ROUNDS if "轮次" in columns else "")
    more += "attributes: [类型]\n" if "类型" in columns else ""
    limit = LIMIT if "报告字数" in columns else ""
    loaded = rubric(f"period: 2024\n{MEASURES}{limit}sections:\n{sections}{more}")
    program = compile_rubric(loaded.rubric)
    files: Mapping[str, bytes] = {name: text.encode() for name, text in tables(example).items()}
    evidence, found = read_evidence(files, loaded.rubric, catalogue(program))
    found = (*found, *due.check(program, evidence))
    if has_errors(found):
        return found
    return (*found, *openness.still_open(score(compile_rubric(loaded.rubric), evidence), loaded.source))


@pytest.mark.parametrize("code", SHOWN)
def test_an_example_before_and_after(code: Code) -> None:
    page = explained(code, "zh")
    columns = headers(page.after)
    before, after = found_in(page.before, columns), found_in(page.after, columns)
    errors = {finding.code for finding in before if finding.severity == "error"}
    assert code in {finding.code for finding in before}
    assert errors == ({code} if code.startswith("E") else set())
    assert not has_errors(after)
    assert code not in {finding.code for finding in after}


@pytest.mark.parametrize("code", SHOWN)
def test_what_is_said_of_an_example_has_no_gaps(code: Code) -> None:
    page = explained(code, "zh")
    for language in LANGUAGES:
        words = load_words(language)
        for finding in found_in(page.before, headers(page.after)):
            assert not re.search(r"“”|：$|: $|[{}\[\]]", words.message(finding)), finding


@pytest.mark.parametrize("code", SHOWN)
def test_tables_of_examples_are_small_and_even(code: Code) -> None:
    page = explained(code, "zh")
    assert page.before != page.after
    for text in (*tables(page.before).values(), *tables(page.after).values()):
        rows = [*csv.reader(StringIO(text))]
        assert len(rows) <= 4
        assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    ("code", "args", "sentence"),
    [
        ("E032", {"found": "#N/A", "measure": ""}, "“#N/A”没有可用的值：公式未算出或出错"),  # in the unit's own cell
        ("E043", {"unit": "丁", "near": "", "table": ""}, "“丁”不在被考核单位之列；请改正名称，或先补上这个单位"),
        ("E074", {"found": "", "near": "", "known": ""}, "这一行的事项或测评项对不上细则；请改正，或删去这一行"),
        (
            "E075",
            {"found": "", "table": "rulings", "rounds": "甲、乙"},
            "核定调整的这一行对不上轮次；请写明是哪一轮：甲、乙",
        ),
    ],
)
def test_parts_of_a_sentence_that_fall_away(code: str, args: dict[str, str], sentence: str) -> None:
    words = load_words("zh").message(Diagnostic(Code(code), Place("e.csv"), tuple(args.items())))
    assert words.startswith(sentence)
    assert words.count("“") == sentence.count("“")
