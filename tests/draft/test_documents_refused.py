"""What cannot be read is answered by a finding that says what to do, never by an exception."""

from io import BytesIO
from typing import get_args
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_file
from dangjian_score.draft.documents.blocks import Paragraph, SourceDocument
from dangjian_score.draft.documents.read import read_document
from dangjian_score.draft.documents.refusals import DocumentRefusal
from dangjian_score.words.say import LANGUAGES, Language, load_words
from tests.draft.documents_made import (
    areas,
    blocks,
    definition,
    docx,
    grid,
    in_list,
    level,
    p,
    refused,
    shown,
    style,
    table,
    tc,
    texts,
    tr,
    use,
)
from tests.hostile_papers import (
    DOCUMENT,
    RELATIONS,
    SETTINGS_RELATIONS,
    STYLES,
    TYPES,
    ZOO,
    W,
    body,
    changed,
    packed,
    paragraph,
    plain,
    replaced,
    run,
    with_relation,
)
from tests.workbooks import row, workbook

OLE = b"\xd0\xcf\x11\xe0" + bytes(100)


def stream(name: str) -> bytes:
    return OLE + name.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("细则.pdf", b"%PDF-1.7\n", "document pdf"),
        ("细则.docx", b"%PDF-1.7\n", "document pdf"),
        ("细则.doc", stream("WordDocument"), "paper doc"),
        ("细则.docx", stream("WordDocument"), "paper doc"),
        ("细则.doc", OLE, "paper doc"),
        ("细则.wps", stream("WordDocument"), "document wps"),
        ("细则.xls", stream("Workbook"), "xls"),
        ("细则.docx", stream("Workbook"), "xls"),
        ("细则.et", stream("Workbook"), "et"),
        ("细则.ppt", stream("PowerPoint Document"), "document slides"),
        ("细则.docx", stream("EncryptedPackage"), "paper locked"),
        ("细则.xls", stream("EncryptedPackage"), "paper locked"),
        ("细则.doc", b"{\\rtf1\\ansi}", "document rtf"),
        ("细则.doc", b"<html><body>1</body></html>", "document html"),
        ("细则.doc", b"MIME-Version: 1.0\r\n", "document html"),
        ("细则.doc", b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><a/>", "document xml 2003"),
        ("细则.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "document unknown"),
        ("细则.txt", b"\xff\xff\xff\xff", "document unknown"),
        ("细则.rar", b"Rar!\x1a\x07\0", "document archive"),
        ("细则.zip", packed({"细则.docx": b"1"}), "document archive"),
        ("细则.docx", packed({}), "document archive"),
        ("细则.odt", packed({"content.xml": b"<a/>"}), "document odt"),
        ("细则.ofd", packed({"OFD.xml": b"<a/>"}), "document ofd"),
        ("细则.pptx", packed({TYPES: b"<a/>", "ppt/presentation.xml": b"<a/>"}), "document slides"),
        ("细则.xlsb", packed({TYPES: b"<a/>", "xl/workbook.bin": b"1"}), "xlsb"),
        ("细则.docx", b"", "paper empty"),
        ("细则.txt", b" \r\n\0\0", "paper empty"),
        ("细则.txt", "\u200b\n　".encode(), "document blank"),
        ("细则.docx", docx(p("")), "document blank"),
        ("细则.txt", b"a" * 4_000_001, "document text"),
        ("细则.txt", b"\n".join([b"a" + b"\t" * 1_000] * 2), "document columns"),
        ("细则.txt", b"\n".join([b"a" + b"\t" * 999] * 501), "document cells"),
    ],
)  # fmt: skip
def test_other_kinds_of_files_are_told_by_what_is_in_them(name: str, data: bytes, reason: str) -> None:
    assert refused(data, name) == reason


def test_what_is_in_a_file_counts_not_its_name() -> None:
    assert texts(docx(p("甲")), "细则.txt") == ["甲"]
    assert texts("甲".encode(), "细则.docx") == ["甲"]
    assert shown(grid(workbook(row("甲", 5)))) == [["甲", "5"]]


def large(part: str) -> bytes:
    return changed(DOCUMENT, f"<w:document {W}><w:body>{part}</w:body></w:document>")


def zeros(part: str, count: int) -> bytes:
    """Pack a part of zeros, which takes no room."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as target:
        for name, content in {**plain(), part: bytes(count)}.items():
            target.writestr(name, content)
    return archive.getvalue()


def flipped(data: bytes) -> bytes:
    """Change a letter of the document, which is packed."""
    at = data.index(b"word/document.xml") + 200
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(p("甲"))[:-30], "paper damaged"),
        (docx(p("甲"))[:2000], "paper damaged"),
        (flipped(docx(p("甲" * 900))), "paper damaged"),
        (changed(DOCUMENT, None), "paper part missing"),
        (changed(DOCUMENT, "<a/>"), "paper part"),
        (changed(DOCUMENT, f"<w:document {W}/>"), "paper part"),
        (changed(DOCUMENT, "<w:document"), "paper part"),
        (changed(DOCUMENT, "<?xml version='1.0' encoding='gbk'?><a/>"), "paper encoding"),
        (changed(DOCUMENT, "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), "paper entities"),
        (changed(STYLES, None), "paper part missing"),
        (changed(STYLES, "<"), "paper part"),
        (changed("word/numbering.xml", None), "paper part missing"),
        (changed("word/numbering.xml", "<!DOCTYPE a><a/>"), "paper entities"),
        (changed("../word/a.xml", "<a/>"), "paper damaged"),
        (changed("WORD/document.xml", "<a/>"), "paper damaged"),
        (zeros(DOCUMENT, 20_000_000), "paper unpacked"),
        (zeros("word/media/a.png", limits.MAX_PAPER_UNPACKED), "paper unpacked"),
        (large(paragraph("甲" * 3_400_000)), "document xml"),
        (large("<w:p/>" * 600_001), "document nodes"),
        (large("<w:tbl><w:tr><w:tc>" * 80 + "</w:tc></w:tr></w:tbl>" * 80), "paper deep"),
        (large("<w:sdt><w:sdtContent>" * 5_000 + "</w:sdtContent></w:sdt>" * 5_000), "paper deep"),
        (docx(table(tr(tc("甲", properties='<w:gridSpan w:val="99999999999999999999"/>')))), "document columns"),
        (docx(table(tr(tc("甲", properties='<w:gridSpan w:val="1001"/>')))), "document columns"),
        (docx(table(tr(tc("甲"), properties='<w:gridBefore w:val="1000"/>'))), "document columns"),
        (docx(table(tr(*[tc("甲")] * 1_001))), "document columns"),
        (docx(table(tr(*[tc("甲")] * 1_000), *[tr(tc("乙"))] * 500)), "document cells"),
        (docx(table(*[tr(tc("甲", properties='<w:gridSpan w:val="1000"/>'))] * 501)), "document cells"),
        (docx("".join([table(tr(tc("甲", properties='<w:gridSpan w:val="1000"/>')))] * 501)), "document cells"),
    ],
)  # fmt: skip
def test_documents_that_are_broken_or_made_to_harm(data: bytes, reason: str) -> None:
    assert refused(data) == reason


def test_what_a_document_would_fetch_or_run_is_never_looked_at() -> None:
    for made in (
        with_relation("attachedTemplate", "http://a/b.dotm", external=True, of=SETTINGS_RELATIONS),
        with_relation("image", "media/none.png", external=False),
        with_relation("vbaProject", "vbaProject.bin", external=False),
        replaced(RELATIONS, 'Target="theme/theme1.xml"', 'Target="../../theme.xml"'),
    ):
        assert refused(made) == "document blank"


@pytest.mark.parametrize("span", ["x", "-3", "0", "", "1.5"])
def test_a_span_that_is_no_number_is_one(span: str) -> None:
    found = grid(docx(table(tr(tc("甲", properties=f'<w:gridSpan w:val="{span}"/>'), tc("乙")))))
    assert areas(found) == {("甲", 1, 1, 1, 1), ("乙", 1, 2, 1, 1)}


def test_circles_of_styles_and_lists_end() -> None:
    styles = style("a", "甲", based_on="b") + style("b", "heading 1", based_on="a") + style("c", "丙", based_on="c")
    link = '<w:abstractNum w:abstractNumId="{0}"><w:numStyleLink w:val="{0}"/></w:abstractNum>'
    number = (
        '<w:style w:type="numbering" w:styleId="{}"><w:pPr><w:numPr><w:numId w:val="{}"/></w:numPr></w:pPr></w:style>'
    )
    lists = link.format(1) + link.format(2) + use(1, 1) + use(2, 2)
    content = p("甲", '<w:pStyle w:val="a"/>') + p("丙", '<w:pStyle w:val="c"/>') + in_list("乙", 1)
    made = docx(content, styles=styles + number.format(1, 2) + number.format(2, 1), numbering=lists)
    assert texts(made) == ["甲", "丙", "乙"]


def test_a_long_chain_of_styles_is_not_followed_to_its_end() -> None:
    chain = "".join(style(f"s{at}", "甲", based_on=f"s{at + 1}") for at in range(5_000))
    content = "".join(p("甲", f'<w:pStyle w:val="s{at}"/>') for at in range(0, 5_000, 5))
    assert len(texts(docx(content, styles=chain))) == 1_000


def test_numbers_and_texts_of_levels_do_not_grow_without_end() -> None:
    large_start = level(0, "%1", "upperRoman", start=999_999_999) + level(
        1, "%2" * 1_000, "lowerLetter", start=99_999_999
    )
    many = definition(1, large_start, level(99, "%1"), level(2, "%9%3", start="x")) + use(1, 1)
    found = texts(docx("".join(in_list("", 1, at) + in_list("条", 1, at) for at in (0, 1, 2)), numbering=many))
    assert found[0] == "1000000000条"
    assert found[1] == "100000000" * 32 + "条"
    assert found[2] == "2条"


@pytest.mark.parametrize("value", ["99", "-1", "x", ""])
def test_a_level_that_is_not_there_is_the_last_or_the_first(value: str) -> None:
    content = in_list("甲", 1).replace('w:ilvl w:val="0"', f'w:ilvl w:val="{value}"')
    lists = definition(1, level(0, "%1."), level(8, "%9）")) + use(1, 1)
    assert texts(docx(content, numbering=lists)) == ["1）甲" if value == "99" else "1.甲"]


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_of_papers_is_read_or_refused(name: str) -> None:
    beast = ZOO[name]
    found = read_document("a.docx", beast.make(beast.small))
    assert isinstance(found, SourceDocument) or found.code is Code.DOCUMENT_UNUSABLE


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 20_000 + "a",
        "- " * 500_000,
        "-" * 500_000 + "x",
        "a|b\n" * 20_000,
        "1.\t甲\n" * 20_000,
        "# " + " " * 500_000 + "b",
        "**a " * 50_000,
        '\t"' * 100_000,
        'a\t"b\n' * 50_000,
        "a" + "\u00a0" * 500_000 + "b",
        "\u00a0a" * 50_000,
        "4\n\n" * 50_000,
        ("甲" * 20 + "\n") * 20_000,
        "第" + " " * 500_000 + "页",
        "|" + "-" * 500_000 + "x|\n|" + "-" * 500_000 + "x|\n",
    ],
)
def test_texts_take_time_as_they_are_long(text: str) -> None:
    """A quadratic step takes hours on these."""
    assert isinstance(read_document("a.md", text.encode()), SourceDocument | Diagnostic)


def test_text_boxes_in_text_boxes_are_read_once() -> None:
    inner = p("内")
    for _ in range(10):
        inner = f"<w:p><w:r><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></w:r>{run('层')}</w:p>"
    assert texts(body(inner)) == ["层"] * 10 + ["内"]


BOX, BOX_ENDS = "<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"


@pytest.mark.parametrize(
    ("begin", "end", "levels"),
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 64),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 96),
        (BOX, BOX_ENDS, 48),
        (f"<w:tbl><w:tr><w:tc>{BOX}", f"{BOX_ENDS}</w:tc></w:tr></w:tbl>", 24),
        ("<w:ins><w:customXml>", "</w:customXml></w:ins>", 96),
    ],
)
def test_what_is_nested_as_deep_as_may_be_is_read(begin: str, end: str, levels: int) -> None:
    found = blocks(docx(begin * levels + p("内") + end * levels))
    assert [block.text if isinstance(block, Paragraph) else shown(block) for block in found] in (["内"], [[["内"]]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language: Language) -> None:
    said = [
        load_words(language).message(at_file(Code.DOCUMENT_UNUSABLE, "a.docx", reason=reason, part=""))
        for reason in get_args(DocumentRefusal)
    ]
    assert len({*said}) == len(said)
    whole = " ".join(said)
    assert all(f" {limit:,}" in whole for limit in (limits.MAX_DRAFT_COLUMNS, limits.MAX_DRAFT_CELLS))
    assert f" {limits.MAX_DRAFT_TEXT // 1_000_000} MB" in whole


def test_a_clerk_reads_what_to_do() -> None:
    found = read_document("细则.doc", stream("WordDocument"))
    assert isinstance(found, Diagnostic)
    assert found.place == Place("细则.doc")
    assert load_words("zh").message(found) == ("读不了这份文件：这是旧式 .doc 文档；请在 Word 或 WPS 里另存为 .docx")
