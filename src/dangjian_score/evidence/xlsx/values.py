"""What a stored value means, given the kind and the style that its cell names; texts and their escapes."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.evidence.sheets import BrokenCell, Content, Memo, RawCell
from dangjian_score.evidence.xlsx.archive import (
    ElementRule,
    Package,
    UnreadableError,
    XmlAttributes,
    flag,
    for_cell,
    walk,
)
from dangjian_score.evidence.xlsx.formats import CellStyle, presented

TextMark = Literal["struck", "raised", "lowered"]
Run = tuple[str, TextMark | None]
"""A piece of a text, and how it is written."""

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MARKED: Final = {"struck": "~~{}~~", "raised": "^{}", "lowered": "_{}"}
"""How a mark is shown where there is only plain text."""


def strings(package: Package, part: str) -> tuple[str | tuple[Run, ...], ...]:
    """Read the shared strings, how they are pronounced left out: as runs where any of them is marked."""
    found: list[str | tuple[Run, ...]] = []
    runs: list[Run] = []
    marks: list[TextMark] = []
    letters = 0

    def mark(name: str, attributes: XmlAttributes) -> None:
        marks.extend(mark_of(name, attributes))

    def text(piece: str) -> None:
        runs.append((piece, marks[0] if marks else None))

    def close() -> None:
        nonlocal letters
        whole = for_cell("".join(piece for piece, _ in runs))
        found.append(tuple(runs) if any(how for _, how in runs) else whole)
        runs.clear()
        package.hold(1)
        letters += len(whole)
        if letters > limits.MAX_BOOK_TEXT:
            raise UnreadableError("too large")

    looks = {name: ElementRule(partial(mark, name)) for name in ("strike", "vertAlign")}
    run = ElementRule(end=marks.clear, below={"t": ElementRule(text=text), "rPr": ElementRule(below=looks)})
    item = ElementRule(end=close, below={"t": ElementRule(text=text), "r": run})
    package.parse(part, partial(walk, root={"sst": ElementRule(below={"si": item})}))
    return tuple(found)


def mark_of(name: str, attributes: XmlAttributes) -> tuple[TextMark, ...]:
    """Read what an element of a run's properties says of how it is written; nothing where that changes no meaning."""
    match name, attributes.get("val"):
        case "strike", value if flag(value or "1"):
            return ("struck",)
        case "vertAlign", "superscript":
            return ("raised",)
        case "vertAlign", "subscript":
            return ("lowered",)
        case _:
            return ()


def rich(runs: Sequence[Run], *, formula: bool = False) -> RawCell | None:
    """Make a cell of runs: without a value where a part of it is marked, struck out where all of it is."""
    marks = {mark for piece, mark in runs if piece.strip()}
    text = unescaped("".join(piece for piece, _ in runs)).strip()
    if marks <= {None} or marks == {"struck"}:
        return RawCell(text, typed=True, struck="struck" in marks, formula=formula) if text else None
    shown = "".join(piece if mark is None else _MARKED[mark].format(piece) for piece, mark in runs)
    return RawCell(BrokenCell("rich", unescaped(shown).strip()), typed=True, formula=formula)


def unescaped(text: str) -> str:
    """Undo `_x000D_`, where it stands for a letter that does no harm on a screen."""
    return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter in "\t\n\r" or not unicodedata.category(letter).startswith("C") else escaped[0]


_DIGITS: Final = 15
"""What Excel shows of a double, and what any double keeps of a decimal."""
_PLAIN: Final = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_LONGEST: Final = 100
"""A number in more letters is none."""


class WorkbookCommons(Struct, frozen=True):
    """What all sheets of a workbook share."""

    strings: Sequence[str | tuple[Run, ...]] = ()
    styles: Sequence[CellStyle] = (CellStyle(),)
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


def _style(book: WorkbookCommons, named: str | None) -> CellStyle:
    if named is None:
        return book.styles[0]
    if not named.isdecimal() or len(named) > _DIGITS or int(named) >= len(book.styles):
        raise UnreadableError("damaged")
    return book.styles[int(named)]


def _cell(book: WorkbookCommons, kind: str, style: CellStyle, value: str, *, formula: bool) -> RawCell | None:
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
    known = {"1": True, "true": True, "0": False, "false": False, "": None}
    return known.get(value.strip(), BrokenCell("error", value))


def _moment(value: str) -> Content | None:
    """Read a day as ISO 8601 writes it; with a time of day it is none."""
    text, _, time = value.strip().partition("T")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return BrokenCell("time", value) if value.strip() else None
    return BrokenCell("time", value) if time.rstrip("Z").strip("0:.") else found
