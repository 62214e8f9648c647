"""Who is chosen: honours by rank, share or grade, and what befalls those at the end or below a total."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Final

from msgspec import Struct

from dangjian_score.draft.whole.grades import mentioned, stem_of
from dangjian_score.draft.whole.limits import Keys, limit_in, takes_up
from dangjian_score.draft.whole.ranks import StatedRank, rank_in
from dangjian_score.draft.whole.sentences import Sentence


class DraftedSelection(Struct, frozen=True):
    """A selection: its title and what it goes by."""

    title: str
    keys: Mapping[str, str | Fraction | bool]
    words: str


_BLAMED: Final = re.compile(
    "约谈|通报批评|限期整改|限期整顿|谈话提醒|提醒谈话|诫勉谈话|诫勉|谈话|书面检讨|书面检查|表态发言|挂牌整顿|黄牌|整改通知|整顿|整改|检讨|作检查|书面说明|通报(?!表[扬彰])"
    "|软弱涣散|后进"
)
_HONOURED: Final = re.compile(
    "评选|评定|推荐|授予|表彰|表扬|评为|命名|名额|申报|奖励|奖金|奖牌|拨付|发放|奖补|优先|戴红花|红榜|发奖状|作为[^，。；]{2,12}对象"
)
_AWARD: Final = re.compile(
    r"[“‘](?P<quoted>[^”’]{2,16})[”’]"
    r"|(?P<plain>(?:先进|优秀|示范|五星|红旗|五好|最佳|十佳)[^，。；、：（）“”\d]{1,10}?|[123一二三]等奖|先进)"
    r"(?=[，。；、：（）“”]|称号|$|的|，|名额|予以|不|按|进行|\d)"
)
_PRIZE: Final = re.compile(r"(?P<prize>[123一二三]等奖|特等奖)(?P<places>\d+)[名个]")
_PRIZE_BY_RANK: Final = re.compile(
    r"第(?P<first>\d+)名?(?:[至、-]第?(?P<last>\d+))?名?的?[，]?(?:评为|授予|获评?|为)(?P<prize>[123一二三]等奖|特等奖)"
)


_BESIDE_RANK: Final = re.compile(r"连续[\d两二三四五]|除外|不受|可推荐\d")
"""What is asked beside total, rank and grade: a person has to read it."""


def selections_in(
    sentences: Iterable[Sentence], names: Sequence[str], of_grades: Collection[str]
) -> Iterator[DraftedSelection]:
    """Visit the selections of sentences; `names` are the grades, the best first, `of_grades` sentences about them."""
    for sentence in sentences:
        if sentence.label == PRINTED:
            yield from _printed(sentence, names)
            continue
        prizes = [*_prizes(sentence.said)]
        yield from (DraftedSelection(prize, {"places": Fraction(count)}, sentence.words) for prize, count in prizes)
        for said in () if prizes else _groups(sentence.said, names):
            found = _blamed(said, names) or (None if sentence.words in of_grades else _honoured(said, names))
            if found is not None and takes_up(found[1], said) and _BESIDE_RANK.search(said) is None:
                title, keys = found
                yield DraftedSelection(title, keys, said)


def _prizes(said: str) -> Iterator[tuple[str, int]]:
    """Visit prizes with how many get them: 一等奖1名、二等奖2名, or 第1名的评为一等奖，第2名、第3名的评为二等奖."""
    yield from ((each["prize"], int(each["places"])) for each in _PRIZE.finditer(said))
    for each in _PRIZE_BY_RANK.finditer(said):
        yield each["prize"], int(each["last"] or each["first"]) - int(each["first"]) + 1


PRINTED: Final = "评优与通报"
"""What `table` heads the selections of a rubric with."""
_NAMED: Final = re.compile(r"(?P<title>[^（）]+)（(?P<by>.+)）")
_BY: Final = (
    ("grade", re.compile(r"等次为(.+)")),
    ("at_least", re.compile(r"(\d+(?:\.\d+)?)分以上")),
    ("below", re.compile(r"不到(\d+(?:\.\d+)?)分")),
    ("places", re.compile(r"取?前(\d+)名")),
    ("quota", re.compile(r"不超过全部[^的]*的(\d+(?:\.\d+)?%)（舍去小数）")),
    ("", re.compile("(已获前1奖项的不再参评|已获前一奖项的不再参评)")),
)


def _printed(sentence: Sentence, names: Sequence[str]) -> Iterator[DraftedSelection]:
    """Read a selection as `table` prints it; what it prints beside these is for a person."""
    named = _NAMED.fullmatch(sentence.said)
    keys: Keys = {}
    for part in re.split("[、，]", named["by"]) if named is not None else ():
        found = next(((key, match[1]) for key, pattern in _BY if (match := pattern.fullmatch(part)) is not None), None)
        if found is None:
            return
        key, value = found
        if key == "grade":
            keys["grade_at_least" if value == names[0] else "grade_at_most"] = value
        elif key:
            keys[key] = value if key == "quota" else Fraction(value)
    if named is not None and keys:
        yield DraftedSelection(named["title"], keys, sentence.words)


def _groups(said: str, names: Sequence[str]) -> Iterator[str]:
    """Split a sentence where another group of units begins that something befalls: 前三名…表彰，后三名…约谈."""
    group, rest = "", said.split("，")
    while rest:
        part = rest[0]
        is_led = any(re.match(rf"[“‘]?{re.escape(name)}", part) for name in names)
        begins = is_led or rank_in(part).is_said or (re.match("对|列入|评为|定为", part) and mentioned(part, names))
        if group and begins and (is_led or _befalls(group)) and _befalls("，".join(rest)):
            yield group
            group = ""
        group = f"{group}，{part}" if group else part
        del rest[0]
    yield group


def _befalls(text: str) -> bool:
    return bool(_BLAMED.search(text) or _HONOURED.search(text))


def _without(names: Sequence[str], said: str) -> str:
    """Return a text without the names of grades: one may be called 后进 or 示范."""
    return reduce(lambda text, name: text.replace(name, ""), names, said)


def _blamed(said: str, names: Sequence[str]) -> tuple[str, Keys] | None:
    """Return what befalls those at the end of the list, below a total, or of the last grades."""
    blame, rank = _BLAMED.search(_without(names, said)), rank_in(said)
    if blame is None or re.search("被[^，]*约谈", said):
        return None
    keys: Keys = {} if rank.end is None else {**rank.end, "lowest_first": True}
    if rank.below is not None:
        keys["below"] = rank.below
    graded = mentioned(said, names)
    if not keys and rank.top is None and graded and _are_last(graded, names, said):
        keys["grade_at_most"] = graded[0]
    return (blame[0], keys) if keys else None


def _are_last(graded: Sequence[str], names: Sequence[str], said: str) -> bool:
    """Return whether grades that a text names are the last ones: 较差, 一般和较差, 一般及以下."""
    below = re.search(rf"{re.escape(stem_of(graded[0]))}[”’]?(?:等次|等级)?及?以下", said)
    return below is not None or {*graded} == {*names[names.index(graded[0]) :]}


def _honoured(said: str, names: Sequence[str]) -> tuple[str, Keys] | None:
    """Return whom an honour goes to: by rank, to a share or a number, among those of a total or a grade."""
    rank = rank_in(said)
    if _HONOURED.search(_without(names, said)) is None or rank.end is not None:
        return None
    if _BLAMED.search(_without(names, said)) and rank.top is None:
        return None
    keys = _limited(said, rank)
    graded = mentioned(said, names)
    if rank.least is not None and (keys or not graded):
        keys = {"at_least": rank.least, **keys}
    elif graded and (keys or graded[0] == names[0]) and rank.least is None and _is_of_grade(said, graded[0]):
        keys["grade_at_least"] = graded[0]
    if not keys or (keys.keys() == {"at_least"} and _AWARD.search(said) is None):
        return None
    return _title(said, names), keys


def _limited(said: str, rank: StatedRank) -> Keys:
    if rank.top is not None:
        return {**rank.top}
    return {} if rank.below is not None else limit_in(said)


def _is_of_grade(said: str, grade: str) -> bool:
    """Return whether units of a grade are chosen from, or rewarded, and not units given this grade."""
    then = "中|，|表扬|奖励|表彰|由|推荐|授予|拨付|里头"
    return re.search(rf"{re.escape(stem_of(grade))}[”’]?(?:等次|等级)?[^，。；]*(?:{then})", said) is not None


_PRAISED: Final = re.compile("通报表扬|表扬|奖励|奖补|表彰")


def _title(said: str, names: Sequence[str]) -> str:
    """Return what an honour is called: what stands behind its verb, else what is done."""
    verb = _HONOURED.search(said)
    behind = [] if verb is None else [*_AWARD.finditer(said, verb.start())]
    awards = [match["quoted"] or match["plain"] for match in (*behind, *_AWARD.finditer(said))]
    praise = _PRAISED.search(said)
    return next((award for award in awards if not mentioned(award, names)), "先进" if praise is None else praise[0])
