"""Conditions and tables in words: of one unit with its figures, as what is to be done, and as clauses."""

from fractions import Fraction

import pytest

from dangjian_score.core.facts import Value
from dangjian_score.engine.result import PointsLine
from dangjian_score.words.clauses import rule_text
from dangjian_score.words.lines import demand_text, line_text
from dangjian_score.words.say import Words, load_words
from tests.scenes import CLAUSE_HEAD, outcome
from tests.support import rubric, scored

F = Fraction
ZH, EN = load_words("zh"), load_words("en")
MEASURES = "measures: {日: {type: date}, 级: {levels: [优, 良, 差]}, 次: {unit: 次}}\n"

COMPARED: dict[str, tuple[dict[str, str], tuple[Value, ...]]] = {
    "日": (
        {"before": "2024-03-05", "after": "2024-03-05", "not before": "2024-03-05", "not after": "2024-03-05"},
        (F(738950 - 1), F(738950), F(738950 + 1)),  # 2024-03-04, 2024-03-05, 2024-03-06
    ),
    "次": (dict.fromkeys(("at_least", "at_most", "above", "below", "equals", "one_of"), "3"), (F(2), F(3), F(4))),
    "数": (dict.fromkeys(("at_least", "at_most", "above", "below", "equals"), "2.5"), (F(2), F(5, 2), F(3))),
    "率": (dict.fromkeys(("at_least", "at_most", "above", "below", "equals"), "80%"), (F(7, 10), F(4, 5), F(1))),
    "级": ({"equals": "良", "one_of": "良"}, ("优", "良")),
    "有室": ({"equals": "true"}, (True, False)),
}
"""By measure the comparisons with a bound, and values that meet them and that do not."""


def condition(measure: str, how: str, bound: str) -> str:
    bound = f"[{bound}]" if how == "one_of" else bound
    compared = f"{{{measure}: {{{how.removeprefix('not ')}: {bound}}}}}"
    return f"{{not: {compared}}}" if how.startswith("not ") else compared


ALL = [
    (condition(measure, how, bound), measure, value)
    for measure, (hows, values) in COMPARED.items()
    for how, bound in hows.items()
    for value in values
]


def traced(rules: str, facts: dict[str, Value], more: str = "") -> tuple[PointsLine, ...]:
    text = f"{MEASURES}sections: [{{id: A, title: 甲, max: 10, {more}rules: [{rules}]}}]\n"
    return scored(rubric(text), 一=facts).units[0].trace().nodes[0].lines


def texts(rules: str, facts: dict[str, Value], words: Words = ZH) -> list[str]:
    return [line_text(line, words, 2) for line in traced(rules, facts)]


def demands(rules: str, facts: dict[str, Value], words: Words = ZH) -> list[str]:
    return [demand_text(line.because, words, line.verb) for line in traced(rules, facts) if line.because is not None]


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("guard", ["if", "unless"])
@pytest.mark.parametrize("rule", ["deduct: 1", "award: 10", "forfeit: true", "award: 1, per: 项"])
def test_every_comparison_of_every_kind_has_its_words(rule: str, guard: str, words: Words) -> None:
    for asked, measure, value in ALL:
        loaded = rubric(f"{MEASURES}sections: [{{id: A, title: 甲, max: 10, rules: [{{{rule}, {guard}: {asked}}}]}}]\n")
        facts = {measure: value} | ({"项": F(20)} if "per" in rule else {})
        section = scored(loaded, 一=facts).units[0].trace().nodes[0]
        (tree,) = section.tree.rules
        told = [rule_text(tree, words), *(line_text(line, words, 2) for line in section.lines)]
        assert all(told)
        told += [demand_text(line.because, words, line.verb) for line in section.lines if line.because is not None]
        assert not [text for text in told if "  " in text or set("≥≤<>") & set(text)]


@pytest.mark.parametrize(
    ("asked", "facts", "line", "demand"),
    [
        ("{日: {after: 2024-03-05}}", {"日": F(738951)}, "日 2024年3月6日，晚于 2024年3月5日", "日不晚于 2024年3月5日"),
        (
            "{日: {before: 2024-03-05}}",
            {"日": F(738949)},
            "日 2024年3月4日，早于 2024年3月5日",
            "日不早于 2024年3月5日",
        ),
        ("{次: {at_least: 3}}", {"次": F(4)}, "次 4 次，达到 3 次", "次低于 3 次"),
        ("{次: {at_least: 1}}", {"次": F(1)}, "次 1 次，达到 1 次", "次低于 1 次"),
        ("{次: 3}", {"次": F(3)}, "次 3 次", "不再出现“次为 3 次”的情形"),
        ("{not: {次: 3}}", {"次": F(2)}, "次 2 次，不是 3 次", "次为 3 次"),
        ("{率: {below: 80%}}", {"率": F(7, 10)}, "率 70%，低于 80%", "率达到 80%"),
        (
            "{any: [受通报, {次: {at_least: 2}}]}",
            {"受通报": False, "次": F(3)},
            "次 3 次，达到 2 次",
            "次低于 2 次",
        ),
        (
            "{any: [受通报, {次: {at_least: 2}}]}",
            {"受通报": True, "次": F(3)},
            "受通报，且次 3 次，达到 2 次",
            "不再出现“受通报”，次低于 2 次",
        ),
        (
            "{not: {all: [建立甲, 建立乙, {any: [建立丙, 建立丁]}]}}",
            {"建立甲": True, "建立乙": False, "建立丙": False, "建立丁": False},
            "未建立乙，且未建立丙，且未建立丁",
            "建立乙，建立丙 或 建立丁",
        ),
        (
            "{any: [有错, 有漏, 有假], at_least: 2}",
            {"有错": True, "有漏": False, "有假": True},
            "下列情形有 2 项以上（有错、有假）",
            "不再出现“下列情形有 2 项以上（有错、有假）”的情形",
        ),
        (
            "{not: {any: [有计划, 有总结, 有记录], at_least: 2}}",
            {"有计划": True, "有总结": False, "有记录": False},
            "下列情形不足 2 项（有总结、有记录）",
            "下列情形有 2 项以上（有总结、有记录）",
        ),
    ],
)
def test_only_what_decides_is_named(asked: str, facts: dict[str, Value], line: str, demand: str) -> None:
    rule = f"{{deduct: 2, if: {asked}}}"
    assert texts(rule, facts) == [f"{line}，扣 2 分"]
    assert demands(rule, facts) == [demand]


def test_cells_are_those_of_what_decides() -> None:
    facts: dict[str, Value] = {"受通报": False, "次": F(3)}
    (line,) = traced("{forfeit: true, if: {any: [受通报, {次: {at_least: 2}}]}}", facts)
    assert line_text(line, ZH, 2) == "不得分：次 3 次，达到 2 次"
    assert len(line.cells) == 1
    assert line.because is not None
    assert list(line.because.readings) == ["次"]


def test_members_of_a_list_name_what_decides() -> None:
    members = "[{any: [受通报, 受处分]}, {all: [有室, 有牌]}]"
    facts: dict[str, Value] = {"受通报": False, "受处分": True, "有室": True, "有牌": False}
    assert texts(f"{{deduct: 1, each: {members}}}", facts) == ["受处分，扣 1 分"]
    assert demands(f"{{deduct: 1, each: {members}}}", facts) == ["不再出现“受处分”"]
    assert texts("{deduct: 1, each_missing: [{all: [有室, 有牌]}]}", facts) == ["缺牌，扣 1 分"]
    assert demands("{deduct: 1, each_missing: [{all: [有室, 有牌]}]}", facts) == ["做到：牌"]


@pytest.mark.parametrize(
    ("rule", "facts", "line", "demand"),
    [
        # 3 points from 1, all from 3: nothing below 1
        (
            "{deduct: {1: 3, 3: all}, at_least: 次}",
            F(2),
            "次 2 次，达到 1 次，扣 3 分（低于 1 次不扣分）",
            "次低于 1 次",
        ),
        (
            "{deduct: {1: 3, 3: all}, at_least: 次}",
            F(3),
            "不得分：次 3 次，达到 3 次（低于 1 次不扣分）",
            "次低于 1 次",
        ),
        (
            "{deduct: {2: 3, 5: all}, above: 次}",
            F(4),
            "次 4 次，超过 2 次，扣 3 分（不超过 2 次不扣分）",
            "次不超过 2 次",
        ),
        (
            "{deduct: {1: all, 3: 4}, at_most: 次}",
            F(2),
            "次 2 次，不超过 3 次，扣 4 分（超过 3 次不扣分）",
            "次超过 3 次",
        ),
        (
            "{deduct: {1: all, 3: 4}, at_most: 次}",
            F(1),
            "不得分：次 1 次，不超过 1 次（超过 3 次不扣分）",
            "次超过 3 次",
        ),
        # from 0 to 9 nothing is deducted
        (
            "{deduct: {0: 0, 10: 5}, at_least: 次}",
            F(12),
            "次 12 次，达到 10 次，扣 5 分（低于 10 次不扣分）",
            "次低于 10 次",
        ),
        # the best of a table is between two keys: 2 to 4
        (
            "{deduct: {0: 5, 2: 1, 5: 3}, at_least: 次}",
            F(1),
            "次 1 次，达到 0 次，扣 5 分（达到 2 次，低于 5 次扣 1 分）",
            "次达到 2 次，次低于 5 次",
        ),
        # a figure cannot be below 0: the best is from 3 on
        (
            "{deduct: {0: 5, 1: 2, 3: 0}, at_least: 次}",
            F(1),
            "次 1 次，达到 1 次，扣 2 分（达到 3 次不扣分）",
            "次达到 3 次",
        ),
        # whatever is not in the table costs 5, which is the most
        (
            "{deduct: {2: 1, 6: 4}, else: 5, at_most: 次}",
            F(9),
            "次 9 次，超过 6 次，扣 5 分（不超过 2 次扣 1 分）",
            "次不超过 2 次",
        ),
        ("{deduct: {2: 1}, else: 1, at_most: 次}", F(9), "次 9 次，超过 2 次，扣 1 分", ""),
        # 5 ÷ 10 of 5 points; every day late costs
        (
            "{deduct: {0: 0, 10: 5, 20: 10}, at_least: 次, interpolate: true}",
            F(5),
            "次 5 次（在 0 与 10 之间，按插值法计算），扣 2.5 分（为 0 次不扣分）",
            "次为 0",
        ),
        # the least deduction stands at a single key
        (
            "{deduct: {0: 4, 2: 1, 6: 4}, at_most: 次, else: 5, interpolate: true}",
            F(4),
            "次 4 次（在 2 与 6 之间，按插值法计算），扣 2.5 分（为 2 次扣 1 分）",
            "次为 2 次",
        ),
    ],
)
def test_tables_that_take_points_say_what_avoids_it(rule: str, facts: Fraction, line: str, demand: str) -> None:
    assert texts(rule, {"次": facts}) == [line]
    assert demands(rule, {"次": facts}) == [demand]


def test_a_place_that_costs_points_says_what_avoids_it() -> None:
    text = "sections: [{id: A, title: 甲, max: 10, rules: [{deduct: {1: 3}, rank: 次, lowest_first: true}]}]\n"
    first, second = scored(rubric(text), 一={"次": F(1)}, 二={"次": F(2)}).units[::-1]
    (line,) = first.trace().nodes[0].lines
    assert line_text(line, ZH, 2) == "次从低到高的名次 1，前 1 名，扣 3 分（未进入前 1 名不扣分）"
    assert second.trace().nodes[0].lines == ()


def test_every_rule_that_takes_points_says_how_many() -> None:
    assert texts("{deduct: {警告: 2, 撤职: 5}, by: 处分}", {"处分": "撤职"}) == ["处分：撤职，扣 5 分"]
    assert texts("{deduct: 3, ratio: 缺, of: 应}", {"缺": F(1), "应": F(3)}) == ["缺 1 ÷ 应 3 × 3，扣 1 分"]
    assert texts("{deduct: 3, if: 迟报}, {deduct: 2, if: 漏报}", {"迟报": True, "漏报": True}) == [
        "迟报，扣 3 分",
        "漏报，扣 2 分",
    ]


def test_steps_that_are_not_whole_say_how_they_count() -> None:
    # 7 short: one step of 4 and one that is begun
    rule = "{deduct: 1, per_missing: 学时, of: 40, every: 4, steps: started}"
    assert texts(rule, {"学时": F(33)}) == ["学时：应 40，实 33，少 7，每 4（不足部分按足数计），扣 2 × 1 = 2 分"]
    assert texts(rule, {"学时": F(32)}) == ["学时：应 40，实 32，少 8，每 4，扣 2 × 1 = 2 分"]


def test_votes_show_prices_and_divisor() -> None:
    # (3 × 10 + 1 × 6) ÷ 4 = 9; a level without votes has no part in it
    rule = "{award: {好: 10, 中: 6, 差: 2}, votes: 测评}"
    facts: dict[str, Value] = {"测评·好": F(3), "测评·中": F(1), "测评·差": F(0)}
    assert texts(rule, facts) == ["测评：好 3、中 1、差 0（（3 × 10 + 1 × 6）÷ 4 = 9 分），得 9 分"]
    assert texts(rule, facts, EN) == ["测评: 好 3, 中 1, 差 0 ((3 × 10 + 1 × 6) ÷ 4 = 9), 9 points"]
    # (1 × 10 + 2 × 2) ÷ 3
    facts = {"测评·好": F(1), "测评·中": F(0), "测评·差": F(2)}
    assert texts(rule, facts) == ["测评：好 1、中 0、差 2（（1 × 10 + 2 × 2）÷ 3 ≈ 4.67 分），得 4.67 分"]


def test_a_share_of_a_per_cent_and_a_mean_without_an_end() -> None:
    assert texts("{award: 10, ratio: 率, of: 100%}", {"率": F(9, 10)}) == [
        "率 90% ÷ 100% × 10，得 9 分（达到 100% 得 10 分）"
    ]


def test_events_that_a_guard_counts_do_not_hide_the_price() -> None:
    rules = (
        "{deduct: 2, if: {事故: {at_least: 1}}}, {deduct: 1, per: 缺, if: {事故: {at_least: 1}}}, "
        "{deduct: {1: 3}, at_least: 事故}"
    )
    sections = f"sections: [{{id: A, title: 甲, max: 10, rules: [{rules}]}}]\n"
    loaded = rubric(f"period: 2024\nmeasures: {{事故: {{register: true}}}}\n{sections}", CLAUSE_HEAD)
    events = [{"事项": "事故", "日期": "2024-03-01"}]
    result = outcome(loaded, {"一": {"facts": {"缺": "2"}, "events": events}})
    lines = result.units[0].trace().nodes[0].lines
    assert [line_text(line, ZH, 2) for line in lines] == [
        "事故 1 次，达到 1 次，扣 2 分",
        "缺 2，扣 2 × 1 = 2 分（事故 1 次，达到 1 次）",
        "事故 1 次，达到 1 次，扣 3 分（低于 1 次不扣分）",
    ]
    assert [demand_text(line.because, ZH, line.verb) for line in lines if line.because] == [
        "事故为 0",
        "缺为 0",
        "事故为 0",
    ]
