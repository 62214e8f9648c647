"""Grades with the points where they begin, and to how many units they are limited."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.draft.grammar.words import either, page
from dangjian_score.draft.whole.bounds import GradeSpan, span_in
from dangjian_score.draft.whole.limits import Keys, limit_in
from dangjian_score.draft.whole.sentences import Sentence

GRADE: Final = either(page("words.yaml")["grades"])
_NAMED: Final = re.compile(
    rf"[“‘](?P<quoted>[^”’]{{1,8}})[”’]|(?P<grade>{GRADE})(?P<who>党员|党支部|党组织|支部|社区|村|单位)?(?=等次|等级|档次|等|档|[，、；。：:（）()]|$|党|支部|为|的|\d|≥|<|>|不[超限])"
)
_CALLED: Final = re.compile(
    r"(?:为|评为|定为|确定为|命名为|列为)(?P<called>[^，。；“”\d为]{1,8}(?:支部|党组织|党员|单位|村|社区|学校))(?=[，。；、]|$)|挂(?P<flag>[^，。；“”\d]{1,2}牌)"
    r"|(?:为|属于)(?P<any>(?!上限|下限|基准|满分)[\u4e00-\u9fff]{2,5}?)(?:等次|等级|档次)?$"
)
_NO_GRADE: Final = re.compile(
    r"推荐|评选|整顿|授予|表彰|通报|取消|约谈|谈话|整改|奖金|奖励|参评|申报|扣\d|加\d|得\d|晋级|评先|评优|低于平均|不得|不能|不予评(?!星)"
)
_REST: Final = re.compile("其余|其他|以下的?为")
_SHORT_PIECE: Final = 12
_PLAIN: Final = re.compile(
    r"(?:[^，“”\d]{0,8})\d[^，“”]{1,24}的?[，]?(?:可)?(?:评|评定|确定|定|认定|列|挂)?为?[“‘]?[^，“”‘’]{1,8}[”’]?(?:等次|等级)?"
)
"""A sentence that names one grade and its points, and says nothing else."""


class DraftedGrade(Struct, frozen=True):
    """A grade: the least points it takes, or more than these where they are the most of the grade below; its limit."""

    least: Fraction
    above: bool = False
    limit: Keys = field(default_factory=dict)


class Grades(Struct, frozen=True):
    """The grades, the best first; `read` are the sentences that they were read from, `limited` those about limits."""

    named: Mapping[str, DraftedGrade]
    read: tuple[str, ...] = ()
    limited: tuple[str, ...] = ()


def grades_in(sentences: Sequence[Sentence], lines: Iterable[str]) -> Grades:
    """Read the grades of a regulation and their limits."""
    spans: dict[str, GradeSpan] = {}
    read: list[str] = []
    limits: dict[str, Keys] = {}
    for line in lines:
        for name, found in _found_in(line).items():
            if name not in spans and found.span.low not in [other.low for other in spans.values()]:
                spans[name] = found.span
                limits |= {name: found.limit} if found.limit else {}
                read += [] if found.asks_more else [found.words]
    if len(spans) < len(("good", "bad")) or _has_gap(spans.values()):
        return Grades({})
    ordered = sorted(spans, key=lambda name: spans[name].low, reverse=True)
    limited: list[str] = []
    for sentence in sentences:
        if said := dict(limits_in(sentence.said, ordered)):
            limits = said | limits
            limited.append(sentence.words)
    tops = {span.top for span in spans.values() if span.with_top}
    grades = {name: DraftedGrade(spans[name].low, spans[name].low in tops, limits.get(name, {})) for name in ordered}
    return Grades(grades, tuple(read), tuple(limited))


def _has_gap(spans: Iterable[GradeSpan]) -> bool:
    """Return whether points above the lowest grade belong to none: 90分以上为先进，60分以下为后进."""
    lowest, *others = sorted(spans, key=lambda span: span.low)
    return lowest.top is not None and not lowest.low and others[0].low - lowest.top > 1


class _Found(Struct, frozen=True):
    """What a piece of a line says of a grade; `asks_more` where it takes more than points and rank."""

    span: GradeSpan
    words: str
    limit: Keys
    asks_more: bool


def _found_in(line: str) -> dict[str, _Found]:
    """Read the grades of a line: pieces between commas are put together until there are a name and a bound."""
    found = dict(_respective(line))
    tops: list[Fraction] = []
    piece = ""
    for match in re.finditer("(?P<part>[^，；。、\n]*)(?P<end>[，；。、\n]|$)", line):
        part = match["part"]
        piece = f"{piece}，{part}" if piece else part
        names = [] if _NO_GRADE.search(piece) else _names(piece)
        span = span_in(_of_points(piece))
        if names and span is not None:
            name = names[-1] if names[-1] not in found else names[0]
            tops += [] if span.top is None or span.low else [span.top]
            found.setdefault(name, _Found(span, piece, _rank_limit(piece) or limit_in(piece), _asks_more(piece)))
        elif names and _REST.search(piece):
            found.setdefault(names[-1], _Found(GradeSpan(max(tops, default=Fraction(0))), piece, {}, asks_more=False))
        elif (
            match["end"] not in ("。", "；", "\n")
            and not _NO_GRADE.search(piece)
            and (span is not None or (names and len(piece) <= _SHORT_PIECE))
        ):
            continue
        piece = ""
    alone = len(found) == 1 and all(each.span.low for each in found.values())
    return {name: each for name, each in found.items() if not alone or _PLAIN.fullmatch(each.words)}


_RESPECTIVE: Final = re.compile(r"(?P<names>[^。；]*?)(?:，|对应|得分|分值)*分别[为是](?P<spans>[^。；]*分[^。；]*)")


def _respective(line: str) -> Iterator[tuple[str, _Found]]:
    """Visit grades whose bounds are listed after them: 优秀、良好分别为90分以上、75分以上不满90分."""
    for match in _RESPECTIVE.finditer(line):
        names, spans = _names(match["names"]), [span_in(part) for part in match["spans"].split("、")]
        if len(names) == len(spans) > 1:
            pairs = zip(names, spans, strict=True)
            yield from ((name, _Found(span, match[0], {}, asks_more=False)) for name, span in pairs if span is not None)


_AND: Final = re.compile("且(?!不[满足到]|低于|小于|未)|同时")


def _of_points(piece: str) -> str:
    """Return the part of a piece that is about points: 90分以上 of 90分以上且排名前30%."""
    parts = _AND.split(piece)
    return next((part for part in parts if re.search(r"\d分", part)), parts[0])


def _rank_limit(piece: str) -> Keys:
    """Return the limit of a grade that asks for a rank beside points (排名前30%)."""
    rank = re.search(r"(?:前|居前)(?:(?P<share>\d+(?:\.\d+)?%)|(?P<places>\d+)[名位个])", piece)
    if rank is None:
        return {}
    return {"quota": rank["share"]} if rank["share"] else {"places": Fraction(rank["places"])}


def _asks_more(piece: str) -> bool:
    """Return whether a grade asks for more than points and rank: the rest is left to a person."""
    others = [part for part in _AND.split(piece) if not re.search(r"\d分|前\d", part)]
    return bool(others) and _AND.search(piece) is not None


def _names(piece: str) -> list[str]:
    """Return the names of grades in a piece of a line."""
    called = re.search("(?:为|叫|是|列为|定为|属于)[“‘]", piece) is not None
    names = [
        match["quoted"] or f"{match['grade']}{match['who'] or ''}"
        for match in _NAMED.finditer(piece)
        if called or _is_grade(match)
    ]
    other = None if names else _CALLED.search(piece)
    return names if other is None else [next(filter(None, other.groups()))]


def _is_grade(match: re.Match[str]) -> bool:
    return match["quoted"] is None or re.match(GRADE, match["quoted"]) is not None or "星" in match["quoted"]


# Limits

_AWARDED: Final = re.compile("评选|推荐|表彰|授予|命名|称号|评为(?:区|市|县|省)")
_PRODUCED: Final = re.compile(
    "(?:评选|产生|推荐)(?:名额|比例|数量)?(?:不|最多|至多|限)|(?:最多|至多)(?:评选|推荐)|中产生|推荐名额"
)
"""Where what is chosen is the grade itself: 优胜支部每季度评选不超过8个."""
_AMONG: Final = re.compile(r"从[^，]*\d分[^，]*中|[从在][^，]*中(?!产)|里头|里面")
"""Where some of a grade, or of those with so many points, are chosen: 从优秀等次中评选."""


def limits_in(said: str, names: Sequence[str]) -> Iterator[tuple[str, Keys]]:
    """Visit the grades that a sentence limits, each with to how many: 优秀不超过30%，良好不超过40%."""
    named = mentioned(said, names)
    is_award = _AWARDED.search(said) is not None and _PRODUCED.search(said) is None
    if not named or is_award or _AMONG.search(said):
        return
    if len({*named}) == 1:
        yield from ((named[0], limit) for limit in (limit_in(said),) if limit and said.count("%") <= 1)
        return
    shares = re.findall(r"\d+(?:\.\d+)?%", said)
    if "分别" in said and len(shares) == len(named):
        yield from ((name, {"quota": share}) for name, share in zip(named, shares, strict=True))
        return
    grade = named[0]
    for part in said.split("，"):
        grade = (mentioned(part, names) or [grade])[-1]
        if limit := limit_in(part):
            yield grade, limit


_AFTER: Final = (
    "等", "档", "党", "支部", "的", "名额", "比例", "数量", "占", "不", "控制", "资格",
    "社区", "单位", "学校", "乡镇", "村", "企业", "院系",
    "里", "中", "和", "或", "及", "按", "从", "由", "在", "为", "$",
)  # fmt: skip
_BEHIND: Final = f"(?=[”’）)，。；、]|{either(_AFTER)})"
"""What may follow the name of a grade, so that 标准 is not found in 标准化."""


def stem_of(name: str) -> str:
    """Return a grade without whose grade it is: 示范 of 示范党支部."""
    stem = re.sub("(?:党支部|党组织|党员|支部|社区|单位|村)$", "", name)
    return stem if len(stem) > 1 else name


_NUMBERED: Final = re.compile("[A-EⅠ-Ⅴ一二三四五六七八九十]")
"""Grades that no other word begins like."""


def mentioned(text: str, names: Iterable[str]) -> list[str]:
    """Return the grades that a text names, in its order; 较好 is not taken for 好."""
    found: dict[int, str] = {}
    for name in sorted(names, key=len, reverse=True):
        if len(name) == 1:
            pattern = rf"(?<=[“‘]){name}(?=[”’])|(?<![较良做搞最更友偏]){name}(?=等次|等级|档|的?(?:比例|名额))"
        elif name == "一般":
            pattern = "(?<=[“‘为定评和或及、])一般"
        else:
            pattern = rf"{re.escape(stem_of(name))}{'' if _NUMBERED.match(name) else _BEHIND}"
        for match in re.finditer(pattern, text):
            if not any(start <= match.start() < start + len(other) for start, other in found.items()):
                found[match.start()] = name
    return [found[start] for start in sorted(found)]
