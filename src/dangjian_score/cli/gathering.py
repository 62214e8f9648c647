"""Evidence in: of the files, folders and patterns that the user names, what is read and what is passed over."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from glob import glob
from pathlib import Path
from typing import IO, Final, Literal

from msgspec import Struct

from dangjian_score.cli import files
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file, has_errors
from dangjian_score.evidence.files import is_container, kind_of, suffix_of
from dangjian_score.evidence.sheets import MAX_FILE

_HEAD: Final = 16_000
"""Bytes in which a text says what it is."""
_DOCUMENT: Final = re.compile(rb'\s*\{\s*"schema":\s*"dangjian\.')
_PAGE: Final = b'<meta name="generator" content="dangjian-score '


def is_own(path: Path) -> bool:
    """Tell a file that was written as an output; one that cannot be read is none, whoever reads it says why."""
    recognise = _RECOGNISERS.get(suffix_of(path.name))
    try:
        if recognise is None or not path.is_file():
            return False
        with path.open("rb") as file:
            return recognise(file)
    except (OSError, ValueError):
        return False


def _document(file: IO[bytes]) -> bool:
    from dangjian_score.core.archives import is_output

    return is_output(file)


def _pack(file: IO[bytes]) -> bool:
    from dangjian_score.core.archives import MANIFEST, part_start

    return _DOCUMENT.match(part_start(file, MANIFEST)) is not None


def _json(file: IO[bytes]) -> bool:
    return _DOCUMENT.match(file.read(_HEAD)) is not None


def _html(file: IO[bytes]) -> bool:
    return _PAGE in file.read(_HEAD)


def _csv(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_csv import is_result_csv

    return is_result_csv(file.read(_HEAD))


def _md(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_md import is_result_md

    return is_result_md(file.read(_HEAD))


_RECOGNISERS: Final[Mapping[str, Callable[[IO[bytes]], bool]]] = {
    ".xlsx": _document, ".docx": _document, ".zip": _pack, ".json": _json, ".html": _html, ".csv": _csv, ".md": _md,
}  # fmt: skip
"""By the suffixes of the formats that are written."""


_PATTERN: Final = re.compile(r"[*?\[]")
_START: Final = 8

Reason = Literal["file locked", "file hidden", "file ours", "file no table"]


class _Listed(Struct, frozen=True):
    """A name on the command line: the files it leads to, and whether these were looked for in a folder."""

    name: str
    paths: tuple[Path, ...]
    searched: bool
    found: tuple[Diagnostic, ...] = ()


def candidates(names: Iterable[str]) -> list[Path]:
    """List the files that may be read as evidence, before results of our own are told from it."""
    return [path for name in names for path in _listed(name).paths]


def evidence_files(names: Iterable[str]) -> tuple[dict[str, Path], tuple[Diagnostic, ...]]:
    """Name every evidence file, those of folders too, as briefly as tells them apart; and say what is passed over."""
    paths: dict[Path, None] = {}
    found: list[Diagnostic] = []
    first = ""
    for name in names:
        first = first or name
        listed = _listed(name)
        ours = [path for path in listed.paths if is_own(path)]
        paths |= dict.fromkeys(path for path in listed.paths if path not in ours)
        found += [*listed.found, *(_passed_over(path, "file ours") for path in ours)]
        if listed.searched and len(ours) == len(listed.paths):
            found.append(at_file(Code.FILE_UNREADABLE, name, reason="no evidence"))
    if first and not paths and not has_errors(tuple(found)):
        found.append(at_file(Code.FILE_UNREADABLE, first, reason="no evidence"))
    return files.short_names(paths), tuple(dict.fromkeys(found))


def read_all(names: Iterable[str], beside: Iterable[str] = ()) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Read every evidence file that is named or lies in a named folder, none beyond what tells it too large.

    What they are called also tells them from files that stand `beside` them.
    """
    paths, found = evidence_files(names)
    others, _ = evidence_files(beside)
    own = {*paths.values()}
    named = files.short_names(dict.fromkeys([*paths.values(), *others.values()]))
    contents = {name: files.read_bytes(path, MAX_FILE + 1) for name, path in named.items() if path in own}
    unread = tuple(content for content in contents.values() if isinstance(content, Diagnostic))
    return {name: data for name, data in contents.items() if isinstance(data, bytes)}, (*found, *unread)


def _listed(name: str) -> _Listed:
    """Find what a name stands for: a file, the files of a folder, or what a pattern matches."""
    path = Path(name)
    if files.is_folder(path):
        return _sorted_out(name, [path])
    if not os.path.lexists(path) and _PATTERN.search(name):  # cmd.exe leaves patterns to the programs
        return _sorted_out(name, map(Path, glob(name, recursive=True)))  # noqa: PTH207  Path.glob takes no absolute one
    return _Listed(name, (path,), searched=False)


def _sorted_out(name: str, given: Iterable[Path]) -> _Listed:
    """Part what lies in folders, or was matched, into files that are read and findings about the others."""
    paths: list[Path] = []
    found: list[Diagnostic] = []
    for entry in _walked(sorted(given)):
        if isinstance(entry, Diagnostic):
            found.append(entry)
        elif reason := _reason(entry):
            found.append(_passed_over(entry, reason))
        else:
            paths.append(entry)
    return _Listed(name, tuple(paths), searched=True, found=tuple(found))


def _walked(given: Iterable[Path]) -> Iterator[Path | Diagnostic]:
    """Go through folders and all below them, each once, links followed; hidden folders are given, not entered."""
    waiting, seen = [*given][::-1], set[str]()
    named = {*waiting}
    while waiting:
        path = waiting.pop()
        if not files.is_folder(path) or (path not in named and kind_of(path.name) in ("lock", "hidden")):
            yield path
        elif (real := os.path.realpath(path)) not in seen:
            seen.add(real)
            try:
                waiting += sorted(path.iterdir(), reverse=True)
            except OSError as error:
                yield files.unreadable(path, error)


def _reason(path: Path) -> Reason | None:
    """Say why an entry of a folder is not read; None where it is a table, or may hold one."""
    match kind_of(path.name):
        case "lock":
            return "file locked"
        case "hidden":
            return "file hidden"
        case "table":
            return None
        case "document":
            return "file ours" if is_own(path) else "file no table"
        case "unknown":
            if is_own(path):
                return "file ours"
            return None if _may_hold_table(path) else "file no table"


def _may_hold_table(path: Path) -> bool:
    """Look into a file whose name says nothing; one that cannot be read is left to those who say why."""
    if not path.is_file():
        return False
    start = files.read_bytes(path, _START)
    return isinstance(start, Diagnostic) or is_container(start)


def _passed_over(path: Path, reason: Reason) -> Diagnostic:
    return at_file(Code.FILE_PASSED_OVER, str(path), reason=reason)
