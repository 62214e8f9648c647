"""What evidence says: facts, each with the cell it was read from. The engine takes these and nothing else."""

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from fractions import Fraction
from functools import cache, lru_cache
from operator import itemgetter
from typing import Literal

from msgspec import Struct, field

DAY, LEVEL, AMOUNT, PERSON, CASE = "日期", "级别", "数量", "人员", "案件"
"""Columns of every register: when an event was, its level, how often it counts, whom and what case it is about."""

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
    """Where something stands: `row` and `column` count from 1; a .csv has no sheet."""

    file: str
    sheet: str | None
    row: int
    column: int

    @property
    def address(self) -> str:
        """`F12`, as spreadsheets name it."""
        return f"{self.letters}{self.row}"

    @property
    def letters(self) -> str:
        """`F`, the column as spreadsheets name it."""
        return _letters(self.column)

    def __str__(self) -> str:
        return "!".join(filter(None, (self.file, self.sheet, self.address)))


class Fact(Struct, frozen=True):
    """One value with the cell it stands in. One that several cells make up lists them as its `parts`."""

    value: Value
    cell: Cell
    parts: tuple["Fact", ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell that had a say."""
        return tuple(cell for part in self.parts for cell in part.cells) if self.parts else (self.cell,)


Figures = tuple[Value | None, ...]
"""What stands in the places of a layout."""


class FactLayout(Struct, frozen=True, eq=False):
    """How the figures of units that are laid out alike follow each other: where each measure's stands among them.

    `spots` tells of each figure the file, the sheet, which of a unit's rows it stands in, and the column.
    """

    places: Mapping[str, int]
    spots: tuple[tuple[str, str | None, int, int], ...]


@lru_cache(maxsize=64)
def _picker(layout: FactLayout, names: tuple[str, ...]) -> tuple[Callable[[Figures], Figures], Mapping[str, int]]:
    """Make a function that picks figures, and tell where each name stands among them.

    For names that the layout has not, and twice at the end, it picks what is put behind the figures.
    """
    none = len(layout.spots)
    places = [layout.places.get(name, none) for name in names]
    return itemgetter(*places, none, none), {name: at for at, name in enumerate(names)}


class RowFacts(Mapping[str, Fact]):
    """The facts of a unit as the rows that they stand in: a fact and its cell are made when somebody asks for them.

    `rows` are the numbers of the rows, `figures` follow the layout; None where no fact stands, or one of the `others`.
    """

    __slots__ = ("_figures", "_layout", "_others", "_rows")

    def __init__(
        self,
        layout: FactLayout,
        rows: tuple[int, ...],
        figures: Figures,
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
        """Give the figures without making facts."""
        figures = self._figures
        own = {name: value for name, at in self._layout.places.items() if (value := figures[at]) is not None}
        return own | {name: fact.value for name, fact in self._others.items()} if self._others else own

    def picked(self, names: tuple[str, ...]) -> Figures:
        """Give the figures of these names without making facts; None where there is none."""
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
        """Add facts of other names."""
        return RowFacts(self._layout, self._rows, self._figures, {**self._others, **others}) if others else self

    def replaced(self, name: str, fact: Fact) -> "RowFacts":
        """Put another fact in the place of one, or add it."""
        figures, at = [*self._figures], self._layout.places.get(name)
        if at is not None:
            figures[at] = None
        return RowFacts(self._layout, self._rows, tuple(figures), {**self._others, name: fact})


class MadeFacts(Mapping[str, Fact]):
    """Facts by name, each of which is made when somebody asks for it."""

    __slots__ = ("_made", "_make", "_names")

    def __init__(self, names: Mapping[str, None], make: Callable[[str], Fact]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, Fact] = {}

    def __getitem__(self, name: str) -> Fact:
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


class _Values(Mapping[str, Value]):
    """The values of such facts."""

    __slots__ = ("_facts",)

    def __init__(self, facts: MadeFacts) -> None:
        self._facts = facts

    def __getitem__(self, name: str) -> Value:
        return self._facts[name].value

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


def values_of(facts: Mapping[str, Fact]) -> Mapping[str, Value]:
    """Give facts without their cells."""
    match facts:
        case RowFacts():
            return facts.values_by_name()
        case MadeFacts():
            return _Values(facts)
        case _:
            return {name: fact.value for name, fact in facts.items()}


def picked(facts: Mapping[str, Fact], names: tuple[str, ...]) -> Figures:
    """Give the values of these names; None where there is none."""
    if isinstance(facts, RowFacts):
        return facts.picked(names)
    return tuple(map(values_of(facts).get, names))


def replaced(facts: Mapping[str, Fact], name: str, fact: Fact) -> Mapping[str, Fact]:
    """Put another fact in the place of one, or add it."""
    return facts.replaced(name, fact) if isinstance(facts, RowFacts) else {**facts, name: fact}


AbsenceReason = Literal["blank", "absent", "abstained", "recused"]
"""Why an assessor gave no figure: nothing says why, 缺评, 弃权, 回避."""


class Absence(Struct, frozen=True):
    """A figure that an assessor did not give, and the cell where it would stand."""

    reason: AbsenceReason
    cell: Cell


class Event(Struct, frozen=True):
    """One row of a register: what happened, and what stands in its columns; blank columns are left out.

    `cell` is where the unit's name stands; `faults` are columns whose cells were reported as unusable.
    """

    register: str
    cell: Cell
    columns: Mapping[str, Fact]
    faults: frozenset[str] = frozenset()

    @property
    def values(self) -> Mapping[str, Value]:
        """The columns without their cells."""
        return values_of(self.columns)


class Ruling(Struct, frozen=True):
    """A committee's correction of one node's points."""

    node: str
    points: Fraction
    reason: str
    approver: str
    cell: Cell


class UnitFacts(Struct, frozen=True):
    """All that is known of one unit, for one round or for the whole.

    `cell` is where its name stands first, `blanks` are cells without a value, `faults` the measures whose cells were
    reported as unusable, `inapplicable` the cells that say 不适用. `assessed` holds the figures of several assessors,
    by measure and assessor; `absences` why those who might have given one did not. `entered` unless only a roster
    names the unit.
    `since` and `until` are the ordinal days between which the unit existed. `rounds` is the same for each round alone.
    """

    unit: str
    cell: Cell
    facts: Mapping[str, Fact]
    blanks: Mapping[str, Cell] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()
    inapplicable: Mapping[str, Cell] = field(default_factory=dict)
    assessed: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    absences: Mapping[str, Mapping[str, Absence]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    since: int | None = None
    until: int | None = None
    rounds: Mapping[str, "UnitFacts"] = field(default_factory=dict)
    entered: bool = True

    @property
    def values(self) -> Mapping[str, Value]:
        """The facts without their cells."""
        return values_of(self.facts)


def ballot(measure: str, level: str) -> str:
    """Name the fact that holds how many votes of a ballot went to a level."""
    return f"{measure}·{level}"


class Fate(IntEnum):
    """What became of a cell that holds something; of several that apply the last one here counts."""

    HEADING = 1
    PASSED_OVER = 2
    USED = 3
    SUPERSEDED = 4
    FAULTY = 5


class SourceFile(Struct, frozen=True):
    """A file that was read: its name without folders, the SHA-256 of its bytes, how many cells hold something.

    `fates` counts the cells by what became of them.
    """

    name: str
    sha256: str
    cells: int = 0
    fates: Mapping[Fate, int] = field(default_factory=dict)


Row = tuple[str, str | None, int]
"""A row of a sheet of a file; 0 stands for all rows of it that are not named themselves."""
Owners = tuple[tuple[int, str], ...]
"""Whose a row is: the column from which on, and the unit; several where tables stand side by side."""


class Evidence(Struct, frozen=True):
    """The merged evidence of all files, units in roster order where there is a roster.

    `columns` are the measures (and ballot levels) that some table had a column for, each with where its title stands;
    `has_register` tells whether any table was a register, if only its header; `rows` tells which unit a row is about.
    `misspelt` are units and measures that a misspelt name, reported elsewhere, most likely means.
    """

    sources: tuple[SourceFile, ...]
    units: tuple[UnitFacts, ...]
    columns: Mapping[str, Cell]
    has_register: bool = False
    rows: Mapping[Row, Owners] = field(default_factory=dict)
    misspelt: frozenset[str] = frozenset()
