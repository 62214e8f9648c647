"""Vetoes: what a unit may come to for something it did, whatever its points."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.draft import naming
from dangjian_score.draft.grades import GRADE
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import either
from dangjian_score.draft.layout.outline import Outline


class Veto(Struct, frozen=True):
    """A veto: the condition in the words of the regulation, and what it does; `marked` where that is not clear."""

    title: str
    effect: Mapping[str, str | Fraction]
    words: str
    marked: bool = False


_CONDITION_END: Final = re.compile("的[，、]")
"""Where the condition of a veto ends, and its effect begins."""

Kind = Literal["total", "not", "most", "grade", "selections"]


@cache
def _effects(names: tuple[str, ...]) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    """Return how effects are worded, the surest first; `names` are the grades that there are."""
    grade = either((*map(re.escape, sorted(names, key=len, reverse=True)), GRADE))
    done = r"(?:定|评定|确定|评|列|认定|判定|降|考核|结果|等次|一律|直接)"
    found: tuple[tuple[Kind, str], ...] = (
        ("total", r"(?:总分|得分|考核分|当年考核|年度考核|总成绩|成绩)[^，。；]{0,6}?(?:计|记|为|按)0分|一律0分|计0分"),
        ("not", rf"(?:不得|不能|不予)(?:被)?(?:评|定|确定|评定|认定|列)为?[^，。；]{{0,4}}?[“‘]?(?P<grade>{grade})"
         rf"|取消[^，。；]{{0,16}}?[“‘](?P<lost>{grade})[”’](?:等次|等级)?的?(?:评定|评选|参评)?资格"),
        ("most", rf"(?:最高|最多|不得高于|不高于)(?:只能|不超过)?(?:评|定|确定)?(?:定)?(?:为)?[“‘]?(?P<grade>{grade})"),
        ("grade", rf"(?:{done}为|列入|算)[“‘]?(?P<grade>{grade})|(?:^|[，、])(?P<rest>不[定评]星级)"),
        (
            "selections",
            r"取消[^，。；]{0,12}?(?:评先|评优|评选|参评|先进|评奖)|一票否决"
            r"|不得(?:参加|参与|推荐|申报)?[^，。；]{0,8}?(?:评先|评优|评选|先进|表彰)",
        ),
    )  # fmt: skip
    return tuple((kind, re.compile(pattern)) for kind, pattern in found)


_CONDITION: Final = re.compile(r"(?:凡|如|若)?(?:有|出现|发生|存在)?(?:下列|以下)(?:情形|情况|行为|问题)[^，：]*")


def vetoes_in(outline: Outline, lines: Iterable[str], grades: Mapping[str, Fraction]) -> Iterator[Veto]:
    """Visit the vetoes of sections that list them, and of lines that speak of all units."""
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
            if is_veto(sentence, grades):
                yield from _of_sentence(sentence, grades)


_DONE: Final = re.compile("发生|出现|受到|被|有|存在|违|造成|弄虚作假|提供|隐瞒|触|犯|未|不|拒")


def is_veto(sentence: str, grades: Mapping[str, Fraction]) -> bool:
    """Return whether a sentence says what a unit may come to for something it did, whatever its points."""
    if re.search(r"名额|比例|不超过|总数|\d分以[上下]|[扣减加]\d|前\d", sentence) or not _DONE.search(sentence):
        return False
    if "一票否决" in sentence:
        return True
    lasting = re.search("的[，、]|：|的(?:党|支部|单位|社区|村|当年|年度|该)", sentence) is not None
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
            _cut(line, grades) if own is not None else line,
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
            condition = part if own is None else _cut(part, grades)
            yield _veto(condition, own or effect, sentence, marked=own is None and effect is None)
    elif condition := _cut(sentence, grades):
        yield _veto(condition, effect, sentence, marked=effect is None)


_ITEM: Final = re.compile(r"[①-⑳]|（[\d一二三四五六七八九十]{1,2}）|(?<![\d.])\d{1,2}[.、．）](?!\d)")


def _listed(text: str) -> Iterator[str]:
    """Split a list of conditions at its numbers, else at its semicolons, else at its commas."""
    for separator in (_ITEM, re.compile("[；;\n]"), re.compile("[、，]")):
        parts = [naming.cleaned(_ITEM.sub("", part)) for part in separator.split(text)]
        if len([part for part in parts if part]) > 1 or separator.pattern == "[、，]":
            yield from filter(None, parts)
            return


def _cut(sentence: str, grades: Mapping[str, Fraction]) -> str:
    """Return the condition of a veto: what stands before its effect."""
    matches = [match for _, pattern in _effects(tuple(grades)) if (match := pattern.search(sentence)) is not None]
    found = min((match.start() for match in matches), default=len(sentence))
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
    text = text[match.end() :] if (match := _CONDITION_END.search(text)) is not None and "：" not in text else text
    for kind, pattern in _effects(tuple(names)):
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
