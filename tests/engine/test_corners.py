"""Corners that no regulation reaches: figures between whole numbers, amounts declared for all registers."""

from fractions import Fraction

from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.whatif.ahead import _beside
from dangjian_score.rubric.source import Spot, spot_within
from tests.support import rubric

AMOUNTS = """
measures: {数量: {min: 1, max: 9}}
sections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 迟到, where: {数量: {at_least: 2}}}]}]
"""


def test_amounts_may_be_declared() -> None:
    known = catalogue(compile_rubric(rubric(AMOUNTS).rubric))
    assert known.registers["迟到"]["数量"].least == 1


def test_nothing_lies_beside_a_half() -> None:
    assert [*_beside(Fraction(1, 2), {"分": Measure("分", "number", None, None, None, ())}, "分")] == []


def test_a_text_that_goes_on_otherwise_has_no_such_place() -> None:
    assert spot_within(["甲乙"], Spot(1, 1), "甲丙", 1) is None
