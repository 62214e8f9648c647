"""Units that are asked about, and files with their lines."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian_score.api.columns import OnColumns
from dangjian_score.api.inputs import RubricFile
from dangjian_score.api.writing import unwritable

if TYPE_CHECKING:
    from dangjian_score.columnar.lines import ChosenUnits
    from dangjian_score.columnar.shown import OrderedUnits
    from dangjian_score.engine.result import Detail, UnitChoice, UnitResult
    from dangjian_score.report.view import ResultView
    from dangjian_score.words.say import Words


class ChosenOnColumns:
    """Units of those that columns scored, as the exact engine tells of them; `folder` holds what is large."""

    def __init__(self, rubric: RubricFile, done: OnColumns, choice: "UnitChoice", words: "Words", folder: Path) -> None:
        self._rubric, self._done, self._choice, self._words, self._folder = rubric, done, choice, words, folder

    @cached_property
    def _chosen(self) -> "ChosenUnits":
        from dangjian_score.columnar.lines import ChosenUnits

        return ChosenUnits(self._done.source, self._done.scored, self._choice, self._folder)

    @cached_property
    def _ordered(self) -> "OrderedUnits":
        from dangjian_score.columnar.shown import OrderedUnits

        return OrderedUnits(self._done.source, self._done.scored, self._chosen)

    @property
    def names(self) -> Sequence[str]:
        """Their names, in order of rank."""
        return self._ordered.names

    @property
    def everybody(self) -> Sequence[str]:
        """The names of all units, in order of rank."""
        return self._ordered.everybody

    def results(self) -> "Iterator[UnitResult]":
        """Visit their results, in order of rank."""
        return self._ordered.results()

    def view(self, most: int) -> "ResultView":
        """View the result with the first of these units, and of those that are named beside them."""
        from dangjian_score.report.view import OtherUnits, view_of

        summary = self._ordered.summary(most)
        view = view_of(summary.result, self._rubric.study.loaded.source, self._done.findings, self._words)
        return view.beside(OtherUnits(summary.absent, summary.are_rounded))

    def lines_file(self) -> Path:
        """Write their lines to a .parquet file."""
        from dangjian_score.engine.result import Result
        from dangjian_score.report.view import view_of

        result = Result(self._rubric.study.program.rubric, (), (), ())
        view = view_of(result, self._rubric.study.loaded.source, (), self._words)
        return lines_file(view, self._chosen.details(), self._folder)


def lines_file(view: "ResultView", units: "Iterable[tuple[str, Detail]]", folder: Path) -> Path:
    """Write the lines of units to a .parquet file in a folder. Raises OutputError where the extra is missing."""
    try:
        from dangjian_score.report.lines_parquet import write_lines
    except ImportError:
        raise unwritable("*.parquet", "columns extra") from None
    target = folder / "lines.parquet"
    write_lines(view, units, target)
    return target
