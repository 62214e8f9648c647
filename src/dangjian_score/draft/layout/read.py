"""Read a document into its outline: tables and running text in their order, the title, and the lines beside them."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from dangjian_score.draft.documents.blocks import Grid, Paragraph, SourceDocument
from dangjian_score.draft.grammar.figures import evened, widened
from dangjian_score.draft.layout.outline import Kind, Outline, OutlineSection
from dangjian_score.draft.layout.prose import ProseReader
from dangjian_score.draft.layout.tables import TableReader

_TO_TABLE: Final = re.compile("^[^（）]*(?:下表|附表)")
"""A sentence that leads to the table below it, behind its heading."""
_TITLE: Final = re.compile(
    r"(?:细则|办法|标准|方案|评分表|考核表|考评表|指标|体系|规定|制度|评价表|积分表|一览表|评定表|明细表|实施意见)(?:（[^（）]*）)?$"
)
_NO_TITLE: Final = re.compile(r"[>|]|https?:|来源|下载|搜索|点击|上一篇|下一篇|会员|珍藏")
_LONG: Final = 60
"""Characters from which on a line is no title."""


def outline_of(document: SourceDocument) -> Outline:
    """Return the outline of a document."""
    tables, prose = TableReader(), ProseReader()
    heading = ""
    sections = []
    for is_grid, group in groupby(document.blocks, key=lambda block: isinstance(block, Grid)):
        blocks = list(group)
        if is_grid:
            for grid in blocks:
                before = len(tables.sections)
                if isinstance(grid, Grid) and not tables.read(grid, heading):
                    prose.lines += [widened(text) for text in _texts(grid)]
                sections += [("table", at) for at in range(before, len(tables.sections))]
                before = len(prose.sections)
                prose.read(tables.paragraphs)
                tables.paragraphs.clear()
                sections += [("prose", at) for at in range(before, len(prose.sections))]
        else:
            paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
            before = len(prose.sections)
            prose.read(paragraphs)
            sections += [("prose", at) for at in range(before, len(prose.sections))]
            said = [each for each in paragraphs if each.text.strip()]
            headings = [each for each in said if not _TO_TABLE.search(each.text)] or said
            heading = next((f"{each.number}{each.text}" for each in reversed(headings)), "")
    ordered = tuple((tables if room == "table" else prose).sections[at] for room, at in sections)
    lines = tuple(dict.fromkeys((*prose.lines, *tables.lines)))
    found = [section for section in ordered if section.items or section.own is not None]
    is_table = not any(section.kind == "base" for section in prose.sections)
    total = tables.sums[-1] if tables.sums and is_table else None
    return Outline(_title(document), tuple(_limited(found, lines)), lines, total)


_LIMITS: Final[tuple[tuple[Kind, str], ...]] = (("bonus", "加分"), ("penalty", "扣分|减分"))


_AT_MOST: Final = "不超过|不得超过|不得高于|不高于|上限为?|最高|封顶|最多[计加扣]?|以"


def _limited(sections: list[OutlineSection], lines: tuple[str, ...]) -> Iterator[OutlineSection]:
    """Give a section beside the base the limit that stands in a line before or after it (加分不超过5分)."""
    for section in sections:
        words = dict(_LIMITS).get(section.kind)
        alone = [each.kind for each in sections].count(section.kind) == 1
        if words is None or not alone or section.max is not None:
            yield section
            continue
        limit = rf"附?(?:{words})[^，。；\d]{{0,10}}(?:{_AT_MOST})为?(?P<points>\d+(?:\.\d+)?)分"
        own = "" if section.own is None else section.own.standard
        found = [match for line in lines for match in re.finditer(limit, evened(line))]
        named = rf"(?={re.escape(section.title)})|(?=(?:{words})(?:总分|合计|总计|总和))"
        of_all = rf"(?:^|[。；：\n）])[^，。；\d的每]{{0,12}}|{named}"
        found += re.finditer(rf"(?:{of_all}){limit}", evened(own))
        found += re.finditer(rf"(?:{_AT_MOST})(?:[加扣])?(?P<points>\d+(?:\.\d+)?)分", evened(section.title))
        said = {match["points"] for match in found}
        if len(said) == 1:
            most = Fraction(*said)
            own_item = None if section.own is None else replace(section.own, max=most)
            yield replace(section, max=most, own=own_item)
        else:
            yield section


def _texts(grid: Grid) -> Iterator[str]:
    for row in grid.rows:
        yield " ".join(dict.fromkeys(cell.text for cell in row if cell.text.strip()))


def _title(document: SourceDocument) -> str:
    """Return the title: of that style, else the first line that ends like one, else the first line."""
    lines = [text for block in document.blocks for text in _lines(block)]
    titled = [block.text for block in document.blocks if isinstance(block, Paragraph) and block.heading == 0]
    found = titled or [
        line
        for line in lines[:40]
        if _TITLE.search(widened(line).strip()) and not _NO_TITLE.search(line) and len(line) < _LONG
    ]
    return " ".join(widened((found or lines or ["考核细则"])[0]).split())


def _lines(block: Paragraph | Grid) -> list[str]:
    if isinstance(block, Paragraph):
        return block.text.split("\n")
    return [cell.text for row in block.rows[:3] for cell in row[:1]]
