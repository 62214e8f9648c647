"""What a regulation says of the whole: grades, quotas, selections, vetoes, rounding, the year, who is assessed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.core.points import plain
from dangjian_score.draft.grades import GRADE, grades_in, period_of, rounding_of, subject_of
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.layout.outline import Outline
from dangjian_score.draft.vetoes import Veto, is_veto, vetoes_in


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


def whole_of(outline: Outline, texts: Iterable[str]) -> Whole:
    """Read what the lines outside of items say of the whole; `texts` are all lines that may do so."""
    lines = [line for line in (evened(text) for text in texts) if line]
    grades: dict[str, Fraction] = {}
    read: list[str] = []
    for line in lines:
        if re.search(r"\d", line) and (found := grades_in(line)):
            grades |= {name: low for name, low in found.items() if low not in grades.values()}
            if not _CONDITIONAL.search(line):
                read.append(line)
    if len(grades) == 1:
        grades = {}
    ordered = dict(sorted(grades.items(), key=lambda grade: grade[1], reverse=True))
    year, period = period_of((outline.title, *lines))
    sentences = [sentence for line in lines for sentence in re.split("[。；\n]", line) if sentence]
    limits = [(sentence, quota) for sentence in sentences if (quota := _quota(sentence, ordered)) is not None]
    quotas = dict(quota for _, quota in limits)
    read += [sentence for sentence, _ in limits]
    selections = tuple(chosen for sentence in sentences for chosen in _chosen(sentence, ordered))
    vetoes = tuple(vetoes_in(outline, lines, ordered))
    read += [veto.words for veto in vetoes] + [chosen.words for chosen in selections]
    return Whole(
        ordered, quotas, vetoes, selections, rounding_of(lines), year, period, subject_of(outline.title), tuple(read)
    )


_CONDITIONAL: Final = re.compile(r"\d分[^，。；]{0,6}(?:且|并且|同时)(?!不[满足]|低于|小于|未满|未达)")
"""A grade that asks for more than points: its points are read, the rest is left to a person."""
_QUOTA: Final = re.compile(
    r"(?:比例|数量|名额|总数|比率)[^，。；\d]{0,14}?(?:不超过|不得超过|控制在|为|按|占|不高于|在)[^，。；\d]{0,12}?(?P<share>\d+(?:\.\d+)?)%|(?P<share2>\d+(?:\.\d+)?)%(?:的)?(?:比例|以内|左右)?"
)
_BELOW: Final = re.compile(r"(?:低于|不足|不满|未达到|未达)(?P<low>\d+(?:\.\d+)?)分|(?P<low2>\d+(?:\.\d+)?)分以下")
_BLAMED: Final = re.compile("约谈|通报批评|限期整改|书面检讨|书面检查|后进|诫勉|检讨|整改")
_CHOOSING: Final = re.compile(r"评选|评定|推荐|授予|表彰|评为|命名|名额|通报|约谈")
_AWARD: Final = re.compile(
    r"[“‘](?P<quoted>[^”’]{2,16})[”’]|(?P<plain>(?:先进|优秀|示范|五星|红旗|五好|最佳|十佳)[^，。；、：（）“”\d]{1,10}?|[123一二三]等奖|先进)(?=[，。；、：（）“”]|称号|$|的|，|名额|予以|不|按|进行)"
)
_PLACES: Final = re.compile(r"(?:前|名额|评选|评出|推荐|表彰|最高的|选)[^，。；\d]{0,10}?(?P<places>\d+)[名个]")
_LEAST: Final = re.compile(r"(?P<least>\d+(?:\.\d+)?)分(?:及?以上|（含）以上)")
_OF_GRADE: Final = re.compile(
    rf"[“‘]?(?P<grade>{GRADE})[”’]?(?:等次|等级|档次)?(?:的|党支部|党组织|党员)*[，]?"
    r"(?:比例|名额|数量|不超过|不得超过|控制|[^，。；]{0,6}比例)"
)

Keys = dict[str, str | Fraction]
"""What a quota or a selection goes by, as it stands in a rubric."""


def _quota(sentence: str, grades: Mapping[str, Fraction]) -> tuple[str, Keys] | None:
    """Return the grade that a sentence limits, and to how many."""
    share, places = _QUOTA.search(sentence), _PLACES.search(sentence)
    before = sentence[: share.start()] if share is not None else ""
    is_limit = "不超过" in before or "总数" in before or "以内" in sentence
    limited = [name for name in grades if name in before] if is_limit else []
    grade = max(limited, key=before.rindex, default=None)
    if grade is None and (named := _OF_GRADE.search(sentence)) is not None:
        grade = next((name for name in grades if name.startswith(named["grade"])), None)
    if grade is None:
        return None
    if share is not None:
        return grade, {"quota": _share(share)}
    return (grade, {"places": Fraction(places["places"])}) if places is not None and "名额" in sentence else None


def _share(match: re.Match[str]) -> str:
    return f"{plain(Fraction(match['share'] or match['share2']))}%"


def _chosen(sentence: str, grades: Mapping[str, Fraction]) -> Iterator[Chosen]:
    """Visit what a sentence selects units for: honours by quota or places, and what befalls those below a total."""
    if _quota(sentence, grades) is not None:
        return
    share, places, least = _QUOTA.search(sentence), _PLACES.search(sentence), _LEAST.search(sentence)
    low, blamed = _BELOW.search(sentence), _BLAMED.search(sentence)
    if low is not None and blamed is not None:
        yield Chosen(blamed[0], {"below": Fraction(low["low"] or low["low2"])}, sentence)
        least = None
    if not _CHOOSING.search(sentence) or is_veto(sentence, grades) or (share is None and places is None):
        return
    award = _AWARD.search(sentence)
    keys: Keys = {} if least is None else {"at_least": Fraction(least["least"])}
    if share is not None:
        keys["quota"] = _share(share)
    elif places is not None:
        keys["places"] = Fraction(places["places"])
    yield Chosen("先进" if award is None else award["quoted"] or award["plain"], keys, sentence)
