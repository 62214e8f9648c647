"""What a scalar of a rubric may be: the field that wants a number, a per cent, a date or true/false reads it.

Every reader takes the text that stands in the YAML and returns a frozen value, or reports what was expected instead.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, PlainValidator
from pydantic_core import PydanticCustomError

from dangjian_score.diagnostics import Code
from dangjian_score.points import read_number, read_percent

T = TypeVar("T")
V = TypeVar("V")


def problem(code: Code, **args: str) -> PydanticCustomError:
    """Make the error that pydantic collects and `load` turns into a finding of this code."""
    return PydanticCustomError(code, code, args)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that may be a per cent; `value` is 4/5 for `80%`."""

    value: Fraction
    percent: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """The entry `all` of a deduct table: it takes everything, as a forfeit does (不得分)."""


def _field(expected: str, read: Callable[[str], T | None]) -> PlainValidator:
    def validate(raw: object) -> T:
        if not isinstance(raw, str):
            raise problem(Code.WRONG_SHAPE, expected=expected)
        value = read(raw.strip())
        if value is None:
            raise problem(Code.UNREADABLE_VALUE, found=raw[:40], expected=expected)
        return value

    return PlainValidator(validate)


_LONG: Final = re.compile(r"/[0-9]{4}")
"""A fraction of thousandths or less: no regulation has one, and sums of many such have no end of digits."""


def _number(text: str) -> Fraction | None:
    return None if _LONG.search(text) else read_number(text)


def _percent(text: str) -> Fraction | None:
    return None if _LONG.search(text) else read_percent(text)


def quantity(text: str) -> Quantity | None:
    """Read `4`, `0.5`, `1/3` or `80%`."""
    if (share := _percent(text)) is not None:
        return Quantity(share, percent=True)
    number = _number(text)
    return None if number is None else Quantity(number)


_MEANT_AS_NUMBER: Final = re.compile(r"[-+.]?[0-9][-+.,:_/%0-9eE\s]*")


def name(text: str) -> str | None:
    """Read a name where a number might stand too; what looks like a number that cannot be read (`012`) is none."""
    return None if _MEANT_AS_NUMBER.fullmatch(text) else text


def _amount(text: str) -> Fraction | None:
    number = _number(text)
    return None if number is None or number < 0 else number


def _entry(text: str) -> Fraction | All | None:
    return All() if text == "all" else _amount(text)


def _limit(text: str) -> Fraction | Literal["none"] | None:
    return "none" if text == "none" else _number(text)


def _start(text: str) -> Fraction | Literal["max"] | None:
    return "max" if text == "max" else _number(text)


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _whole(text: str) -> int | None:
    number = read_number(text)
    return number.numerator if number is not None and number.denominator == 1 and number >= 0 else None


def read_date(text: str) -> date | None:
    """Read `2024-03-05`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _scalar(text: str) -> Quantity | date | bool | str | None:
    known = {"是": True, "true": True, "否": False, "false": False}
    return known.get(text, quantity(text) or read_date(text) or name(text))


def _frozen(table: dict[T, V]) -> Mapping[T, V]:
    return MappingProxyType(table)


Number = Annotated[Fraction, _field("number", _number)]
Amount = Annotated[Fraction, _field("amount", _amount)]
AnyQuantity = Annotated[Quantity, _field("quantity", quantity)]
Entry = Annotated[Fraction | All, _field("entry", _entry)]
Limit = Annotated[Fraction | Literal["none"], _field("limit", _limit)]
Start = Annotated[Fraction | Literal["max"], _field("start", _start)]
Flag = Annotated[bool, _field("flag", _flag)]
Places = Annotated[
    int, _field("places", lambda text: n if (n := _whole(text)) is not None and n <= _MOST_PLACES else None)
]
Count = Annotated[int, _field("positive whole", lambda text: _whole(text) or None)]
Share = Annotated[
    Fraction, _field("share", lambda text: one if (one := _percent(text)) is not None and 0 < one <= 1 else None)
]
Day = Annotated[date, _field("date", read_date)]
Scalar = Annotated[Quantity | date | bool | str, _field("scalar", _scalar)]
"""What a measure is compared with: a figure, a date, yes/no (是, 否), else a level's name."""

FROZEN: Final = AfterValidator(_frozen)

Table = Annotated[Mapping[AnyQuantity, Amount], FROZEN]
DeductTable = Annotated[Mapping[AnyQuantity, Entry], FROZEN]

_MOST_PLACES: Final = 6
_ID: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]+(?:[.-][0-9A-Za-z\u4e00-\u9fff]+)*")
_CODE: Final = re.compile(r"[A-Za-z][0-9]{3}")


def _identifier(text: str) -> str | None:
    return text if _ID.fullmatch(text) else None


def _not_a_code(text: str) -> str:
    if _CODE.fullmatch(text):
        raise problem(Code.BAD_ID, found=text)
    return text


def _text(raw: str) -> str | None:
    return " ".join(raw.split())


Identifier = Annotated[str, _field("id", _identifier), AfterValidator(_not_a_code)]
Text = Annotated[str, _field("text", _text)]
"""Words for people: line breaks and runs of spaces are one space."""
MeasureName = Annotated[str, _field("condition", _text)]
"""The measure that stands where a condition may."""
