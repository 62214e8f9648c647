"""What evidence lacks, held against the rules: values that are due, figures out of range, empty wholes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from dangjian_score.checks import attributes, events
from dangjian_score.checks.missing import Panels, collated, inapplicable, missing, nobody_left, nothing_applies
from dangjian_score.checks.sound import demanded, is_plain, sound
from dangjian_score.core.algebra import Placing, Statistic, figures, reads
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file, has_errors
from dangjian_score.core.facts import Evidence, UnitFacts
from dangjian_score.core.points import plain
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.demands import (
    Demand,
    Due,
    FewAssessors,
    Needless,
    NotCombined,
    NoWhole,
    OutOfRange,
    RuleDemands,
    Unlisted,
    empty,
    wholes,
)
from dangjian_score.engine.exact import Done
from dangjian_score.engine.prepare import Preparer, Ready, prepare
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.by import Leveled


def check(program: Program, evidence: Evidence) -> tuple[Diagnostic, ...]:
    """Find all of it; without an error among these (and among the reader's) the evidence may be scored.

    What rests on all units is asked for only when every unit has what it rests on.
    """
    found: dict[Diagnostic, None] = {}
    if (registers := catalogue(program).registers) and not evidence.has_register and evidence.sources:
        names = "、".join(registers)
        found[at_file(Code.REGISTER_MISSING, evidence.sources[0].name, registers=names)] = None
    for unit in evidence.units:
        found |= dict.fromkeys(_rulings(program, unit))
    strays = attributes.strays(program, evidence)
    misnamed = frozenset(stray.unit.unit for stray in strays if stray.near)
    checkers = [_Checker(program, part, evidence, misnamed) for part in program.passes]
    for checker in checkers:
        found |= dict.fromkeys(checker.alone())
    compares = any(checker.compares for checker in checkers)
    if compares and not has_errors(tuple(found)) and _is_whole(program, evidence):
        cohort = prepare(program, evidence)
        for at in cohort.taking_part:
            ready = cohort.ready(at)
            for checker, part in zip(checkers, program.passes, strict=True):
                found |= dict.fromkeys(checker.together(ready[part.key]))
    if not has_errors(tuple(found)):
        strays = tuple(stray for stray in strays if attributes.takes_part(program, stray.unit))
    found |= dict.fromkeys(attributes.check(program, evidence, strays))
    found |= dict.fromkeys(one for checker in checkers for one in checker.panels.unequal())
    return tuple(collated(found, evidence))


def _is_whole(program: Program, evidence: Evidence) -> bool:
    """Tell whether nothing was taken out of the evidence when it was read: cells, rows, rounds that were no use."""
    rounds = {part.round for part in program.passes if part.round is not None}
    slices = [one for unit in evidence.units for one in (unit, *unit.rounds.values())]
    if evidence.misspelt or not all(rounds <= unit.rounds.keys() for unit in evidence.units):
        return False
    return not any(one.faults or any(event.faults for event in one.events) for one in slices)


def _rulings(program: Program, unit: UnitFacts) -> Iterator[Diagnostic]:
    """Report corrections of an item in a round that it is not scored in."""
    for round_, given in ((None, unit), *unit.rounds.items()):
        scored = {node.id for part in program.passes if part.round == round_ for node in part.nodes}
        rounds = tuple(dict.fromkeys(part.round for part in program.passes if part.round is not None))
        for ruling in given.rulings:
            if ruling.node not in scored:
                told = {"measure": "轮次", "found": round_ or "", "table": "rulings", "rounds": "、".join(rounds)}
                yield at_cell(Code.ROUND_UNKNOWN, ruling.cell, **told)


class _Checker:
    """Checks units against one pass; attributes of `misnamed` units are reported elsewhere."""

    def __init__(self, program: Program, part: Pass, evidence: Evidence, misnamed: frozenset[str]) -> None:
        self._program, self._part, self._evidence, self._misnamed = program, part, evidence, misnamed
        self._preparer, self._plan = Preparer(program, part), program.plan(part)
        self._looked = events.Looked.of(self._plan)
        self._nodes = part.nodes
        self._asked = [RuleDemands.by(rule) for node in self._nodes for rule in node.rules]
        self.panels = Panels.of(self._asked, part.round)
        self._grouped = frozenset(reads(*(grouped.each for grouped in self._plan.grouped)))
        applies = [node.applies for node in self._nodes if node.applies is not None]
        within = (one.within for one in program.rubric.selections if one.within is not None)
        self._attributes = tuple(dict.fromkeys((*reads(*applies), *within)))
        tests = [clause.test for clause in program.clauses]
        self._clauses = () if part.round is not None else reads(*tests)
        self._wholes = wholes(*tests)
        self._late_wholes = tuple(whole for whole in self._wholes if figures(whole))
        self.compares = [one for one in self._asked if _compares(one)]
        self._others = [one for one in self._asked if not is_plain(one)]

    def alone(self) -> Iterator[Diagnostic]:
        """Check each unit by itself."""
        round_ = self._part.round
        units = [unit for unit in self._evidence.units if round_ is None or round_ in unit.rounds]
        demands = demanded(self._part, self._asked, (*self._attributes, *self._clauses), self._wholes)
        slices = [*map(self._preparer.slice_of, units)]
        doubtful = events.doubtful(self._looked, slices)
        broken = {at: found for at in doubtful if (found := tuple(events.check(self._looked, slices[at])))}
        known = self._reduced(units, (at for at in range(len(units)) if at not in broken))
        for at, nothing_lacks in enumerate(sound(demands, self._preparer, units)):
            if nothing_lacks and not (self._others or self._late_wholes or at in broken):
                continue
            entered = self._preparer.bare(units[at])
            if not nothing_lacks:
                yield from self._entries(entered)
            yield from broken.get(at, ())
            ready = entered.beside(known.get(at, {}))
            asked = self._others if nothing_lacks else self._asked
            yield from self._findings((demand for one in asked for demand in one.unmet(ready)), ready)
            yield from self._findings(empty(self._late_wholes if nothing_lacks else self._wholes, ready), ready)
            if not nothing_lacks:
                yield from self.panels.check(ready)
                yield from self._inapplicable(ready)

    def _reduced(self, units: Sequence[UnitFacts], places: Iterable[int]) -> dict[int, Done]:
        """Reduce the events of some units, as far as they are fit for it and somebody asks."""
        if not (self._late_wholes or any(one.weighs for one in self._asked)):
            return {}
        bare = ((at, self._preparer.bare(units[at])) for at in places)
        whole = [
            at
            for at, ready in bare
            if self._grouped <= ready.values.keys() and not any(event.faults for event in ready.unit.events)
        ]
        return dict(zip(whole, self._preparer.figures([units[at] for at in whole]), strict=True))

    def _inapplicable(self, ready: Ready) -> Iterator[Diagnostic]:
        """Report a unit that no base item is for."""
        described = all(name in ready.values for name in self._attributes) and ready.unit.unit not in self._misnamed
        if described and nothing_applies(self._part, ready):
            yield at_cell(Code.NOTHING_APPLIES, ready.unit.cell, unit=ready.unit.unit)

    def together(self, ready: Ready) -> Iterator[Diagnostic]:
        """Check what rests on all units."""
        yield from self._findings((demand for asked in self.compares for demand in asked.unmet(ready)), ready)
        yield from self.panels.check(ready)

    def _entries(self, ready: Ready) -> Iterator[Diagnostic]:
        """Ask for attributes, for what conditions outside the sections read, and for what is 不适用."""
        for node in self._nodes:
            if node.applies is None or ready.meets(node.applies):
                yield from inapplicable(node, ready)
        lacking = (name for name in (*self._attributes, *self._clauses) if name not in ready.values)
        yield from self._findings((Due(name) for name in lacking), ready)

    def _findings(self, demands: Iterable[Demand], ready: Ready) -> Iterator[Diagnostic]:
        for demand in dict.fromkeys(demands):
            yield from _finding(demand, ready, self._evidence, self._program)


def _compares(asked: RuleDemands) -> bool:
    return any(isinstance(figure, Statistic | Placing) for figure in figures(*asked.rule.trees))


def _finding(demand: Demand, ready: Ready, evidence: Evidence, program: Program) -> Iterator[Diagnostic]:
    unit = ready.unit
    match demand:
        case Due(measure) if measure in unit.absences and measure not in unit.faults:
            yield from nobody_left(unit, measure)
        case Due(measure):
            yield from missing(measure, unit, evidence)
        case OutOfRange(measure, fact, least, most):
            told = {"found": plain(exact.figure(fact.value)), "kind": "score", "levels": ""}
            bounds = {"least": plain(least), "most": plain(most)}
            yield at_cell(Code.OUT_OF_RANGE, fact.cell, measure=measure, **told, **bounds)
        case NoWhole(measures):
            known = next((name for name in measures if name in ready.facts), None)
            cell = unit.cell if known is None else ready.facts[known].cell
            yield at_cell(Code.DIVISION_BY_ZERO, cell, unit=unit.unit, measure=" + ".join(measures))
        case Needless(measure):
            yield at_cell(Code.JUDGED_NEEDLESSLY, ready.facts[measure].cell, unit=unit.unit, measure=measure)
        case Unlisted(measure):
            tables = (rule.basis for rule in program.rules if isinstance(rule.basis, Leveled))
            listed = next(t.listed for t in tables if t.listed is not None and measure in t.measures)
            told = {"found": str(ready.values[measure]), "levels": events.listed_levels(listed)}
            yield at_cell(Code.LEVEL_UNLISTED, ready.facts[measure].cell, unit=unit.unit, measure=measure, **told)
        case FewAssessors(measure):
            fact = ready.facts[measure]
            count = str(len(fact.parts) or 1)
            yield at_cell(Code.FEW_ASSESSORS, fact.cell, unit=unit.unit, measure=measure, count=count)
        case NotCombined(measure):
            yield at_cell(Code.NOT_COMBINED, ready.facts[measure].cell, unit=unit.unit, measure=measure)
        case _:
            assert_never(demand)
