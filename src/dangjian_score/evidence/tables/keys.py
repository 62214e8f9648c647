"""Keys: texts that tell persons, cases, levels, rounds and values apart, and what to say of others."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell
from dangjian_score.core.names import fold
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.sheets import BrokenCell, Content, RawCell, shown, written
from dangjian_score.evidence.tables.cells import (
    COUNTING,
    Fault,
    Good,
    Inapplicable,
    Reading,
    code_of,
    counted,
    is_inapplicable,
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
    low = measure.least is not None and number < measure.least
    high = measure.most is not None and number > measure.most
    return "" if low or high else plain(number)


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


_PLACEHOLDER: Final = re.compile(
    r"(?:暂|尚|目前)?(?:无|没有|未|不|缺|待)(?:编号|案号|案件编号|案件|立案|填写?|填报|定|明|详|知|涉及|补|查|有|缺)?"
    r"|空白?|略|暂缺|null|none|nil|nan|n/?a|x{2,4}"
)
_BARE: Final = re.compile(r"[\W_0]+")
_DITTO: Final = re.compile(r"同[上前].{0,3}|[上前]同|同|ditto|〃|々|↑|\"+")
_TRAILING: Final = ";,。、*."
_NONE: Final = "无"
_LONG: Final = 10**15
"""Numbers of more digits have lost some: a spreadsheet keeps 15."""
_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_EXPONENT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+")


class Key(Struct, frozen=True):
    """A text that tells something from others, as written; `folded` is its normal form."""

    text: str
    folded: str


class Unusable(Struct, frozen=True):
    """A cell that cannot be a key, and why: `ditto`, `long`, `dressed` by a number format, or an `error`."""

    why: str


def read_key(raw: RawCell | None) -> Key | Unusable | None:
    """Read a cell as a key; None where it is blank or holds only a placeholder."""
    if raw is None:
        return None
    if isinstance(raw.content, BrokenCell):
        return Unusable("error")
    if isinstance(raw.content, date) or (raw.dressed and isinstance(raw.content, Fraction)):
        return Unusable("dressed")
    text = " ".join(written(raw).split())
    folded = fold(text)
    if _ERROR.fullmatch(text):
        return Unusable("error")
    if _DITTO.fullmatch(folded):
        return Unusable("ditto")
    if (isinstance(raw.content, Fraction) and abs(raw.content) >= _LONG) or _EXPONENT.fullmatch(folded):
        return Unusable("long")
    folded = folded.rstrip(_TRAILING)
    blank = _PLACEHOLDER.fullmatch(folded.strip("()")) or _BARE.fullmatch(folded)
    return None if blank or not folded else Key(text, folded)


def unusable(why: Unusable, raw: RawCell, cell: Cell, column: str) -> Iterator[Diagnostic]:
    """Report a cell that cannot be a key; of one beneath a merge its sheet said so."""
    content = raw.content
    if isinstance(content, BrokenCell):
        if content.why != "beneath":
            args = {"found": shown(raw), "measure": column, "kind": "text", "levels": "", **reasons(content)}
            yield at_cell(code_of(content), cell, **args)
    elif why.why == "error":
        yield at_cell(Code.CELL_ERROR, cell, found=shown(raw), measure=column)
    else:
        yield at_cell(Code.KEY_UNUSABLE, cell, found=shown(raw), measure=column, why=why.why)


class Spellings:
    """The spelling that each key was first written in, by column; another spelling of the same key is a note."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self._found = found
        self._first: dict[tuple[str, str], str] = {}
        self._noted: set[tuple[str, str]] = set()

    def read(self, measure: Measure, raw: RawCell, cell: Cell, *, none_is_priced: bool) -> Reading | None:
        """Read a key; None where it is blank. A level that rules know is given in their spelling."""
        key = read_key(raw)
        levels = {*map(fold, measure.levels), *((_NONE,) if none_is_priced else ())}
        if key is None and (folded := fold(written(raw))) in levels:
            key = Key(written(raw), folded)
        match key:
            case None:
                return None
            case Unusable() as why:
                self._found += unusable(why, raw, cell, measure.name)
                return Fault(Code.KEY_UNUSABLE)
            case Key() if is_inapplicable(raw):
                return Inapplicable()
            case Key():
                named = next((level for level in measure.levels if fold(level) == key.folded), None)
                if named is None:
                    return Good(self.first(measure.name, key, cell))
                return Good(self.known(measure.name, named, key, cell))

    def first(self, column: str, key: Key, cell: Cell) -> str:
        """Give the spelling that stands for a key, and note where this one differs."""
        text = self._first.setdefault((column, key.folded), key.text)
        if text != key.text and (column, key.text) not in self._noted:
            self._noted.add((column, key.text))
            self._found.append(at_cell(Code.SPELLINGS_ALIKE, cell, measure=column, found=key.text, first=text))
        return text

    def known(self, column: str, name: str, key: Key, cell: Cell) -> str:
        """Give the rubric's spelling of a key, and note where this one differs."""
        self._first.setdefault((column, key.folded), name)
        return self.first(column, key, cell)
