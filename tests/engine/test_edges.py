"""What rarely happens: defects of ours, kinds settled by a single use, demands that a blank guard leaves open."""

from fractions import Fraction

import pytest

from dangjian_score.core.algebra import ZERO, Read, Ref, Step, Sum
from dangjian_score.core.facts import Value
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.demands import Demand, Due, Needless, NoWhole, OutOfRange, RuleDemands
from dangjian_score.engine.node_steps import in_order
from dangjian_score.engine.program import compile_rubric
from tests.support import ready, rubric

F = Fraction


def program(rules: str) -> str:
    return f"sections:\n  - {{id: A, title: 甲, max: 10, rules: [{rules}]}}\n"


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        ("{deduct: 1, per: 数}", "count"),
        ("{deduct: 1, if: {数: {at_least: 2.5}}}", "number"),
        ("{deduct: 1, if: {数: {at_least: 2.5}}}, {deduct: 1, per: 数}", "count"),
        ("{deduct: 1, if: {数: {at_least: 25%}}}", "percent"),
        ("{deduct: 1, if: 数}", "yes_no"),
        ("{deduct: 1, if: {数: 好}}", "level"),
        ("{deduct: 1, if: {数: {before: 2024-01-01}}}", "date"),
        ("{deduct: 1, judge: 数}", "score"),
        ("{deduct: 1, judge: 数}, {deduct: 1, if: {数: {above: 2}}}", "score"),
    ],
)
def test_a_kind_follows_from_its_uses(rules: str, kind: str) -> None:
    assert catalogue(compile_rubric(rubric(program(rules)).rubric)).measures["数"].kind == kind


JUDGED = "{deduct: {from: 1, to: 3}, if: 坏, judge: 分}"
SHARE = "{award: 10, ratio: 到, of: [应, 补], if: 坏}"
BOTH = Sum((Read("应", "number"), Read("补", "number")))


@pytest.mark.parametrize(
    ("rules", "values", "unmet"),
    [
        (JUDGED, {}, [Due("坏")]),  # whether a figure is due is not known
        (JUDGED, {"坏": True}, [Due("分")]),
        (JUDGED, {"坏": False}, []),
        (JUDGED, {"坏": False, "分": F(0)}, []),
        (JUDGED, {"坏": False, "分": F(2)}, [Needless("分")]),
        (JUDGED, {"坏": True, "分": F(2)}, []),
        (JUDGED, {"坏": True, "分": F(4)}, [("分", F(1), F(3))]),
        (JUDGED, {"坏": True, "分": F(0)}, [("分", F(1), F(3))]),
        ("{deduct: 1, judge: 分, if: {分: {above: 0}}}", {}, [Due("分")]),
        (SHARE, {"坏": True, "到": F(1), "应": F(0), "补": F(0)}, [NoWhole(BOTH)]),
        (SHARE, {"坏": False, "到": F(1), "应": F(0), "补": F(0)}, []),
        (SHARE, {"坏": True, "到": F(1), "应": F(0), "补": F(1)}, []),
        (SHARE, {"坏": True, "应": F(0), "补": F(1)}, [Due("到")]),
    ],
)
def test_demands(rules: str, values: dict[str, Value], unmet: list[object]) -> None:
    (rule,) = compile_rubric(rubric(program(rules)).rubric).rules
    found = list(RuleDemands.by(rule).unmet(ready(values)))
    assert [_plainly(demand) for demand in found] == unmet


def _plainly(demand: Demand) -> object:
    return (demand.measure, demand.least, demand.most) if isinstance(demand, OutOfRange) else demand


def test_defects_of_ours_raise() -> None:
    with pytest.raises(TypeError):
        exact.figure(value=True)


def test_steps_that_rest_on_each_other_in_a_long_chain_are_put_in_order() -> None:
    steps = [Step(f"s{at}", Ref(f"s{at + 1}")) for at in range(5_000)]
    ordered = in_order([*steps, Step("s5000", ZERO)])
    assert [step.name for step in ordered] == [f"s{at}" for at in range(5_000, -1, -1)]


def test_steps_in_a_circle_stay_all_of_them() -> None:
    steps = [Step("a", Ref("b")), Step("b", Ref("c")), Step("c", Ref("b")), Step("d", ZERO)]
    assert [step.name for step in in_order(steps)] == ["c", "b", "a", "d"]
