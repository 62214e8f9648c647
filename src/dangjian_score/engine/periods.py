"""Pieces of time: the calendar cut into days, weeks, fortnights, months … within a span of days.

Days are ordinals. A piece is named by the first day it has by nature, which may lie before the span.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.rubric.standing import Span

_MONTHS: Final[Mapping[str, int]] = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
_DAYS: Final[Mapping[str, int]] = {"day": 1, "week": 7, "fortnight": 14}


class Calendar(Struct, frozen=True):
    """The days that count, `first` to `last`, and the days between which a unit existed."""

    first: int
    last: int
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, span: Span, since: int | None = None, until: int | None = None) -> "Calendar":
        """Take a span of the rubric."""
        return cls(span.from_.toordinal(), span.to.toordinal(), since, until)

    def piece(self, period: str) -> Callable[[int], int]:
        """Give the function that names the piece a day falls into.

        Weeks begin on Monday (ISO 8601); fortnights run from the first day of the span.
        """
        if months := _MONTHS.get(period):
            return lambda day: _month_start(date.fromordinal(day), months).toordinal()
        length, origin = _DAYS[period], 1 if period == "week" else self.first  # 0001-01-01 was a Monday
        return lambda day: origin + (day - origin) // length * length

    def due(self, period: str) -> Iterator[int]:
        """Name the pieces in which something is due: those that end within the span and within the unit's time.

        The last piece is left out where it is incomplete; the first is due though it began before the span.
        """
        piece = self.piece(period)
        start = piece(self.first)
        while start <= self.last:
            following = _next(start, period)
            end = following - 1
            existed = (self.since is None or end >= self.since) and (self.until is None or end <= self.until)
            if end <= self.last and existed:
                yield start
            start = following


def _month_start(day: date, months: int) -> date:
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _next(start: int, period: str) -> int:
    if months := _MONTHS.get(period):
        within = date.fromordinal(start) + timedelta(days=31 * months)
        return _month_start(within, months).toordinal()
    return start + _DAYS[period]


def day_of(value: Fraction) -> int:
    """Take a date's value for the ordinal it is."""
    return value.numerator
