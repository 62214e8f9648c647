"""Laws that hold for every rubric and all evidence."""

from fractions import Fraction
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from dangjian_score.core.facts import Evidence, Value
from dangjian_score.core.points import Mode, decimals, rounded
from dangjian_score.engine.aggregates import places
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import NodeResult
from dangjian_score.engine.score import score
from dangjian_score.rubric.model import Rounding
from tests.carriers.generate import Sample, samples
from tests.engine.accounting import assert_all_accounted_for
from tests.sampling import runs
from tests.support import facts, outcomes, points, rubric, scored

SEEDS = st.integers(0, 10**9)


def sample(seed: int) -> Sample:
    return next(iter(samples(seed, rubrics=1, units=1)))


def nodes_of(node: NodeResult) -> list[NodeResult]:
    return [node, *(lower for inner in node.nodes for lower in nodes_of(inner))]


@settings(max_examples=runs(150, 50))
@given(SEEDS)
def test_points_are_start_and_lines_within_limits(seed: int) -> None:
    drawn = sample(seed)
    limits = {node.id: (node.floor, node.ceiling) for node in compile_rubric(drawn.program.rubric).nodes}
    result = score(compile_rubric(drawn.program.rubric), Evidence((), (facts("一", drawn.units[0]),), {}))
    unit = result.units[0]
    for node in (lower for top in unit.trace().nodes for lower in nodes_of(top)):
        moved = sum((line.points for line in node.lines), Fraction(0))
        assert node.start + moved + sum(lower.points for lower in node.nodes) == node.points
        floor, ceiling = limits[node.id]
        assert ceiling is None or node.points <= max(ceiling, Fraction(0))
        taken = any(line.verb == "forfeit" for line in node.lines)
        assert floor is None or node.points >= (min(floor, Fraction(0)) if taken else floor)
    detail = unit.trace()
    assert sum(top.points for top in detail.nodes) + sum(line.points for line in detail.lines) == unit.total
    ends = (line.points for line in detail.lines if line.rule == "total")
    assert sum(unit.kinds.values()) + sum(ends) == unit.total


ROUNDINGS = st.builds(
    Rounding,
    places=st.none() | st.integers(0, 3).map(str),
    sections=st.none() | st.integers(0, 3).map(str),
    total=st.none() | st.integers(0, 3).map(str),
    mode=st.sampled_from(get_args(Mode)),
)


def few(value: Fraction, places: int) -> bool:
    needed = decimals(value)
    return needed is not None and needed <= places


@settings(max_examples=runs(150, 50))
@given(SEEDS, ROUNDINGS)
def test_figures_are_rounded_where_it_is_stated_and_nowhere_else(seed: int, rounding: Rounding) -> None:
    drawn = sample(seed)
    rubric_ = drawn.program.rubric.model_copy(update={"rounding": rounding})
    unit = score(compile_rubric(rubric_), Evidence((), (facts("一", drawn.units[0]),), {})).units[0]
    assert few(unit.total, rubric_.total_places)
    nodes = [node for top in unit.trace().nodes for node in nodes_of(top)]
    moved = [line for node in nodes for line in node.lines if line.because is not None and line.verb != "forfeit"]
    if rounding.places is not None:
        assert all(few(line.points, rounding.places) for line in moved)
    if rounding.sections is not None:
        assert all(few(section.points, rounding.sections) for section in unit.trace().nodes)
    if rounding.places is None and rounding.sections is None:
        assert all(line.verb != "rounding" for node in nodes for line in node.lines)
        points = sum(unit.kinds.values(), Fraction(0))
        held = [line.points for line in unit.trace().lines if line.verb in ("floor", "ceiling")]
        assert unit.total == rounded(points + sum(held), rubric_.total_places, rounding.mode)


ONLY_DEDUCTS = """
total: 20
sections:
  - id: A
    title: 甲
    max: 20
    items:
      - {title: 一, max: 5, rules: [{deduct: 0.7, per: 次}, {deduct: 2, each: [甲有, 乙有]}]}
      - {title: 二, max: 5, rules: [{deduct: {1: 1, 3: 2, 5: all}, at_least: 缺}, {forfeit: true, if: 坏}]}
      - {title: 三, max: 5, rules: [{deduct: 0.3, per_over: 次, of: 2, every: 2, steps: started}]}
      - {title: 四, max: 5, rules: [{deduct: 1.5, if: {缺: {above: 2}}, up_to: 1}, {deduct: 5, judge: 分}]}
"""
FAULTS = {"次": st.integers(0, 12), "缺": st.integers(0, 7), "分": st.integers(0, 5)}
FLAGS = ("甲有", "乙有", "坏")


@given(st.data())
def test_more_faults_never_raise_a_score_where_rules_only_deduct(data: st.DataObject) -> None:
    counts = {name: data.draw(count) for name, count in FAULTS.items()}
    flags = {name: data.draw(st.booleans()) for name in FLAGS}
    worse = {name: data.draw(st.integers(count, 12 if name != "分" else 5)) for name, count in counts.items()}
    more = {name: flag or data.draw(st.booleans()) for name, flag in flags.items()}
    before: dict[str, Value] = {**{name: Fraction(count) for name, count in counts.items()}, **flags}
    after: dict[str, Value] = {**{name: Fraction(count) for name, count in worse.items()}, **more}
    result = scored(rubric(ONLY_DEDUCTS), 前=before, 后=after)
    assert points(result, "后")["total"] <= points(result, "前")["total"]


@settings(max_examples=runs(40, 15))
@given(SEEDS, st.permutations(range(6)))
def test_the_order_of_units_changes_nothing(seed: int, order: list[int]) -> None:
    drawn = next(iter(samples(seed, rubrics=1, units=6)))
    program = drawn.program
    everything = [facts(f"单位{at}", values) for at, values in enumerate(drawn.units)]
    shuffled = [everything[at] for at in order]
    results = [
        score(compile_rubric(program.rubric), Evidence((), tuple(units), {})) for units in (everything, shuffled)
    ]
    assert outcomes(results[0]) == outcomes(results[1])


@given(st.dictionaries(st.text(max_size=3), st.fractions(-50, 150), min_size=1))
def test_a_rank_is_one_more_than_those_above(totals: dict[str, Fraction]) -> None:
    amounts = list(totals.values())
    for amount, rank in zip(amounts, places(amounts), strict=True):
        assert rank == 1 + sum(other > amount for other in amounts)


@settings(max_examples=runs(300, 100))
@given(SEEDS)
def test_what_a_base_item_lacks_is_lost_or_not_earned(seed: int) -> None:
    drawn = sample(seed)
    result = score(compile_rubric(drawn.program.rubric), Evidence((), (facts("一", drawn.units[0]),), {}))
    assert_all_accounted_for(result)
