"""Sections and items of running text: numbers and headings make a tree, points say which of its nodes are items."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from dangjian_score.draft.documents.blocks import Paragraph
from dangjian_score.draft.grammar.figures import evened, widened
from dangjian_score.draft.layout.outline import Item, OutlineSection, StatedSum
from dangjian_score.draft.layout.titles import LEVELS, MAX_TITLE, headed, kind_of, title_of

_RUN_IN: Final = re.compile(
    r"(?<=[。；：分）\s])(?=[（][一二三四五六七八九十]{1,3}[）][^，。；]{2,})|(?<=[。；：）])(?=[\dl]{1,2}[、．](?!\d))|(?<=[。；：）])(?=[一二三四五六七八九十]{1,3}、)|(?<=[。；])(?=第[一二三四五六七八九十]{1,3}[章条][^规款])"
)
_POINTS: Final = re.compile(r"\d分(?!钟|管|析|数)|不得分|满分|全扣")
_SCORES: Final = re.compile(
    r"(?:[扣减加计记奖]|积(?=\d)|得(?!分)|扣除)[^，。；]{0,8}?\d+(?:\.\d+)?分|不得分|\d分/|（\d+(?:\.\d+)?分）"
)
_SPECIAL: Final = re.compile(
    r"加分|扣分项|扣分$|减分|一票否决|否决|奖惩|附加|^奖励$|奖励(?:分|项|积分|与|和)|扣减|负面|负向|倒扣|惩处|惩戒"
)
_OF_ALL: Final = re.compile(
    r"等次|一票否决|保留[^，。]{0,6}位小数|四舍五入|\d分[^，。；]{0,14}(?:评为|定为|确定为|为)[“‘]?(?:优秀|良好|合格|先进|示范|一般|达标|[一二三四五]星)|评选|名额|取消[^，。]{0,8}资格|末位|约谈|总分(?:计|记|为)0|一律(?:定|评|确定)|直接(?:定|评|确定)|不得评|(?:得分|总分|排名)[^，。]{0,14}授予|最高(?:只能)?(?:评|定)为"
    r"|(?:优秀|先进|良好|示范)[^，。；\d]{0,8}(?:比例|不(?:得)?超过|控制在)[^，。；\d]{0,6}\d|负责解释|起(?:施行|执行|实施)[。]?$"
)
"""What is said of all units, wherever it stands without a number."""
_INLINE: Final = re.compile(
    r"^(?P<title>[^，。：；\d]{0,4}?(?:加分|扣分|减分|奖励|附加|加减分)(?:项|项目|事项|因素|情形|条件|内容)?(?:（[^（）]*）)?)[：:。](?P<rest>.+)"
)
_LEAD: Final = re.compile("(?:下列|以下|如下|之一).*：$")
"""How a line ends that cases are listed below."""
_TABLE: Final = re.compile("下表|附表|表格")
_BRACKETED: Final = re.compile("【[^【】]{2,12}】")
"""A heading as pages from the web have them."""
_LIMIT: Final = re.compile(
    r"[^，。；\d的每]{0,10}(?:加分|扣分|减分|奖励分)[^，。；\d的每]{0,10}\d+(?:\.\d+)?分[^，。；\d]{0,4}(?:[，。；]|$)"
)
"""How a sentence about the limit of a section begins (加分合计不超过5分)."""
_TOTAL: Final = re.compile(r"[（(]\s*(?:总分|满分|基本分|基础分|总计|共计?)")
"""A line that states the total below a title: （总分100分，附加分10分）."""
_HEADING: Final = -10
"""Level of the first heading made by a style; numbers follow."""


class OutlineNode:
    """A numbered paragraph or heading with what stands below it."""

    def __init__(self, text: str, level: int, number: str, worth: Fraction | None, line: int) -> None:
        self.text = text
        self.level = level
        self.number = number
        self.worth = worth
        self.line = line
        self.body: list[str] = []
        self.children: list[OutlineNode] = []

    @property
    def title(self) -> str:
        """What it is about."""
        return title_of(self.text)

    @property
    def rest(self) -> str:
        """What its first paragraph says behind the title."""
        title = self.title
        start = self.text.find(title)
        return self.text[start + len(title) :].strip(" ：:。；;，,　") if len(self.text) > len(title) + 2 else ""

    def below(self) -> Iterator["OutlineNode"]:
        """Visit all nodes below it."""
        for child in self.children:
            yield child
            yield from child.below()

    def words(self) -> str:
        """Return all that it says, its title and number left out."""
        own = [self.rest, *self.body] if self.is_titled else [self.text, *self.body]
        return "\n".join(filter(None, [*own, *(f"{child.number}{child.whole}" for child in self.children)]))

    @property
    def is_titled(self) -> bool:
        """Whether its first paragraph begins with a title of its own, and is not one sentence about points."""
        title = self.title
        behind = self.text[self.text.find(title) + len(title) :].lstrip()
        return (
            len(title) < MAX_TITLE and (not behind or behind[0] in "。：；:;\n") and not _SCORES.search(evened(title))
        )

    @property
    def whole(self) -> str:
        """Return all that it says with its title."""
        worth = "" if self.worth is None else f"（{self.worth}分）"
        return "\n".join(
            filter(None, [self.text + worth, *self.body, *(f"{child.number}{child.whole}" for child in self.children)])
        )

    @property
    def sentences(self) -> str:
        """Return all that it says; its own points are left out."""
        return "\n".join(
            filter(None, [self.text, *self.body, *(f"{child.number}{child.whole}" for child in self.children)])
        )

    @property
    def scores(self) -> bool:
        """Whether it or anything below it speaks of points that are given or taken."""
        return any(_SCORES.search(evened(text)) for text in (self.text, *self.body)) or any(
            child.scores for child in self.children
        )


_NOTES: Final = re.compile(r"\s*(?:有关)?(?:说明|备注|附注|注)[：:]\s*")
"""A line that begins remarks on all items; what is numbered below it is no item."""
_CHAPTER: Final = re.compile(r"\s*(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+[章部编])")


class ProseReader:
    """Reads paragraphs into sections, and the lines that belong to none."""

    def __init__(self) -> None:
        self.sections: list[OutlineSection] = []
        self.lines: list[str] = []
        self._is_noting = False
        self._listing: str | None = None

    def read(self, paragraphs: Iterable[Paragraph]) -> None:
        """Read the paragraphs between two tables, or of a whole document."""
        root = OutlineNode("", _HEADING - 10, "", None, 0)
        stack = [root]
        for paragraph in paragraphs:
            for at, text in enumerate(_run_in(paragraph)):
                self._is_noting = not _CHAPTER.match(text) and (self._is_noting or _NOTES.fullmatch(text) is not None)
                if self._is_noting:
                    self.lines.append(text)
                    continue
                if self._lists(text, paragraph.number if at == 0 else ""):
                    continue
                self._place(stack, text, paragraph, first=at == 0)
        self.lines += root.body
        for child in root.children:
            self._visit(child)

    def _lists(self, text: str, number: str) -> bool:
        """Take a case of the list that the last line begins (有下列情形之一的：), which ends with other numbers."""
        if self._listing is None:
            return False
        form = headed(text, number).level
        if not form or form != (self._listing or form):
            self._listing = None
            return False
        begins = not self._listing
        self._listing = form
        self.lines[-1] = f"{self.lines[-1]}{'' if begins else '；'}{number}{text}".replace("；；", "；")
        return True

    def _place(self, stack: list[OutlineNode], text: str, paragraph: Paragraph, *, first: bool) -> None:
        if paragraph.heading == 0:
            stack[0].body.append(text)
            return
        if _TOTAL.match(text):
            self.lines.append(text)
            return
        line = headed(text, paragraph.number if first else "")
        level = _level(line.level, paragraph.heading if first else None)
        if level is None and _BRACKETED.fullmatch(line.text):
            level = LEVELS.index("part")
        inline = _INLINE.match(line.text) if level is None else None
        if inline is not None:
            level = _section_level(stack)
        if level is None and _is_heading(line.text, line.worth):
            level = _section_level(stack)
        if (
            level is None
            and _OF_ALL.search(evened(text))
            and not re.search(r"[扣减加]\d|得\d+(?:\.\d+)?分", evened(text))
        ):
            self.lines.append(text)
            self._listing = "" if _LEAD.search(text) else None
            return
        if level is None:
            stack[-1].body.append(text.strip())
            return
        while stack[-1].level >= level:
            stack.pop()
        node = OutlineNode(line.text, level, line.number, line.worth, paragraph.line)
        stack[-1].children.append(node)
        stack.append(node)

    def _visit(self, node: OutlineNode) -> None:
        is_special = _SPECIAL.search(node.title) and not (_LIMIT.match(evened(node.text)) and not node.children)
        kind = kind_of(node.title) if is_special else "base"
        worthy = [child for child in node.children if child.worth is not None]
        deeper = any(below.worth is not None for child in node.children for below in child.below())
        is_list = kind == "veto" and bool(node.children or node.body or node.rest)
        if (kind == "base" and _is_total(node)) or (kind != "base" and _is_divided(node)):
            self.lines += node.body
            for child in node.children:
                self._visit(child)
        elif is_list or (node.scores and (kind != "base" or node.worth is not None or (worthy and not deeper))):
            self._section(node, kind)
        elif node.children and re.search("：$|下列|以下情", (node.body or [node.text])[-1]) and not node.scores:
            listed = "；".join(
                f"（{at}）{child.sentences.rstrip('；')}" for at, child in enumerate(node.children, start=1)
            )
            self.lines.append(f"{node.text}{''.join(node.body)}{listed}")
        else:
            self.lines += [node.text, *node.body]
            for child in node.children:
                self._visit(child)

    def _section(self, node: OutlineNode, kind: str) -> None:
        items = [item for child in node.children for item in self._items(child)]
        place = _place(node)
        sums = () if node.worth is None else (StatedSum(node.worth, place),)
        parted = (
            kind != "veto"
            and items
            and (any(item.max is not None for item in items) or len(items) == len(node.children))
        )
        own = Item(node.title, node.worth, node.title, "", node.words(), "", node.number, place)
        leaf = not parted or (kind != "base" and all(item.max is None for item in items))
        if not leaf and (lead := "\n".join(filter(None, [node.rest, *node.body]))):
            self.lines.append(lead)
        self.sections.append(
            OutlineSection(
                node.title, kind_of(node.title) if kind != "base" else "base", node.worth,
                () if leaf else tuple(items), own if leaf else None, node.number, place, sums,
            )
        )  # fmt: skip

    def _items(self, node: OutlineNode) -> Iterator[Item]:
        """Return the node as an item, or the items below it where these have points of their own."""
        if _TABLE.search(node.words()) and not node.scores:
            return
        if (node.worth is None and any(below.worth is not None for below in node.below())) or _is_group(node):
            for child in node.children:
                yield from self._items(child)
            return
        title = node.title
        yield Item(
            title,
            node.worth,
            title,
            "",
            node.words() if node.is_titled else node.sentences,
            "",
            node.number,
            _place(node),
        )


def _is_total(node: OutlineNode) -> bool:
    """Return whether a node has all sections below it: 考核内容（100分）, with points for these and for items."""
    parts = [child for child in node.children if child.worth is not None]
    deep = [part for part in parts if any(below.worth is not None for below in part.below())]
    return node.worth is not None and node.worth >= _ALL_POINTS and len(deep) > 1


def _is_divided(node: OutlineNode) -> bool:
    """Return whether what stands below a node are sections of their own: 加减分 with 加分 and 减分."""
    kinds = {kind_of(child.title) for child in node.children}
    return len(node.children) > 1 and kinds == {"bonus", "penalty"}


_ALL_POINTS: Final = 100


def _is_group(node: OutlineNode) -> bool:
    """Return whether what stands below a node are items whose points come to its own."""
    points = [child.worth for child in node.children if child.worth is not None]
    return 1 < len(points) == len(node.children) and sum(points) == node.worth


def _run_in(paragraph: Paragraph) -> Iterator[str]:
    """Split a paragraph where a heading stands in the middle of it, as in texts from web pages."""
    for line in widened(paragraph.text).split("\n"):
        yield from filter(None, (part.strip() for part in _RUN_IN.split(line)))


def _level(form: str, heading: int | None) -> int | None:
    if heading is not None:
        return _HEADING + heading
    return LEVELS.index(form) if form else None


def _is_heading(text: str, worth: Fraction | None) -> bool:
    """Return whether a paragraph without number is a heading: short, with points, or of a known kind."""
    if len(text) > MAX_TITLE or re.search(r"[，。；]", text):
        return False
    return worth is not None or bool(_SPECIAL.search(text) and not _POINTS.search(evened(text)))


def _section_level(stack: list[OutlineNode]) -> int:
    """Return the level of the sections that are open, for a heading without number."""
    return next(
        (node.level for node in stack if node.worth is not None),
        stack[1].level if len(stack) > 1 else LEVELS.index("chinese"),
    )


def _place(node: OutlineNode) -> str:
    """Say where a node stands."""
    return f"第 {node.line} 段"
