"""Lower expressions and tests of the algebra to columns."""

from collections.abc import Mapping
from typing import assert_never

import polars as pl
from msgspec import Struct

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar import choices as c
from dangjian_score.columnar.amounts import Amount, Column, Layers, UnfitError
from dangjian_score.columnar.choices import Answer
from dangjian_score.columnar.rounding import rounded, rounded_down
from dangjian_score.core import algebra as a


class Scope(Struct, frozen=True):
    """What a step may read: figures and answers of measures, figures known beforehand, and earlier steps.

    `answers` are the names of columns with yes and no or levels, `entered` those of columns that have a null where a
    measure has no value. Steps of passes are named with the `suffix` of their pass.
    """

    figures: Mapping[str, Amount]
    answers: Mapping[str, str]
    entered: Mapping[str, str]
    known: Mapping[str, Amount]
    done: Mapping[str, Amount]
    suffix: str = ""


class ColumnLowering(Struct, frozen=True):
    """Lowers the trees of one scope. Raises UnfitError where columns cannot hold them."""

    scope: Scope
    layers: Layers

    def amount(self, expr: a.Expr) -> Amount:
        """Return an expression as a column."""
        match expr:
            case a.Const(value):
                return m.constant(value)
            case a.Read(measure):
                return self._known(self.scope.figures, measure)
            case a.Ref(step):
                done = self.scope.done.get(f"{step}{self.scope.suffix}")
                return self._known(self.scope.known, step) if done is None else done
            case a.Tally(name) | a.Grouped(name) | a.Statistic(name) | a.Placing(name):
                return self._known(self.scope.known, name)
            case a.Named(of=of):
                return self.amount(of)
            case a.Sum(terms):
                return m.added([self.amount(term) for term in terms], self.layers)
            case a.Product(left, right):
                return m.product(self.amount(left), self.amount(right))
            case a.Quotient(part, whole):
                return m.quotient(self.amount(part), self.amount(whole), self.layers)
            case a.Most(left, right):
                return c.further(self.amount(left), self.amount(right), self.layers, largest=True)
            case a.Least(left, right):
                return c.further(self.amount(left), self.amount(right), self.layers, largest=False)
            case a.Choice(test, then, otherwise):
                answer = self.answer(test)
                if answer.sure is not None:
                    return self.amount(then if answer.sure else otherwise)
                return c.chosen(answer, self.amount(then), self.amount(otherwise), self.layers)
            case a.Whole(of):
                return rounded_down(self.amount(of), self.layers)
            case a.Rounded(of, places, mode):
                return rounded(self.amount(of), places, mode, self.layers)
            case _:
                assert_never(expr)

    def answer(self, test: a.Test) -> Answer:
        """Return a test as a column."""
        match test:
            case a.Yes(measure):
                return Answer(Column(pl.col(self._answers(measure))))
            case a.Is(measure, level):
                return Answer(Column(pl.col(self._answers(measure)) == level, size=2))
            case a.Entered(measure):
                name = self.scope.entered.get(measure)
                if name is not None:
                    return Answer(Column(pl.col(name).is_not_null(), size=2))
                return c.always(measure in self.scope.figures or measure in self.scope.answers)
            case a.Compare(left, how, right):
                return c.compared(self.amount(left), how, self.amount(right), self.layers)
            case a.AllHold(tests):
                return c.joined(map(self.answer, tests), every=True)
            case a.AnyHolds(tests):
                return c.joined(map(self.answer, tests), every=False)
            case a.Not(inner):
                return c.opposite(self.answer(inner))
            case _:
                assert_never(test)

    @staticmethod
    def _known(amounts: Mapping[str, Amount], name: str) -> Amount:
        """Return a figure; one that no unit has is read in branches alone that are never taken."""
        return amounts.get(name) or m.constant(0)

    def _answers(self, measure: str) -> str:
        name = self.scope.answers.get(measure)
        if name is None:
            raise UnfitError("column type", measure)
        return name
