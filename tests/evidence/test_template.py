"""What `template` writes, filled in, is what `score` reads, without a remark; and spreadsheets can open it."""

import json
import re
from io import BytesIO
from itertools import combinations
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from dangjian_score.checks.gate import validate
from dangjian_score.checks.study import Study
from dangjian_score.cli.files import shipped_rubrics
from tests.filling import Filler, header_row
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
    levels = [one.catalogue.measures[attribute].levels or ("甲",) for attribute in one.catalogue.attributes]
    unit = one.program.rubric.unit_column or one.program.rubric.subject
    lines = [[unit, *one.catalogue.attributes], *([named, *(of[0] for of in levels)] for named in UNITS)]
    path = folder / "名册.csv"
    path.write_text("\n".join(",".join(line) for line in lines), "utf-8")
    return path


def check_scores(capfd: Capture, name: str, *evidence: Path) -> None:
    """Score what was filled in: nobody is left out, and nothing is said of the evidence."""
    ran = run(capfd, "score", name, *evidence, "--format", "json")
    result = json.loads(ran.out)
    said = [one for one in result["diagnostics"] if one["code"] != "W002"]  # ties of units that are alike
    said = [one for one in said if one["code"] != "N023"]  # of a form 自评值 does not count
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


def test_forms_hold_what_units_say_of_themselves_beside_what_counts(capfd: Capture, tmp_path: Path) -> None:
    name, book = "cun-shequ-xijie", tmp_path / "e.xlsx"
    assert run(capfd, "template", name, "--units", roster(name, tmp_path), "--form", "-o", book).code == 0
    book.write_bytes(Filler(study(name), UNITS).filled(book.read_bytes()))
    compared = run(capfd, "compare", name, book, "--format", "json")
    assert compared.code == 0
    assert {unit["difference"] for unit in json.loads(compared.out)["units"]} == {"0.00"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_a_unit(capfd: Capture, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "表"
    assert run(capfd, "template", name, "--units", roster(name, tmp_path), "--form", "-o", f"{folder}/").code == 0
    for book in folder.iterdir():
        own = (book.stem,) if book.stem in UNITS else UNITS
        book.write_bytes(Filler(study(name), own).filled(book.read_bytes()))
    check_scores(capfd, name, folder)


# What spreadsheets demand


def written(capfd: Capture, tmp_path: Path, name: str, *more: str | Path) -> bytes:
    book = tmp_path / "e.xlsx"
    assert run(capfd, "template", name, "-o", book, *more).code == 0
    return book.read_bytes()


def check_demands(data: bytes) -> None:
    """Hold a workbook against the limits at which Excel takes a file for damaged."""
    book = load_workbook(BytesIO(data))
    names = [sheet.title for sheet in book.worksheets]
    assert len({name.casefold() for name in names}) == len(names)
    for sheet in book.worksheets:
        assert 1 <= len(sheet.title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", sheet.title)
        merged = [CellRange(one.coord) for one in sheet.merged_cells.ranges]
        assert all(one.size["rows"] * one.size["columns"] > 1 for one in merged)
        assert all(left.isdisjoint(right) for left, right in combinations(merged, 2))
        checked = [CellRange(one.coord) for rule in sheet.data_validations.dataValidation for one in rule.sqref.ranges]
        assert all(left.isdisjoint(right) for left, right in combinations(checked, 2))
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1) <= 255
            assert len(rule.error) <= 225
            named = re.fullmatch("choices_[0-9]+", rule.formula1)
            assert rule.type != "list" or rule.formula1.startswith('"') or (named and named[0] in book.defined_names)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.comment is None or len(cell.comment.text) < 32_000
                assert not isinstance(cell.value, str) or len(cell.value) <= 32_767
    for place in book.defined_names.values():
        assert re.fullmatch(r"'填表选项'!\$[A-Z]+\$1:\$[A-Z]+\$[0-9]+", place.attr_text)
    parts = ZipFile(BytesIO(data)).namelist()
    assert len(parts) == len(set(parts))


@pytest.mark.parametrize("name", SHIPPED)
def test_excel_can_open_it(capfd: Capture, tmp_path: Path, name: str) -> None:
    units = roster(name, tmp_path)
    check_demands(written(capfd, tmp_path, name))
    check_demands(written(capfd, tmp_path, name, "--units", units, "--form"))


def test_the_same_bytes_each_time(capfd: Capture, tmp_path: Path) -> None:
    first, second = (written(capfd, tmp_path, "gongsi-zhibu", *how) for how in ((), ()))
    assert first == second


@pytest.mark.parametrize("name", SHIPPED)
def test_every_measure_is_explained(capfd: Capture, tmp_path: Path, name: str) -> None:
    sheet = load_workbook(BytesIO(written(capfd, tmp_path, name)))["汇总表"]
    header = sheet[header_row(sheet)]
    known = study(name).catalogue.measures
    notes = {cell.value: cell.comment.text for cell in header if cell.value in known and cell.comment}
    assert notes.keys() == {cell.value for cell in header} & known.keys()
    assert all(note.startswith("填什么：") for note in notes.values())
