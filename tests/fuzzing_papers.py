"""Documents that are nearly templates, each from one number, and what must hold of whatever becomes of them."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from io import BytesIO
from random import Random
from typing import Any, Final, get_args
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from docx import Document
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml import etree

from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.report.official.drawing import Block, PaperColumn, PaperTable, Text, cells
from dangjian_score.report.official.package import Refusal
from dangjian_score.report.official.papers import blank
from dangjian_score.report.official.template import SLOTS, Slot, Template, fill, open_template
from dangjian_score.words.say import LANGUAGES, load_words
from tests.hostile_papers import (
    DOCUMENT,
    OFFICE,
    RELATIONS,
    STYLES,
    TYPES,
    Parts,
    W,
    paragraph,
    parts_of,
    plain,
    run,
    saved,
)

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
VALUES: Final = (
    *("", " ", "0", "1", "-1", "x", "1.5", "9" * 20, "9" * 400, "NaN", "12mm", "100%", "true", "\u202e", "\U0001f600"),
    *("rId1", "rId3", "rId99", "dxa", "pct", "paragraph", "character", "公文正文", "a&b", '"><x/>', "甲" * 300),
    *(
        "{{通报}}",
        "{{标题}}",
        "{{附件",
        "}}",
        "{{ 不知道 }}",
        "../x",
        "/word/document.xml",
        "styles.xml",
        "header1.xml",
    ),
    *("External", "Internal", "http://127.0.0.1/x", "file:///c:/x.dotm", "NULL", "#a", "xml", "rels", "bin"),
    *(
        OFFICE + kind
        for kind in ("styles", "header", "footnotes", "hyperlink", "image", "attachedTemplate", "oleObject")
    ),
    *(f"{WORD}{kind}+xml" for kind in ("document.main", "template.main", "styles", "header", "comments")),
    *("application/vnd.ms-office.vbaProject", "application/vnd.ms-word.document.macroEnabled.main+xml", "image/png"),
)
"""Values: right, nearly right and nasty."""


@cache
def seeds() -> tuple[Parts, ...]:
    """Give the parts of the templates that inputs are made from."""
    own = blank()
    own.element.body.insert(0, parse_xml(f"<w:p {W}>{run('{{notice}}')}</w:p>"))
    return (parts_of(saved(_red_head())), _with_notes(), parts_of(saved(own)), plain())


def _red_head() -> Any:
    """Make a document with a red head in a table, headers, footers, sections and a style of its own."""
    paper: Any = Document()
    paper.styles.add_style("公文正文", 1)
    paper.sections[0].header.paragraphs[0].text = "{{落款}} 文件"
    paper.sections[0].footer.paragraphs[0].text = "印发 {{日期}}"
    paper.add_table(1, 2).cell(0, 0).text = "〔2024〕1号 {{标题}}"
    place = paper.add_paragraph()
    for piece in ("{", "{通", "报}", "}"):
        place.add_run(piece).bold = True
    paper.add_section().left_margin = 900_000
    paper.add_table(1, 1).cell(0, 0).text = "{{附件}}"
    paper.add_paragraph("抄送：{{ units }}，{{期间}}。")
    return paper


def _with_notes() -> Parts:
    """Make a document with a text box, notes and comments, all with placeholders."""
    parts = plain()
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('{{', '细则}}')}</w:txbxContent></w:pict></w:r>"
    text = f"<w:p>{run('{{标')}{box}{run('题}}')}</w:p>{paragraph('{{通报}}')}"
    parts[DOCUMENT] = f"<w:document {W}><w:body>{text}<w:sectPr/></w:body></w:document>".encode()
    for kind, element in (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment")):
        note = f'<w:{element} w:id="1" w:author="a">{paragraph("见{{标题}}")}</w:{element}>'
        parts[f"word/{kind}.xml"] = f"<w:{kind} {W}>{note}</w:{kind}>".encode()
        relation = f'<Relationship Id="{kind}" Type="{OFFICE}{kind}" Target="{kind}.xml"/></Relationships>'
        parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", relation.encode())
        override = f'<Override PartName="/word/{kind}.xml" ContentType="{WORD}{kind}+xml"/></Types>'
        parts[TYPES] = parts[TYPES].replace(b"</Types>", override.encode())
    return parts


def made(chance: Random) -> bytes:
    """Make an input: a template, changed here and there."""
    parts = dict(chance.choice(seeds()))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        if chance.random() < 0.1 and parts:
            _exchange(parts, chance)
        elif parts:
            telling = [name for name in (DOCUMENT, STYLES, TYPES, RELATIONS, "_rels/.rels") if name in parts]
            name = chance.choice(telling if telling and chance.random() < 0.7 else sorted(parts))
            change = _bytes if chance.random() < 0.05 else _tree
            parts[name] = change(parts[name], chance)
    archive = BytesIO()
    with ZipFile(archive, "w", chance.choice((ZIP_STORED, ZIP_DEFLATED))) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    data = archive.getvalue()
    if chance.random() < 0.03:
        data = data[: chance.randrange(len(data) + 1)]
    return _bytes(data, chance) if chance.random() < 0.05 else data


def _exchange(parts: Parts, chance: Random) -> None:
    """Drop, rename, copy or exchange parts."""
    name, other = chance.choice(sorted(parts)), chance.choice(sorted(chance.choice(seeds())))
    data = parts.pop(name)
    match chance.randrange(5):
        case 0:
            pass
        case 1:
            parts[chance.choice((other, name.upper(), f"{name}x", "../a", "word/vbaProject.bin"))] = data
        case 2:
            parts[name] = parts.get(other, b"")
        case 3:
            parts[name] = parts[other] = data
        case _:
            parts[name] = data.decode("utf-8", "replace").replace("UTF-8", "UTF-16").encode("utf-16")


def _bytes(data: bytes, chance: Random) -> bytes:
    """Flip, drop and insert bytes."""
    bytes_ = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(bytes_) + 1)
        bytes_[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 2))
    return bytes(bytes_)


def _tree(data: bytes, chance: Random) -> bytes:
    """Change an element of a part; one that is no XML is changed byte by byte."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return _bytes(data, chance)
    elements = [element for element in root.iter("*") if chance.random() < 0.5] or [root]
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice((_drop, _repeat, _move, _rename, *[_attribute] * 5, *[_text] * 3))(elements, chance)
    written: bytes = etree.tostring(root)
    return written if chance.random() < 0.98 else b'<!DOCTYPE x [<!ENTITY y "z">]>' + written


Change = Callable[[list[Any], Random], None]


def _drop(elements: list[Any], chance: Random) -> None:
    element = chance.choice(elements)
    if (home := element.getparent()) is not None:
        home.remove(element)


def _repeat(elements: list[Any], chance: Random) -> None:
    element = chance.choice(elements)
    if (home := element.getparent()) is not None:
        home.extend([deepcopy(element) for _ in range(chance.choice((1, 1, 2, 30)))])


def _move(elements: list[Any], chance: Random) -> None:
    element, home = chance.choice(elements), chance.choice(elements)
    if element not in (home, *home.iterancestors()):
        home.insert(chance.randrange(len(home) + 1), element)


def _rename(elements: list[Any], chance: Random) -> None:
    new = ("p", "t", "r", "body", "tc", "tbl", "sectPr", "txbxContent", "document", "styles", "hdr", "style", "name")
    chance.choice(elements).tag = chance.choice((chance.choice(elements).tag, qn(f"w:{chance.choice(new)}")))


def _attribute(elements: list[Any], chance: Random) -> None:
    """Drop, refill, exchange or add an attribute."""
    element, other = chance.choice(elements), chance.choice(elements)
    key = chance.choice([*element.attrib, *other.attrib, qn("w:val"), qn("w:w"), "Id", "Target", "TargetMode"])
    if chance.random() < 0.3:
        element.attrib.pop(key, None)
    else:
        element.set(key, chance.choice((*VALUES, *other.attrib.values())))


def _text(elements: list[Any], chance: Random) -> None:
    texts = [element for element in elements if element.text] or elements
    chance.choice(texts).text = chance.choice((*VALUES, chance.choice(texts).text))


# What must hold

TEXTS: Final[dict[Slot, str]] = {slot: f"填{slot}" for slot in SLOTS.values() if slot not in ("notice", "annex")}
NOTICE: Final[tuple[Block, ...]] = (
    Text("body", "通报的话"),
    PaperTable((PaperColumn("名次", "center"), PaperColumn("单位")), (cells("1", "甲"),)),
)
ANNEX: Final[tuple[Block, ...]] = (Text("annex", "附件的话"),)


def judged(data: bytes) -> tuple[bool, tuple[Diagnostic, ...]]:
    """Fill a document: whether that is done, and what is found instead. Anything else raises."""
    opened = open_template(data, "t.docx")
    if not isinstance(opened, Template):
        for finding in opened:
            assert finding.code in (Code.TEMPLATE_UNUSABLE, Code.PLACEHOLDER_UNKNOWN)
            assert all(load_words(language).message(finding) for language in LANGUAGES)
            assert finding.code is Code.PLACEHOLDER_UNKNOWN or dict(finding.args)["reason"] in get_args(Refusal)
        assert opened
        return False, opened
    _holds(data, fill(opened, TEXTS, {"notice": NOTICE, "annex": ANNEX}))
    return True, ()


def _holds(before: bytes, after: bytes) -> None:
    """The paper opens in another program, has no placeholder left and the notice in it; other parts are untouched."""
    Document(BytesIO(after))
    old, new = parts_of(before), parts_of(after)
    assert [*new] == [name for name in old if not name.endswith("/")]
    texts = []
    for content in (content for name, content in new.items() if content != old[name]):
        root = ET.fromstring(content)  # noqa: S314  what was written has no DTD
        texts += ["".join(_texts(paragraph)) for paragraph in root.iter(qn("w:p"))]
    assert "通报的话" in texts
    assert not [text for text in texts for name in SLOTS if f"{{{{{name}}}}}" in text]


def _texts(element: ET.Element) -> Iterator[str]:
    """Give the texts within an element, but not those of paragraphs (in text boxes) within it."""
    for child in (child for child in element if child.tag != qn("w:p")):
        if child.tag == qn("w:t"):
            yield child.text or ""
        yield from _texts(child)
