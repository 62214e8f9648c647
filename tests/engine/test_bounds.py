"""Bounds of trees: the edges by hand, and the law that what a unit comes to always lies within them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangjian_score.checks.study import spans_of
from dangjian_score.core.algebra import (
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Entered,
    Expr,
    Grouped,
    Is,
    Least,
    Most,
    Named,
    Not,
    Placing,
    Product,
    Quotient,
    Read,
    Ref,
    Rounded,
    Statistic,
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)
from dangjian_score.engine import exact
from dangjian_score.engine.bounds import FigureSpan, Interval, bounds, interval, verdict
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.rubric.kinds.judge import Judged
from tests.carriers.generate import samples


def n(text: str) -> Const:
    return Const(Fraction(text))


def span(least: str | None, most: str | None) -> FigureSpan:
    return FigureSpan(*(None if end is None else Fraction(end) for end in (least, most)))


COUNT, SHARE, FREE = Read("次", "count"), Read("率", "percent"), Read("数", "number")
KNOWN = {"次": span("0", None), "率": span("0", "1"), "数": span(None, None), "分": span("-2", "3")}
SCORE = Read("分", "score")


@pytest.mark.parametrize(
    ("expr", "least", "most"),
    [
        (n("2"), "2", "2"),
        (COUNT, "0", None),
        (Read("谁", "count"), None, None),
        (Ref("A"), None, None),
        (Sum(()), "0", "0"),
        (Sum((SHARE, SCORE)), "-2", "4"),
        (Sum((SHARE, COUNT)), "0", None),
        (Product(n("-2"), SCORE), "-6", "4"),
        (Product(SCORE, n("2")), "-4", "6"),
        (Product(n("0"), FREE), "0", "0"),
        (Product(SHARE, COUNT), "0", None),
        (Product(SHARE, SHARE), "0", "1"),
        (Product(SCORE, SHARE), None, None),
        (Product(n("-1"), COUNT), None, "0"),
        (Most(n("0"), SCORE), "0", "3"),
        (Most(FREE, n("1")), "1", None),
        (Least(COUNT, n("5")), "0", "5"),
        (Least(FREE, n("5")), None, "5"),
        (Whole(Product(n("0.5"), SCORE)), "-1", "1"),
        (Rounded(Product(n("0.5"), SCORE), 0), "-1", "2"),
        (Named("甲", "count", SHARE), "0", "1"),
        (Statistic("甲", "mean", SHARE, "率", "percent"), "0", "1"),
        (Placing("甲", COUNT, lowest_first=False), "1", None),
        (Choice(Yes("是"), n("1"), n("4")), "1", "4"),
        (Choice(Compare(SHARE, "at_least", n("0")), n("1"), n("4")), "1", "1"),
        (Choice(Compare(SHARE, "above", n("1")), n("1"), n("4")), "4", "4"),
        # 10 × min(N, M) ÷ M is a share of 10, and a mean of 1 and 3 lies between them, by whatever votes.
        (Quotient(Product(n("10"), Least(COUNT, SHARE)), SHARE), "0", "10"),
        (Quotient(Sum((Product(n("1"), COUNT), Product(n("3"), SHARE))), Sum((COUNT, SHARE))), "1", "3"),
        (Quotient(COUNT, SHARE), "0", None),
        (Quotient(SCORE, SHARE), None, None),
        (Tally("甲", ("事",), None, n("2")), "0", None),
        (Tally("甲", ("事",), None, n("-2")), None, "0"),
        (Grouped("甲", ("month",), (), n("1"), Fraction(3), shortfall=True), "0", None),
        (Grouped("甲", ("month",), (), n("1"), Fraction(0), shortfall=True), "0", "0"),
        (Grouped("甲", ("month",), (), n("0"), None, shortfall=True), "0", "0"),
    ],
)
def test_bounds_of_an_expression(expr: Expr, least: str | None, most: str | None) -> None:
    assert bounds(expr, KNOWN) == span(least, most)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (Yes("是"), None),
        (Is("级", "甲"), None),
        (Entered("次"), None),
        (Compare(COUNT, "at_least", n("0")), True),
        (Compare(COUNT, "at_least", n("1")), None),
        (Compare(COUNT, "below", n("0")), False),
        (Compare(SHARE, "at_least", n("1.1")), False),
        (Compare(SHARE, "below", n("1.1")), True),
        (Compare(SHARE, "at_most", n("1")), True),
        (Compare(SHARE, "above", n("1")), False),
        (Compare(SHARE, "above", n("-1")), True),
        (Compare(SHARE, "above", n("0.5")), None),
        (Compare(SHARE, "equals", n("2")), False),
        (Compare(SHARE, "equals", n("-1")), False),
        (Compare(SHARE, "equals", n("1")), None),
        (Compare(n("1"), "equals", n("1")), True),
        (Not(Compare(SHARE, "above", n("1"))), True),
        (Not(Yes("是")), None),
        (AllHold(()), True),
        (AnyHolds(()), False),
        (AllHold((Compare(COUNT, "at_least", n("0")), Yes("是"))), None),
        (AllHold((Compare(SHARE, "above", n("1")), Yes("是"))), False),
        (AllHold((Compare(COUNT, "at_least", n("4")), Compare(COUNT, "below", n("3")))), False),
        (AllHold((Compare(COUNT, "at_least", n("3")), Compare(COUNT, "below", n("3")))), False),
        (AllHold((Compare(COUNT, "at_least", n("3")), Compare(COUNT, "at_most", n("3")))), None),
        (AllHold((Compare(COUNT, "at_least", n("4")), Compare(SHARE, "below", n("0.5")))), None),
        (AnyHolds((Compare(SHARE, "above", n("1")), Compare(COUNT, "below", n("0")))), False),
        (AnyHolds((Compare(SHARE, "above", n("1")), Yes("是"))), None),
        (AnyHolds((Compare(SHARE, "at_most", n("1")), Yes("是"))), True),
    ],
)
def test_whether_a_test_can_hold(test: Test, expected: bool | None) -> None:
    assert verdict(test, KNOWN) is expected


def test_intervals_within_each_other() -> None:
    five = Fraction(5)
    assert interval("at_least", five).within(interval("at_most", five)) == Interval(span("5", "5"))
    assert interval("above", five).within(interval("at_most", five)).is_empty
    assert interval("at_least", five).within(interval("below", five)).is_empty
    assert interval("above", five).within(interval("at_least", five)) == interval("above", five)
    assert interval("below", five).within(interval("at_most", five)) == interval("below", five)
    assert interval("equals", five).holds(five)
    assert not interval("equals", five).holds(Fraction(4))
    hows = (interval("above", five), interval("at_most", five), interval("at_least", five))
    in_order = (interval("at_most", five), interval("at_least", five), interval("above", five))
    assert tuple(sorted(hows, key=lambda within: within.start)) == in_order


@settings(max_examples=150)
@given(st.integers(0, 10**9))
def test_what_a_unit_comes_to_lies_within_the_bounds(seed: int) -> None:
    sample = next(iter(samples(seed, rubrics=1, units=3)))
    measures = dict(spans_of(catalogue(sample.program)))
    judged = {rule.basis.measure: FigureSpan(rule.basis.least, rule.basis.most) for rule in sample.program.rules
              if isinstance(rule.basis, Judged)}  # fmt: skip
    for unit in sample.units:
        done = exact.run(sample.program.steps, unit, {})
        for rule in sample.program.rules:
            within = bounds(rule.points, measures | judged)
            value = exact.number(rule.points, unit, done)
            assert within.least is None or within.least <= value, sample.text
            assert within.most is None or within.most >= value, sample.text
            if rule.forfeits is not None and (decided := verdict(rule.forfeits, measures | judged)) is not None:
                assert decided == exact.holds(rule.forfeits, unit, done)
