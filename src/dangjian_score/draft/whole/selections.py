"""Who is chosen: honours by rank, share or grade, and what befalls those at the end or below a total."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Final

from msgspec import Struct

from dangjian_score.core.points import plain
from dangjian_score.draft.whole.grades import mentioned
from dangjian_score.draft.whole.limits import Keys, limit_in
from dangjian_score.draft.whole.sentences import Sentence


class Chosen(Struct, frozen=True):
    """A selection: its title and what it goes by."""

    title: str
    keys: Mapping[str, str | Fraction | bool]
    words: str


_BLAMED: Final = re.compile(
    "约谈|通报批评|限期整改|限期整顿|谈话提醒|提醒谈话|诫勉谈话|诫勉|书面检讨|书面检查|表态发言|挂牌整顿|黄牌|整改通知|整顿|整改|检讨|软弱涣散|后进|末位|通报(?!表[扬彰])"
)
_HONOURED: Final = re.compile(
    "评选|评定|推荐|授予|表彰|表扬|评为|命名|名额|申报|奖励|奖金|奖牌|拨付|优先|戴红花|发奖状|作为[^，。；]{2,12}对象"
)
_AWARD: Final = re.compile(
    r"[“‘](?P<quoted>[^”’]{2,16})[”’]|(?P<plain>(?:先进|优秀|示范|五星|红旗|五好|最佳|十佳)[^，。；、：（）“”\d]{1,10}?|[123一二三]等奖|先进)(?=[，。；、：（）“”]|称号|$|的|，|名额|予以|不|按|进行|\d)"
)
_N: Final = r"[\d一二两三四五六七八九十]{1,3}"
_TOP: Final = re.compile(
    rf"前(?:(?P<share>\d+(?:\.\d+)?)%|(?P<places>{_N})(?:[名位个家]|的|者|，|$))|(?P<first>第[一1](?:名|位|的)|首位|最高的(?=[一1]个|[^，\d]{{0,6}}(?:，|$)))|最高的(?P<best>{_N})[名位个家]"
)
_BOTTOM: Final = re.compile(
    rf"(?:后|末尾|末|倒数|最后|居末)第?(?:(?P<share>\d+(?:\.\d+)?)%|(?P<places>{_N})(?:[名位个家]|的|者|，|$))|末位(?P<behind>\d+(?:\.\d+)?)%|(?P<last>(?<!列为)末位|最后一名|倒数第一|最低的(?=[一1]个|[^，\d]{{0,6}}(?:，|$)))|最低的(?P<worst>{_N})[名位个家]"
)
_BELOW: Final = re.compile(
    r"(?:低于|不足|不满|不到|未达到|未达|少于)(?P<low>\d+(?:\.\d+)?)分|(?P<under>\d+(?:\.\d+)?)分以下|(?P<after>\d+(?:\.\d+)?)分(?:及|（含）)以下"
)
_LEAST: Final = re.compile(r"(?P<least>\d+(?:\.\d+)?)分(?:及?以上|（含）以上|（含）及以上)|(?:达到|不低于|≥)(?P<reached>\d+(?:\.\d+)?)分")
_PRIZES: Final = re.compile(r"(?P<prize>[123一二三]等奖|特等奖)(?P<places>\d+)[名个]")
_NUMERALS: Final = {char: at for at, char in enumerate("零一二三四五六七八九十")} | {"两": 2}


def selections_in(
    sentences: Iterable[Sentence], names: Sequence[str], of_grades: Collection[str]
) -> Iterator[Chosen]:
    """Visit the selections of sentences; `names` are the grades, the best first, `of_grades` sentences about them."""
    for sentence in sentences:
        for prize in _PRIZES.finditer(sentence.said):
            yield Chosen(prize["prize"], {"places": Fraction(prize["places"])}, sentence.words)
        if _PRIZES.search(sentence.said) is None:
            for said in _groups(sentence.said, names):
                yield from _chosen(said, sentence, names, honours=sentence.words not in of_grades)


def _groups(said: str, names: Sequence[str]) -> Iterator[str]:
    """Split a sentence where another group of units begins that something befalls: 前三名…表彰，后三名…约谈."""
    group = ""
    for part in said.split("，"):
        begins = _is_subject(part, names)
        if group and begins and (_befalls(group) or _leads(part, names)) and _befalls(said[said.index(part) :]):
            yield group
            group = ""
        group = f"{group}，{part}" if group else part
    yield group


def _is_subject(part: str, names: Sequence[str]) -> bool:
    ranked = any(pattern.search(part) for pattern in (_TOP, _BOTTOM, _BELOW, _LEAST))
    return ranked or bool(re.match("对|列入|评为|定为", part) and mentioned(part, names)) or _leads(part, names)


def _leads(part: str, names: Sequence[str]) -> bool:
    """Return whether a part begins with a grade: 不达标党支部由公司党委约谈."""
    return any(re.match(rf"[“‘]?{re.escape(name)}", part) for name in names)


def _befalls(text: str) -> bool:
    return bool(_BLAMED.search(text) or _HONOURED.search(text))


def _chosen(said: str, sentence: Sentence, names: Sequence[str], *, honours: bool) -> Iterator[Chosen]:
    words = sentence.words
    below, bottom, top, least = _BELOW.search(said), _BOTTOM.search(said), _TOP.search(said), _LEAST.search(said)
    befalling = reduce(lambda text, name: text.replace(name, ""), names, said)
    blamed, honoured = _BLAMED.search(befalling), _HONOURED.search(befalling)
    if blamed is not None and (below is not None or bottom is not None):
        keys = {} if bottom is None else {**_rank(bottom), "lowest_first": True}
        if below is not None:
            keys["below"] = Fraction(next(filter(None, below.groups())))
        yield Chosen(blamed[0], keys, words)
        return
    graded = mentioned(said, names)
    if honours and honoured is not None and (blamed is None or top is not None):
        keys = {} if top is None else _rank(top)
        keys = keys or {key: part for key, part in limit_in(said).items() if below is None}
        if least is not None and (keys or not graded):
            keys = {"at_least": Fraction(least["least"] or least["reached"]), **keys}
        if graded and (keys or graded[0] == names[0]) and least is None and _of_grade(said, graded[0]):
            keys["grade_at_least"] = graded[0]
        if keys and (keys.keys() != {"at_least"} or _AWARD.search(said)):
            yield Chosen(_title(said, names), keys, words)
    elif blamed is not None and graded and set(graded) == {*names[names.index(graded[0]) :]} and not re.search("被[^，]*约谈", said):
        yield Chosen(blamed[0], {"grade_at_most": graded[0]}, words)


def _of_grade(said: str, grade: str) -> bool:
    """Return whether units of a grade are chosen from, or rewarded, and not units given this grade."""
    named = re.escape(re.sub("(?:党支部|党组织|党员|支部|社区|单位|村)$", "", grade))
    return re.search(rf"(?:从|在|对|被?评为|获评|被确定为)?[“‘]?{named}[”’]?(?:等次|等级)?[^，。；]*(?:中|，|表扬|奖励|表彰|由|推荐|授予|拨付|里头)", said) is not None


def _rank(match: re.Match[str]) -> Keys:
    """Return the share or the number of places that a rank says."""
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    for name, value in found.items():
        if name in ("share", "behind"):
            return {"quota": f"{plain(Fraction(value))}%"}
        if name in ("places", "best", "worst"):
            return {"places": _number(value)}
    return {"places": Fraction(1)}


def _number(text: str) -> Fraction:
    if text.isdigit():
        return Fraction(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return Fraction(_NUMERALS[text])
    return Fraction((_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0))


def _title(said: str, names: Sequence[str]) -> str:
    awards = [match["quoted"] or match["plain"] for match in _AWARD.finditer(said)]
    return next((award for award in awards if award not in names), awards[0] if awards else "先进")
