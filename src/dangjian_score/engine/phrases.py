"""What a rule's amount depends on: every phrase there is, and those that stand on others.

A phrase states in small nodes what regulations say in words; `expr` is how often the price of a rule counts or, for the
phrases that look points up, the points themselves. `figures` are the numbers that a sentence about one unit needs.
"""

from fractions import Fraction
from typing import Literal, assert_never

from msgspec import Struct

from dangjian_score.engine.algebra import Const, Expr, Grouped, Product, Whole
from dangjian_score.engine.counting import Counting, Figures, Holding, Lacking, Missing, Once, Over, Times
from dangjian_score.engine.lookups import Ballot, Judged, Leveled, Priced, ShareOf, TierEntry


class ForEach(Struct, frozen=True):
    """每季度, 每人: what a phrase comes to in every group, added up; in whole prices, where there is one (`price`)."""

    of: "Phrase"
    total: Grouped
    price: Fraction | None

    @property
    def expr(self) -> Expr:
        """Count the points of all groups, or the prices in them."""
        return self.total if not self.price else Product(Const(1 / self.price), self.total)

    @property
    def figures(self) -> Figures:
        """Give none: each group has its own."""
        return {}


class WholeSteps(Struct, frozen=True):
    """每满 k: whole steps of k; `started` counts one begun, `prorata` parts of one."""

    of: Counting | ForEach
    every: Fraction
    mode: Literal["whole", "started", "prorata"]

    @property
    def expr(self) -> Expr:
        """⌊N ÷ k⌋, −⌊−N ÷ k⌋ or N ÷ k."""
        share = Product(Const(1 / self.every), self.of.expr)
        match self.mode:
            case "prorata":
                return share
            case "whole":
                return Whole(share)
            case "started":
                minus = Const(Fraction(-1))
                return Product(minus, Whole(Product(minus, share)))
            case _:
                assert_never(self.mode)

    @property
    def figures(self) -> Figures:
        """As what is counted, and the step."""
        return {**self.of.figures, "every": Const(self.every)}


Phrase = (
    Once
    | Times
    | Missing
    | Over
    | Holding
    | Lacking
    | ForEach
    | WholeSteps
    | TierEntry
    | Leveled
    | Priced
    | ShareOf
    | Ballot
    | Judged
)


def innermost(phrase: Phrase) -> Phrase:
    """Give the phrase without the steps and groups it is counted in."""
    while isinstance(phrase, ForEach | WholeSteps):
        phrase = phrase.of
    return phrase
