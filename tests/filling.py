"""Fills in workbooks that `dangjian template` or `table` wrote, as a careful clerk would: every open cell is filled."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from itertools import product
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.checks.study import Study
from dangjian_score.engine.catalogue import Measure
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.standing import rounds_of

GREY = "FFE4E4E4"
Row = dict[str, Any]
"""The cells of one row, by the titles of their columns."""


def header_row(sheet: Worksheet) -> int:
    """Find the header: rows down to it stay in view."""
    return int(coordinate_from_string(str(sheet.freeze_panes))[1]) - 1


def rows(sheet: Worksheet) -> Iterator[Row]:
    """Give the rows below the header that are drawn."""
    header = header_row(sheet)
    titles = {cell.column: str(cell.value) for cell in sheet[header] if cell.value}
    for row in sheet.iter_rows(min_row=header + 1):
        yield {titles[cell.column]: cell for cell in row if cell.column in titles}


class Filler:
    """Fills the tables of one rubric; `units` are written where none stand, `events` is whether anything happened."""

    def __init__(self, study: Study, units: tuple[str, ...], *, events: bool = True) -> None:
        self._units, self._events, self._known = units, events, study.catalogue
        rubric = study.program.rubric
        self._unit = rubric.unit_column or rubric.subject
        self._rounds = tuple(rounds_of(rubric.rounds))
        self._day = rubric.period.from_ if rubric.period else date(2024, 3, 5)
        self._judged = {rule.basis.measure: rule for rule in study.program.rules if isinstance(rule.basis, Judged)}

    def filled(self, data: bytes) -> bytes:
        """Fill a workbook in."""
        book = load_workbook(BytesIO(data))
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and sheet.title != "填表说明":
                self._sheet(sheet, [*rows(sheet)])
        written = BytesIO()
        book.save(written)
        return written.getvalue()

    def _sheet(self, sheet: Worksheet, lines: list[Row]) -> None:
        titles = lines[0].keys()
        if "指标" in titles:
            self._form(sheet, lines)
        elif "事项" in titles:
            self._register(lines)
        else:
            ballots = tuple(self._known.ballots) if "测评项" in titles else (None,)
            if lines[0][self._unit].value is None:
                told = product(self._units, (None, *self._rounds), ballots)
                for line, (unit, round_, ballot) in zip(lines, told, strict=False):
                    for title, value in ((self._unit, unit), ("轮次", round_), ("测评项", ballot)):
                        if title in line:
                            line[title].value = value
            for line in lines:
                if line[self._unit].value is not None:
                    self._row(line)

    def _row(self, line: Row) -> None:
        for title, cell in line.items():
            if cell.value is None and cell.fill.fgColor.rgb != GREY and title != "轮次":
                measure = self._known.measures.get(title)
                cell.value = "评委一" if title == "评委" else 6 if measure is None else self._value(measure)
        if "收回票数" in line:
            self._turnout(line)

    def _turnout(self, line: Row) -> None:
        """Write how many ballots were issued and returned, none of them invalid."""
        levels = self._known.ballots.get(line["测评项"].value, ())
        line["发出票数"].value = line["收回票数"].value = sum(line[level].value for level in levels)
        line["无效票数"].value = 0

    def _form(self, sheet: Worksheet, lines: list[Row]) -> None:
        beside = sheet.cell(header_row(sheet) - 1, 2)
        beside.value = beside.value or self._units[0]
        answers = [title for title in ("填报值", "自评值", "考评值") if title in lines[0]]
        for line in lines:
            measure = self._known.measures.get(line["指标"].value)
            if measure is not None and line[answers[0]].value is None:
                for title in answers:
                    line[title].value = self._value(measure)

    def _register(self, lines: list[Row]) -> None:
        """Write one event of each register for every unit, or none at all."""
        told = [(unit, name) for unit in self._units for name in self._known.registers] if self._events else []
        for line, (unit, name) in zip(lines, told, strict=False):
            columns = self._known.registers[name]
            line[self._unit].value, line["事项"].value = unit, name
            if "轮次" in line:
                line["轮次"].value = self._rounds[0]
            for title in line.keys() & columns.keys() - {self._unit}:
                line[title].value = self._day if title == "日期" else self._value(columns[title])

    def _value(self, measure: Measure) -> Any:
        match measure.kind:
            case "yes_no":
                return "否"
            case "level" | "text":
                return measure.levels[0] if measure.levels else "甲"
            case "date":
                return self._day
            case "percent":
                return 0.5
            case "score" if measure.name in self._judged:
                basis, guard = self._judged[measure.name].basis, self._judged[measure.name].guard
                assert isinstance(basis, Judged)
                return None if guard is not None and basis.least > 0 else _number(basis.least)
            case _:
                inside = max(Fraction(3), measure.least or Fraction(3))
                return _number(min(inside, measure.most or inside))


def _number(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
