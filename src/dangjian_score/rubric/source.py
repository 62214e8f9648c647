"""The tree that a YAML text holds, and where each part of it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dangjian_score.diagnostics import Code, Diagnostic, Path, Place
from dangjian_score.rubric.text import Spot

Data = str | list["Data"] | dict[str, "Data"]


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of the text that was refused, and every word in it: what is said of the rest may rest on it."""

    path: Path
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Document:
    """The tree, where each node and each key of it stands, and what has been left out of it."""

    file: str
    data: Data
    values: Mapping[Path, Spot]
    keys: Mapping[Path, Spot]
    holes: tuple[Hole, ...] = ()

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Find where the node at `path` (or its key) stands, or the nearest one above it that stands in the text."""
        if at_key and path in self.keys:
            return placed(self.file, self.keys[path])
        while path not in self.values:
            path = path[:-1]
        return placed(self.file, self.values[path])

    def diagnostic(self, code: Code, path: Path, **args: str) -> Diagnostic:
        """Report something about the node at `path`."""
        return _finding(code, self.place(path), path, args)

    def at_key(self, code: Code, path: Path, **args: str) -> Diagnostic:
        """Report something about the key of the node at `path`."""
        return _finding(code, self.place(path, at_key=True), path, args)

    def beside(self, found: Diagnostic, paths: Iterable[Path]) -> Diagnostic:
        """Add the nodes that have to be seen beside a finding."""
        return replace(found, related=tuple(map(self.place, paths)))


def _finding(code: Code, place: Place, path: Path, args: Mapping[str, str]) -> Diagnostic:
    return Diagnostic(code, place, tuple(args.items()), (place.line or 0, place.column or 0), path=path)


def placed(file: str, spot: Spot) -> Place:
    """Name a place in a file."""
    return Place(file, line=spot.line, column=spot.column)


def words_in(data: Data) -> frozenset[str]:
    """Collect every key and every text of a tree."""
    found: set[str] = set()
    rest = [data]
    while rest:
        match rest.pop():
            case str() as text:
                found.add(text)
            case list() as members:
                rest += members
            case entries:
                found |= entries.keys()
                rest += entries.values()
    return frozenset(found)
