"""Documents of Word are read as they print: texts, headings, tables, in their order."""

from io import BytesIO

import docx as word
import pytest
from docx.enum.text import WD_BREAK

from dangjian_score.draft.documents.blocks import Grid, GridCell, Paragraph
from tests.draft.documents_made import areas, blocks, covered_soundly, docx, grid, p, shown, style, table, tc, texts, tr
from tests.hostile_papers import DOCUMENT, packed, parts_of, run, saved


def test_paragraphs_and_tables_come_in_their_order() -> None:
    paper = word.Document()
    paper.add_heading("党支部考核细则", 0)
    paper.add_paragraph("")
    paper.add_heading("组织建设", 1)
    paper.add_paragraph("　　按期换届。")
    made = paper.add_table(1, 2)
    made.cell(0, 0).text, made.cell(0, 1).text = "内容", "分值"
    paper.add_paragraph("附则")
    assert blocks(saved(paper)) == (
        Paragraph("党支部考核细则", "", 0, 1),
        Paragraph("组织建设", "", 1, 3),
        Paragraph("按期换届。", "", None, 4),
        Grid(1, "", ((GridCell("内容", 1, 1, 1, 1), GridCell("分值", 1, 2, 1, 1)),)),
        Paragraph("附则", "", None, 5),
    )


def test_breaks_and_tabs_in_a_paragraph_stay() -> None:
    paper = word.Document()
    line = paper.add_paragraph().add_run("一行")
    line.add_break()
    line.add_text("二行\t三")
    line.add_break(WD_BREAK.PAGE)
    assert texts(saved(paper)) == ["一行\n二行\t三"]


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        ("Title", "", 0),
        ("heading 2", "", 2),
        ("Heading 3", "", 3),
        ("标题", "", 0),
        ("标题 1", "", 1),
        ("标题2", "", 2),
        ("一级标题", "", 1),
        ("正文", "", None),
        ("公文标题", '<w:outlineLvl w:val="0"/>', 1),
        ("公文正文", '<w:outlineLvl w:val="9"/>', None),
    ],
)
def test_headings_are_known_by_their_style(name: str, properties: str, expected: int | None) -> None:
    styles = style("a", name, f"<w:pPr>{properties}</w:pPr>") + style("b", "自拟", based_on="a")
    content = p("甲", '<w:pStyle w:val="a"/>') + p("乙", '<w:pStyle w:val="b"/>')
    assert [block.heading for block in blocks(docx(content, styles=styles)) if isinstance(block, Paragraph)] == [
        expected,
        expected,
    ]


def test_the_outline_level_of_a_paragraph_comes_first() -> None:
    content = p("甲", '<w:pStyle w:val="a"/><w:outlineLvl w:val="9"/>') + p("乙", '<w:outlineLvl w:val="1"/>')
    found = blocks(docx(content, styles=style("a", "heading 1")))
    assert [block.heading for block in found if isinstance(block, Paragraph)] == [None, 2]


INLINE = {
    "changes": ("<w:p>{甲}<w:ins>{乙}</w:ins><w:del><w:r><w:delText>丙</w:delText></w:r></w:del></w:p>", ["甲乙"]),
    "moves": ("<w:p><w:moveFrom>{甲}</w:moveFrom></w:p><w:p><w:moveTo>{甲}</w:moveTo></w:p>", ["甲"]),
    "a paragraph whose end was deleted": (
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{甲}</w:p><w:p>{乙}</w:p><w:p>{丙}</w:p>", ["甲乙", "丙"],
    ),
    "links": ("<w:p>{见}<w:hyperlink><w:r><w:t>条例</w:t></w:r></w:hyperlink></w:p>", ["见条例"]),
    "content controls": (
        "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:p>{甲}<w:sdt><w:sdtContent>{乙}</w:sdtContent>"
        "</w:sdt></w:p></w:sdtContent></w:sdt>", ["甲乙"],
    ),
    "smart tags": ("<w:p><w:smartTag>{甲}<w:smartTag>{乙}</w:smartTag></w:smartTag></w:p>", ["甲乙"]),
    "hidden text": ("<w:p>{甲}<w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r></w:p>", ["甲"]),
    "text that is not hidden": ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>甲</w:t></w:r></w:p>", ["甲"]),
    "fields": (
        "<w:p>{第}<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE</w:instrText></w:r>{码}<w:r>"
        "<w:fldChar w:fldCharType='separate'/></w:r>{3}<w:r><w:fldChar w:fldCharType='end'/></w:r>{页}</w:p>",
        ["第3页"],
    ),
    "fields in fields": (
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r>"
        "<w:fldChar w:fldCharType='separate'/></w:r>{内}<w:r><w:fldChar w:fldCharType='end'/></w:r><w:r>"
        "<w:fldChar w:fldCharType='separate'/></w:r>{外}<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>", ["外"],
    ),
    "a field without an end": (
        "<w:p>{甲}<w:r><w:fldChar w:fldCharType='begin'/></w:r>{码}</w:p><w:p>{乙}</w:p>", ["甲", "乙"],
    ),
    "a simple field": ("<w:p><w:fldSimple w:instr='DATE'>{2024}</w:fldSimple></w:p>", ["2024"]),
    "readings": (
        "<w:p><w:r><w:ruby><w:rt>{zhi}</w:rt><w:rubyBase>{支}</w:rubyBase></w:ruby></w:r>{部}</w:p>", ["支部"],
    ),
    "notes": ("<w:p>{甲}<w:r><w:footnoteReference w:id='1'/></w:r></w:p>", ["甲"]),
    "hyphens": ("<w:p>{一}<w:r><w:noBreakHyphen/><w:softHyphen/></w:r>{二}</w:p>", ["一-二"]),
    "formulas": (
        "<w:p>{得分=}<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f>"
        "<m:r><m:t>×10</m:t></m:r></m:oMath></w:p>", ["得分=(a+b)/c×10"],
    ),
    "a table of contents": ("<w:p><w:pPr><w:pStyle w:val='t'/></w:pPr>{一、组织 3}</w:p><w:p>{甲}</w:p>", ["甲"]),
    "text hidden by styles": (
        "<w:p><w:pPr><w:pStyle w:val='v'/></w:pPr>{密}</w:p>"
        "<w:p>{甲}<w:r><w:rPr><w:rStyle w:val='v'/></w:rPr><w:t>密</w:t></w:r></w:p>", ["甲"],
    ),
}  # fmt: skip


def filled(content: str) -> str:
    """Write runs for texts in braces."""
    pieces = content.replace("}", "{").split("{")
    return "".join(run(piece) if at % 2 else piece for at, piece in enumerate(pieces))


@pytest.mark.parametrize("name", INLINE)
def test_what_prints_is_kept_and_nothing_else_is(name: str) -> None:
    content, expected = INLINE[name]
    styles = style("t", "toc 1") + style("v", "密", "<w:rPr><w:vanish/></w:rPr>")
    assert texts(docx(filled(content), styles=styles)) == expected


def test_text_boxes_are_read_once_behind_their_paragraph() -> None:
    box = "<w:txbxContent>{}</w:txbxContent>"
    newer = box.format(p("框一") + table(tr(tc("格"))) + p("框二"))
    content = (
        f"<w:p>{run('甲')}<w:r><mc:AlternateContent>"
        f"<mc:Choice Requires='wps'><w:drawing>{newer}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{newer}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + table(tr(tc(f"<w:p>{run('子')}<w:r><w:pict>{box.format(p('丑'))}</w:pict></w:r></w:p>")))
    )
    assert blocks(docx(content)) == (
        Paragraph("甲", "", None, 1),
        Paragraph("框一", "", None, 1),
        Grid(1, "", ((GridCell("格", 1, 1, 1, 1),),)),
        Paragraph("框二", "", None, 1),
        Grid(2, "", ((GridCell("子\n丑", 1, 1, 1, 1),),)),
    )


def test_a_merged_cell_stands_at_every_position_it_covers() -> None:
    paper = word.Document()
    made = paper.add_table(3, 3)
    for at, text in enumerate("甲乙丙丁戊己庚辛壬"):
        made.cell(at // 3, at % 3).text = text
    made.cell(0, 0).merge(made.cell(1, 1)).text = "大"
    made.cell(1, 2).merge(made.cell(2, 2)).text = "长"
    found = grid(saved(paper))
    assert shown(found) == [["大", "大", "丙"], ["大", "大", "长"], ["庚", "辛", "长"]]
    assert areas(found) == {
        ("大", 1, 1, 2, 2), ("丙", 1, 3, 1, 1), ("长", 2, 3, 2, 1), ("庚", 3, 1, 1, 1), ("辛", 3, 2, 1, 1),
    }  # fmt: skip
    assert covered_soundly(found.rows)


SPAN, BEFORE, AFTER = ('<w:{}{} w:val="{{}}"/>'.format("grid", name) for name in ("Span", "Before", "After"))
BEGIN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
LEFT, RIGHT = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"


def test_rows_that_begin_late_or_end_early_are_filled_up() -> None:
    rows = [
        tr(tc("甲"), tc("乙"), tc("丙")),
        tr(tc("丁"), properties=BEFORE.format(2)),
        tr(tc("戊"), properties=AFTER.format(2)),
        tr(tc("己")),
        tr(tc("删"), tc("去"), properties="<w:del/>"),
        tr(tc("庚", properties=SPAN.format(3))),
    ]
    found = grid(docx(table(*rows)))
    assert shown(found) == [["甲", "乙", "丙"], ["", "", "丁"], ["戊", "", ""], ["己", "", ""], ["庚", "庚", "庚"]]
    assert covered_soundly(found.rows)


def test_cells_go_on_below_only_where_they_stand_alike() -> None:
    rows = [
        tr(tc("甲", properties=BEGIN), tc("乙", properties=SPAN.format(2) + BEGIN), tc("丙")),
        tr(tc("", properties=ON), tc("", properties=SPAN.format(2) + ON), tc("丁", properties=ON)),
        tr(tc("", properties=ON), tc("戊", properties=ON), tc("己", properties=BEGIN), tc("庚", properties=ON)),
    ]
    found = grid(docx(table(*rows)))
    assert areas(found) == {
        ("甲", 1, 1, 3, 1),
        ("乙", 1, 2, 2, 2),
        ("丙", 1, 4, 1, 1),
        ("丁", 2, 4, 2, 1),
        ("戊", 3, 2, 1, 1),
        ("己", 3, 3, 1, 1),
    }  # 丁 goes on below nothing that may, so it begins a cell of its own
    assert covered_soundly(found.rows)


def test_cells_merged_as_old_programs_do() -> None:
    found = grid(docx(table(tr(tc("甲", properties=LEFT), tc("", properties=RIGHT), tc("乙")))))
    assert areas(found) == {("甲", 1, 1, 1, 2), ("乙", 1, 3, 1, 1)}


def test_tables_in_cells_and_controls_around_rows_and_cells_are_read() -> None:
    inner = table(tr(tc("子", "丑"), tc("寅")), tr(tc("卯")))
    around = "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>"
    row = around.format(tr(around.format(tc("甲")), tc("乙", inner, "丙")))
    assert shown(grid(docx(table(row)))) == [["甲", "乙\n子\n丑\n寅\n卯\n丙"]]


def test_empty_tables_are_left_out_but_counted() -> None:
    (found,) = blocks(docx(table(tr(tc(""))) + table() + table(tr(tc("甲")))))
    assert isinstance(found, Grid)
    assert found.number == 3


def test_a_strict_document_says_the_same_by_other_names() -> None:
    parts = parts_of(docx(p("甲")))
    usual, strict = (
        b"schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert usual in parts[DOCUMENT]
    assert texts(packed({**parts, DOCUMENT: parts[DOCUMENT].replace(usual, strict)})) == ["甲"]


def test_headers_and_comments_are_no_text() -> None:
    paper = word.Document()
    paper.sections[0].header.paragraphs[0].text = "眉"
    paper.sections[0].footer.paragraphs[0].text = "脚"
    line = paper.add_paragraph("甲")
    paper.add_comment(line.runs, "批")
    written = BytesIO()
    paper.save(written)
    assert texts(written.getvalue()) == ["甲"]
