"""What a node's result says beside its points: where it comes from, what it carries, who corrected it, and why."""

from collections.abc import Iterable
from fractions import Fraction

from dangjian_score.core.facts import Cell, Event, Evidence, Fact, Ruling, UnitFacts, Value
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import NodeResult, PointsLine, UnitResult
from dangjian_score.engine.score import score
from tests.support import rubric, scored

F = Fraction
CELL, RULED = Cell("e.csv", None, 2, 1), Cell("r.csv", None, 5, 3)


def node(text: str, *rulings: Ruling, events: tuple[Event, ...] = (), **figures: int) -> NodeResult:
    facts = {name: Fact(F(value), CELL) for name, value in figures.items()}
    unit = UnitFacts("甲", CELL, facts, events=events, rulings=rulings)
    return (
        score(compile_rubric(rubric(text).rubric), Evidence((), (unit,), {}, has_register=True))
        .units[0]
        .trace()
        .nodes[0]
    )


def test_a_node_names_its_clause_and_what_it_carries() -> None:
    text = "sections: [{id: A, title: 学习, max: 5, source: {clause: 第三条}, rules: [{deduct: 1, per: 次}]}]\n"
    found = node(text, 次=2)
    assert (found.id, found.title, found.clause, found.max, found.points) == ("A", "学习", "第三条", 5, 3)
    assert [(line.rule, line.clause, line.before, line.points) for line in found.lines] == [("A/1", "第三条", -2, -2)]


def test_a_ruling_is_a_line_of_its_item_with_its_cell() -> None:
    text = "sections: [{id: A, title: 学习, max: 5, source: {clause: 第三条}, rules: [{deduct: 1, per: 次}]}]\n"
    ruling = Ruling("A", F(1), "补课", "党委", RULED)
    line = node(text, ruling, 次=2).lines[-1]
    assert (line.rule, line.verb, line.clause, line.before, line.points) == ("A", "ruling", "第三条", 1, 1)
    assert (line.ruling, line.cells) == (ruling, (RULED,))


def test_a_line_names_the_events_that_cost_and_no_others() -> None:
    text = "measures: {处分: {register: true}}\nsections:\n- id: A\n  title: 廉政\n  kind: penalty\n"
    text += "  rules: [{deduct: {轻: 1, 重: 5, 提醒: 0}, by: 处分, for_each: 人员, cap_each: 3}]\n"
    rows = (("轻", "张三"), ("重", "张三"), ("提醒", "李四"), ("轻", "王五"))
    events = tuple(
        Event("处分", Cell("t.csv", None, at, 1), {"级别": Fact(level, CELL), "人员": Fact(person, CELL)})
        for at, (level, person) in enumerate(rows, 2)
    )
    (line,) = node(text, events=events).lines
    assert line.points == -4  # 3 of 张三, 1 of 王五
    assert line.because is not None
    assert [slip.event.cell.row for slip in line.because.events] == [2, 3, 5]
    assert [(group.key, group.amount) for group in line.because.groups] == [(("张三",), 3), (("王五",), 1)]


def test_a_line_names_what_was_worked_out() -> None:
    text = "measures: {率: {percent: 到会, of: 应到}}\n"
    text += "sections: [{id: A, title: 会议, max: 5, rules: [{award: {80%: 5, 0%: 1}, at_least: 率}]}]\n"
    (line,) = node(text, 到会=9, 应到=10).lines
    assert line.because is not None
    assert {figure.name: value for figure, value in line.because.named.items()} == {"率": F("0.9")}
    assert line.because.readings == {"到会": 9, "应到": 10}


def unit_of(text: str, values: dict[str, Value]) -> UnitResult:
    return scored(rubric(text), 甲=values).units[0]


def moves(lines: Iterable[PointsLine]) -> list[tuple[object, ...]]:
    return [(line.rule, line.verb, line.before, line.points, line.clause, dict(line.figures)) for line in lines]


def test_lines_of_a_floor_and_a_ceiling_name_the_limit_and_the_clause() -> None:
    text = "sections: [{id: A, title: 甲, max: 5, start: 4, floor: 1, source: {clause: 二}, "
    text += "rules: [{deduct: 0.5, per: 缺}, {award: 0.5, per: 好}]}]\n"
    low = unit_of(text, {"缺": F(7), "好": F(0)}).trace().nodes[0]
    # 4 − 3.5 is below the floor of 1; of the 1 point up to the maximum, nothing was earned.
    assert moves(low.lines)[1:] == [
        ("A/2", "award", 0, 0, "二", {"gap": 1}),
        ("A", "floor", F("0.5"), F("0.5"), "二", {"limit": 1}),
    ]
    high = unit_of(text, {"缺": F(0), "好": F(3)}).trace().nodes[0]
    assert moves(high.lines)[1:] == [("A", "ceiling", F("-0.5"), F("-0.5"), "二", {"limit": 5})]


def test_lines_of_the_total_name_what_was_reported_capped_and_vetoed() -> None:
    text = "total: 200\nreported_as: 100\nceiling: 90\nvetoes: [{title: 事故, if: 事故, total: 60}]\n"
    text += "sections: [{id: A, title: 甲, max: 200, rules: [{deduct: 1, per: 缺}]}]\n"
    unit = unit_of(text, {"缺": F(10), "事故": True})
    # 190 of 200 are 95 of 100; no more than 90 count; the veto leaves 60.
    assert moves(unit.trace().lines) == [
        ("base", "report", -95, -95, None, {"have": 190, "scaled": 95}),
        ("total", "ceiling", -5, -5, None, {"limit": 90}),
        ("total", "veto", -30, -30, None, {}),
    ]
    vetoes = [line.struck and line.struck.veto for line in unit.trace().lines]
    assert [veto and veto.title for veto in vetoes] == [None, None, "事故"]
    assert unit.total == 60


def test_two_registers_added_up_are_named_both() -> None:
    text = "measures: {迟到: {register: true}, 早退: {register: true}}\n"
    text += "sections: [{id: A, title: 甲, max: 5, rules: [{deduct: 1, per: [迟到, 早退]}]}]\n"
    events = tuple(Event(name, Cell("t.csv", None, at, 1), {}) for at, name in enumerate(("迟到", "早退", "早退"), 2))
    (line,) = node(text, events=events).lines
    assert line.points == -3
    assert line.because is not None
    assert {figure.name: value for figure, value in line.because.named.items()} == {"迟到、早退": 3}


def test_events_that_cost_only_what_is_added() -> None:
    text = "measures: {迟到: {register: true}}\nsections: [{id: A, title: 甲, max: 5, rules: "
    text += "[{deduct: 0, per: 迟到, plus: {重复: 2}}]}]\n"
    yes, no = Fact(value=True, cell=CELL), Fact(value=False, cell=CELL)
    events = tuple(
        Event("迟到", Cell("t.csv", None, at, 1), {"重复": repeated}) for at, repeated in enumerate((yes, no, yes), 2)
    )
    (line,) = node(text, events=events).lines
    assert line.points == -4


def test_an_item_that_does_not_apply_can_be_corrected_all_the_same() -> None:
    text = "sections: [{id: A, title: 学习, max: 5, if_na: full, rules: [{deduct: 1, per: 次}]}]\n"
    ruling = Ruling("A", F(-2), "补查", "党委", RULED)
    unit = UnitFacts("甲", CELL, {}, inapplicable={"次": CELL}, rulings=(ruling,))
    found = score(compile_rubric(rubric(text).rubric), Evidence((), (unit,), {})).units[0].trace().nodes[0]
    assert found.points == 3
    assert found.start == 0
    assert [(line.verb, line.points) for line in found.lines] == [("inapplicable", 5), ("ruling", -2)]
