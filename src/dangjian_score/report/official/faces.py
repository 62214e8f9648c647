"""Typefaces and paragraphs of official papers as GB/T 9704-2012 has them, written as styles of a document.

A style stands on no other, so that it looks alike in an office's own paper.
"""

from collections.abc import Mapping
from typing import Final

from docx.oxml.ns import nsdecls
from msgspec import Struct

from dangjian_score.report.official.blocks import FaceName

W: Final = nsdecls("w")
"""The name space of documents."""

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
    "signature": Face("公文落款", "GwSignature", FANG, SIZE, "right", keep=True),
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
