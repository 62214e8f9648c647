"""`dangjian draft`: a rubric from a regulation in Word, in a spreadsheet or as text."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dangjian_score.api import files
from dangjian_score.api.assessment import suffix
from dangjian_score.api.drafting import DraftedRubric, draft_rubric
from dangjian_score.cli import DONE, screen
from dangjian_score.cli.outputs import check_free, write
from dangjian_score.cli.reference import check_id
from dangjian_score.cli.usage import MisuseError, bad_value, quoted
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.api.writing import Contents

_REPORT: Final = ("html",)
_YEARS: Final = range(1921, 2201)
_SHOWN: Final = 30
"""Marked clauses that the screen lists; the file has all of them."""


def draft(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(help="opt.document", metavar="DOCUMENT")],
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.draft_output", metavar="FILE")] = None,
    report: Annotated[str | None, typer.Option("--report", help="opt.draft_report", metavar="FILE")] = None,
    period: Annotated[int | None, typer.Option("--period", help="opt.draft_period", metavar="YEAR")] = None,
    identifier: Annotated[str | None, typer.Option("--id", help="opt.draft_id", metavar="ID")] = None,
) -> None:
    """Write the rubric, and on a page what was understood; say how many clauses are settled, where others are."""
    words: Words = ctx.obj
    if identifier is not None:
        check_id(identifier, words)
    if period is not None and period not in _YEARS:
        raise bad_value("--period", str(period), ["2024"])
    page = None if report is None else Path(report)
    if page is not None and suffix(page) not in _REPORT:
        raise bad_value("--report", str(page), ["*.html"])
    target = Path(output or f"{Path(document).stem}.yaml")
    drafted = draft_rubric(document, identifier, period, words.language)
    outputs: dict[Path, Contents] = {} if target == files.STANDARD else {target: drafted.yaml}
    if target == files.STANDARD:
        screen.put_bytes(drafted.yaml)
    elif output is None:
        check_free([target])
    if page is not None:
        if page == target:
            raise MisuseError("same output", left=str(target), right=str(page))
        outputs[page] = drafted.comparison(words)
    write(outputs, words)
    screen.tell(*_summary(drafted, words))
    if target != files.STANDARD:
        screen.tell(words.text("next", path=quoted(str(target))))
    raise typer.Exit(DONE)


def _summary(drafted: DraftedRubric, words: Words) -> list[str]:
    """Say how many clauses are settled and marked, and list the marked ones with their items and places."""
    marked = [(item, reading) for item, reading in drafted.draft.readings if reading.why is not None]
    lines = [words.text("draft done", settled=str(drafted.settled), marked=str(drafted.marked))]
    lines += [
        words.text(
            "draft mark", item=item.item.title, place=item.item.place, words=reading.words, why=f"draft {reading.why}"
        )
        for item, reading in marked[:_SHOWN]
    ]
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
