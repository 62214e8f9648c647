"""`combine`: how the figures or levels that several assessors give become one."""

from abc import abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from dangjian_score.core.algebra import Expr
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import percent
from dangjian_score.rubric.fields import FROZEN, TAG, Count, Model, Share, Text, problem
from dangjian_score.rubric.kinds.base import RuleBase
from dangjian_score.rubric.kinds.phrase import ClauseWriter, PlainPhrase


class Trimmed(Struct, frozen=True):
    """The mean without the `ends` highest and the `ends` lowest figures.

    Of fewer figures than `at_least` it is the mean of all; where that is None, too few for any to be left are an error.
    """

    ends: int
    at_least: int | None = None

    @property
    def fewest(self) -> int:
        """The fewest figures of which one is left."""
        return 2 * self.ends + 1

    def left_out(self, count: int) -> int:
        """Return how many of so many figures are left out at each end."""
        return self.ends if count >= (self.at_least or self.fewest) else 0


class ByCategory(Struct, frozen=True):
    """The mean of each category of assessors (评委类别) by its weight; the weights add up to 1."""

    weights: tuple[tuple[str, Fraction], ...]

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, in the order of the text."""
        return tuple(category for category, _ in self.weights)


Combining = Literal["mean", "median"] | Trimmed | ByCategory
"""How the figures of several assessors become one."""


class Assessed(PlainPhrase, frozen=True):
    """What assessors give for a measure: each gives what is worth `least` to `most` points.

    Without `combine` all of them must give the same.
    """

    measure: str
    least: Fraction
    most: Fraction
    combine: Combining | None

    @property
    @abstractmethod
    def worth(self) -> Expr:
        """The points of what one assessor gave, read as the value of the measure."""

    def combined(self, writer: ClauseWriter) -> str:
        """“，领导、同级分别取平均，按 60%、40% 合成”; empty without `combine`."""
        match self.combine:
            case None:
                return ""
            case Trimmed(ends, at_least):
                least = "" if at_least is None else str(at_least)
                return writer.say("combine trimmed", ends=str(ends), least=least)
            case ByCategory(weights):
                shares = writer.say("comma").join(f"{category} {percent(weight)}" for category, weight in weights)
                return writer.say("combine categories", weights=shares)
            case how:
                return writer.say(f"combine {how}")


class Trim(Model):
    """`{trim: 2, at_least: 7}`: leave out two at each end where seven or more gave a figure."""

    trim: Count
    at_least: Count | None = None

    @model_validator(mode="after")
    def _leaves_some(self) -> "Trim":
        if self.at_least is not None and self.at_least < Trimmed(self.trim).fewest:
            raise problem(Code.UNREADABLE_VALUE, found=str(self.at_least), expected="fewest", at="at_least")
        return self


def _whole(weights: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    if (added := sum(weights.values(), Fraction(0))) != 1:
        raise problem(Code.WEIGHTS_DIFFER, added=percent(added))
    return weights


def _combine(raw: object) -> str:
    if not isinstance(raw, dict):
        return TAG.format("how")
    return TAG.format("categories" if raw.keys().isdisjoint(Trim.model_fields) else "trim")


Combine = Annotated[
    Annotated[Literal["mean", "median", "trimmed_mean"], Tag("<how>")]
    | Annotated[Trim, Tag("<trim>")]
    | Annotated[Mapping[Text, Share], Field(min_length=1), AfterValidator(_whole), FROZEN, Tag("<categories>")],
    Discriminator(_combine),
]
"""`combine` as it is written."""


class Assessing(RuleBase):
    """A rule on what several assessors may give."""

    combine: Combine | None = None

    @property
    def combining(self) -> Combining | None:
        """How what they give becomes one; None where the rubric does not say it."""
        match self.combine:
            case None | "mean" | "median":
                return self.combine
            case "trimmed_mean":
                return Trimmed(1)
            case Trim(trim=ends, at_least=at_least):
                return Trimmed(ends, at_least)
            case weights:
                return ByCategory(tuple(weights.items()))
