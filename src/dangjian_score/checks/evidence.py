"""Evidence against the rules: values that are due, figures out of range, divisors of 0; and units without errors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.checks import attributes, events, explained, idle
from dangjian_score.checks.missing import Panels, collated, inapplicable, missing, nobody_left, nothing_applies
from dangjian_score.checks.sound import demanded, is_plain, sound
from dangjian_score.core.algebra import Expr, Named, Placing, Read, Statistic, Sum, Test, figures, reads
from dangjian_score.core.diagnostics import Code, Diagnostic, Severity, at_cell, at_file, has_errors
from dangjian_score.core.facts import Cell, Evidence, Fact, UnitFacts
from dangjian_score.core.points import percent, plain
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import Catalogue, catalogue
from dangjian_score.engine.demands import (
    Demand,
    Due,
    FewAssessors,
    Needless,
    NoneOfCategory,
    NotCombined,
    NoWhole,
    OutOfRange,
    RuleDemands,
    Unlisted,
    empty,
    wholes,
)
from dangjian_score.engine.exact import Done
from dangjian_score.engine.prepare import Preparer, Ready, excluded_by, is_due_for, prepare, unranked_by
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Unscored
from dangjian_score.engine.totals import Pass


def check(program: Program, evidence: Evidence) -> tuple[Diagnostic, ...]:
    """Return all findings about evidence; without an error among these and the reader's it may be scored.

    Rules that compare units are checked only when every unit has what they read.
    """
    found: dict[Diagnostic, None] = {}
    known = catalogue(program)
    if known.registers and not evidence.has_register and evidence.sources:
        names = "、".join(known.registers)
        found[at_file(Code.REGISTER_MISSING, evidence.first_file, registers=names)] = None
    for unit in evidence.units:
        found |= dict.fromkeys(_rulings(program, unit))
    strays = attributes.strays(program, evidence)
    misnamed = frozenset(stray.unit.unit for stray in strays if stray.near)
    checkers = [_Checker(program, part, evidence, misnamed, known) for part in program.passes]
    for checker in checkers:
        found |= dict.fromkeys(checker.alone())
    found = _of_scored(program, evidence, found)
    compares = any(checker.compares for checker in checkers)
    if compares and not has_errors(tuple(found)) and _is_whole(program, evidence):
        cohort = prepare(program, evidence)
        for at in cohort.taking_part:
            ready = cohort.ready(at)
            for checker, part in zip(checkers, program.passes, strict=True):
                found |= dict.fromkeys(checker.together(ready[part.key]))
    if not has_errors(tuple(found)):
        strays = tuple(stray for stray in strays if attributes.takes_part(program, stray.unit))
        found |= dict.fromkeys(finding for unit in evidence.units for finding in _grade_ruling(program, unit))
    found |= dict.fromkeys(attributes.check(program, evidence, strays))
    found |= dict.fromkeys(finding for checker in checkers for finding in checker.panels.unequal())
    if not has_errors(tuple(found)):
        found |= dict.fromkeys((*idle.check(program, evidence), *explained.check(program, evidence)))
    return tuple(collated(found, evidence))


def _of_scored(program: Program, evidence: Evidence, found: Mapping[Diagnostic, None]) -> dict[Diagnostic, None]:
    """Leave out that nothing applies to a unit that is excluded, as far as its evidence has no other error."""
    wrong = [finding for finding in found if finding.severity is Severity.ERROR]
    idle = {dict(finding.args)["unit"]: finding for finding in wrong if finding.code is Code.NOTHING_APPLIES}
    if not idle:
        return dict(found)
    others = {unit for finding in wrong if finding not in idle.values() for unit in _concerned(finding, evidence)}
    listed = (unit for unit in evidence.units if unit.unit in idle.keys() - others)
    excluded = {idle[unit.unit] for unit in listed if not attributes.takes_part(program, unit)}
    return {finding: None for finding in found if finding not in excluded}


def _is_whole(program: Program, evidence: Evidence) -> bool:
    """Return whether all evidence could be used: no faulty cell or row, no misspelt name, no missing round."""
    rounds = {part.round for part in program.passes if part.round is not None}
    slices = [part for unit in evidence.units for part in (unit, *unit.rounds.values())]
    if evidence.misspelt or not all(rounds <= unit.rounds.keys() for unit in evidence.units):
        return False
    return not any(part.faults or any(event.faults for event in part.events) for part in slices)


def _rulings(program: Program, unit: UnitFacts) -> Iterator[Diagnostic]:
    """Report rulings on an item that is not due for the unit, or in a round that it is not scored in."""
    waiting = {lower.id for node in program.not_due for lower in node.below()}
    for round_, given in ((None, unit), *unit.rounds.items()) if _is_ruled(unit) else ():
        nodes = [node for part in program.passes if part.round == round_ for node in part.nodes]
        waiting |= {node.id for node in nodes if not is_due_for(node, given)}
        scored = {node.id for node in nodes}
        rounds = "、".join(dict.fromkeys(part.round for part in program.passes if part.round is not None))
        for ruling in given.rulings:
            if ruling.node in waiting:
                yield at_cell(Code.NOT_DUE, ruling.cell, what="ruling", ruling=ruling.node)
            elif ruling.node not in scored:
                args = {"measure": "轮次", "found": round_ or "", "table": "rulings", "rounds": rounds}
                yield at_cell(Code.ROUND_UNKNOWN, ruling.cell, **args)


def _grade_ruling(program: Program, unit: UnitFacts) -> Iterator[Diagnostic]:
    """Report a grade that was fixed for a unit which gets none, or before any grade is due."""
    if unit.grade_ruling is None:
        return
    cell, mine = unit.grade_ruling.cell, [Preparer(program, part).alone(unit) for part in program.passes]
    if not program.rubric.grades:
        yield at_cell(Code.NOT_DUE, cell, fixed=unit.grade_ruling.grade)
    elif excluded_by(program, mine) or unranked_by(program, mine):
        what = "excluded" if excluded_by(program, mine) else "unranked"
        yield at_cell(Code.GRADE_RULING_IDLE, cell, unit=unit.unit, grade=unit.grade_ruling.grade, what=what)


def _is_ruled(unit: UnitFacts) -> bool:
    """Return whether there is a ruling on a unit."""
    return any(part.rulings for part in (unit, *unit.rounds.values()))


class _Checker:
    """Checks units against one pass; `misnamed` are units whose attributes are reported elsewhere."""

    def __init__(
        self,
        program: Program,
        part: Pass,
        evidence: Evidence,
        misnamed: frozenset[str],
        known: Catalogue,
    ) -> None:
        self._program, self._part, self._evidence, self._misnamed = program, part, evidence, misnamed
        self._preparer, self._plan = Preparer(program, part), program.plan(part)
        self._tallies = events.TallyDemands.of(self._plan, known.required)
        self._nodes = part.nodes
        self._asked = [RuleDemands.by(rule) for node in self._nodes for rule in node.rules]
        self.panels = Panels.of(self._asked, part.round)
        self._grouped = frozenset(reads(*(grouped.each for grouped in self._plan.grouped)))
        applies = [node.applies for node in self._nodes if node.applies is not None]
        applies += [rule.scope for node in self._nodes for rule in node.rules if rule.scope is not None]
        grouping = (program.rubric.groups, *(selection.within for selection in program.rubric.selections))
        named = (attribute for attribute in grouping if attribute is not None)
        self._attributes = tuple(dict.fromkeys((*reads(*applies), *named)))
        tests = [*program.outside.values()]
        self._clauses = () if part.round is not None else reads(*tests)
        conditions = reads(*(tree for path, tree in program.outside.items() if path[0] != "tie_break"))
        self._may_lack = frozenset(self._clauses).difference(conditions, self._attributes)
        self._wholes = wholes(*tests)
        read = {name for demands in self._asked for name in demands.measures}
        limits = ((name, spec.at_most) for name, spec in program.rubric.measures.items() if name in read)
        bounds = [(name, most) for name, most in limits if most is not None]
        self._limits = tuple((name, most) for name, most in bounds if most in read)
        self._percents = frozenset(name for name, one in known.measures.items() if one.kind == "percent")
        self._of_whole = tuple(pair for pair in bounds if pair not in self._limits)
        self._late_wholes = tuple(whole for whole in self._wholes if figures(whole))
        self.compares = [demands for demands in self._asked if _compares(demands.rule.trees)]
        self._others = [demands for demands in self._asked if not is_plain(demands)]

    def alone(self) -> Iterator[Diagnostic]:
        """Check each unit by itself."""
        round_ = self._part.round
        units = [unit for unit in self._evidence.units if round_ is None or round_ in unit.rounds]
        named = (*self._attributes, *self._clauses)
        plain = filter(is_plain, self._asked)
        plain_demands = demanded(self._part, plain, named, self._wholes, self._limits)
        slices = [*map(self._preparer.slice_of, units)]
        doubtful = events.doubtful(self._tallies, slices)
        broken = {at: found for at in doubtful if (found := tuple(events.check(self._tallies, slices[at])))}
        known = self._reduced(units, (at for at in range(len(units)) if at not in broken))
        for at, is_sound in enumerate(sound(plain_demands, self._preparer, units)):
            if is_sound and not (self._others or self._late_wholes or self._of_whole or at in broken):
                continue
            entered = self._preparer.bare(units[at])
            for name, most in self._of_whole:
                yield from _beyond(name, most, entered, units[at].facts, self._percents)
            if not is_sound:
                yield from self._entries(entered)
            yield from broken.get(at, ())
            ready = entered.beside(known.get(at, {}))
            asked = self._others if is_sound else self._asked
            yield from self._findings((demand for demands in asked for demand in demands.unmet(ready)), ready)
            yield from self._findings(empty(self._late_wholes if is_sound else self._wholes, ready), ready)
            if not is_sound:
                yield from self.panels.check(ready)
                yield from self._inapplicable(ready)

    def _reduced(self, units: Sequence[UnitFacts], places: Iterable[int]) -> dict[int, Done]:
        """Work out the figures of events by position of the unit, where demands need them and no entry is at fault."""
        if not (self._late_wholes or any(demands.weighs for demands in self._asked)):
            return {}
        whole: list[int] = []
        for at in places:
            ready = self._preparer.bare(units[at])
            if self._grouped <= ready.values.keys() and not any(event.faults for event in ready.unit.events):
                whole.append(at)
        return dict(zip(whole, self._preparer.figures([units[at] for at in whole]), strict=True))

    def _inapplicable(self, ready: Ready) -> Iterator[Diagnostic]:
        """Report a unit that no base item applies to."""
        described = all(name in ready.values for name in self._attributes) and ready.unit.unit not in self._misnamed
        if described and nothing_applies(self._part, ready):
            yield at_cell(Code.NOTHING_APPLIES, ready.unit.cell, unit=ready.unit.unit)

    def together(self, ready: Ready) -> Iterator[Diagnostic]:
        """Check the rules that compare units."""
        yield from self._findings((demand for demands in self.compares for demand in demands.unmet(ready)), ready)
        yield from self.panels.check(ready)

    def _entries(self, ready: Ready) -> Iterator[Diagnostic]:
        """Check 不适用, attributes, and the measures outside the sections; only those of ties may be 不适用."""
        for node in self._nodes:
            if node.applies is None or ready.meets(node.applies):
                yield from inapplicable(node, ready)
        may_lack = self._may_lack & ready.unit.inapplicable.keys()
        for name, most in self._limits:
            yield from _beyond(name, most, ready, {}, self._percents)
        asked = (name for name in (*self._attributes, *self._clauses) if name not in may_lack)
        lacking = (name for name in asked if name not in ready.values)
        yield from self._findings((Due(name) for name in lacking), ready)

    def _findings(self, demands: Iterable[Demand], ready: Ready) -> Iterator[Diagnostic]:
        for demand in dict.fromkeys(demands):
            yield from _finding(demand, ready, self._evidence)


def _beyond(
    name: str, most: str, ready: Ready, whole: Mapping[str, Fact], percents: frozenset[str]
) -> Iterator[Diagnostic]:
    """Report a measure that is more than another one of the same pass, or else of the whole."""
    bound = ready.facts.get(most) or whole.get(most)
    if name not in ready.facts or bound is None:
        return
    fact = ready.facts[name]
    if exact.figure(fact.value) > exact.figure(bound.value):
        shown = percent if name in percents else plain
        args = {"unit": ready.unit.unit, "measure": name, "found": shown(exact.figure(fact.value))}
        args |= {"other": most, "most": shown(exact.figure(bound.value))}
        yield at_cell(Code.MORE_THAN_ALL, fact.cell, **args)


def _called(whole: Expr) -> str:
    """Name what is divided by, as the regulation does."""
    match whole:
        case Sum(terms):
            return " + ".join(map(_called, terms))
        case Named(name) | Read(name) | Statistic(measure=name):
            return name
        case _:
            return "、".join(reads(whole))


def _written(name: str, fact: Fact, beside: Cell) -> str:
    """Write a figure with its cell, without the file and sheet of the cell that the finding is at."""
    cell = fact.cell
    same = (cell.file, cell.sheet) == (beside.file, beside.sheet)
    return f"{cell.address if same else cell} {name} = {plain(exact.figure(fact.value))}"


def _compares(trees: Iterable[Expr | Test]) -> bool:
    """Return whether trees compare units with each other."""
    return any(isinstance(figure, Statistic | Placing) for figure in figures(*trees))


def _finding(demand: Demand, ready: Ready, evidence: Evidence) -> Iterator[Diagnostic]:
    unit = ready.unit
    match demand:
        case Due(measure) if measure in unit.absences and measure not in unit.faults:
            yield from nobody_left(unit, measure)
        case Due(measure):
            yield from missing(measure, unit, evidence)
        case OutOfRange(measure, fact, least, most):
            args = {"found": plain(exact.figure(fact.value)), "kind": "score", "levels": ""}
            args |= {"least": plain(least), "most": plain(most)}
            yield at_cell(Code.OUT_OF_RANGE, fact.cell, measure=measure, **args)
        case NoWhole(whole):
            facts = {name: ready.facts[name] for name in reads(whole) if name in ready.facts}
            cell = next((fact.cell for fact in facts.values()), unit.cell)
            terms = [_written(name, fact, cell) for name, fact in facts.items()] if len(facts) > 1 else []
            args = {"measure": _called(whole), "cells": "、".join(terms)}
            yield at_cell(Code.DIVISION_BY_ZERO, cell, unit=unit.unit, **args)
        case Needless(measure):
            yield at_cell(Code.JUDGED_NEEDLESSLY, ready.facts[measure].cell, unit=unit.unit, measure=measure)
        case Unlisted(measure, fact, levels):
            args = {"found": str(fact.value), "levels": "、".join(levels)}
            yield at_cell(Code.LEVEL_UNLISTED, fact.cell, unit=unit.unit, measure=measure, **args)
        case FewAssessors(measure, least):
            fact = ready.facts[measure]
            args = {"count": str(len(fact.parts) or 1), "least": str(least)}
            yield at_cell(Code.FEW_ASSESSORS, fact.cell, unit=unit.unit, measure=measure, **args)
        case NoneOfCategory(measure, category):
            if measure not in unit.faults:
                cell = ready.facts[measure].cell
                yield at_cell(Code.CATEGORY_EMPTY, cell, unit=unit.unit, measure=measure, category=category)
        case NotCombined(measure):
            yield at_cell(Code.NOT_COMBINED, ready.facts[measure].cell, unit=unit.unit, measure=measure)
        case _:
            assert_never(demand)


class Parted(Struct, frozen=True):
    """Evidence of the units without errors, and the other units."""

    sound: Evidence
    unscored: tuple[Unscored, ...]


class Comparing(Struct, frozen=True):
    """The rubric compares units with each other; without some of them the points of the others would be wrong."""


class Common(Struct, frozen=True):
    """Errors that belong to no unit; they might change the points of any."""

    errors: tuple[Diagnostic, ...]


def part(program: Program, evidence: Evidence, found: tuple[Diagnostic, ...]) -> Parted | Comparing | Common:
    """Leave out the units that errors among `found` are about, or return why that cannot be done."""
    trees = (tree for rule in program.rules for tree in rule.trees)
    if _compares((*trees, *program.outside.values())):
        return Comparing()
    problems: dict[str, dict[str, None]] = {}
    common: list[Diagnostic] = []
    for finding in found:
        if finding.severity is Severity.ERROR:
            names = set(_concerned(finding, evidence))
            common += [] if names else [finding]
            for name in names:
                problems.setdefault(name, {})[str(finding.code)] = None
    if common:
        return Common(tuple(common))
    sound_units = replace(evidence, units=tuple(unit for unit in evidence.units if unit.unit not in problems))
    errors = tuple(finding for finding in check(program, sound_units) if finding.severity is Severity.ERROR)
    if errors:
        return Common(errors)
    left_out = [unit for unit in evidence.units if unit.unit in problems]
    unscored = (Unscored(unit.unit, unit.attributes, tuple(problems[unit.unit])) for unit in left_out)
    return Parted(sound_units, tuple(unscored))


def _concerned(finding: Diagnostic, evidence: Evidence) -> Iterator[str]:
    """Yield the units in whose row an error stands: several of an event of several, or where a name may mean either."""
    row, column = finding.order
    place = finding.place
    owners = evidence.rows.get((place.file, place.sheet, row)) or evidence.rows.get((place.file, place.sheet, 0))
    if owners:
        first = max((first for first, _ in owners if first <= column), default=owners[0][0])
        yield from (unit for at, unit in owners if at == first)
    if finding.code is Code.UNIT_NEAR_MISS:
        yield dict(finding.args)["other"]
    if finding.code is Code.UNIT_WITHOUT_DATA:
        yield dict(finding.args)["unit"]
