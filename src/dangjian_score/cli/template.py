"""`dangjian template`: the workbook to be filled in."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dangjian_score.api import files
from dangjian_score.api.inputs import InputError, read_units
from dangjian_score.cli import DONE, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.interim import Rounds, Through, asked_until
from dangjian_score.cli.letters import names_folder
from dangjian_score.cli.outputs import check_free, check_inputs, write
from dangjian_score.cli.scoring import leave, only_rubric
from dangjian_score.cli.usage import bad_value, quoted
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.evidence.facts.units import Roster
    from dangjian_score.evidence.template.brief import Brief

_SUFFIX: Final = ".xlsx"


def template(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.template_units", metavar="FILE")] = None,
    form: Annotated[bool, typer.Option("--form", help="opt.form")] = False,
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.template_output", metavar="FILE")] = None,
    through: Through = None,
    rounds: Rounds = None,
) -> None:
    """Write it, and say what to do next; over a file only where that is named."""
    words: Words = ctx.obj
    target = None if output is None else Path(output)
    folder = target if output is not None and names_folder(output) else None
    _check_target(target, folder, form=form)
    opened = only_rubric(ctx, rubric, asked_until(through, rounds))
    roster, found = read_units(opened.study, units or [])
    if has_errors(found):
        leave(ctx, InputError(found, opened.texts))
    brief = brief_of(opened.study, roster, rubric, units or [], words)
    written = _workbooks(brief, form=form, by_unit=folder is not None)
    if target == files.STANDARD:
        screen.put_bytes(*written.values())
    else:
        outputs = {folder / name if folder else target or Path(name): data for name, data in written.items()}
        check_inputs(outputs, rubric, units or [])
        if folder is not None or target is None:
            check_free(outputs)
        write(outputs, words, quiet=True, folder=folder)
        interim = opened.study.interim
        _tell(outputs, rubric, units or [], folder, "" if interim is None else interim.option, words)
    if found:
        screen.tell_findings(found, {}, words, ctx.color)
    raise typer.Exit(DONE)


def _check_target(target: Path | None, folder: Path | None, *, form: bool) -> None:
    """Refuse what is no workbook; a folder is for forms."""
    if target is None or target == files.STANDARD or (form and folder is not None):
        return
    if folder is not None or target.suffix.lower() != _SUFFIX:
        raise bad_value("-o", str(target), [f"*{_SUFFIX}", *(["FOLDER/"] if form else [])])


def brief_of(study: "Study", roster: "Roster | None", rubric: str, units: list[str], words: Words) -> "Brief":
    """Bring together what is planned from; the workbook names files without their folders, which are ours."""
    from dangjian_score.evidence.template.brief import Brief, asked

    listed = () if roster is None else asked(roster)
    files_named = quoted(Path(rubric).name), _options([Path(name).name for name in units])
    return Brief(study.program, study.asked.entered, words, *files_named, listed)


def _options(units: list[str]) -> str:
    return "".join(f" --units {quoted(name)}" for name in units)


def _workbooks(brief: "Brief", *, form: bool, by_unit: bool) -> Mapping[str, bytes]:
    """Plan and draw them, by the names of files."""
    from dangjian_score.evidence.template import guide
    from dangjian_score.evidence.template.drawing import write

    if by_unit:
        return {name: write(book) for name, book in guide.by_unit(brief).items()}
    book = guide.with_forms(brief) if form else guide.with_matrix(brief)
    return {f"{brief.program.rubric.rubric}{_SUFFIX}": write(book)}


def _tell(
    outputs: Mapping[Path, bytes], rubric: str, units: list[str], folder: Path | None, option: str, words: Words
) -> None:
    where = folder or next(iter(outputs))
    many = folder is not None
    screen.tell(words.text("written many" if many else "written", path=str(where), count=str(len(outputs))))
    args = {"rubric": quoted(rubric), "path": quoted(str(where)), "units": _options(units)}
    screen.tell(words.text("next template", **args, option=option))
