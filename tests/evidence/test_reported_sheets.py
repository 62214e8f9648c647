"""Sheets made after public reports of spreadsheet users: the right totals, or the finding that asks.

`tests/sheets/cases.json` says of each what it holds, and totals, ranks and grades worked out from its rubric.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support import ROOT, run

FOLDER: Final = ROOT / "tests" / "sheets"
CASES: Final[list[dict[str, Any]]] = json.loads((FOLDER / "cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_sheet(case: dict[str, Any], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER / case["dir"])
    ran = run(capfd, "score", *case["args"], "--format", "json")
    result = json.loads(ran.out)
    errors = {one["code"] for one in result["diagnostics"] if one["severity"] == "error"}
    assert errors == set(case.get("found", ()))
    if "totals" in case:
        assert ran.code == 0
        for key, said in (("total", "totals"), ("rank", "ranks"), ("grade", "grades")):
            if said in case:
                assert {unit["unit"]: unit[key] for unit in result["units"]} == case[said]
    else:
        assert ran.code == 3


def test_every_folder_has_its_case() -> None:
    assert {path.name for path in FOLDER.iterdir() if Path(path).is_dir()} == {case["dir"] for case in CASES}
