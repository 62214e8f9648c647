"""Categories of assessors, levels that several give, ballots that were returned: what is wrong, and in which cell."""

import pytest
from openpyxl import load_workbook

from dangjian_score.checks import evidence as due
from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from dangjian_score.words.say import load_words
from tests.evidence.test_template import Capture
from tests.support import HEAD, rubric, run

RATED = """sections:
  - {id: A, title: 测评, max: 10, rules: [{award: 10, judge: 测评分, combine: {领导: 60%, 群众: 40%}}]}
  - {id: B, title: 答辩, max: 10, rules: [{award: 10, judge: 答辩分, combine: mean}]}
"""
TITLES = "党支部,评委,评委类别,测评分,答辩分\n"
PANEL = "甲,张,领导,9,8\n甲,李,群众,7,6\n"


def found(text: str, **tables: str) -> tuple[Diagnostic, ...]:
    loaded = rubric(text)
    program = compile_rubric(loaded.rubric)
    files = {f"{name}.csv": table.encode() for name, table in tables.items()}
    evidence, findings = read_evidence(files, loaded.rubric, catalogue(program))
    return (*findings, *due.check(program, evidence))


def errors(text: str, **tables: str) -> list[tuple[str, str]]:
    places = ((str(one.code), one.place.cell or one.place.file) for one in found(text, **tables) if one.code[0] == "E")
    return sorted(places)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (PANEL, []),
        ("甲,张,领导,9,8\n甲,李,领导,7,6\n", [("E110", "D2")]),  # nobody of 群众
        ("甲,张,领导,9,8\n甲,李,群众,弃权,6\n", [("E110", "D2")]),  # one of 群众, who abstained
        ("甲,张,领导,9,8\n甲,李,专家,7,6\n", [("E022", "C3")]),  # no such category
        ("甲,张,领导,9,8\n甲,李,,7,6\n", [("E066", "C3")]),
        ("甲,张,领导,9,8\n甲,李,无,7,6\n", [("E066", "C3")]),  # a placeholder is as good as a blank
        (PANEL + "甲,王,,弃权,6\n", [("E066", "C4")]),
        (PANEL + "甲,王,,,6\n", []),  # without a category, and without a figure that needs one
        (PANEL + "甲,王,群众,,6\n", [("E021", "D4")]),
        ("甲,张,领 导,9,8\n甲,李,群众,7,6\n", []),  # spelling is as free as of other keys
    ],
)
def test_a_category_of_each_assessor(rows: str, expected: list[tuple[str, str]]) -> None:
    assert errors(RATED, j=TITLES + rows) == expected


def test_who_gave_nothing_by_category_needs_none() -> None:
    """王 gives points for what is combined without categories, in a table of its own."""
    assert errors(RATED, j=TITLES + PANEL, k="党支部,评委,答辩分\n甲,王,6\n") == []


def test_a_table_without_the_column_is_told_once() -> None:
    rows = "甲,张,9,8\n甲,李,7,6\n乙,张,9,8\n乙,李,7,6\n"
    assert errors(RATED, j="党支部,评委,测评分,答辩分\n" + rows) == [("E025", "j.csv")]


def test_one_assessor_of_two_categories() -> None:
    two = found(RATED, j=TITLES + PANEL, k="党支部,评委,评委类别,测评分\n甲,张,群众,9\n")
    (wrong,) = (one for one in two if one.code[0] == "E")
    assert (str(wrong.code), str(wrong.place)) == ("E026", "k.csv!C2")
    assert "“评委类别（张）”前后不一：这里是“群众”，j.csv!C2 是“领导”" in load_words("zh").message(wrong)


def test_a_category_that_is_another_measure_s() -> None:
    text = RATED.replace("combine: mean", "combine: {专家: 100%}")
    assert errors(text, j=TITLES + "甲,张,领导,9,\n甲,李,群众,7,\n甲,王,专家,,8\n") == []  # each gives his own
    assert errors(text, j=TITLES + "甲,张,领导,9,弃权\n甲,李,群众,7,弃权\n甲,王,专家,6,8\n") == [("E065", "C4")]


def test_a_message_names_unit_measure_and_category() -> None:
    (wrong,) = (one for one in found(RATED, j=TITLES + "甲,张,领导,9,8\n") if one.code[0] == "E")
    assert load_words("zh").message(wrong).startswith("“甲”的“测评分”没有一位“群众”评委给分")
    assert "甲: no assessor of the category 群众" in load_words("en").message(wrong)


GRADED = "sections: [{id: A, title: 评价, max: 10, rules: [{award: {优: 10, 良: 8}, by: 评价, combine: mean}]}]\n"


def test_levels_of_assessors_are_those_of_the_table() -> None:
    titles = "党支部,评委,评价\n"
    assert errors(GRADED, j=titles + "甲,张,优\n甲,李,良\n甲,王,无\n甲,赵,弃权\n") == []
    assert errors(GRADED, j=titles + "甲,张,优\n甲,李,中\n") == [("E022", "C3")]
    assert errors(GRADED, m="党支部,评价\n甲,中\n") == [("E022", "B2")]
    assert errors(GRADED.replace("by: 评价", "by: 评价, else: 2"), j=titles + "甲,张,优\n甲,李,中\n") == []


# Ballots


VOTED = """sections:
  - {id: A, title: 测评, max: 10, rules: [{award: {好: 10, 差: 0}, votes: 民主测评, of: returned}]}
  - {id: B, title: 群众, max: 10, rules: [{award: {好: 10, 差: 0}, votes: 群众测评}]}
  - {id: C, title: 缺席, max: 5, rules: [{deduct: 1, per: 缺席次数}]}
"""
MATRIX = "党支部,缺席次数\n甲,0\n"
COUNTS = "党支部,测评项,好,差,发出票数,收回票数,无效票数\n"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("8,1,10,10,1", "8,1,,,", []),
        ("8,1,,9,", "8,1,9,9,0", []),  # a blank number of invalid ones is none
        ("8,1,10,10,", "8,1,,,", [("E112", "F2")]),
        ("8,1,9,10,1", "8,1,,,", [("E112", "F2")]),  # more returned than issued
        ("8,1,10,10,1", "8,1,,10,2", [("E112", "F3")]),
        ("8,1,10,10,1", "8,1,9,,1", [("E112", "E3")]),  # 9 valid and one invalid, of 9 issued
        ("8,1,10,10,1", "8,1,,,3", []),  # nothing to hold it against
        ("8,1,10,,1", "8,1,,,", [("E021", "F2")]),  # it counts over the ballots returned
        ("8,1,10,半,1", "8,1,,,", [("E022", "F2")]),
    ],
)
def test_ballots_add_up(first: str, second: str, expected: list[tuple[str, str]]) -> None:
    table = f"{COUNTS}甲,民主测评,{first}\n甲,群众测评,{second}\n"
    assert errors(VOTED, m=MATRIX, v=table) == expected


def test_the_cells_of_ballots_that_do_not_add_up_are_named() -> None:
    table = f"{COUNTS}甲,民主测评,8,1,12,11,1\n甲,群众测评,8,1,,,\n"
    (wrong,) = (one for one in found(VOTED, m=MATRIX, v=table) if one.code[0] == "E")
    assert [str(place) for place in (wrong.place, *wrong.related)] == ["v.csv!F2", "v.csv!E2", "v.csv!G2"]
    assert "发出 12 张，收回 11 张，无效 1 张，各等共 9 张" in load_words("zh").message(wrong)


def test_a_count_over_ballots_returned_asks_for_the_column() -> None:
    table = "党支部,测评项,好,差\n甲,民主测评,8,1\n甲,群众测评,8,1\n"
    wrong = [one for one in found(VOTED, m=MATRIX, v=table) if one.code[0] == "E"]
    assert [(str(one.code), dict(one.args)["measure"]) for one in wrong] == [("E025", "民主测评·收回票数")]


@pytest.mark.parametrize(("issued", "expected"), [("20", []), ("", [("E021", "E2")]), ("9", [("E112", "F2")])])
def test_a_count_over_ballots_issued_asks_for_their_number(issued: str, expected: list[tuple[str, str]]) -> None:
    table = f"{COUNTS}甲,民主测评,8,1,{issued},10,1\n甲,群众测评,8,1,,,\n"
    assert errors(VOTED.replace("returned", "issued"), m=MATRIX, v=table) == expected


# Templates


def test_templates_have_the_columns(tmp_path_factory: pytest.TempPathFactory, capfd: Capture) -> None:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "r.yaml").write_text(HEAD + RATED + VOTED.removeprefix("sections:\n").replace("id: ", "id: V"), "utf-8")
    assert run(capfd, "template", folder / "r.yaml", "-o", folder / "t.xlsx").code == 0
    book = load_workbook(folder / "t.xlsx")
    titles = {sheet.title: [cell.value for row in sheet.iter_rows() for cell in row] for sheet in book.worksheets}
    assert {"评委", "评委类别", "测评分"} <= {*titles["评分表"]}
    assert {"好", "发出票数", "收回票数", "无效票数"} <= {*titles["测评票"]}
    lists = [rule.formula1 for rule in book["评分表"].data_validations.dataValidation]
    assert '"领导,群众"' in lists


def test_a_table_of_assessors_without_categories_has_no_such_column() -> None:
    known = Study(rubric(GRADED)).catalogue
    assert known.categories == {}
    assert known.judged == {"评价"}


def test_a_row_that_is_faulty_is_no_missing_assessor() -> None:
    rows = PANEL + "甲,王,专家,7,6\n" + (PANEL + "甲,王,群众,7,6\n").replace("甲", "乙")
    assert [str(one.code) for one in found(RATED, j=TITLES + rows)] == ["E022"]
