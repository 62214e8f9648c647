"""Names of units that columns take as they stand: whatever may be none is looked at by the exact engine."""

import re
from random import Random

import polars as pl
import pytest

from dangjian_score.columnar.odd import is_doubtful, is_sure
from dangjian_score.evidence.tables import blocks, cells, rows

NAMES = 60_000
WORDS = ("支部", "党支部", "单位", "合计", "小计", "平均", "中位", "占比", "满分", "页", "第", "第一", "12", "镇", "栏")


def test_names_without_doubt_are_names() -> None:
    """Names are put together of all that the tests of lines without a unit look for."""
    values = [value for module in (blocks, rows, cells) for value in vars(module).values()]
    patterns = [value.pattern for value in values if isinstance(value, re.Pattern)]
    pieces = [*sorted({piece for pattern in patterns for piece in re.findall("[一-鿿]{1,4}|[0-9]", pattern)}), *WORDS]
    draw = Random(3)  # noqa: S311
    made = {"".join(draw.choices(pieces, k=draw.randint(1, 4))) for _ in range(NAMES)}
    names = pl.DataFrame({"name": sorted(made)}).filter(~is_doubtful(pl.col("name")))["name"]
    assert len(names) > NAMES // 10
    assert [name for name in names if not is_sure(name, ())] == []


DOUBTFUL = ["甲", "", "甲" * 61, "甲 支部", "甲支部\n", "Ａ支部", "3支部", "支部3", "上级合计", "甲章节"]


@pytest.mark.parametrize("name", DOUBTFUL)
def test_names_with_a_doubt(name: str) -> None:
    """Too short or too long, of other characters than Chinese ones and digits, or like the lines of totals."""
    assert pl.select(is_doubtful(pl.lit(name))).item()


@pytest.mark.parametrize("name", ["甲乙", "甲" * 60, "甲支部", "甲3支部"])
def test_names_without_one(name: str) -> None:
    assert not pl.select(is_doubtful(pl.lit(name))).item()
