"""Edits of JSON documents: every place of one, and what may stand there instead."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Place = tuple[str | int, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Visit every place in a document but the whole."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from places(below, (*path, key))


def edited(document: Any, place: Place) -> Iterator[Any]:
    """Give the document with one place deleted, and with every other value there; each is to be used at once."""
    outer = document = deepcopy(document)
    for key in place[:-1]:
        outer = outer[key]
    value, before = outer[place[-1]], dict(outer) if isinstance(outer, dict) else [*outer]
    del outer[place[-1]]
    yield document
    for other in _others(value):
        outer.clear()
        outer.update(before) if isinstance(outer, dict) else outer.extend(before)
        outer[place[-1]] = other
        yield document


def _others(value: Any) -> list[Any]:
    """Give values that could stand in place of one, of the same type and of others."""
    more: list[Any] = [None, [], {}, "", "1", 1, True, 1.0]
    match value:
        case str():
            more += [f"{value} ", value.upper(), [value]]
        case bool():
            more += [not value]
        case int():
            more += [value + 1, float(value), str(value)]
        case list():
            more += [value[::-1], value[:-1], [*value, *value[:1]], [*value, "x"], dict(enumerate(value))]
        case dict():
            more += [dict(reversed([*value.items()])), {**value, "x": 1}, {**value, "": None}, [*value.values()]]
        case _:
            assert value is None
    return [other for other in more if json.dumps(other) != json.dumps(value)]
