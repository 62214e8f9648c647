"""How the sheets of a template are laid out, checked and printed, on small rubrics."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.filling import GREY, header_row
from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]

RUBRIC = (
    HEAD
    + """\
period: 2024
total: 100
attributes: [类型]
measures:
  类型: {levels: [村, 社区]}
  处分: {register: true}
  会议次数: {unit: 次}
  联系点: {type: number, min: 1, max: 9, hint: 数一数}
  开会日: {type: date}
  特长: {levels: ["文,艺", 体育], blank: 无}
sections:
  - id: A
    title: 组织建设
    max: 60
    source: {clause: 第三条}
    items:
      - id: A1
        title: 制度
        criterion: 有制度，按制度办
        inspect: 查看文件
        max: 30
        rules:
          - {deduct: 5, each_missing: [有学习制度, 有会议制度]}
          - {deduct: 2, per_missing: 会议次数, of: 4}
      - id: A2
        title: 活动
        only: {类型: [村]}
        if_na: rescale
        max: 30
        rules:
          - {deduct: 3, if: 未办活动}
          - {deduct: 1, per: 缺席人数}
          - {deduct: 1, if: {开会日: {after: 2024-12-01}}}
      - id: A3
        title: 活动
        only: {类型: [社区]}
        max: 30
        rules: [{award: {90%: 30}, else: 10, at_least: 参会率}]
  - id: B
    title: 评价
    max: 40
    items:
      - {id: B1, title: 评分, max: 20, rules: [{award: 20, judge: 工作评分, combine: mean}]}
      - {id: B2, title: 酌情, max: 10, start: max, rules: [{deduct: {from: 1, to: 3}, judge: 酌情扣分, if: 联系不实}]}
      - id: B3
        title: 联系
        max: 10
        start: max
        rules:
          - {deduct: 1, per_missing: 联系点, of: 3}
          - {deduct: {"文,艺": 0, 体育: 1}, by: 特长}
  - id: C
    title: 减分
    kind: penalty
    items: [{title: 处分, rules: [{deduct: {警告: 1, 开除: 9}, by: 处分, highest_per: 案件}]}]
vetoes: [{title: 重大事故, if: 有重大事故}]
"""
)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("名册.csv").write_text("党支部,类型\n东村,村\n西街,社区\n新村,\n", "utf-8")
    return tmp_path


def book(capfd: Capture, *more: str, rubric: str = "r.yaml") -> Workbook:
    ran = run(capfd, "template", rubric, "-o", "t.xlsx", *more)
    assert ran.code == 0, ran.err
    return load_workbook("t.xlsx")


def shown(sheet: Worksheet, *rows: int) -> list[list[Any]]:
    """Give what stands in rows; None for nothing, 灰 for a cell that is not to be filled in."""
    grey = {cell.coordinate for row in rows for cell in sheet[row] if cell.fill.fgColor.rgb == GREY}
    return [["灰" if cell.coordinate in grey else cell.value for cell in sheet[row]] for row in rows]


def checks(sheet: Worksheet) -> dict[str, tuple[Any, ...]]:
    """Give the checks by the column they are of."""
    rules = sheet.data_validations.dataValidation
    return {
        str(rule.sqref)[0]: (rule.type, *filter(None, (rule.operator, rule.formula1, rule.formula2))) for rule in rules
    }


def test_sections_and_items_stand_above_their_columns(capfd: Capture) -> None:
    sheet = book(capfd, "--units", "名册.csv")["汇总表"]
    a1, a2, b3 = ["A1 制度（30 分）", None, None], ["A2 活动（30 分）", None, None], ["B3 联系（10 分）", None]
    assert header_row(sheet) == 5
    assert shown(sheet, 3, 4, 5) == [
        ["类别", "单位情况", "A 组织建设（60 分）", *[None] * 6, "B 评价（40 分）", *[None] * 4, "一票否决"],
        ["考核项目", None, *a1, *a2, "A3 活动（30 分）", "B2 酌情（10 分）", None, None, *b3, "重大事故"],
        [
            *("党支部", "类型", "有学习制度", "有会议制度", "会议次数", "未办活动", "缺席人数", "开会日"),
            *("参会率", "联系不实", "酌情扣分", "酌情扣分原因", "联系点", "特长", "有重大事故"),
        ],
    ]
    merged = {str(one) for one in sheet.merged_cells.ranges if one.min_row in (3, 4)}
    assert merged == {"C3:I3", "J3:N3", "C4:E4", "F4:H4", "J4:L4", "M4:N4"}


def test_units_are_written_beforehand_and_asked_only_what_concerns_them(capfd: Capture) -> None:
    sheet = book(capfd, "--units", "名册.csv")["汇总表"]
    assert sheet.max_row == 8
    assert shown(sheet, 6, 7, 8) == [
        ["东村", "村", *[None] * 6, "灰", *[None] * 6],
        ["西街", "社区", None, None, None, "灰", "灰", "灰", *[None] * 7],
        ["新村", *[None] * 14],  # nobody knows what it is
    ]


@pytest.mark.parametrize("length", [700, 40_000])
@pytest.mark.parametrize("form", [[], ["--form"]])
def test_no_row_is_higher_than_a_spreadsheet_allows(capfd: Capture, length: int, form: list[str]) -> None:
    texts = RUBRIC.replace("有制度，按制度办", "文" * length).replace("title: 活动", f"title: {'题' * length}")
    Path("long.yaml").write_text(texts, "utf-8")
    made = book(capfd, *form, rubric="long.yaml")
    heights = [row.height for sheet in made.worksheets for row in sheet.row_dimensions.values() if row.height]
    assert max(heights) == 409


def test_cells_take_what_the_rules_can_read(capfd: Capture) -> None:
    made = book(capfd, "--units", "名册.csv")
    assert checks(made["汇总表"]) == {
        "B": ("list", '"村,社区"'),
        "C": ("list", '"是,否"'),
        "D": ("list", '"是,否"'),
        "E": ("whole", "greaterThanOrEqual", "0"),
        "F": ("list", '"是,否,不适用"'),
        "G": ("custom", 'IF(G6="不适用",TRUE,AND(ISNUMBER(G6),G6>=0,G6=INT(G6)))'),
        "H": ("custom", 'IF(H6="不适用",TRUE,AND(ISNUMBER(H6),H6>=DATE(1900,3,1),H6<=DATE(9999,12,31)))'),
        "I": ("decimal", "between", "0", "1"),
        "J": ("list", '"是,否"'),
        "K": ("decimal", "between", "1", "3"),
        "M": ("decimal", "between", "1", "9"),
        "N": ("list", "choices_1"),  # one of its levels holds a comma
        "O": ("list", '"是,否"'),
    }
    assert [cell.value for cell in made["填表选项"]["A"]] == ["文,艺", "体育", "无"]
    assert made["填表选项"].sheet_state == "hidden"
    formats = [made["汇总表"].cell(6, at).number_format for at in (2, 5, 8, 9, 13)]
    assert formats == ["@", "0", "yyyy-mm-dd", "0.0#%", "General"]


def test_the_register_knows_events_days_and_units(capfd: Capture) -> None:
    sheet = book(capfd, "--units", "名册.csv")["台账"]
    assert shown(sheet, 3) == [["党支部", "事项", "日期", "级别", "数量", "案件", "说明"]]
    assert checks(sheet) == {
        "A": ("list", '"东村,西街,新村"'),
        "B": ("list", '"处分"'),
        "C": ("date", "between", "DATE(2024,1,1)", "DATE(2024,12,31)"),
        "D": ("list", '"警告,开除"'),
        "E": ("decimal", "greaterThan", "0"),
    }


def test_several_figures_have_a_table_of_their_own(capfd: Capture) -> None:
    matrix, form = (book(capfd, "--units", "名册.csv", *how)["评分表"] for how in ((), ("--form",)))
    assert shown(matrix, 5, 6) == [["党支部", "评委", "工作评分"], ["东村", None, None]]
    assert shown(form, 5) == [["党支部", "评委", "工作评分", "酌情扣分", "酌情扣分原因"]]  # no unit rates itself


def test_a_form_asks_one_unit_what_concerns_it(capfd: Capture) -> None:
    made = book(capfd, "--units", "名册.csv", "--form")
    assert made.sheetnames == ["填表说明", "东村", "西街", "新村", "台账", "评分表", "填表选项"]
    sheet = made["西街"]
    assert shown(sheet, 3, 4, 5, 6)[0][:2] == ["党支部", "西街"]
    assert shown(sheet, 4, 5, 6) == [
        ["考核项目", "要求", "指标", "填法", "自评值", "填报值", "说明"],
        ["单位情况", None, "类型", "村、社区，选一个", "社区", "社区", None],
        [
            "A 组织建设（60 分）\nA1 制度（30 分）",
            "有制度，按制度办\n查看文件",
            "有学习制度",
            "是、否，选一个",
            None,
            None,
            None,
        ],
    ]
    asked = [sheet.cell(row, 3).value for row in range(5, 14)]
    assert asked == [
        "类型",
        "有学习制度",
        "有会议制度",
        "会议次数",
        "参会率",
        "联系不实",
        "联系点",
        "特长",
        "有重大事故",
    ]
    assert {str(one) for one in sheet.merged_cells.ranges if one.min_row > 4} == {
        "A6:A8",
        "B6:B8",
        "A11:A12",
        "B11:B12",
    }


def test_a_note_says_what_is_asked_for_and_how_it_is_scored(capfd: Capture) -> None:
    sheet = book(capfd)["汇总表"]
    assert sheet["E5"].comment.text == (
        "填什么：整数，不小于 0\n计量单位：次\n\n【A1 制度（30 分）】\n要求：有制度，按制度办\n检查：查看文件\n"
        "计分：“会议次数”应有 4 次，每少 1 次扣 2 分"
    )
    assert sheet["M5"].comment.text.splitlines()[:2] == ["填什么：数字，不小于 1，不大于 9", "数一数"]
    assert "空着就当“无”" in sheet["N5"].comment.text
    assert sheet["L5"].comment.text == "填什么：扣分原因，没有扣的不填\n\n加减分明细和反馈书照原文印。"
    assert sheet["O5"].comment.text.splitlines()[-1] == "一票否决：重大事故"


def test_it_is_laid_out_for_paper(capfd: Capture) -> None:
    for sheet in book(capfd).worksheets[:-1]:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.center.text == "&P / &N"
    wide = book(capfd, rubric="zhibu-xize-2")["汇总表"]
    assert (wide.print_title_rows, wide.print_title_cols, wide.freeze_panes) == ("$3:$5", "$A:$A", "B6")
    guide = book(capfd, rubric="zhibu-xize-2")["填表说明"]
    header = int(str(guide.print_title_rows).rpartition("$")[2])
    heads = ["名称", "填什么", "考核项目", "要求和查法", "条款"]
    rows = [[cell.value for cell in row] for row in guide.iter_rows()]
    assert rows[header - 1] == heads  # on every page that follows, where only tables with these heads are
    assert [row for row in rows if row[0] == "名称"] == [heads, heads]
    sections = [column for column in range(3, wide.max_column + 1) if wide.cell(3, column).value]
    pages = [one.id + 1 for one in wide.col_breaks.brk]
    assert len(pages) >= 3
    assert set(pages) <= set(sections)  # every page begins with a heading


def test_rows_of_rounds(capfd: Capture) -> None:
    Path("名册.csv").write_text("乡镇党委\n东镇\n西镇\n", "utf-8")
    sheet = book(capfd, "--units", "名册.csv", rubric="zuzhi-mubiao")["汇总表"]
    assert [row[:2] for row in shown(sheet, 6, 7, 8, 9)] == [
        ["东镇", "灰"],
        ["东镇", "平时抽查"],
        ["东镇", "年终考核"],
        ["西镇", "灰"],
    ]
    whole, spot = shown(sheet, 6, 7)
    assert [at for at, entry in enumerate(whole) if entry is None] == [len(whole) - 1]  # 认可创新项目数: once a year
    assert [at for at, entry in enumerate(spot) if entry == "灰"] == [len(spot) - 1]


def test_sheets_and_files_are_named_after_units(capfd: Capture) -> None:
    names = ["甲/乙*丙", "甲?乙:丙", "台账", "说明办公室", "con", "长" * 40, "长" * 39 + "短"]
    Path("名册.csv").write_text("\n".join(["党支部", *names]), "utf-8")
    made = book(capfd, "--units", "名册.csv", "--form")
    forms = made.sheetnames[1:8]
    assert forms == ["甲 乙 丙", "甲 乙 丙 (2)", "台账 (2)", "自查表", "con", "长" * 31, "长" * 27 + " (2)"]
    assert [made[form]["B3"].value for form in forms] == names
    assert run(capfd, "template", "r.yaml", "--units", "名册.csv", "--form", "-o", "表/").code == 0
    assert {path.name for path in Path("表").iterdir()} == {
        *("甲_乙_丙.xlsx", "甲_乙_丙 (2).xlsx", "台账.xlsx", "说明办公室.xlsx", "_con.xlsx"),
        *(f"{'长' * 40}.xlsx", f"{'长' * 39}短.xlsx", "评分与测评.xlsx"),
    }


def test_a_register_that_rubrics_share_has_the_columns_of_all(capfd: Capture) -> None:
    Path("r.yaml").write_text(
        HEAD
        + "measures:\n"
        + "  获奖: {register: true, hint: 一人一行, required: [人员, 奖项], columns: [个人加分]}\n"
        + "  会议: {register: true}\n"
        + "sections:\n"
        + "  - {title: 奖, kind: bonus, rules: [{award: {一等: 2, 二等: 1}, by: 获奖}]}\n"
        + "  - {title: 会, max: 9, rules: [{deduct: 1, per: 会议}]}\n",
        "utf-8",
    )
    made = book(capfd)
    titles = [cell.value for cell in made["台账"][header_row(made["台账"])]]
    assert titles == ["党支部", "事项", "日期", "级别", "数量", "人员", "奖项", "个人加分", "说明"]
    rows = [[cell.value for cell in row] for row in made["填表说明"].iter_rows()]
    columns = "要填的列：级别、数量、人员（必填）、奖项（必填）、个人加分"
    assert ["获奖", f"一人一行\n{columns}\n可填的级别：一等、二等", "奖", None, None] in rows


def test_the_guide_speaks_of_what_is_there(capfd: Capture) -> None:
    text = "\n".join(str(cell.value) for row in book(capfd)["填表说明"].iter_rows() for cell in row if cell.value)
    for told in ("汇总表", "台账", "评分表", "不适用", "dangjian score r.yaml 文件夹", "有重大事故", "警告、开除"):
        assert told in text
    assert "测评票" not in text
    assert "轮次" not in text
