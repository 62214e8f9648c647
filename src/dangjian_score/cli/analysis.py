"""What the commands that look at results have in common: read, write every output or none, print, tell findings."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from msgspec import Struct

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.faults import Found
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.outputs import check_inputs, suffix, targets, write
from dangjian_score.cli.progress import bars
from dangjian_score.cli.scoring import Handed, known_units, leave, read
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import has_errors

if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.facts import Evidence
    from dangjian_score.report.document import Contract, Data, Document
    from dangjian_score.watching import Watch

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
            from dangjian_score.report.render.xlsx import document_xlsx

            return document_xlsx(document(()))

        write({target: to_bytes(suffix(target)) for target in self.outputs}, self.ctx.obj)
        if self.form == "json":
            screen.put_bytes(to_bytes(self.form))
        else:
            from dangjian_score.report.render.screen import on_screen

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
    from dangjian_score.report.render.json import data_json

    return data_json(schema, data, found, ctx.obj)
