"""Read YAML text into plain lists, mappings and strings, with the place of every node.

Built from libyaml's events and not by its constructors: every scalar stays text, features that are not supported are
reported with line and column, and limits are checked before any work is done. Refused parts are left out and reading
goes on; only an error that makes the rest unreadable ends it.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

import yaml
from yaml import events

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.names import fold
from dangjian_score.core.points import read_number, read_percent
from dangjian_score.rubric.slips import Slip, meant, misread, odd_ends, odd_start, slip_of_key, slip_of_member
from dangjian_score.rubric.source import (
    Comment,
    Data,
    Hole,
    RefusedError,
    SourceTree,
    Spot,
    decode,
    placed,
    spot_within,
)

_NULLS: Final = frozenset({"~", "null", "Null", "NULL"})
"""Texts that YAML reads as null."""
_COMMENT: Final = re.compile(r"[ \t]+(?P<text>#[^\s#].*)")
"""A comment that may be meant as text: a blank before `#`, none behind it."""
_NOTHING: Final = re.compile(r"\s*$")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(data: bytes, file: str) -> tuple[SourceTree | None, tuple[Diagnostic, ...]]:
    """Read a rubric's bytes. Return the tree, None where it is unreadable, and all findings."""
    found: list[Diagnostic] = []
    try:
        reader = _Reader(decode(data), file, found)
        root = reader.document()
    except RefusedError as refused:
        return None, (*found, _finding(file, refused.code, refused.spot, **refused.details))
    if root is None:
        return None, tuple(found)
    values, keys = MappingProxyType(reader.values), MappingProxyType(reader.keys)
    holes, comments = tuple(reader.holes), MappingProxyType(reader.comments)
    return SourceTree(file, root, values, keys, holes, tuple(reader.lines), comments), tuple(found)


def _finding(file: str, code: Code, spot: Spot, *related: Spot, **args: str) -> Diagnostic:
    beside = tuple(placed(file, place) for place in related)
    return Diagnostic(code, placed(file, spot), tuple(args.items()), (spot.line, spot.column), beside)


def _spot(event: events.Event) -> Spot:
    mark = event.start_mark
    return Spot(mark.line + 1, mark.column + 1) if mark else Spot(1, 1)


def _named(path: Path) -> dict[str, str]:
    """Name the key, or the place in a list, of a value without content."""
    last = path[-1] if path else ""
    return {"key": last} if isinstance(last, str) else {"number": str(last + 1)}


def _same_key(key: str) -> object:
    """Return what two spellings of one key have in common: the normal form; of `90%` and `0.9` the number."""
    folded = fold(key)
    if not folded[0].isdecimal() and folded[0] != "-":
        return folded
    number = read_percent(folded) if folded.endswith("%") else read_number(folded)
    return folded if number is None else number


class _Reader:
    """Reads the events in one pass; recursion is bounded by `limits.MAX_YAML_DEPTH`."""

    def __init__(self, text: str, file: str, found: list[Diagnostic]) -> None:
        self.values: dict[Path, Spot] = {}
        self.keys: dict[Path, Spot] = {}
        self.holes: list[Hole] = []
        self.comments: dict[Path, Comment] = {}
        self.lines = text.splitlines()
        self._file, self._found = file, found
        self._nodes = 0
        self._text, loader = text, _LOADER(text)
        self._event: Callable[[], events.Event] = loader.get_event

    def document(self) -> Data | None:
        """Read the one document of the text; None where its root was refused."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise misread(self._text, error) from None

    def _document(self) -> Data | None:
        self._event()  # the stream's start
        event = self._event()
        if isinstance(event, events.StreamEndEvent):
            raise RefusedError(Code.EMPTY_VALUE, Spot(1, 1), key="")
        root = self._node(self._event(), ())
        self._event()  # the document's end
        after = self._event()
        if not isinstance(after, events.StreamEndEvent):
            raise RefusedError(Code.YAML_FEATURE, _spot(after), feature="second document")
        return root

    def _node(self, event: events.Event, path: Path) -> Data | None:
        """Read a node; None where it is refused."""
        spot = _spot(event)
        self._count(spot, len(path))
        if isinstance(event, events.AliasEvent):
            self._refuse(path, Code.YAML_FEATURE, spot, feature="alias")
            return None
        self._features(event, spot)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event, path, spot)
        self.values[path] = spot
        return self._sequence(event, path) if isinstance(event, events.SequenceStartEvent) else self._mapping(path)

    def _scalar(self, event: events.ScalarEvent, path: Path, spot: Spot) -> str | None:
        text: str = event.value
        if not text.strip():
            self._empty(path, spot)
            return None
        if not event.style and text in _NULLS:
            self._refuse(path, Code.EMPTY_VALUE, spot, **_named(path), why="null")
            return None
        self.values[path] = spot
        if not event.style and (comment := self._comment(event.end_mark)) is not None:
            self.comments[path] = comment
        return text

    def _comment(self, end: Any) -> Comment | None:
        """Return the comment behind a value that ends at a mark, where it may be meant as part of the value."""
        found = _COMMENT.match(self.lines[end.line], end.column) if end.line < len(self.lines) else None
        return found and Comment(found["text"], Spot(end.line + 1, found.start("text") + 1))

    def _empty(self, path: Path, spot: Spot) -> None:
        """Report a value without content, or the slip that most likely caused it.

        The value may be part of the key (no space after the colon), hidden behind a comment, or on the next line with
        white space that is no indentation; that line is then reported itself.
        """
        key = path[-1] if path else ""
        line, column = "".join(self.lines[spot.line - 1 : spot.line]), spot.column - 1
        if isinstance(key, str) and path in self.keys and line[column - 1 : column] != ":":
            slip = slip_of_key(key)
            if slip is not None and self._slipped(slip, key, self.keys[path]):
                self.holes.append(Hole((*path[:-1], meant(key, slip)), frozenset()))
                return
        below = (self.lines[at] for at in range(spot.line, len(self.lines)) if self.lines[at].strip())
        if _NOTHING.match(line, column) and odd_start(next(below, "")):
            self.holes.append(Hole(path, frozenset()))
            return
        why = {"why": "comment"} if _COMMENT.match(line, column) else {}
        self._refuse(path, Code.EMPTY_VALUE, spot, **_named(path), **why)

    def _slipped(self, slip: Slip, text: str, start: Spot) -> bool:
        """Report a slip in a text unless the text is quoted; return whether it was reported."""
        spot = spot_within(self.lines, start, text, slip.at)
        if spot is not None:
            self._report(Code.YAML_SYNTAX, spot, **slip.args_at(self.lines[spot.line - 1], spot.column - 1))
        return spot is not None

    def _count(self, spot: Spot, level: int) -> None:
        self._nodes += 1
        if self._nodes > limits.MAX_YAML_NODES:
            raise RefusedError(Code.TOO_LARGE, spot, limit="nodes", most=str(limits.MAX_YAML_NODES))
        if level > limits.MAX_YAML_DEPTH:
            raise RefusedError(Code.TOO_LARGE, spot, limit="levels", most=str(limits.MAX_YAML_DEPTH))

    def _report(self, code: Code, spot: Spot, *related: Spot, **args: str) -> None:
        self._found.append(_finding(self._file, code, spot, *related, **args))

    def _refuse(self, path: Path, code: Code, spot: Spot, **args: str) -> None:
        self._report(code, spot, **args)
        self.holes.append(Hole(path, frozenset()))

    def _sequence(self, start: events.SequenceStartEvent, path: Path) -> list[Data]:
        members: list[Data] = []
        while not isinstance(event := self._event(), events.SequenceEndEvent):
            here = (*path, len(members))
            member = self._node(event, here)
            slip = slip_of_member(member) if start.flow_style and isinstance(member, str) else None
            if slip is not None and self._slipped(slip, str(member), self.values.pop(here)):
                self.holes.append(Hole(here, frozenset({str(member)})))
            elif member is not None:
                members.append(member)
        return members

    def _mapping(self, path: Path) -> dict[str, Data]:
        entries: dict[str, Data] = {}
        seen: dict[object, Spot] = {}
        while not isinstance(event := self._event(), events.MappingEndEvent):
            spot = _spot(event)
            key = self._key(event, spot, path, seen)
            if key is None:
                refused = self._refused_key(event, path)
                self.holes.append(Hole(refused, frozenset(self._passed_over(self._event(), len(path)))))
                continue
            here = (*path, key)
            self.keys[here] = spot
            value = self._node(self._event(), here)
            if value is not None:
                entries[key] = value
        return entries

    def _key(self, event: events.Event, spot: Spot, path: Path, seen: dict[object, Spot]) -> str | None:
        """Read a key; None where it is refused and its value is to be skipped."""
        self._count(spot, len(path))
        if not isinstance(event, events.ScalarEvent):
            self._passed_over(event, len(path))
            feature = "alias" if isinstance(event, events.AliasEvent) else "key that is no text"
            self._report(Code.YAML_FEATURE, spot, feature=feature)
            return None
        key: str = event.value
        if key == "<<":
            self._report(Code.YAML_FEATURE, spot, feature="merge key")
        elif (slip := odd_ends(key)) is not None and self._slipped(slip, key, spot):
            pass
        elif not fold(key):
            self._report(Code.EMPTY_VALUE, spot, key="")
        elif not event.style and key in _NULLS:
            self._report(Code.EMPTY_VALUE, spot, key="", why="null")
        elif (first := seen.setdefault(_same_key(key), spot)) is not spot:
            self._report(Code.KEY_TWICE, spot, first, key=key, line=str(first.line))
        else:
            self._features(event, spot)
            return key
        return None

    def _refused_key(self, event: events.Event, path: Path) -> Path:
        """Return the path below a refused key, as the key was most likely meant."""
        if not isinstance(event, events.ScalarEvent) or not event.value:
            return path
        slip = odd_ends(event.value)
        return (*path, event.value if slip is None else meant(event.value, slip))

    def _features(self, event: Any, spot: Spot) -> None:
        """Report an anchor and a tag; the node is read without them."""
        if event.anchor is not None:
            self._report(Code.YAML_FEATURE, spot, feature="anchor")
        if event.tag is not None:
            self._report(Code.YAML_FEATURE, spot, feature="tag")

    def _passed_over(self, event: events.Event, level: int) -> list[str]:
        """Skip a refused node at a depth of `level`; return the texts in it."""
        texts: list[str] = []
        depth = 0
        while True:
            self._count(_spot(event), level + depth)
            if isinstance(event, events.ScalarEvent):
                texts.append(event.value)
            depth += isinstance(event, events.CollectionStartEvent)
            depth -= isinstance(event, events.CollectionEndEvent)
            if not depth:
                return texts
            event = self._event()
