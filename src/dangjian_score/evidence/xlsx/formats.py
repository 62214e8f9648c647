"""Styles of cells, and what their number formats make of a number: a figure, a per cent, a day, a time, or another."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Final, Literal

from msgspec import Struct, field

from dangjian_score.core import limits
from dangjian_score.evidence.sheets import BrokenCell, Content, RawCell, written
from dangjian_score.evidence.xlsx.archive import ElementRule, Package, XmlAttributes, bounded, flag, walk

Shown = Literal["figure", "percent", "percent_sign", "permille_sign", "date", "time", "scaled"]
"""How a section shows numbers.

A `percent` multiplies what is stored by a hundred; a sign that is only quoted or escaped follows the number as it is
stored; `scaled` shows another number than the one stored (in thousands, in 万, with digits of its own).
"""

_BUILT_IN: Final[Mapping[int, Shown]] = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "time"),
}
"""Formats named by number alone, as Chinese Excel shows them (ECMA-376 part 1, 18.8.30); others are figures."""
_NUMBER_LENGTH: Final = 6
"""Digits of the number of a built-in format, at most."""

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.?)|[_*].?|\[(?P<bracket>[^\]]*)\]?|(?P<general>general|g/通用格式)|(?P<bare>.)',
    re.IGNORECASE | re.DOTALL,
)
_TEST: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_COMPARED: Final[Mapping[str, Callable[[Fraction, Fraction], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_PLAIN: Final = re.compile(r"(?:0|1|#|@|49|general|g/通用格式)?(?:_.|\\ |\s)*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_ELAPSED: Final = re.compile(r"h+|m+|s+")
_CLOCK: Final = re.compile(r"[hs]|\[m+\]|am/pm|a/p|上午/下午")
_DAY: Final = re.compile(r"[yd]|aaa|g|e(?![+-])")

_DIGIT, _OPEN, _CLOSE = "\1", "\2", "\3"
"""What stands for a place of a digit, and around words that are only shown, once a section has been read."""
_OTHER_NUMBER: Final = re.compile(
    rf"{_DIGIT},+(?![,{_DIGIT}])"  # `0,` leaves the last three digits out
    rf"|{_DIGIT}{_OPEN}[.．·][^{_CLOSE}]*{_CLOSE}{_DIGIT}"  # `0!.0` is a tenth
    rf"|{_DIGIT}{_OPEN}[0-9]|[0-9]{_CLOSE}{_DIGIT}"  # `0"0"` is tenfold
    rf"|{_DIGIT}{_OPEN}\s*[-+×xX*/÷][0-9]"  # `0"+1"`
    rf"|{_DIGIT}{_OPEN}(?!\s*{_CLOSE}|[Ee][-+]{_CLOSE})[^{_CLOSE}]*{_CLOSE}[.,]*{_DIGIT}"  # `0"个"0` parts the digits
    rf"|{_DIGIT}{_OPEN}\s*(?:[十万亿兆]|百(?!分)|千(?![克米瓦])|[成折]\s*{_CLOSE}|[打‱]|[KkM](?![A-Za-z]))"
)
_MINUS: Final = re.compile("[-−－]")
_For = Literal["positive", "negative", "zero"]
"""Which numbers a section is for."""
_SIGNS: Final[Mapping[str, Shown]] = {
    "%": "percent_sign", "％": "percent_sign", "﹪": "percent_sign", "百分之": "percent_sign",
    "‰": "permille_sign", "千分之": "permille_sign",
}  # fmt: skip

_DAY_LONG: Final = 86_400_000
"""Milliseconds."""
_LAST: Final = date(9999, 12, 31)
_NO_DAY: Final = 60
"""29 February 1900, which Excel believes in."""


class FormatSection(Struct, frozen=True):
    """A part of a format: how it shows numbers, and those that it is for (`[<1]`), where it says so."""

    shown: Shown
    test: tuple[str, Fraction] | None = None

    def takes(self, number: Fraction) -> bool:
        """Tell whether a number meets the section's own condition."""
        return self.test is not None and _COMPARED[self.test[0]](number, self.test[1])


class NumberFormat(Struct, frozen=True):
    """A number format: its code, and its sections for numbers above zero, below it, and for zero."""

    code: str
    positive: FormatSection
    negative: FormatSection
    zero: FormatSection

    @property
    def is_plain(self) -> bool:
        """Whether a number is shown just as it is written in digits, so that it may name something."""
        return bool(_PLAIN.fullmatch(self.code))

    def shows(self, number: Fraction) -> Shown:
        """Tell how a number is shown: the first condition that it meets decides, without conditions its sign."""
        first, second = self.positive, self.negative
        if first.test is None and second.test is None:
            return (first if number > 0 else second if number < 0 else self.zero).shown
        if first.takes(number):
            return first.shown
        if second.takes(number):
            return second.shown
        return (first if first.test is None else second if second.test is None else self.zero).shown


def built_in(number: str) -> NumberFormat:
    """Give a format that is named by its number alone."""
    known = number.isdecimal() and len(number) < _NUMBER_LENGTH
    section = FormatSection(_BUILT_IN.get(int(number), "figure") if known else "figure")
    return NumberFormat(number, section, section, section)


def format_of(code: str) -> NumberFormat:
    """Read a format code. A last section that shows text (`@`) says nothing of numbers."""
    sections = _sections(code)
    if sections and len(sections) <= _WITH_TEXT and any(token["bare"] == "@" for token in sections[-1]):
        sections = sections[:-1]
    kinds: tuple[_For, ...] = ("positive", "negative", "zero")
    parted = [_section(tokens, kind) for tokens, kind in zip(sections, kinds, strict=False)]
    first, *others = parted or [FormatSection("figure")]
    return NumberFormat(code, first, others[0] if others else first, others[1] if len(others) > 1 else first)


_WITH_TEXT: Final = 4
"""Sections that a format may have: for numbers above zero, below it, for zero, and for text."""

Tokens = list[re.Match[str]]


def _sections(code: str) -> list[Tokens]:
    sections: list[Tokens] = [[]]
    for token in _TOKEN.finditer(code):
        if token["bare"] == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    return sections


def _section(tokens: Tokens, kind: _For) -> FormatSection:
    test = next((found for token in tokens if (found := _TEST.fullmatch(token["bracket"] or ""))), None)
    return FormatSection(_shown(tokens, kind), None if test is None else (test[1], Fraction(test[2])))


def _shown(tokens: Tokens, kind: _For) -> Shown:
    """Tell what a section shows: quoted and escaped letters, colours, conditions and locales make no day of it.

    What shows no digits of a number but zero, or a minus before one above zero, shows another number.
    """
    bare = "".join(_letters(token) for token in tokens).lower()
    clock = bool(_CLOCK.search(bare))
    if _DAY.search(bare) or ("m" in bare and not clock):
        return "date"
    if clock:
        return "time"
    form = "".join(map(_piece, tokens)).replace(_CLOSE + _OPEN, "")
    words = "".join(re.findall(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}", form))
    signs = [shown for sign, shown in _SIGNS.items() for _ in range(words.count(sign))]
    only_digits_of_its_own = _DIGIT not in form and any(letter.isdecimal() for letter in words)
    hides = kind != "zero" and _DIGIT not in form and "@" not in form and bool(tokens or kind == "positive")
    turns = kind == "positive" and bool(_MINUS.search(form.partition(_DIGIT)[0]))
    other = bool(_OTHER_NUMBER.search(form)) or only_digits_of_its_own or hides or turns
    if other or bare.count("%") + len(signs) > 1:
        return "scaled"
    return signs[0] if signs else "percent" if "%" in bare else "figure"


def _letters(token: re.Match[str]) -> str:
    """Give a letter that says what is shown; a space for all others."""
    bracket = token["bracket"]
    if bracket is not None and _ELAPSED.fullmatch(bracket.lower()):
        return f"[{bracket}]"
    return token["bare"] or " "


def _piece(token: re.Match[str]) -> str:
    """Write a token so that places of digits can be told from digits that are only shown."""
    bare, bracket = token["bare"], token["bracket"]
    if token["general"] or (bare and bare in "0#?"):
        return _DIGIT
    if bare and bare in ".,%/@":
        return bare
    currency = bracket[1:].partition("-")[0] if bracket and bracket.startswith("$") else ""
    words = token["quoted"] or token["escaped"] or bare or currency
    return f"{_OPEN}{words}{_CLOSE}" if words else ""


def presented(number: Fraction, form: NumberFormat, *, from_1904: bool) -> tuple[Content, bool]:
    """Give the value that a cell shows for a stored number, and whether it is shown as a per cent."""
    match form.shows(number):
        case "figure":
            return number, False
        case "percent":
            return number, True
        case "percent_sign":
            return number / 100, True
        case "permille_sign":
            return number / 1000, True
        case "scaled":
            return BrokenCell("scaled", written(RawCell(number)), form.code), False
        case "date":
            return day(number, from_1904=from_1904), False
        case "time":
            return hours(number), False


def day(serial: Fraction, *, from_1904: bool) -> date | BrokenCell:
    """Tell the day that a stored number stands for; with a time of day it is none. To the millisecond, as Excel."""
    days, rest = divmod(round(serial * _DAY_LONG), _DAY_LONG)
    if from_1904:
        first = date(1904, 1, 1)
    elif days == _NO_DAY:
        return BrokenCell("time", "1900-02-29")
    else:
        first = date(1899, 12, 31) if days < _NO_DAY else date(1899, 12, 30)
    if days < 0 or days > (_LAST - first).days:
        return BrokenCell("time", written(RawCell(serial)))
    if not days and not from_1904:
        return BrokenCell("time", _clock(rest) if rest else "1900-01-00")
    found = first + timedelta(days)
    return BrokenCell("time", f"{found} {_clock(rest)}") if rest else found


def hours(serial: Fraction) -> BrokenCell:
    """Show a number as the time that its format makes of it."""
    return BrokenCell("time", _clock(round(serial * _DAY_LONG)))


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(abs(milliseconds) // 1000, 60)
    sign = "-" if milliseconds < 0 else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


class CellStyle(Struct, frozen=True):
    """What a cell's style says of its value: how numbers are shown, and whether all of it is struck out."""

    format: NumberFormat = field(default_factory=lambda: built_in("0"))
    struck: bool = False


def styles(package: Package, part: str) -> tuple[CellStyle, ...]:
    """Read the styles of cells, by their position."""
    own: dict[str, str] = {}
    struck: list[bool] = []
    cells: list[tuple[str, str]] = []

    def code(attributes: XmlAttributes) -> None:
        own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        bounded(own, limits.MAX_STYLES)

    def font(_: XmlAttributes) -> None:
        struck.append(False)
        bounded(struck, limits.MAX_STYLES)

    def strike(attributes: XmlAttributes) -> None:
        struck[-1] = flag(attributes.get("val", "1"))

    def cell(attributes: XmlAttributes) -> None:
        cells.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "0")))
        bounded(cells, limits.MAX_STYLES)

    below = {
        "numFmts": ElementRule(below={"numFmt": ElementRule(code)}),
        "fonts": ElementRule(below={"font": ElementRule(font, below={"strike": ElementRule(strike)})}),
        "cellXfs": ElementRule(below={"xf": ElementRule(cell)}),
    }
    package.parse(part, partial(walk, root={"styleSheet": ElementRule(below=below)}))
    lined = {str(at) for at, line in enumerate(struck) if line}
    known = {(number, font): CellStyle(_format(own, number), font in lined) for number, font in set(cells)}
    return tuple(known[named] for named in cells)


def _format(own: Mapping[str, str], number: str) -> NumberFormat:
    return format_of(own[number]) if number in own else built_in(number)
