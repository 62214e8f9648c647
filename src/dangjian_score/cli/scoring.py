"""From the names of evidence files to a result, or all that is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.loading import Opened
from dangjian_score.diagnostics import Diagnostic, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.engine.result import Result
    from dangjian_score.facts import Evidence
    from dangjian_score.rubric.load import Loaded


@dataclass(frozen=True, slots=True)
class Scored:
    """A result and what was noted on the way."""

    loaded: "Loaded"
    result: "Result"
    diagnostics: tuple[Diagnostic, ...]

    @property
    def units(self) -> list[str]:
        """Name the units that were scored."""
        return [unit.unit for unit in self.result.units]


def scored(ctx: typer.Context, opened: Opened, names: list[str], roster: list[str], form: str) -> Scored:
    """Read evidence and score it, or say all that is wrong and leave."""
    if opened.study is None:
        fail(ctx, opened, opened.diagnostics, form)
    done = attempt(opened.study, names, roster)
    if not isinstance(done, Scored):
        fail(ctx, opened, done, form)
    return done


def attempt(
    study: "Study", names: list[str], roster: list[str], beside: list[str] | None = None, *, own: bool = False
) -> Scored | tuple[Diagnostic, ...]:
    """Read evidence and score it, or give all that is wrong.

    `beside` as for `files.read_all`; `own` scores what units say of themselves.
    """
    from dangjian_score.checks import standing
    from dangjian_score.engine.score import score as score_units

    evidence, found = read(study, names, roster, beside, own=own)
    if evidence is None:
        return found
    result = score_units(study.loaded.rubric, evidence)
    return Scored(study.loaded, result, _sorted((*found, *standing.check(result, study.loaded.source))))


def read(
    study: "Study", names: list[str], roster: list[str], beside: list[str] | None = None, *, own: bool = False
) -> tuple["Evidence | None", tuple[Diagnostic, ...]]:
    """Read evidence and what is to be said of it; None where it cannot be scored."""
    from dangjian_score.checks import evidence as checks
    from dangjian_score.evidence.read import read_evidence

    readable, found = files.read_all(names, beside or [])
    rosters, more = files.read_all(roster)
    found += more
    evidence: Evidence | None = None
    if readable:
        evidence, noted = read_evidence(readable, study.loaded.rubric, study.names, rosters or None, own=own)
        found += (*noted, *checks.check(study.program, evidence))
    return None if has_errors(found) else evidence, _sorted(found)


def _sorted(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(found, key=lambda one: one.sort_key))


def fail(ctx: typer.Context, opened: Opened, found: tuple[Diagnostic, ...], form: str) -> NoReturn:
    """Say what is wrong, in JSON as well where that is asked for, and leave."""
    if form == "json":
        from dangjian_score.report.as_json import failure_json

        loaded = opened.study.loaded if opened.study else None
        rubric, source = (loaded.rubric, loaded.source) if loaded else (None, None)
        screen.put_bytes(failure_json(rubric, source, found, ctx.obj))
    leave(ctx, opened, found)


def leave(ctx: typer.Context, opened: Opened, found: tuple[Diagnostic, ...]) -> NoReturn:
    """Say what is wrong with the input, and leave."""
    said: Words = ctx.obj
    screen.tell_findings(found, {opened.name: opened.text}, said, ctx.color)
    screen.tell(said.label("nothing written"))
    raise typer.Exit(exits.UNUSABLE)


def known_units(wanted: list[str], known: Sequence[str], said: Words) -> list[str]:
    """Hold the units a user named against those there are."""
    from difflib import get_close_matches

    for name in wanted:
        if name not in known:
            near = next(iter(get_close_matches(name, known, n=1)), "")
            screen.tell(said.label("unknown unit", unit=name, near=near))
            raise typer.Exit(exits.USAGE)
    return wanted
