"""Names: one normal form for comparing them, likeness, forms that fit a file; how broad text is."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache
from math import ceil
from typing import Final
from unicodedata import east_asian_width

_BLANKS: Final = "\t\n\r"
_WIDE_SPACE: Final = "\u3000"
_IGNORED: Final = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U0001d159\U000e0000-\U000e0fff"
)
"""Marks, letters and symbols of Unicode that show nothing: joiners, fillers, blanks, selectors of variants, tags."""
_SHOWS_NOTHING: Final = re.compile(f"[{_IGNORED}]")
_MARKS: Final = frozenset({"Mn", "Me"})
_MOST_MARKS: Final = 3
"""Accents above and below one letter; languages have three at most, more of them run into other lines."""
_STACK: Final = re.compile(rf"[^\w\s!-~]{{{_MOST_MARKS + 1},}}")
"""What may be a stack of accents, or a row of dashes."""
_UNPLAIN: Final = re.compile(f"[{_IGNORED}]|{_STACK.pattern}")
_NO_FILE: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FILE_LENGTH: Final = 60
"""Longest file name in characters; some systems take 85 Chinese ones."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Categories of Unicode: control codes, format codes (they turn the direction of writing), lone surrogates."""
_UNKNOWN: Final = frozenset({"Co", "Cn", "Zl", "Zp"})
"""Categories whose look is nobody's: private and unassigned characters; separators of lines and paragraphs."""
_NUMERAL: Final = re.compile("[0-9０-９]+|[〇○零一二三四五六七八九十百千]+")
_DIGITS: Final = str.maketrans("０１２３４５６７８９〇○零一二三四五六七八九", "0123456789000123456789")
_COUNTED: Final = re.compile("(?:([1-9])千0?)?(?:([1-9])百0?)?(?:([1-9]?)(十))?([1-9]?)")
"""A number below ten thousand in Chinese, its digits replaced: 三百零五 as 3百05."""
_SEVERAL: Final = re.compile(r"[^、,;]{2,}(?:[、,;][^、,;]{2,})+|.+等(?:[0-9]+|[二两三四五六七八九十]+)[人名].*")
_CLOSEST: Final = 5
"""Names that are most like one, among which that is looked for which is meant by it."""
_SPACE: Final = re.compile(r"\s+")
_TWINS: Final = {
    "a": "АаΑαɑ", "b": "ВвΒʙ", "c": "СсϹϲ", "d": "ԁ", "e": "ЕеΕҽ", "g": "ɡԍ", "h": "НнΗҺһʜ", "i": "ІіΙιıӀӏ",
    "j": "ЈјͿϳȷ", "k": "КкΚκ", "l": "ⅼ", "m": "МмΜ", "n": "Νո", "o": "ОоΟοօ", "p": "РрΡρ", "q": "ԚԛԚ", "r": "г",
    "s": "Ѕѕ", "t": "ТтΤτ", "u": "υս", "v": "Ѵѵν", "w": "Ԝԝ", "x": "ХхΧχ", "y": "УуΥҮүγ", "z": "Ζ", "3": "Ззɜ",
    "6": "б",
}  # fmt: skip
"""Letters of Latin, and figures, with the Cyrillic, Greek, Armenian and phonetic letters that look like them.

Of Cyrillic both cases are there where one looks alike, so that case does not count; μ is not, which stands for micro.
"""
_VARIANTS: Final = {
    ord(variant): char
    for char, variants in {
        "(": "[{〔〈《【〘〖⟨⦅",
        ")": "]}〕〉》】〙〗⟩⦆",
        '"': "“”„‟«»「」『』〝〞'‘’‚‛′″",
        "·": "•・‧∙⋅●‣◦",
        "-": "‐‑‒–—―−─﹣",
        "〇": "○◯",
        **_TWINS,
    }.items()
    for variant in variants
}
"""Variants of a character in names: brackets, quotation marks, dots, dashes, letters that look alike."""


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """Return the normal form of a name: two spellings with one normal form are one name.

    Width, case, invisible characters, letters of other scripts that look like Latin ones, and the variants of brackets,
    quotation marks, dots, dashes and of characters that Unicode holds compatible are evened out. White space goes;
    between Latin letters or digits one space stays.
    """
    if text.isascii() and text.isalnum():
        return text.casefold()
    evened = _SHOWS_NOTHING.sub("", unicodedata.normalize("NFKC", text)).translate(_VARIANTS)
    seen = "".join(char for char in evened if unicodedata.category(char) not in _UNSEEN or char.isspace())
    return _SPACE.sub(_kept_space, seen.strip()).casefold()


def twins(name: str, other: str) -> str:
    """List the letters of other scripts in one of two names that look like letters of the other one, by their codes."""
    alike = {char for letters in _TWINS.values() for char in letters}
    return "、".join(f"{char} U+{ord(char):04X}" for char in sorted({*name} ^ {*other}) if char in alike)


def is_several(text: str) -> bool:
    """Return whether a text names several persons: `张三、李四`, `张三等3人`."""
    return bool(_SEVERAL.fullmatch(fold(text)))


def _kept_space(space: re.Match[str]) -> str:
    before, after = space.string[space.start() - 1], space.string[space.end()]
    return " " if _is_latin(before) and _is_latin(after) else ""


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def order_key(name: str) -> tuple[tuple[tuple[bytes, int, bytes], ...], bytes]:
    """Return the sort key of a name: its numbers as numbers (第2, 第二, 第十, 第10), the rest in the order of GB18030.

    Numbers come before other text. Names that differ only in the notation of numbers are sorted by their bytes.
    """
    parts: list[tuple[bytes, int, bytes]] = []
    end = 0
    for numeral in _NUMERAL.finditer(name):
        digits = _digits(numeral[0])
        if digits is not None:
            parts.append((_gb18030(name[end : numeral.start()]), len(digits), digits.encode()))
            end = numeral.end()
    return (*parts, (_gb18030(name[end:]), 0, b"")), _gb18030(name)


def _digits(numeral: str) -> str | None:
    """Return a number in digits without leading zeros; None for characters that are no number (千 in 千山)."""
    plain = numeral.translate(_DIGITS)
    if not plain.isdecimal():
        counted = _COUNTED.fullmatch(plain)
        if counted is None:
            return None
        thousands, hundreds, tens, ten, ones = (part or "" for part in counted.groups())
        plain = "".join(part or "0" for part in (thousands, hundreds, tens or ("1" if ten else ""), ones))
    return plain.lstrip("0") or "0"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the name that is most likely meant by one that is misspelt; empty where there is none.

    It has the same numbers: 第7支部 is not 第4支部 misspelt.
    """
    alike = get_close_matches(name, list(known), n=_CLOSEST)
    return next((other for other in alike if _numbers(other) == _numbers(name)), "")


def _numbers(name: str) -> list[str | None]:
    return [_digits(numeral) for numeral in _NUMERAL.findall(name)]


def _gb18030(text: str) -> bytes:
    return text.encode("gb18030", "replace")


def visible(text: str) -> str:
    """Return the text as one line in which nothing acts unseen: that is written out (`[U+202E]`).

    Line breaks, tabs and spaces of other widths become a space, but for the wide one of Chinese.
    """
    if text.isprintable() and not _UNPLAIN.search(text):
        return text
    return _STACK.sub(_unstacked, text.translate(_SHOWN))


def visible_lines(text: str) -> str:
    """Return the text as `visible` does, its lines as they are."""
    return "\n".join(map(visible, text.split("\n")))


def unseen(text: str) -> list[str]:
    """List the characters of a text that people would not be shown as they are, but for line breaks and tabs."""
    return sorted(char for char in set(text) - {*_BLANKS} if _SHOWN[ord(char)] != char)


class _Shown(dict[int, str]):
    """What a character is shown as, by its code; worked out when one is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _seen(chr(code))
        return self[code]


_SHOWN: Final = _Shown()


def _seen(char: str) -> str:
    category = unicodedata.category(char)
    if char in _BLANKS or (category == "Zs" and char != _WIDE_SPACE):
        return " "
    if category in _UNSEEN | _UNKNOWN or _SHOWS_NOTHING.match(char):
        return _written_out(char)
    return char


def _written_out(char: str) -> str:
    return f"[U+{ord(char):04X}]"


def _unstacked(stack: re.Match[str]) -> str:
    """Write out the accents beyond those that a letter may have."""
    shown, high = list[str](), 0
    for char in stack[0]:
        high = high + 1 if unicodedata.category(char) in _MARKS else 0
        shown.append(char if high <= _MOST_MARKS else _written_out(char))
    return "".join(shown)


class FreeNames:
    """Names that are given once each, ignoring case; those `taken` before are not given."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}
        self._numbers: dict[str, int] = {}

    def take(self, named: Callable[[str], str]) -> str:
        """Return the first numbered form of a name that is free: as it is, with " (2)", with " (3)"."""
        name = named("")
        first, number = name.casefold(), self._numbers.get(name.casefold(), 1)
        while name.casefold() in self._taken:
            number += 1
            name = named(f" ({number})")
        self._numbers[first] = number
        self._taken.add(name.casefold())
        return name


def file_name(wanted: str, free: FreeNames, suffix: str) -> str:
    """Return a file name that is valid on any system and free; `suffix` begins with a dot."""
    base = _NO_FILE.sub("_", visible(wanted)).strip(" .-~")[:_FILE_LENGTH].rstrip(" .") or "表"
    base = f"_{base}" if _RESERVED.fullmatch(base) else base
    return free.take(lambda tail: f"{base}{tail}{suffix}")


_ALIKE: Final = 0.75
"""Least similarity, from 0 to 1, at which a name is taken for a misspelling of another."""
_ORDINALS: Final = re.compile("[0-9A-Za-z一二三四五六七八九十甲乙丙丁]")


def near_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that was most likely meant; empty where none is similar.

    Names are similar where one contains the other or most characters are the same. Names that differ only in a number
    or letter (一类, 二类) are different on purpose.
    """
    wanted = fold(name)
    alike = {other: _likeness(wanted, fold(other)) for other in known}
    best = max(alike, key=lambda other: alike[other], default="")
    return best if best and alike[best] >= _ALIKE else ""


def _likeness(name: str, other: str) -> float:
    """Return the similarity, from 0 to 1; above 1 where one contains the other."""
    if _ORDINALS.sub("", name) == _ORDINALS.sub("", other):
        return 0
    alike = SequenceMatcher(None, name, other, autojunk=False).ratio()
    return 1 + alike if name in other or other in name else alike


def lines_of(text: str, room: float) -> int:
    """Return the number of lines of a text where a line has `room` half-width characters."""
    if "\n" in text:
        return sum(lines_of(line, room) for line in text.split("\n"))
    most = (len(text) + len(text.encode(errors="replace"))) // 2  # a wide character has three bytes or more
    return 1 if most <= room else max(ceil(_breadth(text) / room), 1)


def breadth(text: str) -> int:
    """Return the width of the longest line of a text in half-width characters."""
    return max(map(_breadth, text.split("\n")))


def _breadth(line: str) -> int:
    return len(line) if line.isascii() else sum(map(_breadth_of, line))


@cache
def _breadth_of(char: str) -> int:
    return 2 if east_asian_width(char) in "WF" else 1
