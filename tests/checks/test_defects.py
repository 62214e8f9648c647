"""Warnings and notes about regulations: edge cases; `tests/bad` holds one file for each code."""

from collections.abc import Sequence

import pytest

from dangjian_score.checks.gate import check
from dangjian_score.checks.study import Study
from tests.support import rubric


def findings(text: str) -> list[tuple[str, int | None]]:
    return [(str(finding.code), finding.place.line) for finding in check(Study(rubric(text)))]


def leaf(*rules: str, more: str = "max: 10", measures: str = "{}", kind: str = "base") -> str:
    lines = "".join(f"  - {rule}\n" for rule in rules)
    head = f"rounding: {{places: 2}}\nmeasures: {measures}\n"
    return f"{head}sections:\n- title: 甲\n  kind: {kind}\n  {more}\n  rules:\n{lines}"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # 76–89 and up to 75: of things that are counted nothing lies between, of numbers 75.5 does.
        (["{award: 8, if: {件: {at_least: 76, at_most: 89}}}", "{award: 10, if: {件: {at_most: 75}}}"], []),
        (["{award: 8, if: {次: {at_least: 76, at_most: 89}}}", "{award: 10, if: {次: {at_most: 75}}}"], [("W003", 0)]),
        (["{award: 8, if: {次: {at_least: 77, at_most: 89}}}", "{award: 10, if: {次: {at_most: 75}}}"], [("W003", 0)]),
        (["{award: 8, if: {次: {above: 75}}}", "{award: 10, if: {次: {below: 75}}}"], [("W003", 0)]),
        (["{award: 8, if: {率: {at_least: 80%}}}", "{award: 10, if: {率: {below: 80%}}}"], []),
        (["{award: 8, if: {率: {above: 80%}}}", "{award: 10, if: {率: {below: 80%}}}"], [("W003", 0)]),
        (["{award: 8, if: {率: {at_least: 81%}}}", "{award: 10, if: {率: {at_most: 80%}}}"], [("W003", 0)]),
        # A rule without an upper end goes on: three times cost 1, five times 2 more.
        (["{deduct: 1, if: {次: {at_least: 3}}}", "{deduct: 2, if: {次: {at_least: 5}}}"], []),
        (["{deduct: 1, if: {次: {at_least: 3, at_most: 5}}}", "{deduct: 2, if: {次: {at_least: 5}}}"], [("W004", 1)]),
        # Another verb, another measure, another condition: not the same list.
        (["{award: 10, if: {次: {at_most: 3}}}", "{deduct: 2, if: {次: {at_least: 5}}}"], []),
        (["{deduct: 8, if: {次: {at_most: 3}}}", "{deduct: 1, if: {数: {at_least: 5}}}"], []),
        (["{deduct: 8, if: {次: {at_most: 3}}}", "{deduct: 1, if: {all: [缺, {次: {at_least: 5}}]}}"], []),
    ],
)
def test_stretches_that_leave_a_gap_or_overlap(rules: list[str], expected: list[tuple[str, int]]) -> None:
    more = "max: 10\n  start: 0" if any("award" in rule for rule in rules) else "max: 10"
    found = check(Study(rubric(leaf(*rules, more=more, measures="{件: {type: count}}"))))
    # The finding stands at the rule that begins where the other ends.
    assert [(str(finding.code), finding.path[-1]) for finding in found if finding.code in ("W003", "W004")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 4.5 points in a 2-point item; levels exclude each other, and so do stretches of one figure.
        (leaf("{deduct: 4, each: [缺, 漏, 错]}"), ["N006"]),
        (leaf("{deduct: 5, each: [缺, 漏]}"), []),
        (leaf("{deduct: 8, if: {级: 甲}}", "{deduct: 9, if: {级: 乙}}", measures="{级: {levels: [甲, 乙]}}"), []),
        (leaf("{deduct: 8, if: {次: {below: 3}}}", "{deduct: 9, if: {次: {at_least: 3}}}"), []),
        (leaf("{deduct: 8, if: {次: {below: 4}}}", "{deduct: 9, if: {次: {below: 3}}}"), ["N006"]),
        (leaf("{deduct: 1, per: 次}"), []),  # without an end: 扣完为止
        (leaf("{deduct: 1, per: 次, up_to: 11}"), ["N006"]),
        (leaf("{award: 6, each: [好, 优]}"), ["N006"]),
        (leaf("{award: 5, each: [好, 优]}"), []),
        (leaf("{award: 4, each: [好, 优]}"), ["W008"]),
        (leaf("{award: 4, each: [好, 优]}", more="max: 10\n  start: 2"), []),
        (leaf("{award: 10, judge: 分}"), []),
        (leaf("{award: 9, judge: 分}"), ["W008"]),
        (leaf("{award: {好: 10, 差: 0}, votes: 票}"), []),
        (leaf("{award: {好: 9, 差: 0}, votes: 票}"), ["W008"]),
        (leaf("{award: 9, ratio: 甲, of: 乙}"), ["W008"]),
        (leaf("{award: 9, ratio: 甲, of: 乙, beyond: true}"), []),
        (leaf("{deduct: 6, if: 缺}", more="max: 10\n  floor: 5"), ["N006"]),
        # Caps.
        (leaf("{deduct: 2, each: [缺, 漏], up_to: 4}"), []),
        (leaf("{deduct: 2, each: [缺, 漏], up_to: 5}"), ["W009"]),
        (leaf("{award: 2, each: [好, 优]}", more="max: 4", kind="bonus"), []),
        (leaf("{award: 2, each: [好, 优]}", more="max: 5", kind="bonus"), ["W009"]),
        (leaf("{award: 2, per: 次}", more="max: 5", kind="bonus"), []),
        (leaf("{award: 5, each: [好, 优]}", more="max: 10\n  ceiling: 12"), ["W009"]),
        # Rules that never do anything.
        (leaf("{deduct: 0, if: 缺}"), ["W010"]),
        (leaf("{forfeit: true, if: {率: {above: 100%}}}"), ["W010"]),
        (leaf("{forfeit: true, if: 缺}"), []),
        (leaf("{deduct: {1: 0, 2: all}, at_least: 次}"), []),
        (leaf("{deduct: {0: 0, 2: 0}, at_least: 次}"), ["W010"]),
        (leaf("{award: {120%: 12, 90%: 10, 0%: 1}, at_least: 率}"), ["W010"]),
        (leaf("{award: {90%: 10, 0%: 10}, at_least: 率}", "{deduct: 1, if: {率: {above: 90%, below: 80%}}}",
              more="max: 10\n  start: 0"), ["W010"]),
        # Tables.
        (leaf("{award: {90%: 10, 80%: 8}, at_least: 率}"), ["N011"]),
        (leaf("{award: {90%: 10, 80%: 8}, at_least: 率, else: 0}"), []),
        (leaf("{award: {90%: 10, 0%: 8}, at_least: 率}"), []),
        (leaf("{award: {90%: 10, 0%: 8}, above: 率}"), ["N011"]),
        (leaf("{award: {5: 10, 10: 8}, rank: 次}"), ["N011"]),
        (leaf("{award: {1: 3, 3: 1}, rank: 次}", more="max: 3", kind="bonus"), []),
        (leaf("{award: {3: 10, 5: 8}, at_most: 次}"), ["N011"]),
        (leaf("{deduct: {3: 10, 5: 8}, at_most: 次}"), []),
        (leaf("{deduct: {1: 3, 2: 5, 3: all}, at_least: 次}"), []),
        (leaf("{deduct: {1: 5, 2: 3, 3: 4}, at_least: 次}"), ["W005"]),
        # Tables in tables.
        (leaf("{award: {国: {一: 5, 二: 3}, 省: {一: 3}}, by: [奖, 等], else: 0}", more="floor: 0", kind="bonus"), []),
        (leaf("{award: {国: {一: 5}, 省: {二: 3}}, by: [奖, 等]}", more="floor: 0", kind="bonus"), ["W011", "W011"]),
    ],
)  # fmt: skip
def test_points_that_do_not_go_together(text: str, expected: list[str]) -> None:
    assert [code for code, _ in findings(text)] == expected


def test_an_open_table_says_where_it_ends_as_the_figure_is_written() -> None:
    text = leaf("{award: {90%: 10, 80%: 8}, at_least: 率}", measures="{率: {percent: 到, of: 应}}")
    (found,) = check(Study(rubric(text)))
    assert (str(found.code), dict(found.args)["key"]) == ("N011", "80%")


LEAF = "sections:\n- {id: A, title: 甲, max: 100, rules: [{deduct: 1, if: 缺}]}\n"
BONUS = "- {id: B, title: 乙, kind: bonus, max: 5, rules: [{award: 1, per: 次}]}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grades: {优: 90, 良: 80, 中: 0}\n" + LEAF, []),
        ("grades: {差: 0, 良: 80, 优: 90}\n" + LEAF, []),
        ("grades: {优: 90, 差: 0, 良: 80}\n" + LEAF, ["W006"]),
        ("grades: {优: 100, 良: 0}\n" + LEAF, []),
        ("grades: {优: 101, 良: 0}\n" + LEAF, ["W007"]),
        ("grades: {优: 105, 良: 0}\n" + LEAF + BONUS, []),
        ("grades: {优: 106, 良: 0}\n" + LEAF + BONUS, ["W007"]),
        ("grades_on: base\ngrades: {优: 101, 良: 0}\n" + LEAF + BONUS, ["W007"]),
        ("ceiling: 100\ngrades: {优: 101, 良: 0}\n" + LEAF + BONUS, ["W007"]),
        ("grades: {优: 900, 良: 0}\n" + LEAF + BONUS.replace("max: 5, ", ""), []),
        ("rounding: {places: 2}\nreported_as: 10\ngrades: {优: 11, 良: 0}\n" + LEAF, ["W007"]),
        ("grades: {优: {at_least: 90, sections: {A: 101}}, 良: 0}\n" + LEAF, ["W007"]),
        ("grades: {优: {at_least: 90, sections: {A: 80%}}, 良: 0}\n" + LEAF, []),
        ("grades: {优: {at_least: 90, sections: {A: 101%}}, 良: 0}\n" + LEAF, ["W007"]),
        # Vetoes that do nothing: no grade, no total, no honours that there are.
        ("grades: {优: 90, 良: 0}\nvetoes: [{title: 事故, if: 事故}]\n" + LEAF, ["W010"]),
        ("grades: {优: 90, 良: 0}\nvetoes: [{title: 事故, if: 事故, grade: 良}]\n" + LEAF, []),
        (
            "grades: {优: 90, 良: 0}\nvetoes: [{title: 事故, if: 事故}]\nselections: [{title: 先进, at_least: 90}]\n"
            + LEAF,
            [],
        ),
        (
            "grades: {优: 90, 良: 0}\nvetoes: [{title: 事故, if: 事故, selections: true}]\n"
            "selections: [{title: 先进, at_least: 90}]\n" + LEAF,
            ["W010"],
        ),
        ("vetoes: [{title: 事故, if: 事故}]\n" + LEAF, []),
        ("selections: [{title: 先进, at_least: 101}]\n" + LEAF, ["W007"]),
        ("selections: [{title: 先进, places: 1}]\n" + LEAF, ["N007"]),
        ("tie_break: [A]\nselections: [{title: 先进, places: 1}]\n" + LEAF, []),
        ("selections: [{title: 通报, below: 60}]\n" + LEAF, []),
        ("rounding: {places: 2}\nrounds: {names: [上, 下], combine: sum}\ngrades: {优: 190, 良: 0}\n" + LEAF, []),
        ("rounds: {上: 50%, 下: 50%}\n" + LEAF, ["N008"]),
        ("reported_as: 10\n" + LEAF, ["N008"]),
        (LEAF.replace("deduct: 1, if: 缺", "deduct: 0.3, per: 费用"), []),
        (LEAF.replace("deduct: 1, if: 缺", "award: 100, ratio: 费用, of: 总额"), ["N008"]),
        (LEAF.replace("deduct: 1, if: 缺", "deduct: 1, per_missing: 次, of: {mean: 次}"), ["N008"]),
        (LEAF.replace("max: 100", "if_na: rescale, max: 100"), ["N008"]),
        (LEAF.replace("max: 100", "assumed: true, max: 100"), ["N009"]),
        (LEAF.replace("deduct: 1,", "assumed: true, deduct: 1,"), ["N009"]),
        ("source: {clauses: 1-2}\n" + LEAF, ["W012"]),
        ("source: {clauses: 1}\nvetoes: [{title: 丙, if: 违, total: 0, source: {clause: 1}}]\n" + LEAF, []),
    ],
)
def test_what_lies_out_of_reach_or_is_left_open(text: str, expected: list[str]) -> None:
    assert [code for code, _ in findings(text)] == expected


GRADED = "grades: {优: 90, 良: 0}\n"
DIVIDED = "award: 100, ratio: 费用, of: 总额"


@pytest.mark.parametrize(
    ("rule", "more", "expected"),
    [
        ("deduct: 1, if: 缺", GRADED, []),
        ("deduct: 0.25, per: 次", GRADED, []),
        ("deduct: 0.125, per: 次", GRADED, ["N025"]),
        ("deduct: 0.125, per: 次, every: 2, steps: prorata", GRADED, ["N025"]),
        (DIVIDED, GRADED, ["N025"]),
        (DIVIDED, "", []),  # no grade turns on it
        (DIVIDED, "grades: {良: 0}\n", []),
        ("award: 100, ratio: 次, of: 20", "measures: {次: {type: count}}\n" + GRADED, []),  # 5 each
        ("award: 100, ratio: 次, of: 30", "measures: {次: {type: count}}\n" + GRADED, ["N025"]),
        ("award: 100, ratio: 金额, of: 30", GRADED, ["N025"]),
        ("award: {好: 100, 差: 0}, votes: 测评", GRADED, ["N025"]),
        ("award: 100, judge: 分", GRADED, []),  # as it is entered
        ("award: 100, judge: 分, combine: mean", GRADED, ["N025"]),
        ("deduct: 0.4, per_missing: 率, of: 98%, every: 1%", GRADED, []),  # whole steps
        ("deduct: 0.4, per_missing: 率, of: 98%, every: 1%, steps: prorata", GRADED, ["N025"]),
        ("deduct: 1, per_missing: 次, of: {mean: 次}", GRADED, ["N025"]),
        ("award: {90%: 100, 0: 1}, at_least: 率", GRADED, []),  # a table gives what stands in it
        ("award: {1: 100, 3: 50}, else: 10, rank: 次", GRADED, []),
        ("deduct: 0.5, per: 事件", "measures: {事件: {register: true}}\n" + GRADED, []),
        ("deduct: 0.5, per: 费用", "measures: {费用: {type: number, min: 0}}\n" + GRADED, ["N025"]),
        ("deduct: 1, per: 费用", "measures: {费用: {type: number, min: 0}}\n" + GRADED, []),
        ("deduct: 1, if: 缺", "rounds: {names: [上, 中, 下], combine: mean}\n" + GRADED, []),  # it concerns no line
    ],
)
def test_lines_that_are_rounded_though_a_grade_may_turn_on_it(rule: str, more: str, expected: list[str]) -> None:
    leaf = LEAF.replace("deduct: 1, if: 缺", rule)
    assert [
        code for code, _ in findings("rounding: {places: 2}\n" + more + leaf) if code in ("N008", "N025")
    ] == expected
    assert "N025" not in [code for code, _ in findings("rounding: {total: 2}\n" + more + leaf)]


ITEM = "{{title: {0}, max: {1}, only: {2}, rules: [{{deduct: 1, if: 缺}}]}}"


@pytest.mark.parametrize(
    ("measures", "most", "items", "expected"),
    [
        ("{}", 10, ["6 {}", "4 {类型: 村}"], ["N010 类型=* → 6"]),
        ("{类型: {levels: [村]}}", 10, ["6 {}", "4 {类型: 村}"], []),
        ("{}", 10, ["6 {}", "4 {类型: 村}", "4 {类型: 社区}"], ["N010 类型=* → 6"]),
        ("{}", 10, ["6 {}", "4 {类型: 村}", "3 {类型: 社区}"], ["N010 类型=* → 6；类型=社区 → 9"]),
        ("{类型: {levels: [村, 社区]}}", 10, ["6 {}", "4 {类型: 村}", "3 {类型: 社区}"], ["N010 类型=社区 → 9"]),
        ("{类型: {levels: [村, 社区]}}", 9, ["6 {}", "4 {类型: 村}", "3 {类型: 社区}"], ["E051 10"]),
        ("{}", 10, ["10 {类型: [村, 社区]}"], ["N010 类型=* → 0"]),
    ],
)
def test_sums_of_every_combination_of_attributes(
    measures: str, most: int, items: list[str], expected: list[str]
) -> None:
    lines = "".join(f"  - {ITEM.format('一', *item.split(' ', 1))}\n".replace("only: {}, ", "") for item in items)
    text = f"rounding: {{places: 2}}\nattributes: [类型]\nmeasures: {measures}\nsections:\n- title: 甲\n  max: {most}\n"
    found = check(Study(rubric(f"{text}  items:\n{lines}")))
    assert [
        f"{finding.code} {dict(finding.args).get('sums') or dict(finding.args)['added']}" for finding in found
    ] == expected


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("研究党建次数", "党建研究次数", ["W013"]),
        ("会议的次数", "会议次数", ["W013"]),
        ("上半年会议次数", "下半年会议次数", []),
        ("会议 次数", "会议次数", ["E056"]),
        ("党员大会", "支委会", []),
    ],
)
def test_names_that_may_be_meant_as_one(name: str, other: str, expected: list[str]) -> None:
    text = leaf(f"{{deduct: 1, per: {name}}}", f"{{deduct: 1, per: {other}}}")
    assert [code for code, _ in findings(text)] == expected


def test_findings_name_the_places_beside_them() -> None:
    text = "total: 9\nsections:\n- {id: A, title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}\n"
    (sums, twice) = check(Study(rubric(text + "- {id: A, title: 乙, max: 5, rules: [{deduct: 1, if: 缺}]}\n")))
    assert [str(place) for place in sums.related] == ["r.yaml:7:26", "r.yaml:8:26"]
    assert [str(place) for place in twice.related] == ["r.yaml:7:8"]


LIES = ("{below: 5}", "{at_least: 5, at_most: 9}", "{above: 9}")
BANDED = [f"{{award: 10, ratio: 数, of: 10, if: {{债: {lies}}}}}" for lies in LIES]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # One at most of them holds: by an attribute, by bands of whatever basis, by a condition and its opposite.
        (["{deduct: 6, if: 缺, only: {类型: 村}}", "{deduct: 8, if: 缺, only: {类型: 社区}}"], []),
        (["{deduct: 6, if: 缺, only: {类型: [村, 居]}}", "{deduct: 8, if: 漏, only: {类型: [社区, 居]}}"], ["14"]),
        (["{deduct: 6, if: 缺, only: {类型: 村}}", "{deduct: 6, if: 漏, only: {类型: 村}}"], ["12"]),
        (BANDED, []),
        (["{deduct: 8, per: 数, up_to: 8, if: 缺}", "{deduct: 6, per: 数, up_to: 6, unless: 缺}"], []),
        (["{deduct: 8, if: {any: [缺, 漏]}}", "{deduct: 6, unless: {any: [缺, 漏]}}"], []),
        (["{deduct: 8, if: {数: {at_least: 3}}}", "{deduct: 6, unless: {数: {at_least: 3}}}"], []),
        # Nothing is known of a condition that each group answers for itself.
        (
            [
                "{deduct: 8, if: {会: {below: 1}}, for_each: 人员, cap_each: 8, up_to: 8}",
                "{deduct: 6, unless: {会: {below: 1}}, for_each: 人员, cap_each: 6, up_to: 6}",
            ],
            ["14"],
        ),
    ],
)
def test_rules_that_exclude_each_other_are_not_added_up(rules: list[str], expected: list[str]) -> None:
    start = "max: 10\n  start: 0" if "award" in rules[0] else "max: 10"
    measures = "{会: {register: true}}" if "会" in rules[0] else "{}"
    text = "attributes: [类型]\n" + leaf(*rules, more=start, measures=measures)
    found = [finding for finding in check(Study(rubric(text))) if finding.code == "N006"]
    assert [dict(finding.args)["sum"] for finding in found] == expected


def group(items: str, more: str = "max: 20") -> list[tuple[str, dict[str, str]]]:
    text = f"rounding: {{places: 2}}\nattributes: [类型]\nsections:\n- title: 经济\n  {more}\n  items:\n{items}"
    return [(str(finding.code), dict(finding.args)) for finding in check(Study(rubric(text))) if finding.code == "W017"]


BEYOND = "  - {title: 税收, id: A1, max: 10, ceiling: 15, start: max, rules: [{award: 1, per: 超收, up_to: 5}]}\n"
OTHER = "  - {title: 外资, id: A2, max: 10, rules: [{deduct: 1, per: 缺口}]}\n"


def test_a_group_without_a_ceiling_of_its_own_cuts_what_items_earn_beyond_their_max() -> None:
    args = {"node": "经济", "cap": "20", "items": "A1", "most": "25"}
    assert group(BEYOND + OTHER) == [("W017", args)]
    endless = BEYOND.replace("ceiling: 15", "ceiling: none").replace(", up_to: 5", "")
    assert group(endless + OTHER) == [("W017", {**args, "most": ""})]


@pytest.mark.parametrize("ceiling", ["ceiling: 25", "ceiling: 20", "ceiling: none"])
def test_a_group_with_a_ceiling_cuts_as_written(ceiling: str) -> None:
    assert group(BEYOND + OTHER, f"max: 20\n  {ceiling}") == []


def test_a_ceiling_that_no_rule_reaches_cuts_nothing() -> None:
    assert group(BEYOND.replace("award: 1, per: 超收, up_to: 5", "deduct: 1, per: 欠收") + OTHER) == []
    apart = "  - {title: 税, id: A1, max: 10, ceiling: 15, only: {类型: 村}, start: 0, rules: [{award: 15, if: 好}]}\n"
    other = "  - {title: 费, id: A2, max: 20, only: {类型: 社区}, rules: [{deduct: 1, per: 缺口}]}\n"
    assert group(apart + other) == []


@pytest.mark.parametrize(
    ("measures", "rule", "expected"),
    [
        ("{差: {difference: [应, 实]}}", "{deduct: 1, per: 差}", ["差"]),
        ("{差: {difference: [应, 实], min: 0}}", "{deduct: 1, per: 差}", []),
        ("{增: {change: 今, from: 昨}}", "{award: 1, per: 增, every: 1%}", ["增"]),
        ("{增: {change: 今, from: 昨, min: 0}}", "{award: 1, per: 增, every: 1%}", []),
        ("{余额: {type: number}}", "{award: 1, per: 余额}", ["余额"]),
        ("{余额: {type: number, min: 0}}", "{award: 1, per: 余额}", []),
        ("{余额: {type: number, min: -5}}", "{award: 1, per: [余额, 10]}", []),
        # A condition that lets nothing below nothing pass says as much.
        ("{余额: {type: number}}", "{award: 1, per: 余额, if: {余额: {at_least: 0}}}", []),
        ("{余额: {type: number}}", "{award: 1, per: 余额, unless: {余额: {below: 0}}}", []),
        ("{差: {difference: [应, 实]}}", "{deduct: 1, per: 差, if: {差: {above: 2}}}", []),
        # Nothing is counted below a figure; shares of counts, and what is not declared, are not below nothing.
        ("{差: {difference: [应, 实]}}", "{deduct: 1, per_over: 差, of: 0}", []),
        ("{率: {percent: 到, of: 应}}", "{award: 1, per: 率, every: 5%}", []),
        ("{}", "{award: 1, per: 学时, every: 0.5}", []),
        ("{份额: {type: number}}", "{award: 1, per: 合办, times: {份额: value}}", ["合办"]),
        ("{}", "{award: 1, per: 合办, times: {份额: value}}", []),
    ],
)
def test_per_counts_nothing_that_may_be_below_nothing(measures: str, rule: str, expected: list[str]) -> None:
    more = "max: 10\n  start: 0" if "award" in rule else "max: 10"
    found = [
        finding for finding in check(Study(rubric(leaf(rule, more=more, measures=measures)))) if finding.code == "E097"
    ]
    assert [dict(finding.args)["measure"] for finding in found] == expected


def rounds(
    *spans: str, period: str = "period: 2025", names: Sequence[str] = ("甲", "乙")
) -> list[tuple[str, int | None, str]]:
    """Give what is found about days of rounds: the code, the line, the days."""
    named = "".join(f"  {name}: {{weight: 50%{span}}}\n" for name, span in zip(names, spans, strict=True))
    text = f"rounding: {{places: 2}}\n{period}\nrounds:\n{named}sections:\n- {{title: 甲, max: 10, rules: [{RULE}]}}\n"
    found = [(finding, dict(finding.args)) for finding in check(Study(rubric(text)))]
    return [
        (str(finding.code), finding.place.line, args.get("gap") or args["days"])
        for finding, args in found
        if "days" in args
    ]


RULE = "{deduct: 1, if: 缺}"
MARCH = [("E096", 9, "2025-03-01 至 2025-03-31")]
FIRST, LAST = ", from: 2025-01-01, to: 2025-06-30", ", from: 2025-07-01, to: 2025-12-31"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((FIRST, LAST), []),
        ((LAST, FIRST), []),
        (("", LAST), []),
        # The second in the text is reported, whichever comes first in time.
        ((FIRST, LAST.replace("07-01", "06-30")), [("E096", 9, "2025-06-30")]),
        ((LAST.replace("07-01", "06-01"), FIRST), [("E096", 9, "2025-06-01 至 2025-06-30")]),
        (
            (FIRST.replace("06-30", "12-31"), ", from: 2025-03-01, to: 2025-03-31"),
            [("E096", 9, "2025-03-01 至 2025-03-31")],
        ),
        # Copied from last year; a day too many; days that nobody has.
        ((FIRST.replace("2025", "2024"), LAST), [("E098", 8, "2024-01-01 至 2024-06-30")]),
        ((FIRST, LAST.replace("2025-12-31", "2026-01-01")), [("W016", 9, "2025-07-01 至 2026-01-01")]),
        ((FIRST.replace("06-30", "06-29"), LAST), [("W016", 7, "2025-06-30")]),
        ((FIRST, LAST.replace("12-31", "11-30")), [("W016", 7, "2025-12-01 至 2025-12-31")]),
    ],
)
def test_days_of_rounds(spans: tuple[str, ...], expected: list[tuple[str, int, str]]) -> None:
    assert rounds(*spans) == expected


def test_every_two_rounds_that_overlap_are_reported() -> None:
    """The third has days of both others, which themselves have one in common."""
    spans = FIRST, ", from: 2025-06-30, to: 2025-09-30", ", from: 2025-05-01, to: 2025-12-31"
    assert rounds(*spans, names="甲乙丙") == [
        ("E096", 9, "2025-06-30"),
        ("E096", 10, "2025-06-30 至 2025-09-30"),
        ("E096", 10, "2025-05-01 至 2025-06-30"),
    ]


def test_a_round_whose_name_means_days_overlaps_one_that_says_its_days() -> None:
    """A day of June would go to the year's end without a word, though the other round is called the first half."""
    spans = "", ", from: 2025-06-15, to: 2025-12-31"
    assert rounds(*spans, names=("上半年", "年终")) == [("E096", 9, "2025-06-15 至 2025-06-30")]
    assert rounds("", "", names=("一季度", "上半年")) == []  # neither says its days: the column 轮次 must


def test_days_of_rounds_without_a_period() -> None:
    assert rounds(FIRST, LAST, period="") == []
    (gap,) = rounds(FIRST, LAST.replace("07-01", "07-03"), period="")
    assert gap == ("W016", 7, "2025-07-01 至 2025-07-02")
    ends = ", from: 0001-01-01, to: 0001-06-30", ", from: 9999-01-01, to: 9999-12-31"
    assert rounds(*ends, period="") == [("W016", 7, "0001-07-01 至 9998-12-31")]
