"""`differences`: whatever is changed in a result is found, every place of it, each in every way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dangjian_score.core.watching import unwatched
from dangjian_score.report.as_json import result_json
from dangjian_score.report.verification import differences, sentence
from dangjian_score.words.say import LANGUAGES, load_words
from tests.rich import rich
from tests.sampling import sampled

DATA = result_json(rich(), unwatched)
Place = tuple[str | int, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Visit every place in a document but the whole."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from places(below, (*path, key))


def others(value: Any) -> list[Any]:
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


@pytest.mark.parametrize("first", range(3))
def test_every_edit_is_found(first: int) -> None:
    was, now = json.loads(DATA), json.loads(DATA)
    for place in sampled([*places(now)], 97, 31 * first):
        outer = was
        for key in place[:-1]:
            outer = outer[key]
        value, before = outer[place[-1]], dict(outer) if isinstance(outer, dict) else [*outer]
        del outer[place[-1]]
        _is_found(was, now)
        for other in others(value):
            outer.clear()
            outer.update(before) if isinstance(outer, dict) else outer.extend(before)
            outer[place[-1]] = other
            _is_found(was, now)
        outer[place[-1]] = value
    assert not differences(was, now)


def _is_found(was: Any, now: Any) -> None:
    if not isinstance(was.get("tool"), dict) or was["tool"].get("version") != now["tool"]["version"]:
        return  # refused before it is compared, or said to be of another version
    found = differences(was, now)
    assert found
    for language in LANGUAGES:
        assert all(sentence(difference, load_words(language)) for difference in found)
