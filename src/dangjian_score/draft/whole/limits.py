"""Limits to how many are chosen: a share of all or a number, and how a share is rounded."""

import re
from fractions import Fraction
from typing import Final

from dangjian_score.core.points import plain
from dangjian_score.draft.grammar.masks import Masks

Keys = dict[str, str | Fraction | bool]
"""What a quota or a selection goes by, as it stands in a rubric."""

_PART: Final = re.compile("(?P<whole>[二两三四五六七八九十])分之(?P<part>[一二三四五六七八九])")
_TENTHS: Final = re.compile("(?<=[的过为在按])(?P<tenths>[1-9])成(?!立|员|功|果|绩)")
NUMERALS: Final = {char: at for at, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_SHARE: Final = re.compile(r"(?P<share>\d+(?:\.\d+)?)%")
_COUNT: Final = re.compile(
    r"(?:不超过|不得超过|不多于|控制在|最多|至多|限|名额|评选|评出|推荐|表彰|命名|选|取|奖)[^，。；\d%]{0,12}?(?P<count>\d+)[个名家位人所]"
    r"|(?P<behind>\d+)[个名家位所](?:以内|名额|$)|前(?P<best>\d+)[个名家位]中?产生"
)
_LIMITING: Final = re.compile(
    r"≤|不超过|不得超过|不高于|不多于|控制|以内|名额|比例|比率|占比|数量|掌握|左右|按照?|总数|最多|至多|产生|评选|评出|推荐|选|不得突破|占[^，]{0,8}\d"
)


_FIGURE: Final = re.compile(r"(\d+(?:\.\d+)?)(%?)")


def takes_up(keys: Keys, said: str) -> bool:
    """Return whether all figures of a text are among keys; money, days and years are no such figures."""
    known = {str(part) for part in keys.values()}
    found = _FIGURE.findall(_BESIDE.sub("", Masks().masked(said)))
    return all(f"{plain(Fraction(figure))}{percent}" in known for figure, percent in found)


_BESIDE: Final = re.compile(r"\d+(?:\.\d+)?(?:[万亿]?元|个月|个?工作日|[年天日])|不足1[个名家][^，]{0,4}1[个名家]")


def in_shares(text: str) -> str:
    """Return a text with parts such as 五分之一 as per cents, where these are finite."""

    def share(match: re.Match[str]) -> str:
        part = Fraction(NUMERALS[match["part"]] * 100, NUMERALS[match["whole"]])
        return match[0] if part.denominator % 3 == 0 or part.denominator % 7 == 0 else f"{plain(part)}%"

    return _TENTHS.sub(r"\g<tenths>0%", _PART.sub(share, text))


def limit_in(text: str) -> Keys:
    """Return to how many a text limits what it speaks of; nothing where it does not."""
    if not _LIMITING.search(text):
        return {}
    share, count = _SHARE.search(text), _COUNT.search(text)
    if share is not None:
        return {"quota": f"{plain(Fraction(share['share']))}%", **_rounded(text)}
    return {} if count is None else {"places": Fraction(next(filter(None, count.groups())))}


def _rounded(text: str) -> Keys:
    found: Keys = {}
    if re.search("四舍五入", text):
        found["quota_rounding"] = "nearest"
    if re.search("不足1[个名家][^，]{0,4}[按以]1[个名家]", text):
        found["at_least_one"] = True
    return found
