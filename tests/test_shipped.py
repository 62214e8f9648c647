"""Every shipped rubric against the cases beside it: facts in, points out, worked out from the regulation by hand.

Each of `cases` is one unit alone; the units of a scene are scored together, for ranks, means and selections.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from dangjian_score.checks import gate as checks
from dangjian_score.checks.openness import clauses_in
from dangjian_score.checks.study import Study
from dangjian_score.core.algebra import Placing, Statistic, reads
from dangjian_score.core.algebra import figures as figures_of
from dangjian_score.core.diagnostics import Severity
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import NodeResult, Result, UnitResult
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.load import Loaded
from tests import coverage_table
from tests.engine.accounting import assert_all_accounted_for
from tests.sampling import sampled
from tests.scenes import attempt, node_points, of_unit, outcome, so_far
from tests.shipped import NAMES, read_cases, unit_of
from tests.support import ROOT


@cache
def results(name: str) -> tuple[tuple[dict[str, Any], str, Result], ...]:
    """Score every case alone and every scene together: what is said of a unit, its name, the result it stands in.

    Cases of which nothing depends on other units are scored in one go, which is faster.
    """
    loaded, cases = read_cases(name)
    named = [(f"{at:03} {case['title']}", case) for at, case in enumerate(cases["cases"])]
    alone = [{unit: case} for unit, case in named if _depends(loaded) or not APART.isdisjoint(case)]
    together: dict[Any, dict[str, Any]] = {}
    for unit, case in named:
        if {unit: case} not in alone:
            together.setdefault(so_far(loaded, case), {})[unit] = case
    found = []
    for said in (*alone, *together.values()):
        result = outcome(
            loaded,
            {unit: unit_of(cases, case) for unit, case in said.items()},
            so_far(loaded, next(iter(said.values()))),
        )
        found += [(case, unit, result) for unit, case in said.items()]
    for scene, result in scenes(name):
        found += [(said or {}, unit, result) for unit, said in scene["units"].items()]
    return tuple(found)


APART = frozenset({"rank", "group_rank", "selections", "candidates"})
"""What a case may say that depends on the other units."""


def _depends(loaded: Loaded) -> bool:
    """Tell whether points or grades of units depend on other units."""
    trees = (tree for rule in compile_rubric(loaded.rubric).rules for tree in rule.trees)
    compares = any(isinstance(figure, Statistic | Placing) for figure in figures_of(*trees))
    return compares or any(grade.is_limited for grade in loaded.rubric.grades.values())


@cache
def scenes(name: str) -> tuple[tuple[dict[str, Any], Result], ...]:
    """Score every scene: what is said of it, and its result."""
    loaded, cases = read_cases(name)
    return tuple(
        (
            scene,
            outcome(
                loaded,
                {unit: unit_of(cases, said or {}) for unit, said in scene["units"].items()},
                so_far(loaded, scene),
            ),
        )
        for scene in cases.get("scenes") or ()
    )


@pytest.mark.parametrize("name", NAMES)
class TestCases:
    def test_cases(self, name: str) -> None:
        """All that is held against the results of cases stands in one test, since each worker would score them anew."""
        wrong = [
            (unit, *difference)
            for said, unit, result in results(name)
            for difference in differences(said, unit, result)
        ]
        assert wrong == []
        for result in {id(result): result for _, _, result in results(name)}.values():
            assert_all_accounted_for(result)
        scenes_displace_whom_they_say(name)
        every_rule_moves_points_in_some_case(name)
        everything_that_may_follow_does(name)

    def test_nothing_but_notes(self, name: str) -> None:
        assert {one.severity for one in checks.check(Study(read_cases(name)[0]))} <= {Severity.NOTE}

    def test_every_clause_of_the_source_is_accounted_for(self, name: str) -> None:
        """Together with the warning of clauses that nothing names, which no rubric that ships may have."""
        source = read_cases(name)[0].rubric.source
        assert source is not None
        assert [*clauses_in(source.clauses or "")]

    def test_no_blank_is_passed_over(self, name: str) -> None:
        """A blank is an error wherever it stands; but for what the rubric lets be blank, and units it is not for."""
        loaded, cases = read_cases(name)
        known = catalogue(compile_rubric(loaded.rubric))
        full = unit_of(cases, {})
        passed_over = []
        for measure in sampled(full["facts"], 3):
            if known.measures[measure].blank is None:
                _, found = attempt(loaded, {"甲": {**full, "facts": {**full["facts"], measure: ""}}})
                if not any(one.severity == "error" and ("measure", measure) in one.args for one in found):
                    passed_over.append(measure)
        rules = compile_rubric(loaded.rubric).rules
        spared = [rule for rule in rules if rule.scope is not None or (rule.guard and isinstance(rule.basis, Judged))]
        assert set(passed_over) <= {one for rule in spared for one in reads(*rule.trees)}

    def test_full_names_every_measure(self, name: str) -> None:
        loaded, cases = read_cases(name)
        known = catalogue(compile_rubric(loaded.rubric))
        assessed = {
            one for case in cases["cases"] for figures in (case.get("assessors") or {}).values() for one in figures
        }
        assessed |= {one for figures in (cases.get("assessors") or {}).values() for one in figures}
        assert (set(cases.get("full") or {}) | assessed) - {"评委类别"} == set(known.entered.measures)


def scenes_displace_whom_they_say(name: str) -> None:
    for scene, result in scenes(name):
        chosen = {one.selection.title: one for one in result.selections}
        for title, names in (scene.get("displaced") or {}).items():
            assert {one.unit for one in chosen[title].displaced} == set(names), (scene["title"], title)


def all_units(name: str) -> list[UnitResult]:
    """Collect the units of all results, of each result once."""
    each = {id(result): result for _, _, result in results(name)}
    return [unit for result in each.values() for unit in result.units]


def every_rule_moves_points_in_some_case(name: str) -> None:
    loaded, _ = read_cases(name)
    moved = {rule for unit in all_units(name) for rule in moving(unit)}
    assert {rule.name for rule in compile_rubric(loaded.rubric).rules} - moved == set()


def everything_that_may_follow_does(name: str) -> None:
    """Hold that every grade, veto, exclusion and selection happens to some unit."""
    rubric = read_cases(name)[0].rubric
    units = all_units(name)
    assert {unit.grade for unit in units} >= set(rubric.grades)
    assert {veto for unit in units for veto in unit.vetoes} == {one.title for one in rubric.vetoes}
    assert {one for unit in units for one in unit.selections} == {one.title for one in rubric.selections}
    left_out = {why for _, _, result in results(name) for one in result.excluded for why in one.why}
    assert left_out == {one.title for one in rubric.excluded}
    assert {one for unit in units for one in unit.unranked} == set(rubric.unranked)


def differences(said: Mapping[str, Any], unit: str, result: Result) -> Iterator[tuple[str, object, str]]:
    """Hold what a case says against what came out."""
    left_out = unit in {one.unit for one in result.excluded}
    if left_out or said.get("excluded") == "true":
        if not (left_out and said.get("excluded") == "true"):
            yield "excluded", said.get("excluded"), str(left_out)
        return
    got = of_unit(result, unit)
    for key, expected in said.items():
        where, _, round_ = key.partition("@")
        if where == "points":
            found = node_points(got.trace().rounds[round_].nodes) if round_ else figures(got)
            for node, points in expected.items():
                if found[node] != Fraction(points):
                    yield f"{key} {node}", points, str(found[node])
    ranks = {"rank": str(got.rank), "group_rank": str(got.group_rank), "unranked": str(got.rank is None).lower()}
    also = {"grade": got.grade or "none", **ranks}
    lists = {"vetoes": list(got.vetoes), "selections": list(got.selections), "candidates": list(got.grading.candidates)}
    yield from ((key, said[key], str(value)) for key, value in (also | lists).items() if said.get(key, value) != value)


def figures(unit: UnitResult) -> dict[str, Fraction]:
    """Collect a unit's points by node, with `total` and the sums by kind."""
    sums = {str(kind): points for kind, points in unit.kinds.items()}
    so_far = {} if unit.due is None or unit.rate is None else {"due": unit.due, "rate": unit.rate}
    return {**node_points(unit.trace().nodes), **sums, "total": unit.total, **so_far}


def moving(unit: UnitResult) -> Iterable[str]:
    detail = unit.trace()
    nodes = [*detail.nodes, *(node for one in detail.rounds.values() for node in one.nodes)]
    yield from (line.rule for node in nodes for line in lines(node) if line.points != 0)


def lines(node: NodeResult) -> Iterator[Any]:
    yield from node.lines
    for lower in node.nodes:
        yield from lines(lower)


def test_every_rubric_has_cases() -> None:
    rubrics = {path.stem for path in (ROOT / "rubrics").glob("*.yaml") if not path.name.endswith(".cases.yaml")}
    assert rubrics == set(NAMES)


def test_sections_of_the_sources() -> None:
    """The sums that the regulations themselves state."""

    def sections(name: str) -> list[Fraction | None]:
        loaded, _ = read_cases(name)
        return [section.max for section in compile_rubric(loaded.rubric).sections if section.kind == "base"]

    assert sections("zhibu-xize-2") == [17, 5, 15, 5, 5, 6, 13, 4, 5, 4, 21]
    assert sections("jiguan-xize-1") == [55, 45]
    assert sum(filter(None, sections("weijian-zhibu"))) == 100


def test_the_table_in_the_readme_is_true() -> None:
    assert coverage_table.table() in coverage_table.README.read_text("utf-8"), "run: python -m tests.coverage_table"
