"""The numbers that Word makes for paragraphs of lists, in the order of the document (ECMA-376 part 1, 17.9)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from docx.oxml.ns import qn
from msgspec import Struct

from dangjian_score.draft.documents.numerals import numeral
from dangjian_score.draft.documents.parts import is_on, number_of, value_of
from dangjian_score.draft.documents.styles import StyleSheet
from dangjian_score.report.official.package import Element

LEVELS: Final = 9
_PLACE: Final = re.compile("%([1-9])")
_LONGEST: Final = 64
"""Characters of what a level prints, numbers not filled in; what is beyond is not printed."""
_BULLET: Final = "•"
_SYMBOLS: Final = re.compile("wingdings|symbol|webdings", re.IGNORECASE)
"""Fonts whose letters are pictures."""


class ListLevel(Struct, frozen=True):
    """One level of a list: its first number, how it is written, and what is printed (`第%1条`).

    After which level (from 1) it begins anew is `restart`: 0 never, None after any above it. `style` is the style of
    paragraphs that brings it along; `legal` writes the numbers of all levels in digits.
    """

    start: int
    form: str
    text: str
    restart: int | None
    style: str | None
    legal: bool


class ListUse(Struct, frozen=True):
    """A list as paragraphs name it: which definition it counts in, its levels, and those that it begins anew."""

    definition: str
    levels: Mapping[int, ListLevel]
    starts: Mapping[int, int]


class Numbering:
    """The lists of a document and how far each has counted; lists of one definition count together."""

    def __init__(self, root: Element | None, styles: StyleSheet) -> None:
        self._styles = styles
        self._definitions = _by_id(root, "w:abstractNum", "w:abstractNumId")
        self._elements = _by_id(root, "w:num", "w:numId")
        self._uses: dict[str, ListUse | None] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def level_of(self, list_: str, styles: Iterable[str]) -> int | None:
        """Return the level of a list that one of these styles brings along, the first that brings any."""
        use = self._use(list_)
        linked = {} if use is None else {level.style: at for at, level in use.levels.items() if level.style}
        return next((linked[style] for style in styles if style in linked), None)

    def next_number(self, list_: str, at: int) -> str:
        """Count a paragraph of a list at a level (from 0) and return its number as it prints."""
        use = self._use(list_)
        if use is None or at not in use.levels:
            return ""
        counts = self._counts.setdefault(use.definition, {})
        for above in range(at):  # a level that has not counted is at its first number from now on
            if above in use.levels:
                counts.setdefault(above, use.starts.get(above, use.levels[above].start))
        if at in use.starts and (list_, at) not in self._begun:
            counts[at] = use.starts[at]
        else:
            counts[at] = counts[at] + 1 if at in counts else use.levels[at].start
        self._begun.add((list_, at))
        for below in range(at + 1, LEVELS):
            level = use.levels.get(below)
            if level is None or level.restart is None or at < level.restart:
                counts.pop(below, None)
        return _printed(use, at, counts)

    def _use(self, list_: str) -> ListUse | None:
        if list_ not in self._uses:
            self._uses[list_] = self._read(list_)
        return self._uses[list_]

    def _read(self, list_: str) -> ListUse | None:
        """Read a list with the definition that it leads to, through styles as well; None where it leads nowhere."""
        element, seen = self._elements.get(list_), {list_}
        while element is not None:
            id_ = value_of(element, "w:abstractNumId")
            definition = None if id_ is None else self._definitions.get(id_)
            if id_ is None or definition is None:
                return None
            style = value_of(definition, "w:numStyleLink")
            if style is None:
                own = self._elements[list_]
                levels, starts = _overrides(own)
                return ListUse(id_, {**_levels(definition), **levels}, starts)
            further = self._styles.list_of(style)
            if further is None or further in seen:
                return None
            seen.add(further)
            element = self._elements.get(further)
        return None


def _by_id(root: Element | None, tag: str, key: str) -> dict[str, Element]:
    found = () if root is None else root.iterchildren(qn(tag))
    return {element.get(qn(key), ""): element for element in found}


def _levels(parent: Element) -> dict[int, ListLevel]:
    """Read the levels that a definition, or a change to one, has."""
    found = ((number_of(level.get(qn("w:ilvl"))), level) for level in parent.iterchildren(qn("w:lvl")))
    return {at: _level(level) for at, level in found if at is not None and at < LEVELS}


def _overrides(use: Element) -> tuple[dict[int, ListLevel], dict[int, int]]:
    """Read what a list changes in its definition: levels, and where they start."""
    levels: dict[int, ListLevel] = {}
    starts: dict[int, int] = {}
    for change in use.iterchildren(qn("w:lvlOverride")):
        at = number_of(change.get(qn("w:ilvl")))
        if at is not None and at < LEVELS:
            levels.update((at, level) for level in _levels(change).values())
            start = number_of(value_of(change, "w:startOverride"))
            starts |= {} if start is None else {at: start}
    return levels, starts


def _level(element: Element) -> ListLevel:
    form = next(element.iter(qn("w:numFmt")), None)  # it may stand in an alternative for older programs
    form_name = "decimal" if form is None else form.get(qn("w:val"), "decimal")
    text = (value_of(element, "w:lvlText") or "")[:_LONGEST]
    start = number_of(value_of(element, "w:start"))
    return ListLevel(
        1 if start is None else start,
        form_name,
        _bullet(element, text) if form_name == "bullet" else text,
        number_of(value_of(element, "w:lvlRestart")),
        value_of(element, "w:pStyle"),
        bool(is_on(element, "w:isLgl")),
    )


def _bullet(element: Element, text: str) -> str:
    """Return the sign of a list without numbers; one that is a picture of a font is shown as a dot."""
    fonts = element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    is_picture = fonts is not None and any(_SYMBOLS.search(font) for font in fonts.values())
    private = any(unicodedata.category(char) == "Co" for char in text)
    return _BULLET if text.strip() and (is_picture or private) else text.strip()


def _printed(use: ListUse, at: int, counts: Mapping[int, int]) -> str:
    """Fill the numbers of a level and of those above it into what it prints."""
    own = use.levels[at]
    if own.form == "bullet":
        return own.text

    def filled(place: re.Match[str]) -> str:
        level = use.levels.get(wanted := int(place[1]) - 1)
        if level is None or wanted > at:
            return ""
        form = "decimal" if own.legal and level.form != "none" else level.form
        return numeral(counts[wanted], form)

    return _PLACE.sub(filled, own.text).strip()
