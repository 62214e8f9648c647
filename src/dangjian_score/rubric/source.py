"""The tree that a YAML text holds, and where each part of it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.diagnostics import Code, Diagnostic, Path, Place
from dangjian_score.rubric.text import Spot

Data = str | list["Data"] | dict[str, "Data"]


class Hole(Struct, frozen=True):
    """A part of the text that was refused, and every word in it: what is said of the rest may rest on it."""

    path: Path
    words: frozenset[str]


class Comment(Struct, frozen=True):
    """What follows an unquoted value behind `#`, close by as if it belonged to it, and is no part of it."""

    text: str
    spot: Spot


class SourceTree(Struct, frozen=True):
    """The tree, where each node and each key of it stands, and what has been left out of it.

    `lines` are those of the text, `comments` those right behind a value, by its path.
    """

    file: str
    data: Data
    values: Mapping[Path, Spot]
    keys: Mapping[Path, Spot]
    holes: tuple[Hole, ...] = ()
    lines: tuple[str, ...] = ()
    comments: Mapping[Path, Comment] = field(default_factory=dict)

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


def spot_within(lines: Sequence[str], start: Spot, text: str, at: int) -> Spot | None:
    """Find where a character of an unquoted text stands that begins at `start`; None where the text is quoted."""
    if not text or not lines[start.line - 1].startswith(text[0], start.column - 1):
        return None
    return next(islice(_spots(lines, start, text[at]), text.count(text[at], 0, at), None), None)


def _spots(lines: Sequence[str], start: Spot, char: str) -> Iterator[Spot]:
    """Find a character wherever it stands from `start` on."""
    column = start.column - 1
    for number in range(start.line, len(lines) + 1):
        while (column := lines[number - 1].find(char, column)) >= 0:
            column += 1
            yield Spot(number, column)
        column = 0


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
