"""`dangjian verify`: is a kept result what its files come to."""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from msgspec import Struct

from dangjian_score.api import files
from dangjian_score.api.assessment import Assessment
from dangjian_score.api.inputs import Findings, InputError, evidence_of, gather, load_rubric, rubric_of
from dangjian_score.cli import FOUND, USAGE, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.interim import Until
from dangjian_score.cli.scoring import leave, scored_in_part
from dangjian_score.cli.usage import bad_value
from dangjian_score.core import __version__, limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.watching import unwatched
from dangjian_score.words.say import LANGUAGES, Words, load_words

if TYPE_CHECKING:
    from dangjian_score.core.packs import OpenedPack, PackChange

_SHA256: Final = re.compile("[0-9A-Fa-f]{64}")


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
    noted: Annotated[str | None, typer.Option("--sha256", help="opt.sha256", metavar="HEX")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="opt.quiet")] = False,
) -> None:
    """Score the files anew and say whether the kept result is the same, or where it differs first."""
    words: Words = ctx.obj
    if noted is not None and not _SHA256.fullmatch(noted):
        raise bad_value("--sha256", noted, [words.text("hex digits")])
    kept = _kept(ctx, result)
    watch = screen.bars(words, quiet=quiet)
    until = _until(kept.document)
    if rubric is not None and evidence:
        read = gather(until.of(load_rubric(rubric)), evidence, units or [], watch)
    elif kept.opened is not None and rubric is None and not units:
        pack = kept.opened.pack
        read = evidence_of(
            until.of(rubric_of(*pack.rubric)), files.FilesRead(pack.evidence), files.FilesRead(pack.units), watch
        )
    else:
        screen.tell(words.text("verify needs"))
        raise typer.Exit(USAGE)
    is_noted = noted is None or noted.lower() == kept.sha256
    if not is_noted:
        screen.put(words.text("other sha256", sha256=kept.sha256))
    done = scored_in_part(ctx, read, watch)
    is_same = _is_same(kept, _written(done, kept.document), words)
    if not (is_noted and is_same):
        raise typer.Exit(FOUND)
    screen.put(words.text("verified", units=str(len(done.result.units)), version=__version__))
    figures = [figure for unit in done.result.units for figure in unit.taken.values()]
    if apart := sorted({unit.cell.file for figure in figures for unit in figure.units}):
        screen.put(words.text("verified apart", files="、".join(apart)))


class _Kept(Struct, frozen=True):
    """A result that was kept, the hash of its file, and the pack that it lies in, if any."""

    document: Mapping[str, Any]
    sha256: str
    opened: "OpenedPack | None"


def _kept(ctx: typer.Context, name: str) -> _Kept:
    """Read a result or a pack; or print why it is neither and exit."""
    from dangjian_score.core import packs
    from dangjian_score.evidence.outcomes import read_result

    path = Path(name)
    data = files.read_bytes(path, limits.MAX_PACK + 1)
    if isinstance(data, Diagnostic):
        _leave(ctx, (data,))
    called = files.STANDARD_INPUT if path == files.STANDARD else name
    opened = packs.from_bytes(data) if packs.is_pack(data) else None
    if isinstance(opened, str):
        _leave(ctx, (at_file(Code.PACK_UNUSABLE, called, reason=opened),))
    document = read_result(data if opened is None else opened.pack.result, called)
    if isinstance(document, tuple):
        _leave(ctx, document)
    return _Kept(document, sha256(data).hexdigest(), opened)


def _until(document: Mapping[str, Any]) -> Until:
    """Return how far a kept result goes."""
    from dangjian_score.evidence.outcomes import interim_of

    interim = interim_of(document)
    return Until() if interim is None else Until(interim.through, interim.rounds)


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


def _is_same(kept: _Kept, anew: Mapping[str, Any], words: Words) -> bool:
    """Return whether the two are the same; name what is odd about the pack, and the first difference."""
    from dangjian_score.report.verification import differences, sentence

    version = kept.document["tool"]["version"]
    if version != __version__:
        screen.tell(words.text("other version", was=version, now=__version__))
    odd = [] if kept.opened is None else list(_oddities(kept.opened, version))
    for change in odd:
        screen.put(words.text(change.oddity, path=change.path))
    found = differences(kept.document, anew)
    inputs = [difference for difference in found if difference.is_input]
    shown = [*inputs, *found[len(inputs) :][:1]]
    for difference in shown:
        screen.put(sentence(difference, words))
    if found and all(difference.is_content for difference in found):
        screen.put(words.text("nothing moved"))
    if len(found) > len(shown):
        screen.put(words.text("more differences", count=str(len(found) - len(shown))))
    return not (found or odd)


def _oddities(opened: "OpenedPack", version: str) -> Iterator["PackChange"]:
    """Find what in a pack is not as it was written, the version in its manifest included."""
    from dangjian_score.core.packs import MANIFEST, PackChange

    yield from opened.changes
    if opened.pack.version != version:
        yield PackChange("pack listing", MANIFEST)
