"""Forms (自查表), one measure a row → entries like those of a matrix with one column."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.evidence.columns import FILLED, ITEM, OWN, REVIEWED, ROUND, UNIT, Expected
from dangjian_score.evidence.entries import SUMMARIES, Entry, named
from dangjian_score.evidence.headers import Header
from dangjian_score.evidence.sheets import Broken, RawCell, Sheet, shown, written
from dangjian_score.facts import Cell
from dangjian_score.names import fold

_LABELLED: Final = re.compile(r"\s*([^:：]+?)\s*[:：]\s*(.*?)\s*", re.DOTALL)

Placed = tuple[RawCell, Cell]


def form_entries(sheet: Sheet, header: Header, expected: Expected) -> Iterator[Entry | Diagnostic]:
    """Read the rows of a form; findings stand among them."""
    unit = None if header.unit is not None else _above(sheet, header, (*expected.unit_names, UNIT))
    if header.unit is None and unit is None:
        yield at_cell(Code.FORM_NAMELESS, sheet.cell(header.row, header.column(ITEM) or 1), unit=expected.unit_names[0])
        return
    if expected.own and value_column(header, own=True) is None:
        yield at_cell(Code.NO_SELF_ASSESSMENT, sheet.cell(header.row, header.column(ITEM) or 1))
        return
    form = _Form(sheet, header, expected, unit, _above(sheet, header, [ROUND]))
    for number in sheet.rows:
        if number > header.row:
            yield from form.row(number)


def value_column(header: Header, *, own: bool) -> int | None:
    """Find the column that counts: what was found on inspection, else what was filled in; for `own` what came first."""
    found = [column for name in (REVIEWED, FILLED) if (column := header.column(name)) is not None]
    if not own:
        return next(iter(found), None)
    said = header.column(OWN)
    return said if said is not None else next(iter(found[1:]), None)


def _above(sheet: Sheet, header: Header, labels: Iterable[str]) -> Placed | None:
    """Find what stands beside a label above the header, or after it and a colon."""
    wanted = {fold(label) for label in labels}
    for number in sorted(number for number in sheet.rows if number < header.row):
        row = sheet.rows[number]
        for column in sorted(row):
            said = written(row[column])
            parts = _LABELLED.fullmatch(said)
            if parts and fold(parts[1]) in wanted and parts[2]:
                named_here = row[column] if isinstance(row[column].content, Broken) else RawCell(parts[2])
                return named_here, sheet.cell(number, column)
            if fold(said).rstrip(":") in wanted:
                for right in sorted(one for one in row if one > column):
                    content = row[right].content
                    if not isinstance(content, Broken) or content.why not in ("merged", "beneath"):
                        return row[right], sheet.cell(number, right)
    return None


@dataclass(frozen=True, slots=True)
class _Form:
    """A form: its unit and round where they stand above the header."""

    sheet: Sheet
    header: Header
    expected: Expected
    unit: Placed | None
    round: Placed | None

    def row(self, number: int) -> Iterator[Entry | Diagnostic]:
        """Read one row: what is asked, and what is answered."""
        row, at = self.sheet.rows[number], self.header.column(ITEM)
        item, place = row.get(at or 0), self.sheet.cell(number, at or 1)
        measures = {fold(name): name for name in self.expected.known.measures}
        measure = None if item is None or isinstance(item.content, Broken) else measures.get(fold(written(item)))
        own = self.expected.own and measure not in self.expected.known.attributes  # nobody judges what a unit is
        column = value_column(self.header, own=own)
        answer = None if column is None else row.get(column)
        if item is None or isinstance(item.content, Broken):
            if answer is not None and not isinstance(answer.content, Broken):
                yield at_cell(Code.ITEM_MISSING, place)
            return
        if measure is None:
            yield from self._unknown(item, place, answer, measures)
            return
        name, cell = self._whose(number)
        whose = None if name is None else named(name, cell)
        if whose is None or whose.unit is None:
            yield from whose.found if whose else (at_cell(Code.UNIT_MISSING, cell),)
            return
        yield from whose.found
        answered = self.sheet.cell(number, column or at or 1)
        yield Entry(whose.unit, cell, {measure: (answer, answered), **self._round(number)}, ())

    def _whose(self, number: int) -> tuple[RawCell | None, Cell]:
        if self.unit is not None:
            return self.unit
        column = self.header.unit or 1
        return self.sheet.rows[number].get(column), self.sheet.cell(number, column)

    def _round(self, number: int) -> dict[str, tuple[RawCell | None, Cell]]:
        column = self.header.column(ROUND)
        if column is not None:
            return {ROUND: (self.sheet.rows[number].get(column), self.sheet.cell(number, column))}
        return {} if self.round is None or not self.expected.rounds else {ROUND: self.round}

    def _unknown(
        self, item: RawCell, place: Cell, answer: RawCell | None, known: Iterable[str]
    ) -> Iterator[Diagnostic]:
        """Say of an answer to what is not asked that it is passed over; a heading has no answer."""
        if answer is None or isinstance(answer.content, Broken):
            return
        near = get_close_matches(fold(written(item)), list(known), n=1, cutoff=0.75)
        if near and fold(written(item)) not in SUMMARIES:
            yield at_cell(Code.COLUMN_NEAR_MISS, place, column=shown(item), near=near[0])
        else:
            yield at_cell(Code.ROW_PASSED_OVER, place, row=shown(item))
