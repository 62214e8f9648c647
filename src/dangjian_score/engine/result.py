"""What scoring comes to: figures and where they came from, no sentences."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

from dangjian_score.core.algebra import Test
from dangjian_score.core.facts import AbsenceReason, Cell, Ruling, SourceFile, Value
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.registers import EventGroup, PricedEvent
from dangjian_score.engine.standing import Chosen
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.model import Kind, Rubric

LineVerb = Literal[
    "deduct",
    "award",
    "forfeit",
    "floor",
    "ceiling",
    "inapplicable",
    "ruling",
    "rescale",
    "rounds",
    "report",
    "rounding",
    "veto",
]


class Because(Struct, frozen=True):
    """Why a rule moved points: what it depends on, its price and cap, and what the evidence said.

    `which` are the members of a list that counted, as tests that hold; `readings` the values the rule looked at, and
    `given` the figures of several assessors; `named` the figures that have names of their own; `slips` the events that
    counted, `groups` those of groups; `absences` why assessors gave no figure. Lines may share one.
    """

    basis: Phrase
    guard: Test | None
    price: Fraction | None
    cap: Fraction | None
    figures: Mapping[str, Fraction]
    which: tuple[Test, ...]
    readings: Mapping[str, Value]
    note: str | None
    given: tuple[Value, ...] = ()
    named: Mapping[str, Fraction] = field(default_factory=dict)
    events: tuple[PricedEvent, ...] = ()
    groups: tuple[EventGroup, ...] = ()
    absences: tuple[AbsenceReason, ...] = ()


class PointsLine(Struct, frozen=True):
    """Points moved once: by a rule (with a reason), a ruling, or by a limit or scale (with its `figures`).

    Of rounds `figures` are their points and `weights` what they count; `titles` name rounds or vetoes. `cells` are all
    it rests on, of an event the one with the unit's name.
    """

    rule: str
    verb: LineVerb
    before: Fraction
    points: Fraction
    clause: str | None = None
    because: Because | None = None
    figures: Mapping[str, Fraction] = field(default_factory=dict)
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    ruling: Ruling | None = None
    titles: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()

    @property
    def is_capped(self) -> bool:
        """Whether the rule's own limit bit."""
        return self.before is not self.points and self.before != self.points


class NodeResult(Struct, frozen=True):
    """One node's points: start + lines (+ the nodes below) = points; `tree` is what holds for every unit.

    `due` is what of its `max` it carries for the unit, less where parts of it are 不适用; `applies` is false where the
    node is not for the unit, or its entry is 不适用.
    """

    tree: NodeTree
    due: Fraction | None
    start: Fraction
    points: Fraction
    lines: tuple[PointsLine, ...]
    nodes: tuple["NodeResult", ...]
    applies: bool

    @property
    def id(self) -> str:
        """Its id."""
        return self.tree.id

    @property
    def title(self) -> str:
        """Its title."""
        return self.tree.node.title

    @property
    def kind(self) -> Kind:
        """How it enters the total."""
        return self.tree.kind

    @property
    def clause(self) -> str | None:
        """The clause of the regulation it stands for."""
        return self.tree.clause

    @property
    def max(self) -> Fraction | None:
        """What it carries; None where nothing caps it."""
        return self.tree.max

    @property
    def criterion(self) -> str | None:
        """What is asked for."""
        return self.tree.node.criterion

    def below(self) -> list["NodeResult"]:
        """List this node and all below it, in the order of the text."""
        found = [self]
        for node in self.nodes:
            found += node.below() if node.nodes else (node,)
        return found


class RoundResult(Struct, frozen=True):
    """A unit in one round: its nodes; `lines` and their base points add up to `base`, of which `weight` counts."""

    weight: Fraction
    base: Fraction
    lines: tuple[PointsLine, ...]
    nodes: tuple[NodeResult, ...]


class Detail(Struct, frozen=True):
    """How a unit's total came about: sections that are scored once, rounds, and `lines` that belong to the whole."""

    lines: tuple[PointsLine, ...]
    nodes: tuple[NodeResult, ...]
    rounds: Mapping[str, RoundResult]

    def sections(self) -> Iterator[tuple[str | None, NodeResult]]:
        """Visit every section with the round it was scored in, in the order of the text."""
        for name, round_ in self.rounds.items():
            yield from ((name, node) for node in round_.nodes)
        yield from ((None, node) for node in self.nodes)

    def all_nodes(self) -> Iterator[tuple[str | None, NodeResult]]:
        """Visit every node with its round."""
        for name, section in self.sections():
            yield from ((name, node) for node in section.below())

    def all_lines(self) -> Iterator[tuple[str | None, NodeResult | None, PointsLine]]:
        """Visit every line with its round and node: those of nodes, then those of rounds, then those of the whole."""
        for name, section in self.sections():
            for node in section.below():
                for line in node.lines:
                    yield name, node, line
        for name, round_ in self.rounds.items():
            yield from ((name, None, line) for line in round_.lines)
        yield from ((None, None, line) for line in self.lines)


class UnitResult(Struct, frozen=True):
    """One unit: `kinds` are the sums by kind of section; they and the last lines of its `trace` add up to the total.

    `columns` are its points in the columns of the result. `precise` names the nodes (`:base` for all base points) that
    have to be shown to the last digit. `trace` works out the detail anew each time it is called.
    """

    unit: str
    rank: int
    total: Fraction
    kinds: Mapping[Kind, Fraction]
    grade: str | None
    columns: tuple[Fraction, ...]
    trace: Callable[[], Detail]
    attributes: Mapping[str, str] = field(default_factory=dict)
    vetoes: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()
    precise: frozenset[str] = frozenset()


class TotalColumn(Struct, frozen=True):
    """A part of the total: a round by its name, or a section that is scored once, with its id and what it carries."""

    title: str
    max: Fraction | None = None
    id: str | None = None


class Excluded(Struct, frozen=True):
    """A unit that does not take part (不参评), and why."""

    unit: str
    attributes: Mapping[str, str]
    why: tuple[str, ...]


class Unscored(Struct, frozen=True):
    """A unit whose evidence has errors (未评), and their codes."""

    unit: str
    attributes: Mapping[str, str]
    why: tuple[str, ...]


class Result(Struct, frozen=True):
    """All units in order of rank, and what they were scored by and from; `columns` are rounds, then sections.

    Where units are `unscored`, ranks and selections are provisional (暂定).
    """

    rubric: Rubric
    evidence: tuple[SourceFile, ...]
    columns: tuple[TotalColumn, ...]
    units: tuple[UnitResult, ...]
    excluded: tuple[Excluded, ...] = ()
    selections: tuple[Chosen, ...] = ()
    unscored: tuple[Unscored, ...] = ()
