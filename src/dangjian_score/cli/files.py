"""Files in: one file is read whole; rubrics are found by their ids and loaded."""

import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from dangjian_score.core.diagnostics import Code, Diagnostic, at_file

CASES_SUFFIX = ".cases.yaml"

STANDARD = Path("-")
"""What stands for standard input, and for standard output."""
STANDARD_INPUT = "<stdin>"
"""How findings call what came by standard input, in every language."""

_REASONS = {
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
        return _standard_input(most)
    try:
        with open(path, "rb", opener=_opened) as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        return unreadable(path, error)


def unreadable(path: Path, error: OSError | ValueError) -> Diagnostic:
    """Say why a file or folder cannot be read."""
    reason = _REASONS.get(getattr(error, "errno", None) or errno.ENOENT, "disk")
    return at_file(Code.FILE_UNREADABLE, str(path), reason=reason)


def _standard_input(most: int) -> bytes | Diagnostic:
    stream: TextIO | None = sys.stdin
    if stream is None:
        return at_file(Code.FILE_UNREADABLE, STANDARD_INPUT, reason="no input")
    return stream.buffer.read(most)


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
    return tuple(sorted(path for path in shipped_folder().glob("*.yaml") if not path.name.endswith(CASES_SUFFIX)))


def rubric_path(name: str) -> Path | Diagnostic:
    """Find a rubric by its path, or by the id of one that ships. A file of that very name wins."""
    path = Path(name)
    if path == STANDARD or os.path.lexists(path) or path.suffix in (".yaml", ".yml") or len(path.parts) != 1:
        return path
    shipped = {one.stem: one for one in shipped_rubrics()}
    return shipped.get(name) or at_file(Code.FILE_UNREADABLE, name, reason="no rubric")


def short_names(paths: Iterable[Path]) -> dict[str, Path]:
    """Give each path the shortest tail that no other has, so that results do not depend on where folders lie."""
    rest, parts, named = list(paths), 1, dict[str, Path]()
    while rest:
        tails = [Path(*path.parts[-parts:]).as_posix() for path in rest]
        alone = {tail for tail in tails if tails.count(tail) == 1}
        named |= {tail: path for tail, path in zip(tails, rest, strict=True) if tail in alone}
        left = [path for tail, path in zip(tails, rest, strict=True) if tail not in alone]
        if all(parts >= len(path.parts) for path in left):
            return named | {path.as_posix(): path for path in left}
        rest, parts = left, parts + 1
    return named


if TYPE_CHECKING:
    from dangjian_score.checks.study import Study


class Opened(Struct, frozen=True):
    """A rubric file: what it is called in messages, its bytes, what it holds, what is wrong with it."""

    name: str
    data: bytes
    study: "Study | None"
    diagnostics: tuple[Diagnostic, ...]

    @property
    def text(self) -> str:
        """The text for excerpts, as far as the bytes are text."""
        return self.data.decode("utf-8-sig", "replace")


def open_rubric(name: str) -> Opened:
    """Find, read, validate and check a rubric."""
    path = rubric_path(name)
    if isinstance(path, Diagnostic):
        return Opened(name, b"", None, (path,))

    from dangjian_score.rubric.source import MAX_BYTES

    data = read_bytes(path, MAX_BYTES + 1)
    if isinstance(data, Diagnostic):
        return Opened(data.place.file, b"", None, (data,))

    return opened(_name(name, path), data)


def opened(name: str, data: bytes) -> Opened:
    """Validate and check the bytes of a rubric."""
    from dangjian_score.checks.gate import validate

    return Opened(name, data, *validate(data, name))


def _name(name: str, path: Path) -> str:
    """Say how findings call a rubric: as the user did, or where that was an id by its file."""
    if path == STANDARD:
        return STANDARD_INPUT
    return name if Path(name) == path else path.name
