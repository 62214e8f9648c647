"""Documents of offices: sound ones, and such as are made to harm, each of a size that can be doubled."""

from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from docx import Document
from docx.oxml.ns import nsdecls
from msgspec import Struct

Parts = dict[str, bytes]
DOCUMENT, STYLES, TYPES = "word/document.xml", "word/styles.xml", "[Content_Types].xml"
RELATIONS, SETTINGS_RELATIONS = "word/_rels/document.xml.rels", "word/_rels/settings.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
W: Final = nsdecls("w")


def saved(paper: Any) -> bytes:
    """Give the bytes of a document."""
    written = BytesIO()
    paper.save(written)
    return written.getvalue()


def parts_of(data: bytes) -> Parts:
    """Unpack a document."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts as they are; large XML is stored, since its shrinking would give it away."""
    archive = BytesIO()
    with ZipFile(archive, "w") as target:
        for name, content in parts.items():
            large = name.endswith("xml") and len(content) > 1_000_000
            target.writestr(name, content, ZIP_STORED if large else ZIP_DEFLATED)
    return archive.getvalue()


def plain() -> Parts:
    """Give the parts of an empty document."""
    return parts_of(saved(Document()))


def changed(name: str, new: bytes | str | None, parts: Parts | None = None) -> bytes:
    """Exchange, add or (None) drop a part of a document."""
    kept = dict(plain() if parts is None else parts)
    kept.pop(name, None)
    if new is not None:
        kept[name] = new.encode() if isinstance(new, str) else new
    return packed(kept)


def replaced(name: str, old: str, new: str) -> bytes:
    """Put other text for text that is there."""
    parts = plain()
    text = parts[name].decode()
    assert old in text, (name, old)
    return changed(name, text.replace(old, new, 1))


def with_type(name: str, content: bytes | str, type_: str) -> bytes:
    """Add a part of a content type."""
    override = f'<Override PartName="/{name}" ContentType="{type_}"/></Types>'
    parts = plain()
    parts[TYPES] = parts[TYPES].replace(b"</Types>", override.encode())
    return changed(name, content, parts)


def body(content: str) -> bytes:
    """Make a document with this content."""
    return changed(DOCUMENT, f"<w:document {W}><w:body>{content}<w:sectPr/></w:body></w:document>")


def with_relation(kind: str, target: str, *, external: bool, of: str = RELATIONS) -> bytes:
    """Add a relation, to what need not be there."""
    mode = ' TargetMode="External"' if external else ""
    type_ = kind if ":" in kind else OFFICE + kind
    relation = f'<Relationship Id="rIdX" Type="{type_}" Target="{target}"{mode}/></Relationships>'
    parts = plain()
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    parts[of] = parts.get(of, empty).replace(b"</Relationships>", relation.encode())
    return packed(parts)


def run(text: str) -> str:
    """Write a run."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    """Write a paragraph of runs."""
    return f"<w:p>{''.join(map(run, runs))}</w:p>"


def _nested_boxes(size: int) -> str:
    """Nest text boxes, each with many texts."""
    levels = 40
    inner = run("字") * (size // levels)
    return f"<w:p><w:r><w:pict><w:txbxContent>{inner}" * levels + "</w:txbxContent></w:pict></w:r></w:p>" * levels


def _doctype(size: int) -> str:
    """Give every element a thousand attributes."""
    attributes = " ".join(f'a{at} CDATA "x"' for at in range(1000))
    content = "<w:p/>" * size
    return f"<!DOCTYPE w:document [<!ATTLIST w:p {attributes}>]><w:document {W}><w:body>{content}</w:body></w:document>"


def _attributes(size: int) -> bytes:
    return body("<a " + " ".join(f"a{at}=''" for at in range(size)) + "/>")


def _laughs(size: int) -> bytes:
    entities = "".join(f'<!ENTITY e{at + 1} "{10 * f"&e{at};"}">' for at in range(size))
    return changed(DOCUMENT, f"<!DOCTYPE a [{entities}]><a>&e{size};</a>")


def _styles(size: int) -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="GwTitle{at}"><w:name w:val="n{at}"/></w:style>' for at in range(size)
    )
    return changed(STYLES, f"<w:styles {W}>{styles}</w:styles>")


def _relations(size: int) -> bytes:
    links = "".join(f'<Relationship Id="r{at}" Type="a" Target="styles.xml"/>' for at in range(size))
    parts = plain()
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", f"{links}</Relationships>".encode())
    return packed(parts)


def _many_parts(size: int) -> bytes:
    parts = plain()
    parts |= {f"customXml/item{at}.xml": b"<a/>" for at in range(size)}
    return packed(parts)


def _pictures(size: int) -> bytes:
    parts = plain()
    parts |= {
        f"word/media/image{at}.png": Random(at).randbytes(size)  # noqa: S311
        for at in range(2)
    }
    return packed(parts)


def _long_style_id(size: int) -> bytes:
    style = f'<w:style w:type="paragraph" w:styleId="{"a" * size}"><w:name w:val="公文正文"/></w:style>'
    return changed(STYLES, f"<w:styles {W}>{style}</w:styles>")


def _pages(size: int) -> bytes:
    """Give a sound document of so many pages, as Word writes it."""
    rpr = (
        '<w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" w:hAnsi="仿宋_GB2312" w:hint="eastAsia"/>'
        '<w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr>'
    )
    ppr = '<w:pPr><w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200"/></w:pPr>'
    runs = f'<w:r w:rsidR="00A77B3E">{rpr}<w:t>{"字" * 10}</w:t></w:r>' * 3
    text = f'<w:p w:rsidR="00A77B3E" w:rsidRDefault="00A77B3E">{ppr}{runs}</w:p>' * (22 * size)
    return body(f"{text}{paragraph('{{通报}}')}")


class Beast(Struct, frozen=True):
    """How a document is made; `small` and `large` are sizes: one for tests, one as large as limits let it be."""

    make: Callable[[int], bytes]
    small: int
    large: int


ZOO: Final[Mapping[str, Beast]] = {
    "a run of blanks": Beast(lambda n: body(paragraph("{{" + " " * n)), 10_000, 9_000_000),
    "opening braces": Beast(lambda n: body(paragraph("{" * n)), 10_000, 9_000_000),
    "placeholders not closed": Beast(lambda n: body(paragraph("{{标题 " * n)), 1_000, 900_000),
    "blanks over runs": Beast(lambda n: body(paragraph("{{", *["  "] * n)), 1_000, 100_000),
    "placeholders": Beast(lambda n: body(paragraph("{{标题}}" * n)), 300, 700_000),
    "as many placeholders as may be": Beast(
        lambda n: body(paragraph(*["{{标题}}"] * 200, *["字"] * n)), 1_000, 100_000
    ),
    "as many notices as may be": Beast(lambda n: body(paragraph("{{通报}}") * 10 + "<w:p/>" * n), 1_000, 500_000),
    "notices in a cell": Beast(
        lambda n: body(
            f"<w:tbl><w:tr><w:tc>{'<w:p/>' * n}{paragraph('{{通报}}') * 10}<w:p/></w:tc></w:tr></w:tbl><w:p/>"
        ),
        1_000,
        500_000,
    ),
    "texts": Beast(lambda n: body(run("字") * n), 1_000, 100_000),
    "text boxes in text boxes": Beast(lambda n: body(_nested_boxes(n)), 4_000, 100_000),
    "paragraphs in paragraphs": Beast(lambda n: body("<w:p>" * n + "</w:p>" * n), 200, 200_000),
    "empty paragraphs": Beast(lambda n: body("<w:p/>" * n), 1_000, 500_000),
    "sections": Beast(lambda n: body("<w:sectPr/>" * n), 1_000, 500_000),
    "pages": Beast(lambda n: body('<w:sectPr><w:pgSz w:w="9000"/></w:sectPr>' * n), 1_000, 120_000),
    "elements": Beast(lambda n: body("<a/>" * n), 1_000, 2_000_000),
    "attributes": Beast(_attributes, 1_000, 500_000),
    "depth": Beast(lambda n: body("<a>" * n + "</a>" * n), 300, 200_000),
    "styles": Beast(_styles, 1_000, 90_000),
    "an id of a style": Beast(_long_style_id, 10_000, 9_000_000),
    "relations": Beast(_relations, 1_000, 120_000),
    "parts": Beast(_many_parts, 100, 960),
    "too many parts": Beast(_many_parts, 1_100, 150_000),
    "a bomb": Beast(lambda n: changed("word/media/a.png", bytes(n)), 60_000_000, 400_000_000),
    "a picture of nothing": Beast(lambda n: changed("word/media/a.png", bytes(n)), 10_000, 48_000_000),
    "pictures": Beast(_pictures, 10_000, 9_900_000),
    "attributes by DTD": Beast(lambda n: changed(DOCUMENT, _doctype(n)), 100, 100_000),
    "laughs": Beast(_laughs, 10, 1_000),
    "an XML part of zeros": Beast(lambda n: changed(DOCUMENT, bytes(n)), 10_000, 900_000),
    "a sound document": Beast(_pages, 1, 100),
}
"""By name; in both sizes each is filled or refused, in time and memory that are bounded."""
