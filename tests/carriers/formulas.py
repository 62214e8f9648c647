"""A third carrier: every step as a spreadsheet formula in a cell of its own, for an office program with binary floats.

Sheet 证据 holds the facts and sheet 计分 the steps, one row a unit, the same row on both. Floats are guarded where they
could turn a point over: before rounding, before whole steps and in comparisons a figure counts to 9 places.
LibreOffice forgives most such errors by itself; other programs do not, so the guards are pinned as text in the tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import assert_never

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from dangjian_score.engine.algebra import (
    AllHold,
    AnyHolds,
    Choice,
    Comparator,
    Compare,
    Const,
    Entered,
    Expr,
    Grouped,
    Is,
    Least,
    Most,
    Named,
    Not,
    Placing,
    Product,
    Quotient,
    Read,
    Ref,
    Rounded,
    Statistic,
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import Program
from dangjian_score.facts import Value, ballot

FACTS, POINTS = "证据", "计分"
GUARD = 9
"""Places to which floats are trusted: far more than points have, far fewer than a double has."""

OPERATORS: Mapping[Comparator, str] = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<", "equals": "="}


@dataclass(frozen=True, slots=True)
class Formulas:
    """Formulas of one row: facts and earlier steps by the columns they stand in."""

    row: int
    facts: Mapping[str, int]
    steps: Mapping[str, int]

    def cell(self, expr: Expr) -> str:
        """Write what stands in a step's cell."""
        text = self.number(expr)
        return f"={text}" if isinstance(expr, Rounded) else f"=ROUND({text},{GUARD})"

    def number(self, expr: Expr) -> str:
        """Write an expression."""
        match expr:
            case Const(value):
                return f"({value.numerator}/{value.denominator})" if value.denominator > 1 else f"({value.numerator})"
            case Read(measure):
                return self._fact(measure)
            case Ref(step):
                return f"{get_column_letter(self.steps[step])}{self.row}"
            case Sum(terms):
                return f"({'+'.join(map(self.number, terms)) or 0})"
            case Product(left, right):
                return f"({self.number(left)}*{self.number(right)})"
            case Quotient(part, whole):
                return f"({self.number(part)}/{self.number(whole)})"
            case Most(left, right):
                return f"MAX({self.number(left)},{self.number(right)})"
            case Least(left, right):
                return f"MIN({self.number(left)},{self.number(right)})"
            case Choice(test, then, otherwise):
                return f"IF({self.test(test)},{self.number(then)},{self.number(otherwise)})"
            case Whole(of):
                return f"INT(ROUND({self.number(of)},{GUARD}))"
            case Named(of=of):
                return self.number(of)
            case Tally(name) | Grouped(name) | Statistic(name) | Placing(name):
                return self._fact(name)
            case Rounded(of, places):
                return f"ROUND(ROUND({self.number(of)},{GUARD}),{places})"
            case _:
                assert_never(expr)

    def test(self, test: Test) -> str:
        """Write a test. `AND` and `OR` of a spreadsheet look at every member, which only divisions would mind."""
        match test:
            case Yes(measure):
                return f"({self._fact(measure)}=TRUE())"
            case Is(measure, level):
                return f'EXACT({self._fact(measure)},"{level.replace(chr(34), chr(34) * 2)}")'
            case Entered(measure):
                return f'({self._fact(measure)}<>"")'
            case Compare(left, how, right):
                return f"(ROUND({self.number(left)}-{self.number(right)},{GUARD}){OPERATORS[how]}0)"
            case AllHold(tests):
                return f"AND({','.join(map(self.test, tests)) or 'TRUE()'})"
            case AnyHolds(tests):
                return f"OR({','.join(map(self.test, tests)) or 'FALSE()'})"
            case Not(one):
                return f"NOT({self.test(one)})"
            case _:
                assert_never(test)

    def _fact(self, measure: str) -> str:
        return f"'{FACTS}'!{get_column_letter(self.facts[measure])}{self.row}"


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
        votes = (ballot(measure, level) for measure, levels in known.ballots.items() for level in levels)
        facts = {name: at for at, name in enumerate((*known.measures, *votes), start=1)}
        steps = {step.name: at for at, step in enumerate(program.steps, start=1)}
        self._header(facts, steps)
        first = self._row + 1
        for values in units:
            self._row += 1
            formulas = Formulas(self._row, facts, steps)
            for name, value in values.items():
                self._facts.cell(self._row, facts[name], float(value) if isinstance(value, Fraction) else value)
            for step in program.steps:
                self._points.cell(self._row, steps[step.name], formulas.cell(step.expr))
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
