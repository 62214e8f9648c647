"""Columns of types that the exact engine does not read, or figures that 64 bits do not hold, are told as ever."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]
SECTIONS = "sections: [{id: A, title: 缺, max: 10, rules: [{deduct: 1, per: 缺}]}]\n"
UNREAD = {
    "lists": pl.Series([[1], [2]]),
    "arrays": pl.Series([[1], [2]], dtype=pl.Array(pl.Int64, 1)),
    "structs with lists": pl.Series([{"a": [1]}, {"a": [2]}]),
    "128 bits": pl.Series([1, 2], dtype=pl.Int128),
    "128 bits without a sign": pl.Series([1, 2], dtype=pl.UInt128),
}
LARGE = {
    "64 bits without a sign": pl.Series([1, 2**63], dtype=pl.UInt64),
    "decimals": pl.Series([Decimal(1), Decimal(10**30)], dtype=pl.Decimal(38, 0)),
}


@pytest.fixture(params=["parquet", "arrow"])
def ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(HEAD + SECTIONS, "utf-8")
    return str(request.param)


def write(ending: str, **columns: object) -> str:
    frame = pl.DataFrame({"党支部": ["甲支部", "乙支部"], "缺": [1, 2], **columns})
    name = f"u.{ending}"
    if ending == "parquet":
        frame.write_parquet(name)
    else:
        frame.write_ipc(name)
    return name


@pytest.mark.parametrize("name", UNREAD)
@pytest.mark.parametrize("title", ["缺", "别的"])
def test_types_that_are_not_read(ending: str, capfd: Capture, name: str, title: str) -> None:
    source = write(ending, **{title: UNREAD[name]})
    told = [
        run(capfd, "score", "r.yaml", source, "-o", "c.parquet", "--engine", which) for which in ("columns", "exact")
    ]
    assert [(ran.code, Path("c.parquet").exists()) for ran in told] == [(3, False)] * 2
    assert told[0].err == told[1].err
    assert f"{source}: E028" in told[0].err


def test_structs_that_nobody_asked_for(ending: str, capfd: Capture) -> None:
    source = write(ending, 别的=pl.Series([{"a": 1}, {"a": 2}]))
    told = [
        run(capfd, "score", "r.yaml", source, "-o", "c.parquet", "--engine", which) for which in ("columns", "exact")
    ]
    assert [ran.code for ran in told] == [0 if ending == "parquet" else 3] * 2


@pytest.mark.parametrize("name", LARGE)
def test_figures_that_are_too_large(ending: str, capfd: Capture, name: str) -> None:
    """The exact engine has to tell it: two units are few enough for that."""
    source = write(ending, 缺=LARGE[name])
    ran = run(capfd, "score", "r.yaml", source, "-o", "c.parquet")
    assert (ran.code, f"{source}!B3: E022" in ran.err) == (3, True)
    assert run(capfd, "score", "r.yaml", source, "-o", "c.parquet", "--engine", "columns").code == 2
