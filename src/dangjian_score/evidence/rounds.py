"""What the rounds of a unit say together."""

from collections.abc import Mapping

from msgspec.structs import replace

from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.rounds import over_rounds
from dangjian_score.facts import UnitFacts

Rounds = Mapping[str, UnitFacts]


def together(whole: UnitFacts, rounds: Rounds, measures: Mapping[str, Measure]) -> UnitFacts:
    """Take for all evidence what is given without a round, else what the rounds come to.

    A blank in one of them, or figures that cannot be brought together, leave a blank.
    """
    parts = (*rounds.values(), whole)
    faults = frozenset(name for one in parts for name in one.faults)
    facts, blanks, inapplicable = dict(whole.facts), dict(whole.blanks), dict(whole.inapplicable)
    for name in sorted(spoken_of(rounds) - facts.keys() - inapplicable.keys() - faults):
        given = [one.facts[name] for one in rounds.values() if name in one.facts]
        empty = [one.blanks[name] for one in rounds.values() if name in one.blanks]
        fact = None if empty else over_rounds(given, None if name not in measures else measures[name].kind)
        if fact is not None:
            facts[name] = fact
        elif empty or given:
            blanks[name] = (*empty, *(one.cell for one in given))[0]
        else:
            inapplicable[name] = next(one.inapplicable[name] for one in rounds.values() if name in one.inapplicable)
    events = tuple(event for one in parts for event in one.events)
    whole = replace(whole, facts=facts, blanks=blanks, inapplicable=inapplicable, faults=faults)
    return replace(whole, events=events, rounds=rounds)


def spoken_of(rounds: Rounds) -> frozenset[str]:
    """Name what rounds speak of: a blank without a round is none then, nor what a blank means otherwise."""
    return frozenset(name for one in rounds.values() for name in (*one.facts, *one.blanks, *one.inapplicable))
