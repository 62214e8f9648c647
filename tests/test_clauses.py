"""Clauses of other public fields, in words of our own, with the points they should come to, worked out by hand."""

from typing import Any

import pytest
import yaml

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from tests.scenes import CLAUSE_HEAD, check_units
from tests.support import ROOT, errors, rubric

CLAUSES = [
    pytest.param(clause, id=f"{path.stem}-{at}")
    for path in sorted((ROOT / "tests" / "clauses").glob("*.yaml"))
    for at, clause in enumerate(yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader), 1)  # noqa: S506
]


def test_there_are_enough() -> None:
    assert len(CLAUSES) >= 60


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause(clause: dict[str, Any]) -> None:
    loaded = rubric(clause["rubric"], CLAUSE_HEAD)
    assert errors(checks.check(Study(loaded))) == []
    assert len(clause["units"]) >= 3
    check_units(loaded, {f"单位{at:02}": unit for at, unit in enumerate(clause["units"], 1)})
