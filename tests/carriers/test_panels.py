"""Panels of assessors on columns: what is written, and what is told of rows, is as the exact engine has it."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.carriers.parquet import delimited
from tests.support import HEAD, Ran, run

Capture = pytest.CaptureFixture[str]
RUBRIC = (
    HEAD
    + """rounding: {places: 2, total: 2, mode: half_up}
attributes: [类型]
measures: {民主: {blank: 弃权}, 总评: {levels: [优, 良, 差]}}
sections:
  - {id: A, title: 述职, max: 20, rules: [{award: 20, judge: 述职, combine: mean}]}
  - {id: B, title: 民主, max: 20, rules: [{award: 20, judge: 民主, combine: {领导: 60%, 群众: 40%}}]}
  - {id: C, title: 资料, max: 20, rules: [{award: 20, judge: 资料, combine: {trim: 1, at_least: 4}}]}
  - {id: D, title: 总评, max: 20, rules: [{award: {优: 20, 良: 15, 差: 5}, by: 总评, combine: median}]}
  - {id: E, title: 现场, max: 20, only: {类型: 企业}, rules: [{award: 20, judge: 现场}]}
  - {id: F, title: 缺席, kind: penalty, rules: [{deduct: 1, per: 缺}]}
"""
)
UNITS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "乙支部", "丙支部"],
    "类型": ["机关", "企业", "企业"],
    "缺": [0, 1, 2],
}
MARKS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "乙支部", "甲支部", "乙支部", "甲支部", "丙支部", "甲支部", "丙支部", "丙支部"],
    "评委": ["张三", "张三", "李四", "李四", "王五", "王五", "赵六", "赵六", "钱七"],
    "评委类别": ["领导", "领导", "领导", "群众", "群众", "领导", "群众", "群众", "群众"],
    "述职": [20, 19, 18, 18, 17, 16, 15, 15, 14],
    "民主": [20, 18, 19, 16, 12, 20, None, 20, 10],
    "资料": [1, 12, 10, 13, 13, 20, 20, 19, 20],
    "总评": ["优", "良", "良", "优", "差", "优", "良", "优", "差"],
    "现场": [None, 11, None, 11, None, 12, None, 12, 12],
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(UNITS).write_parquet("e/单位.parquet")
    pl.DataFrame(MARKS).write_parquet("e/评分表.parquet")
    return tmp_path


def read(path: str) -> dict[str, dict[str, object]]:
    return {row["unit"]: row for row in pl.read_parquet(path).to_dicts()}


def both(capfd: Capture) -> dict[str, dict[str, object]]:
    """Score by both engines, from .parquet and from .csv, which must write the same, and read that."""
    Path("csv").mkdir(exist_ok=True)
    delimited(Path("csv"), {path.name: path for path in Path("e").glob("*.parquet")})
    for folder in ("csv", "e"):
        ran = run(capfd, "score", "r.yaml", folder, "-o", "c.parquet", "--engine", "columns")
        assert ran.code == 0, ran.err
        ran = run(capfd, "score", "r.yaml", folder, "-o", "x.parquet", "--engine", "exact", "-q")
        assert ran.code == 0, ran.err
        assert read("c.parquet") == read("x.parquet")
    return read("c.parquet")


def test_what_assessors_give_is_combined(desk: Path, capfd: Capture) -> None:
    found = both(capfd)
    points = {unit: [str(row[node]) for node in "ABCDE"] for unit, row in found.items()}
    # 甲: 70 ÷ 4; 0.6 × 39 ÷ 2 + 0.4 × 12, 赵六 abstains; 10 and 13 of four; 良 in the middle
    assert points["甲支部"] == ["17.50", "16.50", "11.50", "15.00", "None"]
    # 乙: 37 ÷ 2; 0.6 × 18 + 0.4 × 16; 25 ÷ 2 of two; between 良 and 优
    assert points["乙支部"] == ["18.50", "17.20", "12.50", "17.50", "11.00"]
    # 丙: 45 ÷ 3; 0.6 × 20 + 0.4 × 15; 59 ÷ 3; 优
    assert points["丙支部"] == ["15.00", "18.00", "19.67", "20.00", "12.00"]


def test_tables_of_units_hold_figures_of_one_assessor(desk: Path, capfd: Capture) -> None:
    rows = pl.DataFrame(MARKS)
    rows.filter(pl.col("党支部") != "丙支部").drop("民主").write_parquet("e/评分表.parquet")
    text = RUBRIC.replace(", combine: {领导: 60%, 群众: 40%}", ", combine: mean").replace("blank: 弃权", "max: 20")
    Path("r.yaml").write_text(text, "utf-8")
    more = {"述职": [None, None, Decimal("16.5")], "民主": [1, 2, 3], "资料": [None, None, 20], "现场": [None, None, 9]}
    pl.DataFrame({**UNITS, **more, "总评": [None, None, "良"]}).write_parquet("e/单位.parquet")
    found = both(capfd)
    assert [str(found["丙支部"][node]) for node in "ABCDE"] == ["16.50", "3.00", "20.00", "15.00", "9.00"]
    assert str(found["甲支部"]["A"]) == "17.50"


def test_tables_of_assessors_in_several_files(desk: Path, capfd: Capture) -> None:
    rows = pl.DataFrame(MARKS)
    rows.head(5).write_parquet("e/评分表.parquet")
    rows.tail(4).write_parquet("e/评分表2.parquet")
    whole = both(capfd)
    text = RUBRIC.replace(", combine: {领导: 60%, 群众: 40%}", ", combine: mean")
    Path("r.yaml").write_text(text, "utf-8")
    rows.select("党支部", "评委", "述职", "民主").write_parquet("e/评分表.parquet")
    rows.select("党支部", "评委", "资料", "总评", "现场").write_parquet("e/评分表2.parquet")
    parted = both(capfd)
    assert [row["A"] for row in whole.values()] == [row["A"] for row in parted.values()]


def test_words_in_the_place_of_levels(desk: Path, capfd: Capture) -> None:
    levels = ["优", "良", "弃权", "优", "差", "优", "缺评", "优", "回避"]
    pl.DataFrame({**MARKS, "总评": levels}).write_parquet("e/评分表.parquet")
    assert str(both(capfd)["甲支部"]["D"]) == "12.50"  # between 优 and 差


def told(ran: Ran) -> list[str]:
    """Give the errors of a run."""
    return sorted(set(re.findall(r"\S+!\S+: E\d+ .*", ran.err)))


def same_errors(capfd: Capture) -> None:
    """Score by both engines, which must tell the same errors."""
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    exact = run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact")
    assert (ran.code, exact.code, told(ran)) == (3, 3, told(exact)), ran.err
    assert told(ran)
    assert "不能按列计分" not in ran.err


@pytest.mark.parametrize(
    "change",
    [
        {"述职": [21, *MARKS["述职"][1:]]},
        {"述职": [None, *MARKS["述职"][1:]]},
        {"现场": [None, 11, None, 10, None, 12, None, 12, 12]},
        {"现场": [None, None, None, None, None, 12, None, 12, 12]},
        {"总评": ["极好", *MARKS["总评"][1:]]},
        {"评委": ["张三", "李四", "李四", "李四", *MARKS["评委"][4:]]},
        {"评委": [None, *MARKS["评委"][1:]]},
        {"评委类别": ["领导", "领导", "领导", "领导", *MARKS["评委类别"][4:]]},
        {"评委类别": ["专家", *MARKS["评委类别"][1:]]},
        {"评委类别": [None, *MARKS["评委类别"][1:]]},
        {"党支部": ["丁支部", *MARKS["党支部"][1:]]},
    ],
)
def test_rows_of_assessors_with_errors(desk: Path, capfd: Capture, change: dict[str, list[Any]]) -> None:
    pl.DataFrame({**MARKS, **change}).write_parquet("e/评分表.parquet")
    same_errors(capfd)


def test_units_that_nobody_judged(desk: Path, capfd: Capture) -> None:
    pl.DataFrame(MARKS).filter(pl.col("党支部") != "乙支部").write_parquet("e/评分表.parquet")
    same_errors(capfd)


def test_too_few_for_a_trimmed_mean(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("{trim: 1, at_least: 4}", "trimmed_mean"), "utf-8")
    same_errors(capfd)


def test_a_figure_of_both_tables_is_an_error(desk: Path, capfd: Capture) -> None:
    pl.DataFrame({**UNITS, "述职": [17, None, None]}).write_parquet("e/单位.parquet")
    same_errors(capfd)


def test_words_for_no_figure_are_no_blanks(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("measures: {", "measures: {述职: {blank: 0}, "), "utf-8")
    texts = ["20", "弃权", "弃权", "18", None, None, "缺评", "15", "回避"]
    pl.DataFrame({**MARKS, "述职": texts}).write_parquet("e/评分表.parquet")
    found = both(capfd)
    # 甲: 20 and 0; 乙: 18; 丙: 0 and 15
    assert [str(row["A"]) for row in found.values()] == ["10.00", "18.00", "7.50"]


WAIVED = {"总评": [None, None, "不适用"], "民主": [None, None, "不适用"], "述职": [None, None, Decimal("16.5")]}


def test_blanks_beside_what_the_unit_has_mean_nothing(desk: Path, capfd: Capture) -> None:
    text = RUBRIC.replace("max: 20, rules: [{award: {优", "max: 20, if_na: rescale, rules: [{award: {优")
    text = text.replace("title: 民主, max: 20", "title: 民主, max: 20, if_na: full")
    Path("r.yaml").write_text(text, "utf-8")
    pl.DataFrame({**UNITS, **WAIVED}).write_parquet("e/单位.parquet")
    given = pl.DataFrame(MARKS).with_columns(
        pl.when(pl.col("党支部") != "丙支部").then(pl.col(name)).alias(name) for name in WAIVED
    )
    given.write_parquet("e/评分表.parquet")
    found = both(capfd)
    assert [str(found["丙支部"][node]) for node in "ABD"] == ["16.50", "20.00", "None"]
    assert [str(found["甲支部"][node]) for node in "ABD"] == ["17.50", "16.50", "15.00"]


@pytest.mark.parametrize("word", ["弃权", "良", "不适用"])
def test_what_the_unit_has_is_not_given_again(desk: Path, capfd: Capture, word: str) -> None:
    pl.DataFrame({**UNITS, "总评": [None, None, "优"]}).write_parquet("e/单位.parquet")
    given = pl.DataFrame(MARKS).with_columns(pl.when(pl.col("党支部") != "丙支部").then(pl.col("总评")).alias("总评"))
    given[5, "总评"] = word
    given.write_parquet("e/评分表.parquet")
    same_errors(capfd)
