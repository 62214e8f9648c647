"""An office program opens what `template` writes, prints it on A4, and keeps its checks and notes when it saves it."""

import re
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.carriers.office import soffice
from tests.support import run

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.office

WRITTEN = {
    "周考核": ("weijian-zhibu",),
    "自查": ("nongcun-kaoping", "--form", "--units", "名册.csv"),
    "轮次": ("zuzhi-mubiao",),
    "测评": ("shuangshu-shuangping",),
}


@pytest.fixture
def converted(capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the workbooks, let the program print them and save them again."""
    program = soffice()
    monkeypatch.chdir(tmp_path)
    Path("名册.csv").write_text("村级党组织\n东村\n西村\n", "utf-8")
    for name, arguments in WRITTEN.items():
        assert run(capfd, "template", *arguments, "-o", f"{name}.xlsx").code == 0
    command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--norestore"]
    for form in ("pdf", "xlsx"):
        books = [f"{name}.xlsx" for name in WRITTEN]
        done = subprocess.run(
            [*command, "--convert-to", form, "--outdir", "out", *books],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return tmp_path / "out"


def seen(sheet: Worksheet) -> tuple[object, ...]:
    """Give what a user sees of a sheet: texts, notes, where which checks begin."""
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    notes = sorted(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment)
    rules = sheet.data_validations.dataValidation
    checked = sorted((one.coord.split(":")[0], rule.type) for rule in rules for one in rule.sqref.ranges)
    return sheet.title, texts, notes, checked, sheet.sheet_state


def test_an_office_program_keeps_and_prints_everything(converted: Path) -> None:
    for name in WRITTEN:
        before, after = load_workbook(converted.parent / f"{name}.xlsx"), load_workbook(converted / f"{name}.xlsx")
        assert [seen(sheet) for sheet in after.worksheets] == [seen(sheet) for sheet in before.worksheets]
        paper = {tuple(map(float, box.split())) for box in _boxes((converted / f"{name}.pdf").read_bytes())}
        assert {tuple(round(side) for side in box) for box in paper} == {(0, 0, 842, 595)}  # A4, lying


def _boxes(pdf: bytes) -> list[str]:
    return [found.decode() for found in re.findall(rb"/MediaBox ?\[([0-9. ]+)\]", pdf)]
