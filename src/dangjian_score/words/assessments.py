"""What an assessment is called, after its regulation and the span of time, and how those assessed are counted."""

import re
from calendar import monthrange
from typing import Final

from dangjian_score.engine.interim import Interim
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words, day_text, month_text

_PARTS: Final = re.compile(r"(?P<name>.*?)(?P<kind>（[^（）]*）)?", re.DOTALL)
_DRAFT: Final = re.compile(r"（(?:试行|暂行|修订|修订版|征求意见稿)）$")
_REGULATION: Final = re.compile(
    r"(?:实施细则|评分细则|计分细则|细则细解|细则|实施办法|评价办法|办法|评分标准|标准|规定|方案|实施意见|意见)$"
)
_ASSESSMENT: Final = re.compile(r"(?:考核|考评|评议|评价|评估|评审|检查)$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_PEOPLE: Final = ("党员", "书记", "干部", "人员", "同志", "教师", "委员")


def assessment(rubric: Rubric, interim: Interim | None, words: Words) -> str:
    """Name the assessment after its regulation: 党支部工作考核细则 → 2024年党支部工作考核."""
    span = "" if _YEAR.search(rubric.title) else period(rubric, interim, words)
    if words.language != "zh":
        return words.text("paper assessment", title=rubric.title, period=span)
    parts = _PARTS.fullmatch(_DRAFT.sub("", rubric.title))
    name, kind = (parts["name"], parts["kind"] or "") if parts else (rubric.title, "")
    name = _REGULATION.sub("", name) or name
    ending = "" if _ASSESSMENT.search(name) else "考核"
    return f"{span}{name}{kind}{ending}"


def period(rubric: Rubric, interim: Interim | None, words: Words) -> str:
    """Say which span was assessed: a year, its halves, quarters and months by name, others by their days.

    An interim result goes from the first day until the day that was asked for, or over the rounds that were.
    """
    if rubric.period is None:
        return ""
    first, last = rubric.period.from_, rubric.period.to
    year = {"year": str(first.year)}
    if interim is not None:
        if interim.through is None:
            known = year if first.year == last.year else {"year": ""}
            return words.text("paper rounds", rounds=words.text("comma").join(interim.rounds), **known)
        last = interim.through
    months = last.month - first.month + 1
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1] and first.year == last.year
    if whole and (first.month - 1) % months == 0:
        match months:
            case 12:
                return words.text("paper year", **year)
            case 6 | 3:
                name = {6: "half", 3: "quarter"}[months]
                return words.text(f"paper {name} {(first.month - 1) // months + 1}", **year)
            case 1:
                return words.text("paper month", month=month_text(first, words), **year)
            case _:
                pass
    return words.text("paper span", first=day_text(first, words), last=day_text(last, words))


def counted(subject: str, count: int, words: Words) -> str:
    """Count units (12个党支部) or people (12名党员)."""
    key = "paper people" if names_people(subject) else "paper units"
    return words.text(key, count=str(count), subject=subject)


def names_people(subject: str) -> bool:
    """Return whether those who are assessed are people."""
    return subject.endswith(_PEOPLE)
