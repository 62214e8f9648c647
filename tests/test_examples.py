"""The examples: points worked out by hand from the regulation; their scripts make the same files byte for byte."""

import runpy
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from dangjian_score.checks import evidence as due
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded, load
from tests.support import ROOT, points

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/expected.yaml"))


def read_example(folder: Path) -> tuple[Result, dict[str, Any]]:
    expected = yaml.load((folder / "expected.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    loaded = load((ROOT / "rubrics" / f"{expected['rubric']}.yaml").read_bytes(), "r.yaml")
    assert isinstance(loaded, Loaded)
    program = compile_rubric(loaded.rubric)
    sheet = next(folder.glob("证据.*"))
    evidence, found = read_evidence({sheet.name: sheet.read_bytes()}, loaded.rubric, catalogue(program))
    assert not [one for one in (*found, *due.check(program, evidence)) if one.code.startswith("E")]
    return score(loaded.rubric, evidence), expected


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_points_and_ranks(folder: Path) -> None:
    result, expected = read_example(folder)
    assert {unit.unit for unit in result.units} == set(expected["units"])
    for unit in result.units:
        said, got = expected["units"][unit.unit], points(result, unit.unit)
        assert (unit.rank, unit.total) == (int(said["rank"]), Fraction(said["total"])), unit.unit
        unsaid = {**expected["max"], **dict.fromkeys(expected.get("bonus_items", ()), "0")}
        items = {**unsaid, **dict(said["points"] or {})}
        assert {node: got[node] for node in items} == {node: Fraction(text) for node, text in items.items()}


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_scripts_make_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    sheet = next(folder.glob("证据.*"))
    copy = shutil.copytree(folder.parent, tmp_path / "examples") / folder.name
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    (copy / sheet.name).unlink()
    runpy.run_path(str(next(copy.glob("make*.py"))), run_name="__main__")
    assert (copy / sheet.name).read_bytes() == sheet.read_bytes()
