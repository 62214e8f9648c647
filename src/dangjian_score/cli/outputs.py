"""Files that a command was asked to write: all of them or none, never over what was read."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.words.say import Words


def suffix(target: Path) -> str:
    """Give the format that a file's name asks for."""
    return target.suffix.lower().lstrip(".")


def targets(names: Iterable[str] | None, known: Iterable[str]) -> list[Path]:
    """Take the files to be written; a suffix that is no format is a usage error."""
    formats = [*known]
    paths = [Path(name) for name in names or ()]
    for path in paths:
        if suffix(path) not in formats:
            raise BadChoiceError("-o", str(path), ", ".join(f"*.{one}" for one in formats))
    return paths


def check_inputs(outputs: Iterable[Path], rubric: str, inputs: Iterable[str], said: Words) -> None:
    """Refuse to write over what is read."""
    paths, _ = files.evidence_files(inputs)
    read = [*paths.values(), *(path for path in [files.rubric_path(rubric)] if isinstance(path, Path))]
    for target in outputs:
        if any(files.same_file(target, source) for source in read):
            _leave(at_file(Code.OUTPUT_OVER_INPUT, str(target), path=str(target)), said)


def write(outputs: Mapping[Path, bytes], said: Words, *, quiet: bool = False) -> None:
    """Write everything and say so, or say why nothing was written and leave."""
    failed = files.write_whole(outputs)
    if failed is not None:
        _leave(failed, said)
    for target in () if quiet else outputs:
        screen.tell(said.label("written", path=str(target)))


def refuse(target: Path, reason: str, said: Words) -> NoReturn:
    """Say why a file cannot be written, and leave."""
    _leave(at_file(Code.OUTPUT_FAILED, str(target), path=str(target), reason=reason), said)


def _leave(failed: Diagnostic, said: Words) -> NoReturn:
    screen.tell(f"{failed.code} {said.label(failed.severity)}: {said.message(failed)}")
    raise typer.Exit(exits.UNUSABLE)
