"""LibreOffice without a screen: a workbook in, the same workbook with every formula computed anew out."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

ALWAYS, NEVER = 0, 1
"""What the office program does with stored values of an .xlsx: compute all anew, or believe them."""

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop>
</item>
</oor:items>
"""


def soffice() -> str:
    """Find the program; without it the test is skipped, but on CI, where it has to be there, it fails."""
    found = shutil.which("soffice")
    if found is None:
        reason = "LibreOffice (soffice) is not installed: formulas are NOT checked against an office program"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def recalculated(workbook: bytes, folder: Path, mode: int = ALWAYS) -> Any:
    """Let the office program load and save a workbook, with a profile of its own; read the values it stored."""
    return all_recalculated({"book": workbook}, folder, mode)["book"]


def all_recalculated(workbooks: Mapping[str, bytes], folder: Path, mode: int = ALWAYS) -> dict[str, Any]:
    """Do so with many at once, by their names: starting the program takes longer than a workbook."""
    program = soffice()
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(mode=mode), encoding="utf-8")
    for name, data in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx",
    ]
    done = subprocess.run(
        [*command, "--outdir", str(out), *(str(folder / f"{name}.xlsx") for name in workbooks)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    missing = [name for name in workbooks if not (out / f"{name}.xlsx").exists()]
    assert missing == [], done.stdout + done.stderr
    return {name: load_workbook(out / f"{name}.xlsx", data_only=True) for name in workbooks}
