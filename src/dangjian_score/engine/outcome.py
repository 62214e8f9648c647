"""What scoring came to, in a few values that a result and a result file have in common: who got how much for what."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from dangjian_score.engine.result import NodeResult, Result, UnitResult
from dangjian_score.facts import SourceFile
from dangjian_score.rubric.model import Kind

Absence = Literal["excluded", "unscored"]
"""Why a unit that was looked at has no points: 不参评, or errors in its evidence."""


class OutcomeItem(Struct, frozen=True):
    """A section, item or part of a regulation, whoever is scored; `max` is None where nothing caps it."""

    id: str
    title: str
    kind: Kind
    max: Fraction | None


class Got(Struct, frozen=True):
    """What a unit got for an item, and for those below it."""

    item: OutcomeItem
    points: Fraction
    nodes: tuple["Got", ...]

    @property
    def own(self) -> Fraction:
        """The points beyond those of the nodes below: of a group what its own rules and limits moved."""
        return self.points - sum((node.points for node in self.nodes), Fraction(0))

    def below(self) -> Iterator["Got"]:
        """Visit this node and all below it, each before the ones below it."""
        yield self
        for node in self.nodes:
            yield from node.below()


class UnitOutcome(Struct, frozen=True):
    """One unit; `sections` by round, under None those that are scored once."""

    unit: str
    rank: int
    total: Fraction
    grade: str | None
    sections: Mapping[str | None, tuple[Got, ...]]

    def all_nodes(self) -> Iterator[tuple[str | None, Got]]:
        """Visit every node with its round, in the order of the text."""
        for round_, sections in self.sections.items():
            yield from ((round_, node) for section in sections for node in section.below())


class Outcome(Struct, frozen=True):
    """All units in order of rank, by which regulation they were scored, and who was left out.

    `places` and `total_places` are the decimals that points and totals are printed with.
    """

    rubric: str
    title: str
    sha256: str
    units: tuple[UnitOutcome, ...]
    absent: Mapping[str, Absence]
    places: int
    total_places: int


def outcome_of(result: Result, source: SourceFile) -> Outcome:
    """Keep of a result what is compared."""
    rubric = result.rubric
    absent: dict[str, Absence] = {one.unit: "excluded" for one in result.excluded}
    absent |= {one.unit: "unscored" for one in result.unscored}
    units = tuple(_unit(unit) for unit in result.units)
    places = rubric.shown_places
    return Outcome(rubric.rubric, rubric.title, source.sha256, units, absent, places, rubric.total_places)


def _unit(unit: UnitResult) -> UnitOutcome:
    detail = unit.trace()
    rounds: dict[str | None, tuple[NodeResult, ...]] = {name: one.nodes for name, one in detail.rounds.items()}
    sections = {name: tuple(map(_got, nodes)) for name, nodes in {**rounds, None: detail.nodes}.items()}
    return UnitOutcome(unit.unit, unit.rank, unit.total, unit.grade, sections)


def _got(node: NodeResult) -> Got:
    return Got(OutcomeItem(node.id, node.title, node.kind, node.max), node.points, tuple(map(_got, node.nodes)))
