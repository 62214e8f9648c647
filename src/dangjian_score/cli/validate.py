"""`dangjian validate`: the gate for new rubrics."""

from typing import TYPE_CHECKING, Annotated

import typer

from dangjian_score.cli import exits
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.screen import put
from dangjian_score.diagnostics import Code, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.catalogue import Catalogue


def validate(
    ctx: typer.Context, rubrics: Annotated[list[str], typer.Argument(help="opt.rubrics", metavar="RUBRIC")]
) -> None:
    """Report all problems of all files; exit 1 where there is an error, 3 where a file could not be read at all."""
    from dangjian_score.report.findings import findings_text

    said: Words = ctx.obj
    opened = [open_rubric(name) for name in rubrics]
    for one in opened:
        if not one.diagnostics:
            put(_fine(one, said))
    found = tuple(finding for one in opened for finding in one.diagnostics)
    if found:
        put(findings_text(found, {one.name: one.text for one in opened}, said))
    if any(finding.code is Code.FILE_UNREADABLE for finding in found):
        raise typer.Exit(exits.UNUSABLE)
    raise typer.Exit(exits.FOUND if has_errors(found) else exits.DONE)


def _entered(known: "Catalogue") -> tuple[str, ...]:
    """Name everything that has to be handed in: columns of the matrix, registers, ballots."""
    return (*known.measures, *known.registers, *known.ballots)


def _fine(opened: Opened, said: Words) -> str:
    from dangjian_score.engine.catalogue import catalogue
    from dangjian_score.engine.program import compile_rubric

    if opened.loaded is None:
        return opened.name
    program = compile_rubric(opened.loaded.rubric)
    counts = {"rules": str(len(program.rules)), "measures": str(len(_entered(catalogue(program))))}
    return said.label("valid", file=opened.name, **counts)
