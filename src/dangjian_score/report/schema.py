"""The JSON Schema of the rubric language, with words: what an editor checks, proposes and explains while one types."""

import json
from collections.abc import Mapping
from typing import Any

from dangjian_score.diagnostics import Code
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.schema import structure
from dangjian_score.words.codebook import explained
from dangjian_score.words.keybook import Told, told_keys
from dangjian_score.words.say import Words


def schema_json(said: Words) -> bytes:
    """Write the schema in one language; the same models and words give the same bytes."""
    schema, told = structure(), told_keys(said.language)
    definitions = {name: _worded(shape, told.get(name)) for name, shape in schema.pop("definitions").items()}
    whole = {"$schema": schema.pop("$schema"), **_worded(schema, told[Rubric.__name__]), "definitions": definitions}
    return (json.dumps(_with_words(whole, said), ensure_ascii=False, indent=2) + "\n").encode()


def _worded(shape: Mapping[str, Any], told: Told | None) -> dict[str, Any]:
    """Put the words before what they are about, and the examples after it."""
    if told is None:
        return dict(shape)
    worded = {"title": told.title, "description": told.says, **shape}
    if told.choices is not None:
        worded["enumDescriptions"] = [told.choices[str(value)] for value in shape["enum"]]
    return {**worded, "examples": list(told.examples)} if told.examples else worded


def _with_words(shape: Any, said: Words) -> Any:
    """Say what is expected where the structure names its term."""
    match shape:
        case dict():
            return {
                key: _expected(inner, said) if key == "errorMessage" else _with_words(inner, said)
                for key, inner in shape.items()
            }
        case list():
            return [_with_words(inner, said) for inner in shape]
        case _:
            return shape


def _expected(term: str, said: Words) -> str:
    return said.fill(explained(Code.WRONG_SHAPE, said.language).says, expected=term)
