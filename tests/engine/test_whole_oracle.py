"""Random rubrics with everything at once, held against sums done by hand; and their audit workbooks."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.engine.evaluate import ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.rubric.load import Loaded
from tests.carriers import office
from tests.carriers.agreement import agreement
from tests.engine.accounting import assert_all_accounted_for
from tests.engine.interim_samples import flow
from tests.engine.whole_oracle import NothingAppliesError
from tests.engine.whole_samples import Maker, Tree
from tests.engine.whole_standing import Committee, Outcome, Quota, TooManyOrdersError
from tests.report.audits import audited, differences, evidence_of
from tests.sampling import runs
from tests.scenes import attempt
from tests.support import errors, rubric

SEEDS = runs(600, 60)
BLOCK = 20
"""Seeds of one test."""
BOOKS = runs(40, 3)


class Case(NamedTuple):
    """A rubric with units, and what a clerk makes of it; None where nothing applies to a unit."""

    text: str
    loaded: Loaded
    units: Mapping[str, Tree]
    expected: Outcome | None


@cache
def case(seed: int) -> Case:
    """Draw a case; units are left away until ties can be decided in few orders."""
    maker = Maker(seed)
    drawn = maker.rubric()
    text = "".join(f"{key}: {flow(value)}\n" for key, value in drawn.items())
    loaded = rubric(text, "dangjian: 1\nrubric: whole\ntitle: 试\nsubject: 单位\n")
    assert errors(checks.check(Study(loaded))) == [], (seed, text)
    units, said = maker.units(drawn), yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  scalars stay texts
    while True:
        try:
            expected = Committee(said, units).outcome()
            for name in [name for name in units if expected.ranks.get(name) is None]:
                units[name].pop("grade_ruling", None)  # nobody may fix a grade of a unit without one
            return Case(text, loaded, units, expected)
        except NothingAppliesError:
            return Case(text, loaded, units, None)
        except TooManyOrdersError:
            units = dict([*units.items()][:-1])


def told(result: Result) -> Outcome:
    """Say what the program made of it, as the clerk does; every point that an item lacks must have a line."""
    assert_all_accounted_for(result)
    units = {unit.unit: unit for unit in result.units}
    return Outcome(
        {
            name: {(round_, node.id): node.points for round_, node in unit.trace().all_nodes()}
            for name, unit in units.items()
        },
        {name: unit.total for name, unit in units.items()},
        {name: unit.rank for name, unit in units.items()},
        {name: unit.group_rank for name, unit in units.items()},
        {name: [*filter(None, [unit.grading.grade])] or [*unit.grading.candidates] for name, unit in units.items()},
        {name: [*unit.selections] for name, unit in units.items()},
        {
            chosen.selection.title: sorted(one.unit for one in chosen.displaced if one.why == "tie")
            for chosen in result.selections
        },
        [Quota(quota.grade, quota.group, quota.counted, quota.places) for quota in result.quotas],
        {unit.unit for unit in result.excluded},
    )


def wrong(at: Case) -> list[str]:
    """List what is not as the clerk has it, and what compiled and exact steps differ in."""
    result, found = attempt(at.loaded, at.units)
    if result is None or at.expected is None:
        codes = {str(one.code) for one in errors(found)}
        return [] if codes == {"E067"} and at.expected is None else [f"{codes} / {at.expected}"]
    ours, theirs = told(result)._asdict(), at.expected._asdict()
    differing = [text for key in ours for text in differences_of(key, ours[key], theirs[key])]
    fixed = {name: unit["grade_ruling"]["审定等次"] for name, unit in at.units.items() if "grade_ruling" in unit}
    differing += [f"ruling {unit.unit}" for unit in result.units if fixed.get(unit.unit, unit.grade) != unit.grade]
    return [*differing, *steps_of(at)]


def differences_of(what: str, ours: Any, theirs: Any) -> Iterator[str]:
    """Say in what two outcomes differ, by unit or node."""
    if isinstance(ours, Mapping) and ours.keys() == theirs.keys():
        for key in ours:
            yield from differences_of(f"{what} {key}", ours[key], theirs[key])
    elif ours != theirs:
        yield f"{what}: {ours} / {theirs}"


def steps_of(at: Case) -> tuple[str, ...]:
    """Hold compiled steps against exact ones."""
    evidence = evidence_of(at.loaded, at.units)
    assert evidence is not None
    program = compile_rubric(at.loaded.rubric).with_rulings(ruled(evidence))
    cohort = prepare(program, evidence)
    return agreement(program, [cohort.ready(unit) for unit in cohort.taking_part]).wrong


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_random_rubrics(first: int) -> None:
    for seed in range(first, first + BLOCK):
        at = case(seed)
        assert wrong(at) == [], (seed, at.text, at.units)


def test_much_happens() -> None:
    """Count what has to occur among random cases for the comparison to be worth something."""
    cases = [case(seed) for seed in range(60)]
    found = [at.expected for at in cases if at.expected is not None]
    happened = {
        "open grades": sum(len(grades) > 1 for one in found for grades in one.grades.values()),
        "tied": sum(bool(tied) for one in found for tied in one.tied.values()),
        "quotas": sum(bool(one.quotas) for one in found),
        "selected": sum(bool(titles) for one in found for titles in one.selected.values()),
        "unranked": sum(rank is None for one in found for rank in one.ranks.values()),
        "excluded": sum(bool(one.excluded) for one in found),
        "fixed": sum("grade_ruling" in unit for at in cases for unit in at.units.values()),
    }
    keys = ("weight:", "rescale_in:", "combine: {best", "within:", "groups:", "rounds: {", "lowest_first:", "over: all")
    happened |= {key: sum(key in at.text for at in cases) for key in (*keys, "above:", "sections: {", "result:")}
    assert {what: count for what, count in happened.items() if count < 3} == {}


@pytest.mark.office
def test_audit_workbooks(tmp_path: Path) -> None:
    cases = {str(seed): case(seed) for seed in range(BOOKS)}
    books = {seed: audited(at.loaded, at.units) for seed, at in cases.items() if at.expected is not None}
    assert books
    computed = office.all_recalculated({seed: book.book for seed, book in books.items()}, tmp_path)
    for seed, book in books.items():
        _, differing = differences(book.book, computed[seed])
        assert differing == [], (seed, cases[seed].text)
        assert computed[seed]["核对"]["B3"].value == 0
