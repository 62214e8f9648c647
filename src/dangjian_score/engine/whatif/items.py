"""What one item more or less would change: a count by one, a yes that were a no, an event that had not been."""

from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine import exact
from dangjian_score.engine.whatif.edits import Measures, entries, with_value, without_event
from dangjian_score.engine.whatif.field import Field, Outlook
from dangjian_score.facts import Event, UnitFacts, Value


class ItemStep(Struct, frozen=True):
    """One item more or less: of a measure, in a round (None: for all of them); or an event that falls away."""

    round: str | None
    measure: str
    was: Value | None = None
    now: Value | None = None
    event: Event | None = None


class Effect(Struct, frozen=True):
    """What an item would change; `after` is None where the unit would no longer take part."""

    item: ItemStep
    before: Outlook
    after: Outlook | None

    @property
    def moved(self) -> Fraction:
        """By how many points the total would be other."""
        return Fraction(0) if self.after is None else self.after.total - self.before.total

    @property
    def is_grave(self) -> bool:
        """Whether more than the total would be other."""
        return self.after is None or (self.after.grade, self.after.rank, self.after.selections) != (
            self.before.grade,
            self.before.rank,
            self.before.selections,
        )

    @property
    def weight(self) -> tuple[bool, bool, Fraction]:
        """Put first what changes grade or selections, then what changes the rank, then what moves most."""
        called = self.after is None or (self.after.grade, self.after.selections) != (
            self.before.grade,
            self.before.selections,
        )
        return called, self.is_grave, abs(self.moved)


def effects(field: Field, measures: Measures, at: int) -> tuple[Effect, ...]:
    """Try every item of a unit; those that change nothing are left out, the weightiest come first."""
    before, found = field.now(at), []
    for item, unit in tries(field.bench.units[at], measures):
        states = field.bench.after({at: unit})
        if states:
            effect = Effect(item, before, field.outlook(at, states))
            if effect.is_grave or effect.moved:
                found.append(effect)
    return tuple(sorted(found, key=lambda one: one.weight, reverse=True))


def tries(unit: UnitFacts, measures: Measures) -> Iterator[tuple[ItemStep, UnitFacts]]:
    """Give every item more or less of a unit, and the unit so changed."""
    for entry in entries(unit, measures):
        was = entry.fact.value
        for now in _beside(was, measures, entry.measure):
            yield ItemStep(entry.round, entry.measure, was, now), with_value(unit, entry, now, measures)
    rounds = {id(event): name for name, part in unit.rounds.items() for event in part.events}
    for event in unit.events:
        yield ItemStep(rounds.get(id(event)), event.register, event=event), without_event(unit, event)


def _beside(value: Value, measures: Measures, name: str) -> Iterator[Value]:
    """Give what could as well have been entered: the other answer; of a whole number one more, one less."""
    measure = measures[name]
    if isinstance(value, bool):
        yield not value
        return
    count = exact.figure(value)
    if count.denominator > 1:
        return
    if measure.most is None or count + 1 <= measure.most:
        yield count + 1
    if count - 1 >= (measure.least or 0):
        yield count - 1
