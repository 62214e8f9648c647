"""Units beside each other: places, means, medians."""

from fractions import Fraction
from statistics import mean, median

from hypothesis import given
from hypothesis import strategies as st

from dangjian_score.core.facts import Value
from dangjian_score.engine import aggregates
from tests.scenes import Unit, outcome
from tests.support import points, rubric, scored

F = Fraction

AMOUNTS = st.lists(st.fractions(-50, 150, max_denominator=20), min_size=1, max_size=12)


def test_places_are_shared_and_the_next_one_counts_them() -> None:
    assert aggregates.places([F(9), F(7), F(9), F(3)]) == [1, 3, 1, 4]
    assert aggregates.places([F(9), F(7), F(9), F(3)], lowest_first=True) == [3, 2, 3, 1]


@given(AMOUNTS)
def test_statistics_are_those_of_the_library(amounts: list[F]) -> None:
    assert aggregates.mean(amounts) == mean(amounts)
    assert aggregates.median(amounts) == median(amounts)


RANKED = """
attributes: [类型]
measures: {类型: {levels: [村, 社区]}}
excluded: [{title: 新, if: 新成立}]
sections:
  - id: A
    title: 甲
    max: 10
    only: {类型: 村}
    rules: [{award: {1: 10, 2: 6}, else: 1, rank: 分}]
  - {id: B, title: 乙, max: 10, rules: [{deduct: 1, per_missing: 篇, of: {best: 篇}}]}
  - {id: C, title: 丙, max: 10, rules: [{deduct: 2, per_over: 错, of: {median: 错}}]}
  - {id: D, title: 丁, max: 10, rules: [{award: 5, if: 达标}, {award: 5, ratio: 篇, of: {mean: 篇}}]}
"""


def unit(kind: str, score: int | None, papers: int, errors: int, *, new: bool = False) -> dict[str, Value]:
    values: dict[str, Value] = {"类型": kind, "篇": F(papers), "错": F(errors), "新成立": new, "达标": False}
    return values if score is None else values | {"分": F(score)}


def test_only_those_whom_an_item_is_for_are_compared() -> None:
    result = scored(
        rubric(RANKED),
        甲=unit("村", 80, 4, 0),
        乙=unit("村", 90, 8, 1),
        丙=unit("村", 80, 6, 5),
        丁=unit("社区", None, 2, 2),
        戊=unit("村", 99, 50, 50, new=True),  # 不参评: in no place, mean or best
    )
    got = {name: points(result, name) for name in "甲乙丙丁"}
    assert [got[name]["A"] for name in "甲乙丙丁"] == [6, 10, 6, 0]
    assert [got[name]["B"] for name in "甲乙丙丁"] == [6, 10, 8, 4]  # the best has 8
    assert [got[name]["C"] for name in "甲乙丙丁"] == [10, 10, 3, 9]  # median of 0 1 2 5: 1.5, so 3.5 and 0.5 over
    assert [got[name]["D"] for name in "甲乙丙丁"] == [4, 5, 5, 2]  # mean of 4 8 6 2: 5
    assert [(excluded.unit, excluded.why) for excluded in result.excluded] == [("戊", ("新",))]


def test_places_within_an_attribute_in_every_round() -> None:
    text = "attributes: [类型]\nmeasures: {类型: {levels: [村, 社区]}}\nrounds: {names: [上, 下], combine: mean}\n"
    text += "sections:\n  - id: A\n    title: 甲\n    max: 10\n"
    text += "    rules: [{award: {1: 10, 2: 6}, else: 1, rank: 分, within: 类型, lowest_first: true}]\n"
    scores = {"甲": ("村", 1, 9), "乙": ("村", 2, 8), "丙": ("村", 3, 8), "丁": ("社区", 7, 7), "戊": ("社区", 7, 9)}
    units: dict[str, Unit] = {
        name: {"facts": {"类型": kind}, "rounds": {"上": {"分": str(first)}, "下": {"分": str(second)}}}
        for name, (kind, first, second) in scores.items()
    }
    result = outcome(rubric(text), units)
    # In the first round 1, 2, 3 and 7, 7; in the second 9, 8, 8 and 7, 9.
    assert {unit.unit: unit.total for unit in result.units} == {
        "甲": F("5.5"),
        "乙": 8,
        "丙": F("5.5"),
        "丁": 10,
        "戊": 8,
    }


def test_nobody_to_compare() -> None:
    text = "attributes: [类型]\nmeasures: {类型: {levels: [村, 社区]}}\nsections:\n"
    text += "  - {id: A, title: 甲, max: 5, only: {类型: 村}, rules: [{deduct: 1, per_missing: 篇, of: {mean: 篇}}]}\n"
    text += "  - {id: B, title: 乙, max: 5, rules: [{deduct: 1, if: 缺}]}\n"
    assert points(scored(rubric(text), 甲={"类型": "社区", "缺": False}), "甲")["A"] == 0
