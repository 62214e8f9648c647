"""Offices' own documents that are hostile or broken: each is refused by its reason and part, or filled in bounds."""

import re
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from docx import Document
from docx.oxml.ns import qn

from dangjian_score.core import limits
from dangjian_score.core.archives import unpack
from dangjian_score.core.diagnostics import Code, at_file
from dangjian_score.report.official import package
from dangjian_score.report.official.drawing import Text
from dangjian_score.report.official.template import Template, fill, open_template
from dangjian_score.words.say import LANGUAGES, Language, load_words
from tests.fuzzing_papers import judged, seeds
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
    parts_of,
    plain,
    replaced,
    saved,
    with_relation,
    with_type,
)
from tests.hostile_papers import (
    run as run_of,
)
from tests.papers import texts
from tests.rich import EVIDENCE, RUBRIC
from tests.support import run

Capture = pytest.CaptureFixture[str]


def score(capfd: Capture, data: bytes, *more: str) -> Any:
    Path("t.docx").write_bytes(data)
    return run(capfd, "score", RUBRIC, EVIDENCE, "-q", "-o", "n.docx", "--notice-template", "t.docx", *more)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declared(encoding: str, codec: str = "") -> bytes:
    """Make a document with a DTD, whose encoding is declared."""
    dtd = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    return changed(DOCUMENT, dtd.encode(codec or encoding))


def encrypted(data: bytes) -> bytes:
    """Say of every part of an archive that it has a password."""
    for entry in (match.start() for match in re.finditer(b"PK\x01\x02", data)):
        data = data[: entry + 8] + b"\x01" + data[entry + 9 :]
    return data


def with_style(style: str) -> bytes:
    return changed(STYLES, f"<w:styles {W}>{style}</w:styles>")


def page(attributes: str, margins: str = "") -> bytes:
    section = f"<w:sectPr><w:pgSz {attributes}/><w:pgMar {margins}/></w:sectPr>"
    return changed(DOCUMENT, f"<w:document {W}><w:body>{section}</w:body></w:document>")


MAIN = "wordprocessingml.document.main+xml"
MACROS = "application/vnd.ms-office.vbaProject"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
UTF7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY b "c">]>+ADw-a>&b;+ADw-/a>'
CELL = "<w:tbl><w:tr><w:tc><w:tcPr><w:tcW w:w='x' w:type='dxa'/></w:tcPr>{}</w:tc></w:tr></w:tbl><w:p/>"
UNUSABLE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "", "文件是空的"),
    "pdf": (b"%PDF-1.7", "", "不是 Word 文档"),
    "doc": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "", "旧式 .doc"),
    "locked": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "", "有密码"),
    "no archive": (b"PK\x03\x04 no archive", "", "损坏"),
    "encrypted": (encrypted(saved(Document())), "", "有密码"),
    "cut off": (saved(Document())[:-200], "", "损坏"),
    "outside": (changed("../x", b"x"), "", "损坏"),
    "no types": (changed(TYPES, None), "", "不是 Word 文档"),
    "a sheet": (replaced(TYPES, MAIN, "spreadsheetml.sheet.main+xml"), "", "不是 Word 文档"),
    "dotx": (replaced(TYPES, MAIN, "wordprocessingml.template.main+xml"), "", ".dotx"),
    "strict": (replaced("_rels/.rels", TRANSITIONAL, STRICT), "", "Strict"),
    "no relations": (changed("_rels/.rels", None), "", "不是 Word 文档"),
    "two documents": (with_relation("officeDocument", "word/document.xml", external=False, of="_rels/.rels"),
                      "_rels/.rels", "损坏"),
    # Macros, by type or relation, whatever the file is called
    "vbaProject.bin": (changed("word/vbaProject.bin", b"x"), TYPES, "有宏"),
    "a macro's type": (with_type("word/a.bin", b"x", MACROS), TYPES, "有宏"),
    "a macro's relation": (with_relation("http://schemas.microsoft.com/office/2006/relationships/vbaProject",
                                         "styles.xml", external=False), RELATIONS, "有宏"),
    "docm": (replaced(TYPES, "openxmlformats-officedocument." + MAIN, "ms-word.document.macroEnabled.main+xml"),
             TYPES, "有宏"),
    "a macro's type, twice": (replaced(TYPES, "<Override ", f'<Override PartName="/word/document.xml" '
                                       f'ContentType="{MACROS}"/><Override '), TYPES, "有宏"),
    "a control": (with_relation("control", "styles.xml", external=False), RELATIONS, "有宏或控件"),
    # What is fetched
    "a template elsewhere": (with_relation("attachedTemplate", "http://a/b.dotm", external=True, of=SETTINGS_RELATIONS),
                             SETTINGS_RELATIONS, "http://a/b.dotm 是打开文档时会自动取来的"),
    "a picture elsewhere": (with_relation("image", "http://a/b.png", external=True), RELATIONS, "http://a/b.png"),
    "an object elsewhere": (with_relation("oleObject", "file:///a", external=True), RELATIONS, "file:///a"),
    "a whole file": (with_relation("aFChunk", "styles.xml", external=False), RELATIONS, "word/styles.xml 是打开"),
    # DTD, in any encoding
    "a DTD": (declared("utf-8"), DOCUMENT, "DOCTYPE"),
    "a DTD in UTF-16": (declared("utf-16"), DOCUMENT, "DOCTYPE"),
    "a DTD in UTF-16BE": (declared("utf-16", "utf-16-be"), DOCUMENT, "DOCTYPE"),
    "a DTD in a footer": (changed("word/footer9.xml", b"<!DOCTYPE a><a/>"), "word/footer9.xml", "DOCTYPE"),
    "a DTD in UTF-7": (changed(DOCUMENT, UTF7), DOCUMENT, "编码"),
    "a DTD in GB18030": (declared("gb18030"), DOCUMENT, "编码"),
    "a DTD in EBCDIC": (declared("cp037"), DOCUMENT, "损坏"),
    # Parts
    "no XML": (changed(DOCUMENT, b"<w:document"), DOCUMENT, "损坏"),
    "an empty part": (changed(DOCUMENT, b""), DOCUMENT, "损坏"),
    "styles that are no XML": (changed(STYLES, b"<w:styles>"), STYLES, "损坏"),
    "another root": (changed(DOCUMENT, f"<w:hdr {W}/>"), DOCUMENT, "损坏"),
    "no body": (changed(DOCUMENT, f"<w:document {W}/>"), DOCUMENT, "损坏"),
    "styles of another root": (changed(STYLES, f"<w:document {W}/>"), STYLES, "损坏"),
    "no styles": (changed(STYLES, None), STYLES, "没有这一部分"),
    "styles not related": (replaced(RELATIONS, "relationships/styles", "relationships/other"), STYLES, "没有这一部分"),
    "no document": (changed(DOCUMENT, None), DOCUMENT, "没有这一部分"),
    "types of another root": (changed(TYPES, "<a/>"), TYPES, "损坏"),
    "a type without a part": (replaced(TYPES, "PartName", "Name"), TYPES, "损坏"),
    "styles of another type": (replaced(TYPES, "wordprocessingml.styles+xml", "wordprocessingml.footer+xml"),
                               STYLES, "损坏"),
    "a part of no type": (with_relation("image", "x", external=False), "word/x", "没有这一部分"),
    "a relation without id": (replaced(RELATIONS, ' Id="', ' Name="'), RELATIONS, "损坏"),
    "an id twice": (replaced(RELATIONS, 'Id="rId1"', 'Id="rId2"'), RELATIONS, "损坏"),
    "a relation without target": (replaced(RELATIONS, ' Target="', ' Name="'), RELATIONS, "损坏"),
    "a mode that there is not": (replaced(RELATIONS, ' Target="', ' TargetMode="external" Target="'),
                                 RELATIONS, "损坏"),
    "a header that is none": (
        changed(DOCUMENT, f"<w:document {W} xmlns:r='{TRANSITIONAL.rpartition('/')[0]}'><w:body><w:sectPr>"
                          "<w:headerReference r:id='rId1'/></w:sectPr></w:body></w:document>"), DOCUMENT, "损坏"),
    "a header elsewhere": (with_relation("header", "header9.xml", external=False), "word/header9.xml", "没有这一部分"),
    # Numbers
    "a width of words": (page("w:w='x'"), DOCUMENT, "x 不是纸张"),
    "a width of twenty digits": (page(f"w:w='{'9' * 20}'"), DOCUMENT, f"{'9' * 20} 不是纸张"),
    "a margin of words": (page("w:w='11906'", "w:left='-5' w:right='x'"), DOCUMENT, "x 不是纸张"),
    "a margin of nothing": (page("w:w='11906'", "w:gutter=''"), DOCUMENT, "不是纸张"),
    "a cell of words": (body(CELL.format(paragraph("{{通报}}"))), DOCUMENT, "x 不是纸张"),
    # Styles
    "a name without value": (with_style("<w:style w:styleId='a'><w:name/></w:style>"), STYLES, "损坏"),
    "an id of markup": (with_style("<w:style w:styleId='&quot;>&lt;x/>'><w:name w:val='公文正文'/></w:style>"),
                        STYLES, "损坏"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "part", "why"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_paper(capfd: Capture, data: bytes, part: str, why: str) -> None:
    ran = score(capfd, data)
    assert (ran.code, ran.err.startswith(f"t.docx: E090 错误: 不能用作通报模板：{part and f'{part}：'}")) == (3, True)
    assert why in ran.err.splitlines()[0]
    assert not Path("n.docx").exists()


@pytest.mark.parametrize("name", ZOO)
def test_what_is_made_to_harm(name: str) -> None:
    """Each is filled or refused; benchmarks/hostile_papers.py measures them as large as they may be."""
    beast = ZOO[name]
    filled, found = judged(beast.make(beast.small))
    assert {str(dict(finding.args)["reason"]) for finding in found} == REFUSED.get(name, set())
    assert filled == (name not in REFUSED)


REFUSED = {
    "placeholders": {"paper many"},
    "paragraphs in paragraphs": {"paper deep"},
    "depth": {"paper deep"},
    "too many parts": {"paper unpacked"},
    "a bomb": {"paper unpacked"},
    "attributes by DTD": {"paper entities"},
    "laughs": {"paper entities"},
    "an XML part of zeros": {"paper part"},
}


def steps(data: bytes) -> int:
    """Count the calls that it takes to fill a document."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        opened = open_template(data, "t.docx")
        assert isinstance(opened, Template)
        fill(opened, {}, {"notice": ()})
    finally:
        sys.setprofile(None)
    return calls


LIMITS = {
    "MAX_PAPER": "太大（超过 20 MB）",
    "MAX_PAPER_XML": "文字和格式太大",
    "MAX_PAPER_UNPACKED": "展开后太大",
    "MAX_PAPER_PARTS": "展开后太大",
    "MAX_PAPER_NODES": "超过 600,000 个",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_paper_too_large(capfd: Capture, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(limits, limit, 10)
    ran = score(capfd, saved(Document()))
    assert (ran.code, LIMITS[limit] in ran.err) == (3, True)


def test_nobody_is_asked_for_more_than_a_part_declares() -> None:
    """A part that says it has 100 bytes and has a million is not unpacked."""
    data = changed("word/a.bin", bytes(1_000_000))
    lying = data.replace((1_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying.count((100).to_bytes(4, "little")) >= 2
    assert unpack(lying, most=10_000_000, parts=100) == "damaged"
    assert unpack(data, most=10_000, parts=100) == "too large"


def test_twice_the_document_takes_about_twice_the_calls() -> None:
    """Calls alone show it on any machine; benchmarks/hostile_papers.py measures the rest."""
    for name in ("blanks over runs", "text boxes in text boxes", "styles"):
        once, twice = (steps(ZOO[name].make(size)) for size in (400, 800))
        assert twice < 2.2 * once, name


NOTED = seeds()[1]


def test_notes_and_comments_are_filled(capfd: Capture) -> None:
    """A text box divides the paragraph that it stands in; notes and comments are parts of their own."""
    assert score(capfd, packed(NOTED)).code == 0
    after = parts_of(Path("n.docx").read_bytes())
    for kind in ("footnotes", "endnotes", "comments"):
        assert "见关于2024年党支部工作考核结果的通报" in after[f"word/{kind}.xml"].decode()
    lines = texts(Path("n.docx").read_bytes())
    assert lines[:2] == ["关于2024年党支部工作考核结果的通报党支部工作考核细则", "党支部工作考核细则"]


@pytest.mark.parametrize("kind", ["footnotes", "endnotes", "comments"])
def test_whole_texts_stand_in_no_note(capfd: Capture, kind: str) -> None:
    name = f"word/{kind}.xml"
    note = NOTED[name].decode().replace("{{标题}}", "{{附件}}")
    ran = score(capfd, changed(name, note, NOTED))
    assert (ran.code, f"{name}：占位符 {{{{通报}}}}、{{{{附件}}}} 只能放在正文里" in ran.err) == (3, True)


@pytest.mark.parametrize(
    "content",
    [
        f"<w:p><w:r><w:pict><w:txbxContent>{CELL.format(paragraph('{{通报}}'))}</w:txbxContent></w:pict></w:r></w:p>",
        f"<w:sdt><w:sdtContent>{paragraph('{{通报}}')}</w:sdtContent></w:sdt>",
    ],
)
def test_whole_texts_stand_in_no_box(capfd: Capture, content: str) -> None:
    ran = score(capfd, body(content))
    assert (ran.code, f"{DOCUMENT}：占位符" in ran.err) == (3, True)


def test_placeholders_that_cannot_be_filled_are_named(capfd: Capture) -> None:
    """Texts of charts and properties are in parts of their own; what looks like one and is none may stay there."""
    chart = '<c:chart xmlns:c="c" xmlns:a="a"><a:t>{{标</a:t><a:t>题}} {{x}}</a:t></c:chart>'
    ran = score(capfd, changed("word/charts/chart1.xml", chart))
    assert (ran.code, "word/charts/chart1.xml：{{标题}} 放在这里填不上" in ran.err) == (3, True)
    assert score(capfd, changed("word/charts/chart1.xml", chart.replace("题}} ", ""))).code == 0


@pytest.mark.parametrize(("content", "code"), [("{{标题}}" * 200, 0), ("{{标题}}" * 201, 3), ("{{annex}}" * 11, 3)])
def test_placeholders_are_counted(capfd: Capture, content: str, code: int) -> None:
    ran = score(capfd, body(paragraph(content)))
    assert (ran.code, "最多 200 处" in ran.err) == (code, code == 3)


def test_blanks_and_braces_around_placeholders(capfd: Capture) -> None:
    """Names are at most 40 characters long; longer texts and single braces are no placeholders."""
    long = "{{" + "字" * 41 + "}}"
    assert score(capfd, body(paragraph("{", "{{", " " * 500, "单位数", " }}}｛", long, "{{}}{{ }}"))).code == 0
    assert texts(Path("n.docx").read_bytes())[0] == "{9个党支部}｛" + long + "{{}}{{ }}"


def test_an_id_of_a_style_is_text(capfd: Capture) -> None:
    """Ids may hold what is markup elsewhere; those without an id, of other kinds or too long are not used."""
    style = "<w:style w:type='{}' {}><w:name w:val='{}'/></w:style>"
    own = (
        style.format("paragraph", "w:styleId='a&amp;b&apos;'", "公文正文"),
        style.format("character", "w:styleId='c'", "公文一级标题"),
        style.format("paragraph", "", "公文主送"),
        style.format("paragraph", f"w:styleId='{'d' * 254}'", "公文空行"),
        style.format("paragraph", "w:styleId='GwTitle'", "别的"),
        style.format("paragraph", "w:styleId='e'", "公文正文"),
    )
    assert score(capfd, with_style("".join(own))).code == 0
    paper: Any = Document("n.docx")
    used = {p.text: p._p.pPr.pStyle.val for p in paper.paragraphs if p._p.pPr is not None}  # noqa: SLF001
    assert used["特此通报。"] == "a&b'"
    assert used["一、考核结果"] == "GwHeading1"
    assert used["各党支部："] == "GwTo"
    assert used["关于2024年党支部工作考核结果的通报"] == "GwTitle0"
    assert "d" * 254 not in used.values()


def width_of_table() -> int:
    table: Any = Document("n.docx").tables[0]._tbl  # noqa: SLF001
    return int(table.tblPr.find(qn("w:tblW")).get(qn("w:w")))


@pytest.mark.parametrize(
    ("attributes", "margins", "width"),
    [
        ("w:w='11906'", "w:left='1588' w:right='1474'", 8844),
        ("w:w='210mm'", "w:left='28mm' w:right='1in'", 8879),  # 11906 - 1587 - 1440, by hand
        ("w:w='11906.4'", "w:left='-100' w:right='0' w:gutter='6'", 12000),
        ("w:w='1999'", "", 8844),  # too narrow to be believed
        ("w:w='999999'", "", 8844),  # too wide
        ("w:h='16838'", "", 8844),
    ],
)
def test_tables_are_as_wide_as_pages_say(capfd: Capture, attributes: str, margins: str, width: int) -> None:
    assert score(capfd, page(attributes, margins)).code == 0
    assert width_of_table() == width


def test_a_text_belongs_to_the_section_that_ends_after_it(capfd: Capture) -> None:
    sections = "".join(
        f"<w:p><w:pPr><w:sectPr><w:pgSz w:w='{width}'/></w:sectPr></w:pPr>{text}</w:p>"
        for width, text in ((3000, ""), (5000, run_of("{{通报}}")), (7000, ""))
    )
    assert score(capfd, body(sections)).code == 0
    assert width_of_table() == 5000


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ("{before}{place}{after}", ["前", "话", "后"]),
        ("{before}<w:p><w:r><w:pict/></w:r>{text}</w:p>{after}", ["前", "话", "", "后"]),
        ("{before}<w:p><w:pPr><w:sectPr/></w:pPr>{text}</w:p>{after}", ["前", "话", "", "后"]),
        ("{before}<w:p>{text}{tail}</w:p>{after}", ["前", "话", "尾", "后"]),
        ("{table}{place}{table}", ["", "话", ""]),
        ("<w:tbl><w:tr><w:tc>{place}</w:tc></w:tr></w:tbl><w:p/>", ["话", ""]),
    ],
)
def test_a_paragraph_goes_that_was_nothing_but_a_placeholder(content: str, kept: list[str]) -> None:
    """It stays where a picture hangs on it, a section ends with it or two tables would become one."""
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    pieces = {"place": paragraph("{{通报}}"), "text": run_of("{{通报}}"), "tail": run_of("尾"), "table": table}
    opened = open_template(body(content.format(**pieces, before=paragraph("前"), after=paragraph("后"))), "t.docx")
    assert isinstance(opened, Template)
    assert texts(fill(opened, {}, {"notice": (Text("body", "话"),)})) == kept


@pytest.mark.parametrize("content", ["{table}{place}{table}", "<w:tbl><w:tr><w:tc>{place}</w:tc></w:tr></w:tbl><w:p/>"])
def test_a_paragraph_stays_that_word_needs(content: str) -> None:
    """Two tables must not become one, and a cell ends with a paragraph; here nothing comes in place of the annex."""
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    before = content.format(place=paragraph("{{附件}}"), table=table)
    opened = open_template(body(before + paragraph("{{通报}}")), "t.docx")
    assert isinstance(opened, Template)
    after = parts_of(fill(opened, {}, {"notice": (Text("body", "话"),), "annex": ()}))[DOCUMENT].decode()
    assert after.count("<w:p>") + after.count("<w:p/>") == content.count("{table}") + 2 + ("<w:p/>" in content)


def test_a_document_of_the_other_encoding_is_filled(capfd: Capture) -> None:
    """Of a document in UTF-16 with a directory in its archive, and without any section."""
    text = (
        f'<?xml version="1.0" encoding="UTF-16"?><w:document {W}><w:body>{paragraph("{{标题}}")}</w:body></w:document>'
    )
    parts = {"word/": b"", **plain()}
    assert score(capfd, changed(DOCUMENT, text.encode("utf-16"), parts)).code == 0
    assert texts(Path("n.docx").read_bytes())[0] == "关于2024年党支部工作考核结果的通报"
    assert isinstance(open_template(Path("n.docx").read_bytes(), "n.docx"), Template)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language: Language) -> None:
    said = [
        load_words(language).message(at_file(Code.TEMPLATE_UNUSABLE, "t.docx", reason=reason, part="", found=""))
        for reason in get_args(package.Refusal)
    ]
    assert len({*said}) == len(said) == 22
    counts = [limits.MAX_PAPER_NODES, limits.MAX_PAPER_PARTS, limits.MAX_XML_DEPTH]
    counts += [limits.MAX_PLACEHOLDERS, limits.MAX_WHOLE_TEXTS]
    millions = [limits.MAX_PAPER, limits.MAX_PAPER_UNPACKED, limits.MAX_PAPER_XML]
    whole = " ".join(said)
    assert all(f" {limit:,}" in whole for limit in counts)
    assert all(f" {limit // 1_000_000} MB" in whole for limit in millions)
