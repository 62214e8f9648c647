"""How tables may lie on a sheet, and that every cell of a sheet is accounted for."""
# ruff: noqa: E501  a table stands on one line

from collections.abc import Iterator, Mapping
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
import yaml

from dangjian_score.checks import evidence as due
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.core.facts import Cell, Evidence, Fact, Fate, UnitFacts
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_accounted
from dangjian_score.evidence.tables.account import CellAccount
from dangjian_score.rubric.load import Loaded
from tests.evidence.intake import CASES, RUBRIC
from tests.support import ROOT, rubric
from tests.test_examples import rubric_of

MATRIX = """
sections:
  - {id: A, title: 学习, max: 40, rules: [{deduct: 2, per: 缺席次数}]}
  - {id: B, title: 计划, max: 20, rules: [{award: 20, if: 有计划}]}
  - {id: C, title: 出勤, max: 40, rules: [{award: 40, ratio: 到会率, of: 100%}]}
"""
REGISTER = """
period: 2024
measures: {处分: {register: true}, 迟到: {register: true}}
sections:
  - {id: A, title: 处分, max: 60, rules: [{deduct: {警告: 2, 撤职: 8}, by: 处分, highest_per: 案件}]}
  - {id: B, title: 纪律, max: 40, rules: [{deduct: 1, per: 迟到, for_each: 人员, cap_each: 2}]}
"""
HEAD = "党支部,缺席次数,有计划,到会率\n"
FIRST, SECOND = "一支部,3,是,95%\n", "二支部,0,是,90%\n"
BOTH = {"一支部": 92, "二支部": 96}  # 40 - 6 + 20 + 38; 40 + 20 + 36
ONE = {"一支部": 92}

Sheets = Mapping[str, bytes]
Example = tuple[Loaded, Sheets, Sheets | None]


def look(loaded: Loaded, files: Sheets, roster: Sheets | None = None) -> tuple[Evidence, list[Diagnostic], CellAccount]:
    """Read files, and hold the account of their cells against what the evidence says it was made from."""
    program = compile_rubric(loaded.rubric)
    read = read_accounted(files, loaded.rubric, catalogue(program), roster)
    hold(read.evidence, read.found, read.account)
    return read.evidence, [*read.found, *due.check(program, read.evidence)], read.account


def hold(evidence: Evidence, found: tuple[Diagnostic, ...], account: CellAccount) -> None:
    """Check the law: each cell that holds something has one fate, and the fates are what really became of them."""
    for source in evidence.sources:
        assert sum(source.fates.values()) == source.cells, source.name
    mentioned = {*cells_of(evidence)}
    unsaid = {
        cell
        for cell in account.cells(Fate.USED)
        if cell not in mentioned and (cell.file, cell.sheet, cell.row) not in evidence.rows
    }
    assert unsaid == set()
    placed = {(one.place.file, one.place.sheet, one.place.cell) for one in found if one.severity == "error"}
    for file, sheet, address in placed:
        faulty = {str(cell) for cell in account.cells(Fate.FAULTY) if (cell.file, cell.sheet) == (file, sheet)}
        known = {cell for fate in Fate for cell in account.cells(fate) if cell.address == address}
        assert address is None or not known or "!".join(filter(None, (file, sheet, address))) in faulty


def cells_of(evidence: Evidence) -> Iterator[Cell]:
    """Give every cell that facts, events, blanks and rulings name."""
    for whole in evidence.units:
        for unit in (whole, *whole.rounds.values()):
            yield from _cells(unit)


def _cells(unit: UnitFacts) -> Iterator[Cell]:
    yield unit.cell
    facts: list[Fact] = [*unit.facts.values(), *(fact for by in unit.assessed.values() for fact in by.values())]
    facts += [fact for event in unit.events for fact in event.columns.values()]
    yield from (cell for fact in facts for cell in fact.cells)
    yield from (event.cell for event in unit.events)
    yield from (*unit.inapplicable.values(), *(ruling.cell for ruling in unit.rulings))


def book(rows: list[list[object]], *merges: str) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for area in merges:
        sheet.merge_cells(area)
    data = BytesIO()
    made.save(data)
    return data.getvalue()


def told(found: list[Diagnostic]) -> list[str]:
    return sorted(f"{one.code} {one.place.cell or one.place.sheet or ''}".strip() for one in found)


@pytest.mark.parametrize(
    ("table", "notes", "totals"),
    [
        pytest.param(f"2024年汇总表\n{HEAD}{FIRST}2024年汇总表\n{HEAD}{SECOND}", [], BOTH, id="header on each page"),
        pytest.param(f"甲组\n{HEAD}{FIRST}乙组\n党支部,有计划,缺席次数,到会率\n二支部,是,0,90%\n", [], BOTH, id="two"),
        pytest.param(f"{HEAD}{FIRST}\n乙组\n党支部,缺席次数\n二支部,0\n\n党支部,有计划,到会率\n二支部,是,90%\n", [], BOTH, id="three"),
        pytest.param(
            f"{HEAD}一、乡镇（1个）\n{FIRST}二、机关\n{SECOND}合计,3,,\n平均分,1.5,,92.5%\n填表人：张,,审核：李\n注：全年,,,\n",
            [f"N002 A{row}" for row in (2, 4, 6, 7, 8, 9)],
            BOTH,
            id="headings, sums, signatures",
        ),
        pytest.param(f"{HEAD}满分,40,,\n标准分（分）,40,20,40\n权重：,0.4,,\n{FIRST}", [f"N002 A{row}" for row in (2, 3, 4)], ONE, id="full marks"),
        pytest.param(f",学习,计划,出勤\n{HEAD}{FIRST}", [], ONE, id="group titles"),
        pytest.param(f"党支部,学习,,出勤\n,缺席次数,有计划,到会率\n{FIRST}", [], ONE, id="headings below group titles"),
        pytest.param(f",缺席次数,有计划,到会率\n党支部,,,\n{FIRST}", [], ONE, id="names above"),
        pytest.param(f"{HEAD.strip()},,序号,{HEAD}{FIRST.strip()},,2,{SECOND}", ["N003 F1"], BOTH, id="side by side"),
        pytest.param("党支部,缺席次数,,党支部,有计划,到会率\n一支部,3,,一支部,是,95%\n二支部,0,,二支部,是,90%\n", [], BOTH, id="halves"),
        pytest.param(f"{HEAD}{FIRST},,,,,,\n,,,,党支部,缺席次数,有计划,到会率\n,,,,{SECOND}", [], BOTH, id="askew"),
        pytest.param(f"{HEAD.strip()},,须知\n{FIRST.strip()},,如实填写\n{SECOND}", ["N003 F1"], BOTH, id="remarks beside"),
        pytest.param(f"{HEAD}{FIRST}0,0,,0\n—,,,\n{SECOND}", ["N002 A3", "N002 A4"], BOTH, id="rows of zeros"),
        pytest.param(
            f"党支部名称,1.缺席次数（次）,有计划（是/否）,到会率（%）,备注\n{FIRST}", ["N003 E1"], ONE, id="titles with units"
        ),
        pytest.param(f"序号,{HEAD}1,{FIRST}合计,,3,,\n", ["N002 A3", "N003 A1"], ONE, id="numbers before"),
        pytest.param(
            "党支部,缺席次数,缺席次数说明,有计划,到会率\n一支部,3,请假,是,95%\n", ["N003 C1"], ONE, id="a remark on a measure"
        ),
        pytest.param("\n".join(f"说明{at}" for at in range(14)) + f"\n{HEAD}{FIRST}", [], ONE, id="a long preface"),
        pytest.param(f"{HEAD}{HEAD}{FIRST}", [], ONE, id="a header twice in a row"),
        pytest.param(f"{HEAD}\n{HEAD}{FIRST}", [], ONE, id="an empty printed page"),
        pytest.param(f"党支部,,,\n{HEAD}{FIRST}", [], ONE, id="the unit above the unit"),
        pytest.param("党支部,缺席次数,有计划,,单位,到会率\n一支部,3,是,,二支部,90%\n二支部,0,是,,一支部,95%\n", [], BOTH, id="halves under two names"),
        pytest.param(f"考核年度,2024,填报单位,组织部\n{HEAD}{FIRST}", [], ONE, id="labels above"),
        pytest.param(f"{HEAD}{FIRST}注：1.以上为全年数,,,\n2.会议含专题会,,,\n", ["N002 A3", "N002 A4"], ONE, id="a note of two lines"),
        pytest.param(f"{HEAD}{FIRST}以上数据由各支部自行填报，对真实性负责。,,,\n", ["N002 A3"], ONE, id="a sentence"),
        pytest.param(f"{HEAD},次,,%\n{FIRST}", [], ONE, id="what is counted in, below"),
        pytest.param("党支部,缺席次数,有计划,到会率,审核人,审核时间\n一支部,3,是,95%,王,2024-12-31\n", ["N003 E1", "N003 F1"], ONE, id="who looked at it"),
        pytest.param(f"{HEAD}{FIRST}\n\n,,,,,,,7\n", ["N002 H5"], ONE, id="one stray figure"),
    ],
)  # fmt: skip
def test_tables_that_are_read(table: str, notes: list[str], totals: Mapping[str, int]) -> None:
    loaded = rubric(MATRIX)
    evidence, found, _ = look(loaded, {"e.csv": table.encode()})
    assert told(found) == sorted(notes)
    assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == totals


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        pytest.param(f"{HEAD.strip()},,单位名,数\n{FIRST.strip()},,三支部,4\n{SECOND.strip()},,四支部,5\n", ["E092 F1"], id="a table nobody knows"),
        pytest.param(f"{HEAD.strip()},\n{FIRST.strip()},4\n{SECOND.strip()},5\n", ["E092 E2"], id="figures without a title"),
        pytest.param(f"{HEAD}一支部,1,234,是,95%\n", ["E022 C2", "E022 D2", "E092 E2"], id="a comma too many"),
        pytest.param(f"单位全名,迟到数,其他\n甲,3,4\n乙,5,6\n\n{HEAD}{FIRST}", ["E092 A1"], id="a table nobody knows above"),
        pytest.param(f"{HEAD}{FIRST}汇总,2,是,\n", ["E088 A3"], id="a sum that is none"),
        pytest.param(f"{HEAD}{FIRST}填表人：张三,5,,\n", ["E088 A3"], id="a signature with figures"),
        pytest.param(f"{HEAD}注：见下,,,\n{FIRST}", ["E088 A2"], id="a note in the middle"),
        pytest.param(f"{HEAD}{FIRST}#N/A,0,是,90%\n", ["E032 A3"], id="an error for a unit"),
        pytest.param(f"{HEAD}{FIRST}——,2,是,90%\n", ["E035 A3"], id="a dash for a unit"),
        pytest.param(f"{HEAD}{FIRST}同上,2,是,90%\n", ["E093 A3"], id="ditto"),
        pytest.param(f"{HEAD}{FIRST}二支部,,,\n", ["E095 A3"], id="a name alone"),
        pytest.param(f"党支部,缺席次数（核定）,{HEAD[4:]}一支部,5,3,是,95%\n", ["E024 B1"], id="a column that corrects"),
        pytest.param(f"党支部,本年缺席次数,有计划,到会率\n{FIRST}", ["E024 B1"], id="a name around it"),
        pytest.param(f"党支部,缺席次,有计划,到会率\n{FIRST}", ["E024 B1"], id="a name within it"),
        pytest.param("党支部,缺席次数,核定值,有计划,到会率\n一支部,3,5,是,95%\n", ["E024 C1"], id="a corrected value"),
        pytest.param("党支部,缺席次数,缺席次数2,有计划,到会率\n一支部,3,5,是,95%\n", ["E024 C1"], id="a second value"),
        pytest.param(f"三支部,0,是,90%\n{HEAD}{FIRST}", ["E092 A1"], id="a row above its header"),
        pytest.param(f"{HEAD}{FIRST}二支部,,,\n{HEAD}三支部,0,是,90%\n", ["E095 A3"], id="a blank row before a header"),
        pytest.param(f"{HEAD}{FIRST}表二\n党支部,备注\n一支部,x\n", ["E092 A4", "E095 A3"], id="a header nobody knows below"),
        pytest.param(f"{HEAD.strip()},缺席次数\n{FIRST.strip()},3\n", ["E030 E1"], id="a title twice"),
    ],
)  # fmt: skip
def test_tables_that_are_refused(table: str, wrong: list[str]) -> None:
    _, found, _ = look(rubric(MATRIX), {"e.csv": table.encode()})
    assert told(found) == wrong


def test_ways_out_of_what_is_refused() -> None:
    totals = {"一支部": 92, "汇总": 96}
    loaded = rubric(MATRIX)
    roster = {"u.csv": "党支部\n一支部\n汇总\n".encode()}
    evidence, found, _ = look(loaded, {"e.csv": f"{HEAD}{FIRST}汇总,0,是,90%\n".encode()}, roster)
    assert found == []
    assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == totals
    ignoring = rubric(f"ignore: [本年缺席次数]\n{MATRIX}")
    _, found, _ = look(ignoring, {"e.csv": f"{HEAD.strip()},本年缺席次数\n{FIRST.strip()},4\n".encode()})
    assert told(found) == ["N003 E1"]


@pytest.mark.parametrize(
    ("row", "units", "told_of"),
    [
        ("财政支部,1,2,3", ["一支部", "财政支部"], []),
        ("财政支部,2,3,4", ["一支部", "财政支部"], []),
        *((f"{name},1,2,3", ["一支部"], ["E088 A2"]) for name in ("甲", "栏次", "1", "A", "甲栏")),
        ("1,2,3,4", ["一支部"], ["E088 A2"]),
    ],
)
def test_a_row_that_counts_up_is_of_a_unit_if_it_names_one(row: str, units: list[str], told_of: list[str]) -> None:
    text = "".join(
        f"  - {{id: {node}, title: {node}, max: 9, rules: [{{deduct: 1, per: 缺{node}}}]}}\n" for node in "ABC"
    )
    evidence, found, _ = look(
        rubric(f"sections:\n{text}"), {"e.csv": f"党支部,缺A,缺B,缺C\n{row}\n一支部,0,0,1\n".encode()}
    )
    assert told(found) == told_of
    assert [unit.unit for unit in evidence.units] == units


def test_a_mention_of_a_unit_is_no_header() -> None:
    text = "measures: {问题: {register: true}}\nsections:\n"
    text += "  - {id: A, title: 甲, max: 9, rules: [{deduct: {个人: 2, 单位: 8}, by: 问题}]}\n"
    rows = "党支部,事项,级别,案件\n一支部,问题,个人,a\n二支部,问题,单位,b\n一支部,问题,个人,c\n"
    loaded = rubric(text)
    evidence, found, _ = look(loaded, {"r.csv": rows.encode(), "u.csv": "党支部\n一支部\n二支部\n".encode()})
    assert found == []
    assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == {
        "一支部": 5,
        "二支部": 1,
    }


@pytest.mark.parametrize("name", ["二、三联合支部", "第一、二联合支部（3个）", "统计", "汇总", "注册会计师协会党支部"])
def test_a_name_on_the_roster_is_a_unit(name: str) -> None:
    loaded = rubric(MATRIX)
    roster = {"u.csv": f"党支部,别名\n一支部,\n{name},甲\n合计,2\n填表人：张,\n".encode()}
    evidence, found, _ = look(loaded, {"e.csv": f"{HEAD}{FIRST}{name},0,是,90%\n".encode()}, roster)
    assert told(found) == ["N002 A4", "N002 A5"]
    assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == {
        "一支部": 92,
        name: 96,
    }


def test_forms_beside_each_other_and_over_two_pages() -> None:
    loaded = rubric(MATRIX)
    beside = "党支部,一支部,,党支部,二支部\n指标,填报值,,指标,填报值\n缺席次数,3,,缺席次数,0\n有计划,是,,有计划,是\n到会率,95%,,到会率,90%\n"
    pages = "党支部,一支部\n指标,填报值\n缺席次数,3\n指标,填报值\n有计划,是\n到会率,95%\n"
    for form, totals in ((beside, BOTH), (pages, ONE)):
        evidence, found, _ = look(loaded, {"f.csv": form.encode()})
        assert found == []
        assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == totals


def test_a_sheet_that_explains_holds_no_table_unless_it_is_called_so() -> None:
    loaded = rubric(MATRIX)
    for name, code in (("说明", "N001"), ("数据说明", "E085")):
        made = openpyxl.Workbook()
        for at, (title, row) in enumerate((("汇总表", FIRST), (name, SECOND))):
            sheet = made.create_sheet(title, at)
            for line in (HEAD, row):
                sheet.append(line.strip().split(","))
        del made["Sheet"]
        data = BytesIO()
        made.save(data)
        assert told(look(loaded, {"e.xlsx": data.getvalue()})[1]) == sorted([f"{code} {name}", "N005 B2"])


@pytest.mark.parametrize(
    ("title", "first", "second", "total"),
    [
        ("到会率（%）", "95", "90", 92),
        ("到会率（%）", "0.95", "0.9", None),  # 0.95 % or 95 %
        ("到会率（%）", "0.95", "90", None),
        ("到会率（%）", "95%", "90%", 92),
        ("到会率", "0.95", "0.9", 92),
    ],
)
def test_what_a_title_says_of_per_cents(title: str, first: str, second: str, total: int | None) -> None:
    table = f"党支部,缺席次数,有计划,{title}\n一支部,3,是,{first}\n二支部,0,是,{second}\n"
    loaded = rubric(MATRIX)
    evidence, found, _ = look(loaded, {"e.csv": table.encode()})
    if total is None:
        assert {one.code for one in found if one.severity == "error"} == {"E034"}
    else:
        assert [unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units] == [96, total]


MERGED: dict[str, tuple[list[list[object]], tuple[str, ...]]] = {
    "title and headers over two rows": (
        [["汇总表"], ["党支部", "缺席次数", "有计划", "到会率"], [None, None, None, None], ["一支部", 3, "是", "95%"]],
        ("A1:D1", "A2:A3", "B2:B3", "C2:C3", "D2:D3"),
    ),
    "sub-headings under a group": (
        [["党支部", "情况", None, None], [None, "缺席次数", "有计划", "到会率"], ["一支部", 3, "是", "95%"]],
        ("A1:A2", "B1:D1"),
    ),
    "three rows": (
        [["党支部", "全年", None, None], [None, "学习", None, "出勤"], [None, "缺席次数", "有计划", "到会率"],
         ["一支部", 3, "是", "95%"]],
        ("A1:A3", "B1:D1", "B2:C2"),
    ),
    "a heading across the table": (
        [["党支部", "缺席次数", "有计划", "到会率"], ["机关支部"], ["一支部", 3, "是", "95%"]],
        ("A2:D2",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MERGED)
def test_merged_headers(name: str) -> None:
    rows, merges = MERGED[name]
    loaded = rubric(MATRIX)
    evidence, found, _ = look(loaded, {"e.xlsx": book(rows, *merges)})
    assert [one for one in found if one.severity == "error"] == []
    assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == ONE


def test_columns_of_two_groups_are_told_apart_by_both_titles() -> None:
    text = "sections: [{title: 甲, max: 9, rules: [{deduct: 1, per: 上半年次数}, {deduct: 2, per: 下半年次数}]}]\n"
    loaded = rubric(text)
    rows: list[list[object]] = [["党支部", "上半年", "下半年"], [None, "次数", "次数"], ["一支部", 3, 1]]
    evidence, found, _ = look(loaded, {"e.xlsx": book(rows, "A1:A2")})
    assert found == []
    assert [unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units] == [4]  # 9 - 3 - 2


def test_registers_above_each_other() -> None:
    rows = "一、处分\n党支部,事项,级别\n一支部,处分,撤职\n二、迟到\n党支部,事项,级别,案件,人员\n一支部,迟到,,,张三\n"
    loaded = rubric(REGISTER)
    evidence, found, _ = look(loaded, {"r.csv": rows.encode()}, {"u.csv": "党支部\n一支部\n".encode()})
    assert found == []
    assert score(compile_rubric(loaded.rubric), evidence).units[0].total == 91  # 100 - 8 - 1


def test_forms_above_each_other() -> None:
    form = "自查表\n党支部,{}\n指标,填报值\n缺席次数,{}\n有计划,是\n到会率,{}\n"
    loaded = rubric(MATRIX)
    table = form.format("一支部", 3, "95%") + form.format("二支部", 0, "90%")
    evidence, found, _ = look(loaded, {"f.csv": table.encode()})
    assert found == []
    assert {unit.unit: unit.total for unit in score(compile_rubric(loaded.rubric), evidence).units} == BOTH


def test_assessors_that_are_none() -> None:
    text = "sections: [{title: 答辩, max: 10, rules: [{award: 10, judge: 答辩评分, combine: mean}]}]\n"
    rows = "党支部,评委,答辩评分\n满分,甲,10\n一支部,甲,9\n一支部,乙,8\n一支部,最高分,10\n一支部,平均分,8.5\n一支部,去掉一个最高分,8\n一支部,最终得分,8.5\n"
    loaded = rubric(text)
    evidence, found, _ = look(loaded, {"e.csv": rows.encode()})
    assert told(found) == ["N002 A2", "N002 B5", "N002 B6", "N002 B7", "N002 B8"]
    assert score(compile_rubric(loaded.rubric), evidence).units[0].total == Fraction("8.5")


@pytest.mark.parametrize("name", CASES)
def test_every_cell_of_the_intake_is_accounted_for(name: str) -> None:
    look(rubric(RUBRIC), {CASES[name].file: CASES[name].data})


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir()))
def test_every_cell_of_the_examples_is_accounted_for(folder: str, example: Example) -> None:
    loaded, files, roster = example
    _, _, account = look(loaded, files, roster)
    assert [*account.cells(Fate.USED)]


@pytest.fixture
def example(folder: str) -> Example:
    """Give the rubric, evidence and roster of an example."""
    where = ROOT / "examples" / folder
    tables = [path for path in sorted(where.rglob("*")) if path.suffix in (".xlsx", ".csv", ".json")]
    tables = [path for path in tables if path.parent.name != "下级"]
    evidence = {path.name: path.read_bytes() for path in tables if "名册" not in path.name}
    rosters = {path.name: path.read_bytes() for path in tables if "名册" in path.name}
    name = yaml.safe_load((where / "expected.yaml").read_text("utf-8"))["rubric"]
    return rubric_of(where, name), evidence, rosters or None
