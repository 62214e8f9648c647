"""From the name of a rubric to a rubric that may be applied, or all that is wrong with it."""

from dataclasses import dataclass
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

    from dangjian_score.checks.gate import validate
    from dangjian_score.rubric.text import MAX_BYTES

    data = files.read_bytes(path, MAX_BYTES + 1)
    if isinstance(data, Diagnostic):
        return Opened(name, "", None, (data,))
    text = data.decode("utf-8-sig", "replace")
    file = name if name == str(path) else str(path.name)
    return Opened(file, text, *validate(data, file))
