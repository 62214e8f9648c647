"""Rows looked up by their keys: by the place that follows from these, or by a join, with the same outcome."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dangjian_score.columnar import parts
from dangjian_score.columnar.parts import Here, Parts

KEYS = st.lists(st.tuples(st.booleans(), st.integers(-40, 40)), min_size=1, max_size=30)
SCHEMA = {"·unranked": pl.Boolean, "·standing 0": pl.Int64}


def _looked_up(units: pl.DataFrame, rows: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return Parts((units.lazy(),), Here()).looked_up(rows, on).collect()


@given(KEYS)
def test_by_place_as_by_a_join(keys: list[tuple[bool, int]]) -> None:
    on = [*SCHEMA]
    units = pl.DataFrame(keys, SCHEMA, orient="row").with_row_index("at")
    rank = {key: at for at, key in enumerate(sorted(set(keys)), start=1)}
    rows = units.select(on).unique().with_columns(pl.struct(on).rank("dense").cast(pl.Int64).alias("rank"))
    rows = rows.with_columns(pl.format("第{}名", "rank").alias("named"))
    assert parts._places(rows, on, 1_000) is not None  # noqa: SLF001  none of these is joined
    found = _looked_up(units, rows, on)
    assert found["rank"].to_list() == [rank[key] for key in keys]
    assert found["named"].to_list() == [f"第{rank[key]}名" for key in keys]
    assert found.columns == ["at", *on, "rank", "named"]


@pytest.mark.parametrize(
    "keys",
    [
        pl.Series("key", [3, None, 5]),
        pl.Series("key", ["甲", "乙", None]),
        pl.Series("key", [0, 1, 1_000_000_000]),
        pl.Series("key", [-(2**62), 0, 2**62]),
        pl.Series("key", [], dtype=pl.Int64),
    ],
    ids=["nulls", "words", "far apart", "very far apart", "none"],
)
def test_keys_that_are_joined(keys: pl.Series) -> None:
    rows = pl.DataFrame([keys]).with_row_index("rank")
    assert parts._places(rows, ["key"], 1_000) is None  # noqa: SLF001
    units = pl.concat([rows, rows.reverse()]).select("key")
    expected = [*rows["rank"], *reversed(rows["rank"].to_list())]
    assert_frame_equal(_looked_up(units, rows, ["key"]), units.with_columns(pl.Series("rank", expected, pl.UInt32)))


def test_keys_as_far_apart_as_plans_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is sent holds few places; else there may be twice as many as rows."""
    monkeypatch.setattr(parts, "_PLACES", 10)
    rows = pl.DataFrame({"key": range(0, 40, 2), "rank": range(20)})
    looked_up = Parts((rows.lazy(),), Here()).looked_up(rows, ["key"]).frames[0].explain()
    joined = Parts((rows.lazy(),), _Elsewhere()).looked_up(rows, ["key"]).frames[0].explain()
    assert ("JOIN" in looked_up, "JOIN" in joined) == (False, True)


class _Elsewhere(Here):
    sends_plans = True
