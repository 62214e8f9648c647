"""Tables of bounds: 95%以上得5分，90%—95%得3分，其余不得分."""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.core.points import plain
from dangjian_score.draft.grammar.phrases import ClausePhrase
from dangjian_score.draft.reading import Rule, Value

Basis = Literal["at_least", "below", "above", "at_most"]


class Bound(Struct, frozen=True):
    """A single bound, as a condition."""

    bound: dict[str, Value]


Table = tuple[Rule, Basis | Bound]
"""What a rule gives or takes, and how its bounds are read."""


def table(phrases: Sequence[ClausePhrase], most: Fraction | None) -> list[Table] | None:
    """Read rows of one table; `most` is what 满分 means. None where they do not fit together."""
    rows = [row for phrase in phrases if (row := _row(phrase, most)) is not None]
    if len(rows) != len(phrases):
        return None
    takes = [row.takes for row in rows if row.points is not None and row.points > 0]
    if not takes:
        return None if any(row.points is not None for row in rows) else _forfeits(rows)
    if len(set(takes)) > 1:
        return None
    return _taking(rows) if takes[0] else _giving(rows)


class _Row(Struct, frozen=True):
    """From `low` on (or `over` it), below `high`; points None are all of them for what is taken."""

    low: Fraction | None
    high: Fraction | None
    over: Fraction | None
    points: Fraction | None
    takes: bool
    percent: bool
    exactly: bool = False


def _row(phrase: ClausePhrase, most: Fraction | None) -> _Row | None:
    if phrase.full and most is None and not _FREE.search(phrase.text):
        return None
    low, high, over = phrase.low, phrase.high, phrase.over
    if phrase.kind == "each":
        low = Fraction(1)
    points = phrase.points
    takes = phrase.takes
    if phrase.full:
        points, takes = (Fraction(0), True) if _FREE.search(phrase.text) else (most, False)
    elif phrase.none or phrase.kind == "nothing":
        points = None
    return _Row(low, high, over, points, takes, phrase.unit == "%")


_FREE: Final = re.compile("不[扣减]")


def _figure(value: Fraction, row: _Row) -> str:
    return f"{plain(value)}%" if row.percent else plain(value)


def _forfeits(rows: list[_Row]) -> list[Table] | None:
    if len(rows) != 1:
        return None
    bound = _bound(rows[0])
    return None if bound is None else [({"forfeit": True}, bound)]


def _bound(row: _Row) -> Bound | None:
    def figure(value: Fraction) -> str | Fraction:
        return _figure(value, row) if row.percent else value

    bound: dict[str, Value] = {}
    if row.over is not None:
        bound["above"] = figure(row.over)
    if row.low is not None:
        bound["at_least"] = figure(row.low)
    if row.high is not None:
        bound["below"] = figure(row.high)
    return Bound(bound) if bound else None


def _giving(rows: list[_Row]) -> list[Table] | None:
    """Read rows that give points: {95%: 5, 90%: 3}, what lies below all bounds as `else`."""
    if len(rows) == 1:
        return _single(rows[0], "award")
    lows = [row for row in rows if row.low is not None]
    rest = [row for row in rows if row.low is None]
    steps = sorted(lows, key=lambda row: row.low or 0, reverse=True)
    if any(row.over is not None for row in rows) or len(rest) > 1 or steps not in (lows, lows[::-1]):
        return None
    for above, row in zip(steps, [*steps[1:], *rest], strict=False):
        if row.high is not None and row.high != above.low and not _next_to(row.high, above):
            return None
    if any(row.points is None for row in steps[:-1]) or len({row.low for row in steps}) < len(steps):
        return None
    given = [row.points or Fraction(0) for row in (*steps, *rest)]
    if given != sorted(given, reverse=True) and given != sorted(given):
        return None
    points: dict[str, Value] = {
        _figure(row.low, row): row.points for row in steps if row.low is not None and row.points is not None
    }
    action: Rule = {"award": points}
    if rest and rest[0].points:
        action["else"] = rest[0].points
    return [(action, "at_least")]


def _single(row: _Row, verb: Literal["award", "deduct"]) -> list[Table] | None:
    """Read a row that stands alone, as a condition."""
    bound = _bound(row)
    action: Rule = {"forfeit": True} if row.points is None else {verb: row.points}
    return None if bound is None else [(action, bound)]


def _next_to(high: Fraction, above: _Row) -> bool:
    """Return whether whole numbers join: 80—89 below 90."""
    return above.low is not None and high.denominator == 1 and above.low - high <= 1 and above.low > high


def _taking(rows: list[_Row]) -> list[Table] | None:
    """Read rows that take points: by the figure they lie below, or by the one they reach."""
    if (steps := _steps_down(rows)) is not None:
        return steps
    costly = [row for row in rows if row.points is None or row.points > 0]
    if len(costly) == 1:
        return _single(costly[0], "deduct")
    if all(row.high is not None and row.over is None for row in costly):
        ordered = sorted(costly, key=lambda row: row.high or 0, reverse=True)
        joined = all(row.low is None or row.low == after.high for row, after in pairwise(ordered))
        below = {_figure(row.high, row): _cost(row) for row in ordered if row.high is not None}
        return [({"deduct": below}, "below")] if joined and ordered[-1].low is None else None
    if all(row.low is not None and row.over is None for row in costly):
        ordered = sorted(costly, key=lambda row: row.low or 0)
        reached = {_figure(row.low, row): _cost(row) for row in ordered if row.low is not None}
        return [({"deduct": reached}, "at_least")]
    return None


def _steps_down(rows: list[_Row]) -> list[Table] | None:
    """Read rows that each take more than the one above: 95%以上不扣，90%以上扣1分，90%以下扣3分; None for others."""
    first, *others = rows
    *middle, last = others or [first]
    if first.points != 0 or not middle or last.low is not None or last.high != middle[-1].low:
        return None
    lows = [row.low for row in (first, *middle)]
    if None in lows or lows != sorted(filter(None, lows), reverse=True) or any(row.high for row in middle):
        return None
    bounds = zip((first, *middle), (*middle, last), strict=True)
    return [({"deduct": {_figure(above.low or Fraction(0), above): _cost(row) for above, row in bounds}}, "below")]


def _cost(row: _Row) -> Value:
    return "all" if row.points is None else row.points
