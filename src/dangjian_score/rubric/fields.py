"""What a scalar of a rubric may be: the field that wants a number, a per cent, a date or true/false reads it.

Every reader takes the text that stands in the YAML and returns a frozen value, or reports what was expected instead.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar

from msgspec import Struct
from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from dangjian_score.diagnostics import Code
from dangjian_score.points import read_number, read_percent
from dangjian_score.rubric import shapes

T = TypeVar("T")
V = TypeVar("V")


def problem(code: Code, **args: str) -> PydanticCustomError:
    """Make the error that pydantic collects and `load` turns into a finding of this code."""
    return PydanticCustomError(code, code, args)


class Quantity(Struct, frozen=True):
    """A number that may be a per cent; `value` is 4/5 for `80%`."""

    value: Fraction
    percent: bool = False


class All(Struct, frozen=True):
    """The entry `all` of a deduct table: it takes everything, as a forfeit does (不得分)."""


class Reader:
    """In an annotation: a function that reads what stands in the YAML, and what an editor sees of that.

    pydantic's PlainValidator does the same, but works out how to write the value again for every field that has one.
    """

    def __init__(self, read: Callable[[Any], object], shape: shapes.Shape) -> None:
        self._schema = core_schema.no_info_plain_validator_function(read)
        self._shape = shape

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self._schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> shapes.Shape:
        return dict(self._shape)


def _field(expected: str, read: Callable[[str], T | None], shape: shapes.Shape) -> Reader:
    """Make a text's reader; `expected` is the term for what it takes, `shape` what an editor sees of that."""

    def validate(raw: object) -> T:
        if not isinstance(raw, str):
            raise problem(Code.WRONG_SHAPE, expected=expected)
        value = read(raw.strip())
        if value is None:
            raise problem(Code.UNREADABLE_VALUE, found=raw[:40], expected=expected)
        return value

    return Reader(validate, shapes.expecting(expected, shape))


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


_WRAPPED: Final = re.compile("“.*”|‘.*’|＂.*＂|＇.*＇|［.*］|｛.*｝")
"""What is in full-width brackets or quotes as a whole: they were most likely meant for YAML."""


def name(text: str) -> str | None:
    """Read a name where a number might stand too; what looks like a number that cannot be read (`012`) is none."""
    return None if _MEANT_AS_NUMBER.fullmatch(text) or _WRAPPED.fullmatch(text) else text


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


_MOST_PLACES: Final = 6


def _whole(text: str) -> int | None:
    number = _number(text)
    return number.numerator if number is not None and number.denominator == 1 and number >= 0 else None


def _places(text: str) -> int | None:
    places = _whole(text)
    return None if places is None or places > _MOST_PLACES else places


def _share(text: str) -> Fraction | None:
    share = _percent(text)
    return None if share is None or not 0 < share <= 1 else share


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


Number = Annotated[Fraction, _field("number", _number, shapes.NUMBER)]
Amount = Annotated[Fraction, _field("amount", _amount, shapes.AMOUNT)]
AnyQuantity = Annotated[Quantity, _field("quantity", quantity, shapes.QUANTITY)]
Entry = Annotated[Fraction | All, _field("entry", _entry, shapes.ENTRY)]
Limit = Annotated[Fraction | Literal["none"], _field("limit", _limit, shapes.LIMIT)]
Start = Annotated[Fraction | Literal["max"], _field("start", _start, shapes.START)]
Flag = Annotated[bool, _field("flag", _flag, shapes.FLAG)]
Places = Annotated[int, _field("places", _places, shapes.whole(0, _MOST_PLACES))]
Count = Annotated[int, _field("positive whole", lambda text: _whole(text) or None, shapes.whole(1))]
Share = Annotated[Fraction, _field("share", _share, shapes.SHARE)]
Day = Annotated[date, _field("date", read_date, shapes.DAY)]
Scalar = Annotated[Quantity | date | bool | str, _field("scalar", _scalar, shapes.SCALAR)]
"""What a measure is compared with: a figure, a date, yes/no (是, 否), else a level's name."""

FROZEN: Final = AfterValidator(_frozen)

Table = Annotated[Mapping[AnyQuantity, Amount], Field(min_length=1), FROZEN]
DeductTable = Annotated[Mapping[AnyQuantity, Entry], Field(min_length=1), FROZEN]

_ID: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]+(?:[.-][0-9A-Za-z\u4e00-\u9fff]+)*")
_CODES: Final = frozenset(Code)


def _identifier(text: str) -> str | None:
    return text if _ID.fullmatch(text) else None


def _not_a_code(text: str) -> str:
    if text.upper() in _CODES:
        raise problem(Code.BAD_ID, found=text)
    return text


def _text(raw: str) -> str | None:
    return " ".join(raw.split())


def _measure_name(raw: str) -> str | None:
    return None if _WRAPPED.fullmatch(raw) else _text(raw)


Identifier = Annotated[str, _field("id", _identifier, shapes.identifier(_ID.pattern)), AfterValidator(_not_a_code)]
Text = Annotated[str, _field("text", _text, shapes.SCALAR)]
"""Words for people: line breaks and runs of spaces are one space."""
MeasureName = Annotated[str, _field("condition", _measure_name, shapes.SCALAR)]
"""The measure that stands where a condition may."""
