"""What a rubric says of a measure beyond its use: bounds, levels, or how it is worked out from others."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, model_validator

from dangjian_score.diagnostics import Code
from dangjian_score.points import plain
from dangjian_score.rubric import shapes
from dangjian_score.rubric.base import LISTED, Model
from dangjian_score.rubric.conditions import Operand, Term
from dangjian_score.rubric.fields import AnyQuantity, Flag, Identifier, Text, problem

MeasureKind = Literal["yes_no", "count", "number", "percent", "level", "score", "date", "votes", "text"]
"""`text` is what describes a unit and is compared with nothing but itself; no rubric declares it."""
Formula = Literal["percent", "ratio", "difference", "change", "points"]
_FORMULAS: Final[tuple[Formula, ...]] = ("percent", "ratio", "difference", "change", "points")
_SECOND: Final = {"percent": "of", "ratio": "of", "change": "from"}
_HELD: Final = ("difference", "change")
"""Formulas that may come to less than nothing, which `min: 0` takes for nothing."""
_ENTERED: Final = ("type", "min", "max", "blank", "levels", "register", "outside")


class MeasureSpec(Model):
    """A measure that is entered (its kind, bounds, blanks, levels) or worked out (one of the formulas)."""

    NEEDS: ClassVar[shapes.Needs] = {**{formula: (second,) for formula, second in _SECOND.items()}, "over": ("points",)}

    type: Literal["yes_no", "count", "number", "percent", "level", "score", "date", "votes"] | None = None
    min: AnyQuantity | None = None
    max: AnyQuantity | None = None
    hint: Text | None = None
    blank: Literal["error", "0", "是", "否", "无", "弃权"] = "error"
    levels: tuple[Text, ...] = ()
    register_: Flag = Field(False, alias="register")
    outside: Literal["error", "ignore"] = "error"
    percent: Operand | None = None
    ratio: Operand | None = None
    of: Operand | None = None
    difference: Annotated[tuple[Term, ...], Field(min_length=2, max_length=2)] | None = None
    change: Operand | None = None
    from_: Operand | None = Field(None, alias="from")
    points: Annotated[tuple[Identifier, ...], Field(min_length=1), LISTED] | None = None
    over: Literal["all"] | None = None

    @property
    def formula(self) -> Formula | None:
        """How it is worked out; None where it is entered."""
        return next((formula for formula in _FORMULAS if getattr(self, formula) is not None), None)

    @model_validator(mode="after")
    def _entered_or_worked_out(self) -> "MeasureSpec":
        said = [formula for formula in _FORMULAS if getattr(self, formula) is not None]
        if len(said) > 1:
            raise problem(Code.RULE_COMBINATION, key=said[1], basis=said[0], at=said[1])
        due = _SECOND.get(said[0]) if said else None
        if due and getattr(self, "from_" if due == "from" else due) is None:
            raise problem(Code.KEY_MISSING, key=due)
        written = {"register_": "register", "from_": "from"}
        held = ("min",) if self.formula in _HELD else ()
        for field in self.model_fields_set:
            key = written.get(field, field)
            second = (key in ("of", "from") and key != due) or (key == "over" and self.points is None)
            if second or (said and key in _ENTERED and key not in held):
                raise problem(Code.KEY_ELSEWHERE, key=key, at=key)
        if said and self.min is not None and self.min.value != 0:
            raise problem(Code.NOT_A_CHOICE, found=plain(self.min.value), choices="0", at="min")
        return self


UNSAID: Final = MeasureSpec.model_construct()
"""What is said of a measure that `measures` does not mention."""
