"""Forms (自查表), one measure a row → entries like those of a matrix with one column."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Fate
from dangjian_score.core.names import fold
from dangjian_score.evidence.sheets import BrokenCell, CellAccount, OfCells, RawCell, Row, Sheet, shown, written
from dangjian_score.evidence.tables.blocks import TableBlock, is_signature, is_total
from dangjian_score.evidence.tables.columns import FILLED, ITEM, OWN, REVIEWED, ROUND, UNIT, Expected, titles_of
from dangjian_score.evidence.tables.headers import Header
from dangjian_score.evidence.tables.keys import read_key
from dangjian_score.evidence.tables.rows import Entry, RowCells, RowOwner, named

_LABELLED: Final = re.compile(r"\s*([^:：]+?)\s*[:：]\s*(.*?)(?:\s{2,}.*|\s+\S+[:：].*)?\s*", re.DOTALL)
"""A label, a colon, and what it labels, up to the next label."""
_REPORTING: Final = ("填报单位", "填表单位", "报送单位")
"""Labels of the unit besides the names of its column."""
_ASIDE: Final = re.compile(r"\((?:盖章|公章|签章|全称)\)")

Placed = tuple[RawCell, Cell]


def form_entries(
    sheet: Sheet, block: TableBlock, expected: Expected, account: CellAccount
) -> Iterator[Entry | Diagnostic]:
    """Read the rows of a form; findings stand among them."""
    header = block.header
    above = [number for number in block.titles if number < header.top]
    over = [(number, _between(sheet.rows[number], block)) for number in reversed(above)]
    unit = _above(sheet, over, (*expected.unit_names, UNIT, *_REPORTING))
    if header.unit is not None and (unit is None or fold(header.titles[header.unit][0]) != fold(UNIT)):
        unit = None  # a column of units, not of what is counted in
    place = sheet.cell(header.bottom, header.column(ITEM) or 1)
    if header.unit is None and unit is None:
        account.mark_rows(sheet, block.rows, Fate.FAULTY)
        yield at_cell(Code.FORM_NAMELESS, place, unit=expected.unit_names[0])
        return
    if expected.own and value_column(header, own=True) is None:
        account.mark_rows(sheet, block.rows, Fate.FAULTY)
        yield at_cell(Code.NO_SELF_ASSESSMENT, place)
        return
    form = _Form(sheet, block, expected, account, unit, _above(sheet, over, [ROUND]))
    yield from form.superseded()
    for number, row in block.rows.items():
        yield from form.row(number, row)


def value_column(header: Header, *, own: bool) -> int | None:
    """Find the column that counts: what was found on inspection, else what was filled in; for `own` what came first."""
    found = [column for name in (REVIEWED, FILLED) if (column := header.column(name)) is not None]
    if not own:
        return next(iter(found), None)
    said = header.column(OWN)
    return said if said is not None else next(iter(found[1:]), None)


def _between(row: Row, block: TableBlock) -> Row:
    return {column: cell for column, cell in row.items() if block.left <= column <= block.right}


def _above(sheet: Sheet, rows: Iterable[tuple[int, Row]], labels: Iterable[str]) -> Placed | None:
    """Find what stands beside a label above the header, or after it and a colon; the nearest counts."""
    wanted = {fold(label) for label in labels}
    for number, row in rows:
        for column in row:
            said = written(row[column])
            parts = _LABELLED.fullmatch(said)
            if parts and _ASIDE.sub("", fold(parts[1])) in wanted and parts[2]:
                named_here = row[column] if isinstance(row[column].content, BrokenCell) else RawCell(parts[2])
                return named_here, sheet.cell(number, column)
            if _ASIDE.sub("", fold(said).rstrip(":")) in wanted:
                for right in (one for one in row if one > column):
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
        sheet: Sheet,
        block: TableBlock,
        expected: Expected,
        account: CellAccount,
        unit: Placed | None,
        round_: Placed | None,
    ) -> None:
        self._sheet, self._block, self._expected, self._account = sheet, block, expected, account
        self._header, self._unit, self._round = block.header, unit, round_
        self._key = (sheet.file, sheet.name)
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

    def superseded(self) -> Iterator[Diagnostic]:
        """Name the columns that another one outranks, where they hold anything."""
        counts = self._header.columns.get(self._column or 0, "")
        for column, name in self._others.items():
            if any(column in row for row in self._block.rows.values()):
                yield at_cell(Code.SUPERSEDED, self._header.cell(self._sheet, column), column=name, by=counts)

    def row(self, number: int, row: Row) -> Iterator[Entry | Diagnostic]:
        """Read one row: what is asked, and what is answered."""
        item, place = row.get(self._item), self._sheet.cell(number, self._item or 1)
        if item is None or isinstance(item.content, BrokenCell):
            yield from self._unasked(number, row, place)
            return
        text = written(item)
        measure = self._measures.meaning(text)
        own = self._expected.own and measure not in self._expected.known.attributes  # nobody judges what a unit is
        column = self._column if own == self._expected.own else self._counts
        answer = None if column is None else row.get(column)
        if measure is None:
            yield from self._unknown(number, row, place, answer)
            return
        name, cell = self._whose(number, row)
        whose = (
            RowOwner(None, (at_cell(Code.UNIT_MISSING, cell),))
            if name is None
            else named(name, self._keys.of(name), cell, UNIT)
        )
        yield from whose.found
        looked_at = self._looked_at | {column or 0}
        if whose.unit is None:
            self._account.mark_all(self._key, number, looked_at, Fate.FAULTY)
            return
        self._account.mark_all(self._key, number, looked_at, Fate.USED)
        if others := {*self._others, self._column or 0} - {column or 0}:
            self._account.mark_all(self._key, number, others, Fate.SUPERSEDED)
        self._account.mark(cell, Fate.USED)
        answered = {measure: column or self._item or 1}
        apart = self._rounds(number, row)
        asked = row if column is not None else {}
        yield Entry(whose.unit, cell, RowCells(self._sheet, number, asked, answered, apart))

    def _unasked(self, number: int, row: Row, place: Cell) -> Iterator[Diagnostic]:
        """Report an answer to nothing; what stands in a row without one is a heading or a remark."""
        answers = [row[column] for column in (self._column or 0, *self._others) if column in row]
        first = next((written(cell) for cell in row.values() if isinstance(cell.content, str)), "")
        if any(not isinstance(answer.content, BrokenCell) for answer in answers) and not is_signature(first):
            self._account.mark_all(self._key, number, row, Fate.FAULTY)
            yield at_cell(Code.ITEM_MISSING, place)
        else:
            self._account.mark_all(self._key, number, row, Fate.HEADING)

    def _whose(self, number: int, row: Row) -> tuple[RawCell | None, Cell]:
        if self._unit is not None:
            return self._unit
        column = self._header.unit or 1
        return row.get(column), self._sheet.cell(number, column)

    def _rounds(self, number: int, row: Row) -> dict[str, tuple[RawCell | None, Cell]]:
        column = self._header.column(ROUND)
        if column is not None:
            return {ROUND: (row.get(column), self._sheet.cell(number, column))}
        if self._round is None or not self._expected.rounds:
            return {}
        self._account.mark(self._round[1], Fate.USED)
        return {ROUND: self._round}

    def _unknown(self, number: int, row: Row, place: Cell, answer: RawCell | None) -> Iterator[Diagnostic]:
        """Say of an answer to what is not asked that it is passed over; a heading has no answer."""
        item = row[self._item]
        if answer is None or isinstance(answer.content, BrokenCell):
            self._account.mark_all(self._key, number, row, Fate.HEADING)
            return
        text = written(item)
        aside = is_total(text) or is_signature(text) or fold(text) in map(fold, self._expected.ignored)
        near = "" if aside else self._measures.near(text, self._expected.known.measures.keys() - self._asked)
        if near:
            self._account.mark_all(self._key, number, row, Fate.FAULTY)
            yield at_cell(Code.COLUMN_NEAR_MISS, place, column=shown(item), near=near)
        else:
            self._account.mark_all(self._key, number, row, Fate.PASSED_OVER)
            yield at_cell(Code.ROW_PASSED_OVER, place, row=shown(item))
