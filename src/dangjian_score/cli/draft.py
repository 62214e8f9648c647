"""`dangjian draft`: a rubric from a regulation in Word, in a spreadsheet or as text."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dangjian_score.api import files
from dangjian_score.api.assessment import suffix
from dangjian_score.api.drafting import DraftedRubric, draft_rubric
from dangjian_score.api.inputs import InputError
from dangjian_score.cli import DONE, UNUSABLE, screen
from dangjian_score.cli.outputs import check_free, write
from dangjian_score.cli.reference import check_id
from dangjian_score.cli.usage import bad_value, quoted
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.api.writing import Contents

_REPORT: Final = ("html",)
_RUBRIC: Final = ("yaml", "yml")
_YEAR: Final = re.compile("(?:19|20|21)[0-9]{2}")
_SHOWN: Final = 30
"""Marked clauses that the screen lists; the file has all of them."""


def draft(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(help="opt.document", metavar="DOCUMENT")],
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.draft_output", metavar="FILE")] = None,
    report: Annotated[str | None, typer.Option("--report", help="opt.draft_report", metavar="FILE")] = None,
    period: Annotated[str | None, typer.Option("--period", help="opt.draft_period", metavar="YEAR")] = None,
    identifier: Annotated[str | None, typer.Option("--id", help="opt.draft_id", metavar="ID")] = None,
) -> None:
    """Write the rubric, and on a page what was understood; say how many clauses are settled, where others are."""
    words: Words = ctx.obj
    if identifier is not None:
        check_id(identifier, words)
    if period is not None and not _YEAR.fullmatch(period):
        raise bad_value("--period", period, ["2024"])
    page = None if report is None else Path(report)
    if page is not None and suffix(page) not in _REPORT:
        raise bad_value("--report", str(page), ["*.html"])
    target = Path(output or f"{Path(document).stem}.yaml")
    if target != files.STANDARD and suffix(target) not in _RUBRIC:
        raise bad_value("-o", str(target), ["*.yaml"])
    drafted = _drafted(ctx, document, identifier, period)
    outputs: dict[Path, Contents] = {} if target == files.STANDARD else {target: drafted.yaml}
    if target == files.STANDARD:
        screen.put_bytes(drafted.yaml)
    elif output is None:
        check_free([target])
    if page is not None:
        outputs[page] = drafted.comparison(words)
    write(outputs, words)
    screen.tell(*_summary(drafted, words))
    if target != files.STANDARD:
        screen.tell(words.text("next", path=quoted(str(target))))
    raise typer.Exit(DONE)


def _drafted(ctx: typer.Context, document: str, identifier: str | None, period: str | None) -> DraftedRubric:
    """Draft the rubric, or say why the document cannot be read."""
    words: Words = ctx.obj
    try:
        return draft_rubric(document, identifier, None if period is None else int(period), words.language)
    except InputError as error:
        screen.tell_refusal(error, None, words, ctx.color)
        raise typer.Exit(UNUSABLE) from None


def _summary(drafted: DraftedRubric, words: Words) -> list[str]:
    """Say how many clauses are settled and marked, and list the marked ones with their items and places."""
    from dangjian_score.draft.comparison.rows import place_text

    marked = [(item, reading) for item, reading in drafted.draft.readings if reading.why is not None]
    lines = [words.text("draft done", settled=str(drafted.settled), marked=str(drafted.marked))]
    lines += [
        words.text(
            "draft mark",
            item=item.item.title,
            place=place_text(item.item.place, words),
            words=reading.words,
            why=f"draft {reading.why}",
        )
        for item, reading in marked[:_SHOWN]
    ]
    lines += [words.text("draft veto", words=veto.title) for veto in drafted.draft.whole.vetoes if veto.marked]
    lines += [words.text("draft unread", words=unread) for unread in drafted.draft.unread[:_SHOWN]]
    lines += [
        words.text("draft sum", section=section.section.title, words=section.failing.partition("：")[2])
        for section in drafted.draft.sections
        if section.failing
    ]
    if drafted.draft.failing:
        lines.append(words.text("draft sum", section=drafted.draft.title, words=drafted.draft.failing))
    if len(marked) > _SHOWN:
        lines.append(words.text("draft more", count=str(len(marked) - _SHOWN)))
    return lines
