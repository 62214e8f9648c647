"""Sheets → tables: each block read as what it is, and every cell of the sheet accounted for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import Cell, Fate
from dangjian_score.core.names import fold
from dangjian_score.evidence.sheets import BrokenCell, CellAccount, RawCell, Sheet, shown
from dangjian_score.evidence.tables.blocks import TableBlock, areas, blocks, has_figures
from dangjian_score.evidence.tables.columns import (
    AMOUNT,
    APPROVER,
    CHOICES,
    DETAILS,
    GUIDE,
    ITEM,
    LABELS,
    REASON,
    REMARKS,
    REVIEWED,
    ROUND,
    Expected,
    Kind,
    corrects,
    hinted,
    is_about,
    titles_of,
    without_digits,
)
from dangjian_score.evidence.tables.forms import form_entries
from dangjian_score.evidence.tables.headers import Header
from dangjian_score.evidence.tables.keys import Unusable, unusable
from dangjian_score.evidence.tables.rows import Entry, Rows


def struck_out(sheet: Sheet, header: Header, entries: Iterable[Entry], expected: Expected) -> Iterator[Diagnostic]:
    """Ask about rows of which a cell that somebody reads is struck out: once a row, however many cells."""
    if not any(cell.struck for cell in sheet.distinct):
        return
    looked_at = expected.looked_at(header.kind)
    rows: dict[int, dict[Cell, str]] = defaultdict(dict)
    for entry in entries:
        read = [entry.cell, *(cell for name, (_, cell) in entry.cells.items() if _read(name, header, looked_at))]
        if header.kind == "form" and (item := header.column(ITEM)) is not None:
            read += [sheet.cell(cell.row, item) for cell in read[1:]]
        for cell in read:
            raw = sheet.rows.get(cell.row, {}).get(cell.column)
            if raw is not None and raw.struck:
                rows[cell.row][cell] = entry.unit
    for cells in rows.values():
        first = min(cells)
        told = {"unit": cells[first], "found": shown(sheet.rows[first.row][first.column])}
        yield at_cell(Code.STRUCK_OUT, first, **told, cells="、".join(cell.address for cell in sorted(cells)))


def _read(name: str, header: Header, looked_at: frozenset[str]) -> bool:
    return header.kind == "form" or name in looked_at


def beneath_merges(sheet: Sheet) -> Iterator[Diagnostic]:
    """Report values that a merge covers: nobody sees them, and nobody knows whether they count."""
    for row, column, cells in sheet.beneath:
        content = sheet.rows[row][column].content
        covers = content.detail if isinstance(content, BrokenCell) else ""
        told = {"beneath": shown(sheet.rows[row][column]), "covers": covers, "more": str(cells) if cells > 1 else ""}
        yield at_cell(Code.MERGED_CELLS, sheet.cell(row, column), **told)


def unreadable_names(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Report names of persons and reasons without a usable value; what a rubric names is compared with it anyway."""
    for entry in entries:
        for column in (REASON, APPROVER):
            raw = entry.cells.raw(column)
            if raw is not None and isinstance(raw.content, BrokenCell) and raw.content.why != "merged":
                yield from unusable(Unusable("error"), raw, entry.cells[column][1], column)


_GUIDES = frozenset({"说明", GUIDE, "填报说明", "使用说明"})
"""Names by which a sheet says that it is no evidence, whatever it holds."""
_AREAS = 50
"""Blocks of one sheet that are named one by one."""
_SHOWN = 10


class SheetTable(Struct, frozen=True):
    """A block of a sheet that is understood. In a form `columns` are what it asks.

    `titles` tells where the title of each column stands; `mistaken` are columns that a misspelt title may mean;
    `percents` those titled as per cents.
    """

    kind: Kind
    sheet: Sheet
    columns: frozenset[str]
    entries: tuple[Entry, ...]
    titles: Mapping[str, Cell]
    mistaken: frozenset[str] = frozenset()
    percents: frozenset[str] = frozenset()


def find_tables(sheet: Sheet, expected: Expected, account: CellAccount) -> tuple[list[SheetTable], list[Diagnostic]]:
    """Understand a sheet; what cannot be told is a finding that names its range."""
    account.open(sheet)
    if not sheet.rows:
        return [], []
    found = blocks(sheet, expected)
    aside = _set_aside(sheet, found, expected)
    if aside is not None:
        faulty = any(one.code is not Code.SHEET_PASSED_OVER for one in aside)
        account.mark_rows(sheet, sheet.rows, Fate.FAULTY if faulty else Fate.PASSED_OVER if aside else Fate.HEADING)
        return [], aside
    diagnostics: list[Diagnostic] = []
    tables = [_Reader(sheet, block, expected, account, diagnostics).table() for block in found]
    diagnostics += _unclaimed(sheet, account)
    diagnostics += (*_hidden(sheet, found, tables), *beneath_merges(sheet))
    return tables, diagnostics


def _set_aside(sheet: Sheet, found: list[TableBlock], expected: Expected) -> list[Diagnostic] | None:
    """Say why a sheet is not read as tables; nothing is said of our own guides. None where it is read."""
    if not found and (sheet.name == GUIDE or (sheet.name == CHOICES and sheet.hidden)):
        return []
    name = sheet.name or ""
    if name in _GUIDES or ("说明" in name and not found):
        return [at_file(Code.SHEET_PASSED_OVER, sheet.file, sheet.name, why="instructions")]
    if found and (sheet.hidden or "说明" in name):
        why = "hidden table" if sheet.hidden else "explaining table"
        return [at_file(Code.HIDDEN_TABLE, sheet.file, sheet.name, why=why)]
    if sheet.hidden:
        return [at_file(Code.SHEET_PASSED_OVER, sheet.file, sheet.name, why="hidden")]
    return None if found else [at_file(Code.NO_TABLE, sheet.file, sheet.name, unit=expected.unit_names[0])]


class _Reader:
    """Reads one block; findings go to `found`."""

    def __init__(
        self, sheet: Sheet, block: TableBlock, expected: Expected, account: CellAccount, found: list[Diagnostic]
    ) -> None:
        self._sheet, self._block, self._expected, self._account, self._found = sheet, block, expected, account, found
        self._header = block.header
        self._key = (sheet.file, sheet.name)
        self._names = titles_of(expected.columns(block.header.kind))
        self._mistaken: set[str] = set()
        self._used = frozenset[int]().union(*block.rows.values())
        self._apart = self._columns_apart()

    def table(self) -> SheetTable:
        """Read the block's rows and account for its cells."""
        header = self._header
        self._headings()
        self._columns()
        if header.kind == "form":
            read = [*form_entries(self._sheet, self._block, self._expected, self._account)]
        else:
            read = [*Rows(self._sheet, self._block, self._expected, self._account).entries()]
        wrong = [one for one in read if isinstance(one, Diagnostic)]
        self._found += wrong
        self._mistaken |= {dict(one.args)["near"] for one in wrong if one.code is Code.COLUMN_NEAR_MISS}
        rows = tuple(one for one in read if isinstance(one, Entry))
        self._found += (*struck_out(self._sheet, header, rows, self._expected), *unreadable_names(rows))
        titles = {name: header.cell(self._sheet, column) for column, name in header.columns.items()}
        columns = frozenset(titles)
        if header.kind == "form":
            titles = {name: cell for entry in reversed(rows) for name, (_, cell) in entry.cells.items()}
            columns = columns & {ROUND} | titles.keys()
        percents = frozenset(name for column, name in header.columns.items() if column in header.percents)
        return SheetTable(header.kind, self._sheet, columns, rows, titles, frozenset(self._mistaken), percents)

    def _headings(self) -> None:
        for number in (*self._block.titles, *self._block.repeats):
            own = (column for column in self._sheet.rows.get(number, {}) if column >= self._block.left)
            self._account.mark_all(self._key, number, own, Fate.HEADING)
        for number in range(self._header.top, self._header.bottom + 1):
            self._account.mark_all(self._key, number, self._header.titles.keys() - self._apart, Fate.HEADING)

    def _columns(self) -> None:
        """Account for the columns that are not looked at: passed over by name, or part of an error."""
        first: dict[str, Cell] = {}
        absent = self._expected.looked_at(self._header.kind) - set(self._header.columns.values())
        for column, (text, row) in sorted(self._header.titles.items()):
            name = self._header.columns.get(column)
            cell = self._sheet.cell(row, column)
            if name is not None:
                if name in first:
                    self._found.append(at_cell(Code.COLUMN_TWICE, cell, measure=name, first=str(first[name])))
                    self._mark(column, Fate.FAULTY)
                first.setdefault(name, cell)
                self._aside(column, name)
            elif column != self._header.unit and column not in self._apart:
                self._unknown(column, text, cell, absent)
        self._untitled()

    def _aside(self, column: int, name: str) -> None:
        """Account for a column of a form that explains others, or holds remarks."""
        if self._header.kind != "form":
            return
        if name in LABELS:
            self._mark(column, Fate.HEADING)
        elif name in REMARKS and self._filled(column):
            self._pass_over(column, name)

    def _unknown(self, column: int, text: str, cell: Cell, absent: frozenset[str]) -> None:
        """Report a column that is not understood: an error where it may be one that is missing or outranked."""
        ignored = fold(text) in map(fold, self._expected.ignored)
        near = "" if ignored else self._names.near(text, absent) or self._outranked(column, text)
        if not near and not ignored and self._header.kind == "register" and self._filled(column):
            near = hinted(text, absent - ({AMOUNT} if not self._holds_figures([column]) else set()))
        if near:
            self._mistaken.add(near)
            self._mark(column, Fate.FAULTY)
            raw = self._sheet.rows[cell.row][column]
            self._found.append(at_cell(Code.COLUMN_NEAR_MISS, cell, column=shown(raw), near=near))
        else:
            self._pass_over(column, text)

    def _outranked(self, column: int, text: str) -> str:
        """Name the column whose figures an unknown one may correct: the one it names, or the next on its left."""
        if self._header.kind == "form":
            return REVIEWED if corrects(text) and not self._header.column(REVIEWED) else ""
        used = {at: name for at, name in self._header.columns.items() if name not in (ITEM, ROUND, *DETAILS)}
        if not self._holds_figures([column]):
            return ""
        again = self._names.meaning(without_digits(text))
        named = again or ("" if is_about(text) else self._names.around(text, used.values()))
        before = [name for at, name in sorted(used.items()) if at < column]
        return named or (next(reversed(before), "") if corrects(text) else "")

    def _pass_over(self, column: int, name: str) -> None:
        self._mark(column, Fate.PASSED_OVER)
        cell = self._header.cell(self._sheet, column)
        self._found.append(at_cell(Code.COLUMN_PASSED_OVER, cell, column=shown(RawCell(name))))

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
                    self._account.mark_all(self._key, number, (column,), Fate.PASSED_OVER)
                cell = self._sheet.cell(numbers[0], column)
                self._found.append(at_cell(Code.COLUMN_PASSED_OVER, cell, column=cell.letters))

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
        self._account.mark(self._header.cell(self._sheet, column), fate)
        for number, row in self._block.rows.items():
            if column in row:
                self._account.mark_all(self._key, number, (column,), fate)


def _unclaimed(sheet: Sheet, account: CellAccount) -> Iterator[Diagnostic]:
    """Report what belongs to no table, block by block."""
    key = (sheet.file, sheet.name)
    for at, area in enumerate(areas(account.open_cells(sheet))):
        beside = (account.fate(sheet.cell(area.top, column)) for column in sheet.rows[area.top])
        alone = area.is_one_cell and Fate.USED not in beside  # a table has a unit and a figure
        fate = Fate.PASSED_OVER if alone else Fate.FAULTY
        for row, columns in area.rows.items():
            account.mark_all(key, row, columns, fate)
        if alone:
            cell = sheet.cell(area.top, area.left)
            yield at_cell(Code.ROW_PASSED_OVER, cell, row=shown(sheet.rows[area.top][area.left]))
        elif at < _AREAS:
            yield at_cell(Code.BLOCK_UNKNOWN, sheet.cell(area.top, area.left), range=area.reference(sheet))


def _hidden(sheet: Sheet, found: list[TableBlock], tables: list[SheetTable]) -> Iterator[Diagnostic]:
    """Say that rows and columns count although nobody sees them."""
    entries = (entry for table in tables for entry in table.entries) if sheet.hidden_rows else ()
    numbers = sorted({row for entry in entries for row in (entry.cell.row, *entry.cells.numbers)} & sheet.hidden_rows)
    looked_at = {column for block in found for column in (*block.header.columns, block.header.unit or 0)}
    columns = [sheet.cell(1, column).letters for column in sorted(looked_at & sheet.hidden_columns)]
    if numbers or columns:
        told = {"rows": _listed([str(number) for number in numbers]), "columns": _listed(columns)}
        yield at_file(Code.SHOWN_TO_NOBODY, sheet.file, sheet.name, **told)


def _listed(names: list[str]) -> str:
    return "、".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
