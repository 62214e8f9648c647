"""When two written names are the same, and how a name is shown that holds what cannot be seen."""

import unicodedata
from typing import Final

_BLANKS: Final = "\t\n\r\u2028\u2029"
_NO_CHARACTERS: Final = "\ufffe\uffff"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Categories of Unicode: control codes, format codes (they turn the direction of writing), lone surrogates."""


def fold(text: str) -> str:
    """Reduce a name to what tells it from others: NFKC (full and half width are one), no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def visible(text: str) -> str:
    """Write out what acts on a screen or page without being seen (`[U+202E]`); line breaks become spaces."""
    if text.isprintable():
        return text
    return "".join(map(_seen, text))


def _seen(char: str) -> str:
    if char in _BLANKS:
        return " "
    unseen = char in _NO_CHARACTERS or unicodedata.category(char) in _UNSEEN
    return f"[U+{ord(char):04X}]" if unseen else char
