"""What rules take of registers: which events they keep, and what each is worth."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from dangjian_score.core import algebra as a
from dangjian_score.rubric.condition_tests import condition
from dangjian_score.rubric.conditions import Condition, Term
from dangjian_score.rubric.fields import FROZEN, TAG, Amount, Number, Text
from dangjian_score.rubric.kinds.base import Grouping, RuleSetting
from dangjian_score.rubric.lexicon import COLUMNS, QUANTITY


class KeptEvents(Grouping):
    """`where` and `highest_per`: which events of a register count at all."""

    where: Condition | None = None
    highest_per: Text | None = None

    def added(self, terms: tuple[Term, ...], setting: RuleSetting, kind: a.ReadingKind) -> a.Expr:
        """Add up what a basis names: the events that the rule keeps, and figures."""
        names = setting.names
        registers = tuple(term for term in terms if isinstance(term, str) and term in names.registers)
        if not registers:
            return names.added(terms, kind)
        kept = a.Named("、".join(registers), "count", self.events(setting.name, registers))
        others = tuple(term for term in terms if term not in registers)
        return a.Sum((kept, names.added(others, kind))) if others else kept

    def events(self, name: str, registers: tuple[str, ...]) -> a.Expr:
        """Count the events that the rule keeps."""
        return self.tally(name, registers, QUANTITY)

    def tally(self, name: str, registers: tuple[str, ...], worth: a.Expr, listed: a.Test | None = None) -> a.Tally:
        """Add up what the events that the rule keeps are worth; `listed` must hold of each."""
        where = None if self.where is None else condition(self.where, COLUMNS)
        return a.Tally(f":{name}", registers, where, worth, self.highest_per, listed)


def _factor(raw: object) -> str:
    return TAG.format("value" if raw == "value" else "levels" if isinstance(raw, dict) else "factor")


Factor = Annotated[
    Annotated[Number, Tag("<factor>")]
    | Annotated[Mapping[Text, Number], Field(min_length=1), FROZEN, Tag("<levels>")]
    | Annotated[Literal["value"], Tag("<value>")],
    Discriminator(_factor),
]
"""What a row's price is multiplied by: a number where its column says yes, one a level, or the column's figure."""


class Weighed(KeptEvents):
    """What one event costs: (amount + plus) × times ÷ divided_by."""

    plus: Annotated[Mapping[Text, Amount], FROZEN] | None = None
    times: Annotated[Mapping[Text, Factor], FROZEN] | None = None
    divided_by: Text | None = None

    def worth(self, amount: a.Expr) -> a.Expr:
        """Price one event: (amount + Σ plus) × Π times ÷ divided_by × 数量."""
        added = tuple(a.Choice(a.Yes(column), a.Const(more), a.ZERO) for column, more in (self.plus or {}).items())
        worth: a.Expr = a.Sum((amount, *added)) if added else amount
        for column, factor in (self.times or {}).items():
            worth = a.Product(worth, _factor_of(column, factor))
        if self.divided_by is not None:
            worth = a.Quotient(worth, a.Read(self.divided_by, "number"))
        return a.Product(worth, QUANTITY)

    @property
    def known_levels(self) -> a.Test | None:
        """The test that every table of `times` has an answer."""
        tables = ((column, factor) for column, factor in (self.times or {}).items() if isinstance(factor, Mapping))
        return a.both(*(a.AnyHolds(tuple(a.Is(column, level) for level in table)) for column, table in tables))


def _factor_of(column: str, factor: Fraction | Mapping[str, Fraction] | Literal["value"]) -> a.Expr:
    if isinstance(factor, Fraction):
        return a.Choice(a.Yes(column), a.Const(factor), a.ONE)
    if not isinstance(factor, Mapping):  # `value`: the column's own figure
        return a.Read(column, "number")
    chosen: a.Expr = a.ONE
    for level, by in reversed(list(factor.items())):
        chosen = a.Choice(a.Is(column, level), a.Const(by), chosen)
    return chosen
