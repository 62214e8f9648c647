"""What evidence says: facts, each with the cell it was read from. The engine takes these and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Value = bool | Fraction | str
"""Yes or no; a figure (per cents as fractions of 1, dates as their ordinal day); a level's name."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where something stands: `row` and `column` count from 1; a .csv has no sheet."""

    file: str
    sheet: str | None
    row: int
    column: int

    @property
    def address(self) -> str:
        """`F12`, as spreadsheets name it."""
        letters, rest = "", self.column
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return f"{letters}{self.row}"

    def __str__(self) -> str:
        return "!".join(part for part in (self.file, self.sheet, self.address) if part)


@dataclass(frozen=True, slots=True)
class Fact:
    """One measure's value for one unit."""

    value: Value
    cell: Cell


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """All that is known of one unit.

    `cell` is where its name stands first, `blanks` are cells without a value, `faults` the measures whose cells were
    reported as unusable.
    """

    unit: str
    cell: Cell
    facts: Mapping[str, Fact]
    blanks: Mapping[str, Cell]
    faults: frozenset[str]

    @property
    def values(self) -> dict[str, Value]:
        """The facts without their cells."""
        return {name: fact.value for name, fact in self.facts.items()}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its name without folders, and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The merged evidence of all files; `columns` are the measures that some table had a column for."""

    sources: tuple[Source, ...]
    units: tuple[UnitFacts, ...]
    columns: frozenset[str]
