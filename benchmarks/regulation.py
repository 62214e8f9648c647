"""The regulation that speed is measured with, 40 items and 64 rules, and evidence for it: always the same bytes.

Evidence is clean, or unusual in one way each (`VARIANTS`): blanks that the rubric allows or does not, a form a unit,
twelve rounds, a register, assessors. `python -m benchmarks.regulation VARIANT UNITS FILE` writes some.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

import xlsxwriter

SECTIONS: Final = "ABCD"
MONTHS: Final = tuple(f"{month}月" for month in range(1, 13))
ASSESSORS: Final = ("甲", "乙", "丙")
BLANK_SHARE: Final = 0.1
VARIANTS: Final = ("clean", "blanks", "errors", "forms", "rounds", "register", "assessors")
REGISTER_ROWS: Final = 10
"""Rows of the register for each unit."""

_SECTION: Final = """\
  - id: {s}
    title: 类别{s}
    max: 25
    items:
      - title: 会议
        max: 3
        rules: [{{deduct: 0.5, per_missing: 会次{s}, of: 4}}, {{deduct: 0.2, per: 迟报{s}, up_to: 1}}]
      - {{title: 缺席, max: 3, rules: [{{deduct: {{1: 0.5, 2: 1, 3: all}}, at_least: 缺席{s}}}]}}
      - title: 出勤
        max: 4
        start: 0
        rules:
          - {{award: {{95%: 4, 90%: 3, 80%: 2, 0%: 1}}, at_least: 出勤率{s}}}
          - {{forfeit: true, if: {{出勤率{s}: {{below: 70%}}}}}}
      - title: 资料
        max: 3
        rules: [{{deduct: 1, each_missing: [计划{s}, 总结{s}]}}, {{deduct: 0.5, unless: 台账{s}}}]
      - {{title: 评议, max: 2, rules: [{{award: {{好: 2, 较好: 1.5, 一般: 1, 差: 0}}, by: 评议{s}}}]}}
      - title: 质量
        max: 3
        start: 0
        rules: [{{award: 3, judge: 打分{s}}}, {{deduct: 0.5, per: 差错{s}, up_to: 1}}]
      - {{title: 信访, max: 2, rules: [{{deduct: 0.5, per: 投诉{s}}}, {{forfeit: true, if: 问题{s}}}]}}
      - {{title: 覆盖, max: 3, rules: [{{deduct: 0.1, per_missing: 覆盖率{s}, of: 90%, every: 1%}}]}}
      - title: 整改
        max: 2
        rules: [{{deduct: 0.5, per_over: 超期{s}, of: 3, up_to: 1.5}}, {{deduct: 1, unless: 回复{s}}}]
"""
_RUBRIC: Final = """\
dangjian: 1
rubric: speed
title: 四十项
subject: 党支部
period: 2024
total: 100
attributes: [类型]
{extra}measures:
{measures}sections:
{base}  - id: E
    title: 加分
    kind: bonus
    {each}items:
      - {{title: 表彰, max: 2, rules: [{{award: 1, per: 表彰}}]}}
      - {{title: 试点, max: 2, rules: [{{award: 2, if: 试点, only: {{类型: 村}}}}]}}
  - id: F
    title: 减分
    kind: penalty
    {each}items:
      - {{title: 通报, rules: [{{deduct: 1, per: 通报}}]}}
      - {{title: 处分, rules: [{{deduct: {{警告: 1, 撤职: 3}}, by: 处分{register}}}]}}
vetoes: [{{title: 重大事故, if: 重大事故, grade: 较差}}]
grades: {{优秀: 90, 良好: 80, 一般: 70, 较差: 0}}
selections: [{{title: 先进, at_least: 85, quota: 30%}}]
"""
_MAY_BE_BLANK: Final = {"迟报": "0", "缺席": "0", "差错": "0", "投诉": "0", "超期": "0", "问题": "否", "回复": "否"}
_IN_SECTIONS: Final[Mapping[str, Callable[[Random], str | float]]] = {
    "会次": lambda chance: min(4, chance.randrange(2, 12)),
    "迟报": lambda chance: max(0, chance.randrange(-9, 7)),
    "缺席": lambda chance: max(0, chance.randrange(-9, 5)),
    "出勤率": lambda chance: 1 - max(0, chance.randrange(-200, 400)) / 1000,
    "计划": lambda chance: "是" if chance.random() < 0.9 else "否",
    "总结": lambda chance: "是" if chance.random() < 0.9 else "否",
    "台账": lambda chance: "是" if chance.random() < 0.9 else "否",
    "评议": lambda chance: chance.choice(("好", "好", "较好", "一般", "差")),
    "打分": lambda chance: chance.randrange(15, 31) / 10,
    "差错": lambda chance: max(0, chance.randrange(-9, 4)),
    "投诉": lambda chance: max(0, chance.randrange(-9, 4)),
    "问题": lambda chance: "是" if chance.random() < 0.03 else "否",
    "覆盖率": lambda chance: chance.randrange(750, 1000) / 1000,
    "超期": lambda chance: max(0, chance.randrange(-9, 9)),
    "回复": lambda chance: "是" if chance.random() < 0.9 else "否",
}
_BEYOND: Final[Mapping[str, Callable[[Random], str | float]]] = {
    "表彰": lambda chance: max(0, chance.randrange(-9, 4)),
    "试点": lambda chance: "是" if chance.random() < 0.1 else "否",
    "通报": lambda chance: max(0, chance.randrange(-20, 3)),
    "处分": lambda chance: chance.choice(("无",) * 30 + ("警告", "撤职")),
    "重大事故": lambda chance: "是" if chance.random() < 0.01 else "否",
}
_COLUMNS: Final = {f"{name}{s}": entry for s in SECTIONS for name, entry in _IN_SECTIONS.items()} | dict(_BEYOND)
Row = list[str | float]
Sheets = dict[str, tuple[Row, Sequence[Row]]]
"""Sheets by name: the head of the table and its rows."""


def rubric(variant: str = "clean") -> str:
    """Write the regulation, or what a variant of the evidence needs of it."""
    rounds = f"rounds: {{names: [{', '.join(MONTHS)}], combine: mean}}\n" if variant == "rounds" else ""
    measures = "".join(f"  {name}{s}: {{blank: {blank}}}\n" for name, blank in _MAY_BE_BLANK.items() for s in SECTIONS)
    each = "rounds: each\n    " if variant == "rounds" else ""
    register = ", highest_per: 案件" if variant == "register" else ""
    base = "".join(_SECTION.format(s=s) for s in SECTIONS)
    if variant == "assessors":
        for s in SECTIONS:
            base = base.replace(f"judge: 打分{s}", f"judge: 打分{s}, combine: mean")
    return _RUBRIC.format(extra=rounds, measures=measures, base=base, each=each, register=register)


def matrix(units: int) -> tuple[Row, list[Row]]:
    """Make the head and the rows of clean evidence."""
    chance = Random(units)  # noqa: S311
    rows: list[Row] = [
        [f"第{at + 1}党支部", "村" if at % 3 else "机关", *(entry(chance) for entry in _COLUMNS.values())]
        for at in range(units)
    ]
    return ["党支部", "类型", *_COLUMNS], rows


def write_evidence(variant: str, units: int, target: Path) -> None:
    """Write evidence as one workbook, or for forms as a folder of them."""
    head, rows = matrix(units)
    if variant == "forms":
        target.mkdir()
        for row in rows:
            entries: list[Row] = [[name, entry] for name, entry in zip(head[1:], row[1:], strict=True)]
            form: Sheets = {"自查表": (["填报单位：", row[0]], [["指标", "填报值"], *entries])}
            _write(form, target / f"{row[0]}.xlsx")
        return
    _write(dict(_sheets(variant, head, rows)), target)


def _sheets(variant: str, head: Row, rows: list[Row]) -> Iterator[tuple[str, tuple[Row, Sequence[Row]]]]:
    chance = Random(1)  # noqa: S311
    match variant:
        case "clean":
            yield "汇总表", (head, rows)
        case "blanks":
            may = {at for at, name in enumerate(head) if str(name)[:-1] in _MAY_BE_BLANK}
            share = BLANK_SHARE * len(head) / len(may)  # so that a tenth of all cells is blank
            yield "汇总表", (head, [_blanked(row, may, share, chance) for row in rows])
        case "errors":  # a tenth of the units lack what must not be blank
            for row in rows[::10]:
                row[head.index(f"会次{SECTIONS[0]}")] = ""
            yield "汇总表", (head, rows)
        case "rounds":
            again: list[Row] = [[row[0], month, *row[1:]] for month in MONTHS for row in rows]
            yield "汇总表", (["党支部", "轮次", *head[1:]], again)
        case "register":
            at = head.index("处分")
            yield "汇总表", ([*head[:at], *head[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows])
            yield "台账", (["党支部", "事项", "级别", "日期", "案件", "说明"], [*_events(rows, chance)])
        case "assessors":
            judged = [at for at, name in enumerate(head) if str(name).startswith("打分")]
            rest = [at for at in range(len(head)) if at not in judged]
            yield "汇总表", ([head[at] for at in rest], [[row[at] for at in rest] for row in rows])
            marks: list[Row] = [
                [row[0], who, *(float(row[at]) - less / 10 for at in judged)]
                for less, who in enumerate(ASSESSORS)
                for row in rows
            ]
            yield "评分表", (["党支部", "评委", *(head[at] for at in judged)], marks)
        case _:
            raise ValueError(variant)


def _blanked(row: Row, may: set[int], share: float, chance: Random) -> Row:
    return ["" if at in may and chance.random() < share else entry for at, entry in enumerate(row)]


def _events(rows: list[Row], chance: Random) -> Iterator[Row]:
    for row in rows:
        for case in range(REGISTER_ROWS):
            level = chance.choice(("警告", "撤职"))
            day = f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            yield [row[0], "处分", level, day, f"案{case // 2}", f"说明{case}"]


def _write(sheets: Sheets, target: Path) -> None:
    """Write sheets as a spreadsheet program would: per cents with their format, blanks left out."""
    book = xlsxwriter.Workbook(target)
    share = book.add_format({"num_format": "0.0%"})
    for name, (head, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head)
        shares = {at for at, column in enumerate(head) if "率" in str(column)}
        for down, row in enumerate(rows, start=1):
            for across, entry in enumerate(row):
                if entry != "":
                    is_share = across in shares or "率" in str(row[0])
                    sheet.write(down, across, entry, share if is_share else None)
    book.close()


if __name__ == "__main__":
    write_evidence(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
