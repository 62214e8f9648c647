"""Documents on screens, in workbooks and as data: figures are rounded where they are shown, and nowhere else."""

import json
from fractions import Fraction
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from rich.console import Console

from dangjian_score.engine.compare import ComparedResult, Got, OutcomeItem, UnitOutcome, compare
from dangjian_score.report.document import Change, Data, Document, DocumentColumn, Points, Table, data_json
from dangjian_score.report.formatting import COUNT, PLAIN, FigureFormat, exact, shown, written
from dangjian_score.report.screen import on_screen
from dangjian_score.report.sheets import document_xlsx, number_format
from dangjian_score.report.views.comparison import Sides, comparison_data, comparison_document
from dangjian_score.words.say import load_words

ZH = load_words("zh")
THIRDS = Fraction(22, 3)


def lines(document: Document, width: int = 80) -> list[str]:
    text = StringIO()
    console = Console(file=text, width=width)
    for part in on_screen(document, width):
        console.print(part)
    return [" ".join(line.split()) for line in text.getvalue().splitlines()]


def cells(document: Document) -> dict[str, list[list[object]]]:
    book = load_workbook(BytesIO(document_xlsx(document)))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (THIRDS, PLAIN, "7.3333…"),
        (THIRDS, FigureFormat(2), "7.33"),
        (Fraction("0.125"), FigureFormat(2), "0.13"),
        (Fraction("-0.125"), FigureFormat(2, signed=True), "-0.13"),
        (Fraction("0.5"), FigureFormat(2, signed=True), "+0.50"),
        (Fraction(0), FigureFormat(2, signed=True), "0.00"),
        (Fraction(1, 300), FigureFormat(2, signed=True), "+0.0033…"),
        (Fraction("-0.001"), FigureFormat(2, signed=True), "-0.001"),
        (Fraction(1, 3000), FigureFormat(1, signed=True, percent=True), "0.0%"),
        (Fraction(2, 3), FigureFormat(1, percent=True), "66.7%"),
        (12, COUNT, "12"),
    ],
)
def test_figures_as_text(value: int | Fraction, form: FigureFormat, text: str) -> None:
    assert written(value, form) == text


def test_what_is_shown_rounded_is_known_exactly() -> None:
    assert (shown(THIRDS, 2), exact(THIRDS, 2)) == ("7.33", "22/3")
    assert (shown(Fraction("0.125"), 2), exact(Fraction("0.125"), 2)) == ("0.13", "0.125")
    assert (shown(Fraction("7.5"), 2), exact(Fraction("7.5"), 2)) == ("7.50", None)


def test_number_formats_of_spreadsheets() -> None:
    formats = [
        number_format(form) for form in (PLAIN, COUNT, FigureFormat(2), FigureFormat(1, signed=True, percent=True))
    ]
    assert formats == ["General", "0", "0.00", "+0.0%;-0.0%;0.0%"]


def test_data_name_what_is_rounded_beside_it() -> None:
    data: dict[str, Data] = {
        "one": {"a": Points(THIRDS, 2), "b": Points(Fraction(7), 2), "max": Fraction("0.5"), "all": [True, None]}
    }
    told = json.loads(data_json("test/1", data, (), ZH))
    assert told["one"] == {"a": "7.33", "b": "7.00", "max": "0.5", "all": [True, None], "a_exact": "22/3"}


def document(rows: int) -> Document:
    columns = [
        DocumentColumn("单位", unit=True, once=True),
        DocumentColumn("名次", PLAIN, on="screen"),
        DocumentColumn("名次（后）", PLAIN, on="sheet"),
        DocumentColumn("分", FigureFormat(2)),
        DocumentColumn("上限", PLAIN),
        DocumentColumn("备注"),
    ]
    figures = [("甲", Change(2, 1), 1, THIRDS, Fraction(1, 3), None), ("甲", Change(1, 1), 1, Fraction(1), None, None)]
    table = Table("表", columns, figures[:rows], "标题", ["注"], figures[:1], f"另有 {rows - 1} 行", "没有行")
    return Document("题目", [Table("首", [DocumentColumn("栏")], [("值",)]), table], lead=["要点"], notes=["末"])


def test_a_table_on_a_screen() -> None:
    told = lines(document(2))
    assert told[:2] == ["题目", "要点"]
    assert told[7:9] == ["标题", "单位 名次 分 上限"]  # nothing stands under 备注
    assert told[-5] == "甲 2→1 7.33 0.3333…"
    assert told[-4:] == ["另有 1 行", "注", "", "末"]
    assert lines(document(0))[6:] == ["", "没有行", "", "末"]


def test_a_table_on_a_sheet() -> None:
    sheets = cells(document(2))
    assert [row[0] for row in sheets["首"]] == ["题目", "要点", "末", "栏", "值"]
    assert [row[0] for row in sheets["表"][:3]] == ["题目", "标题", "注"]
    assert sheets["表"][3:] == [
        ["单位", "名次（后）", "分", "上限"],
        ["甲", 1, float(THIRDS), "0.3333…"],
        ["甲", 1, 1, None],
    ]
    assert {name: [row[0] for row in rows] for name, rows in cells(document(0)).items()} == {
        "首": ["题目", "要点", "末", "没有行", "栏", "值"]
    }


def outcome(points: Fraction) -> ComparedResult:
    node = Got(OutcomeItem("A", "述职", "base", Fraction(10)), points, points, ())
    total = Fraction(round(points * 100), 100)
    return ComparedResult("r", "试", "0", "0", (UnitOutcome("一支部", 1, total, None, {None: (node,)}),), {}, 2, 2)


def test_points_without_an_end_are_compared_exactly() -> None:
    comparison = compare(outcome(THIRDS), outcome(Fraction("7.33")))
    sides = Sides(("a", "b"))
    (item,) = json.loads(data_json("test/1", comparison_data(comparison, sides), (), ZH))["items"]
    assert (item["a"], item["b"], item["difference"]) == ("7.33", "7.33", "0.00")
    assert (item["a_exact"], item["difference_exact"], "b_exact" in item) == ("22/3", "-1/300", False)
    told = comparison_document(comparison, sides, "党支部", ZH)
    assert "一支部 A 述职 10 7.33 7.33 -0.0033…" in lines(told)
    assert cells(told)["项目"][-1] == ["一支部", "A", "述职", 10, float(THIRDS), 7.33, pytest.approx(-1 / 300)]
