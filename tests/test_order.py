"""The order of names: numbers as numbers, however they are written, then GB18030; the roster's where there is one."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from docx import Document
from openpyxl import load_workbook

from dangjian_score.core.names import order_key
from dangjian_score.report.formats import FORMATS
from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]

IN_ORDER = [
    ["第1支部", "第2支部", "第10支部", "第21支部", "第101支部"],
    [
        "第一支部",
        "第二支部",
        "第三支部",
        "第九支部",
        "第十支部",
        "第十一支部",
        "第二十支部",
        "第二十一支部",
        "第一百零二支部",
    ],
    ["第１支部", "第２支部", "第１０支部"],
    ["第2支部", "第二支部", "第３支部", "第十支部", "第11支部", "第一百二十支部", "第一千零五支部"],
    ["二〇二三年", "二〇二四年", "二〇二四年一组", "二〇二四年十组"],
    ["1-2班", "1-10班", "2-1班", "10-1班"],
    ["3号楼2单元", "3号楼12单元", "12号楼1单元"],
    [
        "一支部",
        "二支部",
        "十支部",
        "安全科",
        "办公室",
        "财务科",
        "人事科",
        "综合科",
        "鄠邑",
    ],  # GBK has 鄠 behind GB 2312's
    ["百色路", "千山", "万寿路"],  # no numbers: bai, qian, wan
    ["甲", "甲1", "甲乙"],
    ["007组", "7组", "8组"],
]


@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
def test_names_in_order(names: list[str]) -> None:
    for few in permutations(names, 3):
        assert sorted(few, key=order_key) == sorted(few, key=names.index)


def test_a_name_of_very_many_digits_or_of_half_a_character_has_a_place() -> None:
    names = ["9" * 6000, "1" + "0" * 6000, "支\ud800部"]
    assert sorted([names[2], names[0], names[1]], key=order_key) == names


UNITS = ["综合科", "第十支部", "第2支部", "办公室", "第一支部", "第10支部", "第二支部"]
SORTED = ["办公室", "第一支部", "第2支部", "第二支部", "第10支部", "第十支部", "综合科"]
RUBRIC = f"{HEAD}total: 10\nsections: [{{id: A, title: 甲, max: 10, rules: [{{deduct: 1, per: 次}}]}}]\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e.csv").write_text("党支部,次\n" + "".join(f"{name},0\n" for name in UNITS), "utf-8")
    Path("名册.csv").write_text("党支部\n" + "".join(f"{name}\n" for name in UNITS), "utf-8")


def named(text: str) -> list[str]:
    """Give the units in the order in which they first stand in a text."""
    return list(dict.fromkeys(re.findall("|".join(UNITS), text)))


def units_of_csv(path: str) -> list[str]:
    return [row[1] for row in csv.reader(StringIO(Path(path).read_text("utf-8-sig")))][1:]


def units_of_json(path: str) -> list[str]:
    return [unit["unit"] for unit in json.loads(Path(path).read_text("utf-8"))["units"]]


def units_of_md(path: str) -> list[str]:
    return named(Path(path).read_text("utf-8").partition("| 1 |")[2])


def units_of_html(path: str) -> list[str]:
    return named(Path(path).read_text("utf-8").partition("<tbody>")[2])


def units_of_xlsx(path: str) -> list[str]:
    return named(" ".join(str(cell.value) for row in load_workbook(path).worksheets[0] for cell in row))


def units_of_docx(path: str) -> list[str]:
    return named(" ".join(cell.text for row in Document(path).tables[0].rows for cell in row.cells))


def units_of_parquet(path: str) -> list[str]:
    return pl.read_parquet(path)["unit"].to_list()


RANKED: Final[Mapping[str, Callable[[str], list[str]]]] = {
    "csv": units_of_csv,
    "json": units_of_json,
    "md": units_of_md,
    "html": units_of_html,
    "xlsx": units_of_xlsx,
    "docx": units_of_docx,
    "parquet": units_of_parquet,
}
"""What reads the units of a file in the order of its ranking, by format: one for each of `report/formats.py`."""


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
@pytest.mark.parametrize(("roster", "order"), [([], SORTED), (["--units", "名册.csv"], UNITS)], ids=["names", "roster"])
def test_units_of_one_rank_stand_alike_in_every_format(
    desk: None, capfd: Capture, roster: list[str], order: list[str]
) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", *roster, *(part for form in FORMATS for part in ("-o", f"o.{form}")))
    assert ran.code == 0, ran.err
    assert named(ran.out) == order
    assert {form: RANKED[form](f"o.{form}") for form in FORMATS} == dict.fromkeys(FORMATS, order)


def test_units_stand_alike_beside_each_other_and_in_what_they_are_told(desk: None, capfd: Capture) -> None:
    compared = run(capfd, "compare", "r.yaml", "e.csv", "e.csv", "-o", "c.json")
    assert named(compared.out) == SORTED
    assert named(Path("c.json").read_text("utf-8")) == SORTED
    assert run(capfd, "score", "r.yaml", "e.csv", "--feedback", "f.docx").code == 0
    assert named(" ".join(part.text for part in Document("f.docx").paragraphs)) == SORTED
