"""Vetoes, grades, ranks, who is chosen and who is not; each outcome worked out by hand."""

from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.facts import Evidence, GradeRuling
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result, UnitResult
from dangjian_score.engine.score import score
from dangjian_score.rubric.load import BrokenRubric, load
from tests.support import HEAD, errors, facts, rubric, scored

F = Fraction

BASE = "sections:\n  - {id: A, title: 甲, max: 60, rules: [{deduct: 1, per: 缺}]}\n"
BASE += "  - {id: B, title: 乙, max: 40, rules: [{deduct: 1, per: 错}]}\n"


def run(more: str, **units: Any) -> Result:
    """Score units given as (points lost in A, in B, further facts)."""
    facts_ = {name: {"缺": F(a), "错": F(b), **facts} for name, (a, b, facts) in units.items()}
    return scored(rubric(more + BASE), **facts_)


def result_of(result: Result, name: str) -> UnitResult:
    return next(unit for unit in result.units if unit.unit == name)


def totals(**lost: int) -> dict[str, Any]:
    return {name: (points, 0, {}) for name, points in lost.items()}


def chosen(result: Result) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    return {
        item.selection.title: (item.units, {out.unit: out.why for out in item.displaced}) for item in result.selections
    }


def test_ties_share_a_rank_unless_a_section_tells_them_apart() -> None:
    units: dict[str, Any] = {"甲": (2, 0, {}), "乙": (0, 2, {}), "丙": (0, 2, {}), "丁": (9, 0, {})}
    assert {unit.unit: unit.rank for unit in run("", **units).units} == {"甲": 1, "乙": 1, "丙": 1, "丁": 4}
    result = run("tie_break: [A]\n", **units)
    assert {unit.unit: unit.rank for unit in result.units} == {"乙": 1, "丙": 1, "甲": 3, "丁": 4}


GRADES = """
grades:
  优秀: {at_least: 90, unless: 受处分, sections: {A: 55, B: 90%}}
  良好: {at_least: 80, if: 有特色}
  一般: 60
  较差: 0
"""


@pytest.mark.parametrize(
    ("lost", "facts", "grade"),
    [
        ((0, 0), {}, "优秀"),
        ((5, 4), {}, "优秀"),  # A 55 of 60 and B 36 of 40 are just enough
        ((6, 0), {}, "良好"),  # 94 points, but A has 54
        ((0, 5), {}, "良好"),  # B has 35, under 36
        ((0, 0), {"受处分": True}, "良好"),
        ((0, 0), {"受处分": True, "有特色": False}, "一般"),
        ((11, 0), {}, "良好"),
        ((21, 0), {}, "一般"),
        ((41, 0), {}, "较差"),
    ],
)
def test_a_grade_asks_for_more_than_the_total(lost: tuple[int, int], facts: dict[str, bool], grade: str) -> None:
    result = run(GRADES, 甲=(*lost, {"受处分": False, "有特色": True, **facts}))
    assert result_of(result, "甲").grade == grade


VETOES = """
grades: {优秀: 90, 良好: 80, 一般: 60, 较差: 0}
vetoes:
  - {title: 事故, if: 事故, grade_at_most: 一般}
  - {title: 瞒报, if: 瞒报, grade: 较差, total: 50}
  - {title: 造假, if: 造假, grade: none, total: 0}
  - {title: 通报, if: 通报, selections: true}
selections:
  - {title: 先进, at_least: 80}
  - {title: 批评, below: 60}
"""
NONE = {"事故": False, "瞒报": False, "造假": False, "通报": False}


@pytest.mark.parametrize(
    ("facts", "total", "grade", "selections"),
    [
        ({}, 95, "优秀", ["先进"]),
        ({"事故": True}, 95, "一般", []),
        ({"瞒报": True}, 50, "较差", ["批评"]),
        ({"造假": True}, 0, None, ["批评"]),
        ({"通报": True}, 95, "优秀", ["先进"]),
        ({"事故": True, "瞒报": True}, 50, "较差", ["批评"]),
        ({"瞒报": True, "造假": True}, 0, None, ["批评"]),
    ],
)
def test_a_veto_lowers(facts: dict[str, bool], total: int, grade: str | None, selections: list[str]) -> None:
    unit = result_of(run(VETOES, 甲=(5, 0, NONE | facts)), "甲")
    assert (unit.total, unit.grade, list(unit.selections)) == (total, grade, selections)
    assert list(unit.vetoes) == list(facts)
    assert unit.kinds["base"] == 95  # points stay visible
    assert sum(line.points for line in unit.trace().lines) == total - 95


def test_a_veto_never_raises() -> None:
    unit = result_of(run(VETOES, 甲=(45, 30, NONE | {"瞒报": True})), "甲")
    (line,) = unit.trace().lines
    assert (unit.total, unit.grade, line.verb, line.points) == (25, "较差", "veto", 0)
    assert line.struck is not None
    assert line.struck.veto is not None
    assert (line.struck.veto.title, line.struck.bars) == ("瞒报", True)


def test_vetoes_rank_again_and_the_next_one_moves_up() -> None:
    more = VETOES.replace("at_least: 80", "at_least: 80, quota: 50%")
    result = run(more, 甲=(1, 0, NONE | {"造假": True}), 乙=(2, 0, NONE), 丙=(3, 0, NONE), 丁=(4, 0, NONE))
    assert {unit.unit: unit.rank for unit in result.units} == {"乙": 1, "丙": 2, "丁": 3, "甲": 4}
    assert chosen(result)["先进"] == (("乙", "丙"), {"丁": "full"})  # half of four; 甲 has 0 and is not up to the mark


def test_a_barred_unit_is_named_with_its_vetoes() -> None:
    result = run(VETOES, 甲=(1, 0, NONE | {"事故": True}), 乙=(2, 0, NONE))
    (first, _) = result.selections
    assert (first.units, [(out.unit, out.why, [veto.title for veto in out.vetoes]) for out in first.displaced]) == (
        ("乙",),
        [("甲", "veto", ["事故"])],
    )


QUOTA = "selections: [{title: 先进, at_least: 85, quota: 40%}]\n"


@pytest.mark.parametrize(
    ("lost", "units", "displaced"),
    [
        ({"甲": 1, "乙": 2, "丙": 3, "丁": 4, "戊": 50}, ("甲", "乙"), {"丙": "full", "丁": "full"}),
        ({"甲": 1, "乙": 2, "丙": 2, "丁": 4, "戊": 50}, ("甲",), {"乙": "tie", "丙": "tie", "丁": "full"}),
        ({"甲": 1, "乙": 1, "丙": 3, "丁": 4, "戊": 50}, ("甲", "乙"), {"丙": "full", "丁": "full"}),
        ({"甲": 1, "乙": 1, "丙": 1, "丁": 4, "戊": 50}, (), {"甲": "tie", "乙": "tie", "丙": "tie", "丁": "full"}),
        ({"甲": 1, "乙": 20, "丙": 30, "丁": 40, "戊": 50}, ("甲",), {}),
        ({"甲": 1, "乙": 2}, (), {"甲": "none", "乙": "none"}),  # 40 % of 2 is no whole unit
    ],
)
def test_a_quota_is_rounded_down_and_ties_across_it_are_out(
    lost: dict[str, int], units: tuple[str, ...], displaced: dict[str, str]
) -> None:
    assert chosen(run(QUOTA, **totals(**lost)))["先进"] == (units, displaced)


def test_a_quota_counts_those_who_do_not_take_part() -> None:
    more = "excluded: [{title: 新, if: 新}]\n" + QUOTA
    units: dict[str, Any] = {name: (at, 0, {"新": name == "戊"}) for at, name in enumerate("甲乙丙丁戊")}
    assert chosen(run(more, **units))["先进"][0] == ("甲", "乙")  # 40 % of five


PRIZES = "selections: [{title: 一等奖, places: 1}, {title: 二等奖, places: 2}, {title: 三等奖, places: 1}]\n"


@pytest.mark.parametrize(
    ("lost", "first", "second", "third"),
    [
        ({"甲": 1, "乙": 2, "丙": 3, "丁": 4, "戊": 5}, ("甲",), ("乙", "丙"), ("丁",)),
        # 甲 and 乙 tie for the first place: one of them will have it, the other a second; 丙 has the other second.
        ({"甲": 1, "乙": 1, "丙": 3, "丁": 4, "戊": 5}, (), ("丙",), ("丁",)),
        # 乙, 丙 and 丁 tie for two second prizes and the third.
        ({"甲": 1, "乙": 2, "丙": 2, "丁": 2, "戊": 5}, ("甲",), (), ()),
        # One of 甲 and 乙 is first, the other second; of 丙 and 丁 one is second, the other third.
        ({"甲": 1, "乙": 1, "丙": 2, "丁": 2, "戊": 5}, (), (), ()),
        # Four tie for all there is.
        ({"甲": 1, "乙": 1, "丙": 1, "丁": 1, "戊": 5}, (), (), ()),
        ({"甲": 1, "乙": 2, "丙": 2, "丁": 4, "戊": 4}, ("甲",), ("乙", "丙"), ()),
    ],
)
def test_prizes_go_to_those_who_have_none(
    lost: dict[str, int], first: tuple[str, ...], second: tuple[str, ...], third: tuple[str, ...]
) -> None:
    got = chosen(run(PRIZES, **totals(**lost)))
    assert [got[title][0] for title in ("一等奖", "二等奖", "三等奖")] == [first, second, third]


def test_who_ties_for_a_prize_is_named_at_every_prize_it_may_be() -> None:
    got = chosen(run(PRIZES, **totals(甲=1, 乙=1, 丙=3, 丁=4, 戊=5)))
    assert got["一等奖"][1] == {"甲": "tie", "乙": "tie"}
    assert got["二等奖"][1] == {"甲": "tie", "乙": "tie"}
    assert got["三等奖"][1] == {"甲": "earlier", "乙": "earlier", "丙": "earlier"}


def test_an_earlier_prize_is_named_and_of_a_tie_every_prize_it_may_be() -> None:
    result = run(PRIZES, **totals(甲=1, 乙=1, 丙=3, 丁=4, 戊=5))
    third = result.selections[2]
    assert {out.unit: out.prizes for out in third.displaced} == {
        "甲": ("一等奖", "二等奖"),
        "乙": ("一等奖", "二等奖"),
        "丙": ("二等奖",),
    }


def test_a_vetoed_unit_ahead_of_the_winners_is_named() -> None:
    more = "vetoes: [{title: 事故, if: 事故}]\n" + PRIZES
    units: dict[str, Any] = {name: (at, 0, {"事故": name in "甲戊"}) for at, name in enumerate("甲乙丙丁戊")}
    got = chosen(run(more, **units))
    assert got["一等奖"] == (("乙",), {"甲": "veto"})
    assert got["三等奖"] == ((), {"甲": "veto", **dict.fromkeys("乙丙丁", "earlier"), "戊": "veto"})


TOWNS = (("甲", "东"), ("乙", "东"), ("丙", "东"), ("丁", "西"), ("戊", "西"))


def test_groups_have_quotas_of_their_own() -> None:
    more = "attributes: [镇]\nselections: [{title: 先进, quota: 50%, within: 镇}]\n"
    units: dict[str, Any] = {name: (at, 0, {"镇": town}) for at, (name, town) in enumerate(TOWNS)}
    result = scored(rubric(more + BASE), **{name: {"缺": F(a), "错": F(b), **f} for name, (a, b, f) in units.items()})
    assert chosen(result)["先进"][0] == ("甲", "丁")  # half of three and half of two


STARS = """
grades: {五星: {at_least: 90, quota: 50%}, 三星: 60, 一星: 0}
vetoes: [{title: 触红线, if: 触红线, grade_at_most: 一星}]
selections:
  - {title: 奖励, grade_at_least: 五星}
  - {title: 表扬, grade_at_least: 三星, places: 1}
  - {title: 惩戒, grade_at_most: 一星}
"""


def test_final_grades_choose_however_they_came_about() -> None:
    facts = {"触红线": False}
    units: dict[str, Any] = {"甲": (0, 0, {"触红线": True}), "乙": (1, 0, facts), "丙": (2, 0, facts)}
    units |= {"丁": (3, 0, facts), "戊": (60, 0, facts)}
    found = chosen(run(STARS, **units))
    # 丁 has 97 points, but only 2 of 5 units may have five stars: 乙 and 丙.
    assert found["奖励"] == (("乙", "丙"), {})
    assert found["表扬"] == (("乙",), {"丙": "full", "丁": "full"})
    assert found["惩戒"] == (("甲", "戊"), {})


def test_units_whose_grade_is_open_are_chosen_by_what_is_sure() -> None:
    """Two units contend for one place of five stars: both are sure of three stars, and of five neither."""
    stars = STARS.replace("quota: 50%", "places: 1")
    facts_ = {"触红线": False}
    found = chosen(run(stars, 甲=(1, 0, facts_), 乙=(1, 0, facts_), 丙=(70, 0, facts_)))
    assert found["奖励"] == ((), {"甲": "tie", "乙": "tie"})
    assert found["表扬"] == ((), {"甲": "tie", "乙": "tie"})
    assert found["惩戒"] == (("丙",), {})


@pytest.mark.parametrize(
    ("selection", "key"),
    [
        ("{title: 惩戒, grade_at_most: 一星, places: 1}", "grade_at_most"),
        ("{title: 惩戒, grade_at_most: 一星, quota: 10%}", "grade_at_most"),
        ("{title: 惩戒, grade_at_least: 五星, places: 1, lowest_first: true}", "grade_at_least"),
    ],
)
def test_the_worst_are_not_named_from_the_best(selection: str, key: str) -> None:
    broken = load(f"{HEAD}grades: {{五星: 90, 一星: 0}}\nselections: [{selection}]\n{BASE}".encode(), "r.yaml")
    assert isinstance(broken, BrokenRubric)
    assert [(str(one.code), dict(one.args)["key"]) for one in broken.findings] == [("E017", key)]


def test_a_grade_that_a_committee_fixed_chooses() -> None:
    loaded = rubric(STARS + BASE)
    units = [facts(name, {"缺": F(lost), "错": F(0), "触红线": False}) for name, lost in (("甲", 0), ("乙", 50))]
    fixed = GradeRuling("一星", "党委会", 738_000, "研究确定", "书记", units[0].cell)
    evidence = Evidence((), (replace(units[0], grade_ruling=fixed), units[1]), {})
    found = chosen(score(compile_rubric(loaded.rubric), evidence))
    assert (found["奖励"], found["惩戒"]) == (((), {}), (("甲", "乙"), {}))


def test_conditions_choose_as_well() -> None:
    more = "selections: [{title: 创新, if: {成果数: {at_least: 2}}}]\n"
    result = run(more, 甲=(1, 0, {"成果数": F(2)}), 乙=(0, 0, {"成果数": F(1)}))
    assert chosen(result)["创新"] == (("甲",), {})


def test_a_grade_may_rest_on_the_base_alone() -> None:
    more = "grades_on: base\ngrades: {好: 95, 差: 0}\n"
    bonus = "  - {id: C, title: 丙, kind: bonus, rules: [{award: 10, if: 获奖}]}\n"
    result = scored(rubric(more + BASE + bonus), 甲={"缺": F(6), "错": F(0), "获奖": True})
    assert (result.units[0].total, result.units[0].grade) == (104, "差")


@pytest.mark.parametrize(("lost", "units"), [(15, ("甲",)), (16, ())])
def test_a_threshold_includes_its_figure(lost: int, units: tuple[str, ...]) -> None:
    assert chosen(run("selections: [{title: 先进, at_least: 85}]\n", **totals(甲=lost)))["先进"][0] == units


@pytest.mark.parametrize(("lost", "units"), [(20, ()), (21, ("甲",))])
def test_below_does_not_include_its_figure(lost: int, units: tuple[str, ...]) -> None:
    assert chosen(run("selections: [{title: 通报, below: 80}]\n", **totals(甲=lost)))["通报"][0] == units


def in_towns(selections: str, towns: str) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    more = f"attributes: [镇]\nselections: [{selections}]\n"
    placed = enumerate(zip("甲乙丙丁戊己", towns, strict=True))
    units: dict[str, Any] = {name: (at, 0, {"镇": town}) for at, (name, town) in placed}
    result = scored(rubric(more + BASE), **{name: {"缺": F(a), "错": F(b), **f} for name, (a, b, f) in units.items()})
    return chosen(result)


def test_prizes_of_each_town() -> None:
    got = in_towns("{title: 一等, places: 1, within: 镇}, {title: 二等, places: 1, within: 镇}", "东东东西西西")
    assert (got["一等"][0], got["二等"][0]) == (("甲", "丁"), ("乙", "戊"))


def test_a_tie_in_one_town_keeps_no_place_in_another() -> None:
    more = (
        "attributes: [镇]\nselections: [{title: 一等, places: 1, within: 镇}, {title: 二等, places: 1, within: 镇}]\n"
    )
    lost = (("甲", "东", 1), ("乙", "东", 1), ("丙", "西", 2), ("丁", "西", 3))
    got = chosen(run(more, **{name: (points, 0, {"镇": town}) for name, town, points in lost}))
    assert (got["一等"][0], got["二等"][0]) == (("丙",), ("丁",))


@pytest.mark.parametrize("kind", ["村", "东"])
def test_prizes_of_one_attribute_say_nothing_of_those_of_another(kind: str) -> None:
    """甲 and 乙 tie for the first two prizes; each is the best of its kind, even where a kind is called like a town."""
    prizes = "{title: 头名, places: 1}, {title: 镇一等, places: 1, within: 镇}, {title: 类一等, places: 1, within: 类}"
    lost = (("甲", "东", kind, 1), ("乙", "东", "企", 1), ("丙", "西", kind, 2), ("丁", "西", "企", 3))
    units = {name: (points, 0, {"镇": town, "类": of}) for name, town, of, points in lost}
    got = chosen(run(f"attributes: [镇, 类]\nselections: [{prizes}]\n", **units))
    assert {title: units for title, (units, _) in got.items()} == {
        "头名": (),
        "镇一等": ("丙",),
        "类一等": ("甲", "乙"),
    }


def test_quotas_of_towns_of_different_size() -> None:
    assert in_towns("{title: 先进, quota: 50%, within: 镇}", "东东东东西西")["先进"][0] == ("甲", "乙", "戊")


@pytest.mark.parametrize(
    ("lost", "prizes"),
    [
        # Three tie for the last of two first prizes: of the second prizes two are theirs, the third goes on.
        ({"甲": 1, "乙": 2, "丙": 2, "丁": 2, "戊": 5, "己": 6}, (("甲",), ("戊",), ("己",))),
        ({"甲": 1, "乙": 2, "丙": 3, "丁": 4, "戊": 4, "己": 6}, (("甲", "乙"), ("丙", "丁", "戊"), ("己",))),
        ({"甲": 1, "乙": 1, "丙": 3, "丁": 4, "戊": 5, "己": 6}, (("甲", "乙"), ("丙", "丁", "戊"), ("己",))),
    ],
)
def test_ties_reach_into_the_next_prize(lost: dict[str, int], prizes: tuple[tuple[str, ...], ...]) -> None:
    more = "selections: [{title: 一, places: 2}, {title: 二, places: 3}, {title: 三, places: 1}]\n"
    got = chosen(run(more, **totals(**lost)))
    assert tuple(got[title][0] for title in "一二三") == prizes


def test_a_vetoed_unit_level_with_the_last_winner_is_named() -> None:
    more = "vetoes: [{title: 事故, if: 事故}]\nselections: [{title: 奖, places: 1}]\n"
    result = run(more, 甲=(1, 0, {"事故": True}), 乙=(1, 0, {"事故": False}), 丙=(2, 0, {"事故": True}))
    assert chosen(result)["奖"] == (("乙",), {"甲": "veto"})


def test_units_are_ranked_and_ties_broken_by_per_cents_that_are_declared() -> None:
    more = "measures: {率: {type: percent}}\ntie_break: [{measure: 率}]\n" + BASE
    more += "  - {id: C, title: 丙, kind: bonus, max: 2, rules: [{award: {1: 2, 2: 1}, rank: 率}]}\n"
    lost = {"甲": (1, F(1, 2)), "乙": (2, F(3, 5)), "丙": (1, F(0))}
    loaded = rubric(more)
    assert errors(checks.check(Study(loaded))) == []
    result = scored(
        loaded, **{name: {"缺": F(points), "错": F(0), "率": rate} for name, (points, rate) in lost.items()}
    )
    assert {unit.unit: (unit.total, unit.rank) for unit in result.units} == {
        "乙": (100, 1),
        "甲": (100, 2),
        "丙": (99, 3),
    }


LAST = "selections: [{title: 约谈, quota: 40%, lowest_first: true}]\n"


@pytest.mark.parametrize(
    ("lost", "units", "displaced"),
    [
        ({"甲": 1, "乙": 2, "丙": 3, "丁": 4, "戊": 50}, ("丁", "戊"), {}),
        ({"甲": 1, "乙": 2, "丙": 4, "丁": 4, "戊": 50}, ("戊",), {"丙": "tie", "丁": "tie"}),
        ({"甲": 1, "乙": 2, "丙": 3, "丁": 50, "戊": 50}, ("丁", "戊"), {}),
        ({"甲": 1, "乙": 2}, (), {}),  # 40 % of 2 is no whole unit
    ],
)
def test_the_last_units_are_named_from_the_end(
    lost: dict[str, int], units: tuple[str, ...], displaced: dict[str, str]
) -> None:
    assert chosen(run(LAST, **totals(**lost)))["约谈"] == (units, displaced)


def test_the_last_may_have_to_be_below_a_total_too() -> None:
    more = LAST.replace("lowest_first", "below: 60, lowest_first")
    assert chosen(run(more, **totals(甲=1, 乙=2, 丙=3, 丁=4, 戊=50)))["约谈"] == (("戊",), {})


@pytest.mark.parametrize(
    ("selection", "code", "key"),
    [
        ("{title: 末位, lowest_first: true}", "E010", "quota"),
        ("{title: 末位, quota: 10%, lowest_first: true, at_least: 60}", "E017", "at_least"),
        ("{title: 末位, quota: 10%, places: 1, lowest_first: true}", "E017", "places"),
        ("{title: 批评, places: 1, below: 60}", "E017", "below"),
    ],
)
def test_the_last_are_a_share_or_a_number_of_units(selection: str, code: str, key: str) -> None:
    broken = load((HEAD + f"selections: [{selection}]\n" + BASE).encode(), "r.yaml")
    assert isinstance(broken, BrokenRubric)
    assert [(str(found.code), dict(found.args)["key"]) for found in broken.findings] == [(code, key)]


def test_places_among_the_last_are_apart_from_prizes_and_bar_nobody() -> None:
    last = ", {title: 末位, places: 1, lowest_first: true}, {title: 次末位, places: 2, lowest_first: true}]\n"
    more = "vetoes: [{title: 事故, if: 事故}]\n" + PRIZES.replace("]\n", last)
    units: dict[str, Any] = {name: (at, 0, {"事故": name == "丁"}) for at, name in enumerate("甲乙丙丁")}
    got = chosen(run(more, **units))
    assert [got[title][0] for title in ("一等奖", "二等奖", "三等奖")] == [("甲",), ("乙", "丙"), ()]
    assert [got[title] for title in ("末位", "次末位")] == [(("丁",), {}), (("乙", "丙"), {"丁": "earlier"})]


def test_the_last_of_each_group() -> None:
    more = "attributes: [镇]\nselections: [{title: 末位, places: 1, within: 镇, lowest_first: true}]\n"
    units: dict[str, Any] = {name: (at, 0, {"镇": town}) for at, (name, town) in enumerate(TOWNS)}
    assert chosen(run(more, **units))["末位"][0] == ("丙", "戊")


def test_units_that_reach_the_points_but_miss_the_condition_are_named() -> None:
    """Without a bound of points, those alone that would have had a place before the last who has one."""
    more = """
selections:
  - {title: 红旗, at_least: 90, if: 有品牌, quota: 50%}
  - {title: 进步, places: 1, if: {进步: {at_least: 3}}}
  - {title: 帮扶, places: 1, lowest_first: true, if: {not: 有品牌}}
  - {title: 品牌, if: 有品牌}
"""
    yes, no = {"有品牌": True, "进步": F(0)}, {"有品牌": False, "进步": F(0)}
    result = run(more, 甲=(1, 0, no), 乙=(2, 0, yes | {"进步": F(3)}), 丙=(3, 0, no), 丁=(30, 0, no), 戊=(40, 0, yes))
    assert chosen(result) == {
        "红旗": (("乙",), {"甲": "condition", "丙": "condition"}),
        "进步": (("乙",), {"甲": "condition"}),
        "帮扶": (("丁",), {"甲": "full", "丙": "full", "戊": "condition"}),
        "品牌": (("乙", "戊"), {}),
    }


def test_the_condition_is_missed_within_a_group() -> None:
    more = "attributes: [片区]\nselections: [{title: 进步, places: 1, within: 片区, if: 有品牌}]\n"
    loaded = rubric(more + BASE)
    places = {"甲": ("东", 1, False), "乙": ("东", 2, True), "丙": ("西", 0, False)}
    units = [
        replace(facts(name, {"缺": F(lost), "错": F(0), "有品牌": has}), attributes={"片区": area})
        for name, (area, lost, has) in places.items()
    ]
    result = score(compile_rubric(loaded.rubric), Evidence((), tuple(units), {}))
    assert chosen(result) == {"进步": (("乙",), {"甲": "condition"})}  # 西 has nobody to stand before
