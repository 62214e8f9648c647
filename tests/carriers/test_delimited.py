"""Comma-separated files and Arrow on columns: the same values, findings and places as the exact engine has."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from random import Random

import polars as pl
import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from dangjian_score.api.inputs import load_rubric
from dangjian_score.cli.columns import asked_columns, scored_on_columns
from dangjian_score.columnar.again import Source
from dangjian_score.columnar.delimited import with_delimited
from dangjian_score.columnar.figures import ColumnReader
from dangjian_score.columnar.score import score
from dangjian_score.columnar.tables import opened
from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score as score_exactly
from dangjian_score.evidence.delimited import cell_of
from dangjian_score.evidence.read import expectations
from dangjian_score.evidence.tables.cells import Good, read
from dangjian_score.words.say import load_words
from tests.carriers.handed import FITTING
from tests.carriers.parquet import delimited, shown
from tests.carriers.parquet import tables as written
from tests.carriers.test_columns import EVENTS, RUBRIC
from tests.report.audits import Drawer, evidence_of
from tests.sampling import runs, sampled
from tests.support import run

Capture = pytest.CaptureFixture[str]
HEADS = "党支部,类型,参学率,完成数,任务数,造假"
ROWS = (
    "甲支部,机关,95%,3,3,否",
    "乙支部,机关,90%,2,3.50,否",
    "丙支部,企业,60.0%,5,4,否",
    "丁支部,企业,59%,0,7,否",
    "戊支部,企业,100%,9,9,是",
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    Path("e/单位.csv").write_text("\n".join([HEADS, *ROWS, ""]), "utf-8-sig")
    pl.DataFrame(EVENTS).write_csv("e/台账.csv")
    return tmp_path


def units(path: str) -> Mapping[str, object]:
    return {row["unit"]: row for row in pl.read_parquet(path).to_dicts()}


def findings(said: str) -> list[str]:
    """What is said of the evidence, without what is said of the run."""
    return [line for line in said.splitlines() if "!" in line]


def same(capfd: Capture, *, code: int = 0) -> str:
    """Score with both engines, hold one against the other, and return what columns say."""
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    exact = run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact")
    assert (ran.code, exact.code) == (code, code), ran.err
    assert findings(ran.err) == findings(exact.err)
    if code == 0:
        assert units("c.parquet") == units("x.parquet")
    return ran.err


@pytest.mark.parametrize(
    "name", sampled([name for name in FITTING if name != "xiangzhen-kaoping"], 3, 2)
)  # drawn with warnings
def test_shipped_rubrics(tmp_path: Path, name: str) -> None:
    drawer = Drawer(name, Random(name))  # noqa: S311
    evidence = evidence_of(drawer.loaded, drawer.evidence(runs(40, 15)))
    assert evidence is not None
    evidence = replace(evidence, units=tuple(replace(unit, rulings=()) for unit in evidence.units))
    program = compile_rubric(drawer.loaded.rubric)
    known = catalogue(program)
    expected = expectations(drawer.loaded.rubric, known)
    paths = delimited(tmp_path, written(tmp_path, evidence, known, expected.unit_names[0]))
    tables = with_delimited(opened(paths, expected), known, expected, tmp_path)
    score(Source(program, known, expected, tables), tmp_path / "out.parquet")
    assert units(str(tmp_path / "out.parquet")) == shown(score_exactly(program, evidence))


TEXTS = (
    *("0", "7", "-3", "12.50", "0.000000001", "-0", "-0.5", "00", "007", "+5", "1e3", " 5 ", "5.", ".5", "--5", "5-"),
    *("1,200", "1 200", "12,34", "３", "１２．５", "3 个", "3次", "'4", '="5"', "", " ", "/", "无", "1_000", "٣"),
    *("999999999999999", "1000000000000000", "-999999999999999.5", "9223372036854775807"),
)


@pytest.mark.parametrize("kind", ["number", "count"])
def test_a_text_is_read_as_the_exact_engine_reads_it(kind: str) -> None:
    measure = Measure("数", kind, None, None, None, ())  # type: ignore[arg-type]
    for others in ([], ["1.5"] if kind == "number" else ["8"]):
        for text in TEXTS:
            batch = ColumnReader(measure).read(pl.Series([text, *others]))
            cell = cell_of(text)
            reading = None if cell is None else read(cell, measure)
            value = batch.values[0]
            found = None if value is None else Fraction(value, 10**batch.places)
            if isinstance(reading, Good):
                assert found == reading.value, text
                assert (batch.noted is not None and batch.noted[0]) == reading.lenient, text
            else:
                whole = found is not None and kind == "count" and found.denominator != 1  # told when all is read
                is_odd = whole or (batch.odd is not None and bool(batch.odd[0]))
                assert is_odd == (reading is not None), text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("甲支部,机关,95%,3", "甲支部, 机关 ,９５％,３", 0),
        ("甲支部,机关,95%,3", '甲支部,机关,95 %,"1,200"', 0),
        ("甲支部,机关,95%,3", '"甲支部",机关,"95%",\'3', 0),
        ("甲支部,机关,95%,3", "甲支部,机关,95%,05", 3),
        ("甲支部,机关,95%,3", "甲支部,机关,95%,+5", 3),
        ("甲支部,机关,95%,3", "甲支部,机关,95%,1e3", 3),
        ("甲支部,机关,95%,3", "甲支部,机关,95%,5.", 3),
        ("甲支部,机关,95%,3", "甲支部,机关,120%,3", 3),
        ("甲支部,机关,95%,3", "甲支部,机关,95%,", 3),
        ("甲支部,机关,95%,3", "甲支部,机关,95%,3.5", 0),
        ("甲支部,机关,95%,3,3,否", "甲支部,机关,95%,3,3,也许", 3),
        ("甲支部,机关,95%,3,3,否", "甲支部,机关,95%,3,3,×", 0),
        ("甲支部,机关,95%,3,3,否", "甲支部,机关,95%,3,3", 3),
        ("丙支部,企业", "甲支部,企业", 3),
        ("丙支部,企业", ",企业", 3),
        ("乙支部,机关", "'乙支部,机关", 0),
        ("丙支部,企业", "\n\n丙支部,企业", 0),
        ("丙支部,企业", "\n,,,,,\n丙支部,企业", 0),
    ],
)
def test_sloppy_cells(desk: Path, capfd: Capture, old: str, new: str, code: int) -> None:
    text = Path("e/单位.csv").read_text("utf-8-sig")
    assert old in text
    Path("e/单位.csv").write_text(text.replace(old, new), "utf-8")
    same(capfd, code=code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2025-01-05", "2025年1月5日"),
        ("2025-01-05", "2025.1.5"),
        ("2025-01-05", "2025-01-05 08:30"),
        ("2025-01-05", "2024-01-05"),
        ("2025-01-05", "2025-13-05"),
        ("会议", "开会"),
        ("警告", "开除"),
        ("甲支部", "丑支部"),
        ("甲支部,会议", " 甲支部 , 会议"),
    ],
)
def test_registers(desk: Path, capfd: Capture, old: str, new: str) -> None:
    text = Path("e/台账.csv").read_text("utf-8")
    assert old in text
    Path("e/台账.csv").write_text(text.replace(old, new, 1), "utf-8")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact")
    if "丑支部" in new:
        return  # names that may be meant are looked for among all units
    same(capfd, code=ran.code)


@pytest.mark.parametrize("titled", ["参学率（%）", "参学率"])
def test_bare_per_cents(desk: Path, capfd: Capture, titled: str) -> None:
    text = Path("e/单位.csv").read_text("utf-8-sig").replace("参学率", titled).replace("%,", ",")
    Path("e/单位.csv").write_text(text, "utf-8")
    same(capfd)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: f"sep=,\n{text}".encode(),
        lambda text: f"2025年考核数据,,,,,\n{text}".encode(),
        lambda text: text.replace("甲支部,机关,95%,3,3,否", "甲支部,机关,95%,3,3,否,有多余的").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: f"{text}合计,,,19,26.5,\n".encode(),
        lambda text: f"{text}注：以上数据截至年底\n".encode(),
        lambda text: text.replace("95%", "0.95").encode(),
        lambda text: text.replace("95%", "1/3%").encode(),
        lambda text: text.replace("党支部,类型", "党支部,类型,类型").replace(",机关", ",机关,机关").encode(),
    ],
)
def test_what_is_for_the_exact_engine(desk: Path, capfd: Capture, change: Callable[[str], bytes]) -> None:
    Path("e/单位.csv").write_bytes(change(Path("e/单位.csv").read_text("utf-8-sig")))
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    assert (ran.code, "不能按列计分" in ran.err) == (2, True)


def test_line_breaks_in_cells_and_line_ends(desk: Path, capfd: Capture) -> None:
    lines = [f"{HEADS},备注", *(f'{row},"两\n行"' for row in ROWS)]
    Path("e/单位.csv").write_bytes("\r\n".join(lines).replace("乙支部,机关,90%,2", "乙支部,机关,90%,二").encode())
    assert "单位.csv!D3: E022" in same(capfd, code=3)


def test_rows_that_say_the_same_in_several_files(desk: Path, capfd: Capture) -> None:
    Path("e/单位.csv").write_text("\n".join([HEADS, *ROWS[:3], ""]), "utf-8")
    Path("e/单位2.csv").write_text(
        "\n".join([HEADS, *(row.replace(",9,9", ",9.5,12.25") for row in ROWS[3:])]), "utf-8"
    )
    same(capfd)


def test_units_in_one_carrier_and_registers_in_another(desk: Path, capfd: Capture) -> None:
    pl.DataFrame(EVENTS).with_columns(pl.col("日期").str.to_date()).write_ipc("e/台账.arrow")
    Path("e/台账.csv").unlink()
    same(capfd)
    pl.read_ipc("e/台账.arrow").write_parquet("e/台账.parquet")
    Path("e/台账.arrow").unlink()
    same(capfd)


def test_arrow(desk: Path, capfd: Capture) -> None:
    frame = pl.read_csv("e/单位.csv").with_columns(pl.col("造假") == "是")
    frame.with_columns(pl.col("参学率").str.strip_suffix("%").cast(pl.Decimal(5, 2))).write_ipc("e/单位.feather")
    pl.DataFrame(EVENTS).with_columns(pl.col("日期").str.to_date()).write_ipc("e/台账.arrow")
    for name in ("单位", "台账"):
        Path(f"e/{name}.csv").unlink()
    same(capfd)
    assert "按列计分" in run(capfd, "score", "r.yaml", "e", "-o", "c.parquet").err
    frame.with_columns(完成数=pl.Series([3, None, 5, 0, 9])).write_ipc("e/单位.feather")
    assert "单位.feather!D3: E021" in same(capfd, code=3)
    Path("e/单位.feather").write_bytes(b"ARROW1 and no more")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "exact")
    assert (ran.code, "不是 Arrow" in ran.err) == (3, True)


PLAIN = """dangjian: 1
rubric: plain
title: 考核
subject: 党支部
rounding: {places: 2, total: 2, mode: half_up}
attributes: [类型]
sections:
  - {id: A, title: 完成, max: 60, rules: [{award: 60, ratio: 完成数, of: 任务数}]}
  - {id: B, title: 参学, max: 40, rules: [{award: {90%: 40, 60%: 10}, at_least: 参学率, else: 0}]}
grades: {优秀: 80, 合格: 50, 不合格: 0}
groups: 类型
"""
"""Of a regulation like this one both engines write the same .csv: no items, vetoes or shares of places."""


def test_both_engines_write_the_same_csv(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(PLAIN, "utf-8")
    Path("e/台账.csv").unlink()
    text = Path("e/单位.csv").read_text("utf-8-sig").replace("机关", "3月5日")
    Path("e/单位.csv").write_text(text, "utf-8")
    for engine in ("columns", "exact"):
        ran = run(capfd, "score", "r.yaml", "e", "-o", f"{engine}.csv", "-o", f"{engine}.parquet", "--engine", engine)
        assert ran.code == 0, ran.err
    assert Path("columns.csv").read_bytes() == Path("exact.csv").read_bytes()
    assert "\r\n1,甲支部,'3月5日,60.00,40.00,100.00,1,优秀\r\n" in Path("columns.csv").read_bytes().decode("utf-8-sig")
    ran = run(capfd, "score", "r.yaml", ".", "-o", "again.parquet", "--engine", "exact")
    assert "columns.csv" in ran.err  # a result of earlier, which is no evidence


def test_a_table_for_people(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.csv", "-o", "c.xlsx", "-o", "c.parquet", "--engine", "columns")
    assert (ran.code, "按列计分" in ran.err) == (0, True), ran.err
    lines = Path("c.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "名次,党支部,类型,组织,参学,完成,处分,次数,总分,等次,一票否决,评优与通报"
    sheet = load_workbook("c.xlsx").worksheets[0]
    rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[:3] for row in rows] == [
        [int(cell) if cell.isdecimal() else cell for cell in line.split(",")[:3]] for line in lines
    ]
    assert rows[1][8] == 98
    ran = run(capfd, "score", "r.yaml", "e", "-o", "e.csv", "-o", "c.md", "--engine", "columns")
    assert (ran.code, "只写 -o 结果.parquet、.csv、.xlsx" in ran.err) == (2, True)


def test_units_without_a_rank(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(f"{RUBRIC}unranked: [{{title: 不定等次, if: 造假}}]\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.csv", "-o", "c.xlsx", "--engine", "columns")
    assert ran.code == 0, ran.err
    assert Path("c.csv").read_text("utf-8-sig").splitlines()[-1].startswith("不排名,戊支部,")
    assert load_workbook("c.xlsx").worksheets[0]["A6"].value == "不排名"


def test_more_units_than_a_sheet_holds(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangjian_score.report.units.MOST_ROWS", 5)
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.xlsx", "-o", "c.csv", "--engine", "columns")
    assert (ran.code, "请改用 -o 结果.csv 或 结果.parquet" in ran.err, Path("c.csv").exists()) == (3, True, False)


def test_columns_are_used_by_themselves_for_many_units(desk: Path, capfd: Capture) -> None:
    def asked(*outputs: str, many: int = 4, plain: bool = True) -> bool:
        return asked_columns(None, ["e"], [Path(name) for name in outputs], plain=plain, many=many) is not None

    assert asked("c.csv", "c.xlsx", "c.parquet")
    assert not asked("c.csv", many=20_000)
    assert not asked("c.csv", "c.html")
    assert not asked()
    assert not asked("c.csv", plain=False)
    rubric, words = load_rubric("r.yaml"), load_words("zh")
    for more_than, found in ((4, True), (5, False)):  # rows of registers are no units
        job = asked_columns(None, ["e"], [Path("c.csv")], plain=True, many=more_than)
        assert job is not None
        assert (scored_on_columns(rubric, job, words, Path(), only=False) is not None) is found
    assert "按列计分" not in capfd.readouterr().err
    assert "按列计分" not in run(capfd, "score", "r.yaml", "e", "-o", "c.parquet").err


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["末支部,机关,95%,007,9,否"], "D1102: E022"),
        (["末支部,机关,95%,+5,9,否"], "D1102: E022"),
        (["末支部,机关,95%,05,9"], "D1102: E022"),  # as many letters too few as too many
        (["末支部,机关,95%,05,9,否", ""], "D1102: E022"),
        (["末支部,机关,95%,-0,9,否"], ""),
        (["末支部,机关,95%,5.5,9,否"], ""),
        (["末支部,机关,95%,,9,否"], "D1102: E021"),
        (["末支部,机关,95%,1000000000000000,9,否"], "D1102: E022"),
        (['"末支部",机关,95%,5,9,否'], ""),
        (["末支部,机关,95%,99999999999999999999,9,否"], "D1102: E022"),
    ],
)
def test_columns_that_begin_with_whole_numbers(desk: Path, capfd: Capture, rows: list[str], told: str) -> None:
    many = (f"第{at}支部,企业,90%,{at % 7},{at % 5 + 3},否" for at in range(1100))
    Path("e/单位.csv").write_bytes("\r\n".join([HEADS, *many, *rows, ""]).encode())
    Path("e/台账.csv").write_text("党支部,事项,日期,级别,案件,人员\n第5支部,会议,2025-01-05,,,\n", "utf-8")
    assert told in same(capfd, code=3 if told else 0)
