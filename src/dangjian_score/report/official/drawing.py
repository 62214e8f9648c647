"""What a paper says, as plain values, and as the XML of a document in the typefaces of GB/T 9704-2012."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Final, Literal
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as Paper
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import Struct

from dangjian_score.core.archives import stamped
from dangjian_score.core.names import breadth, visible

FaceName = Literal[
    "title", "gap", "salutation", "body", "heading", "subheading", "signature", "annex", "annex title",
    "head", "cell", "small head", "small cell", "fine", "page number",
]  # fmt: skip
"""How a paragraph looks; `faces` says how."""
Align = Literal["left", "center", "right"]


class Text(Struct, frozen=True):
    """A paragraph; a page begins with it where it is a `new_page`, and with `keep` none ends with it.

    `right` is kept free on the right, in hundredths of a character.
    """

    face: FaceName
    text: str
    right: int = 0
    new_page: bool = False
    keep: bool = False


class PaperCell(Struct, frozen=True):
    """A cell of a table: a text, paragraphs `after` it, and one `beneath` them in fine print.

    It takes the room of cells on its right where it goes `across` several columns; `joined` continues the cell above.
    """

    text: str
    beneath: str = ""
    after: tuple[str, ...] = ()
    across: int = 1
    joined: bool = False


class PaperColumn(Struct, frozen=True):
    """A column: its head, and how its texts stand. `width` is in half-width characters; 0: as wide as its texts ask.

    A column of text has `least` characters on a line, if its texts are that long: a name of six Chinese ones.
    """

    head: str
    align: Align = "left"
    width: int = 0
    least: int = 12


class PaperTable(Struct, frozen=True):
    """A table whose head stands again on every page; `small` is for many columns or long texts.

    With `keep` it is not split between pages, and none ends with it.
    """

    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[PaperCell, ...], ...]
    small: bool = False
    keep: bool = False


def cells(*texts: str) -> tuple[PaperCell, ...]:
    """Make the cells of a row."""
    return tuple(map(PaperCell, texts))


Block = Text | PaperTable

GAP = Text("gap", "")
"""An empty line."""


W: Final = nsdecls("w")
"""The name space of documents."""

WIDTH, HEIGHT = 11906, 16838
"""A4, in twentieths of a point."""
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1588
"""Margins: 天头 37 mm, 订口 28 mm; the text is 156 mm by 225 mm."""
ROOM: Final = WIDTH - LEFT - RIGHT
"""Width of the text."""
LYING_MARGIN: Final = 1134
"""Margins of a wide table on paper that lies on its side: 20 mm."""
LYING_ROOM: Final = HEIGHT - 2 * LYING_MARGIN
LINE: Final = 579
"""Twentieths of a point from line to line: 225 mm hold 22 lines, 580 would leave room for 21."""

CLOSER: Final = -6
"""Twentieths of a point that a character of 3号 is set closer: 28 of 15.7 points are 439.6, and 156 mm are 442.2.

A grid of the page says the same, but LibreOffice gives a character two places where it is wider than one; so styles
stand on no grid, and 28 by 22 are true in every program.
"""

SONG, FANG, HEI, KAI, PLAIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SIZE: Final = 32
"""Half points of 3号, the size of the text."""
_TITLE, _NUMBER, _CELL, _SMALL, _FINE = 44, 28, 24, 21, 18
"""Half points of 2号, 4号, 小四, 五号, 小五."""


class Face(Struct, frozen=True):
    """A style: its name and id, font, half points, and how lines stand.

    `indent` is of the first line, in characters; `outline` a level for lists of contents; `line`: as high as a line of
    the page, and not what its letters take.
    """

    name: str
    id: str
    font: str
    size: int
    jc: str = "both"
    indent: int = 0
    outline: int | None = None
    line: bool = True
    keep: bool = False


FACES: Final[Mapping[FaceName, Face]] = {
    "title": Face("公文标题", "GwTitle", SONG, _TITLE, "center", outline=0, keep=True),
    "gap": Face("公文空行", "GwGap", FANG, SIZE, keep=True),
    "salutation": Face("公文主送", "GwTo", FANG, SIZE, "left"),
    "body": Face("公文正文", "GwBody", FANG, SIZE, indent=2),
    "heading": Face("公文一级标题", "GwHeading1", HEI, SIZE, indent=2, outline=1, keep=True),
    "subheading": Face("公文二级标题", "GwHeading2", KAI, SIZE, indent=2, outline=2, keep=True),
    "signature": Face("公文落款", "GwSignature", FANG, SIZE, "right"),
    "annex": Face("公文附件", "GwAnnex", HEI, SIZE, "left", keep=True),
    "annex title": Face("公文附件标题", "GwAnnexTitle", SONG, _TITLE, "center", outline=0, keep=True),
    "head": Face("公文表头", "GwTableHead", HEI, _CELL, "center", line=False),
    "cell": Face("公文表格", "GwTable", FANG, _CELL, "left", line=False),
    "small head": Face("公文小表头", "GwSmallHead", HEI, _SMALL, "center", line=False),
    "small cell": Face("公文小表格", "GwSmallTable", FANG, _SMALL, "left", line=False),
    "fine": Face("公文小字", "GwFine", FANG, _FINE, "left", line=False),
    "page number": Face("公文页码", "GwPageNumber", PLAIN, _NUMBER, "left", line=False),
}


def fonts_xml(face: Face, closer: int = 0) -> str:
    """Say font and size; Latin letters and figures take the same font, as the standard knows no other."""
    spacing = f'<w:spacing w:val="{closer}"/>' if closer else ""
    return (
        f'<w:rFonts w:ascii="{face.font}" w:eastAsia="{face.font}" w:hAnsi="{face.font}" w:cs="{face.font}"/>{spacing}'
        f'<w:sz w:val="{face.size}"/><w:szCs w:val="{face.size}"/>'
    )


def style_xml(face: Face, id_: str) -> str:
    """Write a style under an id."""
    keep = "<w:keepNext/>" if face.keep else ""
    spacing = f'w:line="{LINE}" w:lineRule="exact"' if face.line else 'w:line="240" w:lineRule="auto"'
    twips = face.indent * face.size * 10
    indent = f'<w:ind w:firstLineChars="{face.indent * 100}" w:firstLine="{twips}"/>' if face.indent else ""
    closer = CLOSER if face.line and face.size == SIZE else 0
    outline = "" if face.outline is None else f'<w:outlineLvl w:val="{face.outline}"/>'
    return (
        f'<w:style {W} w:type="paragraph" w:customStyle="1" w:styleId="{id_}"><w:name w:val="{face.name}"/><w:qFormat/>'
        f'<w:pPr>{keep}<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" {spacing}/>'
        f'{indent}<w:jc w:val="{face.jc}"/>{outline}</w:pPr><w:rPr>{fonts_xml(face, closer)}</w:rPr></w:style>'
    )


Styles = Mapping[FaceName, str]
"""Ids of the styles in a document."""

_TABLE: Final = qn("w:tbl")
_NARROWEST, _WIDEST, _MARGIN, _TIGHT = 4, 30, 3, 2
"""Half-width characters that a column may take, and what is left free beside them, at least `_TIGHT`."""
_HEAD: Final = 12
"""Half-width characters of a head that stand on one line."""
_SIDES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def drawn(blocks: Iterable[Block], styles: Styles, room: int) -> Iterator[BaseOxmlElement]:
    """Draw blocks one after the other; `room` is the width of the text, in twentieths of a point."""
    for block in blocks:
        yield parse_xml(paragraph(block, styles) if isinstance(block, Text) else _table(block, styles, room))


def put_before(place: BaseOxmlElement, elements: Iterable[BaseOxmlElement]) -> None:
    """Put elements into a document; a table must not be the last of them, nor stand before another."""
    last: BaseOxmlElement | None = None
    for last in elements:
        place.addprevious(last)
    if last is not None and last.tag == _TABLE:
        spacing = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        place.addprevious(parse_xml(f'<w:p {W}><w:pPr><w:snapToGrid w:val="0"/>{spacing}</w:pPr></w:p>'))


def saved(paper: Paper) -> bytes:
    """Write a paper with its properties as they are; the same content gives the same bytes."""
    written = BytesIO()
    paper.save(written)
    return stamped(written)


def run(text: str) -> str:
    """Write a run of text; what acts unseen is written out, and nothing of it is markup."""
    return f'<w:r><w:t xml:space="preserve">{escape(visible(text))}</w:t></w:r>'


def paragraph(block: Text, styles: Styles) -> str:
    """Write a paragraph that stands by itself."""
    face = FACES[block.face]
    start = ("<w:keepNext/>" if block.keep else "") + ("<w:pageBreakBefore/>" if block.new_page else "")
    right = f'<w:ind w:rightChars="{block.right}" w:right="{block.right * face.size // 10}"/>' if block.right else ""
    return _paragraph(block.text, styles[block.face], start, right, f" {W}")


def _paragraph(text: str, style: str, start: str = "", end: str = "", names: str = "") -> str:
    """Write a paragraph; the name space stands once at the top of what is parsed, since the parser looks all up."""
    return (
        f"<w:p{names}><w:pPr><w:pStyle w:val={quoteattr(style)}/>{start}{end}</w:pPr>{run(text) if text else ''}</w:p>"
    )


def _table(grid: PaperTable, styles: Styles, room: int) -> str:
    head: FaceName = "small head" if grid.small else "head"
    cell: FaceName = "small cell" if grid.small else "cell"
    widths = _widths(grid, room)
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
    keep = "<w:keepNext/>" if grid.keep else ""
    heads = [(PaperCell(column.head), _paragraph(column.head, styles[head], keep)) for column in grid.columns]
    rows = [
        [
            (entry, _cell(entry, column.align, styles, cell, keep))
            for entry, column in zip(row, grid.columns, strict=True)
        ]
        for row in grid.rows
    ]
    below = (*(tuple(entry.joined for entry in row) for row in grid.rows[1:]), ())
    written = (_row(row, widths, begun=begun) for row, begun in zip(rows, below, strict=bool(rows)))
    return (
        f'<w:tbl {W}><w:tblPr><w:tblW w:w="{room}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{''.join(map(_grid_column, widths))}</w:tblGrid>"
        f"{_row(heads, widths, '<w:tblHeader/>')}{''.join(written)}</w:tbl>"
    )


def _grid_column(width: int) -> str:
    return f'<w:gridCol w:w="{width}"/>'


_Drawn = tuple[PaperCell, str]
"""A cell, and its paragraphs."""


def _row(cells: Sequence[_Drawn], widths: list[int], more: str = "", begun: Sequence[bool] = ()) -> str:
    """Write a row that is not split between pages; `begun` tells which of its cells go on in the row below."""
    drawn_cells, at = list[str](), 0
    while at < len(cells):
        cell, text = cells[at]
        width = sum(widths[at : at + cell.across])
        drawn_cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{_merged(cell, goes_on=any(begun[at : at + 1]))}'
            f"</w:tcPr>{text}</w:tc>"
        )
        at += cell.across
    return f"<w:tr><w:trPr><w:cantSplit/>{more}</w:trPr>{''.join(drawn_cells)}</w:tr>"


def _merged(cell: PaperCell, *, goes_on: bool) -> str:
    """Say over how many columns a cell goes, and whether over rows; then its text is on top: pages may part it."""
    across = f'<w:gridSpan w:val="{cell.across}"/>' if cell.across > 1 else ""
    if cell.joined:
        return f'{across}<w:vMerge/><w:vAlign w:val="top"/>'
    return across + ('<w:vMerge w:val="restart"/><w:vAlign w:val="top"/>' if goes_on else '<w:vAlign w:val="center"/>')


def _cell(cell: PaperCell, align: Align, styles: Styles, face: FaceName, keep: str) -> str:
    texts = (_paragraph(text, styles[face], keep, f'<w:jc w:val="{align}"/>') for text in (cell.text, *cell.after))
    return "".join(texts) + (_paragraph(cell.beneath, styles["fine"], keep) if cell.beneath else "")


def has_room(grid: PaperTable, room: int = ROOM) -> bool:
    """Tell whether every column of a table can have the least that it needs."""
    half = _half(grid)
    return sum(_least(grid)) * half <= room


def _half(grid: PaperTable) -> int:
    """Return the width of half a character of a table, in twentieths of a point."""
    return FACES["small cell" if grid.small else "cell"].size * 5


def _widths(grid: PaperTable, room: int) -> list[int]:
    """Share the room out: what is centred or on the right keeps its width, the rest by what it asks for.

    No column of text gets less than it needs, unless there is not even that for all of them.
    """
    half, wanted, least = _half(grid), _wanted(grid), _least(grid)
    if sum(least) * half > room:
        return [room * need // sum(least) for need in least]
    kept = {at: need * half for at, need in enumerate(least) if grid.columns[at].align != "left"}
    while True:
        others = [at for at in range(len(wanted)) if at not in kept]
        free, asked = room - sum(kept.values()), sum(wanted[at] for at in others)
        short = [at for at in others if free * wanted[at] < least[at] * half * asked]
        if not short:
            break
        kept |= {at: least[at] * half for at in short}
    if not others:
        return [room * want // sum(wanted) for want in wanted]
    return [kept[at] if at in kept else free * want // asked for at, want in enumerate(wanted)]


def _texts(grid: PaperTable, at: int) -> int:
    """Return the breadth of the longest text of a column."""
    return max((breadth(visible(row[at].text)) for row in grid.rows), default=0)


def _wanted(grid: PaperTable) -> list[int]:
    """Return what columns ask for."""
    return [
        column.width or min(max(_texts(grid, at), _NARROWEST, min(breadth(column.head), _HEAD)), _WIDEST) + _MARGIN
        for at, column in enumerate(grid.columns)
    ]


def _least(grid: PaperTable) -> list[int]:
    """Return what columns need: those of text as many characters as they are to have on a line."""
    return [
        want if column.align != "left" else min(want, max(min(_texts(grid, at), column.least), _NARROWEST) + _TIGHT)
        for at, (column, want) in enumerate(zip(grid.columns, _wanted(grid), strict=True))
    ]
