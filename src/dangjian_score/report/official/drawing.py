"""Paragraphs and tables as the XML of a document: the one place where texts of evidence and rubrics enter it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from dangjian_score.fitting import breadth
from dangjian_score.names import visible
from dangjian_score.report.official.blocks import Align, Block, PaperCell, PaperColumn, FaceName, PaperTable, Text
from dangjian_score.report.official.faces import FACES, W

Styles = Mapping[FaceName, str]
"""Ids of the styles in a document."""

_TABLE: Final = qn("w:tbl")
_NARROWEST, _WIDEST, _MARGIN = 4, 30, 3
"""Half-width characters that a column may take, and what is left free beside them."""
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


def run(text: str) -> str:
    """Write a run of text; what acts unseen is written out, and nothing of it is markup."""
    return f'<w:r><w:t xml:space="preserve">{escape(visible(text))}</w:t></w:r>'


def paragraph(block: Text, styles: Styles) -> str:
    """Write a paragraph."""
    face = FACES[block.face]
    start = ("<w:keepNext/>" if block.keep else "") + ("<w:pageBreakBefore/>" if block.new_page else "")
    right = f'<w:ind w:rightChars="{block.right}" w:right="{block.right * face.size // 10}"/>' if block.right else ""
    return _paragraph(block.text, styles[block.face], start, right)


def _paragraph(text: str, style: str, start: str = "", end: str = "") -> str:
    return f'<w:p {W}><w:pPr><w:pStyle w:val="{style}"/>{start}{end}</w:pPr>{run(text) if text else ""}</w:p>'


def _table(grid: PaperTable, styles: Styles, room: int) -> str:
    head: FaceName = "small head" if grid.small else "head"
    cell: FaceName = "small cell" if grid.small else "cell"
    widths = _widths(grid, room, FACES[cell].size * 5)
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
    heads = (_paragraph(column.head, styles[head]) for column in grid.columns)
    rows = (
        (_cell(one, column.align, styles, cell) for one, column in zip(row, grid.columns, strict=True))
        for row in grid.rows
    )
    return (
        f'<w:tbl {W}><w:tblPr><w:tblW w:w="{room}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{''.join(map(_grid_column, widths))}</w:tblGrid>"
        f"{_row(heads, widths, '<w:tblHeader/>')}{''.join(_row(row, widths) for row in rows)}</w:tbl>"
    )


def _grid_column(width: int) -> str:
    return f'<w:gridCol w:w="{width}"/>'


def _row(cells: Iterable[str], widths: list[int], more: str = "") -> str:
    """Write a row that is not split between pages."""
    drawn_cells = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{cell}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{more}</w:trPr>{''.join(drawn_cells)}</w:tr>"


def _cell(cell: PaperCell, align: Align, styles: Styles, face: FaceName) -> str:
    text = _paragraph(cell.text, styles[face], end=f'<w:jc w:val="{align}"/>')
    return text + (_paragraph(cell.beneath, styles["fine"]) if cell.beneath else "")


def _widths(grid: PaperTable, room: int, half: int) -> list[int]:
    """Share the room out: what is centred or on the right keeps its width, the rest by what it asks for."""
    wanted = [_wanted(column, [row[at].text for row in grid.rows]) for at, column in enumerate(grid.columns)]
    fixed = [column.align != "left" for column in grid.columns]
    narrow = sum(one for one, kept in zip(wanted, fixed, strict=True) if kept) * half
    wide = sum(one for one, kept in zip(wanted, fixed, strict=True) if not kept)
    if not wide or room - narrow < room // 4:
        return [room * one // sum(wanted) for one in wanted]
    return [one * half if kept else (room - narrow) * one // wide for one, kept in zip(wanted, fixed, strict=True)]


def _wanted(column: PaperColumn, texts: list[str]) -> int:
    if column.width:
        return column.width
    widest = max((breadth(visible(text)) for text in texts), default=0)
    return min(max(widest, _NARROWEST, min(breadth(column.head), _HEAD)), _WIDEST) + _MARGIN
