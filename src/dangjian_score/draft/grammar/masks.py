"""Figures that are no points (days, lengths, ages): hidden while a clause is matched, and put back afterwards."""

import re
from typing import Final

from msgspec.structs import replace

from dangjian_score.draft.grammar.phrases import ClausePhrase
from dangjian_score.draft.grammar.words import words

_BACKGROUND: Final = re.compile("|".join(words("background")))
_FIRST: Final = 0xE000
"""A private character of Unicode; documents hold none of them."""


class Masks:
    """The hidden figures of one clause."""

    def __init__(self) -> None:
        self._hidden: list[str] = []

    def masked(self, text: str) -> str:
        """Put a private character in place of every figure that is no points."""
        return _BACKGROUND.sub(self._hide, text)

    def _hide(self, match: re.Match[str]) -> str:
        self._hidden.append(match[0])
        return chr(_FIRST + len(self._hidden) - 1)

    def restored(self, phrase: ClausePhrase) -> ClausePhrase:
        """Put the figures back into the texts of a phrase."""
        subject, counted, act = map(self._shown, (phrase.subject, phrase.object, phrase.act))
        return replace(phrase, subject=subject, object=counted, act=act)

    def _shown(self, text: str) -> str:
        return "".join(
            self._hidden[ord(char) - _FIRST] if 0 <= ord(char) - _FIRST < len(self._hidden) else char for char in text
        )
