"""Workbooks made to harm: each ends in sheets or in a reason, and every limit holds."""

import pytest

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.evidence.files import read_sheets
from dangjian_score.evidence.xlsx.workbook import sheets
from tests.workbooks import SHEET, ZOO, packed, row, workbook
from tests.workbooks import parts as parts_of

REASONS = {
    "deep elements": "damaged",
    "deep cells": "damaged",
    "a bomb that lies": "damaged",
    "entities": "entities",
    "one attribute": "damaged",
    "merges over all": "too large",
    "too many parts": "too many parts",
    "relationships": "too large",
    "sheets of one part": "too large",
    "styles": "too large",
    "sheets": "too large",
    "merges": "too large",
    "a bomb": "bomb",
}
SIZES = {
    "too many parts": 10_001,
    "relationships": 10_001,
    "sheets of one part": 2_500,
    "styles": 100_001,
    "sheets": 1_001,
    "merges": 100_001,
    "entities": 9,
    "a bomb": 2_000_000,
    "a bomb that lies": 2_000_000,
}
"""How large it must be to harm; others harm at any size, or not at all."""


@pytest.mark.parametrize("name", ZOO)
def test_what_becomes_of_a_hostile_workbook(name: str) -> None:
    assert reason(ZOO[name].make(SIZES.get(name, 500))) == REASONS.get(name, "")


def reason(data: bytes) -> str:
    read = sheets(data, "e.xlsx")
    return dict(read.args)["reason"] if isinstance(read, Diagnostic) else ""


@pytest.mark.parametrize("part", [b"<v>" * 4_001_000, b"<a>" * 5_500_001, b"<a/>" * 2_750_001, b"=" * 11_000_001])
def test_what_is_too_large_is_told_before_it_is_parsed(part: bytes) -> None:
    assert reason(packed(parts_of("") | {SHEET: part})) == "too large"


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ("MAX_BOOK_XML", 900),
        ("MAX_BOOK_UNPACKED", 900),
        ("MAX_BOOK_VALUES", 2),
        ("MAX_BOOK_ROWS", 1),
        ("MAX_BOOK_TEXT", 2),
        ("MAX_MERGED_CELLS", 3),
        ("MAX_MERGED_AREAS", 0),
    ],
)
def test_limits(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(
        row(1, 2) + row(3, 4),
        strings="<si><t>三个字</t></si>",
        after='<mergeCells><mergeCell ref="A1:B9"/></mergeCells>',
    )
    assert reason(data) == ""
    monkeypatch.setattr(limits, limit, most)
    assert reason(data) == "too large"


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    read = read_sheets(b"a" * 64_000_001, "e.csv")
    assert isinstance(read, Diagnostic)
    assert dict(read.args)["reason"] == "too large"


@pytest.mark.parametrize("letter", ["a", "一"])
@pytest.mark.parametrize("form", ["shared", "inline", "runs"])
def test_a_cell_that_no_workbook_could_hold(form: str, letter: str) -> None:
    for length, said in ((32_767, ""), (32_768, "long cell")):
        text = letter * length
        match form:
            case "shared":
                data = workbook('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=f"<si><t>{text}</t></si>")
            case "inline":
                data = workbook(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>')
            case _:
                pieces = "".join(f"<r><t>{letter * 1_000}</t></r>" for _ in range(32))
                run = f"{pieces}<r><t>{letter * (length - 32_000)}</t></r>"
                data = workbook(f'<row r="1"><c r="A1" t="inlineStr"><is>{run}</is></c></row>')
        assert reason(data) == said
