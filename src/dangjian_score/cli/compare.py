"""`dangjian compare`: self-assessment beside assessment, or two years, per unit and item."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.completion import one_of, rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.outputs import suffix, targets, write
from dangjian_score.cli.scoring import Scored, attempt, known_units, leave
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.engine.compare import Comparison
    from dangjian_score.engine.outcome import Outcome
    from dangjian_score.report.comparison.view import Sides

_STANDARD_OUTPUT: Final = ("table", "json")
_FILES: Final = ("xlsx", "json")


@dataclass(frozen=True, slots=True)
class _Side:
    """One side: what it comes to, where it could be read, and what was found on the way."""

    outcome: "Outcome | None"
    found: tuple[Diagnostic, ...]


def compare(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    a: Annotated[str, typer.Argument(help="opt.side_a", metavar="A")],
    b: Annotated[str | None, typer.Argument(help="opt.side_b", metavar="B", show_default=False)] = None,
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", help="opt.compare_output", metavar="FILE")
    ] = None,
    form: Annotated[
        str,
        typer.Option("--format", help="opt.compare_format", metavar="FORMAT", autocompletion=one_of(*_STANDARD_OUTPUT)),
    ] = "table",
    unit: Annotated[list[str] | None, typer.Option("--unit", help="opt.compare_unit", metavar="NAME")] = None,
) -> None:
    """Read both sides, set them beside each other, write every output or none."""
    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    if b is None and _is_result(a):
        screen.tell(ctx.obj.label("needs b"))
        raise typer.Exit(exits.USAGE)
    outputs = targets(output, _FILES)
    opened = open_rubric(rubric)
    sides = _names(a, b)
    if opened.study is None:
        _fail(ctx, opened, sides, opened.diagnostics, form)
    study = opened.study
    second = _side(study, b or a, [a], units or [])
    first = _side(study, a, [b], units or []) if b is not None else _own_side(study, a, units or [])
    found = tuple(sorted(dict.fromkeys((*first.found, *second.found)), key=lambda one: one.sort_key))
    if first.outcome is None or second.outcome is None:
        _fail(ctx, opened, sides, found, form)

    from dangjian_score.engine.compare import compare as compared

    comparison = compared(first.outcome, second.outcome)
    shown = known_units(unit or [], [pair.unit for pair in comparison.units], ctx.obj)
    subject = study.loaded.rubric.subject
    written = {target: _bytes(suffix(target), comparison, sides, subject, found, ctx.obj) for target in outputs}
    write(written, rubric, [a, *([b] if b else []), *(units or [])], ctx.obj)
    _print(ctx, form, comparison, sides, subject, shown, found)
    raise typer.Exit(exits.DONE)


def _names(a: str, b: str | None) -> "Sides":
    """Call the sides by their files, as briefly as tells them apart."""
    from dangjian_score.report.comparison.view import SELF_ASSESSED, Sides

    if b is None:
        return Sides((Path(a).name, Path(a).name), SELF_ASSESSED)
    short = {path: name for name, path in files.short_names(dict.fromkeys([Path(a), Path(b)])).items()}
    first, second = (files.STANDARD_INPUT if path == files.STANDARD else short[path] for path in (Path(a), Path(b)))
    return Sides((first, second))


def _side(study: "Study", name: str, beside: list[str], roster: list[str]) -> _Side:
    """Take a result as it stands; score evidence."""
    if _is_result(name):
        return _read_result(study, name)
    return _scored(attempt(study, [name], roster, beside))


def _own_side(study: "Study", name: str, roster: list[str]) -> _Side:
    """Score what units say of themselves; where they say nothing, that is all there is to tell."""
    side = _scored(attempt(study, [name], roster, own=True))
    nothing = tuple(one for one in side.found if one.code is Code.NO_SELF_ASSESSMENT)
    return _Side(None, nothing) if nothing else side


def _is_result(name: str) -> bool:
    path = Path(name)
    return path == files.STANDARD or (path.suffix.lower() == ".json" and not files.is_folder(path))


def _scored(done: Scored | tuple[Diagnostic, ...]) -> _Side:
    from dangjian_score.engine.outcome import outcome_of

    if not isinstance(done, Scored):
        return _Side(None, done)
    return _Side(outcome_of(done.result, done.loaded.source), done.diagnostics)


def _read_result(study: "Study", name: str) -> _Side:
    from dangjian_score.evidence.outcomes import MAX_BYTES, read_outcome

    path = Path(name)
    data = files.read_bytes(path, MAX_BYTES + 1)
    if isinstance(data, Diagnostic):
        return _Side(None, (data,))
    called = files.STANDARD_INPUT if path == files.STANDARD else name
    read = read_outcome(data, called)
    if isinstance(read, tuple):
        return _Side(None, read)
    expected = study.loaded.rubric.rubric
    other = at_file(Code.RESULT_OF_ANOTHER, called, title=read.title, found=read.rubric, rubric=expected)
    return _Side(read, (other,) if read.rubric != expected else ())


def _bytes(
    form: str,
    comparison: "Comparison",
    sides: "Sides",
    subject: str,
    found: tuple[Diagnostic, ...],
    said: Words,
) -> bytes:
    from dangjian_score.report.comparison.as_json import comparison_json
    from dangjian_score.report.comparison.view import view

    if form == "json":
        return comparison_json(comparison, sides, found, said)

    from dangjian_score.report.comparison.as_xlsx import comparison_xlsx

    return comparison_xlsx(view(comparison, said), sides, subject, said)


def _fail(ctx: typer.Context, opened: Opened, sides: "Sides", found: tuple[Diagnostic, ...], form: str) -> NoReturn:
    if form == "json":
        from dangjian_score.report.comparison.as_json import comparison_json

        screen.put_bytes(comparison_json(None, sides, found, ctx.obj))
    leave(ctx, opened, found)


def _print(
    ctx: typer.Context,
    form: str,
    comparison: "Comparison",
    sides: "Sides",
    subject: str,
    shown: list[str],
    found: tuple[Diagnostic, ...],
) -> None:
    said: Words = ctx.obj
    if form == "json":
        screen.put_bytes(_bytes(form, comparison, sides, subject, found, said))
    else:
        from dangjian_score.report.comparison.table import comparison_table
        from dangjian_score.report.comparison.view import view

        width = screen.width(sys.stdout)
        screen.show(comparison_table(view(comparison, said), sides, subject, said, width, shown), ctx.color)
    if found:
        screen.tell_findings(found, {}, said, ctx.color)
