"""`dangjian score`: the main job."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import open_rubric
from dangjian_score.cli.outputs import suffix, write
from dangjian_score.cli.scoring import Scored, known_units, scored
from dangjian_score.cli.usage import BadChoiceError
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
    fail_under: Annotated[str | None, typer.Option("--fail-under", help="opt.fail_under", metavar="N")] = None,
) -> None:
    """Read everything, score if nothing is wrong, write every output or none."""
    said: Words = ctx.obj
    targets = [Path(name) for name in output or []]
    _check_choices(form, targets, fail_under)
    opened = open_rubric(rubric)
    done = scored(ctx, opened, evidence, units or [], form)
    shown = known_units(unit or [], done.units, said)
    _write(targets, rubric, [*evidence, *(units or [])], done, said)
    _print(ctx, form, done, shown, detail=detail)
    raise typer.Exit(_gate(done.result, fail_under, said))


def _check_choices(form: str, targets: list[Path], fail_under: str | None) -> None:
    from dangjian_score.points import read_number

    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    for target in targets:
        if suffix(target) not in _FILES:
            raise BadChoiceError("-o", str(target), ", ".join(f"*.{suffix}" for suffix in _FILES))
    if fail_under is not None and read_number(fail_under) is None:
        raise BadChoiceError("--fail-under", fail_under, "85, 59.5 …")


def _write(targets: list[Path], rubric: str, evidence: list[str], done: Scored, said: Words) -> None:
    from dangjian_score.report.formats import FORMATS

    written = {
        target: FORMATS[suffix(target)](done.result, done.loaded.source, done.diagnostics, said) for target in targets
    }
    write(written, rubric, evidence, said)


def _print(ctx: typer.Context, form: str, done: Scored, shown: list[str], *, detail: bool) -> None:
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
    if done.diagnostics:
        screen.tell_findings(done.diagnostics, {}, said, ctx.color)
    counts = {"files": str(len(result.evidence)), "units": str(len(result.units))}
    screen.tell(said.label("summary", **counts))


def _gate(result: "Result", fail_under: str | None, said: Words) -> int:
    """Hold every total against what the user asked for."""
    from dangjian_score.points import read_number

    least = None if fail_under is None else read_number(fail_under)
    if least is None:
        return exits.DONE
    low = [unit.unit for unit in result.units if unit.total < least]
    if low:
        screen.tell(said.label("below", count=str(len(low)), least=str(fail_under), units="、".join(low[:20])))
    return exits.FOUND if low else exits.DONE
