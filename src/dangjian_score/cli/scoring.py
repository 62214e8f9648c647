"""From the names of evidence files to a result, or all that is wrong with them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.loading import Opened
from dangjian_score.diagnostics import Diagnostic, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.result import Result
    from dangjian_score.rubric.load import Loaded


@dataclass(frozen=True, slots=True)
class Scored:
    """A result and what was noted on the way."""

    loaded: "Loaded"
    result: "Result"
    diagnostics: tuple[Diagnostic, ...]


def scored(ctx: typer.Context, opened: Opened, names: list[str], roster: list[str], form: str) -> Scored:
    """Read evidence and score it, or say all that is wrong and leave."""
    if opened.study is None:
        fail(ctx, opened, opened.diagnostics, form)

    from dangjian_score.checks import evidence as checks
    from dangjian_score.checks import standing
    from dangjian_score.engine.score import score as score_units
    from dangjian_score.evidence.read import read_evidence

    readable, found = files.read_all(names)
    rosters, more = files.read_all(roster)
    found += more
    loaded, rubric = opened.study.loaded, opened.study.loaded.rubric
    if readable:
        evidence, noted = read_evidence(readable, rubric, opened.study.names, rosters or None)
        found += (*noted, *checks.check(opened.study.program, evidence))
    if has_errors(found):
        fail(ctx, opened, _sorted(found), form)
    result = score_units(rubric, evidence)
    return Scored(loaded, result, _sorted((*found, *standing.check(result, loaded.source))))


def _sorted(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(found, key=lambda one: one.sort_key))


def fail(ctx: typer.Context, opened: Opened, found: tuple[Diagnostic, ...], form: str) -> NoReturn:
    """Say what is wrong, in JSON as well where that is asked for, and leave."""
    said: Words = ctx.obj
    if form == "json":
        from dangjian_score.report.as_json import failure_json

        loaded = opened.study.loaded if opened.study else None
        rubric, source = (loaded.rubric, loaded.source) if loaded else (None, None)
        screen.put_bytes(failure_json(rubric, source, found, said))
    screen.tell_findings(found, {opened.name: opened.text}, said, ctx.color)
    screen.tell(said.label("nothing written"))
    raise typer.Exit(exits.UNUSABLE)


def known_units(wanted: list[str], result: "Result", said: Words) -> list[str]:
    """Hold the units a user named against those there are."""
    from difflib import get_close_matches

    known = [unit.unit for unit in result.units]
    for name in wanted:
        if name not in known:
            near = next(iter(get_close_matches(name, known, n=1)), "")
            screen.tell(said.label("unknown unit", unit=name, near=near))
            raise typer.Exit(exits.USAGE)
    return wanted
