"""Bounds: the range of the value of an expression over all possible units, and whether a test can hold."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import floor
from typing import Final, NamedTuple, assert_never

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.points import rounded


class FigureSpan(NamedTuple):
    """A range from `least` to `most`; None where it is unbounded."""

    least: Fraction | None = None
    most: Fraction | None = None

    def with_(self, other: "FigureSpan") -> "FigureSpan":
        """Return the smallest range that contains both."""
        return FigureSpan(end_of(min, self.least, other.least), end_of(max, self.most, other.most))

    def each(self, of: Callable[[Fraction], Fraction]) -> "FigureSpan":
        """Return the range with a monotonic function applied to both ends."""
        return FigureSpan(*(None if end is None else of(end) for end in (self.least, self.most)))


def end_of(
    choose: Callable[[Fraction, Fraction], Fraction], left: Fraction | None, right: Fraction | None
) -> Fraction | None:
    """Return the combination of two ends; None where either is None."""
    return None if left is None or right is None else choose(left, right)


class Interval(Struct, frozen=True):
    """The figures for which a comparison holds; an `open` end does not belong to them."""

    span: FigureSpan
    open_below: bool = False
    open_above: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it contains no figure."""
        least, most = self.span.least, self.span.most
        if least is None or most is None:
            return False
        return least > most or (least == most and (self.open_below or self.open_above))

    @property
    def start(self) -> tuple[bool, Fraction, bool]:
        """The sort key of its lower end."""
        return (self.span.least is not None, self.span.least or Fraction(0), self.open_below)

    def within(self, other: "Interval") -> "Interval":
        """Return the intersection."""
        below = max(self, other, key=lambda side: side.start)
        above = min(self, other, key=lambda side: (side.span.most is None, side.span.most or 0, not side.open_above))
        return Interval(FigureSpan(below.span.least, above.span.most), below.open_below, above.open_above)

    def holds(self, figure: Fraction) -> bool:
        """Return whether it contains a figure."""
        return not self.within(Interval(FigureSpan(figure, figure))).is_empty


EVERYTHING: Final = Interval(FigureSpan())


def interval(how: a.Comparator, value: Fraction) -> Interval:
    """Return the figures for which a comparison with a number holds."""
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


Known = Mapping[str, FigureSpan]
"""Ranges of measures, and of the points of nodes under `points_of`; those of other names are unknown."""

NOTHING = FigureSpan(Fraction(0), Fraction(0))
ANY = FigureSpan()


def points_of(node: str) -> str:
    """Return the key of the points of a node in `Known`."""
    return f":{node}"


def bounds(expr: a.Expr, known: Known) -> FigureSpan:
    """Return the range of an expression."""

    def of(inner: a.Expr) -> FigureSpan:
        return bounds(inner, known)

    match expr:
        case a.Const(value):
            return FigureSpan(value, value)
        case a.Product(a.Const(factor), right):
            return _scaled(of(right), factor)
        case a.Read(measure):
            return known.get(measure, ANY)
        case a.Choice(test, then, otherwise):
            decided = verdict(test, known)
            return of(then).with_(of(otherwise)) if decided is None else of(then if decided else otherwise)
        case a.Sum(terms):
            return _added(map(of, terms))
        case a.Most(left, right):
            return _larger(of(left), of(right))
        case a.Rounded(inner, places, mode):
            return of(inner).each(lambda end: rounded(end, places, mode))
        case a.Product(left, right):
            return _times(of(left), of(right))
        case a.Least(left, right):
            return _smaller(of(left), of(right))
        case a.Quotient(part, whole):
            return _share(part, whole, known)
        case a.Whole(inner):
            return of(inner).each(lambda end: Fraction(floor(end)))
        case a.Named(of=inner) | a.Statistic(of=inner):
            return of(inner)
        case a.Placing():
            return FigureSpan(Fraction(1), None)
        case a.Tally(worth=worth):
            return _many(of(worth))
        case a.Grouped(each=each, cap=cap):
            return _many(of(each) if cap is None else _smaller(of(each), FigureSpan(cap, cap)))
        case a.Ref(step):
            return known.get(points_of(step), ANY)
        case _:
            assert_never(expr)


def verdict(test: a.Test, known: Known) -> bool | None:
    """Return True where a test always holds, False where it never does, None where it depends on the unit."""
    match test:
        case a.Yes() | a.Is() | a.Entered():
            return None
        case a.Compare(left, how, right):
            return _stands(bounds(left, known), how, bounds(right, known))
        case a.AllHold(tests):
            found = [verdict(inner, known) for inner in tests]
            if False in found or _contradict(tests):
                return False
            return None if None in found else True
        case a.AnyHolds(tests):
            found = [verdict(inner, known) for inner in tests]
            return True if True in found else None if None in found else False
        case a.Not(inner):
            return _opposite(verdict(inner, known))
        case _:
            assert_never(test)


def _added(spans: Iterable[FigureSpan]) -> FigureSpan:
    least: Fraction | None = Fraction(0)
    most: Fraction | None = Fraction(0)
    for span in spans:
        least = None if least is None or span.least is None else least + span.least
        most = None if most is None or span.most is None else most + span.most
    return FigureSpan(least, most)


def _scaled(span: FigureSpan, factor: Fraction) -> FigureSpan:
    if factor == 0:
        return NOTHING
    ends = [None if end is None else end * factor for end in span]
    return FigureSpan(*ends) if factor > 0 else FigureSpan(*reversed(ends))


def _times(left: FigureSpan, right: FigureSpan) -> FigureSpan:
    """Return the range of a product; one side may be constant."""
    for factor, other in ((left, right), (right, left)):
        if factor.least is not None and factor.least == factor.most:
            return _scaled(other, factor.least)
    if left.least is not None and right.least is not None and left.least >= 0 and right.least >= 0:
        return FigureSpan(left.least * right.least, end_of(lambda mine, yours: mine * yours, left.most, right.most))
    return ANY


def _larger(left: FigureSpan, right: FigureSpan) -> FigureSpan:
    known = [end for end in (left.least, right.least) if end is not None]
    return FigureSpan(max(known, default=None), end_of(max, left.most, right.most))


def _smaller(left: FigureSpan, right: FigureSpan) -> FigureSpan:
    known = [end for end in (left.most, right.most) if end is not None]
    return FigureSpan(end_of(min, left.least, right.least), min(known, default=None))


def _share(part: a.Expr, whole: a.Expr, known: Known) -> FigureSpan:
    """Return the range of a quotient; shares of a whole and means by votes have known ranges."""
    match part:
        case a.Product(a.Const(amount), a.Least(_, limit)) if limit == whole:
            return FigureSpan(Fraction(0), amount)
        case a.Sum(terms) if isinstance(whole, a.Sum) and _weights(terms) == list(whole.terms):
            entries = [
                term.left.value for term in terms if isinstance(term, a.Product) and isinstance(term.left, a.Const)
            ]
            return FigureSpan(min(entries), max(entries))
        case _:
            least = bounds(part, known).least
            return FigureSpan(Fraction(0), None) if least is not None and least >= 0 else ANY


def _weights(terms: Iterable[a.Expr]) -> list[a.Expr]:
    return [term.right for term in terms if isinstance(term, a.Product) and isinstance(term.left, a.Const)]


def _many(each: FigureSpan) -> FigureSpan:
    """Return the range of a sum over any number of events or groups."""
    least = Fraction(0) if each.least is not None and each.least >= 0 else None
    return FigureSpan(least, Fraction(0) if each.most is not None and each.most <= 0 else None)


def _stands(left: FigureSpan, how: a.Comparator, right: FigureSpan) -> bool | None:
    match how:
        case "at_least":
            return _reaches(left, right)
        case "below":
            return _opposite(_reaches(left, right))
        case "at_most":
            return _reaches(right, left)
        case "above":
            return _opposite(_reaches(right, left))
        case "equals":
            apart = _beyond(left.least, right.most) or _beyond(right.least, left.most)
            same = left.least is not None and left.least == left.most == right.least == right.most
            return False if apart else True if same else None
        case _:
            assert_never(how)


def _opposite(decided: bool | None) -> bool | None:
    return None if decided is None else not decided


def _reaches(left: FigureSpan, right: FigureSpan) -> bool | None:
    """Return True where left is always at least right, False where it never is, else None."""
    if left.least is not None and right.most is not None and left.least >= right.most:
        return True
    return False if _beyond(right.least, left.most) else None


def _beyond(figure: Fraction | None, other: Fraction | None) -> bool:
    return figure is not None and other is not None and figure > other


def _contradict(tests: Iterable[a.Test]) -> bool:
    """Return whether comparisons of one expression with numbers cannot all hold."""
    passing: dict[a.Expr, Interval] = {}
    for test in tests:
        if isinstance(test, a.Compare) and isinstance(test.right, a.Const):
            here = interval(test.how, test.right.value)
            passing[test.left] = passing.get(test.left, EVERYTHING).within(here)
    return any(allowed.is_empty for allowed in passing.values())
