"""An office's own document to write into: the placeholders it has, and the document with these filled."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import chain, count, islice
from typing import Final, Literal

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import parse_xml
from lxml import etree
from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.core.archives import packed
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.names import visible
from dangjian_score.report.official.drawing import FACES, ROOM, Block, Styles, drawn, put_before, style_xml
from dangjian_score.report.official.package import Element, PaperPackage, UnusableError, opened, parsed

Slot = Literal["notice", "annex", "title", "rubric", "period", "units", "issuer", "date"]

SLOTS: Final[Mapping[str, Slot]] = {
    "通报": "notice", "附件": "annex", "标题": "title", "细则": "rubric", "期间": "period", "单位数": "units",
    "落款": "issuer", "日期": "date",
}  # fmt: skip
"""Placeholders by their Chinese names; the English ones are the slots' own."""
_NAMED: Final[Mapping[str, Slot]] = {**SLOTS, **{slot: slot for slot in SLOTS.values()}}
_WHOLE: Final = ("notice", "annex")
_PLACEHOLDER: Final = re.compile(r"[{｛]{2}([^{}｛｝]+)[}｝]{2}")
"""What may be one. The time is linear: a try ends at the next brace, and none begins before it."""
_LONGEST: Final = 40
"""Characters of a placeholder's name."""
_HOMES: Final = {qn(tag) for tag in ("w:document", "w:body", "w:tbl", "w:tr", "w:tc")}
"""What a whole text may stand in."""
_PARAGRAPH: Final = qn("w:p")
_PICTURES: Final = (qn("w:drawing"), qn("w:pict"), qn("w:object"))
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


class Template(Struct, frozen=True):
    """A document to write into: its parts, with a style for every face; which have texts; the placeholders it has.

    The first part with texts is the document itself.
    """

    parts: Mapping[str, bytes]
    texts: tuple[str, ...]
    styles: Styles
    slots: frozenset[Slot]


def open_template(data: bytes, name: str) -> Template | tuple[Diagnostic, ...]:
    """Look a document over; findings where it cannot be written into, or has placeholders that are none."""
    try:
        package, roots = opened(data)
        places = {part: _places(roots[part]) for part in package.texts}
        _check_count(places)
        names = dict.fromkeys(found.name for own in places.values() for place in own for found in place.found)
        if unknown := [slot for slot in names if slot not in _NAMED]:
            return tuple(at_file(Code.PLACEHOLDER_UNKNOWN, name, found=slot, **_known(slot)) for slot in unknown)
        _check_places(package, roots, places)
        named = styles(roots[package.styles], package.styles)
        parts = {**package.parts, package.styles: _written(roots[package.styles])}
        return Template(parts, package.texts, named, frozenset(_NAMED[slot] for slot in names))
    except UnusableError as error:
        return (at_file(Code.TEMPLATE_UNUSABLE, name, reason=error.reason, part=error.part, found=error.found),)


def fill(template: Template, texts: Mapping[Slot, str], blocks: Mapping[Slot, tuple[Block, ...]]) -> bytes:
    """Write texts and blocks where their places are; the notice at the end where it has none."""
    parts = dict(template.parts)
    for part in template.texts:
        root = parsed(parts, part)
        places = _places(root)
        for place in places:
            _fill(place, part, texts, blocks, template.styles)
        at_end = part == template.texts[0] and "notice" not in template.slots
        if at_end:
            end = _end(root)
            put_before(end, drawn(blocks["notice"], template.styles, _text_width(end, part)))
        if places or at_end:
            parts[part] = _written(root)
    return packed(parts.items())


def _known(slot: str) -> dict[str, str]:
    return {"near": next(iter(get_close_matches(slot, _NAMED, 1, 0.4)), ""), "known": "、".join(SLOTS)}


def _written(root: Element) -> bytes:
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return written


class _Found(Struct, frozen=True):
    """A placeholder in the text of a paragraph."""

    start: int
    end: int
    name: str


class _Place(Struct, frozen=True):
    """A paragraph with placeholders; its pieces of text, but not those of text boxes in it."""

    paragraph: Element
    pieces: list[Element]
    found: tuple[_Found, ...]
    alone: bool
    """Whether a placeholder is all its text."""

    @property
    def whole(self) -> list[Slot]:
        """The whole texts that have their place here."""
        return [slot for found in self.found if (slot := _NAMED.get(found.name)) in _WHOLE and slot is not None]


def _places(root: Element) -> tuple[_Place, ...]:
    """Find the placeholders of a part, in one pass over its texts."""
    pieces: dict[Element, list[Element]] = {}
    for piece in root.iter(qn("w:t")):
        paragraph = next(piece.iterancestors(_PARAGRAPH), None) if piece.text else None
        if paragraph is not None:
            pieces.setdefault(paragraph, []).append(piece)
    return tuple(place for paragraph, own in pieces.items() for place in _place(paragraph, own))


def _place(paragraph: Element, pieces: list[Element]) -> Iterator[_Place]:
    text = "".join(piece.text for piece in pieces)
    found = tuple(
        _Found(match.start(), match.end(), name)
        for match in islice(_PLACEHOLDER.finditer(text), limits.MAX_PLACEHOLDERS + 1)
        if 0 < len(name := match[1].strip()) <= _LONGEST
    )
    if found:
        alone = len(found) == 1 and not (text[: found[0].start] + text[found[0].end :]).strip()
        yield _Place(paragraph, pieces, found, alone)


def _check_count(places: Mapping[str, tuple[_Place, ...]]) -> None:
    names = whole = 0
    for part, own in places.items():
        names += sum(len(place.found) for place in own)
        whole += sum(len(place.whole) for place in own)
        if names > limits.MAX_PLACEHOLDERS or whole > limits.MAX_WHOLE_TEXTS:
            raise UnusableError("paper many", part)


def _check_places(
    package: PaperPackage, roots: Mapping[str, Element], places: Mapping[str, tuple[_Place, ...]]
) -> None:
    """Refuse placeholders where they cannot be filled, and pages without measures. Raises UnusableError."""
    for part, root in roots.items():
        if part not in places:
            known = (match for match in _PLACEHOLDER.finditer(root.xpath("string()")) if match[1].strip() in _NAMED)
            for match in known:
                raise UnusableError("paper place", part, match[0])
    for page in roots[package.document].iter(qn("w:pgSz"), qn("w:pgMar")):
        for key, length in page.items():
            if key in _LENGTHS:
                _twips(length, package.document)
    for part, place in ((part, place) for part, own in places.items() for place in own if place.whole):
        if part != package.document or not _is_home(place.paragraph):
            raise UnusableError("paper slots", part)
        _room(place.paragraph, part)


def _is_home(paragraph: Element) -> bool:
    return all(home.tag in _HOMES for home in paragraph.iterancestors())


def _fill(
    place: _Place, part: str, texts: Mapping[Slot, str], blocks: Mapping[Slot, tuple[Block, ...]], named: Styles
) -> None:
    _replace(place, texts)
    for slot in place.whole:
        put_before(place.paragraph, drawn(blocks[slot], named, _room(place.paragraph, part)))
    if place.whole and place.alone:
        _remove(place.paragraph)


def _replace(place: _Place, texts: Mapping[Slot, str]) -> None:
    """Put a text where its placeholder begins, in the type of that run; take the rest of it out of the others."""
    start, left = 0, deque(place.found)
    for piece in place.pieces:
        old, new, here = piece.text, "", start
        end = start + len(old)
        while left and left[0].start < end:
            found = left[0]
            if found.start >= start:
                new += old[here - start : found.start - start] + visible(texts.get(_NAMED[found.name], ""))
            here = min(found.end, end)
            if found.end > end:
                break
            left.popleft()
        if here > start:
            piece.text = new + old[here - start :]
            piece.set(_SPACE, "preserve")
        start = end


def _remove(paragraph: Element) -> None:
    """Take out the paragraph of a placeholder, unless it ends a section, has pictures or keeps tables apart."""
    beside = (paragraph.getprevious(), paragraph.getnext())
    if (
        paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None
        and next(paragraph.iter(*_PICTURES), None) is None
        and any(sibling is not None and sibling.tag == paragraph.tag for sibling in beside)
    ):
        paragraph.getparent().remove(paragraph)


def _end(root: Element) -> Element:
    """Give what ends the last section of a document."""
    body = root.find(qn("w:body"))
    end = next(body.iterchildren(qn("w:sectPr"), reversed=True), None)
    return etree.SubElement(body, qn("w:sectPr")) if end is None else end


_LENGTH: Final = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)(mm|cm|in|pt|pc|pi|)")
_TWIPS: Final = {"": 1.0, "pt": 20.0, "pc": 240.0, "pi": 240.0, "in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54}
"""Twentieths of a point in the units that lengths may have."""
_LENGTHS: Final = {
    qn(f"w:{name}") for name in ("w", "h", "top", "right", "bottom", "left", "header", "footer", "gutter")
}
"""Attributes of pages that are lengths."""
_SECTION: Final = etree.XPath("(w:pPr/w:sectPr | following::w:sectPr)[1]", namespaces={"w": nsmap["w"]})
_LEAST, _MOST = 2000, 31_680
"""Twentieths of a point; no other width of a text is believed, and no page is wider in Word."""


def _room(paragraph: Element, part: str) -> int:
    """Measure the width that text has at a place: of its cell, else of the page it stands on."""
    home = paragraph.getparent()
    if home.tag == qn("w:tc"):
        width = home.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
        is_length = width is not None and width.get(qn("w:type"), "dxa") == "dxa"
        return _believed(_twips(width.get(qn("w:w"), "0"), part)) if is_length else ROOM
    return _text_width(next(iter(_SECTION(paragraph)), None), part)


def _text_width(section: Element | None, part: str) -> int:
    page, margins = (None, None) if section is None else (section.find(qn("w:pgSz")), section.find(qn("w:pgMar")))
    if page is None or page.get(qn("w:w")) is None:
        return ROOM
    sides = () if margins is None else (margins.get(qn(f"w:{side}"), "0") for side in ("left", "right", "gutter"))
    return _believed(_twips(page.get(qn("w:w")), part) - sum(_twips(side, part) for side in sides))


def _twips(length: str, part: str) -> int:
    """Read a length. Raises UnusableError."""
    match = _LENGTH.fullmatch(length)
    if match is None:
        raise UnusableError("paper number", part, length)
    return round(float(match[1]) * _TWIPS[match[2]])


def _believed(width: int) -> int:
    return width if _LEAST <= width <= _MOST else ROOM


_LONGEST_ID: Final = 253
"""Characters of a style's id that Word takes."""
_STYLE_ID, _TYPE, _NAME, _VALUE = qn("w:styleId"), qn("w:type"), qn("w:name"), qn("w:val")
_MARKUP: Final = re.compile('[<>"]')


def styles(root: Element, part: str) -> Styles:
    """Take the document's own style where it has one of a face's name, and add the others. Raises UnusableError."""
    own: dict[str, str] = {}
    taken: set[str] = set()
    for style in root.iterchildren(qn("w:style")):
        id_ = style.get(_STYLE_ID, "")
        name = next(style.iterchildren(_NAME), None)
        if _MARKUP.search(id_) or (name is not None and name.get(_VALUE) is None):
            raise UnusableError("paper part", part)
        taken.add(id_)
        if name is not None and 0 < len(id_) <= _LONGEST_ID and style.get(_TYPE, "paragraph") == "paragraph":
            own.setdefault(name.get(_VALUE), id_)
    for face in FACES.values():
        if face.name not in own:
            ids = chain([face.id], (f"{face.id}{number}" for number in count()))
            own[face.name] = next(id_ for id_ in ids if id_ not in taken)
            root.append(parse_xml(style_xml(face, own[face.name])))
    return {name: own[face.name] for name, face in FACES.items()}
