"""What the rounds of a unit say together."""

from collections.abc import Mapping

from msgspec.structs import replace

from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.rounds import come_together, over_rounds
from dangjian_score.facts import Fact, MadeFacts, UnitFacts
from dangjian_score.rubric.measures import MeasureKind

Rounds = Mapping[str, UnitFacts]


def together(whole: UnitFacts, rounds: Rounds, spoken_of: frozenset[str], measures: Mapping[str, Measure]) -> UnitFacts:
    """Take for all evidence what is given without a round, else what the rounds come to of what they speak of.

    A blank in one of them, or figures that cannot be brought together, leave a blank.
    """
    parts, own = (*rounds.values(), whole), whole.facts
    faults = frozenset(name for one in parts for name in one.faults)
    values = [one.values for one in rounds.values()]
    kinds: dict[str, MeasureKind | None] = {}
    blanks, inapplicable = dict(whole.blanks), dict(whole.inapplicable)
    for name in sorted(spoken_of - own.keys() - inapplicable.keys() - faults):
        kind = measures[name].kind if name in measures else None
        given = [one[name] for one in values if name in one]
        empty = [one.blanks[name] for one in rounds.values() if name in one.blanks]
        if not empty and come_together(given, kind):
            kinds[name] = kind
        elif empty or given:
            blanks[name] = next(iter(empty), None) or next(iter(_facts(name, rounds))).cell
        else:
            inapplicable[name] = next(one.inapplicable[name] for one in rounds.values() if name in one.inapplicable)

    def made(name: str) -> Fact:
        fact = over_rounds(_facts(name, rounds), kinds[name]) if name in kinds else own[name]
        assert fact is not None  # noqa: S101  they come together
        return fact

    facts = MadeFacts(dict.fromkeys((*own, *kinds)), made)
    events = tuple(event for one in parts for event in one.events)
    said = replace(whole, facts=facts, blanks=blanks, inapplicable=inapplicable, faults=faults)
    return replace(said, events=events, rounds=rounds)


def _facts(name: str, rounds: Rounds) -> list[Fact]:
    return [one.facts[name] for one in rounds.values() if name in one.facts]


def spoken_of(rounds: Rounds) -> frozenset[str]:
    """Name what rounds speak of: a blank without a round is none then, nor what a blank means otherwise."""
    return frozenset().union(
        *(names for one in rounds.values() for names in (one.values, one.blanks, one.inapplicable))
    )
