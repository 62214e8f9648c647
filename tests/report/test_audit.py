"""The audit workbook: formulas come to our figures, follow the evidence, and find what is wrong."""

import zipfile
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook

from dangjian_score.engine.result import UnitResult
from dangjian_score.report.audit import workbook
from dangjian_score.report.audit.workbook import audit_xlsx
from dangjian_score.words.say import load_words
from tests.carriers import office
from tests.report.audits import Audited, Drawer, audited, case_units, column, differences, happened, set_fact
from tests.sampling import runs, sampled
from tests.scenes import Unit, node_points
from tests.shipped import NAMES
from tests.support import HEAD, rubric, run

SETS, UNITS = runs(4, 1), 4
"""Sets of random evidence for each shipped rubric, and units in each set; benchmarks/fuzz_audits.py draws more."""
STARTS = 4
"""How often the office program is started for the shipped rubrics, each time for some; by default once."""


@cache
def drawn(name: str) -> tuple[Audited, ...]:
    drawer = Drawer(name, Random(f"made up {name}"))  # noqa: S311  no secret hangs on it
    return tuple(audited(drawer.loaded, drawer.evidence(UNITS)) for _ in range(SETS))


@pytest.mark.office
@pytest.mark.parametrize("names", sampled([NAMES[at::STARTS] for at in range(STARTS)], STARTS), ids=" ".join)
def test_every_formula_comes_to_our_figure(names: list[str], tmp_path: Path) -> None:
    """Cases of a shipped rubric in one workbook, and random evidence, each set in one of its own."""
    books = {f"{name} cases": audited(*case_units(name)) for name in names}
    books |= {f"{name} drawn {at}": one for name in names for at, one in enumerate(drawn(name))}
    computed = office.all_recalculated({key: one.book for key, one in books.items()}, tmp_path)
    for key, one in books.items():
        count, wrong = differences(one.book, computed[key])
        assert wrong == [], key
        assert computed[key]["核对"]["B3"].value == 0
        assert count > 40 * len(one.result.units)


def test_the_random_evidence_makes_things_happen() -> None:
    made = [one for name in NAMES for one in drawn(name)]
    found = happened(made)
    assert min(found[key] for key in ("vetoes", "ties", "inapplicable", "rulings", "assessed", "events")) >= runs(
        2, 1
    ), found
    assert found["grades"] > runs(18, 9)


# One small rubric with everything that follows from points

SMALL = """
total: 10
attributes: [类型]
tie_break: [A, B]
grades: {优秀: {at_least: 9, if: 有特色, sections: {A: 50%}}, 合格: 5, 不合格: 0}
vetoes: [{title: 造假, if: 有造假, grade: 不合格, total: 1}, {title: 失职, if: 有失职, grade: none}]
measures: {迟到: {register: true}}
sections:
  - id: A
    title: =甲
    max: 6
    rules: [{deduct: 1, per: 缺}, {deduct: 0.5, per: 迟到, up_to: 1}]
  - {id: B, title: 乙, max: 4, only: {类型: [村]}, rules: [{award: {"SORT(一)": 4, '"二"': 2}, by: 级}]}
  - {id: C, title: 丙, kind: bonus, rules: [{award: {from: 0, to: 2}, judge: 加分}]}
"""


def fact(**said: str) -> Unit:
    usual = {"类型": "村", "缺": "0", "级": "SORT(一)", "加分": "0", "有特色": "是", "有造假": "否", "有失职": "否"}
    return {"facts": {**usual, **said}}


UNITS_OF_SMALL = {
    "甲": fact(加分="1"),
    "乙": fact(缺="2"),
    "丙": fact(缺="2"),
    "丁": fact(级='"二"', 有造假="是"),
    "戊": fact(类型="社区", 级="SORT(一)", 有失职="是"),
}


def small(**more: Unit) -> Audited:
    return audited(rubric(SMALL), {**UNITS_OF_SMALL, **more})


def outcome(one: UnitResult) -> tuple[Fraction, str | None, int]:
    return one.total, one.grade, one.rank or 0


def test_our_figures_are_the_stored_values() -> None:
    made = small()
    assert {one.unit: outcome(one) for one in made.result.units} == {
        "甲": (11, "优秀", 1),
        "戊": (10, None, 2),  # 6 of the 6 that are for it
        "乙": (8, "合格", 3),
        "丙": (8, "合格", 3),
        "丁": (1, "不合格", 5),
    }
    check = made.stored["核对"]
    rows = [[cell.value for cell in row] for row in check.iter_rows(min_row=7)]
    told = {(row[0], row[3]): (row[4], row[5], row[6]) for row in rows}
    assert told["丁", "总分"] == (1, 1, "相符")
    assert told["戊", "等次"] == ("无", "无", "相符")
    assert told["丙", "名次"] == (3, 3, "相符")
    assert told["乙", "=甲"] == (4, 4, "相符")


def totals(book: Any) -> dict[str, tuple[Any, ...]]:
    sheet = book["总分"]
    wanted = [column(sheet, head) for head in ("总分", "等次", "名次")]
    return {row[0].value: tuple(row[at - 1].value for at in wanted) for row in sheet.iter_rows(min_row=7)}


CHANGES: dict[str, tuple[str, str, object, dict[str, str]]] = {
    "fewer points": ("乙", "缺", 5, {"缺": "5"}),
    "a step": ("乙", "缺", 3, {"缺": "3"}),
    "a level": ("甲", "级", '"二"', {"级": '"二"'}),
    "no veto": ("丁", "有造假", "否", {"有造假": "否"}),
    "an attribute": ("戊", "类型", "村", {"类型": "村", "级": "SORT(一)"}),
    "a grade's condition": ("丙", "有特色", "否", {"有特色": "否"}),
    "a bonus": ("丙", "加分", 1.5, {"加分": "1.5"}),
}
"""By what changes: the unit, the column, the value put into the cell, and what the unit's facts then are."""


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Compute all small workbooks that are changed anew, in one start of the office program."""
    made = small()
    books = {key: set_fact(made, *change[:3]) for key, change in CHANGES.items()}
    books |= {
        "results": of_results().book,
        "a round": with_changed_round(),
        "a figure": with_wrong_figure(),
        "a total": with_wrong_total(),
    }
    return office.all_recalculated(books, tmp_path_factory.mktemp("small"))


@pytest.mark.office
@pytest.mark.parametrize("key", CHANGES)
def test_a_changed_cell_moves_the_score(key: str, recalculated: dict[str, Any]) -> None:
    """What the office program comes to after a cell was changed is what we come to with the changed evidence."""
    made, computed = small(), recalculated[key]
    unit, _, _, said = CHANGES[key]
    again = small(**{unit: {"facts": {**UNITS_OF_SMALL[unit]["facts"], **said}}})
    expected = {one.unit: (float(one.total), one.grade or "无", one.rank) for one in again.result.units}
    assert totals(computed) == expected
    before, after = figures(made), figures(again)
    assert computed["核对"]["B3"].value == sum(before[key] != after[key] for key in before)


def figures(made: Audited) -> dict[tuple[str, str], object]:
    """Give everything the check compares, by unit and item."""
    units = made.result.units
    points = {(one.unit, node): figure for one in units for node, figure in node_points(one.trace().nodes).items()}
    return points | {(one.unit, f":{at}"): figure for one in units for at, figure in enumerate(outcome(one))}


ROUNDS = """
rounds: {平时: 40%, 年终: 60%}
tie_break: [A]
vetoes: [{title: 造假, if: 造假, total: 0}]
grades: {好: {at_least: 8, sections: {A: 5}}, 差: 0}
sections:
  - {id: A, title: 甲, max: 6, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, max: 4, round: 年终, rules: [{deduct: 1, per: 缺}]}
  - {id: C, title: 丙, kind: bonus, rules: [{award: 1, per: 奖}, {award: 0.5, if: 有事迹}]}
"""


def of_rounds(usual: str, last: str, **other: str) -> Unit:
    each = {"造假": "否", "奖": "1", "有事迹": "否", **other}
    return {"rounds": {"平时": {"缺": usual, **each}, "年终": {"缺": last, **each}}}


UNITS_OF_ROUNDS = {"甲": of_rounds("0", "1"), "乙": of_rounds("2", "3")}


def with_changed_round() -> bytes:
    """Change what 甲 entered in 年终."""
    book = audited(rubric(ROUNDS), UNITS_OF_ROUNDS).formulas
    sheet = book["考核数据"]
    for head, value in (("缺", 4), ("奖", 5), ("有事迹", "是")):
        sheet.cell(8, column(sheet, head)).value = value  # 甲, 年终: the rows of a unit are 平时, 年终, B in 年终, all
    changed = BytesIO()
    book.save(changed)
    return changed.getvalue()


@pytest.mark.office
def test_a_changed_round_moves_what_rests_on_all_rounds(recalculated: dict[str, Any]) -> None:
    changed = {"甲": {"rounds": {**UNITS_OF_ROUNDS["甲"]["rounds"], "年终": NEW}}}
    units = audited(rubric(ROUNDS), {**UNITS_OF_ROUNDS, **changed}).result.units
    assert totals(recalculated["a round"]) == {one.unit: (float(one.total), one.grade, one.rank) for one in units}


NEW = {"缺": "4", "造假": "否", "奖": "5", "有事迹": "是"}


def test_rounds_by_hand() -> None:
    """甲: A 6 × 40% + 5 × 60% = 5.4, B 3, C 2; that is 10.4. 乙: A 4 × 40% + 3 × 60% = 3.4, B 1, C 2; that is 6.4."""
    made = audited(rubric(ROUNDS), UNITS_OF_ROUNDS)
    assert totals(made.stored) == {"甲": (10.4, "好", 1), "乙": (6.4, "差", 2)}


# Figures from results of other rubrics are constants with their places

RESULTS = """
period: 2024
total: 10
rounds: {上半年: 50%, 下半年: 50%}
measures:
  党建: {result: kid, points: rate}
  村均: {result: cun, points: A, within: 镇, combine: mean, missing: 不适用}
sections:
  - {id: A, title: 甲, max: 4, rounds: none, rules: [{award: 4, ratio: 党建, of: 100%}]}
  - {id: B, title: 乙, max: 3, rounds: none, if_na: rescale, rules: [{award: 3, ratio: 村均, of: 30}]}
  - {id: C, title: 丙, max: 3, rules: [{deduct: 1, per: 缺}]}
grades: {优: {at_least: 8, unless: {党建: {below: 80%}}}, 差: 0}
"""


def of_results() -> Audited:
    halves = {"上半年": {"缺": "1"}, "下半年": {"缺": "0"}}
    units: dict[str, Unit] = {
        "一": {"results": {"党建": "90%", "村均": ["20", "25", "10/3"]}, "rounds": halves},
        "二": {"results": {"党建": "75%", "村均": ["不参评"]}, "rounds": halves},
    }
    return audited(rubric(RESULTS), units)


def test_figures_of_results_by_hand() -> None:
    """一: 3.6 + (145/9) / 10 + 2.5 = 7.71…; 二: what is scored once is rescaled, 3 of 4 to 5.25 of 7, and 2.5."""
    made = of_results()
    assert {one.unit: outcome(one) for one in made.result.units} == {
        "一": (Fraction("7.71"), "差", 2),
        "二": (Fraction("7.75"), "差", 1),
    }
    origins = {row[:4]: row[5] for row in made.stored["出处"].iter_rows(values_only=True)}
    places = [place for key, place in origins.items() if key[0] == "一" and key[2] == "村均"]
    assert places == [
        "；".join(f"cun.json!units/{at}/nodes/0/{key}" for at, key in enumerate(("points", "points", "exact")))
    ]


@pytest.mark.office
def test_figures_of_results_in_formulas(recalculated: dict[str, Any]) -> None:
    count, wrong = differences(of_results().book, recalculated["results"])
    assert (count > 40, wrong) == (True, [])


# What is wrong is found


def _planted(made: Audited, sheet: str, cell: str, stored: bytes, other: bytes) -> bytes:
    """Change a stored figure of ours that is no formula."""
    index = load_workbook(BytesIO(made.book)).sheetnames.index(sheet) + 1
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(made.book)) as source, zipfile.ZipFile(into, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == f"xl/worksheets/sheet{index}.xml":
                start = data.index(f'r="{cell}"'.encode())
                end = data.index(b"</c>", start)
                assert stored in data[start:end]
                data = data[:start] + data[start:end].replace(stored, other) + data[end:]
            target.writestr(name, data)
    return into.getvalue()


def place_of_total(sheet: Any) -> int:
    """Find the row of the check that compares the first unit's total."""
    return next(int(cell.row) for cell in sheet["D"] if cell.value == "总分")


def with_wrong_figure() -> bytes:
    made = small()
    return _planted(made, "核对", f"F{place_of_total(made.stored['核对'])}", b"<v>11</v>", b"<v>10.5</v>")


@pytest.mark.office
def test_a_wrong_figure_of_ours_is_found(recalculated: dict[str, Any]) -> None:
    """The control: were our total another, the check would say so."""
    check = recalculated["a figure"]["核对"]
    assert check.cell(place_of_total(check), 7).value == "不符"
    assert check["B3"].value == 1


def total_cell(made: Audited) -> str:
    place = made.stored["总分"]
    return str(place.cell(7, column(place, "总分")).coordinate)


def with_wrong_total() -> bytes:
    made = small()
    return _planted(made, "总分", total_cell(made), b"<v>11</v>", b"<v>12</v>")


@pytest.mark.office
def test_a_wrong_stored_value_is_seen_by_the_comparison(recalculated: dict[str, Any]) -> None:
    """The control of the tests here: they compare what is stored with what is computed anew."""
    _, wrong = differences(with_wrong_total(), recalculated["a total"])
    assert [one.split(":")[0] for one in wrong] == [f"总分!{total_cell(small())}"]


# The file


def test_the_same_content_gives_the_same_bytes() -> None:
    assert small().book == small().book


def test_names_stay_text() -> None:
    made = audited(rubric(SMALL), {"=1+1": fact(), "<b>x</b>": fact(), "\"甲\" & '乙'": fact()})
    names = {one.unit for one in made.result.units}
    for sheet in ("考核数据", "核算", "总分"):
        cells = [row[0] for row in made.formulas[sheet].iter_rows(min_row=7)]
        assert {cell.value for cell in cells} == names
        assert {cell.data_type for cell in cells} == {"s"}
    assert made.formulas["核算"].cell(3, column(made.formulas["核算"], "A", 2)).value == "=甲"
    assert made.formulas["核算"].cell(3, column(made.formulas["核算"], "A", 2)).data_type == "s"


def test_functions_are_those_of_2007() -> None:
    """No newer function, and none that a text of the regulation looks like."""
    with zipfile.ZipFile(BytesIO(small().book)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"_xlfn" in one or b't="array"' in one for one in sheets)


def test_a_sheet_of_reduced_figures_where_there_are_any() -> None:
    assert small().stored.sheetnames == ["说明", "考核数据", "归集", "核算", "总分", "核对", "出处"]
    plain = audited(
        rubric("sections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}]\n"), {"甲": {"facts": {"缺": "1"}}}
    )
    assert plain.stored.sheetnames == ["说明", "考核数据", "核算", "总分", "核对", "出处"]


def test_english() -> None:
    made = small()
    book = audit_xlsx(made.scored, load_words("en"))
    assert book is not None
    names = load_workbook(BytesIO(book)).sheetnames
    assert names == ["Guide", "Evidence", "Reduced", "Points", "Totals", "Check", "Origins"]


PLAIN = "sections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}]\n"
LONG = "sections: [{title: 甲, max: 1000, start: 0, rules: [{award: 1, each: [%s]}]}]\n"


def test_a_formula_that_is_too_long_is_a_figure_and_told() -> None:
    many = [f"有这一项材料而且装订成册{at}" for at in range(400)]
    made = audited(rubric(LONG % ", ".join(many)), {"甲": {"facts": dict.fromkeys(many, "是")}})
    sheet = made.formulas["核算"]
    assert sheet.cell(7, column(sheet, "1/1", 2)).value == 400
    assert any("公式太长、写成数值的（1 格）：1/1" in str(cell.value) for cell in made.stored["说明"]["A"])


# The command

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "r.yaml").write_text(HEAD + PLAIN, "utf-8")
    (tmp_path / "e.csv").write_text("党支部,缺\n甲,1\n乙,2\n", "utf-8")
    (tmp_path / "f.csv").write_text("党支部,缺\n丙,\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_writes_it(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "--audit", "a.xlsx", "-o", "r.json")
    assert ran.code == 0
    assert "已写入 a.xlsx" in ran.err
    assert (desk / "r.json").exists()
    assert load_workbook(desk / "a.xlsx", data_only=True)["核对"]["B3"].value == 0


def test_units_left_out_are_named(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "f.csv", "--partial", "--audit", "a.xlsx")
    assert ran.code == 1
    book = load_workbook(desk / "a.xlsx")
    assert [cell.value for cell in book["总分"]["A"][6:]] == ["甲", "乙"]
    assert any(str(cell.value).endswith("未评的（名次暂定）：丙") for cell in book["说明"]["A"])


@pytest.mark.parametrize("arguments", [["--audit", "a.xls"], ["--audit", "a.xlsx", "--problems", "a.xlsx"]])
def test_another_suffix_or_a_file_of_another_output_is_a_usage_error(
    arguments: list[str], desk: Path, capfd: Capture
) -> None:
    assert run(capfd, "score", "r.yaml", "e.csv", *arguments).code == 2
    assert not (desk / "a.xlsx").exists()


def test_nothing_is_written_over_an_input_or_beside_a_failure(desk: Path, capfd: Capture) -> None:
    (desk / "e.xlsx").write_bytes(small().book)
    assert run(capfd, "score", "r.yaml", "e.xlsx", "--audit", "e.xlsx").code == 3
    assert (desk / "e.xlsx").read_bytes() == small().book
    assert run(capfd, "score", "r.yaml", "e.csv", "--audit", "none/a.xlsx", "-o", "r.json").code == 3
    assert not (desk / "r.json").exists()


def test_what_no_sheet_holds_is_refused(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 8)
    ran = run(capfd, "score", "r.yaml", "e.csv", "--audit", "a.xlsx", "-o", "r.json")
    assert ran.code == 3
    assert "E040" in ran.err
    assert not (desk / "r.json").exists()
