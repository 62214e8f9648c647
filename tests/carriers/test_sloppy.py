"""Sloppy tables: both engines say the same of them, or columns leave them to the exact engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.support import HEAD, Ran, run

Capture = pytest.CaptureFixture[str]
RUBRIC = (
    HEAD
    + """rounding: {places: 2, total: 2, mode: half_up}
measures: {通报: {register: true}}
sections:
  - {id: A, title: 述职, max: 20, rules: [{award: 20, judge: 述职, combine: mean}]}
  - {id: B, title: 测评, max: 40, rules: [{award: {好: 40, 一般: 20, 差: 0}, votes: 民主测评}]}
  - {id: C, title: 学习, max: 40, rules: [{deduct: 0.5, per: 学习}]}
  - {id: D, title: 参学, max: 10, rules: [{award: {90%: 10, 60%: 5}, else: 0, at_least: 参学率}]}
  - {id: E, title: 通报, kind: penalty, rules: [{deduct: 1, per: 通报}]}
"""
)
UNITS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "乙支部", "丙支部"],
    "学习": [1, 2, 3],
    "参学率": [0.95, 0.83, 0.35],
}
MARKS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "甲支部", "乙支部", "乙支部", "丙支部", "丙支部"],
    "评委": ["张三", "李四"] * 3,
    "述职": [10, 13, 12, 18, 20, 15],
}
VOTES: dict[str, list[Any]] = {
    "党支部": ["甲支部", "乙支部", "丙支部"],
    "测评项": ["民主测评"] * 3,
    "好": [5, 2, 1],
    "一般": [1, 3, 0],
    "差": [0, 2, 1],
    "收回票数": [6, 7, 2],
}
EVENTS: dict[str, list[Any]] = {"党支部": ["甲支部", "乙支部"], "事项": ["通报", "通报"]}
FILES = {"单位": UNITS, "评分表": MARKS, "测评票": VOTES, "台账": EVENTS}
Change = Callable[[dict[str, dict[str, list[Any]]]], object]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangjian_score.api.columns.READ_WHOLE", 1_000_000)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    return tmp_path


def written(change: Change | None = None) -> None:
    """Write the tables, once something is changed, as .parquet."""
    files = {name: {title: [*values] for title, values in table.items()} for name, table in FILES.items()}
    if change is not None:
        change(files)
    for name, table in files.items():
        pl.DataFrame(table, strict=False).write_parquet(f"e/{name}.parquet")


def scored(capfd: Capture, engine: str) -> Ran:
    return run(capfd, "score", "r.yaml", "e", "-o", f"{engine}.parquet", "--engine", engine)


def units(engine: str) -> dict[str, dict[str, object]]:
    return {row["unit"]: row for row in pl.read_parquet(f"{engine}.parquet").to_dicts()}


def errors(ran: Ran) -> list[str]:
    return [line for line in ran.err.splitlines() if " 错误: " in line]


def test_clean_tables(desk: Path, capfd: Capture) -> None:
    written()
    assert [scored(capfd, engine).code for engine in ("exact", "columns")] == [0, 0]
    assert units("columns") == units("exact")
    # (10 + 13) ÷ 2, (5 × 40 + 20) ÷ 6, 40 − 0.5, 10 and −1
    assert [str(units("columns")["甲支部"][node]) for node in "ABCDE"] == ["11.50", "36.67", "39.50", "10.00", "-1.00"]


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files["测评票"].update(党支部=["甲支部", "乙支部", "乙支部"]),
        lambda files: files["测评票"].update(测评项=["民主测评", "民主测评", "群众测评"]),
        lambda files: files["评分表"]["党支部"].__setitem__(5, "丁支部"),
        lambda files: (files["单位"]["党支部"].__setitem__(0, None), files["台账"]["党支部"].__setitem__(1, None)),
        lambda files: files["台账"]["党支部"].__setitem__(1, "甲支步"),
        lambda files: files["单位"]["学习"].__setitem__(1, None),
        lambda files: files["台账"]["事项"].__setitem__(1, "通告"),
    ],
)
def test_errors_are_all_told(desk: Path, capfd: Capture, change: Change) -> None:
    written(change)
    exact, columns = (scored(capfd, engine) for engine in ("exact", "columns"))
    assert (exact.code, columns.code, Path("columns.parquet").exists()) == (3, 3, False)
    assert errors(columns) == errors(exact) != []


def test_a_unit_without_ballots_in_large_tables(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangjian_score.api.columns.READ_WHOLE", 0)
    written(lambda files: files["测评票"].update(党支部=["甲支部", "乙支部", "乙支部"]))
    assert errors(scored(capfd, "columns")) == errors(scored(capfd, "exact")) != []


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files["评分表"]["评委"].__setitem__(1, "平均分"),
        lambda files: files["评分表"]["评委"].__setitem__(1, "合计"),
        lambda files: files["台账"]["党支部"].__setitem__(1, "甲支部、乙支部"),
        lambda files: files["台账"]["党支部"].__setitem__(1, "乙 支部"),
        lambda files: [column.append(None) for column in files["台账"].values()],
        lambda files: files["单位"].update(党支部=["甲支部", "乙支部", "合计"]),
    ],
)
@pytest.mark.parametrize("cells", [0, 1_000_000])
def test_what_columns_do_not_tell_is_left_to_the_exact_engine(
    desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch, change: Change, cells: int
) -> None:
    monkeypatch.setattr("dangjian_score.api.columns.READ_WHOLE", cells)
    written(change)
    exact = scored(capfd, "exact")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "columns.parquet")
    assert (ran.code, errors(ran)) == (exact.code, errors(exact))
    if exact.code == 0:
        assert units("columns") == units("exact")
    assert scored(capfd, "columns").code in (2, exact.code or 2)


def test_a_level_without_a_column(desk: Path, capfd: Capture) -> None:
    written(lambda files: files["测评票"].pop("一般"))
    assert "不能按列计分" in scored(capfd, "columns").err
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, errors(ran)) == (3, errors(scored(capfd, "exact")))


def test_a_damaged_page(desk: Path, capfd: Capture) -> None:
    written()
    many = pl.DataFrame({"党支部": [f"第{at}支部" for at in range(4000)], "事项": ["通报"] * 4000})
    many.write_parquet("e/台账.parquet")
    data = bytearray(Path("e/台账.parquet").read_bytes())
    data[40:400] = bytes(360)
    Path("e/台账.parquet").write_bytes(data)
    ran = scored(capfd, "columns")
    assert (ran.code, "台账.parquet: E028" in ran.err) == (3, True), ran.err


def test_files_beside_tables_are_passed_over(desk: Path, capfd: Capture) -> None:
    written()
    Path("e/_SUCCESS").touch()
    Path("e/说明.pdf").write_bytes(b"%PDF-1.7\n")
    ran = scored(capfd, "columns")
    assert (ran.code, "说明.pdf" in ran.err, "按列计分" in ran.err) == (0, True, True), ran.err
    again = run(capfd, "score", "r.yaml", "e", "-o", "e/columns.parquet", "--engine", "columns")
    assert [again.code, run(capfd, "score", "r.yaml", "e", "-o", "e/columns.parquet").code] == [0, 0]


def test_no_tables(desk: Path, capfd: Capture) -> None:
    ran, exact = scored(capfd, "columns"), scored(capfd, "exact")
    assert (ran.code, errors(ran)) == (exact.code, errors(exact)) == (3, errors(ran))


def test_figures_that_were_not_asked_for(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangjian_score.api.columns.READ_WHOLE", 0)
    item = "{id: A, title: 律己, max: 9, rules: [{award: 9, judge: 律己, unless: 违纪}]}"
    other = "{id: B, title: 缺, max: 9, rules: [{deduct: 1, per: 缺}]}"
    Path("r.yaml").write_text(HEAD + f"sections: [{item}, {other}]\n", "utf-8")
    table = pl.DataFrame({"党支部": ["甲支部", "乙支部", "丙支部"], "律己": [8, 7, 6], "违纪": [False, True, False]})
    table.with_columns(缺=pl.Series([1, 2, 3])).write_parquet("e/单位.parquet")
    told = [scored(capfd, engine) for engine in ("exact", "columns")]
    assert [ran.code for ran in told] == [0, 0]
    assert all("单位.parquet!B3: W001" in ran.err for ran in told)
    assert units("columns") == units("exact")
    table.with_columns(缺=pl.Series([1, None, 3])).write_parquet("e/单位.parquet")
    told = [scored(capfd, engine) for engine in ("exact", "columns")]
    assert errors(told[0]) == errors(told[1]) != []


def test_decimals_of_floating_point(desk: Path, capfd: Capture) -> None:
    names = [f"第{at}支部" for at in range(101)]
    Path("r.yaml").write_text(
        HEAD + "sections: [{id: A, title: 分, max: 1, rules: [{award: 1, judge: 评分}]}]\n", "utf-8"
    )
    pl.DataFrame({"党支部": names, "评分": [at / 100 for at in range(101)]}).write_parquet("e/单位.parquet")
    assert [scored(capfd, engine).code for engine in ("exact", "columns")] == [0, 0]
    assert units("columns") == units("exact")
