"""Files in: reading one, finding rubrics by their ids, and which files of folders and patterns are evidence."""

import errno
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final, Literal, TextIO, TypeVar

from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file, has_errors

STANDARD: Final = Path("-")
"""What stands for standard input, and for standard output."""
NO_NAME: Final = '""'
"""How findings call a file that was named by an empty text."""
STANDARD_INPUT: Final = "<stdin>"
"""How findings call what came by standard input, in every language."""

_NONE: Final = frozenset[str]()
S = TypeVar("S")

_REASONS: Final = {
    errno.ENOENT: "missing",
    errno.ELOOP: "missing",
    errno.ENAMETOOLONG: "missing",
    errno.EISDIR: "folder",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.ENOTDIR: "parent",
}


def read_bytes(path: Path, most: int = -1) -> bytes | Diagnostic:
    """Read one file whole, or so many bytes at most; `-` is standard input, a pipe nobody writes to is empty."""
    if path == STANDARD:
        stream: TextIO | None = sys.stdin
        closed = at_file(Code.FILE_UNREADABLE, STANDARD_INPUT, reason="no input")
        return closed if stream is None else stream.buffer.read(most)
    try:
        with open(path, "rb", opener=_opened) as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        return _unreadable(path, error)


def _unreadable(path: Path, error: OSError | ValueError) -> Diagnostic:
    """Return why a file or folder cannot be read."""
    reason = _REASONS.get(getattr(error, "errno", None) or errno.ENOENT, "disk")
    return at_file(Code.FILE_UNREADABLE, str(path), reason=reason)


def _opened(path: str, flags: int) -> int:
    """Open without waiting for somebody to write; reading waits for those who do."""
    if not hasattr(os, "O_NONBLOCK"):  # Windows, where files of this kind do not lie in folders
        return os.open(path, flags)
    handle = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(handle, True)
    return handle


def is_folder(path: Path) -> bool:
    """Tell a folder; a name that no file can have is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def shipped_folder() -> Path:
    """Find the rubrics that ship: inside an installed package, else beside the sources of a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "rubrics"
    return installed if installed.is_dir() else package.parents[1] / "rubrics"


def shipped_rubrics() -> tuple[Path, ...]:
    """List the rubrics that ship, by id."""
    return tuple(sorted(path for path in shipped_folder().glob("*.yaml") if not path.name.endswith(".cases.yaml")))


def rubric_path(name: str) -> Path | Diagnostic:
    """Find a rubric by its path, or by the id of one that ships. A file of that very name wins."""
    path = Path(name)
    if not name:
        return at_file(Code.FILE_UNREADABLE, NO_NAME, reason="missing")
    if path == STANDARD or os.path.lexists(path) or path.suffix in (".yaml", ".yml") or len(path.parts) != 1:
        return path
    shipped = {path.stem: path for path in shipped_rubrics()}
    return shipped.get(name) or at_file(Code.FILE_UNREADABLE, name, reason="no rubric")


def short_names(paths: Iterable[Path]) -> dict[str, Path]:
    """Give each path the shortest tail that no other has, so that results do not depend on where folders lie."""
    rest, parts, named = list(paths), 1, dict[str, Path]()
    while rest:
        tails = [Path(*path.parts[-parts:]).as_posix() for path in rest]
        alone = {tail for tail, count in Counter(tails).items() if count == 1}
        named |= {tail: path for tail, path in zip(tails, rest, strict=True) if tail in alone}
        left = [path for tail, path in zip(tails, rest, strict=True) if tail not in alone]
        if all(parts >= len(path.parts) for path in left):
            return named | {path.as_posix(): path for path in left}
        rest, parts = left, parts + 1
    return named


class FilesRead(Struct, frozen=True):
    """Files of evidence, by the shortest names that tell them apart, and what was found while they were read."""

    contents: Mapping[str, bytes]
    paths: tuple[Path, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def read_all(names: Iterable[str], beside: Iterable[str] = (), results: frozenset[str] = _NONE) -> FilesRead:
    """Read every file that is named or lies in a named folder, none beyond what shows that it is too large.

    They are in the order of their short names, whatever they were named by and in whichever order. The names also tell
    them from files that stand `beside` them. `results` are the rubrics whose results are evidence.
    """
    from dangjian_score.evidence.files import is_json

    paths, findings = evidence_files(names, results)
    others, _ = evidence_files(beside, results)
    known = short_names(dict.fromkeys([*paths, *others]))
    read: dict[str, bytes] = {}
    unread: list[Diagnostic] = []
    bytes_read = 0
    for name, path in ((name, path) for name, path in sorted(known.items()) if path in paths):
        most = limits.MAX_RESULT if results and is_json(name) else limits.MAX_EVIDENCE_FILE
        data = read_bytes(path, most + 1)
        if isinstance(data, Diagnostic):
            unread.append(data)
        elif (bytes_read := bytes_read + len(data)) > limits.MAX_EVIDENCE:
            unread.append(at_file(Code.FILE_UNREADABLE, name, reason="too much evidence"))
            break
        else:
            read[name] = data
    return FilesRead(read, tuple(paths), (*findings, *unread))


def candidates(names: Iterable[str], results: frozenset[str]) -> list[Path]:
    """List the files that may be read as evidence; results of earlier runs are still among them.

    `results` are the rubrics whose results are evidence.
    """
    return [path for name in names for path in _listed(name, results).paths]


def evidence_files(names: Iterable[str], results: frozenset[str]) -> tuple[dict[Path, None], tuple[Diagnostic, ...]]:
    """List every evidence file once, those of folders too, and find what is passed over."""
    paths: dict[Path, None] = {}
    found: list[Diagnostic] = []
    first = ""
    for name in names:
        first = first or name
        listed = _listed(name, results)
        ours = {path: reason for path in listed.paths if (reason := why_ours(path, results))}
        paths |= dict.fromkeys(path for path in listed.paths if path not in ours)
        found += [*listed.findings, *(_passed_over(path, reason) for path, reason in ours.items())]
        if listed.searched and len(ours) == len(listed.paths):
            found.append(at_file(Code.FILE_UNREADABLE, name, reason="no evidence"))
    if first and not paths and not has_errors(tuple(found)):
        found.append(at_file(Code.FILE_UNREADABLE, first, reason="no evidence"))
    return paths, tuple(dict.fromkeys(found))


_PATTERN: Final = re.compile(r"[*?\[]")
_SIGNATURE: Final = 8
"""Bytes at the start of a file that tell an archive, or a container of older programs."""

Reason = Literal["file locked", "file hidden", "file ours", "file unasked", "file no table"]


class _Listed(Struct, frozen=True):
    """A name on the command line: the files it leads to, and whether these were looked for in a folder."""

    paths: tuple[Path, ...]
    searched: bool
    findings: tuple[Diagnostic, ...] = ()


def _listed(name: str, results: frozenset[str]) -> _Listed:
    """Find what a name stands for: a file, the files of a folder, or what a pattern matches."""
    from glob import glob

    path = Path(name)
    if not name:  # else it would be the folder that the program runs in: a variable of a script that is not set
        return _Listed((), searched=False, findings=(at_file(Code.FILE_UNREADABLE, NO_NAME, reason="missing"),))
    if is_folder(path):
        return _sorted_out([path], results)
    if not os.path.lexists(path) and _PATTERN.search(name):  # cmd.exe leaves patterns to the programs
        return _sorted_out(map(Path, glob(name, recursive=True)), results)  # noqa: PTH207  Path.glob takes no absolute one
    return _Listed((path,), searched=False)


def _sorted_out(given: Iterable[Path], results: frozenset[str]) -> _Listed:
    """Part what lies in folders, or was matched, into files that are read and findings about the others."""
    paths: list[Path] = []
    found: list[Diagnostic] = []
    for number, entry in enumerate(_walked(sorted(given)), start=1):
        if number > limits.MAX_FILES:
            found.append(at_file(Code.FILE_UNREADABLE, str(entry), reason="too many files"))
            break
        if isinstance(entry, Diagnostic):
            found.append(entry)
        elif reason := _reason(entry, results):
            found.append(_passed_over(entry, reason))
        else:
            paths.append(entry)
    return _Listed(tuple(paths), searched=True, findings=tuple(found))


def _walked(given: Iterable[Path]) -> Iterator[Path | Diagnostic]:
    """Go through folders and all below them, each once, links followed; hidden folders are given, not entered."""
    from dangjian_score.evidence.files import kind_of

    waiting, seen = [*given][::-1], set[str]()
    named = {*waiting}
    while waiting:
        path = waiting.pop()
        if not is_folder(path) or (path not in named and kind_of(path.name) in ("lock", "hidden")):
            yield path
        elif (real := os.path.realpath(path)) not in seen:
            seen.add(real)
            try:
                waiting += sorted(path.iterdir(), reverse=True)
            except OSError as error:
                yield _unreadable(path, error)


def _reason(path: Path, results: frozenset[str]) -> Reason | None:
    """Return why an entry of a folder is not read; None where it is a table, may hold one, or is a result."""
    from dangjian_score.evidence.files import kind_of

    match kind_of(path.name):
        case "lock":
            return "file locked"
        case "hidden":
            return "file hidden"
        case "table":
            return None
        case "document":
            return why_ours(path, results) or "file no table"
        case "unknown":
            if reason := why_ours(path, results):
                return reason
            return None if _is_result_of(path, results) or _may_hold_table(path) else "file no table"


def _may_hold_table(path: Path) -> bool:
    """Look into a file whose name says nothing; one that cannot be read is left to those who report it."""
    from dangjian_score.evidence.files import is_container

    if not path.is_file():
        return False
    start = read_bytes(path, _SIGNATURE)
    return isinstance(start, Diagnostic) or is_container(start)


def _passed_over(path: Path, reason: Reason) -> Diagnostic:
    return at_file(Code.FILE_PASSED_OVER, str(path), reason=reason)


def why_ours(path: Path, results: frozenset[str]) -> Reason | None:
    """Return why a file that was written as an output is not read; None for other files, and results that are read."""
    if not is_output(path) or _is_result_of(path, results):
        return None
    return "file unasked" if results and _rubric_of(path) else "file ours"


def _is_result_of(path: Path, results: frozenset[str]) -> bool:
    """Return whether a file is the result of one of these rubrics."""
    return bool(results) and _rubric_of(path) in results


def _rubric_of(path: Path) -> str | None:
    """Return the id of the rubric that a result was made with; None for other files."""
    from dangjian_score.report import formats

    return _started(path, formats.rubric_named)


def is_output(path: Path) -> bool:
    """Return whether a file was written as an output; one that cannot be read is none, whoever reads it reports why."""
    from dangjian_score.report import formats

    return bool(_started(path, formats.is_output))


def _started(path: Path, look: Callable[[str, IO[bytes]], S]) -> S | None:
    """Look at the start of a file with its suffix; None where there is none that can be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return look(path.suffix.lower().lstrip("."), file)
    except (OSError, ValueError):
        return None
