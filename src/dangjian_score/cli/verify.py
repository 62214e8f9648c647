"""`dangjian verify`: is a kept result what its files come to."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from dangjian_score.api import files
from dangjian_score.api.assessment import Assessment
from dangjian_score.api.inputs import Findings, InputError, evidence_of, gather, load_rubric, rubric_of
from dangjian_score.cli import DONE, FOUND, USAGE, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.scoring import leave, scored, scored_in_part
from dangjian_score.core.archives import Pack
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.watching import unwatched
from dangjian_score.words.say import LANGUAGES, Words, load_words


def verify(
    ctx: typer.Context,
    result: Annotated[str, typer.Argument(help="opt.kept", metavar="RESULT")],
    rubric: Annotated[
        str | None, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids, show_default=False)
    ] = None,
    evidence: Annotated[
        list[str] | None, typer.Argument(help="opt.evidence", metavar="EVIDENCE", show_default=False)
    ] = None,
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="opt.quiet")] = False,
) -> None:
    """Score the files anew and say whether the kept result is the same, or where it differs first."""
    words: Words = ctx.obj
    kept, pack = _kept(ctx, result)
    watch = screen.bars(words, quiet=quiet)
    if rubric is not None and evidence:
        read = gather(load_rubric(rubric), evidence, units or [], watch)
    elif pack is not None and rubric is None and not units:
        evidence_in, rosters_in = files.FilesRead(pack.evidence), files.FilesRead(pack.units)
        read = evidence_of(rubric_of(*pack.rubric), evidence_in, rosters_in, watch)
    else:
        screen.tell(words.text("verify needs"))
        raise typer.Exit(USAGE)
    done = scored_in_part(ctx, read, watch) if kept.get("unscored") else scored(read, watch)
    raise typer.Exit(_compared(kept, _written(done, kept), () if pack is None else pack.changed, words))


def _kept(ctx: typer.Context, name: str) -> tuple[Mapping[str, Any], Pack | None]:
    """Read a result, and the pack that it lies in, if any; or print why it is neither and exit."""
    from dangjian_score.core import archives

    path = Path(name)
    data = files.read_bytes(path, archives.MAX_BYTES + 1)
    called = files.STANDARD_INPUT if path == files.STANDARD else name
    if isinstance(data, Diagnostic):
        _leave(ctx, (data,))
    if not archives.is_pack(data):
        return _checked(ctx, data, called), None
    pack = archives.from_bytes(data)
    if not isinstance(pack, archives.Pack):
        _leave(ctx, (at_file(Code.PACK_UNUSABLE, called, reason=pack),))
    return _checked(ctx, pack.result, called), pack


def _checked(ctx: typer.Context, data: bytes, name: str) -> Mapping[str, Any]:
    """Take a result as it stands, or print why it is none and exit."""
    from dangjian_score.evidence.outcomes import read_outcome

    read = read_outcome(data, name)
    if isinstance(read, tuple):
        _leave(ctx, read)
    document: dict[str, Any] = json.loads(data.decode("utf-8-sig"))
    return document


def _leave(ctx: typer.Context, findings: Findings) -> NoReturn:
    words: Words = ctx.obj
    leave(ctx, InputError(findings, {}), words.text("nothing verified"))


def _written(done: Assessment, kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the new result as the kept result was written: in its language, made public if that was."""
    from dangjian_score.report.as_json import result_json

    words = load_words(next((language for language in LANGUAGES if language == kept.get("language")), "zh"))
    view = done.view(words, public=kept.get("public") is True)
    document: dict[str, Any] = json.loads(result_json(view, unwatched))
    return document


def _compared(kept: Mapping[str, Any], anew: Mapping[str, Any], changed: Collection[str], words: Words) -> int:
    """Say that the two are the same, or name the first difference."""
    from dangjian_score.report.verification import differences, sentence

    versions = [str(document["tool"]["version"]) for document in (kept, anew)]
    if versions[0] != versions[1]:
        screen.tell(words.text("other version", was=versions[0], now=versions[1]))
    for path in changed:
        screen.put(words.text("pack changed", path=path))
    found = differences(kept, anew)
    inputs = [difference for difference in found if difference.is_input]
    shown = [*inputs, *found[len(inputs) :][:1]]
    for difference in shown:
        screen.put(sentence(difference, words))
    if len(found) > len(shown):
        screen.put(words.text("more differences", count=str(len(found) - len(shown))))
    if found or changed:
        return FOUND
    screen.put(words.text("verified", units=str(len(anew["units"])), version=versions[1]))
    return DONE
