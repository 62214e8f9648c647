"""What `template` writes, filled in, is what `score` reads, without a remark; and spreadsheets can open it."""

import json
import re
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from dangjian_score.api.files import shipped_rubrics
from dangjian_score.checks.gate import validate
from dangjian_score.checks.study import Study
from dangjian_score.cli.app import main
from tests.filling import Filler, header_row
from tests.sampling import sampled
from tests.support import run

Capture = pytest.CaptureFixture[str]
SHIPPED = [path.stem for path in shipped_rubrics()]
UNITS = ("第一单位", "第二单位")
KINDS = ("sanxiang-dangyuan", "shuangshu-shuangping", "yuedu-guiding")
"""Rubrics that have, taken together, rounds, registers, ballots, attributes and every kind of measure that ships."""


def study(name: str) -> Study:
    path = next(path for path in shipped_rubrics() if path.stem == name)
    found, _ = validate(path.read_bytes(), path.name)
    assert found is not None
    return found


def features(*names: str) -> set[str]:
    """Collect what a template of these rubrics has to deal with."""
    found = set[str]()
    for one in map(study, names):
        known = one.catalogue
        parts = {"rounds": one.program.rubric.rounds, "registers": known.registers, "ballots": known.ballots}
        found |= {measure.kind for measure in known.measures.values()}
        found |= {part for part, held in {**parts, "attributes": known.attributes}.items() if held}
    return found


def test_what_is_always_tried_has_everything_that_ships() -> None:
    assert features(*KINDS) == features(*SHIPPED)


def roster(name: str) -> str:
    """Write a roster of two units with the first value of every attribute that rules mention."""
    one = study(name)
    levels = [one.catalogue.measures[attribute].levels or ("甲",) for attribute in one.catalogue.attributes]
    unit = one.program.rubric.unit_column or one.program.rubric.subject
    lines = [[unit, *one.catalogue.attributes], *([named, *(of[0] for of in levels)] for named in UNITS)]
    return "\n".join(",".join(line) for line in lines)


@cache
def written(name: str, *options: str, units: bool = False) -> bytes:
    """Let the command write a workbook, once for all tests that ask for it; with a roster where units are named."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "名册.csv").write_text(roster(name), "utf-8")
        named = ["--units", str(place / "名册.csv")] if units else []
        assert main(["template", name, "-o", str(place / "e.xlsx"), *named, *options], {}) == 0
        return (place / "e.xlsx").read_bytes()


def check_scores(capfd: Capture, name: str, *evidence: Path) -> None:
    """Score what was filled in: nobody is left out, and nothing is said of the evidence."""
    ran = run(capfd, "score", name, *evidence, "--format", "json")
    result = json.loads(ran.out)
    said = [one for one in result["diagnostics"] if one["code"] != "W002"]  # ties of units that are alike
    # of a form 自评值 does not count; a matrix for anybody is filled in for units that an item is not for
    said = [one for one in said if one["code"] not in ("N023", "N034")]
    assert (ran.code, said) == (0, []), said
    units = {one["unit"] for one in (*result["units"], *result["excluded"])}
    assert units == set(UNITS)


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 0, KINDS))
@pytest.mark.parametrize("events", [True, False])
def test_a_matrix_for_a_roster(capfd: Capture, tmp_path: Path, name: str, events: bool) -> None:
    book = tmp_path / "e.xlsx"
    book.write_bytes(Filler(study(name), UNITS, events=events).filled(written(name, units=True)))
    check_scores(capfd, name, book)


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 1, KINDS))
def test_a_matrix_for_anybody(capfd: Capture, tmp_path: Path, name: str) -> None:
    book = tmp_path / "e.xlsx"
    book.write_bytes(Filler(study(name), UNITS).filled(written(name, "--lang", "en")))
    check_scores(capfd, name, book)


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 2, KINDS))
def test_forms_in_one_file(capfd: Capture, tmp_path: Path, name: str) -> None:
    book = tmp_path / "e.xlsx"
    book.write_bytes(Filler(study(name), UNITS).filled(written(name, "--form", units=True)))
    check_scores(capfd, name, book)


def test_forms_hold_what_units_say_of_themselves_beside_what_counts(capfd: Capture, tmp_path: Path) -> None:
    name, book = "cun-shequ-xijie", tmp_path / "e.xlsx"
    book.write_bytes(Filler(study(name), UNITS).filled(written(name, "--form", units=True)))
    compared = run(capfd, "compare", name, book, "--format", "json")
    assert compared.code == 0
    assert {unit["difference"] for unit in json.loads(compared.out)["units"]} == {"0.00"}


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 3, KINDS))
def test_a_file_a_unit(capfd: Capture, tmp_path: Path, name: str) -> None:
    folder, units = tmp_path / "表", tmp_path / "名册.csv"
    units.write_text(roster(name), "utf-8")
    assert run(capfd, "template", name, "--units", units, "--form", "-o", f"{folder}/").code == 0
    for book in folder.iterdir():
        own = (book.stem,) if book.stem in UNITS else UNITS
        book.write_bytes(Filler(study(name), own).filled(book.read_bytes()))
    check_scores(capfd, name, folder)


# What spreadsheets demand


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


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 2, KINDS))
def test_excel_can_open_it(name: str) -> None:
    check_demands(written(name))
    check_demands(written(name, "--form", units=True))


def test_the_same_bytes_each_time() -> None:
    assert written("gongsi-zhibu") == written.__wrapped__("gongsi-zhibu")


@pytest.mark.parametrize("name", sampled(SHIPPED, 4, 2, KINDS))
def test_every_measure_is_explained(name: str) -> None:
    sheet = load_workbook(BytesIO(written(name)))["汇总表"]
    header = sheet[header_row(sheet)]
    known = study(name).catalogue.measures
    notes = {cell.value: cell.comment.text for cell in header if cell.value in known and cell.comment}
    assert notes.keys() == {cell.value for cell in header} & known.keys()
    assert all(note.startswith("填什么：") for note in notes.values())
