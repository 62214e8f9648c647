"""What a workbook to be filled in is made of, before anybody knows how cells are drawn. No rubric from here on."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

from dangjian_score.evidence.tables.columns import TableKind

Filled = str | Fraction | date
"""What is written into a cell beforehand."""


class ListedValues(Struct, frozen=True):
    """One of these, or suggestions where it is not `strict`; `wrong` is what a spreadsheet says of anything else."""

    values: tuple[str, ...]
    strict: bool = True
    wrong: str = ""


class FigureWithin(Struct, frozen=True):
    """A number within bounds; `positive` leaves 0 out, `instead` are words that may stand there instead."""

    kind: Literal["whole", "decimal", "percent"]
    least: Fraction | None = None
    most: Fraction | None = None
    positive: bool = False
    instead: tuple[str, ...] = ()
    wrong: str = ""


class Day(Struct, frozen=True):
    """A date, within a span where there is one; `instead` are words that may stand there instead."""

    first: date | None = None
    last: date | None = None
    instead: tuple[str, ...] = ()
    wrong: str = ""


class Free(Struct, frozen=True):
    """Any text."""


Check = ListedValues | FigureWithin | Day | Free


class PlanColumn(Struct, frozen=True):
    """A column: its title, what its cells may hold, what is said about it, what stands above it, how wide it is.

    Columns that are not `open` are written beforehand and only read; in `merged` ones like entries become one.
    """

    title: str
    check: Check = Free()
    note: str = ""
    heads: tuple[str, ...] = ()
    width: int = 12
    open: bool = True
    merged: bool = False


class PlanRow(Struct, frozen=True):
    """A row: what is written into it, columns that stay empty, and cells that are checked in a way of their own.

    `joined` are the first and the last of columns that are one cell.
    """

    cells: Mapping[str, Filled] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    checks: Mapping[str, Check] = field(default_factory=dict)
    joined: tuple[str, str] | None = None


class PlanGrid(Struct, frozen=True):
    """A table to be filled in, of a kind that readers of evidence know.

    `heads` name the rows above the header that say what its columns belong to; `above` are labels with what stands
    beside them, `notes` and then `below` stand under the last row; `kept` columns stay in view on the left; `spare`
    rows below the lines are drawn too, `beyond` more only checked. Lines alike in the first `whole` columns stand on
    one page.
    """

    kind: TableKind
    name: str
    title: str
    hint: str
    columns: tuple[PlanColumn, ...]
    lines: tuple[PlanRow, ...] = ()
    heads: tuple[str, ...] = ()
    above: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    below: str = ""
    kept: int = 1
    spare: int = 0
    beyond: int = 0
    whole: int = 0


class Part(Struct, frozen=True):
    """A heading with sentences, and a table below them; what rows below each other have alike at the end is one cell.

    `alike` is the column that this begins with, counted from 0.
    """

    heading: str
    sentences: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    alike: int | None = None


class Guide(Struct, frozen=True):
    """A sheet to be read: what to fill in, and how."""

    name: str
    title: str
    parts: tuple[Part, ...]
    widths: tuple[int, ...]


class WorkbookPlan(Struct, frozen=True):
    """A workbook."""

    title: str
    guide: Guide
    grids: tuple[PlanGrid, ...]
