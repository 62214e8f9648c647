"""Comparison of two outcomes: what changed in the regulation, and which units and items differ."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from dangjian_score.core.facts import RubricSource
from dangjian_score.core.names import fold
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.result import NodeResult, Result, UnitResult
from dangjian_score.rubric.model import Kind

WhyAbsent = Literal["excluded", "unscored"]
"""Why a unit has no points: 不参评, or errors in its evidence."""


class OutcomeItem(Struct, frozen=True):
    """A section, item or part of a regulation; `max` is None without a cap, `weight` the share that counts above it."""

    id: str
    title: str
    kind: Kind
    max: Fraction | None
    weight: Fraction = Fraction(1)


class Got(Struct, frozen=True):
    """The points of a unit for an item, those that count above it, and the same of the items below."""

    item: OutcomeItem
    points: Fraction
    counted: Fraction
    nodes: tuple["Got", ...]
    applies: bool = True

    @property
    def is_loss(self) -> bool:
        """Whether the unit lost points at it: an item with less than its maximum, or one that takes points."""
        if self.item.kind != "base":
            return self.points < 0
        return self.applies and not self.nodes and self.item.max is not None and self.points < self.item.max

    @property
    def own(self) -> Fraction:
        """The points beyond those of the nodes below: of a group those of its own rules and limits."""
        return self.points - sum((node.counted for node in self.nodes), Fraction(0))

    def below(self) -> Iterator["Got"]:
        """Visit this node and all below it, each before the ones below it."""
        yield self
        for node in self.nodes:
            yield from node.below()


class UnitOutcome(Struct, frozen=True):
    """The outcome of one unit; `sections` are by round, those scored once under None.

    Without a grade, `candidates` are those that it is open between.
    """

    unit: str
    rank: int | None
    total: Fraction
    grade: str | None
    sections: Mapping[str | None, tuple[Got, ...]]
    candidates: tuple[str, ...] = ()

    def all_nodes(self) -> Iterator[tuple[str | None, Got]]:
        """Visit every node with its round, in the order of the text."""
        for round_, sections in self.sections.items():
            yield from ((round_, node) for section in sections for node in section.below())


class ComparedResult(Struct, frozen=True):
    """All units in order of rank, the regulation they were scored by, and the units left out.

    `rules` is the SHA-256 of what the regulation says but for its title and period.
    `places` and `total_places` are the decimals that points and totals are printed with; `interim` is how far an
    interim result goes.
    """

    rubric: str
    title: str
    sha256: str
    rules: str
    units: tuple[UnitOutcome, ...]
    absent: Mapping[str, WhyAbsent]
    places: int
    total_places: int
    interim: Interim | None = None


def outcome_of(result: Result, source: RubricSource) -> ComparedResult:
    """Return the part of a result that is compared."""
    rubric = result.rubric
    absent: dict[str, WhyAbsent] = {unit.unit: "excluded" for unit in result.excluded}
    absent |= {unit.unit: "unscored" for unit in result.unscored}
    units = tuple(_unit(unit) for unit in result.units)
    places = rubric.shown_places
    titles = rubric.rubric, rubric.title, source.sha256, source.rules
    return ComparedResult(*titles, units, absent, places, rubric.total_places, result.interim)


def _unit(unit: UnitResult) -> UnitOutcome:
    detail = unit.trace()
    rounds: dict[str | None, tuple[NodeResult, ...]] = {name: round_.nodes for name, round_ in detail.rounds.items()}
    sections = {name: tuple(map(_got, nodes)) for name, nodes in {**rounds, None: detail.nodes}.items()}
    return UnitOutcome(unit.unit, unit.rank, unit.total, unit.grade, sections, unit.grading.candidates)


def _got(node: NodeResult) -> Got:
    item = OutcomeItem(node.id, node.title, node.kind, node.max, node.share)
    return Got(item, node.points, node.counted, tuple(map(_got, node.nodes)), node.applies)


How = Literal["gone", "new", "title", "kind", "max", "weight"]
"""How an item changed: removed, added, or another title, kind, maximum or weight."""


class ItemChange(Struct, frozen=True):
    """An item that differs between the regulations; None on the side that lacks it."""

    before: OutcomeItem | None
    after: OutcomeItem | None

    @property
    def id(self) -> str:
        """The id of the item."""
        return next(item.id for item in (self.before, self.after) if item is not None)

    @property
    def how(self) -> tuple[How, ...]:
        """What changed, the most important first."""
        if self.before is None or self.after is None:
            return ("new",) if self.before is None else ("gone",)
        before, after = self.before, self.after
        changed: dict[How, bool] = {
            "max": before.max != after.max,
            "weight": before.weight != after.weight,
            "kind": before.kind != after.kind,
            "title": before.title != after.title,
        }
        return tuple(how for how, so in changed.items() if so)


class RubricChange(Struct, frozen=True):
    """The differences between two regulations; `rounds` are those that only the first, and only the second has.

    `other` is true where their ids differ, `edited` where they say something else beside title and period.
    """

    other: bool
    edited: bool
    items: tuple[ItemChange, ...]
    rounds: tuple[tuple[str, ...], tuple[str, ...]]


class UnitPair(Struct, frozen=True):
    """A unit with points in both outcomes."""

    a: UnitOutcome
    b: UnitOutcome

    @property
    def unit(self) -> str:
        """Its name, as in the second outcome."""
        return self.b.unit

    @property
    def difference(self) -> Fraction:
        """The second total minus the first."""
        return self.b.total - self.a.total


class ItemPair(Struct, frozen=True):
    """An item with different points for a unit; `own` are the points of a group beyond its items."""

    unit: str
    round: str | None
    item: OutcomeItem
    own: bool
    a: Fraction
    b: Fraction

    @property
    def difference(self) -> Fraction:
        """The second points minus the first."""
        return self.b - self.a


class Alone(Struct, frozen=True):
    """A unit with points in one outcome, and why not in the other; None where it is not named there."""

    unit: str
    why: WhyAbsent | None


class Comparison(Struct, frozen=True):
    """The comparison: units and items by size of difference, the largest first, and units that only `a` or `b` has."""

    a: ComparedResult
    b: ComparedResult
    rubric: RubricChange
    units: tuple[UnitPair, ...]
    items: tuple[ItemPair, ...]
    only_a: tuple[Alone, ...]
    only_b: tuple[Alone, ...]

    @property
    def alone(self) -> tuple[tuple[Alone, ...], tuple[Alone, ...]]:
        """The units that only the first, and only the second has."""
        return self.only_a, self.only_b


def compare(a: ComparedResult, b: ComparedResult) -> Comparison:
    """Compare two outcomes. Equal differences are in the order of the regulation, then of rank."""
    firsts = {fold(unit.unit): unit for unit in a.units}
    pairs = [UnitPair(firsts[key], unit) for unit in b.units if (key := fold(unit.unit)) in firsts]
    order = {item: at for at, item in enumerate(_items(b))}
    items = sorted(
        (item for pair in pairs for item in _differing(pair)),
        key=lambda item: (-abs(item.difference), order[item.item.id]),
    )
    return Comparison(
        a,
        b,
        _changes(a, b),
        tuple(sorted(pairs, key=lambda pair: -abs(pair.difference))),
        tuple(items),
        tuple(_alone(a, b)),
        tuple(_alone(b, a)),
    )


def _alone(here: ComparedResult, there: ComparedResult) -> Iterator[Alone]:
    known, absent = {fold(unit.unit) for unit in there.units}, {fold(name): why for name, why in there.absent.items()}
    yield from (Alone(unit.unit, absent.get(fold(unit.unit))) for unit in here.units if fold(unit.unit) not in known)


def _differing(pair: UnitPair) -> Iterator[ItemPair]:
    """Find the items whose points differ: leaves, and the own points of groups."""
    before = {(round_, node.item.id): node for round_, node in pair.a.all_nodes()}
    for round_, after in pair.b.all_nodes():
        first = before.get((round_, after.item.id))
        if first is not None:
            own = bool(first.nodes and after.nodes)
            a, b = (first.own, after.own) if own else (first.points, after.points)
            if a != b:
                yield ItemPair(pair.unit, round_, after.item, own, a, b)


def _changes(a: ComparedResult, b: ComparedResult) -> RubricChange:
    before, after = _items(a), _items(b)
    if not (a.units and b.units):  # without a unit nothing is known of the items
        before, after = {}, {}
    changed = [ItemChange(before.get(key), item) for key, item in after.items() if before.get(key) != item]
    changed += [ItemChange(item, None) for key, item in before.items() if key not in after]
    rounds = [_rounds(outcome) if a.units and b.units else () for outcome in (a, b)]
    gone, new = (tuple(name for name in rounds[at] if name not in rounds[1 - at]) for at in (0, 1))
    return RubricChange(a.rubric != b.rubric, a.rules != b.rules, tuple(changed), (gone, new))


def _items(outcome: ComparedResult) -> Mapping[str, OutcomeItem]:
    """Return the items of the regulation by id, in the order of its text; they are the same for all units."""
    nodes: list[Got] = [node for unit in outcome.units[:1] for _, node in unit.all_nodes()]
    return {node.item.id: node.item for node in nodes}


def _rounds(outcome: ComparedResult) -> tuple[str, ...]:
    return tuple(name for unit in outcome.units[:1] for name in unit.sections if name is not None)
