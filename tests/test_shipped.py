"""Every shipped rubric against the cases beside it: facts in, points out, worked out from the regulation by hand."""

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from dangjian_score.checks import evidence as due
from dangjian_score.checks import rubric as checks
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import NodeResult, Result
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded, load
from tests.support import ROOT, points

CASES = sorted((ROOT / "rubrics").glob("*.cases.yaml"))


def read_cases(path: Path) -> tuple[Loaded, dict[str, Any]]:
    cases = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  every scalar stays text
    source = path.with_name(f"{cases['rubric']}.yaml")
    loaded = load(source.read_bytes(), source.name)
    assert isinstance(loaded, Loaded), loaded
    return loaded, cases


def score_cases(loaded: Loaded, cases: dict[str, Any]) -> Result:
    """Score all cases of a file as the units of one table, read as a clerk's sheet is."""
    program = compile_rubric(loaded.rubric)
    text = io.StringIO()
    writer = csv.DictWriter(text, [loaded.rubric.subject, *cases["full"]])
    writer.writeheader()
    for case in cases["cases"]:
        writer.writerow({loaded.rubric.subject: case["title"], **cases["full"], **dict(case["facts"] or {})})
    evidence, found = read_evidence({"e.csv": text.getvalue().encode()}, loaded.rubric, catalogue(program))
    found = (*found, *due.check(program, evidence))
    assert not [one for one in found if one.code.startswith("E")], found
    return score(loaded.rubric, evidence)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
class TestCases:
    def test_points(self, path: Path) -> None:
        loaded, cases = read_cases(path)
        result = score_cases(loaded, cases)
        wrong = []
        for case in cases["cases"]:
            got = points(result, case["title"])
            wrong += [
                (case["title"], node, said, str(got[node]))
                for node, said in case["points"].items()
                if got[node] != Fraction(said)
            ]
            if "grade" in case:
                grade = next(unit.grade for unit in result.units if unit.unit == case["title"])
                assert grade == case["grade"], case["title"]
        assert not wrong

    def test_every_rule_moves_points_in_some_case(self, path: Path) -> None:
        loaded, cases = read_cases(path)
        moved = {line for unit in score_cases(loaded, cases).units for node in unit.nodes for line in _moving(node)}
        assert {rule.name for rule in compile_rubric(loaded.rubric).rules} <= moved

    def test_no_findings(self, path: Path) -> None:
        loaded, _ = read_cases(path)
        assert checks.check(loaded) == ()

    def test_full_names_every_measure(self, path: Path) -> None:
        loaded, cases = read_cases(path)
        assert set(cases["full"]) == set(catalogue(compile_rubric(loaded.rubric)))


def _moving(node: NodeResult) -> list[str]:
    below = [name for lower in node.nodes for name in _moving(lower)]
    return [*(line.rule for line in node.lines if line.points != 0), *below]


def test_every_rubric_has_cases() -> None:
    rubrics = {path.stem for path in (ROOT / "rubrics").glob("*.yaml") if not path.name.endswith(".cases.yaml")}
    assert rubrics == {path.name.removesuffix(".cases.yaml") for path in CASES}


def test_sections_of_the_sources() -> None:
    """The sums that the regulations themselves state."""

    def sections(name: str) -> list[Fraction | None]:
        loaded, _ = read_cases(ROOT / "rubrics" / f"{name}.cases.yaml")
        return [section.max for section in compile_rubric(loaded.rubric).sections if section.kind == "base"]

    assert sections("zhibu-xize-2") == [17, 5, 15, 5, 5, 6, 13, 4, 5, 4, 21]
    assert sections("jiguan-xize-1") == [55, 45]
    assert sum(filter(None, sections("weijian-zhibu"))) == 100
