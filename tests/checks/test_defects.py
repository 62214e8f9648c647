"""Defects of a regulation that stop nothing: the edges; `tests/bad` holds one file for each."""

import pytest

from dangjian_score.checks.rubric import check
from dangjian_score.checks.study import Study
from tests.support import rubric


def told(text: str) -> list[tuple[str, int | None]]:
    return [(str(one.code), one.place.line) for one in check(Study(rubric(text)))]


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
    assert [(str(one.code), one.path[-1]) for one in found if one.code in ("W003", "W004")] == expected


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
    assert [code for code, _ in told(text)] == expected


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
    assert [code for code, _ in told(text)] == expected


ITEM = "{{title: {0}, max: {1}, only: {2}, rules: [{{deduct: 1, if: 缺}}]}}"


@pytest.mark.parametrize(
    ("measures", "said", "items", "expected"),
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
    measures: str, said: int, items: list[str], expected: list[str]
) -> None:
    lines = "".join(f"  - {ITEM.format('一', *one.split(' ', 1))}\n".replace("only: {}, ", "") for one in items)
    text = f"rounding: {{places: 2}}\nattributes: [类型]\nmeasures: {measures}\nsections:\n- title: 甲\n  max: {said}\n"
    found = check(Study(rubric(f"{text}  items:\n{lines}")))
    told = [f"{one.code} {dict(one.args).get('sums') or dict(one.args)['added']}" for one in found]
    assert told == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("研究党建次数", "党建研究次数", ["W013"]),
        ("会议的次数", "会议次数", ["W013"]),
        ("上半年会议次数", "下半年会议次数", []),
        ("会议 次数", "会议次数", ["E056"]),
        ("党员大会", "支委会", []),
    ],
)
def test_names_that_may_be_meant_as_one(one: str, other: str, expected: list[str]) -> None:
    text = leaf(f"{{deduct: 1, per: {one}}}", f"{{deduct: 1, per: {other}}}")
    assert [code for code, _ in told(text)] == expected


def test_findings_name_the_places_beside_them() -> None:
    text = "total: 9\nsections:\n- {id: A, title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}\n"
    (sums, twice) = check(Study(rubric(text + "- {id: A, title: 乙, max: 5, rules: [{deduct: 1, if: 缺}]}\n")))
    assert [str(place) for place in sums.related] == ["r.yaml:7:26", "r.yaml:8:26"]
    assert [str(place) for place in twice.related] == ["r.yaml:7:8"]
