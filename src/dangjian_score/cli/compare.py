"""`dangjian compare`: self-assessment beside assessment, or two years, per unit and item."""

from functools import partial
from typing import Annotated

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.analysis import Form, Outputs, Rosters, Rubric, Units, begin
from dangjian_score.cli.sides import called, is_result, read_sides


def compare(
    ctx: typer.Context,
    rubric: Rubric,
    a: Annotated[str, typer.Argument(help="opt.side_a", metavar="A")],
    b: Annotated[str | None, typer.Argument(help="opt.side_b", metavar="B", show_default=False)] = None,
    units: Rosters = None,
    output: Outputs = None,
    form: Form = "table",
    unit: Units = None,
) -> None:
    """Read both sides, set them beside each other, write every output or none."""
    if b is None and is_result(a):
        screen.tell(ctx.obj.label("needs b"))
        raise typer.Exit(exits.USAGE)

    from dangjian_score.engine.compare import compare as compared
    from dangjian_score.report.views.comparison import CONTRACT, comparison_data, comparison_document

    sides, rosters = [a] if b is None else [a, b], units or []
    results = [side for side in sides if is_result(side)]
    evidence = [side for side in sides if side not in results]
    analysis = begin(ctx, CONTRACT, rubric, [*evidence, *rosters], output, form, results)
    first, second = read_sides(analysis.study, a, b, rosters, analysis.watch)
    found = tuple(sorted(dict.fromkeys((*first.found, *second.found)), key=lambda one: one.sort_key))
    if first.outcome is None or second.outcome is None:
        analysis.fail(found)
    comparison, names = compared(first.outcome, second.outcome), called(a, b)
    analysis.finish(
        partial(comparison_document, comparison, names, analysis.study.loaded.rubric.subject, ctx.obj),
        partial(comparison_data, comparison, names),
        found,
        [pair.unit for pair in comparison.units],
        unit,
    )
