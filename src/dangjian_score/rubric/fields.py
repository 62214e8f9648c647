"""Scalars of a rubric: a reader and a JSON Schema for each type, and the base class of all models."""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import DECIMAL, FRACTION, read_number, read_percent

Shape = dict[str, Any]
"""A JSON Schema, draft 7."""
Needs = Mapping[str, tuple[str, ...]]
"""Maps a key to the keys of which one must be given with it."""
Some = tuple[tuple[str, ...], ...]
"""Groups of keys; one key of each group must be given."""

_NUMBER: Final = f"{DECIMAL}|{FRACTION}"
_PERCENT: Final = f"(?:{_NUMBER})%"
_EXPONENT: Final = "-?[0-9.]+e[-+]?[0-9]+"
"""The pattern of a long number that an editor has parsed as a number before using it as a key."""


def _whole_text(pattern: str) -> str:
    """Return the pattern with white space around it, which readers strip."""
    return rf"^\s*(?:{pattern})\s*$"


def figure(*others: str, **limits: int) -> Shape:
    """Return the schema of a number, or of text of one of the other patterns."""
    return {"type": ["number", "string"], **limits, "pattern": _whole_text("|".join((*others, _NUMBER)))}


def whole(least: int, most: int | None = None) -> Shape:
    """Return the schema of a whole number."""
    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    return {"type": ["integer", "string"], **limits, "pattern": _whole_text(_NUMBER)}


def written(pattern: str) -> Shape:
    """Return the schema of text that no YAML parser takes for another type."""
    return {"type": "string", "pattern": _whole_text(pattern)}


def choices(*texts: str) -> Shape:
    """Return the schema of a choice of texts; editors parse a digit as a number."""
    return {"enum": [form for text in texts for form in ((int(text), text) if text.isdecimal() else (text,))]}


_USUAL: Final = ["string", "number"]
_UNUSUAL: Final[Shape] = {"not": {"type": [*_USUAL, "array", "object"]}}
"""`true` or `null`; written as a negation, since editors propose every type that is named."""
SCALAR: Final[Shape] = {"anyOf": [{"type": _USUAL}, _UNUSUAL]}
"""Any scalar: names may look like numbers, `true` or `null`."""
YEAR: Final = whole(1, 9999)
FLAG: Final[Shape] = {"type": ["boolean", "string"], "pattern": _whole_text("true|false")}


def identifier(pattern: str) -> Shape:
    """Return the schema of an id; editors parse `3.10`, `1` or `true` as other types."""
    return {"anyOf": [{"type": _USUAL, "pattern": _whole_text(f"{pattern}|{_EXPONENT}")}, _UNUSUAL]}


def expecting(term: str, shape: Shape) -> Shape:
    """Return the schema with `errorMessage`, the term for what is expected, which some editors show as the error."""
    if "anyOf" not in shape:
        return {**shape, "errorMessage": term}
    usual, *others = shape["anyOf"]
    return {"anyOf": [{**usual, "errorMessage": term}, *others]}


def mapping_keys(shape: Shape) -> Shape:
    """Return the schema for the keys of a mapping that are read by this schema; keys are text."""
    usual: Shape = shape.get("anyOf", [shape])[0]
    return {name: usual[name] for name in ("pattern", "errorMessage")} if "pattern" in usual else {}


def together(known: Container[str], needs: Needs, some: Some) -> Shape:
    """Return the schema of which keys must be given together."""
    groups = [tuple(key for key in group if key in known) for group in some]
    dues = [_one_of(group) for group in groups if group]
    shape: Shape = {"dependencies": {key: _one_of(others) for key, others in needs.items()}} if needs else {}
    return shape | (dues[0] if len(dues) == 1 else {"allOf": dues} if dues else {})


def _one_of(keys: tuple[str, ...]) -> Shape:
    dues: list[Shape] = [{"required": [key]} for key in keys]
    return {"anyOf": dues} if len(dues) > 1 else dues[0]


T = TypeVar("T")
V = TypeVar("V")


def problem(code: Code, **args: str) -> PydanticCustomError:
    """Return the error that pydantic collects and `load` turns into a finding of this code."""
    return PydanticCustomError(code, code, args)


class Quantity(Struct, frozen=True):
    """A number that may be a per cent; `value` is 4/5 for `80%`."""

    value: Fraction
    percent: bool = False


class All(Struct, frozen=True):
    """The entry `all` of a deduct table: the item gets no points, as after a forfeit (不得分)."""


class Reader:
    """An annotation with the function that reads a value of the YAML and the schema that editors use for it.

    Used instead of pydantic's PlainValidator, which builds a serializer for every field that has one.
    """

    def __init__(self, read: Callable[[Any], object], shape: Shape) -> None:
        self._schema = core_schema.no_info_plain_validator_function(read)
        self._shape = shape

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self._schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Shape:
        return dict(self._shape)


def _field(expected: str, read: Callable[[str], T | None], shape: Shape) -> Reader:
    """Return the reader of a text; `expected` is the term for what it accepts, `shape` the schema of that."""

    def validate(raw: object) -> T:
        if not isinstance(raw, str):
            raise problem(Code.WRONG_SHAPE, expected=expected)
        value = read(raw.strip())
        if value is None:
            raise problem(Code.UNREADABLE_VALUE, found=raw[:40], expected=expected)
        return value

    return Reader(validate, expecting(expected, shape))


_LONG: Final = re.compile(r"/[0-9]{4}")
"""A fraction of thousandths or less, which no regulation has; sums of many such would grow without limit."""


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
"""A text wholly in full-width brackets or quotes, which were most likely meant as YAML syntax."""


def name(text: str) -> str | None:
    """Read a name where a number may stand too; None for what looks like a number but is none (`012`)."""
    return None if _MEANT_AS_NUMBER.fullmatch(text) or _WRAPPED.fullmatch(text) else text


def _amount(text: str) -> Fraction | None:
    number = _number(text)
    return None if number is None or number < 0 else number


def _or_word(word: str, value: V, read: Callable[[str], T | None]) -> Callable[[str], T | V | None]:
    """Return a reader that also takes a word for a value."""
    return lambda text: value if text == word else read(text)


_MOST_PLACES: Final = 6


def _whole(text: str) -> int | None:
    number = _number(text)
    return number.numerator if number is not None and number.denominator == 1 and number >= 0 else None


def _places(text: str) -> int | None:
    places = _whole(text)
    return None if places is None or places > _MOST_PLACES else places


def _multiplier(text: str) -> Fraction | None:
    share = _percent(text)
    return _number(text) if share is None else share


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


Number = Annotated[Fraction, _field("number", _number, figure())]
Amount = Annotated[Fraction, _field("amount", _amount, figure(minimum=0))]
Positive = Annotated[Fraction, _field("positive", lambda text: _amount(text) or None, figure(minimum=0))]
AnyQuantity = Annotated[Quantity, _field("quantity", quantity, figure(_PERCENT, _EXPONENT))]
Entry = Annotated[Fraction | All, _field("entry", _or_word("all", All(), _amount), figure("all", minimum=0))]
Limit = Annotated[Fraction | Literal["none"], _field("limit", _or_word("none", "none", _number), figure("none"))]
Start = Annotated[Fraction | Literal["max"], _field("start", _or_word("max", "max", _number), figure("max"))]
Flag = Annotated[bool, _field("flag", {"true": True, "false": False}.get, FLAG)]
Places = Annotated[int, _field("places", _places, whole(0, _MOST_PLACES))]
Count = Annotated[int, _field("positive whole", lambda text: _whole(text) or None, whole(1))]
Multiplier = Annotated[Fraction, _field("quantity", _multiplier, figure(_PERCENT))]
Share = Annotated[Fraction, _field("share", _share, written(_PERCENT))]
Day = Annotated[date, _field("date", read_date, written("[0-9]{4}-[0-9]{2}-[0-9]{2}"))]
Scalar = Annotated[Quantity | date | bool | str, _field("scalar", _scalar, SCALAR)]
"""What a measure is compared with: a figure, a date, yes/no (是, 否), else the name of a level."""

FROZEN: Final = AfterValidator(_frozen)

Table = Annotated[Mapping[AnyQuantity, Amount], Field(min_length=1), FROZEN]
DeductTable = Annotated[Mapping[AnyQuantity, Entry], Field(min_length=1), FROZEN]

_ID: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]+(?:[.-][0-9A-Za-z\u4e00-\u9fff]+)*")
_CODES: Final = frozenset(Code)


def _not_a_code(text: str) -> str:
    if text.upper() in _CODES:
        raise problem(Code.BAD_ID, found=text)
    return text


def _text(raw: str) -> str | None:
    return " ".join(raw.split())


_AFTER_MARK: Final = re.compile("(?<=[，。；：、！？]) ")


def _prose(raw: str) -> str | None:
    return _AFTER_MARK.sub("", " ".join(raw.split()))


def _measure_name(raw: str) -> str | None:
    return None if _WRAPPED.fullmatch(raw) else _text(raw)


Identifier = Annotated[
    str,
    _field("id", lambda text: text if _ID.fullmatch(text) else None, identifier(_ID.pattern)),
    AfterValidator(_not_a_code),
]
Text = Annotated[str, _field("text", _text, SCALAR)]
"""Text for people; line breaks and runs of spaces become one space."""
Prose = Annotated[str, _field("text", _prose, SCALAR)]
"""Sentences for people; where a line of the file ends behind a full-width mark no space is left."""
MeasureName = Annotated[str, _field("condition", _measure_name, SCALAR)]
"""The name of a measure where a condition may stand."""


TAG = "<{}>"
"""The form of the tags of unions: in pydantic's error locations the brackets distinguish them from keys."""


class Model(BaseModel):
    """A frozen part of the language; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    NEEDS: ClassVar[Needs] = {}
    """Maps a key to the keys of which one must be given with it."""
    SOME: ClassVar[Some] = ()
    """Groups of keys; at least one key of each group must be given."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Shape:
        """Add which keys must be given together, as the validators check it."""
        shape = handler(schema)
        known = handler.resolve_ref_schema(shape)
        known.update(together(known["properties"], cls.NEEDS, cls.SOME))
        return shape

    @property
    def given_keys(self) -> tuple[str, ...]:
        """The keys that were given, as the YAML writes them, in the order of the model."""
        model_fields = type(self).model_fields
        return tuple(field.alias or name for name, field in model_fields.items() if name in self.model_fields_set)

    def check_needs(self) -> None:
        """Raise the error of a key that is given without any of those it needs."""
        for key, others in self.NEEDS.items():
            if key in (given := self.given_keys) and not any(other in given for other in others):
                raise problem(Code.KEY_MISSING, key=others[0], at=key)


def all_models(above: type[Model] = Model) -> Iterator[type[Model]]:
    """Visit every subclass of a model, at any depth."""
    for model in above.__subclasses__():
        yield model
        yield from all_models(model)


class _Listed:
    """Reads a single value as a list of one; editors accept both."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Shape:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def _listed(raw: object) -> object:
    return raw if isinstance(raw, list) else [raw]


LISTED: Final = _Listed()
"""The annotation of a list that may be written as its only member."""

Texts = Annotated[tuple[Text, ...], Field(min_length=1), LISTED]
