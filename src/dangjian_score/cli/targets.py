"""Which rubrics a command line means: files, whole folders, ids of those that ship, standard input."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from dangjian_score.cli import files
from dangjian_score.diagnostics import Code, Diagnostic, at_file

_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_MARK: Final = re.compile(r"\b(?:dangjian|rubric)[\"']?\s*[:：]")


class Targets(Struct, frozen=True):
    """Names of rubrics, each once; files of folders that are none; and what is wrong with the names given."""

    names: tuple[str, ...]
    passed_over: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def rubric_targets(given: Iterable[str]) -> Targets:
    """List the rubrics that a user names; a file named twice, in whichever way, counts once."""
    names: dict[str, str] = {}
    passed_over: list[str] = []
    found: list[Diagnostic] = []
    for name in given:
        if not files.is_folder(Path(name)):
            names.setdefault(_identity(name), name)
            continue
        inside = list(_yaml_files(Path(name)))
        rubrics = [path for path in inside if _may_be_rubric(path)]
        for path in rubrics:
            names.setdefault(_identity(str(path)), str(path))
        passed_over += [str(path) for path in inside if path not in rubrics]
        if not rubrics:
            found.append(at_file(Code.FILE_UNREADABLE, name, reason="no rubrics here"))
    return Targets(tuple(names.values()), tuple(passed_over), tuple(found))


def _identity(name: str) -> str:
    path = files.rubric_path(name)
    return name if isinstance(path, Diagnostic) or path == files.STANDARD else os.path.realpath(path)


def _yaml_files(folder: Path) -> Iterator[Path]:
    """List the YAML files below a folder that are neither hidden nor worked examples."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        cases = path.with_suffix("").suffix == ".cases"
        if path.suffix.lower() in _SUFFIXES and not hidden and not cases and not path.is_dir():
            yield path


def _may_be_rubric(path: Path) -> bool:
    """Tell a YAML file that has none of the keys every rubric begins with; what cannot be read as text is not told."""
    from dangjian_score.rubric.text import MAX_BYTES

    data = files.read_bytes(path, MAX_BYTES + 1)
    try:
        return isinstance(data, Diagnostic) or bool(_MARK.search(data.decode("utf-8")))
    except UnicodeDecodeError:
        return True
