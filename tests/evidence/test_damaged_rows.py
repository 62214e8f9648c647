"""Damaged rows: refused wherever they stand and whether they hold anything or not; what is only unusual is read."""

import pytest

from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from dangjian_score.evidence.sheets import Sheet
from dangjian_score.evidence.xlsx.workbook import sheets
from tests.support import errors, rubric
from tests.workbooks import SHEET, packed, parts, row

CELL = '<c r="A7"><v>7</v></c>'
DAMAGED = {
    "a name that is none": 'r="7" 7x="1"',
    "a prefix that nobody declared": 'r="7" x14ac:dyDescent="0.25"',
    "an attribute twice": 'r="7" s="1" s="1"',
    "a number twice": 'r="7" r="7"',
    "a control character": 'r="7" spans="1:\x012"',
    "a character that is none": 'r="7" spans="&#0;"',
    "no space between": 'r="7"s="1"',
    "an entity that is none": 'r="7" s="&nought;"',
}
SOUND = {
    "plain": 'r="7"',
    "in another order": 's="1" r="7"',
    "as Excel writes them": 'r="7" spans="1:3" s="1" customFormat="1" ht="15.75" hidden="1" customHeight="1"',
    "of nobody's": 'r="7" whatever="1"',
}
CELLS = {
    "text without end": '<c r="A7" t="inlineStr"><is><t>一</v></c>',
    "another row's": '<c r="A8"><v>7</v></c>',
    "twice": CELL * 2,
    "a kind twice": '<c r="A7" t="n" t="n"><v>7</v></c>',
    "no character": '<c r="A7" t="str"><v>&#0;</v></c>',
    "half a character": '<c r="A7" t="str"><v>&#55357;</v></c>',
    "beyond all characters": '<c r="A7" t="str"><v>&#1114112;</v></c>',
    "an end of a section": '<c r="A7" t="str"><v>]]></v></c>',
    "a style that is none": '<c r="A7" s="9"><v>7</v></c>',
    "a shared text that is none": '<c r="A7" t="s"><v>9</v></c>',
    "beyond the last column": '<c r="XFE7"><v>7</v></c>',
}


def read(rows: str, *, declared: str = "", before: str = "") -> tuple[Sheet, ...] | Diagnostic:
    """Read a sheet of raw rows under a row of titles."""
    made = parts(row("党支部", "数", number=1) + rows, before=before)
    made[SHEET] = made[SHEET].replace(b"<worksheet ", f"<worksheet {declared} ".encode(), 1)
    return sheets(packed(made), "e.xlsx")


def reason(read_: object) -> str:
    return dict(read_.args)["reason"] if isinstance(read_, Diagnostic) else ""


@pytest.mark.parametrize("below", ["", '<row r="9"/>', '<row r="9"><c r="A9"><v>9</v></c></row>', "<row/>"])
@pytest.mark.parametrize("attributes", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_row_is_refused_wherever_it_stands(attributes: str, below: str) -> None:
    assert reason(read(f"<row {attributes}/>{below}")) == "damaged"
    assert reason(read(f"<row {attributes}>{CELL}</row>{below}")) == "damaged"


@pytest.mark.parametrize("attributes", DAMAGED.values(), ids=DAMAGED)
def test_a_file_with_a_damaged_row_is_no_evidence(attributes: str) -> None:
    loaded = rubric("sections:\n  - {id: A, title: 甲, max: 1, rules: [{deduct: 1, per: 数}]}\n")
    known = catalogue(compile_rubric(loaded.rubric))
    for more, codes in ((f"<row {attributes}/>", ["E028"]), ('<row r="7" s="1"/>', [])):
        data = packed(parts(row("党支部", "数", number=1) + row("甲", "1", number=2) + more))
        evidence, found = read_evidence({"e.xlsx": data}, loaded.rubric, known)
        assert [str(one.code) for one in errors(found)] == codes
        assert [unit.unit for unit in evidence.units] == ([] if codes else ["甲"])


@pytest.mark.parametrize("attributes", SOUND.values(), ids=SOUND)
def test_an_unusual_row_is_read(attributes: str) -> None:
    held = {1: 2, 9: 1}
    for rows, more in ((f"<row {attributes}/>", {}), (f"<row {attributes}>{CELL}</row>", {7: 1})):
        found = read(rows + '<row r="9"><c r="A9"><v>9</v></c></row>')
        assert isinstance(found, tuple)
        assert {number: len(cells) for number, cells in found[0].rows.items()} == dict(sorted({**held, **more}.items()))
        assert found[0].hidden_rows == ({7} if more and "hidden" in attributes else set())


def test_a_prefix_that_is_declared_is_read() -> None:
    declared = 'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    rows = '<row r="7" x14ac:dyDescent="0.25"/><row r="8" x14ac:dyDescent="0.25"><c r="A8"><v>8</v></c></row>'
    found = read(rows, declared=declared)
    assert isinstance(found, tuple)
    assert list(found[0].rows) == [1, 8]
    passing = f"<sheetPr><tabColor {declared}/></sheetPr>"
    assert reason(read(rows, before=passing)) == "damaged", "declared where it is over again"


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_a_damaged_cell_is_refused(cells: str) -> None:
    assert reason(read(f'<row r="7">{cells}</row>')) in ("damaged", "cell twice", "string missing")


def test_rows_in_what_is_no_row_are_not_read() -> None:
    inside = f'<row r="7">{CELL}</row>'
    for text in (f"<!--{inside}-->", f"<?note {inside}?>", f"<other>{inside}</other>", f"<row><c>{inside}</c></row>"):
        found = read(text + '<row r="9"><c r="A9"><v>9</v></c></row>')
        assert isinstance(found, tuple), text
        assert list(found[0].rows) == [1, 9], text
    assert reason(read(f'<other a="{inside}"/>')) == "damaged"


def test_rows_without_a_number_follow_those_that_were_passed_by() -> None:
    found = read(f'<row r="7">{CELL}</row><row><c><v>8</v></c></row><row r="11"/><row><c><v>12</v></c></row>')
    assert isinstance(found, tuple)
    assert list(found[0].rows) == [1, 7, 8, 12]


def test_texts_are_read_with_their_references() -> None:
    found = read(
        '<row r="7"><c r="A7" t="inlineStr"><is><t>&#20826;x&#128512;</t></is></c><c r="C7" t="b"><v>1</v></c></row>'
    )
    assert isinstance(found, tuple)
    assert [(column, cell.content) for column, cell in found[0].rows[7].items()] == [(1, "党x\U0001f600"), (3, True)]
