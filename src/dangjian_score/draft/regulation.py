"""A draft: a regulation as it was understood, clause by clause, with all that was not."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.points import plain
from dangjian_score.draft.documents.blocks import Paragraph, SourceDocument
from dangjian_score.draft.grammar.clauses import LEFT_OPEN, SCORED
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.layout.outline import Item, Outline, StatedSum
from dangjian_score.draft.layout.read import outline_of
from dangjian_score.draft.naming import Names
from dangjian_score.draft.nodes import DraftedItem, DraftedSection, NodeBuilder
from dangjian_score.draft.reading import DraftedMeasure, Reading
from dangjian_score.draft.whole.calendar import rounding_of
from dangjian_score.draft.whole.limits import in_shares
from dangjian_score.draft.whole.read import DraftedWhole, lines_of, whole_of
from dangjian_score.draft.whole.sentences import sentences_of


class Draft(Struct, frozen=True):
    """A regulation as it was understood.

    `unread` are sentences about points that belong to no item and to nothing that is said of the whole; `outline` is
    what it was read from.
    """

    title: str
    sections: tuple[DraftedSection, ...]
    whole: DraftedWhole
    measures: tuple[DraftedMeasure, ...]
    failing: str
    unread: tuple[str, ...]
    outline: Outline

    @property
    def readings(self) -> Iterator[tuple[DraftedItem, Reading]]:
        """Every clause with its item, in the order of the document."""
        for section in self.sections:
            for item in section.items:
                yield from ((item, reading) for reading in item.readings)

    @property
    def total(self) -> Fraction | None:
        """What the base sections come to; None without any."""
        base = [section.node.get("max") for section in self.sections if section.section.kind == "base"]
        return sum((most for most in base if isinstance(most, Fraction)), Fraction(0)) if base else None


def draft_of(document: SourceDocument, year: str | None, refused: frozenset[str] = frozenset()) -> Draft:
    """Read a regulation; `year` goes before the one it names, `refused` are clauses whose rules checks did not take."""
    outline = outline_of(document)
    whole = whole_of(outline)
    if year is not None:
        whole = replace(whole, year=year, period=None)
    builder = NodeBuilder(Names(), dated=whole.year is not None or whole.period is not None, refused=refused)
    sections = builder.sections(outline.sections)
    drafted = Draft(outline.title, sections, whole, tuple(builder.measures), "", (), outline)
    return replace(drafted, failing=_failing(outline, drafted), unread=tuple(dict.fromkeys(_unread(document, drafted))))


def _failing(outline: Outline, drafted: Draft) -> str:
    """Return what is wrong with the total of the document."""
    total, said = drafted.total, outline.total or _stated(outline)
    if said is None or total is None or said.points == total:
        return ""
    return f"各类合计 {plain(total)} 分，{said.place}写的是 {plain(said.points)} 分"


def _stated(outline: Outline) -> StatedSum | None:
    """Return the total that a sentence states for the base; None where sentences state several, or none."""
    for pattern in _STATED:
        found = {match[1] for line in outline.lines for match in pattern.finditer(evened(line))}
        if found:
            return StatedSum(Fraction(*found), "文中") if len(found) == 1 else None
    return None


_STATED: Final = (
    re.compile(r"(?:基本分|基础分)(?:满分|总分)?[为共计是]?(\d+)分(?!及?以|[（的含-])"),
    re.compile(r"(?:总分|满分)[为共计是]?(\d+)分(?!及?以|[（的含-])"),
)


_SENTENCE: Final = re.compile("[。；;\n]")
_MARKS: Final = re.compile(r"[\s，,。；;：:、（）()“”\"]")


def _unread(document: SourceDocument, drafted: Draft) -> Iterator[str]:
    """Return the sentences about points that no clause and nothing about the whole has taken up."""
    unsaid = [*_unsaid(drafted)]
    yield from unsaid
    read = "".join(map(_bare, unsaid))
    read += "".join(_bare(f"{reading.sentence}{reading.words}") for _, reading in drafted.readings)
    read += "".join(map(_bare, drafted.whole.read))
    read += "".join(_bare(f"{section.clause}{section.title}") for section in drafted.outline.sections)
    read += "".join(_bare(item.item.standard) for section in drafted.sections for item in section.items)
    items = [item.item for section in drafted.sections for item in section.items]
    read += "".join(_bare(told) for item in items for told in _told(item))
    for text in _texts(document):
        for sentence in _SENTENCE.split(text):
            said = in_shares(evened(sentence))
            if (
                (SCORED.search(said) or LEFT_OPEN.search(said) or _OF_UNITS.search(said))
                and not _GENERAL.search(said)
                and _bare(said)[-_TAIL:] not in read
            ):
                yield sentence.strip()


def _told(item: Item) -> Iterator[str]:
    """Return the sentences of what an item asks for whose figures are all in its scoring: that says it again."""
    scored = set(_FIGURE.findall(evened(item.standard)))
    for sentence in _SENTENCE.split(f"{item.content}\n{item.criterion}"):
        if item.standard and scored.issuperset(_FIGURE.findall(evened(sentence))):
            yield sentence


_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")


def _unsaid(drafted: Draft) -> Iterator[str]:
    """Return the sentences outside of items that tell something of units, and that nothing was read from."""
    whole = drafted.whole
    used = [bare for words in whole.read if (bare := _bare(words))]
    for sentence in sentences_of(lines_of(drafted.outline)):
        words = sentence.said
        if _TELLING.search(words) is None or _COMMON.search(words) or rounding_of([words]) or words == drafted.title:
            continue
        parts = [_bare(part) for part in words.split("，") if _TELLING.search(part)]
        if not all(any(part in other or other in part for other in used) for part in parts):
            yield sentence.words


_TELLING: Final = re.compile(
    r"\d分(?!钟)|\d%|(?<!小数点)[前后]\d+[名位]|末位|否决.|不得(?:评|参评|定)|取消[^，。]{0,12}(?:资格|评)|约谈|通报(?:批评|表扬)"
    r"|连续[\d两三]年|并列|(?:得分|总分|名次)[^，。]{0,6}相同|名额|分之[一二三四五]|折算|[降下调]{1,2}[低一1]个?[等档级]"
)
"""What is said of units by their total, rank or grade, or for what they did."""
_COMMON: Final = re.compile(
    r"(?:总分|满分|基本分|基础分|基[础本]积分|奖励积分)[^，。]{0,8}\d+分|\d分制|扣完为止|为止|不计负分|组成|之和|[加扣减]分[^，。]{0,8}\d+分"
)
"""What is said of the points of all items."""
_OF_UNITS: Final = re.compile(
    r"一票否决.|不得(?:评|定|参评)|取消[^，。]{0,10}(?:资格|评)|(?:直接|一律)(?:定|评|确定|列)|名额|总数[^，。]{0,8}\d%"
    r"|约谈|(?<!小数点)[前后]\d+[名位]|末位|(?:降低|下调|下降|降)[一1]个?[等档级]|(?:得分|总分|名次|排名)[^，。]{0,6}(?:相同|并列)"
    r"|不(?:评定|参评|参加)[^，。]{0,4}等次|[二三四五六七八九十]分之[一二三四五六七八九]|连续[\d两三]年|(?:通报|挂牌)(?:批评|整顿)"
)
"""What is said of units by their rank or for what they did: it should be in vetoes or selections."""
_GENERAL: Final = re.compile(
    r"分制|满分\d*分?$|扣完[^，。；]{0,8}(?:为止|即止)$|为止，不计负分|组成|[加扣减]分(?:上限|不超过|最高)?\d+分）?[：:]?$|不设上限$"
)
"""What is said of the points of all items."""
_TAIL: Final = 8
"""Letters at the end of a sentence by which it is known again."""


def _bare(text: str) -> str:
    return _MARKS.sub("", evened(text))


def _texts(document: SourceDocument) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from dict.fromkeys(cell.text for row in block.rows for cell in row)
