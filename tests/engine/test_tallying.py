"""Sums of events made for many units at once, held against those that explain themselves event by event."""

from random import Random

import pytest

from dangjian_score.core.facts import Cell, UnitFacts
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.prepare import tallied
from dangjian_score.engine.registers import reduce
from tests.engine import register_oracle as oracle
from tests.engine.test_registers import YEAR, events_of, program_of

CASES = 60


@pytest.mark.parametrize("seed", range(4))
def test_they_are_the_same(seed: int) -> None:
    rng = Random(300 + seed)  # noqa: S311  no secret hangs on it
    calendar, done = Calendar(*(day.toordinal() for day in YEAR)), 0
    for _ in range(CASES):
        rule, _ = oracle.random_case(rng)
        program = program_of(rule)
        plan = program.plan(program.passes[0])
        cell = Cell("e.csv", None, 2, 1)
        events = [events_of(program, oracle.random_rows(rng, rule)) for _ in range(3)]
        units = [UnitFacts(f"单位{at}", cell, {}, events=each) for at, each in enumerate(events)]
        sums = tallied(plan, units)
        if sums is None:
            assert plan.grouped
            continue
        assert sums == [reduce(plan, unit.events, {}, calendar).figures for unit in units], rule
        done += 1
    assert done > CASES / 4
