"""`dangjian raters`: how assessors judged, beside each other."""

from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.outputs import check_inputs, suffix, targets, write
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import Handed, leave, read
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Code, Diagnostic, at_file, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.engine.raters import Raters
    from dangjian_score.facts import Evidence

_STANDARD_OUTPUT: Final = ("table", "json")
_FILES: Final = ("xlsx", "json")


def raters(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    evidence: Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")],
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", help="opt.compare_output", metavar="FILE")
    ] = None,
    form: Annotated[
        str,
        typer.Option("--format", help="opt.compare_format", metavar="FORMAT", autocompletion=one_of(*_STANDARD_OUTPUT)),
    ] = "table",
) -> None:
    """Read everything, look at the assessors' figures, write every output or none."""
    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    outputs = targets(output, _FILES)
    check_inputs(outputs, rubric, [*evidence, *(units or [])], ctx.obj)
    opened = open_rubric(rubric)
    if opened.study is None:
        _fail(ctx, opened, opened.diagnostics, form)
    done = read(opened.study, Handed(evidence, units or []), bars(ctx.obj, quiet=False))
    facts, found = done.evidence, done.found
    if facts is None or has_errors(found):
        _fail(ctx, opened, found, form)

    from dangjian_score.engine.raters import raters as looked_at

    judged = looked_at(opened.study.program, facts)
    if not judged.raters:
        reason = "nobody judged" if opened.study.names.judged else "nothing judged"
        _fail(ctx, opened, (*found, at_file(Code.NO_ASSESSORS, opened.name, reason=reason)), form)
    written = {target: _bytes(suffix(target), judged, opened.study, facts, found, ctx.obj) for target in outputs}
    write(written, ctx.obj)
    _print(ctx, form, judged, opened.study, facts, found)
    raise typer.Exit(exits.DONE)


def _bytes(
    form: str, judged: "Raters", study: "Study", facts: "Evidence", found: tuple[Diagnostic, ...], said: Words
) -> bytes:
    if form == "json":
        from dangjian_score.report.raters.as_json import raters_json

        return raters_json(judged, facts.sources, found, said)

    from dangjian_score.report.raters.as_xlsx import raters_xlsx
    from dangjian_score.report.raters.view import view

    return raters_xlsx(judged, view(judged, said), study.loaded.rubric.subject, said)


def _fail(ctx: typer.Context, opened: Opened, found: tuple[Diagnostic, ...], form: str) -> NoReturn:
    if form == "json":
        from dangjian_score.engine.raters import Raters
        from dangjian_score.report.raters.as_json import raters_json

        screen.put_bytes(raters_json(Raters((), (), ()), (), found, ctx.obj))
    leave(ctx, opened, found)


def _print(
    ctx: typer.Context,
    form: str,
    judged: "Raters",
    study: "Study",
    facts: "Evidence",
    found: tuple[Diagnostic, ...],
) -> None:
    said: Words = ctx.obj
    if form == "json":
        screen.put_bytes(_bytes(form, judged, study, facts, found, said))
    else:
        from dangjian_score.report.raters.table import raters_table
        from dangjian_score.report.raters.view import view

        screen.show(raters_table(view(judged, said), study.loaded.rubric.subject, said), ctx.color)
    if found:
        screen.tell_findings(found, {}, said, ctx.color)
