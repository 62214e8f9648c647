"""Two results of the same files, held against each other key by key: the one that was kept, and one made anew."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

from dangjian_score.words.say import Words

Path = tuple[str, ...]

_INPUTS: Final = ("schema", "public", "rubric", "evidence")
_CAUSES: Final = ("nodes", "rounds", "lines")
"""What the rest follows from, in this order."""
_SUMS: Final = ("base", "bonus", "penalty", "adjust", "total")
_WORDING: Final = frozenset({"text", "which", "why", "diagnostics", "language"})
"""What a later version may word otherwise."""
_SEQUENCE: Final = "#order"
"""What stands in a path for the order of a list."""
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


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Compare two documents of `dangjian.result/1`; causes come before what follows from them.

    Where they were made by different versions, sentences and keys that are new are not compared.
    """
    same_version = was.get("tool") == now.get("tool")
    passed = frozenset[str]() if same_version else _WORDING
    found = [difference for difference in _walked(_rest(was), _rest(now), (), passed) if same_version or difference.was]
    return tuple(sorted(found, key=lambda difference: _order(difference.path)))


def _rest(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "tool"}


def _walked(was: Any, now: Any, path: Path, passed: frozenset[str]) -> Iterator[Difference]:
    if isinstance(was, dict) and isinstance(now, dict):
        yield from _members(was, now, path, passed)
    elif isinstance(was, list) and isinstance(now, list):
        left, right = _named(was), _named(now)
        yield from _members(left, right, path, passed)
        if left.keys() == right.keys() and list(left) != list(right):
            moved = (at for at, (old, new) in enumerate(zip(left, right, strict=True)) if old != new)
            at = next(moved)
            yield Difference((*path, _SEQUENCE), (f"{at + 1} {[*left][at]}",), (f"{at + 1} {[*right][at]}",))
    elif was != now:
        yield Difference(path, (was,), (now,))


def _members(
    was: Mapping[str, Any], now: Mapping[str, Any], path: Path, passed: frozenset[str]
) -> Iterator[Difference]:
    keys = dict.fromkeys((*was, *now))
    for key in sorted(keys, key=lambda key: _CAUSES.index(key) if key in _CAUSES else len(_CAUSES)):
        here = (*path, key)
        if key in passed:
            continue
        if key in was and key in now:
            yield from _walked(was[key], now[key], here, passed)
        else:
            yield Difference(here, (was[key],) if key in was else (), (now[key],) if key in now else ())


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
    if found.path[-1] == "sha256":
        return words.text("changed", place=_place(Difference(found.path[:-1], (), ()), words))
    return words.text("differs", place=_place(found, words), was=_shown(found.was, words), now=_shown(found.now, words))


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
        return words.text("empty") if value in (None, "") else str(value)
    return words.text("not there")
