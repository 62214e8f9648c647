"""Periods of the calendar: the piece that a day belongs to, and the pieces that are due."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import Struct

from dangjian_score.rubric.standing import Span

_MONTHS: Final[Mapping[str, int]] = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
_DAYS: Final[Mapping[str, int]] = {"day": 1, "week": 7, "fortnight": 14}
_LAST_DAY: Final = date.max.toordinal()


class Calendar(Struct, frozen=True):
    """The days of a period, `first` to `last`, and the days between which the unit existed."""

    first: int
    last: int
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, span: Span, since: int | None = None, until: int | None = None) -> "Calendar":
        """Return the calendar of a span of the rubric."""
        return cls(span.from_.toordinal(), span.to.toordinal(), since, until)

    def piece(self, period: str) -> Callable[[int], int]:
        """Return the function from a day to the first day of its piece of a period.

        Weeks begin on Monday (ISO 8601); fortnights run from the first day of the span.
        """
        return _piece(period, self.first)

    @staticmethod
    def end(start: int, period: str) -> int:
        """Return the last day of the piece that begins with a day."""
        return _end(start, period)

    def due(self, period: str) -> Sequence[int]:
        """Return the first days of the pieces that are due: that end within the span and the existence of the unit.

        An incomplete last piece is not due; the first piece is, even if it began before the span. The pieces follow
        each other without a gap.
        """
        ending = _ending_within(period, self.first, self.last)
        start = 0 if self.since is None else bisect_left(ending, self.since, key=lambda start: _end(start, period))
        if self.until is None:
            return ending[start:]
        return ending[start : bisect_right(ending, self.until, key=lambda start: _end(start, period))]


def _piece(period: str, first: int) -> Callable[[int], int]:
    if months := _MONTHS.get(period):
        return lambda day: _month_start(date.fromordinal(day), months).toordinal()
    length, origin = _DAYS[period], 1 if period == "week" else first  # 0001-01-01 was a Monday
    return lambda day: origin + (day - origin) // length * length


@lru_cache(maxsize=1024)
def _ending_within(period: str, first: int, last: int) -> Sequence[int]:
    """Return the pieces from that of the first day on which end by the last, by their first days."""
    start = _piece(period, first)(first)
    if length := _DAYS.get(period):
        return range(start, last + 2 - length, length)
    found = []
    while start <= last and (end := _end(start, period)) <= last:
        found.append(start)
        start = end + 1
    return tuple(found)


def _month_start(day: date, months: int) -> date:
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _end(start: int, period: str) -> int:
    """Return the last day of the piece that begins with a day."""
    if length := _DAYS.get(period):
        return start + length - 1
    months = _MONTHS[period]
    within = start + 31 * months  # a day of the piece that follows
    return _LAST_DAY if within > _LAST_DAY else _month_start(date.fromordinal(within), months).toordinal() - 1
