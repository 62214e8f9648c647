"""Models of conditions (guards, members of lists) and of operands (what a basis counts)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeVar

from msgspec import Struct
from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from typing_extensions import TypeAliasType

from dangjian_score.core.algebra import Comparator
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import percent, plain
from dangjian_score.rubric import fields
from dangjian_score.rubric.fields import (
    FROZEN,
    LISTED,
    TAG,
    AnyQuantity,
    Count,
    Day,
    Identifier,
    MeasureName,
    Model,
    Quantity,
    Reader,
    Scalar,
    Text,
    name,
    problem,
    quantity,
)

T = TypeVar("T")


class Bounds(Model):
    """`{at_least: 3, below: 10}`: the bounds of a figure."""

    at_least: AnyQuantity | None = None
    at_most: AnyQuantity | None = None
    above: AnyQuantity | None = None
    below: AnyQuantity | None = None

    @property
    def bounds(self) -> tuple[tuple[Comparator, Quantity], ...]:
        """The comparisons with a figure that are given, except `equals`."""
        written: tuple[tuple[Comparator, Quantity | None], ...] = (
            ("at_least", self.at_least),
            ("at_most", self.at_most),
            ("above", self.above),
            ("below", self.below),
        )
        return tuple((how, bound) for how, bound in written if bound is not None)

    @model_validator(mode="after")
    def _compares(self) -> "Bounds":
        if self.model_fields_set.isdisjoint(*self.SOME):
            raise problem(Code.WRONG_SHAPE, expected="comparator")
        return self


class Comparators(Bounds):
    """`{at_least: 3, below: 10}`: every comparison that is given must hold.

    With `some: {…}`, a condition over the columns of a register, the events for which it holds are counted: one or
    more of them, unless a number is given.
    """

    SOME = (("at_least", "at_most", "above", "below", "equals", "one_of", "before", "after", "some"),)

    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = Field(None, min_length=1)
    before: Day | None = None
    after: Day | None = None
    some: "Condition | None" = None

    @model_validator(mode="after")
    def _counts_some(self) -> "Comparators":
        if self.some is not None:
            counted = ("equals",) if isinstance(self.equals, Quantity) else ()
            for key in ("equals", "one_of", "before", "after"):
                if key in self.model_fields_set and key not in counted:
                    raise problem(Code.RULE_COMBINATION, key=key, basis="some", at=key)
        return self


def _comparand(raw: object) -> str:
    return TAG.format("comparators" if isinstance(raw, dict) else "scalar")


Comparand = Annotated[
    Annotated[Scalar, Tag("<scalar>")] | Annotated[Comparators, Tag("<comparators>")],
    Discriminator(_comparand),
]


class AllOf(Model):
    """`{all: […]}`."""

    all: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(Model):
    """`{any: […]}`; with `at_least: 3` three of them or more."""

    any: tuple["Condition", ...] = Field(min_length=1)
    at_least: Count | None = None

    @model_validator(mode="after")
    def _lists_enough(self) -> "AnyOf":
        if self.at_least is not None and self.at_least > len(self.any):
            raise problem(Code.UNREADABLE_VALUE, found=str(self.at_least), expected="as many", at="at_least")
        return self


class NotOf(Model):
    """`{not: …}`."""

    not_: "Condition" = Field(alias="not")


class PointsBound(Bounds):
    """`{points: A, at_least: 80}`: the points of nodes, added up, within bounds.

    Of several rounds those of each round are looked at, with `over: all` those over all rounds.
    """

    SOME = (("at_least", "at_most", "above", "below"),)

    points: Annotated[tuple[Identifier, ...], Field(min_length=1), LISTED]
    over: Literal["all"] | None = None

    @model_validator(mode="after")
    def _in_points(self) -> "PointsBound":
        for how, bound in self.bounds:
            if bound.percent:
                raise problem(Code.UNREADABLE_VALUE, found=percent(bound.value), expected="number", at=how)
        return self


def _one_measure(raw: dict[str, T]) -> dict[str, T]:
    if len(raw) != 1:
        raise problem(Code.WRONG_SHAPE, expected="one measure")
    return raw


_WORDS: Final = ("all", "any", "not", "points")
_ALONE: Final[fields.Shape] = {"minProperties": 1, "maxProperties": 1}

MeasureComparison = Annotated[
    dict[Text, Comparand],
    AfterValidator(_one_measure),
    Field(json_schema_extra={**_ALONE, "propertyNames": {"not": {"enum": list(_WORDS)}}}),
]


def _condition(raw: object) -> str:
    if not isinstance(raw, dict):
        return TAG.format("measure")
    for word in _WORDS:
        if word in raw:
            return TAG.format(word)
    return TAG.format("comparison")


Condition = TypeAliasType(
    "Condition",
    Annotated[
        Annotated[MeasureName, Tag("<measure>")]
        | Annotated[MeasureComparison, Tag("<comparison>")]
        | Annotated[AllOf, Tag("<all>")]
        | Annotated[AnyOf, Tag("<any>")]
        | Annotated[NotOf, Tag("<not>")]
        | Annotated[PointsBound, Tag("<points>")],
        Discriminator(_condition),
    ],
)
"""A condition. A named type: pydantic builds its validator once and not for every field."""


def has_happened(condition: Condition) -> bool:
    """Return whether a condition, once it holds, goes on to hold to the end of the period.

    Answers and numbers that are reached do; what is not there, below a number or a share may still change.
    """
    match condition:
        case str():
            return True
        case AllOf(all=members) | AnyOf(any=members):
            return all(map(has_happened, members))
        case NotOf() | PointsBound():
            return False
        case _:
            return all(map(_stays, condition.values()))


def _stays(comparand: Comparand) -> bool:
    match comparand:
        case Comparators():
            lower = comparand.at_least, comparand.above
            share = any(bound is not None and bound.percent for bound in lower)
            return comparand.model_fields_set <= {"at_least", "above", "after", "some"} and not share
        case str():
            return True
        case _:
            return comparand is True


Only = Annotated[Mapping[Text, Annotated[tuple[Text, ...], Field(min_length=1), LISTED]], FROZEN]
"""`{类型: [村, 社区]}`: units whose attributes have one of the values, for every attribute named."""

StatisticName = Literal["mean", "median", "best"]
_STATISTICS: Final[tuple[StatisticName, ...]] = ("mean", "median", "best")


class OfAll(Struct, frozen=True):
    """`{mean: NAME}`: a statistic of a measure over all units."""

    statistic: StatisticName
    measure: str


def _term(raw: object) -> str | Quantity | OfAll:
    if isinstance(raw, dict) and len(raw) == 1:
        ((word, measure),) = raw.items()
        if word in _STATISTICS and isinstance(measure, str):
            return OfAll(word, " ".join(measure.split()))
    if not isinstance(raw, str):
        raise problem(Code.WRONG_SHAPE, expected="operand")
    text = " ".join(raw.split())
    if (term := quantity(text) or name(text)) is None:
        raise problem(Code.UNREADABLE_VALUE, found=text[:40], expected="operand")
    return term


_OF_ALL: Final[fields.Shape] = {
    "type": "object",
    "properties": dict.fromkeys(_STATISTICS, fields.SCALAR),
    "additionalProperties": False,
    **_ALONE,
}

Term = Annotated[str | Quantity | OfAll, Reader(_term, {"anyOf": [fields.SCALAR, _OF_ALL]})]

Operand = TypeAliasType("Operand", Annotated[tuple[Term, ...], Field(min_length=1), LISTED])
"""N and M of a basis: measures and numbers that are added up."""


def _rising(schedule: dict[date, Quantity]) -> Mapping[date, Quantity]:
    """Return a schedule in the order of its days; its amounts, counted from the start of the period, do not fall."""
    ordered = dict(sorted(schedule.items()))
    amounts = [amount.value for amount in ordered.values()]
    for day, before, amount in zip([*ordered][1:], amounts, amounts[1:], strict=False):
        if amount < before:
            raise problem(Code.UNREADABLE_VALUE, found=plain(amount), expected="rising", at=day.isoformat())
    return MappingProxyType(ordered)


def _target(raw: object) -> str:
    dated = isinstance(raw, dict) and any(isinstance(key, str) and key[:1].isdigit() for key in raw)
    return TAG.format("schedule" if dated else "operand")


Target = TypeAliasType(
    "Target",
    Annotated[
        Annotated[tuple[Term, ...], Field(min_length=1), LISTED, Tag("<operand>")]
        | Annotated[dict[Day, AnyQuantity], Field(min_length=1), AfterValidator(_rising), Tag("<schedule>")],
        Discriminator(_target),
    ],
)
"""M of a basis: measures and numbers that are added up, or numbers that must have been reached by a day."""
