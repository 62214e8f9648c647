"""Who is close to what, what decides it, what one item changes: worked out by hand."""

from fractions import Fraction
from typing import Any

from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.whatif.ahead import Ahead, Close, Effect, UnitAhead, look_ahead
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded
from tests.scenes import Unit, tables
from tests.support import rubric

F = Fraction

SECTIONS = """
sections:
  - {id: A, title: 甲类, max: 60, rules: [{deduct: 1, per: 缺席次数}]}
  - {id: B, title: 乙类, max: 40, rules: [{award: 40, judge: 述职分, combine: mean}]}
"""
RULES = (
    """
total: 100
grades: {优秀: {at_least: 90, sections: {B: 75%}}, 良好: 80, 一般: 0}
vetoes: [{title: 造假, if: 弄虚作假, grade_at_most: 一般}]
selections: [{title: 先进, at_least: 85, quota: 50%}, {title: 通报, below: 80}]
"""
    + SECTIONS
)


def unit(absent: int, *given: str, **facts: str) -> Unit:
    return {
        "facts": {"缺席次数": str(absent), "弄虚作假": "否", **facts},
        "assessors": {who: {"述职分": figure} for who, figure in zip("张李王", given, strict=False)},
    }


def ahead_of(loaded: Loaded, units: dict[str, Unit], within: str = "1", step: Fraction | None = None) -> Ahead:
    program = compile_rubric(loaded.rubric)
    evidence, found = read_evidence(tables(loaded, units), loaded.rubric, catalogue(program))
    assert not [finding for finding in found if finding.code.startswith("E")]
    return look_ahead(program, evidence, F(within), step)


def looked(text: str, units: dict[str, Unit], within: str = "1") -> dict[str, UnitAhead]:
    return {unit.unit: unit for unit in ahead_of(rubric(text), units, within).units}


def summary(close: Close) -> tuple[Any, ...]:
    near, mark = close.near, close.near.mark
    blocks = [
        (obstacle.why, *obstacle.names, *([plain(obstacle.gap)] if obstacle.gap else [])) for obstacle in near.blocked
    ]
    return mark.kind, mark.title, mark.node or mark.beside, near.held, plain(near.gap), near.becomes, *blocks


def near(unit: UnitAhead) -> list[tuple[Any, ...]]:
    return [summary(close) for close in unit.close]


def deciders(close: Close) -> list[tuple[str, str]]:
    return [("".join(decider.opinion.assessors), plain(decider.to)) for decider in close.deciders]


def effects(unit: UnitAhead) -> dict[str, tuple[Any, ...]]:
    return {_item(effect): _after(effect) for effect in unit.effects}


def _item(effect: Effect) -> str:
    item = effect.item
    shown = [plain(value) if isinstance(value, Fraction) else str(value) for value in (item.was, item.now)]
    return f"-{item.measure}" if item.event else f"{item.round or ''}{item.measure} {'→'.join(shown)}"


def _after(effect: Effect) -> tuple[Any, ...]:
    after = effect.after
    return () if after is None else (plain(after.total), after.grade, after.rank, after.selections)


UNITS = {
    "甲": unit(5, "34", "35"),  # 55 + 34.5 = 89.5, of 4 units the second
    "乙": unit(0, "32", "32"),  # 92
    "丙": unit(1, "29.5", "29.5"),  # 88.5
    "丁": unit(20, "40", "40"),  # 80
}


def test_close_to_a_grade_a_quota_and_a_criticism() -> None:
    found = looked(RULES, UNITS)
    assert list(found) == ["乙", "甲", "丙", "丁"]
    assert near(found["乙"]) == []
    assert near(found["甲"]) == [
        ("grade", "优秀", None, False, "0.5", "优秀"),
        ("cut", "先进", "丙", True, "1", None),
    ]
    assert near(found["丙"]) == [("cut", "先进", "甲", False, "1", None)]  # 1.5 from 90
    assert near(found["丁"]) == [
        ("grade", "良好", None, True, "0", "一般"),
        ("below", "通报", None, False, "0", None),
    ]


def test_what_decides() -> None:
    """Of two assessors a point of one is half a point; the first out has to pass 89.5, for a tie leaves both out."""
    found = looked(RULES, UNITS)
    to_grade, to_stay = found["甲"].close
    assert deciders(to_grade) == [("张", "35"), ("李", "36")]
    assert deciders(to_stay) == [("张", "32"), ("李", "33")]  # 88.5: a tie across the cut leaves both out
    assert deciders(found["丙"].close[0]) == [("张", "32"), ("李", "32")]  # 89.75; at 31.5 both tie
    assert deciders(found["丁"].close[0]) == [("张", "39.5"), ("李", "39.5")]


def test_what_one_item_changes() -> None:
    found = looked(RULES, UNITS)
    assert effects(found["甲"]) == {
        "缺席次数 5→4": ("90.5", "优秀", 2, ("先进",)),
        "缺席次数 5→6": ("88.5", "良好", 2, ()),  # the second place is shared and tied
        "弄虚作假 False→True": ("89.5", "一般", 2, ()),
    }
    assert [_item(effect) for effect in found["丁"].effects] == [
        "缺席次数 20→21",  # named by 通报 too, and a point
        "弄虚作假 False→True",
        "缺席次数 20→19",
    ]
    assert effects(found["丁"])["缺席次数 20→21"] == ("79", "一般", 4, ("通报",))
    assert found["丁"].effects[-1].moved == 1
    assert not found["丁"].effects[-1].is_grave
    assert found["乙"].effects == ()  # not close to anything


def test_ranks_if_every_figure_moved() -> None:
    """Every unit may move by half a point either way, 丁 only down: 甲 89–90, 乙 91.5–92.5, 丙 88–89."""
    found = looked(RULES, UNITS)
    ranks = {name: (unit.ranks.now, unit.ranks.best, unit.ranks.worst) for name, unit in found.items() if unit.ranks}
    assert ranks == {"乙": (1, 1, 1), "甲": (2, 2, 2), "丙": (3, 2, 3), "丁": (4, 4, 4)}
    # by two points: 甲 87.5–91.5, 乙 90–94, 丙 86.5–90.5, 丁 78–80
    wide = {unit.unit: unit.ranks for unit in ahead_of(rubric(RULES), UNITS, step=F(2)).units}
    assert [(unit.best, unit.worst) for unit in wide.values() if unit] == [(1, 3), (1, 3), (1, 3), (4, 4)]


def test_a_section_keeps_a_unit_out() -> None:
    """The section asks for 75 % of 40; 60 + 29.5 is 89.5, where points alone are not all it takes."""
    units = {
        "甲": unit(0, "29.5", "29.5"),
        "乙": unit(0, "30.25", "30.25"),
        "丙": unit(0, "30", "30"),
        "丁": unit(60, "0", "0"),
    }
    found = looked(RULES, units)
    assert near(found["甲"])[:1] == [("grade", "优秀", None, False, "0.5", "优秀", ("section", "B", "0.5"))]
    assert near(found["乙"])[:2] == [
        ("grade", "优秀", None, True, "0.25", "良好"),
        ("section", "优秀", "B", True, "0.25", "良好"),
    ]
    lowered = looked(RULES.replace("at_least: 90", "at_least: 85"), units)
    assert near(lowered["甲"])[:1] == [("section", "优秀", "B", False, "0.5", "优秀")]
    far = looked(RULES.replace("at_least: 90", "at_least: 85"), units, within="0.25")
    assert [threshold for threshold in near(far["甲"]) if threshold[1] == "优秀"] == []
    assert deciders(lowered["甲"].close[0]) == [("张", "30.5"), ("李", "30.5")]
    assert near(lowered["丁"]) == []


def test_a_veto_and_a_condition_bar() -> None:
    rules = RULES.replace("at_least: 90,", "at_least: 90, if: 有特色,")
    units = {
        "甲": unit(5, "35", "35", 弄虚作假="是", 有特色="否"),  # 90
        "乙": unit(5, "34.5", "34.5", 有特色="否"),  # 89.5
        "丙": unit(5, "35.5", "35.5", 有特色="是"),  # 90.5
        "丁": unit(30, "0", "0", 有特色="否"),
    }
    found = looked(rules, units)
    assert near(found["甲"]) == [
        ("grade", "优秀", None, False, "0", "优秀", ("veto", "造假"), ("condition",)),
        ("cut", "先进", "乙", False, "0.5", None, ("veto", "造假")),
    ]
    assert near(found["乙"]) == [("grade", "优秀", None, False, "0.5", "优秀", ("condition",))]
    assert "有特色 False→True" not in effects(found["乙"])  # alone it changes nothing
    assert effects(found["甲"])["弄虚作假 True→False"] == ("90", "良好", 2, ("先进",))


def test_grades_on_the_base_and_vetoes_on_the_total() -> None:
    rules = """
grades: {好: 50, 中: 0}
grades_on: base
vetoes: [{title: 封, if: 被封, total: 10, selections: true}]
selections: [{title: 奖, at_least: 50}]
sections:
  - {id: A, title: 甲类, max: 60, rules: [{deduct: 1, per: 缺席次数}]}
  - {id: J, title: 加分, kind: bonus, rules: [{award: 1, per: 表彰次数}]}
"""
    units: dict[str, Unit] = {
        "甲": {"facts": {"缺席次数": "10", "表彰次数": "5", "被封": "否"}},
        "乙": {"facts": {"缺席次数": "11", "表彰次数": "0", "被封": "否"}},
        "丙": {"facts": {"缺席次数": "11", "表彰次数": "0", "被封": "是"}},
    }
    found = looked(rules, units)
    assert near(found["甲"]) == [("grade", "好", None, True, "0", "中")]
    assert near(found["乙"]) == [
        ("grade", "好", None, False, "1", "好"),
        ("mark", "奖", None, False, "1", None),
    ]
    assert near(found["丙"]) == [("grade", "好", None, False, "1", "好")]  # its base is not what the veto limits
    far = looked(rules, units, within="40")
    assert near(far["丙"])[1:] == [("mark", "奖", None, False, "40", None, ("veto", "封"))]
    assert all(unit.ranks is None for unit in found.values())


def test_marks_with_conditions_and_places() -> None:
    rules = """
tie_break: [A]
selections:
  - {title: 一等奖, at_least: 90, places: 1}
  - {title: 二等奖, at_least: 80, places: 1}
  - {title: 特色奖, at_least: 90, if: 有特色}
  - {title: 名单, quota: 10%}
sections:
  - {id: A, title: 甲类, max: 60, rules: [{deduct: 1, per: 缺席次数}]}
  - {id: B, title: 乙类, max: 40, rules: [{award: 40, judge: 述职分}]}
"""

    def assessed(absent: int, given: str, feature: str = "否") -> Unit:
        return {"facts": {"缺席次数": str(absent), "有特色": feature, "述职分": given}}

    units = {
        "甲": assessed(0, "31"),
        "乙": assessed(1, "32"),
        "丙": assessed(0, "29.5"),
        "丁": assessed(0, "20"),
        "戊": assessed(0, "20"),
    }
    found = looked(rules, units)
    assert near(found["甲"]) == [  # 91, with more in A
        ("mark", "一等奖", None, True, "1", None),
        ("cut", "一等奖", "乙", True, "0", None),
        ("mark", "特色奖", None, False, "1", None, ("condition",)),
    ]
    assert near(found["乙"]) == [
        ("cut", "一等奖", "甲", False, "0", None),
        ("mark", "特色奖", None, False, "1", None, ("condition",)),
    ]
    assert near(found["丙"]) == [  # 89.5
        ("mark", "一等奖", None, False, "0.5", None, ("full",)),
        ("mark", "特色奖", None, False, "0.5", None, ("condition",)),
    ]
    assert near(found["丁"]) == []  # it has the mark of 二等奖, whose place is eleven points away
    assert deciders(found["甲"].close[0]) == [("", "30.5")]  # 90.5: 乙 takes the prize
    assert deciders(found["乙"].close[0]) == [("", "32.5")]


def test_figures_that_are_compared_move_everybody() -> None:
    """A place of 述职分 carries points too: 8 + 5 and 7.5 + 3, or 7.5 + 3 and 8 + 5."""
    rules = """
sections:
  - {id: A, title: 甲类, max: 10, rules: [{award: 10, judge: 述职分}]}
  - {id: B, title: 乙类, max: 5, rules: [{award: {1: 5}, else: 3, rank: 述职分}]}
"""
    units: dict[str, Unit] = {
        name: {"facts": {"述职分": given}} for name, given in (("甲", "8"), ("乙", "7.5"), ("丙", "1"))
    }
    found = ahead_of(rubric(rules), units).units
    assert [unit.now.total for unit in found] == [13, F("10.5"), 4]
    assert [(unit.ranks.now, unit.ranks.best, unit.ranks.worst) for unit in found if unit.ranks] == [
        (1, 1, 2),  # 7.5 + 3 against 8 + 5
        (2, 1, 2),
        (3, 3, 3),
    ]


def test_assessors_who_may_not_differ_move_together() -> None:
    rules = "grades: {好: 5, 差: 0}\n" + SECTIONS.replace(", combine: mean", "")
    units: dict[str, Unit] = {
        "甲": {"facts": {"缺席次数": "60"}, "assessors": {who: {"述职分": "4.2"} for who in "张李"}}
    }
    (close,) = looked(rules, units)["甲"].close
    assert deciders(close) == [("张李", "5.2")]  # 4.7, 5.2


def test_a_figure_that_something_else_rests_on_is_tried_step_by_step() -> None:
    """Above 8 the unit is no longer assessed, from 6 the judged deduction bites: only 5 to 5.5 gives 好."""
    rules = """
excluded: [{title: 免考, if: {述职分: {above: 8}}}]
grades: {好: 5, 差: 0}
sections:
  - {id: A, title: 甲类, max: 10, rules: [{award: 10, judge: 述职分}]}
  - {id: J, title: 扣, kind: penalty, rules: [{deduct: 6, if: {述职分: {at_least: 6}}}]}
"""
    units: dict[str, Unit] = {name: {"facts": {"述职分": given}} for name, given in (("甲", "4"), ("乙", "5.5"))}
    found = looked(rules, units)
    assert [deciders(close) for close in found["甲"].close] == [[("", "5")]]
    assert [deciders(close) for close in found["乙"].close] == [[("", "6")]]
    assert deciders(looked(rules, {"丙": {"facts": {"述职分": "8"}}}, within="4")["丙"].close[0]) == [("", "5.5")]
    only_out = looked(rules.replace("at_least: 6}}}]", "above: 10}}}]"), {"丙": {"facts": {"述职分": "8"}}}, "4")
    assert deciders(only_out["丙"].close[0]) == [("", "8.5")]  # no longer assessed, which is no grade


def test_rounds_are_weighed_and_a_figure_belongs_to_one() -> None:
    """Half of (4 + 8) is 6; a yes in one round is a yes for both; half a point of one round is a quarter."""
    rules = """
rounds: {平时: 50%, 年终: 50%}
vetoes: [{title: 造假, if: 造假, grade: 差}]
grades: {好: 7, 差: 0}
sections:
  - {id: A, title: 甲类, max: 10, rules: [{award: 9, judge: 述职分}, {deduct: 1, per: 缺席}, {award: 1, if: 造假}]}
  - {id: S, title: 加, kind: bonus, round: 年终, rules: [{award: 0.5, per: 表彰}, {award: 1, judge: 加评}]}
  - {id: T, title: 又, kind: bonus, round: 年终, rules: [{award: 9, judge: 述职分, if: 从不}]}
"""
    rules = rules.replace("max: 10, rules", "max: 10, start: 0, floor: none, rules")
    facts = {"缺席": "0", "造假": "否", "从不": "否"}
    units: dict[str, Unit] = {
        "甲": {
            "facts": facts,
            "rounds": {"平时": {**facts, "述职分": "4"}, "年终": {**facts, "述职分": "8", "表彰": "1", "加评": "0"}},
        }
    }
    found = looked(rules, units)["甲"]
    assert near(found) == [("grade", "好", None, False, "0.5", "好")]
    (close,) = found.close
    assert [(decider.opinion.round, decider.opinion.measure, plain(decider.to)) for decider in close.deciders] == [
        ("年终", "加评", "0.5"),
        ("平时", "述职分", "5"),
        ("年终", "述职分", "9"),
    ]
    changed = effects(found)
    assert changed["年终表彰 1→2"] == ("7", "好", 1, ())
    assert changed["平时缺席 0→1"] == ("6", "差", 1, ())
    assert changed["平时造假 False→True"] == ("7", "差", 1, ())  # a point of this round, and a veto


def test_what_cannot_be_scored_is_not_tried() -> None:
    """A yes that asks for a figure nobody gave, a whole of nothing, in a rule and in a condition."""
    rules = """
measures: {率: {percent: 到, of: 应}}
vetoes: [{title: 差, if: {率: {below: 1%}}, grade: 差}]
grades: {好: 9, 差: 0}
sections:
  - {id: A, title: 甲类, max: 5, rules: [{deduct: {from: 1, to: 2}, if: 作风差, judge: 扣分}]}
  - {id: B, title: 乙类, max: 5, rules: [{award: 5, ratio: 到, of: 应}]}
"""
    units: dict[str, Unit] = {"甲": {"facts": {"作风差": "否", "扣分": "", "到": "1", "应": "1"}}}
    found = looked(rules, units)["甲"]
    assert near(found) == [("grade", "好", None, True, "1", "差")]
    assert set(effects(found)) == {"到 1→0", "应 1→2"}
    assert found.ranks is None


def test_an_event_less() -> None:
    rules = """
measures: {处分: {register: true}}
grades: {好: 9, 差: 0}
sections:
  - {id: A, title: 甲类, max: 10, rules: [{deduct: {警告: 1.5, 撤职: 0.2}, by: 处分}]}
"""
    events = [{"事项": "处分", "级别": level} for level in ("警告", "撤职")]
    found = looked(rules, {"甲": {"events": events}, "乙": {}})
    assert near(found["甲"]) == [("grade", "好", None, False, "0.7", "好")]
    assert [(plain(effect.moved), effect.is_grave) for effect in found["甲"].effects] == [("1.5", True), ("0.2", False)]


def test_comparisons_are_among_those_they_are_for() -> None:
    """社区 are not placed; a third article is more than there may be."""
    rules = """
attributes: [类型]
measures: {文章: {type: count, max: 2}}
grades: {好: 3, 差: 0}
sections:
  - {id: A, title: 甲类, max: 3, rules: [{award: 1, per: 文章}]}
  - {id: B, title: 乙类, max: 2, only: {类型: 村}, rules: [{award: {1: 2}, else: 1, rank: 文章}]}
"""
    units: dict[str, Unit] = {
        name: {"facts": {"类型": kind, "文章": count}}
        for name, kind, count in (("甲", "村", "2"), ("乙", "村", "1"), ("丙", "社区", "2"))
    }
    found = looked(rules, units)
    assert {name: unit.now.total for name, unit in found.items()} == {"甲": 4, "乙": 2, "丙": 2}
    assert effects(found["丙"]) == {"文章 2→1": ("1", "差", 3, ())}
    assert effects(found["乙"]) == {"文章 1→2": ("4", "好", 1, ()), "文章 1→0": ("1", "差", 3, ())}


def test_a_grade_that_a_committee_fixed_stays_whatever_changes() -> None:
    fixed = {"审定等次": "良好", "会议": "党委会", "日期": "2024-12-20", "理由": "综合研究", "批准人": "王某"}
    units = {"甲": {**unit(0, "40", "40"), "grade_ruling": fixed}, "乙": unit(1, "40", "40")}
    found = looked(RULES, units)
    assert (found["甲"].now.grade, found["乙"].now.grade) == ("良好", "优秀")
    assert {effect.after.grade for effect in found["甲"].effects if effect.after is not None} <= {"良好"}


STARS = """
grades: {五星: {at_least: 90, places: 1}, 四星: 80, 一星: 0}
vetoes: [{title: 触红线, if: 触红线, grade_at_most: 一星, selections: true}]
selections:
  - {title: 奖励, at_least: 85, grade_at_least: 五星}
  - {title: 惩戒, grade_at_most: 一星}
sections: [{id: A, title: 甲类, max: 100, rules: [{deduct: 1, per: 缺席次数}]}]
"""


def test_grades_that_selections_ask_for_follow_those_of_others() -> None:
    def member(absent: int, touched: str = "否") -> Unit:
        return {"facts": {"缺席次数": str(absent), "触红线": touched}}

    found = looked(STARS, {"甲": member(5), "乙": member(6), "丙": member(16, "是")})
    assert (found["甲"].now.selections, found["丙"].now.selections) == (("奖励",), ("惩戒",))
    # 甲 95 and 乙 94 contend for one place of five stars: with one absence more 甲 is level with 乙 and nobody has it.
    assert effects(found["甲"])["缺席次数 5→6"] == ("94", None, 1, ())
    assert effects(found["乙"])["缺席次数 6→5"] == ("95", None, 1, ())
    # 丙 is one point below the mark of 奖励; its grade keeps it out whatever it gets.
    assert near(found["丙"]) == [("mark", "奖励", None, False, "1", None, ("condition",))]
