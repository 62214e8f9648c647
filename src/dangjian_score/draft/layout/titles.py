"""Titles of sections and items: numbers and points taken off, long texts cut down to what they are about."""

import re
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.layout.outline import Kind

NUMBER: Final = re.compile(
    r"^\s*(?:(?P<part>第[一二三四五六七八九十百\d]+(?:章|部分|编|篇|节))|(?P<article>第[一二三四五六七八九十百\d]+条)"
    r"|(?P<chinese>[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])[、．.,，](?!\d)|(?P<bracket>[（(][一二三四五六七八九十]{1,3}[）)])[、.．]?"
    r"|(?P<arabic>\d{1,2})(?:[、．]|\.(?!\d)|(?=[\s　]+\D))|(?P<dotted>\d{1,2}(?:[.．]\d{1,2})+)[、.．]?(?!\d|\s*[分%])"
    r"|(?P<paren>[（(]\d{1,2}[）)]|\d{1,2}[）)])(?!分)|(?P<circle>[①-⑳])"
    r"|(?P<code>[A-Z]\d{1,2}(?:[.\-]\d{1,2})*(?:-[a-z]+)?|[A-Z](?=[ 　]))[.、．]?)\s*"
)
LEVELS: Final = ("part", "article", "chinese", "bracket", "arabic", "dotted", "paren", "circle", "code")
"""Forms of numbers, the highest first."""

_WORTH: Final = re.compile(
    r"[（(【\[](?:本项|总|加分|扣分|累计|共计?|总分|满分|分值|权重|计|标准分|基础分|基本分|小计|合计|上限|最高|加|扣|得|本类|此项|该项|最多|加分上限|不超过|限)*[：:]?\s*(?:为)?\s*(?P<points>\d+(?:\.\d+)?)\s*分?(?:封顶|为限|以内|为上限)?(?P<behind>[，,；;。][^（）()]*)?[）)】\]]"
    r"|(?<=^)(?P<name>[^，。；：\d（）]{2,20}?)(?<!的)[，,：:\s\-—]+(?:分值|满分|权重|标准分|总分|基本分|基础分|共计?)?[：:为]?\s*(?P<named>\d+(?:\.\d+)?)\s*分(?=$|[。；\s])"
)
_IN_WORDS: Final = re.compile(r"（[^（）\d]{0,8}?[一二两三四五六七八九十百]+分[，。；）]")
_SCORED: Final = re.compile(r"[扣加减得计]\d")
_BEHIND: Final = re.compile(r"^(?P<title>[^，。；\d]{2,20}?)(?<!的)(?<!的 )[\s：:—\-]*(?P<points>\d+(?:\.\d+)?)分$")
_TITLE_ENDS: Final = re.compile(r"[：:。；;\n]|(?<=....)[，,]")
MAX_TITLE: Final = 20
"""Characters of a title; what is longer is a sentence, and is cut at its first comma."""


class Headed(Struct, frozen=True):
    """A text without its number and its points."""

    number: str
    level: str
    text: str
    worth: Fraction | None


def headed(text: str, number: str = "") -> Headed:
    """Take number and points off a heading, or off the first sentence of a text; `number` is the one that Word made."""
    whole = f"{number}{text}".strip()
    match = NUMBER.match(whole)
    rest = _IN_WORDS.sub(lambda found: evened(found[0]), whole if match is None else whole[match.end() :])
    level = "" if match is None or match.lastgroup is None else match.lastgroup
    worth = _worth(rest)
    if worth is None:
        behind = _BEHIND.match(evened(rest))
        if behind is not None:
            return Headed("" if match is None else match[0].strip(), level, behind["title"], Fraction(behind["points"]))
        return Headed("" if match is None else match[0].strip(), level, rest.strip(), None)
    points, start, end = worth
    before, after = rest[:start], rest[end:]
    if (
        before.count("（") == before.count("）")
        and after.startswith(tuple("，,；;。"))
        and after.count("）") > after.count("（")
    ):
        inside, _, rest = after[1:].partition("）")  # （6分，班子不健全的扣3分）
        after = f"。{inside}。{rest.lstrip('。；')}"
        before = before.rstrip("。；")
    elif before and after.strip() and len(before.strip()) <= MAX_TITLE and after.lstrip()[0] not in "，,。；;：:、（":
        after = f"。{after.lstrip()}"  # 学习教育（10分） 未学习的扣2分
    return Headed("" if match is None else match[0].strip(), level, (before + after).strip(" 。；"), points)


def _worth(text: str) -> tuple[Fraction, int, int] | None:
    """Find the points of a heading: those in brackets, or named 分值, in its first sentence, or once in all of it."""
    found = [match for match in _WORTH.finditer(text) if "分" in match[0] or match[0].startswith("（")]
    for match in found:
        before = text[: match.start()]
        if "分" not in match[0] and len(before) > MAX_TITLE:
            continue
        behind = match.groupdict().get("behind") or ""
        late = re.search(r"[。；;\n]", before) is not None or len(before) > 3 * MAX_TITLE
        if late and (len(found) > 1 or not behind or _SCORED.search(evened(before))):
            return None
        end = match.end() - len(behind) - 1 if behind else match.end()
        start = match.start() if match["name"] is None else match.end("name")
        return Fraction(match["points"] or match["named"]), start, end
    return None


def title_of(text: str) -> str:
    """Return what a text is about: the text itself where it is short, else its first words."""
    plain = text.strip(" \n。；;：:，,、　")
    cut = _TITLE_ENDS.search(plain)
    first = plain if cut is None or (cut[0] in "，," and len(plain) <= MAX_TITLE) else plain[: cut.start()]
    first = " ".join(first.split()) if len(first) <= MAX_TITLE else first[:MAX_TITLE].rstrip("、，的")
    return first or plain[:MAX_TITLE]


def kind_of(title: str) -> Kind:
    """Return how a section of this title enters the total."""
    title = re.sub(r"[（(][^（）()]*[）)]", "", title) or title
    if re.match(".{0,6}?否决", title):
        return "veto"
    gives, takes = (
        re.search("加分|附加|奖励(?:分|项|积分|性|加|与|和)|^奖励$|激励|创新(?:加|奖)", title),
        re.search("扣分项|扣分$|减分|扣减|扣分事项|扣分情形|扣分指标|负向|负面|倒扣|罚分|反向|惩处|惩戒", title),
    )
    if re.search("加减分|奖惩|加扣分|加、?减分|加、扣分", title) or (gives and takes):
        return "adjust"
    if gives:
        return "bonus"
    return "penalty" if takes else "base"


def figure_of(text: str) -> Fraction | None:
    """Read a cell that holds points alone: 5, 5分, （5分）, 5%."""
    match = re.fullmatch(r"[-—+（(]?\s*(?:满分|最高)?\s*(\d+(?:\.\d+)?)\s*(?:分|%)?\s*[）)]?", evened(text).strip())
    return None if match is None else Fraction(match[1])
