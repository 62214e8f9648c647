"""`dangjian raters`: how assessors judged, beside each other."""

import typer

from dangjian_score.cli.analysis import EvidenceFiles, Form, Outputs, Rosters, Rubric, begin
from dangjian_score.diagnostics import Code, at_file


def raters(
    ctx: typer.Context,
    rubric: Rubric,
    evidence: EvidenceFiles,
    units: Rosters = None,
    output: Outputs = None,
    form: Form = "table",
) -> None:
    """Read everything, look at the assessors' figures, write every output or none."""
    from dangjian_score.engine.raters import raters as looked_at
    from dangjian_score.report.views.raters import CONTRACT, raters_data, raters_document

    rosters = units or []
    analysis = begin(ctx, CONTRACT, rubric, [*evidence, *rosters], output, form)
    study = analysis.study
    facts, found = analysis.read(evidence, rosters)
    judged = looked_at(study.program, facts)
    if not judged.raters:
        reason = "nobody judged" if study.names.judged else "nothing judged"
        analysis.fail((*found, at_file(Code.NO_ASSESSORS, analysis.opened.name, reason=reason)))
    analysis.finish(
        lambda _: raters_document(judged, study.loaded.rubric.subject, ctx.obj),
        lambda: raters_data(judged, facts.sources),
        found,
    )
