"""Rounds and spans of rounds as results of their own: their evidence, and what of evidence is not due."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.algebra import reads
from dangjian_score.core.facts import Evidence, Fact, MadeFacts, UnitFacts
from dangjian_score.engine.aggregates import come_together, over_rounds
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.rubric.measures import MeasureKind
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of

Rounds = Mapping[str, UnitFacts]


def together(whole: UnitFacts, rounds: Rounds, measures: Mapping[str, Measure]) -> UnitFacts:
    """Return a unit with its rounds: what is given without a round, else what the rounds come to of what they hold.

    A blank in one of them, or figures that cannot be brought together, leave a blank.
    """
    parts, own = (*rounds.values(), whole), whole.facts
    faults = frozenset(name for part in parts for name in part.faults)
    values = [part.values for part in rounds.values()]
    kinds: dict[str, MeasureKind | None] = {}
    blanks, inapplicable = dict(whole.blanks), dict(whole.inapplicable)
    for name in sorted(held_in(rounds) - own.keys() - inapplicable.keys() - faults):
        kind = measures[name].kind if name in measures else None
        given = [of_round[name] for of_round in values if name in of_round]
        empty = [part.blanks[name] for part in rounds.values() if name in part.blanks]
        if not empty and come_together(given, kind):
            kinds[name] = kind
        elif empty or given:
            blanks[name] = next(iter(empty), None) or next(iter(_facts(name, rounds))).cell
        else:
            inapplicable[name] = next(part.inapplicable[name] for part in rounds.values() if name in part.inapplicable)

    def made(name: str) -> Fact:
        fact = over_rounds(_facts(name, rounds), kinds[name]) if name in kinds else own[name]
        assert fact is not None  # noqa: S101  they come together
        return fact

    facts = MadeFacts(dict.fromkeys((*own, *kinds)), made)
    events = tuple(event for part in parts for event in part.events)
    explained = dict.fromkeys(name for part in parts for name in part.explanations)
    explanations = {
        name: tuple(each for part in parts for each in part.explanations.get(name, ())) for name in explained
    }
    settled = {"blanks": blanks, "inapplicable": inapplicable, "faults": faults, "explanations": explanations}
    return replace(whole, facts=facts, events=events, rounds=rounds, apart=whole, **settled)


def _facts(name: str, rounds: Rounds) -> list[Fact]:
    return [part.facts[name] for part in rounds.values() if name in part.facts]


def held_in(rounds: Rounds) -> frozenset[str]:
    """Return the measures that rounds hold a value, a blank or 不适用 of; a blank without a round is none then."""
    held = ((part.values, part.blanks, part.inapplicable) for part in rounds.values())
    return frozenset(name for names in held for each in names for name in each)


class Stage(Struct, frozen=True):
    """A round, or a span of rounds, as it is scored on its own: the program of these rounds, and their evidence."""

    program: Program
    evidence: Evidence


def stages(
    rubric: Rubric, measures: Mapping[str, Measure], evidence: Evidence, interim: Interim | None
) -> Mapping[str, Stage]:
    """Return each round that is due, and each span whose rounds all are, with its own evidence alone."""
    due = tuple(rounds_of(rubric.rounds)) if interim is None else interim.rounds
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in due}
    groups |= {name: rounds for name, rounds in rubric.spans.items() if set(rounds) <= set(due)}
    return {name: _stage(rubric, measures, evidence, rounds) for name, rounds in groups.items()}


def _stage(rubric: Rubric, measures: Mapping[str, Measure], evidence: Evidence, rounds: tuple[str, ...]) -> Stage:
    units = tuple(_narrowed(unit, rounds, measures) for unit in evidence.units)
    interim = Interim(rounds, alone=len(rounds) == 1)
    return Stage(compile_rubric(rubric, interim), replace(evidence, units=units))


def stage_results(
    rubric: Rubric, measures: Mapping[str, Measure], evidence: Evidence, interim: Interim | None
) -> Mapping[str, Result]:
    """Score each round that is due, and each span whose rounds all are, on its own evidence alone."""
    scored = stages(rubric, measures, evidence, interim)
    return {name: score(stage.program, stage.evidence) for name, stage in scored.items()}


def _narrowed(unit: UnitFacts, rounds: tuple[str, ...], measures: Mapping[str, Measure]) -> UnitFacts:
    """Return a unit with the evidence of some rounds, beside what is given without a round."""
    own = {name: unit.rounds[name] for name in rounds}
    return unit if unit.apart is None else together(unit.apart, own, measures)


class Deferred(Struct, frozen=True):
    """What evidence may hold that is not due: rounds, events `after` a day, measures without a round.

    Until that day events of the registers `by_day` count for what is scored once, even if their round is not due. No
    rule that is due reads `registers`.
    """

    rounds: frozenset[str]
    after: date | None
    measures: frozenset[str]
    by_day: frozenset[str] = frozenset()
    registers: frozenset[str] = frozenset()


NOTHING_DEFERRED: Final = Deferred(frozenset(), None, frozenset())


def deferred(annual: Program, program: Program) -> Deferred:
    """Return what of the evidence for a rubric is not due."""
    interim = program.interim
    if interim is None:
        return NOTHING_DEFERRED
    later = frozenset(rounds_of(program.rubric.rounds)).difference(interim.rounds)
    tallies = () if interim.through is None else program.plan(program.passes[-1]).tallies
    by_day = frozenset(register for tally in tallies for register in tally.registers)
    idle = _counted(annual) - _counted(program)
    return Deferred(later, interim.through, frozenset(_read(annual)).difference(_read(program)), by_day, idle)


def _counted(program: Program) -> frozenset[str]:
    """Return the registers that are read in any pass."""
    tallies = (tally for part in program.passes for tally in program.plan(part).tallies)
    return frozenset(register for tally in tallies for register in tally.registers)


def _read(program: Program) -> Sequence[str]:
    """Return the measures that are read from what is given without a round."""
    part = program.passes[-1]
    return reads(*program.trees(part), *(node.applies for node in part.nodes if node.applies is not None))
