"""The posting of those selected (公示): their names, for how long, and who takes objections; no points and no ranks."""

from collections.abc import Iterator

from dangjian_score.report.official.drawing import Block, Text
from dangjian_score.report.official.imprint import Imprint, Posting
from dangjian_score.report.official.notice import chosen_names
from dangjian_score.report.official.wording import day_or_blank, heading
from dangjian_score.report.view import ResultView
from dangjian_score.words.assessments import counted


def title(view: ResultView) -> str:
    """Name the posting."""
    return view.words.text("posting title", assessment=view.assessment)


def text(view: ResultView, posting: Posting, imprint: Imprint) -> Iterator[Block]:
    """Say it all but the signature; the days begin with the day of issue."""
    words, subject = view.words, view.rubric.subject
    yield Text("body", words.text("posting opening", title=view.rubric.title, subject=subject))
    honours = [chosen for chosen in view.result.selections if chosen.selection.honours]
    for at, chosen in enumerate(honours, start=1):
        count = counted(subject, len(chosen.units), words) if chosen.units else ""
        yield heading(at, words.text("posting award", title=chosen.selection.title, count=count), words)
        yield Text("body", words.text("posting names", names=chosen_names(chosen, words)))
    days = {"first": day_or_blank(imprint.day, words), "last": day_or_blank(posting.until, words)}
    yield Text("body", words.text("posting days", **days))
    yield Text("body", words.text("posting objections"), keep=True)
    blank = words.text("paper no issuer")
    yield Text("body", words.text("posting department", name=posting.department or imprint.issuer or blank), keep=True)
    yield Text("body", words.text("posting phone", number=posting.phone or blank), keep=True)
