"""What the rows of registers lack for the rules that read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from dangjian_score.checks.sound import above, surely
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT, DAY, PERSON
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Event, UnitFacts
from dangjian_score.core.names import is_several
from dangjian_score.core.points import plain
from dangjian_score.engine import exact
from dangjian_score.engine.compiled.layout import columns_read
from dangjian_score.engine.demands import wholes
from dangjian_score.engine.registers import Plan, let_pass
from dangjian_score.rubric.lexicon import is_period

_OFTEN_BLANK = frozenset({AMOUNT})
"""Columns whose blank has a meaning."""


class TallyDemands(Struct, frozen=True):
    """A tally with the columns that its rows must have: to be kept, and then to be priced and grouped.

    `required` are those that all rows of a register must have, by register.
    """

    tally: a.Tally
    to_keep: tuple[str, ...]
    to_price: tuple[str, ...]
    required: Mapping[str, tuple[str, ...]]

    @property
    def by_person(self) -> bool:
        """Whether each person counts: where rows are grouped or compared by persons, or must name one."""
        of_rows = (name for register in self.tally.registers for name in self.required.get(register, ()))
        return PERSON in (*self.to_price, *self.tally.highest_per, *of_rows)

    @property
    def whole(self) -> a.Test:
        """The test that an event has all of them."""
        listed = () if self.tally.listed is None else (self.tally.listed,)
        priced = a.AllHold((*map(a.Entered, self.to_price), *listed, *map(above, wholes(self.tally.worth))))
        always = (name for register in self.tally.registers for name in self.required.get(register, ()))
        kept = a.AllHold(tuple(map(a.Entered, dict.fromkeys((*always, *self.to_keep)))))
        where = self.tally.where
        return a.AllHold((kept, priced if where is None else a.AnyHolds((a.Not(where), priced))))

    @classmethod
    def of(cls, plan: Plan, required: Mapping[str, tuple[str, ...]]) -> "tuple[TallyDemands, ...]":
        """Look up the columns of every tally of a pass."""
        return tuple(
            cls(
                tally,
                () if tally.where is None else a.reads(tally.where),
                (*(name for name in a.reads(tally.worth) if name not in _OFTEN_BLANK), *_keys(plan, tally)),
                required,
            )
            for tally in plan.tallies
        )


def _keys(plan: Plan, tally: a.Tally) -> tuple[str, ...]:
    """Return the columns by which the events of a tally are grouped."""
    parting = (grouped for grouped in plan.grouped if tally in a.figures(*grouped.over, grouped.each))
    keys = (DAY if is_period(key) else key for grouped in parting for key in grouped.keys)
    return tuple(dict.fromkeys(keys))


def doubtful(tallies: Iterable[TallyDemands], units: Sequence[UnitFacts]) -> frozenset[int]:
    """Return the positions of the units of which an event may lack something; `check` finds out what."""
    found = {at for at, unit in enumerate(units) if any(event.faults for event in unit.events)}
    for demands in tallies:
        entered = ((at, event) for at, unit in enumerate(units) for event in unit.events)
        events = [(at, event.values) for at, event in entered if event.register in demands.tally.registers]
        columns = columns_read((demands.whole,))
        whole = surely(demands.whole, columns, [columns.raw(values, {}) for _, values in events])
        persons = demands.by_person
        found |= {
            at
            for (at, values), is_whole in zip(events, whole, strict=True)
            if not is_whole or (persons and is_several(str(values.get(PERSON, ""))))
        }
    return frozenset(found)


def check(tallies: Iterable[TallyDemands], unit: UnitFacts) -> Iterator[Diagnostic]:
    """Report what the events of a unit lack; events may be reduced only where nothing is reported."""
    for demands in tallies if unit.events else ():
        for event in unit.events:
            if event.register in demands.tally.registers:
                yield from _lacking(demands, event, unit)


def _lacking(demands: TallyDemands, event: Event, unit: UnitFacts) -> Iterator[Diagnostic]:
    missing = [*_blank((*demands.required.get(event.register, ()), *demands.to_keep), event, unit)]
    if missing or any(name in event.faults for name in demands.to_keep):
        yield from missing
    elif let_pass(demands.tally, event):
        missing = [*_blank(demands.to_price, event, unit)]
        yield from missing
        yield from _several(event) if demands.by_person else ()
        if not missing and not any(name in event.faults for name in demands.to_price):
            yield from _priced(demands.tally, event, unit)


def _blank(needed: tuple[str, ...], event: Event, unit: UnitFacts) -> Iterator[Diagnostic]:
    for name in dict.fromkeys(needed):
        if name not in event.columns and name not in event.faults:
            yield at_cell(Code.EVENT_BLANK, event.cell, unit=unit.unit, register=event.register, measure=name)


def _several(event: Event) -> Iterator[Diagnostic]:
    """Report several persons in one cell where each person counts."""
    if (fact := event.columns.get(PERSON)) is not None and is_several(str(fact.value)):
        yield at_cell(Code.KEY_UNUSABLE, fact.cell, found=str(fact.value), measure=PERSON, why="several")


def _priced(tally: a.Tally, event: Event, unit: UnitFacts) -> Iterator[Diagnostic]:
    """Report what a row cannot be priced by: levels that are not listed, judged figures out of range, divisors of 0."""
    if tally.listed is not None:
        for part in a.joined(tally.listed):
            if not exact.holds(part, event.values, {}):
                is_figure = isinstance(part, a.Compare)
                yield _out_of_range(part, tally.listed, event) if is_figure else _unlisted(part, event, unit)
    for whole in wholes(tally.worth):
        if exact.number(whole, event.values, {}) <= 0:
            name = "、".join(a.reads(whole))
            yield at_cell(Code.DIVISION_BY_ZERO, event.columns[a.reads(whole)[0]].cell, unit=unit.unit, measure=name)


def _unlisted(part: a.Test, event: Event, unit: UnitFacts) -> Diagnostic:
    names = a.reads(part)
    cell = event.columns[names[0]].cell
    found = " ".join(str(event.columns[name].value) for name in names)
    return at_cell(Code.LEVEL_UNLISTED, cell, unit=unit.unit, measure=names[0], found=found, levels=listed_levels(part))


def _out_of_range(part: a.Test, listed: a.Test, event: Event) -> Diagnostic:
    """Report a figure that is judged event by event, outside its range."""
    (name,) = a.reads(part)
    fact, tests = event.columns[name], a.joined(listed)
    ends = {test.how: test.right for test in tests if isinstance(test, a.Compare) and a.reads(test) == (name,)}
    least, most = (plain(exact.number(ends[how], {}, {})) for how in ("at_least", "at_most"))
    args = {"found": plain(exact.figure(fact.value)), "kind": "score", "levels": "", "least": least, "most": most}
    return at_cell(Code.OUT_OF_RANGE, fact.cell, measure=name, **args)


def listed_levels(listed: a.Test) -> str:
    """Join the levels that a table lists, without 无, for a message."""
    rows = listed.tests if isinstance(listed, a.AnyHolds) else (listed,)
    named = (" ".join(part.level for part in a.walk(row) if isinstance(part, a.Is)) for row in rows)
    return "、".join(dict.fromkeys(name for name in named if "无" not in name.split()))
