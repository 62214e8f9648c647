"""Grades under quotas: units beyond the places of a grade move to the next, ties across the line stay open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.facts import UnitFacts
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import CountedUnits, Cut, FinalGrades, Merit, Standing, group_of, merit, units_in
from dangjian_score.engine.step_names import met
from dangjian_score.engine.totals import best_grades


class Grading(Struct, frozen=True):
    """The grade of a unit under quotas; None while it is open between `candidates`, best first.

    `passed_over` are the better grades whose conditions it meets and whose places went to others.
    """

    grade: str | None
    candidates: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


class GradeQuota(Struct, frozen=True):
    """The quota of a grade in one group (None: all units): a share of `counted` units makes so many `places`."""

    grade: str
    group: str | None
    counted: int
    places: int
    cut: Cut


class GradedUnits(Struct, frozen=True):
    """The grades of all units, and the quotas in the order of grades and groups."""

    units: Mapping[str, Grading]
    quotas: tuple[GradeQuota, ...]


def grade_all(program: Program, standings: Iterable[Standing], countable: CountedUnits) -> GradedUnits:
    """Grade the units that take part: by their own standing, then by the quotas from the best grade down."""
    rubric, everybody = program.rubric, list(standings)
    limited = {name: grade for name, grade in rubric.grades.items() if grade.is_limited}
    if not limited:
        return GradedUnits({standing.unit: Grading(standing.grade) for standing in everybody}, ())
    contests: dict[str | None, _Contest] = defaultdict(lambda: _Contest(program))
    for standing in everybody:
        contests[group_of(rubric.groups, standing.attributes)].enter(standing)
    quotas: list[GradeQuota] = []
    sizes = {name: countable.sizes(grade, rubric.groups) for name, grade in limited.items()}
    for name in best_grades(rubric.grades):
        for group in sizes.get(name, contests):
            counted = sizes[name][group] if name in sizes else 0
            places = rubric.grades[name].places_among(counted)
            cut = contests[group].settle(name, places)
            if places is not None:
                quotas.append(GradeQuota(name, group, counted, places, cut))
    graded = {standing.unit: Grading(None) for standing in everybody}
    for contest in contests.values():
        graded |= contest.gradings()
    return GradedUnits(graded, tuple(quotas))


def final_grades(graded: GradedUnits, units: Iterable[UnitFacts]) -> FinalGrades:
    """Return the grades that the units that are graded have: as a committee fixed them, else under the quotas."""
    fixed = {unit.unit: unit.grade_ruling.grade for unit in units if unit.grade_ruling is not None}
    open_ = {unit: grading.candidates or (grading.grade,) for unit, grading in graded.units.items()}
    return {unit: (fixed[unit],) if unit in fixed else grades for unit, grades in open_.items()}


def as_fixed(program: Program, graded: GradedUnits, units: Iterable[UnitFacts]) -> tuple[GradeQuota, ...]:
    """Return the quotas once a committee has fixed grades: a unit that it graded is tied or left over no more."""
    rubric = program.rubric
    ruled = [unit for unit in units if unit.grade_ruling is not None and unit.unit in graded.units]
    fixed = {unit.unit: unit.grade_ruling.grade for unit in ruled if unit.grade_ruling is not None}

    def settled(quota: GradeQuota) -> GradeQuota:
        mine = (unit for unit in ruled if group_of(rubric.groups, unit.attributes) == quota.group)
        given = [unit.unit for unit in mine if fixed[unit.unit] == quota.grade]
        held = (unit for unit in quota.cut.units if fixed.get(unit, quota.grade) == quota.grade)
        chosen = tuple(dict.fromkeys((*held, *given)))
        cut = quota.cut
        others = (tuple(unit for unit in units if unit not in fixed) for units in (cut.tied, cut.left, cut.waiting))
        return replace(quota, cut=Cut(chosen, *others))

    return tuple(map(settled, graded.quotas)) if fixed else graded.quotas


class _Block(Struct, frozen=True):
    """Units of equal merit that contend for a grade; `fewest` to `most` of them come to it, as ties are decided."""

    units: tuple[Standing, ...]
    fewest: int
    most: int


class _Contest(Struct):
    """The units of one group and the grades they may still get."""

    program: Program
    contending: dict[str, list[_Block]] = field(default_factory=lambda: defaultdict(list))
    merits: dict[str, Merit] = field(default_factory=dict)
    entered: dict[str, int] = field(default_factory=dict)
    candidates: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    passed_over: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def enter(self, standing: Standing) -> None:
        """Let a unit contend for the grade that it has by its own standing; units without one do not contend."""
        self.merits[standing.unit] = merit(self.program, standing)
        self.entered[standing.unit] = len(self.entered)
        if standing.grade is not None:
            self.contending[standing.grade].append(_Block((standing,), standing.count, standing.count))

    def settle(self, name: str, places: int | None) -> Cut:
        """Give a grade to the best of those that contend for it; the others move on to the next that they meet.

        How many of a tie come down to a grade is open; so a unit has the grade for certain only if it has a place when
        as many as possible come, and none only if the places are full when as few as possible come. A tie that is open
        between a better grade and this one is tied here too.
        """
        fewest = most = 0
        chosen, tied, left, waiting = list[str](), list[str](), list[str](), list[str]()
        for block in self._in_order(name):
            units = [standing.unit for standing in block.units]
            if places is None or most + block.most <= places:
                comes = block.fewest == units_in(block.units)
                (chosen if comes else tied).extend(units)
                waiting += () if comes else units
                self._offer(name, units)
            elif fewest >= places:
                left += units
                for unit in units:
                    self.passed_over[unit].append(name)
                self._move_on(name, block)
            else:
                tied += units
                self._offer(name, units)
                down = (max(0, fewest + block.fewest - places), most + block.most - places)
                self._move_on(name, _Block(block.units, min(block.fewest, down[0]), min(block.most, down[1])))
            fewest, most = fewest + block.fewest, most + block.most
        return Cut(tuple(chosen), tuple(tied), tuple(left), tuple(waiting))

    def _in_order(self, name: str) -> Iterable[_Block]:
        """Visit the blocks that contend for a grade, the best merit first."""

        def merit_of(block: _Block) -> Merit:
            return self.merits[block.units[0].unit]

        ordered = sorted(self.contending[name], key=merit_of, reverse=True)
        return [self._joined(blocks) for _, blocks in groupby(ordered, key=merit_of)]

    def _joined(self, blocks: Iterable[_Block]) -> _Block:
        """Return blocks of equal merit as one, its units in the order in which they entered."""
        held = list(blocks)
        units = (standing for block in held for standing in block.units)
        in_order = sorted(units, key=lambda standing: self.entered[standing.unit])
        return _Block(tuple(in_order), sum(block.fewest for block in held), sum(block.most for block in held))

    def _offer(self, name: str, units: Sequence[str]) -> None:
        for unit in units:
            self.candidates[unit].append(name)

    def _move_on(self, name: str, block: _Block) -> None:
        """Let the units of a block contend for the next grade whose conditions each meets."""
        parted: dict[str, list[Standing]] = defaultdict(list)
        for standing in block.units:
            parted[self._next(name, standing)].append(standing)
        for lower, units in parted.items():
            count = units_in(units)
            others = units_in(block.units) - count
            span = max(0, block.fewest - others), min(block.most, count)
            self.contending[lower].append(_Block(tuple(units), *span))

    def _next(self, name: str, standing: Standing) -> str:
        """Return the best grade below one whose conditions a unit meets; the lowest has none."""
        best_first = best_grades(self.program.rubric.grades)
        lower = best_first[best_first.index(name) + 1 :]
        return next((grade for grade in lower[:-1] if standing.done[met(grade)] > 0), lower[-1])

    def gradings(self) -> Mapping[str, Grading]:
        """Return the grade of each unit that contended."""
        return {
            unit: Grading(
                offered[0] if len(offered) == 1 else None,
                tuple(offered) if len(offered) > 1 else (),
                tuple(self.passed_over.get(unit, ())),
            )
            for unit, offered in self.candidates.items()
        }
