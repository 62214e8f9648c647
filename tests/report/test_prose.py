"""Text folded as Chinese is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dangjian_score.report.folding import folded

TEXT = st.text(st.sampled_from("甲乙丙，。；（）“”、12.5% ab-:"), max_size=60)


@pytest.mark.parametrize(
    ("line", "width", "parts"),
    [
        ("满分 1 分；应 4 次", 11, ["满分 1 分；", "应 4 次"]),
        ("平时抽查 88.25 × 10%", 16, ["平时抽查", "88.25 × 10%"]),
        ("（限 0–20）分", 9, ["（限", "0–20）分"]),
        ("应 4，实 3，少 1", 9, ["应 4，", "实 3，", "少 1"]),
        ("有（甲、乙）的", 6, ["有", "（甲、", "乙）的"]),
        ("证据.xlsx!汇总表!D10 E10", 14, ["证据.xlsx!汇总", "表!D10 E10"]),
        ("for each quarter", 9, ["for each", "quarter"]),
        ("  一二三四五", 8, ["  一二三", "  四五"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("（省部级 2024-03-05 2 分）", 18, ["（省部级", "2024-03-05 2 分）"]),
        ("", 5, [""]),
    ],
)
def test_where_lines_break(line: str, width: int, parts: list[str]) -> None:
    assert list(folded(line, width)) == parts


@given(TEXT, st.integers(2, 30))
def test_nothing_is_lost_and_nothing_is_wider(line: str, width: int) -> None:
    parts = list(folded(line, width))
    assert all(cell_len(part) <= width for part in parts)
    assert "".join("".join(parts).split()) == "".join(line.split())
