"""The options that choose units (`--unit`, `--below`), and what is done with these: their lines, shown or in a file."""

import sys
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct

from dangjian_score.api.assessment import suffix
from dangjian_score.api.chosen import ChosenOnColumns, lines_file
from dangjian_score.api.columns import OnColumns
from dangjian_score.api.inputs import RubricFile
from dangjian_score.cli import screen
from dangjian_score.cli.scoring import check_known
from dangjian_score.cli.usage import bad_value
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dangjian_score.engine.result import UnitChoice, UnitResult
    from dangjian_score.report.view import ResultView

Unit = Annotated[list[str] | None, typer.Option("--unit", help="opt.unit", metavar="NAME")]
Below = Annotated[str | None, typer.Option("--below", help="opt.below", metavar="N")]
Lines = Annotated[str | None, typer.Option("--lines", help="opt.lines", metavar="FILE.parquet")]

MOST: Final = 100
"""Units that the screen shows where files hold all of them."""
_PIECE: Final = 1_000
"""What is laid out before it is printed."""


class Shown(Struct, frozen=True):
    """What the screen shows: of which units (None: all) the ranking, of which the details, and of how many at most."""

    names: Collection[str] | None
    detailed: "Iterable[UnitResult] | None"
    most: int | None
    most_detailed: int | None = None
    by_round: bool = False


class UnitsAsked(Struct, frozen=True):
    """The units that are asked about, and the file for their lines; `below` is as the user wrote it."""

    choice: "UnitChoice"
    below: str
    lines: Path | None

    @property
    def files(self) -> list[Path]:
        """The files that the user named."""
        return [] if self.lines is None else [self.lines]

    def of(self, view: "ResultView", words: Words) -> frozenset[str] | None:
        """Return the names of the units in a result; None where they are all. Exits where there is none of a name."""
        check_known("unit", self.choice.names, [unit.unit for unit in view.result.units], words)
        return self.choice.among(view.result.units)

    def written(self, view: "ResultView", names: Collection[str] | None, folder: Path) -> dict[Path, Path]:
        """Write the lines to a file in a folder, if they are asked for. Raises OutputError."""
        if self.lines is None:
            return {}
        units = ((unit.unit, unit.trace()) for unit in view.result.units if names is None or unit.unit in names)
        return {self.lines: lines_file(view, units, folder)}

    def remark(self, names: Collection[str] | None, words: Words) -> None:
        """Say that no unit is below the bound."""
        if names is not None and not names:
            screen.tell(words.text("nobody below", least=self.below))

    def on_columns(self, rubric: RubricFile, done: OnColumns, words: Words, folder: Path) -> ChosenOnColumns:
        """Return the units among those that columns scored. Exits where there is none of a name."""
        units = ChosenOnColumns(rubric, done, self.choice, words, folder)
        if self.choice.names and (missing := {*self.choice.names}.difference(units.names)):
            known = units.everybody
            check_known("unit", [name for name in self.choice.names if name in missing], known, words)
        return units


def asked_units(unit: Iterable[str] | None, below: str | None, lines: str | None) -> UnitsAsked:
    """Take what the user typed. Raises MisuseError."""
    from dangjian_score.core.points import read_number
    from dangjian_score.engine.result import UnitChoice

    least: Fraction | None = None if below is None else read_number(below)
    if below is not None and least is None:
        raise bad_value("--below", below, ["60", "59.5 …"])
    if lines is not None and suffix(Path(lines)) != "parquet":
        raise bad_value("--lines", lines, ["*.parquet"])
    return UnitsAsked(UnitChoice(tuple(unit or ()), least), below or "", None if lines is None else Path(lines))


def show(ctx: typer.Context, view: "ResultView", shown: Shown) -> None:
    """Print the ranking, what is said of all units, and the lines of some."""
    from dangjian_score.report.screen import Prose
    from dangjian_score.report.table import by_round, outcome, ranking

    screen.show([Prose(note) for note in (view.interim_note,) if note], ctx.color)
    screen.show([ranking(view, screen.width(sys.stdout), shown.names, shown.most)], ctx.color)
    screen.show(outcome(view, shown.most), ctx.color)
    if shown.by_round and view.stages:
        screen.show(by_round(view, shown.names), ctx.color)
    lines = _details(view, shown)
    while piece := [*islice(lines, _PIECE)]:
        screen.show(piece, ctx.color)


def _details(view: "ResultView", shown: Shown) -> "Iterator[RenderableType]":
    from dangjian_score.report.screen import Prose
    from dangjian_score.report.table import details

    if shown.detailed is None:
        return
    yield from details(view, screen.width(sys.stdout), islice(shown.detailed, shown.most_detailed))
    count = len(view.result.units if shown.names is None else shown.names)
    if shown.most_detailed is not None and count > shown.most_detailed:
        yield Prose(view.words.text("first units", shown=str(shown.most_detailed), count=str(count)))
