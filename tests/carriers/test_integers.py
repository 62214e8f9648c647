"""The trees mean the same when they are lowered to integers; and the random rubrics hold all there is to hold."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import get_args

import pytest

from dangjian_score.engine import algebra, counting, exact, lookups, phrases
from dangjian_score.engine.algebra import (
    AllHold,
    Choice,
    Compare,
    Const,
    Expr,
    Least,
    Most,
    Not,
    Product,
    Quotient,
    Read,
    Rounded,
    Step,
    Sum,
    Test,
    Whole,
)
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.trees import walk
from dangjian_score.facts import Value
from dangjian_score.rubric.conditions import Comparators
from dangjian_score.rubric.counting import VERBS
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.rubric.lookups import Rank
from dangjian_score.rubric.model import KINDS
from dangjian_score.rubric.rules import BASES, AnyRule
from tests.carriers.generate import Sample, samples
from tests.carriers.integers import Run, compile_integers, half_up

RUBRICS, UNITS = 250, 20


@pytest.fixture(scope="module")
def drawn() -> tuple[Sample, ...]:
    return tuple(samples(2024, RUBRICS, UNITS))


def _same(run: Run, sample_steps: Mapping[str, Fraction], values: Mapping[str, Value]) -> None:
    lowered = run(values)
    assert all(type(part) is int for pair in lowered.values() for part in pair)
    assert {name: Fraction(*pair) for name, pair in lowered.items()} == sample_steps


def test_integers_agree_with_rationals_in_every_step(drawn: tuple[Sample, ...]) -> None:
    pairs = 0
    for sample in drawn:
        run = compile_integers(sample.program)
        for values in sample.units:
            _same(run, exact.run(sample.program.steps, values, {}), values)
            pairs += 1
    assert pairs == RUBRICS * UNITS


# The trees of rubrics divide only under a rounding. These divide anywhere.

MEASURES = """
dangjian: 1
rubric: loose
title: 随意的式子
measures: {数: {type: number}}
sections: [{title: 项, max: 9, rules: [{award: 1, each: [答, {次: 3}, {数: 0.5}]}]}]
"""


def _expr(rng: Random, depth: int) -> Expr:
    def below() -> Expr:
        return _expr(rng, depth - 1)

    if depth == 0:
        return rng.choice(
            (Read("次", "count"), Read("数", "number"), Const(Fraction(rng.randint(-9, 9), rng.randint(1, 7))))
        )
    positive = Sum((Const(Fraction(1, rng.randint(1, 9))), Most(algebra.ZERO, below())))
    return rng.choice(
        (
            lambda: Sum(tuple(below() for _ in range(rng.randrange(4)))),
            lambda: Product(below(), below()),
            lambda: Quotient(below(), positive),
            lambda: Most(below(), below()),
            lambda: Least(below(), below()),
            lambda: Choice(_test(rng, depth - 1), below(), below()),
            lambda: Choice(
                Compare(Read("次", "count"), "above", algebra.ZERO), Quotient(below(), Read("次", "count")), below()
            ),
            lambda: Whole(below()),
            lambda: Rounded(below(), rng.randrange(4)),
        )
    )()


def _test(rng: Random, depth: int) -> Test:
    tests: tuple[Test, ...] = tuple(_test(rng, depth - 1) for _ in range(rng.randrange(3))) if depth else ()
    compared = Compare(_expr(rng, depth), rng.choice(get_args(algebra.Comparator)), _expr(rng, depth))
    return rng.choice((algebra.Yes("答"), compared, compared, AllHold(tests), algebra.AnyHolds(tests), Not(compared)))


def _loose(program: Program, steps: tuple[Step, ...]) -> Program:
    part = replace(program.passes[0])
    part.__dict__["steps"] = steps  # what is worked out once is what it says here
    return replace(program, passes=(part,), closing=())


def test_integers_agree_on_trees_that_divide_anywhere() -> None:
    rng = Random(7)  # noqa: S311  no secret hangs on it
    loaded = load(MEASURES.encode(), "loose.yaml")
    assert isinstance(loaded, Loaded)
    for _ in range(150):
        steps = tuple(Step(f"s{at}", _expr(rng, 3)) for at in range(4))
        run = compile_integers(_loose(compile_rubric(loaded.rubric), steps))
        for _ in range(4):
            values: dict[str, Value] = {
                "答": rng.random() < 0.5,
                "次": Fraction(rng.randrange(4)),
                "数": Fraction(rng.randint(-50, 50), 10),
            }
            _same(run, exact.run(steps, values, {}), values)


@pytest.mark.parametrize(
    ("numerator", "denominator", "scale", "parts"),
    [(1, 8, 100, 13), (-1, 8, 100, -13), (1, 3, 10, 3), (-5, 2, 1, -3), (-49, 100, 1, 0), (5, 2, 1, 3), (0, 7, 10, 0)],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, scale: int, parts: int) -> None:
    assert half_up(numerator, denominator, scale) == parts


FIGURES = set(get_args(algebra.Figure))
"""Leaves for a carrier: worked out beforehand, of events or of all units."""


# What the random rubrics hold


def test_every_node_class_is_reached(drawn: tuple[Sample, ...]) -> None:
    nodes = {type(node) for one in drawn for step in one.program.steps for node in walk(step.expr)}
    assert nodes == set(get_args(Expr) + get_args(Test)) - FIGURES


def test_every_phrase_class_and_rule_class_is_reached(drawn: tuple[Sample, ...]) -> None:
    rules = [rule for one in drawn for rule in one.program.rules]
    assert {type(rule.basis) for rule in rules} == set(get_args(phrases.Phrase)) - {lookups.Priced, phrases.ForEach}
    stepped = {(type(s.of), s.mode) for s in (rule.basis for rule in rules) if isinstance(s, phrases.Steps)}
    assert stepped == {(of, mode) for of in get_args(counting.Counting) for mode in ("whole", "started", "prorata")}
    said = {type(rule) for one in drawn for node in one.program.nodes for rule in node.node.rules}
    assert said == set(get_args(AnyRule)) - {Rank}  # what needs other units or events has tests of its own


def test_every_word_of_the_language_is_reached(drawn: tuple[Sample, ...]) -> None:
    written = " ".join(one.text for one in drawn)
    words = {*BASES, *VERBS, "only", *Comparators.model_fields, *(f"kind: {kind}" for kind in KINDS)}
    words |= {"if", "unless", "all", "any", "not", "of", "every", "up_to", "else", "beyond: true", "from"}
    words |= {"start: max", "max", "ceiling: none", "ceiling", "floor: none", "floor", "total"}
    words |= {f"places: {places}" for places in range(4)} | {": all", "1/3"}
    words -= {"rank"}
    assert [word for word in sorted(words) if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", written)] == []


def test_the_facts_make_things_happen(drawn: tuple[Sample, ...]) -> None:
    """Floors and caps bite, forfeits strike, figures meet their bounds, and what is not due is not there."""
    happened = dict.fromkeys(("floor", "ceiling", "forfeit", "up_to", "absent", "met"), 0)
    for one in drawn:
        for values in one.units[:4]:
            done = exact.run(one.program.steps, values, {})
            for node in one.program.nodes:
                happened["floor"] += done[node.held] > done[node.raw]
                happened["ceiling"] += done[node.held] < done[node.raw]
                happened["forfeit"] += done[node.id] < done[node.held]
            for rule in one.program.rules:
                happened["up_to"] += done[rule.name] != done[f"{rule.name}:before"]
                happened["absent"] += isinstance(rule.basis, lookups.Judged) and rule.basis.measure not in values
                basis = rule.basis
                if isinstance(basis, lookups.Tiers):
                    happened["met"] += exact.number(basis.value, values, done) in dict(basis.entries)
    assert min(happened.values()) > 30, happened
