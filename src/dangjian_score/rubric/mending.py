"""Remove the refused parts of a rubric, so that the rest can still be checked; it is never scored with.

A refused rule is replaced by one without effect, so that its item keeps its points. A key or member is removed. A
required key is replaced by a placeholder, or removed with its parent.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from dangjian_score.core.diagnostics import Path
from dangjian_score.rubric.source import Data, Hole, SourceTree, Spot, texts_in

_IDLE: Final[Data] = {"deduct": "0"}
_EMPTY: Final[Data] = {"title": "—", "max": "0", "rules": [_IDLE]}
_STAND_INS: Final[Mapping[str, Data]] = {"dangjian": "1", "rubric": "x", "title": "—", "rules": [_IDLE]}
"""Placeholders for required keys of a rubric, section or item."""


def mended(document: SourceTree, refused: Iterable[tuple[Path, str]]) -> SourceTree | None:
    """Return the tree without the refused parts (path, pydantic's error type); None where nothing is left."""
    cuts: dict[Path, Data | None] = dict(_cut(path, kind) for path, kind in refused)
    if () in cuts or ("sections",) in cuts:
        return None
    rest = _Rest(document, cuts)
    data = rest.copy(document.data, (), ())
    holes = (*(Hole(rest.moved_to(hole.path), hole.words) for hole in document.holes), *rest.holes)
    comments = {rest.moved_to(path): comment for path, comment in document.comments.items()}
    return (
        None
        if data is None
        else replace(document, data=data, values=rest.values, keys=rest.keys, holes=holes, comments=comments)
    )


def _cut(path: Path, kind: str) -> tuple[Path, Data | None]:
    """Return the path to remove for an error, and its replacement."""
    rule = rule_of(path)
    if path[:1] == ("rounds",):  # half of them would be others
        return ("rounds",), None
    if kind == "extra_forbidden":
        return path, None
    if rule is not None:
        return rule, _IDLE
    if path and (_is_node(path) or len(path) == 1) and path[-1] in _STAND_INS:
        return path, _STAND_INS[str(path[-1])]
    if _is_node((*path, "")) and path:
        return (path, _EMPTY) if kind != "E018" else ((*path, "rules"), _STAND_INS["rules"])
    return (path[:-1] if kind == "missing" else path), None


def rule_of(path: Path) -> Path | None:
    """Return the path of the rule that a path leads into; None outside rules."""
    for at, step in enumerate(path[:-1]):
        if step == "rules" and isinstance(path[at + 1], int):
            return path[: at + 2]
    return None


def _is_node(path: Path) -> bool:
    """Return whether a path leads to a key of a section, item or part."""
    steps = path[:-1]
    return (
        bool(steps)
        and all(
            step in ("sections", "items") if at % 2 == 0 else isinstance(step, int) for at, step in enumerate(steps)
        )
        and len(steps) % 2 == 0
    )


class _Rest:
    """Copies a tree without the cut paths, with the places of what is kept."""

    def __init__(self, document: SourceTree, cuts: Mapping[Path, Data | None]) -> None:
        self.values: dict[Path, Spot] = {}
        self.keys: dict[Path, Spot] = {}
        self.holes: list[Hole] = []
        self._document, self._cuts = document, cuts
        self._moved: dict[Path, Path] = {}
        self._added: dict[Path, list[Path]] = {}
        for path in cuts:
            self._added.setdefault(path[:-1], []).append(path)

    def copy(self, data: Data, old: Path, new: Path) -> Data | None:
        """Copy a node from its old path to its new one; None where it is cut without replacement."""
        if old in self._cuts:
            self.holes.append(Hole(new, frozenset(texts_in(data))))
        if (spot := self._document.values.get(old)) is not None:
            self.values[new] = spot
        if old in self._cuts:
            return self._cuts[old]
        self._moved[old] = new
        match data:
            case list():
                return self._members(data, old, new)
            case dict():
                return self._entries(data, old, new)
            case _:
                return data

    def moved_to(self, path: Path) -> Path:
        """Return the new path of an old one."""
        kept = path
        while kept not in self._moved:
            kept = kept[:-1]
        return self._moved[kept] + path[len(kept) :]

    def _members(self, members: list[Data], old: Path, new: Path) -> list[Data]:
        kept: list[Data] = []
        for at, member in enumerate(members):
            copied = self.copy(member, (*old, at), (*new, len(kept)))
            if copied is not None:
                kept.append(copied)
        return kept

    def _entries(self, entries: dict[str, Data], old: Path, new: Path) -> dict[str, Data]:
        kept: dict[str, Data] = {}
        for key, value in entries.items():
            copied = self.copy(value, (*old, key), (*new, key))
            if copied is not None:
                kept[key] = copied
                if (spot := self._document.keys.get((*old, key))) is not None:
                    self.keys[*new, key] = spot
        for path in self._added.get(old, ()):
            stand_in = self._cuts[path]
            if path[-1] not in entries and stand_in is not None:
                kept[str(path[-1])] = stand_in
                self.holes.append(Hole((*new, path[-1]), frozenset()))
        return kept
