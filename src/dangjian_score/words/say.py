"""Sentences from tables. One `Words` a language; only that language's table is loaded."""

import re
from collections.abc import Mapping
from importlib import import_module
from string import Formatter
from typing import Any, Final

from msgspec import Struct

from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.words.codebook import Language, explained

_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_NAME: Final = re.compile(r"\{(\w+)")
_LEFT_OUT: Final = "…"
_LONGEST: Final = 300
"""Characters of a value that a sentence repeats; a rubric may be one line of a megabyte."""


class Words(Struct, frozen=True):
    """The texts of one language by key: sentences with values in braces, headings, words for fixed terms."""

    language: Language
    texts: Mapping[str, str]

    def message(self, diagnostic: Diagnostic) -> str:
        """Say what is wrong and what to do about it; the place is said by whoever prints it."""
        told = {name: _shortened(text) for name, text in diagnostic.args}
        return self.fill(explained(diagnostic.code, self.language).says, **told)

    def fill(self, template: str, **args: str) -> str:
        """Fill a sentence. A part in square brackets is left out where one of its values is empty."""
        if "[" in template:
            template = _OPTIONAL.sub(
                lambda part: part[1] if all(args.get(n) for n in _NAME.findall(part[1])) else "", template
            )
        return _TermFormatter(self.texts).vformat(template, (), args) if "!t}" in template else template.format(**args)

    def text(self, key: str, **args: str) -> str:
        """Fill the text of a key. Raises KeyError."""
        return self.fill(self.texts[key], **args)


def load_words(language: Language) -> Words:
    """Load a language."""
    table = import_module(f"dangjian_score.words.{language}")
    return Words(language, table.TEXTS)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + _LEFT_OUT


class _TermFormatter(Formatter):
    """`{x!t}` is the word for a fixed term."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion == "t":
            return self._texts[f"term.{value}"].replace("{{", "{").replace("}}", "}")
        return super().convert_field(value, conversion)
