"""Facts of the evidence, each with the cell it was read from: the input of the engine."""

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from fractions import Fraction
from functools import cache, lru_cache
from operator import itemgetter
from typing import Literal, TypeVar

from msgspec import Struct, field

Value = bool | Fraction | str
"""Yes or no; a figure (per cents as fractions of 1, dates as their ordinal day); a level's name."""


@cache
def _letters(column: int) -> str:
    letters, rest = "", column
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


class Cell(Struct, frozen=True, order=True):
    """A cell of a file: `row` and `column` count from 1; a .csv has no sheet.

    A place in a result file has a `path` instead of an address: keys and positions as `units/3/total`. Its `row` is the
    position of the unit from 1, or 0, so that places are in the order of the file.
    """

    file: str
    sheet: str | None
    row: int
    column: int
    path: str = ""

    @property
    def address(self) -> str:
        """The address, as `F12`, or the path."""
        return self.path or f"{self.letters}{self.row}"

    @property
    def letters(self) -> str:
        """The letters of the column, as `F`."""
        return _letters(self.column)

    def __str__(self) -> str:
        return "!".join(filter(None, (self.file, self.sheet, self.address)))


class Fact(Struct, frozen=True):
    """A value with its cell. A value that is made of several cells has their facts as `parts`."""

    value: Value
    cell: Cell
    parts: tuple["Fact", ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells that the value is made of."""
        return tuple(cell for part in self.parts for cell in part.cells) if self.parts else (self.cell,)


RowValues = tuple[Value | None, ...]
"""Values in the places of a layout."""


class FactLayout(Struct, frozen=True, eq=False):
    """The layout of the figures of units from the same tables: `places` is the index of each measure's figure.

    `spots` are the file, the sheet, the index among a unit's rows and the column of each figure.
    """

    places: Mapping[str, int]
    spots: tuple[tuple[str, str | None, int, int], ...]


@lru_cache(maxsize=64)
def _picker(layout: FactLayout, names: tuple[str, ...]) -> tuple[Callable[[RowValues], RowValues], Mapping[str, int]]:
    """Return a function that picks the figures of names, and the index of each name among them.

    For names that the layout lacks, and twice at the end, it picks the value appended to the figures.
    """
    none = len(layout.spots)
    places = [layout.places.get(name, none) for name in names]
    return itemgetter(*places, none, none), {name: at for at, name in enumerate(names)}


class RowFacts(Mapping[str, Fact]):
    """The facts of a unit, kept as rows: a fact and its cell are made on access.

    `rows` are row numbers, `figures` follow the layout; None where there is no fact, or where `others` has it.
    """

    __slots__ = ("_figures", "_layout", "_others", "_rows")

    def __init__(
        self,
        layout: FactLayout,
        rows: tuple[int, ...],
        figures: RowValues,
        others: Mapping[str, Fact],
    ) -> None:
        self._layout, self._rows, self._figures, self._others = layout, rows, figures, others

    def __getitem__(self, name: str) -> Fact:
        at = self._layout.places.get(name)
        value = None if at is None else self._figures[at]
        if at is None or value is None:
            return self._others[name]
        file, sheet, row, column = self._layout.spots[at]
        return Fact(value, Cell(file, sheet, self._rows[row], column))

    def __contains__(self, name: object) -> bool:
        at = self._layout.places.get(name) if isinstance(name, str) else None
        return (at is not None and self._figures[at] is not None) or name in self._others

    def __iter__(self) -> Iterator[str]:
        yield from (name for name, at in self._layout.places.items() if self._figures[at] is not None)
        yield from self._others

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def values_by_name(self) -> dict[str, Value]:
        """Return the values by name without making facts."""
        figures = self._figures
        own = {name: value for name, at in self._layout.places.items() if (value := figures[at]) is not None}
        return own | {name: fact.value for name, fact in self._others.items()} if self._others else own

    def picked(self, names: tuple[str, ...]) -> RowValues:
        """Return the values of names without making facts; None where there is none."""
        pick, places = _picker(self._layout, names)
        figures = pick((*self._figures, None))[:-2]
        if not self._others:
            return figures
        changed = [*figures]
        for name, fact in self._others.items():
            if (at := places.get(name)) is not None:
                changed[at] = fact.value
        return tuple(changed)

    def joined(self, others: Mapping[str, Fact]) -> "RowFacts":
        """Return the facts with others added."""
        return RowFacts(self._layout, self._rows, self._figures, {**self._others, **others}) if others else self

    def replaced(self, name: str, fact: Fact) -> "RowFacts":
        """Return the facts with one replaced or added."""
        figures, at = [*self._figures], self._layout.places.get(name)
        if at is not None:
            figures[at] = None
        return RowFacts(self._layout, self._rows, tuple(figures), {**self._others, name: fact})


T = TypeVar("T")


class Made(Mapping[str, T]):
    """Values by name, made on first access."""

    __slots__ = ("_made", "_make", "_names")

    def __init__(self, names: Mapping[str, None], make: Callable[[str], T]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class MadeFacts(Made[Fact]):
    """Facts by name, made on first access."""

    def values_by_name(self) -> Made[Value]:
        """Return the values, made on first access too."""
        return Made(self._names, lambda name: self[name].value)


def values_of(facts: Mapping[str, Fact]) -> Mapping[str, Value]:
    """Return facts without their cells."""
    if isinstance(facts, RowFacts | MadeFacts):
        return facts.values_by_name()
    return {name: fact.value for name, fact in facts.items()}


def picked(facts: Mapping[str, Fact], names: tuple[str, ...]) -> RowValues:
    """Return the values of names; None where there is none."""
    if isinstance(facts, RowFacts):
        return facts.picked(names)
    return tuple(map(values_of(facts).get, names))


def replaced(facts: Mapping[str, Fact], name: str, fact: Fact) -> Mapping[str, Fact]:
    """Return facts with one replaced or added."""
    return facts.replaced(name, fact) if isinstance(facts, RowFacts) else {**facts, name: fact}


def joined(facts: Mapping[str, Fact], others: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """Return facts with others added."""
    return facts.joined(others) if isinstance(facts, RowFacts) else {**facts, **others}


AbsenceReason = Literal["blank", "absent", "abstained", "recused"]
"""Why an assessor gave no figure: blank cell, 缺评, 弃权, 回避."""


class Absence(Struct, frozen=True):
    """A figure that an assessor did not give, and its cell."""

    reason: AbsenceReason
    cell: Cell


class ResultSection(Struct, frozen=True):
    """A section of a result that is evidence, with its points."""

    id: str
    title: str
    points: Fraction


class ResultUnit(Struct, frozen=True):
    """A unit of a result that is evidence: the figure that is read of it, its total and its sections.

    `cell` is the place of the figure; `figure` is None where the result has none for the unit.
    """

    unit: str
    cell: Cell
    figure: Fraction | None
    total: Fraction | None = None
    sections: tuple[ResultSection, ...] = ()


class TakenFigure(Struct, frozen=True):
    """The figure of a measure that was read from a result of another rubric, and the units that it is made of.

    `of` is `total`, `rate` or the id of a node, with its title; `combine` says how several `units` make one figure.
    `left_out` are those that do not enter it: 不参评 there, or the node is not for them.
    """

    rubric: str
    of: str
    title: str
    value: Fraction
    units: tuple[ResultUnit, ...]
    combine: Literal["mean", "sum"] | None = None
    left_out: tuple[ResultUnit, ...] = ()


NotTakenReason = Literal["missing", "excluded", "inapplicable", "nobody"]
"""Why a result has no figure for a unit: it does not list the unit, the unit is 不参评, the node is not for it; no unit
below it is left."""


class NotTaken(Struct, frozen=True):
    """A figure that a result does not have for a unit, and the place where it would stand."""

    reason: NotTakenReason
    cell: Cell


class Explanation(Struct, frozen=True):
    """What an examiner wrote about a figure (扣分原因), and its cell; `assessor` gave the figure where several do."""

    text: str
    cell: Cell
    assessor: str | None = None


class MissingReason(Struct, frozen=True):
    """A reason that nobody wrote: its cell, the title of its column, and what stands there and says nothing (同上)."""

    cell: Cell
    column: str
    found: str


class Event(Struct, frozen=True):
    """One row of a register with the facts of its columns, without blank ones.

    `cell` is that of the unit's name; `faults` are columns whose cells were reported as unusable; `explanation` is
    kept where its figure is judged, `unexplained` where there is none.
    """

    register: str
    cell: Cell
    columns: Mapping[str, Fact]
    faults: frozenset[str] = frozenset()
    explanation: Explanation | None = None
    unexplained: MissingReason | None = None

    @property
    def values(self) -> Mapping[str, Value]:
        """The columns without their cells."""
        return values_of(self.columns)


class Ruling(Struct, frozen=True):
    """A correction of the points of a node by a committee."""

    node: str
    points: Fraction
    reason: str
    approver: str
    cell: Cell


class GradeRuling(Struct, frozen=True):
    """The grade that a committee fixed for a unit (审定等次); `day` is the ordinal of the day of its meeting."""

    grade: str
    meeting: str
    day: int
    reason: str
    approver: str
    cell: Cell


class UnitFacts(Struct, frozen=True):
    """The evidence of one unit, for one round or for the whole.

    `cell` is the first cell with its name, `blanks` are cells without a value, `faults` the measures whose cells were
    reported as unusable, `inapplicable` the cells with 不适用. `assessed` are the figures of assessors by measure and
    assessor, `absences` the reasons of missing ones, `categories` the categories of assessors; `explanations` are what
    examiners wrote about judged measures, `unexplained` where they wrote nothing. `entered` is false where
    only a roster names the unit. `since` and `until` are the ordinal days between which the unit existed. `rounds` is
    the same for each round alone, `apart` for what is given without a round. `grade_ruling` is given of the whole
    alone. `taken` tells of figures from results of other rubrics, by measure, `not_taken` why there is none.
    """

    unit: str
    cell: Cell
    facts: Mapping[str, Fact]
    blanks: Mapping[str, Cell] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()
    inapplicable: Mapping[str, Cell] = field(default_factory=dict)
    assessed: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    absences: Mapping[str, Mapping[str, Absence]] = field(default_factory=dict)
    categories: Mapping[str, Fact] = field(default_factory=dict)
    explanations: Mapping[str, tuple[Explanation, ...]] = field(default_factory=dict)
    unexplained: Mapping[str, tuple[MissingReason, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    grade_ruling: GradeRuling | None = None
    since: int | None = None
    until: int | None = None
    rounds: Mapping[str, "UnitFacts"] = field(default_factory=dict)
    apart: "UnitFacts | None" = None
    entered: bool = True
    taken: Mapping[str, TakenFigure] = field(default_factory=dict)
    not_taken: Mapping[str, NotTaken] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, Value]:
        """The facts without their cells."""
        return values_of(self.facts)


def ballot(measure: str, level: str) -> str:
    """Return the name of the fact that holds the votes of a ballot for a level."""
    return f"{measure}·{level}"


class Fate(IntEnum):
    """What became of a cell with content; of several that apply the last in this order counts."""

    HEADING = 1
    PASSED_OVER = 2
    USED = 3
    SUPERSEDED = 4
    FAULTY = 5


class SourceFile(Struct, frozen=True):
    """A file that was read: name without folders, SHA-256, number of cells with content.

    `fates` are the numbers of cells by what became of them.
    """

    name: str
    sha256: str
    cells: int = 0
    fates: Mapping[Fate, int] = field(default_factory=dict)


class RubricSource(SourceFile, frozen=True, kw_only=True):
    """The file of a rubric; `rules` is the SHA-256 of its keys and values, without its title and period."""

    rules: str


Row = tuple[str, str | None, int]
"""File, sheet and row; row 0 stands for all rows of the sheet that are not listed."""
Owners = tuple[tuple[int, str], ...]
"""The units of a row: first column and unit; several where tables are side by side, or share an event."""


class Evidence(Struct, frozen=True):
    """The merged evidence of all files, units in roster order where there is a roster.

    `columns` are the measures (and ballot levels) with a column in some table, with the cell of the title.
    `has_register` is true where any table was a register, even an empty one; `rows` are the units of rows. `misspelt`
    are the units and measures that misspelt names, which are reported elsewhere, most likely mean.
    """

    sources: tuple[SourceFile, ...]
    units: tuple[UnitFacts, ...]
    columns: Mapping[str, Cell]
    has_register: bool = False
    rows: Mapping[Row, Owners] = field(default_factory=dict)
    misspelt: frozenset[str] = frozenset()

    @property
    def first_file(self) -> str:
        """The file that stands for all where something was not handed in: a table rather than a result."""
        return min((source.name.lower().endswith(".json"), source.name) for source in self.sources)[1]
