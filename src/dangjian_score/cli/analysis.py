"""`dangjian raters`, `dangjian whatif`, and what the commands that look at results have in common."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from msgspec import Struct

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.files import Opened, open_rubric
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import Found, Handed, known_units, leave, read
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.cli.writing import check_inputs, suffix, targets, write
from dangjian_score.core.diagnostics import Code, at_file, has_errors

if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.core.facts import Evidence
    from dangjian_score.core.watching import Watch
    from dangjian_score.report.document import Contract, Data, Document

_FORMS: Final = ("table", "json")
_FILES: Final = ("xlsx", "json")

Rubric = Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)]
EvidenceFiles = Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")]
Rosters = Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")]
Outputs = Annotated[list[str] | None, typer.Option("--output", "-o", help="opt.compare_output", metavar="FILE")]
Form = Annotated[
    str, typer.Option("--format", help="opt.compare_format", metavar="FORMAT", autocompletion=one_of(*_FORMS))
]
Units = Annotated[list[str] | None, typer.Option("--unit", help="opt.compare_unit", metavar="NAME")]


class Analysis(Struct, frozen=True):
    """A command under way: the rubric is open, and nothing stands against its outputs."""

    ctx: typer.Context
    contract: "Contract"
    form: str
    outputs: Sequence[Path]
    opened: Opened
    study: "Study"

    @property
    def watch(self) -> "Watch":
        """Show what takes long."""
        return bars(self.ctx.obj, quiet=False)

    def read(self, evidence: list[str], rosters: list[str]) -> tuple["Evidence", Found]:
        """Read evidence without errors, or say what is wrong with it and leave."""
        done = read(self.study, Handed(evidence, rosters), self.watch)
        if done.evidence is None or has_errors(done.found):
            self.fail(done.found)
        return done.evidence, done.found

    def fail(self, found: Found) -> NoReturn:
        """Say what is wrong, in JSON as well where that is asked for, and leave."""
        _fail(self.ctx, self.contract, self.form, self.opened, found)

    def finish(
        self,
        document: "Callable[[Collection[str]], Document]",
        data: "Callable[[], Mapping[str, Data]]",
        found: Found,
        known: Sequence[str] = (),
        wanted: list[str] | None = None,
    ) -> NoReturn:
        """Write every output, print, and leave: a screen shows the `wanted` of the `known` units, files have all."""
        shown = known_units(wanted or [], known, self.ctx.obj)

        def to_bytes(form: str) -> bytes:
            if form == "json":
                return _json(self.contract.schema, data(), found, self.ctx)
            from dangjian_score.report.sheets import document_xlsx

            return document_xlsx(document(()))

        write({target: to_bytes(suffix(target)) for target in self.outputs}, self.ctx.obj)
        if self.form == "json":
            screen.put_bytes(to_bytes(self.form))
        else:
            from dangjian_score.report.screen import on_screen

            screen.show(on_screen(document(shown), screen.width(sys.stdout)), self.ctx.color)
        if found:
            screen.tell_findings(found, {}, self.ctx.obj, self.ctx.color)
        raise typer.Exit(exits.DONE)


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
        raise BadChoiceError("--format", form, ", ".join(_FORMS))
    outputs = targets(output, _FILES)
    check_inputs(outputs, rubric, inputs, ctx.obj, results)
    opened = open_rubric(rubric)
    if opened.study is None:
        _fail(ctx, contract, form, opened, opened.diagnostics)
    return Analysis(ctx, contract, form, outputs, opened, opened.study)


def _fail(ctx: typer.Context, contract: "Contract", form: str, opened: Opened, found: Found) -> NoReturn:
    if form == "json":
        screen.put_bytes(_json(contract.schema, contract.nothing, found, ctx))
    leave(ctx, opened, found)


def _json(schema: str, data: "Mapping[str, Data]", found: Found, ctx: typer.Context) -> bytes:
    from dangjian_score.report.document import data_json

    return data_json(schema, data, found, ctx.obj)


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
        reason = "nobody judged" if study.catalogue.judged else "nothing judged"
        analysis.fail((*found, at_file(Code.NO_ASSESSORS, analysis.opened.name, reason=reason)))
    analysis.finish(
        lambda _: raters_document(judged, study.loaded.rubric.subject, ctx.obj),
        lambda: raters_data(judged, facts.sources),
        found,
    )


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
    from dangjian_score.report.views.whatif import CONTRACT, ahead_data, ahead_document

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
    from dangjian_score.core.points import read_number

    points = read_number(text)
    if points is None or points < 0 or (points == 0 and not at_least):
        raise BadChoiceError(option, text, "1, 0.5 …")
    return points
