"""Evidence of one unit with one thing changed; what rounds come to together is worked out anew."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.rounds import over_rounds
from dangjian_score.facts import Event, Fact, UnitFacts, Value, replaced

Measures = Mapping[str, Measure]


class EnteredValue(Struct, frozen=True):
    """A value that somebody entered: of which measure, in which round (None: for all of them)."""

    round: str | None
    measure: str
    fact: Fact


def entries(unit: UnitFacts, measures: Measures) -> Iterator[EnteredValue]:
    """List what was entered of the measures; what rounds come to together was not."""
    for round_, part in unit.rounds.items():
        yield from (EnteredValue(round_, name, fact) for name, fact in part.facts.items() if name in measures)
    for name, fact in unit.facts.items():
        if name in measures and not _is_derived(unit, name, measures):
            yield EnteredValue(None, name, fact)


def _is_derived(unit: UnitFacts, name: str, measures: Measures) -> bool:
    """Tell what rounds come to from what was entered for all of them: that stands in cells of its own."""
    given = [one.facts[name] for one in unit.rounds.values() if name in one.facts]
    return bool(given) and over_rounds(given, measures[name].kind) == unit.facts[name]


def with_value(unit: UnitFacts, entry: EnteredValue, value: Value, measures: Measures) -> UnitFacts:
    """Enter another value."""
    name, fact = entry.measure, Fact(value, entry.fact.cell)
    changed = _in_slice(unit, entry.round, lambda part: replace(part, facts=replaced(part.facts, name, fact)))
    if entry.round is None or name not in unit.facts or not _is_derived(unit, name, measures):
        return changed
    given = [one.facts[name] for one in changed.rounds.values() if name in one.facts]
    whole = over_rounds(given, measures[name].kind)
    return changed if whole is None else replace(changed, facts=replaced(changed.facts, name, whole))


def with_figures(unit: UnitFacts, round_: str | None, measure: str, given: Mapping[str, Fraction]) -> UnitFacts:
    """Let assessors have given other figures."""

    def assessed(part: UnitFacts) -> UnitFacts:
        by = part.assessed[measure]
        figures = {name: Fact(given.get(name, fact.value), fact.cell) for name, fact in by.items()}
        return replace(part, assessed={**part.assessed, measure: figures})

    return _in_slice(unit, round_, assessed)


def without_event(unit: UnitFacts, event: Event) -> UnitFacts:
    """Take one event out of the register, and out of its round."""

    def less(part: UnitFacts) -> UnitFacts:
        return replace(part, events=tuple(one for one in part.events if one is not event))

    return replace(less(unit), rounds={name: less(part) for name, part in unit.rounds.items()})


def _in_slice(unit: UnitFacts, round_: str | None, change: Callable[[UnitFacts], UnitFacts]) -> UnitFacts:
    if round_ is None:
        return change(unit)
    return replace(unit, rounds={**unit.rounds, round_: change(unit.rounds[round_])})
