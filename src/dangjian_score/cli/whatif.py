"""`dangjian whatif`: before the meeting, who is close to a threshold and what decides it."""

import sys
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.outputs import check_inputs, suffix, targets, write
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import Handed, known_units, leave, read
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Diagnostic, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from fractions import Fraction

    from dangjian_score.engine.whatif.ahead import Ahead
    from dangjian_score.facts import Evidence

_STANDARD_OUTPUT: Final = ("table", "json")
_FILES: Final = ("xlsx", "json")


def whatif(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    evidence: Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")],
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    within: Annotated[str, typer.Option("--within", help="opt.within", metavar="N")] = "1",
    step: Annotated[str | None, typer.Option("--step", help="opt.step", metavar="N")] = None,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", help="opt.compare_output", metavar="FILE")
    ] = None,
    form: Annotated[
        str,
        typer.Option("--format", help="opt.compare_format", metavar="FORMAT", autocompletion=one_of(*_STANDARD_OUTPUT)),
    ] = "table",
    unit: Annotated[list[str] | None, typer.Option("--unit", help="opt.compare_unit", metavar="NAME")] = None,
) -> None:
    """Read everything, look ahead, write every output or none."""
    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    close = _points("--within", within, at_least=True)
    stride = None if step is None else _points("--step", step, at_least=False)
    outputs = targets(output, _FILES)
    check_inputs(outputs, rubric, [*evidence, *(units or [])], ctx.obj)
    opened = open_rubric(rubric)
    if opened.study is None:
        _fail(ctx, opened, opened.diagnostics, form)
    watch = bars(ctx.obj, quiet=False)
    done = read(opened.study, Handed(evidence, units or []), watch)
    facts, found = done.evidence, done.found
    if facts is None or has_errors(found):
        _fail(ctx, opened, found, form)

    from dangjian_score.engine.whatif.ahead import look_ahead

    ahead = look_ahead(opened.study.loaded.rubric, facts, close, stride, watch)
    shown = known_units(unit or [], [one.unit for one in ahead.units], ctx.obj)
    write({target: _bytes(suffix(target), ahead, facts, found, ctx.obj) for target in outputs}, ctx.obj)
    _print(ctx, form, ahead, facts, shown, found)
    raise typer.Exit(exits.DONE)


def _points(option: str, text: str, *, at_least: bool) -> "Fraction":
    """Read points: none `at_least`, or more than none."""
    from dangjian_score.points import read_number

    points = read_number(text)
    if points is None or points < 0 or (points == 0 and not at_least):
        raise BadChoiceError(option, text, "1, 0.5 …")
    return points


def _bytes(form: str, ahead: "Ahead", facts: "Evidence", found: tuple[Diagnostic, ...], said: Words) -> bytes:
    if form == "json":
        from dangjian_score.report.whatif.as_json import ahead_json

        return ahead_json(ahead, facts.sources, found, said)

    from dangjian_score.report.whatif.as_xlsx import ahead_xlsx
    from dangjian_score.report.whatif.view import view

    return ahead_xlsx(view(ahead, said), ahead.rubric.subject, ahead.rubric.total_places, said)


def _fail(ctx: typer.Context, opened: Opened, found: tuple[Diagnostic, ...], form: str) -> NoReturn:
    if form == "json":
        from dangjian_score.report.whatif.as_json import ahead_json

        screen.put_bytes(ahead_json(None, (), found, ctx.obj))
    leave(ctx, opened, found)


def _print(
    ctx: typer.Context,
    form: str,
    ahead: "Ahead",
    facts: "Evidence",
    shown: list[str],
    found: tuple[Diagnostic, ...],
) -> None:
    said: Words = ctx.obj
    if form == "json":
        screen.put_bytes(_bytes(form, ahead, facts, found, said))
    else:
        from dangjian_score.report.whatif.table import ahead_table
        from dangjian_score.report.whatif.view import view

        told = view(ahead, said, shown)
        screen.show(ahead_table(told, ahead.rubric.subject, said, screen.width(sys.stdout)), ctx.color)
    if found:
        screen.tell_findings(found, {}, said, ctx.color)
