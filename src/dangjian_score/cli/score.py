"""`dangjian score`: the main job."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import open_rubric
from dangjian_score.cli.outputs import check_inputs, refuse, suffix, write
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import Handed, Scored, known_units, scored
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Severity
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.result import Result

_STANDARD_OUTPUT = ("table", "json", "csv")
_FILES = ("json", "csv")


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
    fail_under: Annotated[str | None, typer.Option("--fail-under", help="opt.fail_under", metavar="N")] = None,
) -> None:
    """Read everything, score if nothing is wrong, write every output or none."""
    said: Words = ctx.obj
    targets = [Path(name) for name in output or []]
    mended = None if problems is None else Path(problems)
    _check_choices(form, targets, mended, fail_under)
    audits = _audit_targets(audit, [*targets, mended])
    check_inputs([*targets, *([mended] if mended else []), *audits], rubric, [*evidence, *(units or [])], said)
    opened = open_rubric(rubric)
    done = scored(ctx, opened, Handed(evidence, units or [], form, partial, quiet, mended))
    shown = known_units(unit or [], done.units, said)
    _write(targets, done, said, _audited(audits, done, said, quiet=quiet), quiet=quiet)
    _print(ctx, form, done, shown, detail=detail, quiet=quiet)
    raise typer.Exit(_gate(done.result, fail_under, said))


def _check_choices(form: str, targets: list[Path], problems: Path | None, fail_under: str | None) -> None:
    from dangjian_score.points import read_number

    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    for target in targets:
        if suffix(target) not in _FILES:
            raise BadChoiceError("-o", str(target), ", ".join(f"*.{suffix}" for suffix in _FILES))
    if problems is not None and suffix(problems) != "xlsx":
        raise BadChoiceError("--problems", str(problems), "*.xlsx")
    if fail_under is not None and read_number(fail_under) is None:
        raise BadChoiceError("--fail-under", fail_under, "85, 59.5 …")


def _audit_targets(audit: str | None, others: list[Path | None]) -> list[Path]:
    """Take the audit workbook's file, which must be one of its own."""
    audits = [] if audit is None else [Path(audit)]
    for target in audits:
        if suffix(target) != "xlsx" or target in others:
            raise BadChoiceError("--audit", str(target), "*.xlsx")
    return audits


def _audited(audits: list[Path], done: Scored, said: Words, *, quiet: bool) -> dict[Path, bytes]:
    if not audits:
        return {}

    from dangjian_score.report.audit.workbook import audit_xlsx

    books = {target: audit_xlsx(done.evidence, done.result, said, bars(said, quiet=quiet)) for target in audits}
    for target, book in books.items():
        if book is None:
            refuse(target, "beyond a sheet", said)
    return {target: book for target, book in books.items() if book is not None}


def _write(targets: list[Path], done: Scored, said: Words, also: dict[Path, bytes], *, quiet: bool) -> None:
    from dangjian_score.report.formats import FORMATS

    outputs = {
        target: FORMATS[suffix(target)](done.result, done.loaded.source, done.diagnostics, said) for target in targets
    }
    write({**outputs, **also}, said, quiet=quiet)


def _print(ctx: typer.Context, form: str, done: Scored, shown: list[str], *, detail: bool, quiet: bool) -> None:
    said: Words = ctx.obj
    result = done.result
    if form != "table":
        from dangjian_score.report.formats import FORMATS

        screen.put_bytes(FORMATS[form](result, done.loaded.source, done.diagnostics, said))
    else:
        from dangjian_score.report.table import details, outcome, ranking

        screen.show([ranking(result, said, screen.width(sys.stdout), shown)], ctx.color)
        screen.show(outcome(result, said), ctx.color)
        if detail or shown:
            screen.show(details(result, said, shown), ctx.color)
    told = tuple(one for one in done.diagnostics if not quiet or one.severity is not Severity.NOTE)
    if told:
        screen.tell_findings(told, {}, said, ctx.color)
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
