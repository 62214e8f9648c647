"""What a cell means in a column of each kind."""

from datetime import date
from fractions import Fraction

import pytest

from dangjian_score.core.diagnostics import Code
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.facts.slots import percent_scale
from dangjian_score.evidence.sheets import BrokenCell, Content, RawCell
from dangjian_score.evidence.tables.cells import BarePercent, Good, Inapplicable, Reading, Unusable, read, settled
from dangjian_score.evidence.tables.remarks import remarks
from dangjian_score.rubric.measures import MeasureKind

F = Fraction
UNREADABLE, RANGE = Unusable(Code.UNREADABLE_CELL), Unusable(Code.OUT_OF_RANGE)


def measure(kind: MeasureKind) -> Measure:
    least = None if kind == "number" else F(0)
    return Measure("x", kind, least, F(1) if kind == "percent" else None, None, ("好", "一般"))


CELLS: list[tuple[MeasureKind, Content, Reading]] = [
    *[
        ("yes_no", text, Good(value=True))
        for text in ("是", "有", "√", "✓", "1", "达标", "合格", "Y", "y", "TRUE", " 是 ")
    ],
    *[("yes_no", text, Good(value=False)) for text in ("否", "无", "×", "✗", "0", "未达标", "不合格", "N", "false")],
    ("yes_no", F(1), Good(value=True)),
    ("yes_no", F(0), Good(value=False)),
    ("yes_no", True, Good(value=True)),
    ("yes_no", "也许", UNREADABLE),
    ("yes_no", F(2), UNREADABLE),
    ("count", F(3), Good(F(3))),
    ("count", "3", Good(F(3))),
    ("count", "３", Good(F(3), lenient=True)),
    ("count", "3次", Good(F(3), lenient=True)),
    ("count", "2 篇", Good(F(2), lenient=True)),
    ("count", "12人次", Good(F(12), lenient=True)),
    ("count", "3.0", Good(F(3))),
    ("count", F("2.5"), UNREADABLE),
    ("count", "三", UNREADABLE),
    ("count", "1/2", UNREADABLE),
    ("count", "1,200", Good(F(1200), lenient=True)),
    ("count", "12,345,678", Good(F(12_345_678), lenient=True)),
    ("number", "-1 234.5", Good(F("-1234.5"), lenient=True)),
    ("count", "1\u00a0234", Good(F(1234), lenient=True)),
    ("count", "1\u202f234", Good(F(1234), lenient=True)),
    ("count", "1，200 次", Good(F(1200), lenient=True)),
    ("count", "3　", Good(F(3), lenient=True)),
    *[
        ("count", text, UNREADABLE)
        for text in (
            "12,34",
            "1,2345",
            "1234,567",
            "1,234 567",
            "1 2",
            "3\n5",
            "⑤",
            "²",
            "3²",
            "½",
            "1⁄2",
            "٣",
            "𝟑",
            "o",
            "l",
        )
    ],
    ("yes_no", "①", UNREADABLE),
    ("yes_no", "未 达标", Good(value=False)),
    ("percent", "95 %", Good(F("0.95"))),
    ("percent", "1/3%", Good(F(1, 300))),
    ("percent", "9⑤%", UNREADABLE),
    ("date", "２０２４ 年 3 月 5 日", Good(F(738950))),
    ("date", "2024-3.5", UNREADABLE),
    ("date", "2024-03-0\n5", UNREADABLE),
    ("count", "-", UNREADABLE),
    ("count", F(-1), RANGE),
    ("count", date(2024, 3, 5), UNREADABLE),
    ("count", True, UNREADABLE),
    ("count", F(10**15), UNREADABLE),
    ("score", "1.5分", Good(F("1.5"), lenient=True)),
    ("score", F("-0.5"), RANGE),
    ("number", F("-0.5"), Good(F("-0.5"))),
    ("percent", "95%", Good(F("0.95"))),
    ("percent", "９５％", Good(F("0.95"))),
    ("percent", F("0.95"), BarePercent(F("0.95"))),
    ("percent", "95", BarePercent(F(95))),
    ("percent", "很多", UNREADABLE),
    ("level", "一般", Good("一般")),
    ("level", " 好 ", Good("好")),
    ("level", "无", Good("无")),
    ("level", "差", UNREADABLE),
    ("date", date(2024, 3, 5), Good(F(738950))),
    *[("date", text, Good(F(738950))) for text in ("2024-3-5", "2024.3.5", "2024/03/05", "2024年3月5日")],
    ("date", "2024-2-30", UNREADABLE),
    ("date", F(45000), UNREADABLE),
    *[("count", text, Inapplicable()) for text in ("不适用", "N/A", "n/a")],
    ("count", BrokenCell("formula", "=1"), Unusable(Code.CELL_ERROR)),
    ("count", BrokenCell("error", "#N/A"), Unusable(Code.CELL_ERROR)),
    ("count", BrokenCell("merged", "3"), Unusable(Code.MERGED_CELLS)),
    ("count", BrokenCell("beneath", "3", "4"), Unusable(Code.MERGED_CELLS)),
    ("count", BrokenCell("time", "12:30"), UNREADABLE),
    ("count", BrokenCell("scaled", "3", "0,"), UNREADABLE),
    ("text", BrokenCell("rich", "一~~二~~"), UNREADABLE),
]


@pytest.mark.parametrize(("kind", "content", "expected"), CELLS)
def test_reading(kind: MeasureKind, content: Content, expected: Reading) -> None:
    assert read(RawCell(content), measure(kind)) == expected


def test_text_in_a_workbook_that_is_a_number_is_noted() -> None:
    assert read(RawCell("3", typed=True), measure("count")) == Good(F(3), lenient=True)


def test_a_per_cent_format_settles_a_cell() -> None:
    assert read(RawCell(F("0.95"), percent=True), measure("percent")) == Good(F("0.95"))
    assert settled(BarePercent(F(95)), measure("percent"), 1) == RANGE  # 9500 %
    assert read(RawCell(F(3), percent=True), measure("count")) == UNREADABLE  # the sheet shows 300 %
    assert read(RawCell(F(1), percent=True), measure("yes_no")) == UNREADABLE


@pytest.mark.parametrize(
    ("kind", "cell", "guess"),
    [
        *[("count", RawCell(text), "0") for text in ("没有", "无", "零", "未发生", "o", "O")],
        *[("count", RawCell(text), "2") for text in ("两次", "二 次", "②", "٢")],
        ("count", RawCell("三篇"), "3"),
        ("count", RawCell("十二次"), "12"),
        ("count", RawCell("一百零五人"), "105"),
        ("count", RawCell("二十"), "20"),
        ("count", RawCell("1O"), "10"),
        ("count", RawCell("l"), "1"),
        ("count", RawCell(F(3), percent=True), "3"),
        ("number", RawCell("没有"), "0"),
        *[("yes_no", RawCell(text), "否") for text in ("没有", "零", "不是", "No")],
        *[("yes_no", RawCell(text), "是") for text in ("是的", "Yes")],
        ("percent", RawCell(F(95), percent=True), "95%"),
        ("percent", RawCell(F(95)), "95%"),
        ("percent", RawCell("九十五"), "95%"),
        *[("count", RawCell(text), "") for text in ("两三次", "三、四次", "3²", "½", "很多", "3\n5", "-l", "十十")],
        ("percent", RawCell(F(120), percent=True), ""),
        ("level", RawCell("没有"), ""),
    ],
)
def test_what_was_probably_meant(kind: MeasureKind, cell: RawCell, guess: str) -> None:
    assert remarks(cell, measure(kind))["guess"] == guess


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("3\n5", {"odd": "two lines", "guess": ""}),
        ("3\u200b5", {"odd": "unseen letters", "guess": ""}),
        ("½", {"odd": "other digits", "guess": ""}),
        ("两次", {"odd": "", "guess": "2"}),
        (BrokenCell("scaled", "3", '0"万"'), {"format": '0"万"'}),
        (BrokenCell("rich", "8~~5~~"), {"odd": "marked text"}),
        (BrokenCell("time", "12:30"), {}),
        (date(2024, 3, 5), {"dated": "2024-03-05"}),
    ],
)
def test_what_is_odd(content: Content, told: dict[str, str]) -> None:
    assert remarks(RawCell(content), measure("count")) == told


@pytest.mark.parametrize(
    ("column", "scale"),
    [
        (["0.95", "1", "0"], 1),
        (["95", "100", "0"], 100),
        (["0.95", "95"], None),
        (["95", "1"], None),
        (["1"], None),
        (["1", "0"], None),
        (["0", "0"], 1),
        ([], 1),
    ],
)
def test_bare_per_cents_are_judged_by_the_whole_column(column: list[str], scale: int | None) -> None:
    assert percent_scale([F(text) for text in column]) == scale
