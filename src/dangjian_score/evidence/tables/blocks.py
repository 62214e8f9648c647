"""A sheet parted into tables: which rows belong to which header, and rows that are about no unit."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.core.columns import ROUND, UNIT
from dangjian_score.core.names import fold
from dangjian_score.core.sheet_style import MOST_COLUMNS
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Sheet, SheetRow
from dangjian_score.evidence.tables.cells import number_in, percent_in
from dangjian_score.evidence.tables.columns import Expected
from dangjian_score.evidence.tables.headers import Header, HeaderFinder, title_of

_TOTAL: Final = re.compile(
    r"(?:本页|全部|所有|各|总|全[省市县区镇乡局校院])?"
    r"(?:合计|小计|总计|累计|汇总|共计|总和|总数|平均|均值|最高|最低|最大|最小|满分|标准分|标准分值|分值|权重|占比|中位|求和)"
    r"(?:得?分[数值]?|.?数|值|行|率|项|水平|成绩)?"
    r"|(?:最终|最后|综合|实际|总)?(?:得分|均分|总分|总评|扣分)|去掉.*最[高低].*|总.{1,2}数"
    r"|(?:加权|算术|年度)?平均.{0,4}|人均.{0,4}|均数?|计|(?:去年|上年度?|上期|同期).{0,4}|其中.*|以上.{0,2}共.*|共"
    r"|目标值?|任务数?|应报数?|标准差?|权数|基数|参考值|极差|排名|名次|增幅|及格线|优秀线|max|min|sum|average|avg"
    r"|全部(?:支部|单位|党支部)|[栏行列]次|序号"
)
_COUNT_OF_ALL: Final = re.compile(r"共?(?:计|有)?[0-9]+个?(?:支部|党支部|单位|部门|家)?|全部|[-—/]*")
"""What stands in the column of units beside the name of a total."""
_ENDS_AS_TOTAL: Final = re.compile(r".+(?:合计|小计|总计)|.{1,4}平均(?:[分数值]|水平|得分)?")
_ASIDE: Final = re.compile(r"\([^()]*\)|(?<![0-9.])共?[0-9.]+[个名家条项人次分%]*(?:支部|党支部|单位)?$")
_LONGEST: Final = 60
"""Characters of a name; longer ones are none of a family."""
_HEADING: Final = re.compile(
    r".*(?:[组类表篇批]|台账|名单|名册|.*\(续.*\)|部分|情况|汇总|统计|登记|附件.*|[0-9]{4}年.*|第.{1,3}[组批类季]度?)"
)
_LABEL: Final = re.compile(
    r".*(?::|年度|时间|日期|单位|部门|人|编号|名称|电话|地点|期间|文号|类别|项目|内容|指标).*|section|item"
)
_SIGNED: Final = re.compile(
    r"(?:填表|填报|制表|审核|审批|复核|经办|负责|统计|报送|联系|考核组?|监督)(?:人|单位|部门|日期|时间|电话|领导)?"
    r"|(?:单位|部门|主要|分管)?(?:负责人|领导|书记)?(?:签字|签名|签章|盖章|公章)|单位\(?盖章\)?|(?:主要|分管|单位)(?:负责人|领导)"
    r"|日期|年月日|电话"
)
_NOTED: Final = re.compile(r"(?:备?注|说明|备注|附注|填表说明|注意)[0-9]*")
_ENDING: Final = re.compile(
    r"\(?(?:以下空白|此页无正文|本页完|完|无正文|以下无正文|end)\)?|第[0-9]+页(?:,?共[0-9]+页)?|共[0-9]+页|数据来源.*"
)
_LABELLED: Final = re.compile(r"[一-鿿]{1,8}:.*")
"""A label, and what it labels: at the foot of a table it is nobody's row."""
_DATED: Final = re.compile(
    r"(?:[0-9]{4}(?:年|-|/|\.)[0-9]{1,2}(?:月|-|/|\.)(?:[0-9]{1,2}日?)?|[0-9]{1,2}月[0-9]{1,2}日|年月日)"
)
_ORDINAL: Final = "[一二三四五六七八九十]+"
_GROUP: Final = re.compile(rf"(?:第?{_ORDINAL}[、.章节]|\({_ORDINAL}\)|.+\(共?[0-9]+[个家]\)$).*")
_SENTENCE: Final = re.compile("[，。；！？]")
_NOTHING: Final = re.compile(r"[\W_0]*")


def is_total(text: str) -> bool:
    """Tell a line of totals, means, extremes or weights by its name: the whole name, colons and counts aside."""
    if len(text) > _LONGEST:
        return False
    whole = fold(text).partition(":")[0]
    name = _ASIDE.sub("", whole).strip(" :") or whole[:1]
    return bool(_TOTAL.fullmatch(name) or _ENDS_AS_TOTAL.fullmatch(name))


def is_ending(text: str) -> bool:
    """Tell what marks the end of a table or page: `以下空白`, `第1页`."""
    return bool(_ENDING.fullmatch(fold(text).strip("-_")))


def is_count_of_all(text: str) -> bool:
    """Tell what stands in place of a unit beside the name of a total: `4个支部`, a dash."""
    return bool(_COUNT_OF_ALL.fullmatch(fold(text)))


def is_signature(text: str) -> bool:
    """Tell a line to be signed or a note: `填表人：…`, `注：…`, a day alone."""
    folded = fold(text)
    head, colon, rest = folded.partition(":")
    if _NOTED.fullmatch(head) and (colon or not rest):
        return True
    if is_ending(text):
        return True
    return bool(_SIGNED.fullmatch(head.strip())) or bool(_DATED.fullmatch(folded))


def is_labelled(text: str) -> bool:
    """Tell a label with what it labels, `组长：王五`."""
    return bool(_LABELLED.fullmatch(fold(text)))


def is_group(text: str) -> bool:
    """Tell a heading over some units: `一、乡镇（10个）`."""
    return bool(_GROUP.fullmatch(fold(text)))


def is_heading(text: str, subject: str) -> bool:
    """Tell the title of a table by its words; what names the subject itself is rather one of its units."""
    folded = fold(text)
    named = fold(subject) in folded
    return is_total(text) or is_group(text) or is_sentence(text) or bool(not named and _HEADING.fullmatch(folded))


def is_label(text: str) -> bool:
    """Tell a word that stands before what it labels, or over groups of columns: `考核年度`, `类别`."""
    return bool(_LABEL.fullmatch(fold(text)))


def is_sentence(text: str) -> bool:
    """Tell a sentence, which is the name of nothing."""
    return bool(_SENTENCE.search(text))


def is_nothing(text: str) -> bool:
    """Tell what is never a name: dashes, zeros, punctuation alone."""
    return bool(_NOTHING.fullmatch(fold(text)))


_MARKS: Final = frozenset({"是", "否", "有", "无", "√", "×", "✓", "✗"})
_YEARS: Final = range(1900, 2200)
_TABULAR: Final = 3
"""Cells of a row that make it a row of a table once there is a figure among them."""


class TableBlock(Struct):
    """One table of a sheet: its header, the columns it may have, and its rows: titles, repeated headers, the others."""

    header: Header
    left: int
    right: int = MOST_COLUMNS
    titles: list[int] = field(default_factory=list)
    repeats: set[int] = field(default_factory=set)
    rows: dict[int, SheetRow] = field(default_factory=dict)


class CellArea(Struct, frozen=True):
    """Cells that touch, by row and column, and the rectangle around them."""

    cells: tuple[tuple[int, int], ...]

    @property
    def rows(self) -> Mapping[int, list[int]]:
        """The columns by row."""
        found: dict[int, list[int]] = defaultdict(list)
        for row, column in self.cells:
            found[row].append(column)
        return found

    @property
    def top(self) -> int:
        """The first row."""
        return min(row for row, _ in self.cells)

    @property
    def left(self) -> int:
        """The first column."""
        return min(column for _, column in self.cells)

    @property
    def is_one_cell(self) -> bool:
        """Whether it is a single cell."""
        return len(self.cells) == 1

    def reference(self, sheet: Sheet) -> str:
        """`D1:F9`, as spreadsheets name it."""
        bottom, right = max(row for row, _ in self.cells), max(column for _, column in self.cells)
        first, last = sheet.cell(self.top, self.left).address, sheet.cell(bottom, right).address
        return first if first == last else f"{first}:{last}"


def blocks(sheet: Sheet, expected: Expected) -> list[TableBlock]:
    """Part a sheet into its tables, in the order of their headers."""
    parted = _Parted(sheet, expected)
    waiting = [*HeaderFinder(sheet, expected).headers()]
    waiting.reverse()
    for number, row in sheet.rows.items():
        while waiting and waiting[-1].top <= number:
            parted.open(waiting.pop())
        parted.take(number, row)
    return parted.found


class _Parted:
    """The tables found so far, and those among them, from the left, that the next row may belong to."""

    def __init__(self, sheet: Sheet, expected: Expected) -> None:
        self._sheet, self._expected = sheet, expected
        self._numbers = [*sheet.rows]
        self._active: list[TableBlock] = []
        self.found: list[TableBlock] = []

    def take(self, number: int, row: SheetRow) -> None:
        """Share the cells of a row out to the tables that stand side by side."""
        for block, cells in self._shared_out(row):
            if number > block.header.bottom and number not in block.repeats:
                block.rows[number] = cells

    def open(self, header: Header) -> None:
        """Begin a table, which ends those whose columns it crosses; the same header on another page only goes on."""
        crossed = [block for block in self._active if block.header.crosses(header)]
        rest = [block for block in self._active if block not in crossed]
        for block in crossed:  # the rows of a header are no rows of the tables above it
            for number in range(header.top, header.bottom + 1):
                block.rows.pop(number, None)
        left = 1 if all(block.header.left > header.right for block in rest) else header.left
        begun = TableBlock(header, left)
        begun.titles += self._titles(begun, crossed)
        again = crossed[0] if len(crossed) == 1 and crossed[0].header.repeats(header) else None
        if again is not None and (header.unit is not None or not self._names_unit(begun)):
            again.repeats |= {*range(header.top, header.bottom + 1)}
            again.titles += begun.titles
            return
        for block in rest:
            if block.left < left:
                block.right = min(block.right, left - 1)
        for block in crossed:
            if _is_label(block, header):
                begun.titles += [*block.titles, *range(block.header.top, block.header.bottom + 1)]
                self.found.remove(block)
        self.found.append(begun)
        self._active = sorted((*rest, begun), key=lambda block: block.header.left)

    def _shared_out(self, row: SheetRow) -> Iterator[tuple[TableBlock, SheetRow]]:
        if len(self._active) == 1:
            yield self._active[0], row
            return
        starts = [block.left for block in self._active]
        parts: dict[int, dict[int, RawCell]] = {}
        for column, cell in row.items() if starts else ():
            parts.setdefault(max(bisect_right(starts, column) - 1, 0), {})[column] = cell
        yield from ((self._active[at], cells) for at, cells in parts.items())

    def _titles(self, block: TableBlock, above: list[TableBlock]) -> list[int]:
        """Find the rows of titles, labels and notes over a header; they are no rows of the tables above it."""
        found: list[int] = []
        ends = max((max(upper.header.bottom, *upper.repeats, 0) for upper in above), default=0)
        for number in reversed(self._numbers[: bisect_left(self._numbers, block.header.top)]):
            row = self._sheet.rows[number]
            mine = {column: cell for column, cell in row.items() if column >= block.left}
            parted = number - 1 not in self._sheet.rows
            title = self._is_title(mine, block, parted=parted) if above else self._is_over(mine, block)
            if number <= ends or not title:
                break
            for upper in above:
                upper.rows.pop(number, None)
            found.insert(0, number)
        return found

    def _is_title(self, row: SheetRow, block: TableBlock, *, parted: bool) -> bool:
        """Tell a row between two tables that belongs to the lower one: a label with what it labels, or a title.

        A text alone may also be a unit of the upper table without data, unless a blank row is above it (`parted`).
        """
        if self._is_label(row):
            return True
        texts = dict.fromkeys(title_of(cell) for cell in row.values())
        text = next(iter(texts), "")
        if len(texts) != 1 or fold(text) in self._expected.units:
            return False
        return parted or len(row) > 1 or block.header.unit not in row or is_heading(text, self._expected.unit_names[0])

    def _is_over(self, row: SheetRow, block: TableBlock) -> bool:
        """Tell a row above the first table that is no row of a table itself."""
        cells = [cell for cell in row.values() if not isinstance(cell.content, BrokenCell)]
        first = title_of(cells[0]) if cells else ""
        if is_total(first) or is_signature(first) or self._is_label(row):
            return True
        if fold(first) in self._expected.units and len(cells) > 1:
            return False
        if block.header.unit in row and not is_label(first):
            return len(cells) < _TABULAR
        return sum(map(_is_figure, cells)) <= 1

    def _is_label(self, row: SheetRow) -> bool:
        """Tell a row that names the unit or the round of what stands below it."""
        texts = dict.fromkeys(title_of(cell) for cell in row.values())
        labels = {fold(name) for name in (*self._expected.unit_names, UNIT, ROUND)}
        head, colon, _ = fold(next(iter(texts), "")).partition(":")
        return head in labels and (bool(colon) or 1 < len(texts) <= _TABULAR + 1)

    def _names_unit(self, block: TableBlock) -> bool:
        return any(self._is_label(self._sheet.rows[number]) for number in block.titles)


def _is_label(block: TableBlock, header: Header) -> bool:
    """Tell what only looked like a header: it stands right over a better one, as a label such as `单位 …` does."""
    touches = block.header.bottom + 1 == header.top and not block.rows
    return touches and len(block.header.columns) < len(header.columns)


def _is_figure(cell: RawCell) -> bool:
    match cell.content:
        case Fraction() as number:
            return number not in _YEARS
        case bool() | date():
            return True
        case str() as text:
            return text in _MARKS or number_in(text) is not None or percent_in(text) is not None
        case _:
            return False


def has_figures(cells: Iterable[RawCell]) -> bool:
    """Tell whether some of the cells hold a figure, a mark or a day."""
    return any(map(_is_figure, cells))


def areas(places: Iterable[tuple[int, int]]) -> list[CellArea]:
    """Join cells (by row and column) that touch, corners included, as groups."""
    left = set(places)
    found: list[CellArea] = []
    for start in sorted(left):
        if start not in left:
            continue
        left.discard(start)
        group, todo = [start], [start]
        while todo:
            row, column = todo.pop()
            near = [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
            touched = [place for place in near if place in left]
            left.difference_update(touched)
            group += touched
            todo += touched
        found.append(CellArea(tuple(group)))
    return found
