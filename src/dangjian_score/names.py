"""Names: when two are the same, which comes first, how the unseen in one is shown, what a file may be called."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

_BLANKS: Final = "\t\n\r\u2028\u2029"
_NO_CHARACTERS: Final = "\ufffe\uffff"
_NO_FILE: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FILE_LENGTH: Final = 60
"""Characters of a file's name; of Chinese ones some systems take 85."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Categories of Unicode: control codes, format codes (they turn the direction of writing), lone surrogates."""
_NUMERAL: Final = re.compile("[0-9０-９]+|[〇○零一二三四五六七八九十百千]+")
_DIGITS: Final = str.maketrans("０１２３４５６７８９〇○零一二三四五六七八九", "0123456789000123456789")
_COUNTED: Final = re.compile("(?:([1-9])千0?)?(?:([1-9])百0?)?(?:([1-9]?)(十))?([1-9]?)")
"""A number below ten thousand in Chinese, its digits replaced: 三百零五 as 3百05."""


def fold(text: str) -> str:
    """Reduce a name to what tells it from others: NFKC (full and half width are one), no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def order_key(name: str) -> tuple[tuple[tuple[bytes, int, bytes], ...], bytes]:
    """Give what names are sorted by: numbers in them as numbers (第2, 第二, 第十, 第10), the rest as GB18030 orders it.

    Numbers come before other text. Names alike but for how their numbers are written go by their bytes.
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
    """Write a number in digits, without zeros in front; None for characters that make none (千 in 千山)."""
    plain = numeral.translate(_DIGITS)
    if not plain.isdecimal():
        counted = _COUNTED.fullmatch(plain)
        if counted is None:
            return None
        thousands, hundreds, tens, ten, ones = (part or "" for part in counted.groups())
        plain = "".join(part or "0" for part in (thousands, hundreds, tens or ("1" if ten else ""), ones))
    return plain.lstrip("0") or "0"


def _gb18030(text: str) -> bytes:
    return text.encode("gb18030", "replace")


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


def file_name(wanted: str, taken: Iterable[str], suffix: str) -> str:
    """Make a name that a file may have on any system, unlike those taken; `suffix` begins with its point."""
    base = _NO_FILE.sub("_", visible(wanted)).strip(" .-~")[:_FILE_LENGTH].rstrip(" .") or "表"
    base = f"_{base}" if _RESERVED.fullmatch(base) else base
    return first_free(taken, lambda tail: f"{base}{tail}{suffix}")


def first_free(taken: Iterable[str], named: Callable[[str], str]) -> str:
    """Number a name until it is unlike those taken, large and small letters alike."""
    used = {name.casefold() for name in taken}
    tails = ("", *(f" ({at})" for at in range(2, len(used) + 2)))
    return next(name for name in map(named, tails) if name.casefold() not in used)
