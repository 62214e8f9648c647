"""Documents of Word (.docx) → blocks in their order. Headers, footers, notes and comments are left out."""

from collections.abc import Iterator
from typing import Final
from zipfile import ZipFile

from docx.oxml.ns import qn
from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.draft.documents.blocks import Grid, Paragraph, SourceDocument
from dangjian_score.draft.documents.grids import CellBudget, GridBuilder
from dangjian_score.draft.documents.inline import ALTERNATIVES, chosen, inline_text
from dangjian_score.draft.documents.numbering import LEVELS, Numbering
from dangjian_score.draft.documents.parts import document_parts, is_on, number_of, value_of
from dangjian_score.draft.documents.refusals import DocumentRefusedError
from dangjian_score.draft.documents.styles import ParagraphStyle, StyleSheet, heading_of, style_id
from dangjian_score.report.official.package import Element

_WRAPPERS: Final = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo")))
"""What stands around paragraphs, tables, rows and cells and changes nothing of what prints."""
_NO_LIST: Final = "0"


def read_paper(archive: ZipFile) -> SourceDocument:
    """Read a document. Raises DocumentRefusedError, or UnusableError where its XML is refused."""
    parts = document_parts(archive)
    styles = StyleSheet(parts.styles)
    reader = _PaperReader(styles, Numbering(parts.numbering, styles))
    return SourceDocument(tuple(reader.blocks(parts.body)))


class _Text(Struct, frozen=True):
    """A paragraph that is read, its line not counted yet; `boxes` are the text boxes that hang on it."""

    text: str
    number: str
    heading: int | None
    boxes: tuple[Element, ...]

    @property
    def whole(self) -> str:
        """The text behind its number, which a blank parts from it where they would run into each other."""
        parted = self.number and self.number[-1].isascii() and self.text
        return f"{self.number}{' ' if parted else ''}{self.text}"


class _PaperReader:
    """Reads the content of one document once, from top to bottom, since lists count."""

    def __init__(self, styles: StyleSheet, numbering: Numbering) -> None:
        self._styles, self._numbering = styles, numbering
        self._budget = CellBudget()
        self._tables = 0

    def blocks(self, body: Element) -> Iterator[Paragraph | Grid]:
        """Yield the blocks of a document."""
        line, joined = 0, list[str]()
        for element in _elements(body, "w:p", "w:tbl"):
            if element.tag == qn("w:p"):
                line += 1
                yield from self._numbered(element, line, joined)
            else:
                yield from self._grid(element)

    def _numbered(self, element: Element, line: int, joined: list[str]) -> Iterator[Paragraph | Grid]:
        """Yield a paragraph and what stands in its text boxes; `joined` is the text of those before that go on here."""
        text = self._text(element, joined)
        if text is None:
            return
        if text.text:
            yield Paragraph(text.text, text.number, text.heading, line)
        for box in text.boxes:
            in_box = list[str]()
            for inner in _elements(box, "w:p", "w:tbl"):
                yield from self._numbered(inner, line, in_box) if inner.tag == qn("w:p") else self._grid(inner)

    def _text(self, element: Element, joined: list[str]) -> _Text | None:
        """Read a paragraph; None where it goes on in the next one, or is a line of a table of contents."""
        properties = element.find(qn("w:pPr"))
        style = self._styles.paragraph(style_id(properties, "w:pStyle"))
        inline = inline_text(element, self._styles, hidden=style.hidden)
        mark = None if properties is None else properties.find(qn("w:rPr"))
        if mark is not None and _goes_on(element, mark):
            joined.append(inline.text)
            return _Text("", "", None, inline.boxes) if inline.boxes else None
        text = "".join((*joined, inline.text)).strip()
        joined.clear()
        if style.is_contents:
            return None
        hidden = not text and (is_on(mark, "w:vanish") or False)
        number = "" if hidden else self._number(properties, style)
        return _Text(text, number, _heading(properties, style), inline.boxes)

    def _number(self, properties: Element | None, style: ParagraphStyle) -> str:
        """Count a paragraph in its list, which it names itself or takes from its style; "" where it has none."""
        own = None if properties is None else properties.find(qn("w:numPr"))
        named, level = value_of(own, "w:numId"), number_of(value_of(own, "w:ilvl"))
        list_ = style.list if named is None else named
        if list_ is None or list_ == _NO_LIST:
            return ""
        if level is None:
            linked = self._numbering.level_of(list_, style.chain) if named is None else None
            level = linked if linked is not None else style.level or 0
        return self._numbering.next_number(list_, min(level, LEVELS - 1))

    def _grid(self, table: Element) -> Iterator[Grid]:
        """Yield a table that has anything in it."""
        self._tables += 1
        number, builder = self._tables, GridBuilder(self._budget)
        for row in _elements(table, "w:tr"):
            self._row(row, builder)
        grid = builder.grid(number)
        if grid is not None:
            yield grid

    def _row(self, row: Element, builder: GridBuilder) -> None:
        """Read a row, unless it was deleted."""
        properties = row.find(qn("w:trPr"))
        if properties is not None and properties.find(qn("w:del")) is not None:
            return
        builder.begin_row()
        builder.skip(_span(properties, "w:gridBefore", 0))
        for cell in _elements(row, "w:tc"):
            own = cell.find(qn("w:tcPr"))
            columns, down, right = _span(own, "w:gridSpan", 1), value_of(own, "w:vMerge"), value_of(own, "w:hMerge")
            covered = (right is not None and right != "restart" and builder.widen(columns)) or (
                down is not None and down != "restart" and builder.prolong(columns)
            )
            if not covered:
                builder.put("\n".join(self._lines(cell)), columns, downwards=down is not None)
        builder.skip(_span(properties, "w:gridAfter", 0))

    def _lines(self, cell: Element) -> Iterator[str]:
        """Yield the paragraphs of a cell, or of a text box in one, those of tables within them as well."""
        joined = list[str]()
        for element in _elements(cell, "w:p", "w:tbl"):
            if element.tag == qn("w:tbl"):
                for row in _elements(element, "w:tr"):
                    for inner in _elements(row, "w:tc"):
                        yield from self._lines(inner)
            elif (text := self._text(element, joined)) is not None:
                yield from (text.whole,) if text.whole else ()
                for box in text.boxes:
                    yield from self._lines(box)


def _elements(parent: Element, *tags: str) -> Iterator[Element]:
    """Yield the children of these tags, those within what changes nothing among them."""
    wanted = tuple(map(qn, tags))
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _elements(child, *tags)
        elif child.tag == ALTERNATIVES and (content := chosen(child)) is not None:
            yield from _elements(content, *tags)


def _goes_on(paragraph: Element, mark: Element) -> bool:
    """Tell whether the end of a paragraph was deleted, so that it goes on in the one that follows."""
    following = paragraph.getnext()
    deleted = mark.find(qn("w:del")) is not None or mark.find(qn("w:moveFrom")) is not None
    return deleted and following is not None and following.tag == paragraph.tag


def _span(properties: Element | None, tag: str, least: int) -> int:
    """Read over how many columns something goes. Raises DocumentRefusedError where no table is so broad."""
    said = value_of(properties, tag)
    columns = number_of(said)
    if columns is None:
        columns = limits.MAX_DRAFT_COLUMNS + 1 if said is not None and said.isdecimal() else least
    if columns > limits.MAX_DRAFT_COLUMNS:
        raise DocumentRefusedError("document columns")
    return max(columns, least)


def _heading(properties: Element | None, style: ParagraphStyle) -> int | None:
    """Return which heading a paragraph is, by its own outline level or else its style."""
    level = number_of(value_of(properties, "w:outlineLvl"))
    return style.heading if level is None else heading_of(level)
