"""Where a unit stands: its grade by the total, its rank among all."""

from collections.abc import Mapping
from fractions import Fraction


def grade_of(total: Fraction, grades: Mapping[str, Fraction]) -> str | None:
    """Name the grade with the highest least total that is reached; None where the rubric has no grades.

    A total below every grade (only where the rubric lets totals fall below 0) has the lowest one.
    """
    if not grades:
        return None
    reached = [(least, name) for name, least in grades.items() if total >= least]
    return max(reached)[1] if reached else min((least, name) for name, least in grades.items())[1]


def ranks(totals: Mapping[str, Fraction]) -> dict[str, int]:
    """Rank by total, highest first; equal totals share a rank, and the next rank counts them all (1, 2, 2, 4)."""
    ordered = sorted(totals.values(), reverse=True)
    first = {total: place for place, total in reversed(list(enumerate(ordered, start=1)))}
    return {unit: first[total] for unit, total in totals.items()}
