"""From the name of a rubric to a rubric that may be applied, or all that is wrong with it."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from dangjian_score.cli import files
from dangjian_score.diagnostics import Diagnostic

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
    path = files.rubric_path(name)
    if isinstance(path, Diagnostic):
        return Opened(name, b"", None, (path,))

    from dangjian_score.rubric.text import MAX_BYTES

    data = files.read_bytes(path, MAX_BYTES + 1)
    if isinstance(data, Diagnostic):
        return Opened(data.place.file, b"", None, (data,))

    return opened(_name(name, path), data)


def opened(name: str, data: bytes) -> Opened:
    """Validate and check the bytes of a rubric."""
    from dangjian_score.checks.gate import validate

    return Opened(name, data, *validate(data, name))


def _name(name: str, path: Path) -> str:
    """Say how findings call a rubric: as the user did, or where that was an id by its file."""
    if path == files.STANDARD:
        return files.STANDARD_INPUT
    return name if Path(name) == path else path.name
