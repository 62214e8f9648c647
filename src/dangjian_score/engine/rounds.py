"""What the facts of several rounds come to over all evidence."""

from collections.abc import Sequence
from fractions import Fraction

from dangjian_score.facts import Fact
from dangjian_score.rubric.measures import MeasureKind


def over_rounds(given: Sequence[Fact], kind: MeasureKind | None) -> Fact | None:
    """Add counts up (votes, of no kind, are counts too); a yes in any is a yes; else the rounds must say the same."""
    if not given:
        return None
    if kind in (None, "count", "number", "score"):
        return added(given)
    if kind == "yes_no":
        yes = next((fact for fact in given if fact.value is True), given[0])
        return Fact(yes.value, yes.cell, tuple(given))
    return given[0] if len({fact.value for fact in given}) == 1 else None


def added(given: Sequence[Fact]) -> Fact:
    """Add figures up."""
    if len(given) == 1:
        return given[0]
    values = (fact.value for fact in given)
    total = sum((value for value in values if isinstance(value, Fraction)), Fraction(0))
    return Fact(total, given[0].cell, tuple(given))
