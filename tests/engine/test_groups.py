"""Rules applied to every group: what a guard sees there, forfeits, ties, caps; each worked out by hand."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import NodeResult
from dangjian_score.words.lines import which_names
from dangjian_score.words.say import load_words
from tests.scenes import attempt, node_points, of_unit, outcome
from tests.support import rubric

F = Fraction
Row = Mapping[str, str]


def meeting(*days: str, **columns: str) -> list[Row]:
    return [{"事项": "例会", "日期": f"2024-{day}", **columns} for day in days]


def late(person: str, day: str, **columns: str) -> Row:
    return {"事项": "迟到", "人员": person, "日期": f"2024-{day}" if day else "", **columns}


def node(rules: str, events: Sequence[Row], facts: Row | None = None, head: str = "") -> NodeResult:
    """Score one unit with events; the item X carries 20."""
    text = f"period: 2024\n{head}sections: [{{id: X, title: 甲, max: 20, rules: [{rules}]}}]\n"
    result = outcome(rubric(text), {"一支部": {"facts": facts or {}, "events": [*events]}})
    return of_unit(result, "一支部").trace().nodes[0]


def points(rules: str, events: Sequence[Row], facts: Row | None = None, head: str = "") -> Fraction:
    return node(rules, events, facts, head).points


MEETINGS = "measures: {例会: {register: true}}\n"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("{deduct: 1, per: 例会, for_each: quarter}", "public"),
        ("{deduct: 1, per: 例会, every: 2}", "public"),
        ("{deduct: 1, each: [受处分, 受通报], every: 2}", "private where it takes"),
        ("{deduct: 1, if: {例会: {below: 1}}, for_each: quarter}", "private where it takes"),
        ("{deduct: {警告: 1, 撤职: 5}, by: 例会, for_each: 人员}", "private"),
    ],
)
def test_groups_and_steps_are_as_private_as_what_they_count(rules: str, expected: str) -> None:
    text = f"period: 2024\n{MEETINGS}sections: [{{id: X, title: 甲, max: 20, rules: [{rules}]}}]\n"
    (rule,) = compile_rubric(rubric(text).rubric).rules
    assert rule.basis.privacy == expected


@pytest.mark.parametrize(
    ("rules", "days", "expected"),
    [
        # a quarter without any meeting takes everything
        ("{forfeit: true, if: {例会: {below: 1}}, for_each: quarter}", ["01-05", "05-05", "08-05"], 0),
        ("{forfeit: true, if: {例会: {below: 1}}, for_each: quarter}", ["01-05", "05-05", "08-05", "11-05"], 20),
        # fewer than two in a quarter cost 3, each quarter by itself
        ("{deduct: 3, if: {例会: {below: 2}}, for_each: quarter}", ["01-05", "02-05", "05-05", "08-05", "11-05"], 11),
        ("{deduct: {0: all, 1: 2}, at_most: 例会, for_each: quarter}", ["01-05", "05-05", "05-06", "08-05"], 0),
        ("{deduct: {0: all, 1: 2}, at_most: 例会, for_each: quarter}", ["01-05", "05-05", "08-05", "11-05"], 12),
        # two rules with groups of their own in one item
        (
            "{deduct: {0: 5}, at_most: 例会, for_each: quarter}, {deduct: {0: 1}, at_most: 例会, for_each: half_year}",
            ["01-05", "02-05"],
            4,
        ),
        ("{deduct: 1, per_missing: 例会, of: 2, for_each: quarter, cap_each: 1.5}", ["01-05"], F("14.5")),
        ("{deduct: 1, per_missing: 例会, of: 2, for_each: quarter, every: 2}", ["01-05"], 17),  # 7 missing: 3 pairs
    ],
)
def test_each_quarter_by_itself(rules: str, days: list[str], expected: object) -> None:
    head = MEETINGS if "register" not in rules and ("if" in rules or "forfeit" in rules) else ""
    assert points(rules, meeting(*days), head=head) == expected


def test_a_guard_may_look_at_the_matrix() -> None:
    rule = "{deduct: 2, per_missing: 例会, of: 1, for_each: half_year, if: 应开例会}"
    assert points(rule, [], {"应开例会": "是"}) == 16
    assert points(rule, [], {"应开例会": "否"}) == 20


def test_a_guard_sees_the_groups_own_events() -> None:
    rule = "{deduct: 1, per: 迟到, for_each: 人员, if: {请假: {below: 2}}}"
    rows = [late("张", "03-01"), late("李", "03-01"), *({"事项": "请假", "人员": "李", "数量": "1"},) * 1]
    rows += [{"事项": "请假", "人员": "李", "数量": "3"}]
    assert points(rule, rows, head="measures: {请假: {register: true}}\n") == 19  # 李 was on leave


def test_only_the_kept_events_make_groups() -> None:
    rule = "{deduct: 1, per_missing: 学习, of: 2, where: 合格, for_each: 人员}"
    rows = [
        {"事项": "学习", "人员": person, "合格": ok, "日期": f"2024-03-0{at}"}
        for at, (person, ok) in enumerate((("张", "是"), ("李", "否"), ("王", "是"), ("王", "是")), start=1)
    ]
    assert points(rule, rows) == 19  # 张 has one; 李 has none that counts and is no group


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_equals_the_earliest_is_kept(order: tuple[int, ...]) -> None:
    """The case's first event falls into March, where the cap then bites."""
    rows = [late("张", "03-10", 案件="甲"), late("张", "05-10", 案件="甲"), late("王", "03-12")]
    rule = "{deduct: 2, per: 迟到, highest_per: 案件, for_each: month, cap_each: 3}"
    assert points(rule, [rows[at] for at in order]) == 17


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_equals_the_earliest_is_kept_whoever_it_is_about(order: tuple[int, ...]) -> None:
    rows = [late("李", "03-10", 案件="甲"), late("张", "05-10", 案件="甲"), late("王", "03-12")]
    rule = "{deduct: 2, per: 迟到, highest_per: 案件, for_each: month, cap_each: 3}"
    assert points(rule, [rows[at] for at in order]) == 17


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_equals_one_without_a_day_is_the_last(order: tuple[int, ...]) -> None:
    rows = [late("张", "", 案件="甲"), late("王", "05-10", 案件="甲"), late("王", "03-12")]
    rule = "{deduct: 2, per: 迟到, highest_per: 案件, for_each: 人员, cap_each: 3}"
    assert points(rule, [rows[at] for at in order]) == 17  # 王 has both, and at most 3


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_equals_of_one_day_it_is_what_they_say(order: tuple[int, ...]) -> None:
    rows = [late("王", "03-10", 案件="甲"), late("张", "03-10", 案件="甲"), late("张", "04-12")]
    rule = "{deduct: 2, per: 迟到, highest_per: 案件, for_each: 人员, cap_each: 3}"
    assert points(rule, [rows[at] for at in order]) == 17  # 张 comes before 王


def test_a_table_in_a_table_over_events() -> None:
    rule = "{award: {国家级: {一等: 8, 二等: 5}, 省级: {一等: 4}}, by: [获奖, 等次]}, "
    rule += "{award: {国家级: {一等: 1}}, else: 0.5, by: [获奖, 等次]}"
    head = "measures: {获奖: {register: true}}\n"
    rows = [{"事项": "获奖", "级别": level, "等次": rank} for level, rank in (("国家级", "二等"), ("省级", "一等"))]
    assert points(rule, rows, head=head) == 10
    assert points(rule, [{"事项": "获奖", "级别": "国家级", "等次": "一等"}], head=head) == 9


def test_an_entry_that_takes_everything_and_one_that_does_not() -> None:
    rule = "{deduct: {警告: 2, 开除: all}, by: 处分, where: 查实}, {deduct: {警告: 1, 开除: 3}, by: 处分, where: 查实}"
    rows = [{"事项": "处分", "级别": "警告", "查实": "是"}, {"事项": "处分", "级别": "开除", "查实": "否"}]
    assert points(rule, rows) == 17
    assert points(rule, [rows[0], {**rows[1], "查实": "是"}]) == 0


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("{deduct: 1, per: 投诉, times: {身份: {主职: 1, 其他: 0.5}}}", {"事项": "投诉", "身份": "副职"}),
        (
            "{deduct: {轻: 1}, by: 投诉, times: {身份: {主职: 1, 其他: 0.5}}}",
            {"事项": "投诉", "级别": "轻", "身份": "副职"},
        ),
        ("{deduct: {轻: 1}, by: 投诉, times: {主动: 0.5}}", {"事项": "投诉", "级别": "重", "主动": "是"}),
    ],
)
def test_levels_that_no_table_lists(rule: str, row: Row) -> None:
    loaded = rubric(f"sections: [{{id: X, title: 甲, max: 20, rules: [{rule}]}}]\n")
    _, found = attempt(loaded, {"一支部": {"facts": {}, "events": [row]}})
    assert [str(finding.code) for finding in found] == ["E065"]


def which(node: NodeResult) -> tuple[str, ...]:
    return which_names(node.lines[0], load_words("zh"))


def test_groups_and_events_are_named_in_order() -> None:
    rule = "{deduct: 1, per_missing: 例会, of: 1, for_each: quarter}"
    assert which(node(rule, meeting("05-05"))) == (
        "2024 年第 1 季度缺 1 次，扣 1 分",
        "2024 年第 3 季度缺 1 次，扣 1 分",
        "2024 年第 4 季度缺 1 次，扣 1 分",
    )
    rule = "{deduct: 1, per: 迟到, for_each: [人员, month]}"
    rows = [late("李", "11-02"), late("张", "02-01", 数量="2"), late("李", "03-02")]
    assert which(node(rule, rows)) == ("张 2024-02，扣 2 分", "李 2024-03，扣 1 分", "李 2024-11，扣 1 分")
    rule = "{deduct: 2, per: 迟到, where: 查实}"
    assert which(node(rule, [late("李", "11-02", 查实="是"), late("张", "", 查实="是", 案件="甲")])) == (
        "李 2024-11-02 查实，扣 2 分",
        "张 甲 查实，扣 2 分",
    )


@pytest.mark.parametrize(
    ("period", "first", "name"),
    [
        ("day", "12-31", "2024-12-31，扣 1 分"),
        ("week", "12-30", "2025 年第 1 周，扣 1 分"),
        ("fortnight", "12-17", "2024-12-16 起两周，扣 1 分"),
        ("two_months", "12-31", "2024-11 起两个月，扣 1 分"),
        ("half_year", "06-30", "2024 年上半年，扣 1 分"),
        ("half_year", "07-01", "2024 年下半年，扣 1 分"),
        ("year", "12-31", "2024 年，扣 1 分"),
    ],
)
def test_periods_are_named(period: str, first: str, name: str) -> None:
    assert which(node(f"{{deduct: 1, per: 迟到, for_each: {period}}}", [late("张", first)])) == (name,)


def test_rules_of_two_items_do_not_mix() -> None:
    text = "period: 2024\nsections:\n"
    text += "  - {id: A, title: 甲, max: 9, rules: [{deduct: 1, per: 迟到, where: {人员: 张}}]}\n"
    text += "  - {id: B, title: 乙, max: 9, rules: [{deduct: 1, per: 迟到, where: {人员: 李}}]}\n"
    events = [late("张", "03-01"), late("张", "03-02"), late("李", "03-01")]
    units: dict[str, Any] = {"一支部": {"facts": {}, "events": events}}
    got = node_points(of_unit(outcome(rubric(text), units), "一支部").trace().nodes)
    assert (got["A"], got["B"]) == (7, 8)


def test_an_event_of_a_day() -> None:
    head = "measures: {检查: {register: true}}\n"
    rows = [{"事项": "检查", "日期": "2024-03-05", "数量": "3"}, {"事项": "检查", "日期": "2024-06-01"}]
    assert points("{deduct: 1, if: {检查: 2024-03-05}}", rows, head=head) == 19
    assert points("{deduct: 1, if: {检查: 2024-03-06}}", rows, head=head) == 20
    assert points("{deduct: 1, if: {检查: {one_of: [2024-03-06, 2024-06-01]}}}", rows, head=head) == 19
    assert points("{deduct: 1, if: {检查: 4}}", rows, head=head) == 19  # four in number
    assert points("{deduct: 1, if: {检查: {one_of: [1, 2]}}}", rows, head=head) == 20
