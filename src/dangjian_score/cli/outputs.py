"""Files that a command was asked to write: all of them or none, never over what was read."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

import typer

from dangjian_score.cli import exits, files, gathering, screen
from dangjian_score.cli.own import is_own
from dangjian_score.cli.usage import BadChoiceError, SameOutputError
from dangjian_score.cli.writing import identity, is_taken, write_whole
from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.words.say import Words


def suffix(target: Path) -> str:
    """Give the format that a file's name asks for."""
    return target.suffix.lower().lstrip(".")


def targets(names: Iterable[str] | None, known: Iterable[str]) -> list[Path]:
    """Take the files to be written; a suffix that is no format is a usage error. `-` gets the results anyhow."""
    formats = [*known]
    paths = [Path(name) for name in names or () if Path(name) != files.STANDARD]
    for path in paths:
        if suffix(path) not in formats:
            raise BadChoiceError("-o", str(path), ", ".join(f"*.{one}" for one in formats))
    return paths


def check_inputs(
    outputs: Iterable[Path], rubric: str, evidence: Iterable[str], said: Words, others: Iterable[str] = ()
) -> None:
    """Refuse to write two results to one file, or over what is read: the rubric, the evidence, and `others`.

    A result of an earlier run that lies among the evidence is not read, so it may be replaced.
    """
    named: dict[object, Path] = {}
    for target in outputs:
        if (first := named.setdefault(identity(target), target)) is not target:
            raise SameOutputError(str(first), str(target))
    read = [*map(Path, others), *(path for path in [files.rubric_path(rubric)] if isinstance(path, Path))]
    taken = [path for path in read if identity(path) in named]
    taken += [path for path in gathering.candidates(evidence) if identity(path) in named and not is_own(path)]
    if taken:
        over = str(named[identity(taken[0])])
        leave(at_file(Code.OUTPUT_OVER_INPUT, over, path=over), said)


def check_free(outputs: Iterable[Path], said: Words) -> None:
    """Refuse to write over a file that nobody named."""
    for target in outputs:
        if is_taken(target):
            leave(at_file(Code.OUTPUT_FAILED, str(target), path=str(target), reason="exists"), said)


def write(outputs: Mapping[Path, bytes], said: Words, *, quiet: bool = False, folder: Path | None = None) -> None:
    """Write everything and say so, or say why nothing was written and leave; `folder` is made where it is missing."""
    try:
        failed = write_whole(outputs, folder)
    except BrokenPipeError:
        raise typer.Exit(exits.READER_GONE) from None
    if failed is not None:
        leave(failed, said)
    if quiet:
        return
    inside = [target for target in outputs if target.parent == folder]
    for target in (one for one in outputs if one not in inside):
        screen.tell(said.label("written", path=str(target)))
    if inside:
        screen.tell(said.label("written many", path=str(folder), count=str(len(inside))))


def refuse(target: Path, reason: str, said: Words) -> NoReturn:
    """Say why a file cannot be written, and leave."""
    leave(at_file(Code.OUTPUT_FAILED, str(target), path=str(target), reason=reason), said)


def leave(failed: Diagnostic, said: Words) -> NoReturn:
    """Say why nothing was written, and leave."""
    screen.tell_failure(failed, said)
    raise typer.Exit(exits.UNUSABLE)
