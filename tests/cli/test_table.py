"""`dangjian table`: the scoring table for a visit; what is filled in comes back as evidence."""

import json
import re
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.api.files import shipped_rubrics
from dangjian_score.checks.study import Study
from dangjian_score.core.names import breadth
from dangjian_score.core.points import plain
from dangjian_score.engine.totals import full_marks
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.words.clauses import rule_text
from dangjian_score.words.say import load_words
from tests.evidence.test_template import KINDS, UNITS, check_demands, check_scores, roster, study
from tests.filling import Filler, Row, rows
from tests.papers import texts
from tests.sampling import sampled
from tests.support import ROOT, run

Capture = pytest.CaptureFixture[str]
SHIPPED = [path.stem for path in shipped_rubrics()]
HEADS = ["考核项目", "考核内容", "评分标准", "分值", "自评分", "考评分", "扣分原因"]
RUBRIC = """
dangjian: 1
rubric: demo
title: 示范细则
subject: 党支部
period: 2024
measures: {处分: {register: true}, 会议次数: {unit: 次}}
sections:
  - id: A
    title: 组织
    max: 60
    items:
      - id: A1
        title: 会议
        max: 30
        criterion: 每季度开会
        inspect: 查看记录
        rules: [{deduct: 0.5, per_missing: 会议次数, of: 4}]
      - id: A2
        title: 记录
        max: 30
        rules: [{deduct: 5, judge: 记录扣分}, {deduct: 2, if: 记录补写}, {deduct: 1, per_missing: 会议次数, of: 2}]
  - {id: B, title: 学习, max: 40, rules: [{award: 40, judge: 学习评分}]}
  - {id: C, title: 创新, kind: bonus, max: 5, rules: [{award: 2, per: 创新项数}]}
  - {id: D, title: 处分, kind: penalty, rules: [{deduct: 3, per: 处分}]}
vetoes: [{title: 出了事故, if: 发生事故, grade_at_most: 较差}]
grades: {优秀: 90, 较差: 0}
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("台账.csv").write_text("党支部,事项\n", "utf-8")
    Path("名册.csv").write_text("党支部\n一支部\n二/支部\n", "utf-8")
    return tmp_path


def by_measure(sheet: Worksheet) -> dict[str, Row]:
    """Return the rows of a table in which something is entered."""
    return {line["指标"].value: line for line in rows(sheet) if line["指标"].value}


def enter(sheet: Worksheet, **values: Any) -> None:
    lines = by_measure(sheet)
    for name, value in values.items():
        lines[name]["考评值"].value = value


def scored(capfd: Capture, *arguments: str | Path) -> dict[str, Any]:
    ran = run(capfd, "score", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_what_is_filled_in_on_a_visit_comes_back_as_evidence(capfd: Capture) -> None:
    """Points by hand.

    一支部: A1 30 − 0.5 × (4 − 3) = 29.5, A2 30 − 2 − 0 − 0 = 28, B 36, C 2 × 1 = 2, D −3: 92.5.
    二/支部: A1 30 − 0.5 × 3 = 28.5, A2 30 − 0 − 2 − 1 = 27, B 40, C at most 5, D 0: 100.5; an accident makes it 较差.
    """
    assert run(capfd, "table", "r.yaml", "--units", "名册.csv", "-o", "表.xlsx").err == "已写入 表.xlsx\n"
    book = load_workbook("表.xlsx")
    assert book.sheetnames == ["填表说明", "一支部", "二 支部", "台账"]
    enter(book["一支部"], 会议次数=3, 记录扣分=2, 记录补写="否", 学习评分=36, 创新项数=1, 发生事故="否")
    enter(book["二 支部"], 会议次数=1, 记录扣分=0, 记录补写="是", 学习评分=40, 创新项数=3, 发生事故="是")
    first = by_measure(book["一支部"])
    first["记录扣分"]["扣分原因"].value = "缺两次签到"
    first["会议次数"]["自评分"].value = 30
    first["会议次数"]["考评分"].value = 1  # written by hand, and wrong: it does not count
    register = next(rows(book["台账"]))
    register["党支部"].value, register["事项"].value = "一支部", "处分"
    book.save("表.xlsx")
    result = scored(capfd, "r.yaml", "表.xlsx", "--units", "名册.csv")
    assert {unit["unit"]: (unit["total"], unit["grade"]) for unit in result["units"]} == {
        "一支部": ("92.50", "优秀"),
        "二/支部": ("100.50", "较差"),
    }
    passed = [found for found in result["diagnostics"] if found["code"] == "N003"]
    assert [found["cell"] for found in passed] == ["G4", "I4"]
    assert "“缺两次签到”" in run(capfd, "score", "r.yaml", "表.xlsx", "--unit", "一支部").out


def test_the_sheet_has_the_columns_of_old_and_what_is_entered(capfd: Capture) -> None:
    assert run(capfd, "table", "r.yaml", "-o", "表.xlsx").code == 0
    sheet = load_workbook("表.xlsx")["考核评分表"]
    lines = [{title: cell.value for title, cell in line.items()} for line in rows(sheet)]
    assert [*lines[0]] == [*HEADS[:4], "指标", "填法", "自评分", "考评值", "考评分", "扣分原因"]
    assert (sheet["A1"].value, sheet["A3"].value, sheet["B3"].value) == ("示范细则　评分表", "党支部", None)
    assert lines[0] == {
        "考核项目": "A 组织（60 分）",
        "考核内容": "A1 会议\n每季度开会\n检查：查看记录",
        "评分标准": "“会议次数”应有 4 次，每少 1 次扣 0.5 分，扣完为止",
        "分值": 30,
        "指标": "会议次数",
        "填法": "整数，不小于 0",
        **dict.fromkeys(("自评分", "考评值", "考评分", "扣分原因")),
    }
    assert [(line["考核内容"], line["分值"]) for line in lines if line["考核内容"] == "小计"] == [("小计", 60)]
    assert [line["分值"] for line in lines if line["考核项目"] == "合计"] == [100]
    told = [line["填法"] for line in lines if line["指标"] is None and line["填法"]]
    assert told == ["会议次数：前面已填", "填在“台账”：处分"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"H10:I10", "A5:A9", "B6:B8"} <= merged  # 学习评分 is given once; sections and items are one cell
    assert "H5:I5" not in merged
    below = [str(row[0].value) for row in sheet.iter_rows(min_row=15) if row[0].value]
    assert below[0] == "考核期：2024年1月1日至2024年12月31日"
    assert any(text.startswith("一票否决：出了事故") for text in below)
    assert any(text.startswith("等次：优秀") for text in below)
    assert below[-1].startswith("自评人（签字）：")
    assert sheet.print_title_rows == "$4:$4"


def test_on_paper_each_unit_begins_a_page(capfd: Capture) -> None:
    assert run(capfd, "table", "r.yaml", "--units", "名册.csv", "-o", "表.docx").code == 0
    paper = Document("表.docx")
    assert [[cell.text for cell in table.rows[0].cells] for table in paper.tables] == [HEADS, HEADS]
    assert all("tblHeader" in table.rows[0]._tr.xml for table in paper.tables)  # noqa: SLF001
    assert len(paper.sections) == 2
    assert {section.orientation for section in paper.sections} == {WD_ORIENT.LANDSCAPE}
    first = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert first[1][:4] == [
        "A 组织（60 分）",
        "A1 会议\n每季度开会\n检查：查看记录",
        "“会议次数”应有 4 次，每少 1 次扣 0.5 分，扣完为止",
        "30",
    ]
    assert first[3][:5] == ["A 组织（60 分）", "小计", "小计", "60", ""]
    assert first[5][:4] == ["合计", "合计", "合计", "100"]
    said = texts(Path("表.docx").read_bytes())
    assert [text for text in said if text.startswith("党支部：")] == [
        "党支部：一支部　　　　考核期：2024年1月1日至2024年12月31日",
        "党支部：二/支部　　　　考核期：2024年1月1日至2024年12月31日",
    ]
    assert said[-1].startswith("自评人（签字）：")


MATRIX = """党支部,会议次数,记录扣分,记录扣分扣分原因,记录补写,学习评分,创新项数,发生事故
一支部,3,2,缺两次签到,否,36,1,否
二支部,4,0,,否,40,0,否
"""
EVIDENCE = ("证据.csv", "台账.csv")


def test_filled_in_for_one_unit(capfd: Capture) -> None:
    """A1 29.5, A2 28, B 36, C 2: 95.5."""
    Path("证据.csv").write_text(MATRIX, "utf-8")
    ran = run(capfd, "table", "r.yaml", *EVIDENCE, "--unit", "一支部", "-o", "表.xlsx", "-o", "表.docx")
    assert ran.code == 0, ran.err
    cells = [[cell.text for cell in row.cells] for row in Document("表.docx").tables[0].rows]
    assert [(row[5], row[6]) for row in cells[1:6]] == [
        ("29.50", "会议次数：应 4 次，实 3 次，少 1 次，扣 0.5 分"),
        ("28.00", "记录扣分 2（限 0–5）；缺两次签到"),
        ("57.50", ""),
        ("36.00", "学习评分 36（限 0–40）"),
        ("95.50", ""),
    ]
    book = load_workbook("表.xlsx")
    assert book.sheetnames == ["填表说明", "一支部"]
    lines = by_measure(book["一支部"])
    assert {name: line["考评值"].value for name, line in lines.items()} == {
        "会议次数": 3, "记录扣分": 2, "记录补写": "否", "学习评分": 36, "创新项数": 1, "发生事故": "否",
    }  # fmt: skip
    assert lines["记录扣分"]["扣分原因"].value == "缺两次签到"
    assert lines["会议次数"]["考评分"].value == "29.50"
    result = scored(capfd, "r.yaml", "表.xlsx", "台账.csv")
    assert [(unit["unit"], unit["total"]) for unit in result["units"]] == [("一支部", "95.50")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-o", "a.pdf"], 2, "*.docx"),
        (["-o", "-"], 2, "*.docx"),
        ([], 2, "缺少"),
        (["证据.csv", "-o", "a.xlsx"], 2, "--unit"),
        (["--unit", "一支部", "-o", "a.xlsx"], 2, "--unit"),
        ([*EVIDENCE, "--unit", "三支部", "-o", "a.xlsx"], 2, "三支部"),
        (["--units", "没有.csv", "-o", "a.xlsx"], 3, "没有.csv"),
        (["-o", "没有/a.xlsx"], 3, "E040"),
    ],
)
def test_what_is_wrong_is_said(capfd: Capture, arguments: list[str], code: int, said: str) -> None:
    Path("证据.csv").write_text(MATRIX, "utf-8")
    ran = run(capfd, "table", "r.yaml", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert not Path("a.xlsx").exists()


def test_never_over_an_input(capfd: Capture) -> None:
    assert run(capfd, "table", "r.yaml", "--units", "名册.csv", "-o", "a.xlsx").code == 0
    before = Path("a.xlsx").read_bytes()
    ran = run(capfd, "table", "r.yaml", "a.xlsx", "--unit", "一支部", "-o", "a.xlsx")
    assert (ran.code, Path("a.xlsx").read_bytes()) == (3, before)
    assert "E041" in ran.err


def test_in_english_the_heads_that_are_read_stay(capfd: Capture) -> None:
    assert run(capfd, "table", "r.yaml", "-o", "a.xlsx", "-o", "a.docx", "--lang", "en").code == 0
    sheet = load_workbook("a.xlsx")["考核评分表"]
    assert {"指标", "考评值", "扣分原因"} <= {cell.value for cell in sheet[4]}
    assert Document("a.docx").tables[0].cell(0, 0).text == "Part"


@pytest.mark.parametrize("name", sampled(SHIPPED, 3, 1, KINDS))
def test_every_item_and_every_figure_of_its_rules_stands_in_the_table(capfd: Capture, name: str) -> None:
    assert run(capfd, "table", name, "-o", "a.xlsx", "-o", "a.docx").code == 0
    of, words = study(name), load_words("zh")
    check_demands(Path("a.xlsx").read_bytes())
    lines = [{title: cell.value for title, cell in line.items()} for line in rows(sheet_of(Path("a.xlsx")))]
    paper = texts(Path("a.docx").read_bytes())
    for node in of.program.nodes:
        rules = [rule_text(rule, words) for rule in node.written]
        if not node.is_section or not node.nodes or node.written:
            line = next(line for line in lines if f"{line['考核内容']}\n".startswith(f"{_name(node)}\n"))
            assert all(text in line["评分标准"] for text in rules)
            assert line["分值"] == (None if node.nodes else _figure(node.max))
        assert all(any(text in cell for cell in paper) for text in (node.node.title, *rules))
        figures = {figure for text in rules for figure in re.findall(r"[0-9.]+", text)}
        assert figures <= {figure for cell in paper for figure in re.findall(r"[0-9.]+", cell)}
    check_sums(of, lines)
    assert {line["指标"] for line in lines if line["指标"]} == {*of.asked.entered.measures} - alone(of)


def sheet_of(path: Path) -> Worksheet:
    sheet = load_workbook(path)["考核评分表"]
    assert isinstance(sheet, Worksheet)
    return sheet


def _name(node: Any) -> str:
    return node.node.title if node.node.id is None else f"{node.id} {node.node.title}"


def _figure(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def alone(of: Study) -> set[str]:
    """Name the measures of which several assessors give one: they stand in a table of their own."""
    assessed = (rule.basis for rule in of.program.rules if isinstance(rule.basis, Assessed))
    return {basis.measure for basis in assessed if basis.combine}


def check_sums(of: Study, lines: list[dict[str, Any]]) -> None:
    """Hold subtotals against sections, their items against subtotals, the total against the full marks."""
    whole = [line for line in lines if line["考核项目"] == "合计"]
    base = [section for section in of.program.sections if section.kind == "base"]
    assert [line["分值"] for line in whole] == [float(full_marks(of.rubric))] * bool(base)
    sums = [line["分值"] for line in lines if line["考核内容"] == "小计"]
    grouped = [section for section in of.program.sections if section.nodes]
    grouped.sort(key=lambda section: section.kind != "base")
    assert sums == [_figure(section.max) for section in grouped]
    for section in base:
        leaves = [node for node in section.below() if not node.nodes]
        plainly = all(
            node.node.only is None and node.node.best is None and node.node.weight is None for node in section.below()
        )
        assert not plainly or sum(node.max or 0 for node in leaves) == section.max, plain(section.max or Fraction(0))


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 0, KINDS))
def test_tables_of_rubrics_that_ship_are_read_as_forms_are(capfd: Capture, tmp_path: Path, name: str) -> None:
    """Filled in alike, both give the same points, and nothing is said of them."""
    Path("名册.csv").write_text(roster(name), "utf-8")
    totals = []
    for written in (["table"], ["template", "--form"]):
        assert run(capfd, written[0], name, "--units", "名册.csv", "-o", "e.xlsx", *written[1:]).code == 0
        book = tmp_path / "e.xlsx"
        book.write_bytes(Filler(study(name), UNITS).filled(book.read_bytes()))
        check_scores(capfd, name, book)
        totals.append({unit["unit"]: unit["total"] for unit in scored(capfd, name, book)["units"]})
    assert totals[0] == totals[1]


def test_long_texts_go_over_several_rows(capfd: Capture) -> None:
    long = "、".join(f"第{at}项要求" for at in range(300))
    Path("r.yaml").write_text(RUBRIC.replace("每季度开会", long), "utf-8")
    assert run(capfd, "table", "r.yaml", "-o", "a.xlsx").code == 0
    sheet = load_workbook(BytesIO(Path("a.xlsx").read_bytes()))["考核评分表"]
    of_first = next(area for area in sheet.merged_cells.ranges if area.coord.startswith("B5:"))
    high = [sheet.row_dimensions[row].height for row in range(of_first.min_row, of_first.max_row + 1)]
    assert max(high) < 409
    assert sum(high) > 14 * breadth(long) / 27


@pytest.mark.parametrize(
    ("name", "evidence", "unit"),
    [("zuzhi-mubiao", "zuzhi-2024/证据", "双塔乡党委"), ("jiguan-xize-1", "jiguan-2024/证据", "区发展改革局机关党委")],
)
def test_filled_in_it_says_what_the_evidence_says(capfd: Capture, name: str, evidence: str, unit: str) -> None:
    """With rounds, and with figures of several assessors: beside the evidence every value is the same one."""
    folder = ROOT / "examples" / evidence
    assert run(capfd, "table", name, folder, "--unit", unit, "-o", "a.xlsx").code == 0
    alone, both = scored(capfd, name, folder), scored(capfd, name, folder, "a.xlsx")
    assert [found["total"] for found in both["units"]] == [found["total"] for found in alone["units"]]
    same = [found for found in both["diagnostics"] if found["code"] == "N004"]
    assert len(same) > len([found for found in alone["diagnostics"] if found["code"] == "N004"])
