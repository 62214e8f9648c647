"""Rows of integers for units: which value is in which slot, over which denominator."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, Literal, NoReturn

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Value
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass

Atom = int | tuple[int, int] | Value | None
"""A value of a row: a numerator over the denominator of its slot, a pair, an answer or level, or None."""

Row = tuple[Atom, ...]
"""The values of one unit in one pass."""

Raw = Sequence[Value | None]
"""The values of a row as they were read."""

LARGEST: Final = 10**18
"""Largest common denominator of the figures of a column."""


class OddCaseError(Exception):
    """Raised by compiled functions for a unit that `engine.exact` has to evaluate."""


def odd() -> NoReturn:
    """Raise `OddCaseError`."""
    raise OddCaseError


class RowColumns(Struct, frozen=True):
    """The columns of rows: measures, then figures that are known beforehand."""

    measures: tuple[str, ...]
    known: tuple[str, ...]

    def raw(self, values: Mapping[str, Value], known: Mapping[str, Fraction]) -> tuple[Value | None, ...]:
        """Return the values of one unit; None where it has none."""
        return (*map(values.get, self.measures), *map(known.get, self.known))


class RowSlot(Struct, frozen=True):
    """One slot of a row; with `gaps` some unit has no value there.

    `scaled` figures are numerators over `denominator`, `pairs` have their own denominators, `answers` (and levels) are
    unchanged.
    """

    form: Literal["scaled", "pairs", "answers"]
    denominator: int
    gaps: bool


class RowLayout(Struct, frozen=True):
    """The places of a row: one for each name, in the order of the columns."""

    columns: RowColumns
    slots: tuple[RowSlot, ...]

    def row(self, raw: Raw) -> Row:
        """Return the row of another unit. Raises `OddCaseError` where a value does not fit."""
        return tuple(map(_atom, self.slots, raw))


def laid_out(columns: RowColumns, raw: Sequence[Raw], finest: int = 1) -> tuple[RowLayout, list[Row]]:
    """Return the layout and rows of units; figures that are multiples of 1 ÷ `finest` fit the layout too."""
    found = list(zip(*raw, strict=True)) if raw else [()] * len(columns.measures + columns.known)
    laid = [_column(column, finest) for column in found]
    rows: list[Row] = list(zip(*(atoms for _, atoms in laid), strict=True)) if laid else [()] * len(raw)
    return RowLayout(columns, tuple(slot for slot, _ in laid)), rows


def _column(values: Raw, finest: int) -> tuple[RowSlot, Sequence[Atom]]:
    """Return the slot and values of one column; equal figure objects are converted once."""
    keys = list(map(id, values))
    distinct = dict(zip(keys, values, strict=True))
    gaps = distinct.pop(id(None), ()) is None
    figures = {key: value for key, value in distinct.items() if type(value) is Fraction}
    if not figures or len(figures) < len(distinct):
        return RowSlot("answers", 1, gaps), values
    slot = RowSlot(*_scale(figures.values(), finest), gaps)
    atoms: dict[int, Atom] = {key: _figure(slot, value) for key, value in figures.items()}
    atoms[id(None)] = None
    return slot, list(map(atoms.__getitem__, keys))


def _scale(figures: Iterable[Fraction], denominator: int) -> tuple[Literal["scaled", "pairs"], int]:
    """Return the least common denominator, or pairs where it is above `LARGEST`."""
    for each in {figure.denominator for figure in figures}:
        denominator = lcm(denominator, each)
        if denominator > LARGEST:
            return "pairs", 1
    return "scaled", denominator


def _figure(slot: RowSlot, value: Fraction) -> Atom:
    if slot.form == "pairs":
        return value.as_integer_ratio()
    return value.numerator * (slot.denominator // value.denominator)


def _atom(slot: RowSlot, value: Value | None) -> Atom:
    if value is None:
        return None if slot.gaps else odd()
    if type(value) is Fraction:
        fits = slot.form != "answers" and slot.denominator % value.denominator == 0
        return _figure(slot, value) if fits or slot.form == "pairs" else odd()
    return value if slot.form == "answers" else odd()


def columns_of(program: Program, part: Pass) -> RowColumns:
    """Return the columns that the steps of a pass, and the conditions asked in it, read."""
    done = {other.at(step.name) for other in program.passes for step in other.steps}
    done |= {step.name for step in (*part.steps, *program.closing)}
    return columns_read((step.expr for step in (*part.steps, *program.asks[part.key])), done)


def columns_read(trees: Iterable[a.Tree], steps: Collection[str] = ()) -> RowColumns:
    """Return the columns that trees read: measures, figures known beforehand, and references that are not `steps`."""
    measures, known = dict[str, None](), dict[str, None]()
    todo = [*trees][::-1]
    while todo:
        match tree := todo.pop():
            case a.Read(measure) | a.Yes(measure) | a.Is(measure) | a.Entered(measure):
                measures[measure] = None
            case a.Tally(name) | a.Grouped(name) | a.Statistic(name) | a.Placing(name):
                known[name] = None
            case a.Ref(name):
                known |= {} if name in steps else {name: None}
            case _:
                todo.extend(reversed(a.children(tree)))
    return RowColumns(tuple(measures), tuple(known))
