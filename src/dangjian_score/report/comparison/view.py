"""One view of a comparison for every format: the only place where its figures become text."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dangjian_score.engine.compare import Comparison, How, ItemChange, ItemPair, UnitPair
from dangjian_score.engine.outcome import Item
from dangjian_score.points import fixed, plain
from dangjian_score.words.say import Words

_SHORT_ID = 12
"""Characters by which the states of a file are told apart."""


SELF_ASSESSED: Final = ("side self", "side assessed")
"""The heads where one evidence holds both sides."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands on either side: the files' names, and how their columns are headed (keys of LABELS)."""

    names: tuple[str, str]
    heads: tuple[str, str] = ("side a", "side b")

    @property
    def self_assessed(self) -> bool:
        """Whether both sides are one evidence."""
        return self.heads == SELF_ASSESSED

    def title(self, said: Words) -> str:
        """Say what is compared."""
        key = "self comparison of" if self.self_assessed else "comparison of"
        return said.label(key, a=self.names[0], b=self.names[1])

    def headed(self, said: Words) -> tuple[str, str]:
        """Give the columns' heads."""
        return said.label(self.heads[0]), said.label(self.heads[1])


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, in text."""

    unit: str
    ranks: tuple[int, int]
    grades: tuple[str | None, str | None]
    totals: tuple[str, str]
    difference: str
    exact: Fraction


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of a unit that came out differently, in text; of a group what it adds beyond its items (`own`)."""

    unit: str
    round: str | None
    id: str
    title: str
    max: str | None
    own: bool
    points: tuple[str, str]
    difference: str
    exact: Fraction

    def titled(self, said: Words) -> str:
        """Give its title, and what of a group is meant."""
        return self.title + (said.label("own part") if self.own else "")

    def named(self, said: Words) -> str:
        """Name the item, with its round."""
        return "  ".join(part for part in (self.round, f"{self.id} {self.titled(said)}") if part)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What became of an item or round of the regulation: what changed, and how it was and is."""

    name: str
    how: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """A comparison, in text; `warnings` say that two regulations are no longer one, or ranks provisional."""

    warnings: tuple[str, ...]
    changes: tuple[ChangeRow, ...]
    units: tuple[UnitRow, ...]
    items: tuple[ItemRow, ...]
    only_a: tuple[tuple[str, str | None], ...]
    only_b: tuple[tuple[str, str | None], ...]


def view(comparison: Comparison, sides: Sides, said: Words) -> ComparisonView:
    """Write a comparison out."""
    places = max(comparison.a.places, comparison.b.places)
    total_places = max(comparison.a.total_places, comparison.b.total_places)
    return ComparisonView(
        warnings=(*_warnings(comparison, said), *_provisional(comparison, sides, said)),
        changes=(*_rounds(comparison, said), *(_change(one, said) for one in comparison.rubric.items)),
        units=tuple(_unit(one, total_places) for one in comparison.units),
        items=tuple(_item(one, places) for one in comparison.items),
        only_a=tuple((one.unit, one.why) for one in comparison.only_a),
        only_b=tuple((one.unit, one.why) for one in comparison.only_b),
    )


def signed(difference: str) -> str:
    """Show that more is more."""
    return difference if difference.startswith("-") or not difference.strip("0.") else f"+{difference}"


def _warnings(comparison: Comparison, said: Words) -> list[str]:
    changed = comparison.rubric
    a, b = comparison.a, comparison.b
    if changed.other:
        named = (said.label("of side", what=one.title, side=one.rubric) for one in (a, b))
        return [said.label("other rubric", **dict(zip("ab", named, strict=True)))]
    if changed.edited and not changed.items and not any(changed.rounds):
        return [said.label("rubric edited", a=a.sha256[:_SHORT_ID], b=b.sha256[:_SHORT_ID])]
    return [said.label("rubric changed")] if changed.edited else []


def _provisional(comparison: Comparison, sides: Sides, said: Words) -> Iterator[str]:
    """Say where ranks would be others if everybody had been scored."""
    for head, outcome in zip(sides.headed(said), (comparison.a, comparison.b), strict=True):
        if count := sum(why == "unscored" for why in outcome.absent.values()):
            yield said.label("provisional side", side=head, count=str(count))


def _rounds(comparison: Comparison, said: Words) -> list[ChangeRow]:
    gone, new = comparison.rubric.rounds
    rows = [ChangeRow(said.label("a round", name=name), said.label("item gone"), name, "") for name in gone]
    return rows + [ChangeRow(said.label("a round", name=name), said.label("item new"), "", name) for name in new]


def _change(change: ItemChange, said: Words) -> ChangeRow:
    item = change.after or change.before
    name = change.id if item is None else f"{item.id} {item.title}"
    how = said.label("comma").join(said.label(f"item {one}") for one in change.how)
    was, now = (_stated(one, change.how, said) for one in (change.before, change.after))
    return ChangeRow(name, how, was, now)


def _stated(item: Item | None, how: tuple[How, ...], said: Words) -> str:
    """Say of an item what changed about it; of one that came or went, what it carries."""
    if item is None:
        return ""
    most = said.label("no limit") if item.max is None else plain(item.max)
    told: dict[How, str] = {"max": most, "kind": said.label(item.kind), "title": item.title}
    whole = how in (("gone",), ("new",))
    return said.label("comma").join(text for key, text in told.items() if key in how or (whole and key == "max"))


def _unit(pair: UnitPair, places: int) -> UnitRow:
    a, b = pair.a, pair.b
    totals = fixed(a.total, places), fixed(b.total, places)
    shown = fixed(pair.difference, places)
    return UnitRow(pair.unit, (a.rank, b.rank), (a.grade, b.grade), totals, shown, pair.difference)


def _item(pair: ItemPair, places: int) -> ItemRow:
    return ItemRow(
        unit=pair.unit,
        round=pair.round,
        id=pair.item.id,
        title=pair.item.title,
        max=None if pair.item.max is None else plain(pair.item.max),
        own=pair.own,
        points=(fixed(pair.a, places), fixed(pair.b, places)),
        difference=fixed(pair.difference, places),
        exact=pair.difference,
    )


def alone_notes(told: ComparisonView, heads: tuple[str, str], said: Words) -> Iterator[str]:
    """Say which units stand on one side only."""
    for head, alone in zip(heads, (told.only_a, told.only_b), strict=True):
        if alone:
            names = (
                unit if why is None else said.label("alone because", unit=unit, why=said.label(why))
                for unit, why in alone
            )
            yield said.label("alone", side=head, units="、".join(names))
