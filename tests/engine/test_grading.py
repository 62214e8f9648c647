"""Grades under quotas, groups, ties by items and measures, units without grade; against every way to decide ties."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, permutations
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangjian_score.checks.openness import still_open
from dangjian_score.core.facts import SourceFile
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.result import Result, UnitResult
from dangjian_score.rubric.load import BrokenRubric, load
from dangjian_score.words.grades import quota_text
from dangjian_score.words.say import load_words
from tests.sampling import runs
from tests.support import HEAD, rubric, scored

F = Fraction
BASE = "attributes: [类别]\nsections:\n  - {id: A, title: 甲, max: 60, rules: [{deduct: 1, per: 缺}]}\n"
BASE += "  - {id: B, title: 乙, max: 40, items: [{id: B1, title: 丙, max: 40, rules: [{deduct: 1, per: 错}]}]}\n"


def run(more: str, **units: Any) -> Result:
    """Score units given as points lost in A and B1, and further facts."""
    facts = {}
    for name, (lost, wrong, *others) in units.items():
        facts[name] = {"缺": F(lost), "错": F(wrong), "类别": "机关", **(others[0] if others else {})}
    return scored(rubric(more + BASE), **facts)


def grades(result: Result) -> dict[str, str]:
    """Name the grade of each unit, or the grades it is open between."""
    return {unit.unit: unit.grade or "/".join(unit.grading.candidates) or "none" for unit in result.units}


def unit_of(result: Result, name: str) -> UnitResult:
    return next(unit for unit in result.units if unit.unit == name)


THREE = "grades: {{优秀: {{at_least: 90, {}}}, 良好: 80, 合格: 0}}\n"


@pytest.mark.parametrize(
    ("keys", "places"),
    [
        ("quota: 30%", 2),  # 2.1 of seven
        ("quota: 40%", 2),  # 2.8, rounded down
        ("quota: 40%, quota_rounding: nearest", 3),
        ("quota: 50%, quota_rounding: nearest", 4),  # 3.5
        ("quota: 10%", 0),
        ("quota: 10%, at_least_one: true", 1),
        ("quota: 100%", 7),
        ("places: 3", 3),
    ],
)
def test_a_quota_is_a_share_of_the_units(keys: str, places: int) -> None:
    result = run(THREE.format(keys), **{name: (lost, 0) for lost, name in enumerate("一二三四五六七")})
    assert [grades(result)[name] for name in "一二三四五六七"] == ["优秀"] * places + ["良好"] * (7 - places)
    (quota,) = result.quotas
    assert (quota.counted, quota.places, len(quota.cut.units), len(quota.cut.left)) == (7, places, places, 7 - places)
    assert unit_of(result, "七").grading.passed_over == (() if places == 7 else ("优秀",))


def test_a_number_of_places_is_told_without_arithmetic() -> None:
    result = run(THREE.format("places: 2"), **{name: (lost, 0) for lost, name in enumerate("一二三四")})
    (quota,) = result.quotas
    told = quota_text(quota, result.rubric, load_words("zh"))
    assert told == "优秀：名额 2 个，已列 2 个；名额以外，列入下一等次：三、四"


def test_a_quota_is_a_share_or_a_number() -> None:
    broken = load((HEAD + THREE.format("quota: 30%, places: 3") + BASE).encode(), "r.yaml")
    assert isinstance(broken, BrokenRubric)
    assert [(str(found.code), dict(found.args)["key"]) for found in broken.findings] == [("E017", "places")]


def test_a_displaced_unit_joins_the_next_grade_before_its_quota() -> None:
    more = "grades: {优秀: {at_least: 90, quota: 25%}, 良好: {at_least: 80, quota: 50%}, 合格: 0}\n"
    result = run(more, 甲=(1, 0), 乙=(2, 0), 丙=(11, 0), 丁=(12, 0))
    assert grades(result) == {"甲": "优秀", "乙": "良好", "丙": "良好", "丁": "合格"}


def test_equal_units_are_listed_in_the_order_of_the_evidence() -> None:
    """乙 and 丙 have 92 points alike; 乙 comes down from 优秀, whose place 甲 has, and 丙 has no 品牌."""
    grades_ = "grades: {优秀: {at_least: 90, places: 1, if: 品牌}, 良好: {at_least: 80, places: 2}, 合格: 0}\n"
    branded = {"品牌": True}
    result = run(grades_, 甲=(5, 0, branded), 乙=(8, 0, branded), 丙=(8, 0, {"品牌": False}))
    assert [quota.cut.units for quota in result.quotas] == [("甲",), ("乙", "丙")]


def test_a_displaced_unit_needs_the_conditions_of_the_next_grade() -> None:
    more = "grades: {优秀: {at_least: 90, quota: 50%}, 良好: {at_least: 80, unless: 受通报}, 合格: 0}\n"
    result = run(more, 甲=(1, 0, {"受通报": False}), 乙=(2, 0, {"受通报": True}), 丙=(30, 0, {"受通报": False}))
    assert grades(result) == {"甲": "优秀", "乙": "合格", "丙": "合格"}  # a place of 1.5


def test_vetoes_go_before_quotas() -> None:
    more = THREE.format("quota: 50%") + "vetoes: [{title: 事故, if: 事故, grade_at_most: 合格}]\n"
    safe, unsafe = {"事故": False}, {"事故": True}
    result = run(more, 甲=(1, 0, unsafe), 乙=(2, 0, safe), 丙=(3, 0, safe), 丁=(4, 0, safe))
    assert grades(result) == {"甲": "合格", "乙": "优秀", "丙": "优秀", "丁": "良好"}


def test_a_tie_across_the_line_is_open_and_holds_the_places_below() -> None:
    more = "grades: {优秀: {at_least: 90, quota: 40%}, 良好: {at_least: 80, quota: 40%}, 合格: 0}\n"
    result = run(more, 甲=(1, 0), 乙=(2, 0), 丙=(2, 0), 丁=(3, 0), 戊=(4, 0))
    assert grades(result) == {"甲": "优秀", "乙": "优秀/良好", "丙": "优秀/良好", "丁": "良好", "戊": "合格"}
    first, second = result.quotas
    assert (first.cut.tied, first.cut.left) == (("乙", "丙"), ("丁", "戊"))
    assert (second.places, second.cut.units, second.cut.tied, second.cut.left) == (2, ("丁",), ("乙", "丙"), ("戊",))
    assert [finding.args[0][1] for finding in still_open(result, SourceFile("r.yaml", "", 0))] == ["优秀"]  # once


def test_groups_have_ranks_quotas_and_selections_of_their_own() -> None:
    more = (
        "groups: 类别\n"
        + THREE.format("quota: 50%")
        + "selections: [{title: 先进, quota: 50%}, {title: 头名, places: 1}]\n"
    )
    company = {"类别": "企业"}
    result = run(more, 甲=(1, 0), 乙=(2, 0), 丙=(0, 5, company), 丁=(0, 6, company), 戊=(0, 7, company))
    seen = {unit.unit: (unit.group_rank, unit.rank, unit.grade, unit.selections) for unit in result.units}
    assert list(seen) == ["甲", "乙", "丙", "丁", "戊"]  # group by group, as the evidence names them
    assert seen == {
        "甲": (1, 1, "优秀", ("先进", "头名")),
        "乙": (2, 2, "良好", ()),
        "丙": (1, 3, "优秀", ("先进", "头名")),
        "丁": (2, 4, "良好", ()),
        "戊": (3, 5, "良好", ()),
    }
    assert [(quota.group, quota.counted, quota.places) for quota in result.quotas] == [("机关", 2, 1), ("企业", 3, 1)]


def test_units_without_grade_have_points_but_no_rank_and_are_not_counted() -> None:
    more = THREE.format("quota: 50%") + "unranked: {if: {月数: {below: 6}}}\nselections: [{title: 先进, quota: 50%}]\n"
    full, part = {"月数": F(12)}, {"月数": F(5)}
    result = run(more, 甲=(0, 0, part), 乙=(1, 0, full), 丙=(2, 0, full), 丁=(3, 0, full))
    assert grades(result) == {"乙": "优秀", "丙": "良好", "丁": "良好", "甲": "none"}
    new = unit_of(result, "甲")
    assert (new.total, new.rank, new.selections, len(new.unranked)) == (100, None, (), 1)
    assert [(quota.counted, quota.places) for quota in result.quotas] == [(3, 1)]
    assert unit_of(result, "乙").selections == ("先进",)


@pytest.mark.parametrize(("of", "places"), [("all", 2), ("taking_part", 1)])
def test_a_quota_counts_all_units_or_those_that_take_part(of: str, places: int) -> None:
    more = THREE.format(f"quota: 50%, quota_of: {of}") + "excluded: [{title: 新建, if: 新建}]\n"
    old, new = {"新建": False}, {"新建": True}
    result = run(more, 甲=(1, 0, old), 乙=(2, 0, old), 丙=(3, 0, old), 丁=(0, 0, new))
    assert list(grades(result).values()).count("优秀") == places


def test_above_leaves_its_own_figure_out() -> None:
    more = "grades: {合格: {above: 75}, 不合格: 0}\n"
    assert grades(run(more, 甲=(25, 0), 乙=(24, 0))) == {"乙": "合格", "甲": "不合格"}


def test_of_grades_that_begin_alike_the_first_written_that_applies() -> None:
    more = "grades: {良好: 80, 预备合格: {at_least: 60, if: 预备}, 合格: 60, 不合格: 0}\n"
    result = run(more, 甲=(40, 0, {"预备": True}), 乙=(40, 0, {"预备": False}), 丙=(10, 0, {"预备": True}))
    assert grades(result) == {"丙": "良好", "甲": "预备合格", "乙": "合格"}


def test_ties_are_broken_by_items_and_measures_and_the_lowest_may_go_first() -> None:
    more = "tie_break: [B1, {measure: 信访, lowest_first: true}, {measure: 台数}]\nmeasures: {台数: {type: number}}\n"

    def facts(letters: int, sets: int) -> dict[str, Fraction]:
        return {"信访": F(letters), "台数": F(sets)}

    units = {"甲": (2, 1, facts(0, 0)), "乙": (3, 0, facts(4, 0)), "丙": (3, 0, facts(1, 1)), "丁": (3, 0, facts(1, 2))}
    result = run(more, **units, 戊=(3, 0, facts(1, 2)))
    assert {unit.unit: unit.rank for unit in result.units} == {"丁": 1, "戊": 1, "丙": 3, "乙": 4, "甲": 5}


# An independent way: decide every tie in every order, and give out places one by one.

LEAST = {"优秀": 90, "良好": 80, "合格": 60, "不合格": 0}


def every_order(units: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Give every order of units that agrees with their totals."""
    for order in permutations(units):
        if all(left[1] >= right[1] for left, right in pairwise(order)):
            yield [name for name, _ in order]


def given_out(order: Sequence[str], own: dict[str, str], shares: dict[str, int], counted: int) -> dict[str, str]:
    """Give out the places of each grade in one order of the units."""
    found: dict[str, str] = {}
    coming: list[str] = []
    for grade in LEAST:
        contending = [name for name in order if own[name] == grade or name in coming]
        room = floor(F(shares[grade], 100) * counted) if grade in shares else len(contending)
        found |= dict.fromkeys(contending[:room], grade)
        coming = contending[room:]
    return found


@settings(max_examples=runs(400, 60))
@given(
    totals=st.lists(st.sampled_from([95, 94, 90, 85, 84, 70, 20]), min_size=1, max_size=6),
    shares=st.dictionaries(st.sampled_from(["优秀", "良好", "合格"]), st.sampled_from([1, 20, 34, 50, 75]), min_size=1),
    barred=st.sets(st.integers(0, 5), max_size=2),
)
def test_a_grade_is_certain_if_every_way_to_decide_ties_gives_it(
    totals: list[int], shares: dict[str, int], barred: set[int]
) -> None:
    quotas = {name: f", quota: {share}%" for name, share in shares.items()}
    listed = ", ".join(f"{name}: {{at_least: {least}{quotas.get(name, '')}}}" for name, least in LEAST.items())
    more = f"grades: {{{listed}}}\nvetoes: [{{title: 事故, if: 事故, grade_at_most: 良好}}]\n"
    names = "一二三四五六"[: len(totals)]
    pairs = [*zip(names, totals, strict=True)]
    units = {
        name: (max(0, 60 - total), min(40, 100 - total), {"事故": at in barred})
        for at, (name, total) in enumerate(pairs)
    }
    own = {name: next(grade for grade, least in LEAST.items() if total >= least) for name, total in pairs}
    own |= {names[at]: "良好" for at in barred if at < len(names) and own[names[at]] == "优秀"}
    ways = [given_out(order, own, shares, len(totals)) for order in every_order(pairs)]
    possible = {name: [grade for grade in LEAST if any(way[name] == grade for way in ways)] for name in names}
    result = run(more, **units)
    assert {name: grades(result)[name].split("/") for name in names} == possible


@settings(max_examples=runs(200, 40))
@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(1, 100))
def test_no_more_units_have_a_grade_than_its_quota(lost: list[int], share: int) -> None:
    result = run(THREE.format(f"quota: {share}%"), **{f"单位{at}": (points, 0) for at, points in enumerate(lost)})
    (quota,) = result.quotas
    certain = [unit for unit in result.units if unit.grade == "优秀"]
    assert len(certain) <= quota.places == floor(F(share, 100) * len(lost))
    assert is_in_order(quota)


def is_in_order(quota: GradeQuota) -> bool:
    """Tell whether nobody is in two parts of the cut, and ties are open only where places are left for some of them."""
    cut = quota.cut
    parts, settled = [*cut.units, *cut.tied, *cut.left], len(cut.units)
    is_open = not cut.tied or settled < quota.places < settled + len(cut.tied)
    return is_open and len(set(parts)) == len(parts)
