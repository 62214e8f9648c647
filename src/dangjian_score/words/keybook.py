"""The book of keys: what an editor says of every key of the rubric language, one file a model in `keys/`.

Each file holds the title and description of its model and of the keys which that model defines, in both languages,
examples of each key, and a line for each choice where a key has fixed ones.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from msgspec import Struct

from dangjian_score.words.codebook import Language


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
