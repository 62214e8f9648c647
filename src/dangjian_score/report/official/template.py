"""An office's own paper (.docx, with its red head): kept as it is, the text put where its placeholders stand.

A placeholder is a name in double braces, `{{通报}}`; Word may have cut it into several runs.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from typing import Final, Literal

from docx import Document
from docx.document import Document as Paper
from docx.opc.rel import _Relationship
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import Struct

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.names import visible
from dangjian_score.report.official.blocks import Block
from dangjian_score.report.official.drawing import drawn, put_before
from dangjian_score.report.official.intake import Refusal, refusal
from dangjian_score.report.official.lodging import room, styles
from dangjian_score.report.official.page import saved

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
        found = [(one, paragraph) for paragraph in _paragraphs(paper) for one in _placeholders(paragraph)]
        paper.styles  # noqa: B018  is made where it is missing
    except Exception:  # noqa: BLE001  there is no list of what the library raises on damaged parts
        return _unusable(name, "paper damaged")
    unknown = dict.fromkeys(one for one, _ in found if one not in _NAMED)
    if unknown:
        return tuple(at_file(Code.PLACEHOLDER_UNKNOWN, name, found=one, **_known(one)) for one in unknown)
    if any(_NAMED[one] in _BLOCKS and paragraph.getparent().tag not in _HOMES for one, paragraph in found):
        return _unusable(name, "paper slots")
    return Template(data, frozenset(_NAMED[one] for one, _ in found))


def fill(template: Template, texts: Mapping[Slot, str], blocks: Mapping[Slot, tuple[Block, ...]]) -> bytes:
    """Write texts and blocks where their places are; the notice at the end where it has none."""
    paper = Document(BytesIO(template.data))
    named = styles(paper)
    for paragraph in [*_paragraphs(paper)]:
        whole = [_NAMED[one] for one in _placeholders(paragraph) if _NAMED[one] in _BLOCKS]
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


def _known(one: str) -> dict[str, str]:
    return {"near": next(iter(get_close_matches(one, _NAMED, 1, 0.4)), ""), "known": "、".join(SLOTS)}


def _paragraphs(paper: Paper) -> Iterator[BaseOxmlElement]:
    """Visit all paragraphs: of the text, its tables and text boxes, then of heads and feet of pages."""
    parts = [paper.part, *(one.target_part for one in paper.part.rels.values() if _is_margin(one))]
    for part in parts:
        yield from part.element.iter(qn("w:p"))


def _is_margin(relation: _Relationship) -> bool:
    return not relation.is_external and relation.reltype.endswith(("/header", "/footer"))


def _placeholders(paragraph: BaseOxmlElement) -> list[str]:
    return _PLACEHOLDER.findall(_text(paragraph))


def _runs(paragraph: BaseOxmlElement) -> list[BaseOxmlElement]:
    """Give a paragraph's pieces of text, but not those of text boxes in it."""
    return [one for one in paragraph.iter(qn("w:t")) if next(one.iterancestors(qn("w:p"))) is paragraph]


def _text(paragraph: BaseOxmlElement) -> str:
    return "".join(one.text or "" for one in _runs(paragraph))


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
