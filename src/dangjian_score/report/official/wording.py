"""Turns of phrase that official papers share."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from dangjian_score.core.names import breadth
from dangjian_score.report.official.drawing import GAP, Text
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.view import ResultView
from dangjian_score.words.assessments import counted, period
from dangjian_score.words.say import Words, day_text

_DIGITS: Final = ("", *"一二三四五六七八九")
_FROM_THE_RIGHT: Final = 400
"""Hundredths of a character between the day of issue and the edge of the text."""


def day_or_blank(day: date | None, words: Words) -> str:
    """Write a day out; a blank to fill in where there is none."""
    return words.text("paper no day") if day is None else day_text(day, words)


def heading(at: int, text: str, words: Words) -> Text:
    """Number a heading of the first level, from 1 to 99."""
    number = _numeral(at) if words.language == "zh" else str(at)
    return Text("heading", words.text("paper heading", number=number, text=text))


def _numeral(number: int) -> str:
    """Write 1 as 一, 12 as 十二, 20 as 二十."""
    tens, ones = divmod(number, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{_DIGITS[ones]}"


def titled(title: str, state: str, words: Words) -> Iterator[Text]:
    """Set the title of a paper, below it in what way what it says is not final, and an empty line."""
    yield Text("title", title)
    if state:
        yield Text("title", words.text("paper state", state=state).strip())
    yield GAP


def opening(view: ResultView) -> dict[str, str]:
    """Return the values of the first sentence of a paper: by which regulation, which period, whether it is interim."""
    words = view.words
    interim = words.text("paper interim") if view.until else ""
    return {"title": view.rubric.title, "period": period(view.rubric, view.result.interim, words), "interim": interim}


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
    return Text("signature", issuer, right + outside, keep=True), Text("signature", day, _FROM_THE_RIGHT + outside)
