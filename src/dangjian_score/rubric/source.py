"""The text of a rubric and its tree: decoding, places of nodes, a copy with another id."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

import yaml
from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Path, Place
from dangjian_score.core.encodings import is_gbk, is_utf16

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""Characters that YAML refuses, and a byte order mark that is not the first character."""


class Spot(NamedTuple):
    """A place in the text, counted from 1."""

    line: int
    column: int


class RefusedError(Exception):
    """Ends the reading of a file; holds the code, place and arguments of the finding."""

    def __init__(self, code: Code, spot: Spot, **args: str) -> None:
        self.code, self.spot, self.details = code, spot, args


def decode(data: bytes) -> str:
    """Read bytes as UTF-8 text, with or without a byte order mark; anything else raises `RefusedError`."""
    start = Spot(1, 1)
    if len(data) > limits.MAX_RUBRIC:
        raise RefusedError(Code.TOO_LARGE, start, limit="bytes", most=str(limits.MAX_RUBRIC))
    if data.startswith(b"PK\x03\x04"):
        raise RefusedError(Code.NOT_THE_RUBRIC, start, found="xlsx")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError(Code.NOT_THE_RUBRIC, start, found="xls file")
    if is_utf16(data):
        raise RefusedError(Code.NOT_UTF8, start, encoding="UTF-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        raise RefusedError(
            Code.NOT_UTF8, _spot_of(before, len(before)), encoding="GBK" if is_gbk(data) else ""
        ) from None
    if control := _CONTROL.search(text):
        hint = "mark" if control[0] == "\ufeff" else "control"
        raise RefusedError(Code.YAML_SYNTAX, _spot_of(text, control.start()), hint=hint)
    return text


def _spot_of(text: str, at: int) -> Spot:
    before = text[:at]
    return Spot(before.count("\n") + 1, len(before) - before.rfind("\n"))


Data = str | list["Data"] | dict[str, "Data"]


class Hole(Struct, frozen=True):
    """A refused part of the text and every word in it; findings on the rest may only follow from these."""

    path: Path
    words: frozenset[str]


class Comment(Struct, frozen=True):
    """A comment right behind an unquoted value, which may have been meant as part of the value."""

    text: str
    spot: Spot


class SourceTree(Struct, frozen=True):
    """The tree of a file, the place of each value and key by its path, and the parts left out (`holes`).

    `lines` are the lines of the text; `comments` stand right behind values, by the path of the value.
    """

    file: str
    data: Data
    values: Mapping[Path, Spot]
    keys: Mapping[Path, Spot]
    holes: tuple[Hole, ...] = ()
    lines: tuple[str, ...] = ()
    comments: Mapping[Path, Comment] = field(default_factory=dict)

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Return the place of the node at `path` (or of its key), else of the nearest node above that has one."""
        if at_key and path in self.keys:
            return placed(self.file, self.keys[path])
        while path not in self.values:
            path = path[:-1]
        return placed(self.file, self.values[path])

    def diagnostic(self, code: Code, path: Path, **args: str) -> Diagnostic:
        """Return a finding about the node at `path`."""
        return _finding(code, self.place(path), path, args)

    def at_key(self, code: Code, path: Path, **args: str) -> Diagnostic:
        """Return a finding about the key of the node at `path`."""
        return _finding(code, self.place(path, at_key=True), path, args)

    def beside(self, found: Diagnostic, paths: Iterable[Path]) -> Diagnostic:
        """Return the finding with the places of other nodes that explain it."""
        return replace(found, related=tuple(map(self.place, paths)))


def _finding(code: Code, place: Place, path: Path, args: Mapping[str, str]) -> Diagnostic:
    return Diagnostic(code, place, tuple(args.items()), (place.line or 0, place.column or 0), path=path)


def placed(file: str, spot: Spot) -> Place:
    """Return the place of a spot in a file."""
    return Place(file, line=spot.line, column=spot.column)


def spot_within(lines: Sequence[str], start: Spot, text: str, at: int) -> Spot | None:
    """Return the spot of character `at` of an unquoted text that begins at `start`; None where the text is quoted."""
    if not text or not lines[start.line - 1].startswith(text[0], start.column - 1):
        return None
    return next(islice(_spots(lines, start, text[at]), text.count(text[at], 0, at), None), None)


def _spots(lines: Sequence[str], start: Spot, char: str) -> Iterator[Spot]:
    """Visit every spot of a character from `start` on."""
    column = start.column - 1
    for number in range(start.line, len(lines) + 1):
        while (column := lines[number - 1].find(char, column)) >= 0:
            column += 1
            yield Spot(number, column)
        column = 0


def texts_in(data: Data) -> Iterator[str]:
    """Visit every key and text of a tree, repeats included."""
    rest = [data]
    while rest:
        match rest.pop():
            case str() as text:
                yield text
            case list() as members:
                rest += members
            case entries:
                rest += entries
                rest += entries.values()


def renamed(data: bytes, document: SourceTree, identifier: str) -> bytes:
    """Return the bytes with another value of `rubric`, whatever its YAML style; `document` is the tree of `data`."""
    text, spot = decode(data), document.values["rubric",]
    start, end = next(
        (event.start_mark.index, event.end_mark.index)
        for event in yaml.parse(text, Loader=yaml.SafeLoader)
        if event.start_mark and event.end_mark and Spot(event.start_mark.line + 1, event.start_mark.column + 1) == spot
    )
    old = text[start:end]
    line_end = old[len(old.rstrip()) :]  # a block scalar takes its last line break along
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    return mark + f"{text[:start]}{identifier}{line_end}{text[end:]}".encode()
