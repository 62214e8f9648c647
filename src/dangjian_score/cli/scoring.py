"""From the names of evidence files to a result, or all that is wrong with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from msgspec import Struct

from dangjian_score.cli import exits, gathering, screen
from dangjian_score.cli.files import Opened
from dangjian_score.cli.progress import bars
from dangjian_score.cli.writing import write
from dangjian_score.core.diagnostics import Diagnostic, has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.evidence import Common, Comparing, Parted
    from dangjian_score.checks.study import Study
    from dangjian_score.core.facts import Evidence
    from dangjian_score.engine.program import Program

Found = tuple[Diagnostic, ...]

_PLACES_SHOWN = 3


def sound_part(program: "Program", evidence: "Evidence", found: Found, words: Words) -> "Parted | str":
    """Leave out the units that have errors; a sentence where nothing can be scored."""
    from dangjian_score.checks.evidence import Parted, part

    parted = part(program, evidence, found)
    return parted if isinstance(parted, Parted) and parted.sound.units else _refusal(parted, words)


def _refusal(parted: "Parted | Comparing | Common", words: Words) -> str:
    """Say why not even some of the units can be scored."""
    from dangjian_score.checks.evidence import Common, Comparing

    match parted:
        case Comparing():
            return words.text("partial compares")
        case Common(errors):
            places = "、".join(str(one.place) for one in errors[:_PLACES_SHOWN])
            return words.text("partial common", count=str(len(errors)), places=places)
        case _:
            return words.text("partial nobody")


def write_problems(
    study: "Study", target: Path, inputs: tuple[Mapping[str, bytes], Mapping[str, bytes]], found: Found, words: Words
) -> None:
    """Write the workbook to mail back; say so where there is nothing to write. `inputs` are evidence and rosters."""
    from dangjian_score.evidence.problems import problems_book
    from dangjian_score.evidence.read import expectations

    evidence, rosters = inputs
    expected = expectations(study.loaded.rubric, study.names)
    data = problems_book(evidence, rosters.keys() - evidence.keys(), found, expected, words)
    if data is None:
        screen.tell(words.text("no problems", path=str(target)))
        return
    write({target: data}, words)


if TYPE_CHECKING:
    from dangjian_score.checks.study import Study
    from dangjian_score.core.facts import Evidence
    from dangjian_score.core.watching import Watch
    from dangjian_score.engine.result import Result, Unscored
    from dangjian_score.rubric.load import Loaded


class Inputs(Struct, frozen=True):
    """Files that were read, by what results call them: evidence, and rosters of units."""

    evidence: Mapping[str, bytes]
    units: Mapping[str, bytes]


class Handed(Struct, frozen=True):
    """What the user hands in, and how it is to be taken.

    `partial`: units without errors are scored alone; `quiet`: nothing is said that need not be; `problems`: the
    workbook to be written for those who have something to put right. `beside` is other evidence, from whose files these
    are told by name; `own` takes of forms what units say of themselves; `inputs` are files that were read before.
    """

    evidence: list[str]
    roster: list[str]
    form: str = "table"
    partial: bool = False
    quiet: bool = False
    problems: Path | None = None
    beside: tuple[str, ...] = ()
    own: bool = False
    inputs: Inputs | None = None


class EvidenceRead(Struct, frozen=True):
    """What the files hold, as they are and as evidence (None: nothing could be read), and what is to be said of it."""

    inputs: Inputs
    evidence: "Evidence | None"
    found: Found


class Scored(Struct, frozen=True):
    """A result, what it was made from, and what was noted on the way."""

    loaded: "Loaded"
    inputs: Inputs
    evidence: "Evidence"
    result: "Result"
    diagnostics: tuple[Diagnostic, ...]

    @property
    def units(self) -> list[str]:
        """Name the units that were scored."""
        return [unit.unit for unit in self.result.units]


def scored(ctx: typer.Context, opened: Opened, handed: Handed) -> Scored:
    """Read evidence and score it, or say all that is wrong and leave."""
    if opened.study is None:
        fail(ctx, opened, opened.diagnostics, handed.form)
    words: Words = ctx.obj
    watch = bars(words, quiet=handed.quiet)
    done = read(opened.study, handed, watch)
    evidence, found = done.evidence, done.found
    if evidence is None:
        fail(ctx, opened, found, handed.form)
    unscored: tuple[Unscored, ...] = ()
    if handed.problems is not None:
        inputs = done.inputs.evidence, done.inputs.units
        write_problems(opened.study, handed.problems, inputs, found, words)
    if has_errors(found):
        parted = sound_part(opened.study.program, evidence, found, words) if handed.partial else None
        if parted is None or isinstance(parted, str):
            fail(ctx, opened, found, handed.form, parted)
        evidence, unscored = parted.sound, parted.unscored
    return _score(opened.study, done.inputs, evidence, found, watch, unscored)


def attempt(study: "Study", handed: Handed, watch: "Watch") -> Scored | Found:
    """Read evidence and score it, or give all that is wrong."""
    done = read(study, handed, watch)
    if done.evidence is None or has_errors(done.found):
        return done.found
    return _score(study, done.inputs, done.evidence, done.found, watch)


def read(study: "Study", handed: Handed, watch: "Watch") -> EvidenceRead:
    """Read evidence and rosters, and check what they say."""
    from dangjian_score.checks import evidence as checks
    from dangjian_score.evidence.read import read_evidence

    inputs, found = _gathered(handed)
    if not inputs.evidence:
        return EvidenceRead(inputs, None, _sorted(found))
    rubric, rosters = study.loaded.rubric, inputs.units or None
    evidence, noted = read_evidence(inputs.evidence, rubric, study.names, rosters, watch, own=handed.own)
    found = _sorted((*found, *noted, *checks.check(study.program, evidence)))
    return EvidenceRead(inputs, evidence, found)


def _gathered(handed: Handed) -> tuple[Inputs, Found]:
    """Read the files, where they are not there yet."""
    if handed.inputs is not None:
        return handed.inputs, ()
    evidence, found = gathering.read_all(handed.evidence, handed.beside)
    rosters, more = gathering.read_all(handed.roster)
    return Inputs(evidence, rosters), (*found, *more)


def _score(
    study: "Study",
    inputs: Inputs,
    evidence: "Evidence",
    found: Found,
    watch: "Watch",
    unscored: "tuple[Unscored, ...]" = (),
) -> Scored:
    from dangjian_score.checks import openness
    from dangjian_score.engine.score import score as score_units

    result = score_units(study.loaded.rubric, evidence, unscored, watch)
    diagnostics = _sorted((*found, *openness.still_open(result, study.loaded.source)))
    return Scored(study.loaded, inputs, evidence, result, diagnostics)


def _sorted(found: Found) -> Found:
    return tuple(sorted(found, key=lambda one: one.sort_key))


def fail(ctx: typer.Context, opened: Opened, found: Found, form: str, why: str | None = None) -> NoReturn:
    """Say what is wrong, in JSON as well where that is asked for, and leave."""
    if form == "json":
        from dangjian_score.report.as_json import failure_json

        loaded = opened.study.loaded if opened.study else None
        rubric, source = (loaded.rubric, loaded.source) if loaded else (None, None)
        screen.put_bytes(failure_json(rubric, source, found, ctx.obj))
    leave(ctx, opened, found, why)


def leave(ctx: typer.Context, opened: Opened, found: Found, why: str | None = None) -> NoReturn:
    """Say what is wrong with the input, and leave."""
    words: Words = ctx.obj
    screen.tell_findings(found, {opened.name: opened.text}, words, ctx.color)
    screen.tell(why or words.text("nothing written"))
    raise typer.Exit(exits.UNUSABLE)


def known_units(wanted: list[str], known: Sequence[str], words: Words) -> list[str]:
    """Hold the units a user named against those there are."""
    from difflib import get_close_matches

    for name in wanted:
        if name not in known:
            near = next(iter(get_close_matches(name, known, n=1)), "")
            screen.tell(words.text("unknown unit", unit=name, near=near))
            raise typer.Exit(exits.USAGE)
    return wanted
