"""Forms (自查表), one measure a row → rows like those of a matrix with one column."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from dangjian_score.core.columns import (
    EXPLAINING,
    EXPLANATION,
    FILLED,
    ITEM,
    OWN,
    REVIEWED,
    ROUND,
    UNIT,
    explanation_of,
)
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.facts import Cell, Fate
from dangjian_score.core.names import fold
from dangjian_score.evidence.sheets import BrokenCell, OfCells, RawCell, Sheet, SheetRow, shown, written
from dangjian_score.evidence.tables.account import SheetAccount
from dangjian_score.evidence.tables.blocks import TableBlock, is_signature, is_total
from dangjian_score.evidence.tables.cells import read_key
from dangjian_score.evidence.tables.columns import Expected, titles_of
from dangjian_score.evidence.tables.headers import Header
from dangjian_score.evidence.tables.rows import unit_in
from dangjian_score.evidence.tables.table import Placed, TableRow

_LABELLED: Final = re.compile(r"\s*([^:：]+?)\s*[:：]\s*(.*?)(?:\s{2,}.*|\s+\S+[:：].*)?\s*", re.DOTALL)
"""A label, a colon, and what it labels, up to the next label."""
_REPORTING: Final = ("填报单位", "填表单位", "报送单位")
"""Labels of the unit besides the names of its column."""
_ASIDE: Final = re.compile(r"\((?:盖章|公章|签章|全称)\)")

_Label = tuple[RawCell, Cell]
"""What a label above a form says, and where it stands."""


def form_rows(block: TableBlock, expected: Expected, account: SheetAccount) -> Iterator[TableRow]:
    """Read the rows of a form; account for those that answer nothing."""
    sheet, header = account.sheet, block.header
    above = [number for number in block.titles if number < header.top]
    over = [(number, _between(sheet.rows[number], block)) for number in reversed(above)]
    unit = _above(sheet, over, (*expected.unit_names, UNIT, *_REPORTING))
    if header.unit is not None and (unit is None or fold(header.titles[header.unit][0]) != fold(UNIT)):
        unit = None  # a column of units, not of what is counted in
    place = sheet.cell(header.bottom, header.column(ITEM) or 1)
    if header.unit is None and unit is None:
        account.mark_rows(block.rows, Fate.FAULTY)
        account.report(Code.FORM_NAMELESS, place, unit=expected.unit_names[0])
        return
    if expected.own and value_column(header, own=True) is None:
        account.mark_rows(block.rows, Fate.FAULTY)
        account.report(Code.NO_SELF_ASSESSMENT, place)
        return
    form = _Form(block, expected, account, unit, _above(sheet, over, [ROUND]))
    form.report_superseded()
    for number, row in block.rows.items():
        yield from form.row(number, row)


def value_column(header: Header, *, own: bool) -> int | None:
    """Find the column that counts: what was found on inspection, else what was filled in; for `own` what came first."""
    found = [column for name in (REVIEWED, FILLED) if (column := header.column(name)) is not None]
    if not own:
        return next(iter(found), None)
    column = header.column(OWN)
    return column if column is not None else next(iter(found[1:]), None)


def _between(row: SheetRow, block: TableBlock) -> SheetRow:
    return {column: cell for column, cell in row.items() if block.left <= column <= block.right}


def _above(sheet: Sheet, rows: Iterable[tuple[int, SheetRow]], labels: Iterable[str]) -> _Label | None:
    """Find what stands beside a label above the header, or after it and a colon; the nearest counts."""
    wanted = {fold(label) for label in labels}
    for number, row in rows:
        for column in row:
            text = written(row[column])
            parts = _LABELLED.fullmatch(text)
            if parts and _ASIDE.sub("", fold(parts[1])) in wanted and parts[2]:
                labelled = row[column] if isinstance(row[column].content, BrokenCell) else RawCell(parts[2])
                return labelled, sheet.cell(number, column)
            if _ASIDE.sub("", fold(text).rstrip(":")) in wanted:
                for right in (at for at in row if at > column):
                    content = row[right].content
                    if isinstance(content, str) and (_LABELLED.fullmatch(content) or fold(content) in wanted):
                        break  # another label: nothing stands beside the first
                    if not isinstance(content, BrokenCell) or content.why not in ("merged", "beneath"):
                        return row[right], sheet.cell(number, right)
    return None


class _Form:
    """A form: its unit and round where they stand above the header."""

    def __init__(
        self,
        block: TableBlock,
        expected: Expected,
        account: SheetAccount,
        unit: _Label | None,
        round_: _Label | None,
    ) -> None:
        self._sheet, self._block, self._expected, self._account = account.sheet, block, expected, account
        self._header, self._unit, self._round = block.header, unit, round_
        self._measures = titles_of(tuple(expected.known.measures))
        self._keys = OfCells(read_key)
        self._item = self._header.column(ITEM) or 0
        self._column, self._counts = (value_column(self._header, own=own) for own in (expected.own, False))
        self._looked_at = frozenset((self._item, self._header.unit or 0, self._header.column(ROUND) or 0))
        self._others = {
            column: name
            for column, name in self._header.columns.items()
            if name in (FILLED, REVIEWED, OWN) and column != self._column
        }
        self._asked = self._answered()

    def _answered(self) -> frozenset[str]:
        """Name the measures that the form has a row for."""
        items = (row[self._item] for row in self._block.rows.values() if self._item in row)
        texts = (written(item) for item in items if not isinstance(item.content, BrokenCell))
        return frozenset(name for text in texts if (name := self._measures.meaning(text)) is not None)

    def report_superseded(self) -> None:
        """Name the columns that another one outranks, where they hold anything."""
        counts = self._header.columns.get(self._column or 0, "")
        for column, name in self._others.items():
            if any(column in row for row in self._block.rows.values()):
                self._account.report(Code.SUPERSEDED, self._header.cell(self._sheet, column), column=name, by=counts)

    def row(self, number: int, row: SheetRow) -> Iterator[TableRow]:
        """Read one row: what is asked, and what is answered."""
        item = row.get(self._item)
        if item is None or isinstance(item.content, BrokenCell):
            self._unasked(number, row)
            return
        measure = self._measures.meaning(written(item))
        own = self._expected.own and measure not in self._expected.known.attributes  # nobody judges what a unit is
        column = self._column if own == self._expected.own else self._counts
        if measure is None:
            self._unknown(number, row, item, None if column is None else row.get(column))
            return
        raw, cell = self._unit or (row.get(self._header.unit or 1), self._sheet.cell(number, self._header.unit or 1))
        unit = None
        if raw is None:
            self._account.report(Code.UNIT_MISSING, cell, column="")
        else:
            unit = unit_in(raw, self._keys.of(raw), cell, UNIT, self._account)
        self._account.mark(number, self._looked_at | {column or 0}, Fate.FAULTY if unit is None else Fate.USED)
        if unit is None:
            return
        if others := {*self._others, self._column or 0} - {column or 0}:
            self._account.mark(number, others, Fate.SUPERSEDED)
        self._account.mark(cell.row, (cell.column,), Fate.USED)
        answered = {measure: column or self._item or 1}
        apart, titles = self._rounds(number, row), {}
        if measure in self._expected.known.judged and not self._expected.own:
            explaining, titles[explanation_of(measure)] = self._explaining(row)
            if explaining is None:
                apart[explanation_of(measure)] = None, self._sheet.cell(number, column or self._item or 1)
            else:
                answered[explanation_of(measure)] = explaining
                self._account.mark(number, (explaining,), Fate.USED)
        yield TableRow(unit, cell, self._sheet, number, row if column is not None else {}, answered, apart, titles)

    def _explaining(self, row: SheetRow) -> tuple[int | None, str]:
        """Find the column that explains a judged figure, the first with anything in the row, and its title."""
        columns = [column for name in EXPLAINING if (column := self._header.column(name)) is not None]
        filled = [column for column in columns if column in row] or columns
        return next(((column, self._header.titles[column][0]) for column in filled), (None, EXPLANATION))

    def _unasked(self, number: int, row: SheetRow) -> None:
        """Report an answer to nothing; what stands in a row without one is a heading or a remark."""
        answers = [row[column] for column in (self._column or 0, *self._others) if column in row]
        first = next((written(cell) for cell in row.values() if isinstance(cell.content, str)), "")
        if any(not isinstance(answer.content, BrokenCell) for answer in answers) and not is_signature(first):
            self._account.mark(number, row, Fate.FAULTY)
            self._account.report(Code.ITEM_MISSING, self._sheet.cell(number, self._item or 1))
        else:
            self._account.mark(number, row, Fate.HEADING)

    def _rounds(self, number: int, row: SheetRow) -> dict[str, Placed]:
        column = self._header.column(ROUND)
        if column is not None:
            return {ROUND: (row.get(column), self._sheet.cell(number, column))}
        if self._round is None or not self._expected.rounds:
            return {}
        cell = self._round[1]
        self._account.mark(cell.row, (cell.column,), Fate.USED)
        return {ROUND: self._round}

    def _unknown(self, number: int, row: SheetRow, item: RawCell, answer: RawCell | None) -> None:
        """Say of an answer to what is not asked that it is passed over; a heading has no answer."""
        if answer is None or isinstance(answer.content, BrokenCell):
            self._account.mark(number, row, Fate.HEADING)
            return
        text, place = written(item), self._sheet.cell(number, self._item or 1)
        aside = is_total(text) or is_signature(text) or fold(text) in map(fold, self._expected.ignored)
        near = "" if aside else self._measures.near(text, self._expected.known.measures.keys() - self._asked)
        if near:
            self._account.mark(number, row, Fate.FAULTY)
            self._account.report(Code.COLUMN_NEAR_MISS, place, column=shown(item), near=near)
        else:
            self._account.mark(number, row, Fate.PASSED_OVER)
            self._account.report(Code.ROW_PASSED_OVER, place, row=shown(item), why="row not asked")
