"""What the rounds of a unit say together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.gather import Slot
from dangjian_score.facts import Fact, UnitFacts

Rounds = Mapping[str, UnitFacts]


def unsaid(slot: Slot, rounds: Rounds) -> Slot:
    """Leave out the blanks of what rounds speak of: they stand for nothing, nor for what a blank means otherwise."""
    said = _spoken_of(rounds)
    return replace(slot, blanks={name: cell for name, cell in slot.blanks.items() if name not in said})


def together(whole: UnitFacts, rounds: Rounds, measures: Mapping[str, Measure]) -> UnitFacts:
    """Take for all evidence what is given without a round, else what the rounds come to.

    A blank in one of them, or figures that cannot be brought together, leave a blank.
    """
    parts = (*rounds.values(), whole)
    faults = frozenset(name for one in parts for name in one.faults)
    facts, blanks, inapplicable = dict(whole.facts), dict(whole.blanks), dict(whole.inapplicable)
    for name in sorted(_spoken_of(rounds) - facts.keys() - inapplicable.keys() - faults):
        given = [one.facts[name] for one in rounds.values() if name in one.facts]
        empty = [one.blanks[name] for one in rounds.values() if name in one.blanks]
        fact = None if empty else _combined(given, measures.get(name))
        if fact is not None:
            facts[name] = fact
        elif empty or given:
            blanks[name] = (*empty, *(one.cell for one in given))[0]
        else:
            inapplicable[name] = next(one.inapplicable[name] for one in rounds.values() if name in one.inapplicable)
    events = tuple(event for one in parts for event in one.events)
    whole = replace(whole, facts=facts, blanks=blanks, inapplicable=inapplicable, faults=faults)
    return replace(whole, events=events, rounds=rounds)


def _spoken_of(rounds: Rounds) -> frozenset[str]:
    return frozenset(name for one in rounds.values() for name in (*one.facts, *one.blanks, *one.inapplicable))


def _combined(given: Sequence[Fact], measure: Measure | None) -> Fact | None:
    """Add counts up (votes are counts too); a yes in any is a yes; else the rounds must say the same."""
    if not given:
        return None
    kind = "count" if measure is None else measure.kind
    if kind in ("count", "number", "score"):
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
