"""Sections and items of a table: its header says what the columns hold, merged cells are filled."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.draft.documents.blocks import Grid, GridCell, Paragraph
from dangjian_score.draft.grammar.figures import evened, widened
from dangjian_score.draft.layout.headers import ColumnRoles, header_of
from dangjian_score.draft.layout.outline import Item, Kind, OutlineSection, StatedSum
from dangjian_score.draft.layout.titles import MAX_TITLE, Headed, figure_of, headed, kind_of, title_of

_SUM: Final = re.compile(r"(?:小计|合计|总计|总分|共计|总 *计|合 *计|小 *计)")
_SUBTOTAL: Final = re.compile(r"小 *计")
_BROKEN: Final = re.compile(r"\n(?=[的，。；、）者])")
"""A line break within a sentence."""
_GROUP: Final = re.compile(r"满分\d+(?:\.\d+)?分")
"""What is said of an item that has parts with points of their own."""
_WORTH_BELOW: Final = re.compile(r"\n(?=[（(]?\d+(?:\.\d+)?\s*分[）)]?$)")
"""The line break before the points of a section."""
_NUMERAL: Final = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]?")
_OTHER: Final = re.compile(
    "(?:加分|扣分|减分|附加分|加减分)(?:项目?|事项|情况|因素)?|一票否决(?:项|事项)?|否决(?:项|事项)"
)
"""An item that is no part of the base, in a table without a column of sections."""
_OVER_ALL: Final = re.compile(r"^(?:备注|说明|注)[：:]?")


class _Row(Struct, frozen=True):
    """A row of the body: what stands in its columns, where, and which cells are those of the row above."""

    cells: tuple[GridCell, ...]
    at: int

    def text(self, column: int) -> str:
        return _BROKEN.sub("", widened(self.cells[column].text)).strip()

    def is_new(self, column: int) -> bool:
        """Return whether a cell begins in this row."""
        return self.cells[column].row == self.at


class TableReader:
    """Reads the tables of a document into sections; a section may go on in the next table.

    `paragraphs` are the sentences that stand across all columns, as running text does.
    """

    def __init__(self) -> None:
        self.sections: list[OutlineSection] = []
        self.sums: list[StatedSum] = []
        self.lines: list[str] = []
        self.paragraphs: list[Paragraph] = []
        self._part: str | None = None
        self._is_parted = False
        self._table = ""
        self._lead: Paragraph | None = None
        self._head: list[str] = []

    def read(self, grid: Grid, heading: str) -> bool:
        """Read a table with the heading before it; return False where it is no table of items."""
        header = header_of(grid)
        if header is None:
            return False
        if (halves := _side_by_side(grid, header)) is not None:
            read = [self.read(half, heading) for half in halves]
            return all(read)
        dims = self._dimensions(grid, header)
        self._head = [widened(cell.text).strip() for cell in grid.rows[max(header.body - 1, 0)]] if header.body else []
        self._head = self._head or [""] * len(grid.rows[0])
        self._part, self._is_parted = None, False
        self._table = f"{grid.name} " if grid.name else f"表 {grid.number} "
        for row in grid.rows[: header.body - 1]:
            self.lines += [widened(text) for text in dict.fromkeys(cell.text for cell in row) if text.strip()]
        for at in range(header.body, len(grid.rows)):
            cells = grid.rows[at]
            self._row(_Row(cells, max(cell.row for cell in cells)), header, dims, grid, heading)
        return True

    def _dimensions(self, grid: Grid, header: ColumnRoles) -> list[int]:
        """Return the columns that name sections and items, the section's first; without one the table is a section."""
        dims = header.columns("section", "item", "criterion")
        rows = grid.rows[header.body :]
        distinct = []
        for column in dims:
            shown = {(row[column].row, row[column].column) for row in rows}
            distinct.append(column if shown else -1)
        return [column for column in distinct if column >= 0]

    def _row(self, row: _Row, header: ColumnRoles, dims: list[int], grid: Grid, heading: str) -> None:
        texts = [widened(cell.text).strip() for cell in row.cells]
        filled = [text for text in texts if text]
        if not filled:
            return
        if self._is_sum(row, header, texts):
            return
        if len(set(map(id, row.cells))) == 1 or (
            len({cell.column for cell in row.cells if cell.text.strip()}) == 1 and row.cells[_first(texts)].columns > 1
        ):
            self._full_width(filled[0], row)
            return
        if _is_labelled(row) and _NUMERAL.fullmatch(texts[0]) and len(texts[1]) <= MAX_TITLE:
            self._full_width(texts[1], row)
            return
        if _is_labelled(row) and not _GIVES.search(evened(texts[1])):
            self.paragraphs.append(Paragraph(f"{texts[0]}：{texts[1]}", "", None, row.at))
            return
        if sum(text == head for text, head in zip(texts, self._head, strict=True)) > len(texts) / 2:
            return  # the header once more, on the next page
        self._item(row, header, dims, grid, heading)

    def _is_sum(self, row: _Row, header: ColumnRoles, texts: list[str]) -> bool:
        new = (text for column, text in enumerate(texts) if text and row.is_new(column))
        label = next(new, "")
        if not _SUM.match(label) or len(label) > MAX_TITLE:
            return False
        figures = [figure_of(texts[column]) for column in reversed(header.columns("worth"))]
        within = headed(label).worth
        points = next((figure for figure in (*figures, within) if figure is not None), None)
        if points is not None:
            self._sum(StatedSum(points, self._place(row)), subtotal=bool(_SUBTOTAL.match(label)))
        return True

    def _sum(self, found: StatedSum, *, subtotal: bool) -> None:
        if subtotal and self.sections:
            self.sections[-1] = replace(self.sections[-1], sums=(*self.sections[-1].sums, found))
        else:
            self.sums.append(found)

    def _full_width(self, text: str, row: _Row) -> None:
        """Take a row of one cell as the heading of a section, or as a line that belongs to none.

        A heading that lines follow instead of items is a line like them: running text under a table.
        """
        line = headed(text)
        if len(line.text) > 2 * MAX_TITLE or _OVER_ALL.match(text) or re.search("[，。；]|：.", line.text):
            if self._lead is not None and self.sections and not self.sections[-1].items:
                del self.sections[-1]
                self.paragraphs.append(self._lead)
            self._lead = None
            self.paragraphs.append(Paragraph(text, "", None, row.at))
            return
        self._lead = Paragraph(text, "", None, row.at)
        title = title_of(line.text)
        sums = () if line.worth is None else (StatedSum(line.worth, self._place(row)),)
        self.sections.append(
            OutlineSection(title, kind_of(title), line.worth, clause=line.number, place=self._place(row), sums=sums)
        )
        self._part, self._is_parted = title, True

    def _item(self, row: _Row, header: ColumnRoles, dims: list[int], grid: Grid, heading: str) -> None:
        section_column, item_columns = self._split(header, dims, grid)
        if section_column is not None and (row.is_new(section_column) and row.text(section_column)):
            worth = header.worths[0]
            self._section(row.text(section_column), row, None if worth is None else figure_of(row.text(worth)))
        elif not self.sections or (self._part is None and section_column is None):
            self._start(heading or grid.name, row)
        self._part = self._part or self.sections[-1].title
        worth = header.worths[1]
        points = "" if worth is None else row.text(worth)
        kind = _kind_by(points)
        if kind != "base" and self.sections[-1].kind == "base" and not self.sections[-1].items:
            self.sections[-1] = replace(self.sections[-1], kind=kind)
        item = self._read(row, header, item_columns)
        if item is not None and section_column is None and self.sections[-1].kind in ("base", "adjust"):
            kind = kind_of(item.title) if _OTHER.fullmatch(item.title) else kind
            if kind != "base":  # a row of its own kind in a table without a column of sections
                place = self._place(row)
                self.sections.append(
                    OutlineSection(item.title, kind, item.max, own=item, clause=item.clause, place=place)
                )
                self._part = None
                return
        if item is None or (item.max is None and _GROUP.fullmatch(evened(item.standard))):
            return
        section = self.sections[-1]
        if self._goes_on(row, header, item_columns) and section.items:
            *before, last = section.items
            self.sections[-1] = replace(section, items=(*before, _joined(last, item)))
        else:
            self.sections[-1] = replace(section, items=(*section.items, item))

    def _place(self, row: _Row) -> str:
        """Say where a row stands."""
        return f"{self._table}第 {row.at} 行"

    def _split(self, header: ColumnRoles, dims: list[int], grid: Grid) -> tuple[int | None, list[int]]:
        """Return the column of sections and those of items: with one column left, its cells are the items."""
        if len(dims) <= 1 and header.columns("standard"):
            return None, dims
        rows = grid.rows[header.body :]
        described = len(dims) == len(("item", "criterion")) and header.roles[dims[-1]] == "criterion"
        if len(dims) <= 1 or (self._is_parted and described):
            return None, dims
        first = dims[0]
        merged = any(row[first].rows > 1 for row in rows)
        repeated = len({widened(row[first].text) for row in rows if row[first].text.strip()}) < sum(
            bool(row[first].text.strip()) for row in rows
        )
        blank = any(not row[first].text.strip() for row in rows)
        leads = merged or repeated or blank or len(dims) > len(("section", "item"))
        return (first, dims[1:]) if leads or (self._part is None and _worths(rows, first)) else (None, dims)

    def _section(self, text: str, row: _Row, worth: Fraction | None) -> None:
        line = headed(_WORTH_BELOW.sub("", text))
        if line.worth is None and worth is not None:
            line = replace(line, worth=worth)
        title = title_of(line.text)
        if (
            self.sections
            and self.sections[-1].title == title
            and not (line.worth and self.sections[-1].max != line.worth)
        ):
            return
        sums = () if line.worth is None else (StatedSum(line.worth, self._place(row)),)
        self.sections.append(
            OutlineSection(title, kind_of(title), line.worth, clause=line.number, place=self._place(row), sums=sums)
        )

    def _start(self, heading: str, row: _Row) -> None:
        """Open a section for rows that have none, under the heading of the table."""
        line = headed(widened(heading))
        title = title_of(line.text) or "考核内容"
        if self.sections and self.sections[-1].title == title:
            return
        sums = () if line.worth is None else (StatedSum(line.worth, self._place(row)),)
        self.sections.append(
            OutlineSection(title, kind_of(title), line.worth, clause=line.number, place=self._place(row), sums=sums)
        )

    def _read(self, row: _Row, header: ColumnRoles, item_columns: list[int]) -> Item | None:
        standards = list(dict.fromkeys(row.text(column) for column in header.columns("standard") if row.text(column)))
        inspects = list(dict.fromkeys(row.text(column) for column in header.columns("inspect") if row.text(column)))
        named = [row.text(column) for column in item_columns if row.text(column)]
        worths = header.worths[1]
        worth = None if worths is None else figure_of(row.text(worths))
        if not named and not standards:
            return None
        lines = [headed(text) for text in dict.fromkeys(named)] or [headed(standards[0])]
        numbers = [row.text(column) for column in header.columns("number")]
        worth = worth if worth is not None else next((line.worth for line in lines if line.worth is not None), None)
        head = _title_among(row, header, item_columns) or lines[0]
        criterion = "\n".join(line.text for line in lines if line is not head or len(head.text) > MAX_TITLE)
        if not standards:
            standards = [line.text for line in lines if len(line.text) > MAX_TITLE or line is lines[-1]]
        clause = next((number for number in numbers if number), "") or head.number
        content = "\n".join(line.text for line in lines)
        return Item(
            title_of(head.text),
            worth,
            content,
            criterion,
            "\n".join(standards),
            "\n".join(inspects),
            clause,
            self._place(row),
        )

    def _goes_on(self, row: _Row, header: ColumnRoles, item_columns: list[int]) -> bool:
        """Return whether a row goes on with the item above: its names and points are merged with those, or blank."""
        named = [column for column in item_columns if header.roles[column] != "criterion"] or item_columns
        names = [column for column in named if row.is_new(column) and row.text(column)]
        worth = header.worths[1]
        if worth is None:
            return not names
        is_new = row.is_new(worth) and bool(row.text(worth))
        return not is_new if not names else not is_new and not row.is_new(worth)


def _side_by_side(grid: Grid, header: ColumnRoles) -> tuple[Grid, Grid] | None:
    """Take two tables apart that stand side by side under one header."""
    half, odd = divmod(len(header.roles), 2)
    if odd or header.roles[:half] != header.roles[half:] or not {"standard", "worth"} <= set(header.roles):
        return None
    left = tuple(row[:half] for row in grid.rows)
    right = tuple(row[half:] for row in grid.rows)
    return Grid(grid.number, grid.name, left), Grid(grid.number, grid.name, right)


def _title_among(row: _Row, header: ColumnRoles, item_columns: list[int]) -> Headed | None:
    """Return the name of the lowest level (三级指标), where all columns that name items are of one kind."""
    leaves = [column for column in item_columns if header.roles[column] == "item" and row.text(column)]
    if len(leaves) < len(("group", "leaf")) or any(header.roles[column] == "section" for column in item_columns):
        return None
    head = headed(row.text(leaves[-1]))
    return head if len(head.text) <= MAX_TITLE else None


def _kind_by(points: str) -> Kind:
    """Return what a cell of points says of its row: 加5, +5, 加分 or -3."""
    if points.startswith(("-", "－", "—")):
        return "penalty"
    if points.startswith(("+", "＋")):
        return "bonus"
    kind = kind_of(points)
    return kind if kind in ("bonus", "penalty") else "base"


def _is_labelled(row: _Row) -> bool:
    """Return whether all columns but the first are one cell, a short label before them: 备注 | 90分以上为优秀."""
    label, *others = row.cells
    is_wide = len(others) > 1 and len({id(cell) for cell in others}) == 1 and others[0] is not label
    return is_wide and 0 < len(label.text.strip()) <= MAX_TITLE


_GIVES: Final = re.compile(r"(?:[扣减加记奖]|得(?!分)|扣除)[^，。；]{0,8}?\d+(?:\.\d+)?分|不得分")


def _first(texts: Sequence[str]) -> int:
    return next(at for at, text in enumerate(texts) if text)


def _worths(rows: Sequence[tuple[GridCell, ...]], column: int) -> bool:
    return any(headed(widened(row[column].text)).worth is not None for row in rows)


def _joined(item: Item, more: Item) -> Item:
    """Add the words of a row to the item it goes on with."""

    def both(first: str, second: str) -> str:
        return first if not second or second in first else "\n".join(filter(None, (first, second)))

    return replace(
        item,
        max=_sum_of(item.max, more.max),
        content=both(item.content, more.content),
        criterion=both(item.criterion, more.criterion),
        standard=both(item.standard, more.standard),
        inspect=both(item.inspect, more.inspect),
    )


def _sum_of(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    return first if first is not None else second
