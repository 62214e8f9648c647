"""Standings: total and grade after vetoes, ranks, and selections (评优, 通报)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final, Literal

from msgspec import Struct, field

from dangjian_score.core.facts import UnitFacts
from dangjian_score.engine.exact import Done
from dangjian_score.engine.program import Program
from dangjian_score.engine.step_names import FINAL, FULL, GRADE, RATE, asked, struck
from dangjian_score.engine.totals import best_grades
from dangjian_score.rubric.model import Attributes
from dangjian_score.rubric.standing import Exclusion, Grade, Quota, Selection, Unranked, Veto


class Standing(Struct, frozen=True):
    """The total and grade of a unit after vetoes, before quotas; `done` are its steps over all passes.

    Before the end of the period `due` are the most points for what is due, and `rate` is the total as a share of that.
    A unit that is `unranked` has no rank, grade and selections. One standing may be that of a class of `count` units
    that nothing here tells apart; `unit` is then the name of the class.
    """

    unit: str
    attributes: Attributes
    total: Fraction
    grade: str | None
    vetoes: tuple[Veto, ...]
    done: Done
    due: Fraction | None = None
    rate: Fraction | None = None
    unranked: tuple[Exclusion | Unranked, ...] = ()
    count: int = 1

    @property
    def barred(self) -> bool:
        """Whether a veto excludes it from honours."""
        return any(not veto.selections for veto in self.vetoes)

    def meets(self, *path: str | int) -> bool:
        """Return whether the condition at a place of the YAML holds over all evidence."""
        return self.done[asked(path)] > 0


def stand(program: Program, unit: UnitFacts, done: Done, unranked: tuple[Exclusion | Unranked, ...] = ()) -> Standing:
    """Return the standing of a unit by its steps over all passes; `unranked` are the clauses that hold."""
    rubric = program.rubric
    vetoes = tuple(veto for at, veto in enumerate(rubric.vetoes) if done[struck(at)] > 0)
    grade = named_grade(program, done[GRADE]) if rubric.grades and not unranked else None
    due, rate = (None, None) if program.interim is None else (done[FULL], done[RATE])
    return Standing(unit.unit, unit.attributes, done[FINAL], grade, vetoes, done, due, rate, unranked)


def named_grade(program: Program, place: Fraction) -> str | None:
    """Return the grade at a place; None behind the last."""
    best_first = best_grades(program.rubric.grades)
    return best_first[int(place) - 1] if place <= len(best_first) else None


def units_in(standings: Iterable[Standing]) -> int:
    """Count the units of standings."""
    return sum(standing.count for standing in standings)


def ranks(program: Program, standings: Iterable[Standing]) -> dict[str, int]:
    """Return the ranks of the units that have one, by `merit`; equal units share a rank (1, 2, 2, 4)."""
    first: dict[Merit, int] = {}
    merits = {standing.unit: merit(program, standing) for standing in standings if not standing.unranked}
    for place, keys in enumerate(sorted(merits.values(), reverse=True), start=1):
        first.setdefault(keys, place)
    return {unit: first[keys] for unit, keys in merits.items()}


def group_ranks(program: Program, standings: Iterable[Standing]) -> dict[str, int]:
    """Return the ranks within the groups of the rubric."""
    groups: dict[str | None, list[Standing]] = defaultdict(list)
    for standing in standings:
        groups[group_of(program.rubric.groups, standing.attributes)].append(standing)
    return {unit: rank for members in groups.values() for unit, rank in ranks(program, members).items()}


def group_of(within: str | None, attributes: Attributes) -> str | None:
    """Return the group of a unit by an attribute; None where all units are one group."""
    return None if within is None else attributes.get(within)


Merit = tuple[int | Fraction, ...]
"""The sort key of units, the most important figure first."""
_PARTS: Final = 10**6


def merit(program: Program, standing: Standing) -> Merit:
    """Return the total, before the end of the period its rate, and the points that break ties.

    Millionths of it come first, since integers compare fast.
    """
    figure = standing.total if standing.rate is None else standing.rate
    millionths = figure.numerator * _PARTS // figure.denominator
    ties = zip(program.rubric.tie_break, program.ties, strict=True)
    return (millionths, figure, *(_signed(standing.done[step.name], tie.lowest_first) for tie, step in ties))


def _signed(figure: Fraction, lowest_first: bool) -> Fraction:
    return -figure if lowest_first else figure


AttributeCounts = tuple[tuple[Attributes, int], ...]
"""Attributes of units, and of how many; the same attributes may stand there more than once."""


class CountedUnits(Struct, frozen=True):
    """The attributes of the units that quotas are a share of: of all, and of those that take part."""

    everybody: AttributeCounts
    taking_part: AttributeCounts

    def sizes(self, quota: Quota, within: str | None) -> Mapping[str | None, int]:
        """Count the units of each group that a quota is a share of; a group may have none.

        Units that are not scored because their group is not known are in none.
        """
        counted = _by_group(self.everybody, within)
        if quota.quota_of == "taking_part":
            taking_part = _by_group(self.taking_part, within)
            counted = Counter({group: taking_part[group] for group in counted})
        return counted if within is not None or counted else {None: 0}


def _by_group(counts: AttributeCounts, within: str | None) -> Counter[str | None]:
    """Count the units of each group; those without one are in none."""
    counted = Counter[str | None]()
    for attributes, count in counts:
        group = group_of(within, attributes)
        if within is None or group is not None:
            counted[group] += count
    return counted


DisplacedReason = Literal["full", "none", "tie", "veto", "earlier", "condition"]
"""Why a unit is not chosen: no place left, none at all, a tie across the cut, a veto, an earlier prize, or that it
reaches the total and the grade but does not meet the condition."""


class Displaced(Struct, frozen=True):
    """A unit that reaches total and grade but is not chosen; `vetoes` or an earlier prize may exclude it.

    `prizes` are all that this may be, where a tie for it is open; `counted` are the units that a quota without a place
    for it is a share of.
    """

    unit: str
    why: DisplacedReason
    vetoes: tuple[Veto, ...] = ()
    prizes: tuple[str, ...] = ()
    counted: int = 0


class Cut(Struct, frozen=True):
    """The units of one group in order of merit: chosen, tied across the end of the places, left over.

    Of a grade the `waiting` are among the tied: there is a place for each that a tie for a better grade leaves without.
    """

    units: tuple[str, ...]
    tied: tuple[str, ...]
    left: tuple[str, ...]
    waiting: tuple[str, ...] = ()


class Chosen(Struct, frozen=True):
    """The result of one selection, units in order of merit; `cuts` are by group, where places are limited.

    `counted` are the units of each group that its quota is a share of; empty without a quota.
    """

    selection: Selection
    units: tuple[str, ...]
    displaced: tuple[Displaced, ...]
    cuts: tuple[Cut, ...] = ()
    counted: Mapping[str | None, int] = field(default_factory=dict)


class _Prizes(Struct):
    """Earlier prizes of one group: those of each unit with one; the units `tied` for `titles`, and how many wait."""

    taken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    rest: int = 0


FinalGrades = Mapping[str, tuple[str | None, ...]]
"""The grades of units after quotas and rulings; several where a tie leaves it open."""


def select(
    program: Program, standings: Iterable[Standing], grades: FinalGrades, countable: CountedUnits
) -> tuple[Chosen, ...]:
    """Make every selection in the order of the rubric; `standings` are the units that take part, in any order."""
    ranked = [standing for standing in standings if not standing.unranked]
    chooser = _Chooser(program, ranked, grades, countable)
    return tuple(chooser.choose(at, selection) for at, selection in enumerate(program.rubric.selections))


def fits(program: Program, at: int, standing: Standing, grades: tuple[str | None, ...]) -> bool:
    """Return whether a unit meets the total, the grade and the condition of a selection, given by its number.

    Of several grades that are open it must meet it by each.
    """
    return reaches(program, at, standing, grades) and meets(program, at, standing)


def reaches(program: Program, at: int, standing: Standing, grades: tuple[str | None, ...]) -> bool:
    """Return whether a unit reaches the total and the grade of a selection, by each grade that is open."""
    selection = program.rubric.selections[at]
    is_graded = not selection.asks_grade or set(grades) <= {*grades_taken(program.rubric.grades, selection)}
    return is_graded and _has_total(selection, standing)


def _has_total(selection: Selection, standing: Standing) -> bool:
    is_reached = selection.at_least is None or standing.total >= selection.at_least
    return is_reached and (selection.below is None or standing.total < selection.below)


def meets(program: Program, at: int, standing: Standing) -> bool:
    """Return whether a unit meets the condition of a selection, if it has one."""
    return program.rubric.selections[at].if_ is None or standing.meets("selections", at)


def grades_taken(grades: Mapping[str, Grade], selection: Selection) -> tuple[str, ...]:
    """Return the grades that a selection takes, best first."""
    best_first = best_grades(grades)
    least, most = selection.grade_at_least, selection.grade_at_most
    first = 0 if most is None else best_first.index(most)
    return tuple(best_first[first : len(best_first) if least is None else best_first.index(least) + 1])


class _Contenders(Struct):
    """Units that meet a selection, in its order: free of vetoes, `barred` by one, `open` as long as their grade is.

    The `unmet` reach total and grade, but do not meet its condition.
    """

    free: list[Standing] = field(default_factory=list)
    barred: list[Standing] = field(default_factory=list)
    open: list[Standing] = field(default_factory=list)
    unmet: list[Standing] = field(default_factory=list)


class _Chooser:
    """Makes the selections in order; a prize goes to units without an earlier one, a place among the last likewise."""

    def __init__(
        self, program: Program, standings: Sequence[Standing], grades: FinalGrades, countable: CountedUnits
    ) -> None:
        self._program, self._grades, self._countable = program, grades, countable
        self._merits = {standing.unit: merit(program, standing) for standing in standings}
        self._ordered = sorted(standings, key=self._merit, reverse=True)
        self._counts = {standing.unit: standing.count for standing in standings}
        self._prizes: dict[tuple[bool, str | None, str | None], _Prizes] = {}

    def _merit(self, standing: Standing) -> Merit:
        return self._merits[standing.unit]

    def _contenders(self, at: int, selection: Selection) -> _Contenders:
        """Sort the units by whether they meet a selection, in its order."""
        found, program = _Contenders(), self._program
        taken = {*grades_taken(program.rubric.grades, selection)} if selection.asks_grade else set[str]()
        for standing in sorted(self._ordered, key=self._merit) if selection.lowest_first else self._ordered:
            grades = self._grades[standing.unit]
            if reaches(program, at, standing, grades):
                meeting = found.barred if selection.honours and standing.barred else found.free
                (meeting if meets(program, at, standing) else found.unmet).append(standing)
            elif taken.intersection(grades) and _has_total(selection, standing) and meets(program, at, standing):
                found.open.append(standing)
        return found

    def choose(self, at: int, selection: Selection) -> Chosen:
        """Make one selection, group by group."""
        found = self._contenders(at, selection)
        within = selection.within or self._program.rubric.groups
        sizes = self._countable.sizes(selection, within)
        members: dict[str | None, list[Standing]] = defaultdict(list)
        for standing in found.free:
            members[group_of(within, standing.attributes)].append(standing)
        cuts = [self._cut(selection, (within, group), members[group], size) for group, size in sizes.items()]
        chosen = {unit for cut in cuts for unit in cut.units}
        tied = (*(standing.unit for standing in found.open), *(unit for cut in cuts for unit in cut.tied))
        displaced = {unit: Displaced(unit, "tie") for unit in tied}
        if selection.places is not None:
            displaced |= self._with_prizes(selection, within, members, chosen | displaced.keys())
        for cut, size in zip(cuts, sizes.values(), strict=True) if selection.is_marked else ():
            none = selection.places_among(size) == 0
            displaced |= {unit: Displaced(unit, "none" if none else "full", counted=size) for unit in cut.left}
        displaced |= {each.unit: each for each in self._barred(selection, found, chosen)}
        displaced |= {each.unit: each for each in self._unmet(selection, within, found, chosen)}
        named = [standing.unit for standing in self._ordered]
        return Chosen(
            selection,
            tuple(unit for unit in named if unit in chosen),
            tuple(displaced[unit] for unit in named if unit in displaced),
            tuple(cuts) if selection.is_limited else (),
            {} if selection.quota is None else sizes,
        )

    def _barred(self, selection: Selection, found: _Contenders, chosen: Collection[str]) -> Iterator[Displaced]:
        """Visit the units that vetoes exclude; without something to reach, those no worse than the last chosen."""
        last = min((self._merit(standing) for standing in found.free if standing.unit in chosen), default=None)
        for standing in found.barred:
            if selection.is_marked or last is None or self._merit(standing) >= last:
                yield Displaced(standing.unit, "veto", tuple(veto for veto in standing.vetoes if not veto.selections))

    def _unmet(
        self, selection: Selection, within: str | None, found: _Contenders, chosen: Collection[str]
    ) -> Iterator[Displaced]:
        """Visit the units that do not meet the condition; without a bound, those before the last that has a place."""
        mine = [standing for standing in found.free if selection.is_limited and standing.unit in chosen]
        last = {group_of(within, standing.attributes): self._merit(standing) for standing in mine}
        for standing in found.unmet:
            end, own = last.get(group_of(within, standing.attributes)), self._merit(standing)
            if selection.has_bound or (end is not None and (own < end if selection.lowest_first else own > end)):
                yield Displaced(standing.unit, "condition")

    def _with_prizes(
        self,
        selection: Selection,
        within: str | None,
        members: Mapping[str | None, Sequence[Standing]],
        others: Collection[str],
    ) -> dict[str, Displaced]:
        """Return the units of groups that an earlier prize keeps from this one."""
        found = dict[str, Displaced]()
        for group, standings in members.items():
            prizes = self._prizes[selection.honours, within, group].taken
            mine = (standing.unit for standing in standings if standing.unit in prizes and standing.unit not in others)
            found |= {unit: Displaced(unit, "earlier", prizes=prizes[unit]) for unit in mine}
        return found

    def _cut(
        self, selection: Selection, group: tuple[str | None, str | None], mine: Sequence[Standing], size: int
    ) -> Cut:
        """Make a selection in one group, given by attribute and value, of so many units."""
        if selection.places is not None:
            return self._prize(selection, self._prizes.setdefault((selection.honours, *group), _Prizes()), mine)
        room = selection.places_among(size)
        return Cut(tuple(standing.unit for standing in mine), (), ()) if room is None else self._parted(mine, room)

    def _parted(self, ordered: Iterable[Standing], room: int) -> Cut:
        """Fill places in the order given; units that tie across the end of them are all left out."""
        chosen: list[str] = []
        tied: tuple[str, ...] = ()
        left: list[str] = []
        for _, equals in groupby(ordered, key=self._merit):
            together = tuple(standing.unit for standing in equals)
            count = self._units_in(together)
            if count <= room:
                chosen += together
                room -= count
            elif room > 0:
                tied, room = together, 0
            else:
                left += together
        return Cut(tuple(chosen), tied, tuple(left))

    def _units_in(self, names: Iterable[str]) -> int:
        return sum(self._counts[name] for name in names)

    def _prize(self, selection: Selection, prizes: _Prizes, mine: Sequence[Standing]) -> Cut:
        """Fill the places of a prize; places for the units of an earlier tie are kept free until it is decided."""
        places = selection.places or 0
        waiting, kept = prizes.tied, min(prizes.rest, places)
        prizes.rest -= kept
        passed_over = {*prizes.taken, *waiting}
        others = [standing for standing in mine if standing.unit not in passed_over]
        cut = self._parted(others, places - kept)
        prizes.taken |= dict.fromkeys(cut.units, (selection.title,))
        prizes.titles += (selection.title,)
        if not prizes.rest:
            prizes.taken |= dict.fromkeys(waiting, prizes.titles)
            prizes.titles = (selection.title,)
            room = places - kept - self._units_in(cut.units)
            prizes.tied, prizes.rest = cut.tied, self._units_in(cut.tied) - room if cut.tied else 0
        return Cut(cut.units, (*(waiting if kept else ()), *cut.tied), cut.left)
