"""What was not earned is a line: what was asked and found, what is missing, and what would have earned it."""

from fractions import Fraction

import pytest

from dangjian_score.core.facts import Value
from dangjian_score.engine.result import PointsLine
from dangjian_score.words.lines import line_text
from dangjian_score.words.say import load_words
from tests.scenes import CLAUSE_HEAD, outcome
from tests.support import rubric, scored

F = Fraction
ZH = load_words("zh")


def lines(rules: str, facts: dict[str, Value], *, most: int = 10, more: str = "") -> tuple[PointsLine, ...]:
    text = f"sections: [{{id: A, title: 甲, max: {most}, {more}rules: [{rules}]}}]\n"
    return scored(rubric(text), 一=facts).units[0].trace().nodes[0].lines


def told(rules: str, facts: dict[str, Value], *, most: int = 10, more: str = "") -> list[tuple[Fraction, str]]:
    """Give what each line misses, with its text."""
    return [(line.missing, line_text(line, ZH, 2)) for line in lines(rules, facts, most=most, more=more)]


@pytest.mark.parametrize(
    ("rule", "facts", "missing", "text"),
    [
        (
            "{award: {90%: 10, 60%: 5}, at_least: 参学率}",
            {"参学率": F(1, 2)},
            10,
            "参学率 50%，未达到 60%，本项不得分（达到 60% 得 5 分）",
        ),
        (
            "{award: {90%: 10, 60%: 5}, at_least: 参学率}",
            {"参学率": F(7, 10)},
            5,
            "参学率 70%，未达到 90%，得 5 分（达到 90% 得 10 分）",
        ),
        (
            "{award: {90%: 10}, else: 2, at_least: 参学率}",
            {"参学率": F(7, 10)},
            8,
            "参学率 70%，未达到 90%，得 2 分（达到 90% 得 10 分）",
        ),
        ("{award: {3: 10}, at_most: 件}", {"件": F(4)}, 10, "件 4，超过 3，本项不得分（不超过 3 得 10 分）"),
        ("{award: {3: 10}, above: 件}", {"件": F(3)}, 10, "件 3，未超过 3，本项不得分（超过 3 得 10 分）"),
        ("{award: {3: 10}, below: 件}", {"件": F(3)}, 10, "件 3，未低于 3，本项不得分（低于 3 得 10 分）"),
        ("{award: 10, if: 建立制度}", {"建立制度": False}, 10, "未建立制度，不得 10 分"),
        ("{award: 10, if: 有活动室}", {"有活动室": False}, 10, "没有活动室，不得 10 分"),
        ("{award: 10, if: 委员到齐}", {"委员到齐": False}, 10, "“委员到齐”为否，不得 10 分"),
        ("{award: 10, if: {率: {at_least: 80%}}}", {"率": F(3, 4)}, 10, "率 75%，未达到 80%，不得 10 分"),
        (
            "{award: 10, if: {all: [有计划, 有总结, {次: {at_least: 4}}]}}",
            {"有计划": True, "有总结": False, "次": F(3)},
            10,
            "没有总结，且次 3，未达到 4，不得 10 分",
        ),
        ("{award: 10, unless: 受处分}", {"受处分": True}, 10, "受处分，不得 10 分"),
        (
            "{award: 10, ratio: 完成数, of: 任务数}",
            {"完成数": F(0), "任务数": F(5)},
            10,
            "完成数 0 ÷ 任务数 5 × 10，得 0 分（达到任务数得 10 分）",
        ),
        (
            "{award: 10, ratio: 完成数, of: 40}",
            {"完成数": F(30)},
            F(5, 2),
            "完成数 30 ÷ 40 × 10，得 7.5 分（达到 40 得 10 分）",
        ),
        ("{award: 10, judge: 质量}", {"质量": F(6)}, 4, "质量 6（限 0–10）"),
        ("{award: 10, judge: 质量}", {"质量": F(0)}, 10, "质量 0（限 0–10）"),
        (
            "{award: {优: 10, 良: 6, 差: 0}, by: 档}",
            {"档": "良"},
            4,
            "档：良，得 6 分（优得 10 分）",
        ),
        ("{award: {优: 10, 良: 6, 差: 0}, by: 档}", {"档": "差"}, 10, "档：差，得 0 分（优得 10 分、良得 6 分）"),
        (
            "{award: 5, each: [有室, 有牌]}",
            {"有室": True, "有牌": False},
            5,
            "有室，得 5 分，缺牌（每项得 5 分）",
        ),
        ("{award: 5, each: [有室, 有牌]}", {"有室": False, "有牌": False}, 10, "缺室、牌，本项不得分（每项得 5 分）"),
        ("{award: 2, per: 活动次数}", {"活动次数": F(3)}, 4, "活动次数 3，得 3 × 2 = 6 分（每 1 得 2 分）"),
        ("{award: 2, per: 活动次数}", {"活动次数": F(0)}, 10, "活动次数 0，得 0 分（每 1 得 2 分）"),
        (
            "{award: 2, per: 学时, every: 10}",
            {"学时": F(25)},
            6,
            "学时 25，每 10（不足部分不计），得 2 × 2 = 4 分（每 10 得 2 分）",
        ),
    ],
)
def test_each_kind_says_what_is_missing(rule: str, facts: dict[str, Value], missing: Fraction, text: str) -> None:
    assert told(rule, facts) == [(missing, text)]


def test_ballots_and_ranks() -> None:
    votes = "{award: {好: 10, 差: 0}, votes: 测评}"
    text = f"sections: [{{id: A, title: 甲, max: 10, rules: [{votes}]}}]\n"
    result = outcome(rubric(text, CLAUSE_HEAD), {"一": {"facts": {}, "ballots": {"测评": {"好": "3", "差": "1"}}}})
    (line,) = result.units[0].trace().nodes[0].lines
    assert (line.missing, line_text(line, ZH, 2)) == (F(5, 2), "测评：好 3、差 1（3 × 10 ÷ 4 = 7.5 分），得 7.5 分")
    ranked = "sections: [{id: A, title: 甲, max: 10, rules: [{award: {1: 10}, rank: 分}]}]\n"
    units = {unit.unit: unit for unit in scored(rubric(ranked), 一={"分": F(9)}, 二={"分": F(8)}).units}
    assert units["一"].trace().nodes[0].lines[0].missing == 0
    (second,) = units["二"].trace().nodes[0].lines
    assert line_text(second, ZH, 2) == "分名次 2，未进入前 1 名，本项不得分（前 1 名得 10 分）"


def test_what_counts_nothing_is_not_missing() -> None:
    guarded = "{award: 10, per: 次, if: 甲类}, {award: 5, per: 次, unless: 甲类}"
    assert told(guarded, {"次": F(1), "甲类": False}) == [(5, "次 1，得 5 分（“甲类”为否）（每 1 得 5 分）")]
    assert lines("{deduct: 1, per: 次}, {award: 2, if: 好}", {"次": F(0), "好": False}, more="start: max, ") == ()
    assert lines("{award: 10, if: 好}", {"好": True}) == lines("{award: 10, if: 好}", {"好": True}, more="start: 0, ")
    assert [line.missing for line in lines("{award: 10, if: 好}", {"好": True})] == [0]


def test_awards_that_offer_more_than_is_lacking_say_so_in_one_line() -> None:
    both = "{award: 10, if: 国家级}, {award: 6, if: 省级}"
    # 10 of 10 are lacking; the two together offer 16, of which 6 are beyond the maximum.
    assert told(both, {"国家级": False, "省级": False}) == [
        (10, "“国家级”为否，不得 10 分"),
        (6, "“省级”为否，不得 6 分"),
        (-6, "其他得分途径：各条合计还可得 16 分，本项只缺 10 分，多出的 6 分不计"),
    ]
    assert [missing for missing, _ in told(both, {"国家级": False, "省级": True})] == [10, 0, -6]
    assert [missing for missing, _ in told(both, {"国家级": True, "省级": False})] == [0]


def test_what_no_rule_can_give_is_named() -> None:
    assert told("{award: 8, if: 好}", {"好": True}) == [(0, "好"), (2, "起评分与适用的得分规则合计不到满分，差 2 分")]


def test_a_guard_beside_a_basis_that_leaves_nothing_is_the_reason() -> None:
    assert told("{award: 10, judge: 述职评分, if: 已述职}", {"述职评分": F(0), "已述职": False}) == [
        (10, "“已述职”为否，没有适用的计分规则，不得 10 分"),
    ]


def test_months_without_an_event_are_named() -> None:
    text = "period: 2024\nmeasures: {例会: {register: true}}\n"
    text += "sections: [{id: A, title: 甲, max: 4, rules: [{award: 1, per: 例会, for_each: quarter, cap_each: 1}]}]\n"
    events = [{"事项": "例会", "日期": day} for day in ("2024-02-01", "2024-02-20", "2024-08-01")]
    (line,) = outcome(rubric(text, CLAUSE_HEAD), {"一": {"events": events}}).units[0].trace().nodes[0].lines
    assert (line.points, line.missing) == (2, 2)
    assert line_text(line, ZH, 2) == (
        "例会：2024 年第 1 季度，得 1 分；2024 年第 3 季度，得 1 分，"
        "缺 2024 年第 2 季度、2024 年第 4 季度（每 1 次得 1 分）"
    )
