"""What a cell means, given what its column holds. Tolerant where nothing can be misread, strict everywhere else."""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, assert_never

from dangjian_score.diagnostics import Code
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.sheets import Broken, RawCell, written
from dangjian_score.facts import AbsenceReason, Value
from dangjian_score.names import fold
from dangjian_score.points import read_number, read_percent


@dataclass(frozen=True, slots=True)
class Good:
    """A value; `lenient` where it was read more generously than it is written."""

    value: Value
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class BarePercent:
    """A number in a column of per cents that does not say whether 0.95 or 95 means 95 %."""

    number: Fraction


@dataclass(frozen=True, slots=True)
class Fault:
    """Not usable, and why."""

    code: Code


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """不适用: neither a value nor a blank."""


@dataclass(frozen=True, slots=True)
class NoFigure:
    """An assessor says why he gives no figure."""

    reason: AbsenceReason


Reading = Good | BarePercent | Fault | Inapplicable | NoFigure

_YES: Final = frozenset(["是", "有", "√", "✓", "1", "达标", "合格", "Y", "TRUE"])
_NO: Final = frozenset(["否", "无", "×", "✗", "0", "未达标", "不合格", "N", "FALSE"])
_NOT_APPLICABLE: Final = frozenset(["不适用", "N/A", "NA"])
_COUNTED: Final = re.compile(r"([-0-9.]+)(?:次|篇|个|人次|人|条|项|件|名|场|期|份|家|户|天|节|学时|小时|课时|分)")
_DATE: Final = re.compile(r"([0-9]{4})(?:[-./]([0-9]{1,2})[-./]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_LARGEST: Final = 10**15

_UNREADABLE: Final = Fault(Code.UNREADABLE_CELL)


def read(cell: RawCell, measure: Measure) -> Reading:
    """Read one cell of a measure's column."""
    content = cell.content
    if isinstance(content, Broken):
        broken = {"merged": Code.MERGED_CELLS, "time": Code.UNREADABLE_CELL}
        return Fault(broken.get(content.why, Code.CELL_ERROR))
    if isinstance(content, str) and fold(content).upper() in _NOT_APPLICABLE:
        return Inapplicable()
    match measure.kind:
        case "yes_no":
            return _yes_no(content)
        case "level":
            return _level(cell, measure)
        case "date":
            return _date(content)
        case "percent":
            return _percent(cell)
        case "count" | "number" | "score":
            reading = _number(cell)
            return _within(reading, measure, whole=measure.kind == "count")
        case "text" | "votes":
            return Good(_text(cell, measure))
        case _:
            assert_never(measure.kind)


def settle(value: Fraction, measure: Measure) -> Reading:
    """Check a per cent whose meaning has been settled."""
    return _within(Good(value), measure, whole=False)


def _yes_no(content: str | Fraction | bool | date) -> Reading:
    if isinstance(content, bool):
        return Good(content)
    text = fold(str(content)).upper()
    return Good(text in _YES) if text in _YES | _NO else _UNREADABLE


def _level(cell: RawCell, measure: Measure) -> Reading:
    levels = {fold(level): level for level in (*measure.levels, *(() if measure.describes else ("无",)))}
    if (level := levels.get(fold(written(cell)))) is not None:
        return Good(level)
    if measure.open:
        return Good(_text(cell, measure))
    return Fault(Code.ATTRIBUTE_UNKNOWN) if measure.describes else _UNREADABLE


def _text(cell: RawCell, measure: Measure) -> str:
    """Take words as they stand, spaces aside; a level that rules know in its own spelling."""
    levels = {fold(level): level for level in measure.levels}
    said = " ".join(written(cell).split())
    return levels.get(fold(said), said)


def _date(content: str | Fraction | bool | date) -> Reading:
    if isinstance(content, date):
        return Good(Fraction(content.toordinal()))
    if not isinstance(content, str) or not (found := _DATE.fullmatch(fold(content))):
        return _UNREADABLE
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return Good(Fraction(date(year, month, day).toordinal()))
    except ValueError:
        return _UNREADABLE


def _percent(cell: RawCell) -> Reading:
    if isinstance(cell.content, str) and (share := read_percent(fold(cell.content))) is not None:
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
    text = fold(content)
    counted = _COUNTED.fullmatch(text)
    number = read_number(counted.group(1) if counted else text)
    if number is None or "/" in text or abs(number) >= _LARGEST:
        return _UNREADABLE
    return Good(number, lenient=cell.typed or bool(counted) or text != content)


def _within(reading: Reading, measure: Measure, *, whole: bool) -> Reading:
    """Hold a figure against what its kind and the rubric allow."""
    if not isinstance(reading, Good) or not isinstance(reading.value, Fraction):
        return reading
    if whole and reading.value.denominator != 1:
        return _UNREADABLE
    low = measure.least is not None and reading.value < measure.least
    high = measure.most is not None and reading.value > measure.most
    return Fault(Code.OUT_OF_RANGE) if low or high else reading
