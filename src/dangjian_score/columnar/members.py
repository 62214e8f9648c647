"""What classes of units came to, told of their units by name, in the order in which the exact engine tells it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import polars as pl
from msgspec.structs import replace

from dangjian_score.columnar.bands import SettledClasses
from dangjian_score.columnar.classes import CLASS, RANK
from dangjian_score.columnar.tables import UNIT
from dangjian_score.core.names import order_key
from dangjian_score.engine.grading import GradedUnits, Grading
from dangjian_score.engine.standing import Chosen, Cut
from dangjian_score.rubric.model import Rubric


class Members:
    """Units with their classes and ranks."""

    def __init__(self, units: pl.DataFrame) -> None:
        self._units = units.select(UNIT, CLASS, RANK)

    @cached_property
    def _by_class(self) -> Mapping[str, Sequence[str]]:
        """The units of each class, in order of rank, then of names."""
        found: dict[str, list[str]] = {}
        for unit in sorted(self._ranked, key=self._place):
            found.setdefault(self._ranked[unit][0], []).append(unit)
        return found

    @cached_property
    def _ranked(self) -> Mapping[str, tuple[str, int]]:
        """The class and the rank of each unit that has them."""
        rows = self._units.drop_nulls().iter_rows()
        return {unit: (str(class_), rank) for unit, class_, rank in rows}

    def _place(self, unit: str) -> tuple[int, object]:
        return self._ranked[unit][1], order_key(unit)

    def _of(self, classes: Iterable[str]) -> tuple[str, ...]:
        """Name the units of classes, in order of rank, then of names."""
        return tuple(sorted((unit for each in classes for unit in self._by_class.get(each, ())), key=self._place))

    def _choice(self, choice: Chosen) -> Chosen:
        told = {unit: each for each in choice.displaced for unit in self._by_class.get(each.unit, ())}
        displaced = (replace(told[unit], unit=unit) for unit in sorted(told, key=self._place))
        return replace(choice, units=self._of(choice.units), displaced=tuple(displaced), cuts=())

    def settled(self, settled: SettledClasses) -> tuple[GradedUnits, tuple[Chosen, ...]]:
        """Return what these units come to; quotas are those of classes."""
        grades = {unit: settled.graded.units[class_] for unit, (class_, _) in self._ranked.items()}
        unranked = dict.fromkeys(self._units[UNIT], Grading(None))
        return GradedUnits({**unranked, **grades}, settled.graded.quotas), tuple(map(self._choice, settled.chosen))

    def named(self, settled: SettledClasses) -> SettledClasses:
        """Return who was chosen, and the quotas with who has a place."""

        def of_units(cut: Cut) -> Cut:
            return Cut(*map(self._of, (cut.units, cut.tied, cut.left, cut.waiting)))

        quotas = (replace(quota, cut=of_units(quota.cut)) for quota in settled.graded.quotas)
        return SettledClasses(GradedUnits({}, tuple(quotas)), tuple(map(self._choice, settled.chosen)))


def classes_named(settled: SettledClasses) -> frozenset[int]:
    """Return the classes whose units are named: those with or without a place under a quota, chosen or passed over."""
    return frozenset(map(int, _named(settled)))


def _named(settled: SettledClasses) -> Iterator[str]:
    for quota in settled.graded.quotas:
        for units in (quota.cut.units, quota.cut.tied, quota.cut.left):
            yield from units
    for choice in settled.chosen:
        yield from choice.units
        yield from (each.unit for each in choice.displaced)


def groups_in_order(units: pl.LazyFrame, within: str | None) -> Mapping[str | None, int]:
    """Number the groups of units in the order of the first names in them."""
    first: dict[str | None, tuple[object, ...]] = {}
    for unit, group in () if within is None else units.select(UNIT, within).collect().iter_rows():
        key = order_key(unit)
        if group not in first or key < first[group]:
            first[group] = key
    return {group: at for at, group in enumerate(sorted(first, key=first.__getitem__))} or {None: 0}


def in_order_of_groups(settled: SettledClasses, counted: pl.LazyFrame, rubric: Rubric) -> SettledClasses:
    """Return quotas in the order of grades, then of groups, and the groups of selections in that order."""
    orders: dict[str | None, Mapping[str | None, int]] = {}

    def order(within: str | None) -> Callable[[str | None], int]:
        if within not in orders:
            orders[within] = groups_in_order(counted, within)
        return lambda group: orders[within].get(group, -1)

    def choice(each: Chosen) -> Chosen:
        place = order(each.selection.within or rubric.groups)
        return replace(each, counted={group: each.counted[group] for group in sorted(each.counted, key=place)})

    grades = [*dict.fromkeys(quota.grade for quota in settled.graded.quotas)]
    place = order(rubric.groups)
    quotas = sorted(settled.graded.quotas, key=lambda quota: (grades.index(quota.grade), place(quota.group)))
    return SettledClasses(GradedUnits({}, tuple(quotas)), tuple(map(choice, settled.chosen)))
