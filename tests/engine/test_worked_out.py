"""Measures worked out from others, conditions on registers, points of other items."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.facts import Cell, Event, Evidence, Fact, UnitFacts, Value
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from tests.support import errors, facts, points, rubric, scored

F = Fraction

FORMULAS = """
measures:
  到会率: {percent: 到会, of: [应到, 请假]}
  人均: {ratio: 经费, of: 人数}
  缺口: {difference: [应到, 到会], min: 0}
  增幅: {change: 信访, from: 上年信访}
  差额: {difference: [到会率, 目标率]}
  经费: {type: number}
  目标率: {type: percent}
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per_missing: 到会率, of: 90%, every: 10%, steps: started}]}
  - {id: B, title: 乙, max: 10, rules: [{award: {100: 10, 50: 4}, at_least: 人均}]}
  - {id: C, title: 丙, max: 10, rules: [{deduct: 2, per: 缺口}]}
  - {id: D, title: 丁, max: 10, rules: [{deduct: 3, if: {增幅: {above: 25%}}}, {deduct: 1, if: {增幅: {below: -50%}}}]}
  - {id: E, title: 戊, max: 10, rules: [{deduct: 4, if: {差额: {below: 0%}}}]}
"""


@pytest.mark.parametrize(
    ("changed", "node", "expected"),
    [
        ({}, "A", 10),
        ({"到会": 17}, "A", 9),  # 85 %: half a step is begun
        ({"请假": 4}, "A", 8),  # 18 of 24 are 75 %: 15 points short, two steps begun
        ({"经费": F("999.9")}, "B", 4),  # 99.99 each
        ({"经费": F("499.9")}, "B", 0),
        ({"到会": 15}, "C", 0),  # five short
        ({"信访": 5}, "D", 10),  # exactly a quarter more
        ({"信访": 6}, "D", 7),
        ({"信访": 1}, "D", 9),  # three quarters fewer
        ({"目标率": F("0.91")}, "E", 6),
    ],
)
def test_a_measure_worked_out_from_others(changed: Mapping[str, object], node: str, expected: object) -> None:
    usual = {"到会": 18, "应到": 20, "请假": 0, "经费": 1000, "人数": 10, "信访": 4, "上年信访": 4, "目标率": F("0.9")}
    values: dict[str, Value] = {name: F(str(value)) for name, value in {**usual, **changed}.items()}
    loaded = rubric(FORMULAS)
    assert errors(checks.check(Study(loaded))) == []
    assert points(scored(loaded, 甲=values), "甲")[node] == expected


@pytest.mark.parametrize(("met", "expected"), [("2024-04-05", 0), ("2024-04-06", 2), ("2024-04-10", 2)])
def test_a_date_worked_out_from_a_date(met: str, expected: int) -> None:
    """Five days before the meeting: 31 March is not after 31 March, 1 April is."""
    loaded = rubric("""
measures:
  会议日: {type: date}
  通知限期: {difference: [会议日, 5]}
sections: [{id: A, title: 甲, max: 5, start: 0, rules: [{award: 2, if: {通知限期: {after: 2024-03-31}}}]}]
""")
    assert errors(checks.check(Study(loaded))) == []
    values: dict[str, Value] = {"会议日": F(date.fromisoformat(met).toordinal())}
    assert points(scored(loaded, 甲=values), "甲")["A"] == expected


POINTS = """
measures:
  基础分: {points: [C, A]}
sections:
  - {id: B, title: 乙, kind: bonus, rules: [{award: 2, if: {基础分: {at_least: 15}}}, {award: 0.1, per: 基础分}]}
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: C, title: 丙, max: 10, rules: [{deduct: 1, per: 错}]}
grades: {好: {at_least: 0, if: {基础分: {above: 18}}}, 差: 0}
"""


def test_points_of_items_that_come_later() -> None:
    loaded = rubric(POINTS.replace("at_least: 0, if", "at_least: 1, if"))
    assert errors(checks.check(Study(loaded))) == []
    result = scored(loaded, 甲={"缺": F(1), "错": F(4)}, 乙={"缺": F(1), "错": F(0)})
    assert points(result, "甲")["B"] == F("3.5")  # 9 + 6 = 15: 2 and a tenth of it
    assert points(result, "乙")["B"] == F("3.9")
    assert {unit.unit: unit.grade for unit in result.units} == {"甲": "差", "乙": "好"}


EVENTS = """
period: 2024
measures: {处分: {levels: [警告, 撤职, 开除]}, 会议: {register: true}}
sections:
  - id: X
    title: 甲
    max: 20
    rules:
      - {deduct: 1, if: 处分}
      - {deduct: 2, if: {处分: {at_least: 2}}}
      - {deduct: 4, if: {处分: {one_of: [撤职, 开除]}}}
      - {deduct: 8, if: {处分: {after: 2024-06-30, equals: 警告}}}
      - {deduct: 0.5, unless: {会议: 是}}
      - {deduct: 0.25, if: {处分: 否}}
      - {deduct: 0.1, per: 处分, where: {级别: 开除}}
"""


def unit_with(*events: Event) -> UnitFacts:
    return UnitFacts("甲", Cell("e.csv", None, 2, 1), {}, events=events)


def event(register: str, row: int, **columns: Value) -> Event:
    cell = Cell("e.csv", None, row, 1)
    return Event(register, cell, {name: Fact(value, cell) for name, value in columns.items()})


def day(month: int) -> Fraction:
    return F(date(2024, month, 1).toordinal())


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), F("19.25")),  # no meeting, and no sanction
        ((event("会议", 2),), F("19.75")),
        ((event("处分", 2, 级别="警告", 日期=day(3)),), F("18.5")),
        ((event("处分", 2, 级别="警告", 日期=day(7)),), F("10.5")),
        ((event("处分", 2, 级别="撤职", 日期=day(7)),), F("14.5")),
        ((event("处分", 2, 级别="警告", 日期=day(3), 数量=F(2)),), F("16.5")),
        # One row must be a warning and late in the year; two rows that each are one of it do not do.
        ((event("处分", 2, 级别="警告", 日期=day(3)), event("处分", 3, 级别="开除", 日期=day(9))), F("12.4")),
    ],
)
def test_conditions_on_a_register(events: tuple[Event, ...], expected: Fraction) -> None:
    loaded = rubric(EVENTS)
    assert errors(checks.check(Study(loaded))) == []
    result = score(compile_rubric(loaded.rubric), Evidence((), (unit_with(*events),), {}, has_register=True))
    assert points(result, "甲")["X"] == expected


PER_CASE = """
period: 2024
sections:
  - id: J
    title: 就高
    kind: penalty
    highest_per: 案件
    items:
      - {id: J1, title: 一, rules: [{deduct: {警告: 3, 撤职: 8}, by: 处分, where: {级别: {one_of: [警告, 撤职]}}}]}
      - {id: J2, title: 二, rules: [{deduct: 5, per: 通报, where: 查实}]}
      - {id: J3, title: 三, rules: [{deduct: 1, if: 其他}]}
"""


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("处分", "警告", "甲"), ("通报", "", "甲")], {"J1": 0, "J2": -5, "J": -6}),
        ([("处分", "撤职", "甲"), ("通报", "", "甲")], {"J1": -8, "J2": 0, "J": -9}),
        ([("处分", "撤职", "甲"), ("通报", "", "乙")], {"J1": -8, "J2": -5, "J": -14}),
        ([("处分", "警告", ""), ("通报", "", "")], {"J1": -3, "J2": -5, "J": -9}),
        ([("处分", "警告", "甲"), ("处分", "警告", "甲")], {"J1": -3, "J2": 0, "J": -4}),
    ],
)
def test_the_heaviest_of_a_case_whichever_rule_prices_it(
    events: list[tuple[str, str, str]], expected: dict[str, int]
) -> None:
    rows = []
    for at, (register, level, case) in enumerate(events, start=2):
        columns: dict[str, Value] = {name: text for name, text in (("级别", level), ("案件", case)) if text}
        rows.append(event(register, at, 查实=True, **columns))
    entered = unit_with(*rows)
    unit = UnitFacts("甲", entered.cell, facts("甲", {"其他": True}).facts, events=entered.events)
    got = points(score(compile_rubric(rubric(PER_CASE).rubric), Evidence((), (unit,), {}, has_register=True)), "甲")
    assert {node: got[node] for node in expected} == expected


def test_a_price_of_nothing_but_what_is_added() -> None:
    text = "sections: [{id: X, title: 甲, max: 5, rules: [{deduct: 0, per: 迟到, where: 查实, plus: {重犯: 2}}]}]\n"
    rows = (event("迟到", 2, 查实=True, 重犯=True), event("迟到", 3, 查实=True, 重犯=False))
    result = score(compile_rubric(rubric(text).rubric), Evidence((), (unit_with(*rows),), {}, has_register=True))
    assert points(result, "甲")["X"] == 3


def test_a_level_without_an_entry() -> None:
    text = "sections: [{id: X, title: 甲, max: 9, rules: [{deduct: {重: 5, 轻: 1}, else: 2, by: 情节}]}]\n"
    values: list[Mapping[str, Value]] = [{"情节": level} for level in ("重", "轻", "一般", "无")]
    result = scored(rubric(text), **dict(zip("甲乙丙丁", values, strict=True)))
    assert [points(result, name)["X"] for name in "甲乙丙丁"] == [4, 8, 7, 9]
