"""Measures that are worked out from others: the circles among them, and how much each comes to when written out."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dangjian_score.rubric.conditions import OfAll
from dangjian_score.rubric.measures import MeasureSpec

MAX_LEVELS: Final = 20
"""Formulas that stand within each other."""
MAX_TERMS: Final = 16_000
"""Terms of all formulas together, each written out wherever its name stands."""


class FormulaSize(NamedTuple):
    """A name written out: how many terms it comes to, and how many formulas stand within each other."""

    terms: int
    levels: int


def terms(spec: MeasureSpec) -> tuple[str, ...]:
    """Name the measures that one is worked out from."""
    parts = (spec.percent, spec.ratio, spec.of, spec.difference, spec.change, spec.from_)
    named = (term.measure if isinstance(term, OfAll) else term for part in parts for term in part or ())
    return tuple(term for term in named if isinstance(term, str))


def circles(measures: Mapping[str, MeasureSpec]) -> tuple[tuple[str, ...], ...]:
    """Find the ways that lead back to where they start; without the last step of each there is no circle left."""
    return tuple(_followed(measures).circles)


def written_out(measures: Mapping[str, MeasureSpec]) -> Mapping[str, FormulaSize]:
    """Size up every formula; what is larger than any limit is not counted to its end."""
    return _followed(measures).written


class _Followed:
    """All formulas followed once, in the order of the text."""

    def __init__(self, measures: Mapping[str, MeasureSpec]) -> None:
        self.circles: list[tuple[str, ...]] = []
        self.written: dict[str, FormulaSize] = {}
        self._measures = measures

    def follow(self, name: str, way: tuple[str, ...]) -> FormulaSize:
        """Size up a name that is reached by way of others."""
        spec = self._measures.get(name)
        if name in way:
            self.circles.append((*way[way.index(name) :], name))
        if spec is None or spec.formula is None or name in way:
            return FormulaSize(1, 0)
        if name not in self.written:
            if len(way) > MAX_LEVELS:
                return FormulaSize(MAX_TERMS + 1, MAX_LEVELS + 1)
            inner = [self.follow(term, (*way, name)) for term in terms(spec)]
            added = 1 + len(spec.points or ()) + sum(one.terms for one in inner)
            levels = 1 + max((one.levels for one in inner), default=0)
            self.written[name] = FormulaSize(min(added, MAX_TERMS + 1), levels)
        return self.written[name]


def _followed(measures: Mapping[str, MeasureSpec]) -> _Followed:
    found = _Followed(measures)
    for name in measures:
        found.follow(name, ())
    return found
