"""Lines of a text that was copied from pages: without the pages' numbers, and joined where only a page broke them.

Lines are joined in a text whose lines end at one margin. How broad a line is counts in half-width characters.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from dangjian_score.core.names import breadth


class Line(Struct, frozen=True):
    """A line of a text; `number` is which, from 1. White space around it is kept."""

    text: str
    number: int


_BARE: Final = re.compile("[0-9]{1,3}")
_DECORATED: Final = re.compile(
    r"[-—–－·•]+\s*[0-9]{1,4}\s*[-—–－·•]+"
    r"|[-—–－]*\s*第\s*[0-9一二三四五六七八九十百]+\s*页\s*(?:[,，、/／(（]?\s*共\s*[0-9一二三四五六七八九十百]+\s*页\s*[)）]?)?\s*[-—–－]*"
    r"|page\s*[0-9]+(?:\s*(?:of|/)\s*[0-9]+)?",
    re.IGNORECASE,
)
_APART: Final = 5
"""Lines that stand on a page at least."""
_SHORT: Final = 16
"""The breadth below which a line may be a cell of a table that was copied cell by cell."""


def without_page_numbers(lines: Sequence[Line]) -> list[Line]:
    """Leave out the lines that number pages; so that a sentence may go on behind them, blank lines around them as well.

    A mere number is one where such numbers count up by one, a page apart, or where it stands alone among long lines.
    """
    bare = [at for at, line in enumerate(lines) if _BARE.fullmatch(line.text.strip())]
    numbers = [int(lines[at].text) for at in bare]
    counting = all(after == before + 1 for before, after in pairwise(numbers))
    apart = all(after - before > _APART for before, after in pairwise(bare))
    if not (counting and apart and (len(bare) > 1 or all(_is_alone(lines, at) for at in bare))):
        bare = []
    dropped = {*bare, *(at for at, line in enumerate(lines) if _DECORATED.fullmatch(line.text.strip()))}
    for at in [*dropped]:
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(lines) and not lines[near].text.strip():
                dropped.add(near)
                near += step
    return [line for at, line in enumerate(lines) if at not in dropped]


def _is_alone(lines: Sequence[Line], at: int) -> bool:
    """Tell whether the lines around a number are text, not cells of a table."""
    before = next((line.text for line in reversed(lines[:at]) if line.text.strip()), None)
    after = next((line.text for line in lines[at + 1 :] if line.text.strip()), None)
    return before is not None and all(breadth(text.strip()) >= _SHORT for text in (before, after) if text is not None)


_ENDS: Final = tuple("。；：！？.;:!?…")
_CLOSING: Final = "”’」』）)】》"
_START: Final = re.compile(
    r"第[0-9一二三四五六七八九十百零〇]+[章节条款项编篇部]"
    r"|[一二三四五六七八九十百]{1,4}[、.．:：]"
    r"|[一二三四五六七八九十]{1,2}是"
    r"|[(（〔\[【][0-9一二三四五六七八九十百a-zA-Z]{1,4}[)）〕\]】]"
    r"|[0-9]{1,3}(?:[、)）:：]|[.．](?![0-9]))"
    r"|[0-9]{1,2}(?:[.．][0-9]{1,2}){1,3}(?![0-9.．%％分个])"
    r"|[a-zA-Z][.．、)）]"
    r"|[①-⑳㈠-㈩⑴-⒇⒈-⒛]"
    r"|[•●◆■□▲★※○☆◇\-*+>#|]"
    r"|附件|附[:：]|附录|注[:：0-9]|备注|说明[:：]"
)
"""How items, clauses and notes begin, which go on with nothing before them."""
_LABEL: Final = re.compile(r"[^，。；！？]{1,12}[:：]")
"""A name before a colon, at the beginning of a line."""
_LEAST_MARGIN: Final = 30
"""The breadth of the narrowest text that was broken."""
_FULL, _HALF = 0.9, 0.5
"""Shares of the margin: lines at least so broad are full; lines at least so broad are looked at."""
_SHARE: Final = 1 / 3
"""Of the lines that are looked at, those that are full and end within a sentence, where a margin broke them."""
_TIGHT: Final = 4
"""How far from the margin lines end that were broken for certain."""
_SURE: Final = 3
"""Lines that end so, from which on the margin is one beyond doubt."""
_INDENT: Final = 2


class Margin(Struct, frozen=True):
    """How broad lines are where they were broken; `is_sure` where several of them end just there."""

    width: int
    is_sure: bool

    def is_full(self, text: str) -> bool:
        """Tell whether a line reaches the margin."""
        return _breadth(text) >= self.width * _FULL

    def is_tight(self, text: str) -> bool:
        """Tell whether a line ends just at the margin."""
        return _breadth(text) >= self.width - _TIGHT


def margin_of(texts: Sequence[str]) -> Margin | None:
    """Return where the lines of a text were broken; None where they end where their sentences do."""
    widths = sorted(width for text in texts if (width := _breadth(text)))
    if not widths or widths[-1] < _LEAST_MARGIN:
        return None
    margin = Margin(widths[-1 - len(widths) // 50], is_sure=False)  # a few lines may hang over it
    looked_at = [text for text in texts if _breadth(text) >= margin.width * _HALF]
    broken = [text for text in looked_at if margin.is_full(text) and not _is_ended(text)]
    if len(broken) < max(1, _SHARE * len(looked_at)):
        return None
    return Margin(margin.width, sum(map(margin.is_tight, broken)) >= _SURE)


def joined(lines: Sequence[Line], margin: Margin | None) -> list[Line]:
    """Join lines that break off within a sentence, by their words or at a margin, under the number of the first.

    The last of those that only a margin joins ends its sentence, unless the margin leaves no doubt.
    """
    lines = [_whole(chain) for chain in _chains(lines, _breaks_off)]
    if margin is None:
        return lines
    found: list[Line] = []
    for chain in _chains(lines, lambda text, following: _goes_on(text, following, margin)):
        certain = margin.is_sure and all(margin.is_tight(line.text) for line in chain[:-1])
        found += [_whole(chain)] if certain or _is_ended(chain[-1].text) else chain
    return found


def _whole(chain: Sequence[Line]) -> Line:
    return chain[0] if len(chain) == 1 else Line(_together([line.text.strip() for line in chain]), chain[0].number)


_OPEN_END: Final = re.compile(
    r"[，、,（(“]$|(?:扣|得|加|减|计|记|每|少|缺|低于|达到|不少于|超过)$|[0-9０-９.]$|(?<![0-9])[0-9]{1,2}[、．]$"
)
"""What a line ends with that says nothing yet: a comma, a verb without its figure, a figure without its counter."""
_ONLY_BEHIND: Final = re.compile(
    r"[，。；、）：,;:)”％%]|分(?=[；，。、）;,)]|$)|(?:个|次|项|人次?|名|篇|件|例|条)(?:以上|的|扣|得|加)"
)
"""What nothing begins with."""
_SAID: Final = re.compile(r"分$|为止$|不限$|封顶$")
_PROSE: Final = re.compile(r"[，。；,;]")
_PROSE_LINE: Final = 36
"""The breadth from which on a line with commas that ends within a sentence is broken text."""


def _breaks_off(text: str, following: str) -> bool:
    """Tell by the words of two lines whether they are one sentence, wherever the first was broken."""
    before, after = text.strip(), following.strip()
    if not before or not after or _is_ended(text) or _is_table_like(text) or _is_table_like(following):
        return False
    if _ONLY_BEHIND.match(after):
        return True
    if _START.match(after) or _LABEL.match(after):
        return False
    if _OPEN_END.search(before) and not _BARE.fullmatch(before):
        return True
    in_prose = _PROSE.search(before) is not None and _PROSE.search(after) is not None
    return in_prose and _breadth(before) >= _PROSE_LINE and not _SAID.search(before)


def _chains(lines: Sequence[Line], goes_on: Callable[[str, str], bool]) -> Iterator[list[Line]]:
    """Yield lines that belong together."""
    chain: list[Line] = []
    for line in lines:
        if chain and not goes_on(chain[-1].text, line.text):
            yield chain
            chain = []
        chain.append(line)
    if chain:
        yield chain


def _goes_on(text: str, following: str, margin: Margin) -> bool:
    """Tell whether a line may go on in the next one."""
    after = following.strip()
    indented = len(following) - len(following.lstrip()) >= _INDENT and text.lstrip() == text
    if not after or indented or _START.match(after) or _LABEL.match(after):
        return False
    return margin.is_full(text) and not _is_ended(text) and not _is_table_like(text)


def _is_ended(text: str) -> bool:
    return text.strip().rstrip(_CLOSING).endswith(_ENDS)


def _is_table_like(text: str) -> bool:
    return "\t" in text.strip() or "   " in text.strip()


def _together(texts: Sequence[str]) -> str:
    """Put lines together; a space parts words of Latin letters."""
    whole = [texts[0]]
    for before, text in pairwise(texts):
        meeting = before[-1:] + text[:1]
        whole.append(f" {text}" if meeting.isascii() and meeting.isalpha() else text)
    return "".join(whole)


def _breadth(text: str) -> int:
    return breadth(text.strip())
