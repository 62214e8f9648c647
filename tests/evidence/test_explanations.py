"""What examiners write about judged figures (扣分原因): which columns are read, what is printed, what is asked for."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from dangjian_score.core.columns import explanation_of
from dangjian_score.core.facts import UnitFacts
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from tests.evidence.test_tables import Found, read, unit
from tests.filling import header_row
from tests.papers import texts
from tests.support import HEAD, rubric, run

Capture = pytest.CaptureFixture[str]

ONE = """
sections:
  - {id: A, title: 组织, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 材料, max: 10, rules: [{deduct: 5, judge: 材料扣分}]}
"""
TWO = ONE + "  - {id: C, title: 党课, max: 10, rules: [{award: 10, judge: 党课评分}]}\n"
PANEL = """
sections:
  - {id: A, title: 作风, max: 10, rules: [{deduct: 5, judge: 作风扣分, combine: mean}]}
  - {id: B, title: 党课, max: 10, rules: [{award: 10, judge: 党课评分, combine: mean}]}
"""
EVENTS = """
period: 2025
sections:
  - {id: A, title: 组织, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 作风, max: 10, rules: [{deduct: {from: 1, to: 3}, per: 投诉, judge: 酌情扣分, where: 查实}]}
"""


def written(facts: UnitFacts) -> dict[str, list[str]]:
    """Collect what was written about the measures of a unit, each with its cell."""
    return {name: [f"{each.cell.address} {each.text}" for each in given] for name, given in facts.explanations.items()}


def test_a_measure_names_its_column() -> None:
    assert explanation_of("党课评分") == "党课评分扣分原因"
    assert explanation_of("材料扣分") == "材料扣分原因"


@pytest.mark.parametrize(
    ("header", "row", "found"),
    [
        ("材料扣分,材料扣分原因,党课评分", "2,迟报 3 天,9", {"材料扣分": ["D2 迟报 3 天"]}),
        ("材料扣分,材料扣分扣分原因,党课评分", "2,迟报 3 天,9", {"材料扣分": ["D2 迟报 3 天"]}),
        ("材料扣分,材料扣分（扣分理由）,党课评分", "2,迟报 3 天,9", {"材料扣分": ["D2 迟报 3 天"]}),
        ("材料扣分,党课评分,材料说明,党课扣分原因", "2,9,甲,内容少", {"党课评分": ["F2 内容少"]}),
        ("材料扣分,党课评分,党课评分说明", "2,9,内容少", {"党课评分": ["E2 内容少"]}),
        # a title alone explains the figures on its left, whatever stands elsewhere
        (
            "材料扣分,扣分原因,党课评分,扣分原因",
            "2,迟报,9,内容少",
            {"材料扣分": ["D2 迟报"], "党课评分": ["F2 内容少"]},
        ),
        ("材料扣分,说明,党课评分,原因", "2,迟报,9,内容少", {"材料扣分": ["D2 迟报"], "党课评分": ["F2 内容少"]}),
        # of two measures it says nothing anywhere else, and remarks for others are none
        ("材料扣分,党课评分,备注,扣分原因", "2,9,甲,迟报", {}),
        ("材料扣分,备注,党课评分,备注", "2,迟报,9,内容少", {}),
        # placeholders say nothing
        ("材料扣分,材料扣分原因,党课评分", "2,无,9", {}),
        ("材料扣分,材料扣分原因,党课评分", "2,同上,9", {}),
        ("材料扣分,材料扣分原因,党课评分", "2,,9", {}),
        # a day or a number is what was written, too
        ("材料扣分,材料扣分原因,党课评分", "2,12345678901234567890,9", {"材料扣分": ["D2 12345678901234567890"]}),
    ],
)
def test_titles_of_a_matrix(header: str, row: str, found: dict[str, list[str]]) -> None:
    evidence, told, result = read(TWO, e=f"党支部,缺,{header}\n甲,0,{row}\n")
    assert written(unit(evidence, "甲")) == found
    assert ("W026", f"{'CDE'[header.split(',').index('材料扣分')]}2") in told or "材料扣分" in found
    assert result is not None


def test_the_only_judged_figure_is_explained_from_afar() -> None:
    evidence, told, _ = read(ONE, e="党支部,材料扣分,缺,扣分原因\n甲,2,0,迟报\n乙,0,1,/\n")
    assert written(unit(evidence, "甲")) == {"材料扣分": ["D2 迟报"]}
    assert told == []
    _, told, _ = read(ONE, e="党支部,材料扣分,缺,说明\n甲,2,0,迟报\n")
    assert told == [("N003", "D1"), ("W026", "B2")]


def test_a_column_that_the_rubric_passes_over_explains_nothing() -> None:
    evidence, told, _ = read("ignore: [扣分原因]\n" + ONE, e="党支部,缺,材料扣分,扣分原因\n甲,0,2,迟报\n")
    assert written(unit(evidence, "甲")) == {}
    assert ("W026", "C2") in told


def test_figures_elsewhere_that_correct_a_figure_are_still_asked_about() -> None:
    _, told, _ = read(ONE, e="党支部,缺,材料扣分,材料扣分原因,核定分\n甲,0,2,迟报,1\n")
    assert told == [("E024", "E1")]


def test_a_merged_reason_is_that_of_each_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["党支部", "缺", "材料扣分", "扣分原因"],
        ["甲", 0, 2, "材料迟报"],
        ["乙", 0, 1, None],
        ["丙", 0, 0, "#N/A"],
    ):
        sheet.append(row)
    sheet.merge_cells("D2:D3")
    book.save("e.xlsx")
    Path("r.yaml").write_text(HEAD + ONE, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.xlsx", "--unit", "乙", "--format", "md")
    assert (ran.code, "W026" in ran.err) == (0, False)
    assert "材料扣分 1（限 0–5）；扣分原因：“材料迟报”" in ran.out


@pytest.mark.parametrize(
    ("header", "rows", "found", "told"),
    [
        ("指标,填报值,说明", "缺,1,请假\n材料扣分,2,迟报\n", {"材料扣分": ["C5 迟报"]}, [("N003", "C3")]),
        ("指标,填报值,说明", "缺,1,\n材料扣分,2,迟报\n", {"材料扣分": ["C5 迟报"]}, []),
        ("指标,填报值,说明,扣分原因", "缺,1,,\n材料扣分,2,见附件,迟报\n", {"材料扣分": ["D5 迟报"]}, [("N003", "C3")]),
        ("指标,填报值,备注", "缺,1,\n材料扣分,2,迟报\n", {}, [("N003", "C3"), ("W026", "B5")]),
        ("指标,填报值,说明", "缺,1,\n材料扣分,0,\n", {}, []),
    ],
)
def test_forms(header: str, rows: str, found: dict[str, list[str]], told: Found) -> None:
    evidence, noted, _ = read(ONE, e=f"单位,甲\n党支部考核自查表\n{header}\n{rows}")
    assert written(unit(evidence, "甲")) == found
    assert noted == told


def test_assessors_explain_their_own_figures() -> None:
    table = "党支部,评委,作风扣分,作风扣分原因,党课评分,扣分原因\n"
    evidence, told, _ = read(PANEL, p=table + "甲,王,2,迟到,9,\n甲,李,0,,8,内容少\n乙,王,1,,10,\n乙,李,2,,10,\n")
    explained = unit(evidence, "甲").explanations
    assert [(each.assessor, each.text) for each in explained["作风扣分"]] == [("王", "迟到")]
    assert [(each.assessor, each.text) for each in explained["党课评分"]] == [("李", "内容少")]
    assert told == [("W026", "C4")]


@pytest.mark.parametrize(
    ("columns", "cells", "explained"),
    [
        ("说明", "窗口无人", "窗口无人"),
        ("扣分理由,说明", "窗口无人,甲", "窗口无人"),
        ("扣分原因,说明", ",甲", "甲"),
        ("备注", "甲", None),
    ],
)
def test_events_that_are_judged(columns: str, cells: str, explained: str | None) -> None:
    rows = f"党支部,事项,日期,查实,酌情扣分,{columns}\n甲,投诉,2025-03-01,是,2,{cells}\n甲,投诉,2025-04-01,否,1,\n"
    evidence, told, result = read(
        EVENTS, e="党支部,缺\n甲,0\n", t=rows.replace("否,1,", "否,1," + "," * columns.count(","))
    )
    first = unit(evidence, "甲").events[0].explanation
    assert (None if first is None else first.text) == explained
    assert told == ([] if explained else [("W026", "E2")])  # what was not found true needs no reason
    assert result is not None


def test_rounds_keep_their_own_reasons() -> None:
    text = "rounds: {上半年: 50%, 下半年: 50%}\n" + ONE
    table = "党支部,轮次,缺,材料扣分,扣分原因\n甲,上半年,0,1,迟报\n甲,下半年,0,2,漏报\n乙,上半年,0,1,\n乙,下半年,0,0,\n"
    evidence, told, result = read(text, e=table)
    assert told == [("W026", "D4")]
    assert written(unit(evidence, "甲")) == {"材料扣分": ["E2 迟报", "E3 漏报"]}
    assert result is not None
    rounds = next(one for one in result.units if one.unit == "甲").trace().rounds
    lines = {
        name: [each.text for line in node.lines for each in line.explanations]
        for name, round_ in rounds.items()
        for node in round_.nodes
        if node.id == "B"
    }
    assert lines == {"上半年": ["迟报"], "下半年": ["漏报"]}


RUBRIC = (
    f"{HEAD}period: 2025\n"
    + ONE
    + """  - {id: C, title: 党课, max: 10, rules: [{award: 10, judge: 党课评分, combine: mean}]}
  - {id: D, title: 作风, max: 10, rules: [{deduct: {from: 1, to: 3}, per: 投诉, judge: 酌情扣分}]}
"""
)
FILES = {
    "r.yaml": RUBRIC,
    "e.csv": "党支部,缺,材料扣分,扣分原因\n甲,0,2,9 月材料迟报 3 天\n乙,0,1,\n丙,0,3,\n",
    "p.csv": "党支部,评委,党课评分,党课扣分原因\n甲,王,8,内容偏少\n甲,李,10,\n乙,王,9,\n乙,李,9,\n丙,王,9,\n丙,李,9,\n",
    "t.csv": "党支部,事项,日期,酌情扣分,说明\n甲,投诉,2025-03-01,2,窗口无人\n",
}
TABLES = ("e.csv", "p.csv", "t.csv")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_lines_print_them_word_for_word(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", *TABLES, "--unit", "甲", "--format", "md")
    assert ran.code == 0
    assert "| 材料扣分 2（限 0–5）；扣分原因：“9 月材料迟报 3 天” | -2.00 |  | e.csv!C2 D2 |" in ran.out
    assert "（各评委：8、10）；扣分原因（王）：“内容偏少” | 9.00 | 1.00 | p.csv!C2 C3 D2 |" in ran.out
    assert "投诉 1 次（2025-03-01 酌情扣分 2，扣 2 分，扣分原因：“窗口无人”） | -2.00 |  | t.csv!A2 D2 E2 |" in ran.out
    asked = "“材料扣分”扣了分，没有写扣分原因（乙等 2 处）；请在“材料扣分原因”列写明"
    assert f"e.csv!C3: W026 警告: {asked}" in ran.err


def test_json_names_who_wrote_and_where(desk: Path, capfd: Capture) -> None:
    units = json.loads(run(capfd, "score", "r.yaml", *TABLES, "--format", "json").out)["units"]
    nodes = {node["id"]: node["lines"] for unit in units if unit["unit"] == "甲" for node in unit["nodes"]}
    assert nodes["B"][0]["explanations"] == [{"text": "9 月材料迟报 3 天", "cell": "e.csv!D2"}]
    assert nodes["C"][0]["explanations"] == [{"assessor": "王", "text": "内容偏少", "cell": "p.csv!D2"}]
    assert "explanations" not in nodes["D"][0]  # stands with the event


def test_the_public_reads_none_of_them(desk: Path, capfd: Capture) -> None:
    for form in ("md", "json", "html"):
        out = run(capfd, "score", "r.yaml", *TABLES, "--unit", "甲", "--format", form, "--public").out
        assert not [text for text in ("迟报", "内容偏少", "窗口无人", "王") if text in out]
    table = run(capfd, "score", "r.yaml", *TABLES, "--unit", "甲", "--format", "md", "--public").out
    assert "| 投诉，扣 2 分 | -2.00 |" in table  # how many there were is not public either


def test_a_letter_has_a_row_for_them_and_no_assessor(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", "r.yaml", *TABLES, "--feedback", "f", "-q").code == 0
    lines = texts((desk / "f" / "甲.docx").read_bytes())
    assert [lines[at + 1] for at, text in enumerate(lines) if text == "扣分原因"] == ["9 月材料迟报 3 天", "内容偏少"]
    assert not [text for text in lines if "王" in text]


def test_templates_ask_for_what_is_warned_of(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("award: 10, judge: 党课评分", "deduct: 10, judge: 党课扣分"), "utf-8")
    assert run(capfd, "template", "r.yaml", "-o", "t.xlsx").code == 0
    book = load_workbook("t.xlsx")
    titles = {
        sheet.title: [cell.value for cell in sheet[header_row(sheet)]]
        for sheet in book
        if sheet.title in ("汇总表", "评分表", "台账")
    }
    assert titles["汇总表"] == ["党支部", "缺", "材料扣分", "材料扣分原因"]
    assert titles["评分表"] == ["党支部", "评委", "党课扣分", "党课扣分原因"]
    assert "说明" in titles["台账"]


@pytest.mark.parametrize(("own", "found"), [(False, {"材料扣分": ["D5 迟报"]}), (True, {})])
def test_what_units_say_of_themselves_is_no_reason(own: bool, found: dict[str, list[str]]) -> None:
    form = "单位,甲\n党支部考核自查表\n指标,自评值,填报值,说明\n缺,1,1,\n材料扣分,1,2,迟报\n"
    loaded = rubric(ONE)
    known = catalogue(compile_rubric(loaded.rubric))
    evidence, told = read_evidence({"e.csv": form.encode()}, loaded.rubric, known, own=own)
    assert written(unit(evidence, "甲")) == found
    assert (("N003", "D3") in [(one.code, one.place.cell) for one in told]) is own
