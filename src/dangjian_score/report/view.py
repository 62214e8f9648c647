"""One view of a result for every format: all of it in text, with the places of the rubric, as `telling` writes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dangjian_score.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of points; `which` names the members of a list, groups or events that counted."""

    rule: str
    verb: str
    before: str
    points: str
    clause: str | None
    text: str
    figures: dict[str, str]
    which: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def is_capped(self) -> bool:
        """Whether the rule's own limit bit."""
        return self.before != self.points


@dataclass(frozen=True, slots=True)
class NodeView:
    """A section, item or part; `applies` is false where it is not for the unit, or its entry is 不适用.

    `due` is what of its `max` it carries for the unit, less where parts of it are 不适用; `criterion` is what is asked.
    """

    id: str
    title: str
    kind: str
    clause: str | None
    max: str | None
    due: str | None
    start: str
    points: str
    lines: tuple[LineView, ...]
    nodes: tuple["NodeView", ...]
    applies: bool
    criterion: str | None = None

    def below(self) -> Iterator["NodeView"]:
        """Visit this node and all below it, in the order of the text."""
        yield self
        for node in self.nodes:
            yield from node.below()


@dataclass(frozen=True, slots=True)
class RoundView:
    """A unit in one round."""

    weight: str
    base: str
    lines: tuple[LineView, ...]
    nodes: tuple[NodeView, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the ranking: a round, or a section that is scored once."""

    title: str
    max: str | None
    points: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a unit in the list of all of them: in which round, at which item (None: of the whole)."""

    round: str | None
    node: NodeView | None
    line: LineView


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit; `kinds` are its sums by kind of section."""

    unit: str
    rank: int
    total: str
    kinds: dict[str, str]
    grade: str | None
    lines: tuple[LineView, ...]
    nodes: tuple[NodeView, ...]
    attributes: dict[str, str]
    vetoes: tuple[str, ...]
    selections: tuple[str, ...]
    rounds: dict[str, RoundView]

    @property
    def columns(self) -> tuple[ColumnView, ...]:
        """Give what the total is made of: rounds, then sections that are scored once."""
        rounds = (ColumnView(name, None, one.base) for name, one in self.rounds.items())
        return (*rounds, *(ColumnView(node.title, node.max, node.points) for node in self.nodes))

    def all_nodes(self) -> Iterator[tuple[str | None, NodeView]]:
        """Visit every node with the round it was scored in, in the order of the text."""
        for name, one in self.rounds.items():
            yield from ((name, node) for section in one.nodes for node in section.below())
        yield from ((None, node) for section in self.nodes for node in section.below())

    def all_lines(self) -> Iterator[Told]:
        """Visit every line: those of items, then those of rounds, then those of the whole."""
        for name, node in self.all_nodes():
            yield from (Told(name, node, line) for line in node.lines)
        for name, one in self.rounds.items():
            yield from (Told(name, None, line) for line in one.lines)
        yield from (Told(None, None, line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class AbsentView:
    """A unit without points, and why: what excludes it, or the codes of the errors in its evidence."""

    unit: str
    attributes: dict[str, str]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SelectionView:
    """Who was chosen, and who was passed over and why; `honours` tells praise from criticism."""

    title: str
    honours: bool
    units: tuple[str, ...]
    displaced: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GradeView:
    """A grade, and the least points that earn it."""

    name: str
    least: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """A file that was read; `name` is None where it is not to be made public."""

    name: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class RubricView:
    """What is to be known of the regulation; `grades` come best first, `period` are its first and last day."""

    id: str
    title: str
    subject: str
    sha256: str
    attributes: tuple[str, ...]
    period: tuple[str, str] | None
    grades: tuple[GradeView, ...]
    has_vetoes: bool
    has_selections: bool
    places: int
    total_places: int


@dataclass(frozen=True)
class ResultView:
    """A whole result, units in order of rank. What is `public` holds no persons, cases or reasons of sanctions."""

    rubric: RubricView
    evidence: tuple[SourceView, ...]
    units: tuple[UnitView, ...]
    excluded: tuple[AbsentView, ...]
    unscored: tuple[AbsentView, ...]
    selections: tuple[SelectionView, ...]
    diagnostics: tuple[Diagnostic, ...]
    public: bool

    @property
    def is_provisional(self) -> bool:
        """Whether ranks and selections may change (暂定), since units are not scored yet."""
        return bool(self.unscored)

    @cached_property
    def columns(self) -> tuple[ColumnView, ...]:
        """Give the columns of the ranking, as they are for whoever leads it."""
        return self.units[0].columns if self.units else ()
