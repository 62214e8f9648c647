"""Ranks, grades under quotas and selections, worked out by hand: ties are decided in every order of the units.

It stands on `whole_oracle`, and shares no code with the program either.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, permutations, product
from math import factorial, floor, prod
from typing import NamedTuple

from tests.engine.whole_oracle import Clerk, Data, Scored, number

MOST_ORDERS = 300


class TooManyOrdersError(Exception):
    """More orders of tied units than a clerk has patience for."""


class Quota(NamedTuple):
    """The places of a grade in a group."""

    grade: str
    group: str | None
    counted: int
    places: int


class Outcome(NamedTuple):
    """What is compared with the program, by unit where it is about units."""

    points: Mapping[str, Mapping[tuple[str | None, str], Fraction]]
    totals: Mapping[str, Fraction]
    ranks: Mapping[str, int | None]
    group_ranks: Mapping[str, int | None]
    grades: Mapping[str, list[str]]
    selected: Mapping[str, list[str]]
    tied: Mapping[str, list[str]]
    quotas: list[Quota]
    excluded: set[str]


class Committee(Clerk):
    """Judges some units together."""

    def __init__(self, rubric: Data, units: Mapping[str, Data]) -> None:
        super().__init__(rubric)
        self.units = units

    def outcome(self) -> Outcome:
        excluded = {name for name, unit in self.units.items() if self.is_excluded(unit)}
        scored = {name: self.scored(unit) for name, unit in self.units.items() if name not in excluded}
        ranked = {name: unit for name, unit in scored.items() if unit.ranked}
        group = self.rubric.get("groups")
        groups = {name: unit.attributes.get(group) if group else None for name, unit in scored.items()}
        grades = {name: [unit.grade] if unit.grade else [] for name, unit in scored.items()}
        quotas: list[Quota] = []
        limited = [name for name in self.grades() if "quota" in self.grade(name)]
        if limited:
            grades |= self.graded(ranked, groups, scored)
            quotas = [
                Quota(name, at, *self.places(self.grade(name), group, at, scored))
                for name in limited
                for at in self.values(group, scored)
            ]
        selected, tied = self.selections(ranked, scored)
        return Outcome(
            {name: unit.points for name, unit in scored.items()},
            {name: unit.total for name, unit in scored.items()},
            {name: self.rank(name, ranked) for name in scored},
            {name: self.rank(name, ranked, groups) if group else None for name in scored},
            grades,
            selected,
            tied,
            quotas,
            excluded,
        )

    def rank(
        self, name: str, ranked: Mapping[str, Scored], groups: Mapping[str, str | None] | None = None
    ) -> int | None:
        if name not in ranked:
            return None
        others = [unit for other, unit in ranked.items() if groups is None or groups[other] == groups[name]]
        return 1 + sum(unit.order > ranked[name].order for unit in others)

    def counted(self, quota: Data, scored: Mapping[str, Scored]) -> list[str]:
        """Name the units that a quota is a share of."""
        of_all = quota.get("quota_of", "all") == "all"
        return [name for name in self.units if (scored[name].ranked if name in scored else of_all)]

    def values(self, within: str | None, scored: Mapping[str, Scored]) -> list[str | None]:
        """Name the groups that have any unit of those that `all` counts."""
        if within is None:
            return [None]
        return [*dict.fromkeys(self.units[name]["facts"][within] for name in self.counted({}, scored))]

    def places(
        self, quota: Data, within: str | None, group: str | None, scored: Mapping[str, Scored]
    ) -> tuple[int, int]:
        """Count the units of a group, and its places."""
        counted = self.counted(quota, scored)
        mine = [name for name in counted if within is None or self.units[name]["facts"][within] == group]
        exact = number(quota["quota"]) * len(mine)
        places = floor(exact + Fraction(1, 2)) if quota.get("quota_rounding") == "nearest" else floor(exact)
        return len(mine), max(places, 1) if mine and quota.get("at_least_one") == "true" else places

    def graded(
        self, ranked: Mapping[str, Scored], groups: Mapping[str, str | None], scored: Mapping[str, Scored]
    ) -> dict[str, list[str]]:
        """Give out places in every order of units that tie; name the grades that a unit may come to."""
        found: dict[str, set[str]] = {name: set() for name in ranked}
        within = self.rubric.get("groups")
        for group in dict.fromkeys(groups[name] for name in ranked):
            mine = {name: unit for name, unit in ranked.items() if groups[name] == group}
            room = {
                name: self.places(self.grade(name), within, group, scored)[1]
                for name in self.grades()
                if "quota" in self.grade(name)
            }
            for order in every_order(mine):
                for name, grade in self.given_out(order, ranked, room).items():
                    found[name].add(grade)
        return {name: [grade for grade in self.grades() if grade in may] for name, may in found.items()}

    def given_out(self, order: Sequence[str], units: Mapping[str, Scored], room: Mapping[str, int]) -> dict[str, str]:
        found: dict[str, str] = {}
        coming: list[str] = []
        for grade in self.grades():
            down = [name for name in coming if grade in units[name].meets]
            contending = [name for name in order if units[name].grade == grade or name in down]
            places = room.get(grade, len(contending))
            found |= dict.fromkeys(contending[:places], grade)
            coming = [name for name in coming if name not in found] + [
                name for name in contending[places:] if name not in coming
            ]
        return found

    # Selections

    def selections(
        self, ranked: Mapping[str, Scored], scored: Mapping[str, Scored]
    ) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Name the units that a selection chooses however ties are decided, and those that only some ways choose."""
        listed = self.rubric.get("selections", ())
        ways = [self.chosen(order, ranked, scored) for order in every_order(ranked)]
        certain = {one["title"]: set.intersection(*(way[at] for way in ways)) for at, one in enumerate(listed)}
        possible = {one["title"]: set.union(*(way[at] for way in ways)) for at, one in enumerate(listed)}
        return (
            {name: [title for title, chosen in certain.items() if name in chosen] for name in scored},
            {title: sorted(possible[title] - chosen) for title, chosen in certain.items()},
        )

    def chosen(
        self, order: Sequence[str], ranked: Mapping[str, Scored], scored: Mapping[str, Scored]
    ) -> list[set[str]]:
        """Make the selections in one order of the units."""
        found: list[set[str]] = []
        prized: dict[str | None, set[str]] = {}
        for at, selection in enumerate(self.rubric.get("selections", ())):
            within = selection.get("within", self.rubric.get("groups"))
            mine = [name for name in order if at in ranked[name].chosen_for]
            if "below" not in selection:
                mine = [name for name in mine if all(veto.get("selections") == "true" for veto in ranked[name].vetoes)]
            taken: set[str] = set()
            for group in self.values(within, scored):
                members = [name for name in mine if not within or ranked[name].attributes[within] == group]
                if "places" in selection:
                    had = prized.get(within, ())
                    members = [name for name in members if name not in had][: int(selection["places"])]
                elif "quota" in selection:
                    members = members[: self.places(selection, within, group, scored)[1]]
                taken |= set(members)
            if "places" in selection:
                prized[within] = prized.get(within, set()) | taken
            found.append(taken)
        return found


def every_order(units: Mapping[str, Scored]) -> Iterator[list[str]]:
    """Give every order of units that agrees with their merit."""
    blocks: dict[tuple[Fraction, ...], list[str]] = {}
    for name in sorted(units, key=lambda name: units[name].order, reverse=True):
        blocks.setdefault(units[name].order, []).append(name)
    if prod(factorial(len(block)) for block in blocks.values()) > MOST_ORDERS:
        raise TooManyOrdersError
    for decided in product(*(permutations(block) for block in blocks.values())):
        yield [*chain.from_iterable(decided)]
