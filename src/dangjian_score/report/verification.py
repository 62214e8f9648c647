"""Two results of the same files, held against each other key by key: the one that was kept, and one made anew."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

from dangjian_score.words.say import Words

Path = tuple[str, ...]

_INPUTS: Final = ("schema", "tool", "language", "public", "rubric", "evidence")
_CAUSES: Final = ("nodes", "rounds", "lines")
"""What the rest follows from, in this order."""
_SUMS: Final = ("base", "bonus", "penalty", "adjust", "total")
_WORDING: Final = (
    ("lines", "text"),
    ("decisions", "text"),
    ("decisions", "effect"),
    ("displaced", "why"),
    ("diagnostics", "message"),
)
"""What another version may word otherwise, though not leave out: keys of members of lists."""
_SEQUENCE: Final = "#order"
"""What stands in a path for the order of a list, or of keys."""
_HASH: Final = "sha256"
_VERSION: Final = ("tool", "version")
_NAMES: Final = ("unit", "id", "title", "name")
"""Keys that members of a list are known by, where they have one."""
_LEVELS: Final = frozenset({"evidence", "units", "nodes", "rounds", "unscored", "excluded", "selections"})
_CONTAINERS: Final = _LEVELS | {"lines"}


class Difference(Struct, frozen=True):
    """One place where the two differ; what stands there is empty where nothing does."""

    path: Path
    was: tuple[Any, ...]
    now: tuple[Any, ...]

    @property
    def is_input(self) -> bool:
        """Whether it is a file that changed, not what comes of it."""
        return self.path[0] in _INPUTS

    @property
    def is_content(self) -> bool:
        """Whether it is the content of a file, known by its hash."""
        return self.is_input and self.path[-1] == _HASH and bool(self.was and self.now)


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Compare two documents of `dangjian.result/1`; causes come before what follows from them.

    Everything counts: types (1 is not true), the order of keys and lists, what only one of them has. Where they name
    different versions, this name is no difference, and neither are sentences that both have but word otherwise.
    """
    same_version = was["tool"]["version"] == now["tool"]["version"]
    found = (difference for difference in _walked(was, now, (), same_version) if difference.path != _VERSION)
    return tuple(sorted(found, key=lambda difference: _order(difference.path)))


def _walked(was: Any, now: Any, path: Path, same_version: bool) -> Iterator[Difference]:
    if type(was) is not type(now):
        yield Difference(path, (was,), (now,))
    elif not same_version and was and now and _is_sentence(path, was):
        return
    elif isinstance(was, dict):
        yield from _members(was, now, path, same_version)
    elif isinstance(was, list):
        yield from _members(_named(was), _named(now), path, same_version)
    elif was != now:
        yield Difference(path, (was,), (now,))


def _is_sentence(path: Path, value: Any) -> bool:
    """Return whether a value is wording, by its key and the list that its object stands in."""
    return isinstance(value, str) and path[-3:-2] + path[-1:] in _WORDING


def _members(was: Mapping[str, Any], now: Mapping[str, Any], path: Path, same_version: bool) -> Iterator[Difference]:
    keys = dict.fromkeys((*was, *now))
    for key in sorted(keys, key=lambda key: _CAUSES.index(key) if key in _CAUSES else len(_CAUSES)):
        here = (*path, key)
        if key in was and key in now:
            yield from _walked(was[key], now[key], here, same_version)
        else:
            yield Difference(here, (was[key],) if key in was else (), (now[key],) if key in now else ())
    if was.keys() == now.keys() and [*was] != [*now]:
        at, old, new = next((at, *pair) for at, pair in enumerate(zip(was, now, strict=True), 1) if pair[0] != pair[1])
        yield Difference((*path, _SEQUENCE), (f"{at} {old}",), (f"{at} {new}",))


def _named(members: list[Any]) -> dict[str, Any]:
    """Know the members of a list by their names, so that one more or less is found as such; else by their places."""
    texts = [member for member in members if isinstance(member, str)]
    if len(set(texts)) == len(members):
        return dict(zip(texts, texts, strict=True))
    for key in _NAMES:
        names = [member.get(key) if isinstance(member, dict) else None for member in members]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return dict(zip(map(str, names), members, strict=True))
    return {str(at): member for at, member in enumerate(members, start=1)}


def _order(path: Path) -> int:
    """Order what was put in, points, sums, what follows for one unit, what follows from comparing all."""
    if path[0] in _INPUTS:
        return 0
    within = path[2:] if path[0] == "units" else ()
    if not within:
        return 4 if path[-1] == _SEQUENCE else 1
    if within[0] in _CAUSES:
        return 1
    if within[0] in _SUMS:
        return 2
    return 4 if within[0] in ("rank", "selections") else 3


def sentence(found: Difference, words: Words) -> str:
    """Say where a difference is, what stood there and what is there now."""
    if found.is_content:
        return words.text("changed", place=_place(Difference(found.path[:-1], (), ()), words))
    was, now = _shown(found.was, words), _shown(found.now, words)
    if was == now and found.was and found.now:  # they differ in type, such as 1 and "1"
        was, now = (json.dumps(value, ensure_ascii=False) for value in (*found.was, *found.now))
    return words.text("differs", place=_place(found, words), was=was, now=now)


def _place(found: Difference, words: Words) -> str:
    """Say where a difference is: unit, round, item (the innermost), line, and what of it."""
    parts: list[str] = []
    for at, (parent, name) in enumerate(pairwise(("", *found.path))):
        if parent == "lines":
            parts.append(words.text("line number", number=name))
        elif parent in _LEVELS and name != _SEQUENCE:
            inner = parent == "nodes" and at > 2 and found.path[at - 3] == "nodes"  # noqa: PLR2004  nodes, id, nodes
            parts[len(parts) - inner :] = [name]
        elif name not in _CONTAINERS or (at == 0 and name != "units") or found.path[at + 1 :] == (_SEQUENCE,):
            parts.append(words.texts.get(f"key {name}", name))
    return " ".join(parts)


def _shown(values: Iterable[Any], words: Words) -> str:
    """Show what stands at a place."""
    for value in values:
        if isinstance(value, dict | list):
            return words.text("something")
        if value in (None, ""):
            return words.text("empty")
        return value if isinstance(value, str) else json.dumps(value)
    return words.text("not there")
