"""One view of a result for every format: the only place where a figure becomes text."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.result import Line, NodeResult, Result, UnitResult
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

    def below(self) -> Iterator["NodeView"]:
        """Visit this node and all below it, in the order of the text."""
        yield self
        for node in self.nodes:
            yield from node.below()


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
        )

    def _line(self, line: Line) -> LineView:
        because = line.because
        figures = dict(because.figures) if because else {}
        if because and because.price is not None:
            figures["price"] = because.price
        if line.limit is not None:
            figures["limit"] = line.limit
        return LineView(
            rule=line.rule,
            verb=line.verb,
            before=self._points(line.before),
            points=self._points(line.points),
            clause=line.clause,
            text=line_text(line, self._said),
            figures={name: plain(figure) for name, figure in figures.items()},
            which=which_names(line, self._said),
            cells=tuple(str(fact.cell) for fact in because.readings.values()) if because else (),
        )

    def _points(self, points: Fraction) -> str:
        return fixed(points, self._places)
