"""`dangjian score`: the main job."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.loading import Opened, open_rubric
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Code, Diagnostic, at_file, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.result import Result
    from dangjian_score.rubric.load import Loaded

_STANDARD_OUTPUT = ("table", "json", "csv")
_FILES = ("json", "csv")


@dataclass(frozen=True, slots=True)
class _Scored:
    """A result and what was noted on the way."""

    loaded: "Loaded"
    result: "Result"
    diagnostics: tuple[Diagnostic, ...]


def score(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC")],
    evidence: Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")],
    output: Annotated[list[str] | None, typer.Option("--output", "-o", help="opt.output", metavar="FILE")] = None,
    form: Annotated[str, typer.Option("--format", help="opt.format", metavar="FORMAT")] = "table",
    unit: Annotated[list[str] | None, typer.Option("--unit", help="opt.unit", metavar="NAME")] = None,
    detail: Annotated[bool, typer.Option("--detail", help="opt.detail")] = False,
    fail_under: Annotated[str | None, typer.Option("--fail-under", help="opt.fail_under", metavar="N")] = None,
) -> None:
    """Read everything, score if nothing is wrong, write every output or none."""
    said: Words = ctx.obj
    targets = [Path(name) for name in output or []]
    _check_choices(form, targets, fail_under)
    opened = open_rubric(rubric)
    scored = _scored(opened, evidence, said, form)
    shown = _known_units(unit or [], scored.result, said)
    _write(targets, rubric, evidence, scored, said)
    _print(form, scored, shown, said, detail=detail)
    raise typer.Exit(_gate(scored.result, fail_under, said))


def _check_choices(form: str, targets: list[Path], fail_under: str | None) -> None:
    from dangjian_score.points import read_number

    if form not in _STANDARD_OUTPUT:
        raise BadChoiceError("--format", form, ", ".join(_STANDARD_OUTPUT))
    for target in targets:
        if target.suffix.lower().lstrip(".") not in _FILES:
            raise BadChoiceError("-o", str(target), ", ".join(f"*.{suffix}" for suffix in _FILES))
    if fail_under is not None and read_number(fail_under) is None:
        raise BadChoiceError("--fail-under", fail_under, "85, 59.5 …")


def _scored(opened: Opened, names: list[str], said: Words, form: str) -> _Scored:
    """Read evidence and score it, or say all that is wrong and leave."""
    if opened.loaded is None:
        _fail(opened, opened.diagnostics, said, form)

    from dangjian_score.checks import evidence as checks
    from dangjian_score.engine.catalogue import catalogue
    from dangjian_score.engine.program import compile_rubric
    from dangjian_score.engine.score import score as score_units
    from dangjian_score.evidence.read import read_evidence

    paths, found = files.evidence_files(names)
    contents = {name: files.read_bytes(path) for name, path in paths.items()}
    found += tuple(content for content in contents.values() if isinstance(content, Diagnostic))
    readable = {name: content for name, content in contents.items() if isinstance(content, bytes)}
    rubric = opened.loaded.rubric
    program = compile_rubric(rubric)
    if readable:
        evidence, noted = read_evidence(readable, rubric, catalogue(program))
        found += (*noted, *checks.check(program, evidence))
    found = tuple(sorted(found, key=lambda one: one.sort_key))
    if has_errors(found):
        _fail(opened, found, said, form)
    return _Scored(opened.loaded, score_units(rubric, evidence), found)


def _fail(opened: Opened, found: tuple[Diagnostic, ...], said: Words, form: str) -> NoReturn:
    from dangjian_score.report.findings import findings_text

    if form == "json":
        from dangjian_score.report.as_json import failure_json

        loaded = opened.loaded
        rubric, source = (loaded.rubric, loaded.source) if loaded else (None, None)
        screen.put_bytes(failure_json(rubric, source, found, said))
    screen.tell(findings_text(found, {opened.name: opened.text}, said))
    screen.tell(said.label("nothing written"))
    raise typer.Exit(exits.UNUSABLE)


def _known_units(wanted: list[str], result: "Result", said: Words) -> list[str]:
    from difflib import get_close_matches

    known = [unit.unit for unit in result.units]
    for name in wanted:
        if name not in known:
            near = next(iter(get_close_matches(name, known, n=1)), "")
            screen.tell(said.label("unknown unit", unit=name, near=near))
            raise typer.Exit(exits.USAGE)
    return wanted


def _write(targets: list[Path], rubric: str, evidence: list[str], scored: _Scored, said: Words) -> None:
    from dangjian_score.report.formats import FORMATS

    if not targets:
        return
    paths, _ = files.evidence_files(evidence)
    inputs = [*paths.values(), *(path for path in [files.rubric_path(rubric)] if isinstance(path, Path))]
    failed: Diagnostic | None = None
    for target in targets:
        if any(files.same_file(target, source) for source in inputs):
            failed = at_file(Code.OUTPUT_OVER_INPUT, str(target), path=str(target))
    outputs = {
        target: FORMATS[target.suffix.lower().lstrip(".")](
            scored.result, scored.loaded.source, scored.diagnostics, said
        )
        for target in targets
    }
    failed = failed or files.write_whole(outputs)
    if failed is not None:
        screen.tell(f"{failed.code} {said.label(failed.severity)}: {said.message(failed)}")
        raise typer.Exit(exits.UNUSABLE)
    for target in targets:
        screen.tell(said.label("written", path=str(target)))


def _print(form: str, scored: _Scored, shown: list[str], said: Words, *, detail: bool) -> None:
    from dangjian_score.report.findings import findings_text

    result = scored.result
    if form != "table":
        from dangjian_score.report.formats import FORMATS

        screen.put_bytes(FORMATS[form](result, scored.loaded.source, scored.diagnostics, said))
    else:
        from dangjian_score.report.table import details, ranking

        screen.show([ranking(result, said, screen.width(sys.stdout), shown)])
        if detail or shown:
            screen.show(details(result, said, shown))
    if scored.diagnostics:
        screen.tell(findings_text(scored.diagnostics, {}, said))
    counts = {"files": str(len(result.evidence)), "units": str(len(result.units))}
    screen.tell(said.label("summary", **counts))


def _gate(result: "Result", fail_under: str | None, said: Words) -> int:
    """Hold every total against what the user asked for."""
    from dangjian_score.points import read_number

    least = None if fail_under is None else read_number(fail_under)
    if least is None:
        return exits.DONE
    low = [unit.unit for unit in result.units if unit.total < least]
    if low:
        screen.tell(said.label("below", count=str(len(low)), least=str(fail_under), units="、".join(low[:20])))
    return exits.FOUND if low else exits.DONE
