"""What an editor makes of a rubric: YAML 1.2 with typed scalars, held against the JSON Schema."""

import json
from functools import cache
from typing import Any, cast

from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from dangjian_score.words.keybook import schema_json
from dangjian_score.words.say import Language, load_words

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_TEXT = "tag:yaml.org,2002:str"


def typed(text: str) -> Any:
    """Load YAML as editors do: numbers and true/false are typed, dates stay text, keys are text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.yaml_constructors = {
        **yaml.constructor.yaml_constructors,
        _TIMESTAMP: yaml.constructor.yaml_constructors[_TEXT],
    }
    return _keyed(yaml.load(text))


def _keyed(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _keyed(value) for key, value in data.items()}
    return [_keyed(one) for one in data] if isinstance(data, list) else data


@cache
def schema(language: Language = "zh") -> dict[str, Any]:
    """Give the schema as the command prints it."""
    return cast("dict[str, Any]", json.loads(schema_json(load_words(language))))


VALIDATOR = Draft7Validator(schema())


def refusals(text: str) -> list[str]:
    """List what an editor would underline."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(typed(text))]
