"""What a stored value means, given the kind and the style that its cell names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Final

from dangjian_score.evidence.formats import Format, day, hours
from dangjian_score.evidence.parts import unescaped
from dangjian_score.evidence.refusals import RefusedError
from dangjian_score.evidence.sheets import Broken, Content, RawCell

MAX_KEPT: Final = 20_000
"""Values of one kind and style that are remembered; most sheets hold few, again and again."""

_DIGITS: Final = 15
"""What Excel shows of a double, and what any double keeps of a decimal."""
_PLAIN: Final = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_LONGEST: Final = 100
"""A number in more letters is none."""


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share."""

    strings: Sequence[str] = ()
    formats: Sequence[Format] = ("figure",)
    from_1904: bool = False


class Memo(dict[str, RawCell | None]):
    """Cells by their stored value, each kind and style with its own; None is a blank."""

    def __init__(self, make: Callable[[str], RawCell | None]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: str) -> RawCell | None:
        cell = self._make(value)
        if len(self) < MAX_KEPT:
            self[value] = cell
        return cell


class Readings(dict[tuple[str | None, str | None], Memo]):
    """For each kind and style that cells name (`t`, `s`), what their values mean."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, named: tuple[str | None, str | None]) -> Memo:
        kind, style = named
        form = _format(self._book, style)
        reading = self[named] = Memo(_reading(self._book, kind or "n", form))
        return reading


def _format(book: Book, style: str | None) -> Format:
    if style is None:
        return book.formats[0]
    if not style.isdecimal() or len(style) > _DIGITS or int(style) >= len(book.formats):
        raise RefusedError("damaged")
    return book.formats[int(style)]


def _reading(book: Book, kind: str, form: Format) -> Callable[[str], RawCell | None]:
    percent = form == "percent"
    read = _contents(book, kind, form)

    def cell(value: str) -> RawCell | None:
        content = read(value)
        return None if content is None else RawCell(content, percent, True)

    return cell


def _contents(book: Book, kind: str, form: Format) -> Callable[[str], Content | None]:
    match kind:
        case "n":
            return number if form in ("figure", "percent") else partial(_timed, form=form, from_1904=book.from_1904)
        case "s":
            return partial(_shared, strings=book.strings)
        case "str" | "inlineStr":
            return _text
        case "b":
            return _flag
        case "d":
            return _moment
        case _:
            return _error


def _shared(value: str, strings: Sequence[str]) -> str | None:
    index = value.strip()
    if not index.isdecimal() or len(index) > _DIGITS or int(index) >= len(strings):
        raise RefusedError("string missing")
    return _text(strings[int(index)])


def _timed(value: str, form: Format, *, from_1904: bool) -> Content | None:
    found = number(value)
    if not isinstance(found, Fraction):
        return found
    return day(found, from_1904=from_1904) if form == "date" else hours(found)


def number(text: str) -> Fraction | Broken | None:
    """Read a double as its 15 significant digits, as Excel shows it; none where nothing stands there."""
    plain = _PLAIN.fullmatch(text) if len(text) <= _DIGITS else None
    if plain is not None:
        decimals = plain[2]
        return Fraction(int(plain[1] + decimals), 10 ** len(decimals)) if decimals else Fraction(int(text))
    text = text.strip()
    if not text:
        return None
    if len(text) > _LONGEST or not _DOUBLE.fullmatch(text):
        return Broken("error", text)
    shown = format(float(text), f".{_DIGITS}g")
    return Broken("error", text) if shown.endswith("inf") else Fraction(shown)


def _text(value: str) -> str | None:
    return unescaped(value).strip() or None


def _flag(value: str) -> Content | None:
    said = {"1": True, "true": True, "0": False, "false": False, "": None}
    return said.get(value.strip(), Broken("error", value))


def _moment(value: str) -> Content | None:
    """Read a day as ISO 8601 writes it; with a time of day it is none."""
    text, _, time = value.strip().partition("T")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return Broken("time", value) if value.strip() else None
    return Broken("time", value) if time.rstrip("Z").strip("0:.") else found


def _error(value: str) -> Content | None:
    return Broken("error", value) if value else None
