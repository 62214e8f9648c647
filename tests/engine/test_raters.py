"""Assessors beside each other, by hand."""

from fractions import Fraction
from random import Random

import pytest

from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.raters import Raters, raters
from dangjian_score.evidence.read import read_evidence
from tests.support import rubric

RULES = """
attributes: [类型]
sections:
  - {id: A, title: 述职, max: 10, rules: [{award: 10, judge: 述职分, combine: mean}]}
  - {id: B, title: 作风, max: 4, rules: [{deduct: {from: 1, to: 4}, if: 作风不好, judge: 作风扣分, combine: mean}]}
  - {id: C, title: 村, max: 5, only: {类型: 村}, rules: [{award: 5, judge: 特色分, combine: mean}]}
  - {id: D, title: 社区, max: 20, only: {类型: 社区}, rules: [{award: 20, judge: 特色分, combine: mean}]}
  - {id: E, title: 企业, max: 10, rules: [{award: 10, judge: 企业分, combine: mean, only: {类型: 企业}}]}
"""


def looked_at(text: str, **tables: str) -> Raters:
    loaded = rubric(text)
    program = compile_rubric(loaded.rubric)
    files = {f"{name}.csv": table.encode() for name, table in tables.items()}
    evidence, found = read_evidence(files, loaded.rubric, catalogue(program))
    assert not [finding for finding in found if finding.code.startswith("E")]
    return raters(program, evidence)


def test_lenient_and_strict() -> None:
    found = looked_at(RULES, a="党支部,评委,述职分\n一,张,10\n一,李,6\n二,张,10\n二,李,8\n三,李,5\n")
    zhang, li = found.raters
    assert (zhang.name, zhang.figures, zhang.mean, zhang.spread) == ("张", 2, 1, 0)
    assert (zhang.difference, zhang.shared, zhang.full, zhang.always_full) == (
        Fraction(3, 10),
        2,
        2,
        True,
    )  # (.4 + .2) ÷ 2
    assert (li.name, li.figures, li.mean) == ("李", 3, Fraction(19, 30))  # (.6 + .8 + .5) ÷ 3
    assert li.spread == Fraction(1, 9)  # (1 + 5 + 4) ÷ 30 ÷ 3
    assert (li.difference, li.shared, li.full, li.always_full) == (Fraction(-3, 10), 2, 0, False)
    (item,) = found.items
    assert (item.figures, item.mean, item.least, item.most) == (5, Fraction(39, 5), 5, 10)
    assert item.spread == Fraction(3, 2)  # of 一 2, of 二 1
    assert [(gap.unit, gap.given, gap.gap) for gap in found.disagreements] == [
        ("一", (("张", 10), ("李", 6)), 4),
        ("二", (("张", 10), ("李", 8)), 2),
    ]


def test_one_figure_is_no_habit_and_nobody_beside_no_difference() -> None:
    (only,) = looked_at(RULES, a="党支部,评委,述职分\n一,张,10\n").raters
    assert (only.always_full, only.full, only.difference, only.shared) == (False, 1, None, 0)


def test_who_takes_most_off_is_the_strictest() -> None:
    found = looked_at(RULES, a="党支部,考核组,作风扣分\n一,甲组,1\n一,乙组,4\n二,甲组,1\n二,乙组,2\n")
    lenient, strict = found.raters
    assert (lenient.name, lenient.full, lenient.mean) == ("甲组", 2, Fraction(3, 4))  # one of four off is the least
    assert (strict.name, strict.full, strict.difference) == ("乙组", 0, Fraction(-1, 2))  # (3 + 1) ÷ 4 ÷ 2


def test_the_maximum_is_that_of_the_unit() -> None:
    found = looked_at(
        RULES,
        a="党支部,评委,特色分,企业分\n一,张,5,\n二,张,20,\n三,张,,3\n",
        m="党支部,类型,作风不好\n一,村,否\n二,社区,否\n三,企业,否\n",
    )
    assert [(item.item.measure, item.item.most, item.item.nodes) for item in found.items] == [
        ("特色分", 5, ("C",)),
        ("特色分", 20, ("D",)),
        ("企业分", 10, ("E",)),
    ]
    (zhang,) = found.raters
    assert (zhang.mean, zhang.full) == (Fraction(23, 30), 2)  # (1 + 1 + .3) ÷ 3


def test_what_counts_for_nobody_is_not_looked_at() -> None:
    """特色分 is for villages and communities; a rule for every unit is found behind a condition of evidence."""
    found = looked_at(
        RULES,
        a="党支部,评委,特色分,企业分\n一,张,5,5\n二,张,,10\n",
        m="党支部,类型,作风不好\n一,企业,否\n二,村,否\n",
    )
    assert [(item.item.measure, item.figures) for item in found.items] == [("企业分", 1)]
    text = "sections: [{id: A, title: 甲, max: 10, rules: [{award: 10, judge: 述职分, if: {all: [已述职, 到会]}}]}]\n"
    found = looked_at(text, a="党支部,评委,述职分\n一,张,5\n", m="党支部,已述职,到会\n一,是,是\n")
    assert [item.figures for item in found.items] == [1]


def test_an_assessor_is_one_however_written() -> None:
    found = looked_at(RULES, a="党支部,评委,述职分\n一,张 三,10\n", b="党支部,评委,述职分\n二,张三,9\n")
    assert [(rater.name, rater.figures) for rater in found.raters] == [("张 三", 2)]


def test_rounds_are_different_figures() -> None:
    text = "rounds: {平时: 50%, 年终: 50%}\n" + RULES
    found = looked_at(
        text,
        a="党支部,轮次,评委,述职分\n一,平时,张,10\n一,平时,李,8\n一,年终,张,5\n一,年终,李,9\n",
        m="党支部,轮次,类型,作风不好\n一,平时,村,否\n一,年终,村,否\n",
    )
    assert [(gap.round, gap.given) for gap in found.disagreements] == [
        ("年终", (("李", 9), ("张", 5))),
        ("平时", (("张", 10), ("李", 8))),
    ]
    assert [(rater.name, rater.difference) for rater in found.raters] == [
        ("李", Fraction(1, 10)),
        ("张", Fraction(-1, 10)),
    ]


def test_without_assessors_there_is_nothing() -> None:
    assert looked_at(RULES, a="党支部,类型,作风不好\n一,村,否\n") == Raters((), (), ())


def test_the_order_of_rows_changes_nothing() -> None:
    rows = ["一,张,10", "一,李,6", "二,张,9", "二,李,9.5"]
    head = "党支部,评委,述职分\n"
    assert looked_at(RULES, a=head + "\n".join(rows)).raters == looked_at(RULES, a=head + "\n".join(rows[::-1])).raters


@pytest.mark.parametrize("seed", range(10))
def test_sums_give_what_leaving_each_out_gives(seed: int) -> None:
    """Held against the mean of the others, worked out anew for each figure, and the distances from each mean."""
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    given = {
        (unit, rater): Fraction(rng.randrange(41), 4)
        for unit in "一二三四五"
        for rater in "张李王赵"
        if rng.random() < 0.7
    }
    rows = "".join(f"{unit},{rater},{float(points)}\n" for (unit, rater), points in given.items())
    found = looked_at(RULES, a=f"党支部,评委,述职分\n{rows}")
    for rater in found.raters:
        own = {unit: points / 10 for (unit, name), points in given.items() if name == rater.name}
        beside = []
        for unit, left in own.items():
            others = [points / 10 for (of, name), points in given.items() if of == unit and name != rater.name]
            beside += [left - sum(others) / len(others)] if others else []
        middle = sum(own.values(), Fraction(0)) / len(own)
        assert (rater.figures, rater.mean, rater.shared) == (len(own), middle, len(beside))
        assert rater.spread == sum(abs(left - middle) for left in own.values()) / len(own)
        assert rater.difference == (sum(beside, Fraction(0)) / len(beside) if beside else None)
    assert len(found.raters) == len({rater for _, rater in given})


def test_levels_are_compared_by_their_points_whatever_the_category() -> None:
    """张 leaves 10 and 6 of 10, 李 8 and 6: on average .8 and .7; beside each other .1 more."""
    text = """sections:
  - id: A
    title: 评价
    max: 10
    rules: [{award: {优: 10, 良: 8, 中: 6}, by: 等次评价, combine: {领导: 60%, 群众: 40%}}]
"""
    rows = "一,张,领导,优\n一,李,群众,良\n二,张,领导,中\n二,李,群众,中\n"
    found = looked_at(text, a=f"党支部,评委,评委类别,等次评价\n{rows}")
    means = {rater.name: (rater.mean, rater.difference, rater.full) for rater in found.raters}
    assert means == {"张": (Fraction(4, 5), Fraction(1, 10), 1), "李": (Fraction(7, 10), Fraction(-1, 10), 0)}
    assert [(gap.unit, gap.given) for gap in found.disagreements] == [("一", (("张", 10), ("李", 8)))]
