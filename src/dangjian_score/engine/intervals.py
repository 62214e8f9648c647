"""Stretches of figures: what lies between two ends, and what a comparison with a number lets pass."""

from collections.abc import Callable
from fractions import Fraction
from typing import Final, NamedTuple, assert_never

from msgspec import Struct

from dangjian_score.engine.algebra import Comparator


class FigureSpan(NamedTuple):
    """From `least` to `most`; None where there is no end."""

    least: Fraction | None = None
    most: Fraction | None = None

    def with_(self, other: "FigureSpan") -> "FigureSpan":
        """Span both."""
        return FigureSpan(end_of(min, self.least, other.least), end_of(max, self.most, other.most))

    def each(self, of: Callable[[Fraction], Fraction]) -> "FigureSpan":
        """Apply something that never turns the order round to both ends."""
        return FigureSpan(*(None if end is None else of(end) for end in (self.least, self.most)))


def end_of(
    choose: Callable[[Fraction, Fraction], Fraction], left: Fraction | None, right: Fraction | None
) -> Fraction | None:
    """Join two ends; where one is missing, so is what they make."""
    return None if left is None or right is None else choose(left, right)


class Interval(Struct, frozen=True):
    """The figures a comparison lets pass; an end that is `open` does not belong to it."""

    span: FigureSpan
    open_below: bool = False
    open_above: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no figure lies in it."""
        least, most = self.span.least, self.span.most
        if least is None or most is None:
            return False
        return least > most or (least == most and (self.open_below or self.open_above))

    @property
    def start(self) -> tuple[bool, Fraction, bool]:
        """Where it begins, to put intervals in order."""
        return (self.span.least is not None, self.span.least or Fraction(0), self.open_below)

    def within(self, other: "Interval") -> "Interval":
        """Give what lies in both."""
        below = max(self, other, key=lambda one: one.start)
        above = min(self, other, key=lambda one: (one.span.most is None, one.span.most or 0, not one.open_above))
        return Interval(FigureSpan(below.span.least, above.span.most), below.open_below, above.open_above)

    def holds(self, figure: Fraction) -> bool:
        """Tell whether a figure lies in it."""
        return not self.within(Interval(FigureSpan(figure, figure))).is_empty


EVERYTHING: Final = Interval(FigureSpan())


def interval(how: Comparator, value: Fraction) -> Interval:
    """Give what a comparison with a number lets pass."""
    match how:
        case "at_least":
            return Interval(FigureSpan(value, None))
        case "above":
            return Interval(FigureSpan(value, None), open_below=True)
        case "at_most":
            return Interval(FigureSpan(None, value))
        case "below":
            return Interval(FigureSpan(None, value), open_above=True)
        case "equals":
            return Interval(FigureSpan(value, value))
        case _:
            assert_never(how)
