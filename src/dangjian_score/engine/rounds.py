"""What the facts of several rounds come to over all evidence."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.facts import Fact, Value
from dangjian_score.rubric.measures import MeasureKind

_ADDED: Final = (None, "count", "number", "score")


def over_rounds(given: Sequence[Fact], kind: MeasureKind | None) -> Fact | None:
    """Add counts up (votes, of no kind, are counts too); a yes in any is a yes; else the rounds must say the same."""
    if not come_together([fact.value for fact in given], kind):
        return None
    if kind in _ADDED:
        return added(given)
    if kind == "yes_no":
        yes = next((fact for fact in given if fact.value is True), given[0])
        return Fact(yes.value, yes.cell, tuple(given))
    return given[0]


def come_together(given: Sequence[Value], kind: MeasureKind | None) -> bool:
    """Tell whether what rounds say comes to something over all evidence."""
    if kind in _ADDED or kind == "yes_no":
        return bool(given)
    return bool(given) and all(value is given[0] or value == given[0] for value in given)


def added(given: Sequence[Fact]) -> Fact:
    """Add figures up."""
    if len(given) == 1:
        return given[0]
    values = (fact.value for fact in given)
    total = sum((value for value in values if isinstance(value, Fraction)), Fraction(0))
    return Fact(total, given[0].cell, tuple(given))
