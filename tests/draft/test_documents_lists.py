"""The numbers that Word makes are read as they print."""

import pytest

from dangjian_score.draft.documents.numerals import numeral
from tests.draft.documents_made import blocks, definition, docx, in_list, level, p, style, table, tc, texts, tr, use

CHAPTERS = definition(
    1,
    level(0, "%1、", "chineseCounting"),
    level(1, "（%2）", "chineseCounting"),
    level(2, "%3."),
    level(3, "(%4)"),
)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("decimal", {1: "1", 12: "12"}),
        ("decimalZero", {1: "01", 12: "12"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九"}),
        (
            "chineseCountingThousand",
            {10: "十", 101: "一百零一", 110: "一百一十", 1003: "一千零三", 9999: "九千九百九十九"},
        ),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 21: "贰拾壹"}),
        ("ideographDigital", {1: "一", 10: "一〇"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥", 13: "13"}),
        ("japaneseCounting", {3: "三", 12: "十二"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedCircleChinese", {2: "②"}),
        ("decimalFullWidth", {12: "１２"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 53: "AAA", 100_000: "100000"}),
        ("lowerLetter", {2: "b"}),
        ("upperRoman", {4: "IV", 1999: "MCMXCIX", 4000: "4000"}),
        ("lowerRoman", {9: "ix"}),
        ("none", {1: ""}),
        ("hebrew1", {3: "3"}),
    ],
)
def test_numbers_are_written_in_every_format(form: str, expected: dict[int, str]) -> None:
    assert {number: numeral(number, form) for number in expected} == expected


def test_levels_count_and_begin_anew_below_each_other() -> None:
    content = [
        ("组织", 0),
        ("班子", 1),
        ("换届", 2),
        ("增补", 2),
        ("书记", 1),
        ("任职", 2),
        ("细", 3),
        ("教育", 0),
        ("学习", 1),
    ]
    lists = CHAPTERS + use(7, 1)
    assert texts(docx("".join(in_list(text, 7, at) for text, at in content), numbering=lists)) == [
        "一、组织", "（一）班子", "1.换届", "2.增补", "（二）书记", "1.任职", "(1)细", "二、教育", "（一）学习",
    ]  # fmt: skip


def test_a_level_prints_those_above_it_which_count_from_then_on() -> None:
    lists = definition(
        1, level(0, "第%1章", "chineseCounting"), level(1, "%1.%2"), level(2, "%1.%2.%3", more="<w:isLgl/>")
    )
    content = (
        in_list("甲", 1, 1) + in_list("乙", 1, 0) + in_list("丙", 1, 0) + in_list("丁", 1, 1) + in_list("戊", 1, 2)
    )
    assert texts(docx(content, numbering=lists + use(1, 1))) == ["一.1甲", "第二章乙", "第三章丙", "三.1丁", "3.1.1戊"]


def test_lists_of_one_definition_count_together_unless_one_begins_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    lists = definition(1, level(0, "%1.")) + use(1, 1) + use(2, 1) + use(3, 1, anew)
    content = "".join(in_list("条", list_) for list_ in (1, 2, 3, 3, 1))
    assert texts(docx(content, numbering=lists)) == ["1.条", "2.条", "5.条", "6.条", "7.条"]


def test_a_list_may_change_a_level_and_levels_need_not_begin_anew() -> None:
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "【%1】", start=3)}</w:lvlOverride>'
    through = level(1, "%2)", more='<w:lvlRestart w:val="0"/>')
    lists = definition(1, level(0, "%1."), through) + use(1, 1) + definition(2, level(0, "%1.")) + use(2, 2, other)
    content = [in_list("甲", 1), in_list("子", 1, 1), in_list("乙", 1), in_list("丑", 1, 1), in_list("丙", 2)]
    assert texts(docx("".join(content), numbering=lists)) == ["1.甲", "1)子", "2.乙", "2)丑", "【3】丙"]


def test_a_level_begins_anew_only_below_the_one_it_names() -> None:
    lists = definition(1, level(0, "%1."), level(1, "%2)"), level(2, "(%3)", more='<w:lvlRestart w:val="1"/>'))
    content = [("甲", 0), ("子", 1), ("鼠", 2), ("丑", 1), ("牛", 2), ("乙", 0), ("寅", 1), ("虎", 2)]
    assert texts(docx("".join(in_list(*each[:1], 1, each[1]) for each in content), numbering=lists + use(1, 1))) == [
        "1.甲", "1)子", "(1)鼠", "2)丑", "(2)牛", "2.乙", "1)寅", "(1)虎",
    ]  # fmt: skip


def test_numbers_come_from_the_style_of_a_paragraph_and_those_it_is_based_on() -> None:
    lists = definition(
        1, level(0, "%1、", "chineseCounting", '<w:pStyle w:val="a"/>'), level(1, "%2.", more='<w:pStyle w:val="b"/>')
    ) + use(4, 1)
    number = '<w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr>'
    styles = style("a", "章", number) + style("b", "条", number) + style("c", "款", based_on="b")
    content = "".join(p(text, f'<w:pStyle w:val="{id_}"/>') for text, id_ in (("甲", "a"), ("乙", "b"), ("丙", "c")))
    without = p("丁", '<w:pStyle w:val="a"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert texts(docx(content + without, numbering=lists, styles=styles)) == ["一、甲", "1.乙", "2.丙", "丁"]


def test_a_list_may_lead_to_another_by_a_style() -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="s"/></w:abstractNum>'
        + definition(2, level(0, "第%1条", "chineseCounting"))
        + use(1, 1)
        + use(2, 2)
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="s"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    assert texts(docx(in_list("甲", 1), numbering=lists, styles=styles)) == ["第一条甲"]


def test_lists_without_numbers_have_a_sign_that_can_be_printed() -> None:
    picture = level(1, "l", "bullet", '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>')
    lists = definition(1, level(0, "※", "bullet"), picture, level(2, "\uf0d8", "bullet"), level(3, "", "none")) + use(
        1, 1
    )
    content = "".join(in_list("条", 1, at) for at in range(4))
    assert texts(docx(content, numbering=lists)) == ["※条", "•条", "•条", "条"]


def test_numbers_are_apart_from_text_and_stand_in_cells_too() -> None:
    (paragraph, grid) = blocks(
        docx(
            in_list("甲", 1) + table(tr(tc(in_list("", 1)), tc(in_list("5分", 1), "说明", in_list("乙", 2)))),
            numbering=definition(1, level(0, "%1.")) + use(1, 1) + definition(2, level(0, "%1、")) + use(2, 2),
        )
    )
    assert (paragraph.number, paragraph.text) == ("1.", "甲")  # type: ignore[union-attr]
    assert [[cell.text for cell in row] for row in grid.rows] == [["2.", "3. 5分\n说明\n1、乙"]]  # type: ignore[union-attr]


@pytest.mark.parametrize("list_", ["9", "x", "99999999999999999999"])
def test_a_list_that_is_not_there_has_no_numbers(list_: str) -> None:
    assert texts(docx(in_list("甲", list_), numbering=CHAPTERS)) == ["甲"]
    assert texts(docx(in_list("甲", list_), numbering="")) == ["甲"]


def test_an_empty_paragraph_of_a_list_counts_as_it_prints() -> None:
    lists = definition(1, level(0, "%1.")) + use(1, 1)
    assert texts(docx(in_list("甲", 1) + in_list("", 1) + in_list("乙", 1), numbering=lists)) == ["1.甲", "3.乙"]
