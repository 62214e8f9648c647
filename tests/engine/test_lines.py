"""Every point moved is a line, with its figures and cells; floors, caps and forfeits that bite are lines too."""

from fractions import Fraction

from dangjian_score.core.facts import Value
from dangjian_score.engine.result import NodeResult, PointsLine
from dangjian_score.report.public import made_public
from dangjian_score.words.lines import line_text, which_names
from dangjian_score.words.say import load_words
from tests.scenes import CLAUSE_HEAD, outcome
from tests.support import rubric, scored

F = Fraction
ZH, EN = load_words("zh"), load_words("en")


def lines(rules: str, facts: dict[str, Value], more: str = "") -> tuple[PointsLine, ...]:
    text = f"sections:\n  - {{id: A, title: 甲, max: 10, source: {{clause: 一}}, {more}rules: [{rules}]}}\n"
    node: NodeResult = scored(rubric(text), 一=facts).units[0].trace().nodes[0]
    assert node.start + sum(line.points for line in node.lines) == node.points
    return node.lines


def texts(line: PointsLine) -> tuple[str, str]:
    return line_text(line, ZH, 2), line_text(line, EN, 2)


def test_missing() -> None:
    (line,) = lines("{deduct: 0.5, per_missing: 次, of: 4}", {"次": F(2)})
    assert (line.rule, line.verb, line.before, line.points, line.clause) == ("A/1", "deduct", F(-1), F(-1), "一")
    assert line.because is not None
    assert line.because.figures == {"of": 4, "have": 2, "gap": 2, "times": 2}
    assert [str(cell) for cell in line.cells] == ["e.csv!B2"]
    assert texts(line) == (
        "次：应 4，实 2，少 2，扣 2 × 0.5 = 1 分",
        "次: due 4, found 2, short 2, deduct 2 × 0.5 = 1 point",
    )


def test_a_title_and_a_clause_of_the_rule_go_before_those_of_the_item() -> None:
    own = "{title: 研究党建, source: {clause: 二（一）}, deduct: 0.5, per_missing: 次, of: 4}"
    (first, other) = lines(f"{own}, {{deduct: 1, if: 缺}}", {"次": F(3), "缺": True})
    assert (first.clause, other.clause) == ("二（一）", "一")
    assert texts(first) == (
        "研究党建：次：应 4，实 3，少 1，扣 0.5 分",
        "研究党建: 次: due 4, found 3, short 1, deduct 0.5 points",
    )
    assert texts(other) == ("缺，扣 1 分", "缺, deduct 1 point")


def test_nothing_lost_nothing_said() -> None:
    assert lines("{deduct: 0.5, per_missing: 次, of: 4}", {"次": F(4)}) == ()


def test_floor_after_deductions() -> None:
    deducted, floor = lines("{deduct: 4, per: 次}", {"次": F(3)})
    assert (deducted.points, floor.verb, floor.points, floor.figures["limit"]) == (-12, "floor", 2, 0)
    assert texts(floor) == ("扣完为止，不低于 0", "not below 0")


def test_ceiling() -> None:
    awarded, ceiling = lines("{award: 6, per: 次}", {"次": F(2)})
    assert (awarded.points, ceiling.verb, ceiling.points) == (12, "ceiling", -2)
    assert texts(ceiling)[0] == "封顶 10"


def test_a_cap_of_the_rule_shows_before_and_after() -> None:
    (line,) = lines("{deduct: 2, per: 次, up_to: 5}", {"次": F(3)})
    assert (line.before, line.points) == (-6, -5)
    assert texts(line)[0] == "次 3，扣 3 × 2 = 6 分，本条最多 5 分"


def test_forfeits_after_deductions_take_what_is_left_once() -> None:
    rules = "{deduct: 3, if: 乱}, {forfeit: true, if: 坏}, {forfeit: true, if: 假}"
    deducted, first, second = lines(rules, {"乱": True, "坏": True, "假": True})
    assert (deducted.points, first.points, second.points) == (-3, -7, 0)
    assert (first.rule, second.rule) == ("A/2", "A/3")
    assert texts(first) == ("不得分：坏", "forfeited: 坏")


def test_an_entry_that_takes_all_is_a_forfeit() -> None:
    (line,) = lines("{deduct: {1: 3, 3: all}, at_least: 缺席, if: 开会}", {"缺席": F(4), "开会": True})
    assert (line.verb, line.points) == ("forfeit", -10)
    assert texts(line)[0] == "不得分：缺席 4，达到 3（开会）（低于 1 不扣分）"


def test_members_that_counted_and_only_their_cells() -> None:
    (line,) = lines("{deduct: 2, each_missing: [计划, 总结, 名册]}", {"计划": True, "总结": False, "名册": False})
    assert which_names(line, ZH) == ("总结", "名册")
    assert line.because is not None
    assert list(line.because.readings) == ["总结", "名册"]
    assert texts(line) == ("缺总结、名册，扣 2 × 2 = 4 分", "lacking 总结, 名册, deduct 2 × 2 = 4 points")
    (found,) = lines("{deduct: 2, each: [迟报, {次: {above: 2}}], every: 2}", {"迟报": True, "次": F(3)})
    assert texts(found)[0] == "迟报、次 3，超过 2，每 2，扣 2 分"


def test_per_cents_are_written_as_such() -> None:
    (line,) = lines("{deduct: 0.1, per_missing: 率, of: 20%, every: 1%}", {"率": F(17, 100)})
    assert texts(line)[0] == "率：应 20%，实 17%，少 3 个百分点，每 1 个百分点，扣 3 × 0.1 = 0.3 分"


def test_shares_judges_tiers_and_sums() -> None:
    (share,) = lines("{award: 10, ratio: 到, of: 应}", {"到": F(18), "应": F(24)})
    assert texts(share)[0] == "到 18 ÷ 应 24 × 10，得 7.5 分（达到应得 10 分）"
    (judged,) = lines("{award: 10, judge: 评分}", {"评分": F(13, 2)})
    assert texts(judged)[0] == "评分 6.5（限 0–10）"
    (tier,) = lines("{award: {90%: 10, 80%: 7}, at_least: 率}", {"率": F(17, 20)})
    assert texts(tier)[0] == "率 85%，未达到 90%，得 7 分（达到 90% 得 10 分）"
    (over,) = lines("{deduct: 1, per_over: [次, 回, 1], of: 2, note: 合并计算}", {"次": F(1), "回": F(2)})
    assert texts(over)[0] == "次 + 回 + 1：限 2，实 4，超 2，扣 2 × 1 = 2 分（合并计算）"
    (times,) = lines("{deduct: 1, per: [次, 1]}", {"次": F(1)})
    assert texts(times)[0] == "次 1 + 1，扣 2 × 1 = 2 分"


def test_guards_in_words() -> None:
    def guard(condition: str, facts: dict[str, Value]) -> str:
        text = texts(lines(f"{{deduct: 1, if: {condition}}}", facts)[0])[0]
        assert text.endswith("，扣 1 分")
        return text.removesuffix("，扣 1 分")

    assert guard("{日: {after: 2024-03-05}}", {"日": F(738951)}) == "日 2024年3月6日，晚于 2024年3月5日"
    assert guard("{级: 差}", {"级": "差"}) == "级为差"
    assert guard("{not: 好}", {"好": False}) == "“好”为否"
    assert guard("{not: {all: [甲有, 乙有]}}", {"甲有": False, "乙有": True}) == "“甲有”为否"
    assert guard("{any: [甲有, 乙有]}", {"甲有": False, "乙有": True}) == "乙有"
    assert texts(lines("{deduct: 1}", {})[0])[0] == "不论情况，扣 1 分"
    assert texts(lines("{forfeit: true}", {})[0])[0] == "不得分：不论情况"


def test_totals_have_lines_too() -> None:
    text = "ceiling: 5\nsections:\n  - {title: 甲, max: 10, rules: [{deduct: 1, per: 次}]}\n"
    unit = scored(rubric(text), 一={"次": F(1)}).units[0]
    assert [(line.verb, line.points) for line in unit.trace().lines] == [("ceiling", -4)]


def test_several_counts_of_one_register_each_have_their_own_value() -> None:
    """Three accidents, of which one was fatal and two were at night: each condition says its own number."""
    counted = "{all: [{事故: {some: 死亡}}, {事故: {some: 夜间, at_least: 2}}]}"
    rule = f"{{deduct: 2, per: 事故, if: {counted}}}"
    sections = f"sections: [{{id: A, title: 甲, max: 10, rules: [{rule}]}}]\n"
    loaded = rubric(f"period: 2024\nmeasures: {{事故: {{register: true}}}}\n{sections}", CLAUSE_HEAD)
    events = [
        {"事项": "事故", "日期": "2024-01-01", "死亡": "是", "夜间": "否"},
        {"事项": "事故", "日期": "2024-01-02", "死亡": "否", "夜间": "是"},
        {"事项": "事故", "日期": "2024-01-03", "死亡": "否", "夜间": "是"},
    ]
    (line,) = outcome(loaded, {"一": {"events": events}}).units[0].trace().nodes[0].lines
    assert texts(line)[0] == (
        "事故 3 次（2024-01-01，扣 2 分；2024-01-02，扣 2 分；2024-01-03，扣 2 分）"
        "（有死亡的事故 1 次，且夜间的事故 2 次，达到 2 次）"
    )


def test_judged_events_say_what_each_comes_to() -> None:
    section = "{id: A, title: 甲, max: 10, rules: [{deduct: {from: 1, to: 3}, per: 投诉, judge: 扣几分}]}"
    events = [
        {"事项": "投诉", "日期": "2024-03-01", "扣几分": "2"},
        {"事项": "投诉", "日期": "2024-04-01", "扣几分": "1.5"},
    ]
    loaded = rubric(f"period: 2024\nsections: [{section}]\n")
    (line,) = outcome(loaded, {"一": {"facts": {}, "events": events}}).units[0].trace().nodes[0].lines
    assert line.points == F(-7, 2)
    told, _ = texts(line)
    assert told.startswith("投诉")
    assert all(part in told for part in ("2024-03-01", "2024-04-01", "2", "1.5")), told


def test_levels_that_assessors_gave_are_told_to_nobody_else() -> None:
    section = "{id: A, title: 甲, max: 10, rules: [{award: {优: 10, 良: 7}, by: 评价, combine: mean}]}"
    unit = {"assessors": {"张": {"评价": "优"}, "李": {"评价": "良"}}}
    result = outcome(rubric(f"sections: [{section}]\n"), {"一": unit})
    (line,) = result.units[0].trace().nodes[0].lines
    (bare,) = made_public(result, "否决").units[0].trace().nodes[0].lines
    assert (line.points, bare.points) == (F(17, 2), F(17, 2))
    assert (line.because is None, bare.because is None) == (False, True)
    assert "优 1 人" in texts(line)[0]
