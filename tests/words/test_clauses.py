"""Every kind of rule as a clause in words, without a unit, to be compared with the regulation."""

import re

import pytest

from dangjian_score.engine.program import compile_rubric
from dangjian_score.words.clauses import node_text, rule_text
from dangjian_score.words.say import load_words
from tests.support import rubric

HEAD = """
attributes: [类型]
period: 2024
measures:
  到会率: {percent: 到, of: 应}
  处分: {register: true}
  大会: {register: true}
  迟到: {register: true}
  缺席次数: {unit: 次}
  研究次数: {unit: 次}
  学时: {type: number, unit: 学时}
  月数: {unit: 个月}
  表彰次数: {unit: 次}
  走访: {register: true, unit: 户次}
"""

SENTENCES = [
    (
        "{deduct: 2, if: 弄虚作假}",
        "弄虚作假的，扣 2 分",
    ),
    (
        "{forfeit: true, unless: 已建档}",
        "“已建档”为否的，不得分",
    ),
    (
        "{deduct: 2, per: 缺席次数}",
        "“缺席次数”每有 1 次扣 2 分",
    ),
    (
        "{deduct: 0.5, per_missing: 研究次数, of: 4}",
        "“研究次数”应有 4 次，每少 1 次扣 0.5 分",
    ),
    ("{deduct: 1, per_missing: 月数, of: 12}", "“月数”应有 12 个月，每少 1 个月扣 1 分"),
    ("{award: 1, per: 走访}", "“走访”每有 1 户次得 1 分"),
    ("{deduct: 1, per_missing: 自评篇数, of: 2}", "“自评篇数”应达到 2，每少 1，扣 1 分"),
    ("{deduct: 1, if: {缺席次数: {above: 3}}}", "“缺席次数”超过 3 次的，扣 1 分"),
    ("{deduct: 0, per: 缺席次数}", "“缺席次数”每有 1 次不扣分"),
    (
        "{deduct: 0.1, per_missing: 年轻干部比例, of: 20%, every: 1%}",
        "“年轻干部比例”应达到 20%，每少 1 个百分点扣 0.1 分（不足部分不计）",
    ),
    (
        "{deduct: 1, per_over: [迟报, 漏报], of: 1, up_to: 3}",
        "“迟报” + “漏报”以 1 为限，每超过 1，扣 1 分，本条最多 3 分",
    ),
    (
        "{deduct: 1, per_missing: 学时, of: 40, every: 4, steps: started}",
        "“学时”应有 40 学时，每少 4 学时扣 1 分（不足部分按足数计）",
    ),
    (
        "{deduct: 2, each_missing: [有计划, 有总结], only: {类型: [村, 社区]}}",
        "类型为村或社区的，下列各项，每缺 1 项扣 2 分：有计划、有总结",
    ),
    (
        "{deduct: 3, each: [未换届, {人数: {below: 3}}]}",
        "有下列情形的，每项扣 3 分：未换届、“人数”低于 3",
    ),
    (
        "{award: {100%: 25, 90%: 20}, else: 10, at_least: 出勤率}",
        "按“出勤率”：达到 100% 的得 25 分，达到 90% 的得 20 分，其余得 10 分",
    ),
    (
        "{deduct: {1: 3, 3: all}, at_least: 缺席次数}",
        "按“缺席次数”：达到 3 次的不得分，达到 1 次的扣 3 分",
    ),
    (
        "{award: {5: 10, 10: 8}, else: 3, rank: 得分}",
        "按“得分”从高到低的名次：第 1–5 名得 10 分，第 6–10 名得 8 分，其余得 3 分",
    ),
    (
        "{award: {1: 10, 2: 8}, rank: 件数, lowest_first: true}",
        "按“件数”从低到高的名次：第 1 名得 10 分，第 2 名得 8 分",
    ),
    (
        "{award: {1: 10, 3: 8}, rank: 得分, within: 类型}",
        "按“得分”在本类型内从高到低的名次：第 1 名得 10 分，第 2–3 名得 8 分",
    ),
    ("{deduct: 1, per: 问题数}", "“问题数”每有 1，扣 1 分"),
    (
        "{deduct: 1, if: {级别: {one_of: [甲, 乙]}}, unless: {身份: {one_of: [丙, 丁]}}}",
        "级别为甲或乙，且身份不是丙或丁的，扣 1 分",
    ),
    ("{deduct: 1, unless: 大会}", "没有“大会”的，扣 1 分"),
    ("{deduct: 1, unless: {any: [甲, 乙, 丙], at_least: 2}}", "下列情形不足 2 项（甲、乙、丙）的，扣 1 分"),
    ("{deduct: 1, if: {到会率: {at_most: 1/3}}}", "“到会率”不超过三分之一的，扣 1 分"),
    (
        "{deduct: {警告: 5, 撤职: all}, by: 处分情况}",
        "按处分情况：警告扣 5 分，撤职不得分",
    ),
    (
        "{award: {国家: {一等: 3}, 省: {一等: 2}}, else: 1, by: [级别甲, 等次]}",
        "按级别甲、等次：国家 一等得 3 分，省 一等得 2 分，其余得 1 分",
    ),
    (
        "{award: {好: 10, 差: 0}, votes: 测评}",
        "按“测评”各档得票加权平均：好得 10 分，差得 0 分",
    ),
    (
        "{award: 5, ratio: 完成, of: 任务, beyond: true}",
        "按“完成”占“任务”的比例计算，100% 的得 5 分，超过的继续按比例计算",
    ),
    (
        "{award: 5, ratio: 到会率, of: 90%}",
        "按“到会率”占 90% 的比例计算，最多得 5 分",
    ),
    (
        "{deduct: {from: 1, to: 3}, if: 不力, judge: 扣分}",
        "不力的，由考核人员在 1–3 分以内酌情扣分（“扣分”）",
    ),
    (
        "{award: 5, judge: 评分, combine: trimmed_mean}",
        "由考核人员在 0–5 分以内评分（“评分”），去掉 1 个最高分、1 个最低分后取平均",
    ),
    (
        "{award: 5, judge: 评分, combine: {trim: 2, at_least: 7}}",
        "由考核人员在 0–5 分以内评分（“评分”），去掉 2 个最高分、2 个最低分后取平均（不足 7 人的直接取平均）",
    ),
    (
        "{award: 5, judge: 评分, combine: {领导: 50%, 同级: 30%, 群众: 20%}}",
        "由考核人员在 0–5 分以内评分（“评分”），各类评委分别取平均，再按权重合成（领导 50%、同级 30%、群众 20%）",
    ),
    (
        "{award: {优: 10, 良: 8}, else: 2, by: 评价, combine: median}",
        "由各评委评定“评价”：优得 10 分，良得 8 分，其余得 2 分，几位评委取中位数",
    ),
    (
        "{award: {好: 10, 差: 0}, votes: 测评, of: issued}",
        "按“测评”各档得票加权平均：好得 10 分，差得 0 分，以发出票数为准（未收回的和无效的计 0 分）",
    ),
    (
        "{award: {好: 10, 差: 0}, votes: 测评, of: returned}",
        "按“测评”各档得票加权平均：好得 10 分，差得 0 分，以收回票数为准（无效票计 0 分）",
    ),
    (
        "{award: {90%: 8, 80%: 4}, at_least: 到会率, interpolate: true}",
        "按“到会率”：达到 90% 的得 8 分，达到 80% 的得 4 分，两档之间按插值法计算",
    ),
    (
        "{title: 受到表彰, source: {clause: 八（一）}, award: 2, per: 表彰次数}",
        "受到表彰（八（一））：“表彰次数”每有 1 次得 2 分",
    ),
    ("{source: {clause: 八（一）}, award: 2, if: 有表彰}", "八（一）：有表彰的，得 2 分"),
    (
        "{deduct: {警告: 5, 撤职: 10}, by: 处分, highest_per: 案件, where: 查实}",
        "按台账“处分”逐件计算：警告扣 5 分，撤职扣 10 分（只计查实的），同一案件取最高",
    ),
    (
        "{deduct: 1, per: 投诉, plus: {重复: 2}, times: {主动: 0.5, 身份: {主职: 1, 其他: 0.5}, "
        "份额: value}, divided_by: 人数}",
        "“投诉”每有 1 次扣 1 分"
        "（每件：(1 + 2（重复时）) × 0.5（主动时） × 身份（主职 1、其他 0.5） × “份额” ÷ “人数”）",
    ),
    (
        "{deduct: 1, per_missing: 大会, of: 1, for_each: quarter}",
        "每季度“大会”应有 1 次，每少 1 次扣 1 分",
    ),
    (
        "{deduct: 0.5, per: 迟到, for_each: [人员, month], cap_each: 1, every: 2, note: 逐人}",
        "每一人员每月“迟到”每有 1 次扣 0.5 分，每一人员每月最多 1 分，合计每满 2 扣 0.5 分（不足部分不计）（逐人）",
    ),
    (
        "{deduct: 1, per_missing: 篇数, of: {mean: 篇数}}",
        "“篇数”应达到全体平均篇数，每少 1，扣 1 分",
    ),
    (
        "{deduct: 1, if: {到会率: {below: 60%}}}",
        "“到会率”不足 60% 的，扣 1 分",
    ),
    (
        "{deduct: 1, if: {处分: {one_of: [撤职, 开除]}}, unless: {处分: {at_least: 3}}}",
        "有级别为撤职或开除的“处分”，且“处分”不足 3 次的，扣 1 分",
    ),
    (
        "{deduct: {from: 1, to: 3}, per: 投诉, judge: 酌情扣分, where: 查实, times: {主动报告: 0.5}}",
        "按台账“投诉”逐件酌情扣 1–3 分（只计查实的）（每件：“酌情扣分” × 0.5（主动报告时））",
    ),
    (
        "{award: 5, ratio: 收缴数, of: {2024-06-30: 50, 2024-12-31: 100}}",
        "按“收缴数”占2024年6月30日前累计 50、2024年12月31日前累计 100 的比例计算，最多得 5 分",
    ),
    (
        "{award: 2, per: 表彰, judge: 加分, for_each: quarter, cap_each: 3}",
        "每季度按台账“表彰”逐件酌情加 0–2 分（按“加分”计），每季度最多 3 分",
    ),
    (
        "{deduct: 2, if: {处分: {some: {涉及人数: {at_least: 2}}}}}",
        "有涉及人数达到 2 的“处分”的，扣 2 分",
    ),
    (
        "{deduct: 2, if: {处分: {some: {any: [{级别: 撤职}, {涉及金额: {above: 5}}]}, at_least: 2}}}",
        "级别为撤职或涉及金额超过 5 的“处分”达到 2 次的，扣 2 分",
    ),
    (
        "{deduct: 2, if: {处分: {some: {all: [查实, {日期: {before: 2024-07-01}}]}}}}",
        "有查实且日期早于 2024年7月1日的“处分”的，扣 2 分",
    ),
    (
        "{deduct: 3, if: {any: [甲, {次数: {at_least: 2}}, {not: 乙}], at_least: 2}}",
        "下列情形有 2 项以上（甲、“次数”达到 2、“乙”为否）的，扣 3 分",
    ),
    (
        "{award: 1, each: [{points: A1, at_least: 4}, {points: [A1, A2], above: 8}]}",
        "有下列情形的，每项得 1 分：“学习得分”达到 4 分、“学习与纪律得分之和”超过 8 分",
    ),
    (
        "{deduct: 2, if: 处分}",
        "有“处分”的，扣 2 分",
    ),
    (
        "{deduct: 1, if: {any: [甲, {all: [乙, {not: 丙}]}]}}",
        "甲或者（乙，且“丙”为否）的，扣 1 分",
    ),
    ("{deduct: 1, unless: {all: [甲, 乙]}}", "“甲”为否或者“乙”为否的，扣 1 分"),
    ("{deduct: 1, unless: {any: [甲, 乙]}}", "“甲”为否，且“乙”为否的，扣 1 分"),
    (
        "{deduct: 1, if: {办结: {before: 2024-07-01}}}",
        "“办结”早于 2024年7月1日的，扣 1 分",
    ),
]
ONLY_WHAT_IS_USED = re.compile(r"^  (\S+): .*\n", re.MULTILINE)


def head(node: str) -> str:
    """Declare only the measures that are used."""
    return ONLY_WHAT_IS_USED.sub(lambda line: line[0] if line[1] in node else "", HEAD).replace(
        "measures:\n", "measures:\n" if any(name in node for name in ONLY_WHAT_IS_USED.findall(HEAD)) else ""
    )


@pytest.mark.parametrize(("rule", "sentence"), SENTENCES)
def test_a_rule_in_chinese(rule: str, sentence: str) -> None:
    others = "{id: A1, title: 学习, max: 5, rules: [{deduct: 1}]}, {id: A2, title: 纪律, max: 5, rules: [{deduct: 1}]}"
    sections = f"{{id: A, title: 甲, max: 50, start: 10, rules: [{rule}]}}, {others}"
    loaded = rubric(head(rule) + f"sections: [{sections}]\n")
    tree = compile_rubric(loaded.rubric).rules[0]
    assert rule_text(tree, load_words("zh")) == sentence
    assert rule_text(tree, load_words("en"))


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        (
            "max: 1, rules: [{deduct: 0.5, per_missing: 研究次数, of: 4}]",
            "满分 1 分；“研究次数”应有 4 次，每少 1 次扣 0.5 分，扣完为止",
        ),
        ("max: 5, floor: none, rules: [{deduct: 1, if: 甲}]", "满分 5 分；甲的，扣 1 分"),
        (
            "max: 5, floor: none, rules: [{deduct: 1, per: 缺席次数}]",
            "满分 5 分；“缺席次数”每有 1 次扣 1 分，扣分不封顶",
        ),
        (
            "max: 5, floor: none, rules: [{deduct: 1, per: 缺席次数, up_to: 2}]",
            "满分 5 分；“缺席次数”每有 1 次扣 1 分，本条最多 2 分",
        ),
        ("max: 5, floor: -2, rules: [{deduct: 1, if: 甲}]", "满分 5 分；甲的，扣 1 分，最低 -2 分"),
        ("max: 5, ceiling: none, rules: [{award: 1, per: 次数}]", "满分 5 分；“次数”每有 1，得 1 分；得分不封顶"),
        ("max: 5, ceiling: 8, rules: [{award: 1, per: 次数}]", "满分 5 分；“次数”每有 1，得 1 分；得分上限 8 分"),
        (
            "max: 5, start: 2, rules: [{award: 1, if: 甲}, {deduct: 1, if: 乙}]",
            "满分 5 分；从 2 分起评；甲的，得 1 分；乙的，扣 1 分，扣完为止",
        ),
        (
            "max: 5, only: {类型: [村, 社区]}, rules: [{forfeit: true, if: 甲}]",
            "满分 5 分；只适用于类型为村或社区的；甲的，不得分",
        ),
        ("max: 5, if_na: rescale, rules: [{award: 5, if: 甲}]", "满分 5 分；甲的，得 5 分；不适用的按其余各项折算"),
        ("kind: bonus, max: 3, rules: [{award: 1, if: 甲}]", "最多加 3 分；甲的，得 1 分"),
        (
            "kind: penalty, highest_per: 案件, rules: [{deduct: {警告: 5}, by: 处分}]",
            "按台账“处分”逐件计算：警告扣 5 分，扣分不封顶；同一案件取最高，只计一次",
        ),
        ("max: 5, items: [{title: 乙, max: 5, rules: [{award: 5, if: 甲}]}]", "满分 5 分"),
    ],
)
def test_an_item_in_chinese(node: str, sentence: str) -> None:
    loaded = rubric(head(node) + f"sections: [{{id: A, title: 甲, {node}}}]\n")
    assert node_text(compile_rubric(loaded.rubric).sections[0], load_words("zh")) == sentence


def test_no_sentence_leaves_a_gap() -> None:
    for _, sentence in SENTENCES:
        assert not re.search(r"[{}\[\]]|  |，，|；；", sentence)
