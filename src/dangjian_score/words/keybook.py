"""What an editor says of every key of the rubric language, and the JSON Schema that carries it."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from msgspec import Struct

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.schema import structure
from dangjian_score.words.codebook import Language, explained
from dangjian_score.words.say import Words


class Told(Struct, frozen=True):
    """What is said of a model or key in one language."""

    title: str
    says: str
    examples: tuple[Any, ...] = ()
    choices: Mapping[str, str] | None = None


def told_keys(language: Language) -> Mapping[str, Told]:
    """Give all that is said, by `Model` and `Model.key`."""
    import yaml  # noqa: PLC0415  read when asked for

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    book: dict[str, Told] = {}
    for page in sorted((files(__package__) / "keys").iterdir(), key=lambda one: one.name):
        data = yaml.load(page.read_text("utf-8"), loader)  # noqa: S506  safe loaders both
        book.update(_model_keys(page.name.removesuffix(".yaml"), data, language))
    return book


def _model_keys(model: str, data: Mapping[str, Any], language: Language) -> Iterator[tuple[str, Told]]:
    if language in data:
        yield model, Told(**data[language])
    for key, said in data["keys"].items():
        choices = {value: words[language] for value, words in said.get("choices", {}).items()}
        yield f"{model}.{key}", Told(**said[language], examples=tuple(said["examples"]), choices=choices or None)


def schema_json(words: Words) -> bytes:
    """Write the schema in one language; the same models and words give the same bytes."""
    schema, told = structure(), told_keys(words.language)
    definitions = {name: _worded(shape, told.get(name)) for name, shape in schema.pop("definitions").items()}
    whole = {"$schema": schema.pop("$schema"), **_worded(schema, told[Rubric.__name__]), "definitions": definitions}
    return (json.dumps(_with_words(whole, words), ensure_ascii=False, indent=2) + "\n").encode()


def _worded(shape: Mapping[str, Any], told: Told | None) -> dict[str, Any]:
    """Put the words before what they are about, and the examples after it."""
    if told is None:
        return dict(shape)
    worded = {"title": told.title, "description": told.says, **shape}
    if told.choices is not None:
        worded["enumDescriptions"] = [told.choices[str(value)] for value in shape["enum"]]
    return {**worded, "examples": list(told.examples)} if told.examples else worded


def _with_words(shape: Any, words: Words) -> Any:
    """Say what is expected where the structure names its term."""
    match shape:
        case dict():
            return {
                key: _expected(inner, words) if key == "errorMessage" else _with_words(inner, words)
                for key, inner in shape.items()
            }
        case list():
            return [_with_words(inner, words) for inner in shape]
        case _:
            return shape


def _expected(term: str, words: Words) -> str:
    return words.fill(explained(Code.WRONG_SHAPE, words.language).says, expected=term)
