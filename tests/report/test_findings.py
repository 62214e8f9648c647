"""Findings as text: what is folded, and what stands alone."""

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell
from dangjian_score.report.findings import findings_text
from dangjian_score.words.say import load_words


def unknown(row: int) -> Diagnostic:
    return at_cell(Code.UNIT_UNKNOWN, Cell("t.csv", None, row, 1), unit=f"第{row}支部", near="", table="register")


def blank(row: int) -> Diagnostic:
    return at_cell(Code.BLANK, Cell("m.csv", None, row, 2), unit=f"第{row}支部", measure="缺")


def test_like_ones_are_folded_with_their_cells() -> None:
    lines = findings_text([blank(row) for row in range(2, 16)], {}, load_words("zh")).splitlines()
    assert len(lines) == 2
    assert "14" in lines[0]
    assert "B2 B3" in lines[0]


def test_of_those_with_names_of_their_own_twenty_stand_alone_and_the_rest_together() -> None:
    lines = findings_text([unknown(row) for row in range(2, 102)], {}, load_words("zh")).splitlines()
    assert len(lines) == 22
    assert "第2支部" in lines[0]
    assert "80" in lines[20]
    assert "A22" in lines[20]
    assert lines[21].startswith("100 ")
    assert len(findings_text([unknown(row) for row in range(2, 22)], {}, load_words("zh")).splitlines()) == 21
