"""From the name of a rubric to a rubric that may be applied, or all that is wrong with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian_score.cli import files
from dangjian_score.diagnostics import Diagnostic

if TYPE_CHECKING:
    from dangjian_score.rubric.load import Loaded


@dataclass(frozen=True, slots=True)
class Opened:
    """A rubric file: what it is called in messages, its text for excerpts, what it holds, what is wrong with it."""

    name: str
    text: str
    loaded: "Loaded | None"
    diagnostics: tuple[Diagnostic, ...]


def open_rubric(name: str) -> Opened:
    """Find, read, validate and check a rubric."""
    path = files.rubric_path(name)
    if isinstance(path, Diagnostic):
        return Opened(name, "", None, (path,))
    data = files.read_bytes(path)
    if isinstance(data, Diagnostic):
        return Opened(data.place.file, "", None, (data,))

    from dangjian_score.checks.gate import validate

    file = _name(name, path)
    return Opened(file, data.decode("utf-8-sig", "replace"), *validate(data, file))


def _name(name: str, path: Path) -> str:
    """Say how findings call a rubric: as the user did, or where that was an id by its file."""
    if path == files.STANDARD:
        return files.STANDARD_INPUT
    return name if Path(name) == path else path.name
