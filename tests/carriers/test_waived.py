"""不适用 on columns: what does not count for a unit, and where the word is an error, as the exact engine has it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.carriers.test_panels import both, same_errors
from tests.support import HEAD

Capture = pytest.CaptureFixture[str]
RUBRIC = (
    HEAD
    + """rounding: {places: 2, total: 2, mode: half_up}
attributes: [类型]
measures: {培训: {blank: 0}}
sections:
  - {id: A, title: 完成, max: 40, if_na: rescale, rules: [{award: 40, ratio: 完成数, of: 任务数}]}
  - {id: B, title: 培训, max: 20, if_na: full, rules: [{deduct: 2, per: 培训}]}
  - {id: C, title: 评级, max: 20, start: 0, if_na: zero,
     rules: [{award: {优: 20, 良: 10}, by: 评级}, {deduct: 5, unless: 有计划}]}
  - {id: D, title: 其余, max: 20, rules: [{deduct: 1, per: 缺}]}
  - {id: E, title: 企业, max: 10, kind: bonus, only: {类型: 企业}, rules: [{award: 1, per: 奖}]}
"""
)
UNITS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "乙支部", "丙支部", "丁支部"],
    "类型": ["机关", "企业", "企业", "机关"],
    "完成数": ["3", "不适用", "2.5", "0"],
    "任务数": ["4", "不适用", "5", "2"],
    "培训": ["1", None, "不适用", "3"],
    "评级": ["优", "良", "不适用", "优"],
    "有计划": ["是", "否", "不适用", "是"],
    "缺": [1, 2, 3, 4],
    "奖": ["不适用", "2", "0", "不适用"],
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(UNITS).write_parquet("e/单位.parquet")
    return tmp_path


def test_what_is_not_applicable_does_not_count(desk: Path, capfd: Capture) -> None:
    found = both(capfd)
    points = {unit: [str(row[node]) for node in "ABCDE"] for unit, row in found.items()}
    assert points["甲支部"] == ["30.00", "18.00", "20.00", "19.00", "None"]
    assert points["乙支部"] == ["None", "20.00", "5.00", "18.00", "2.00"]
    assert points["丙支部"][:3] == ["20.00", "20.00", "None"]
    assert found["乙支部"]["total"] == Decimal("73.67")  # (20 + 5 + 18) × 100 ÷ 60 + 2


@pytest.mark.parametrize(
    "change",
    [
        {"完成数": ["不适用", *UNITS["完成数"][1:]]},
        {"有计划": ["不适用", *UNITS["有计划"][1:]]},
        {"缺": ["不适用", "2", "3", "4"]},
        {"奖": [None, None, "0", "不适用"]},
        {"评级": ["优", "良", None, "优"]},
        {"类型": ["不适用", "企业", "企业", "机关"]},
    ],
)
def test_where_it_is_an_error(desk: Path, capfd: Capture, change: dict[str, list[Any]]) -> None:
    pl.DataFrame({**UNITS, **change}).write_parquet("e/单位.parquet")
    same_errors(capfd)


def test_in_rounds(desk: Path, capfd: Capture) -> None:
    text = RUBRIC.replace("attributes:", "rounds: {上半年: 50%, 下半年: 50%}\nattributes:")
    Path("r.yaml").write_text(text.replace("kind: bonus", "kind: bonus, rounds: none"), "utf-8")
    second = pl.DataFrame({**UNITS, "培训": ["不适用", "2", "不适用", "1"], "奖": ["不适用", "不适用", "1", "不适用"]})
    parts = [pl.DataFrame(UNITS).with_columns(轮次=pl.lit("上半年")), second.with_columns(轮次=pl.lit("下半年"))]
    pl.concat(parts).write_parquet("e/单位.parquet")
    found = both(capfd)
    # what one half says is that of the whole
    assert [str(found[unit]["E"]) for unit in ("乙支部", "丙支部")] == ["2.00", "1.00"]
    assert [str(found["甲支部"][f"{half} B"]) for half in ("上半年", "下半年")] == ["18.00", "20.00"]
