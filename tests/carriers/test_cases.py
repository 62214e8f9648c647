"""`highest_per` over several rules on columns: of each case the event that the exact engine keeps."""

from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.carriers.test_panels import both
from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]
RUBRIC = (
    HEAD
    + """rounding: {places: 2, total: 2, mode: half_up}
measures:
  处分: {register: true, levels: [警告, 记过, 撤职]}
  通报: {register: true}
  约谈: {register: true, levels: [县级, 市级]}
sections:
  - {id: A, title: 基础, max: 90, rules: [{deduct: 1, per: 缺}]}
  - id: B
    title: 违纪
    kind: penalty
    highest_per: 案件
    items:
      - {id: B1, title: 处分, floor: -9, rules: [{deduct: {警告: 2, 记过: 3.5, 撤职: 8}, by: 处分, highest_per: 案件}]}
      - {id: B2, title: 通报, rules: [{deduct: 1.25, per: 通报}]}
      - {id: B3, title: 约谈, floor: -1, rules: [{deduct: {县级: 0.4, 市级: 1/3}, by: 约谈}]}
"""
)
NAMES = [f"第{at}支部" for at in range(40)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame({"党支部": NAMES, "缺": [at % 7 for at in range(40)]}).write_parquet("e/单位.parquet")
    return tmp_path


def events(seed: int) -> pl.DataFrame:
    """Draw events, no two alike, a case of some."""
    draw, rows = Random(seed), dict[tuple[object, ...], None]()  # noqa: S311
    levels = {"处分": ("警告", "记过", "撤职"), "通报": (None,), "约谈": ("县级", "市级")}
    for _ in range(160):
        event = draw.choice([*levels])
        case = draw.choice(("一案", "二案", "三案", None))
        rows[draw.choice(NAMES), event, draw.choice(levels[event]), case, f"2025-0{draw.randint(1, 9)}-11"] = None
    return pl.DataFrame([*rows], schema=["党支部", "事项", "级别", "案件", "日期"], orient="row").with_columns(
        pl.col("日期").str.to_date()
    )


@pytest.mark.parametrize("kind", ["kind: penalty", "kind: penalty\n    floor: -12"])
def test_of_a_case_the_dearest_counts(desk: Path, capfd: Capture, kind: str) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("kind: penalty", kind), "utf-8")
    for seed in range(3):
        events(seed).write_parquet("e/台账.parquet")
        found = both(capfd)
        assert len({row["B"] for row in found.values()}) > 5


def test_scopes_within_scopes(desk: Path, capfd: Capture) -> None:
    lines = RUBRIC.replace("- {id: B3, title: 约谈,", "- {id: B3, title: 约谈, highest_per: [案件, 级别],")
    Path("r.yaml").write_text(lines, "utf-8")
    events(5).write_parquet("e/台账.parquet")
    both(capfd)


TIED = {"党支部": NAMES[:1] * 3, "事项": ["处分", "通报", "通报"], "级别": ["警告", None, None], "案件": ["一案"] * 3}


@pytest.mark.parametrize("days", [["2025-03-01", "2025-02-01", None], [None, "2025-02-01", "2025-04-01"]])
def test_of_equal_events_the_first_counts(desk: Path, capfd: Capture, days: list[str | None]) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("deduct: 1.25", "deduct: 2"), "utf-8")
    rows = pl.DataFrame({**TIED, "日期": days})
    rows.with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    row = both(capfd)[NAMES[0]]
    assert (str(row["B1"]), str(row["B2"])) == ("0.00", "-2.00")


def test_ties_between_rules_on_a_day_are_for_the_exact_engine(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(RUBRIC.replace("deduct: 1.25", "deduct: 2"), "utf-8")
    rows = pl.DataFrame({**TIED, "日期": ["2025-02-01", "2025-02-01", "2025-03-01"]})
    rows.with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "不能按列计分：几条规则共用的 highest_per，按列分不清取哪一件（案件）；改为" in ran.err) == (
        0,
        True,
    )


@pytest.mark.parametrize("column", ["案件", "日期"])
def test_registers_without_cases_or_days(desk: Path, capfd: Capture, column: str) -> None:
    events(7).drop(column).unique(maintain_order=True).write_parquet("e/台账.parquet")
    both(capfd)
