"""What a stored value means, given the kind and the style that its cell names."""

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.evidence.formats import presented
from dangjian_score.evidence.parts import Style
from dangjian_score.evidence.refusals import UnreadableError
from dangjian_score.evidence.sheets import BrokenCell, Content, Memo, RawCell
from dangjian_score.evidence.texts import Run, rich, unescaped

_DIGITS: Final = 15
"""What Excel shows of a double, and what any double keeps of a decimal."""
_PLAIN: Final = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_LONGEST: Final = 100
"""A number in more letters is none."""


class WorkbookCommons(Struct, frozen=True):
    """What all sheets of a workbook share."""

    strings: Sequence[str | tuple[Run, ...]] = ()
    styles: Sequence[Style] = (Style(),)
    from_1904: bool = False


class Readings(dict[tuple[str | None, str | None], Memo]):
    """For each kind and style that cells name (`t`, `s`), what their values mean; those of `formula`s apart."""

    def __init__(self, book: WorkbookCommons, *, formula: bool = False) -> None:
        super().__init__()
        self._book, self._formula = book, formula

    def __missing__(self, named: tuple[str | None, str | None]) -> Memo:
        kind, style = named
        read = partial(_cell, self._book, kind or "n", _style(self._book, style), formula=self._formula)
        reading = self[named] = Memo(read)
        return reading


def _style(book: WorkbookCommons, named: str | None) -> Style:
    if named is None:
        return book.styles[0]
    if not named.isdecimal() or len(named) > _DIGITS or int(named) >= len(book.styles):
        raise UnreadableError("damaged")
    return book.styles[int(named)]


def _cell(book: WorkbookCommons, kind: str, style: Style, value: str, *, formula: bool) -> RawCell | None:
    percent = dressed = False
    content = _shared(value, book.strings) if kind == "s" else _content(kind, value)
    match content:
        case None:
            return None
        case tuple():
            marked = rich(content, formula=formula)
            return marked and replace(marked, struck=marked.struck or style.struck)
        case Fraction():
            content, percent = presented(content, style.format, from_1904=book.from_1904)
            dressed = not style.format.is_plain
        case _:
            pass
    return RawCell(content, percent, typed=True, struck=style.struck, formula=formula, dressed=dressed)


def _content(kind: str, value: str) -> Content | None:
    match kind:
        case "n":
            return number(value)
        case "str" | "inlineStr":
            return _text(value)
        case "b":
            return _flag(value)
        case "d":
            return _moment(value)
        case _:
            return BrokenCell("error", value) if value else None


def _shared(value: str, strings: Sequence[str | tuple[Run, ...]]) -> str | tuple[Run, ...] | None:
    index = value.strip()
    if not index.isdecimal() or len(index) > _DIGITS or int(index) >= len(strings):
        raise UnreadableError("string missing")
    found = strings[int(index)]
    return _text(found) if isinstance(found, str) else found


def number(text: str) -> Fraction | BrokenCell | None:
    """Read a double as its 15 significant digits, as Excel shows it; none where nothing stands there."""
    plain = _PLAIN.fullmatch(text) if len(text) <= _DIGITS else None
    if plain is not None:
        decimals = plain[2]
        return Fraction(int(plain[1] + decimals), 10 ** len(decimals)) if decimals else Fraction(int(text))
    text = text.strip()
    if not text:
        return None
    if len(text) > _LONGEST or not _DOUBLE.fullmatch(text):
        return BrokenCell("error", text)
    shown = format(float(text), f".{_DIGITS}g")
    return BrokenCell("error", text) if shown.endswith("inf") else Fraction(shown)


def _text(value: str) -> str | None:
    return unescaped(value).strip() or None


def _flag(value: str) -> Content | None:
    said = {"1": True, "true": True, "0": False, "false": False, "": None}
    return said.get(value.strip(), BrokenCell("error", value))


def _moment(value: str) -> Content | None:
    """Read a day as ISO 8601 writes it; with a time of day it is none."""
    text, _, time = value.strip().partition("T")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return BrokenCell("time", value) if value.strip() else None
    return BrokenCell("time", value) if time.rstrip("Z").strip("0:.") else found
