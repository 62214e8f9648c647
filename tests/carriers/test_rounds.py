"""Rounds on columns with registers, ballots and other units: each round reads what is its own, the whole all of it."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.carriers.test_panels import both, same_errors
from tests.support import HEAD

Capture = pytest.CaptureFixture[str]
RUBRIC = (
    HEAD
    + """period: 2025
rounds: {上半年: 40%, 下半年: 60%}
attributes: [类型]
rounding: {places: 2, total: 2, mode: half_up}
measures: {会议: {register: true}, 处分: {levels: [警告, 撤职]}, 获奖: {register: true}}
sections:
  - {id: A, title: 会议, max: 30, rules: [{deduct: 2, per_missing: 会议, of: 1, for_each: quarter}]}
  - {id: B, title: 完成, max: 30, rules: [{award: 30, ratio: 完成数, of: {best: 完成数}}]}
  - {id: C, title: 名次, max: 20, rules: [{award: {1: 20, 2: 10}, rank: 完成数, within: 类型, else: 0}]}
  - {id: D, title: 测评, max: 20, rules: [{award: {好: 20, 一般: 10, 差: 0}, votes: 民主测评}]}
  - {id: E, title: 处分, kind: penalty, rounds: each,
     rules: [{deduct: {警告: 2, 撤职: 5}, by: 处分, highest_per: 案件}]}
  - {id: F, title: 获奖, kind: bonus, rounds: none, max: 5, rules: [{award: 1, per: 获奖}]}
vetoes: [{title: 处分太多, if: {处分: {at_least: 3}}, total: 60}]
"""
)
UNITS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "甲支部", "乙支部", "乙支部", "丙支部", "丙支部"],
    "轮次": ["上半年", "下半年", "上半年", "下半年", "下半年", "上半年"],
    "类型": ["机关", "机关", "机关", "机关", "企业", "企业"],
    "完成数": [5, 8, 10, 2, 4, 3],
}
EVENTS: dict[str, list[Any]] = {
    "党支部": ["甲支部"] * 4 + ["乙支部"] * 3 + ["丙支部"] * 5,
    "轮次": [None, "上半年", None, None, None, "下半年", None, None, None, None, None, "下半年"],
    "事项": ["会议", "会议", "会议", "获奖", "会议", "处分", "获奖", "处分", "处分", "处分", "处分", "会议"],
    "日期": [
        *("2025-02-01", "2025-05-01", "2025-08-01", None),
        *("2025-11-01", "2025-09-01", "2025-03-03"),
        *("2025-01-01", "2025-02-01", "2025-07-01", "2025-08-01", "2025-12-31"),
    ],
    "级别": [None, None, None, None, None, "撤职", None, "警告", "撤职", "警告", "警告", None],
    "案件": [None, None, None, None, None, None, None, "王案", "王案", "李案", None, None],
}
BALLOTS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "甲支部", "乙支部", "乙支部", "丙支部", "丙支部"],
    "轮次": ["上半年", "下半年"] * 3,
    "测评项": ["民主测评"] * 6,
    "好": [5, 6, 2, 3, 9, 8],
    "一般": [1, 0, 3, 3, 0, 1],
    "差": [0, 0, 1, 0, 0, 0],
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(UNITS).write_parquet("e/单位.parquet")
    pl.DataFrame(EVENTS).with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    pl.DataFrame(BALLOTS).write_parquet("e/测评票.parquet")
    return tmp_path


def test_each_round_reads_its_own(desk: Path, capfd: Capture) -> None:
    found = both(capfd)
    first = {unit: [str(row[f"上半年 {node}"]) for node in "ABCDE"] for unit, row in found.items()}
    # 乙 has no meeting in the half, 5 of 10; of 机关 甲 is second; 甲: 110 ÷ 6, 乙: 70 ÷ 6; of one case the dearest
    assert first["甲支部"] == ["30.00", "15.00", "10.00", "18.33", "0.00"]
    assert first["乙支部"] == ["26.00", "30.00", "20.00", "11.67", "0.00"]
    assert first["丙支部"] == ["26.00", "9.00", "20.00", "20.00", "-5.00"]
    second = {unit: [str(row[f"下半年 {node}"]) for node in "ABCDE"] for unit, row in found.items()}
    assert second["丙支部"] == ["28.00", "15.00", "20.00", "18.89", "-4.00"]
    assert {unit: (str(row["F"]), row["vetoes"]) for unit, row in found.items()} == {
        "甲支部": ("1.00", ""),
        "乙支部": ("1.00", ""),
        "丙支部": ("0.00", "处分太多"),
    }


def test_votes_of_the_whole_are_those_of_all_rounds(desk: Path, capfd: Capture) -> None:
    node = "D, title: 测评, max: 20"
    Path("r.yaml").write_text(
        RUBRIC.replace(node, node.replace("max: 20", "max: 20, kind: bonus, rounds: none")), "utf-8"
    )
    found = both(capfd)
    # 甲: (11 × 20 + 1 × 10) ÷ 12; 乙: (5 × 20 + 6 × 10) ÷ 12
    assert [str(found[unit]["D"]) for unit in ("甲支部", "乙支部")] == ["19.17", "13.33"]
    rows = pl.DataFrame(BALLOTS).with_columns(pl.when(pl.col("党支部") != "甲支部").then(pl.col("轮次")).alias("轮次"))
    rows.write_parquet("e/测评票.parquet")
    assert str(both(capfd)["甲支部"]["D"]) == "19.17"


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("台账", {"轮次": ["下半年", *EVENTS["轮次"][1:]]}),
        ("台账", {"轮次": ["全年", *EVENTS["轮次"][1:]]}),
        ("台账", {"日期": [None, *EVENTS["日期"][1:]]}),
        ("台账", {"日期": ["2024-02-01", *EVENTS["日期"][1:]]}),
        ("台账", {"级别": [*EVENTS["级别"][:7], "开除", *EVENTS["级别"][8:]]}),
        ("台账", {"党支部": ["机关党委", *EVENTS["党支部"][1:]]}),
        ("测评票", {"轮次": ["全年", *BALLOTS["轮次"][1:]]}),
        ("测评票", {"好": [-1, *BALLOTS["好"][1:]]}),
    ],
)
def test_rows_of_rounds_with_errors(desk: Path, capfd: Capture, table: str, change: dict[str, list[Any]]) -> None:
    rows = pl.DataFrame({**(EVENTS if table == "台账" else BALLOTS), **change})
    rows = rows.with_columns(pl.col("日期").str.to_date()) if table == "台账" else rows
    rows.write_parquet(f"e/{table}.parquet")
    same_errors(capfd)
