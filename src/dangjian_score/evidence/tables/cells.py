"""What a cell means, given what its column holds: figures, days and levels as people write them, and keys."""

import re
from datetime import date
from fractions import Fraction
from typing import Final, assert_never

from msgspec import Struct

from dangjian_score.core.diagnostics import Code
from dangjian_score.core.facts import AbsenceReason, Cell, Value
from dangjian_score.core.names import fold
from dangjian_score.core.points import read_number, read_percent
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.sheets import BrokenCell, RawCell, written

COUNTING: Final = r"(?:次|篇|个|人次|人|条|项|件|名|场|期|份|家|户|天|节|学时|小时|课时|分)"
"""Words that may follow a number."""

_WIDE: Final = {0x3000: " ", **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}}
_GROUP_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))
"""No-break and thin spaces, which part groups of digits."""
_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(?:( |,)[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_COUNTED: Final = re.compile(rf"(-?[0-9][0-9 ,.]*?) ?{COUNTING}")
_DATE: Final = re.compile(
    r"([0-9]{4})(?: ?([-./–]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,2})日?| ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号])"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?)?"
)
"""A day, also with a time of day, which does not matter to it."""


def narrowed(text: str) -> str:
    """Write full-width letters and spaces as narrow ones, and take the space around them away."""
    return text.translate(_WIDE).strip()


def plain_word(text: str) -> str:
    """Reduce a word that is compared with others: narrow, large letters, no spaces; line breaks stay."""
    return narrowed(text).upper().replace(" ", "")


def number_in(text: str) -> Fraction | None:
    """Read a text that is one decimal number: `3`, `1,200.5`, `1 200`."""
    narrow = narrowed(text).translate(_GROUP_SPACES)
    if found := _GROUPED.fullmatch(narrow):
        narrow = narrow.replace(found[1], "")
    return None if "/" in narrow else read_number(narrow)


def counted(text: str) -> Fraction | None:
    """Read a number with a word for what is counted: `3 次`."""
    found = _COUNTED.fullmatch(narrowed(text))
    return None if found is None else number_in(found[1])


def percent_in(text: str) -> Fraction | None:
    """Read a number with the sign of per cents: `95%`, `1/3%`."""
    narrow = narrowed(text)
    number = number_in(narrow[:-1]) if narrow.endswith("%") else None
    return read_percent(narrow) if number is None else number / 100


def day_in(text: str) -> date | None:
    """Read a day: `2024-03-05`, `2024.3.5`, `2024年3月5日`."""
    found = _DATE.fullmatch(narrowed(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.group(1, 3, 4, 5, 6) if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


class Good(Struct, frozen=True):
    """A value; `lenient` where it was read more generously than it is written."""

    value: Value
    lenient: bool = False


class BarePercent(Struct, frozen=True):
    """A number in a column of per cents that does not say whether 0.95 or 95 means 95 %."""

    number: Fraction


class Unusable(Struct, frozen=True):
    """Not usable, and why."""

    code: Code


class Inapplicable(Struct, frozen=True):
    """不适用: neither a value nor a blank."""


class NoFigure(Struct, frozen=True):
    """An assessor says why he gives no figure."""

    reason: AbsenceReason


class KeyText(Struct, frozen=True):
    """A text that tells something from others, as written; `folded` is its normal form."""

    text: str
    folded: str


class NoKey(Struct, frozen=True):
    """A cell that cannot be a key, and why: `ditto`, `long`, `dressed` by a number format, or an `error`."""

    why: str


Reading = Good | BarePercent | KeyText | NoKey | Unusable | Inapplicable | NoFigure
"""What a cell means, as far as it can be told from the cell alone.

Bare per cents and keys are settled when all files are read: by the whole column, by the spelling that came first.
"""


class TypedCell(Struct, frozen=True):
    """A cell that holds something, where it stands, and what it means in its column."""

    raw: RawCell
    cell: Cell
    reading: Reading


_YES: Final = frozenset(["是", "有", "√", "✓", "1", "达标", "合格", "Y", "TRUE"])
_NO: Final = frozenset(["否", "无", "×", "✗", "0", "未达标", "不合格", "N", "FALSE"])
_NOT_APPLICABLE: Final = frozenset(["不适用", "N/A", "NA"])
_LARGEST: Final = 10**15

_UNREADABLE: Final = Unusable(Code.UNREADABLE_CELL)


def read(cell: RawCell, measure: Measure) -> Reading:
    """Read one cell of a measure's column."""
    content = cell.content
    if isinstance(content, BrokenCell):
        day = day_in(content.shown) if measure.kind == "date" and content.why == "time" else None
        return Unusable(code_of(content)) if day is None else Good(Fraction(day.toordinal()))
    if is_inapplicable(cell):
        return Inapplicable()
    match measure.kind:
        case "yes_no":
            return _UNREADABLE if cell.percent else _yes_no(content)
        case "level":
            return _level(cell, measure)
        case "date":
            return _date(content)
        case "percent":
            return _percent(cell)
        case "count" | "number" | "score":
            reading = _UNREADABLE if cell.percent else _number(cell)
            return _within(reading, measure, whole=measure.kind == "count")
        case "text" | "votes":
            return Good(_text(cell, measure))
        case _:
            assert_never(measure.kind)


def is_inapplicable(cell: RawCell) -> bool:
    """Tell a cell that says 不适用."""
    return isinstance(cell.content, str) and plain_word(cell.content) in _NOT_APPLICABLE


def code_of(broken: BrokenCell) -> Code:
    """Name what is wrong with a cell without a usable value."""
    match broken.why:
        case "formula" | "error":
            return Code.CELL_ERROR
        case "merged" | "beneath":
            return Code.MERGED_CELLS
        case "time" | "scaled" | "rich":
            return Code.UNREADABLE_CELL
        case _:
            assert_never(broken.why)


def settled(reading: Reading, measure: Measure, scale: int | None) -> Reading:
    """Settle what a bare number in a column of per cents means, and check per cents."""
    match reading:
        case BarePercent(number) if scale is not None:
            return _within(Good(number / scale), measure, whole=False)
        case BarePercent():
            return Unusable(Code.PERCENT_AMBIGUOUS)
        case Good(Fraction()) if measure.kind == "percent":
            return _within(reading, measure, whole=False)
        case _:
            return reading


def _yes_no(content: str | Fraction | bool | date) -> Reading:
    if isinstance(content, bool):
        return Good(content)
    text = plain_word(str(content))
    return Good(text in _YES) if text in _YES | _NO else _UNREADABLE


def _level(cell: RawCell, measure: Measure) -> Reading:
    levels = {fold(level): level for level in (*measure.levels, *(() if measure.describes else ("无",)))}
    if (level := levels.get(fold(written(cell)))) is not None:
        return Good(level)
    if measure.open:
        return Good(_text(cell, measure))
    return Unusable(Code.ATTRIBUTE_UNKNOWN) if measure.describes else _UNREADABLE


def _text(cell: RawCell, measure: Measure) -> str:
    """Take words as they stand, spaces aside; a level that rules know in its own spelling."""
    levels = {fold(level): level for level in measure.levels}
    text = " ".join(written(cell).split())
    return levels.get(fold(text), text)


def _date(content: str | Fraction | bool | date) -> Reading:
    if isinstance(content, date):
        return Good(Fraction(content.toordinal()))
    day = day_in(content) if isinstance(content, str) else None
    return _UNREADABLE if day is None else Good(Fraction(day.toordinal()))


def _percent(cell: RawCell) -> Reading:
    if isinstance(cell.content, str) and (share := percent_in(cell.content)) is not None:
        return Good(share)
    match _number(cell):
        case Good(Fraction() as number) if cell.percent:
            return Good(number)
        case Good(Fraction() as number):
            return BarePercent(number)
        case _:
            return _UNREADABLE


def _number(cell: RawCell) -> Reading:
    content = cell.content
    if isinstance(content, Fraction):
        return Good(content) if abs(content) < _LARGEST else _UNREADABLE
    if not isinstance(content, str):
        return _UNREADABLE
    plain = number_in(content)
    number = counted(content) if plain is None else plain
    if number is None or abs(number) >= _LARGEST:
        return _UNREADABLE
    return Good(number, lenient=cell.typed or plain is None or not set(content) <= AS_WRITTEN)


AS_WRITTEN: Final = frozenset("-.0123456789")
"""What a number holds that is read just as it is written."""


def _within(reading: Reading, measure: Measure, *, whole: bool) -> Reading:
    """Hold a figure against what its kind and the rubric allow."""
    if not isinstance(reading, Good) or not isinstance(reading.value, Fraction):
        return reading
    if whole and reading.value.denominator != 1:
        return _UNREADABLE
    return reading if fits(reading.value, measure) else Unusable(Code.OUT_OF_RANGE)


def fits(number: Fraction, measure: Measure) -> bool:
    """Tell whether a number is within the bounds of a measure."""
    low = measure.least is not None and number < measure.least
    high = measure.most is not None and number > measure.most
    return not low and not high


_PLACEHOLDER: Final = re.compile(
    r"(?:暂|尚|目前)?(?:无|没有|未|不|缺|待)(?:编号|案号|案件编号|案件|立案|填写?|填报|定|明|详|知|涉及|补|查|有|缺)?"
    r"|空白?|略|暂缺|null|none|nil|nan|n/?a|x{2,4}"
)
_BARE: Final = re.compile(r"[\W_0]+")
_DITTO: Final = re.compile(r"同[上前].{0,3}|[上前]同|同|ditto|〃|々|↑|\"+")
_TRAILING: Final = ";,。、*."
_LONG: Final = 10**15
"""Numbers of more digits have lost some: a spreadsheet keeps 15."""
_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_EXPONENT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?e\+[0-9]+")
"""A number as spreadsheets save it in a .csv; a name such as 1E5 has no sign. In the normal form."""


def read_key(raw: RawCell | None) -> KeyText | NoKey | None:
    """Read a cell as a key; None where it is blank or holds only a placeholder."""
    if raw is None:
        return None
    if isinstance(raw.content, BrokenCell):
        return NoKey("error")
    if isinstance(raw.content, date) or (raw.dressed and isinstance(raw.content, Fraction)):
        return NoKey("dressed")
    text = " ".join(written(raw).split())
    folded = fold(text)
    if _ERROR.fullmatch(text):
        return NoKey("error")
    if _DITTO.fullmatch(folded):
        return NoKey("ditto")
    if (isinstance(raw.content, Fraction) and abs(raw.content) >= _LONG) or _EXPONENT.fullmatch(folded):
        return NoKey("long")
    folded = folded.rstrip(_TRAILING)
    blank = _PLACEHOLDER.fullmatch(folded.strip("()")) or _BARE.fullmatch(folded)
    return None if blank or not folded else KeyText(text, folded)


def read_typed(cell: RawCell, measure: Measure, *, none_is_priced: bool = False) -> Reading | None:
    """Read a cell of a column of any kind; None where one of keys holds only a placeholder.

    A level that rules know is a key even where it looks like a placeholder, as 无 does; `none_is_priced` where some
    rule knows 无.
    """
    if not measure.is_key:
        return read(cell, measure)
    key = read_key(cell)
    if isinstance(key, NoKey):
        return key
    levels = (*map(fold, measure.levels), *(("无",) if none_is_priced else ()))
    if key is None and (folded := fold(written(cell))) in levels:
        key = KeyText(written(cell), folded)
    return Inapplicable() if key is not None and is_inapplicable(cell) else key
