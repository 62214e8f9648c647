"""Papers as files: the notice, and feedback to units in one file or one each, on paper as GB/T 9704-2012 has it.

A new paper is A4 with 22 lines of 28 characters and its page numbers, — 1 —.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from docx import Document
from docx.document import Document as Paper
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from dangjian_score.core.archives import AUTHOR, EPOCH, OUTPUT
from dangjian_score.core.names import FreeNames, file_name, visible
from dangjian_score.core.watching import Watch
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import UnitResult
from dangjian_score.report import explanation
from dangjian_score.report.explanation import Heading, ItemRow
from dangjian_score.report.official import feedback, notice, posting, scoring_table, summary
from dangjian_score.report.official.drawing import (
    BOTTOM,
    FACES,
    HEIGHT,
    LEFT,
    LINE,
    LYING_MARGIN,
    LYING_ROOM,
    RIGHT,
    ROOM,
    TOP,
    WIDTH,
    Block,
    Styles,
    W,
    drawn,
    fonts_xml,
    put_before,
    run,
    saved,
    style_xml,
)
from dangjian_score.report.official.explained import explained
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.scoring_table import ScoredTable
from dangjian_score.report.official.template import Slot, Template, fill
from dangjian_score.report.official.wording import day_or_blank, titled
from dangjian_score.report.view import ResultView
from dangjian_score.words.assessments import counted, period
from dangjian_score.words.say import Words

SUFFIX: Final = ".docx"
_SUMMARY: Final = f"汇总{SUFFIX}"
"""The file of a superior beside those of its units."""
_NOTHING: Final = Imprint()


def result_docx(view: ResultView, watch: Watch, imprint: Imprint = _NOTHING, template: Template | None = None) -> bytes:
    """Write the notice of results, or the posting of those selected; into an office's own paper where one is given."""
    words, asked = view.words, imprint.posting
    title = notice.title(view) if asked is None else posting.title(view)
    text = (*(notice.text(view, watch) if asked is None else posting.text(view, asked, imprint)),)
    annex = (*notice.annex(view, watch),) if asked is None else ()
    head = (*titled(title, view.review_state, words),)
    if template is None:
        return _paper(title, (*head, *text, *notice.signed(imprint, words), *annex), blank())
    own = template.slots  # what the paper has a place for is not written twice
    whole = (
        *(() if "title" in own else head),
        *text,
        *(() if {"issuer", "date"} <= own else notice.signed(imprint, words)),
        *(() if "annex" in own else annex),
    )
    texts: dict[Slot, str] = {
        "title": title + (words.text("paper state", state=view.review_state) if view.review_state else ""),
        "rubric": view.rubric.title,
        "period": period(view.rubric, view.result.interim, words),
        "units": counted(view.rubric.subject, len(view.result.units), words),
        "issuer": imprint.issuer or words.text("paper no issuer"),
        "date": day_or_blank(imprint.day, words),
    }
    return fill(template, texts, {"notice": whole, "annex": annex})


def feedback_in_one(view: ResultView, watch: Watch, imprint: Imprint) -> bytes:
    """Write the feedback of all units into one file, each on pages of its own that are numbered from 1."""
    each = (feedback.feedback(unit, view, imprint) for unit in watch(view.result.units, "writing"))
    return _in_one(view.words.text("feedback of all", title=view.rubric.title), each, blank(), ROOM)


def _in_one(title: str, papers: Iterable[Iterable[Block]], paper: Paper, room: int) -> bytes:
    """Write papers into one file, each on pages of its own; each ends with a paragraph."""
    end, last = paper.element.body.sectPr, None
    for blocks in papers:
        if last is not None:
            last.get_or_add_pPr().append(deepcopy(end))
        for last in drawn(blocks, OWN_STYLES, room):
            end.addprevious(last)
    return to_bytes(paper, title)


def feedback_each(view: ResultView, watch: Watch, imprint: Imprint, by: str | None) -> Mapping[Path, bytes]:
    """Write the feedback of every unit into a file of its own, by names that any system takes.

    With `by`, an attribute, those of each superior stand in a folder with a summary; units without one stand outside.
    """
    empty = saved(blank())
    names: dict[str, FreeNames] = {}
    found, folders, under = dict[Path, bytes](), FreeNames(), dict[str, tuple[Path, list[UnitResult]]]()
    for unit in watch(view.result.units, "writing"):
        superior = unit.attributes.get(by or "", "")
        if superior not in under:
            under[superior] = (Path(file_name(superior, folders, "")) if superior else Path(), [])
        folder, units = under[superior]
        units.append(unit)
        blocks = feedback.feedback(unit, view, imprint)
        name = file_name(unit.unit, names.setdefault(superior, FreeNames([_SUMMARY])), SUFFIX)
        found[folder / name] = _paper(feedback.title(unit, view.words), blocks, Document(BytesIO(empty)))
    for superior, (folder, units) in under.items():
        if superior:
            blocks = summary.summary(superior, units, view, imprint)
            found[folder / _SUMMARY] = _paper(summary.title(superior, view.words), blocks, Document(BytesIO(empty)))
    return found


def explained_docx(program: Program, items: Sequence[ItemRow], words: Words, whose: Heading | None = None) -> bytes:
    """Write a rubric in words; of a unit also what happened to it."""
    return _paper(explanation.title(program.rubric, words), explained(program, items, words, whose), blank())


def tables_docx(program: Program, words: Words, units: Sequence[str], scored: ScoredTable | None = None) -> bytes:
    """Write the scoring tables of units into one file, or a blank one where there are none; they lie on their side."""
    each = (scoring_table.scoring_table(program, words, unit, scored) for unit in units or ("",))
    return _in_one(scoring_table.title(program, words), each, blank(lying=True), LYING_ROOM)


def _paper(title: str, blocks: Iterable[Block], paper: Paper) -> bytes:
    put_before(paper.element.body.sectPr, drawn(blocks, OWN_STYLES, ROOM))
    return to_bytes(paper, title)


SPACE: Final = -849
"""What is added to each character, in 1/4096 point, for 28 in a line: 156 mm ÷ 28 = 15.793 pt, of 16."""
_FOOTER: Final = 1407
"""From the edge of the paper to the footer, so that the dashes stand 7 mm below the text."""
_LYING_FOOTER: Final = 567
"""The same of a paper that lies on its side."""
_NUMBER_LINE: Final = 360
_ALIEN: Final = (RELATIONSHIP_TYPE.CUSTOM_XML, RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.NUMBERING)
_ALIEN_KINDS: Final = ("/stylesWithEffects", "/webSettings")
"""What the library's blank document brings along and no paper needs."""
_DEFAULTS: Final = ("Normal", "DefaultParagraphFont", "TableNormal", "NoList")


OWN_STYLES: Final[Styles] = {name: face.id for name, face in FACES.items()}
"""Ids of the styles of faces in a new paper."""


def blank(*, lying: bool = False) -> Paper:
    """Begin a paper, with the page set up and a style for every face; `lying` on its side, for a wide table."""
    paper = Document()
    _tidied(paper)
    _set_styles(paper)
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    for footer, even in ((section.footer, False), (section.even_page_footer, True)):
        footer.is_linked_to_previous = False
        element = footer._element  # noqa: SLF001  the library gives no other way to replace it
        element.remove(footer.paragraphs[0]._p)  # noqa: SLF001
        element.append(_page_number(even=even))
    old = paper.element.body.sectPr
    feet = [(foot.get(qn("w:type")), foot.get(qn("r:id"))) for foot in old.findall(qn("w:footerReference"))]
    references = "".join(f'<w:footerReference w:type="{t}" r:id="{i}"/>' for t, i in feet)
    old.getparent().replace(old, _section(references, lying=lying))
    return paper


def to_bytes(paper: Paper, title: str) -> bytes:
    """Write a paper, knowing neither clock nor host."""
    core = paper.core_properties
    core.title = visible(title)[:255]
    core.author = core.last_modified_by = AUTHOR
    core.created = core.modified = datetime(*EPOCH)
    core.category = OUTPUT
    core.comments = core.keywords = core.subject = ""
    core.revision = 1
    return saved(paper)


def _tidied(paper: Paper) -> None:
    for owner in (paper.part, paper.part.package):
        for key, relation in [*owner.rels.items()]:
            if relation.reltype in _ALIEN or relation.reltype.endswith(_ALIEN_KINDS):
                del owner.rels[key]
    styles = paper.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _DEFAULTS:
            styles.remove(style)


def _set_styles(paper: Paper) -> None:
    """Write text in 3号 仿宋 unless a style says otherwise; the grid of characters rests on that size, too."""
    styles = paper.styles.element
    defaults = styles.find(qn("w:docDefaults"))
    lang = '<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    fonts = fonts_xml(FACES["body"])
    normal = f"<w:rPrDefault><w:rPr>{fonts}{lang}</w:rPr></w:rPrDefault><w:pPrDefault/>"
    styles.replace(defaults, parse_xml(f"<w:docDefaults {W}>{normal}</w:docDefaults>"))
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) == "Normal":
            style.append(parse_xml(f"<w:rPr {W}>{fonts}</w:rPr>"))
    for face in FACES.values():
        styles.append(parse_xml(style_xml(face, face.id)))


def _section(feet: str, *, lying: bool) -> BaseOxmlElement:
    names = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    size = f'w:w="{HEIGHT}" w:h="{WIDTH}" w:orient="landscape"' if lying else f'w:w="{WIDTH}" w:h="{HEIGHT}"'
    top, right, bottom, left = (LYING_MARGIN,) * 4 if lying else (TOP, RIGHT, BOTTOM, LEFT)
    grid = "" if lying else f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE}" w:charSpace="{SPACE}"/>'
    return parse_xml(
        f"<w:sectPr {W} {names}>{feet}<w:pgSz {size}/>"
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="851"'
        f' w:footer="{_LYING_FOOTER if lying else _FOOTER}" w:gutter="0"/><w:pgNumType w:start="1"/>'
        f'<w:cols w:space="425"/>{grid}</w:sectPr>'
    )


def _page_number(*, even: bool) -> BaseOxmlElement:
    """Set the number one character from the outer edge: on the right of odd pages, on the left of even ones."""
    face = FACES["page number"]
    jc, side = ("left", "left") if even else ("right", "right")
    twips = face.size * 10
    number = f'<w:fldSimple w:instr="PAGE">{run("1")}</w:fldSimple>'
    return parse_xml(
        f'<w:p {W}><w:pPr><w:pStyle w:val="{face.id}"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{_NUMBER_LINE}" w:lineRule="exact"/>'
        f'<w:ind w:{side}Chars="100" w:{side}="{twips}"/><w:jc w:val="{jc}"/></w:pPr>'
        f"{run('— ')}{number}{run(' —')}</w:p>"
    )
