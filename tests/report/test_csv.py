"""Names in a .csv that a spreadsheet would make figures, days or truth values of when it opens the file."""

import csv
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from dangjian_score.core.watching import unwatched
from dangjian_score.report.as_csv import result_csv
from tests.carriers.office import soffice
from tests.rich import changed, rich
from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]

FIGURES = [
    "001",
    "20240102",
    "110105199001011234",
    "1E5",
    "1.5e-3",
    ".5",
    "5-",
    "(5)",
    "1,234",
    "50%",
    "￥3",
    "$3",
    "3.",
]
FIGURES += ["１２", "3/4", "1 1/2"]
DAYS = ["1-2", "2024-1", "2024.1.2", "1.2.3", "1月2日", "2024年1月", "2024/1/2 10:30", "二〇二四年一月一日", "Mar-1"]
DAYS += ["MARCH1", "5 May 2024", "2024-01-02T10:30", "10:30", "9:00 PM", "上午9时"]
OTHERS = ["TRUE", "false", "Ｔrue", "#N/A", "#DIV/0!", "#NAME?", " 007"]
TEXTS = [
    "第1党支部",
    "1号楼党支部",
    "12月党支部",
    "3A",
    "A1",
    "B-2",
    "一支部",
    "八一",
    "MAY",
    "Marie1",
    "True North",
    "e5",
]


def written() -> bytes:
    """Write units of these names."""
    units = [replace(rich().result.units[0], unit=name) for name in (*FIGURES, *DAYS, *OTHERS, *TEXTS)]
    return result_csv(changed(rich(), units=tuple(units), excluded=(), unscored=()), unwatched)


def test_names_that_would_be_converted_are_marked_as_text() -> None:
    rows = csv.reader(StringIO(written().decode("utf-8-sig"), newline=""))
    marked = [f"'{name}" for name in (*FIGURES, *DAYS, *OTHERS)]
    assert [row[1] for row in rows] == ["党支部", *marked, *TEXTS]


def test_headings_and_attributes_are_names_too(tmp_path: Path, capfd: Capture) -> None:
    sections = "[{id: A, title: '2024', max: 10, rules: [{deduct: 1, per: 次}]}]"
    (tmp_path / "r.yaml").write_text(f"{HEAD}total: 10\nattributes: [编号]\nsections: {sections}\n", "utf-8")
    (tmp_path / "e.csv").write_text("党支部,次,编号\n3-1,1,001\n", "utf-8")
    ran = run(capfd, "score", tmp_path / "r.yaml", tmp_path / "e.csv", "--format", "csv")
    assert ran.out.lstrip("\ufeff").split() == ["名次,党支部,编号,'2024,总分", "1,'3-1,'001,9.00,9.00"]


@pytest.mark.office
def test_an_office_program_leaves_names_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_bytes(written())
    settings = "CSV:44,34,76,1,,2052,false,true"  # Chinese, special numbers detected, as by a double click
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice(), profile, "--headless", f"--infilter={settings}", "--convert-to", "xlsx", "o.csv"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=120)
    sheet = load_workbook(tmp_path / "o.xlsx").worksheets[0]
    shown = [str(row[1].value).removeprefix("'") for row in sheet.iter_rows(min_row=2)]
    assert shown == [*FIGURES, *DAYS, *OTHERS, *TEXTS]
