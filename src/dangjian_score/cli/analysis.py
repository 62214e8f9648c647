"""`dangjian raters`, `dangjian whatif`, and what the commands that look at results have in common."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from msgspec import Struct

from dangjian_score.api.assessment import suffix
from dangjian_score.api.inputs import (
    EvidenceFiles,
    Findings,
    InputError,
    RubricFile,
    gather,
    load_rubric,
    refuse_errors,
)
from dangjian_score.cli import DONE, UNUSABLE, screen
from dangjian_score.cli.completion import choice_of, rubric_ids
from dangjian_score.cli.outputs import check_inputs, targets, write
from dangjian_score.cli.scoring import ToJson, also_printed, check_known
from dangjian_score.cli.usage import bad_value
from dangjian_score.core.diagnostics import Code, at_file

if TYPE_CHECKING:
    from dangjian_score.core.watching import Watch
    from dangjian_score.report.document import Contract, Data, Document

_FORMS: Final = ("table", "json")
_FILES: Final = ("xlsx", "json")

Rubric = Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)]
Files = Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")]
Rosters = Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")]
Outputs = Annotated[list[str] | None, typer.Option("--output", "-o", help="opt.compare_output", metavar="FILE")]
Form = Annotated[
    str, typer.Option("--format", help="opt.compare_format", metavar="FORMAT", autocompletion=choice_of(*_FORMS))
]
Units = Annotated[list[str] | None, typer.Option("--unit", help="opt.compare_unit", metavar="NAME")]


class Analysis(Struct, frozen=True):
    """A command under way: the rubric is open, and nothing stands against its outputs."""

    ctx: typer.Context
    contract: "Contract"
    form: str
    outputs: Sequence[Path]
    rubric: RubricFile
    watch: "Watch"
    failed: ToJson | None

    def read(self, evidence: list[str], rosters: list[str]) -> EvidenceFiles:
        """Read evidence without errors, or raise InputError."""
        read = gather(self.rubric, evidence, rosters, self.watch)
        with also_printed(self.failed):
            refuse_errors(read)
        return read

    def fail(self, findings: Findings, advice: Sequence[str] = ()) -> NoReturn:
        """Refuse evidence that holds nothing to look at; the lines of `advice` are printed last."""
        if self.failed is not None:
            screen.put_bytes(self.failed(findings))
        error, words = InputError(findings, self.rubric.texts), self.ctx.obj
        screen.tell_refusal(error, words.text("nothing written"), words, self.ctx.color)
        if advice:
            screen.tell(*advice)
        raise typer.Exit(UNUSABLE)

    def finish(
        self,
        document: "Callable[[Collection[str]], Document]",
        data: "Callable[[], Mapping[str, Data]]",
        findings: Findings,
        known: Sequence[str] = (),
        wanted: list[str] | None = None,
    ) -> NoReturn:
        """Write every output, print, and leave: a screen shows the `wanted` of the `known` units, files have all."""
        check_known("unit", wanted or [], known, self.ctx.obj)

        def to_bytes(form: str) -> bytes:
            if form == "json":
                return _json(self.contract.schema, data(), findings, self.ctx)
            from dangjian_score.report.sheets import document_xlsx

            return document_xlsx(document(()))

        write({target: to_bytes(suffix(target)) for target in self.outputs}, self.ctx.obj)
        if self.form == "json":
            screen.put_bytes(to_bytes(self.form))
        else:
            from dangjian_score.report.screen import on_screen

            screen.show(on_screen(document(wanted or []), screen.width(sys.stdout)), self.ctx.color)
        if findings:
            screen.tell_findings(findings, {}, self.ctx.obj, self.ctx.color)
        raise typer.Exit(DONE)


def begin(
    ctx: typer.Context,
    contract: "Contract",
    rubric: str,
    inputs: Iterable[str],
    output: list[str] | None,
    form: str,
    results: Iterable[str] = (),
) -> Analysis:
    """Check what the user asks for against the files that are read (`results` too), and open the rubric."""
    if form not in _FORMS:
        raise bad_value("--format", form, _FORMS)
    outputs = targets(output, _FILES)
    check_inputs(outputs, rubric, inputs, results)
    failed = (lambda findings: _json(contract.schema, contract.nothing, findings, ctx)) if form == "json" else None
    with also_printed(failed):
        opened = load_rubric(rubric)
    check_inputs(outputs, rubric, inputs, results, opened.study.rubric.result_rubrics)
    return Analysis(ctx, contract, form, outputs, opened, screen.bars(ctx.obj, quiet=False), failed)


def _json(schema: str, data: "Mapping[str, Data]", findings: Findings, ctx: typer.Context) -> bytes:
    from dangjian_score.report.document import data_json

    return data_json(schema, data, findings, ctx.obj)


def raters(
    ctx: typer.Context,
    rubric: Rubric,
    evidence: Files,
    units: Rosters = None,
    output: Outputs = None,
    form: Form = "table",
) -> None:
    """Read everything, look at the assessors' figures, write every output or none."""
    from dangjian_score.engine.raters import raters as looked_at
    from dangjian_score.report.views.raters import CONTRACT, raters_data, raters_document

    rosters = units or []
    analysis = begin(ctx, CONTRACT, rubric, [*evidence, *rosters], output, form)
    study = analysis.rubric.study
    read = analysis.read(evidence, rosters)
    judged = looked_at(study.program, read.facts)
    if not judged.raters:
        reason = "nobody judged" if study.catalogue.judged else "nothing judged"
        analysis.fail((*read.findings, at_file(Code.NO_ASSESSORS, analysis.rubric.name, reason=reason)))
    analysis.finish(
        lambda _: raters_document(judged, study.loaded.rubric.subject, ctx.obj),
        lambda: raters_data(judged, read.facts.sources),
        read.findings,
    )


def whatif(
    ctx: typer.Context,
    rubric: Rubric,
    evidence: Files,
    units: Rosters = None,
    within: Annotated[str, typer.Option("--within", help="opt.within", metavar="N")] = "1",
    step: Annotated[str | None, typer.Option("--step", help="opt.step", metavar="N")] = None,
    output: Outputs = None,
    form: Form = "table",
    unit: Units = None,
) -> None:
    """Read everything, look ahead, write every output or none."""
    from dangjian_score.engine.whatif.ahead import look_ahead
    from dangjian_score.report.views.whatif import CONTRACT, ahead_data, ahead_document

    close = _points("--within", within, at_least=True)
    stride = None if step is None else _points("--step", step, at_least=False)
    rosters = units or []
    analysis = begin(ctx, CONTRACT, rubric, [*evidence, *rosters], output, form)
    read = analysis.read(evidence, rosters)
    ahead = look_ahead(analysis.rubric.study.program, read.facts, close, stride, analysis.watch)
    analysis.finish(
        partial(ahead_document, ahead, ctx.obj),
        partial(ahead_data, ahead, read.facts.sources),
        read.findings,
        [each.unit for each in ahead.units],
        unit,
    )


def _points(option: str, text: str, *, at_least: bool) -> Fraction:
    """Read points: none `at_least`, or more than none."""
    from dangjian_score.core.points import read_number

    points = read_number(text)
    if points is None or points < 0 or (points == 0 and not at_least):
        raise bad_value(option, text, ["1", "0.5 …"])
    return points
