"""One view of a result for every format: the only place where a figure becomes text."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.result import Because, Line, NodeResult, Result, RoundResult, UnitResult
from dangjian_score.engine.selections import Displaced
from dangjian_score.facts import Cell
from dangjian_score.points import fixed, plain
from dangjian_score.rubric.model import KINDS
from dangjian_score.words.lines import line_text, which_names
from dangjian_score.words.say import Words


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of points, in text; `which` names the members of a list that counted."""

    rule: str
    verb: str
    before: str
    points: str
    clause: str | None
    text: str
    figures: dict[str, str]
    which: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeView:
    """A section, item or part, in text."""

    id: str
    title: str
    kind: str
    clause: str | None
    max: str | None
    start: str
    points: str
    lines: tuple[LineView, ...]
    nodes: tuple["NodeView", ...]
    applies: bool

    def below(self) -> Iterator["NodeView"]:
        """Visit this node and all below it, in the order of the text."""
        yield self
        for node in self.nodes:
            yield from node.below()


@dataclass(frozen=True, slots=True)
class RoundView:
    """A unit in one round, in text."""

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
class UnitView:
    """A unit, in text; `kinds` are its sums by kind of section."""

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


@dataclass(frozen=True, slots=True)
class SelectionView:
    """Who was chosen, and who was passed over and why."""

    title: str
    units: tuple[str, ...]
    displaced: tuple[tuple[str, str], ...]


def selections(result: Result, said: Words) -> tuple[SelectionView, ...]:
    """Write out every selection, in the order of the rubric."""
    return tuple(
        SelectionView(
            chosen.selection.title,
            chosen.units,
            tuple((one.unit, _passed_over(one, said)) for one in chosen.displaced),
        )
        for chosen in result.selections
    )


def _passed_over(one: Displaced, said: Words) -> str:
    return said.label("vetoed", titles="、".join(one.titles)) if one.why == "veto" else said.label(one.why)


def view(result: Result, said: Words) -> tuple[UnitView, ...]:
    """Write out every unit, in order of rank."""
    places = result.rubric.rounding.places
    return tuple(_Writer(places, said).unit(unit, result.rubric.total_places) for unit in result.units)


class _Writer:
    """Writes figures with the places of the rubric."""

    def __init__(self, places: int, said: Words) -> None:
        self._places, self._said = places, said

    def unit(self, unit: UnitResult, total_places: int) -> UnitView:
        return UnitView(
            unit=unit.unit,
            rank=unit.rank,
            total=fixed(unit.total, total_places),
            kinds={kind: self._points(unit.kinds[kind]) for kind in KINDS},
            grade=unit.grade,
            lines=tuple(self._line(line) for line in unit.lines),
            nodes=tuple(self._node(node) for node in unit.nodes),
            attributes=dict(unit.attributes),
            vetoes=unit.vetoes,
            selections=unit.selections,
            rounds={name: self._round(one) for name, one in unit.rounds.items()},
        )

    def _round(self, one: RoundResult) -> RoundView:
        return RoundView(
            weight=plain(one.weight),
            base=self._points(one.base),
            lines=tuple(self._line(line) for line in one.lines),
            nodes=tuple(self._node(node) for node in one.nodes),
        )

    def _node(self, node: NodeResult) -> NodeView:
        return NodeView(
            id=node.id,
            title=node.title,
            kind=node.kind,
            clause=node.clause,
            max=None if node.max is None else plain(node.max),
            start=plain(node.start),
            points=self._points(node.points),
            lines=tuple(self._line(line) for line in node.lines),
            nodes=tuple(self._node(lower) for lower in node.nodes),
            applies=node.applies,
        )

    def _line(self, line: Line) -> LineView:
        because = line.because
        figures = {**because.figures, **because.named, **line.figures} if because else dict(line.figures)
        if because and because.price is not None:
            figures["price"] = because.price
        return LineView(
            rule=line.rule,
            verb=line.verb,
            before=self._points(line.before),
            points=self._points(line.points),
            clause=line.clause,
            text=line_text(line, self._said),
            figures={name: plain(figure) for name, figure in figures.items()},
            which=which_names(line, self._said),
            cells=tuple(str(cell) for cell in (*line.cells, *(_cells(because) if because else ()))),
        )

    def _points(self, points: Fraction) -> str:
        return fixed(points, self._places)


def _cells(because: Because) -> Iterator[Cell]:
    """Name every cell a reason rests on: of events the one with the unit's name."""
    yield from (cell for fact in because.readings.values() for cell in fact.cells)
    yield from (slip.event.cell for slip in because.slips)
