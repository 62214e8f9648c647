"""`dangjian compare`: self-assessment beside assessment, or two years, per unit and item."""

import sys
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.outputs import check_inputs, suffix, targets, write
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import known_units, leave
from dangjian_score.cli.sides import called, is_result, read_sides
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Diagnostic
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.compare import Comparison
    from dangjian_score.report.comparison.view import Sides

_STANDARD_OUTPUT: Final = ("table", "json")
_FILES: Final = ("xlsx", "json")


def compare(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    a: Annotated[str, typer.Argument(help="opt.side_a", metavar="A")],
    b: Annotated[str | None, typer.Argument(help="opt.side_b", metavar="B", show_default=False)] = None,
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", help="opt.compare_output", metavar="FILE")
    ] = None,
    form: Annotated[
        str,
        typer.Option("--format", help="opt.compare_format", metavar="FORMAT", autocompletion=one_of(*_STANDARD_OUTPUT)),
    ] = "table",
    unit: Annotated[list[str] | None, typer.Option("--unit", help="opt.compare_unit", metavar="NAME")] = None,
) -> None:
    """Read both sides, set them beside each other, write every output or none."""
    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    if b is None and is_result(a):
        screen.tell(ctx.obj.label("needs b"))
        raise typer.Exit(exits.USAGE)
    outputs = targets(output, _FILES)
    sides = [a] if b is None else [a, b]
    kept = [side for side in sides if is_result(side)]
    check_inputs(outputs, rubric, [*(side for side in sides if side not in kept), *(units or [])], ctx.obj, kept)
    opened = open_rubric(rubric)
    names = called(a, b)
    if opened.study is None:
        _fail(ctx, opened, names, opened.diagnostics, form)
    first, second = read_sides(opened.study, a, b, units or [], bars(ctx.obj, quiet=False))
    found = tuple(sorted(dict.fromkeys((*first.found, *second.found)), key=lambda one: one.sort_key))
    if first.outcome is None or second.outcome is None:
        _fail(ctx, opened, names, found, form)

    from dangjian_score.engine.compare import compare as compared

    comparison = compared(first.outcome, second.outcome)
    shown = known_units(unit or [], [pair.unit for pair in comparison.units], ctx.obj)
    subject = opened.study.loaded.rubric.subject
    write({target: _bytes(suffix(target), comparison, names, subject, found, ctx.obj) for target in outputs}, ctx.obj)
    _print(ctx, form, comparison, names, subject, shown, found)
    raise typer.Exit(exits.DONE)


def _bytes(
    form: str,
    comparison: "Comparison",
    sides: "Sides",
    subject: str,
    found: tuple[Diagnostic, ...],
    said: Words,
) -> bytes:
    from dangjian_score.report.comparison.as_json import comparison_json
    from dangjian_score.report.comparison.view import view

    if form == "json":
        return comparison_json(comparison, sides, found, said)

    from dangjian_score.report.comparison.as_xlsx import comparison_xlsx

    return comparison_xlsx(view(comparison, sides, said), sides, subject, said)


def _fail(ctx: typer.Context, opened: Opened, sides: "Sides", found: tuple[Diagnostic, ...], form: str) -> NoReturn:
    if form == "json":
        from dangjian_score.report.comparison.as_json import comparison_json

        screen.put_bytes(comparison_json(None, sides, found, ctx.obj))
    leave(ctx, opened, found)


def _print(
    ctx: typer.Context,
    form: str,
    comparison: "Comparison",
    sides: "Sides",
    subject: str,
    shown: list[str],
    found: tuple[Diagnostic, ...],
) -> None:
    said: Words = ctx.obj
    if form == "json":
        screen.put_bytes(_bytes(form, comparison, sides, subject, found, said))
    else:
        from dangjian_score.report.comparison.table import comparison_table
        from dangjian_score.report.comparison.view import view

        width = screen.width(sys.stdout)
        screen.show(comparison_table(view(comparison, sides, said), sides, subject, said, width, shown), ctx.color)
    if found:
        screen.tell_findings(found, {}, said, ctx.color)
