"""What `template` writes, filled in, is what `score` reads, without a remark; and spreadsheets can open it."""

import json
from pathlib import Path

import pytest

from dangjian_score.checks.gate import validate
from dangjian_score.checks.study import Study
from dangjian_score.cli.files import shipped_rubrics
from tests.filling import Filler
from tests.support import run

Capture = pytest.CaptureFixture[str]
SHIPPED = [path.stem for path in shipped_rubrics()]
UNITS = ("第一单位", "第二单位")


def study(name: str) -> Study:
    path = next(path for path in shipped_rubrics() if path.stem == name)
    found, _ = validate(path.read_bytes(), path.name)
    assert found is not None
    return found


def roster(name: str, folder: Path) -> Path:
    """Write a roster of two units with the first value of every attribute that rules mention."""
    one = study(name)
    levels = [one.names.measures[attribute].levels or ("甲",) for attribute in one.names.attributes]
    unit = one.program.rubric.unit_column or one.program.rubric.subject
    lines = [[unit, *one.names.attributes], *([named, *(of[0] for of in levels)] for named in UNITS)]
    path = folder / "名册.csv"
    path.write_text("\n".join(",".join(line) for line in lines), "utf-8")
    return path


def check_scores(capfd: Capture, name: str, *evidence: Path) -> None:
    """Score what was filled in: nobody is left out, and nothing is said of the evidence."""
    ran = run(capfd, "score", name, *evidence, "--format", "json")
    result = json.loads(ran.out)
    said = [one for one in result["diagnostics"] if one["code"] != "W002"]  # ties of units that are alike
    assert (ran.code, said) == (0, []), said
    units = {one["unit"] for one in (*result["units"], *result["excluded"])}
    assert units == set(UNITS)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("events", [True, False])
def test_a_matrix_for_a_roster(capfd: Capture, tmp_path: Path, name: str, events: bool) -> None:
    book = tmp_path / "e.xlsx"
    assert run(capfd, "template", name, "--units", roster(name, tmp_path), "-o", book).code == 0
    book.write_bytes(Filler(study(name), UNITS, events=events).filled(book.read_bytes()))
    check_scores(capfd, name, book)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_matrix_for_anybody(capfd: Capture, tmp_path: Path, name: str) -> None:
    book = tmp_path / "e.xlsx"
    assert run(capfd, "template", name, "-o", book, "--lang", "en").code == 0
    book.write_bytes(Filler(study(name), UNITS).filled(book.read_bytes()))
    check_scores(capfd, name, book)


@pytest.mark.parametrize("name", SHIPPED)
def test_forms_in_one_file(capfd: Capture, tmp_path: Path, name: str) -> None:
    book = tmp_path / "e.xlsx"
    assert run(capfd, "template", name, "--units", roster(name, tmp_path), "--form", "-o", book).code == 0
    book.write_bytes(Filler(study(name), UNITS).filled(book.read_bytes()))
    check_scores(capfd, name, book)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_a_unit(capfd: Capture, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "表"
    assert run(capfd, "template", name, "--units", roster(name, tmp_path), "--form", "-o", f"{folder}/").code == 0
    for book in folder.iterdir():
        own = (book.stem,) if book.stem in UNITS else UNITS
        book.write_bytes(Filler(study(name), own).filled(book.read_bytes()))
    check_scores(capfd, name, folder)
