"""Errors of a regulation as a whole: edge cases; `tests/bad` holds one file for each code."""

import pytest

from dangjian_score.checks.gate import check
from dangjian_score.checks.study import Study
from dangjian_score.rubric.load import Loaded, load
from tests.support import HEAD, errors, rubric

RULES = "rules: [{deduct: 1, if: 缺}]"
LEAF = f"sections: [{{title: 甲, max: 5, {RULES}}}]\n"


def found(text: str) -> list[tuple[str, int | None, dict[str, str]]]:
    return [
        (str(finding.code), finding.place.line, dict(finding.args)) for finding in errors(check(Study(rubric(text))))
    ]


def leaf(*rules: str, more: str = "max: 5", kind: str = "base", measures: str = "{}") -> str:
    lines = "".join(f"  - {rule}\n" for rule in rules)
    return f"measures: {measures}\nsections:\n- title: 甲\n  kind: {kind}\n  {more}\n  rules:\n{lines}"


def codes(text: str) -> list[str]:
    return [code for code, _, _ in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        LEAF,
        "total: 5\n" + LEAF,
        "total: 5.00\ngrades: {好: 4, 差: 0}\n" + LEAF,
        leaf("{award: 1, if: 好}", "{deduct: 1, if: 缺}", more="start: max\n  max: 5"),
        leaf("{award: 1, if: 好}", more="assumed: true", kind="bonus"),
        leaf("{award: 1, if: 好}", more="max: 3", kind="bonus"),
        leaf("{deduct: 1, if: 缺}", more="assumed: true", kind="penalty"),
        leaf("{award: 1, if: 好}", "{deduct: 1, if: 缺}", more="assumed: true", kind="adjust"),
        leaf("{deduct: 1, per_missing: 率, of: 20%, every: 1%}"),
        leaf("{award: {90%: 5, 0: 1}, at_least: 率}"),
        leaf("{award: 5, ratio: 甲率, of: 50%}"),
        leaf("{deduct: 1, if: {处分: 无}}", measures="{处分: {levels: [警告]}}"),
        leaf("{deduct: 1, if: {处分: {one_of: [警告, 开除]}}}", measures="{处分: {levels: [警告, 开除], blank: 无}}"),
        leaf("{deduct: 1, if: 缺}", measures="{缺: {blank: 否}}"),
        leaf("{deduct: 1, per: 次}", measures="{次: {blank: 0, min: 2, max: 2}}"),
        leaf("{award: 5, judge: 分}", measures="{分: {blank: 0}}"),
        leaf("{deduct: 1, if: {率: {below: 80%}}}", measures="{率: {blank: 0, max: 90%, min: 0}}"),
        leaf("{deduct: 1, if: 缺}", more="max: 5\n  floor: none\n  ceiling: none"),
        leaf("{deduct: 1, if: 缺}", more="max: 5\n  floor: 5"),
        "rounding: {places: 3}\nsections: [{title: 甲, max: 0.125, rules: [{deduct: 1, if: 缺}]}]\n",
    ],
)
def test_what_is_in_order_passes(text: str) -> None:
    assert found(text) == []


def test_a_formula_that_divides_by_nothing_is_left_to_the_evidence() -> None:
    assert codes(leaf("{deduct: 1, per: 率}", measures="{率: {ratio: 完成数, of: 0}}")) == []


@pytest.mark.parametrize("of", ["0", "-1", "[1, -1]", "0%"])
def test_a_share_is_of_more_than_nothing(of: str) -> None:
    loaded = load((HEAD + leaf(f"{{award: 5, ratio: 完成数, of: {of}}}")).encode(), "r.yaml")
    assert not isinstance(loaded, Loaded)
    assert [(str(one.code), one.place.line) for one in loaded.findings] == [("E012", 11)]


def places(text: str) -> list[tuple[int | None, str, str]]:
    found = (finding for finding in check(Study(rubric(text))) if finding.code == "W018")
    return [(finding.place.line, dict(finding.args)["node"], dict(finding.args)["title"]) for finding in found]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("tie_break: [1, B]", [(10, "1", "甲")]),
        ("grades: {好: {at_least: 4, sections: {1: 2, B: 1}}, 差: 0}", [(10, "1", "甲")]),
        ("measures:\n  学分:\n    points: [B, 1.1]", [(12, "1.1", "乙")]),
        ("measures: {学分: {points: 1.1}}", [(10, "1.1", "乙")]),
        ("tie_break: [B]", []),
    ],
)
def test_what_rests_on_the_place_of_an_item(more: str, found: list[tuple[int | None, str, str]]) -> None:
    award = "rules: [{award: 1, if: {学分: {at_least: 3}}}]" if "学分" in more else "rules: [{award: 1, if: 好}]"
    sections = (
        f"- title: 甲\n  items:\n  - {{title: 乙, max: 5, {RULES}}}\n- {{id: B, title: 丙, kind: bonus, {award}}}\n"
    )
    assert places(f"sections:\n{sections}{more}\n") == found


def test_sums_are_held_against_what_is_said() -> None:
    items = f"items: [{{title: 乙, max: 0.1, {RULES}}}, {{title: 丙, max: 0.2, {RULES}}}]"
    assert found(f"sections: [{{title: 甲, max: 0.3, {items}}}]\n") == []
    assert found(f"sections: [{{title: 甲, max: 0.31, {items}}}]\n") == [
        ("E051", 5, {"said": "0.31", "terms": "0.1 + 0.2", "added": "0.3"})
    ]


def test_a_group_without_max_carries_its_items_into_the_total() -> None:
    items = (
        "items: [{title: 乙, max: 3, rules: [{deduct: 1, if: 缺}]}, {title: 丙, max: 4, rules: [{deduct: 1, if: 缺}]}]"
    )
    bonus = "{title: 丁, kind: bonus, max: 9, rules: [{award: 1, if: 好}]}"
    assert found(f"total: 7\nsections: [{{title: 甲, {items}}}, {bonus}]\n") == []
    assert found(f"total: 16\nsections: [{{title: 甲, {items}}}, {bonus}]\n") == [
        ("E051", 5, {"said": "16", "terms": "7", "added": ""})
    ]


def test_what_a_bonus_group_holds_need_not_add_up() -> None:
    assert (
        codes(
            "sections: [{title: 甲, kind: bonus, max: 3, items: [{title: 乙, max: 5, rules: [{award: 1, if: 好}]}]}]\n"
        )
        == []
    )


@pytest.mark.parametrize(("first", "second", "taken"), [("", "id: 1, ", "1"), ("id: 2, ", "", "2")])
def test_an_id_may_not_be_another_nodes_position(first: str, second: str, taken: str) -> None:
    text = f"sections:\n- {{{first}title: 甲, max: 5, {RULES}}}\n- {{{second}title: 乙, max: 5, {RULES}}}\n"
    assert found(text) == [("E050", 7, {"id": taken, "line": "6"})]


@pytest.mark.parametrize("key", ["max", "start", "floor", "ceiling"])
def test_every_figure_of_a_node_has_few_places_where_lines_are_rounded(key: str) -> None:
    figures = {"max": "9", key: "0.125"}
    text = leaf("{deduct: 1, if: 缺}", more="\n  ".join(f"{name}: {value}" for name, value in figures.items()))
    assert found(text) == []
    (finding,) = found("rounding: {places: 2}\n" + text)
    assert (finding[0], finding[2]) == ("E055", {"value": "0.125", "places": "2"})


@pytest.mark.parametrize(
    ("first", "second", "use", "other"),
    [
        ("{deduct: 1, if: x}", "{deduct: 1, per: x}", "count", "yes_no"),
        ("{deduct: 1, if: {x: 警告}}", "{deduct: 1, if: x}", "yes_no", "level"),
        ("{deduct: 1, if: {x: {before: 2024-01-01}}}", "{deduct: 1, per: x}", "count", "date"),
        ("{deduct: 1, if: {x: {below: 80%}}}", "{award: {3: 1}, at_least: x}", "number", "percent"),
        ("{deduct: 1, if: x}", "{deduct: 1, judge: x}", "score", "yes_no"),
    ],
)
def test_one_measure_is_one_kind(first: str, second: str, use: str, other: str) -> None:
    conflicts = [
        finding for finding in found(leaf(first, second, measures="{x: {levels: [警告]}}")) if finding[0] == "E052"
    ]
    assert [(line, args["measure"], args["use"], args["other"], args["line"]) for _, line, args in conflicts] == [
        (12, "x", use, other, "11")
    ]


def test_a_third_use_is_held_against_those_that_agree() -> None:
    rules = ("{deduct: 1, if: x}", "{deduct: 1, per: x}", "{deduct: 1, unless: x}")
    assert [(code, line) for code, line, _ in found(leaf(*rules))] == [("E052", 12)]


def test_how_many_is_no_level() -> None:
    rule = "{deduct: 1, per: 处分, where: {数量: {one_of: [甲, 乙]}}}"
    assert [code for code, _, _ in found(leaf(rule, measures="{处分: {register: true}}"))] == ["E052"]


def test_a_level_is_asked_for_once_a_rule() -> None:
    text = leaf("{deduct: 1, if: {any: [{x: 记过}, {x: 记过}, {x: 撤职}]}}", measures="{x: {levels: [警告]}}")
    assert [(code, args["level"]) for code, _, args in found(text)] == [("E062", "撤职"), ("E062", "记过")]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{award: 5, per_over: 率, of: 20%}", "E061"),
        ("{award: 5, per: [率, 5%]}", "E061"),
        ("{award: 5, per_over: 率, of: 20%, every: 1}", "E060"),
        ("{award: 5, per: [率, 5%, 3], every: 1%}", "E060"),
        ("{award: 5, ratio: [率, 3], of: 50%}", "E060"),
        ("{award: {3: 1}, at_most: [率, 5%]}", "E060"),
    ],
)
def test_per_cents_stand_beside_per_cents(rule: str, code: str) -> None:
    assert code in codes(leaf(rule))


@pytest.mark.parametrize(
    ("rule", "blank", "fits"),
    [
        ("{deduct: 1, if: x}", "是", True),
        ("{deduct: 1, if: x}", "0", False),
        ("{deduct: 1, if: x}", "无", False),
        ("{deduct: 1, per: x}", "0", True),
        ("{deduct: 1, per: x}", "否", False),
        ("{deduct: 1, judge: x}", "0", True),
        ("{deduct: 1, if: {x: 警告}}", "无", True),
        ("{deduct: 1, if: {x: 警告}}", "0", False),
        ("{deduct: 1, if: {x: {after: 2024-01-01}}}", "0", False),
        ("{deduct: 1, if: {x: {below: 80%}}}", "0", True),
    ],
)
def test_what_a_blank_may_stand_for(rule: str, blank: str, fits: bool) -> None:
    levels = ", levels: [警告]" if "警告" in rule else ""
    assert codes(leaf(rule, measures=f"{{x: {{blank: {blank}{levels}}}}}")) == ([] if fits else ["E063"])


def test_grades_have_one_bottom_and_no_two_alike() -> None:
    assert found("grades: {好: 4, 中: 2, 差: 1}\n" + LEAF) == [
        ("E053", 5, {"what": "bottom", "grade": "差", "other": "", "least": "1"})
    ]
    assert found("grades: {好: 0, 差: 0.0}\n" + LEAF) == [
        ("E053", 5, {"what": "alike", "grade": "差", "other": "好", "least": "0"})
    ]
    assert found("grades: {好: 0, 差: -1}\n" + LEAF)[0][2]["what"] == "bottom"


AWAITED = {
    "a comparison without a comparator": leaf("{deduct: 1, if: {次: {}}}"),
    "`all` in a penalty is a forfeit": leaf("{deduct: {1: 2, 3: all}, at_least: 次}", more="floor: -9", kind="penalty"),
    "a period that ends before it starts": "period: {from: 2024-12-31, to: 2024-01-01}\n" + LEAF,
    "a floor of the total over its ceiling": "floor: 6\nceiling: 5\n" + LEAF,
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in AWAITED.items()])
def test_what_ought_to_be_found(text: str) -> None:
    loaded = load((HEAD + text).encode(), "r.yaml")
    assert not isinstance(loaded, Loaded) or check(Study(loaded))
