"""The examples: points worked out by hand from the regulation; their scripts make the same files byte for byte."""

import re
import runpy
import shutil
from contextlib import chdir
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from dangjian_score.checks import evidence as due
from dangjian_score.cli.app import main
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded, load
from tests.support import ROOT
from tests.test_shipped import figures

EXAMPLES = sorted((ROOT / "examples").glob("*/expected*.yaml"))
SCRIPTS = sorted((ROOT / "examples").glob("*/make*.py"))


def read_example(path: Path) -> tuple[Result, dict[str, Any]]:
    """Score an example."""
    loaded, evidence, expected = open_example(path)
    return score(compile_rubric(loaded.rubric), evidence), expected


def open_example(path: Path) -> tuple[Loaded, Evidence, dict[str, Any]]:
    """Read an example: its files 证据.*, or those in its folder 证据, with its roster 名册.* where it has one."""
    expected = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    loaded = rubric_of(path.parent, expected["rubric"])
    program = compile_rubric(loaded.rubric)
    sheets = [*path.parent.glob("证据.*"), *path.parent.glob("证据/*")]
    files = {sheet.name: sheet.read_bytes() for sheet in sheets}
    rosters = {sheet.name: sheet.read_bytes() for sheet in path.parent.glob(expected.get("roster", "名册.*"))}
    evidence, found = read_evidence(files, loaded.rubric, catalogue(program), rosters or None)
    assert not [one for one in (*found, *due.check(program, evidence)) if one.code.startswith("E")]
    return loaded, evidence, expected


def rubric_of(folder: Path, name: str) -> Loaded:
    """Load the rubric of an example: its own, or one that ships."""
    own = folder / f"{name}.yaml"
    loaded = load((own if own.exists() else ROOT / "rubrics" / f"{name}.yaml").read_bytes(), "r.yaml")
    assert isinstance(loaded, Loaded)
    return loaded


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_worked_out_by_hand(path: Path) -> None:
    result, expected = read_example(path)
    assert {unit.unit for unit in result.units} == set(expected["units"])
    for unit in result.units:
        said, got = expected["units"][unit.unit], figures(unit)
        assert (unit.rank, unit.total) == (int(said["rank"]), Fraction(said["total"])), unit.unit
        unsaid = {**expected.get("max", {}), **dict.fromkeys(expected.get("bonus_items", ()), "0")}
        items = {**unsaid, **dict(said.get("points") or {})}
        assert {node: got[node] for node in items} == {node: Fraction(text) for node, text in items.items()}
        assert said.get("grade", unit.grade or "none") == (unit.grade or "none"), unit.unit
        assert list(said.get("selections", unit.selections)) == list(unit.selections), unit.unit
    for title, units in (expected.get("displaced") or {}).items():
        chosen = next(one for one in result.selections if one.selection.title == title)
        assert {one.unit for one in chosen.displaced} == set(units), title
    assert [one.unit for one in result.excluded] == list(expected.get("excluded") or ())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.parent.name)
def test_scripts_make_the_same_bytes(script: Path, tmp_path: Path) -> None:
    made = [path.relative_to(script.parent) for path in (*script.parent.glob("证据.*"), *script.parent.glob("证据/*"))]
    copy = shutil.copytree(script.parents[1], tmp_path / "examples") / script.parent.name
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    for name in made:
        (copy / name).unlink()
    runpy.run_path(str(copy / script.name), run_name="__main__")
    assert [(copy / name).read_bytes() for name in made] == [(script.parent / name).read_bytes() for name in made]


def test_results_that_are_evidence_are_made_anew(tmp_path: Path) -> None:
    """The script writes what lies there; the commands of the page write the same."""
    (script,) = (ROOT / "examples").glob("*/write_results.py")
    copy = shutil.copytree(script.parents[1], tmp_path / "examples") / script.parent.name
    kept = {path.name: path.read_bytes() for path in (copy / "证据").glob("*.json")}
    for name in kept:
        (copy / "证据" / name).unlink()
    runpy.run_path(str(copy / script.name), run_name="__main__")
    assert {path.name: path.read_bytes() for path in (copy / "证据").glob("*.json")} == kept
    page = (ROOT / "examples" / "README.md").read_text("utf-8")
    commands = [line.split() for line in page.splitlines() if re.match(r"dangjian score .* -o \S+\.json$", line)]
    with chdir(tmp_path):
        assert [main(command[1:], {}) for command in commands] == [0] * len(kept)
    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept
