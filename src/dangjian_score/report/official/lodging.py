"""What a paper that is not ours offers to those who write into it: styles by name, and the width of its text."""

from typing import Final

from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from dangjian_score.report.official.drawing import Styles
from dangjian_score.report.official.faces import FACES, style_xml
from dangjian_score.report.official.page import ROOM

_LEAST: Final = 2000
"""Twentieths of a point below which a width is not believed."""


def styles(paper: Paper) -> Styles:
    """Take the paper's own style where it has one of a face's name, and add the others."""
    element = paper.styles.element
    own = {one.name_val: one.styleId for one in element.style_lst}
    taken = {*own.values()}
    for face in FACES.values():
        if face.name not in own:
            id_ = next(
                one for one in (face.id, *(f"{face.id}{at}" for at in range(len(taken) + 1))) if one not in taken
            )
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
    return _believed(section.page_width - sum(one for one in margins if one is not None))


def _believed(width: object) -> int:
    twips = width // 635 if isinstance(width, int) else 0
    return twips if twips >= _LEAST else ROOM
