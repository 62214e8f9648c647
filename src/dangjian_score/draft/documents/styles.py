"""Styles of a document: what a paragraph takes from its style, and from those that its style is based on."""

import re
from collections.abc import Iterator
from typing import Final

from docx.oxml.ns import qn
from msgspec import Struct

from dangjian_score.draft.documents.parts import VALUE, is_on, number_of, value_of
from dangjian_score.report.official.package import Element

_TITLE: Final = re.compile("title|标题", re.IGNORECASE)
_HEADING: Final = re.compile("(?:heading|标题) ?([1-9])", re.IGNORECASE)
_NUMBERED_HEADING: Final = re.compile("([一二三四五六七八九])级标题")
_DIGITS: Final = "零一二三四五六七八九"
_CONTENTS: Final = re.compile("(?:toc|目录) ?(?:[1-9]|heading|标题)", re.IGNORECASE)
_BODY_LEVEL: Final = 9
"""The outline level of text."""
_DEEPEST: Final = 20
"""Styles based on each other that are looked at; Word allows some ten."""


class ParagraphStyle(Struct, frozen=True):
    """What a style, with those that it is based on, says of a paragraph.

    `list` and `level` are the numbering that it names; `chain` are the ids of these styles, the style itself first;
    `is_contents` tells a line of a table of contents.
    """

    heading: int | None = None
    list: str | None = None
    level: int | None = None
    chain: tuple[str, ...] = ()
    hidden: bool = False
    is_contents: bool = False


class StyleSheet:
    """The styles of a document by id; what is asked of one is worked out once."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else [*root.iterchildren(qn("w:style"))]
        self._elements = {style.get(qn("w:styleId"), ""): style for style in reversed(styles)}
        self._default = next((style.get(qn("w:styleId"), "") for style in styles if _is_default(style)), None)
        self._found: dict[str | None, ParagraphStyle] = {}

    def paragraph(self, id_: str | None) -> ParagraphStyle:
        """Return what a paragraph takes from a style; None is the style of paragraphs that name none."""
        if id_ not in self._found:
            self._found[id_] = self._resolved(self._default if id_ is None else id_)
        return self._found[id_]

    def hides(self, id_: str | None) -> bool:
        """Tell whether a style of characters hides them."""
        return id_ is not None and self.paragraph(id_).hidden

    def list_of(self, id_: str) -> str | None:
        """Return the list that a style of numbering stands for."""
        style = self._elements.get(id_)
        return None if style is None else value_of(style.find(f"{qn('w:pPr')}/{qn('w:numPr')}"), "w:numId")

    def _resolved(self, id_: str | None) -> ParagraphStyle:
        chain = [*self._chain(id_)]
        properties = [style.find(qn("w:pPr")) for style in chain]
        numbering = [None if own is None else own.find(qn("w:numPr")) for own in properties]
        lists = (value_of(own, "w:numId") for own in numbering)
        levels = (number_of(value_of(own, "w:ilvl")) for own in numbering)
        names = [value_of(style, "w:name") or "" for style in chain]
        levels_said = zip(names, properties, strict=True)
        hidden = (is_on(style.find(qn("w:rPr")), "w:vanish") for style in chain)
        return ParagraphStyle(
            next((heading_of(level) for name, own in levels_said if (level := _level(name, own)) is not None), None),
            next((list_ for list_ in lists if list_ is not None), None),
            next((level for level in levels if level is not None), None),
            tuple(style.get(qn("w:styleId"), "") for style in chain),
            next((said for said in hidden if said is not None), False),
            bool(names and _CONTENTS.fullmatch(names[0])),
        )

    def _chain(self, id_: str | None) -> Iterator[Element]:
        """Yield a style and those that it is based on; a circle ends where it closes."""
        seen: set[str] = set()
        while id_ is not None and id_ not in seen and len(seen) < _DEEPEST:
            seen.add(id_)
            style = self._elements.get(id_)
            if style is None:
                return
            yield style
            id_ = value_of(style, "w:basedOn")


def _is_default(style: Element) -> bool:
    return style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true", "on")


def _level(name: str, properties: Element | None) -> int | None:
    """Return the outline level that a style gives by its name or by itself, -1 for a title; None where it is silent."""
    name = name.strip()
    if _TITLE.fullmatch(name):
        return -1
    if found := _HEADING.fullmatch(name):
        return int(found[1]) - 1
    if found := _NUMBERED_HEADING.fullmatch(name):
        return _DIGITS.index(found[1]) - 1
    return number_of(value_of(properties, "w:outlineLvl"))


def heading_of(level: int) -> int | None:
    """Return the heading that an outline level (from 0) makes of a paragraph; None for text."""
    return level + 1 if level < _BODY_LEVEL else None


def style_id(properties: Element | None, tag: str) -> str | None:
    """Return the id of the style that a paragraph or run names."""
    style = None if properties is None else properties.find(qn(tag))
    return None if style is None else style.get(VALUE)
