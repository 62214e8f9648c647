"""Sentences outside of items, each with the cases that are listed behind its colon."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct


class Sentence(Struct, frozen=True):
    """A sentence: `words` as the document has it, `said` without number, label and cases.

    A label is what it is headed with (一票否决：); `cases` are what is listed behind a colon.
    """

    words: str
    said: str
    label: str = ""
    cases: tuple[str, ...] = ()


_LIST: Final = re.compile(r"(?P<head>[^。；\n]*(?:下列|以下|如下|之一|情形的?)[^。；：\n]{0,40}：)(?=.)")
_ITEM: Final = re.compile(r"[①-⑳]|（[\d一二三四五六七八九十]{1,2}）|(?<![\d.])\d{1,2}[.、．）](?!\d)")
_NUMBER: Final = re.compile(
    r"^\s*(?:(?:有关)?(?:说明|备注|附注|注)：|第[一二三四五六七八九十百]+条\s*|[①-⑳]|（?[\d一二三四五六七八九十]{1,2}[）、．]|\d{1,2}\.(?!\d))\s*"
)
_LABEL: Final = re.compile(r"^(?P<label>[^，：、“”\d]{2,8})：(?=.)")


def sentences_of(lines: Iterable[str]) -> Iterator[Sentence]:
    """Visit the sentences of lines."""
    for line in lines:
        yield from _of_line(line)


def _of_line(line: str) -> Iterator[Sentence]:
    listing = _LIST.search(line)
    if listing is None:
        yield from _plain(line)
        return
    yield from _plain(line[: listing.start()])
    cases, rest = _cases(line[listing.end() :])
    words = line[listing.start() : len(line) - len(rest)]
    yield Sentence(words, *_labelled(listing["head"].rstrip("：")), cases)
    yield from _of_line(rest)


def _cases(tail: str) -> tuple[tuple[str, ...], str]:
    """Split what stands behind a colon at numbers, else at semicolons, else at commas; return what follows it, too."""
    numbers = [*_ITEM.finditer(tail)]
    end = tail.find("。", numbers[-1].end() if numbers else 0)
    listed, rest = (tail, "") if end < 0 else (tail[:end], tail[end + 1 :])
    for separator in (_ITEM, re.compile("[；\n]"), re.compile("[、，]")):
        parts = [part for each in separator.split(listed) if (part := each.strip(" ；。、，\n"))]
        if len(parts) > 1 or (numbers and separator is _ITEM):
            return tuple(parts), rest
    return (listed,), rest


def _plain(text: str) -> Iterator[Sentence]:
    for part in re.split("[。；\n]", text):
        if words := part.strip():
            yield Sentence(words, *_labelled(words))


def _labelled(text: str) -> tuple[str, str]:
    """Return a sentence without its number and label, and the label."""
    said = text.strip()
    while (number := _NUMBER.match(said)) is not None:
        said = said[number.end() :]
    label = _LABEL.match(said)
    return (said, "") if label is None else (said[label.end() :], label["label"])
