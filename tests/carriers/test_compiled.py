"""Compiled programs come to what is evaluated exactly, in every step; and by hand where things are odd."""

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import get_args

import pytest

from dangjian_score.core.algebra import (
    ONE,
    ZERO,
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Entered,
    Expr,
    Is,
    Least,
    Most,
    Not,
    Product,
    Quotient,
    Read,
    Ref,
    Rounded,
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)
from dangjian_score.core.facts import Evidence, Value
from dangjian_score.core.points import Mode, rounded
from dangjian_score.engine.compiled.carrier import compiled_test
from dangjian_score.engine.compiled.layout import OddCaseError, Row, RowLayout, columns_read, laid_out
from dangjian_score.engine.evaluate import ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program, compile_rubric
from tests import rich
from tests.carriers.agreement import Agreed, agreement
from tests.carriers.programs import drawn, readied
from tests.report.audits import case_units, evidence_of
from tests.sampling import runs
from tests.shipped import NAMES

PROGRAMS, UNITS = runs(60, 30), 4


def test_random_programs() -> None:
    samples = (drawn(seed, UNITS) for seed in range(PROGRAMS))
    found = [agreement(drawn.program, readied(drawn)) for drawn in samples]
    assert [wrong for agreed in found for wrong in agreed.wrong] == []
    assert sum(agreed.same for agreed in found) > PROGRAMS * 1000 // 3
    assert PROGRAMS / 6 < sum(agreed.odd for agreed in found) < PROGRAMS * UNITS / 3


def scored(evidence: Evidence, program: Program) -> Agreed:
    """Hold the carriers against each other for all units that take part."""
    cohort = prepare(program, evidence)
    return agreement(program, [cohort.ready(at) for at in cohort.taking_part])


@pytest.mark.parametrize("name", NAMES)
def test_shipped_rubrics(name: str) -> None:
    loaded, units = case_units(name)
    evidence = evidence_of(loaded, units)
    assert evidence is not None
    found = scored(evidence, compile_rubric(loaded.rubric).with_rulings(ruled(evidence)))
    assert (found.wrong, found.odd) == ((), 0)
    assert found.same > 100


def test_a_rich_rubric() -> None:
    loaded, _, evidence, _, _ = rich.scored()
    found = scored(evidence, compile_rubric(loaded.rubric).with_rulings(ruled(evidence)))
    assert (found.wrong, found.odd) == ((), 0)
    assert found.same > 100


# By hand: a test of one row


def row(test: Test, values: Mapping[str, Value], *others: Mapping[str, Value]) -> tuple[RowLayout, Row]:
    """Lay out a unit, beside others."""
    columns = columns_read([test])
    layout, rows = laid_out(columns, [columns.raw(unit, {}) for unit in (values, *others)])
    return layout, rows[0]


def holds(test: Test, values: Mapping[str, Value], *others: Mapping[str, Value]) -> bool:
    """Tell whether a test holds of a unit."""
    layout, mine = row(test, values, *others)
    return compiled_test(test, layout)(mine)


def comes_to(expr: Expr, values: Mapping[str, Value], expected: Fraction) -> bool:
    """Tell whether an expression comes to a figure."""
    return holds(Compare(expr, "equals", Const(expected)), values)


HAVE, OF = Read("数", "number"), Read("总", "count")
F = Fraction


@pytest.mark.parametrize(
    ("value", "places", "half_up", "half_even", "up", "down"),
    [
        ("1/8", 2, "0.13", "0.12", "0.13", "0.12"),
        ("-1/8", 2, "-0.13", "-0.12", "-0.13", "-0.12"),
        ("3/8", 2, "0.38", "0.38", "0.38", "0.37"),
        ("-3/8", 2, "-0.38", "-0.38", "-0.38", "-0.37"),
        ("5/2", 0, "3", "2", "3", "2"),
        ("-5/2", 0, "-3", "-2", "-3", "-2"),
        ("-1/2", 0, "-1", "0", "-1", "0"),
        ("1/3", 1, "0.3", "0.3", "0.4", "0.3"),
        ("-2/3", 1, "-0.7", "-0.7", "-0.7", "-0.6"),
        ("7/20", 2, "0.35", "0.35", "0.35", "0.35"),
        ("0", 1, "0", "0", "0", "0"),
    ],
)
def test_modes_of_rounding(value: str, places: int, half_up: str, half_even: str, up: str, down: str) -> None:
    """The same for a figure as read, for one divided by a figure, and for one that is known beforehand."""
    expected: dict[Mode, str] = {"half_up": half_up, "half_even": half_even, "up": up, "down": down}
    assert set(expected) == set(get_args(Mode))
    read = {"数": F(value), "总": F(7)}
    for mode, text in expected.items():
        for expr in (HAVE, Quotient(Product(HAVE, OF), OF), Const(F(value))):
            assert comes_to(Rounded(expr, places, mode), read, F(text)), mode


@pytest.mark.parametrize(("part", "whole", "expected"), [(7, 2, 3), (-7, 2, -4), (6, 2, 3), (-1, 3, -1)])
def test_whole_steps_are_those_not_above(part: int, whole: int, expected: int) -> None:
    assert comes_to(Whole(Quotient(HAVE, OF)), {"数": F(part), "总": F(whole)}, F(expected))
    assert comes_to(Whole(HAVE), {"数": F(part, whole)}, F(expected))


def test_rationals_are_carried_to_the_end() -> None:
    """Three of 22/9 are 22/3; and the larger of two shares is not found by their numerators."""
    third = Quotient(HAVE, OF)
    assert comes_to(Sum((third, third, third)), {"数": F(22), "总": F(9)}, F(22, 3))
    assert comes_to(Most(third, Quotient(ONE, HAVE)), {"数": F(2), "总": F(3)}, F(2, 3))
    assert comes_to(Least(third, Quotient(ONE, HAVE)), {"数": F(2), "总": F(3)}, F(1, 2))
    assert comes_to(Least(third, Const(F(1, 2))), {"数": F(2), "总": F(3)}, F(1, 2))


def test_figures_of_any_denominator() -> None:
    large = F(1, 10**19 + 51)
    assert comes_to(Sum((HAVE, HAVE)), {"数": large}, 2 * large)
    assert holds(Compare(HAVE, "below", Const(F(1, 10**19))), {"数": large})


def test_denominators_of_the_regulation_may_grow_beyond_all_bounds() -> None:
    """Python reads no number of more than 4,300 digits."""
    small = [F(1, 10**27 + at) for at in range(1, 400, 2)]
    added = Sum((HAVE, *map(Const, small)))
    assert sum(small).denominator > 10**4300
    assert comes_to(Rounded(added, 40), {"数": F(1)}, rounded(1 + sum(small, F(0)), 40))
    multiplied: Expr = HAVE
    for part in small:
        multiplied = Product(multiplied, Const(1 + part))
    assert comes_to(Rounded(multiplied, 40), {"数": F(1)}, rounded(prod((1 + part for part in small), start=F(1)), 40))
    least = Least(Sum(tuple(map(Const, small[:100]))), Sum(tuple(map(Const, small[100:]))))
    assert comes_to(Rounded(least, 60), {}, rounded(sum(small[100:], F(0)), 60))


@pytest.mark.parametrize(
    "test",
    [
        Compare(HAVE, "equals", ZERO),
        Compare(Choice(AllHold(()), HAVE, ONE), "equals", ZERO),
        Compare(Tally(":会", ("会",), None, ONE), "at_least", ZERO),
        Compare(Ref("没有"), "at_least", ZERO),
        Not(Yes("数")),
        Not(Is("数", "甲")),
        Compare(Quotient(ONE, OF), "at_least", ZERO),
    ],
)
@pytest.mark.parametrize("beside", [{}, {"数": F(1), "总": F(1)}, {"数": F(10**18 + 1, 10**18 + 9), "总": F(1)}])
def test_what_is_not_there_is_nothing_at_all(test: Test, beside: Mapping[str, Value]) -> None:
    with pytest.raises(OddCaseError):
        holds(test, {}, beside)


@pytest.mark.parametrize("whole", [F(0), F(-2), F(0, 5)])
def test_nothing_is_divided_by_what_is_not_above_0(whole: Fraction) -> None:
    test = Compare(Quotient(HAVE, OF), "at_least", ZERO)
    with pytest.raises(OddCaseError):
        holds(test, {"数": F(1), "总": whole})
    assert holds(test, {"数": F(1), "总": F(2)}, {"数": F(1), "总": whole})


def test_answers_are_no_figures() -> None:
    for value in (True, "甲"):
        with pytest.raises(OddCaseError):
            holds(Compare(HAVE, "at_least", ZERO), {"数": value})
        with pytest.raises(OddCaseError):
            holds(Compare(HAVE, "at_least", ZERO), {"数": F(1)}, {"数": value})


def test_what_does_not_stand_is_not_looked_at() -> None:
    there, above = Entered("总"), Compare(OF, "above", ZERO)
    share = Quotient(HAVE, OF)
    values: Mapping[str, Value] = {"数": F(1)}
    assert holds(Compare(Choice(there, share, ONE), "equals", ONE), values)
    assert not holds(AllHold((there, Compare(Sum((share, share)), "above", ZERO))), values)
    assert holds(AnyHolds((Not(there), Compare(Sum((share, share)), "above", ZERO))), values)
    assert holds(Compare(Choice(above, share, ONE), "equals", ONE), {"数": F(1), "总": F(0)})
    table = Choice(there, ONE, Choice(Yes("数"), ONE, Choice(Compare(share, "above", ZERO), ONE, share)))
    with pytest.raises(OddCaseError):
        holds(Compare(table, "equals", ONE), values)
    assert holds(Compare(table, "equals", ONE), {"数": F(1), "总": F(1)})


def test_levels_are_never_text_of_the_program() -> None:
    for level in ('"', "'", "\\", "\n", "{x}", '"""', "'); odd(); ('", "\ud800"):
        assert holds(Is("等级", level), {"等级": level})
        assert not holds(Is("等级", level), {"等级": f"{level} "})


def test_long_tables_and_deep_trees() -> None:
    """Python takes no more than 200 brackets and 100 blocks that stand in each other."""
    table: Expr = ZERO
    for at in range(400):
        table = Choice(Compare(HAVE, "equals", Const(F(at))), Const(F(at, 3)), table)
    assert comes_to(table, {"数": F(17)}, F(17, 3))
    shares: Expr = ZERO
    for at in range(1, 200):
        shares = Choice(Compare(Sum((HAVE, Quotient(ONE, OF))), "equals", Const(F(at))), Quotient(HAVE, OF), shares)
    assert comes_to(shares, {"数": F(200), "总": F(1)}, F(0))
    assert comes_to(shares, {"数": F(16), "总": F(1)}, F(16))
    deep: Expr = HAVE
    for _ in range(150):
        deep = Most(Sum((deep, ONE)), HAVE)
    assert comes_to(deep, {"数": F(1)}, F(151))


def test_one_more_unit_fits_or_is_odd() -> None:
    test = AllHold((Compare(HAVE, "above", ZERO), Yes("答")))
    layout, first = row(test, {"数": F(1, 2), "答": True}, {"数": F(1, 5), "答": False})
    assert layout.row((F(1, 2), True)) == first
    assert layout.row((F(3), True)) == (30, True)
    for raw in ((F(1, 3), True), (None, True), ("甲", True), (F(1), F(1))):
        with pytest.raises(OddCaseError):
            layout.row(raw)
    layout, _ = row(test, {"数": F(1, 10**20)}, {"答": True})
    assert layout.row((F(1, 3), None)) == ((1, 3), None)


def test_nobody_and_nothing() -> None:
    layout, rows = laid_out(columns_read([Yes("答")]), [])
    assert (len(layout.slots), rows) == (1, [])
    assert laid_out(columns_read([AllHold(())]), [(), ()])[1] == [(), ()]
