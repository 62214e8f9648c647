"""The order of names: numbers as numbers, however they are written, then GB18030; the roster's where there is one."""

import csv
import json
import re
from io import StringIO
from itertools import permutations
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from dangjian_score.core.names import order_key
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


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
@pytest.mark.parametrize(("roster", "order"), [([], SORTED), (["--units", "名册.csv"], UNITS)], ids=["names", "roster"])
def test_units_of_one_rank_stand_alike_in_every_format(
    desk: None, capfd: Capture, roster: list[str], order: list[str]
) -> None:
    outputs = [part for form in ("xlsx", "html", "docx", "md", "csv", "json") for part in ("-o", f"o.{form}")]
    ran = run(capfd, "score", "r.yaml", "e.csv", *roster, *outputs)
    assert ran.code == 0, ran.err
    assert named(ran.out) == order
    assert [row[1] for row in csv.reader(StringIO(Path("o.csv").read_text("utf-8-sig")))][1:] == order
    assert [unit["unit"] for unit in json.loads(Path("o.json").read_text("utf-8"))["units"]] == order
    for form in ("md", "html"):
        ranking = Path(f"o.{form}").read_text("utf-8")
        assert named(ranking[ranking.index("<tbody>" if form == "html" else "| 1 |") :]) == order
    sheets = load_workbook("o.xlsx").worksheets
    assert named(" ".join(str(cell.value) for row in sheets[0] for cell in row)) == order
    tables = Document("o.docx").tables
    assert named(" ".join(cell.text for row in tables[0].rows for cell in row.cells)) == order


def test_units_stand_alike_beside_each_other_and_in_what_they_are_told(desk: None, capfd: Capture) -> None:
    compared = run(capfd, "compare", "r.yaml", "e.csv", "e.csv", "-o", "c.json")
    assert named(compared.out) == SORTED
    assert named(Path("c.json").read_text("utf-8")) == SORTED
    assert run(capfd, "score", "r.yaml", "e.csv", "--feedback", "f.docx").code == 0
    assert named(" ".join(part.text for part in Document("f.docx").paragraphs)) == SORTED
