"""Sums of the events of many units at once, by compiled prices; which events made them is left to `registers`."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from dangjian_score.engine.algebra import AllHold, Tally
from dangjian_score.engine.compiled.carrier import compiled_number, compiled_test, figure
from dangjian_score.engine.compiled.layout import OddCaseError, laid_out, named
from dangjian_score.engine.registers import Plan
from dangjian_score.facts import UnitFacts, Value


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
    entered = ((at, event) for at, unit in enumerate(units) for event in unit.events)
    events = [(at, event.values) for at, event in entered if event.register in tally.registers]
    names = named((tally.worth, *([tally.where] if tally.where else [])))
    layout, rows = laid_out(names, [names.raw(values, {}) for _, values in events])
    price, keeps = compiled_number(tally.worth, layout), compiled_test(tally.where or AllHold(()), layout)
    kept = ((at, values, price(row)) for (at, values), row in zip(events, rows, strict=True) if keeps(row))
    worths = ((at, worth) for at, _, worth in kept) if tally.highest_per is None else _dearest(tally.highest_per, kept)
    sums: list[dict[int, int]] = [{} for _ in units]
    for at, (numerator, denominator) in worths:
        sums[at][denominator] = sums[at].get(denominator, 0) + numerator
    return [sum((figure(one, over) for over, one in each.items()), Fraction(0)) for each in sums]


def _dearest(
    column: str, kept: Iterator[tuple[int, Mapping[str, Value], tuple[int, int]]]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Keep of the events of a unit with one value in a column what the dearest is worth; blanks stand alone."""
    best: dict[tuple[int, Value], tuple[int, int]] = {}
    for at, values, worth in kept:
        value = values.get(column)
        if value is None:
            yield at, worth
        elif (at, value) not in best or _is_dearer(worth, best[at, value]):
            best[at, value] = worth
    yield from ((at, worth) for (at, _), worth in best.items())


def _is_dearer(worth: tuple[int, int], other: tuple[int, int]) -> bool:
    return worth[0] * other[1] > other[0] * worth[1]
