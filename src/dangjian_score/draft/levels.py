"""Levels of honours, of sanctions and of ratings, as lists of a regulation name them."""

import re
from typing import Final

from dangjian_score.draft.grammar.words import either, words

RATED: Final = re.compile(either(words("ratings")))
PUNISHED: Final = re.compile(either(words("punishments")))
LEVELS: Final = re.compile(f"{either((*words('levels'), *words('punishments')))}(?:及以上)?")
PRIZE: Final = re.compile("奖$|^第")


def levels_in(listed: tuple[str, ...]) -> list[str | None]:
    """Return the level that each member of a list names (受到国家级、省级、市级表彰); None where one has none."""
    levels = [_level(each, last=at == 0) for at, each in enumerate(listed)]
    sanctions = [level is not None and PUNISHED.fullmatch(level) is not None for level in levels]
    if not all(sanctions):  # 被街道、区、市通报批评: the last one names no sanction beside two places
        levels = [None if is_sanction else level for level, is_sanction in zip(levels, sanctions, strict=True)]
    if all(levels):
        return levels
    honours = _honours(listed)
    if all(honours):
        return honours
    return [
        level or _bare_level(each, at, len(listed)) for at, (level, each) in enumerate(zip(levels, listed, strict=True))
    ]


def _level(text: str, *, last: bool = False) -> str | None:
    """Return the first level that a text names, or the last: 市级评比中获一等奖、二等奖 are levels of prizes."""
    found = LEVELS.findall(text)
    return found[-1 if last else 0] if found else None


_HONOURED: Final = re.compile(r"^.*?(?:受到|获评|荣获|获得?|被评为|评为|评选为|入选|在|被)(?P<level>[^，、]{1,8})$")
_HONOUR: Final = re.compile(
    r"^(?P<level>[^，、]{1,6}?)(?:表彰|奖励|荣誉|先进|优秀|示范|推广|采用|刊发|通报|媒体|刊物|级?党建|离退休|离休|评为|授予|以上)"
)


_FIRST_BARE: Final = re.compile(rf"(?P<level>{either(words('bare_levels'))})(?![^，、]?级)")


def _honours(listed: tuple[str, ...]) -> list[str | None]:
    """Return the levels in 被评为全国、全省、全市先进集体: what stands between a verb and the honour."""
    first, last = _HONOURED.match(listed[0]), _FIRST_BARE.match(listed[-1]) or _HONOUR.match(listed[-1])
    if first is None or last is None:
        return [None]
    named = [first["level"], *listed[1:-1], last["level"]]
    return [_level(each) or name for each, name in zip(listed, named, strict=True)]


_BARE: Final = either(words("bare_levels"))


def _bare_level(text: str, at: int, count: int) -> str | None:
    """Return the level in 受到省、市、县表彰, where 级 is left out."""
    pattern = (
        rf"(?P<level>{_BARE})$" if at == 0 else rf"^(?P<level>{_BARE})" if at == count - 1 else rf"^(?P<level>{_BARE})$"
    )
    match = re.search(pattern, text)
    return None if match is None else match["level"]
