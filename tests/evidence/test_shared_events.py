"""Events of several units in one cell, and events judged one by one: what counts, for whom, and what is wrong."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.core.facts import Fate
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from tests.evidence.test_tables import Found, read, unit
from tests.filling import header_row
from tests.support import HEAD, points, rubric, run

F = Fraction
Capture = pytest.CaptureFixture[str]

SHARED = """
period: 2024
measures: {迟到: {register: true}}
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, kind: penalty, rules: [{deduct: 1, per: 迟到}]}
"""
MATRIX = "党支部,缺\n一支部,1\n二支部,0\n党群、人事支部,0\n"
EVENTS = "党支部,事项,日期\n"
ROSTER = "党支部,别名\n一支部,第一支部\n二支部,\n党群、人事支部,\n"


def findings(register: str) -> tuple[Diagnostic, ...]:
    """Give what is wrong with a register."""
    loaded = rubric(SHARED)
    files = {"m.csv": MATRIX.encode(), "r.csv": register.encode()}
    return read_evidence(files, loaded.rubric, catalogue(compile_rubric(loaded.rubric)))[1]


@pytest.mark.parametrize(
    ("cell", "found", "late"),
    [
        ("一支部", [], {"一支部"}),
        ("一支部、二支部", [("N030", "A2")], {"一支部", "二支部"}),
        ("一支部 ､ 二支部", [("N030", "A2")], {"一支部", "二支部"}),
        ("一支部﹑二支部、党群、人事支部", [("E043", "A2"), ("E043", "A2")], set()),
        ("党群、人事支部", [], {"党群、人事支部"}),
        ("一支部、三处", [("E043", "A2")], set()),
        ("一支部、一支部", [("E113", "A2")], set()),
        ("一支部、", [("E043", "A2")], set()),
        ("一支部，二支部", [("E043", "A2")], set()),
        ("党群、人事支布", [("E043", "A2")], set()),
        ("丁、戊", [("E043", "A2"), ("E043", "A2")], set()),
    ],
)
def test_units_in_one_cell(cell: str, found: Found, late: set[str]) -> None:
    evidence, told, result = read(SHARED, m=MATRIX, r=f"{EVENTS}{cell},迟到,2024-03-01\n")
    assert told == found
    assert {one.unit for one in evidence.units if one.events} == late
    if result is not None:
        assert {one.unit for one in result.units if one.kinds["penalty"] == -1} == late


def test_the_unknown_one_is_named_and_what_it_may_mean() -> None:
    text = f"{EVENTS}一支部、二支布,迟到,2024-03-01\n党群、人事支布,迟到,2024-03-01\n"
    assert [dict(one.args)["unit"] for one in findings(text)] == ["二支布", "党群、人事支布"]
    assert [dict(one.args)["near"] for one in findings(text)] == ["二支部", "党群、人事支部"]


@pytest.mark.parametrize("mark", ["，", "/", " ", "；", "和"])
def test_units_that_are_parted_otherwise_are_shown_as_they_ought_to_be(mark: str) -> None:
    (found,) = findings(f"{EVENTS}一支部{mark}二支部,迟到,2024-03-01\n")
    assert (str(found.code), dict(found.args)["near"]) == ("E043", "一支部、二支部")


def test_a_matrix_is_not_told_to_name_several_units() -> None:
    matrix = MATRIX + "一支部，二支部,1\n"
    loaded = rubric(SHARED)
    files = {"m.csv": matrix.encode(), "r.csv": EVENTS.encode()}
    found = read_evidence(files, loaded.rubric, catalogue(compile_rubric(loaded.rubric)), {"u.csv": ROSTER.encode()})[1]
    assert [dict(one.args)["near"] for one in found if str(one.code) == "E043"] == [""]


def test_a_unit_with_another_number_is_not_meant() -> None:
    text = f"{EVENTS}七支部,迟到,2024-03-01\n一支步,迟到,2024-03-01\n"
    assert [dict(one.args)["near"] for one in findings(text)] == ["", "一支部"]


def test_it_is_told_once_a_sheet() -> None:
    rows = f"{EVENTS}一支部、二支部,迟到,2024-03-01\n一支部、二支部,迟到,2024-03-02\n"
    assert read(SHARED, m=MATRIX, r=rows, s=rows.replace("-03-", "-04-"))[1] == [("N030", "A2"), ("N030", "A2")]


def test_aliases_of_a_roster_are_units_too() -> None:
    row = f"{EVENTS}第一支部、二支部,迟到,2024-03-01\n"
    assert read(SHARED, {"u": ROSTER}, m=MATRIX, r=row)[1] == [("N030", "A2")]
    assert read(SHARED, {"u": ROSTER}, m=MATRIX, r=row.replace("二支部", "一支部"))[1] == [("E113", "A2")]


def test_a_matrix_names_one_unit_a_row() -> None:
    evidence, found, _ = read(SHARED, m="党支部,缺\n一支部,0\n二支部,0\n一支部、二支部,1\n", r=EVENTS)
    assert (found, [one.unit for one in evidence.units]) == ([], ["一支部", "一支部、二支部", "二支部"])


def test_both_lines_lead_to_the_same_cell() -> None:
    evidence, _, result = read(SHARED, m=MATRIX, r=f"{EVENTS}一支部、二支部,迟到,2024-03-01\n")
    assert result is not None
    lines = [line for one in result.units for node in one.trace().nodes if node.id == "B" for line in node.lines]
    assert [[str(cell) for cell in line.cells] for line in lines] == [["r.csv!A2"]] * 2
    assert unit(evidence, "一支部").events == unit(evidence, "二支部").events
    (source,) = (one for one in evidence.sources if one.name == "r.csv")
    assert source.fates == {Fate.HEADING: 3, Fate.USED: 3}


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("一支部、二支部,迟到,2024-03-01", [("E046", "A3"), ("N030", "A2")]),
        ("二支部,迟到,2024-03-01", [("E046", "A3"), ("N030", "A2")]),
        ("二支部、一支部,迟到,2024-03-01", [("E046", "A3"), ("N030", "A2")]),
        ("二支部,迟到,2024-03-02", [("N030", "A2")]),
    ],
)
def test_the_same_event_again(second: str, found: Found) -> None:
    rows = f"{EVENTS}一支部、二支部,迟到,2024-03-01\n{second}\n"
    assert sorted(read(SHARED, m=MATRIX, r=rows)[1]) == found


def test_a_row_that_is_perhaps_the_same_is_told_once() -> None:
    rows = "党支部,事项,日期,备注\n一支部、二支部,迟到,2024-03-01,上午\n一支部、二支部,迟到,2024-03-01,下午\n"
    evidence, found, _ = read(SHARED, m=MATRIX, r=rows)
    assert found == [("N030", "A2"), ("W014", "A3")]
    assert len(unit(evidence, "二支部").events) == 2


def test_an_error_in_the_row_concerns_all_its_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(HEAD + SHARED, "utf-8")
    (tmp_path / "m.csv").write_text(MATRIX, "utf-8")
    (tmp_path / "t.csv").write_text(f"{EVENTS}一支部、二支部,迟到,三月\n", "utf-8")
    result = json.loads(run(capfd, "score", "r.yaml", "m.csv", "t.csv", "--partial", "--format", "json").out)
    assert [one["unit"] for one in result["units"]] == ["党群、人事支部"]
    assert {one["unit"]: one["problems"] for one in result["unscored"]} == {"一支部": ["E022"], "二支部": ["E022"]}


JUDGED = """
period: 2024
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - id: B
    title: 乙
    kind: penalty
    rules:
      - {deduct: {from: 1, to: 3}, per: 投诉, judge: 酌情扣分, where: 查实, times: {主动: 0.5}, divided_by: 单位数}
      - {deduct: 5, per: 信访, judge: 酌情扣分, highest_per: 案件, up_to: 6}
"""
OF_JUDGED = "党支部,事项,日期,案件,数量,查实,主动,单位数,酌情扣分\n"


@pytest.mark.parametrize(
    ("row", "found", "taken"),
    [
        ("投诉,2024-03-01,,,是,否,1,1", [("W026", "I2")], 1),
        ("投诉,2024-03-01,,2,是,是,4,3", [("W026", "I2")], F(3, 4)),  # 3 × 0.5 ÷ 4 × 2
        ("投诉,2024-03-01,,,否,,,", [], 0),
        ("投诉,2024-03-01,,,否,,,九", [("E022", "I2")], 0),
        ("投诉,2024-03-01,,,是,否,1,0.5", [("E027", "I2")], 0),
        ("投诉,2024-03-01,,,是,否,1,3.1", [("E027", "I2")], 0),
        ("投诉,2024-03-01,,,是,否,1,", [("E066", "A2")], 0),
        ("投诉,2024-03-01,,,是,否,1,弃权", [("E022", "I2")], 0),
        ("投诉,2024-03-01,,,否,,,9", [], 0),
        ("信访,2024-03-01,,,,,,0", [], 0),
        ("信访,2024-03-01,,,,,,5", [("W026", "I2")], 5),
        ("信访,2024-03-01,,,,,,5.01", [("E027", "I2")], 0),
        ("信访,2024-03-01,甲案,,,,,4\n一支部,信访,2024-03-02,甲案,,,,,5", [("W026", "I2")], 5),
        ("信访,2024-03-01,甲案,,,,,4\n一支部,信访,2024-03-02,乙案,,,,,5", [("W026", "I2")], 6),
    ],
)
def test_an_event_costs_what_its_row_says(row: str, found: Found, taken: Fraction) -> None:
    _, told, result = read(JUDGED, m="党支部,缺\n一支部,0\n", r=f"{OF_JUDGED}一支部,{row}\n")
    assert told == found
    if result is not None:
        assert points(result, "一支部")["B"] == -taken


def test_a_line_leads_to_the_cells_of_the_figures() -> None:
    rows = f"{OF_JUDGED}一支部,投诉,2024-03-01,,,是,否,1,2\n一支部,投诉,2024-04-01,,,是,是,1,3\n"
    _, _, result = read(JUDGED, m="党支部,缺\n一支部,0\n", r=rows)
    assert result is not None
    (line,) = (line for node in result.units[0].trace().nodes if node.id == "B" for line in node.lines)
    assert [cell.address for cell in line.cells] == ["A2", "I2", "A3", "I3"]


def test_the_template_offers_units_and_holds_figures_in_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(HEAD + JUDGED, "utf-8")
    (tmp_path / "u.csv").write_text(ROSTER, "utf-8")
    assert run(capfd, "template", "r.yaml", "--units", "u.csv", "-o", "t.xlsx").code == 0
    sheet = load_workbook(tmp_path / "t.xlsx")["台账"]
    top = header_row(sheet)
    columns = {cell.value: cell.column_letter for cell in sheet[top] if cell.value}
    rules = {area.coord[0]: rule for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges}
    assert not rules[columns["党支部"]].showErrorMessage
    judged = rules[columns["酌情扣分"]]
    assert (judged.type, judged.formula1, judged.formula2) == ("decimal", "0", "5")
