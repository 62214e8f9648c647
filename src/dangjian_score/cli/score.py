"""`dangjian score`: the main job."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.files import open_rubric
from dangjian_score.cli.progress import bars
from dangjian_score.cli.results import asked, wanted
from dangjian_score.cli.scoring import Handed, Scored, known_units, scored
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.cli.writing import check_inputs, suffix, write
from dangjian_score.core.diagnostics import Code, Severity
from dangjian_score.core.facts import Fate
from dangjian_score.core.watching import unwatched
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.result import Result
    from dangjian_score.report.view import ResultView

_STANDARD_OUTPUT = ("table", "json", "csv", "md")


def score(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    evidence: Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")],
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    output: Annotated[list[str] | None, typer.Option("--output", "-o", help="opt.output", metavar="FILE")] = None,
    form: Annotated[
        str, typer.Option("--format", help="opt.format", metavar="FORMAT", autocompletion=one_of(*_STANDARD_OUTPUT))
    ] = "table",
    unit: Annotated[list[str] | None, typer.Option("--unit", help="opt.unit", metavar="NAME")] = None,
    detail: Annotated[bool, typer.Option("--detail", help="opt.detail")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="opt.partial")] = False,
    problems: Annotated[str | None, typer.Option("--problems", help="opt.problems", metavar="FILE.xlsx")] = None,
    audit: Annotated[str | None, typer.Option("--audit", help="opt.audit", metavar="FILE.xlsx")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="opt.quiet")] = False,
    public: Annotated[bool, typer.Option("--public", help="opt.public")] = False,
    feedback: Annotated[str | None, typer.Option("--feedback", help="opt.feedback", metavar="PATH")] = None,
    mend_by: Annotated[str | None, typer.Option("--mend-by", help="opt.mend_by", metavar="DATE")] = None,
    template: Annotated[
        str | None, typer.Option("--notice-template", help="opt.notice_template", metavar="FILE.docx")
    ] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="opt.issuer", metavar="TEXT")] = None,
    date: Annotated[str | None, typer.Option("--date", help="opt.date", metavar="DATE")] = None,
    fail_under: Annotated[str | None, typer.Option("--fail-under", help="opt.fail_under", metavar="N")] = None,
) -> None:
    """Read everything, score if nothing is wrong, write every output or none."""
    words: Words = ctx.obj
    mended = None if problems is None else Path(problems)
    _check_choices(form, mended, fail_under)
    papers = asked(ctx, feedback, mend_by, template, issuer, date)
    results = wanted(output, audit, papers, public=public)
    read, others = [*evidence, *(units or [])], [template] if template else []
    check_inputs([*results.named, *([mended] if mended else [])], rubric, read, words, others)
    opened = open_rubric(rubric)
    done = scored(ctx, opened, Handed(evidence, units or [], form, partial, quiet, mended))
    shown = known_units(unit or [], done.units, words)
    view = _view(done, words, public=public)
    outputs = results.written(view, done, opened, bars(words, quiet=quiet))
    check_inputs(outputs, rubric, read, words, others)
    write(outputs, words, quiet=quiet, folder=papers.folder)
    _print(ctx, form, view, shown, detail=detail, most=_MOST if output else None)
    _remark(ctx, done, quiet=quiet)
    raise typer.Exit(_gate(done.result, fail_under, words))


def _check_choices(form: str, problems: Path | None, fail_under: str | None) -> None:
    from dangjian_score.core.points import read_number

    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    if problems is not None and suffix(problems) != "xlsx":
        raise BadChoiceError("--problems", str(problems), "*.xlsx")
    if fail_under is not None and read_number(fail_under) is None:
        raise BadChoiceError("--fail-under", fail_under, "85, 59.5 …")


def _view(done: Scored, words: Words, *, public: bool) -> "ResultView":
    from dangjian_score.report.view import view_of

    return view_of(done.result, done.loaded.source, done.diagnostics, words, public=public)


_MOST = 100
"""Units that the screen shows where files hold all of them."""


def _print(
    ctx: typer.Context, form: str, view: "ResultView", shown: list[str], *, detail: bool, most: int | None
) -> None:
    if form != "table":
        from dangjian_score.report.formats import reporter

        screen.put_bytes(reporter(form)(view, unwatched))
        return
    from dangjian_score.report.table import details, outcome, ranking

    screen.show([ranking(view, screen.width(sys.stdout), shown, most)], ctx.color)
    screen.show(outcome(view, most), ctx.color)
    if detail or shown:
        screen.show(details(view, shown), ctx.color)


def _remark(ctx: typer.Context, done: Scored, *, quiet: bool) -> None:
    """Say beside the result what was noted on the way, and what was read."""
    words: Words = ctx.obj
    noted = tuple(one for one in done.diagnostics if not quiet or one.severity is not Severity.NOTE)
    if noted:
        screen.tell_findings(noted, {}, words, ctx.color)
    if not quiet:
        screen.tell(_summary(done, words))


def _summary(done: Scored, words: Words) -> str:
    """Say in one line what was read, scored and noted."""
    passed_over = sum(one.code is Code.FILE_PASSED_OVER for one in done.diagnostics)
    fates = Counter[Fate]()
    for source in done.result.evidence:
        fates.update(source.fates)
    counts = {
        "files": len(done.result.evidence),
        "units": len(done.result.units),
        "cells": fates.total(),
        "used": fates[Fate.USED],
        "heading": fates[Fate.HEADING],
        "rest": fates[Fate.PASSED_OVER] + fates[Fate.SUPERSEDED] + fates[Fate.FAULTY],
        "notes": sum(one.severity is Severity.NOTE for one in done.diagnostics),
    }
    shown = {name: str(count) for name, count in counts.items()}
    return words.text("summary", **shown, passed_over=str(passed_over) if passed_over else "")


def _gate(result: "Result", fail_under: str | None, words: Words) -> int:
    """Hold every total against what the user asked for, and say where units were left out."""
    from dangjian_score.core.points import read_number

    least = None if fail_under is None else read_number(fail_under)
    low = [] if least is None else [unit.unit for unit in result.units if unit.total < least]
    if low:
        screen.tell(words.text("below", count=str(len(low)), least=str(fail_under), units="、".join(low[:20])))
    return exits.FOUND if low or result.unscored else exits.DONE
