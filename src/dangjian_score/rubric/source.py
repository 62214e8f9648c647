"""YAML text → plain lists, mappings and strings, with the place of every node.

Built from libyaml's events rather than by its constructors, so that nothing is decided silently (every scalar stays the
text that stands there), surprises are refused with line and column, and limits hold before any work is done.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, NoReturn

import yaml
from yaml import events

from dangjian_score.diagnostics import Code, Diagnostic, Place
from dangjian_score.names import fold
from dangjian_score.points import read_number, read_percent

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 32
MAX_NODES: Final = 100_000

Data = str | list["Data"] | dict[str, "Data"]
Path = tuple[str | int, ...]
"""The way to a node: keys and positions, `("sections", 2, "items", 0, "max")`."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""What YAML does not take as text, and a byte order mark that does not stand first."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the text, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """The tree, and where each node and each key of it stands."""

    file: str
    data: Data
    values: Mapping[Path, Spot]
    keys: Mapping[Path, Spot]

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Find where the node at `path` (or its key) stands, or the nearest one above it that stands in the text."""
        if at_key and path in self.keys:
            return self._placed(self.keys[path])
        while path not in self.values:
            path = path[:-1]
        return self._placed(self.values[path])

    def _placed(self, spot: Spot) -> Place:
        return Place(self.file, line=spot.line, column=spot.column)

    def diagnostic(self, code: Code, path: Path, *, at_key: bool = False, **args: str) -> Diagnostic:
        """Report something about the node at `path`."""
        place = self.place(path, at_key=at_key)
        return Diagnostic(code, place, tuple(args.items()), (place.line or 0, place.column or 0))

    def beside(self, found: Diagnostic, paths: Iterable[Path]) -> Diagnostic:
        """Add the nodes that have to be seen beside a finding."""
        return replace(found, related=tuple(map(self.place, paths)))


class _RefusedError(Exception):
    """Ends the reading of a file; carries the finding out of the recursion."""

    def __init__(self, code: Code, spot: Spot, **args: str) -> None:
        self.code, self.spot, self.args_ = code, spot, tuple(args.items())


def read(data: bytes, file: str) -> Document | Diagnostic:
    """Read a rubric's bytes; the first thing that cannot be read ends it, as a finding."""
    try:
        builder = _Builder(_decode(data))
        root = builder.build()
    except _RefusedError as refused:
        spot = refused.spot
        place = Place(file, line=spot.line, column=spot.column)
        return Diagnostic(refused.code, place, refused.args_, (spot.line, spot.column))
    return Document(file, root, MappingProxyType(builder.values), MappingProxyType(builder.keys))


def _decode(data: bytes) -> str:
    start = Spot(1, 1)
    if len(data) > MAX_BYTES:
        raise _RefusedError(Code.TOO_LARGE, start, limit="bytes", most=str(MAX_BYTES))
    if data.startswith(b"PK\x03\x04"):
        raise _RefusedError(Code.NOT_THE_RUBRIC, start, found="xlsx")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _RefusedError(Code.NOT_UTF8, start, encoding="UTF-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        spot = _spot_of(before, len(before))
        raise _RefusedError(Code.NOT_UTF8, spot, encoding=_guess(data)) from None
    if control := _CONTROL.search(text):
        raise _RefusedError(Code.YAML_SYNTAX, _spot_of(text, control.start()), hint="control")
    return text


def _spot_of(text: str, at: int) -> Spot:
    before = text[:at]
    return Spot(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _guess(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"


def _spot(event: events.Event) -> Spot:
    mark = event.start_mark
    return Spot(mark.line + 1, mark.column + 1) if mark else Spot(1, 1)


def _same_key(key: str) -> object:
    """Reduce a key to what makes it the same as another: width and spaces do not count, `90%` is `0.9`."""
    folded = fold(key)
    number = read_percent(folded) if folded.endswith("%") else read_number(folded)
    return folded if number is None else number


class _Builder:
    """One pass over the events; recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self.values: dict[Path, Spot] = {}
        self.keys: dict[Path, Spot] = {}
        self._nodes = 0
        self._events = _events(text)

    def build(self) -> Data:
        """Read the one document of the text."""
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, events.StreamEndEvent):
            raise _RefusedError(Code.EMPTY_VALUE, Spot(1, 1), key="")
        root = self._node(next(self._events), ())
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, events.StreamEndEvent):
            raise _RefusedError(Code.YAML_FEATURE, _spot(after), feature="second document")
        return root

    def _node(self, event: events.Event, path: Path) -> Data:
        spot = _spot(event)
        self._admit(event, spot, path)
        self.values[path] = spot
        if isinstance(event, events.ScalarEvent):
            return _scalar(event, spot, path)
        if isinstance(event, events.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _admit(self, event: events.Event, spot: Spot, path: Path) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _RefusedError(Code.TOO_LARGE, spot, limit="nodes", most=str(MAX_NODES))
        if len(path) > MAX_DEPTH:
            raise _RefusedError(Code.TOO_LARGE, spot, limit="levels", most=str(MAX_DEPTH))
        if isinstance(event, events.AliasEvent):
            raise _RefusedError(Code.YAML_FEATURE, spot, feature="alias")
        if getattr(event, "anchor", None):
            raise _RefusedError(Code.YAML_FEATURE, spot, feature="anchor")
        if getattr(event, "tag", None):
            raise _RefusedError(Code.YAML_FEATURE, spot, feature="tag")

    def _sequence(self, path: Path) -> list[Data]:
        members: list[Data] = []
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            members.append(self._node(event, (*path, len(members))))
        return members

    def _mapping(self, path: Path) -> dict[str, Data]:
        entries: dict[str, Data] = {}
        seen: dict[object, Spot] = {}
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            key, spot = self._key(event, path), _spot(event)
            if (first := seen.setdefault(_same_key(key), spot)) is not spot:
                raise _RefusedError(Code.KEY_TWICE, spot, key=key, line=str(first.line))
            self.keys[*path, key] = spot
            entries[key] = self._node(next(self._events), (*path, key))
        return entries

    def _key(self, event: events.Event, path: Path) -> str:
        self._admit(event, _spot(event), path)
        if not isinstance(event, events.ScalarEvent):
            raise _RefusedError(Code.YAML_FEATURE, _spot(event), feature="key that is no text")
        if event.value == "<<":
            raise _RefusedError(Code.YAML_FEATURE, _spot(event), feature="merge key")
        return _scalar(event, _spot(event), path)


def _scalar(event: events.ScalarEvent, spot: Spot, path: Path) -> str:
    value: str = event.value
    if not value.strip():
        raise _RefusedError(Code.EMPTY_VALUE, spot, key=str(path[-1]) if path else "")
    return value


def _events(text: str) -> Iterator[events.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(text, error)


def _refuse_syntax(text: str, error: yaml.MarkedYAMLError) -> NoReturn:
    """Point at what the parser stumbled over or, just above it, at the slip that most likely made it stumble."""
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    at = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column + 1 if mark and mark.line == at else len(lines[at]) + 1
    for nearby in (at, max(at - 1, 0)):
        line = lines[nearby]
        indent = line[: len(line) - len(line.lstrip())]
        for slip, hint, within in (("\t", "tab", indent), ("\u3000", "wide", indent), ("\uff1a", "wide", line)):
            if slip in within:
                raise _RefusedError(Code.YAML_SYNTAX, Spot(nearby + 1, line.index(slip) + 1), hint=hint) from None
    raise _RefusedError(Code.YAML_SYNTAX, Spot(at + 1, column), hint="") from None
