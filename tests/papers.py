"""Papers read back: every paragraph with how it looks, tables cell by cell, as text that can be compared whole."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from dangjian_score.core.watching import unwatched
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.papers import feedback_in_one, result_docx
from dangjian_score.words.say import Language
from tests.rich import FOLDER, rich

IMPRINT = Imprint("中共示例县委组织部", date(2024, 12, 31), date(2025, 1, 31))


def dump(data: bytes) -> str:
    """Write a paper down; each style is described where it is met first."""
    paper, known = Document(BytesIO(data)), set[str]()
    body: Any = paper.element.body
    return "".join(f"{line}\n" for element in body.iterchildren() for line in _block(element, paper, known))


def texts(data: bytes) -> list[str]:
    """Give the texts of all paragraphs, those of tables too."""
    body: Any = Document(BytesIO(data)).element.body
    return ["".join(one.text or "" for one in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))]


def _block(element: Any, paper: Any, known: set[str]) -> Iterator[str]:
    if element.tag == qn("w:tbl"):
        table = Table(element, paper)
        yield f"[表 {' '.join(str(one.get(qn('w:w'))) for one in element.tblGrid)}]"
        for row in table.rows:
            yield "| " + " | ".join(" / ".join(p.text for p in cell.paragraphs) for cell in row.cells) + " |"
        yield from _style(table.rows[0].cells[0].paragraphs[0], known)
    elif element.tag == qn("w:p"):
        paragraph: Any = Paragraph(element, paper)
        ends = " ¶section" if element.xpath("./w:pPr/w:sectPr") else ""
        page = " ¶page" if paragraph.paragraph_format.page_break_before else ""
        yield from _style(paragraph, known)
        yield f"{paragraph.style.name}: {paragraph.text}{page}{ends}"


def _style(paragraph: Any, known: set[str]) -> Iterator[str]:
    style = paragraph.style
    if style.name not in known:
        known.add(style.name)
        fonts = style.element.rPr.rFonts
        format_ = style.paragraph_format
        yield (
            f"  ({style.name}: {fonts.get(qn('w:eastAsia'))} {style.font.size.pt:g}"
            f" {format_.alignment} {format_.line_spacing_rule})"
        )


def papers(*, public: bool = False, language: Language = "zh") -> dict[str, bytes]:
    """Write the papers of the rich scenario, by the names of their goldens."""
    view = rich(public=public, language=language)
    return {
        "notice": result_docx(view, unwatched, IMPRINT),
        "feedback": feedback_in_one(view, unwatched, IMPRINT),
    }


def golden(name: str, *, public: bool, language: Language) -> Path:
    """Name the file that a paper should come to."""
    return FOLDER / "expected" / f"{name}{'-public' if public else ''}{'' if language == 'zh' else '-en'}.txt"


VARIANTS: tuple[tuple[bool, Language], ...] = ((False, "zh"), (True, "zh"), (False, "en"))


if __name__ == "__main__":
    for public, language in VARIANTS:
        for name, data in papers(public=public, language=language).items():
            golden(name, public=public, language=language).write_text(dump(data), "utf-8")
