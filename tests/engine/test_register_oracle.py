"""The oracle of the registers itself, held against sums done by hand: what agrees with it agrees with these."""

from datetime import date
from fractions import Fraction

import pytest

from tests.engine.register_oracle import Row, Rule, points

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
SLIPS: list[Row] = [
    {"事项": "处分", "级别": "轻", "日期": "2024-01-15", "人员": "甲", "案件": "一", "主动": "是", "酌情": "1.5"},
    {"事项": "处分", "级别": "重", "日期": "2024-03-31", "人员": "甲", "案件": "一", "主动": "否", "酌情": "2"},
    {
        "事项": "处分",
        "级别": "中",
        "日期": "2024-04-01",
        "人员": "乙",
        "案件": "",
        "主动": "否",
        "数量": "2",
        "酌情": "1",
    },
    {"事项": "处分", "级别": "重", "日期": "2023-12-31", "人员": "乙", "案件": "二", "主动": "否"},
    {"事项": "会议", "级别": "", "日期": "2024-02-29", "人员": "", "案件": ""},
]
TABLE = {"轻": "0.5", "中": "1", "重": "3"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # Four sanctions within the year, one of the three rows standing for two; last year's is not counted.
        pytest.param({"deduct": "0.5", "per": "处分"}, "2", id="per"),
        # 0.5 + 3 + 2 × 1.
        pytest.param({"deduct": TABLE, "by": "处分"}, "5.5", id="by"),
        # Of case 一 the 3 stays, the row without a case stands alone: 3 + 2.
        pytest.param({"deduct": TABLE, "by": "处分", "highest_per": "案件"}, "5", id="highest-per"),
        # 0.5 halved, + 3 + 2.
        pytest.param({"deduct": TABLE, "by": "处分", "times": {"主动": "0.5"}}, "5.25", id="times"),
        # A quarter more on the confessed row, before its halving: (0.5 + 0.25) / 2 + 3 + 2.
        pytest.param(
            {"deduct": TABLE, "by": "处分", "plus": {"主动": "0.25"}, "times": {"主动": "0.5"}},
            "5.375",
            id="plus-first",
        ),
        # 甲 3.5 and 乙 2, each to 2.5 at most.
        pytest.param({"deduct": TABLE, "by": "处分", "for_each": "人员", "cap_each": "2.5"}, "4.5", id="cap-each"),
        # Quarter one 3.5, quarter two 2, each to 3 at most.
        pytest.param({"deduct": TABLE, "by": "处分", "for_each": "quarter", "cap_each": "3"}, "5", id="quarter"),
        pytest.param({"deduct": TABLE, "by": "处分", "where": {"级别": {"one_of": ["轻", "重"]}}}, "3.5", id="where"),
        pytest.param({"deduct": TABLE, "by": "处分", "where": {"日期": {"before": "2024-04-01"}}}, "3.5", id="before"),
        pytest.param({"deduct": TABLE, "by": "处分", "where": {"not": "主动"}, "up_to": "4"}, "4", id="up-to"),
        # One meeting in February: eleven months lack one each.
        pytest.param({"deduct": "1", "per_missing": "会议", "of": "1", "for_each": "month"}, "11", id="missing"),
        # Four are one over three.
        pytest.param({"deduct": "2", "per_over": "处分", "of": "3"}, "2", id="over"),
        # Four make one whole three, or two started ones, or one and a third.
        pytest.param({"deduct": "1", "per": "处分", "every": "3"}, "1", id="whole"),
        pytest.param({"deduct": "1", "per": "处分", "every": "3", "steps": "started"}, "2", id="started"),
        pytest.param({"deduct": "1", "per": "处分", "every": "3", "steps": "prorata"}, "4/3", id="prorata"),
        # What the rows say: 1.5 halved, + 2, + 1 twice.
        pytest.param({"deduct": "3", "per": "处分", "judge": "酌情", "times": {"主动": "0.5"}}, "4.75", id="judged"),
        # One row is 重 within the year; the one that is 中 stands for two.
        pytest.param({"deduct": "1", "per": "处分", "if": {"处分": {"some": {"级别": "重"}}}}, "4", id="some"),
        pytest.param(
            {"deduct": "1", "per": "处分", "if": {"处分": {"some": {"级别": "中"}, "at_least": "2"}}},
            "4",
            id="some-two",
        ),
        pytest.param(
            {"deduct": "1", "per": "处分", "if": {"处分": {"some": {"级别": "重"}, "above": "1"}}}, "0", id="some-few"
        ),
        pytest.param({"deduct": {"3": "1", "4": "6"}, "at_least": "处分"}, "6", id="at-least"),
        pytest.param({"deduct": {"3": "1", "4": "6"}, "above": "处分"}, "1", id="above"),
        pytest.param({"award": {"3": "5", "4": "2"}, "at_most": "处分"}, "2", id="at-most"),
        pytest.param({"award": {"3": "5", "4": "2"}, "below": "处分", "else": "1"}, "1", id="below"),
    ],
)
def test_sum_by_hand(rule: Rule, expected: str) -> None:
    assert points(rule, SLIPS, YEAR) == Fraction(expected)


def test_member_of_half_a_year_owes_the_months_that_end_in_it() -> None:
    rule = {"deduct": "1", "per_missing": "会议", "of": "1", "for_each": "month"}
    assert points(rule, SLIPS, YEAR, since=date(2024, 7, 10)) == 6
    assert points(rule, SLIPS, YEAR, until=date(2024, 3, 30)) == 1


def test_what_the_oracle_does_not_know_it_refuses() -> None:
    with pytest.raises(ValueError, match="cannot handle"):
        points({"deduct": "1", "per": "处分", "twice": "是"}, SLIPS, YEAR)
