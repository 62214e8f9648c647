"""Vetoes: what a unit may come to for something it did, whatever its points."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.draft import naming
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import either
from dangjian_score.draft.layout.outline import OutlineSection
from dangjian_score.draft.whole.grades import GRADE, stem_of
from dangjian_score.draft.whole.sentences import Sentence, sentences_of

Effect = Mapping[str, str | Fraction]
"""What a veto does, as it stands in a rubric; nothing for one that bars from selections alone."""


class DraftedVeto(Struct, frozen=True):
    """A veto: the condition in the words of the regulation, and what it does; `marked` where that is not clear."""

    title: str
    effect: Effect
    words: str
    marked: bool = False


Kind = Literal["lower", "total", "not", "most", "grade", "selections"]
_NO_VETO: Final = re.compile(r"名额|比例|不超过|总数|\d分以[上下]|[扣减加]\d|前\d|[后末]\d|\d分的|由高到低")


_HEADING: Final = re.compile(
    "(?:实行)?[“]?一票否决[”]?(?:制|项|事项|情形|条款|指标)*|[^，；：]*(?:表|办法|细则|方案|标准)"
)
_LOWERED: Final = re.compile(
    r"(?:降低|下降|下调|调低|降)(?:至下|为下)?[一1]个?(?:等次|等级|档次|星级|档|级|等)|等次下[调降]|降[等档级](?:处理|$)"
)


_BARRED: Final = re.compile(
    "取消[^，。；]{0,12}?(?:评先|评优|评选|参评|先进|评奖|资格)|不予(?:表彰|评先|评优)"
    "|不得(?:参加|参与|推荐|申报)?[^，。；]{0,8}?(?:评先|评优|评选|先进|表彰)"
)
_TOTAL: Final = (
    r"(?:总分|得分|考核分|当年考核|年度考核|总成绩|成绩|积分)[^，。；]{0,6}?[计记为按算][作为]?(?P<total>\d+)分"
    r"|(?:一律|计)0分|(?:年度|全年|当年|总)[^，。；]{0,4}(?:积分|得分|分)清零"
)
_NO_SUBJECT: Final = "(?![级类等档]?[”’]?(?:等次|等级)?的[^，])"
"""What does not follow a grade that is given; one of which more is said was given before: 评为较差的支部."""


@cache
def _effects(names: tuple[str, ...]) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    """Return how effects are worded, the surest first; `names` are the grades that there are."""
    grade = either((*map(re.escape, sorted(names, key=len, reverse=True)), GRADE))
    done = r"(?:定|评定|确定|评|列|认定|判定|降|考核|结果|等次|等级|当年|年度|一律|直接|挂|记)"
    grades = rf"[“‘]?(?:{grade})[”’]?(?:等次|等级)?(?:[、和或及]?[“‘]?(?:{grade})[”’]?)*"
    denied = (
        rf"(?:不得|不能|不予|不可|不再)(?:被|参与|参加)?(?:评|定|确定|评定|认定|列|评选)为?[^，。；“‘]{{0,4}}?(?P<grade>{grades})",
        rf"(?:取消|失去)[^，。；“‘]{{0,16}}?(?P<lost>{grades})(?:的|等次|等级)*(?:评定|评选|参评|评比)?(?:资格)?(?=$|[，。；、])",
    )
    found: tuple[tuple[Kind, str], ...] = (
        ("lower", _LOWERED.pattern),
        ("total", _TOTAL),
        ("not", "|".join(denied)),
        ("most", rf"(?:最高|最多|不得高于|不高于|不得超过)(?:只能|不超过)?(?:评|定|确定)?定?为?(?P<grade>{grades})"),
        (
            "grade",
            rf"(?:{done}[为作]?|列入|算)(?P<grade>[“‘]?(?:{grade}){_NO_SUBJECT})|(?:^|[，、])(?:所在|该)?(?:党?支部)?(?P<rest>不予?[定评]星级?|不予命名)",
        ),
        ("selections", f"{_BARRED.pattern}|一票否决"),
    )
    return tuple((kind, re.compile(pattern)) for kind, pattern in found)


def vetoes_in(
    sections: Iterable[OutlineSection], sentences: Iterable[Sentence], names: Sequence[str]
) -> Iterator[DraftedVeto]:
    """Visit the vetoes of sections that list them, and of sentences that are vetoes."""
    for section in sections:
        if section.kind == "veto":
            yield from _of_section(section, names)
    for sentence in sentences:
        yield from _of_sentence(sentence, names)


def is_veto(sentence: Sentence, names: Sequence[str]) -> bool:
    """Return whether a sentence says what a unit may come to for something it did, whatever its points."""
    if sentence.cases:
        effects = [effect_of(text, names) for text in (sentence.label, sentence.said, *sentence.cases)]
        return any(effect is not None for effect in effects)
    said = f"{sentence.label}，{sentence.said}"
    if _HEADING.fullmatch(sentence.said) or _NO_VETO.search(re.sub("（[^（）]*）", "", said)):
        return False
    lasting = (
        re.search("的[，、]|：|的(?:党|支部|单位|社区|村|当年|年度|该)|一经|等次|否决|一律|直接", said) is not None
    )
    return ("一票否决" in said and re.search("[的，]|发生|出现", said) is not None) or (
        lasting and effect_of(said, names) is not None
    )


def _of_section(section: OutlineSection, names: Sequence[str]) -> Iterator[DraftedVeto]:
    """Read a list of vetoes: the effect stands in the lead, in each line, or only in the title."""
    texts = [("" if section.own is None else section.own.standard)]
    for item in section.items:
        text = item.standard or item.criterion or item.title
        texts.append(text if item.title in text else f"{item.title}，{text}")
    lead, open_ = effect_of(section.title, names), True
    for sentence in sentences_of(evened(text) for text in texts):
        own = effect_of(sentence.said, names)
        if sentence.cases or (sentence.said.endswith("：") and own is not None):
            lead, open_ = (lead, open_) if own is None else (own, False)
            yield from _of_cases(sentence, lead, names, marked=open_)
        elif own is not None:
            yield _veto(_cut(sentence.said, names), own, sentence.words, sentence.said)
        else:
            yield _veto(sentence.said, lead, sentence.words, "", marked=open_ and not lead)


def _of_sentence(sentence: Sentence, names: Sequence[str]) -> Iterator[DraftedVeto]:
    """Read a sentence about a veto, or the list behind its colon."""
    effect = effect_of(sentence.said, names)
    if effect is None:
        effect = effect_of(sentence.label, names)
    if sentence.cases:
        yield from _of_cases(sentence, effect, names, marked=effect is None)
    else:
        yield _veto(_cut(sentence.said, names), effect, sentence.words, sentence.said)


def _of_cases(
    sentence: Sentence, effect: Effect | None, names: Sequence[str], *, marked: bool
) -> Iterator[DraftedVeto]:
    for case in sentence.cases:
        own = effect_of(case, names)
        if own is None:
            yield _veto(case, effect, sentence.words, sentence.said, marked=marked)
        else:
            yield _veto(_cut(case, names), own, sentence.words, case)


_CUT: Final = re.compile(
    r"[，、](?:实行|予以|给予|本?年度?|当年|年度|取消|直接|一律|考核|等次|该[^，]{0,6}|其[^，]{0,8}|总分|支部|综合|党支部|单位|一经查实|经查实|在原).{0,10}$"
)


def _cut(sentence: str, names: Sequence[str]) -> str:
    """Return the condition of a veto: what stands before its effect."""
    matches = [match for _, pattern in _effects(tuple(names)) if (match := pattern.search(sentence)) is not None]
    found = min((match.start() for match in matches), default=len(sentence))
    head = _CUT.sub("", sentence[:found].rstrip("，、："))
    return naming.cleaned(re.sub(r"^(?:凡是?|如|若|对)(?:发生|出现|有)?", "", head)) or naming.cleaned(sentence)


_CONDITION_END: Final = re.compile("的[，、]")


def effect_of(text: str, names: Sequence[str]) -> Effect | None:
    """Return what a veto does; None where the text does not say it, or names a grade that is not there."""
    text = text[match.end() :] if (match := _CONDITION_END.search(text)) is not None and "：" not in text else text
    text = re.sub("评优(?![秀良])", "评先", text)  # 优 may be a grade, too
    for kind, pattern in _effects(tuple(names)):
        match = pattern.search(text)
        if match is None:
            continue
        if kind == "total":
            return {"total": Fraction(match["total"] or 0)}
        if kind in ("lower", "selections"):
            return {}
        if (effect := _on_grade(kind, next(filter(None, match.groups()), ""), names)) is not None:
            return effect
    return None


def _on_grade(kind: Kind, said: str, names: Sequence[str]) -> Effect | None:
    """Return the effect that names a grade; of several the lowest counts."""
    parts = re.split("[、和或及“”‘’]+", re.sub("等次|等级", "", said))
    named = [name for part in parts for name in names if _is_called(part, name)]
    if not named:
        return None
    grade = max(named, key=list(names).index)
    if kind != "not":
        return {"grade" if kind == "grade" else "grade_at_most": grade}
    below = names[list(names).index(grade) + 1 :]
    return {"grade_at_most": below[0]} if below else None


def _is_called(said: str, name: str) -> bool:
    return said == name or (len(said) > 1 and (name.startswith(said) or stem_of(name) == stem_of(said)))


def _veto(condition: str, effect: Effect | None, words: str, said: str, *, marked: bool = False) -> DraftedVeto:
    """Make a veto of what a text `said`, marked where that says no more than 一票否决, or a grade less."""
    says_nothing = not effect and "一票否决" in said and _BARRED.search(said) is None
    beyond = _LOWERED.search(said) is not None or "除外" in said or "除外" in condition
    return DraftedVeto(
        naming.cleaned(condition), effect or {}, words, marked or effect is None or says_nothing or beyond
    )
