"""Groups of events: the sum of an expression over all of them, and the first of them that a reader is shown.

Groups without events are alike, so that one of them is worked out and the others counted: every day of a year for every
person is a number, not a list.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import merge
from itertools import islice
from math import prod
from typing import Final

from msgspec import Struct

from dangjian_score.core.algebra import Grouped
from dangjian_score.core.facts import Value
from dangjian_score.engine import exact
from dangjian_score.engine.exact import Values
from dangjian_score.engine.periods import Calendar
from dangjian_score.rubric.lexicon import is_period

MOST_LISTED: Final = 100
"""Groups of a line that are listed by name."""

GroupKey = tuple[Value | int, ...]
"""The key of a group: for each period the ordinal of the first day of its piece, for each column its value."""

Worths = Mapping[GroupKey, Fraction]
"""The sum of the worths of events, by group."""


class EventGroup(Struct, frozen=True):
    """A group and its amount, limited to the cap of groups."""

    key: GroupKey
    amount: Fraction


class DueGroups(Struct, frozen=True):
    """The groups that are there without an event in each: all due pieces of periods, with all values of columns.

    `pieces` are those of each key, None where the key is a column; `columns` are the values of the columns that occur
    together in an event.
    """

    pieces: tuple[Sequence[int] | None, ...]
    columns: frozenset[GroupKey]

    @property
    def count(self) -> int:
        """The number of groups."""
        return len(self.columns) * prod(len(pieces) for pieces in self.pieces if pieces is not None)

    def __contains__(self, key: GroupKey) -> bool:
        for part, pieces in zip(key, self.pieces, strict=True):
            if pieces is None:
                continue
            if not (isinstance(part, int) and pieces and pieces[0] <= part <= pieces[-1]):
                return False
        return _values(key, self.pieces) in self.columns

    def __iter__(self) -> Iterator[GroupKey]:
        """Visit the groups in order, without making them all."""
        return self._beginning((), [*self.columns])

    def _beginning(self, start: GroupKey, columns: Sequence[GroupKey]) -> Iterator[GroupKey]:
        """Visit the groups whose keys begin with `start`, with the values of columns that are left for them."""
        if len(start) == len(self.pieces):
            yield start
        elif (pieces := self.pieces[len(start)]) is not None:
            for piece in pieces:
                yield from self._beginning((*start, piece), columns)
        else:
            parted: dict[Value | int, list[GroupKey]] = {}
            for values in columns:
                parted.setdefault(values[0], []).append(values[1:])
            for value in sorted(parted, key=repr):
                yield from self._beginning((*start, value), parted[value])

    def order(self, key: GroupKey) -> tuple[str | int, ...]:
        """Return the sort key of a group."""
        pairs = zip(key, self.pieces, strict=True)
        return tuple(part if pieces is not None and isinstance(part, int) else repr(part) for part, pieces in pairs)


class Groups(Struct, frozen=True):
    """The groups of a rule: those with events (`held`), and `empty`, the amount of each other one that is due."""

    held: Mapping[GroupKey, Fraction]
    due: DueGroups
    empty: Fraction

    @property
    def _empties(self) -> int:
        return self.due.count - sum(key in self.due for key in self.held)

    @property
    def total(self) -> Fraction:
        """The sum over all groups."""
        return sum(self.held.values(), Fraction(0)) + self.empty * self._empties

    @property
    def count(self) -> int:
        """The number of groups that have an amount."""
        return sum(amount != 0 for amount in self.held.values()) + (self._empties if self.empty else 0)

    def listed(self) -> tuple[EventGroup, ...]:
        """Return the first groups that have an amount, in order, `MOST_LISTED` of them at most."""
        order = self.due.order
        held = sorted((key for key, amount in self.held.items() if amount), key=order)
        empty = (key for key in self.due if key not in self.held) if self.empty else iter(())
        keys = islice(merge(held, empty, key=order), MOST_LISTED)
        return tuple(EventGroup(key, self.held.get(key, self.empty)) for key in keys)

    def lacking(self, most: Fraction) -> tuple[tuple[EventGroup, ...], int]:
        """Return the first due groups with less than `most`, in order, and how many there are."""
        short = {key: amount for key, amount in self.held.items() if amount < most and key in self.due}
        count = len(short) + (self._empties if self.empty < most else 0)
        keys = (key for key in self.due if key in short or (self.empty < most and key not in self.held))
        return tuple(EventGroup(key, short.get(key, self.empty)) for key in islice(keys, MOST_LISTED)), count


def grouped_by(grouped: Grouped, worths: Mapping[str, Worths], values: Values, calendar: Calendar | None) -> Groups:
    """Work out a figure over groups: of the events counted in it, by the names of their tallies.

    Groups are all due pieces of periods with the values of columns that occur, and those of the events `over` which it
    is summed; with `shortfall` only the pieces that are due.
    """
    counted = {key for tally in grouped.over for key in worths[tally.name]}
    pieces = tuple(calendar.due(key) if calendar is not None and is_period(key) else None for key in grouped.keys)
    columns = frozenset(_values(key, pieces) for key in counted) if None in pieces else frozenset([()])
    due = DueGroups(pieces, columns)

    def amount(key: GroupKey | None) -> Fraction:
        done = {name: Fraction(0) if key is None else own.get(key, Fraction(0)) for name, own in worths.items()}
        found = exact.number(grouped.each, values, done)
        return found if grouped.cap is None else min(found, grouped.cap)

    there = {key for own in worths.values() for key in own if key in due}
    held = {key: amount(key) for key in (there if grouped.shortfall else there | counted)}
    return Groups(held, due, amount(None) if due.count > len(there) else Fraction(0))


def _values(key: GroupKey, pieces: Sequence[Sequence[int] | None]) -> GroupKey:
    """Return the parts of a key that are values of columns."""
    return tuple(part for part, due in zip(key, pieces, strict=True) if due is None)
