"""The random rubrics and programs hold all there is to hold, and things happen in them."""

import re
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest

from dangjian_score.core import algebra
from dangjian_score.core.algebra import Expr, Named, Read, Rounded, Statistic, Test, Tree, children, walk
from dangjian_score.core.points import Mode
from dangjian_score.engine import exact
from dangjian_score.engine.rules import ForEach, WholeSteps
from dangjian_score.engine.step_names import before_cap, chosen, held, raw
from dangjian_score.rubric.conditions import Comparators, OfAll
from dangjian_score.rubric.kinds import BASES, RULE_KINDS
from dangjian_score.rubric.kinds.base import VERBS, Counted
from dangjian_score.rubric.kinds.by import Priced
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.kinds.per import Gap
from dangjian_score.rubric.kinds.per_judged import JudgedEvents, PerJudged
from dangjian_score.rubric.kinds.phrase import PlainPhrase
from dangjian_score.rubric.kinds.tiers import Rank, TierEntry
from dangjian_score.rubric.model import KINDS
from tests.carriers.generate import Sample, samples
from tests.carriers.programs import drawn as drawn_program

FIGURES = set(get_args(algebra.Figure))
"""Leaves for a carrier: worked out beforehand, of events or of all units."""


@pytest.fixture(scope="module")
def drawn() -> tuple[Sample, ...]:
    return tuple(samples(2024, 120, 4))


def _phrases(base: type[PlainPhrase]) -> Iterator[type[PlainPhrase]]:
    """Give the phrases that rules come to: the classes below a base that are not bases themselves."""
    for kind in base.__subclasses__():
        below = tuple(_phrases(kind))
        yield from below or (kind,)


def test_every_node_class_is_reached(drawn: tuple[Sample, ...]) -> None:
    nodes = {type(node) for sample in drawn for step in sample.program.steps for node in walk(step.expr)}
    assert nodes == set(get_args(Expr) + get_args(Test)) - FIGURES


def test_every_phrase_class_and_rule_class_is_reached(drawn: tuple[Sample, ...]) -> None:
    rules = [rule for sample in drawn for rule in sample.program.rules]
    assert {type(rule.basis) for rule in rules} == set(_phrases(PlainPhrase)) - {Priced, JudgedEvents, ForEach}
    stepped = {(type(s.of), s.mode) for s in (rule.basis for rule in rules) if isinstance(s, WholeSteps)}
    counting = {get_type_hints(kind.phrase)["return"] for kind in RULE_KINDS if issubclass(kind, Counted)}
    assert stepped == {(of, mode) for of in counting for mode in ("whole", "started", "prorata")}
    assert {rule.basis.side for rule in rules if isinstance(rule.basis, Gap)} == {"missing", "over"}
    kinds = {type(rule) for sample in drawn for node in sample.program.nodes for rule in node.node.rules}
    assert kinds == set(RULE_KINDS) - {Rank, PerJudged}  # what needs other units or events has tests of its own


def _names_in(tree: Tree) -> set[str]:
    """Give the names that a tree is written with; what a formula reads is not written there."""
    match tree:
        case Read(name) | Named(name) | Statistic(measure=name):
            return {name.partition("·")[0]}  # the levels of a ballot stand behind its name
        case _:
            return {name for child in children(tree) for name in _names_in(child)}


def test_terms_name_what_the_basis_reads(drawn: tuple[Sample, ...]) -> None:
    """Checks of registers and of units of figures look at `terms`; members of lists are conditions, and not there."""
    for sample in drawn:
        for node in sample.program.nodes:
            for model, tree in zip(node.node.rules, node.rules, strict=True):
                terms = (*model.terms.counted, *model.terms.against, *(name for _, name in model.terms.single))
                named = {term.measure if isinstance(term, OfAll) else term for term in terms}
                read = set() if tree.basis.members else _names_in(tree.basis.expr)
                assert read <= named, (sample.text, tree.name)


def test_every_word_of_the_language_is_reached(drawn: tuple[Sample, ...]) -> None:
    written = " ".join(sample.text for sample in drawn)
    words = {*BASES, *VERBS, "only", *Comparators.model_fields, *(f"kind: {kind}" for kind in KINDS)}
    words |= {"if", "unless", "all", "any", "not", "of", "every", "up_to", "else", "beyond: true", "from"}
    words |= {"start: max", "max", "ceiling: none", "ceiling", "floor: none", "floor", "total"}
    words |= {"weight", "combine", "best", "product", "over"}
    words |= {f"places: {places}" for places in range(4)} | {": all", "1/3"}
    words |= {"points"}
    words -= {"rank", "some"}
    assert [word for word in sorted(words) if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", written)] == []


def test_the_facts_make_things_happen(drawn: tuple[Sample, ...]) -> None:
    """Floors and caps bite, forfeits strike, figures meet their bounds, and what is not due is not there."""
    happened = dict.fromkeys(("floor", "ceiling", "forfeit", "up_to", "absent", "met", "left out"), 0)
    for sample in drawn:
        for values in sample.units[:4]:
            done = exact.run(sample.program.steps, values, {})
            for node in sample.program.nodes:
                happened["floor"] += done[held(node.id)] > done[raw(node.id)]
                happened["ceiling"] += done[held(node.id)] < done[raw(node.id)]
                happened["forfeit"] += done[node.id] < done[held(node.id)]
                happened["left out"] += done.get(chosen(node.id), 1) == 0 and done[node.id] != 0
            for rule in sample.program.rules:
                happened["up_to"] += done[rule.name] != done[before_cap(rule.name)]
                happened["absent"] += isinstance(rule.basis, Judged) and rule.basis.measure not in values
                basis = rule.basis
                if isinstance(basis, TierEntry):
                    happened["met"] += exact.number(basis.value, values, done) in dict(basis.entries)
    assert min(happened.values()) > 30, happened


def test_the_programs_hold_every_node_class_and_every_mode() -> None:
    programs = [drawn_program(seed, 0).program for seed in range(30)]
    steps = [step for sample in programs for part in sample.passes for step in (*part.steps, *sample.asks[part.key])]
    nodes = [node for step in steps for node in walk(step.expr)]
    assert {type(node) for node in nodes} == set(get_args(Expr) + get_args(Test))
    assert {node.mode for node in nodes if isinstance(node, Rounded)} == set(get_args(Mode))
    assert {len(sample.passes) for sample in programs} >= {1, 3, 4}
