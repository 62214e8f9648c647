"""The audit workbook of interim results, and of rounds as results of their own: formulas come to our figures."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from dangjian_score.engine.interim import Interim
from dangjian_score.engine.result import Result, UnitResult
from dangjian_score.report.audit import workbook
from dangjian_score.report.audit.workbook import audit_xlsx
from dangjian_score.words.say import load_words
from tests.carriers import office
from tests.report.audits import Audited, audited, audited_interim, column, differences, set_fact
from tests.scenes import Unit
from tests.support import rubric

# Until a day: two of four rounds, months and quarters that have ended, a schedule, blanks, 不适用

HALF = """
total: 100
period: {from: 2024-01-01, to: 2024-12-31}
rounds: {names: [一季度, 二季度, 三季度, 四季度], combine: mean}
spans: {上半年: [一季度, 二季度]}
tie_break: [A]
measures:
  党员大会: {register: true}
  总结日期: {type: date}
  截止日期: {type: date}
  迟报天数: {difference: [总结日期, 截止日期]}
vetoes: [{title: 失实, if: 报告失实, total: 10}]
sections:
  - id: A
    title: 平时
    max: 40
    items:
      - {id: A1, title: 上交, max: 25, rules: [{deduct: 5, per: 迟交次数}]}
      - {id: A2, title: 培训, max: 15, if_na: rescale, rules: [{deduct: 5, unless: 参加培训}]}
  - id: B
    title: 全年
    max: 60
    rounds: none
    items:
      - {id: B1, title: 开会, max: 20, rules: [{deduct: 3, per_missing: 党员大会, of: 1, for_each: [month]}]}
      - {id: B2, title: 多开, max: 10, start: 0, rules: [{award: 3, per: 党员大会, for_each: [quarter], cap_each: 3}]}
      - {id: B3, title: 发展, max: 10, rules: [{deduct: 2, per_missing: 发展人数, of: {2024-06-30: 2, 2024-12-31: 4}}]}
      - {id: B4, title: 问题, max: 10, if_na: rescale, rules: [{deduct: 2, per: 查出问题}]}
      - {id: B5, title: 总结, max: 10, due: 2024-12-31, rules: [{deduct: 0.1, per_over: 迟报天数, of: 0}]}
  - {id: C, title: 表彰, kind: bonus, rules: [{award: 2, per: 表彰次数}]}
"""


def half(late: tuple[str, str], meetings: str, *, trained: str = "是", false: str = "否", **more: str) -> Unit:
    facts = {"发展人数": "2", "查出问题": "", "总结日期": "", "截止日期": "", "表彰次数": "1", **more}
    rounds = {
        name: {"facts": {"迟交次数": times, "参加培训": trained, "报告失实": told}}
        for name, times, told in zip(("一季度", "二季度"), late, (false, "否"), strict=True)
    }
    days = ["2024-{:0>2}-{:0>2}".format(*day.split("-")) for day in meetings.split()]
    return {
        "facts": facts,
        "rounds": rounds,
        "events": [{"事项": "党员大会", "日期": day, "轮次": ""} for day in days],
    }


HALF_UNITS = {
    "甲": half(("0", "1"), "1-9 2-9 3-9 4-9 5-9 5-30 6-9"),
    "乙": half(("2", "0"), "1-9 2-9 3-9 4-9", 查出问题="1", 发展人数="1", 总结日期="2024-05-06", 截止日期="2024-12-20"),
    "丙": half(("1", "1"), "3-9 4-9 5-9 6-9", trained="不适用", 查出问题="不适用"),
    "丁": half(("0", "0"), "1-9 2-9 3-9 4-9 5-9 6-9", false="是", 查出问题="0"),
}


# Rounds that are named: of the three vetoes one cannot be decided yet; a section that belongs to a round

NAMED = """
rounds: {平时: 30%, 半年: 30%, 年终: 40%}
tie_break: [B, A]
measures: {丁的得分: {points: Z}, 甲的得分: {points: A}}
vetoes:
  - {title: 全年差, if: {丁的得分: {below: 1}}, total: 1}
  - {title: 造假, if: 造假, total: 0}
  - {title: 落后, if: {甲的得分: {below: 4}}, total: 5}
sections:
  - {id: A, title: 甲, max: 6, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, max: 4, round: 半年, rules: [{deduct: 1, per: 误}]}
  - {id: Z, title: 丁, max: 2, rounds: none, rules: [{deduct: 1, per_missing: 活动, of: 2}]}
  - {id: C, title: 丙, kind: bonus, rounds: each, rules: [{award: 1, per: 奖}]}
"""


def named(*rounds: Mapping[str, str]) -> Unit:
    usual = {"缺": "0", "误": "0", "造假": "否", "奖": "0"}
    return {"rounds": {name: {**usual, **said} for name, said in zip(("平时", "半年"), rounds, strict=True)}}


NAMED_UNITS = {
    "甲": named({}, {"误": "1", "奖": "2"}),
    "乙": named({"缺": "3"}, {"缺": "1"}),
    "丙": named({"造假": "是"}, {}),
    "丁": named({"缺": "1"}, {"缺": "1", "误": "1"}),
}


# The whole of a period, its rounds on the full scale: grades, a veto over a span, means of the units that take part

WHOLE = """
total: 10
rounds: {names: [1月, 2月, 3月], combine: mean}
spans: {前两月: [1月, 2月]}
excluded: [{title: 新建, if: 新建}]
grades: {优: {at_least: 9, if: {好事: {at_least: 2}}, sections: {A: 50%}}, 良: 8, 差: 0}
vetoes: [{title: 通报, if: {通报: {at_least: 2}}, grade: 差}]
sections:
  - {id: A, title: 甲, max: 6, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, max: 4, rules: [{deduct: 0.1, per_missing: 学习, of: {mean: 学习}, steps: prorata, every: 1}]}
"""


def whole(*rounds: str) -> Unit:
    """Give the rounds as the figures of 缺, 学习, 好事, 通报, and whether the unit is new."""
    names = ("缺", "学习", "好事", "通报", "新建")
    said = [dict(zip(names, (*figures.split(), "否"), strict=False)) for figures in rounds]
    return {"rounds": dict(zip(("1月", "2月", "3月"), said, strict=True))}


WHOLE_UNITS = {
    "甲": whole("0 9 1 0", "0 9 1 0", "0 9 0 0"),
    "乙": whole("0 8 2 1", "1 8 2 1", "0 8 2 0"),
    "丙": whole("3 7 0 0", "0 9 1 0", "1 8 2 0"),
    "丁": whole("0 1 0 0", "0 1 0 0", "0 1 0 0 是"),
}


def scored(key: str, **changed: Unit) -> Audited:
    match key:
        case "half":
            interim = Interim(("一季度", "二季度"), date(2024, 6, 30))
            return audited_interim(rubric(HALF), interim, {**HALF_UNITS, **changed})
        case "named":
            return audited_interim(rubric(NAMED), Interim(("平时", "半年")), {**NAMED_UNITS, **changed})
        case _:
            return audited(rubric(WHOLE), {**WHOLE_UNITS, **changed})


@cache
def made(key: str) -> Audited:
    return scored(key)


CHANGES: dict[str, tuple[str, str, str, object, Unit]] = {
    "an item": ("half", "乙", "迟交次数", 0, half(("0", "0"), "1-9 2-9 3-9 4-9", 查出问题="1", 发展人数="1")),
    "a veto": ("half", "丁", "报告失实", "否", half(("0", "0"), "1-9 2-9 3-9 4-9 5-9 6-9", 查出问题="0")),
    "a span": ("whole", "乙", "通报", 0, whole("0 8 2 0", "1 8 2 1", "0 8 2 0")),
}
"""By what changes: the workbook, the unit, the column, what is put into its first round, and what it then entered."""


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Compute all workbooks anew, as they are and changed, in one start of the office program."""
    books = {key: made(key).book for key in ("half", "named", "whole")}
    books |= {key: set_fact(made(of), unit, head, value) for key, (of, unit, head, value, _) in CHANGES.items()}
    return office.all_recalculated(books, tmp_path_factory.mktemp("interim"))


@pytest.mark.office
@pytest.mark.parametrize("key", ["half", "named", "whole"])
def test_every_formula_comes_to_our_figure(key: str, recalculated: dict[str, Any]) -> None:
    count, wrong = differences(made(key).book, recalculated[key])
    assert wrong == []
    assert recalculated[key]["核对"]["B3"].value == 0
    assert count > 500


@pytest.mark.office
@pytest.mark.parametrize("key", CHANGES)
def test_a_changed_cell_moves_the_whole_and_the_rounds(key: str, recalculated: dict[str, Any]) -> None:
    of, unit, _, _, said = CHANGES[key]
    again, before, computed = scored(of, **{unit: said}).result, made(of).result, recalculated[key]
    stages = {(name, one.unit): one for name, stage in again.stages().items() for one in stage.units}
    assert rows(computed["各轮"], 2) == {(one.unit, name): figures(one) for (name, _), one in stages.items()}
    assert rows(computed["总分"], 1) == {(one.unit,): figures(one) for one in again.units}
    assert standings(again) != standings(before)


def figures(unit: UnitResult) -> list[object]:
    """Give what sheets show of a unit, as floats; a rate where there is one."""
    rate = [] if unit.rate is None or unit.due is None else [float(unit.due), pytest.approx(float(unit.rate))]
    return [float(unit.total), *rate, *([unit.grade] if unit.grade else []), unit.rank]


def rows(sheet: Any, lead: int) -> dict[tuple[object, ...], list[object]]:
    """Read the same from a sheet."""
    heads = {cell.value: cell.column for cell in sheet[6]}
    wanted = [heads[head] for head in ("总分", "得分", "应考核分值", "得分率", "等次", "名次") if head in heads]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    return {tuple(row[:lead]): [row[at - 1] for at in wanted] for row in found}


Figures = tuple[Fraction | int | str, ...]


def standings(result: Result) -> dict[str, Figures]:
    """Give total, due, rank and grade where there is one."""
    return {
        unit.unit: (
            unit.total,
            *([unit.due] if unit.due is not None else []),
            unit.rank or 0,
            *filter(None, [unit.grade]),
        )
        for unit in result.units
    }


def test_half_a_year_by_hand() -> None:
    """Of 甲: rounds 37.5 of 40; 20 of 20; 6 of the 6 of two quarters; 10 of 10; nothing entered for B4; 2 more.

    Of 丙: rounds 20 of 25, which is 32 of 40; 14, 6 and 10 of 36, which is 38.33 of the 46 with B4.
    """
    result = made("half").result
    assert standings(result) == {
        "甲": (Fraction("75.5"), 76, 1),
        "乙": (73, 86, 2),
        "丙": (Fraction("72.33"), 86, 3),
        "丁": (10, 86, 4),
    }
    assert standings(result.stages()["上半年"]) == {
        "甲": (Fraction("37.5"), 40, 1),
        "乙": (35, 40, 2),
        "丙": (32, 40, 3),
        "丁": (10, 40, 4),
    }


def test_rounds_of_a_year_by_hand() -> None:
    """丁 takes part until it is new in 3月; 乙 is struck by two 通报, which no single round has."""
    stages = made("whole").result.stages()
    assert standings(stages["1月"]) == {
        "甲": (10, 10, 1, "良"),
        "乙": (10, 10, 1, "优"),
        "丁": (Fraction("9.48"), 10, 3, "良"),
        "丙": (7, 10, 4, "差"),
    }
    assert standings(stages["前两月"]) == {
        "甲": (10, 10, 1, "优"),
        "乙": (Fraction("9.5"), 10, 2, "差"),
        "丁": (Fraction("9.45"), 10, 3, "良"),
        "丙": (Fraction("8.5"), 10, 4, "良"),
    }


# What stands where


def heads(sheet: Any) -> list[object]:
    return [cell.value for cell in sheet[6]]


def test_measures_that_are_not_due_stand_only_with_the_origins() -> None:
    book = made("half").stored
    assert not {"总结日期", "截止日期", "迟报天数"}.intersection(heads(book["考核数据"]))
    entered = {row[2].value: row[3].value for row in book["出处"].iter_rows(min_row=3) if row[0].value == "乙"}
    assert entered["总结日期"] == datetime(2024, 5, 6)
    assert any("未到考核时点，暂不计分：三季度" in str(cell.value) for cell in book["说明"]["A"])


def test_sheets_say_that_the_result_is_interim_and_how_far() -> None:
    book = made("half").stored
    assert {str(sheet["A1"].value).split("　")[0] for sheet in book} == {"试（阶段性结果，截至2024年6月30日）"}
    assert {"得分", "应考核分值", "得分率", "A 平时得分（得分率相同时比）"} <= {*heads(book["总分"])}
    assert any("名次按得分率确定，得分率按取舍后的得分计算" in str(cell.value) for cell in book["说明"]["A"])
    named_so = [str(head).split("：")[0] for head in heads(book["归集"])]
    assert named_so[2:] == ["分组累计", "分组累计", "填了不适用（1 是）", "到期的各段最多能得的分"]


def test_rates_are_per_cents() -> None:
    sheet = made("half").formulas["各轮"]
    assert sheet.cell(7, column(sheet, "得分率")).number_format == "0.####%"


def test_units_and_figures_that_only_a_round_has_are_written_as_figures() -> None:
    """丁 has no row of points; the mean that 丙 is held against is another where 丁 takes part."""
    sheet = made("whole").formulas["各轮"]
    weighed, asked = column(sheet, "基本分，各轮加权"), column(sheet, "通报（1 是符合）")
    first = {row[0].value: row for row in sheet.iter_rows(min_row=7, max_row=10)}
    assert "核算" not in first["丁"][weighed - 1].value
    assert (first["丁"][asked - 1].value, first["丁"][asked - 1].fill.fill_type) == (0, "solid")
    assert "核算" in first["甲"][weighed - 1].value
    assert "考核数据" in first["甲"][asked - 1].value


def test_english() -> None:
    book = audit_xlsx(made("half").scored, load_words("en"))
    assert book is not None
    opened = load_workbook(BytesIO(book))
    assert opened.sheetnames == ["Guide", "Evidence", "Reduced", "Points", "Totals", "Rounds", "Check", "Origins"]
    assert {"Points", "Due", "Rate"} <= {*heads(opened["Rounds"])}


def test_rows_of_rounds_count_towards_what_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    whole_year = made("whole").scored
    check = made("whole").formulas["核对"].max_row
    monkeypatch.setattr(workbook, "MOST_ROWS", check - 1)
    words = load_words("zh")
    assert audit_xlsx(whole_year, words) is None
    assert audit_xlsx(replace(whole_year, stages={}), words) is not None
