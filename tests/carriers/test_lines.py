"""Lines of units that columns scored are those of the exact engine: on the screen byte for byte, and in files."""

from pathlib import Path
from random import Random

import polars as pl
import pytest
from msgspec.structs import replace

from dangjian_score.columnar import bands, shown
from dangjian_score.columnar import lines as columnar_lines
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.evaluate import Scorer
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import standing_of
from dangjian_score.engine.standing import Standing
from dangjian_score.evidence.read import expectations
from tests.carriers import test_cases as cases
from tests.carriers import test_panels as panels
from tests.carriers import test_rounds as rounds
from tests.carriers import test_waived as waived
from tests.carriers.handed import FITTING
from tests.carriers.parquet import tables
from tests.carriers.test_columns import EVENTS, MATRIX, OF_ROUNDS, ROUNDS, RUBRIC
from tests.report.audits import Drawer, evidence_of
from tests.sampling import runs, sampled
from tests.support import run

Capture = pytest.CaptureFixture[str]
EVERYBODY = ("--below", "1000000")


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar_lines, "BATCH", 3)
    monkeypatch.setattr(shown, "BATCH", 3)
    monkeypatch.setattr(bands, "PIECES", 2)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(MATRIX).write_parquet("e/单位.parquet")
    pl.DataFrame(EVENTS).with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    return tmp_path


def by_both(capfd: Capture, rubric: str, *options: str) -> str:
    """Score on columns and exactly, hold units, lines and what is shown against each other; return what is shown."""
    told = []
    for engine in ("columns", "exact"):
        files = ("-o", f"{engine}.parquet", "--lines", f"{engine}-lines.parquet")
        ran = run(capfd, "score", rubric, "e", *files, "--engine", engine, *options)
        assert ran.code == 0, ran.err
        told.append(ran.out)
    assert told[0] == told[1]
    for file in ("{}-lines.parquet", "{}.parquet"):
        columns, exact = (by_unit(file.format(engine)) for engine in ("columns", "exact"))
        assert columns.schema == exact.schema
        assert columns.equals(exact)
    return told[0]


def by_unit(path: str) -> pl.DataFrame:
    return pl.read_parquet(path).sort("unit", maintain_order=True)


def test_a_unit(desk: Path, capfd: Capture) -> None:
    out = by_both(capfd, "r.yaml", "--unit", "乙支部")
    assert "乙支部  第 4 名  总分 73.67  合格\n未入选“先进”：名额已满（名额 2 个）" in out
    assert "甲支部  第 1 名" not in out
    rows = pl.read_parquet("columns-lines.parquet")
    assert rows.columns == [
        *("unit", "round", "clause", "item", "title", "text"),
        *("before_limit", "points", "missing", "limit", "cells"),
    ]
    # 乙: three quarters without a meeting, half the tasks of 40 points
    points = [(item, str(points), cells) for item, points, cells in rows.select("item", "points", "cells").iter_rows()]
    assert points == [
        ("A", "-6.00", "台账.parquet!A7 A8"),
        ("B", "20.00", "单位.parquet!C3"),
        ("C", "26.67", "单位.parquet!D3 E3"),
        ("D", "-5.00", "台账.parquet!A10"),
        ("E", "-2.00", "台账.parquet!A11 A12 A13"),
    ]
    assert [str(missing) for missing in rows["missing"] if missing] == ["13.33"]


@pytest.mark.parametrize("below", ["82", "82.0", "82.000001", "1000000000000000000000000", "-5"])
def test_units_below_a_bound(desk: Path, capfd: Capture, below: str) -> None:
    """丙 has exactly 82."""
    out = by_both(capfd, "r.yaml", "--below", below)
    told = {unit for unit in MATRIX["党支部"] if f"{unit}  第" in out}
    low = {"乙支部", "丁支部"}
    expected = {"82": low, "82.0": low, "82.000001": {*low, "丙支部"}, "-5": set[str]()}
    assert told == expected.get(below, {*MATRIX["党支部"]})
    assert {*pl.read_parquet("columns-lines.parquet")["unit"]} == told


def test_nobody_is_below(desk: Path, capfd: Capture) -> None:
    for engine in ("columns", "exact"):
        ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--below", "1", "--engine", engine)
        assert (ran.code, "没有总分低于 1 分的单位" in ran.err) == (0, True)
        assert "甲支部  第" not in ran.out


def test_all_units(desk: Path, capfd: Capture) -> None:
    exact = run(capfd, "score", "r.yaml", "e", "--lines", "x.parquet", "--engine", "exact")
    assert (exact.code, "第 1 名" in exact.out) == (0, False)
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--lines", "l.parquet")
    assert (ran.code, ran.out, "已写入 l.parquet" in ran.err) == (0, "", True)
    lines = pl.read_parquet("l.parquet")
    assert {*lines["unit"]} == {*MATRIX["党支部"]}
    assert lines.sort("unit", maintain_order=True).equals(
        pl.read_parquet("x.parquet").sort("unit", maintain_order=True)
    )


def test_names_and_a_bound_together(desk: Path, capfd: Capture) -> None:
    out = by_both(capfd, "r.yaml", "--unit", "甲支部", "--unit", "乙支部", "--below", "60")
    assert [unit for unit in MATRIX["党支部"] if f"{unit}  第" in out] == ["甲支部", "乙支部", "丁支部"]


@pytest.mark.parametrize("name", ["甲支", "已支部", "x"])
def test_an_unknown_unit(desk: Path, capfd: Capture, name: str) -> None:
    told = []
    for engine in ("columns", "exact"):
        ran = run(
            capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--unit", "甲支部", "--unit", name, "--engine", engine
        )
        assert (ran.code, Path("c.parquet").exists()) == (2, False)
        told.append(ran.err)
    assert told[0] == told[1]
    assert f"没有单位“{name}”" in told[0]


@pytest.mark.parametrize(
    "more",
    [
        "excluded: [{title: 新成立, if: 造假}]",
        "unranked: [{title: 不定等次, if: {类型: 企业}}]",
        "excluded: [{title: 新成立, if: {参学率: {below: 60%}}}]\nunranked: [{title: 不定等次, if: {完成数: 2}}]",
        "groups: 类型",
        "tie_break: [{points: B}, {measure: 任务数, lowest_first: true}]",
        "floor: 50",
        "reported_as: 60",
        "vetoes: [{title: 有处分, if: {处分: {at_least: 1}}, total: 60, selections: true}]",
        "selections: [{title: 先进, at_least: 60, quota: 30%, if: {完成数: {at_least: 5}}}, {title: 后进, below: 85}]",
        "grades: {优秀: {at_least: 80, if: 造假, places: 2}, 良好: {at_least: 60, quota: 20%}, 不合格: 0}",
        "selections: []\nrounding: {places: 1, total: 0}",
    ],
)
def test_what_rubrics_may_ask_for(desk: Path, capfd: Capture, more: str) -> None:
    keys = {line.partition(":")[0] for line in more.splitlines()}
    kept = [line for line in RUBRIC.splitlines() if line.partition(":")[0] not in keys]
    Path("r.yaml").write_text("\n".join([*kept, more, ""]), "utf-8")
    by_both(capfd, "r.yaml", *EVERYBODY)
    by_both(capfd, "r.yaml", "--unit", "乙支部")


@pytest.mark.parametrize(
    "rule",
    [
        "{award: 40, ratio: 完成数, of: {best: 完成数}}",
        "{deduct: 0.5, per_missing: 完成数, of: {mean: 完成数}}",
        "{deduct: 0.5, per_missing: 完成数, of: {median: 任务数}}",
        "{award: {1: 40, 2: 30, 4: 10}, rank: 完成数, else: 0}",
        "{award: {1: 40, 2: 30}, rank: 任务数, lowest_first: true, within: 类型, else: 5}",
    ],
)
def test_figures_over_all_units_are_those_of_all(desk: Path, capfd: Capture, rule: str) -> None:
    lines = [
        f"  - {{id: C, title: 完成, max: 40, rules: [{rule}]}}" if "id: C," in line else line
        for line in RUBRIC.splitlines()
    ]
    Path("r.yaml").write_text("\n".join([*lines, ""]), "utf-8")
    by_both(capfd, "r.yaml", "--unit", "丁支部")
    by_both(capfd, "r.yaml", *EVERYBODY)


OTHER_DESKS = {
    "甲支部 and assessors": (
        panels.RUBRIC,
        {"单位": pl.DataFrame(panels.UNITS), "评分表": pl.DataFrame(panels.MARKS)},
    ),
    "甲支部 and 不适用": (waived.RUBRIC, {"单位": pl.DataFrame(waived.UNITS)}),
    "甲支部 in rounds": (
        rounds.RUBRIC,
        {
            "单位": pl.DataFrame(rounds.UNITS),
            "台账": pl.DataFrame(rounds.EVENTS).with_columns(pl.col("日期").str.to_date()),
            "测评票": pl.DataFrame(rounds.BALLOTS),
        },
    ),
    "第1支部 with cases": (
        cases.RUBRIC,
        {"单位": pl.DataFrame({"党支部": cases.NAMES, "缺": [0, 1] * 20}), "台账": cases.events(1)},
    ),
}


@pytest.mark.parametrize("name", OTHER_DESKS)
def test_other_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    text, evidence = OTHER_DESKS[name]
    Path("r.yaml").write_text(text, "utf-8")
    Path("e").mkdir()
    for table, rows in evidence.items():
        rows.write_parquet(f"e/{table}.parquet")
    by_both(capfd, "r.yaml", *EVERYBODY)
    assert "  第 " in by_both(capfd, "r.yaml", "--unit", name.partition(" ")[0])


def test_a_hundred_per_cent_alone_is_no_one_per_cent(desk: Path, capfd: Capture) -> None:
    out = by_both(capfd, "r.yaml", "--unit", "戊支部")
    assert "参学率 100%" in out


def test_rounds(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(ROUNDS, "utf-8")
    Path("e/台账.parquet").unlink()
    pl.DataFrame(OF_ROUNDS).write_parquet("e/单位.parquet")
    out = by_both(capfd, "r.yaml", "--unit", "乙支部")
    assert "上半年" in out
    by_both(capfd, "r.yaml", *EVERYBODY)


@pytest.mark.parametrize("name", sampled(FITTING, 3))
def test_shipped_rubrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture, name: str) -> None:
    drawer = Drawer(name, Random(name))  # noqa: S311
    evidence = evidence_of(drawer.loaded, drawer.evidence(runs(40, 12)))
    assert evidence is not None
    evidence = replace(evidence, units=tuple(replace(unit, rulings=()) for unit in evidence.units))
    program = compile_rubric(drawer.loaded.rubric)
    known = catalogue(program)
    monkeypatch.chdir(tmp_path)
    Path("e").mkdir()
    tables(tmp_path / "e", evidence, known, expectations(drawer.loaded.rubric, known).unit_names[0])
    by_both(capfd, name, *EVERYBODY)
    by_both(capfd, name, "--unit", evidence.units[-1].unit)


def test_many_units_are_in_the_files_alone(desk: Path, capfd: Capture) -> None:
    """There are 120 units that are chosen, and as many that do not take part."""
    count = 240
    names = [f"第{at}支部" for at in range(count)]
    units = {name: (values * 48)[:count] for name, values in MATRIX.items()} | {"党支部": names}
    units["新成立"] = [at % 2 == 1 for at in range(count)]
    pl.DataFrame(units).write_parquet("e/单位.parquet")
    pl.DataFrame(EVENTS).clear().with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    kept = [line for line in RUBRIC.splitlines() if not line.startswith("selections")]
    prize = "selections: [{title: 先进, places: 3, if: {任务数: {at_least: 20}}}]"
    Path("r.yaml").write_text("\n".join([*kept, "excluded: [{title: 新成立, if: 新成立}]", prize, ""]), "utf-8")
    out = by_both(capfd, "r.yaml", *EVERYBODY)
    assert out.count("以上只列前 100 个，共 120 个") == 3  # the ranking, those that do not take part, the details
    assert pl.read_parquet("columns-lines.parquet")["unit"].n_unique() == 120
    assert sum(f"\n{name}  第" in out for name in names) == 100


def test_another_total_is_a_defect(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(scorer: Scorer, at: int) -> Standing:
        standing = standing_of(scorer, at)
        return replace(standing, total=standing.total + 1)

    monkeypatch.setattr(columnar_lines, "standing_of", moved)
    for options in (["--unit", "甲支部"], ["--lines", "l.parquet"]):
        ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", *options)
        assert (ran.code, ran.out, Path("c.parquet").exists(), Path("l.parquet").exists()) == (70, "", False, False)


def test_the_public_reads_no_cells(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--lines", "l.parquet", "--below", "80", "--public")
    assert ran.code == 0
    lines = pl.read_parquet("l.parquet")
    assert lines["cells"].null_count() == lines.height > 0
    assert "王案" not in "".join(map(str, lines["text"])) + ran.out


def test_other_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(ROUNDS.replace("rounds: {", "#").replace(", rounds: none", ""), "utf-8")
    Path("e.csv").write_text(
        "党支部,类型,缺,有计划,完成数,任务数,奖\n甲,机关,1,是,1,1,0\n乙,机关,41,是,1,1,0\n", "utf-8"
    )
    ran = run(capfd, "score", "r.yaml", "e.csv", "--below", "60", "--lines", "l.parquet")
    assert (ran.code, "乙  第 2 名" in ran.out, "甲  第" in ran.out) == (0, True, False)
    assert {*pl.read_parquet("l.parquet")["unit"]} == {"乙"}


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--below", "x"], 2, "--below 的值“x”不对"),
        (["--below", "1e3"], 2, "--below 的值“1e3”不对"),
        (["--lines", "l.csv"], 2, "--lines 的值“l.csv”不对"),
        (["--lines", "c.parquet"], 2, "c.parquet"),
        (["--lines", "e/单位.parquet"], 2, "e/单位.parquet"),
    ],
)
def test_options(desk: Path, capfd: Capture, options: list[str], code: int, told: str) -> None:
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", *options)
    assert told in ran.err
    assert ran.code != 0


def test_lines_among_the_evidence_are_passed_over(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--lines", "e/明细.parquet", "-q").code == 0
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "e/明细.parquet" in ran.err) == (0, True)


def test_comma_separated_files(desk: Path, capfd: Capture) -> None:
    for name in ("单位", "台账"):
        pl.read_parquet(f"e/{name}.parquet").write_csv(f"e/{name}.csv")
        Path(f"e/{name}.parquet").unlink()
    by_both(capfd, "r.yaml", "--unit", "戊支部")
    assert "单位.csv!C6" in by_both(capfd, "r.yaml", *EVERYBODY)
