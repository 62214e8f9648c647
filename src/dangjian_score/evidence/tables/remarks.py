"""What to say of cells that cannot be used: why not, and what was probably meant."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.sheets import BrokenCell, Content, RawCell, shown
from dangjian_score.evidence.tables.cells import (
    COUNTING,
    NoKey,
    code_of,
    counted,
    fits,
    narrowed,
    number_in,
    percent_in,
    plain_word,
)

_NOTHING: Final = frozenset(["没有", "没", "无", "零", "〇", "未发生", "没有发生", "未出现", "无此情况", "从未"])
_YES: Final = frozenset(["是的", "有的", "已有", "已完成", "做了", "YES", "T", "对", "✔", "☑", "V"])
_NO: Final = frozenset(["不是", "没", "没有", "零", "〇", "未完成", "没做", "NO", "F", "错", "✘", "☒", "X"])
_NUMERAL: Final = re.compile(rf"([〇零一二两三四五六七八九十百千]+) ?(?:{COUNTING})?")
_DIGITS: Final[Mapping[str, int]] = {digit: at for at, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS: Final[Mapping[str, int]] = {"十": 10, "百": 100, "千": 1000}
_LOOK_ALIKES: Final = str.maketrans("oOlI|", "00111")
_LARGEST_SHARE: Final = 100
_TAGGED: Final = ("<super>", "<sub>", "<fraction>")
"""How Unicode marks letters that are no figure beside others: ², ₂, ½."""


def remarks(cell: RawCell, measure: Measure) -> dict[str, str]:
    """Say what is odd about a cell and what was probably meant (`guess`), as parts of a message."""
    content = cell.content
    if isinstance(content, BrokenCell):
        return reasons(content)
    if isinstance(content, date):
        return {"dated": content.isoformat()}
    decimal = {"decimal": measure.name} if measure.kind == "count" and _is_broken(content) else {}
    return {"odd": _odd(content) if isinstance(content, str) else "", "guess": _guess(cell, measure), **decimal}


def _is_broken(content: Content) -> bool:
    """Tell a number that is not whole."""
    number = number_in(content) if isinstance(content, str) else content
    return isinstance(number, Fraction) and number.denominator > 1


def reasons(broken: BrokenCell) -> dict[str, str]:
    """Say why a cell has no usable value, as parts of a message."""
    match broken.why:
        case "scaled":
            return {"format": broken.detail}
        case "rich":
            return {"odd": "marked text"}
        case _:
            return {}


def _odd(text: str) -> str:
    inner = text.strip()
    if len(inner.splitlines()) > 1:
        return "two lines"
    if any(unicodedata.category(letter) in ("Cf", "Cc") for letter in inner):
        return "unseen letters"
    others = (letter for letter in narrowed(inner) if not letter.isascii())
    return "other digits" if any(unicodedata.category(letter) in ("Nd", "No", "Nl") for letter in others) else ""


def _guess(cell: RawCell, measure: Measure) -> str:
    match measure.kind, cell.content:
        case "percent", Fraction() as number:
            return percent(number / 100) if 1 < number <= _LARGEST_SHARE else ""
        case "percent", str() as text if percent_in(text) is None:
            meant = _number(text)
            return percent(meant / 100) if meant is not None and 1 < meant <= _LARGEST_SHARE else ""
        case (("count" | "number" | "score"), Fraction() as number) if cell.percent:
            return _fitting(number, measure)
        case (("count" | "number" | "score"), str() as text):
            return _fitting(_number(text), measure)
        case "yes_no", str() as text:
            word = plain_word(text)
            return "是" if word in _YES else "否" if word in _NO else ""
        case _:
            return ""


def _fitting(number: Fraction | None, measure: Measure) -> str:
    """Write a number that the measure could hold."""
    if number is None or (measure.kind == "count" and number.denominator != 1):
        return ""
    return plain(number) if fits(number, measure) else ""


def _number(text: str) -> Fraction | None:
    """Find the number that a text was probably meant to be."""
    if plain_word(text) in _NOTHING:
        return Fraction(0)
    narrow = narrowed(text)
    if found := _NUMERAL.fullmatch(narrow):
        return _numeral(found[1])
    letters = [unicodedata.decomposition(letter) for letter in narrow]
    if any(letter.startswith(_TAGGED) for letter in letters):
        return None
    usual = "".join(map(_usual, narrow)).translate(_LOOK_ALIKES)
    return counted(usual) if (number := number_in(usual)) is None else number


def _usual(letter: str) -> str:
    """Write a digit of another kind (⑤, ٣) as one of ours."""
    digit = unicodedata.digit(letter, None)
    return letter if digit is None else str(digit)


def _numeral(text: str) -> Fraction | None:
    """Read a numeral (`十二`, `一百零五`); none where digits stand side by side (`两三`)."""
    total, digit = 0, None
    last = 10_000
    for letter in text:
        if letter in _POWERS:
            power = _POWERS[letter]
            if power >= last or digit == 0:
                return None
            total += (1 if digit is None else digit) * power
            digit, last = None, power
        elif digit:
            return None
        else:
            digit = _DIGITS[letter]
    return Fraction(total + (digit or 0))


def no_key(reading: NoKey, raw: RawCell, cell: Cell, column: str) -> Iterator[Diagnostic]:
    """Report a cell that cannot be a key; of one beneath a merge its sheet said so."""
    content = raw.content
    if isinstance(content, BrokenCell):
        if content.why != "beneath":
            args = {"found": shown(raw), "measure": column, "kind": "text", "levels": "", **reasons(content)}
            yield at_cell(code_of(content), cell, **args)
    elif reading.why == "error":
        yield at_cell(Code.CELL_ERROR, cell, found=shown(raw), measure=column)
    else:
        yield at_cell(Code.KEY_UNUSABLE, cell, found=shown(raw), measure=column, why=reading.why)
