"""An office's own paper (.docx): whether it may be written into, what it offers, its placeholders filled."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from typing import Final, Literal

from docx import Document
from docx.document import Document as Paper
from docx.opc.rel import _Relationship
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import Struct

from dangjian_score.core.archives import unpack
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.names import visible
from dangjian_score.report.official.drawing import FACES, ROOM, Block, Styles, drawn, put_before, saved, style_xml

Refusal = Literal[
    "paper empty", "paper other", "paper doc", "paper locked", "paper damaged", "paper large", "paper macros",
    "paper dotx", "paper entities", "paper slots",
]  # fmt: skip
"""Why a file is no paper to write into; `words` has a sentence and a way out for each."""

MAX_FILE: Final = 20_000_000
MAX_UNPACKED: Final = 200_000_000
"""Bytes of all parts, pictures as well."""
MAX_XML: Final = 30_000_000
"""Bytes of XML; a hundred pages take one or two millions."""

_OLE: Final = b"\xd0\xcf\x11\xe0"
_TYPES: Final = "[Content_Types].xml"
_DOCUMENT: Final = b"wordprocessingml.document.main+xml"
_PATTERN: Final = b"wordprocessingml.template.main+xml"
_MACROS: Final = b"macroEnabled"
_ENTITIES: Final = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def refusal(data: bytes) -> Refusal | None:
    """Tell why these bytes are no document that may be opened."""
    if not data:
        return "paper empty"
    if len(data) > MAX_FILE:
        return "paper large"
    if data.startswith(_OLE):
        return "paper locked" if "EncryptedPackage".encode("utf-16-le") in data else "paper doc"
    if not data.startswith(b"PK"):
        return "paper other"
    parts = unpack(data, MAX_UNPACKED)
    match parts:
        case dict():
            return _of_parts(parts)
        case "encrypted":
            return "paper locked"
        case "bomb" | "too large" | "too many parts":
            return "paper large"
        case _:
            return "paper damaged"


def _of_parts(parts: Mapping[str, bytes]) -> Refusal | None:
    written = [data for name, data in parts.items() if name.lower().endswith((".xml", ".rels", ".vml"))]
    if sum(map(len, written)) > MAX_XML:
        return "paper large"
    return _of_types(parts.get(_TYPES, b""), [*parts]) or (
        "paper entities" if any(mark in data for data in written for mark in _ENTITIES) else None
    )


def _of_types(types: bytes, names: list[str]) -> Refusal | None:
    if _MACROS in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        return "paper macros"
    if _PATTERN in types:
        return "paper dotx"
    return None if _DOCUMENT in types else "paper other"


_LEAST: Final = 2000
"""Twentieths of a point below which a width is not believed."""


def styles(paper: Paper) -> Styles:
    """Take the paper's own style where it has one of a face's name, and add the others."""
    element = paper.styles.element
    own = {style.name_val: style.styleId for style in element.style_lst}
    taken = {*own.values()}
    for face in FACES.values():
        if face.name not in own:
            ids = (face.id, *(f"{face.id}{at}" for at in range(len(taken) + 1)))
            id_ = next(free for free in ids if free not in taken)
            element.append(parse_xml(style_xml(face, id_)))
            own[face.name] = id_
            taken.add(id_)
    return {name: own[face.name] for name, face in FACES.items()}


def room(place: BaseOxmlElement) -> int:
    """Measure the width that text has at a place: of its cell, else of the page it stands on."""
    home = place.getparent()
    if home.tag == qn("w:tc"):
        return _believed(home.width)
    section = (
        place
        if place.tag == qn("w:sectPr")
        else next(iter(place.xpath("./w:pPr/w:sectPr | following::w:sectPr")), None)
    )
    if section is None or section.page_width is None:
        return ROOM
    margins = (section.left_margin, section.right_margin, section.gutter)
    return _believed(section.page_width - sum(margin for margin in margins if margin is not None))


def _believed(width: object) -> int:
    twips = width // 635 if isinstance(width, int) else 0
    return twips if twips >= _LEAST else ROOM


Slot = Literal["notice", "annex", "title", "rubric", "period", "units", "issuer", "date"]

SLOTS: Final[Mapping[str, Slot]] = {
    "通报": "notice", "附件": "annex", "标题": "title", "细则": "rubric", "期间": "period", "单位数": "units",
    "落款": "issuer", "日期": "date",
}  # fmt: skip
"""Placeholders by their Chinese names; the English ones are the slots' own."""

_NAMED: Final[Mapping[str, Slot]] = {**SLOTS, **{slot: slot for slot in SLOTS.values()}}
_BLOCKS: Final = ("notice", "annex")
_PLACEHOLDER: Final = re.compile(r"[{｛]{2}\s*([^{}｛｝]{1,40}?)\s*[}｝]{2}")
_HOMES: Final = (qn("w:body"), qn("w:tc"))
"""Where whole texts may stand: not in heads and feet of pages, and not in text boxes."""
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


class Template(Struct, frozen=True):
    """A paper to write into, and the places it has."""

    data: bytes
    slots: frozenset[Slot]


def open_template(data: bytes, name: str) -> Template | tuple[Diagnostic, ...]:
    """Look a paper over; findings where it cannot be written into, or has placeholders that are none."""
    if reason := refusal(data):
        return _unusable(name, reason)
    try:
        paper = Document(BytesIO(data))
        found = [(slot, paragraph) for paragraph in _paragraphs(paper) for slot in _placeholders(paragraph)]
        paper.styles  # noqa: B018  is made where it is missing
    except Exception:  # noqa: BLE001  there is no list of what the library raises on damaged parts
        return _unusable(name, "paper damaged")
    unknown = dict.fromkeys(slot for slot, _ in found if slot not in _NAMED)
    if unknown:
        return tuple(at_file(Code.PLACEHOLDER_UNKNOWN, name, found=slot, **_known(slot)) for slot in unknown)
    if any(_NAMED[slot] in _BLOCKS and paragraph.getparent().tag not in _HOMES for slot, paragraph in found):
        return _unusable(name, "paper slots")
    return Template(data, frozenset(_NAMED[slot] for slot, _ in found))


def fill(template: Template, texts: Mapping[Slot, str], blocks: Mapping[Slot, tuple[Block, ...]]) -> bytes:
    """Write texts and blocks where their places are; the notice at the end where it has none."""
    paper = Document(BytesIO(template.data))
    named = styles(paper)
    for paragraph in [*_paragraphs(paper)]:
        whole = [_NAMED[slot] for slot in _placeholders(paragraph) if _NAMED[slot] in _BLOCKS]
        alone = _PLACEHOLDER.fullmatch(_text(paragraph).strip()) is not None
        _replace(paragraph, texts)
        for slot in whole:
            put_before(paragraph, drawn(blocks[slot], named, room(paragraph)))
        if whole and alone:
            _remove(paragraph)
    if "notice" not in template.slots:
        end = paper.element.body.sectPr
        if end is None:
            end = paper.element.body.get_or_add_sectPr()
        put_before(end, drawn(blocks["notice"], named, room(end)))
    return saved(paper)


def _unusable(name: str, reason: Refusal) -> tuple[Diagnostic, ...]:
    return (at_file(Code.TEMPLATE_UNUSABLE, name, reason=reason),)


def _known(slot: str) -> dict[str, str]:
    return {"near": next(iter(get_close_matches(slot, _NAMED, 1, 0.4)), ""), "known": "、".join(SLOTS)}


def _paragraphs(paper: Paper) -> Iterator[BaseOxmlElement]:
    """Visit all paragraphs: of the text, its tables and text boxes, then of heads and feet of pages."""
    parts = [paper.part, *(relation.target_part for relation in paper.part.rels.values() if _is_margin(relation))]
    for part in parts:
        yield from part.element.iter(qn("w:p"))


def _is_margin(relation: _Relationship) -> bool:
    return not relation.is_external and relation.reltype.endswith(("/header", "/footer"))


def _placeholders(paragraph: BaseOxmlElement) -> list[str]:
    return _PLACEHOLDER.findall(_text(paragraph))


def _runs(paragraph: BaseOxmlElement) -> list[BaseOxmlElement]:
    """Give a paragraph's pieces of text, but not those of text boxes in it."""
    return [piece for piece in paragraph.iter(qn("w:t")) if next(piece.iterancestors(qn("w:p"))) is paragraph]


def _text(paragraph: BaseOxmlElement) -> str:
    return "".join(piece.text or "" for piece in _runs(paragraph))


def _replace(paragraph: BaseOxmlElement, texts: Mapping[Slot, str]) -> None:
    """Put a text where its placeholder begins, in the type of that run; take the rest of it out of the others."""
    for found in reversed([*_PLACEHOLDER.finditer(_text(paragraph))]):
        text, at = visible(texts.get(_NAMED[found[1]], "")), 0
        for piece in _runs(paragraph):
            old = piece.text or ""
            first, last = max(found.start() - at, 0), min(found.end() - at, len(old))
            if first < last:
                begins = found.start() >= at
                piece.text = old[:first] + (text if begins else "") + old[last:]
                piece.set(_SPACE, "preserve")
            at += len(old)


def _remove(paragraph: BaseOxmlElement) -> None:
    """Take out the paragraph of a placeholder, unless a section ends or a cell consists of it."""
    ends_a_section = paragraph.pPr is not None and paragraph.pPr.find(qn("w:sectPr")) is not None
    home = paragraph.getparent()
    if not ends_a_section and (home.tag == qn("w:body") or len(home.findall(qn("w:p"))) > 1):
        home.remove(paragraph)
