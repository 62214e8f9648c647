"""Sums of the events of many units at once, by compiled prices; which events made them is left to `registers`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

from dangjian_score.engine.algebra import AllHold, Tally
from dangjian_score.engine.compiled.carrier import compiled_number, compiled_test, figure
from dangjian_score.engine.compiled.layout import Atom, Names, OddCaseError, Raw, laid_out, named
from dangjian_score.engine.registers import Plan
from dangjian_score.facts import UnitFacts, picked


def tallied(plan: Plan, units: Sequence[UnitFacts]) -> list[dict[str, Fraction]] | None:
    """Sum each unit's events by tally; None where groups or nodes take part, or an event is out of the ordinary."""
    if plan.grouped or plan.scopes:
        return None
    try:
        sums = {tally.name: _sums(tally, units) for tally in plan.tallies}
    except OddCaseError:
        return None
    return [{name: each[at] for name, each in sums.items()} for at in range(len(units))]


def _sums(tally: Tally, units: Sequence[UnitFacts]) -> list[Fraction]:
    names = named((tally.worth, *([tally.where] if tally.where else [])))
    if tally.highest_per is not None:
        names = Names(tuple(dict.fromkeys((*names.measures, tally.highest_per))), names.known)
    owners: list[int] = []
    raw: list[Raw] = []
    for at, unit in enumerate(units):
        for event in unit.events:
            if event.register in tally.registers:
                owners.append(at)
                raw.append((*picked(event.columns, names.measures), *(None for _ in names.known)))
    layout, rows = laid_out(names, raw)
    price, keeps = compiled_number(tally.worth, layout), compiled_test(tally.where or AllHold(()), layout)
    kept = [(at, row) for at, row in zip(owners, rows, strict=True) if keeps(row)]
    worths: Iterable[tuple[int, tuple[int, int]]] = ((at, price(row)) for at, row in kept)
    if tally.highest_per is not None:
        place = names.measures.index(tally.highest_per)
        worths = _dearest((at, row[place], price(row)) for at, row in kept)
    sums: list[dict[int, int]] = [{} for _ in units]
    for at, (numerator, denominator) in worths:
        sums[at][denominator] = sums[at].get(denominator, 0) + numerator
    return [_together(each) for each in sums]


def _dearest(kept: Iterable[tuple[int, Atom, tuple[int, int]]]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Keep of the events of a unit with one value in a column what the dearest is worth; blanks stand alone."""
    best: dict[tuple[int, Atom], tuple[int, int]] = {}
    for at, value, worth in kept:
        if value is None:
            yield at, worth
        elif (at, value) not in best or _is_dearer(worth, best[at, value]):
            best[at, value] = worth
    yield from ((at, worth) for (at, _), worth in best.items())


def _is_dearer(worth: tuple[int, int], other: tuple[int, int]) -> bool:
    return worth[0] * other[1] > other[0] * worth[1]


def _together(numerators: Mapping[int, int]) -> Fraction:
    """Add up fractions, given by their denominators."""
    over = lcm(*numerators)
    return figure(sum(numerator * (over // denominator) for denominator, numerator in numerators.items()), over)
