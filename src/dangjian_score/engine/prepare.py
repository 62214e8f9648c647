"""Prepare units for scoring: combine assessors, reduce events to figures, compare units.

After one pass over all units each unit is scored on its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Evidence, Fact, UnitFacts, Value, picked
from dangjian_score.core.points import rounded
from dangjian_score.engine import exact
from dangjian_score.engine.aggregates import compare
from dangjian_score.engine.compiled.carrier import compiled_number, compiled_test
from dangjian_score.engine.compiled.carrier import figure as figure_of
from dangjian_score.engine.compiled.layout import Atom, OddCaseError, Raw, RowColumns, columns_read, laid_out
from dangjian_score.engine.exact import Done
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.panel import combined, marks
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program
from dangjian_score.engine.registers import Plan, Reduced, reduce
from dangjian_score.engine.standing import CountedUnits, group_of
from dangjian_score.engine.step_names import ruling, waived
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.model import Attributes
from dangjian_score.rubric.standing import Exclusion, Span, Unranked, spans_of_rounds


def tallied(plan: Plan, units: Sequence[UnitFacts]) -> list[dict[str, Fraction]] | None:
    """Return the sums of tallies by unit; None where groups or cases are involved, or a compiled function refuses."""
    if plan.grouped or plan.scopes:
        return None
    try:
        sums = {tally.name: _sums(tally, units) for tally in plan.tallies}
    except OddCaseError:
        return None
    return [{name: each[at] for name, each in sums.items()} for at in range(len(units))]


def _sums(tally: a.Tally, units: Sequence[UnitFacts]) -> list[Fraction]:
    columns = columns_read((tally.worth, *([tally.where] if tally.where else [])))
    columns = RowColumns(tuple(dict.fromkeys((*columns.measures, *tally.highest_per))), columns.known)
    owners: list[int] = []
    raw: list[Raw] = []
    for at, unit in enumerate(units):
        for event in unit.events:
            if event.register in tally.registers:
                owners.append(at)
                raw.append((*picked(event.columns, columns.measures), *(None for _ in columns.known)))
    layout, rows = laid_out(columns, raw)
    price, keeps = compiled_number(tally.worth, layout), compiled_test(tally.where or a.AllHold(()), layout)
    kept = [(at, row) for at, row in zip(owners, rows, strict=True) if keeps(row)]
    worths: Iterable[tuple[int, tuple[int, int]]] = ((at, price(row)) for at, row in kept)
    if tally.highest_per:
        places = tuple(map(columns.measures.index, tally.highest_per))
        worths = _dearest((at, tuple(row[place] for place in places), price(row)) for at, row in kept)
    sums: list[dict[int, int]] = [{} for _ in units]
    for at, (numerator, denominator) in worths:
        sums[at][denominator] = sums[at].get(denominator, 0) + numerator
    return [_together(each) for each in sums]


def _dearest(
    kept: Iterable[tuple[int, tuple[Atom, ...], tuple[int, int]]],
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Keep the highest worth of the events of a unit with the same values in columns; keep every blank."""
    best: dict[tuple[int, tuple[Atom, ...]], tuple[int, int]] = {}
    for at, case, worth in kept:
        if None in case:
            yield at, worth
        elif (at, case) not in best or _is_dearer(worth, best[at, case]):
            best[at, case] = worth
    yield from ((at, worth) for (at, _), worth in best.items())


def _is_dearer(worth: tuple[int, int], other: tuple[int, int]) -> bool:
    return worth[0] * other[1] > other[0] * worth[1]


def _together(numerators: Mapping[int, int]) -> Fraction:
    """Return the sum of fractions, given as numerators by denominator."""
    over = lcm(*numerators)
    return figure_of(sum(numerator * (over // denominator) for denominator, numerator in numerators.items()), over)


class Ready(Struct, frozen=True):
    """A unit in one pass with the inputs of its steps: values by measure, figures by name."""

    unit: UnitFacts
    facts: Mapping[str, Fact]
    values: Mapping[str, Value]
    known: dict[str, Fraction]
    reduced: Reduced

    def holds(self, test: a.Test) -> bool:
        """Return whether a test holds for the unit."""
        return exact.holds(test, self.values, self.known)

    def beside(self, compared: Done) -> "Ready":
        """Return it with the figures of comparisons between units."""
        return replace(self, known={**self.known, **compared})

    def meets(self, test: a.Test) -> bool:
        """Return whether the measures of a condition were entered for this pass, and it holds."""
        return all(measure in self.values for measure in a.reads(test)) and self.holds(test)


class Cohort(Struct, frozen=True):
    """All units of the evidence; each is made ready for the passes on access.

    `compared` are the figures of comparisons between units, by pass and in the order of the evidence; passes without
    comparisons are left out. `excluded` and `unranked` are the clauses that hold, by unit.
    """

    program: Program
    units: tuple[UnitFacts, ...]
    preparers: Mapping[str, "Preparer"]
    excluded: Mapping[str, tuple[Exclusion, ...]]
    unranked: Mapping[str, tuple[Unranked, ...]]
    compared: Mapping[str, Sequence[Done]]

    @property
    def taking_part(self) -> tuple[int, ...]:
        """The places, in the evidence, of the units that are not excluded."""
        return tuple(at for at, unit in enumerate(self.units) if unit.unit not in self.excluded)

    def countable(self, unscored: Iterable[Attributes] = ()) -> CountedUnits:
        """Return the units that quotas are a share of, with those that are not scored yet."""
        counted = [unit for unit in self.units if unit.unit not in self.unranked]
        taking_part = ((unit.attributes, 1) for unit in counted if unit.unit not in self.excluded)
        others = tuple((attributes, 1) for attributes in unscored)
        return CountedUnits((*((unit.attributes, 1) for unit in counted), *others), (*taking_part, *others))

    def raw(self, key: str, columns: RowColumns) -> list[Raw]:
        """Return the values of columns for the units that take part, in one pass."""
        preparer, places = self.preparers[key], self.taking_part
        compared = self.compared.get(key)
        known = preparer.figures([self.units[at] for at in places])
        if compared is not None:
            known = [{**each, **compared[at]} for at, each in zip(places, known, strict=True)]
        return [preparer.raw(self.units[at], columns, each) for at, each in zip(places, known, strict=True)]

    def alone(self, at: int) -> dict[str, Ready]:
        """Return one unit, by its place in the evidence, for each pass with the figures of itself alone."""
        return {key: preparer.alone(self.units[at]) for key, preparer in self.preparers.items()}

    def ready(self, at: int) -> dict[str, Ready]:
        """Return one unit, by its place in the evidence, ready for each pass."""
        alone = self.alone(at)
        return alone | {key: alone[key].beside(figures[at]) for key, figures in self.compared.items()}


def prepare(program: Program, evidence: Evidence, known: Mapping[str, Mapping[str, Done]] | None = None) -> Cohort:
    """Prepare the units of the evidence, which must have passed `checks.evidence`.

    Where these are some of the units that are compared, `known` are the figures of comparisons, by pass and unit.
    """
    preparers = {part.key: Preparer(program, part) for part in program.passes}
    excluded, unranked = dict[str, tuple[Exclusion, ...]](), dict[str, tuple[Unranked, ...]]()
    for unit in evidence.units if program.rubric.excluded or program.rubric.unranked else ():
        mine = [preparer.alone(unit) for preparer in preparers.values()]
        if out := excluded_by(program, mine):
            excluded[unit.unit] = out
        elif without := unranked_by(program, mine):
            unranked[unit.unit] = without
    compared = dict[str, Sequence[Done]]()
    for key, preparer in preparers.items():
        if preparer.comparisons:
            alone, own = [preparer.alone(unit) for unit in evidence.units], None if known is None else known[key]
            compared[key] = preparer.compared(alone, excluded) if own is None else preparer.told(alone, own)
    return Cohort(program, evidence.units, preparers, excluded, unranked, compared)


class Preparer:
    """Prepares units for one pass of a program."""

    def __init__(self, program: Program, part: Pass) -> None:
        self._program, self._part, self._plan = program, part, program.plan(part)
        self._nodes = part.nodes
        self._ruled = [node for node in part.nodes if node.id in part.ruled]
        self._waiting = [node for node in part.nodes if node.begun is not None]
        self._waivable = [node for node in part.nodes if node.takes_blanks and node.present is not None]
        bases = (rule.basis for node in self._nodes for rule in node.rules)
        self._judged = {basis.measure: basis for basis in bases if isinstance(basis, Assessed)}
        self._grades = any(isinstance(basis, Graded) for basis in self._judged.values())

    def slice_of(self, unit: UnitFacts) -> UnitFacts:
        """Return the evidence of a unit for this pass, without rulings on what is not due."""
        own = unit if self._part.round is None else unit.rounds[self._part.round]
        if not (own.rulings and self._waiting):
            return own
        waiting = {node.id for node in self._waiting if not is_due_for(node, own)}
        return replace(own, rulings=tuple(made for made in own.rulings if made.node not in waiting))

    def bare(self, whole: UnitFacts) -> Ready:
        """Return a unit with assessors combined but without figures of events."""
        unit = self.slice_of(whole)
        told = self._told(unit)
        if not self._combines(unit):
            return Ready(unit, unit.facts, unit.values, told, _NOTHING)
        facts = {**unit.facts, **dict(self._assessed(unit))}
        return Ready(unit, facts, {name: fact.value for name, fact in facts.items()}, told, _NOTHING)

    def raw(self, whole: UnitFacts, columns: RowColumns, known: Done) -> Raw:
        """Return the values of columns for a unit without making it ready; `known` are its figures."""
        unit = self.slice_of(whole)
        if self._combines(unit):
            return columns.raw(self.bare(whole).values, known)
        return (*picked(unit.facts, columns.measures), *map(known.get, columns.known))

    def alone(self, whole: UnitFacts) -> Ready:
        """Return a unit with the figures that do not depend on other units."""
        bare = self.bare(whole)
        if self._plan.is_empty:
            return bare
        reduced = reduce(self._plan, bare.unit.events, bare.values, self.calendar(whole))
        return replace(bare, known={**reduced.figures, **bare.known}, reduced=reduced)

    def figures(self, units: Sequence[UnitFacts]) -> list[dict[str, Fraction]]:
        """Return the figures of `alone` for many units."""
        if self._plan.is_empty and not (self._ruled or self._waivable):
            return [{} for _ in units]
        slices = [self.slice_of(unit) for unit in units]
        sums = tallied(self._plan, slices)
        if sums is None:
            return [self.alone(unit).known for unit in units]
        return [{**each, **self._told(unit)} for each, unit in zip(sums, slices, strict=True)]

    def calendar(self, unit: UnitFacts) -> Calendar | None:
        """Return the days of the round, else of the rubric, until the last that is scored; None without a period."""
        span = self._span
        return None if span is None else Calendar.of(span, unit.since, unit.until)

    @cached_property
    def _span(self) -> Span | None:
        rubric, interim = self._program.rubric, self._program.interim
        if self._part.round is not None:
            return spans_of_rounds(rubric.rounds, rubric.period).get(self._part.round, rubric.period)
        if rubric.period is None or interim is None or interim.through is None:
            return rubric.period
        return Span.model_construct(from_=rubric.period.from_, to=interim.through)

    def _combines(self, unit: UnitFacts) -> bool:
        """Return whether anything of a unit is worked out of what assessors gave; a single level has points, too."""
        return bool(unit.assessed) or self._grades

    def _assessed(self, unit: UnitFacts) -> Iterator[tuple[str, Fact]]:
        for measure, basis in self._judged.items():
            given = unit.assessed.get(measure, {})
            if not given and isinstance(basis, Graded) and measure in unit.facts:
                given = {"": unit.facts[measure]}
            if given:
                value = combined(basis.combine or "mean", marks(basis, given, unit.categories))
                facts = tuple(given.values())
                yield measure, Fact(value, facts[0].cell, facts)

    def _told(self, unit: UnitFacts) -> dict[str, Fraction]:
        """Return the figures that the evidence gives for nodes: points of rulings, and 不适用 beside blanks."""
        return {**dict(self._rulings(unit)), **{waived(node.id): _waived(node, unit) for node in self._waivable}}

    def _rulings(self, unit: UnitFacts) -> Iterator[tuple[str, Fraction]]:
        for node in self._ruled:
            points = sum((made.points for made in unit.rulings if made.node == node.id), Fraction(0))
            places, mode = self._program.rubric.rounding.places, self._program.rubric.rounding.mode
            yield ruling(node.id), points if places is None else rounded(points, places, mode)

    def compared(self, units: Sequence[Ready], excluded: Collection[str]) -> list[Done]:
        """Return the figures of comparisons for each unit; excluded units are not compared."""
        found: list[dict[str, Fraction]] = [{} for _ in units]
        taking_part = [at for at, ready in enumerate(units) if ready.unit.unit not in excluded]
        for figure, population in self.comparisons:
            groups: dict[str | None, list[int]] = defaultdict(list)
            for at in taking_part:
                if population is None or units[at].holds(population):
                    groups[_group(figure, units[at])].append(at)
            for among in groups.values():
                amounts = [exact.number(figure.of, units[at].values, units[at].known | found[at]) for at in among]
                for at, amount in zip(among, compare(figure, amounts), strict=True):
                    found[at][figure.name] = amount
        return list(found)

    def told(self, units: Iterable[Ready], known: Mapping[str, Done]) -> list[Done]:
        """Return for each unit those of the figures known of it that are of comparisons that it takes part in."""
        mine = ((ready, known.get(ready.unit.unit, {})) for ready in units)
        return [
            {
                figure.name: own[figure.name]
                for figure, population in self.comparisons
                if figure.name in own and (population is None or ready.holds(population))
            }
            for ready, own in mine
        ]

    def put_in(self, ready: Ready) -> tuple[Fraction | None, ...]:
        """Return the amount of a unit in each comparison; None where it is not compared."""
        return tuple(
            exact.number(figure.of, ready.values, ready.known)
            if population is None or ready.holds(population)
            else None
            for figure, population in self.comparisons
        )

    @cached_property
    def comparisons(self) -> tuple[tuple[a.Statistic | a.Placing, a.Test | None], ...]:
        """The figures over all units, inner ones first, with the test of the units that are compared.

        Those are the units to which the node applies; for conditions outside the sections, units with all the measures.
        """
        asked: list[tuple[Iterable[a.Tree], a.Test | None]] = [
            ((tree for rule in node.rules for tree in rule.trees), node.scored) for node in self._nodes
        ]
        inside = [
            (figure, population)
            for trees, population in asked
            for figure in a.figures(*trees)
            if isinstance(figure, a.Statistic | a.Placing)
        ]
        outside = a.figures(*self._program.outside.values())
        inside += [(figure, _entered(figure)) for figure in outside if isinstance(figure, a.Statistic | a.Placing)]
        return tuple(inside)


def _group(figure: a.Statistic | a.Placing, ready: Ready) -> str | None:
    """Return the group within which a unit is compared; None where all units are one group."""
    return group_of(figure.within if isinstance(figure, a.Placing) else None, ready.unit.attributes)


_NOTHING: Final = Reduced({}, {}, {})


def is_due_for(node: NodeTree, unit: UnitFacts) -> bool:
    """Return whether anything in a node is due for a unit, by what it has entered for one pass, 不适用 included."""
    if node.begun is None:
        return True
    others = dict.fromkeys((*unit.assessed, *unit.inapplicable), True)
    return exact.holds(node.begun, {**unit.values, **others}, {})


def _waived(node: NodeTree, unit: UnitFacts) -> Fraction:
    """Return 1 where a unit entered 不适用 for a leaf and nothing else, else 0."""
    entered = any(name in unit.facts for name in node.inputs)
    return Fraction(not entered and any(name in unit.inapplicable for name in node.inputs))


def _entered(figure: a.Statistic | a.Placing) -> a.Test:
    """Return the test that a unit has the measures of a figure over all units."""
    return a.AllHold(tuple(a.Entered(measure) for measure in a.reads(figure.of)))


def excluded_by(program: Program, mine: Iterable[Ready]) -> tuple[Exclusion, ...]:
    """Return the exclusions that hold for a unit in any pass."""
    return tuple(program.rubric.excluded[at] for at in _holding(program, "excluded", [*mine]))


def unranked_by(program: Program, mine: Iterable[Ready]) -> tuple[Unranked, ...]:
    """Return the clauses, holding in any pass, by which a unit has no rank and no grade."""
    return tuple(program.rubric.unranked[at] for at in _holding(program, "unranked", [*mine]))


def _holding(program: Program, key: str, mine: Sequence[Ready]) -> Iterator[int]:
    tests = [clause.test for clause in program.clauses if clause.path[0] == key]
    return (at for at, test in enumerate(tests) if any(ready.meets(test) for ready in mine))
