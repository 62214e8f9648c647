"""The formulas of random rubrics as a workbook, each step in a cell of its own.

Sheet 证据 holds the facts and sheet 计分 the steps, one row a unit, the same row on both. LibreOffice forgives most
errors of floats by itself; other programs do not, so the guards of the formulas are pinned as text in the tests.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from dangjian_score.core.facts import Value, ballot
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.formulas import DAYS, NO, YES, Formulas
from dangjian_score.engine.program import Program

FACTS, POINTS = "证据", "计分"


def formulas(row: int, facts: Mapping[str, int], steps: Mapping[str, int]) -> Formulas:
    """Look things up in one row, by the columns they stand in."""

    def fact(measure: str) -> str:
        return f"'{FACTS}'!{get_column_letter(facts[measure])}{row}"

    return Formulas(fact, fact, lambda step: f"{get_column_letter(steps[step])}{row}")


def _entry(value: Value) -> float | str:
    if isinstance(value, bool):
        return YES if value else NO
    return float(value) if isinstance(value, Fraction) else value


class Book:
    """A workbook of many rubrics, each a block of rows: a header, then its units."""

    def __init__(self) -> None:
        self._book = Workbook()
        self._facts = self._book.worksheets[0]
        self._facts.title = FACTS
        self._points = self._book.create_sheet(POINTS)
        self._row = 0

    def add(self, program: Program, units: Sequence[Mapping[str, Value]]) -> dict[str, list[tuple[int, int]]]:
        """Write a block; say for each step in which cells (row, column) of 计分 its values stand, unit by unit."""
        known = catalogue(program)
        votes = [ballot(measure, level) for measure, levels in known.ballots.items() for level in levels]
        votes += (ballot(measure, column) for measure, column in sorted(known.turnout))
        facts = {name: at for at, name in enumerate((*known.measures, *votes), start=1)}
        steps = {step.name: at for at, step in enumerate(program.steps, start=1)}
        self._header(facts, steps)
        first = self._row + 1
        for values in units:
            self._row += 1
            here = formulas(self._row, facts, steps)
            days = {name for name, measure in known.measures.items() if measure.kind == "date"}
            for name, value in values.items():
                shifted = value - DAYS if name in days and isinstance(value, Fraction) else value
                self._facts.cell(self._row, facts[name], _entry(shifted))
            for step in program.steps:
                self._points.cell(self._row, steps[step.name], here.cell(step.expr))
        return {name: [(row, column) for row in range(first, self._row + 1)] for name, column in steps.items()}

    def _header(self, facts: Mapping[str, int], steps: Mapping[str, int]) -> None:
        self._row += 1
        for sheet, names in ((self._facts, facts), (self._points, steps)):
            for name, column in names.items():
                sheet.cell(self._row, column, name)

    def bytes(self) -> bytes:
        """Give the .xlsx; its formulas have no stored values."""
        into = BytesIO()
        self._book.save(into)
        return into.getvalue()
