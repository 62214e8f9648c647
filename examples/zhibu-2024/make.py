"""Makes 证据.xlsx, the evidence of twelve branches for the regulation zhibu-xize-2. The same bytes every time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

HERE: Final = Path(__file__).parent
CASES: Final = HERE.parents[1] / "rubrics" / "zhibu-xize-2.cases.yaml"
YEAR: Final = 2024
MADE: Final = datetime(2025, 1, 10, 9, 0)
HEADER: Final = 3
REMARK: Final = "备注"

Entry = str | int | Decimal | date
"""是 or 否, a count, an assessor's figure, a day."""

BRANCHES: Final[dict[str, dict[str, Entry | tuple[Entry, str]]]] = {
    # What differs from a branch that loses nothing, in the order in which the office lists them; what an assessor takes
    # stands with the reason.
    "机关第一党支部": {"学习笔记不统一": "是", "党建信息篇数": 3, "会议缺席次数": 1},
    "机关第二党支部": {"调研文章篇数": 2, "党建信息篇数": 9},
    "机关第三党支部": {
        "支部作用扣分": (Decimal("0.5"), "机关食堂改革意见征求不及时"),
        "未参加党务培训": "是",
        "报告迟报次数": 1,
    },
    "财政党支部": {},
    "教育党支部": {"发展党员不合要求项数": 1, "活动少参加次数": 2},
    "卫生健康党支部": {
        "生活会记录不详实": "是",
        "班子不团结": "是",
        "集体学习扣分": (1, "三季度集中学习缺 1 次签到记录"),
        "服务差经查实": "是",
        REMARK: "班子不团结一事由党委谈话核实",
    },
    "农业农村党支部": {
        "未按时换届": "是",
        "班子缺额未补": "是",
        "未经批准调整班子": "是",
        "换届程序不符": "是",
        "党费未按时扣分": (Decimal("1.5"), "3 名党员党费迟交一个月"),
        "活动少参加次数": 1,
        REMARK: "届满未换届，已书面提醒",
    },
    "自然资源和规划党支部": {
        "有问题不汇报": "是",
        "违反工作纪律例数": 1,
        "报告迟报次数": 2,
        "会议缺席次数": 6,
        "活动少参加次数": 1,
    },
    "市场监管党支部": {
        "党员管理扣分": (Decimal("2.5"), "2 名党员组织关系未及时转入，党员名册未更新"),
        "评议未按要求报送": "是",
        "党建信息篇数": 0,
        "有档案专柜": "否",
        REMARK: "搬迁后档案柜未配",
    },
    "交通运输党支部": {
        "班子缺额未补": "是",
        "书记任职合规": "否",
        "发展党员不合要求项数": 2,
        "党员受党纪处分": "是",
        "征兵工作到位": "否",
        "党费未按标准扣分": (Decimal("0.75"), "党费基数未随工资调整"),
        "会议缺席次数": 2,
    },
    "综合行政执法大队党支部": {
        "支部作用扣分": (2, "书记空缺期间重点工作无人牵头"),
        "未按时换届": "是",
        "换届程序不符": "是",
        "书记任职合规": "否",
        "党建有专人抓": "否",
        "有党建活动经费": "否",
        "生活会记录不详实": "是",
        "集体学习扣分": (Decimal("4.5"), "全年集中学习 3 次，无学习计划"),
        "学习笔记不统一": "是",
        "未参加党务培训": "是",
        "党员管理扣分": (3, "党员名册缺失，流动党员未登记"),
        "评议未按要求报送": "是",
        "已组织民主评议": "否",
        "发展党员不合要求项数": 8,
        "党员受党纪处分": "是",
        "违纪情况严重": "是",
        "发生重大治安或刑事案件": "是",
        "有问题不汇报": "是",
        "有问题不做工作": "是",
        "服务差经查实": "是",
        "违反工作纪律例数": 3,
        "国防教育到位": "否",
        "民兵预备役到位": "否",
        "党费未按时扣分": (2, "上半年党费年底一次补交"),
        "党费未按标准扣分": (4, "全部按最低档缴纳"),
        "调研文章篇数": 0,
        "党建信息篇数": 1,
        "报告迟报次数": 1,
        "有支部年度计划": "否",
        "会议缺席次数": 7,
        "活动少参加次数": 3,
        REMARK: "书记空缺半年，已列入整顿",
    },
    "离退休干部党支部": {
        "集体学习扣分": (2, "四季度未组织集中学习"),
        "设有党小组": "否",
        "会议缺席次数": 1,
        "活动少参加次数": 2,
    },
}

MONTHS: Final = tuple(range(1, 13))
MEETINGS: Final[dict[str, tuple[int, Sequence[int]]]] = {
    # About which day of the month a meeting is, and in which months a branch that misses none holds it.
    "专题研究党建": (18, (3, 9)),
    "民主生活会": (24, (6, 12)),
    "党员大会": (26, (3, 6, 9, 12)),
    "支委会": (19, MONTHS),
    "党小组会": (22, MONTHS),
    "党课": (20, (2, 5, 8, 11)),
}
HELD: Final[dict[str, dict[str, Sequence[int]]]] = {
    # The months of the meetings that a branch held otherwise, each named as often as it met.
    "机关第二党支部": {"支委会": (*MONTHS, 12), "党课": (2, 5, 8, 11, 11)},
    "机关第三党支部": {"支委会": (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12)},
    "教育党支部": {"党小组会": (1, 2, 3, 4, 5, 6, 9, 9, 9, 10, 11, 12)},
    "卫生健康党支部": {"民主生活会": (12,), "党员大会": (3, 6, 12)},
    "农业农村党支部": {"专题研究党建": (3,), "党课": (2, 5, 11)},
    "市场监管党支部": {"民主生活会": (7, 12)},
    "交通运输党支部": {
        "支委会": (1, 2, 3, 4, 5, 6, 9, 10, 11),
        "党小组会": (1, 3, 4, 5, 6, 7, 9, 10, 11, 12),
    },
    "综合行政执法大队党支部": {
        "专题研究党建": (),
        "民主生活会": (),
        "党员大会": (3,),
        "支委会": (1, 2, 3, 4, 12),
        "党小组会": (1, 2, 3, 12),
        "党课": (),
    },
    "离退休干部党支部": {"党小组会": ()},
}

GUIDE: Final = (
    "“汇总表”一行一个党支部，由考核组汇总各支部自查表和抽查记录后填写。",
    "“台账”一次会一行，写实际开会的日期；有记录的会、有教案的课才登记。",
    "是否一类的填“是”或“否”；次数、例数、项数、篇数填整数；扣分由考核组填，没有扣的填 0，扣了的在右边写明原因。",
    "空格不等于 0：没有查到的也要写明；备注不计分。",
)


def full_marks() -> dict[str, Entry]:
    """Take the branch that loses nothing from the regulation's own cases: all measures, in the order of its items."""
    full: dict[str, Entry] = yaml.safe_load(CASES.read_text(encoding="utf-8"))["full"]
    return full


def rows() -> list[list[Entry]]:
    """Lay out the header and a row a branch. A misspelt measure is a mistake of ours, not a new column."""
    full = full_marks()
    given = [(name, entry) for differs in BRANCHES.values() for name, entry in differs.items()]
    explained = {name for name, entry in given if isinstance(entry, tuple)}
    header = [title for name in full for title in ([name, f"{name}原因"] if name in explained else [name])]
    table: list[list[Entry]] = [["序号", "党支部", *header, REMARK]]
    for number, (branch, differs) in enumerate(BRANCHES.items(), start=1):
        if strange := set(differs) - set(full) - {REMARK}:
            raise KeyError(branch, strange)
        row: dict[str, Entry] = {**dict.fromkeys(header, ""), **full, REMARK: ""}
        for name, entry in differs.items():
            row |= {name: entry[0], f"{name}原因": entry[1]} if isinstance(entry, tuple) else {name: entry}
        table.append([number, branch, *row.values()])
    return table


def meetings() -> list[list[Entry]]:
    """Lay out the header and a row a meeting: by branch, in the order of their days."""
    if strange := set(HELD) - set(BRANCHES):
        raise KeyError(strange)
    table: list[list[Entry]] = [["党支部", "事项", "日期"]]
    for number, branch in enumerate(BRANCHES):
        held = {event: months for event, (_, months) in MEETINGS.items()} | HELD.get(branch, {})
        days = ((day, event) for event, months in held.items() for day in days_of(event, months, number))
        table.extend([branch, event, day] for day, event in sorted(days))
    return table


def days_of(event: str, months: Sequence[int], number: int) -> Iterator[date]:
    """Spread the meetings over working days from the 18th on, which no holiday of the year touches."""
    about, _ = MEETINGS[event]
    before: Counter[int] = Counter()
    for month in months:
        day = date(YEAR, month, about + number % 3 + before[month])
        yield day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
        before[month] += 3


def fill(sheet: Worksheet, title: str, note: str, table: list[list[Entry]], texts: Sequence[int]) -> None:
    """Write the title, the note and the table, each cell with a thin border; `texts` are columns of texts."""
    sheet["A1"], sheet["A2"] = title, note
    sheet["A1"].font = Font(size=16, bold=True)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(table[0]))
    line = Side(style="thin")
    for at, row in enumerate(table, start=HEADER):
        for column, entry in enumerate(row, start=1):
            cell = sheet.cell(at, column, entry if entry != "" else None)
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            text = column in texts and at > HEADER
            cell.alignment = Alignment("left" if text else "center", "center", wrap_text=at == HEADER)
            if at == HEADER:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F2F2F2")


def lay_out(sheet: Worksheet, widths: Sequence[int], header: int, freeze: str) -> None:
    """Set widths, panes and print: the header repeated on every page, the pages numbered."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEADER].height = 26, header
    sheet.freeze_panes = freeze
    sheet.print_title_rows = f"{HEADER}:{HEADER}"
    footer = sheet.HeaderFooter.oddFooter = HeaderFooterItem()
    footer.center.text = "第 &P 页，共 &N 页"


def workbook() -> bytes:
    """Make the whole workbook."""
    book = Workbook()
    matrix, table = book.worksheets[0], rows()
    matrix.title, width = "汇总表", len(table[0])
    texts = [at for at, title in enumerate(table[0], start=1) if str(title).endswith("原因")]
    note = "考核期：2024 年 1 月至 12 月　　填法见“说明”"
    fill(matrix, "2024 年度党支部考核证据汇总表", note, table, (2, *texts, width))
    lay_out(matrix, (6, 25, *(30 if at in texts else 9 for at in range(3, width)), 32), 62, "C4")
    matrix.page_setup.orientation, matrix.page_setup.paperSize = "landscape", 8  # 8: A3
    matrix.page_setup.fitToWidth, matrix.page_setup.fitToHeight = 2, 0
    matrix.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    matrix.print_title_cols = "A:B"
    register = book.create_sheet("台账")
    fill(register, "2024 年度党支部会议台账", "一次会一行", meetings(), (1, 2))
    lay_out(register, (25, 16, 13), 20, "A4")
    guide = book.create_sheet("说明")
    for at, text in enumerate(GUIDE, start=1):
        guide.cell(at, 1, text)
    guide.column_dimensions["A"].width = 90
    book.properties.creator, book.properties.title = "党建工作考核组", "2024 年度党支部考核证据"
    book.properties.created = book.properties.modified = MADE
    return packed(book)


def packed(book: Workbook) -> bytes:
    """Pack a workbook with no trace of when it was made, uncompressed so that no version of zlib shows either."""
    made, fixed = BytesIO(), BytesIO()
    # Workbook.save() would stamp the clock into the properties; its writer does not.
    ExcelWriter(book, ZipFile(made, "w")).save()
    with ZipFile(made) as parts, ZipFile(fixed, "w", ZIP_STORED) as archive:
        for name in parts.namelist():
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.create_system = 0  # the same on every system
            archive.writestr(part, parts.read(name))
    return fixed.getvalue()


if __name__ == "__main__":
    (HERE / "证据.xlsx").write_bytes(workbook())
