"""The words of an item in pieces: where each clause stands in them, and what stands between the clauses."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from dangjian_score.draft.reading import Reading

_MARK: Final = re.compile(r"[\W_]")
"""What is passed over when words are compared: clauses are put together again from parts between commas."""
_SENTENCE_END: Final = re.compile("[；;。\n]")
_PART_END: Final = re.compile("[，,；;。\n]")
_ENUMERATOR: Final = re.compile(r"[\W_\d一二三四五六七八九十①-⑳]*")
_EDGES: Final = " \n，,；;。、　"
_ANCHOR: Final = 2
"""Letters by which a clause is found again of which a bracket was left out."""
_LEFT_OUT: Final = 60
"""Letters that may have been left out of a clause."""


class Piece(Struct, frozen=True):
    """Words of an item and the clause that they are, None for words between clauses."""

    words: str
    reading: Reading | None = None


class _Found(Struct, frozen=True):
    reading: Reading
    first: int
    last: int


def pieces(text: str, readings: Sequence[Reading]) -> Iterator[Piece]:
    """Cut a text at its clauses; no letter of it is lost. A clause that is not found in it follows by itself."""
    letters = [at for at, char in enumerate(text) if not _MARK.match(char)]
    bare = "".join(text[at] for at in letters)
    found: list[_Found] = []
    start = 0
    for reading in readings:
        span = _span(bare, _MARK.sub("", reading.words), start)
        if span is None:
            at = len(text) if start == len(letters) else letters[start]
            found.append(_Found(reading, at, at))
        else:
            start = span[1]
            found.append(_Found(reading, letters[span[0]], letters[start - 1] + 1))
    yield from _cut(text, found)


def _span(bare: str, words: str, start: int) -> tuple[int, int] | None:
    """Find the letters of a clause, or the stretch that has all of them in their order."""
    if not words:
        return None
    at = bare.find(words, start)
    if at >= 0:
        return at, at + len(words)
    starts = (match.start() + start for match in re.finditer(f"(?={re.escape(words[:_ANCHOR])})", bare[start:]))
    stretches = [(at, end) for at in starts if (end := _through(bare, words, at)) is not None]
    shortest = min(stretches, key=lambda stretch: stretch[1] - stretch[0], default=None)
    return shortest if shortest is not None and shortest[1] - shortest[0] <= len(words) + _LEFT_OUT else None


def _through(bare: str, words: str, start: int) -> int | None:
    """Return where all letters have been met, one after the other."""
    end = start
    for letter in words:
        end = bare.find(letter, end) + 1
        if end == 0:
            return None
    return end


def _cut(text: str, found: Sequence[_Found]) -> Iterator[Piece]:
    at = 0
    for place, each in enumerate(found):
        following = found[place + 1].first if place + 1 < len(found) else len(text)
        if each.first == each.last:
            yield Piece(each.reading.words, each.reading)
            continue
        *before, lead = _SENTENCE_END.split(text[at : each.first])
        yield from _plain(before)
        at = _end(text, each.last, following)
        yield Piece((lead + text[each.first : at]).strip(_EDGES), each.reading)
    yield from _plain(_SENTENCE_END.split(text[at:]))


def _end(text: str, last: int, following: int) -> int:
    """Return where a clause ends: with its part of the sentence, or with the list behind its colon."""
    end = _PART_END.search(text, last, following)
    at = following if end is None else end.start()
    return following if re.match(r"\s*[：:]", text[last:following]) else at


def _plain(sentences: Sequence[str]) -> Iterator[Piece]:
    for sentence in sentences:
        words = sentence.strip(_EDGES)
        if not _ENUMERATOR.fullmatch(words):
            yield Piece(words)
