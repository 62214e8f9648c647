"""What a regulation says of the whole: grades, quotas, selections, vetoes, rounding, the year, who is assessed."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.core.points import plain
from dangjian_score.draft import naming
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import either, page
from dangjian_score.draft.layout.outline import Outline

Value = str | bool | Fraction | dict[str, "Value"]


class Veto(Struct, frozen=True):
    """A veto: the condition in the words of the regulation, and what it does; `marked` where that is not clear."""

    title: str
    effect: Mapping[str, str | Fraction]
    words: str
    marked: bool = False


class Chosen(Struct, frozen=True):
    """A selection: its title and what it goes by."""

    title: str
    keys: Mapping[str, str | Fraction]
    words: str


class Whole(Struct, frozen=True):
    """What is said of the whole regulation; `read` are the lines that it stands in."""

    grades: Mapping[str, Fraction] = field(default_factory=dict)
    quotas: Mapping[str, Mapping[str, str | Fraction]] = field(default_factory=dict)
    vetoes: tuple[Veto, ...] = ()
    selections: tuple[Chosen, ...] = ()
    rounding: Mapping[str, Fraction | str] = field(default_factory=dict)
    year: str | None = None
    period: tuple[str, str] | None = None
    subject: str = "单位"
    read: tuple[str, ...] = ()


_GRADE: Final = either(page("words.yaml")["grades"])
_NAMED: Final = re.compile(
    rf"[“‘](?P<quoted>[^”’]{{1,8}})[”’]|(?P<grade>{_GRADE})(?P<who>党员|党支部|党组织|支部|社区|村|单位)?(?=等次|等级|档次|等|档|[，、；。：:（）()]|$|党|支部|为|的|\d|≥|<|>)"
)
_CALLED: Final = re.compile(
    r"(?:为|评为|定为|确定为|命名为|列为)(?P<called>[^，。；“”\d为]{1,8}(?:支部|党组织|党员|单位|村|社区|学校))(?=[，。；、]|$)"
)
_BOUND: Final = re.compile(
    r"(?P<less><|＜|小于|不满|不足|低于|未满|未达到?)?\s*(?P<figure>\d+(?:\.\d+)?)\s*分?(?:（含[^（）]*）)?(?P<under>以下|及以下|往下)?"
)
_NO_GRADE: Final = re.compile(
    r"推荐|评选|授予|表彰|通报|取消|约谈|整改|名额|奖金|奖励|参评|扣\d|加\d|得\d|晋级|评先|评优|低于平均"
)
_ROUNDING: Final = re.compile(
    r"保留(?:到)?(?:小数点?后?)?(?P<places>\d)位(?:小数)?|保留(?:小数点后)?(?P<after>\d)位|小数点后(?P<behind>\d)位|(?P<none>不保留小数)|精确到(?P<part>0\.0*1|个位|小数点后(?P<digits>\d)位)|取整|保留整数"
)
_QUOTA: Final = re.compile(
    r"(?:比例|数量|名额|总数|比率)[^，。；\d]{0,14}?(?:不超过|不得超过|控制在|为|按|占|不高于|在)[^，。；\d]{0,12}?(?P<share>\d+(?:\.\d+)?)%|(?P<share2>\d+(?:\.\d+)?)%(?:的)?(?:比例|以内|左右)?"
)
_EFFECT: Final = (
    (
        "total",
        re.compile(
            r"(?:总分|得分|考核分|当年考核|年度考核|总成绩|成绩)[^，。；]{0,6}?(?:计|记|为|按)0分|一律0分|计0分"
        ),
    ),
    ("not", re.compile(rf"(?:不得|不能|不予)(?:评|定|确定|评定|认定|列)为?[^，。；]{{0,4}}?[“‘]?(?P<grade>{_GRADE})")),
    (
        "most",
        re.compile(
            rf"(?:最高|等次最高|最多|不得高于|不高于)(?:只能|不超过)?(?:评|定|确定)?(?:定)?(?:为)?[“‘]?(?P<grade>{_GRADE})"
        ),
    ),
    (
        "grade",
        re.compile(
            rf"(?:直接|一律|考核|等次|年度考核|等级)?(?:(?:定|评定|确定|评|列|认定|判定|降|考核|结果|等次)为|列入|算)[“‘]?(?P<grade>{_GRADE})|[列评定算为入][“‘](?P<grade2>[^”’]{{1,8}})[”’]|(?:^|[，、])(?P<grade3>不[定评]星级)"
        ),
    ),
    (
        "selections",
        re.compile(
            r"取消[^，。；]{0,12}?(?:评先|评优|评选|参评|先进|评先评优|评奖)|不得(?:参加|参与|推荐|申报)?[^，。；]{0,8}?(?:评先|评优|评选|先进|表彰)|一票否决"
        ),
    ),
)
_CONDITION: Final = re.compile(r"(?:凡|如|若)?(?:有|出现|发生|存在)?(?:下列|以下)(?:情形|情况|行为|问题)[^，：]*")


def whole_of(outline: Outline, texts: Iterable[str]) -> Whole:
    """Read what the lines outside of items say of the whole; `texts` are all lines that may do so."""
    lines = [line for line in (evened(text) for text in texts) if line]
    grades: dict[str, Fraction] = {}
    read: list[str] = []
    for line in lines:
        if re.search(r"\d", line) and (found := _grades(line)):
            grades |= {name: low for name, low in found.items() if name not in grades}
            read.append(line)
    if len(grades) == 1:
        grades = {}
    ordered = dict(sorted(grades.items(), key=lambda grade: grade[1], reverse=True))
    year, period = _period((outline.title, *lines))
    selections, quotas = _chosen(lines, ordered)
    vetoes = tuple(_vetoes(outline, lines, ordered))
    read += [veto.words for veto in vetoes] + [chosen.words for chosen in selections]
    return Whole(
        ordered, quotas, vetoes, selections, _rounding(lines), year, period, _subject(outline.title), tuple(read)
    )


def _grades(line: str) -> dict[str, Fraction]:
    """Read the grades of a line with the points where they begin; 75分至89分 begins at 75, 60分以下 at 0."""
    found: dict[str, Fraction] = {}
    piece = ""
    for part in re.split("[，；。、\n]", line.replace("，", "，")):
        piece = f"{piece}{part}"
        if _NO_GRADE.search(piece):
            piece = ""
            continue
        called = re.search("(?:为|叫|是|列为|定为|属于)[“‘]", piece) is not None
        names = [
            match["quoted"] or f"{match['grade']}{match['who'] or ''}"
            for match in _NAMED.finditer(piece)
            if called or _is_grade(match)
        ]
        if not names and (plain_name := _CALLED.search(piece)) is not None:
            names = [plain_name["called"]]
        bounds = [bound for bound in _BOUND.finditer(_WITHOUT.sub("", piece)) if _is_bound(bound)]
        lows = [Fraction(bound["figure"]) for bound in bounds if not bound["less"] and not bound["under"]]
        if names and not bounds and re.search("其余|其他|以下的?为", piece):
            found.setdefault(names[-1], Fraction(0))
            piece = ""
        elif names and bounds:
            name = names[-1] if names[-1] not in found else names[0]
            found.setdefault(name, min(lows) if lows else Fraction(0))
            piece = ""
        elif bounds or (names and len(piece) <= _SHORT_PIECE):
            continue
        else:
            piece = ""
    return found if len(found) > 1 or Fraction(0) in found.values() else {}


def _is_bound(match: re.Match[str]) -> bool:
    """Return whether a figure is points: it says so, or is of their size, and no year."""
    return "分" in match[0] or _LEAST <= Fraction(match["figure"]) < _YEARS


_LEAST, _YEARS = 30, 1900


def _is_grade(match: re.Match[str]) -> bool:
    return match["quoted"] is None or re.match(_GRADE, match["quoted"]) is not None or "星" in match["quoted"]


_SHORT_PIECE: Final = 12
_WITHOUT: Final = re.compile(r"（(?:不)?含\d+分?）|\d+%")


def _rounding(lines: Iterable[str]) -> dict[str, Fraction | str]:
    for line in lines:
        match = _ROUNDING.search(line)
        if match is None or not (
            "四舍五入" in line or "保留" in line or "精确" in line or "小数" in line or match["none"]
        ):
            continue
        places = match["places"] or match["after"] or match["behind"] or match["digits"]
        if places is None:
            places = str(len(match["part"]) - 2) if match["part"] and match["part"].startswith("0.") else "0"
        return {"total": Fraction(places), "mode": "half_up"}
    return {}


_BELOW: Final = re.compile(r"(?:低于|不足|不满|未达到|未达)(?P<low>\d+(?:\.\d+)?)分|(?P<low2>\d+(?:\.\d+)?)分以下")
_BLAMED: Final = re.compile("约谈|通报批评|限期整改|书面检讨|书面检查|后进|诫勉|检讨|整改")
_CHOOSING: Final = re.compile(r"评选|评定|推荐|授予|表彰|评为|命名|名额|通报|约谈")
_AWARD: Final = re.compile(
    r"[“‘](?P<quoted>[^”’]{2,16})[”’]|(?P<plain>(?:先进|优秀|示范|五星|红旗|五好|最佳|十佳)[^，。；、：（）“”\d]{1,10}?|[123一二三]等奖|先进)(?=[，。；、：（）“”]|称号|$|的|，|名额|予以|不|按|进行)"
)


def _chosen(
    lines: Iterable[str], grades: Mapping[str, Fraction]
) -> tuple[tuple[Chosen, ...], dict[str, dict[str, str | Fraction]]]:
    chosen: list[Chosen] = []
    quotas: dict[str, dict[str, str | Fraction]] = {}
    for line in lines:
        for sentence in re.split("[。；\n]", line):
            share = _QUOTA.search(sentence)
            places = re.search(
                r"(?:前|名额|评选|评出|推荐|表彰|最高的|选)[^，。；\d]{0,10}?(?P<places>\d+)[名个]", sentence
            )
            least = re.search(r"(?P<least>\d+(?:\.\d+)?)分(?:及?以上|（含）以上)", sentence)
            grade = re.search(
                rf"[“‘]?(?P<grade>{_GRADE})[”’]?(?:等次|等级|档次)?(?:的|党支部|党组织|党员)*[，]?(?:比例|名额|数量|不超过|不得超过|控制|[^，。；]{{0,6}}比例)",
                sentence,
            )
            before = sentence[: share.start()] if share is not None else ""
            limited = [name for name in grades if name in before] if "不超过" in before or "以内" in sentence else []
            named = max(limited, key=before.rindex, default=None)
            if named is None and grade is not None:
                named = next((name for name in grades if name.startswith(grade["grade"])), None)
            if named is not None and (share is not None or (places is not None and "名额" in sentence)):
                quotas.setdefault(
                    named,
                    {"quota": f"{plain(Fraction(share['share'] or share['share2']))}%"}
                    if share
                    else {"places": Fraction(places["places"] if places else 0)},
                )
                continue
            low = _BELOW.search(sentence)
            if low is not None and (blamed := _BLAMED.search(sentence)) is not None:
                chosen.append(Chosen(blamed[0], {"below": Fraction(low["low"] or low["low2"])}, sentence))
                if places is None and share is None:
                    continue
                least = None
            if not _CHOOSING.search(sentence) or _is_veto(sentence, grades) or (share is None and places is None):
                continue
            award = _AWARD.search(sentence)
            title = "先进" if award is None else (award["quoted"] or award["plain"])
            keys: dict[str, str | Fraction] = {} if least is None else {"at_least": Fraction(least["least"])}
            if share is not None:
                keys["quota"] = f"{plain(Fraction(share['share'] or share['share2']))}%"
            elif places is not None:
                keys["places"] = Fraction(places["places"])
            chosen.append(Chosen(title, keys, sentence))
    return tuple(chosen), quotas


def _vetoes(outline: Outline, lines: Iterable[str], grades: Mapping[str, Fraction]) -> Iterator[Veto]:
    for section in outline.sections:
        if section.kind == "veto":
            texts = [item.standard or item.criterion or item.title for item in section.items]
            own = "" if section.own is None else section.own.standard
            yield from _of_section(
                section.title,
                [
                    *own.split("\n"),
                    *(
                        f"{item.title}，{text}" if item.title not in text else text
                        for item, text in zip(section.items, texts, strict=True)
                    ),
                ],
                grades,
            )
    for line in lines:
        for sentence in re.split("[。]" if _CONDITION.search(line) else "[。；\n]", line):
            if _is_veto(sentence, grades):
                yield from _of_sentence(sentence, grades)


_DONE: Final = re.compile("发生|出现|受到|被|有|存在|违|造成|弄虚作假|提供|隐瞒|触|犯|未|不|拒")


def _is_veto(sentence: str, grades: Mapping[str, Fraction]) -> bool:
    """Return whether a sentence says what a unit may come to for something it did, whatever its points."""
    if re.search(r"名额|比例|不超过|总数|\d分以[上下]|[扣减加]\d|前\d", sentence) or not _DONE.search(sentence):
        return False
    if "一票否决" in sentence:
        return True
    lasting = re.search("的[，、]|：|的党|的支部|的单位|的社区|的村", sentence) is not None
    return lasting and _effect(sentence, grades) is not None


def _of_section(title: str, texts: list[str], grades: Mapping[str, Fraction]) -> Iterator[Veto]:
    """Read a list of vetoes: the effect stands in the lead, in each line, or only in the title."""
    lines = [part for text in texts for part in re.split(r"[；;。\n]", evened(text)) if part.strip()]
    lead, marked = _effect(title, grades), True
    for line in lines:
        own = _effect(line, grades)
        if _CONDITION.search(line) or (own is not None and line.rstrip().endswith("：")):
            lead, marked = own or lead, own is None
            tail = line.rpartition("：")[2] if "：" in line else ""
            yield from (_veto(part, lead, part, marked=marked) for part in _listed(tail))
            continue
        yield _veto(
            _cut(line) if own is not None else line,
            own if own is not None else lead,
            line,
            marked=own is None and marked,
        )


def _of_sentence(sentence: str, grades: Mapping[str, Fraction]) -> Iterator[Veto]:
    """Read a sentence about a veto, or the list behind its colon."""
    sentence = re.sub("^一票否决(?:项|事项|情形|条款)?[：，]", "", sentence)
    effect = _effect(sentence, grades)
    head, colon, tail = sentence.partition("：")
    if (colon and tail.strip() and _effect(head, grades) is not None) or _CONDITION.search(head):
        for part in _listed(tail):
            own = _effect(part, grades)
            yield _veto(
                _cut(part) if own is not None else part, own or effect, sentence, marked=own is None and effect is None
            )
    elif condition := _cut(sentence):
        yield _veto(condition, effect, sentence, marked=effect is None)


_ITEM: Final = re.compile(r"[①-⑳]|（[\d一二三四五六七八九十]{1,2}）|(?<![\d.])\d{1,2}[.、．）](?!\d)")


def _listed(text: str) -> Iterator[str]:
    """Split a list of conditions at its numbers, else at its semicolons, else at its commas."""
    for separator in (_ITEM, re.compile("[；;\n]"), re.compile("[、，]")):
        parts = [naming.cleaned(_ITEM.sub("", part)) for part in separator.split(text)]
        if len([part for part in parts if part]) > 1 or separator.pattern == "[、，]":
            yield from filter(None, parts)
            return


def _cut(sentence: str) -> str:
    """Return the condition of a veto: what stands before its effect."""
    found = min((match.start() for _, pattern in _EFFECT if (match := pattern.search(sentence))), default=len(sentence))
    head = sentence[:found].rstrip("，、：")
    head = re.sub(
        r"[，、](?:实行|予以|给予|本?年度?|当年|年度|取消|直接|一律|考核|等次|该[^，]{0,6}|其[^，]{0,8}|总分|支部|综合|党支部|单位).{0,10}$",
        "",
        head,
    )
    return naming.cleaned(
        re.sub(r"^(?:[①-⑳]|（?\d+[）.、])|^(?:凡是?|如|若|对)(?:发生|出现|有)?", "", head)
    ) or naming.cleaned(sentence)


def _effect(text: str, grades: Mapping[str, Fraction]) -> dict[str, str | Fraction] | None:
    """Return what a veto does; None where the text does not say it, or names a grade that is not there."""
    names = list(grades)
    for kind, pattern in _EFFECT:
        match = pattern.search(text)
        if match is None:
            continue
        if kind == "total":
            return {"total": Fraction(0)}
        if kind == "selections":
            return {} if "取消" in match[0] or "不得" in match[0] else None
        said = next(filter(None, match.groups()), "")
        grade = next((name for name in names if name == said or name.startswith(said)), None)
        if grade is None:
            continue
        if kind == "not":
            below = names[names.index(grade) + 1 :]
            return {"grade_at_most": below[0]} if below else None
        return {"grade" if kind == "grade" else "grade_at_most": grade}
    return None


def _veto(condition: str, effect: Mapping[str, str | Fraction] | None, words: str, *, marked: bool) -> Veto:
    return Veto(
        naming.cleaned(re.sub(r"^(?:[①-⑳]|（?\d+[）.、])", "", condition)),
        effect or {},
        words,
        marked and effect is None,
    )


_YEAR: Final = re.compile(r"(20\d\d)年")
_ASSESSED: Final = re.compile(r"(?:考核|考评|评价)(?:年度|期|周期|期间)[^。，]{0,6}?(20\d\d)年?")
_MONTHS: Final = re.compile(r"(20\d\d)年(\d{1,2})月(?:起)?(?:至|-|—|到)(?:(20\d\d)年)?(\d{1,2})月(?!\d)")
_SPAN: Final = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日?(?:起)?(?:至|-|—|到)(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日")


def _period(lines: Iterable[str]) -> tuple[str | None, tuple[str, str] | None]:
    """Return the year of the title, or the period that a line gives."""
    title, *rest = [evened(line) for line in lines]
    for line in (title, *rest):
        match = _SPAN.search(line)
        if match is not None:
            last_year = match[4] or match[1]
            return None, (_day(match[1], match[2], match[3]), _day(last_year, match[5], match[6]))
    for line in (title, *rest):
        months = _MONTHS.search(line)
        if months is not None:
            last = int(months[3] or months[1])
            return None, (
                _day(months[1], months[2], "1"),
                _day(str(last), months[4], str(monthrange(last, int(months[4]))[1])),
            )
    year = _YEAR.search(title) or next(filter(None, (_ASSESSED.search(line) for line in rest)), None)
    return (None if year is None or ("修订" in title and f"{year[1]}年修订" in title) else year[1]), None


def _day(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _subject(title: str) -> str:
    for word, subject in page("words.yaml")["subjects"].items():
        if word in title:
            return str(subject)
    return "单位"
