"""`dangjian schema` as a user calls it."""

import json
from pathlib import Path

import pytest

from tests.support import ROOT, run

Capture = pytest.CaptureFixture[str]


def test_the_schema_that_ships_is_the_one_printed(capfd: Capture) -> None:
    ran = run(capfd, "schema")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (ROOT / "rubrics" / "rubric.schema.json").read_text("utf-8"), "run: make docs"


def test_it_is_text_for_people_too(capfd: Capture) -> None:
    out = run(capfd, "schema").out
    assert out == json.dumps(json.loads(out), ensure_ascii=False, indent=2) + "\n"
    assert "满分" in out


def test_in_english(capfd: Capture) -> None:
    out = run(capfd, "schema", "--lang", "en").out
    assert json.loads(out)["definitions"]["Node.max"]["title"] == "Maximum"


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_into_a_file(tmp_path: Path, capfd: Capture, option: str) -> None:
    printed = run(capfd, "schema").out
    target = tmp_path / "细则.json"
    ran = run(capfd, "schema", option, target)
    assert (ran.code, ran.out, ran.err) == (0, "", f"已写入 {target}\n")
    assert target.read_text("utf-8") == printed


def test_where_it_cannot_be_written(tmp_path: Path, capfd: Capture) -> None:
    ran = run(capfd, "schema", "-o", tmp_path / "nowhere" / "x.json")
    assert ran.code == 3
    assert ran.out == ""
    assert "E040" in ran.err


def test_it_is_no_rubric(capfd: Capture) -> None:
    assert "schema" not in run(capfd, "rubrics").out
