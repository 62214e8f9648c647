"""加减分明细 as rows: what each line of points says, shaped once for all lines that say the same."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final, Generic, TypeVar

from msgspec import Struct

from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine.result import Because, Detail, NodeResult, PointsLine
from dangjian_score.report.view import ResultView, cells_of

_LIMITS: Final = {"floor": "limit floor", "ceiling": "limit ceiling"}

T = TypeVar("T")


class LineRow(Struct, frozen=True):
    """A line of points, its unit and its cells aside.

    `item` is the id of its node, None where the line is about a whole, which `title` then names. `before` are the
    points before the limit of its rule, None where that did not bite; `missing` those that an award could still have
    given, None where there are none. Points that rounding moved are `whole`: they would be rounded themselves.
    """

    round: str | None
    clause: str | None
    item: str | None
    title: str
    text: str | None
    before: Fraction | None
    points: Fraction
    missing: Fraction | None
    limit: str | None
    whole: bool


class LineRows(Generic[T]):
    """Makes the rows of lines, shaped for a format; lines that share a reason and move the same say the same."""

    def __init__(self, view: ResultView, shaped: Callable[[LineRow], T]) -> None:
        self._view, self._shaped = view, shaped
        self._known: BoundedCache[tuple[int, str, tuple[tuple[int, int], ...]], tuple[Because, T]] = BoundedCache()

    def of(self, detail: Detail) -> Iterator[tuple[T, str | None]]:
        """Visit the rows of a unit, each with its cells."""
        for round_, node, line in detail.all_lines():
            yield self._row(round_, node, line), cells_of(line) or None

    def _row(self, round_: str | None, node: NodeResult | None, line: PointsLine) -> T:
        because = line.because
        if because is None or because.events or because.groups:
            return self._shaped(self._plain(round_, node, line))
        figures = tuple(figure.as_integer_ratio() for figure in (line.before, line.points, line.missing))
        key = (id(because), line.verb, figures)
        known = self._known.get(key)
        if known is None:
            known = self._known.keep(key, (because, self._shaped(self._plain(round_, node, line))))
        return known[1]

    def _plain(self, round_: str | None, node: NodeResult | None, line: PointsLine) -> LineRow:
        words = self._view.words
        limit = _LIMITS.get(line.verb, "limit rule" if line.is_capped else None)
        return LineRow(
            round_,
            line.clause,
            None if node is None else node.id,
            words.text(line.rule) if node is None else node.title,
            self._view.text(line) or None,
            line.before if line.is_capped else None,
            line.points,
            line.missing or None,
            None if limit is None else words.text(limit),
            line.verb == "rounding",
        )
