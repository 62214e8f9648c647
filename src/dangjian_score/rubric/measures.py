"""Declarations of measures: kind, bounds, levels; the formula, or the result that is read; the size of formulas."""

from collections.abc import Collection, Mapping
from typing import Annotated, ClassVar, Final, Literal, NamedTuple

from pydantic import Field, model_validator

from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import plain
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import OfAll, Operand, Term
from dangjian_score.rubric.fields import (
    LISTED,
    AnyQuantity,
    Flag,
    Identifier,
    MeasureName,
    Model,
    Prose,
    Text,
    Texts,
    problem,
)

MeasureKind = Literal["yes_no", "count", "number", "percent", "level", "score", "date", "votes", "text"]
"""The kinds of measures. `text` describes a unit and is only tested for equality; no rubric declares it."""
Formula = Literal["percent", "ratio", "difference", "change", "points"]
_FORMULAS: Final[tuple[Formula, ...]] = ("percent", "ratio", "difference", "change", "points")
_SECOND: Final = {"percent": "of", "ratio": "of", "change": "from"}
_HELD: Final = ("difference", "change")
"""Formulas whose value may be below 0; `min: 0` raises it to 0."""
_ENTERED: Final = ("type", "min", "max", "blank", "levels", "register", "outside", "required", "columns", "at_most")
_OF_RESULT: Final = ("within", "combine", "missing")
_UNCOUNTED: Final = ("yes_no", "level", "percent", "date", "votes")
"""Kinds whose values have no counter."""
TOTAL: Final = "total"
"""In `points` of a result: the total; what is no id of a node."""
RATE: Final = "rate"
"""In `points` of a result: the total as a share of full marks."""


class MeasureSpec(Model):
    """A measure that is entered (kind, bounds, blanks, levels), worked out (a formula) or read from a result."""

    NEEDS: ClassVar[fields.Needs] = {
        **{formula: (second,) for formula, second in _SECOND.items()},
        "over": ("points",),
        "result": ("points",),
        "within": ("combine",),
        "combine": ("within",),
        "missing": ("result",),
    }

    type: Literal["yes_no", "count", "number", "percent", "level", "score", "date", "votes"] | None = None
    min: AnyQuantity | None = None
    max: AnyQuantity | None = None
    counter: Text | None = Field(None, alias="unit")
    hint: Prose | None = None
    blank: Literal["error", "0", "是", "否", "无", "弃权"] = "error"
    levels: tuple[Text, ...] = ()
    register_: Flag = Field(False, alias="register")
    outside: Literal["error", "ignore"] = "error"
    required: Texts = ()
    columns: Texts = ()
    at_most: MeasureName | None = None
    percent: Operand | None = None
    ratio: Operand | None = None
    of: Operand | None = None
    difference: Annotated[tuple[Term, ...], Field(min_length=2, max_length=2)] | None = None
    change: Operand | None = None
    from_: Operand | None = Field(None, alias="from")
    points: Annotated[tuple[Identifier, ...], Field(min_length=1), LISTED] | None = None
    over: Literal["all"] | None = None
    result: Identifier | None = None
    within: Text | None = None
    combine: Literal["mean", "sum"] | None = None
    missing: Literal["不适用"] | None = None

    @property
    def formula(self) -> Formula | None:
        """The formula; None where the measure is entered, or read from a result."""
        if self.result is not None:
            return None
        return next((formula for formula in _FORMULAS if formula in self.model_fields_set), None)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes whose points the formula adds up; none where it is another formula, or none."""
        return (self.points or ()) if self.formula == "points" else ()

    @property
    def declared(self) -> MeasureKind | None:
        """The kind that is declared, that of a figure of a result included; None where it follows from the use."""
        return self.type if self.result is None else "percent" if self.figure_of_result == RATE else "number"

    @property
    def figure_of_result(self) -> str:
        """What is read of a result: `total`, `rate`, or the id of a node."""
        return (self.points or ("",))[0]

    @model_validator(mode="after")
    def _entered_or_worked_out(self) -> "MeasureSpec":
        keys = self.given_keys
        if self.counter is not None and self.type in _UNCOUNTED:
            raise problem(Code.RULE_COMBINATION, key="unit", basis=f"type: {self.type}", at="unit")
        if "result" in keys:
            self._check_result(keys)
            return self
        formulas = [formula for formula in _FORMULAS if formula in keys]
        if len(formulas) > 1:
            raise problem(Code.RULE_COMBINATION, key=formulas[1], basis=formulas[0], at=formulas[1])
        due = _SECOND.get(formulas[0]) if formulas else None
        if due and due not in keys:
            raise problem(Code.KEY_MISSING, key=due)
        held = ("min",) if self.formula in _HELD else ()
        for key in keys:
            second = (key in ("of", "from") and key != due) or (key == "over" and self.points is None)
            if second or key in _OF_RESULT or (formulas and key in _ENTERED and key not in held):
                raise problem(Code.KEY_ELSEWHERE, key=key, form="of a measure", at=key)
        if formulas and self.min is not None and self.min.value != 0:
            raise problem(Code.NOT_A_CHOICE, found=plain(self.min.value), choices="0", at="min")
        return self

    def _check_result(self, keys: Collection[str]) -> None:
        """Check the keys of a measure that is read from a result."""
        self.check_needs()
        for key in keys:
            if key not in ("result", "points", "unit", "hint", "min", "max", *_OF_RESULT):
                raise problem(Code.RULE_COMBINATION, key=key, basis="result", at=key)
        if len(self.points or ()) != 1:
            raise problem(Code.WRONG_SHAPE, expected="result figure", at="points")


UNSAID: Final = MeasureSpec.model_construct()
"""The declaration of a measure that `measures` does not mention."""


MAX_LEVELS: Final = 20
"""Depth to which formulas may be nested."""
MAX_TERMS: Final = 16_000
"""Terms of all formulas together, where every name of a formula is expanded."""


class FormulaSize(NamedTuple):
    """The size of an expanded name: its number of terms and the depth of nested formulas."""

    terms: int
    levels: int


def terms(spec: MeasureSpec) -> tuple[str, ...]:
    """Return the measures in the formula of a measure."""
    parts = (spec.percent, spec.ratio, spec.of, spec.difference, spec.change, spec.from_)
    named = (term.measure if isinstance(term, OfAll) else term for part in parts for term in part or ())
    return tuple(term for term in named if isinstance(term, str))


def circles(measures: Mapping[str, MeasureSpec]) -> tuple[tuple[str, ...], ...]:
    """Return the circular chains of formulas, each ending with the name it starts with."""
    return tuple(_followed(measures)[0])


def written_out(measures: Mapping[str, MeasureSpec]) -> Mapping[str, FormulaSize]:
    """Return the size of every formula; beyond the limits it is not counted further."""
    return _followed(measures)[1]


def _followed(measures: Mapping[str, MeasureSpec]) -> tuple[list[tuple[str, ...]], dict[str, FormulaSize]]:
    """Return the circles and sizes of formulas, each followed once, in the order of the text."""
    chains: list[tuple[str, ...]] = []
    sizes: dict[str, FormulaSize] = {}

    def follow(name: str, way: tuple[str, ...]) -> FormulaSize:
        spec = measures.get(name)
        if name in way:
            chains.append((*way[way.index(name) :], name))
        if spec is None or spec.formula is None or name in way:
            return FormulaSize(1, 0)
        if name not in sizes:
            if len(way) > MAX_LEVELS:
                return FormulaSize(MAX_TERMS + 1, MAX_LEVELS + 1)
            inner = [follow(term, (*way, name)) for term in terms(spec)]
            added = 1 + len(spec.nodes) + sum(size.terms for size in inner)
            levels = 1 + max((size.levels for size in inner), default=0)
            sizes[name] = FormulaSize(min(added, MAX_TERMS + 1), levels)
        return sizes[name]

    for name in measures:
        follow(name, ())
    return chains, sizes
