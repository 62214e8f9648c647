"""`dangjian validate`: the gate for new rubrics."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.targets import rubric_targets
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Code, Diagnostic, Severity, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.catalogue import Catalogue

_NAMES_SHOWN: Final = 5


def _forms() -> list[str]:
    from dangjian_score.report.finding_formats import FINDING_FORMATS

    return ["text", *FINDING_FORMATS]


def validate(
    ctx: typer.Context,
    rubrics: Annotated[list[str], typer.Argument(help="opt.rubrics", metavar="RUBRIC", autocompletion=rubric_ids)],
    form: Annotated[
        str, typer.Option("--format", help="opt.validate_format", metavar="FORMAT", autocompletion=_forms)
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="opt.strict")] = False,
) -> None:
    """Report all problems of all files; exit 1 where there is an error, 3 where a file could not be read at all."""
    if form != "text" and form not in _forms():
        raise BadChoiceError("--format", form, ", ".join(_forms()))
    said: Words = ctx.obj
    targets = rubric_targets(rubrics)
    opened = [open_rubric(name) for name in targets.names]
    found = (*targets.diagnostics, *(finding for one in opened for finding in one.diagnostics))
    _tell_passed_over(targets.passed_over, said)
    _print(ctx, form, opened, tuple(sorted(found, key=lambda one: one.sort_key)))
    code = _exit(found, strict=strict)
    if code == exits.FOUND and not has_errors(found):
        screen.tell(said.label("strict"))
    raise typer.Exit(code)


def _tell_passed_over(names: tuple[str, ...], said: Words) -> None:
    if names:
        more = " …" if len(names) > _NAMES_SHOWN else ""
        screen.tell(said.label("no rubric", count=str(len(names)), files=" ".join(names[:_NAMES_SHOWN]) + more))


def _print(ctx: typer.Context, form: str, opened: list[Opened], found: tuple[Diagnostic, ...]) -> None:
    said: Words = ctx.obj
    texts = {one.name: one.text for one in opened}
    if form != "text":
        from dangjian_score.report.finding_formats import FINDING_FORMATS

        screen.put_bytes(FINDING_FORMATS[form](found, texts, said))
        return
    for one in opened:
        if not has_errors(one.diagnostics):
            screen.put(_usable(one, said))
    if found:
        from dangjian_score.report.findings import findings_text

        screen.put(findings_text(found, texts, said, screen.look(sys.stdout, ctx.color)))


def _exit(found: Iterable[Diagnostic], *, strict: bool) -> int:
    if any(one.code is Code.FILE_UNREADABLE for one in found):
        return exits.UNUSABLE
    failing = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return exits.FOUND if any(one.severity in failing for one in found) else exits.DONE


def _entered(known: "Catalogue") -> tuple[str, ...]:
    """Name everything that has to be handed in: columns of the matrix, registers, ballots."""
    return (*known.measures, *known.registers, *known.ballots)


def _usable(opened: Opened, said: Words) -> str:
    """Say that a rubric may be applied; remarks on it follow."""
    if opened.study is None:
        return opened.name
    counts = {"rules": str(len(opened.study.program.rules)), "measures": str(len(_entered(opened.study.names)))}
    return said.label("usable" if opened.diagnostics else "valid", file=opened.name, **counts)
