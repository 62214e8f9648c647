"""Clauses of other public fields, in words of our own, with the points they should come to, worked out by hand."""

from fractions import Fraction
from typing import Any

import pytest
import yaml

from dangjian_score.checks import rubric as checks
from tests.scenes import node_points, of_unit, outcome
from tests.support import ROOT, rubric

HEAD = "dangjian: 1\nrubric: clause\ntitle: 试\nsubject: 单位\n"
CLAUSES = [
    pytest.param(clause, id=f"{path.stem}-{at}")
    for path in sorted((ROOT / "tests" / "clauses").glob("*.yaml"))
    for at, clause in enumerate(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader), 1)  # noqa: S506
]


def test_there_are_enough() -> None:
    assert len(CLAUSES) >= 60


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause(clause: dict[str, Any]) -> None:
    loaded = rubric(clause["rubric"], HEAD)
    assert checks.check(loaded) == ()
    units = {f"单位{at:02}": unit for at, unit in enumerate(clause["units"], 1)}
    assert len(units) >= 3
    result = outcome(loaded, units)
    left_out = {one.unit for one in result.excluded}
    for name, said in units.items():
        assert (name in left_out) == (said.get("excluded") == "true"), clause["clause"]
        if name not in left_out:
            got = of_unit(result, name)
            seen = {
                "points": node_points(got.nodes).get("X"),
                "total": got.total,
                "rank": got.rank,
                "grade": got.grade or "none",
                "selected": list(got.selections),
            }
            for key, value in seen.items():
                if key in said:
                    want = said[key] if isinstance(said[key], list) or key == "grade" else Fraction(said[key])
                    assert value == want, (clause["clause"], name, key)
