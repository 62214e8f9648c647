"""Turns of phrase that official papers share, and what only their issuer knows."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from dangjian_score.core.names import breadth
from dangjian_score.report.official.drawing import GAP, Text
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words, day_text, month_text

ItemKey = tuple[str, str, str]
"""A unit, a round (empty for what is scored once) and the id of an item."""


class EditedText(Struct, frozen=True):
    """What somebody wrote about an item in place of the program: what was found, what is to be done, by when."""

    found: str
    demand: str
    by: str


class Imprint(Struct, frozen=True):
    """What is printed on papers beside the result; what is not given is left blank, to be filled in by hand.

    Units read their ranks only `with_rank`. `lost_before` are the units with the ids of items at which they lost points
    last year.
    """

    issuer: str = ""
    day: date | None = None
    mend_by: date | None = None
    with_rank: bool = False
    edited: Mapping[ItemKey, EditedText] = {}
    lost_before: frozenset[tuple[str, str]] = frozenset()


_PARTS: Final = re.compile(r"(?P<name>.*?)(?P<kind>（[^（）]*）)?", re.DOTALL)
_DRAFT: Final = re.compile(r"（(?:试行|暂行|修订|修订版|征求意见稿)）$")
_REGULATION: Final = re.compile(
    r"(?:实施细则|评分细则|计分细则|细则细解|细则|实施办法|评价办法|办法|评分标准|标准|规定|方案|实施意见|意见)$"
)
_ASSESSMENT: Final = re.compile(r"(?:考核|考评|评议|评价|评估|评审|检查)$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_PEOPLE: Final = ("党员", "书记", "干部", "人员", "同志", "教师", "委员")
_NUMERALS: Final = "一二三四五六七八九十"
_FROM_THE_RIGHT: Final = 400
"""Hundredths of a character between the day of issue and the edge of the text."""


def assessment(rubric: Rubric, words: Words) -> str:
    """Name the assessment after its regulation: 党支部工作考核细则 → 2024年党支部工作考核."""
    span = "" if _YEAR.search(rubric.title) else period(rubric, words)
    if words.language != "zh":
        return words.text("paper assessment", title=rubric.title, period=span)
    parts = _PARTS.fullmatch(_DRAFT.sub("", rubric.title))
    name, kind = (parts["name"], parts["kind"] or "") if parts else (rubric.title, "")
    name = _REGULATION.sub("", name) or name
    ending = "" if _ASSESSMENT.search(name) else "考核"
    return f"{span}{name}{kind}{ending}"


def period(rubric: Rubric, words: Words) -> str:
    """Say which span was assessed: a year, its halves, quarters and months by name, others by their days."""
    if rubric.period is None:
        return ""
    first, last = rubric.period.from_, rubric.period.to
    months = last.month - first.month + 1
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1] and first.year == last.year
    year = {"year": str(first.year)}
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


def day_or_blank(day: date | None, words: Words) -> str:
    """Write a day out; a blank to fill in where there is none."""
    return words.text("paper no day") if day is None else day_text(day, words)


def counted(subject: str, count: int, words: Words) -> str:
    """Count units (12个党支部) or people (12名党员)."""
    key = "paper people" if names_people(subject) else "paper units"
    return words.text(key, count=str(count), subject=subject)


def names_people(subject: str) -> bool:
    """Return whether those who are assessed are people."""
    return subject.endswith(_PEOPLE)


def heading(at: int, text: str, words: Words) -> Text:
    """Number a heading of the first level, from 1."""
    number = _NUMERALS[at - 1] if words.language == "zh" else str(at)
    return Text("heading", words.text("paper heading", number=number, text=text))


def titled(title: str, view: ResultView) -> Iterator[Text]:
    """Set the title of a paper, below it that what it says is provisional, and an empty line."""
    yield Text("title", title)
    if state := view.state:
        yield Text("title", view.words.text("paper state", state=state).strip())
    yield GAP


def opening(view: ResultView) -> dict[str, str]:
    """Return the values of the first sentence of a paper: by which regulation, which period, whether it is interim."""
    words = view.words
    interim = words.text("paper interim") if view.until else ""
    return {"title": view.rubric.title, "period": period(view.rubric, words), "interim": interim}


def not_final(view: ResultView) -> Iterator[str]:
    """Say that a result is an interim one, and why ranks and awards may change; nothing of a final one."""
    yield from view.notes
    if view.is_provisional:
        units = counted(view.rubric.subject, len(view.result.unscored), view.words)
        yield view.words.text("paper provisional", units=units)


def signature(imprint: Imprint, words: Words) -> tuple[Text, Text]:
    """Set who issues a paper over the middle of the day; the day ends four characters before the edge.

    A name too long for that moves both to the left until it ends at the edge.
    """
    issuer, day = imprint.issuer or words.text("paper no issuer"), day_or_blank(imprint.day, words)
    right = _FROM_THE_RIGHT + 25 * (breadth(day) - breadth(issuer))
    outside = max(0, -right)
    return Text("signature", issuer, right + outside), Text("signature", day, _FROM_THE_RIGHT + outside)
