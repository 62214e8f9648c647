"""Loading: what the model makes of a rubric, where its refusals point, and that nothing at all makes it fail."""

import random
from datetime import date
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from dangjian_score.rubric.conditions import AllOf, AnyOf, Comparators, NotOf
from dangjian_score.rubric.fields import All, Quantity
from dangjian_score.rubric.kinds.each import Each
from dangjian_score.rubric.kinds.flat import Flat, Forfeit
from dangjian_score.rubric.kinds.judge import Judge
from dangjian_score.rubric.kinds.per import PerMissing
from dangjian_score.rubric.kinds.ratio import Ratio
from dangjian_score.rubric.kinds.tiers import Tiers
from dangjian_score.rubric.load import BrokenRubric, Loaded, load
from dangjian_score.rubric.model import Node, carries, limit, starts_at
from tests.fuzzing import judged, made
from tests.sampling import sampled
from tests.support import HEAD, rubric

LEAF = "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\n"


def leaf(rules: str, more: str = "max: 5, ") -> Node:
    return rubric(f"sections: [{{title: 甲, {more}rules: [{rules}]}}]\n").rubric.sections[0]


def refusals(text: str) -> list[tuple[str, str, dict[str, str]]]:
    found = load((HEAD + text).encode(), "r.yaml")
    assert isinstance(found, BrokenRubric)
    return [
        (str(finding.code), str(finding.place).removeprefix("r.yaml:"), dict(finding.args))
        for finding in found.findings
    ]


def test_what_is_not_said_has_its_default() -> None:
    loaded = rubric(LEAF, head="dangjian: 1\nrubric: t\ntitle: 试\n").rubric
    assert (loaded.subject, loaded.unit_column, loaded.period, loaded.source, loaded.total) == (
        "单位",
        None,
        None,
        None,
        None,
    )
    assert (loaded.rounding.places, loaded.rounding.sections, loaded.rounding.total) == (None, None, None)
    assert (loaded.rounding.mode, loaded.total_places, loaded.shown_places) == ("half_up", 2, 2)
    assert (loaded.floor, loaded.ceiling, loaded.measures, loaded.grades) == (Fraction(0), "none", {}, {})
    section = loaded.sections[0]
    assert (section.kind, section.id, section.assumed, section.floor, section.ceiling) == (
        "base",
        None,
        False,
        None,
        None,
    )


def test_what_is_said_of_the_whole() -> None:
    loaded = rubric(
        "unit_column: 支部\nperiod: 2024\ntotal: 5\nrounding: {places: 1, total: 0, mode: half_up}\nceiling: 120\n"
        "floor: none\n"
        "measures: {缺: {type: yes_no, hint: 看 记录, blank: 否}, 率: {min: 0, max: 80%}}\ngrades: {好: 4, 差: 0}\n"
        + LEAF
    ).rubric
    assert loaded.period is not None
    assert (loaded.period.from_, loaded.period.to) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (loaded.unit_column, loaded.total, loaded.ceiling, loaded.floor, loaded.total_places) == (
        "支部",
        5,
        120,
        "none",
        0,
    )
    assert (loaded.measures["缺"].hint, loaded.measures["缺"].blank) == ("看 记录", "否")
    assert loaded.measures["率"].max == Quantity(Fraction(4, 5), percent=True)
    assert [(name, grade.at_least) for name, grade in loaded.grades.items()] == [("好", 4), ("差", 0)]


def test_a_period_may_be_two_days() -> None:
    period = rubric("period: {from: 2023-07-01, to: 2024-06-30}\n" + LEAF).rubric.period
    assert period is not None
    assert (period.from_, period.to) == (date(2023, 7, 1), date(2024, 6, 30))


@pytest.mark.parametrize("year", ["24", "02024", "２０２４", "0000", "今年", "2025年", "2025-2026", "2025.1-2025.12"])
def test_a_year_has_four_digits(year: str) -> None:
    assert refusals(f"period: {year}\n{LEAF}") == [("E012", "5:9", {"found": year, "expected": "period"})]


def test_a_period_is_a_year_or_a_span() -> None:
    assert refusals(f"period: [2024, 2025]\n{LEAF}") == [("E011", "5:9", {"expected": "period"})]
    assert rubric(f"period: '2024'\n{LEAF}").rubric.period == rubric(f"period: 2024\n{LEAF}").rubric.period


def test_a_rubric_is_frozen() -> None:
    loaded = rubric(LEAF).rubric
    with pytest.raises(ValidationError, match="frozen"):
        loaded.title = "乙"


def test_where_a_rubric_came_from() -> None:
    data = (HEAD + LEAF).encode()
    loaded = load(data, "r.yaml")
    assert isinstance(loaded, Loaded)
    assert (loaded.source.name, loaded.source.sha256) == ("r.yaml", sha256(data).hexdigest())


def test_each_basis_makes_its_kind_of_rule() -> None:
    rules = leaf(
        "{deduct: 1, if: 缺}, {forfeit: true, if: 缺},"
        "{deduct: 0.5, per_missing: [a, b], of: 4, every: 2, steps: started},"
        "{award: 1, each: [a, {b: 3}]}, {deduct: {1: 3, 2: all}, at_least: 次, else: 0}, {award: {80%: 5}, below: 率},"
        "{award: 5, ratio: a, of: b, beyond: true}, {deduct: {from: 1, to: 3}, judge: 分},"
        "{award: 2, judge: 分, up_to: 1}"
    ).rules
    flat, forfeit, missing, each, tiers, below, ratio, ranged, judge = rules
    assert isinstance(flat, Flat)
    assert (flat.verb, flat.deduct) == ("deduct", Fraction(1))
    assert isinstance(forfeit, Forfeit)
    assert forfeit.verb == "forfeit"
    assert isinstance(missing, PerMissing)
    assert (missing.per_missing, missing.of) == (("a", "b"), (Quantity(Fraction(4)),))
    assert (missing.every, missing.steps) == (Quantity(Fraction(2)), "started")
    assert isinstance(each, Each)
    assert each.each == ("a", {"b": Quantity(Fraction(3))})
    assert isinstance(tiers, Tiers)
    assert (tiers.at_least, tiers.else_) == (("次",), 0)
    assert tiers.deduct == {Quantity(Fraction(1)): Fraction(3), Quantity(Fraction(2)): All()}
    assert isinstance(below, Tiers)
    assert below.below == ("率",)
    assert isinstance(ratio, Ratio)
    assert ratio.beyond
    assert isinstance(ranged, Judge)
    assert ranged.range == (1, 3)
    assert isinstance(judge, Judge)
    assert (judge.range, judge.up_to) == ((0, 2), 1)


def test_conditions_nest() -> None:
    rule = leaf("{deduct: 1, if: {all: [a, {any: [{b: 是}, {not: c}]}, {d: {at_least: 3, below: 80%}}]}}").rules[0]
    assert isinstance(rule, Flat)
    assert isinstance(rule.if_, AllOf)
    bare, either, compared = rule.if_.all
    assert bare == "a"
    assert isinstance(either, AnyOf)
    yes, negated = either.any
    assert yes == {"b": True}
    assert isinstance(negated, NotOf)
    assert negated.not_ == "c"
    assert isinstance(compared, dict)
    assert isinstance(compared["d"], Comparators)
    given = {key: getattr(compared["d"], key) for key in compared["d"].model_fields_set}
    assert given == {"at_least": Quantity(Fraction(3)), "below": Quantity(Fraction(4, 5), percent=True)}


def test_names_of_measures_are_one_line() -> None:
    rule = leaf('{deduct: 1, per_missing: "党员\\n 大会", of: " 4 "}').rules[0]
    assert isinstance(rule, PerMissing)
    assert (rule.per_missing, rule.of) == (("党员 大会",), (Quantity(Fraction(4)),))


@pytest.mark.parametrize(
    ("rules", "more", "kind", "start"),
    [
        ("{deduct: 1, if: a}", "max: 5, ", "base", Fraction(5)),
        ("{forfeit: true, if: a}", "max: 5, ", "base", Fraction(5)),
        ("{award: 1, if: a}", "max: 5, ", "base", Fraction(0)),
        ("{award: 1, if: a}, {deduct: 1, if: b}", "max: 5, ", "base", None),
        ("{award: 1, if: a}, {deduct: 1, if: b}", "max: 5, start: 3, ", "base", Fraction(3)),
        ("{award: 1, if: a}", "max: 5, start: max, ", "base", Fraction(5)),
        ("{deduct: 1, if: a}", "max: 5, ", "bonus", Fraction(0)),
        ("{deduct: 1, if: a}", "start: 2, ", "adjust", Fraction(2)),
    ],
)
def test_where_a_leaf_starts(rules: str, more: str, kind: str, start: Fraction | None) -> None:
    assert starts_at(leaf(rules, f"kind: {kind}, {more}"), kind) == start  # type: ignore[arg-type]  # a literal of the table


def test_what_nodes_carry() -> None:
    text = (
        "sections: [{title: 甲, kind: KIND, items: [{title: 乙, max: 5, rules: [{award: 1, if: a}]},"
        "{title: 丙, items: [{title: 丁, max: 2.5, rules: [{award: 1, if: b}]}]}]}]\n"
    )
    base, bonus = (rubric(text.replace("KIND", kind)).rubric.sections[0] for kind in ("base", "bonus"))
    assert carries(base, "base") == Fraction(15, 2)
    assert carries(bonus, "bonus") is None
    assert carries(bonus.items[0], "bonus") == 5
    assert carries(leaf("{deduct: 1, if: a}", "kind: penalty, "), "base") is None


@pytest.mark.parametrize(
    ("value", "expected"), [("none", None), (None, Fraction(7)), (Fraction(3), Fraction(3)), (Fraction(0), Fraction(0))]
)
def test_limits(value: Fraction | None, expected: Fraction | None) -> None:
    assert limit(value, Fraction(7)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"rounding: {{mode: floor}}\n{LEAF}",
            [("E013", "5:18", {"found": "floor", "choices": "half_up, half_even, up, down"})],
        ),
        (
            f"measures: {{a: {{blank: [x]}}}}\n{LEAF}",
            [("E013", "5:23", {"found": "", "choices": "error, 0, 是, 否, 无, 弃权"})],
        ),
        (f"measures: [a]\n{LEAF}", [("E011", "5:11", {"expected": "mapping"})]),
        (f"measures: {{a: x}}\n{LEAF}", [("E011", "5:15", {"expected": "mapping"})]),
        (f"measures: {{a: {{levels: x}}}}\n{LEAF}", [("E011", "5:24", {"expected": "list"})]),
        (f"measures: {{a: {{kind: x}}}}\n{LEAF}", [("E019", "5:16", {"key": "kind", "form": "on a section"})]),
        (f"grades: {{好: x, 差: 0}}\n{LEAF}", [("E012", "5:13", {"found": "x", "expected": "number"})]),
        (f"grades: {{好: [1], 差: 0}}\n{LEAF}", [("E011", "5:13", {"expected": "number"})]),
        (f"tie_break: [{{lowest_first: true}}]\n{LEAF}", [("E010", "5:13", {"key": "points"})]),
        (f"sectons: 1\n{LEAF}", [("E008", "5:1", {"key": "sectons", "near": "sections"})]),
        (f"'[key]': 1\n{LEAF}", [("E008", "5:1", {"key": "[key]", "near": ""})]),
    ],
)  # fmt: skip
def test_where_refusals_point(text: str, expected: list[object]) -> None:
    assert refusals(text) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("rounds: {一: 90%}\n", "5:9", "two or more"),
        ("rounds: {names: [一], combine: mean}\n", "5:17", "two or more"),
        ("measures: {a: {difference: [b]}}\n", "5:28", "two or more"),
        ("measures: {a: {difference: [b, c, d]}}\n", "5:28", "two at most"),
    ],
)
def test_lists_that_are_too_short_or_too_long(text: str, place: str, expected: str) -> None:
    assert refusals(text + LEAF) == [("E011", place, {"expected": expected})]


def test_a_table_in_a_table_in_a_table_is_refused() -> None:
    found = refusals("sections: [{title: 甲, max: 5, rules: [{deduct: {一: {二: 1}}, by: [a, b, c]}]}]\n")
    assert found == [("E011", "5:65", {"expected": "two at most"})]


def test_fractions_of_thousandths_are_no_figures_of_a_regulation() -> None:
    text = "sections: [{title: 甲, max: MAX, rules: [{deduct: 1, if: a}]}]\n"
    assert rubric(text.replace("MAX", "1/999")).rubric.sections[0].max == Fraction(1, 999)
    assert refusals(text.replace("MAX", "1/1000"))[0][0] == "E012"


def test_a_list_whose_members_are_refused_is_not_refused_again() -> None:
    found = refusals("sections: [{title: 甲, max: 5, rules: [{deduct: 1, each: [{a: {before: x}}]}]}]\n")
    assert found == [("E012", "5:71", {"found": "x", "expected": "date"})]


def test_attributes_that_tell_too_many_units_apart_are_refused() -> None:
    values = ", ".join(f"值{at}" for at in range(40))
    only = [f"{{属性{at}: [{values}]}}" for at in range(3)]
    items = "".join(f"{{title: 甲, max: 1, only: {attribute}, rules: [{{deduct: 1}}]}}, " for attribute in only)
    text = f"attributes: [属性0, 属性1, 属性2]\nsections: [{{title: 甲, items: [{items}]}}]\n"
    # Four nodes, and 41 × 41 × 41 combinations: more than 100,000.
    assert refusals(text) == [("E005", "6:11", {"limit": "combinations", "most": "100000"})]


def test_too_many_items_of_which_the_best_count_are_refused() -> None:
    items = ", ".join(f"{{title: 项{at}, max: 1, rules: [{{deduct: 1, if: 缺{at}}}]}}" for at in range(31))
    text = f"sections: [{{title: 甲, combine: {{best: 2}}, items: [{items}]}}]\n"
    found = refusals(text)
    assert [(code, args) for code, _, args in found] == [("E005", {"limit": "compared items", "most": "30"})]


def test_a_key_in_angle_brackets_is_an_unknown_key() -> None:
    assert refusals(f"<x>: 1\n{LEAF}") == [("E008", "5:1", {"key": "<x>", "near": ""})]


@given(st.binary(max_size=200))
@example(b"\x00")
@example(b"\xef\xbb\xbf")
@example(b"%YAML 9.9\n---\na: b")
@example(b"\xed\xa0\x80")
def test_no_bytes_break_the_loader(data: bytes) -> None:
    judged(data)


@given(st.text(alphabet="ab:-[]{}\"'#&*!|>%@,? \n\t0甲:<", max_size=60))
def test_no_text_breaks_the_loader(text: str) -> None:
    judged(text.replace("<", "").encode())


@pytest.mark.parametrize("seed", sampled(range(0, 1_000, 50), 3))
def test_nothing_that_is_nearly_a_rubric_breaks_the_gate(seed: int) -> None:
    refused = sum(not judged(made(random.Random(number)))[0] for number in range(seed, seed + 50))  # noqa: S311
    assert refused > 20
