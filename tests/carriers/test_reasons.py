"""Why something is not scored on columns is said in a few words, with what it is about."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import polars as pl
import pytest

from dangjian_score.columnar.amounts import Unfit
from dangjian_score.words import en, zh
from tests.carriers.test_columns import EVENTS, MATRIX, RUBRIC
from tests.support import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(MATRIX).write_parquet("e/单位.parquet")
    pl.DataFrame(EVENTS).with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    return tmp_path


def in_rubric(old: str, new: str) -> None:
    text = Path("r.yaml").read_text("utf-8")
    assert old in text
    Path("r.yaml").write_text(text.replace(old, new), "utf-8")


def units(**columns: object) -> None:
    pl.DataFrame({**MATRIX, **columns}).write_parquet("e/单位.parquet")


CHANGES: dict[str, tuple[Callable[[], object], str]] = {
    "a column that is no figure": (
        lambda: units(完成数=[pl.Series([True])[0]] * 5),
        "这一列的类型或写法按列读不了（完成数）",
    ),
    "a column that is missing": (
        lambda: pl.DataFrame(MATRIX).drop("完成数").write_parquet("e/单位.parquet"),
        "没有这一列（完成数）",
    ),
    "no register": (lambda: Path("e/台账.parquet").unlink(), "没有单位表，或没有这张表"),
    "large figures": (lambda: units(完成数=[10**18, 1, 1, 1, 1]), "63 位整数装不下（完成数）"),
    "unlike tables": (
        lambda: pl.DataFrame({"党支部": ["己支部"], "类型": ["企业"]}).write_parquet("e/又一张.parquet"),
        "几张表的列不同，或有两列是一个意思",
    ),
    "a sum that is never rounded": (
        lambda: in_rubric("rounding:", "#"),
        "没有四舍五入的分要用来排名次、定等次、与别的单位比较或计台账",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_why_it_is_not_scored_on_columns(desk: Path, capfd: Capture, name: str) -> None:
    change, why = CHANGES[name]
    change()
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    assert (ran.code, why in ran.err) == (2, True), ran.err


def test_every_reason_has_words() -> None:
    for texts in (zh.TEXTS, en.TEXTS):
        assert {f"term.{reason}" for reason in get_args(Unfit)} <= texts.keys()
