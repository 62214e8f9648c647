"""Panels: what several assessors gave for a measure, combined to one figure."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import assert_never

from msgspec import Struct

from dangjian_score.core.facts import Fact, Value
from dangjian_score.engine import exact
from dangjian_score.engine.aggregates import mean, median
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Combining, Trimmed


class Mark(Struct, frozen=True):
    """The points of what one assessor gave, and the assessor's category; None where none was entered."""

    points: Fraction
    category: str | None = None


class CategoryMean(Struct, frozen=True):
    """A category of assessors: how many gave a figure, their mean, and its weight."""

    category: str
    count: int
    mean: Fraction
    weight: Fraction


def worth(basis: Assessed, given: Value) -> Fraction:
    """Return the points of what one assessor gave."""
    return exact.number(basis.worth, {basis.measure: given}, {})


def marks(basis: Assessed, given: Mapping[str, Fact], categories: Mapping[str, Fact]) -> tuple[Mark, ...]:
    """Return what was given by each assessor, as points; `categories` are those of assessors."""
    return tuple(
        Mark(worth(basis, fact.value), str(categories[name].value) if name in categories else None)
        for name, fact in given.items()
    )


def combined(how: Combining, panel: tuple[Mark, ...]) -> Fraction:
    """Return the figure of one or more marks. Evidence with too few of them, or none of a category, is refused."""
    points = [mark.points for mark in panel]
    match how:
        case "mean":
            return mean(points)
        case "median":
            return median(points)
        case Trimmed():
            ends = how.left_out(len(points))
            return mean(sorted(points)[ends : len(points) - ends])
        case ByCategory():
            return sum((own.mean * own.weight for own in by_category(how, panel)), Fraction(0))
        case _:
            assert_never(how)


def by_category(how: ByCategory, panel: Iterable[Mark]) -> tuple[CategoryMean, ...]:
    """Return the categories that gave a figure, in the order of the text."""
    panel = tuple(panel)
    found = ((name, weight, [mark.points for mark in panel if mark.category == name]) for name, weight in how.weights)
    return tuple(CategoryMean(name, len(points), mean(points), weight) for name, weight, points in found if points)
