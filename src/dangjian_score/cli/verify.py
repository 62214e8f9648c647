"""`dangjian verify`: is a kept result what its files come to."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.files import Opened, open_rubric, opened
from dangjian_score.cli.scoring import Found, Handed, Inputs, Scored, leave, scored
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.names import visible
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
    kept = _kept(ctx, result)
    if rubric is not None and evidence:
        source, handed = open_rubric(rubric), Handed(evidence, units or [])
    elif kept.packed is not None and rubric is None and not units:
        source, handed = kept.packed
    else:
        screen.tell(words.text("verify needs"))
        raise typer.Exit(exits.USAGE)
    handed = replace(handed, partial=bool(kept.document.get("unscored")), quiet=quiet)
    anew = _written(scored(ctx, source, handed), kept.document)
    raise typer.Exit(_compared(kept, anew, words))


class _Kept(Struct, frozen=True):
    """A kept result; of a pack also what it was made from, and the files that are not what its manifest says."""

    document: Mapping[str, Any]
    packed: tuple[Opened, Handed] | None = None
    changed: tuple[str, ...] = ()


def _kept(ctx: typer.Context, name: str) -> _Kept:
    """Read a result or a pack, or say why it is neither and leave."""
    from dangjian_score.core import archives

    path = Path(name)
    data = files.read_bytes(path, archives.MAX_BYTES + 1)
    called = files.STANDARD_INPUT if path == files.STANDARD else name
    if isinstance(data, Diagnostic):
        _leave(ctx, called, (data,))
    if not archives.is_pack(data):
        return _Kept(_checked(ctx, data, called))
    pack = archives.from_bytes(data)
    if not isinstance(pack, archives.Pack):
        _leave(ctx, called, (at_file(Code.PACK_UNUSABLE, called, reason=pack),))
    packed = opened(*pack.rubric), Handed([], [], inputs=Inputs(pack.evidence, pack.units))
    return _Kept(_checked(ctx, pack.result, called), packed, pack.changed)


def _checked(ctx: typer.Context, data: bytes, name: str) -> Mapping[str, Any]:
    """Take a result as it stands; where it is none, what is wrong with it is said."""
    from dangjian_score.evidence.outcomes import read_outcome

    read = read_outcome(data, name)
    if isinstance(read, tuple):
        _leave(ctx, name, read)
    document: dict[str, Any] = json.loads(data.decode("utf-8-sig"))
    return document


def _leave(ctx: typer.Context, name: str, found: Found) -> NoReturn:
    words: Words = ctx.obj
    leave(ctx, Opened(name, b"", None, ()), found, words.text("nothing verified"))


def _written(done: Scored, kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the new result as the kept one was: in its language, made public if that was."""
    from dangjian_score.report.as_json import result_json
    from dangjian_score.report.view import view_of

    words = load_words(next((one for one in LANGUAGES if one == kept.get("language")), "zh"))
    view = view_of(done.result, done.loaded.source, done.diagnostics, words, public=kept.get("public") is True)
    document: dict[str, Any] = json.loads(result_json(view, unwatched))
    return document


def _compared(kept: _Kept, anew: Mapping[str, Any], words: Words) -> int:
    """Say that the two are the same, or name the first difference."""
    from dangjian_score.report.verification import differences, sentence

    versions = [str(one["tool"]["version"]) for one in (kept.document, anew)]
    if versions[0] != versions[1]:
        screen.tell(words.text("other version", was=versions[0], now=versions[1]))
    for path in kept.changed:
        screen.put(words.text("pack changed", path=visible(path)))
    found = differences(kept.document, anew)
    inputs = [one for one in found if one.is_input]
    told = [*inputs, *found[len(inputs) :][:1]]
    for one in told:
        screen.put(visible(sentence(one, words)))
    if len(found) > len(told):
        screen.put(words.text("more differences", count=str(len(found) - len(told))))
    if found or kept.changed:
        return exits.FOUND
    screen.put(words.text("verified", units=str(len(anew["units"])), version=versions[1]))
    return exits.DONE
