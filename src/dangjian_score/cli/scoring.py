"""From the names of evidence files to a result, or all that is wrong with them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.loading import Opened
from dangjian_score.cli.progress import bars
from dangjian_score.diagnostics import Diagnostic, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.partial import Common, Comparing, Parted
    from dangjian_score.checks.study import Study
    from dangjian_score.engine.program import Program
    from dangjian_score.engine.result import Result, Unscored
    from dangjian_score.facts import Evidence
    from dangjian_score.rubric.load import Loaded


Found = tuple[Diagnostic, ...]

_PLACES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Handed:
    """What the user hands in, and how it is to be taken.

    `partial`: units without errors are scored alone; `quiet`: nothing is said that need not be; `problems`: the
    workbook to be written for those who have something to put right.
    """

    evidence: list[str]
    roster: list[str]
    form: str = "table"
    partial: bool = False
    quiet: bool = False
    problems: Path | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A result and what was noted on the way."""

    loaded: "Loaded"
    result: "Result"
    diagnostics: tuple[Diagnostic, ...]


def scored(ctx: typer.Context, opened: Opened, handed: Handed) -> Scored:
    """Read evidence and score it, or say all that is wrong and leave."""
    if opened.study is None:
        fail(ctx, opened, opened.diagnostics, handed.form)

    from dangjian_score.checks import evidence as checks
    from dangjian_score.checks import standing
    from dangjian_score.engine.score import score as score_units
    from dangjian_score.evidence.read import read_evidence

    said: Words = ctx.obj
    watch = bars(said, quiet=handed.quiet)
    readable, found = files.read_all(handed.evidence)
    rosters, more = files.read_all(handed.roster)
    found += more
    loaded, program = opened.study.loaded, opened.study.program
    if not readable:
        fail(ctx, opened, _sorted(found), handed.form)
    evidence, noted = read_evidence(readable, loaded.rubric, opened.study.names, rosters or None, watch)
    found = _sorted((*found, *noted, *checks.check(program, evidence)))
    unscored: tuple[Unscored, ...] = ()
    if handed.problems is not None:
        _write_problems(opened.study, handed.problems, {**rosters, **readable}, found, said)
    if has_errors(found):
        if not handed.partial:
            fail(ctx, opened, found, handed.form)
        evidence, unscored = _parted(ctx, opened, program, evidence, found, handed.form)
    result = score_units(loaded.rubric, evidence, unscored, watch)
    return Scored(loaded, result, _sorted((*found, *standing.check(result, loaded.source))))


def _parted(
    ctx: typer.Context, opened: Opened, program: "Program", evidence: "Evidence", found: Found, form: str
) -> "tuple[Evidence, tuple[Unscored, ...]]":
    """Leave out the units that have errors, or say why nothing can be scored and leave."""
    from dangjian_score.checks.partial import Parted, part

    parted = part(program, evidence, found)
    if not isinstance(parted, Parted) or not parted.sound.units:
        fail(ctx, opened, found, form, _refusal(parted, ctx.obj))
    return parted.sound, parted.unscored


def _refusal(parted: "Parted | Comparing | Common", said: Words) -> str:
    """Say why not even some of the units can be scored."""
    from dangjian_score.checks.partial import Common, Comparing

    match parted:
        case Comparing():
            return said.label("partial compares")
        case Common(errors):
            places = "、".join(str(one.place) for one in errors[:_PLACES_SHOWN])
            return said.label("partial common", count=str(len(errors)), places=places)
        case _:
            return said.label("partial nobody")


def _write_problems(study: "Study", target: Path, readable: dict[str, bytes], found: Found, said: Words) -> None:
    """Write the workbook to mail back; say so where there is nothing to write."""
    from dangjian_score.evidence.problems import problems_book
    from dangjian_score.evidence.read import expectations

    data = problems_book(readable, found, expectations(study.loaded.rubric, study.names), said)
    if data is None:
        screen.tell(said.label("no problems", path=str(target)))
        return
    failed = files.write_whole({target: data})
    if failed is not None:
        screen.tell(f"{failed.code} {said.label(failed.severity)}: {said.message(failed)}")
        raise typer.Exit(exits.UNUSABLE)
    screen.tell(said.label("written", path=str(target)))


def _sorted(found: Found) -> Found:
    return tuple(sorted(found, key=lambda one: one.sort_key))


def fail(ctx: typer.Context, opened: Opened, found: Found, form: str, why: str | None = None) -> NoReturn:
    """Say what is wrong, in JSON as well where that is asked for, and leave."""
    said: Words = ctx.obj
    if form == "json":
        from dangjian_score.report.as_json import failure_json

        loaded = opened.study.loaded if opened.study else None
        rubric, source = (loaded.rubric, loaded.source) if loaded else (None, None)
        screen.put_bytes(failure_json(rubric, source, found, said))
    screen.tell_findings(found, {opened.name: opened.text}, said, ctx.color)
    screen.tell(why or said.label("nothing written"))
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
