"""Papers as files: the notice, and what units are told in one file or one each."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from io import BytesIO
from typing import Final

from docx import Document
from docx.document import Document as Paper

from dangjian_score.core.names import file_name
from dangjian_score.core.watching import Watch
from dangjian_score.report.official import feedback, notice
from dangjian_score.report.official.drawing import Block, drawn, put_before
from dangjian_score.report.official.page import OWN_STYLES, ROOM, blank, saved, to_bytes
from dangjian_score.report.official.template import Slot, Template, fill
from dangjian_score.report.official.wording import Imprint, counted, day_text, period, titled
from dangjian_score.report.view import ResultView

SUFFIX: Final = ".docx"
_NOTHING: Final = Imprint()


def result_docx(view: ResultView, watch: Watch, imprint: Imprint = _NOTHING, template: Template | None = None) -> bytes:
    """Write the notice of results; into an office's own paper where one is given."""
    words, title = view.words, notice.title(view)
    head, text, annex = (*titled(title, view),), (*notice.text(view),), (*notice.annex(view, watch),)
    if template is None:
        return _paper(title, (*head, *text, *notice.signed(imprint, words), *annex), blank())
    own = template.slots  # what the paper has a place for is not said twice
    whole = (
        *(() if "title" in own else head),
        *text,
        *(() if {"issuer", "date"} <= own else notice.signed(imprint, words)),
        *(() if "annex" in own else annex),
    )
    texts: dict[Slot, str] = {
        "title": title + (words.text("paper provisional title") if view.is_provisional else ""),
        "rubric": view.rubric.title,
        "period": period(view.rubric, words),
        "units": counted(view.rubric.subject, len(view.result.units), words),
        "issuer": imprint.issuer or words.text("paper no issuer"),
        "date": day_text(imprint.day, words),
    }
    return fill(template, texts, {"notice": whole, "annex": annex})


def feedback_in_one(view: ResultView, watch: Watch, imprint: Imprint) -> bytes:
    """Write what units are told into one file, each on pages of its own that are numbered from 1."""
    paper = blank()
    end = paper.element.body.sectPr
    for unit in watch(view.result.units, "writing"):
        for element in (elements := [*drawn(feedback.feedback(unit, view, imprint), OWN_STYLES, ROOM)]):
            end.addprevious(element)
        if unit is not view.result.units[-1]:
            elements[-1].get_or_add_pPr().append(deepcopy(end))
    return to_bytes(paper, view.words.text("feedback of all", title=view.rubric.title))


def feedback_each(view: ResultView, watch: Watch, imprint: Imprint) -> Mapping[str, bytes]:
    """Write what every unit is told into a file of its own, by names that any system takes."""
    empty = saved(blank())
    found: dict[str, bytes] = {}
    for unit in watch(view.result.units, "writing"):
        blocks = feedback.feedback(unit, view, imprint)
        title = feedback.title(unit, view.words)
        found[file_name(unit.unit, found, SUFFIX)] = _paper(title, blocks, Document(BytesIO(empty)))
    return found


def _paper(title: str, blocks: Iterable[Block], paper: Paper) -> bytes:
    put_before(paper.element.body.sectPr, drawn(blocks, OWN_STYLES, ROOM))
    return to_bytes(paper, title)
