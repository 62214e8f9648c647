"""`dangjian score`: the main job."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.outputs import check_inputs, suffix, write
from dangjian_score.cli.papers import Papers, asked
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import Handed, Scored, known_units, scored
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Severity
from dangjian_score.watching import unwatched
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.result import Result
    from dangjian_score.report.view import ResultView

_STANDARD_OUTPUT = ("table", "json", "csv", "md")
_PACK = "zip"


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
    said: Words = ctx.obj
    targets = [Path(name) for name in output or [] if name != "-"]  # standard output gets the results anyhow
    mended = None if problems is None else Path(problems)
    _check_choices(form, targets, mended, fail_under, public=public)
    papers = asked(ctx, feedback, mend_by, template, issuer, date)
    read = [*evidence, *(units or []), *([template] if template else [])]
    check_inputs([*targets, *([mended] if mended else []), *papers.named], rubric, read, said)
    opened = open_rubric(rubric)
    done = scored(ctx, opened, Handed(evidence, units or [], form, partial, quiet, mended))
    shown = known_units(unit or [], done.units, said)
    told = _told(done, said, public=public)
    outputs = _outputs(targets, papers, told, done, opened, said, quiet=quiet)
    check_inputs(outputs, rubric, read, said)
    write(outputs, said, quiet=quiet, folder=papers.folder)
    _print(ctx, form, told, shown, detail=detail)
    _remark(ctx, done, quiet=quiet)
    raise typer.Exit(_gate(done.result, fail_under, said))


def _check_choices(
    form: str, targets: list[Path], problems: Path | None, fail_under: str | None, *, public: bool
) -> None:
    from dangjian_score.points import read_number
    from dangjian_score.report.formats import FORMATS

    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    for target in targets:
        known = (*FORMATS, *(() if public else (_PACK,)))  # a pack holds the evidence itself
        if suffix(target) not in known:
            raise BadChoiceError("-o", str(target), ", ".join(f"*.{suffix}" for suffix in known))
    if problems is not None and suffix(problems) != "xlsx":
        raise BadChoiceError("--problems", str(problems), "*.xlsx")
    if fail_under is not None and read_number(fail_under) is None:
        raise BadChoiceError("--fail-under", fail_under, "85, 59.5 …")


def _told(done: Scored, said: Words, *, public: bool) -> "ResultView":
    from dangjian_score.report.telling import tell

    return tell(done.result, done.loaded.source, done.diagnostics, said, public=public)


def _outputs(
    targets: list[Path], papers: Papers, told: "ResultView", done: Scored, opened: Opened, said: Words, *, quiet: bool
) -> dict[Path, bytes]:
    from dangjian_score.report.formats import reporter

    watch = bars(said, quiet=quiet)
    outputs: dict[Path, bytes] = {}
    for target in targets:
        match suffix(target):
            case "zip":
                outputs[target] = _packed(done, opened, told, said)
            case "docx":
                outputs[target] = papers.notice(told, said, watch)
            case form:
                outputs[target] = reporter(form)(told, said, watch)
    return outputs | papers.feedback_files(told, said, watch)


def _packed(done: Scored, opened: Opened, told: "ResultView", said: Words) -> bytes:
    """Put the result away with all it was made from."""
    from dangjian_score import __version__, packs
    from dangjian_score.report.as_json import result_json

    result = result_json(told, said, unwatched)
    rubric, inputs = (Path(opened.name).name, opened.data), done.inputs
    return packs.to_bytes(packs.Pack(__version__, rubric, inputs.evidence, inputs.units, result))


def _print(ctx: typer.Context, form: str, told: "ResultView", shown: list[str], *, detail: bool) -> None:
    said: Words = ctx.obj
    if form != "table":
        from dangjian_score.report.formats import reporter

        screen.put_bytes(reporter(form)(told, said, unwatched))
        return
    from dangjian_score.report.table import details, outcome, ranking

    screen.show([ranking(told, said, screen.width(sys.stdout), shown)], ctx.color)
    screen.show(outcome(told, said), ctx.color)
    if detail or shown:
        screen.show(details(told, said, shown), ctx.color)


def _remark(ctx: typer.Context, done: Scored, *, quiet: bool) -> None:
    """Say beside the result what was noted on the way, and what was read."""
    said: Words = ctx.obj
    noted = tuple(one for one in done.diagnostics if not quiet or one.severity is not Severity.NOTE)
    if noted:
        screen.tell_findings(noted, {}, said, ctx.color)
    if not quiet:
        screen.tell(_summary(done, said))


def _summary(done: Scored, said: Words) -> str:
    """Say in one line what was read, scored and noted."""
    counts = {
        "files": len(done.result.evidence),
        "units": len(done.result.units),
        "cells": sum(one.cells for one in done.result.evidence),
        "notes": sum(one.severity is Severity.NOTE for one in done.diagnostics),
    }
    return said.label("summary", **{name: str(count) for name, count in counts.items()})


def _gate(result: "Result", fail_under: str | None, said: Words) -> int:
    """Hold every total against what the user asked for, and say where units were left out."""
    from dangjian_score.points import read_number

    least = None if fail_under is None else read_number(fail_under)
    low = [] if least is None else [unit.unit for unit in result.units if unit.total < least]
    if low:
        screen.tell(said.label("below", count=str(len(low)), least=str(fail_under), units="、".join(low[:20])))
    return exits.FOUND if low or result.unscored else exits.DONE
