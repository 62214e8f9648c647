"""Numbers of clauses as regulations write them, and which of those declared nothing stands for."""

import pytest

from dangjian_score.checks.openness import uncovered


@pytest.mark.parametrize(
    ("declared", "named", "missing"),
    [
        ("1-3", ["1", "2", "3"], ()),
        ("1-3", ["1", "3"], ("2",)),
        ("1–3、5", ["2"], ("1", "3", "5")),
        ("第一条至第三条", ["第 2 条"], ("第一条", "第三条")),
        ("第九条至第十二条", [], ("第九条", "第十条", "第十一条", "第十二条")),
        ("一（一）至一（三）、二", ["一（一）", "一（三）", "二（4）"], ("一（二）",)),
        ("六（二）1 至 3", ["六（二）2"], ("六（二）1", "六（二）3")),
        ("一（一）至一（三）", ["一"], ()),
        ("一", ["一（三）2"], ()),
        ("二十、一百零三", ["20", "103"], ()),
        ("18-21", ["第 18 条", "十九", "20、21"], ()),
        ("第 9 项", ["第 9 项，第 10 项"], ()),
        ("1-2000", ["1"], ("2000",)),  # no range: its ends are two clauses
        ("3 至 1", ["1"], ("3",)),
        ("至 3", [], ()),
        ("附则", [], ()),
        ("98-101", ["98"], ("99", "100", "101")),
        ("九十八至一百零一", ["98"], ("九十九", "100", "101")),
    ],
)
def test_which_clauses_nothing_stands_for(declared: str, named: list[str], missing: tuple[str, ...]) -> None:
    assert uncovered(declared, named) == missing
