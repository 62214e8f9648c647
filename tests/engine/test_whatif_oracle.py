"""What the look ahead says, against scoring everything anew, every step and every corner of it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dangjian_score.checks import evidence as due
from dangjian_score.core.facts import Evidence, Fact, UnitFacts
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.evaluate import ruled
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result, UnitResult
from dangjian_score.engine.score import score
from dangjian_score.engine.whatif.ahead import look_ahead, pieces, tries
from dangjian_score.engine.whatif.judged import Judging
from dangjian_score.engine.whatif.near import Threshold
from dangjian_score.engine.whatif.rescoring import Contest, Outlook, Rescorer
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import Rubric
from tests.sampling import runs
from tests.scenes import Unit, of_unit, tables
from tests.support import rubric
from tests.test_examples import EXAMPLES, open_example

F = Fraction
SLOW = settings(max_examples=runs(8, 4), deadline=None, suppress_health_check=[HealthCheck.too_slow])

RICH = """
attributes: [类型]
tie_break: [B]
ceiling: 40
measures: {处分: {register: true}}
excluded: [{title: 新建, if: 新建}]
vetoes:
  - {title: 造假, if: 造假, total: 12}
  - {title: 比例, if: {到会: {above: 9}}, grade: 中, selections: true}
grades: {优: {at_least: 20, sections: {A: 5}, unless: 造假}, 良: {at_least: 15, if: {评分: {above: 1}}}, 中: 10, 差: 0}
selections:
  - {title: 头奖, places: 1}
  - {title: 次奖, places: 2, at_least: 12}
  - {title: 名额, quota: 50%, within: 类型}
  - {title: 通报, below: 15}
  - {title: 末位, quota: 34%, lowest_first: true}
sections:
  - id: A
    title: 甲
    max: 10
    items:
      - {id: A1, title: 会, max: 4, rules: [{deduct: 1, per_missing: 到会, of: 4, up_to: 3}]}
      - {id: A2, title: 名次, max: 6, rules: [{award: {1: 6, 2: 3}, rank: 到会}]}
  - id: B
    title: 乙
    max: 15
    items:
      - {id: B1, title: 评, max: 6, rules: [{award: 6, judge: 评分, combine: {领导: 60%, 群众: 40%}}]}
      - {id: B4, title: 等, max: 3, rules: [{award: {优: 3, 良: 2}, by: 评价, combine: {trim: 1, at_least: 3}}]}
      - {id: B2, title: 作风, max: 3, rules: [{deduct: {from: 1, to: 3}, if: 作风差, judge: 作风扣分}]}
      - {id: B3, title: 均, max: 3, rules: [{award: 3, ratio: 文章, of: [{mean: 文章}]}]}
  - {id: J, title: 扣, kind: penalty, rules: [{deduct: {警告: 1, 撤职: 4}, by: 处分}]}
"""


def read(loaded: Loaded, units: Mapping[str, Unit]) -> Evidence:
    program = compile_rubric(loaded.rubric)
    evidence, found = read_evidence(tables(loaded, units), loaded.rubric, catalogue(program))
    wrong = [finding for finding in (*found, *due.check(program, evidence)) if finding.severity == "error"]
    assert not wrong, wrong
    return evidence


def outlooks(result: Result) -> dict[str, Outlook]:
    return {
        result_.unit: Outlook(result_.total, result_.grade, result_.rank, result_.selections)
        for result_ in result.units
        if result_.rank is not None
    }


def with_unit(evidence: Evidence, unit: UnitFacts) -> Evidence:
    return replace(evidence, units=tuple(unit if other.unit == unit.unit else other for other in evidence.units))


@st.composite
def rich_units(draw: st.DrawFn) -> dict[str, Unit]:
    units = dict[str, Unit]()
    yes_no = st.sampled_from(["否", "否", "否", "是"])
    for name in ("甲", "乙", "丙", "丁"):
        poor = draw(yes_no)
        count = st.integers(0, 5)
        facts = {
            "类型": draw(st.sampled_from(["村", "社区"])),
            "新建": draw(yes_no),
            "造假": draw(yes_no),
            "到会": str(draw(count)),
            "作风差": poor,
            "作风扣分": draw(st.sampled_from(["1", "2.5"])) if poor == "是" else draw(st.sampled_from(["", "0"])),
            "文章": str(draw(st.integers(1, 4))),
        }
        events = [
            {"事项": "处分", "级别": draw(st.sampled_from(["警告", "撤职"]))} for _ in range(draw(st.integers(0, 1)))
        ]
        assessors = {
            who: {
                "评委类别": category,
                "评分": f"{draw(st.integers(0, 5))}.{draw(st.integers(0, 9))}",
                "评价": draw(st.sampled_from(["优", "良", "无"])),
            }
            for who, category in (("张", "领导"), ("李", "群众"))
        }
        units[name] = {"facts": facts, "events": events, "assessors": assessors}
    units["戊"] = {**units["丁"], "facts": {**units["丁"]["facts"], "新建": "否"}, "events": []}
    return units


def changes(contest: Contest, judging: Judging, rubric_: Rubric, at: int) -> Iterator[UnitFacts]:
    """Give every item and every judged step of a unit."""
    unit = contest.rescorer.units[at]
    yield from (changed for _, changed in tries(unit, pieces(judging.measures, judging, rubric_)))
    for opinion in judging.opinions(contest.states[at]):
        yield from (judging.changed(unit, opinion, opinion.moved(steps)) for steps in (-40, -3, 1, 40))


def compare(loaded: Loaded, evidence: Evidence, every: int = 1) -> None:
    """Hold every change of every unit against the whole, scored anew."""
    program = compile_rubric(loaded.rubric).with_rulings(ruled(evidence))
    contest = Contest(Rescorer(program, evidence))
    judging = Judging(program, catalogue(program).measures, None)
    now = outlooks(score(compile_rubric(loaded.rubric), evidence))
    assert {contest.rescorer.units[at].unit: contest.now(at) for at in contest.standings} == now
    for at in contest.standings:
        for unit in islice(changes(contest, judging, loaded.rubric, at), at % every, None, every):
            changed = with_unit(evidence, unit)
            states = contest.rescorer.after({at: unit})
            if states is None:
                assert [finding for finding in due.check(program, changed) if finding.severity == "error"]
            else:
                anew = outlooks(score(compile_rubric(loaded.rubric), changed))
                assert contest.outlook(at, states) == anew.get(unit.unit)
                for other in contest.standings:
                    if (outlook := contest.outlook(other, states)) is not None:
                        assert outlook == anew[contest.rescorer.units[other].unit]


@given(rich_units())
@SLOW
def test_a_change_is_what_scoring_everything_anew_gives(units: dict[str, Unit]) -> None:
    loaded = rubric(RICH)
    compare(loaded, read(loaded, units))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_examples_are_what_score_gives(path: Path) -> None:
    """Rounds, registers, rosters and rulings of real regulations; of the many changes, a few of each unit."""
    loaded, evidence, _ = open_example(path)
    compare(loaded, evidence, every=60)


JUDGED = """
grades: {优: {at_least: 14, sections: {B: 4}}, 良: 10, 差: 0}
tie_break: [B]
selections:
  - {title: 头奖, places: 1}
  - {title: 次奖, places: 1}
  - {title: 名额, quota: 50%, at_least: 9}
  - {title: 通报, below: 10}
  - {title: 末位, places: 1, lowest_first: true}
sections:
  - {id: A, title: 甲, max: 10, rules: [{award: 10, judge: 述职, combine: mean}]}
  - {id: B, title: 乙, max: 6, rules: [{deduct: 8, judge: 作风}]}
"""


@st.composite
def judged_units(draw: st.DrawFn) -> dict[str, Unit]:
    def given_by() -> str:
        return str(draw(st.integers(0, 16)) / 2)

    return {
        name: {"facts": {"作风": given_by()}, "assessors": {who: {"述职": given_by()} for who in "张李"[:assessors]}}
        for name, assessors in (("甲", 1), ("乙", 1), ("丙", 2))
    }


def moves(unit: UnitFacts) -> list[tuple[str, Fraction, Fraction, Any]]:
    """List the figures of a unit: its name, value, most, and how to change it."""

    def fact(value: Fraction) -> UnitFacts:
        return replace(unit, facts={**unit.facts, "作风": Fact(value, unit.cell)})

    def of(who: str) -> Any:
        def assessed(value: Fraction) -> UnitFacts:
            by = {**unit.assessed["述职"], who: Fact(value, unit.cell)}
            return replace(unit, assessed={"述职": by})

        return assessed

    own = unit.facts["作风"].value
    assert isinstance(own, Fraction)
    others = ((who, F(str(fact.value)), F(10), of(who)) for who, fact in unit.assessed["述职"].items())
    return [("作风", own, F(8), fact), *others]


@given(judged_units())
@SLOW
def test_ranks_against_every_corner(units: dict[str, Unit]) -> None:
    loaded = rubric(JUDGED)
    evidence = read(loaded, units)
    seen: dict[str, set[int]] = {unit_.unit: set() for unit_ in evidence.units}
    for directions in product((-1, 1), repeat=7):
        signs = iter(directions)
        changed = []
        for unit in evidence.units:
            moved = unit
            for at in range(len(moves(unit))):
                _, value, most, change = moves(moved)[at]
                moved = change(min(max(value + F(next(signs), 2), F(0)), most))
            changed.append(moved)
        for unit_ in score(compile_rubric(loaded.rubric), replace(evidence, units=tuple(changed))).units:
            seen[unit_.unit].add(unit_.rank or 0)
    for ahead in look_ahead(compile_rubric(loaded.rubric), evidence, F(0)).units:
        assert ahead.ranks is not None
        assert (ahead.ranks.best, ahead.ranks.worst) == (min(seen[ahead.unit]), max(seen[ahead.unit]))


@given(judged_units())
@SLOW
def test_deciders_against_every_step(units: dict[str, Unit]) -> None:
    loaded = rubric(JUDGED)
    evidence = read(loaded, units)
    for ahead in look_ahead(compile_rubric(loaded.rubric), evidence, F(20)).units:
        unit = next(one for one in evidence.units if one.unit == ahead.unit)
        outcomes = {name: every_step(loaded, evidence, unit, name) for name, *_ in moves(unit)}
        for close in ahead.close:
            decided = {
                ("".join(decider.opinion.assessors) or "作风"): abs(decider.to - decider.opinion.value)
                for decider in close.deciders
            }
            found = {
                name: min(distance for distance, result in steps if has(close.near.mark, result) != close.near.held)
                for name, steps in outcomes.items()
                if any(has(close.near.mark, result) != close.near.held for _, result in steps)
            }
            assert decided == found, close.near


def every_step(loaded: Loaded, evidence: Evidence, unit: UnitFacts, name: str) -> list[tuple[Fraction, UnitResult]]:
    """Score a unit with one of its figures at every step: how far that is, and what comes of it."""
    _, value, most, change = next(move for move in moves(unit) if move[0] == name)
    steps = {min(max(value + F(step, 2), F(0)), most) for step in range(-20, 21)}
    results = (
        (abs(one - value), score(compile_rubric(loaded.rubric), with_unit(evidence, change(one)))) for one in steps
    )
    return [(distance, of_unit(result, unit.unit)) for distance, result in results]


def has(mark: Threshold, result: UnitResult) -> bool:
    if mark.at is None:
        grades = ["优", "良", "差"]
        return grades.index(result.grade or "差") <= grades.index(mark.title)
    better = {"次奖": {"头奖", "次奖"}}.get(mark.title, {mark.title})
    return not better.isdisjoint(result.selections)
