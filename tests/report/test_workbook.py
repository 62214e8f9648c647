"""The scored workbook: whole against the rich scenario, figures by hand, text that stays text, print, charts."""

import os
import re
import subprocess
import sys
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter

from dangjian_score.core.watching import unwatched
from dangjian_score.engine.grading import Grading
from dangjian_score.engine.result import NodeResult
from dangjian_score.report import sheets
from dangjian_score.report.as_xlsx import result_xlsx
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Language
from tests.carriers.office import recalculated
from tests.dumped import dump, opened
from tests.report.test_rich import PRIVATE
from tests.rich import changed, expected, rich
from tests.support import ROOT, run, weighed

SHEETS = ["总表", "明细", "加减分明细", "共性问题", "评优", "分析", "说明"]
AGAIN = "import sys; from tests.report.test_workbook import *; sys.stdout.buffer.write(written(rich()))"


def written(view: ResultView) -> bytes:
    return result_xlsx(view, unwatched)


def parts(data: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def renamed(node: NodeResult, id_: str) -> NodeResult:
    return replace(node, tree=replace(node.tree, id=id_))


def one_unit(name: str) -> ResultView:
    return changed(rich(), units=(replace(rich().result.units[0], unit=name),), selections=())


@pytest.mark.parametrize("public", [False, True])
def test_every_cell(*, public: bool) -> None:
    assert dump(written(rich(public=public))) == expected("xlsx.txt", public=public).read_text("utf-8")


def test_what_sections_cost_by_hand() -> None:
    """Of nine units, the fourth is not held to A3 (10 of 40): 8 × 40 + 30 is carried, 290.25 earned."""
    table = rows(opened(written(rich()))["分析"])[3:7]
    assert [row[:5] for row in table] == [
        ("A 组织建设", 38.89, 32.25, 6.64, 0.1707),  # 350 ÷ 9; 59.75 ÷ 9; 59.75 ÷ 350
        ("B 教育管理", 40, 35.28, 4.72, 0.1181),  # 2.5 + 20 + 1.5 + 18.5 = 42.5 of 360
        ("C 廉政建设", 20, 16.67, 3.33, 0.1667),  # 10 + 20 of 180
        ("E 扣分项", None, -0.89, 0.89, None),  # 2 + 6
    ]
    assert [row[6:] for row in table] == [
        ("优秀", 4, 0.4444),
        ("良好", 0, 0),
        ("一般", 3, 0.3333),
        ("较差", 2, 0.2222),
    ]


def test_figures_are_stored_as_they_are_written() -> None:
    totals = Fraction("93.10"), Fraction("12345678901234567.50")
    units = tuple(replace(unit, total=total) for unit, total in zip(rich().result.units, totals, strict=False))
    sheet = parts(written(changed(rich(), units=units)))["xl/worksheets/sheet1.xml"]
    assert re.search(r'<c r="I5" s="\d+"><v>93.1</v></c>', sheet)
    total = opened(written(changed(rich(), units=units)))["总表"]["I6"]
    assert (total.data_type, total.value) == ("s", "12345678901234567.5")  # a spreadsheet would round it


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://x.example", "<r><t>x</t></r>", "<r>", "_x000D_", "1e3"]


@pytest.mark.parametrize("name", HOSTILE)
def test_text_stays_text(name: str) -> None:
    data = written(one_unit(name))
    cell = opened(data)["总表"]["B5"]
    assert (cell.data_type, str(cell.value).replace("_x005F", "")) == ("s", name)
    found = parts(data)
    assert [part for part in found if "<f>" in found[part] and part.startswith("xl/worksheets/sheet")] == []
    assert [part for part in found if "hyperlink" in found[part] and "sheet" in part] == []


def test_what_acts_unseen_is_written_out_and_what_is_too_long_is_cut() -> None:
    assert opened(written(one_unit("甲\u202e乙\x07")))["总表"]["B5"].value == "甲[U+202E]乙[U+0007]"
    long = opened(written(one_unit("长" * 40_000)))["总表"]["B5"].value
    assert (len(long), long[-2:]) == (32_767, "长…")
    wide = opened(written(one_unit("𠮷" * 20_000)))["总表"]["B5"].value
    assert (len(wide.encode("utf-16-le")) // 2 <= 32_767, wide[-2:]) == (True, "𠮷…")


def test_sheets_are_laid_out_for_paper() -> None:
    book = opened(written(rich()))
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.oddFooter.center.text == "&P / &N"
        assert sheet.freeze_panes
        assert sheet["A1"].font.name == "宋体"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [book[name].print_title_rows for name in SHEETS[:3]] == ["$5:$5", "$3:$6", "$4:$4"]
    assert book["分析"].page_setup.orientation == "portrait"


def test_a_wide_table_is_parted_before_sections() -> None:
    """Sixteen more copies of section B: 48 columns more, on pages that repeat rank and unit."""
    leader = rich().result.units[0]
    detail = leader.trace()
    wide = replace(detail, nodes=(*detail.nodes, *(renamed(detail.nodes[1], f"B{at}") for at in range(16))))
    sheet = opened(written(changed(rich(), units=(replace(leader, trace=lambda: wide),))))["明细"]
    assert (sheet.print_title_cols, sheet.page_setup.scale, sheet.page_setup.pageOrder) == ("$A:$B", 80, "overThenDown")
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    begins = [sheet[f"{get_column_letter(one.id + 1)}3"].value for one in sheet.col_breaks.brk]
    assert len(begins) >= 2
    assert all(begins)


def test_totals_have_bars() -> None:
    ranking = parts(written(rich()))["xl/worksheets/sheet1.xml"]
    assert '<conditionalFormatting sqref="I6:I14"><cfRule type="dataBar"' in ranking


def test_charts_stand_on_cells() -> None:
    found = parts(written(rich()))
    charts = [found[f"xl/charts/chart{at}.xml"] for at in (1, 2, 3)]
    ranges = [re.findall(r"<c:f>(.*?)</c:f>", chart) for chart in charts]
    assert ranges == [
        ["分析!$A$4:$A$7", "分析!$D$4:$D$7"],
        ["分析!$G$4:$G$7", "分析!$H$4:$H$7"],
        ["总表!$B$6:$B$14", "总表!$I$6:$I$14"],
    ]
    assert "xl/charts/chart4.xml" not in found
    assert all('<c:tickLblPos val="low"/>' in charts[at] for at in (0, 2))  # names clear of bars below 0
    assert found["xl/drawings/drawing1.xml"].count("<c:chart ") == 3
    assert "<c:v>103.5</c:v>" in charts[2]


def test_of_many_units_the_first_are_drawn() -> None:
    many = tuple(replace(rich().result.units[0], unit=f"第{at}支部", rank=at) for at in range(1, 41))
    chart = parts(written(changed(rich(), units=many)))["xl/charts/chart3.xml"]
    assert "总表!$I$5:$I$34" in chart
    assert "总分（前 30 名）" in chart


def test_without_grades_or_selections() -> None:
    units = tuple(
        replace(unit, grading=Grading(None), selections=(), vetoes=(), decisions=()) for unit in rich().result.units
    )
    rubric = rich().rubric.model_copy(update={"grades": {}})
    plain = changed(rich(), units=units, rubric=rubric, selections=(), unscored=())
    data = written(plain)
    book = opened(data)
    assert book.sheetnames == [name for name in SHEETS if name != "评优"]
    assert rows(book["总表"])[3][-2:] == ("扣分项", "总分")
    assert sum(name.startswith("xl/charts/chart") for name in parts(data)) == 2
    assert "暂定" not in dump(data)


def test_nobody_is_left() -> None:
    """All of them excluded: no charts of nothing, and everybody is named."""
    data = written(changed(rich(), units=(), selections=()))
    assert "不参评：第十党支部（成立不满半年、汇总.csv!K11）" in dump(data)
    assert not any(name.startswith("xl/charts") for name in parts(data))


def test_a_table_larger_than_a_sheet_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(opened(written(rich()))["加减分明细"])
    monkeypatch.setattr(sheets, "MOST_ROWS", 40)
    book = opened(written(rich()))
    assert [name for name in book.sheetnames if "加减分明细" in name] == ["加减分明细", "加减分明细 (2)"]
    first, second = rows(book["加减分明细"]), rows(book["加减分明细 (2)"])
    assert len(first) <= 40
    assert first[:4] == second[:4]
    assert [*first, *second[4:]] == whole


def test_more_columns_than_a_sheet_has_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(opened(written(rich()))["明细"])[-1]
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 12)
    book = opened(written(rich()))
    first, second = rows(book["明细"])[-1], rows(book["明细 (2)"])[-1]
    assert (first[:2], second[:2]) == (whole[:2], whole[:2])
    assert (*first, *second[2:]) == whole


def test_rounds_stand_side_by_side(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "r.xlsx"
    assert run(capfd, "score", *weighed(tmp_path), "-o", target, "-q").code == 0
    table = rows(opened(target.read_bytes())["明细"])
    assert [head for head in table[2] if head] == [
        "名次",
        "党支部",
        "轮次 平时抽查",
        "轮次 年终考核",
        "不分轮次",
        "总分",
    ]
    assert [head for head in table[3] if head][:2] == ["A 班子\n（20 分）", "B 其余\n（80 分）"]
    assert table[7][:4] == (1, "一支部", 19, 70)


def test_the_public_sees_no_persons_cases_or_reasons() -> None:
    for language in ("zh", "en"):
        said: Language = "en" if language == "en" else "zh"
        text = "".join(parts(written(rich(public=True, language=said))).values())
        assert [one for one in PRIVATE if one in text] == []
    book = opened(written(rich(public=True)))
    assert rows(book["加减分明细"])[3][-1] == "限额"
    assert ("脱敏", "没有人员、案件、处分事由和考核数据所在的单元格。") in rows(book["说明"])


def test_in_english() -> None:
    book = opened(written(rich(language="en")))
    assert book.sheetnames == ["Ranking", "Items", "Lines", "Shared problems", "Selections", "Analysis", "About"]
    heads = ("党支部", "Clause", "Item", "What happened", "Uncapped", "Points", "Not earned", "Limit", "Cell")
    assert rows(book["Lines"])[3] == heads


def test_the_same_result_gives_the_same_bytes() -> None:
    first = written(rich())
    assert written(rich()) == first
    with ZipFile(BytesIO(first)) as packed:
        entries = packed.infolist()
        assert {(one.date_time, one.create_system) for one in entries} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert packed.testzip() is None
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/New_York")):
        place = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        again = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, check=True, cwd=ROOT, env=place)
        assert again.stdout == first


def test_long_writes_are_watched() -> None:
    seen: list[tuple[str, int]] = []

    def watch(items: Any, work: Any, /) -> Any:
        seen.append((work, len(items)))
        return items

    result_xlsx(rich(), watch)
    assert seen == [("writing", 9), ("packing", 1)]


@pytest.mark.office
@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_an_office_program_opens_it(tmp_path: Path) -> None:
    data = written(rich())
    assert {name: rows(sheet) for name, sheet in _named(recalculated(data, tmp_path))} == {
        name: rows(sheet) for name, sheet in _named(opened(data))
    }


def _named(book: Any) -> list[tuple[str, Any]]:
    return [(sheet.title, sheet) for sheet in book.worksheets]
