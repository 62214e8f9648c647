"""Units that the compiled functions do not answer for are scored exactly, and explained alike."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import pytest
from msgspec.structs import replace

from dangjian_score.core.facts import Cell, Event, Evidence, Fact, MadeFacts, UnitFacts, values_of
from dangjian_score.engine import evaluate
from dangjian_score.engine.aggregates import over_rounds
from dangjian_score.engine.compiled import carrier
from dangjian_score.engine.compiled.carrier import Compiled
from dangjian_score.engine.compiled.layout import OddCaseError
from dangjian_score.engine.evaluate import Scorer
from dangjian_score.engine.prepare import prepare, tallied
from dangjian_score.engine.program import compile_rubric
from tests.support import facts, outcomes, rubric, scored

F: Final = Fraction

RULES = """
measures: {全部得分: {points: [A]}, 平均: {ratio: 到, of: 应}}
sections:
  - id: A
    title: 学习
    max: 10
    rules: [{award: 6, ratio: 到, of: 应}, {award: 4, if: {平均: {at_least: 0.5}}}]
  - id: B
    title: 活动
    max: 5
    rules: [{deduct: 1, per: 缺}, {forfeit: true, if: {全部得分: {below: 5}}}]
grades: {好: 8, 差: 0}
"""
UNITS = {"甲": {"到": F(2), "应": F(3), "缺": F(1)}, "乙": {"到": F(1), "应": F(3), "缺": F(0)}}
CELL = Cell("e.csv", None, 2, 1)


def refuse(_: object) -> tuple[int, ...]:
    raise OddCaseError


def test_units_without_an_answer_are_scored_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = rubric(RULES)
    usual = scored(loaded, **UNITS)

    def odd(*arguments: Any) -> Compiled:
        return replace(carrier.compiled(*arguments), run=refuse)

    monkeypatch.setattr(evaluate, "compiled", odd)
    exactly = scored(loaded, **UNITS)
    assert outcomes(exactly) == outcomes(usual)
    assert [unit.trace() for unit in exactly.units] == [unit.trace() for unit in usual.units]
    first = exactly.units[0]
    assert (first.unit, first.total, first.columns) == ("甲", F(12), (F(8), F(4)))  # 6 × 2/3 and 4; 5 − 1
    second = {node.id: node for node in exactly.units[1].trace().nodes}  # 6 × 1/3, which is below 5
    assert ([line.verb for line in second["B"].lines], second["B"].points) == (["forfeit"], 0)


def test_steps_are_mappings() -> None:
    program = compile_rubric(rubric(RULES).rubric)
    units = tuple(facts(name, values) for name, values in UNITS.items())
    scorer = Scorer(prepare(program, Evidence((), units, {})))
    fast, exactly = scorer.evaluated(0), evaluate.evaluate(program, units[0], scorer.cohort.ready(0))
    done: Mapping[str, Fraction] = fast.done[""]
    assert (dict(done), len(done)) == (exactly.done[""], len(exactly.done[""]))
    assert (dict(fast.closed).items() <= exactly.closed.items(), len(fast.closed)) == (True, len(dict(fast.closed)))


def test_a_changed_unit_that_does_not_fit_is_scored_exactly() -> None:
    program = compile_rubric(rubric(RULES).rubric)
    units = tuple(facts(name, values) for name, values in UNITS.items())
    scorer = Scorer(prepare(program, Evidence((), units, {})))
    changed = facts("甲", UNITS["甲"] | {"缺": F(1, 7)})
    ready = {"": scorer.cohort.preparers[""].alone(changed)}
    assert scorer.again(changed, ready) == evaluate.evaluate(program, changed, ready).closed


def test_events_out_of_the_ordinary_are_not_summed_at_once() -> None:
    rule = "{award: 3, per: 获奖, divided_by: 人数}"
    text = f"measures: {{获奖: {{register: true}}}}\nsections: [{{title: 奖, kind: bonus, rules: [{rule}]}}]"
    program = compile_rubric(rubric(text).rubric)
    plan = program.plan(program.passes[0])
    whole = Event("获奖", CELL, {"人数": Fact(F(2), CELL)})
    assert tallied(plan, [UnitFacts("甲", CELL, {}, events=(whole,))]) == [{":1/1": F(3, 2)}]
    assert tallied(plan, [UnitFacts("甲", CELL, {}, events=(whole, Event("获奖", CELL, {})))]) is None


def test_rounds_that_say_different_things_come_to_nothing() -> None:
    assert over_rounds([Fact("好", CELL), Fact("差", CELL)], "level") is None


def test_facts_that_are_made_are_counted() -> None:
    made = MadeFacts({"数": None}, lambda _: Fact(F(1), CELL))
    assert (len(made), dict(made)) == (1, {"数": Fact(F(1), CELL)})
    assert (len(values_of(made)), dict(values_of(made))) == (1, {"数": 1})
