"""Checks of evidence: 不适用 where it is not allowed, units nothing applies to, attributes, levels, divisors of 0."""

from fractions import Fraction

import pytest

from tests.scenes import attempt, node_points, of_unit
from tests.support import errors, rubric

F = Fraction

APPLICABLE = """
total: 100
attributes: [类型]
sections:
  - {id: A, title: 甲, max: 40, if_na: rescale, rules: [{deduct: 5, per: 缺}, {deduct: 1, per: 迟}]}
  - {id: B, title: 乙, max: 30, if_na: full, rules: [{deduct: 10, each_missing: [有计划, 有总结, 有台账]}]}
  - {id: C, title: 丙, max: 20, if_na: zero, items: [{id: C1, title: 一, max: 20, rules: [{award: 20, if: 达标}]}]}
  - {id: D, title: 丁, max: 10, only: {类型: 村}, rules: [{deduct: 1, per: 错}]}
  - {id: E, title: 戊, kind: bonus, rules: [{award: 3, per: 奖}]}
"""
FULL = {
    "类型": "村",
    "缺": "1",
    "迟": "0",
    "有计划": "是",
    "有总结": "是",
    "有台账": "否",
    "达标": "是",
    "错": "2",
    "奖": "1",
}


def found(changed: dict[str, str]) -> list[tuple[str, str]]:
    _, diagnostics = attempt(rubric(APPLICABLE), {"一支部": {"facts": FULL | changed}})
    return [(str(finding.code), finding.place.cell or "") for finding in diagnostics if finding.severity == "error"]


@pytest.mark.parametrize(
    ("changed", "points", "total"),
    [
        ({}, {"A": 35, "B": 20, "C": 20, "D": 8, "E": 3}, 86),
        # A is 不适用: 48 of 60 are 80 of 100.
        ({"缺": "不适用", "迟": "不适用"}, {"A": 0, "B": 20, "C": 20, "D": 8}, 83),
        # Two members drop out, the third is missing.
        ({"有计划": "不适用", "有总结": "不适用"}, {"B": 20}, 86),
        ({"有计划": "不适用", "有总结": "不适用", "有台账": "不适用"}, {"B": 30}, 96),
        ({"达标": "不适用"}, {"C1": 0, "C": 0}, 66),
        ({"奖": "不适用"}, {"E": 0}, 83),
        # For others D is not there: 75 of 90 are 83.33 of 100.
        ({"类型": "社区", "错": ""}, {"A": 35, "D": 0}, "86.33"),
        ({"类型": "社区", "错": "", "缺": "不适用", "迟": "不适用"}, {"A": 0}, 83),  # 40 of 50 are 80
    ],
)
def test_what_does_not_apply(changed: dict[str, str], points: dict[str, int], total: object) -> None:
    result, diagnostics = attempt(rubric(APPLICABLE), {"一支部": {"facts": FULL | changed}})
    assert result is not None, diagnostics
    unit = of_unit(result, "一支部")
    got = node_points(unit.trace().nodes)
    assert {node: got[node] for node in points} == points
    assert str(float(unit.total)) == str(float(str(total)))
    lines = unit.trace().lines
    assert sum(unit.kinds.values()) + sum(line.points for line in lines if line.rule == "total") == unit.total


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"缺": "不适用"}, [("E038", "C2")]),
        ({"错": "不适用"}, [("E039", "I2")]),
        ({"类型": "不适用"}, [("E039", "B2")]),
        ({"类型": ""}, [("E021", "B2")]),
        ({"有计划": ""}, [("E021", "E2")]),
    ],
)
def test_entries_that_contradict_each_other(changed: dict[str, str], wrong: list[tuple[str, str]]) -> None:
    assert found(changed) == wrong


@pytest.mark.parametrize(
    "rules",
    [
        "{deduct: 1, if: 甲}, {deduct: 1, if: 乙}",
        "{award: 3, ratio: [次, 甲], of: 乙}",
        "{deduct: 1, if: {率: {below: 50%}}}, {deduct: 1, if: 乙有}",
        "{deduct: {警告: 1, 撤职: 2}, by: 甲}, {deduct: 1, per: 乙}",
    ],
)
def test_part_of_what_a_rule_looks_at_is_inapplicable(rules: str) -> None:
    """That is a finding, whatever the rule would do with it."""
    measures = "measures: {率: {percent: 甲, of: 乙}}\n" if "率" in rules else ""
    text = f"{measures}sections: [{{title: 项, max: 5, start: 0, if_na: rescale, rules: [{rules}]}}]\n"
    usual = {"甲": "不适用", "乙": "1", "次": "1", "乙有": "是"}
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": usual}})
    assert "E038" in [str(finding.code) for finding in diagnostics]


def test_an_item_for_other_units_asks_for_nothing() -> None:
    assert found({"类型": "社区", "错": ""}) == []
    assert found({"类型": "村", "错": ""}) == [("E021", "I2")]


def test_rules_of_a_group_let_nothing_be_inapplicable() -> None:
    text = """
sections:
  - title: 甲
    items: [{title: 乙, max: 5, rules: [{deduct: 1, per: 缺}]}]
    rules: [{deduct: 1, each: [未公示, 未归档]}]
"""
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": {"缺": "1", "未公示": "不适用", "未归档": "否"}}})
    assert [(str(finding.code), dict(finding.args)["measure"]) for finding in errors(diagnostics)] == [
        ("E039", "未公示")
    ]


def test_attributes_that_rules_read_are_never_inapplicable() -> None:
    text = "attributes: [类型]\nsections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 缺, only: {类型: 村}}]}]\n"
    units = {"一支部": {"facts": {"类型": "不适用", "缺": "1"}}, "二支部": {"facts": {"类型": "村", "缺": "1"}}}
    _, diagnostics = attempt(rubric(text), units)
    assert [(str(finding.code), dict(finding.args)["measure"]) for finding in errors(diagnostics)] == [("E039", "类型")]


def test_nothing_that_applies() -> None:
    text = (
        "attributes: [类型]\nsections: [{id: A, title: 甲, max: 10, if_na: rescale, rules: [{deduct: 1, per: 缺}]}]\n"
    )
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": {"类型": "村", "缺": "不适用"}}})
    assert [str(finding.code) for finding in diagnostics if finding.severity == "error"] == ["E067"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [("", []), ("grades: {优秀: {at_least: 5, if: {缺: {below: 2}}}, 其他: 0}\n", ["E039"])],
)
def test_what_only_breaks_ties_may_be_inapplicable(more: str, codes: list[str]) -> None:
    """It counts as 0 then; a condition has to know it."""
    text = f"tie_break: [{{measure: 缺, lowest_first: true}}]\n{more}sections:\n"
    text += "  - {id: A, title: 甲, max: 6, if_na: full, rules: [{deduct: 2, per: 缺}]}\n"
    text += "  - {id: B, title: 乙, max: 4, rules: [{deduct: 2, per: 错}]}\n"
    given = {"一": ("1", "0"), "二": ("不适用", "1"), "三": ("2", "0")}
    units = {name: {"facts": {"缺": lacking, "错": wrong}} for name, (lacking, wrong) in given.items()}
    result, diagnostics = attempt(rubric(text), units)
    assert [str(finding.code) for finding in errors(diagnostics)] == codes
    ranks = {unit.unit: unit.rank for unit in result.units} if result else {}
    assert ranks == ({} if codes else {"二": 1, "一": 2, "三": 3})


@pytest.mark.parametrize(
    ("months", "blank", "codes"), [("3", "", []), ("12", "", ["E067"]), ("3", "错", ["E021", "E067"])]
)
def test_nothing_has_to_apply_to_a_unit_that_is_excluded(months: str, blank: str, codes: list[str]) -> None:
    text = "excluded: [{title: 新成立, if: {月数: {below: 6}}}]\nsections:\n"
    text += "  - {id: A, title: 甲, max: 10, if_na: rescale, rules: [{deduct: 1, per: 缺}]}\n"
    text += "  - {id: B, title: 乙, kind: penalty, rules: [{deduct: 1, per: 错}]}\n"
    new = {"月数": months, "缺": "不适用", "错": "" if blank else "0"}
    result, diagnostics = attempt(
        rubric(text), {"一": {"facts": {"月数": "12", "缺": "1", "错": "0"}}, "二": {"facts": new}}
    )
    assert [str(finding.code) for finding in errors(diagnostics)] == codes
    assert [unit.unit for unit in result.excluded] == ["二"] if result else codes


@pytest.mark.parametrize(
    ("sections", "facts", "code"),
    [
        ("{id: A, title: 甲, max: 5, rules: [{award: 5, if: {率: {above: 50%}}}]}", {"到": "1", "应": "0"}, "E031"),
        ("{id: A, title: 甲, max: 5, rules: [{award: {1: 5}, rank: 率}]}", {"到": "1", "应": "0"}, "E031"),
        ("{id: A, title: 甲, max: 5, rules: [{award: 5, ratio: 到, of: {best: 应}}]}", {"到": "1", "应": "0"}, "E031"),
        ("{id: A, title: 甲, max: 5, rules: [{deduct: {轻: 1, 重: 2}, by: 情节}]}", {"情节": "中"}, "E022"),
    ],
)
def test_what_cannot_be_worked_out(sections: str, facts: dict[str, str], code: str) -> None:
    measures = "measures: {率: {percent: 到, of: 应}}\n" if "率" in sections else ""
    _, diagnostics = attempt(rubric(f"{measures}sections: [{sections}]\n"), {"一支部": {"facts": facts}})
    assert [str(finding.code) for finding in diagnostics if finding.severity == "error"] == [code]


def test_a_level_that_one_of_two_tables_does_not_list() -> None:
    text = "sections:\n  - {id: A, title: 甲, max: 5, rules: [{deduct: {轻: 1}, by: 情节}]}\n"
    text += "  - {id: B, title: 乙, max: 5, rules: [{deduct: {轻: 1, 重: 2}, by: 情节}]}\n"
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": {"情节": "重"}}, "二支部": {"facts": {"情节": "无"}}})
    found = [
        (str(finding.code), finding.place.cell, dict(finding.args)["levels"])
        for finding in diagnostics
        if finding.severity == "error"
    ]
    assert found == [("E065", "B2", "轻")]


ON_POINTS = """
sections:
  - {id: A, title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, max: 5, rules: [{award: 5, ratio: 到, of: 应, if: {all: [{points: A, at_least: 4}, 要评]}}]}
  - {id: C, title: 丙, max: 5, rules: [{award: 5, judge: 评分, if: {all: [{points: A, at_least: 4}, 要评]}}]}
"""


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"应": "0"}, ["E031"]),
        ({"评分": "6"}, ["E027"]),
        ({"应": "0", "评分": "6", "缺": "5"}, ["E027", "E031"]),  # what A comes to is not known yet
        ({"应": "0", "评分": "6", "要评": "否"}, []),  # the rules cannot apply, whatever A comes to
    ],
)
def test_rules_that_wait_for_points_have_what_they_may_need(changed: dict[str, str], codes: list[str]) -> None:
    facts = {"缺": "0", "到": "1", "应": "2", "评分": "3", "要评": "是", **changed}
    _, diagnostics = attempt(rubric(ON_POINTS), {"一支部": {"facts": facts}})
    assert sorted(str(finding.code) for finding in diagnostics if finding.severity == "error") == codes


def test_rows_of_a_register_that_are_divided_by_nothing() -> None:
    text = "sections: [{id: A, title: 甲, max: 5, rules: [{deduct: 1, per: 投诉, divided_by: 单位数}]}]\n"
    events = [{"事项": "投诉", "单位数": "0"}, {"事项": "投诉", "单位数": "2"}]
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": {}, "events": events}})
    assert [(str(finding.code), finding.place.cell) for finding in diagnostics if finding.severity == "error"] == [
        ("E031", "C2")
    ]


def test_a_condition_outside_the_sections_is_due_too() -> None:
    text = "vetoes: [{title: 事故, if: 事故}]\nsections: [{id: A, title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}]\n"
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": {"缺": "1", "事故": ""}}})
    assert [(str(finding.code), finding.place.cell) for finding in diagnostics] == [("E021", "C2")]


def test_a_figure_that_is_not_asked_for_does_not_make_an_item_inapplicable() -> None:
    """An item whose assessor had nothing to say still starts where it starts."""
    text = "attributes: [类型]\nsections:\n  - {id: A, title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}\n"
    text += "  - {id: B, title: 乙, kind: bonus, floor: 1, rules: [{award: 3, only: {类型: 村}, judge: 评分}]}\n"
    units = {
        "一支部": {"facts": {"类型": "社区", "缺": "0"}},
        "二支部": {"facts": {"类型": "村", "缺": "0", "评分": "2"}},
    }
    result, found = attempt(rubric(text), units)
    assert result is not None, found
    assert [node_points(of_unit(result, name).trace().nodes)["B"] for name in units] == [1, 2]


def test_what_does_not_apply_has_a_line() -> None:
    changed = {"缺": "不适用", "迟": "不适用", "有计划": "不适用", "有总结": "不适用", "有台账": "不适用"}
    text = APPLICABLE.replace("title: 甲, max: 40,", "title: 甲, max: 40, source: {clause: 一},")
    result, _ = attempt(
        rubric(text), {"一支部": {"facts": FULL | changed}, "二支部": {"facts": FULL | {"类型": "社区"}}}
    )
    assert result is not None
    first, second = of_unit(result, "一支部"), of_unit(result, "二支部")
    found = [
        (line.rule, line.verb, line.points, line.clause) for node in first.trace().nodes[:2] for line in node.lines
    ]
    assert found == [("A", "inapplicable", 0, "一"), ("B", "inapplicable", 30, None)]
    assert [cell.address for cell in first.trace().nodes[0].lines[0].cells] == ["C2", "D2"]
    assert [(node.applies, node.start, node.lines == ()) for node in second.trace().nodes if node.id == "D"] == [
        (False, 0, True)
    ]
    scaled, rounded = first.trace().lines
    assert (scaled.rule, scaled.verb, scaled.figures) == (
        "base",
        "rescale",
        {"due": 60, "have": 58, "of": 100, "scaled": F(290, 3)},
    )
    assert (rounded.verb, rounded.figures) == ("rounding", {"have": F(299, 3), "kept": F("99.67")})


@pytest.mark.parametrize("head", ["total: 50\n", ""])
def test_scaling_keeps_to_what_is_scored_together(head: str) -> None:
    """B and C carry 30, of which C's 10 do not apply: 18 of 20 are 27 of 30; A stands outside the rounds with 12."""
    text = f"{head}rounds: {{上: 50%, 下: 50%}}\nsections:\n"
    text += "  - {id: A, title: 甲, max: 20, rounds: none, rules: [{deduct: 1, per: 缺}]}\n"
    text += "  - {id: B, title: 乙, max: 20, rules: [{deduct: 1, per: 错}]}\n"
    text += "  - {id: C, title: 丙, max: 10, if_na: rescale, rules: [{deduct: 1, per: 迟}]}\n"
    rounds = {"上": {"错": "2", "迟": "不适用"}, "下": {"错": "2", "迟": "不适用"}}
    result, found = attempt(rubric(text), {"一支部": {"facts": {"缺": "8"}, "rounds": rounds}})
    assert result is not None, found
    assert of_unit(result, "一支部").total == 39


def test_without_a_total_a_unit_is_scaled_to_what_is_for_it() -> None:
    """A is for villages; for others B and C carry 20, of which C's 10 apply: 8 of 10 are 16 of 20."""
    text = "attributes: [类型]\nsections:\n"
    text += "  - {id: A, title: 甲, max: 10, only: {类型: 村}, rules: [{deduct: 1, per: 缺}]}\n"
    text += "  - {id: B, title: 乙, max: 10, if_na: rescale, rules: [{deduct: 1, per: 错}]}\n"
    text += "  - {id: C, title: 丙, max: 10, rules: [{deduct: 1, per: 迟}]}\n"
    units = {
        "一支部": {"facts": {"类型": "社区", "缺": "", "错": "不适用", "迟": "2"}},
        "二支部": {"facts": {"类型": "村", "缺": "1", "错": "不适用", "迟": "2"}},
    }
    result, found = attempt(rubric(text), units)
    assert result is not None, found
    assert [of_unit(result, name).total for name in units] == [16, Fraction("25.5")]  # 17 of 20 are 25.5 of 30


@pytest.mark.parametrize(
    ("of", "called", "cells"),
    [
        ("应到", "应到", ""),
        ("[应到, 列席]", "应到 + 列席", "C2 应到 = 0、D2 列席 = 0"),
        ("在册", "在册", "C2 应到 = 0、D2 请假 = 0"),
        ("督办", "督办", ""),
    ],
)
def test_what_is_divided_by_is_named_with_its_cells(of: str, called: str, cells: str) -> None:
    rule = f"{{award: 5, ratio: {'办结' if of == '督办' else '实到'}, of: {of}}}"
    measures = "measures: {在册: {difference: [应到, 请假]}, 督办: {register: true}, 办结: {register: true}}\n"
    facts = {"实到": "0", "应到": "0", "列席": "0", "请假": "0"}
    text = f"{measures}ignore: [实到, 应到, 列席, 请假]\nsections: [{{id: A, title: 甲, max: 5, rules: [{rule}]}}]\n"
    _, diagnostics = attempt(rubric(text), {"一支部": {"facts": facts, "events": []}})
    found = [dict(finding.args) for finding in diagnostics if finding.code == "E031"]
    assert [(args["measure"], args["cells"]) for args in found] == [(called, cells)]
