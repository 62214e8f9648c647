"""The text of one paragraph of a .docx as it prints, and the text boxes that hang on it.

Of tracked changes what was inserted is kept, what was deleted is not; of fields the results are kept; hidden text is
left out.
"""

from collections.abc import Iterator
from typing import Final

from docx.oxml.ns import qn
from msgspec import Struct

from dangjian_score.draft.documents.parts import is_on
from dangjian_score.draft.documents.styles import StyleSheet, style_id
from dangjian_score.report.official.package import Element

_COMPATIBLE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES: Final = f"{_COMPATIBLE}AlternateContent"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_BOX: Final = qn("w:txbxContent")
_WRAPPERS: Final = frozenset({
    *map(qn, ("w:hyperlink", "w:smartTag", "w:customXml", "w:ins", "w:moveTo", "w:fldSimple", "w:bdo", "w:dir")),
    *map(qn, ("w:sdt", "w:sdtContent")),
})  # fmt: skip
"""What stands around runs and changes nothing of what prints."""
_MATHS: Final = frozenset({f"{_MATH}oMath", f"{_MATH}oMathPara"})
_PICTURES: Final = frozenset(map(qn, ("w:drawing", "w:pict", "w:object")))
_SIGNS: Final = {
    qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-",
}  # fmt: skip


class InlineText(Struct, frozen=True):
    """The text of a paragraph, without white space around it, and its text boxes."""

    text: str
    boxes: tuple[Element, ...]


def inline_text(paragraph: Element, styles: StyleSheet, *, hidden: bool) -> InlineText:
    """Read the text of a paragraph; `hidden` tells whether its style hides text that does not say otherwise."""
    reader = _InlineReader(styles, hidden=hidden)
    reader.read(paragraph)
    return InlineText("".join(reader.pieces), tuple(reader.boxes))


def chosen(alternatives: Element) -> Element | None:
    """Return the content to read where there is one for newer and one for older programs."""
    first = alternatives.find(f"{_COMPATIBLE}Choice")
    return alternatives.find(f"{_COMPATIBLE}Fallback") if first is None else first


class _InlineReader:
    """Collects pieces of text; `_fields` tells for each field that is open whether its code is being read."""

    def __init__(self, styles: StyleSheet, *, hidden: bool) -> None:
        self._styles, self._hidden = styles, hidden
        self._fields: list[bool] = []
        self.pieces: list[str] = []
        self.boxes: list[Element] = []

    def read(self, parent: Element) -> None:
        """Read what stands in a paragraph, or in something around runs."""
        for child in parent:
            if child.tag == qn("w:r"):
                self._run(child, hides=self._hides(child))
            elif child.tag in _WRAPPERS:
                self.read(child)
            elif child.tag in _MATHS:
                self._add(_formula(child))
            elif child.tag == ALTERNATIVES and (content := chosen(child)) is not None:
                self.read(content)

    def _hides(self, run: Element) -> bool:
        """Tell whether a run is hidden: by itself, by its own style, or by that of the paragraph."""
        properties = run.find(qn("w:rPr"))
        own = is_on(properties, "w:vanish")
        return own if own is not None else self._styles.hides(style_id(properties, "w:rStyle")) or self._hidden

    def _run(self, run: Element, *, hides: bool) -> None:
        for child in run:
            if child.tag == qn("w:fldChar"):
                self._field(child.get(qn("w:fldCharType")))
            elif hides:
                continue
            elif child.tag == qn("w:t"):
                self._add(child.text or "")
            elif child.tag in _SIGNS:
                self._add(_SIGNS[child.tag])
            elif child.tag in _PICTURES:
                self.boxes += _boxes(child)
            elif child.tag == qn("w:ruby") and (base := child.find(qn("w:rubyBase"))) is not None:
                self.read(base)
            elif child.tag == ALTERNATIVES and (content := chosen(child)) is not None:
                self._run(content, hides=False)

    def _field(self, kind: str | None) -> None:
        match kind:
            case "begin":
                self._fields.append(True)
            case "separate" if self._fields:
                self._fields[-1] = False
            case "end" if self._fields:
                self._fields.pop()
            case _:
                pass

    def _add(self, text: str) -> None:
        if not any(self._fields):
            self.pieces.append(text)


def _boxes(parent: Element) -> Iterator[Element]:
    """Yield the text boxes in a picture, but not those within them."""
    for child in parent:
        if child.tag == _BOX:
            yield child
        elif child.tag != ALTERNATIVES:
            yield from _boxes(child)
        elif (content := chosen(child)) is not None:
            yield from _boxes(content)


def _formula(parent: Element) -> str:
    """Write a formula on one line: a fraction with a stroke, all else as its texts follow each other."""
    if parent.tag == f"{_MATH}t":
        return parent.text or ""
    if parent.tag == f"{_MATH}f":
        parts = (parent.find(f"{_MATH}{name}") for name in ("num", "den"))
        return "/".join(_grouped("" if part is None else _formula(part)) for part in parts)
    return "".join(map(_formula, parent))


def _grouped(text: str) -> str:
    """Put what is more than a name or a number in brackets."""
    return f"({text})" if any(sign in text for sign in "+-−±×÷*/＋－") else text
