"""A result told as one view: the only place where a figure becomes text, and where what is not public stays out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.diagnostics import Diagnostic, of_results
from dangjian_score.engine.result import Excluded, Line, NodeResult, Result, RoundResult, UnitResult, Unscored
from dangjian_score.engine.selections import Displaced
from dangjian_score.engine.verdict import best_grades
from dangjian_score.facts import Source
from dangjian_score.points import fixed, plain, rounded
from dangjian_score.report.view import (
    AbsentView,
    GradeView,
    LineView,
    NodeView,
    ResultView,
    RoundView,
    RubricView,
    SelectionView,
    SourceView,
    Told,
    UnitView,
)
from dangjian_score.rubric.model import KINDS, Rubric
from dangjian_score.words.lines import line_text, which_names
from dangjian_score.words.public import public_line, public_text
from dangjian_score.words.say import Words


def tell(
    result: Result, source: Source, diagnostics: Iterable[Diagnostic], said: Words, *, public: bool = False
) -> ResultView:
    """Write a result out. Made `public` it leaves out persons, cases and reasons of sanctions, and all that names them.

    `source` is the file of the rubric.
    """
    teller = _Teller(result.rubric, said, public=public)
    return ResultView(
        rubric=rubric_view(result.rubric, source),
        evidence=tuple(SourceView(None if public else one.name, one.sha256) for one in result.evidence),
        units=tuple(teller.unit(unit) for unit in result.units),
        excluded=tuple(teller.excluded(one) for one in result.excluded),
        unscored=tuple(_unscored(one) for one in result.unscored),
        selections=tuple(teller.selections(result)),
        diagnostics=() if public else of_results(diagnostics),
        public=public,
    )


def rubric_view(rubric: Rubric, source: Source) -> RubricView:
    """Write out what is to be known of the regulation."""
    grades = rubric.grades
    period = rubric.period
    return RubricView(
        id=rubric.rubric,
        title=rubric.title,
        subject=rubric.subject,
        sha256=source.sha256,
        attributes=rubric.attributes,
        period=None if period is None else (period.from_.isoformat(), period.to.isoformat()),
        grades=tuple(GradeView(name, plain(grades[name].at_least)) for name in best_grades(grades)),
        has_vetoes=bool(rubric.vetoes),
        has_selections=bool(rubric.selections),
        places=rubric.shown_places,
        total_places=rubric.total_places,
    )


def _unscored(one: Unscored) -> AbsentView:
    return AbsentView(one.unit, dict(one.attributes), one.problems)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes figures with the places of the rubric."""

    rubric: Rubric
    said: Words
    public: bool

    def unit(self, unit: UnitResult) -> UnitView:
        detail = unit.trace()
        return UnitView(
            unit=unit.unit,
            rank=unit.rank,
            total=fixed(unit.total, self.rubric.total_places),
            kinds={kind: self._points(unit.kinds[kind]) for kind in KINDS},
            grade=unit.grade,
            lines=tuple(map(self._line, detail.lines)),
            nodes=self._nodes(detail.nodes),
            attributes=dict(unit.attributes),
            vetoes=self._titles(unit.vetoes),
            selections=unit.selections,
            rounds={name: self._round(one) for name, one in detail.rounds.items()},
        )

    def excluded(self, one: Excluded) -> AbsentView:
        return AbsentView(one.unit, dict(one.attributes), () if self.public else one.why)

    def selections(self, result: Result) -> Iterator[SelectionView]:
        for chosen in result.selections:
            displaced = tuple((one.unit, self._passed_over(one)) for one in chosen.displaced)
            yield SelectionView(chosen.selection.title, chosen.selection.honours, chosen.units, displaced)

    def _passed_over(self, one: Displaced) -> str:
        if one.why != "veto":
            return self.said.label(one.why)
        return self.said.label("vetoed", titles="" if self.public else "、".join(one.titles))

    def _titles(self, vetoes: tuple[str, ...]) -> tuple[str, ...]:
        return (self.said.label("veto"),) if self.public and vetoes else vetoes

    def _round(self, one: RoundResult) -> RoundView:
        return RoundView(
            weight=plain(one.weight),
            base=self._points(one.base),
            lines=tuple(map(self._line, one.lines)),
            nodes=self._nodes(one.nodes),
        )

    def _nodes(self, nodes: Iterable[NodeResult]) -> tuple[NodeView, ...]:
        return tuple(map(self._node, nodes))

    def _node(self, node: NodeResult) -> NodeView:
        """Write a node out; of sections that take points the public sees the sum alone."""
        hidden = self.public and node.kind in ("penalty", "adjust")
        return NodeView(
            id=node.id,
            title=node.title,
            kind=node.kind,
            clause=node.clause,
            max=None if node.max is None else plain(node.max),
            due=None if node.due is None else plain(node.due),
            start=plain(node.start),
            points=self._points(node.points),
            lines=() if hidden else tuple(map(self._line, node.lines)),
            nodes=() if hidden else self._nodes(node.nodes),
            applies=node.applies,
            criterion=node.criterion,
        )

    def _line(self, line: Line) -> LineView:
        line = public_line(line) if self.public else line
        return LineView(
            rule=line.rule,
            verb=line.verb,
            before=self._points(line.before),
            points=self._points(line.points),
            clause=line.clause,
            text=public_text(line, self.said) if self.public else line_text(line, self.said),
            figures={name: plain(figure) for name, figure in _figures(line).items()},
            which=() if self.public else which_names(line, self.said),
            cells=() if self.public else tuple(map(str, line.cells)),
        )

    def _points(self, points: Fraction) -> str:
        places = self.rubric.shown_places
        return fixed(rounded(points, places), places)


def _figures(line: Line) -> Mapping[str, Fraction]:
    because = line.because
    if because is None:
        return line.figures
    price = {} if because.price is None else {"price": because.price}
    return {**because.figures, **because.named, **line.figures, **price}


def place_of(told: Told, said: Words) -> str:
    """Say at what a line stands: an item, a round, or the whole."""
    if told.node is None:
        return told.round or said.label(told.line.rule)
    item = f"{told.node.id} {told.node.title}"
    return f"{told.round}  {item}" if told.round else item


def cells_of(line: LineView) -> str:
    """Name a line's cells; those of one sheet share its name."""
    sheets: dict[str, list[str]] = {}
    for cell in line.cells:
        sheet, _, address = cell.rpartition("!")
        sheets.setdefault(sheet, []).append(address)
    return " ".join(f"{sheet}!{' '.join(addresses)}" for sheet, addresses in sheets.items())
