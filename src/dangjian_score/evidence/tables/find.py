"""Sheets → tables: each block read as what it is, and every cell of the sheet accounted for."""

from collections import defaultdict
from collections.abc import Iterable

from dangjian_score.core import columns as col
from dangjian_score.core.diagnostics import Code, at_file
from dangjian_score.core.facts import Cell, Fate
from dangjian_score.core.names import fold
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Sheet, shown
from dangjian_score.evidence.tables.account import SheetAccount
from dangjian_score.evidence.tables.blocks import TableBlock, areas, blocks, has_figures
from dangjian_score.evidence.tables.cells import NoKey
from dangjian_score.evidence.tables.columns import Expected, corrects, hinted, is_about, titles_of, without_digits
from dangjian_score.evidence.tables.forms import form_rows
from dangjian_score.evidence.tables.remarks import no_key
from dangjian_score.evidence.tables.rows import Rows
from dangjian_score.evidence.tables.table import EvidenceTable, TableRow, typed_columns

_GUIDES = frozenset({"说明", col.GUIDE, "填报说明", "使用说明"})
"""Names by which a sheet says that it is no evidence, whatever it holds."""
_BY_HAND = frozenset(map(fold, col.BY_HAND))
_AREAS = 50
"""Blocks of one sheet that are named one by one."""
_SHOWN = 10


def read_tables(sheet: Sheet, expected: Expected) -> tuple[tuple[EvidenceTable, ...], SheetAccount]:
    """Find the tables of a sheet and read them; what cannot be told is a finding that names its range."""
    account = SheetAccount(sheet)
    found = blocks(sheet, expected) if sheet.rows else []
    if not sheet.rows or _set_aside(found, expected, account):
        return (), account
    tables = tuple([_BlockReader(block, expected, account).table() for block in found])
    _report_unclaimed(account)
    _report_hidden(found, tables, account)
    _report_beneath(account)
    return tables, account


def _set_aside(found: list[TableBlock], expected: Expected, account: SheetAccount) -> bool:
    """Tell whether a sheet is not read as tables, and report why; nothing is said of our own guides."""
    sheet = account.sheet
    name = sheet.name or ""
    if not found and (name == col.GUIDE or (name == col.CHOICES and sheet.hidden)):
        account.mark_rows(sheet.rows, Fate.HEADING)
        return True
    if name in _GUIDES or ("说明" in name and not found):
        code, args = Code.SHEET_PASSED_OVER, {"why": "instructions"}
    elif found and (sheet.hidden or "说明" in name):
        code, args = Code.HIDDEN_TABLE, {"why": "hidden table" if sheet.hidden else "explaining table"}
    elif sheet.hidden:
        code, args = Code.SHEET_PASSED_OVER, {"why": "hidden"}
    elif not found:
        code, args = Code.NO_TABLE, {"unit": expected.unit_names[0]}
    else:
        return False
    account.found.append(at_file(code, sheet.file, sheet.name, **args))
    account.mark_rows(sheet.rows, Fate.PASSED_OVER if code is Code.SHEET_PASSED_OVER else Fate.FAULTY)
    return True


class _BlockReader:
    """Reads one block, and accounts for its cells."""

    def __init__(self, block: TableBlock, expected: Expected, account: SheetAccount) -> None:
        self._sheet, self._block, self._expected, self._account = account.sheet, block, expected, account
        self._header = block.header
        self._names = expected.titles(block.header.kind)
        self._mistaken: set[str] = set()
        self._used = frozenset[int]().union(*block.rows.values())
        self._apart = self._columns_apart()

    def table(self) -> EvidenceTable:
        """Read the block's rows and account for its cells."""
        header, sheet = self._header, self._sheet
        self._headings()
        self._columns()
        rows = self._rows()
        self._remarks()
        self._unjudged(rows)
        self._report_struck_out(rows)
        _report_names(rows, self._account)
        titles = {name: header.cell(sheet, column) for column, name in header.columns.items()}
        if header.kind == "form":
            titles = {name: row.place(name) for row in reversed(rows) for name in row.names}
        percents = frozenset(name for column, name in header.columns.items() if column in header.percents)
        typed = (typed_columns(sheet, rows, names, self._expected.known) for names in self._typed(rows))
        return EvidenceTable(header.kind, sheet, rows, titles, frozenset(self._mistaken), percents, *typed)

    def _rows(self) -> tuple[TableRow, ...]:
        """Read the rows; names that they nearly match count as mistaken, as misspelt titles do."""
        before = len(self._account.found)
        if self._header.kind == "form":
            rows = tuple(form_rows(self._block, self._expected, self._account))
        else:
            rows = tuple(Rows(self._block, self._expected, self._account).rows())
        near_misses = (found for found in self._account.found[before:] if found.code is Code.COLUMN_NEAR_MISS)
        self._mistaken |= {dict(found.args)["near"] for found in near_misses}
        return rows

    def _remarks(self) -> None:
        """Pass over the columns of a form with remarks that explain no judged figure, or the cells that do not."""
        columns = self._header.columns.items() if self._header.kind == "form" else ()
        for column, name in ((column, name) for column, name in columns if name in col.REMARKS):
            title = self._header.titles[column][0]
            fates = {at: self._account.fate(at, column) for at, row in self._block.rows.items() if column in row}
            left = [at for at, fate in fates.items() if fate is None]
            if left and name in col.EXPLAINING and Fate.USED in fates.values():
                self._pass_over_cells(column, title, left)
            elif left:
                self._pass_over(column, title)

    def _pass_over_cells(self, column: int, title: str, rows: list[int]) -> None:
        """Pass over single cells of a column that explains the figures of other rows."""
        for row in rows:
            self._account.mark(row, (column,), Fate.PASSED_OVER)
        cells = _listed([self._sheet.cell(row, column).address for row in rows])
        args = {"column": shown(RawCell(title)), "why": "column of judged", "count": str(len(rows)), "left": cells}
        self._account.report(Code.COLUMN_PASSED_OVER, self._header.cell(self._sheet, column), **args)

    def _unjudged(self, rows: tuple[TableRow, ...]) -> None:
        """Say that nothing prints the reasons of a register in which no event is judged."""
        column = self._header.column(col.EXPLANATION) if self._header.kind == "register" else None
        if column is None or not self._filled(column):
            return
        judged = {fold(register) for register in self._expected.known.judged_events}
        if not any(fold(row.text(col.EVENT)) in judged for row in rows):
            cell, (title, _) = self._header.cell(self._sheet, column), self._header.titles[column]
            args = {"column": shown(RawCell(title)), "why": "column without judged"}
            self._account.report(Code.COLUMN_PASSED_OVER, cell, **args)

    def _typed(self, rows: tuple[TableRow, ...]) -> tuple[list[str], list[str]]:
        """Name the columns of a matrix that are measured, and those that describe units."""
        known = self._expected.known
        names = rows[0].columns if rows and self._header.kind == "matrix" else ()
        measures = [name for name in names if name in known.measures]
        measured = [name for name in measures if name not in known.attributes]
        return measured, [name for name in measures if name in known.attributes]

    def _headings(self) -> None:
        for number in (*self._block.titles, *self._block.repeats):
            own = (column for column in self._sheet.rows.get(number, {}) if column >= self._block.left)
            self._account.mark(number, own, Fate.HEADING)
        for number in range(self._header.top, self._header.bottom + 1):
            self._account.mark(number, self._header.titles.keys() - self._apart, Fate.HEADING)

    def _columns(self) -> None:
        """Account for the columns that are not looked at: passed over by name, or part of an error."""
        first: dict[str, Cell] = {}
        absent = self._expected.looked_at(self._header.kind) - set(self._header.columns.values())
        for column, (text, row) in sorted(self._header.titles.items()):
            name = self._header.columns.get(column)
            cell = self._sheet.cell(row, column)
            if name is not None:
                if name in first:
                    self._account.report(Code.COLUMN_TWICE, cell, measure=name, first=str(first[name]))
                    self._mark(column, Fate.FAULTY)
                first.setdefault(name, cell)
                self._aside(column, name)
            elif column != self._header.unit and column not in self._apart:
                self._unknown(column, text, cell, absent)
        self._untitled()

    def _aside(self, column: int, name: str) -> None:
        """Account for a column of a form that explains others."""
        if self._header.kind == "form" and name in col.LABELS:
            self._mark(column, Fate.HEADING)

    def _unknown(self, column: int, text: str, cell: Cell, absent: frozenset[str]) -> None:
        """Report a column that is not understood: an error where it may be one that is missing or outranked."""
        ignored = fold(text) in map(fold, self._expected.ignored)
        if self._is_blank_by_hand(column, text):
            self._mark(column, Fate.HEADING)
            return
        if not ignored and self._fixes_grades(column, text):
            self._mark(column, Fate.FAULTY)
            self._account.report(Code.GRADE_RULING_INCOMPLETE, cell, missing="", column=text)
            return
        near = "" if ignored else self._names.near(text, absent) or self._outranked(column, text)
        if not near and not ignored and self._header.kind == "register" and self._filled(column):
            near = hinted(text, absent - ({col.AMOUNT} if not self._holds_figures([column]) else set()))
        if near:
            self._mistaken.add(near)
            self._mark(column, Fate.FAULTY)
            raw = self._sheet.rows[cell.row][column]
            self._account.report(Code.COLUMN_NEAR_MISS, cell, column=shown(raw), near=near)
        else:
            self._pass_over(column, text)

    def _is_blank_by_hand(self, column: int, text: str) -> bool:
        """Tell whether a column of a scoring table is for points that are written by hand, and nobody did so."""
        if self._header.kind != "form" or not self._header.column(col.REVIEWED) or fold(text) not in _BY_HAND:
            return False
        cells = (row[column] for row in self._block.rows.values() if column in row)
        return all(isinstance(cell.content, BrokenCell) and cell.content.why == "merged" for cell in cells)

    def _fixes_grades(self, column: int, text: str) -> bool:
        """Tell whether a column of a matrix fixes grades, which stand in a table of their own."""
        own = self._header.kind == "matrix" and self._expected.known.grades
        return bool(own) and self._filled(column) and titles_of((col.FIXED_GRADE,)).meaning(text) is not None

    def _outranked(self, column: int, text: str) -> str:
        """Name the column whose figures an unknown one may correct: the one it names, or the next on its left."""
        if self._header.kind == "form":
            return col.REVIEWED if corrects(text) and not self._header.column(col.REVIEWED) else ""
        others = {col.ITEM, col.ROUND, *col.DETAILS} | self._expected.explaining
        used = {at: name for at, name in self._header.columns.items() if name not in others}
        if not self._holds_figures([column]):
            return ""
        again = self._names.meaning(without_digits(text))
        named = again or ("" if is_about(text) else self._names.around(text, used.values()))
        before = [name for at, name in sorted(used.items()) if at < column]
        return named or (next(reversed(before), "") if corrects(text) else "")

    def _pass_over(self, column: int, name: str) -> None:
        self._mark(column, Fate.PASSED_OVER)
        cell = self._header.cell(self._sheet, column)
        self._account.report(Code.COLUMN_PASSED_OVER, cell, column=shown(RawCell(name)), why="column unknown")

    def _untitled(self) -> None:
        """Pass over columns without a title that hold words alone; figures without one are for an error to name."""
        titled = {*self._header.titles, *self._apart}
        if self._used <= titled:
            return
        loose: dict[int, list[int]] = {}
        for number, row in self._block.rows.items():
            for column in row.keys() - titled:
                loose.setdefault(column, []).append(number)
        for column, numbers in sorted(loose.items()):
            cells = [self._block.rows[number][column] for number in numbers]
            if not has_figures(cells):
                for number in numbers:
                    self._account.mark(number, (column,), Fate.PASSED_OVER)
                cell = self._sheet.cell(numbers[0], column)
                self._account.report(Code.COLUMN_PASSED_OVER, cell, column=cell.letters, why="column unknown")

    def _columns_apart(self) -> frozenset[int]:
        """Find titled columns that stand apart, behind an empty one, none of them understood, with figures below."""
        used = self._used.union(self._header.titles)
        known = {*self._header.columns, *([self._header.unit] if self._header.unit else [])}
        if not known:
            return frozenset()
        group: list[int] = []
        found: list[int] = []
        for column in range(max(known) + 1, max(used) + 2):
            if column in used:
                group.append(column)
            elif group:
                if group[0] > max(known) + 1 and self._holds_figures(group):
                    found += group
                group = []
        return frozenset(found)

    def _holds_figures(self, columns: Iterable[int]) -> bool:
        wanted = {*columns}
        return has_figures(row[column] for row in self._block.rows.values() for column in wanted & row.keys())

    def _filled(self, column: int) -> bool:
        return column in self._used

    def _mark(self, column: int, fate: Fate) -> None:
        """Account for the title of a column and all below it."""
        title = self._header.cell(self._sheet, column)
        self._account.mark(title.row, (column,), fate)
        for number, row in self._block.rows.items():
            if column in row:
                self._account.mark(number, (column,), fate)

    def _report_struck_out(self, rows: Iterable[TableRow]) -> None:
        """Ask about rows of which a cell that somebody reads is struck out: once a row, however many cells."""
        if not any(cell.struck for cell in self._sheet.distinct):
            return
        header, looked_at = self._header, self._expected.looked_at(self._header.kind)
        struck: dict[int, dict[Cell, str]] = defaultdict(dict)
        for row in rows:
            read = [row.cell, *(row.place(name) for name in row.names if header.kind == "form" or name in looked_at)]
            if header.kind == "form" and (item := header.column(col.ITEM)) is not None:
                read += [self._sheet.cell(cell.row, item) for cell in read[1:]]
            for cell in read:
                raw = self._sheet.rows.get(cell.row, {}).get(cell.column)
                if raw is not None and raw.struck:
                    struck[cell.row][cell] = row.unit
        for cells in struck.values():
            first = min(cells)
            args = {"unit": cells[first], "found": shown(self._sheet.rows[first.row][first.column])}
            args["cells"] = "、".join(cell.address for cell in sorted(cells))
            self._account.report(Code.STRUCK_OUT, first, **args)


def _report_names(rows: Iterable[TableRow], account: SheetAccount) -> None:
    """Report names of persons and reasons without a usable value; what a rubric names is compared with it anyway."""
    for row in rows:
        for column in (col.REASON, col.APPROVER):
            raw = row.raw(column)
            if raw is not None and isinstance(raw.content, BrokenCell) and raw.content.why != "merged":
                account.found.extend(no_key(NoKey("error"), raw, row.place(column), column))


def _report_unclaimed(account: SheetAccount) -> None:
    """Report what belongs to no table, block by block."""
    sheet = account.sheet
    for at, area in enumerate(areas(account.unclaimed())):
        beside = (account.fate(area.top, column) for column in sheet.rows[area.top])
        alone = area.is_one_cell and Fate.USED not in beside  # a table has a unit and a figure
        for row, columns in area.rows.items():
            account.mark(row, columns, Fate.PASSED_OVER if alone else Fate.FAULTY)
        cell = sheet.cell(area.top, area.left)
        if alone:
            account.report(Code.ROW_PASSED_OVER, cell, row=shown(sheet.rows[area.top][area.left]), why="row apart")
        elif at < _AREAS:
            account.report(Code.BLOCK_UNKNOWN, cell, range=area.reference(sheet))


def _report_beneath(account: SheetAccount) -> None:
    """Report values that a merge covers: nobody sees them, and nobody knows whether they count."""
    sheet = account.sheet
    for row, column, cells in sheet.beneath:
        raw = sheet.rows[row][column]
        covers = raw.content.detail if isinstance(raw.content, BrokenCell) else ""
        args = {"beneath": shown(raw), "covers": covers, "more": str(cells) if cells > 1 else ""}
        account.report(Code.MERGED_CELLS, sheet.cell(row, column), **args)


def _report_hidden(found: list[TableBlock], tables: Iterable[EvidenceTable], account: SheetAccount) -> None:
    """Say that rows and columns count although nobody sees them."""
    sheet = account.sheet
    rows = (row for table in tables for row in table.rows) if sheet.hidden_rows else ()
    numbers = sorted({number for row in rows for number in (row.cell.row, *row.numbers)} & sheet.hidden_rows)
    looked_at = {column for block in found for column in (*block.header.columns, block.header.unit or 0)}
    columns = [sheet.cell(1, column).letters for column in sorted(looked_at & sheet.hidden_columns)]
    if numbers or columns:
        args = {"rows": _listed([str(number) for number in numbers]), "columns": _listed(columns)}
        account.found.append(at_file(Code.SHOWN_TO_NOBODY, sheet.file, sheet.name, **args))


def _listed(names: list[str]) -> str:
    return "、".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
