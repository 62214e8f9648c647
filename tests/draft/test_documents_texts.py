"""Texts are read line by line, freed of what pages and programs left in them."""

import pytest

from dangjian_score.draft.documents.blocks import Grid, Paragraph
from tests.draft.documents_made import blocks, grid, shown, texts


def lines(text: str, name: str = "细则.txt") -> list[str]:
    return texts(text.encode(), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_texts_in_all_encodings(encoding: str) -> None:
    assert blocks("考核细则\r\n\r\n  一、组织 (20分)\r\n".encode(encoding), "a.txt") == (
        Paragraph("考核细则", "", None, 1),
        Paragraph("一、组织 (20分)", "", None, 3),
    )


def test_letters_that_are_not_seen_are_taken_out() -> None:
    assert lines("\u00a0\u00a0一、\u200b组织\u00a05\u00a0分\ufeff\nparty\u00a0building\u00a05\n") == [
        "一、组织5分",
        "party building 5",
    ]


WRAPPED = """\
关于印发考核细则的通知
为深入贯彻落实全面从严治党要求，进一步加强基层党支部建设，不断提高党
支部工作质量，根据《中国共产党支部工作条例（试行）》，结合公司实际，制定
本细则。
一、组织建设（20分）
1. 支部委员会健全，按期换届，未按期换届的扣5分，委员缺额六个月以上未增补
的扣2分。
2.党费收缴及时足额，每延迟一个月扣0.5分。
"""


def test_lines_that_a_margin_broke_are_joined() -> None:
    assert [
        (block.text, block.line) for block in blocks(WRAPPED.encode(), "a.txt") if isinstance(block, Paragraph)
    ] == [
        ("关于印发考核细则的通知", 1),
        (
            "为深入贯彻落实全面从严治党要求，进一步加强基层党支部建设，不断提高党支部工作质量，"
            "根据《中国共产党支部工作条例（试行）》，结合公司实际，制定本细则。",
            2,
        ),
        ("一、组织建设（20分）", 5),
        ("1. 支部委员会健全，按期换届，未按期换届的扣5分，委员缺额六个月以上未增补的扣2分。", 6),
        ("2.党费收缴及时足额，每延迟一个月扣0.5分。", 8),
    ]


@pytest.mark.parametrize(
    "number",
    ["4", "- 4 -", "— 4 —", "-4-", "第 4 页 共 9 页", "第4页", "第四页，共九页", "Page 4 of 9", "·4·", "\n\n  4\n\n"],
)
def test_a_page_number_within_a_sentence_is_left_out(number: str) -> None:
    before, _, after = WRAPPED.partition("支部工作质量")
    assert lines(f"{before}{number}\n支部工作质量{after}") == lines(WRAPPED)


def test_numbers_of_pages_count_up_a_page_apart() -> None:
    page = "支部党员大会每季度至少召开一次。\n" * 8
    assert lines(f"{page}1\n{page}2\n{page}3\n") == lines(page * 3)


@pytest.mark.parametrize(
    "text",
    [
        "考核项目\n分值\n三会一课\n10\n主题党日\n5\n",
        "满分\n100\n",
        "5\n",
        "1\n2\n3\n",
        f"{'支部工作有计划、有总结。' * 2}\n7\n合计\n",
    ],
)
def test_figures_of_tables_that_were_copied_cell_by_cell_stay(text: str) -> None:
    assert lines(text) == text.split()


NATURAL = [
    "支部党员大会每季度至少召开一次，每少一次扣2分\n支部委员会每月召开一次，每少一次扣1分\n党小组会每月召开一次，每少一次扣1分\n",
    "考核内容\n评分标准\n分值\n党支部标准化规范化建设情况考核评价指标体系\n组织生活会\n民主评议党员\n",
    "一、组织建设\n支部班子健全，按期换届；\n二、党员教育\n党员每年集中学习培训时间不少于三十二学时，书记不少于五十六学时。\n",
    "第一条 为了加强建设，制定本细则。\n第二条 本细则适用于公司所属各党支部的年度考核评价工作\n第三条 坚持实事求是\n",
]


@pytest.mark.parametrize("text", NATURAL)
def test_lines_that_nobody_broke_stay_apart(text: str) -> None:
    assert lines(text) == text.split("\n")[:-1]


def test_items_and_labels_in_broken_text_begin_lines() -> None:
    full = "支部委员会健全，按期换届，委员缺额六个月以内增补，书记由党员负责人担任"
    begins = [
        "二、党员教育",
        "（三）党费",
        "2. 党费",
        "3、党费",
        "(4) 党费",
        "①党费",
        "第五条 党费",
        "附件：表",
        "评分标准：查",
        "1.2 党费",
    ]
    text = f"{full}\n{full}，不得\n空缺。\n" + "".join(f"{full}\n{begin}\n" for begin in begins)
    found = lines(text)
    assert found[0] == f"{full}{full}，不得空缺。"
    assert found[1:] == [line for begin in begins for line in (full, begin)]


def test_words_of_latin_letters_stay_apart_and_figures_together() -> None:
    text = (
        "支部组织生活按照规定要求开展好并且在年底以前要报送总结材料到组织部ab\n"
        "cd平台，学习时间不少于三十二学时，书记不少于五十六学时，每缺少一学时扣1\n.5分。\n"
    )
    assert lines(text)[0] == (
        "支部组织生活按照规定要求开展好并且在年底以前要报送总结材料到组织部ab cd平台，"
        "学习时间不少于三十二学时，书记不少于五十六学时，每缺少一学时扣1.5分。"
    )


def test_lines_with_as_many_tabs_are_a_table() -> None:
    found = blocks("细则\n序号\t内容\t分值\n1\t三会一课\t10\n2\t\t5\n完\n".encode(), "a.txt")
    assert [block.text for block in found if isinstance(block, Paragraph)] == ["细则", "完"]
    assert isinstance(found[1], Grid)
    assert (found[1].number, shown(found[1])) == (
        1,
        [["序号", "内容", "分值"], ["1", "三会一课", "10"], ["2", "", "5"]],
    )


def test_cells_of_several_lines_are_pasted_between_quotes() -> None:
    text = '"内容\n要求"\t分值\r\n换届\t"按期\r\n""换届"""\n完'
    assert shown(grid(text.encode(), "a.txt")) == [["内容\n要求", "分值"], ["换届", '按期\n"换届"']]
    assert blocks(text.encode(), "a.txt")[1] == Paragraph("完", "", None, 5)
    assert lines('甲\t"乙\n丙\n') == ['甲\t"乙', "丙"]


def test_items_whose_numbers_a_tab_parts_are_no_table() -> None:
    assert lines("一、\t组织\n（1）\t换届\n2.\t增补\n") == ["一、\t组织", "（1）\t换届", "2.\t增补"]


def test_markdown_is_read() -> None:
    above = "# 考核细则\n\n## 组织建设（20分） ##\n\n**换届**：按期\n\n"
    text = f"{above}| 内容 | 分值 |\n|:---|---:|\n| 换届 | 5 |\n| 甲\\|乙<br>丙 | |\n"
    found = blocks(text.encode(), "a.md")
    assert found[:3] == (
        Paragraph("考核细则", "", 1, 1),
        Paragraph("组织建设（20分）", "", 2, 3),
        Paragraph("换届：按期", "", None, 5),
    )
    assert shown(grid(text.encode(), "a.md")) == [["内容", "分值"], ["换届", "5"], ["甲|乙\n丙", ""]]
