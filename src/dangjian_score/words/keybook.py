"""The pages of `keys/` about every key of the rubric language, and the JSON Schema for editors that carries them."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from msgspec import Struct

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.schema import structure
from dangjian_score.words.say import Language, Words, explained, read_page


class KeyHelp(Struct, frozen=True):
    """Title, description and examples of a model or key in one language, and the descriptions of its choices."""

    title: str
    says: str
    examples: tuple[Any, ...] = ()
    choices: Mapping[str, str] | None = None


def key_texts(language: Language) -> Mapping[str, KeyHelp]:
    """Return the texts of all models and keys, by `Model` and `Model.key`."""
    texts: dict[str, KeyHelp] = {}
    for page in sorted((files(__package__) / "keys").iterdir(), key=lambda page: page.name):
        texts.update(_model_texts(page.name.removesuffix(".yaml"), read_page(page), language))
    return texts


def _model_texts(model: str, page: Mapping[str, Any], language: Language) -> Iterator[tuple[str, KeyHelp]]:
    if language in page:
        yield model, KeyHelp(**page[language])
    for key, entry in page["keys"].items():
        choices = {value: texts[language] for value, texts in entry.get("choices", {}).items()}
        examples = tuple(entry["examples"])
        yield f"{model}.{key}", KeyHelp(**entry[language], examples=examples, choices=choices or None)


def schema_json(words: Words) -> bytes:
    """Return the schema with texts in one language; the same models and texts give the same bytes."""
    schema, texts = structure(), key_texts(words.language)
    version, shapes = schema.pop("$schema"), schema.pop("definitions")
    definitions = {name: _with_text(shape, texts.get(name)) for name, shape in shapes.items()}
    whole = {"$schema": version, **_with_text(schema, texts[Rubric.__name__]), "definitions": definitions}
    return (json.dumps(_with_errors(whole, words), ensure_ascii=False, indent=2) + "\n").encode()


def _with_text(shape: Mapping[str, Any], text: KeyHelp | None) -> dict[str, Any]:
    """Put title and description before a shape, and the examples after it."""
    if text is None:
        return dict(shape)
    described = {"title": text.title, "description": text.says, **shape}
    if text.choices is not None:
        described["enumDescriptions"] = [text.choices[str(value)] for value in shape["enum"]]
    return {**described, "examples": list(text.examples)} if text.examples else described


def _with_errors(shape: Any, words: Words) -> Any:
    """Replace the term of every `errorMessage` by the sentence that it is expected."""
    match shape:
        case dict():
            return {
                key: _expected(inner, words) if key == "errorMessage" else _with_errors(inner, words)
                for key, inner in shape.items()
            }
        case list():
            return [_with_errors(inner, words) for inner in shape]
        case _:
            return shape


def _expected(term: str, words: Words) -> str:
    return words.fill(explained(Code.WRONG_SHAPE, words.language).says, expected=term)
