"""`dangjian explain`: the rubric in words, and with evidence one unit's story, on the screen and as files."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dangjian_score.api.assessment import suffix
from dangjian_score.api.inputs import gather
from dangjian_score.cli import DONE, USAGE, screen
from dangjian_score.cli.completion import choice_of, rubric_ids
from dangjian_score.cli.interim import Rounds, Through, asked_until
from dangjian_score.cli.outputs import check_inputs, targets, write
from dangjian_score.cli.scoring import check_known, only_rubric, scored
from dangjian_score.cli.usage import bad_value
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.program import Program
    from dangjian_score.report.explanation import Heading, ItemRow

_FORMS: Final = ("table", "md")
_FILES: Final = ("docx", "md")


def explain(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    evidence: Annotated[
        list[str] | None, typer.Argument(help="opt.explain_evidence", metavar="[EVIDENCE]", show_default=False)
    ] = None,
    item: Annotated[str | None, typer.Option("--item", help="opt.item", metavar="ID")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="opt.explain_unit", metavar="NAME")] = None,
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", help="opt.explain_output", metavar="FILE")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="opt.explain_format", metavar="FORMAT", autocompletion=choice_of(*_FORMS))
    ] = "table",
    through: Through = None,
    rounds: Rounds = None,
) -> None:
    """Print or write how each item is scored, and with a unit what moved its points."""
    from dangjian_score.report import explanation

    words: Words = ctx.obj
    if form not in _FORMS:
        raise bad_value("--format", form, _FORMS)
    if bool(evidence) != (unit is not None):
        screen.tell(words.text("needs unit"))
        raise typer.Exit(USAGE)
    outputs = targets(output, _FILES)
    check_inputs(outputs, rubric, [*(evidence or ()), *(units or ())])
    opened = only_rubric(ctx, rubric, asked_until(through, rounds))
    program = opened.study.program
    check_known("item", [] if item is None else [item], [node.id for node in program.nodes], words)
    rows, whose = explanation.rows(program, words, item), None
    if evidence and unit is not None:
        watch = screen.bars(words, quiet=False)
        done = scored(gather(opened, evidence, units or [], watch), watch)
        found = {each.unit: each for each in done.result.units}
        check_known("unit", [unit], [*found], words)
        view = done.view(words)
        rows, whose = explanation.story(rows, found[unit], view), explanation.heading(found[unit], view)
    write({target: _file(suffix(target), program, rows, whose, words) for target in outputs}, words)
    if not outputs:
        _print(ctx, program, rows, whose, form)
    raise typer.Exit(DONE)


def _file(form: str, program: "Program", rows: "tuple[ItemRow, ...]", whose: "Heading | None", words: Words) -> bytes:
    if form == "md":
        from dangjian_score.report.explanation import markdown

        return markdown(program, rows, words, whose).encode()
    from dangjian_score.report.official.papers import explained_docx

    return explained_docx(program, rows, words, whose)


def _print(
    ctx: typer.Context, program: "Program", rows: "tuple[ItemRow, ...]", whose: "Heading | None", form: str
) -> None:
    words: Words = ctx.obj
    if form == "md":
        from dangjian_score.report.explanation import markdown

        screen.put(*markdown(program, rows, words, whose).rstrip().split("\n"))
        return
    from dangjian_score.report.table import explained

    screen.show(explained(program, rows, words, whose), ctx.color)
