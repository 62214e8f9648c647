"""Rows of a table that has a column of units: whose row each is, and which rows are about no unit."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from dangjian_score.core.columns import ASSESSOR, BALLOT, EVENT, ITEM, REGISTER
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.facts import Cell, Fate
from dangjian_score.core.names import fold
from dangjian_score.evidence.sheets import BrokenCell, OfCells, RawCell, SheetRow, picked, shown, written
from dangjian_score.evidence.tables.account import SheetAccount
from dangjian_score.evidence.tables.blocks import (
    TableBlock,
    has_figures,
    is_count_of_all,
    is_ending,
    is_group,
    is_labelled,
    is_nothing,
    is_sentence,
    is_signature,
    is_total,
)
from dangjian_score.evidence.tables.cells import KeyText, NoKey, number_in, percent_in, read_key
from dangjian_score.evidence.tables.columns import Expected
from dangjian_score.evidence.tables.headers import title_of
from dangjian_score.evidence.tables.remarks import no_key
from dangjian_score.evidence.tables.table import TableRow

RowSort = Literal["unit", "total", "signature", "group", "nothing", "nameless", "header", "numbering"]
"""What a row is by its unit cell: of a unit, of totals, to be signed or a note, a heading, without a name."""

_KEYS: Final = {"assessors": ASSESSOR, "ballots": BALLOT, "register": EVENT, "rulings": ITEM}
"""The column beside the units that may hold the name of a line of totals, by kind of table."""


_COUNTED: Final = 3
"""Columns from which on a row of 1, 2, 3 … is rather the numbers of columns than figures of a unit."""
_NUMBERING: Final = re.compile(
    r"[(\[]?(?:[0-9]+|[a-z]|[甲乙丙丁戊己庚辛壬癸])[)\]]?[栏列]?|第[0-9一二三四五六七八九十]+[栏列]|[栏列项行]次|[栏列序编][号序]|栏目"
)
"""What stands in the column of units of a row that counts the columns."""
_SUMS: Final = frozenset({"合计", "小计", "总计", "共计"})
"""What no unit is called: such a line at the foot of a roster needs no figure beside it."""


def unit_in(raw: RawCell, key: KeyText | NoKey | None, cell: Cell, title: str, account: SheetAccount) -> str | None:
    """Read whose row it is from the cell of its unit and the key in it; None where it names none, which is reported.

    One that a merge covers means the unit above.
    """
    if isinstance(raw.content, BrokenCell) and raw.content.why == "merged":
        unit = " ".join(raw.content.shown.split())
        account.report(Code.UNIT_MERGED, cell, unit=unit)
        return unit
    match key:
        case NoKey() as reading:
            account.found.extend(no_key(reading, raw, cell, title))
        case None:
            account.report(Code.UNIT_MISSING, cell, column=title)
        case KeyText(text):
            return text
    return None


class Rows:
    """Reads the rows of a table that has a column of units."""

    def __init__(self, block: TableBlock, expected: Expected, account: SheetAccount) -> None:
        self._sheet, self._block, self._expected, self._account = account.sheet, block, expected, account
        self._header = block.header
        self._unit = block.header.unit or 1
        self._title = title_of(self._sheet.rows[block.header.titles[self._unit][1]][self._unit])
        self._looked_at = frozenset(block.header.columns) - {self._unit}
        self._read = self._looked_at | {self._unit}
        self._columns = {name: at for at, name in block.header.columns.items()}
        self._titles = {name: block.header.titles[at][0] for name, at in self._columns.items() if at != self._unit}
        own = expected.unit_names[0]
        self._of_members = own if own in REGISTER else None  # the unit is one of the columns of registers
        if self._of_members is not None:
            self._columns[self._of_members] = self._unit
        self._heads = frozenset(map(fold, expected.unit_names))
        self._ignored = frozenset(map(fold, expected.ignored))
        self._events = frozenset((*map(fold, expected.known.registers), *self._ignored))
        self._key_column = self._header.column(_KEYS.get(self._header.kind, ""))
        self._names, self._keys = OfCells(self._is_name), OfCells(read_key)
        self._first = next(iter(block.rows.values()), None)
        self._totals = OfCells(lambda cell: isinstance(cell.content, str) and is_total(cell.content))

    def rows(self) -> Iterator[TableRow]:
        """Read all rows of units down to a header that is not understood; account for the others."""
        sorts = self._sorts()
        last = max((number for number, sort in sorts.items() if sort in ("unit", "nameless")), default=0)
        for number, sort in sorts.items():
            row = self._block.rows[number]
            if sort in ("unit", "nameless") and self._event_of(row) in self._ignored:
                self._aside(number, row, "ignored")
                continue
            match sort:
                case "unit":
                    yield from self._row(number, row)
                case "nameless":
                    self._nameless(number, row)
                case "total":
                    self._aside(number, row, sort, fits=self._is_counted(row))
                case "signature":
                    foot = number > last or self._ends_a_page(number, sorts)
                    self._aside(number, row, sort, fits=foot and not self._has_answers(row))
                case "group":
                    self._aside(number, row, sort)
                case "nothing":
                    self._nothing(number, row)
                case "numbering":
                    self._aside(number, row, sort, fits=False)
                case "header":
                    raise AssertionError(row)  # the rows end before it

    def _sorts(self) -> dict[int, RowSort]:
        """Tell what the rows are; notes go on over lines that stand alone. What follows another header is left out."""
        sorts = dict[int, RowSort]()
        before: RowSort = "unit"
        for number, row in self._block.rows.items():
            sort = self._sort(row)
            if sort == "header":
                break
            if before == "signature" and sort in ("unit", "nameless") and len(row) == 1:
                sort = "signature" if fold(title_of(*row.values())) not in self._expected.units else sort
            sorts[number] = before = sort
        return sorts

    def _sort(self, row: SheetRow) -> RowSort:
        """Tell what a row is by the cell of its unit, or by its first text where that is blank or merged with it."""
        name = row.get(self._unit)
        if name is not None and self._is_usual(row, name):
            return "unit"
        column, first = next(((at, cell) for at, cell in row.items() if isinstance(cell.content, str)), (0, None))
        lead = "" if first is None or column >= self._unit else written(first)
        if is_total(lead) and (name is None or is_count_of_all(title_of(name))):
            return "total"
        if is_signature(lead) and not self._is_of_unit(row, name):
            return "signature"
        merged = name is not None and isinstance(name.content, BrokenCell) and name.content.why == "merged"
        across = merged and first is not None and name is not None and title_of(first) == title_of(name)
        cell = first if name is None or across else name
        if cell is None or isinstance(cell.content, BrokenCell):
            return "nameless" if cell is None else "unit"
        text = written(cell)
        if self._is_total_of(row):
            return "total"
        if fold(text) in self._expected.units:
            return "unit" if name is not None else "nameless"
        if name is not None and fold(text) in self._heads:
            return "header"
        if self._numbers_columns(row):
            return "numbering"
        if self._header.kind == "roster" and name is not None and not across:
            return self._sort_of_roster(text, row)
        if is_total(text):
            return "total"
        if is_signature(text) or (is_labelled(text) and not self._has_answers(row)):
            return "signature"
        if is_nothing(text):
            return "nothing" if name is not None else "nameless"
        if self._is_nothing_reported(row):
            return "nothing"
        if all(title_of(other) == title_of(cell) for other in row.values()):
            spread = any(isinstance(other.content, BrokenCell) and title_of(other) == text for other in row.values())
            if across or spread or is_group(text) or is_sentence(text):
                return "group"
        return "nameless" if name is None else "unit"

    def _is_usual(self, row: SheetRow, name: RawCell) -> bool:
        """Tell the row of a unit from nothing but its name, where that leaves no doubt and is not all there is."""
        if self._unit > 1 or self._header.kind == "roster" or not self._names.of(name):
            return False
        if self._is_total_of(row) or self._is_nothing_reported(row) or self._numbers_columns(row):
            return False
        beside = next((cell for cell in row.values() if cell is not name), None)
        return beside is None or title_of(beside) != title_of(name)

    def _is_name(self, cell: RawCell) -> bool:
        """Tell what can only be the name of a unit."""
        if isinstance(cell.content, BrokenCell):
            return False
        text = written(cell)
        return fold(text) in self._expected.units or is_name(text, self._heads)

    def _is_unit(self, name: RawCell) -> bool:
        """Tell the name of a unit from what stands before the numbers of columns: a number, a letter, 甲, 栏次."""
        text = fold(title_of(name))
        return self._names.of(name) and (text in self._expected.units or not _NUMBERING.fullmatch(text))

    def _is_of_unit(self, row: SheetRow, name: RawCell | None) -> bool:
        """Tell a row that names a unit and says something of it, whatever stands before its name."""
        named = name is not None and self._names.of(name)
        return named and (self._event_of(row) in self._events or self._has_answers(row))

    def _event_of(self, row: SheetRow) -> str | None:
        """Read the event of a row of a register, in normal form; None where it names none."""
        cell = None if self._header.kind != "register" or self._key_column is None else row.get(self._key_column)
        key = None if cell is None else self._keys.of(cell)
        return key.folded if isinstance(key, KeyText) else None

    def _numbers_columns(self, row: SheetRow) -> bool:
        """Tell a row right under the header that counts its columns: `甲 1 2 3`."""
        name = row.get(self._unit)
        if row is not self._first or len(self._looked_at) < _COUNTED or (name is not None and self._is_unit(name)):
            return False
        numbers = [row[column].content for column in sorted(self._looked_at) if column in row]
        texts = [str(number) for number in numbers]
        starts = ([str(at + first) for at in range(len(self._looked_at))] for first in (1, 2))
        return texts in starts

    def _is_nothing_reported(self, row: SheetRow) -> bool:
        """Tell a row of a register that says that there was nothing: 无 for the event, and nothing else."""
        if self._header.kind != "register":
            return False
        key = None if self._key_column is None else row.get(self._key_column)
        if key is not None and self._keys.of(key) is not None:
            return False
        held = [cell for cell in picked(row, self._looked_at) if cell is not None]
        return bool(held) and all(self._keys.of(cell) is None for cell in held)

    def _sort_of_roster(self, text: str, row: SheetRow) -> RowSort:
        """Tell what a row of a roster is: a name there is a unit, unless figures or a colon say what it really is."""
        if is_nothing(text):
            return "nothing"
        figures = any(map(_is_number, row.values()))
        counted = fold(text).partition(":")[0] in _SUMS or is_count_of_all(text)
        if is_total(text) and (figures or (len(row) == 1 and counted)):
            return "total"
        if is_ending(text):
            return "signature"
        return "signature" if is_signature(text) and ":" in fold(text) else "unit"

    def _is_total_of(self, row: SheetRow) -> bool:
        """Tell a line of totals by its assessor, ballot, event or item."""
        cell = None if self._key_column is None else row.get(self._key_column)
        return cell is not None and self._totals.of(cell)

    def _is_counted(self, row: SheetRow) -> bool:
        """Tell whether what stands beside the name of totals are figures, as totals have."""
        beside = (cell for column, cell in row.items() if column in self._looked_at and column != self._key_column)
        return all(_is_number(cell) or is_nothing(title_of(cell)) or is_total(title_of(cell)) for cell in beside)

    def _has_answers(self, row: SheetRow) -> bool:
        """Tell whether figures or marks stand where a unit's would; the day of a signature is none."""
        held = (row[column] for column in self._looked_at & row.keys())
        return has_figures(cell for cell in held if not isinstance(cell.content, date))

    def _ends_a_page(self, number: int, sorts: Mapping[int, RowSort]) -> bool:
        """Tell whether the header is repeated before the next unit."""
        unit = min((below for below, sort in sorts.items() if below > number and sort == "unit"), default=0)
        return any(number < repeat < unit for repeat in self._block.repeats)

    def _aside(self, number: int, row: SheetRow, why: RowSort | Literal["ignored"], *, fits: bool = True) -> None:
        """Pass a row over that is about no unit, or ask where what stands beside its name does not fit."""
        is_event = self._event_of(row) in self._ignored
        key = self._key_column if is_event or self._is_total_of(row) else None
        column = key or (self._unit if self._unit in row else min(row))
        self._account.mark(number, row, Fate.PASSED_OVER if fits else Fate.FAULTY)
        cell, args = self._sheet.cell(number, column), {"row": shown(row[column])}
        if fits:
            self._account.report(Code.ROW_PASSED_OVER, cell, **args, why=f"row {why}")
        else:
            self._account.report(Code.ROW_UNCLEAR, cell, **args)

    def _nothing(self, number: int, row: SheetRow) -> None:
        """Pass a row over that holds nothing but dashes and zeros, or ask whose it is."""
        held = [row[column] for column in self._looked_at & row.keys()]
        if self._is_nothing_reported(row) or all(is_nothing(title_of(cell)) for cell in held):
            self._aside(number, row, "nothing")
        else:
            self._refuse(number, row)

    def _nameless(self, number: int, row: SheetRow) -> None:
        held = [column for column in sorted(self._looked_at) if column in row]
        if held and self._header.kind == "register" and self._of_members is not None and not self._needs_unit(row):
            column = held[0] if self._event_of(row) is None else self._key_column or held[0]
            self._account.mark(number, row, Fate.PASSED_OVER)
            args = {"row": shown(row[column]), "why": "row of nobody"}
            self._account.report(Code.ROW_PASSED_OVER, self._sheet.cell(number, self._unit), **args)
        elif held:
            self._refuse(number, row)

    def _needs_unit(self, row: SheetRow) -> bool:
        """Tell whether a row of a register of members is an event that must name one, not one of the branch alone."""
        required = self._expected.known.required.items()
        return self._event_of(row) in {fold(event) for event, columns in required if self._of_members in columns}

    def _refuse(self, number: int, row: SheetRow) -> None:
        """Report a row that names no unit."""
        self._account.mark(number, row, Fate.FAULTY)
        self._account.report(Code.UNIT_MISSING, self._sheet.cell(number, self._unit), column=self._title)

    def _row(self, number: int, row: SheetRow) -> Iterator[TableRow]:
        cell, raw = self._sheet.cell(number, self._unit), row[self._unit]
        unit = unit_in(raw, self._keys.of(raw), cell, self._title, self._account)
        self._account.mark(number, self._read, Fate.FAULTY if unit is None else Fate.USED)
        if unit is not None:
            yield TableRow(unit, cell, self._sheet, number, row, self._columns, titles=self._titles)


def is_name(text: str, heads: Collection[str]) -> bool:
    """Tell what can only be the name of a unit; `heads` are the titles of columns of units, in normal form."""
    others = (is_total, is_signature, is_labelled, is_nothing, is_group, is_sentence)
    return fold(text) not in heads and not any(test(text) for test in others)


def _is_number(cell: RawCell) -> bool:
    match cell.content:
        case Fraction():
            return True
        case str() as text:
            return number_in(text) is not None or percent_in(text) is not None
        case BrokenCell(why="formula" | "error"):
            return True
        case _:
            return False
