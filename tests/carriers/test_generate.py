"""The random rubrics and programs hold all there is to hold, and things happen in them."""

import re
from typing import get_args

import pytest

from dangjian_score.core.points import Mode
from dangjian_score.engine import algebra, counting, exact, lookups, phrases
from dangjian_score.engine.algebra import Expr, Rounded, Test, walk
from dangjian_score.rubric.conditions import Comparators
from dangjian_score.rubric.counting import VERBS
from dangjian_score.rubric.lookups import Rank
from dangjian_score.rubric.model import KINDS
from dangjian_score.rubric.rules import BASES, AnyRule
from tests.carriers.generate import Sample, samples
from tests.carriers.programs import drawn as drawn_program

FIGURES = set(get_args(algebra.Figure))
"""Leaves for a carrier: worked out beforehand, of events or of all units."""


@pytest.fixture(scope="module")
def drawn() -> tuple[Sample, ...]:
    return tuple(samples(2024, 120, 4))


def test_every_node_class_is_reached(drawn: tuple[Sample, ...]) -> None:
    nodes = {type(node) for one in drawn for step in one.program.steps for node in walk(step.expr)}
    assert nodes == set(get_args(Expr) + get_args(Test)) - FIGURES


def test_every_phrase_class_and_rule_class_is_reached(drawn: tuple[Sample, ...]) -> None:
    rules = [rule for one in drawn for rule in one.program.rules]
    assert {type(rule.basis) for rule in rules} == set(get_args(phrases.Phrase)) - {lookups.Priced, phrases.ForEach}
    stepped = {(type(s.of), s.mode) for s in (rule.basis for rule in rules) if isinstance(s, phrases.WholeSteps)}
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
                if isinstance(basis, lookups.TierEntry):
                    happened["met"] += exact.number(basis.value, values, done) in dict(basis.entries)
    assert min(happened.values()) > 30, happened


def test_the_programs_hold_every_node_class_and_every_mode() -> None:
    programs = [drawn_program(seed, 0).program for seed in range(30)]
    steps = [step for one in programs for part in one.passes for step in (*part.steps, *one.asks[part.key])]
    nodes = [node for step in steps for node in walk(step.expr)]
    assert {type(node) for node in nodes} == set(get_args(Expr) + get_args(Test))
    assert {node.mode for node in nodes if isinstance(node, Rounded)} == set(get_args(Mode))
    assert {len(one.passes) for one in programs} >= {1, 3, 4}
