"""Reduce the events of a unit to figures: tallies, and sums over groups of periods and columns."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.algebra import Grouped, Tally, Tree, figures
from dangjian_score.core.columns import DAY
from dangjian_score.core.facts import Event, Value
from dangjian_score.engine import exact
from dangjian_score.engine.exact import Values
from dangjian_score.engine.groups import GroupKey, Groups, grouped_by
from dangjian_score.engine.periods import Calendar
from dangjian_score.rubric.lexicon import is_period


def day_of(value: Fraction) -> int:
    """Return the ordinal day of the value of a date."""
    return value.numerator


class PricedEvent(Struct, frozen=True):
    """An event that counts by a tally, its worth, and the events of its case that do not count beside it (就高).

    `group` is the key of its group, where a line lists groups.
    """

    event: Event
    worth: Fraction
    tally: Tally
    covers: tuple["PricedEvent", ...] = ()
    group: GroupKey | None = None


class CaseScope(Struct, frozen=True):
    """A node with `highest_per`: of its events with the same values in `columns` only the one of most worth counts."""

    columns: tuple[str, ...]
    tallies: tuple[str, ...]


class Plan(Struct, frozen=True):
    """What to reduce events to; inner figures and scopes come first."""

    tallies: tuple[Tally, ...]
    grouped: tuple[Grouped, ...]
    scopes: tuple[CaseScope, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no figure depends on events."""
        return not (self.tallies or self.grouped)

    @classmethod
    def of(cls, trees: Iterable[Tree], scopes: Iterable[CaseScope]) -> "Plan":
        """Return the plan of the figures in trees."""
        found = figures(*trees)
        tallies = tuple(figure for figure in found if isinstance(figure, Tally))
        return cls(tallies, tuple(figure for figure in found if isinstance(figure, Grouped)), tuple(scopes))


PricedEvents = Mapping[str, tuple[PricedEvent, ...]]
"""Events that are kept, by the name of the tally."""


class Reduced(Struct, frozen=True):
    """Figures by name, with the events and groups that make them up; `keys` give the group of an event."""

    figures: Mapping[str, Fraction]
    events: PricedEvents
    groups: Mapping[str, Groups]
    keys: Mapping[str, Callable[[Event], GroupKey]] = field(default_factory=dict)


def reduce(plan: Plan, events: Sequence[Event], values: Values, calendar: Calendar | None) -> Reduced:
    """Reduce the events of one unit. All columns that are read must be present; periods need a calendar."""
    registers: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        registers[event.register].append(event)
    kept = {tally.name: _kept(tally, registers) for tally in plan.tallies}
    for scope in plan.scopes:
        kept |= _of_cases(scope, kept)
    found = {name: sum((event.worth for event in events), Fraction(0)) for name, events in kept.items()}
    keys = {grouped.name: _keys(grouped.keys, calendar) for grouped in plan.grouped}
    groups = {grouped.name: _groups(grouped, kept, values, calendar, keys[grouped.name]) for grouped in plan.grouped}
    return Reduced(found | {name: own.total for name, own in groups.items()}, kept, groups, keys)


def let_pass(tally: Tally, event: Event) -> bool:
    """Return whether a tally takes an event of its registers."""
    return tally.where is None or exact.holds(tally.where, event.values, {})


def _kept(tally: Tally, registers: Mapping[str, list[Event]]) -> tuple[PricedEvent, ...]:
    passed = (event for name in tally.registers for event in registers.get(name, ()) if let_pass(tally, event))
    events = [PricedEvent(event, exact.number(tally.worth, event.values, {}), tally) for event in passed]
    if not tally.highest_per:
        return tuple(events)
    return tuple(_highest(tally.highest_per, events))


def _of_cases(scope: CaseScope, events: PricedEvents) -> dict[str, tuple[PricedEvent, ...]]:
    """Keep the event of the highest worth of each case, whichever rule priced it."""
    kept: dict[str, list[PricedEvent]] = {name: [] for name in scope.tallies}
    for priced in _highest(scope.columns, (priced for name in scope.tallies for priced in events[name])):
        kept[priced.tally.name].append(priced)
    return {name: tuple(own) for name, own in kept.items()}


def _highest(columns: tuple[str, ...], events: Iterable[PricedEvent]) -> Iterator[PricedEvent]:
    """Keep for the same values of columns the event of the highest worth, of equal ones the first; keep every blank."""
    cases: dict[tuple[Value, ...], list[PricedEvent]] = {}
    for priced in events:
        facts = priced.event.columns
        if all(column in facts for column in columns):
            cases.setdefault(tuple(facts[column].value for column in columns), []).append(priced)
        else:
            yield priced
    for case in cases.values():
        best = min(case, key=lambda priced: (-priced.worth, _order(priced.event)))
        covered = (other for priced in case for other in (priced, *priced.covers) if other is not best)
        yield replace(best, covers=tuple(covered)) if len(case) > 1 else best


def _order(event: Event) -> tuple[bool, int, tuple[str, ...]]:
    """Return the sort key of an event: its day, then its values; never its place in a file, which must not matter."""
    day = event.columns.get(DAY)
    says = tuple(sorted(f"{name}={fact.value}" for name, fact in event.columns.items()))
    return (day is None, 0 if day is None else day_of(exact.figure(day.value)), says)


def _groups(
    grouped: Grouped,
    priced: PricedEvents,
    values: Values,
    calendar: Calendar | None,
    key_of: Callable[[Event], GroupKey],
) -> Groups:
    inner = [figure for figure in figures(grouped.each) if isinstance(figure, Tally)]
    worths = {tally.name: _parted(priced[tally.name], key_of) for tally in inner}
    return grouped_by(grouped, worths, values, calendar)


def _keys(keys: tuple[str, ...], calendar: Calendar | None) -> Callable[[Event], GroupKey]:
    pieces = {key: calendar.piece(key) for key in keys if calendar is not None and is_period(key)}

    def part(event: Event, key: str) -> Value | int:
        if key in pieces:
            return pieces[key](day_of(exact.figure(event.columns[DAY].value)))
        return event.columns[key].value

    return lambda event: tuple(part(event, key) for key in keys)


def _parted(events: Iterable[PricedEvent], key_of: Callable[[Event], GroupKey]) -> dict[GroupKey, Fraction]:
    worths: dict[GroupKey, Fraction] = defaultdict(Fraction)
    for priced in events:
        worths[key_of(priced.event)] += priced.worth
    return worths
