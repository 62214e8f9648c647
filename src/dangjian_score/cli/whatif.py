"""`dangjian whatif`: before the meeting, who is close to a threshold and what decides it."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from dangjian_score.cli.analysis import EvidenceFiles, Form, Outputs, Rosters, Rubric, Units, begin
from dangjian_score.cli.usage import BadChoiceError

if TYPE_CHECKING:
    from fractions import Fraction


def whatif(
    ctx: typer.Context,
    rubric: Rubric,
    evidence: EvidenceFiles,
    units: Rosters = None,
    within: Annotated[str, typer.Option("--within", help="opt.within", metavar="N")] = "1",
    step: Annotated[str | None, typer.Option("--step", help="opt.step", metavar="N")] = None,
    output: Outputs = None,
    form: Form = "table",
    unit: Units = None,
) -> None:
    """Read everything, look ahead, write every output or none."""
    from dangjian_score.engine.whatif.ahead import look_ahead
    from dangjian_score.report.views.whatif import ahead_document
    from dangjian_score.report.views.whatif_data import CONTRACT, ahead_data

    close = _points("--within", within, at_least=True)
    stride = None if step is None else _points("--step", step, at_least=False)
    rosters = units or []
    analysis = begin(ctx, CONTRACT, rubric, [*evidence, *rosters], output, form)
    facts, found = analysis.read(evidence, rosters)
    ahead = look_ahead(analysis.study.loaded.rubric, facts, close, stride, analysis.watch)
    analysis.finish(
        partial(ahead_document, ahead, ctx.obj),
        partial(ahead_data, ahead, facts.sources),
        found,
        [one.unit for one in ahead.units],
        unit,
    )


def _points(option: str, text: str, *, at_least: bool) -> "Fraction":
    """Read points: none `at_least`, or more than none."""
    from dangjian_score.points import read_number

    points = read_number(text)
    if points is None or points < 0 or (points == 0 and not at_least):
        raise BadChoiceError(option, text, "1, 0.5 …")
    return points
