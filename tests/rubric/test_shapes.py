"""What editors are told of a scalar never refuses a text that its reader accepts, however the editor types it."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import TypeAdapter, ValidationError

from dangjian_score.rubric import conditions, fields
from dangjian_score.rubric.reading import read
from tests.editor import typed

READERS: dict[str, Any] = {
    "number": fields.Number,
    "amount": fields.Amount,
    "quantity": fields.AnyQuantity,
    "entry": fields.Entry,
    "limit": fields.Limit,
    "start": fields.Start,
    "flag": fields.Flag,
    "places": fields.Places,
    "count": fields.Count,
    "multiplier": fields.Multiplier,
    "share": fields.Share,
    "day": fields.Day,
    "scalar": fields.Scalar,
    "id": fields.Identifier,
    "text": fields.Text,
    "condition": fields.MeasureName,
    "term": conditions.Term,
}
ADAPTERS = {name: TypeAdapter[Any](reader) for name, reader in READERS.items()}
EDITORS = {name: Draft7Validator(adapter.json_schema()) for name, adapter in ADAPTERS.items()}

FIGURES = st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?(/[1-9][0-9]?)?%?", fullmatch=True)
TYPED = st.sampled_from(
    ["true", "True", "null", "~", "no", "on", "0x1F", "0o17", "1e5", "012", "1_000", "12:30", ".inf"]
)
WORDS = st.sampled_from(["all", "none", "max", "false", "2024-03-05", "2024-02-30", "是", "3.10", "A1", "a b", "1.2.3"])
WRITTEN = st.one_of(FIGURES, TYPED, WORDS, st.text("0123456789.-/%eEx_ 优", min_size=1, max_size=8))
QUOTED = st.sampled_from(["{}", "'{}'", '"{}"', "' {} '"])


def taken(adapter: TypeAdapter[Any], data: object) -> bool:
    try:
        adapter.validate_python(data)
    except ValidationError:
        return False
    return True


@settings(max_examples=600, deadline=None)
@given(WRITTEN, QUOTED)
@example("3.10", "{}")
@example("1" * 30, "{}")
@example("0." + "0" * 20 + "1", "{}")
@example("null", "{}")
def test_no_shape_refuses_what_its_reader_accepts(text: str, quotes: str) -> None:
    line = f"a: {quotes.format(text)}\n"
    document, found = read(line.encode(), "r.yaml")
    if document is None or found:
        return
    assert isinstance(document.data, dict)
    ours, theirs = document.data["a"], typed(line)["a"]
    refused = {
        name for name, adapter in ADAPTERS.items() if taken(adapter, ours) and not EDITORS[name].is_valid(theirs)
    }
    assert refused == set()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("number", "a: 九"),
        ("number", "a: 80%"),
        ("amount", "a: -1"),
        ("amount", "a: 10%"),
        ("quantity", "a: 三分"),
        ("entry", "a: 全部"),
        ("limit", "a: 无"),
        ("start", "a: 满分"),
        ("flag", "a: 是"),
        ("places", "a: 7"),
        ("places", "a: 1.5"),
        ("count", "a: 0"),
        ("share", "a: 0.3"),
        ("day", "a: 2024/3/5"),
        ("id", "a: a b"),
        ("text", "a: [b]"),
        ("scalar", "a: {b: c}"),
        ("condition", "a: [b]"),
        ("term", "a: {sum: b}"),
        ("term", "a: {mean: b, best: c}"),
    ],
)
def test_a_shape_refuses_what_is_wrong_in_any_typing(name: str, line: str) -> None:
    assert not EDITORS[name].is_valid(typed(line)["a"])
