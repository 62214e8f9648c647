"""Header rows: which rows of a sheet head a table, what kind of table it is, and what its columns mean.

A header is found by the title of its unit column (of a form, by the title 指标). It may stand on two or three rows:
merged ones, sub-headings under group titles, or names on the row above.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final

from msgspec import Struct

from dangjian_score.core.columns import (
    ASSESSOR,
    BALLOT,
    EVENT,
    EXPLANATION,
    FILLED,
    FIXED_GRADE,
    ITEM,
    OWN,
    POINTS,
    REVIEWED,
    ROUND,
    explanation_of,
)
from dangjian_score.core.facts import Cell
from dangjian_score.core.names import fold
from dangjian_score.core.sheet_style import MOST_COLUMNS
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Sheet, SheetRow, written
from dangjian_score.evidence.tables.columns import (
    SYNONYMS,
    Expected,
    TableKind,
    Titles,
    explains,
    is_unit_word,
    titles_of,
)

DEEPEST: Final = 3
"""Rows that a header may have."""

_MARKS: Final[Mapping[TableKind, tuple[frozenset[str], ...]]] = {
    "register": (frozenset({EVENT}),),
    "assessors": (frozenset({ASSESSOR}),),
    "ballots": (frozenset({BALLOT}),),
    "rulings": (frozenset({ITEM}), frozenset({POINTS})),
    "grade rulings": (frozenset({FIXED_GRADE}),),
    "form": (frozenset({ITEM}), frozenset({FILLED, REVIEWED, OWN})),
}
"""The columns that tell a table from a matrix: one of each set."""
_MARKING: Final = Titles((EVENT, ASSESSOR, BALLOT, ITEM, POINTS, FIXED_GRADE, FILLED, REVIEWED, OWN))
_FORM_TITLES: Final = frozenset(map(fold, (ITEM, *SYNONYMS[ITEM])))
_LAID_OUT: Final[tuple[TableKind, ...]] = ("matrix", *_MARKS, "roster")
_STEM: Final = 2
"""Characters that a shortened name of the subject must have: 支部 for 党支部."""


class Header(Struct, frozen=True):
    """A header: its rows, the column of units (None: a form of one unit, named above it), what its columns mean.

    `titles` are the texts of all columns that have one, with the row each stands in; `percents` are the columns that
    are titled as per cents.
    """

    kind: TableKind
    top: int
    bottom: int
    unit: int | None
    columns: Mapping[int, str]
    titles: Mapping[int, tuple[str, int]]
    percents: frozenset[int]

    @property
    def left(self) -> int:
        """The first column with a title."""
        return min(self.titles)

    @property
    def right(self) -> int:
        """The last column with a title."""
        return max(self.titles)

    def column(self, name: str) -> int | None:
        """Find a column by what it means."""
        return next((column for column, meaning in self.columns.items() if meaning == name), None)

    def cell(self, sheet: Sheet, column: int) -> Cell:
        """Say where the title of a column stands."""
        return sheet.cell(self.titles[column][1] if column in self.titles else self.bottom, column)

    def crosses(self, other: "Header") -> bool:
        """Tell whether both have columns in common."""
        return self.left <= other.right and other.left <= self.right

    def repeats(self, other: "Header") -> bool:
        """Tell whether it is another header once more, as on each printed page."""
        alike = {column: fold(text) for column, (text, _) in self.titles.items()}
        return alike == {column: fold(text) for column, (text, _) in other.titles.items()}


def title_of(cell: RawCell) -> str:
    """Give the text of a header cell, also of one that a merge covers."""
    return cell.content.shown if isinstance(cell.content, BrokenCell) else written(cell)


class HeaderFinder:
    """Finds the headers of one sheet."""

    def __init__(self, sheet: Sheet, expected: Expected) -> None:
        self._sheet, self._expected = sheet, expected
        self._units = [fold(name) for name in expected.unit_names]
        self._subject = self._units[0]
        self._measures = frozenset(map(fold, expected.known.measures))
        self._figures = self._measures.difference(map(fold, expected.known.attributes))
        self._names = cache(expected.titles)
        self._heads = cache(lambda text: self.is_unit(fold(text)) or fold(text) in _FORM_TITLES)
        self._found: list[Header] = []

    def headers(self) -> Iterator[Header]:
        """Give the headers from the top, those of one row from the left."""
        past = 0
        texts = ((id(cell), cell.content) for cell in self._sheet.distinct)
        heads = {cell for cell, text in texts if isinstance(text, str) and self._heads(text)}
        for number, row in self._sheet.rows.items():
            if number > past and not heads.isdisjoint(map(id, row.values())):
                found = [header for header in self._in_row(number, row) if self._counts(header)]
                self._found += found
                yield from found
                past = max((header.bottom for header in found), default=past)

    def _counts(self, header: Header) -> bool:
        """Tell a header from a row that only mentions a unit.

        Where a list of units is a table, the title of the unit column is all that a header need have; further down
        only the same header once more may have so little.
        """
        if set(header.columns.values()) - {ROUND}:
            return True
        listing = header.kind == "roster" or not self._expected.known.entered.measures
        return listing and (not self._found or any(before.repeats(header) for before in self._found))

    def is_unit(self, folded: str) -> bool:
        """Tell the title of a column of units, in normal form."""
        stem = folded.removesuffix("名称")
        shortened = len(stem) >= _STEM and stem in self._subject and stem not in self._measures
        return folded in self._units or shortened

    def _in_row(self, number: int, row: SheetRow) -> Iterator[Header]:
        """Read a row as one header, or as several side by side."""
        for left, right in self._parts(row):
            header = self._header(number, left, right)
            if header is not None:
                yield header

    def _parts(self, row: SheetRow) -> Iterator[tuple[int, int]]:
        """Part the columns of a row where a second column of units heads a second table."""
        titles = {
            column: fold(written(cell)) for column, cell in row.items() if not isinstance(cell.content, BrokenCell)
        }
        heads = [column for column, title in titles.items() if self.is_unit(title)]
        heads = heads or [column for column, title in titles.items() if title in _FORM_TITLES]
        names = {column for column, cell in row.items() if self._is_name(title_of(cell))}
        starts = [1]
        for before, column in pairwise(heads):
            between, after = any(before < name < column for name in names), any(name > column for name in names)
            if titles[column] == titles[before] or (between and after):
                gaps = [gap for gap in range(before + 1, column) if gap not in row]
                starts.append(max(gaps, default=column - 1) + 1)
        return zip(starts, [*(start - 1 for start in starts[1:]), MOST_COLUMNS], strict=True)

    def _header(self, number: int, left: int, right: int) -> Header | None:
        """Read a header whose unit column is titled in a row; None where it is none."""
        row = self._sheet.rows[number]
        own = {column: fold(written(cell)) for column, cell in row.items() if left <= column <= right}
        named = (column for name in self._units for column, title in own.items() if title == name)
        unit = next(named, next((column for column, title in own.items() if self.is_unit(title)), None))
        anchor = unit or next((column for column, title in own.items() if title in _FORM_TITLES), None)
        if anchor is None:
            return None
        bottom = self._bottom(number, anchor, left, right)
        stacks = self._stacks(number, bottom, left, right)
        kind = self._kind(stack.own for stack in stacks.values())
        if unit is None and kind != "form":
            return None
        titles = {column: stack.title for column, stack in stacks.items()}
        if unit is not None:
            titles[unit] = stacks[unit].own[0]
        names = self._names(kind)
        read = {column: stack.meaning(names) for column, stack in stacks.items() if column != unit}
        columns = {column: name for column, name in read.items() if name is not None}
        if kind in ("matrix", "assessors"):
            columns |= self._explaining(titles, columns)
        percents = frozenset(column for column, stack in stacks.items() if stack.in_percents)
        return Header(kind, min(row for _, row in titles.values()), bottom, unit, columns, titles, percents)

    def _explaining(self, titles: Mapping[int, tuple[str, int]], columns: Mapping[int, str]) -> dict[int, str]:
        """Find columns titled 扣分原因 alone: they explain the judged figures on their left.

        The only judged ones may stand farther away, unless another measure stands between: nobody knows which is meant.
        """
        judged = {column: name for column, name in columns.items() if name in self._expected.known.judged}
        found = dict[int, str]()
        for column, (text, _) in titles.items() if judged else ():
            if column in columns or not explains(text) or fold(text) in map(fold, self._expected.ignored):
                continue
            afar = len(judged) == 1 and titles_of((EXPLANATION,)).meaning(text) is not None
            measure = judged.get(self._nearest(column, columns) if afar else column - 1)
            if measure is not None and (name := explanation_of(measure)) not in (*columns.values(), *found.values()):
                found[column] = name
        return found

    def _nearest(self, column: int, columns: Mapping[int, str]) -> int:
        """Find the measure that a title alone speaks of: the next one on its left, else the next on its right."""
        measures = sorted(at for at, name in columns.items() if name in self._expected.known.measures)
        return next((at for at in reversed(measures) if at < column), next(iter(measures)))

    def _bottom(self, number: int, anchor: int, left: int, right: int) -> int:
        """Find the last row of a header: below its first are merged titles, or titles under a blank one."""
        bottom = number
        while bottom - number < DEEPEST - 1 and (below := self._sheet.rows.get(bottom + 1)) is not None:
            under = below.get(anchor)
            merged = under is not None and isinstance(under.content, BrokenCell) and under.content.why == "merged"
            titled = under is None and self._is_titled(below, left, right)
            if not merged and not titled and not all(is_unit_word(title_of(cell)) for cell in below.values()):
                break
            bottom += 1
        return bottom

    def _is_titled(self, row: SheetRow, left: int, right: int) -> bool:
        """Tell whether a row holds text alone, and at least half of it titles of columns that are known."""
        cells = [cell for column, cell in row.items() if left <= column <= right]
        words = all(isinstance(cell.content, str | BrokenCell) for cell in cells)
        names = sum(self._is_name(title_of(cell)) for cell in cells)
        return words and 0 < len(cells) <= 2 * names

    def _stacks(self, top: int, bottom: int, left: int, right: int) -> dict[int, "_Stack"]:
        """Give the titles of each column that has any; where the header is blank the name above it counts."""
        rows = {number: self._sheet.rows.get(number, {}) for number in range(top - DEEPEST + 1, bottom + 1)}
        found = dict[int, _Stack]()
        for column in sorted({column for row in rows.values() for column in row if left <= column <= right}):
            texts = [(title_of(row[column]), number) for number, row in rows.items() if column in row]
            above, own = [text for text in texts if text[1] < top], [text for text in texts if text[1] >= top]
            own = [text for before, text in pairwise([("", 0), *own]) if before[0] != text[0]]  # merged over two rows
            if not own and above and self._is_name(above[-1][0]):
                above, own = above[:-1], above[-1:]
            if own:
                found[column] = _Stack(above[-1][0] if above else "", tuple(own))
        return found

    def _is_name(self, text: str) -> bool:
        return any(self._names(kind).meaning(text) is not None for kind in _LAID_OUT)

    def _kind(self, owns: Iterable[tuple[tuple[str, int], ...]]) -> TableKind:
        if self._expected.roster:
            return "roster"
        texts = [text for own in owns for text, _ in own]
        marks = {_MARKING.meaning(text) for text in texts if fold(text) not in self._measures}
        if not self._figures.isdisjoint(map(fold, texts)):
            marks.discard(FIXED_GRADE)  # a grade is fixed in a table of its own
        kinds = (kind for kind, of in _MARKS.items() if all(not mark.isdisjoint(marks) for mark in of))
        return next((kind for kind in kinds if self._expects(kind) or not self._measures), "matrix")

    def _expects(self, kind: TableKind) -> bool:
        """Tell whether the rubric asks for a kind of table; without it `考核组` is but a column of a matrix."""
        known = self._expected.known
        asked: Mapping[TableKind, bool] = {
            "register": bool(known.registers),
            "assessors": bool(known.judged),
            "ballots": bool(known.ballots),
            "grade rulings": bool(known.grades),
        }
        return asked.get(kind, True)


class _Stack(Struct, frozen=True):
    """The titles of one column from above: the last one over the header, and its own with their rows."""

    above: str
    own: tuple[tuple[str, int], ...]

    @property
    def title(self) -> tuple[str, int]:
        """The lowest title that is not what is counted in, and its row."""
        return next((text for text in reversed(self.own) if not is_unit_word(text[0])), self.own[-1])

    @property
    def in_percents(self) -> bool:
        """Whether a title says that figures are per cents, `到会率（%）`."""
        return any("%" in fold(text) for text, _ in self.own)

    def meaning(self, names: Titles) -> str | None:
        """Tell what the column means: by all titles together, else by the lowest that is a name."""
        own = [text for text, _ in self.own]
        choices = (self.above + "".join(own), "".join(own), *reversed(own))
        return next((name for text in choices if (name := names.meaning(text)) is not None), None)
