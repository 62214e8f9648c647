"""Find units close to a threshold of a grade, a selection or its last place, and what else keeps them out."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.engine import exact
from dangjian_score.engine.standing import Chosen, Cut, Displaced, Standing, grades_taken, group_of, merit
from dangjian_score.engine.step_names import REPORTED, TOTAL
from dangjian_score.engine.totals import best_grades, minimum
from dangjian_score.engine.whatif.rescoring import Contest
from dangjian_score.rubric.standing import Grade

ThresholdKind = Literal["grade", "section", "mark", "below", "cut"]
"""Kinds of thresholds: the least total of a grade, its minimum of a section, the least total of a selection, the total
below which a criticism begins, the end of the places of a selection."""
ObstacleReason = Literal["veto", "condition", "section", "full", "tie", "earlier"]


class Obstacle(Struct, frozen=True):
    """Why a unit is kept out: `names` are vetoes or the section; `gap` the points it lacks in that section."""

    why: ObstacleReason
    names: tuple[str, ...] = ()
    gap: Fraction | None = None


class Threshold(Struct, frozen=True):
    """A threshold in points, of a grade or selection `title` (`at` is the number of the selection) or section `node`.

    For a cut `bound` is the total of the unit `beside`, on the other side. A `strict` grade begins only above it.
    """

    kind: ThresholdKind
    title: str
    bound: Fraction
    at: int | None = None
    node: str | None = None
    beside: str | None = None
    strict: bool = False

    def reached_by(self, figure: Fraction) -> bool:
        """Return whether a figure is on the upper side."""
        return figure > self.bound if self.strict else figure >= self.bound


class Near(Struct, frozen=True):
    """A unit close to a threshold: its figure, whether it has the grade or selection, and what it would become.

    `held` is about the grade or selection, not the figure: a unit may be above the bound and excluded. For a criticism
    `held` means it is named. `becomes` is the grade on the other side.
    """

    mark: Threshold
    figure: Fraction
    held: bool
    becomes: str | None = None
    blocked: tuple[Obstacle, ...] = ()

    @property
    def gap(self) -> Fraction:
        """The distance of the unit from the threshold."""
        return abs(self.figure - self.mark.bound)


class Border(Struct, frozen=True):
    """The end of the places of a selection in one group: last unit in, first unit out, tied units."""

    title: str
    group: str | None
    last: tuple[str, Fraction] | None
    first: tuple[str, Fraction] | None
    tied: tuple[str, ...]

    @property
    def gap(self) -> Fraction | None:
        """Points between the last in and the first out; None where either side is empty."""
        return None if self.last is None or self.first is None else abs(self.last[1] - self.first[1])


def borders(contest: Contest) -> tuple[Border, ...]:
    """Return the ends of places: of grades, then of selections; groups without a unit that fits have none."""
    found = [(quota.grade, contest.program.rubric.groups, quota.cut) for quota in contest.quotas]
    found += [
        (chosen.selection.title, _within(contest, chosen), cut) for chosen in contest.chosen for cut in chosen.cuts
    ]
    return tuple(
        Border(
            title,
            group_of(within, contest.by_name[(*cut.units, *cut.tied, *cut.left)[0]].attributes),
            _end(contest, cut.units[-1:]),
            _end(contest, cut.left[:1]),
            cut.tied,
        )
        for title, within, cut in found
        if cut.units or cut.tied or cut.left
    )


def _within(contest: Contest, chosen: Chosen) -> str | None:
    """Return the attribute by which a selection parts the units."""
    return chosen.selection.within or contest.program.rubric.groups


def _end(contest: Contest, end: Sequence[str]) -> tuple[str, Fraction] | None:
    return next(((unit, contest.by_name[unit].total) for unit in end), None)


def _selections(contest: Contest, at: int, within: Fraction) -> Iterator[Near]:
    """Visit the thresholds of selections that a unit is close to, in the order of the rubric."""
    for number, chosen in enumerate(contest.chosen):
        title, standing = chosen.selection.title, contest.standings[at]
        least, below = chosen.selection.at_least, chosen.selection.below
        if least is not None and abs(standing.total - least) <= within:
            yield from _at_mark(contest, at, Threshold("mark", title, least, number))
        if below is not None and abs(standing.total - below) <= within:
            yield from _at_mark(contest, at, Threshold("below", title, below, number))
        yield from (candidate for candidate in _at_cut(contest, standing, number) if candidate.gap <= within)


def _at_mark(contest: Contest, at: int, mark: Threshold) -> Iterator[Near]:
    """Compare a unit with the total of a selection.

    Whether it would be chosen at the bound is tried; a unit beyond the bound without a place is found at the cut.
    """
    standing, chosen = contest.standings[at], contest.chosen[mark.at or 0]
    found = Near(mark, standing.total, held=standing.unit in chosen.units)
    if found.held:
        yield found
        return
    displaced: Sequence[Displaced] = ()
    if (standing.total < mark.bound) == (mark.kind == "mark"):
        there = mark.bound - (contest.least_step if mark.kind == "below" else 0)
        moved = contest.rescorer.elsewhere(contest.states[at], {TOTAL: there})
        chosen = contest.hypothetical(at, moved)[mark.at or 0]
        if standing.unit in chosen.units:
            yield found
            return
        displaced = chosen.displaced
    if blocks := tuple(_against(contest, standing, mark, displaced)):
        yield replace(found, blocked=blocks)


def _against(
    contest: Contest, standing: Standing, mark: Threshold, displaced: Sequence[Displaced]
) -> Iterator[Obstacle]:
    """Visit what keeps a unit out of a selection whatever its total."""
    honours = contest.chosen[mark.at or 0].selection.honours
    vetoes = (
        veto.title
        for veto in standing.vetoes
        if (honours and not veto.selections)
        or (mark.kind == "mark" and veto.total is not None and veto.total < mark.bound)
    )
    if names := tuple(vetoes):
        yield Obstacle("veto", names)
    number = mark.at or 0
    selection = contest.chosen[number].selection
    is_graded = not selection.asks_grade or standing.grade in grades_taken(contest.program.rubric.grades, selection)
    if not is_graded or (selection.if_ is not None and not standing.meets("selections", number)):
        yield Obstacle("condition")
    for rival in displaced:
        if rival.unit == standing.unit and rival.why not in ("veto", "condition"):
            yield Obstacle("full" if rival.why == "none" else rival.why)


def _at_cut(contest: Contest, standing: Standing, number: int) -> Iterator[Near]:
    """Compare a unit with the units on the other side of the end of the places of a selection."""
    chosen, unit = contest.chosen[number], standing.unit
    beside = _Beside(contest, standing, chosen.selection.title, number)
    if not _waits(contest, number, unit):
        yield from beside.all(chosen.cuts)
    for displaced in chosen.displaced:
        if displaced.unit == unit and displaced.why == "veto":
            blocked = (Obstacle("veto", tuple(veto.title for veto in displaced.vetoes)),)
            yield from (beside.near(other, held=False, blocked=blocked) for other in _last(contest, standing, number))


class _Beside(Struct, frozen=True):
    """A unit beside those on the other side of the end of places; `number` is that of a selection, None for a grade."""

    contest: Contest
    standing: Standing
    title: str
    number: int | None = None

    def near(self, other: str, *, held: bool, blocked: tuple[Obstacle, ...] = ()) -> Near:
        """Return the unit as close to another one."""
        mark = Threshold("cut", self.title, self.contest.by_name[other].total, self.number, beside=other)
        return Near(mark, self.standing.total, held, blocked=blocked)

    def all(self, cuts: Sequence[Cut]) -> Iterator[Near]:
        """Compare the unit with its neighbour across each end of places."""
        unit = self.standing.unit
        lowest_first = self.number is not None and self.contest.chosen[self.number].selection.lowest_first
        beyond = _above if lowest_first else _below
        for cut in cuts:
            inside, outside = (*cut.units, *cut.tied), (*cut.tied, *cut.left)
            if unit in cut.units:
                yield from (self.near(other, held=True) for other in beyond(self.contest, self.standing, outside)[:1])
            elif unit in cut.tied:
                others = [other for other in cut.tied if other != unit]
                yield from (self.near(other, held=False, blocked=(Obstacle("tie"),)) for other in others[:1])
            elif unit in cut.left:
                yield from (self.near(other, held=False) for other in inside[-1:])


def _waits(contest: Contest, number: int, unit: str) -> bool:
    """Return whether a unit is tied for a better prize, where the tie is reported."""
    own = contest.chosen[number].selection
    return any(
        (earlier.selection.within, earlier.selection.honours) == (own.within, own.honours)
        and earlier.selection.places is not None
        and unit in cut.tied
        for earlier in contest.chosen[:number]
        for cut in earlier.cuts
        if own.places is not None
    )


def _below(contest: Contest, standing: Standing, others: Sequence[str]) -> list[str]:
    """Return the units that are not better; a unit tied for a better prize does not compete for this one."""
    own = merit(contest.program, standing)
    return [other for other in others if merit(contest.program, contest.by_name[other]) <= own]


def _above(contest: Contest, standing: Standing, others: Sequence[str]) -> list[str]:
    """Return the units that are not worse, where the last units are selected."""
    own = merit(contest.program, standing)
    return [other for other in others if merit(contest.program, contest.by_name[other]) >= own]


def _last(contest: Contest, standing: Standing, number: int) -> Iterator[str]:
    """Find the last unit within the places in the group of a unit."""
    chosen = contest.chosen[number]
    within = _within(contest, chosen)

    def group(unit: str) -> str | None:
        return group_of(within, contest.by_name[unit].attributes)

    inside = ((*cut.units, *cut.tied) for cut in chosen.cuts)
    yield from (units[-1] for units in inside if units and group(units[0]) == group(standing.unit))


def near(contest: Contest, at: int, within: Fraction) -> tuple[Near, ...]:
    """Return the thresholds that a unit is close to: grades best first, their places, then selections.

    No points move a grade that a committee has fixed.
    """
    standing = contest.standings[at]
    if contest.rescorer.units[at].grade_ruling is not None:
        return tuple(_selections(contest, at, within))
    found = (_Beside(contest, standing, quota.grade).all([quota.cut]) for quota in contest.graded.quotas)
    places = (candidate for each in found for candidate in each if candidate.gap <= within)
    return (*_grades(contest, at, within), *places, *_selections(contest, at, within))


def _grades(contest: Contest, at: int, within: Fraction) -> Iterator[Near]:
    rubric, standing = contest.program.rubric, contest.standings[at]
    ordered = best_grades(rubric.grades)
    figure = standing.done[REPORTED] if rubric.grades_on == "base" else standing.total
    for name in ordered[:-1]:
        grade = rubric.grades[name]
        mark = Threshold("grade", name, grade.least, strict=grade.sense == "above")
        sections = [
            (Threshold("section", name, asked, node=node), standing.done[node])
            for node, asked in _minima(contest, rubric.grades[name], standing).items()
        ]
        if standing.grade == name:
            found = (Near(threshold, value, held=True) for threshold, value in ((mark, figure), *sections))
            yield from (
                replace(candidate, becomes=_fallen(contest, at, candidate))
                for candidate in found
                if candidate.gap <= within
            )
        elif standing.grade is None or ordered.index(standing.grade) > ordered.index(name):
            yield from _missed(contest, standing, Near(mark, figure, held=False, becomes=name), sections, within)


def _minima(contest: Contest, grade: Grade, standing: Standing) -> dict[str, Fraction]:
    """Return the minimum points of sections for a grade, without sections that are not applicable."""
    asked = {node: minimum(node, grade, contest.program.passes) for node in grade.sections}
    found = {node: exact.number(least, {}, standing.done) for node, least in asked.items()}
    return {node: least for node, least in found.items() if least}


def _fallen(contest: Contest, at: int, threshold: Near) -> str | None:
    """Return the grade just below a threshold."""
    rubric, mark = contest.program.rubric, threshold.mark
    step = mark.node or (REPORTED if rubric.grades_on == "base" else TOTAL)
    below = mark.bound - (0 if mark.strict else contest.least_step)
    return contest.rescorer.elsewhere(contest.states[at], {step: below}).grade


def _missed(
    contest: Contest, standing: Standing, grade: Near, sections: list[tuple[Threshold, Fraction]], within: Fraction
) -> Iterator[Near]:
    """Find how far a unit is from a grade it does not have: in its total, else in the sections below their minimum."""
    barred = tuple(_barred(contest, standing, grade.mark))
    lacking = {mark: value for mark, value in sections if value < mark.bound}
    blocks = {mark: Obstacle("section", (mark.node or "",), mark.bound - value) for mark, value in lacking.items()}
    if not grade.mark.reached_by(grade.figure) or not lacking:
        if grade.gap <= within:
            yield replace(grade, blocked=(*barred, *blocks.values()))
        return
    for mark, value in lacking.items():
        others = (block for other, block in blocks.items() if other != mark)
        candidate = Near(mark, value, held=False, becomes=grade.becomes, blocked=(*barred, *others))
        if candidate.gap <= within:
            yield candidate


def _barred(contest: Contest, standing: Standing, mark: Threshold) -> Iterator[Obstacle]:
    """Visit what more points do not change: vetoes, and the conditions of the grade."""
    rubric = contest.program.rubric
    ordered = best_grades(rubric.grades)
    on_total = rubric.grades_on == "total"
    vetoes = []
    for veto in standing.vetoes:
        limit = veto.grade or veto.grade_at_most
        lowered = limit is not None and (limit == "none" or ordered.index(limit) > ordered.index(mark.title))
        if lowered or (on_total and veto.total is not None and veto.total < mark.bound):
            vetoes.append(veto.title)
    if vetoes:
        yield Obstacle("veto", tuple(vetoes))
    asked = contest.program.clause("grades", mark.title) is not None
    if asked and not standing.meets("grades", mark.title):
        yield Obstacle("condition")
