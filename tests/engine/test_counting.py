"""Weights, groups that rescale within, the best items, products: by hand, with the lines that say so."""

import json
from fractions import Fraction
from typing import Any

import pytest

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.facts import RubricSource
from dangjian_score.core.watching import unwatched
from dangjian_score.engine.compare import compare, outcome_of
from dangjian_score.engine.result import Result
from dangjian_score.engine.totals import full_marks
from dangjian_score.evidence.outcomes import read_outcome
from dangjian_score.report.as_json import result_json
from dangjian_score.report.explanation import remarks
from dangjian_score.report.overview import column_head
from dangjian_score.report.view import ResultView, view_of
from dangjian_score.rubric.load import Loaded
from dangjian_score.words.clauses import node_text
from dangjian_score.words.say import load_words
from tests.scenes import CLAUSE_HEAD, Unit, attempt, check_units, of_unit, outcome, study_of
from tests.support import rubric

ZH, EN = load_words("zh"), load_words("en")
SOURCE = RubricSource("r.yaml", "0", rules="0")

SHARED = """
total: 100
rounding: {places: 1, total: 1}
measures: {党建得分: {points: A}}
tie_break: [A]
grades: {优秀: {at_least: 60, sections: {A: 90}}, 良好: {at_least: 60, sections: {A: 90%}}, 一般: 0}
sections:
  - {id: A, title: 党的建设, weight: 70%, max: 100, rules: [{deduct: 1, per: 党建问题}]}
  - id: B
    title: 业务
    weight: 30%
    max: 100
    rules: [{deduct: 1, per: 业务问题}, {deduct: 5, if: {党建得分: {below: 80}}}]
"""


def view(loaded: Loaded, result: Result, *, public: bool = False) -> ResultView:
    return view_of(result, SOURCE, (), ZH, public=public)


def whole(loaded: Loaded, units: dict[str, Unit], name: str, *, public: bool = False) -> list[tuple[str, Fraction]]:
    """Give the lines of the whole of a unit."""
    seen = view(loaded, outcome(loaded, units), public=public)
    return [(seen.text(line), line.points) for line in of_unit(seen.result, name).trace().lines]


def of_group(loaded: Loaded, facts: dict[str, str]) -> list[tuple[str, Fraction]]:
    """Give the lines of the first section for one unit."""
    seen = view(loaded, outcome(loaded, {"一支部": {"facts": facts}}))
    node = of_unit(seen.result, "一支部").trace().nodes[0]
    moved = sum((line.points for line in node.lines), Fraction(0))
    assert node.start + moved + sum(lower.points for lower in node.nodes) == node.points
    return [(seen.text(line), line.points) for line in node.lines]


def entered(**facts: str) -> Unit:
    return {"facts": facts}


def test_conditions_read_the_scale_of_the_section() -> None:
    """A of 90 counts 63; below 80 of A, not of 70 that count, B loses 5."""
    loaded = rubric(SHARED, CLAUSE_HEAD)
    units = {
        "甲": entered(党建问题="10", 业务问题="0"),  # 63 + 30
        "乙": entered(党建问题="11", 业务问题="0"),  # 62.3 + 30
        "丙": entered(党建问题="20", 业务问题="0"),  # 56 + 30
        "丁": entered(党建问题="21", 业务问题="3"),  # 55.3 + 92 × 30 %, which is 27.6
    }
    totals = {unit.unit: (unit.total, unit.grade) for unit in outcome(loaded, units).units}
    assert totals == {
        "甲": (93, "优秀"),
        "乙": (Fraction("92.3"), "一般"),
        "丙": (86, "一般"),
        "丁": (Fraction("82.9"), "一般"),
    }


def test_equal_totals_are_told_apart_by_the_scale_of_the_section() -> None:
    loaded = rubric(SHARED, CLAUSE_HEAD)
    units = {"甲": entered(党建问题="3", 业务问题="0"), "乙": entered(党建问题="0", 业务问题="7")}
    ranks = {unit.unit: (unit.rank, unit.total) for unit in outcome(loaded, units).units}
    assert ranks == {"甲": (2, Fraction("97.9")), "乙": (1, Fraction("97.9"))}


def test_one_line_says_what_counts() -> None:
    loaded = rubric(SHARED, CLAUSE_HEAD)
    units = {"一": entered(党建问题="18", 业务问题="7")}  # 57.4 + 27.9
    assert whole(loaded, units, "一") == [
        ("党的建设 82 分 × 70%，计 57.4 分", Fraction("-24.6")),
        ("业务 93 分 × 30%，计 27.9 分", Fraction("-65.1")),
    ]
    assert whole(loaded, units, "一", public=True) == whole(loaded, units, "一")


def test_what_counts_is_rounded_as_lines_are() -> None:
    text = "rounding: {places: 1, total: 1}\nsections:\n"
    text += "  - {id: A, title: 甲, weight: 12.5%, max: 10, rules: [{deduct: 1, per: 次}]}\n"
    loaded = rubric(text, CLAUSE_HEAD)
    assert whole(loaded, {"一": entered(次="1")}, "一") == [("甲 9 分 × 12.5%，计 1.1 分", Fraction("-7.9"))]


def test_columns_add_up_to_the_total_and_say_the_weight() -> None:
    loaded = rubric(SHARED, CLAUSE_HEAD)
    result = outcome(loaded, {"一": entered(党建问题="18", 业务问题="7")})
    seen = view(loaded, result)
    assert [column_head(column, seen) for column in result.columns] == ["党的建设（× 70%）", "业务（× 30%）"]
    assert [column.max for column in result.columns] == [70, 30]
    assert sum(result.units[0].columns) == result.units[0].total == Fraction("85.3")


INSIDE = """
sections:
  - id: X
    title: 党建
    max: 20
    {key}
    items:
      - {{id: X1, title: 学习, max: 12, rules: [{{deduct: 1, per: 缺学}}]}}
      - {{id: X2, title: 发展, max: 8, if_na: rescale, rules: [{{deduct: 1, per: 缺发展}}]}}
  - {{id: Y, title: 其他, max: 80, rules: [{{deduct: 1, per: 其他问题}}]}}
"""


@pytest.mark.parametrize(("key", "share"), [("weight: 50%", Fraction(1, 2)), ("rescale_in: group", Fraction(1))])
def test_scaling_stays_within_the_group(key: str, share: Fraction) -> None:
    """9 of 12 are 15 of 20; the 70 of the other section are left alone."""
    loaded = rubric(INSIDE.format(key=key), CLAUSE_HEAD)
    facts = {"缺学": "3", "缺发展": "不适用", "其他问题": "10"}
    assert of_group(loaded, facts) == [("应得 12，实得 9，折算 15（满分 20）", Fraction(6))]
    assert outcome(loaded, {"一支部": entered(**facts)}).units[0].total == 15 * share + 70


def test_a_group_to_which_nothing_applies_is_made_up_outside() -> None:
    """Of 90 that count 80 apply: 72 ÷ 80 × 90."""
    text = INSIDE.format(key="weight: 50%").replace("max: 12,", "max: 12, if_na: rescale,")
    loaded = rubric(text, CLAUSE_HEAD)
    units = {"一": entered(缺学="不适用", 缺发展="不适用", 其他问题="8")}
    assert outcome(loaded, units).units[0].total == 81
    assert whole(loaded, units, "一") == [("应得 80，实得 72，折算 81（满分 90）", Fraction(9))]


def test_a_ceiling_holds_what_was_scaled() -> None:
    loaded = rubric(INSIDE.format(key="rescale_in: group\n    ceiling: 18"), CLAUSE_HEAD)
    facts = {"缺学": "0", "缺发展": "不适用", "其他问题": "0"}
    assert [moved for _, moved in of_group(loaded, facts)] == [8, -2]


BEST = """
sections:
  - id: X
    title: 特色
    combine: {best: 2}
    if_na: rescale
    items:
      - {id: X1, title: 一, max: 10, floor: none, rules: [{deduct: 1, per: 甲错}]}
      - {id: X2, title: 二, max: 10, floor: none, rules: [{deduct: 1, per: 乙错}]}
      - {id: X3, title: 三, max: 10, floor: none, rules: [{deduct: 1, per: 丙错}]}
      - {id: X4, title: 四, max: 10, floor: none, rules: [{deduct: 1, per: 丁错}]}
"""


@pytest.mark.parametrize(
    ("faults", "left_out", "points"),
    [
        (("1", "2", "3", "5"), "X3、X4", 17),
        (("4", "3", "3", "3"), "X1、X4", 14),
        (("0", "0", "0", "0"), "X3、X4", 20),
        (("12", "不适用", "11", "13"), "X4", 0),
        (("不适用", "2", "不适用", "5"), "", 13),
        (("不适用", "不适用", "不适用", "5"), "", 10),
    ],
)
def test_of_equal_items_the_first_count_and_what_is_inapplicable_does_not(
    faults: tuple[str, ...], left_out: str, points: int
) -> None:
    """The last carries 10 of 20, half of which are had: that is scaled over all base points to 10."""
    loaded = rubric(BEST, CLAUSE_HEAD)
    facts = dict(zip(("甲错", "乙错", "丙错", "丁错"), faults, strict=True))
    texts = [text for text, _ in of_group(loaded, facts) if "得分高" in text]
    assert texts == ([f"取得分高的 2 项，{left_out} 不计"] if left_out else [])
    assert outcome(loaded, {"一支部": entered(**facts)}).units[0].total == points
    assert full_marks(loaded.rubric) == 20


PRODUCT = """
total: {product: [A, B], over: 80}
sections:
  - {id: A, title: 工作质量, max: 100, rules: [{deduct: 1, per: 质量问题}]}
  - id: B
    title: 党建
    max: 80
    items:
      - {id: B1, title: 一, max: 60, if_na: rescale, rules: [{deduct: 1, per: 甲错}]}
      - {id: B2, title: 二, max: 20, if_na: rescale, rules: [{deduct: 1, per: 乙错}]}
  - {id: C, title: 奖励, kind: bonus, max: 5, rules: [{award: 1, per: 奖项}]}
"""


def test_a_product() -> None:
    """90 × 72 ÷ 80 = 81; 45 of 60 that apply are 60 of 80."""
    loaded = rubric(PRODUCT, CLAUSE_HEAD)
    one, two = {"质量问题": "10", "甲错": "5", "乙错": "3", "奖项": "2"}, {"甲错": "15", "乙错": "不适用", "奖项": "0"}
    units = {"一": entered(**one), "二": entered(**{**one, **two})}
    assert [(unit.unit, unit.total) for unit in outcome(loaded, units).units] == [("一", 83), ("二", Fraction("67.5"))]
    assert whole(loaded, units, "一") == [("工作质量 90 × 党建 72 ÷ 80 = 81", Fraction(81 - 90 - 72))]
    assert full_marks(loaded.rubric) == 100


def test_a_product_needs_every_factor() -> None:
    facts = {"质量问题": "10", "甲错": "不适用", "乙错": "不适用", "奖项": "0"}
    result, found = attempt(rubric(PRODUCT, CLAUSE_HEAD), {"一": entered(**facts)})
    assert result is None
    assert {str(one.code) for one in found if one.severity == "error"} == {"E067"}


def test_a_product_in_rounds() -> None:
    """(100 × 80 ÷ 80 × 40 %) + (50 × 40 ÷ 80 × 60 %) = 40 + 15."""
    loaded = rubric(f"rounds: {{上: 40%, 下: 60%}}\n{PRODUCT}", CLAUSE_HEAD)
    none = {"质量问题": "0", "甲错": "0", "乙错": "0"}
    half = {"质量问题": "50", "甲错": "40", "乙错": "0"}
    unit: Unit = {"facts": {"奖项": "0"}, "rounds": {"上": none, "下": half}}
    check_units(
        loaded, {"一": {**unit, "total": "55"}, "二": {**unit, "in_rounds": ["下"], "total": "15", "due": "60"}}
    )


def test_what_is_due_of_weighted_rounds() -> None:
    """Half of two months that count 60 % together is 30; what is scored once is not due."""
    text = """
rounds: {names: [1月, 2月], combine: sum}
sections:
  - {id: X, title: 月度, weight: 30%, max: 100, rules: [{deduct: 1, per: 问题数}]}
  - {id: Y, title: 年度, weight: 40%, max: 100, rounds: none, rules: [{deduct: 1, per: 年度问题}]}
"""
    months = {"1月": {"问题数": "10"}, "2月": {"问题数": "0"}}
    unit: Unit = {"facts": {"年度问题": "5"}, "rounds": months}
    so_far = {"in_rounds": ["1月"], "total": "27", "due": "30", "rate": "90%"}
    check_units(rubric(text, CLAUSE_HEAD), {"一": {**unit, "total": "95"}, "二": {**unit, **so_far}})


def test_results_say_weights_and_are_read_back() -> None:
    loaded = rubric(BEST.replace("if_na", "weight: 50%\n    if_na"), CLAUSE_HEAD)
    facts = dict.fromkeys(("甲错", "乙错", "丙错", "丁错"), "1")
    result = outcome(loaded, {"一支部": entered(**facts)})
    data = result_json(view(loaded, result), unwatched)
    section: dict[str, Any] = json.loads(data)["units"][0]["nodes"][0]
    assert (section["weight"], section["points"], section["counted"]) == ("0.5", "18.00", "9.00")
    assert [item.get("counted") for item in section["nodes"]] == [None, None, "0.00", "0.00"]
    worse = outcome(loaded, {"一支部": entered(**{**facts, "甲错": "4"})})
    read = read_outcome(data, "a.json")
    assert not isinstance(read, tuple)
    found = compare(read, outcome_of(worse, SOURCE))
    assert [(item.item.id, item.own, item.difference) for item in found.items] == [("X1", False, -3)]


def test_clauses() -> None:
    program = study_of(rubric(BEST, CLAUSE_HEAD)).program
    assert node_text(program.nodes[0], ZH) == "满分 20 分；取各项中得分高的 2 项；不适用的按其余各项折算"
    weighted = study_of(rubric(INSIDE.format(key="weight: 50%"), CLAUSE_HEAD)).program
    assert node_text(weighted.nodes[0], ZH) == "满分 20 分；得分按 50% 计入总分；不适用的只在本组内折算"
    assert node_text(weighted.nodes[0], EN).startswith("20 points; counts by 50%; ")
    product = study_of(rubric(PRODUCT, CLAUSE_HEAD)).program
    assert next(iter(remarks(product, ZH))) == "总分 = 工作质量 × 党建 ÷ 80，满分 100 分；加分最多 5 分"


def found(text: str) -> set[str]:
    return {f"{one.code} {'/'.join(map(str, one.path))}" for one in checks.check(Study(rubric(text, CLAUSE_HEAD)))}


LEAF = "max: 10, rules: [{{deduct: 10, if: 错{0}}}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("total: 10\nsections: [{id: A, title: 甲, weight: 50%, LEAF1}, {id: B, title: 乙, LEAF2}]", "E051 total"),
        (
            "sections: [{id: A, title: 甲, max: 15, items: [{title: 一, weight: 50%, LEAF1}, {title: 二, LEAF2}]}]",
            "",
        ),
        (
            "sections: [{title: 甲, max: 30, combine: {best: 2}, items: [{title: 一, LEAF1}, {title: 二, LEAF2},"
            " {title: 三, LEAF3}]}]",
            "E051 sections/0/max",
        ),
        (
            "sections: [{title: 甲, combine: {best: 2}, items: [{title: 一, LEAF1}, {title: 二, LEAF2}]}]",
            "E018 sections/0/combine",
        ),
        (
            "sections: [{title: 甲, combine: {best: 1}, items: [{title: 一, weight: 50%, LEAF1}, {title: 二, LEAF2}]}]",
            "E018 sections/0/combine",
        ),
        (
            "sections: [{title: 甲, rescale_in: group, items: [{title: 一, LEAF1}, {title: 二, LEAF2}]}]",
            "W010 sections/0/rescale_in",
        ),
        (
            "grades: {好: 6, 差: 0}\nsections: [{title: 甲, weight: 50%, LEAF1}]",
            "W007 grades/好",
        ),
        (
            "total: {product: [A, B], over: 10}\nsections: [{id: A, title: 甲, LEAF1}, {id: B, title: 乙, LEAF2},"
            " {id: C, title: 丙, LEAF3}]",
            "E102 total/product",
        ),
        (
            "total: {product: [A, Z], over: 10}\nsections: [{id: A, title: 甲, LEAF1}]",
            "E071 total/product/1",
        ),
        (
            "total: {product: [A, A], over: 10}\nsections: [{id: A, title: 甲, LEAF1}]",
            "E102 total/product/1",
        ),
        (
            "total: {product: [A, B], over: 10}\nrounds: {上: 50%, 下: 50%}\n"
            "sections: [{id: A, title: 甲, LEAF1}, {id: B, title: 乙, rounds: none, LEAF2}]",
            "E102 total/product",
        ),
        (
            "total: {product: [A, B], over: 10}\n"
            "sections: [{id: A, title: 甲, weight: 50%, LEAF1}, {id: B, title: 乙, LEAF2}]",
            "E018 sections/0/weight",
        ),
        (
            "total: {product: [A, B], over: 10}\n"
            "sections: [{id: A, title: 甲, if_na: rescale, LEAF1}, {id: B, title: 乙, LEAF2}]",
            "E018 sections/0/if_na",
        ),
        (
            "total: {product: [A, B], over: 10}\ngrades: {好: 11, 差: 0}\n"
            "sections: [{id: A, title: 甲, LEAF1}, {id: B, title: 乙, LEAF2}]",
            "W007 grades/好",
        ),
    ],
)
def test_what_is_found(text: str, expected: str) -> None:
    for at in (1, 2, 3):
        text = text.replace(f"LEAF{at}", LEAF.format(at))
    assert found(text) - {"N008 "} == ({expected} if expected else set())
